"""A line that is being typed, with its cursor, in as many rows as it takes or in the one that there is."""

from __future__ import annotations

from itertools import accumulate

from nntutor.lessons.language.cells import at_right, cells
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut, first_around
from nntutor.tui.state.written import Written, letter_at

# Where a line is being typed: a sign, for terminals that cannot reverse a blank.
CURSOR = Piece("_", "picked")
_TYPED_ROWS = 3


def typed(head: Piece, line: Written, width: int, look: Look) -> list[Row]:
    """A line that is being typed, the cursor in it, in as many rows as it takes; of many those around the cursor."""
    room = max(1, width - cells(head.text) - cells(CURSOR.text))
    parts = _parted(line.text, room)
    starts = [0, *accumulate(len(part) for part in parts)]
    here = max(number for number, start in enumerate(starts[: len(parts)]) if start <= line.at)
    top = first_around(here, _TYPED_ROWS, len(parts))
    dots, rows = look.line("…"), list[Row]()
    for number, part in list(enumerate(parts))[top : top + _TYPED_ROWS]:
        goes_on = number == top + _TYPED_ROWS - 1 < len(parts) - 1
        shown = _with_cursor(part, line.at - starts[number] if number == here else None)
        lead = Piece(at_right("" if number > top else dots, cells(head.text))) if number else head
        rows.append((lead, *shown, *([Piece(dots, "dim")] if goes_on else [])))
    return rows


def _parted(text: str, room: int) -> list[str]:
    """A text in parts of at most so many cells."""
    parts = []
    while cells(text) > room:
        parts.append(cut(text, room) or text[:1])
        text = text[len(parts[-1]) :]
    return [*parts, text]


def asked(head: str, line: Written, width: int, look: Look) -> Row:
    """What is searched for, the cursor in it; of a long text what stands around it, and a sign where it goes on."""
    room, dots = width - cells(head) - cells(CURSOR.text) - 2, look.line("…")
    before, after = line.text[: line.at], line.text[line.at :]
    if cells(before) + cells(after) > room:
        shown = cut(after, max(room // 2, room - cells(before)))
        after = shown if shown == after else cut(shown, cells(shown) - cells(dots)) + dots
        begun = len(before)
        while before and cells(before) + cells(after) + cells(dots) > room:
            before = before[1:]
        before = before if len(before) == begun else dots + before
    return (Piece(f" {head} ", "key"), *_with_cursor(before + after, len(before)))


def _with_cursor(text: str, at: int | None) -> Row:
    """A text with the cursor on one of its letters, or behind the last one; None: without."""
    if at is None:
        return (Piece(text),)
    under = letter_at(Written(text, at))
    rest = Piece(text[at + len(under) :])
    return (Piece(text[:at]), Piece(under, CURSOR.style) if under else CURSOR, *([rest] if rest.text else []))
