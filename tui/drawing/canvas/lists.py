"""A list that is longer than its place, one row of it picked: ▲ and ▼ say how much is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside, first_around, joined, padded_row, row_cells

WIDE = 110
"""Columns from which a page has two: a list, and beside it what the picked one is about."""
MARK = 5
"""Cells at the right end that ▲ and ▼ take: no text that must be read to its end stands there."""

_WIDEST = 90  # cells of the bar over what is picked


class Listed(NamedTuple):
    """A row of a list, and the number of the thing that it is of; None: a heading."""

    row: Row
    item: int | None = None


def around(listed: Sequence[Listed], picked: int, room: int, width: int, look: Look) -> list[Listed]:
    """As many rows as have room, the picked thing among them; ▲ and ▼ count the things above and below."""
    at = next((number for number, one in enumerate(listed) if one.item == picked), 0)
    top = first_around(at, room, len(listed))
    shown = list(listed[top : top + room])
    above = sum(one.item is not None for one in listed[:top])
    below = sum(one.item is not None for one in listed[top + room :])
    rows = _marked([one.row for one in shown], above, below, width, look)
    return [Listed(row, one.item) for row, one in zip(rows, shown, strict=True)]


def chosen(row: Row, width: int) -> Row:
    """The row that is picked: one bar over all of its cells, up to the end of the list."""
    width = max(row_cells(row), min(width, _WIDEST))
    return joined(Piece(piece.text, "picked", piece.click or row[0].click) for piece in padded_row(row, width))


def _marked(rows: list[Row], above: int, below: int, width: int, look: Look) -> list[Row]:
    """The rows with ▲ and ▼ in the first and the last one, where something is there."""
    for at, sign, count in ((0, "▲", above), (-1, "▼", below)):
        if count and rows:
            mark = Piece(f" {look.line(sign)} {count}", "dim")
            rows[at] = (*padded_row(rows[at], width - cells(mark.text)), mark)
    return rows


def with_about(listed: list[Row], about: list[Row], left: int, height: int, look: Look) -> list[Row]:
    """A list at the left, `left` cells wide, a line, and what the picked one is about."""
    line: list[Row] = [(Piece(look.line("│"), "edge"),)] * height
    return beside(listed + [()] * (height - len(listed)), beside(line, about[:height], 1, 1), left, 1)
