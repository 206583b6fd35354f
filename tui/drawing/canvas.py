"""A grid of cells to draw on; numbers are never drawn over."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from itertools import groupby

from nntutor.tui.drawing.rows import Piece, Row, cells


@dataclass
class Canvas:
    """width × height cells. A line may cross a line; text stays what it is."""

    width: int
    height: int
    _cells: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    _text: set[tuple[int, int]] = field(default_factory=set)

    def line(self, x: int, y: int, glyph: str, style: str, over: bool = False) -> None:
        """One glyph of a line; it stays below text, and below another line unless `over`."""
        if not (0 <= x < self.width and 0 <= y < self.height) or (x, y) in self._text:
            return
        if over or (x, y) not in self._cells:
            self._cells[x, y] = (glyph, style)

    def write(self, x: int, y: int, text: str, style: str) -> None:
        """Text from (x, y) to the right, over any line."""
        for letter in text:
            if unicodedata.combining(letter) and (x - 1, y) in self._cells:
                before, kept = self._cells[x - 1, y]
                self._cells[x - 1, y] = (before + letter, kept)
                continue
            if 0 <= x < self.width and 0 <= y < self.height:
                self._cells[x, y] = (letter, style)
                self._text.add((x, y))
            x += cells(letter)

    def free(self, x: int, y: int, length: int) -> bool:
        """Whether no text stands there or touches it on the left or right."""
        if x < 0 or x + length > self.width or not 0 <= y < self.height:
            return False
        return not any((at, y) in self._text for at in range(x - 1, x + length + 1))

    def crossed(self, x: int, y: int, length: int) -> int:
        """How many cells of lines stand there."""
        return sum((at, y) in self._cells for at in range(x, x + length))

    def rows(self) -> list[Row]:
        """The drawing, without spaces at the ends of rows."""
        result = []
        for y in range(self.height):
            last = max((x for x, row in self._cells if row == y), default=-1)
            row = [self._cells.get((x, y), (" ", "")) for x in range(last + 1)]
            merged = groupby(row, key=lambda cell: cell[1])
            result.append(tuple(Piece("".join(text for text, _ in run), style) for style, run in merged))
        return result
