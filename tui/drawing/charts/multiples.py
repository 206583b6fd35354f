"""Pictures of one kind side by side, each below its head: what is compared stands in the same place of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nntutor.tui.drawing.canvas.rows import Row, beside

_GAP = 1
_LEAST = (22, 3)  # cells and rows of a picture, without its head
_SHAPE = 4  # cells of width to a row: the wider of two pictures counts only as far as it is as high


@dataclass(frozen=True)
class Grid:
    """columns of pictures, each wide × high cells with its head."""

    columns: int
    wide: int
    high: int

    def rows(self, pictures: Sequence[Sequence[Row]]) -> list[Row]:
        """The pictures as one; each is made as high as the others."""
        found: list[Row] = []
        for start in range(0, len(pictures), self.columns):
            shown = [self._sized(picture) for picture in pictures[start : start + self.columns]]
            line = shown[0]
            for number, picture in enumerate(shown[1:], 1):
                line = beside(line, picture, number * self.wide + (number - 1) * _GAP, _GAP)
            found += line
        return found

    def _sized(self, picture: Sequence[Row]) -> list[Row]:
        return [*picture[: self.high], *[()] * (self.high - len(picture))]


def grid(count: int, width: int, height: int) -> Grid | None:
    """How so many pictures stand in width × height cells as large as they can; None where they have no room."""
    found = []
    for columns in range(1, count + 1):
        wide, high = (width - (columns - 1) * _GAP) // columns, height // -(-count // columns)
        if wide >= _LEAST[0] and high > _LEAST[1]:
            found.append((min(wide / _SHAPE, high - 1), Grid(columns, wide, high)))
    return max(found, key=lambda one: one[0])[1] if found else None
