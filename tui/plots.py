"""The only file that touches plotext: arrays to rows of text.

plotext is imported when the first plot is drawn, because its import costs more than the first screen may.
It is given clean data only: finite, at most two points a column; other data makes it slow, or ends the
process.
"""

from __future__ import annotations

import numpy as np

from nntutor.core.network import Array
from nntutor.core.series import error_curve
from nntutor.tui.drawing.look import Look
from nntutor.tui.drawing.rows import Piece, Row, fitted

# A range of more than this many decades is drawn on a log scale.
_DECADES = 1.5
_LEAST = (24, 6)
_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.-=+*%#"


def curve_rows(errors: Array, at: int, width: int, height: int, look: Look, title: str, log: str) -> list[Row]:
    """E by iteration, the iteration `at` marked, in width × height cells.

    errors: E of iterations 1, 2, …, nan where unknown. log: the word for a log scale. Too small for axes:
    a row of bars. No finite value: nothing.
    """
    iterations, values = error_curve(errors, max(2, width - 10))
    keep = (values > -1e300) & (values < 1e300)
    iterations, values = iterations[keep], values[keep]
    if not len(values):
        return []
    if width < _LEAST[0] or height < _LEAST[1]:
        return [(Piece(_sparkline(values, width, look)),)]
    scaled, ticks, labels, is_log = _scale(values, look)
    heading = f" {title}" + (f" ({log})" if is_log else "")
    rows: list[Row] = [(Piece(heading, "bold"),)]
    rows += _plot(iterations, scaled, ticks, labels, at, width, height - 1, look)
    return [fitted(row, width) for row in rows]


def _scale(values: Array, look: Look) -> tuple[Array, list[float], list[str], bool]:
    """Values to plot, ticks and their labels; decades by hand where the range asks for a log scale."""
    positive = values[values > 0]
    low, high = float(values.min()), float(values.max())
    if len(positive) == len(values) and np.log10(high) - np.log10(low) > _DECADES:
        logs = np.log10(values)
        first, last = int(np.floor(logs.min())), int(np.ceil(logs.max()))
        every = max(1, (last - first) // 5)
        decades = list(range(first, last + 1, every))
        return logs, [float(decade) for decade in decades], [f"1e{decade}" for decade in decades], True
    if high - low < 1e-12 * max(1.0, abs(high)):
        return values, [high], [look.figure(high, digits=3)], False
    ticks = [float(tick) for tick in np.linspace(low, high, 4)]
    return values, ticks, [look.figure(tick, digits=3) for tick in ticks], False


def _plot(
    x: Array, y: Array, ticks: list[float], labels: list[str], at: int, width: int, height: int, look: Look
) -> list[Row]:
    import plotext

    # The one figure that plotext keeps is its module's own: cleared before each use.
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plotsize(width, height)
    plotext.limitsize(False, False)
    marker = "*" if look.ascii else "braille"
    plotext.plot(x.tolist(), y.tolist(), marker=marker)
    here = np.flatnonzero(x <= at)
    if len(here):
        place = int(here[-1])
        plotext.scatter([float(x[place])], [float(y[place])], marker="o" if look.ascii else "●")
    low, high = min(ticks[0], float(y.min())), max(ticks[-1], float(y.max()))
    margin = 0.05 * (high - low) if high > low else max(1.0, abs(high)) * 0.1
    plotext.ylim(low - margin, high + margin)
    plotext.yticks(ticks, labels)
    first, last = int(x[0]), int(x[-1])
    plotext.xlim(first - 0.5 if first == last else first, last + 0.5 if first == last else last)
    marks = sorted({first, (first + last) // 2, last})
    plotext.xticks(marks, [str(mark) for mark in marks])
    text = plotext.uncolorize(plotext.build())
    lines = [line.rstrip() for line in text.splitlines()]
    if look.ascii:
        frame = str.maketrans({"─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "┤": "|", "┬": "+",
                               "├": "|", "┼": "+", "┴": "+"})  # fmt: skip
        lines = [line.translate(frame) for line in lines]
    return [(Piece(line),) for line in lines]


def _sparkline(values: Array, width: int, look: Look) -> str:
    bars = _ASCII_BARS if look.ascii else _BARS
    columns = [part for part in np.array_split(values, min(width, len(values))) if len(part)]
    heights = np.array([float(part.mean()) for part in columns])
    low, high = heights.min(), heights.max()
    share = (heights - low) / (high - low) if high > low else np.zeros(len(heights))
    return "".join(bars[round(float(s) * (len(bars) - 1))] for s in share)
