"""A grid of cells to draw on; numbers are never drawn over."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.rows import Row, row_of

_EMPTY = (" ", "")


class Canvas:
    """width × height cells. A line may cross a line; text stays what it is."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._cells = [[_EMPTY] * width for _ in range(height)]
        # One byte a cell: is anything drawn there, is it text.
        self._drawn = [bytearray(width) for _ in range(height)]
        self._text = [bytearray(width) for _ in range(height)]

    def line(self, x: int, y: int, glyph: str, style: str, over: bool = False) -> None:
        """One glyph of a line; it stays below text, and below another line unless `over`."""
        if not (0 <= x < self.width and 0 <= y < self.height) or self._text[y][x]:
            return
        if over or not self._drawn[y][x]:
            self._cells[y][x] = (glyph, style)
            self._drawn[y][x] = 1

    def write(self, x: int, y: int, text: str, style: str) -> None:
        """Text from (x, y) to the right, over any line."""
        if not 0 <= y < self.height:
            return
        row, drawn, taken = self._cells[y], self._drawn[y], self._text[y]
        for letter in text:
            if not cells(letter) and 0 < x <= self.width:
                row[x - 1] = (row[x - 1][0] + letter, row[x - 1][1])
                continue
            if 0 <= x < self.width:
                row[x] = (letter, style)
                drawn[x] = taken[x] = 1
            x += cells(letter)

    def free(self, x: int, y: int, length: int) -> bool:
        """Whether no text stands there or touches it on the left or right."""
        if x < 0 or x + length > self.width or not 0 <= y < self.height:
            return False
        return 1 not in self._text[y][max(0, x - 1) : x + length + 1]

    def crossed(self, x: int, y: int, length: int) -> int:
        """How many cells of lines stand there."""
        return self._drawn[y][x : x + length].count(1)

    def rows(self) -> list[Row]:
        """The drawing, without spaces at the ends of rows."""
        return [row_of(self._letters(y)) for y in range(self.height)]

    def _letters(self, y: int) -> Iterator[tuple[str, str]]:
        before = ""
        for letter, style in self._cells[y][: self._drawn[y].rfind(1) + 1]:
            # A space goes with what stands before it: each change of style costs bytes on the line.
            if letter == " " and not style and before != "result":
                style = before
            before = style
            yield letter, style
