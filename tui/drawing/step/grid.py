"""A table of numbers in little room: what the step uses is shown first, and what is left out is counted.

Of a table that fits, every column has a width of its own which does not depend on the step, with cells kept free for
the brackets of what is at hand: nothing moves. Where it does not fit, columns are as wide as what is known in them,
and if that is not enough, those that the step does not use are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.named import Keys
from nntutor.core.notation.style import sign
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import at_right, cells, padded
from nntutor.tui.drawing.canvas.hues import MADE, hue
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.state.session import Pointed

Cell = Ref | str | None
"""The address of a number, a text, or nothing."""

_MOST_DIGITS, _LEAST_DIGITS = 6, 3
_ROOMY, _CLOSE = 8, 6  # cells of a column beside its digits: sign, point, zeros, brackets, a gap; or most of these
_GAP = 2  # cells of a sign that columns are left out, and a blank
_UNKNOWN = "?"


@dataclass(frozen=True)
class Grid:
    """What stands in each cell of a table. place: the row and the column of a number, None where it is not in it.

    key: kind and layer, which tell tables apart. given: the columns whose numbers are known from the beginning.
    """

    key: tuple[str, int]
    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    given: range
    at: Callable[[int, int], Cell]
    place: Callable[[Ref], tuple[int, int] | None]


@dataclass(frozen=True)
class Numbers:
    """The figures of a place, and which of them the step uses and makes.

    used: of samples without number those of the first ones, which are shown first; count: how many there are in all.
    """

    trace: Trace
    step: Step
    look: Look
    used: dict[Ref, str]
    count: int
    digits: int

    @classmethod
    def at(cls, trace: Trace, step: Step, look: Look, height: int) -> Numbers:
        """height: rows that there are for tables."""
        every = step.named
        seen = every
        if isinstance(every, Keys):
            seen = every.having("sample", -1, step.ref.sample, *trace.samples[: height + 1])
        marked = {**{ref: hue(ref) for ref in seen}, step.ref: MADE}
        return cls(trace, step, look, marked, len(every) + (step.ref not in every), min(look.digits, _MOST_DIGITS))

    def known(self, ref: Ref) -> bool:
        return self.trace.known(ref, self.step.index)

    def text(self, cell: Cell) -> str:
        if not isinstance(cell, Ref):
            return cell or ""
        if not self.known(cell):
            return _UNKNOWN
        try:
            return self.look.figure(self.trace.value(cell), self.trace.signed(cell), self.digits)
        except KeyError:
            return ""

    def piece(self, cell: Cell, width: int) -> Piece:
        """A number at the right of its column, in brackets where it is at hand."""
        text = self.text(cell)
        mark = self.used.get(cell, "") if isinstance(cell, Ref) and text else ""
        faint = "dim" if text == _UNKNOWN or not isinstance(cell, Ref) else ""
        click = Pointed("number", cell) if isinstance(cell, Ref) and text not in ("", _UNKNOWN) else None
        return Piece(at_right(f"[{text}]" if mark else f"{text} ", width), mark or faint, click)


def grid_rows(grid: Grid, numbers: Numbers, width: int, height: int) -> tuple[list[Row], set[Ref]]:
    """The table in at most width × height cells, and those numbers of the step that stand in it."""
    places = {ref: place for ref in numbers.used if (place := grid.place(ref)) is not None}
    first = sorted(places.values(), key=lambda place: place != places.get(numbers.step.ref))
    order = _order(len(grid.rows), [row for row, _ in first], room=height)
    rows = _picked(order, len(grid.rows), lambda _: 1, height - 1, 1)
    shown = [row for row in rows if row is not None]
    for digits in range(numbers.digits, min(_LEAST_DIGITS, numbers.digits) - 1, -1):
        table = _Table(grid, replace(numbers, digits=digits), shown, width)
        slots = table.slots([column for _, column in first])
        if sum(slot.width for slot in slots) <= table.room:
            break
    lines: list[Row] = [table.head(slots)]
    for at, row in enumerate(rows):
        lines.append(table.gap(_left_out(rows, at, len(grid.rows))) if row is None else table.row(row, slots))
    columns = {slot.column for slot in slots}
    return lines, {ref for ref, (row, column) in places.items() if row in rows and column in columns}


class _Slot(NamedTuple):
    """A column and its cells; for those that are left out None, and the sign that says so."""

    column: int | None
    width: int
    head: str


class _Table:
    def __init__(self, grid: Grid, numbers: Numbers, rows: Sequence[int], width: int) -> None:
        self.grid, self.numbers, self.shown = grid, numbers, rows
        self.name = max(cells(text) for text in (grid.title, *grid.rows)) + 2
        self.room = width - self.name
        self.size = self._size()

    def _size(self) -> Callable[[int], int]:
        """The width of a column: the roomiest way in which all have room, else as wide as what is known in it."""
        grid, digits = self.grid, self.numbers.digits
        heads = [cells(head) + 2 for head in grid.columns]
        roomy = [max(head, digits + _ROOMY) for head in heads]
        if sum(roomy) <= self.room:
            return roomy.__getitem__

        @cache
        def least(column: int) -> int:
            longest = max((cells(self.numbers.text(grid.at(row, column))) for row in self.shown), default=0)
            return max(heads[column], longest + 3)

        if sum(heads) > self.room:
            return least
        close = [least(one) if one in grid.given else max(least(one) - 1, digits + _CLOSE) for one in range(len(heads))]
        return close.__getitem__ if sum(close) <= self.room else least

    def slots(self, first: Sequence[int]) -> list[_Slot]:
        """What there is room for, of the columns that are needed first as many as can be."""
        count = len(self.grid.columns)
        rows = self.shown[:1] if len(self.shown) == 1 else self.shown[-2:]
        known = [any(self._known(row, column) for row in rows) for column in range(count)]
        found = _picked(_order(count, first, known), count, self.size, self.room, _GAP)
        spare = self.room - sum(_GAP if one is None else self.size(one) for one in found)
        slots = []
        for at, column in enumerate(found):
            if column is not None:
                slots.append(_Slot(column, self.size(column), self.grid.columns[column]))
                continue
            counted = _dots(_left_out(found, at, count), self.numbers.look)
            text = counted if cells(counted) + 1 - _GAP <= spare else self.numbers.look.line("…")
            spare -= cells(text) + 1 - _GAP
            slots.append(_Slot(None, cells(text) + 1, text))
        return slots

    def _known(self, row: int, column: int) -> bool:
        return self.numbers.text(self.grid.at(row, column)) not in ("", _UNKNOWN)

    def head(self, slots: Sequence[_Slot]) -> Row:
        return (
            Piece(padded(f" {self.grid.title}", self.name), "bold"),
            *(Piece(at_right(slot.head + " " * (slot.column is not None), slot.width), "dim") for slot in slots),
        )

    def row(self, row: int, slots: Sequence[_Slot]) -> Row:
        made = self.grid.place(self.numbers.step.ref)
        name = Piece(padded(f" {self.grid.rows[row]}", self.name), "bold" if made and made[0] == row else "")
        return (name, *(self._cell(row, slot) for slot in slots))

    def _cell(self, row: int, slot: _Slot) -> Piece:
        if slot.column is None:
            return Piece(" " * slot.width)
        return self.numbers.piece(self.grid.at(row, slot.column), slot.width)

    def gap(self, count: int) -> Row:
        return (Piece(f" {_dots(count, self.numbers.look)}", "dim"),)


def _dots(count: int, look: Look) -> str:
    """The sign that so many are left out."""
    dots = sign("…", look.style)
    return f"{dots}{count}{dots}"


def _order(count: int, first: Iterable[int], liked: Sequence[bool] = (), room: int | None = None) -> list[int]:
    """All of 0 … count − 1, what is needed first; then those that are liked, then the nearest ones.

    room: how many there is room for, where none is liked, so that what is further away need not be looked at.
    """
    needed = list(dict.fromkeys(first))
    near, taken = needed or [0], set(needed)
    others: Iterable[int] = range(count)
    if room is not None:
        others = {at for one in near for at in range(max(0, one - room), min(count, one + room + 1))}
    rest = [one for one in others if one not in taken]
    rest.sort(key=lambda one: (not liked[one] if liked else False, min(abs(one - other) for other in near), one))
    return needed + rest


def _picked(order: list[int], count: int, size: Callable[[int], int], room: int, gap: int) -> list[int | None]:
    """As many as have room, in the order of their numbers, None where some are left out; the first one always."""
    chosen: set[int] = set()
    taken = gap  # as long as none is chosen, all are one gap
    for one in order:
        # One that is taken out of the middle of a gap leaves two of it, one between two that are chosen leaves none.
        beside = sum(0 <= other < count and other not in chosen for other in (one - 1, one + 1))
        trial = taken + size(one) + (beside - 1) * gap
        if not chosen or trial <= room:
            chosen.add(one)
            taken = trial
    gapped = _with_gaps(chosen, count)
    return gapped if taken <= room else [one for one in gapped if one is not None]


def _with_gaps(chosen: set[int], count: int) -> list[int | None]:
    found: list[int | None] = []
    after = 0
    for one in (*sorted(chosen), count):
        found += [None] * (one > after) + [one] * (one < count)
        after = one + 1
    return found


def _left_out(picked: Sequence[int | None], at: int, count: int) -> int:
    """How many are left out in the gap at a place of what was picked."""
    before = picked[at - 1] if at else -1
    after = picked[at + 1] if at + 1 < len(picked) else count
    assert before is not None and after is not None
    return after - before - 1
