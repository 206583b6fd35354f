"""Where the label of an edge stands: on its own edge, where no other edge passes and no other label is.

Where the edges of two layers lie too close for that, only what is at hand has labels, still where no other edge
passes; what has no such place stands by its name in the picture's last row. Where that has no room for it either, its
label stands at an end of its edge: of those into one unit at the source, of those out of one unit at the target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from nntutor.tui.drawing.step.frame import Frame

Place = tuple[int, int]
"""Row, and the column that a label's middle stands at or near."""

_MOST_EDGES = 12  # of a pair of layers; more have never room for every label
_NEAR_SOURCE = 0.3


@lru_cache(maxsize=64)
def places(frame: Frame, layer: int, length: int) -> Mapping[tuple[int, int], Place]:
    """A place for the label of every edge into a layer, `length` cells each; nothing where one has none."""
    edges = frame.edges(layer)
    if len(edges) > _MOST_EDGES:
        return {}
    found: dict[tuple[int, int], Place] = {}
    taken: list[tuple[int, int]] = []  # row and first column
    for edge in edges:
        for row, middle in _along(frame, layer, *edge):
            start = start_of(frame, layer, middle, length)
            apart = all(row != its_row or abs(start - its) > length for its_row, its in taken)
            if apart and clear(frame, layer, row, start, start + length, edge) and start <= middle < start + length:
                found[edge] = (row, middle)
                taken.append((row, start))
                break
    return found if len(found) == len(edges) else {}


def clear(frame: Frame, layer: int, row: int, start: int, end: int, own: tuple[int, int] | None = None) -> bool:
    """Whether no edge into a layer but `own` runs through the cells from start to before end of a row."""
    others = (edge for edge in frame.edges(layer) if edge != own)
    return not any(_passes(frame, layer, edge, row, start, end) for edge in others)


@lru_cache(maxsize=256)
def on(frame: Frame, layer: int, edge: tuple[int, int], share: float, length: int) -> tuple[Place, ...]:
    """Rows and first columns for a label on an edge and on no other, the best first; share: as in `starts`."""
    return tuple(_alone(frame, layer, edge, share, length)) if len(frame.edges(layer)) <= _MOST_EDGES else ()


@lru_cache(maxsize=256)
def beyond(frame: Frame, layer: int, edge: tuple[int, int], share: float, length: int) -> tuple[Place, ...]:
    """The same for one that is too long for the room between the units: on a level edge from the name of its source on,
    else over what is free beside the units."""
    first, _, last, _ = frame.ends(layer, *edge)
    if frame.tall < 3 or len(frame.edges(layer)) > _MOST_EDGES or length <= last + 1 - first:
        return ()
    return tuple(_beyond(frame, layer, edge, share, length))


def _beyond(frame: Frame, layer: int, edge: tuple[int, int], share: float, length: int) -> Iterator[Place]:
    first, top, last, bottom = frame.ends(layer, *edge)
    others = [other for other in (layer - 1, layer, layer + 1) if 1 <= other <= frame.last]
    # In the middle edges cross, so a single one has its label where one of several would have it.
    for row, middle in _along(frame, layer, *edge, share if share in (0, 1) else None):
        low, high = frame.lefts[layer - 1], min(frame.lefts[layer] + frame.blocks[layer], frame.width) - 1
        if top == bottom:
            low, high = frame.stem(layer - 1, edge[1]), last
        elif any(_stands(frame, one, row) for one in (layer - 1, layer)):
            continue
        there = range(max(low, middle - length + 1), min(middle, high + 1 - length) + 1)
        for start in sorted(there, key=lambda start: abs(start + length // 2 - middle)):
            # Where a level edge begins and ends all edges of its units meet.
            ends = (max(start, first + 2), min(start + length, last - 1)) if top == bottom else (start, start + length)
            if all(clear(frame, one, row, *ends, edge if one == layer else None) for one in others):
                yield row, start
                break


def _stands(frame: Frame, layer: int, row: int) -> bool:
    """Whether a unit of a layer has numbers in a row."""
    return any(-1 <= row - frame.line(layer, unit) < frame.tall - 1 for unit in range(1, frame.count(layer) + 1))


def _alone(frame: Frame, layer: int, edge: tuple[int, int], share: float, length: int) -> Iterator[Place]:
    first, _, last, _ = frame.ends(layer, *edge)
    for row, middle in _along(frame, layer, *edge, share):
        there = range(max(first, middle - length + 1), min(middle, last + 1 - length) + 1)
        for start in sorted(there, key=lambda start: abs(start + length // 2 - middle)):
            # In the first and the last cell all edges of a unit meet: they are no edge's own.
            if clear(frame, layer, row, max(start, first + 1), min(start + length, last), edge):
                yield row, start


@lru_cache(maxsize=256)
def between(frame: Frame, layer: int, unit: int, length: int) -> tuple[Place, ...]:
    """Rows and first columns for a number of a hidden unit that is too long for its block, the nearest first: where no
    edge passes, no unit stands and no other one of its layer is nearer."""
    if max(len(frame.edges(layer)), len(frame.edges(layer + 1))) > _MOST_EDGES:
        return ()
    return tuple(_between(frame, layer, unit, length))


def _between(frame: Frame, layer: int, unit: int, length: int) -> Iterator[Place]:
    lines = [frame.line(layer, other) for other in range(1, frame.count(layer) + 1)]
    line = lines.pop(unit - 1)
    low, high = frame.ends(layer, 1, 1)[0], frame.ends(layer + 1, 1, 1)[2] + 1 - length
    rows = sorted(range(frame.height - 1), key=lambda row: abs(row - line))
    for row in rows:
        if _stands(frame, layer, row) or any(abs(row - other) <= abs(row - line) for other in lines):
            continue
        for start in sorted(range(low, high + 1), key=lambda start: abs(start - frame.lefts[layer])):
            if all(clear(frame, each, row, start, start + length) for each in (layer, layer + 1)):
                yield row, start
                break


def start_of(frame: Frame, layer: int, middle: int, length: int) -> int:
    """The first column of a label in the middle or near it, between the units of both layers."""
    first, _, last, _ = frame.ends(layer, 1, 1)
    return max(first, min(middle - length // 2, last + 1 - length))


def starts(frame: Frame, layer: int, edge: tuple[int, int], share: float, length: int) -> Iterator[Place]:
    """Rows and first columns for a label that must be somewhere, the best first.

    share: where on the edge it belongs: 0 at its source, 1 at its target, else in its middle.
    """
    first, top, last, bottom = frame.ends(layer, *edge)
    room = last + 1 - first - length
    if room < 0:
        return
    if 0 < share < 1:
        yield from ((row, start_of(frame, layer, middle, length)) for row, middle in _along(frame, layer, *edge, share))
    at_source = [(top, first + shift) for shift in range(room + 1)]
    at_target = [(bottom, first + room - shift) for shift in range(room + 1)]
    yield from (*at_target, *at_source) if share == 1 else (*at_source, *at_target)


def _along(frame: Frame, layer: int, unit: int, source: int, share: float | None = None) -> list[Place]:
    """Rows and columns of an edge, the best for its label first."""
    first, top, last, bottom = frame.ends(layer, unit, source)
    if top == bottom:
        middle = (first + last) // 2
        return sorted(((top, column) for column in range(first, last + 1)), key=lambda one: abs(one[1] - middle))
    ideal = _NEAR_SOURCE if share is None else share
    rows = range(min(top, bottom) + 1, max(top, bottom)) or (top, bottom)
    shares = sorted((abs((row - top) / (bottom - top) - ideal), row) for row in rows)
    return [(row, round(first + (row - top) / (bottom - top) * (last - first))) for _, row in shares]


def _passes(frame: Frame, layer: int, edge: tuple[int, int], row: int, start: int, end: int) -> bool:
    """Whether an edge runs through the cells from start to before end of a row."""
    first, top, last, bottom = frame.ends(layer, *edge)
    if top == bottom:
        return row == top and start <= last and end > first
    shares = sorted((row + half - top) / (bottom - top) for half in (-0.5, 0.5))
    if shares[1] < 0 or shares[0] > 1:
        return False
    low, high = (first + max(0.0, min(1.0, share)) * (last - first) for share in shares)
    return start <= high and end > low
