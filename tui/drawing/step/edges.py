"""The edges of a network's picture, as lines of dots: solid for weights above 0, broken below, thick for large ones.

What does not matter at a step is drawn once and kept; what is at hand is drawn over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from nntutor.core.engine.trace import Trace
from nntutor.tui.drawing.canvas.dots import Dots
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.step.frame import Frame

Edge = tuple[int, int, int]
"""Layer, unit, source."""

_NEGATIVE, _LARGE, _CROWDED = 1, 2, 4
_CROWD = 0.4  # of the dots between two layers; where the edges take more, they would be one block
_FEW = 9  # with more edges than this in letters, those at rest would be a thicket in which none is followed
_SPARSE = 4  # letters of such a line of which one is drawn
_SLOW = 1.5  # cells across for each row, above which a line in letters has one in each column
_MEET = 3  # cells at both ends of an edge
_DASH, _SPACE = 6, 2  # dots of the line of a weight below 0


def kinds(trace: Trace) -> tuple[bytes, ...]:
    """What is seen of each weight before the iteration, by layers: is it below 0, is it half of the largest or more."""
    found = _KINDS.get(trace)
    if found is None:
        weights = [trace.array("weight", layer) for layer in range(1, len(trace.problem.network.sizes))]
        half = max(float(np.abs(weight).max(initial=0.0)) for weight in weights) / 2
        large = [(np.abs(weight) >= half) & (weight != 0) for weight in weights]
        found = tuple(
            (_NEGATIVE * (w < 0) + _LARGE * so).astype(np.uint8).tobytes() for w, so in zip(weights, large, strict=True)
        )
        _KINDS[trace] = found
    for ref in trace.hidden:
        if ref.kind == "weight" and ref.input:
            at = (ref.unit - 1) * trace.problem.network.sizes[ref.layer - 1] + ref.input - 1
            one = found[ref.layer - 1]
            found = (*found[: ref.layer - 1], one[:at] + b"\0" + one[at + 1 :], *found[ref.layer :])
    return found


_KINDS: WeakKeyDictionary[Trace, tuple[bytes, ...]] = WeakKeyDictionary()


def drawn(frame: Frame, seen: tuple[bytes, ...], active: Iterable[Edge], look: Look) -> Dots:
    """A canvas with all edges, those of `active` bright and over the others."""
    dots = _resting(frame, seen, look).copy()
    bright = [(edge, _kind(frame, seen, edge)) for edge in active]
    for edge, kind in bright:
        line = _line(frame, edge, kind, look)
        inside = _inside(frame, edge, dots, line)
        dots.clear(line.rows[inside], line.columns[inside])
    for edge, kind in bright:
        _mark(dots, _stem(frame, edge[0] - 1, edge[2], look), _sign(kind))
        _mark(dots, _line(frame, edge, kind, look), _sign(kind))
    return dots


def _inside(frame: Frame, edge: Edge, dots: Dots, line: Marks) -> Any:
    """Which dots of an edge are not near its ends, where all edges of a unit meet and none is to lose its end."""
    first, _, last, _ = frame.ends(*edge)
    return (line.columns >= (first + _MEET) * dots.broad) & (line.columns <= (last - _MEET) * dots.broad)


@lru_cache(maxsize=8)
def _resting(frame: Frame, seen: tuple[bytes, ...], look: Look) -> Dots:
    dots = Dots(frame.width, frame.height, look, (0, 1), (0, 1))
    # The quiet hue last: a cell that weights of both signs pass has it.
    found: dict[str, list[Marks]] = {"negative edge": [], "edge": []}
    for layer in range(1, frame.last + 1):
        edges = [(edge, _kind(frame, seen, edge)) for edge in ((layer, *one) for one in frame.edges(layer))]
        crowded = _CROWDED * _is_crowded(frame, edges, look)
        for edge, kind in edges:
            line = _line(frame, edge, kind | crowded, look)
            found["negative edge" if kind & _NEGATIVE else "edge"].append(line)
    for style, lines in found.items():
        if not lines:
            continue
        rows = np.concatenate([line.rows for line in lines])
        columns = np.concatenate([line.columns for line in lines])
        _mark(dots, Marks(rows, columns, "".join(line.signs for line in lines)), style)
    for layer in range(frame.last):
        for source in range(1, frame.count(layer) + 1):
            _mark(dots, _stem(frame, layer, source, look), "edge")
    return dots


def _is_crowded(frame: Frame, edges: Sequence[tuple[Edge, int]], look: Look) -> bool:
    """Whether the edges of two layers would be a thicket in which none is followed."""
    if look.ascii:
        return len(edges) > _FEW
    lines = [_line(frame, edge, kind, look) for edge, kind in edges]
    rows, columns = (np.concatenate([getattr(line, name) for line in lines]) for name in ("rows", "columns"))
    broad, tall = columns.max() - columns.min() + 1, rows.max() - rows.min() + 1
    dots = set((rows * broad + columns).tolist())  # np.unique would load numpy.ma, at every start
    return bool(len(dots) > _CROWD * broad * tall)


def _kind(frame: Frame, seen: tuple[bytes, ...], edge: Edge) -> int:
    layer, unit, source = edge
    return seen[layer - 1][(unit - 1) * frame.count(layer - 1) + source - 1]


def _sign(kind: int) -> str:
    return "negative" if kind & _NEGATIVE else "positive"


@dataclass(frozen=True, eq=False)
class Marks:
    """Rows and columns in dots, and the sign that stands for each of them in the ASCII look."""

    rows: Any
    columns: Any
    signs: str = ""


def _mark(dots: Dots, marks: Marks | None, style: str) -> None:
    if marks is not None:
        dots.dots(marks.rows, marks.columns, style, marks.signs)


@lru_cache(maxsize=256)
def _stem(frame: Frame, layer: int, source: int, look: Look) -> Marks | None:
    """The line from a unit's name to where its edges part; none where its figure stands there."""
    first, end = frame.stem(layer, source), frame.ends(layer + 1, 1, 1)[0]
    if frame.tall < 3:
        return None
    tall, broad = (1, 1) if look.ascii else (4, 2)
    columns = np.arange(first * broad, end * broad)
    return Marks(np.full(len(columns), frame.line(layer, source) * tall + tall // 2), columns, "-" * len(columns))


@lru_cache(maxsize=1024)
def _line(frame: Frame, edge: Edge, kind: int, look: Look) -> Marks:
    """The line of an edge; two side by side where it is thick."""
    if look.ascii:
        return _signs(*frame.ends(*edge), kind)
    x0, y0, x1, y1 = frame.ends(*edge)
    left, top, right, bottom = x0 * 2, y0 * 4 + 2, x1 * 2 + 1, y1 * 4 + 2
    length = max(right - left, abs(bottom - top))
    dot = np.arange(length + 1)
    if kind & _CROWDED:
        dot = dot[:: 2 if kind & _LARGE else 5]
    elif kind & _NEGATIVE:
        dot = dot[(length - dot) % (_DASH + _SPACE) < _DASH]
    rows = np.round(top + (bottom - top) * dot / length).astype(int)
    columns = np.round(left + (right - left) * dot / length).astype(int)
    if kind & (_LARGE | _CROWDED) == _LARGE:
        steep = abs(bottom - top) > right - left
        rows, columns = np.append(rows, rows - (not steep)), np.append(columns, columns + steep)
    return Marks(rows, columns)


def _signs(x0: int, y0: int, x1: int, y1: int, kind: int) -> Marks:
    """The same in letters: = for a thick level line, one / or \\ a row for a steep one, .-' for a flat one; a few dots
    in a thicket."""
    if y0 == y1:
        columns = np.arange(x0, x1 + 1)
        rows, signs = np.full(len(columns), y0), ("=" if kind & _LARGE else "-") * len(columns)
    elif x1 - x0 > _SLOW * abs(y1 - y0):
        columns = np.arange(x0, x1 + 1)
        exact = y0 + (y1 - y0) * (columns - x0) / (x1 - x0)
        between = (np.round(exact) != y0) & (np.round(exact) != y1)
        columns, exact = columns[between], exact[between]
        rows = np.round(exact).astype(int)
        signs = "".join("'-."[int(third)] for third in np.clip((exact - rows + 0.5) * 3, 0, 2))
    else:
        rows = np.arange(min(y0, y1) + 1, max(y0, y1))
        columns = np.round(x0 + (x1 - x0) * (rows - y0) / (y1 - y0)).astype(int)
        signs = ("\\" if y1 > y0 else "/") * len(rows)
    if kind & _CROWDED:
        rows, columns = rows[::_SPARSE], columns[::_SPARSE]
        signs = "." * len(rows)
    elif kind & _NEGATIVE:
        rows, columns, signs = rows[::2], columns[::2], signs[::2]
    return Marks(rows, columns, signs)
