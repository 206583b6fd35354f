"""The one widget: rows of styled text, of which only what changed is painted again."""

from __future__ import annotations

from itertools import groupby

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from nntutor.core.foreign import visible
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.rows import Row, changed_spans, row_cells
from nntutor.tui.state.session import Pointed
from nntutor.tui.terminal.textual_private import Lines
from nntutor.tui.terminal.themes import Styles


class Page(Lines):
    """Shows rows of pieces; `show` compares them with those on the screen, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self._styles: Styles = {}
        self._rows: tuple[Row, ...] = ()
        self._strips: list[Strip] = []

    def show(self, rows: tuple[Row, ...], styles: Styles) -> bool:
        """Show these rows, painting the parts of each row that differ from what is there; whether any does.

        In other styles everything differs.
        """
        before, self._rows = self._rows, rows
        if styles is not self._styles or len(before) != len(rows):
            self._styles = styles
            self._strips = [self._strip(row) for row in rows]
            self.refresh()
            return True
        regions = []
        for y, (row, previous) in enumerate(zip(rows, before, strict=True)):
            if row != previous:
                self._strips[y] = self._strip(row)
                regions += [Region(start, y, end - start, 1) for start, end in changed_spans(previous, row)]
        if regions:
            self.refresh(*regions)
        return bool(regions)

    def pointed_at(self, x: int, y: int) -> Pointed | None:
        """What a click on a cell points at, by what is shown there."""
        if not (0 <= y < len(self._rows) and x >= 0):
            return None
        for piece in self._rows[y]:
            x -= cells(piece.text)
            if x < 0:
                return piece.click
        return None

    @property
    def _blank(self) -> Style | None:
        """The style of cells in which nothing stands."""
        return self._styles.get("")

    def _strip(self, row: Row) -> Strip:
        """The door through which everything on the screen goes: nothing in a text is obeyed by a terminal."""
        blank = self._blank or Style.null()
        styled = groupby(row, lambda piece: self._styles.get(piece.style, blank))
        segments = [Segment("".join(visible(piece.text) for piece in run), style) for style, run in styled]
        length, width = row_cells(row), self.outer_size.width
        if length < width:
            segments.append(Segment(" " * (width - length), self._blank))
        return Strip(segments, max(length, width))

    def render_line(self, y: int) -> Strip:
        width = self.outer_size.width  # a page has no border, and its inner size would be looked for on the screen
        if y >= len(self._strips):
            return Strip.blank(width, self._blank)
        return self._strips[y].adjust_cell_length(width, self._blank)
