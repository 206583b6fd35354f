"""The plane of two numbers: samples as points, units as lines, the region where the answer is 1.

Which side of a line is 1 is shown by ticks, which class a point has by a filled or a hollow sign, whether it is
answered rightly by a sign beside it: nothing here rests on colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nntutor.core.arrays import Array
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.dots import Dots, Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened

_LEAST = (14, 5)


@dataclass(frozen=True)
class Spot:
    """A point: its class, whether it is answered rightly (None: not known), whether it is the one at hand."""

    x: float
    y: float
    label: str
    positive: bool
    right: bool | None = None
    here: bool = False


@dataclass(frozen=True)
class Border:
    """The line a·x + b·y + c = 0; on the side of the ticks it is positive. ghost: an older line."""

    a: float
    b: float
    c: float
    label: str
    ghost: bool = False


def plane_rows(
    spots: Sequence[Spot],
    borders: Sequence[Border],
    outputs: Array | None,
    across: Span,
    up: Span,
    width: int,
    height: int,
    look: Look,
    title: str = "",
    axes: tuple[str, str] = ("x1", "x2"),
) -> list[Row]:
    """The picture in at most width × height cells.

    outputs: (rows, columns), the answer over the plane, first row at the top; from ½ up it is shaded.
    """
    if width < _LEAST[0] or height < _LEAST[1]:
        small = shortened((Piece(_summary(spots, look)),), max(0, width), look)
        return [small][:height]
    head = [shortened((Piece(f" {title}", "bold"),), width, look)] if title else []
    drawn = Dots(width - 3, height - len(head) - 1, look, across, up)
    if outputs is not None:
        _shade(drawn, outputs)
    for border in sorted(borders, key=lambda border: not border.ghost):
        _border(drawn, border)
    _spots(drawn, spots)
    for border in borders:
        if not border.ghost:
            _name(drawn, border)
    return [*head, *_framed(drawn, axes, look, width)]


def _summary(spots: Sequence[Spot], look: Look) -> str:
    return " ".join(f"{_sign(spot, look)}{spot.label}" for spot in spots)


def _sign(spot: Spot, look: Look) -> str:
    if look.ascii:
        return "X" if spot.positive else "o"
    return "●" if spot.positive else "○"


def _shade(drawn: Dots, outputs: Array) -> None:
    """A light texture where the answer is 1."""
    rows, columns = drawn.size
    if not rows or not columns or not outputs.size:
        return
    down = np.linspace(0, outputs.shape[0] - 1, rows).round().astype(int)
    right = np.linspace(0, outputs.shape[1] - 1, columns).round().astype(int)
    with np.errstate(invalid="ignore"):
        on = outputs[np.ix_(down, right)] >= 0.5
    row, column = np.indices(on.shape)
    if drawn.look.ascii:
        texture = (row % 2 == 0) & (column % 4 == 0)
    else:
        texture = (row % 4 == 1) & (column % 4 == (row // 4 % 2) * 2)
    drawn.mask(on & texture, "edge", ":")


def _border(drawn: Dots, border: Border) -> None:
    ends = _ends(drawn, border)
    if ends is None:
        return
    (x0, y0), (x1, y1) = ends
    drawn.line(x0, y0, x1, y1, "edge" if border.ghost else "bold", 3 if border.ghost else 1)
    if border.ghost:
        return
    # Ticks on the positive side, at right angles to the line as it is seen.
    row0, column0 = drawn.place(x0, y0)
    row1, column1 = drawn.place(x1, y1)
    length = float(np.hypot(row1 - row0, column1 - column0))
    if not length:
        return
    down, right = (column0 - column1) / length, (row1 - row0) / length
    rows, columns = drawn.size
    grows = border.a * right * (drawn.across[1] - drawn.across[0]) / columns
    grows -= border.b * down * (drawn.up[1] - drawn.up[0]) / rows
    side = 1.0 if grows >= 0 else -1.0
    long = np.array([1.0]) if drawn.look.ascii else np.array([1.0, 2.0, 3.0])
    count = max(1, int(length / (8 if drawn.look.ascii else 12)))
    for share in (np.arange(count) + 0.5) / count:
        row, column = row0 + (row1 - row0) * share, column0 + (column1 - column0) * share
        drawn.dots(np.round(row + side * down * long), np.round(column + side * right * long), "bold", "'")


def _ends(drawn: Dots, border: Border) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Where the line meets the edges of the picture."""
    a, b, c = border.a, border.b, border.c
    if not np.isfinite([a, b, c]).all() or (a == 0 and b == 0):
        return None
    low, high = drawn.across
    bottom, top = drawn.up
    found: list[tuple[float, float]] = []
    if b != 0:
        found += [(x, -(a * x + c) / b) for x in (low, high)]
    if a != 0:
        found += [(-(b * y + c) / a, y) for y in (bottom, top)]
    wide, tall = (high - low) * 1e-9, (top - bottom) * 1e-9
    inside = [(x, y) for x, y in found if low - wide <= x <= high + wide and bottom - tall <= y <= top + tall]
    if len(inside) < 2:
        return None
    first = inside[0]
    last = max(inside, key=lambda point: abs(point[0] - first[0]) + abs(point[1] - first[1]))
    return None if last == first else (first, last)


def _name(drawn: Dots, border: Border) -> None:
    """The line's label beside it, near one of its ends."""
    ends = _ends(drawn, border)
    if ends is None or not border.label:
        return
    (x0, y0), (x1, y1) = ends
    for share in (0.9, 0.1, 0.8, 0.2, 0.65, 0.35):
        if drawn.label(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share, border.label, "bold"):
            return


def _spots(drawn: Dots, spots: Sequence[Spot]) -> None:
    """Points on the same cell are one mark, followed by how many they are."""
    together: dict[tuple[int, int], list[Spot]] = {}
    for spot in spots:
        at = drawn.cell(spot.x, spot.y)
        if at is not None:
            together.setdefault(at, []).append(spot)
    few = len(spots) <= 8
    labels = []
    for (row, column), group in together.items():
        first = group[0]
        text = _sign(first, drawn.look) + (str(len(group)) if len(group) > 1 and few else "")
        right = [spot.right for spot in group]
        if few and None not in right:
            good, bad = drawn.look.line("✓"), drawn.look.line("✗")
            text += good if all(right) else bad
        here = any(spot.here for spot in group)
        if here:
            text, column = f"[{text}]", max(0, column - 1)
        column = max(0, min(column, drawn.width - cells(text)))
        wrong = few and any(one is False for one in right)
        drawn.write(row, column, text, "result" if here or wrong else "operand" if first.positive else "", over=True)
        label = " ".join(dict.fromkeys(spot.label for spot in group if spot.label))
        labels.append((row, column, cells(text), label))
    for row, column, length, label in labels:
        wide = cells(label)
        places = ((row, column + length + 1), (row, column - wide - 1), (row + 1, column), (row - 1, column))
        for at_row, at_column in places:
            if label and drawn.free(at_row, at_column, wide):
                drawn.write(at_row, at_column, label, "dim")
                break


def _framed(drawn: Dots, axes: tuple[str, str], look: Look, width: int) -> list[Row]:
    """The picture with the ticks 0 and 1 on two axes."""
    ticks: dict[int, str] = {}
    for value in (0, 1):
        at = drawn.cell(drawn.across[0], float(value))
        if at is not None:
            ticks[at[0]] = str(value)
    rows: list[Row] = []
    for number, row in enumerate(drawn.rows()):
        left = axes[1] if number == 0 else ticks.get(number, "")
        rows.append((Piece(f"{left:>2}"[-2:] + look.line("│"), "dim"), *row))
    below = [" "] * (drawn.width + 3)
    for value in (0, 1):
        at = drawn.cell(float(value), drawn.up[0])
        if at is not None:
            below[at[1] + 3] = str(value)
    text = "".join(below).rstrip()
    gap = drawn.width + 3 - len(text) - len(axes[0])
    if gap > 0:
        text += " " * gap + axes[0]
    return [*rows, (Piece(text, "dim"),)]
