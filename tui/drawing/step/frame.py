"""Where the parts of a network's picture stand: blocks of units, gaps for their edges, one row for what has no place.

The same at every step of a problem: what is at hand stands in brackets whose cells are kept free, so nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Names, Ref, short
from nntutor.tui.drawing.canvas.look import Look

# More digits than this make labels too long to stay on their edges; with fewer they say too little.
_MOST_DIGITS, LEAST_DIGITS = 6, 3
_TALL = 4  # rows of a unit where there is room: its out, its name, its delta, what else is at hand
_TIGHT = 5
_LEAST_GAP = 5
# Cells beside the digits of [slope 0.2413], and of a signed figure in brackets after its name and a blank.
_SLOPE, _FIGURE = 11, 8


@dataclass(frozen=True)
class Frame:
    """In cells. lefts, blocks: of each layer, where its units begin and how wide they are; edges fill the rest.

    tall: rows of a unit. gap: cells between two layers.
    """

    names: Names
    width: int
    height: int
    lefts: tuple[int, ...]
    blocks: tuple[int, ...]
    gap: int
    tall: int
    digits: int

    @classmethod
    def fitting(cls, names: Names, width: int, height: int, look: Look) -> Frame | None:
        """The roomiest frame that fits; None where there is none."""
        return _fitting(names, width, height, min(look.digits, _MOST_DIGITS), look.style)

    @property
    def last(self) -> int:
        return self.names.last

    @property
    def labelled(self) -> bool:
        """Whether an edge has room for a label."""
        return self.gap > self.digits + 5

    def count(self, layer: int) -> int:
        """Units of a layer."""
        return self.names.sizes[layer]

    def line(self, layer: int, unit: int) -> int:
        """The row of a unit's name, where its edges begin and end."""
        count, room = self.count(layer), self.height - 1 - self.tall
        top = room // 2 if count == 1 else round((unit - 1) * room / (count - 1))
        return top + (self.tall >= 3)

    def ends(self, layer: int, unit: int, source: int) -> tuple[int, int, int, int]:
        """First column and row, last column and row of the edge from a unit to one of layer `layer`.

        The cell after the last is its arrowhead's.
        """
        before = layer - 1
        first = self.lefts[before] + self.blocks[before]
        return first, self.line(before, source), self.lefts[layer] - 2, self.line(layer, unit)

    def stem(self, layer: int, unit: int) -> int:
        """The first column of the line from a unit's name to where its edges part."""
        return self.lefts[layer] + len(self.names.unit(layer, unit)) + 2

    def edges(self, layer: int) -> list[tuple[int, int]]:
        """(unit, source) of the edges into a layer."""
        sources = range(1, self.count(layer - 1) + 1)
        return [(unit, source) for unit in range(1, self.count(layer) + 1) for source in sources]

    @property
    def target(self) -> int:
        """The column of the targets."""
        return self.lefts[-1] + (self.digits + 5 if self.tall >= 3 else self.blocks[-1])


@lru_cache(maxsize=32)
def _fitting(names: Names, width: int, height: int, most_digits: int, style: Style) -> Frame | None:
    tall = min(_TALL, (height - 1) // max(names.sizes))
    if tall < 1 or height < 4:
        return None
    weights = max(len(names.symbol(Ref("weight", layer, names.sizes[layer], names.sizes[layer - 1])))
                  for layer in range(1, names.last + 1))  # fmt: skip
    # Rather fewer digits than edges without symbols, and rather short lines than fewer digits. Where no edge has room
    # for a label, the labels of what is at hand stand in the last row.
    longest = max(_SLOPE, len(short("delta", style)) + _FIGURE)
    for label in (weights + 3, 0):
        for digits in range(most_digits, LEAST_DIGITS - 1, -1):
            for roomy in (True, False):
                frame = _laid_out(names, width, height, tall, digits, roomy and longest)
                if frame.gap > label + digits + 5:
                    return frame
    frame = _laid_out(names, width, height, tall, LEAST_DIGITS, 0)
    return frame if frame.gap >= _LEAST_GAP else None


def _laid_out(names: Names, width: int, height: int, tall: int, digits: int, roomy: int) -> Frame:
    blocks = tuple(_block(names, layer, tall, digits, roomy) for layer in range(names.last + 1))
    gap = (width - sum(blocks) - digits - 5) // names.last
    lefts = tuple(sum(blocks[:layer]) + gap * layer for layer in range(names.last + 1))
    return Frame(names, width, height, lefts, blocks, gap, tall, digits)


def _block(names: Names, layer: int, tall: int, digits: int, roomy: int) -> int:
    """Cells of a unit: beside its name where its figures have rows of their own, else name and figure in one.

    roomy: cells beside the digits of the longest number that stands at a unit; 0: these may be over edges.
    """
    name = len(names.unit(layer, names.sizes[layer], Style.UNICODE))
    if tall < 3:
        return name + digits + _TIGHT + bool(roomy)
    if layer and roomy and layer < names.last:
        return max(name + 3, digits + roomy)
    return max(name + 3, digits + _TIGHT)
