"""A canvas of dots over data coordinates, with text on top: what the pictures of lessons are drawn on.

A cell holds 2 × 4 dots (braille); in the ASCII look it holds one. Text wins over dots, and text that is there stays
there, so no number is ever drawn over or cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.lessons.language.cells import cells, even
from nntutor.tui.drawing.canvas.clipping import clipped, slanted
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.state.session import Pointed

Span = tuple[float, float]

# The bit of each dot of a cell in its braille letter, by row and column.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BRAILLE = np.array([" ", *map(chr, range(0x2801, 0x2900))])
_COVERED = "\0"  # the second cell of a wide letter
_LINED = "result"  # underlined in some colours, which must end with it


class Dots:
    """width × height cells over `across` × `up` in data coordinates; the first row is at the top."""

    def __init__(self, width: int, height: int, look: Look, across: Span, up: Span) -> None:
        self.width, self.height, self.look = max(0, width), max(0, height), look
        self.across, self.up = wide(across), wide(up)
        self.tall, self.broad = (1, 1) if look.ascii else (4, 2)
        self._on = np.zeros((self.height * self.tall, self.width * self.broad), dtype=bool)
        self._styles: list[list[str]] = [[""] * self.width for _ in range(self.height)]
        self._text: list[list[str]] = [[""] * self.width for _ in range(self.height)]
        self._clicks: dict[int, list[Pointed | None]] = {}
        self._glyphs: dict[tuple[int, int], str] = {}
        self._ground: list[list[str]] = []

    def copy(self) -> Dots:
        """The same picture, to be drawn on."""
        other = copy(self)
        other._on = self._on.copy()
        other._styles = [row[:] for row in self._styles]
        other._text = [row[:] for row in self._text]
        other._clicks = {row: clicks[:] for row, clicks in self._clicks.items()}
        other._glyphs = dict(self._glyphs)
        return other

    # --- coordinates -----------------------------------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of dots."""
        rows, columns = self._on.shape
        return int(rows), int(columns)

    def place(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Row and column of a data point in dots, not rounded; arrays as well."""
        rows, columns = self.size
        column = (x - self.across[0]) / (self.across[1] - self.across[0]) * max(1, columns - 1)
        row = (self.up[1] - y) / (self.up[1] - self.up[0]) * max(1, rows - 1)
        return row, column

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the cell of a data point; None outside the picture."""
        if not (np.isfinite(x) and np.isfinite(y)) or not self.width or not self.height:
            return None
        row, column = self.place(x, y)
        if not (-0.5 <= row < self.size[0] and -0.5 <= column < self.size[1]):
            return None
        at = int(max(0.0, row + 0.5)) // self.tall, int(max(0.0, column + 0.5)) // self.broad
        return min(at[0], self.height - 1), min(at[1], self.width - 1)

    @property
    def middles(self) -> tuple[Span, Span]:
        """From the middle of the first cell to that of the last one: across, and up."""
        spans = []
        for (low, high), count, size in zip(
            (self.across, self.up), self.size[::-1], (self.broad, self.tall), strict=True
        ):
            inset = (size - 1) / 2 / max(1, count - 1) * (high - low)
            spans.append((low + inset, high - inset))
        return spans[0], spans[1]

    # --- drawing ---------------------------------------------------------------------------------

    def clear(self, rows: Any, columns: Any) -> None:
        """Takes all dots out of the cells of these dots, which lie inside."""
        dots_of_cells = self._on.reshape(self.height, self.tall, self.width, self.broad)
        dots_of_cells[rows // self.tall, :, columns // self.broad] = False

    def dots(self, rows: Any, columns: Any, style: str, glyph: str = "") -> None:
        """Dots at rows and columns of dots; those outside are left out. glyph: the ASCII look's sign for them, or
        one for each.
        """
        inside = (rows >= 0) & (rows < self.size[0]) & (columns >= 0) & (columns < self.size[1])
        rows, columns = rows[inside].astype(int), columns[inside].astype(int)
        self._on[rows, columns] = True
        if self.look.ascii and glyph:
            signs = np.broadcast_to(list(glyph), inside.shape)[inside].tolist()
            self._glyphs.update(zip(zip(rows.tolist(), columns.tolist(), strict=True), signs, strict=True))
        for row, column in set(zip((rows // self.tall).tolist(), (columns // self.broad).tolist(), strict=True)):
            self._styles[row][column] = style

    def part(self, row: int, column: int, text: str) -> None:
        """Where dots are letters, none beside a text that stands there: it would be read with it."""
        for beside in (column - 1, column + cells(text)):
            if self.look.ascii and 0 <= row < self.height and 0 <= beside < self.width:
                self.clear(row, beside)

    def mask(self, on: Any, style: str, glyph: str = ".") -> None:
        """Dots wherever a mask of the size of the picture is true."""
        rows, columns = np.nonzero(on)
        self.dots(rows, columns, style, glyph)

    def line(self, x0: float, y0: float, x1: float, y1: float, style: str, every: int = 1, glyph: str = "") -> None:
        """A straight line; `every`: only every so many dots of it."""
        self.curve(np.array([x0, x1]), np.array([y0, y1]), style, every, glyph)

    def curve(self, xs: Array, ys: Array, style: str, every: int = 1, glyph: str = "") -> None:
        """Points joined by straight lines, with gaps where one is not finite; all lines at once."""
        with np.errstate(all="ignore"):
            rows, columns = self.place(xs, ys)
            known = np.isfinite(rows) & np.isfinite(columns)
        both = known[:-1] & known[1:]
        ends = clipped(rows[:-1][both], columns[:-1][both], rows[1:][both], columns[1:][both], *self.size)
        row, column, down, right = ends
        counts = np.maximum(np.abs(down), np.abs(right)).astype(int) + 1
        line = np.repeat(np.arange(len(counts)), counts + 1)
        dot = np.arange(len(line)) - np.repeat(np.cumsum(counts + 1) - counts - 1, counts + 1)
        line, dot = line[dot % every == 0], dot[dot % every == 0]
        share = dot / counts[line]
        at_rows = np.round(row[line] + down[line] * share)
        at_columns = np.round(column[line] + right[line] * share)
        if glyph or not self.look.ascii:
            self.dots(at_rows, at_columns, style, glyph)
            return
        signs = np.array([slanted(*each) for each in zip(down.tolist(), right.tolist(), strict=True)])
        for sign in dict.fromkeys(signs.tolist()):
            mine = signs[line] == sign
            self.dots(at_rows[mine], at_columns[mine], style, sign)

    def levels(self, bands: Any, style: str, glyph: str = ".", every: int = 1) -> None:
        """The lines between bands: bands are whole numbers at the dots; a dot stands where the next one differs.

        every: only where row and column together are a multiple of it.
        """
        edge = np.zeros(bands.shape, dtype=bool)
        edge[:, :-1] |= bands[:, :-1] != bands[:, 1:]
        edge[:-1, :] |= bands[:-1, :] != bands[1:, :]
        edge &= np.add.outer(*map(np.arange, edge.shape)) % every == 0
        self.mask(edge, style, glyph)

    def ground(self, styles: list[list[str]]) -> None:
        """A style for every cell that colours its background too: what stands on it is drawn in its ink."""
        self._ground = styles

    def style(self, row: int, column: int) -> str:
        """The style of a cell."""
        return self._styles[row][column]

    # --- text ------------------------------------------------------------------------------------

    def free(self, row: int, column: int, length: int) -> bool:
        """Whether no text stands there or right beside it."""
        if not (0 <= row < self.height and column >= 0 and column + length <= self.width):
            return False
        return not any(self._text[row][max(0, column - 1) : column + length + 1])

    def write(
        self, row: int, column: int, text: str, style: str, over: bool = False, click: Pointed | None = None
    ) -> bool:
        """Text at a cell, whole or not at all; whether it stands now. click: what a click on it points at."""
        length = cells(text)
        inside = 0 <= row < self.height and column >= 0 and column + length <= self.width
        if not inside or (not over and any(self._text[row][column : column + length])):
            return False
        if click is not None:
            self._clicks.setdefault(row, [None] * self.width)[column : column + length] = [click] * length
        if even(text):
            self._text[row][column : column + length] = text
            self._styles[row][column : column + length] = [style] * length
            return True
        for letter in text:
            wide = cells(letter)
            if wide == 0:
                self._text[row][column - 1] += letter
                continue
            self._text[row][column], self._styles[row][column] = letter, style
            if wide == 2:
                self._text[row][column + 1], self._styles[row][column + 1] = _COVERED, style
            column += wide
        return True

    def mark(self, x: float, y: float, text: str, style: str, over: bool = False) -> bool:
        """Text whose first letter stands at a data point, or beside it where it would be cut."""
        at = self.cell(x, y)
        if at is None:
            return False
        row, column = at
        return self.write(row, max(0, min(column, self.width - cells(text))), text, style, over)

    def label(self, x: float, y: float, text: str, style: str) -> bool:
        """Text near a data point where nothing stands yet: to its right, left, below or above; else left out."""
        at = self.cell(x, y)
        if at is None or not text:
            return False
        row, column = at
        length = cells(text)
        for down, right in ((0, 2), (0, -length - 1), (1, 0), (-1, 0), (1, -length), (-1, -length), (1, 2), (-1, 2)):
            if self.free(row + down, column + right, length):
                return self.write(row + down, column + right, text, style)
        return False

    # --- out -------------------------------------------------------------------------------------

    def rows(self) -> list[Row]:
        """The picture, without spaces at the ends of rows."""
        if not self.height or not self.width:
            return []
        if self.look.ascii:
            letters = np.where(self._on, ".", " ").tolist()
            for (row, column), glyph in self._glyphs.items():
                letters[row][column] = glyph if self._on[row, column] else " "
        else:
            blocks = self._on.reshape(self.height, 4, self.width, 2)
            letters = _BRAILLE[np.einsum("hawb,ab->hw", blocks.astype(int), _BITS)].tolist()
        return [self._row(row, letters[row]) for row in range(self.height)]

    def _row(self, row: int, dots: list[str]) -> Row:
        """The pieces of a row; spaces go with what stands before them: each change of style costs bytes."""
        letters = [text or dot for text, dot in zip(self._text[row], dots, strict=True)]
        spans, style, at = [0], "", 0
        styles = [style]
        for own, run in groupby(self._ground[row] if self._ground else self._styles[row]):
            start, at = at, at + len(list(run))
            if not self._ground and "".join(letters[start:at]).replace(_COVERED, "").isspace():
                own = "" if style == _LINED else style
            if own != style:
                spans.append(start)
                styles.append(own)
                style = own
        pieces = [
            piece
            for (start, end), style in zip(pairwise([*spans, at]), styles, strict=True)
            for piece in self._pieces(row, letters, start, end, style)
        ]
        if self._ground:
            return tuple(pieces)
        last = pieces[-1].text.rstrip(" ") if pieces else ""
        return (*pieces[:-1], *([pieces[-1]._replace(text=last)] if last else []))

    def _pieces(self, row: int, letters: list[str], start: int, end: int, style: str) -> Iterator[Piece]:
        """Cells of one style, by what a click on them points at."""
        clicks = self._clicks.get(row)
        if clicks is None:
            if start < end:
                yield Piece("".join(letters[start:end]).replace(_COVERED, ""), style)
            return
        for click, run in groupby(clicks[start:end]):
            begin, start = start, start + len(list(run))
            yield Piece("".join(letters[begin:start]).replace(_COVERED, ""), style, click)


def wide(span: Span) -> Span:
    """The span, or one around it where it has no width."""
    low, high = float(span[0]), float(span[1])
    if not (np.isfinite(low) and np.isfinite(high)):
        return -1.0, 1.0
    if not high > low or not np.isfinite(high - low):
        return low - max(0.5, abs(low) * 0.1), low + max(0.5, abs(low) * 0.1)
    return low, high
