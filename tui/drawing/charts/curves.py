"""E by iteration: the only file that touches plotext, arrays to rows of text.

plotext is imported when the first curve is drawn, because its import costs more than the first screen may. It draws
the curve alone, the axes are those of every plot. It is given clean data only: finite, at most two points a column;
other data makes it slow, or ends the process.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntutor.core.analysis.plot_data import error_curve
from nntutor.core.arrays import Array
from nntutor.tui.drawing.canvas.dots import Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened
from nntutor.tui.drawing.charts.axes import Axis, Plot

# A range of more than this many decades is drawn on a log scale.
_DECADES = 1.5
LEAST = (24, 6)
"""Cells and rows from which on there are axes."""
_MARGIN = 0.05
_BLOCK = 1 / 3  # of the cells; a curve that goes up and down in more of them would be the brightest of a screen
_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.-=+*%#"


def curve_rows(errors: Array, at: int, width: int, height: int, look: Look, title: str, log: str) -> list[Row]:
    """E by iteration, the iteration `at` marked, in width × height cells.

    errors: E of iterations 1, 2, …, nan where unknown. log: the word for a log scale. Too small for axes:
    a row of bars. No finite value: nothing.
    """
    iterations, values = _known(errors, width)
    if not len(values):
        return []
    if width < LEAST[0] or height < LEAST[1]:
        return [(Piece(_sparkline(values, width, look)),)]
    is_log = _spans_decades(values)
    heights = np.log10(values) if is_log else values
    plot = _plot(iterations, heights, is_log, width, height - 1, look)
    here = np.flatnonzero(iterations <= at)
    point = (float(iterations[here[-1]]), float(heights[here[-1]])) if len(here) else None
    body = _drawn(plot, iterations, heights, point)
    return [shortened(row, width, look) for row in (_heading(title, log, is_log), *plot.rows(body))]


def curves_rows(
    errors: Sequence[Array],
    marks: Sequence[str],
    styles: Sequence[str],
    here: int,
    width: int,
    height: int,
    look: Look,
    title: str,
    log: str,
) -> list[Row]:
    """E by iteration of several runs in one plot, each with its mark at its end and in its style.

    here: which of them is at hand; the others are drawn in fewer dots.
    """
    curves = [_known(one, width) for one in errors]
    every = np.concatenate([values for _, values in curves]) if curves else np.empty(0)
    if not len(every) or width < LEAST[0] or height < LEAST[1]:
        return []
    is_log = _spans_decades(every)
    heights = [np.log10(values) if is_log else values for _, values in curves]
    plot = _plot(np.concatenate([x for x, _ in curves]), np.concatenate(heights), is_log, width, height - 1, look)
    known = [number for number, (x, _) in enumerate(curves) if len(x)]
    for number in sorted(known, key=lambda one: one == here):
        xs, ys = curves[number][0], heights[number]
        # A line of one point is a dot.
        xs, ys = (np.repeat(xs, 2), np.repeat(ys, 2)) if len(xs) == 1 else (xs, ys)
        plot.dots.curve(xs, ys, styles[number], 1 if number == here else 2, marks[number].lower() if look.ascii else "")
    for place, number in enumerate(sorted(known, key=lambda one: one != here)):
        x, y = float(curves[number][0][-1]), float(heights[number][-1])
        plot.dots.mark(x, y, marks[number], styles[number]) or plot.dots.label(x, y, marks[number], styles[number])
        _named(plot, marks[number], styles[number], curves[number][0], heights[number], (place + 1) / (len(known) + 1))
    return [shortened(row, width, look) for row in (_heading(title, log, is_log), *plot.rows())]


def _named(plot: Plot, mark: str, style: str, xs: Array, ys: Array, share: float) -> None:
    """The letter in small on the way, for each curve elsewhere: where they are one line, each is seen."""
    for part in (share / 2, (1 + share) / 2):
        x = float(xs[0] + part * (xs[-1] - xs[0]))
        plot.dots.mark(x, float(np.interp(x, xs, ys)), mark.lower(), style)


def _known(errors: Array, width: int) -> tuple[Array, Array]:
    """Iterations and their errors as far as they can be drawn."""
    iterations, values = error_curve(errors, max(2, width - 10))
    keep = (values > -1e300) & (values < 1e300)
    return iterations[keep], values[keep]


def _spans_decades(values: Array) -> bool:
    low, high = float(values.min()), float(values.max())
    return low > 0 and bool(np.log10(high) - np.log10(low) > _DECADES)


def _heading(title: str, log: str, is_log: bool) -> Row:
    return (Piece(f" {title}" + (f" ({log})" if is_log else ""), "bold"),)


def _plot(x: Array, y: Array, is_log: bool, width: int, height: int, look: Look) -> Plot:
    """Axes around all points. The title names them both."""
    low, high = float(y.min()), float(y.max())
    flat = high - low <= 1e-12 * max(1.0, abs(high))
    margin = abs(high) * 0.1 if flat else _MARGIN * (high - low)
    if not margin:  # nothing but 0, of which there are no tenths
        low, high = 0.0, 1.0
    across = Axis("", (float(x.min()), float(x.max())), whole=True)
    return Plot(width, height, look, across, Axis("", (low - margin, high + margin), log=is_log))


def _drawn(plot: Plot, x: Array, y: Array, point: Span | None) -> list[Row]:
    """The curve on the plot's canvas, and a point marked."""
    import plotext

    look, dots = plot.look, plot.dots
    # The one figure that plotext keeps is its module's own: cleared before each use.
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limitsize(False, False)
    plotext.plotsize(dots.width, dots.height)
    plotext.frame(False)
    plotext.xaxes(False, False)
    plotext.yaxes(False, False)
    plotext.xticks([])
    plotext.yticks([])
    plotext.plot(x.tolist(), y.tolist(), marker="*" if look.ascii else "braille")
    if point is not None:
        on_it = point[1] if look.ascii else _on_its_curve(point[1], *dots.up, dots.height)
        plotext.scatter([point[0]], [on_it], marker=look.line("●"))
    plotext.xlim(*dots.across)
    plotext.ylim(*dots.up)
    lines = [line.rstrip() for line in plotext.uncolorize(plotext.build()).splitlines()[: dots.height]]
    taken = sum(len(line.replace(" ", "")) for line in lines)
    style = "edge" if taken > _BLOCK * dots.width * dots.height else ""
    return [_styled(line, look.line("●"), style) for line in lines]


def _styled(line: str, point: str, style: str) -> Row:
    """A row of the curve in its style, the point in it as it is."""
    before, mark, after = line.partition(point)
    return tuple(Piece(text, own) for text, own in ((before, style), (mark, ""), (after, style)) if text)


def _on_its_curve(y: float, low: float, high: float, rows: int) -> float:
    """The height at which plotext draws a sign in the row in which it draws the dots of a curve at height y.

    It divides what it shows into rows for signs, into rows of four dots for curves, and rounds in each.
    """
    dot = int(round(0.5 + (4 * rows - 1) * (y - low) / (high - low), 8))
    return low + dot // 4 / max(1, rows - 1) * (high - low)


def _sparkline(values: Array, width: int, look: Look) -> str:
    bars = _ASCII_BARS if look.ascii else _BARS
    columns = [part for part in np.array_split(values, min(width, len(values))) if len(part)]
    heights = np.array([float(part.mean()) for part in columns])
    low, high = heights.min(), heights.max()
    share = (heights - low) / (high - low) if high > low else np.zeros(len(heights))
    return "".join(bars[round(float(s) * (len(bars) - 1))] for s in share)
