"""The one widget: rows of styled text, of which only what changed is painted again."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from nntutor.tui.drawing.rows import Row


class Page(Widget, can_focus=True):
    """Shows rows of pieces; `show` compares them with those on the screen, row by row."""

    def __init__(self, styles: Mapping[str, Style]) -> None:
        super().__init__()
        self._styles = styles
        self._rows: tuple[Row, ...] = ()
        self._strips: list[Strip] = []

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show these rows, painting the span of each row that differs from what is there."""
        before, old = self._rows, self._strips
        self._rows = rows
        if len(before) != len(rows):
            self._strips = [self._strip(row) for row in rows]
            self.refresh()
            return
        self._strips = [
            strip if row == previous else self._strip(row)
            for row, previous, strip in zip(rows, before, old, strict=True)
        ]
        regions = [
            Region(start, y, end - start, 1)
            for y, (strip, previous) in enumerate(zip(self._strips, old, strict=True))
            if strip is not previous
            for start, end in [_changed(previous, strip, self.size.width)]
            if end > start
        ]
        if regions:
            self.refresh(*regions)

    def _strip(self, row: Row) -> Strip:
        none = Style.null()
        return Strip([Segment(piece.text, self._styles.get(piece.style, none)) for piece in row])

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._strips):
            return Strip.blank(width)
        return self._strips[y].adjust_cell_length(width)


def _changed(before: Strip, after: Strip, width: int) -> tuple[int, int]:
    """The first and one past the last cell in which two rows differ."""
    old, new = list(_cells(before, width)), list(_cells(after, width))
    differing = [at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return (differing[0], differing[-1] + 1) if differing else (0, 0)


def _cells(strip: Strip, width: int) -> list[tuple[str, Style | None]]:
    """What stands in each cell; the second half of a wide letter is an empty one of its style."""
    cells: list[tuple[str, Style | None]] = []
    for segment in strip.adjust_cell_length(width):
        for letter in segment.text:
            cells.append((letter, segment.style))
            cells += [("", segment.style)] * (Segment(letter).cell_length - 1)
    return cells[:width] + [(" ", None)] * (width - len(cells))
