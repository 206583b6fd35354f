"""The one style of axis: ticks at round numbers, names with what they count, the same two lines around every plot.

Numbers of the lower axis stand in its line, the name of the upright one in the first row, or in a title above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, log10

from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.dots import Dots, Span, wide
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut

_ROUND = (1.0, 2.0, 2.5, 5.0)
_APART = 2  # rows from tick to tick
_ROOMY = 15  # rows from which ticks are further apart: a row more or less between two is seen less
_MOST_TICKS = 12
_DIGITS = (4, 6, 9, 12, 17)
_MINUS = "-−"


@dataclass(frozen=True)
class Axis:
    """What an axis counts, and from where to where. log: the span is of logarithms; whole: whole numbers only."""

    name: str
    span: Span
    log: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Tick:
    """A value on an axis (its logarithm on a log axis) and how it is written."""

    at: float
    text: str


def steps(low: float, high: float, most: int, whole: bool = False) -> Iterator[float]:
    """Distances of round numbers of which at most so many lie between two values, the least first."""
    size = (high - low) / max(1, most)
    power = floor(log10(size)) if size > 0 else 0
    for exponent in range(power, power + 4):
        for factor in _ROUND:
            step = factor * 10.0**exponent
            if step * max(1, most) >= (high - low) * (1 - 1e-9) and (not whole or step == round(step)):
                yield step


def rounds(low: float, high: float, step: float) -> list[float]:
    """The multiples of a step from one value to another."""
    slack = 1e-9 * step
    first, last = ceil((low - slack) / step), floor((high + slack) / step)
    return [number * step for number in range(first, last + 1)][: 10 * _MOST_TICKS]


def ticks(axis: Axis, look: Look, room: int, apart: int = _APART, across: bool = False) -> list[Tick]:
    """Round ticks that have room on so many cells: as many as can be, two where that can be, at equal distances.

    apart: the cells from one to the next; across: and those that its number takes.
    """
    low, high = wide(axis.span)
    found: list[Tick] = []
    for one in _scales(axis, low, high, look, max(2, min(_MOST_TICKS, room // apart + 1))):
        gap = (one[1].at - one[0].at) / (high - low) * (room - 1) if len(one) > 1 else room
        length = max((cells(tick.text) for tick in one), default=0) if across else 0
        if len(one) > 1 and gap < apart + length:
            continue
        if len(one) > len(found):
            found = one
        if len(found) > 1:
            break
    return found


def _scales(axis: Axis, low: float, high: float, look: Look, most: int) -> Iterator[list[Tick]]:
    """Ways to set ticks, from many to few."""
    if axis.log:
        every = range(1, max(2, ceil(high - low) + 1))
        for decades in every:
            at = [float(one) for one in range(ceil(low - 1e-9), floor(high + 1e-9) + 1) if one % decades == 0]
            yield [Tick(one, f"1e{round(one)}" if abs(one) > 3 else look.figure(10.0**one)) for one in at]
        return
    for step in steps(low, high, most, axis.whole):
        at = rounds(low, high, step)
        yield [Tick(one, text) for one, text in zip(at, _written(at, look), strict=True)]


def _written(values: Sequence[float], look: Look) -> list[str]:
    """Round numbers as short as tells them apart."""
    spelled: list[str] = []
    for digits in _DIGITS:
        spelled = [look.figure(value, digits=digits) if value else "0" for value in values]
        if len(set(spelled)) == len(spelled):
            return spelled
    return spelled


class Plot:
    """A canvas of dots between two axes, in at most width × height cells; the last row is the lower axis.

    named: the upright axis is named in the first row of the canvas, where nobody has named it above.
    """

    def __init__(self, width: int, height: int, look: Look, across: Axis, up: Axis, named: bool = True) -> None:
        self.look, self.across, self.up, self.width = look, across, up, width
        rows = max(1, height - 1)
        self.left = ticks(up, look, rows, _APART if rows < _ROOMY else _APART + 1)
        self.name = up.name if named else ""
        self.margin = max(cells(text) for text in (self.name, *(tick.text for tick in self.left))) + 1
        self.dots = Dots(width - self.margin - 2, rows, look, across.span, up.span)

    @cached_property
    def below(self) -> list[Tick]:
        """The ticks of the lower axis."""
        room = self.dots.width - cells(self.across.name) - 2
        return ticks(self.across, self.look, max(2, room), across=True)

    def rows(self, body: Sequence[Row] | None = None) -> list[Row]:
        """The canvas, or what somebody else has drawn of its size, with its axes."""
        dots, look = self.dots, self.look
        found = {at[0]: tick.text for tick in self.left if (at := dots.cell(dots.across[0], tick.at)) is not None}
        if self.name:
            found[0] = self.name
        rows: list[Row] = []
        for number, row in enumerate(dots.rows() if body is None else body):
            text = found.get(number, "")
            line = "┤" if text and (number or not self.name) else "│"
            lead = " " * (self.margin - cells(text)) + text + " " + look.line(line)
            rows.append((Piece(lead, "dim"), *row))
        return [*rows, (Piece(self._below(), "dim"),)]

    def _below(self) -> str:
        """The lower axis: a line with its numbers in it, its name at the end. A number at the end is moved into the
        picture: one that it would touch is left out. A minus that looks like the line has a gap before it."""
        dots, look = self.dots, self.look
        rule = look.line("─")
        line = list(rule * dots.width)
        name = cut(f" {self.across.name}" if self.across.name else "", dots.width)
        end = free = dots.width - cells(name)
        for tick in reversed(self.below):
            at = dots.cell(tick.at, dots.up[0])
            if at is None or at[1] >= end:
                continue
            start = min(max(0, at[1] - (len(tick.text) - 1) // 2), end - len(tick.text))
            if start >= 0 and start + len(tick.text) <= free:
                line[start : start + len(tick.text)] = tick.text
                if start and tick.text[0] in _MINUS:
                    line[start - 1] = " "  # else the sign is one more dash of the line
                free = start - 1
        corner = " " * (self.margin + 1) + look.line("└")
        return corner + "".join(line[:end]) + name
