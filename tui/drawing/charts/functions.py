"""Functions of one variable: an error with its tangent and moves, an activation with its slope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nntutor.core.arrays import Array, frozen
from nntutor.core.notation.figures import figure
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.dots import Dots, Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside, row_cells, shortened
from nntutor.tui.drawing.charts.axes import Axis, Plot

_LEAST = (16, 5)
_TWO = 56
_NUMBERED = 12

Function = Callable[[Array], Array]


@dataclass(frozen=True)
class _Sampled:
    """A function at two points a column, and its lowest and highest value there."""

    xs: Array
    ys: Array
    low: float
    high: float

    @classmethod
    def over(cls, values: Function, across: Span, width: int) -> _Sampled | None:
        """None where it has no finite value."""
        xs = np.linspace(*across, 2 * width)
        ys = np.asarray(values(frozen(xs)), dtype=float)
        known = ys[np.isfinite(ys)]
        return cls(xs, ys, float(known.min()), float(known.max())) if known.size else None

    def plot(self, width: int, height: int, look: Look, share: float, flat: float, names: tuple[str, str]) -> Plot:
        """Room for it between axes of these names; above and below a margin, a share of what is seen of it.

        flat: the margin where it is the same everywhere.
        """
        margin = share * (self.high - self.low) if self.high > self.low else flat
        across = Axis(names[0], (float(self.xs[0]), float(self.xs[-1])))
        return Plot(width, height, look, across, Axis(names[1], (self.low - margin, self.high + margin)))


def parabola_rows(
    values: Function,
    moves: Array,
    slope: float | None,
    across: Span,
    width: int,
    height: int,
    look: Look,
    title: str = "",
    label: str = "",
    axes: tuple[str, str] = ("w1", "E"),
) -> list[Row]:
    """E over one weight, the moves so far numbered in their order, the tangent where the last of them stands.

    moves: the weights w0, w1, …; slope: dE/dw at the last one, None for no tangent. label stands at the right.
    """
    gap = max(1, width - cells(title) - cells(label) - 2)
    head: Row = (Piece(f" {title}"), Piece(" " * gap), Piece(label, "bold"))
    if width < _LEAST[0] or height < _LEAST[1]:
        return [shortened((Piece(f" {title}  {label}", "bold"),), width, look)][:height]
    sampled = _Sampled.over(values, across, width)
    if sampled is None:
        return [head]
    plot = sampled.plot(width, height - 1, look, 0.06, 1.0, axes)
    drawn = plot.dots
    drawn.curve(sampled.xs, sampled.ys, "", glyph=".")
    heights = np.asarray(values(frozen(moves)), dtype=float) if len(moves) else np.empty(0)
    if len(moves) > 1:
        drawn.curve(moves, heights, "edge", 3, ".")
    if len(moves):
        _moves(drawn, moves, heights, slope)
    return [shortened(row, width, look) for row in (head, *plot.rows())][:height]


def _moves(drawn: Dots, moves: Array, heights: Array, slope: float | None) -> None:
    look = drawn.look
    x, y = float(moves[-1]), float(heights[-1])
    if slope is not None and np.isfinite([x, y, slope]).all():
        reach = 0.16 * (drawn.across[1] - drawn.across[0])
        drawn.line(x - reach, y - slope * reach, x + reach, y + slope * reach, "operand")
    at = drawn.cell(x, y)
    if at is None and np.isfinite(x):
        edge = drawn.across[1] if x > drawn.across[1] else drawn.across[0] if x < drawn.across[0] else x
        arrow = look.line("▲" if edge == x else "→" if x > drawn.across[1] else "←")
        drawn.mark(edge, drawn.up[1], arrow, "result", over=True)
    elif at is not None:
        drawn.mark(x, y, look.line("●"), "result", over=True)
    marked: set[tuple[int, int]] = set()
    for number in range(len(moves) - 1):
        cell = drawn.cell(float(moves[number]), float(heights[number]))
        if cell is None or (cell in marked and number >= _NUMBERED):
            continue
        marked.add(cell)
        drawn.mark(float(moves[number]), float(heights[number]), look.line("○"), "")
        if number < _NUMBERED:
            drawn.label(float(moves[number]), float(heights[number]), str(number), "dim")
    if at is not None and len(moves) <= _NUMBERED:
        drawn.label(x, y, str(len(moves) - 1), "bold")


def activation_rows(
    out: Function,
    slope: Function,
    at: float | None,
    names: tuple[str, str],
    width: int,
    height: int,
    look: Look,
    title: str = "",
    span: Span = (-6.0, 6.0),
    largest: tuple[float, float] | None = None,
    most: str = "max",
    styles: tuple[str, str] = ("forward", "backward"),
) -> list[Row]:
    """An activation and its slope, each with the working point at net `at` and its value.

    names: what out and slope are called; largest: net and slope where the slope is largest, and `most` is the word
    before that slope; styles: of the two values. On a narrow screen they stand below each other.
    """
    top = None if largest is None else (most, largest[1])
    first, second = (_Named(out, names[0], title, None, styles[0]), _Named(slope, names[1], "", top, styles[1]))
    if width >= _TWO and height >= _LEAST[1]:
        half = (width - 2) // 2
        heads = _head(first, at, half, height, look), _head(second, at, width - 2 - half, height, look)
        rows = max(map(len, heads))  # so that one plot stands as high as the other
        one, two = ([*head, *[()] * (rows - len(head))] for head in heads)
        left = _function(first, one, at, half, height, look, span)
        return beside(left, _function(second, two, at, width - 2 - half, height, look, span), half)
    upper = height - height // 2
    one = _function(first, _head(first, at, width, upper, look), at, width, upper, look, span)
    two = _function(second, _head(second, at, width, height - upper, look), at, width, height - upper, look, span)
    return [*one, *two][:height]


@dataclass(frozen=True)
class _Named:
    """A function as it is plotted: what it gives is called `name`; top: its largest value after a word for that."""

    values: Function
    name: str
    title: str
    top: tuple[str, float] | None
    style: str

    def at(self, net: float | None) -> float | None:
        """What it gives there; None where that is not known."""
        return float(self.values(frozen([net]))[0]) if net is not None and np.isfinite(net) else None


def _head(of: _Named, at: float | None, width: int, height: int, look: Look) -> list[Row]:
    """What stands above a plot, in two rows where it is wider than that and there is room."""
    y, title = of.at(at), f" {of.title} " if of.title else " "
    told = of.name if y is None else f"{of.name} = {figure(y, 4, style=look.style)}"
    net = "" if y is None or at is None or of.top else f"   net = {figure(at, 4, style=look.style)}"
    top = "" if of.top is None else f"   {of.top[0]} {figure(of.top[1], 3, style=look.style)}"
    first: Row = (Piece(title), Piece(told, of.style))
    further: Row = (Piece(net, "forward"), Piece(top, "dim"))
    if row_cells((*first, *further)) <= width or height < _LEAST[1]:
        return [shortened((*first, *further), width, look)]
    return [shortened(first, width, look), shortened(further, width, look)]


def _function(
    of: _Named, head: list[Row], at: float | None, width: int, height: int, look: Look, span: Span
) -> list[Row]:
    if width < _LEAST[0] or height < len(head) + 2:
        return head[:height]
    sampled = _Sampled.over(of.values, span, width)
    if sampled is None:
        return head
    plot = sampled.plot(width, height - len(head), look, 0.08, 0.5, ("net", ""))
    drawn, y = plot.dots, of.at(at)
    drawn.line(0.0, sampled.low, 0.0, sampled.high, "edge", 3, ":")
    if of.top is not None:
        drawn.line(span[0], of.top[1], span[1], of.top[1], "edge", 3, ".")
    drawn.curve(sampled.xs, sampled.ys, "", glyph="*")
    if y is not None and at is not None:
        drawn.line(at, sampled.low, at, y, "forward", 2, ":")
        within = span[0] <= at <= span[1]  # the last cell reaches a little further than the axis
        if not (within and drawn.mark(at, y, look.line("●"), of.style, over=True)):
            beyond = look.line("●") + look.line("→") if at > 0 else look.line("←") + look.line("●")
            drawn.mark(span[at > 0], min(max(y, sampled.low), sampled.high), beyond, of.style, over=True)
    return [shortened(row, width, look) for row in (*head, *plot.rows())][:height]
