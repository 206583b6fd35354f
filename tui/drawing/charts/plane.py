"""The plane of two numbers: samples as points, units as lines, the region where the answer is 1.

How near the answer is to 1 is shown by eight shades from blue to orange, or by dots where it is 1; which side of a line
is 1 by one arrow, which class a point has by a filled or a hollow sign, whether it is answered rightly by a sign beside
it: nothing here rests on colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nntutor.core.arrays import Array
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.dots import Dots, Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened
from nntutor.tui.drawing.charts.axes import Axis, Plot

_LEAST = (14, 5)
_SHADES = 8
_ARROWS = (0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75, 0.15, 0.85)  # where on a line its arrow may stand, the best first

Answers = Callable[[Span, Span, int, int], Array]
"""The answer over a plane, 0 to 1: its spans, then rows and columns; the first row is the upper end."""


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
    """The line a·x + b·y + c = 0; its arrow points to where it is positive.

    ghost: an older line; dim: one of several.
    """

    a: float
    b: float
    c: float
    label: str
    ghost: bool = False
    dim: bool = False


def plane_rows(
    spots: Sequence[Spot],
    borders: Sequence[Border],
    answers: Answers | None,
    across: Span,
    up: Span,
    width: int,
    height: int,
    look: Look,
    title: str = "",
    axes: tuple[str, str] = ("x1", "x2"),
    edge: bool = False,
) -> list[Row]:
    """The picture in at most width × height cells.

    answers: what the plane is shaded by; from ½ up it is 1. edge: whether the line between the two sides is drawn.
    """
    if width < _LEAST[0] or height < _LEAST[1]:
        small = shortened((Piece(_summary(spots, look)),), max(0, width), look)
        return [small][:height]
    head = [shortened((Piece(f" {title}", "bold"),), width, look)] if title else []
    plot = Plot(width, height - len(head), look, Axis(axes[0], across), Axis(axes[1], up))
    drawn = plot.dots
    if answers is not None:
        _shade(drawn, answers, edge)
    for border in sorted(borders, key=lambda border: not border.ghost):
        _border(drawn, border)
    _spots(drawn, spots)
    for border in borders:
        if not border.ghost:
            _arrow(drawn, border)
    return [*head, *plot.rows()]


def _summary(spots: Sequence[Spot], look: Look) -> str:
    return " ".join(f"{_sign(spot, look)}{spot.label}" for spot in spots)


def _sign(spot: Spot, look: Look) -> str:
    if look.ascii:
        return "X" if spot.positive else "o"
    return "●" if spot.positive else "○"


def _counted(group: Sequence[Spot], look: Look) -> str:
    """The mark of points that stand on one another: ●2, and ●2○1 where a point of the other class is among them."""
    if len(group) == 1:
        return _sign(group[0], look)
    signs = Counter(_sign(spot, look) for spot in group)
    return "".join(f"{sign}{count}" for sign, count in signs.items())


def _shade(drawn: Dots, answers: Answers, edge: bool) -> None:
    """Backgrounds in shades; where there are none, a light texture where the answer is 1."""
    rows, columns = drawn.size
    if not rows or not columns:
        return
    with np.errstate(invalid="ignore"):
        if drawn.look.shaded:
            drawn.ground([[f"heat{shade}" if shade >= 0 else "" for shade in row] for row in shades(drawn, answers)])
        on = answers(drawn.across, drawn.up, rows, columns) >= 0.5
    if edge:
        drawn.levels(on, "bold")
    if drawn.look.shaded:
        return
    row, column = np.indices(on.shape)
    if drawn.look.ascii:
        texture = (row % 2 == 0) & (column % 4 == 0)
    else:
        texture = (row % 4 == 1) & (column % 4 == (row // 4 % 2) * 2)
    drawn.mask(on & texture, "edge", ":")


def shades(drawn: Dots, answers: Answers) -> list[list[int]]:
    """The shade of each cell, by the answer in its middle; −1 where there is none."""
    found = answers(*drawn.middles, drawn.height, drawn.width)
    known = np.isfinite(found)
    level = np.clip(np.floor(np.where(known, found, 0.0) * _SHADES), 0, _SHADES - 1)
    shown: list[list[int]] = np.where(known, level, -1).astype(int).tolist()
    return shown


def _border(drawn: Dots, border: Border) -> None:
    ends = _ends(drawn, border)
    if ends is not None:
        (x0, y0), (x1, y1) = ends
        drawn.line(x0, y0, x1, y1, "edge" if border.ghost or border.dim else "bold", 3 if border.ghost else 1)


def _arrow(drawn: Dots, border: Border) -> None:
    """One arrow beside the line that points to its positive side, and the line's name with it."""
    ends = _ends(drawn, border)
    if ends is None:
        return
    (x0, y0), (x1, y1) = ends
    (row0, column0), (row1, column1) = drawn.place(x0, y0), drawn.place(x1, y1)
    rows, columns = drawn.size
    # Where the line's number grows, in dots as they are seen.
    right = border.a * (drawn.across[1] - drawn.across[0]) / columns
    down = -border.b * (drawn.up[1] - drawn.up[0]) / rows
    flat = abs(right) * drawn.broad >= abs(down) * drawn.tall
    glyph = drawn.look.line(("→" if right > 0 else "←") if flat else ("▼" if down > 0 else "▲"))
    text = " ".join([border.label, glyph] if flat and right < 0 else [glyph, border.label]).strip()
    for share in _ARROWS:
        row = int((row0 + (row1 - row0) * share) / drawn.tall)
        column = int((column0 + (column1 - column0) * share) / drawn.broad)
        if flat:
            at = row, column + 1 if right > 0 else column - cells(text)
        else:
            at = row + (1 if down > 0 else -1), column
        if drawn.free(*at, cells(text)):
            drawn.write(*at, text, "bold")
            return


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


def _spots(drawn: Dots, spots: Sequence[Spot]) -> None:
    """Points on the same cell are one mark, followed by how many they are, each class for itself."""
    together: dict[tuple[int, int], list[Spot]] = {}
    for spot in spots:
        at = drawn.cell(spot.x, spot.y)
        if at is not None:
            together.setdefault(at, []).append(spot)
    few = len(spots) <= 8
    labels = []
    for (row, column), group in together.items():
        first = group[0]
        text = _counted(group, drawn.look) if few else _sign(first, drawn.look)
        right = [spot.right for spot in group]
        if few and None not in right:
            tick = drawn.look.line("✓" if all(right) else "✗")
            text += f" {tick}" if drawn.look.ascii else tick
        here = any(spot.here for spot in group)
        if here:
            text, column = f"[{text}]", max(0, column - 1)
        column = max(0, min(column, drawn.width - cells(text)))
        wrong = few and any(one is False for one in right)
        style = "result" if here else "warning" if wrong else "operand" if first.positive else ""
        drawn.write(row, column, text, style, over=True)
        drawn.part(row, column, text)
        label = " ".join(dict.fromkeys(spot.label for spot in group if spot.label))
        labels.append((row, column, cells(text), label))
    for row, column, length, label in labels:
        wide = cells(label)
        places = ((row, column + length + 1), (row, column - wide - 1), (row + 1, column), (row - 1, column))
        for at_row, at_column in places:
            if label and drawn.free(at_row, at_column, wide):
                drawn.write(at_row, at_column, label, "dim")
                drawn.part(at_row, at_column, label)
                break
