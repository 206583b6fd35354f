"""The only file that touches plotext: arrays to rows of text.

plotext is imported when the first plot is drawn, because its import costs more than the first screen may.
It is given clean data only: finite, at most two points a column; other data makes it slow, or ends the
process.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntutor.core.analysis.plot_data import error_curve
from nntutor.core.arrays import Array
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened

# A range of more than this many decades is drawn on a log scale.
_DECADES = 1.5
_LEAST = (24, 6)
_FRAME = 3  # rows of the frame and of the numbers below it
_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.-=+*%#"


Curve = tuple[Array, Array, str]
"""x, y, and the mark that it is drawn with; "" for a line of dots."""


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
    return [shortened(row, width, look) for row in rows]


def curves_rows(
    errors: Sequence[Array], marks: Sequence[str], width: int, height: int, look: Look, title: str, log: str
) -> list[Row]:
    """E by iteration of several runs in one plot, each drawn with its mark."""
    curves = []
    for one in errors:
        iterations, values = error_curve(one, max(2, width - 10))
        keep = (values > -1e300) & (values < 1e300)
        if keep.any():
            curves.append((iterations[keep], values[keep]))
        else:
            curves.append((np.empty(0), np.empty(0)))
    every = np.concatenate([values for _, values in curves]) if curves else np.empty(0)
    if not len(every) or width < _LEAST[0] or height < _LEAST[1]:
        return []
    scaled, ticks, labels, is_log = _scale(every, look)
    first, last = (int(pick(np.concatenate([x for x, _ in curves]))) for pick in (np.min, np.max))
    parts = np.split(scaled, np.cumsum([len(values) for _, values in curves])[:-1])
    drawn = [(x, y, mark) for (x, _), y, mark in zip(curves, parts, marks, strict=True) if len(x)]
    heading = f" {title}" + (f" ({log})" if is_log else "")
    rows = _built(
        drawn,
        _in_turn(drawn, (first, last), width - max(map(len, labels)) - 2),
        None,
        (first, last),
        ticks,
        labels,
        width,
        height - 1,
        look,
    )
    return [shortened(row, width, look) for row in [(Piece(heading, "bold"),), *rows]]


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
    spelled = ([look.figure(tick, digits=digits) for tick in ticks] for digits in range(3, 10))
    labels = next((one for one in spelled if len(set(one)) == len(one)), [look.figure(tick) for tick in ticks])
    return values, ticks, labels, False


def _plot(
    x: Array, y: Array, ticks: list[float], labels: list[str], at: int, width: int, height: int, look: Look
) -> list[Row]:
    here = np.flatnonzero(x <= at)
    point = (float(x[here[-1]]), float(y[here[-1]])) if len(here) else None
    return _built([(x, y, "")], [], point, (int(x[0]), int(x[-1])), ticks, labels, width, height, look)


def _built(
    curves: Sequence[Curve],
    turns: Sequence[Curve],
    point: tuple[float, float] | None,
    across: tuple[int, int],
    ticks: list[float],
    labels: list[str],
    width: int,
    height: int,
    look: Look,
) -> list[Row]:
    """One plot of curves, the points of `turns` over them, and a point marked."""
    import plotext

    # The one figure that plotext keeps is its module's own: cleared before each use.
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.limitsize(False, False)  # before the size is set, which it would cut to that of the terminal it guesses
    plotext.plotsize(width, height)
    for x, y, mark in curves:
        plotext.plot(x.tolist(), y.tolist(), marker=mark or ("*" if look.ascii else "braille"))
    for x, y, mark in turns:
        plotext.scatter(x.tolist(), y.tolist(), marker=mark)
    every = [float(pick(y)) for _, y, _ in curves for pick in (np.min, np.max)]
    low, high = min(ticks[0], *every), max(ticks[-1], *every)
    margin = 0.05 * (high - low) if high > low else max(1.0, abs(high)) * 0.1
    low, high = low - margin, high + margin
    plotext.ylim(low, high)
    if point is not None:
        on_it = point[1] if look.ascii else _on_its_curve(point[1], low, high, height - _FRAME)
        plotext.scatter([point[0]], [on_it], marker="o" if look.ascii else "●")
    # Of two labels on one row plotext shows either, by chance.
    while len(ticks) > 1 and (ticks[1] - ticks[0]) * (height - _FRAME) < high - low:
        ticks, labels = ticks[::2], labels[::2]
    plotext.yticks(ticks, labels)
    first, last = across
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


def _in_turn(curves: Sequence[Curve], across: tuple[int, int], columns: int) -> list[Curve]:
    """Of each curve the points of every so many columns, so that each letter is seen where several curves are one."""
    first, last = across
    found = []
    for number, (x, y, mark) in enumerate(curves):
        places = (0.5 + (x - first) / max(1, last - first) * (columns - 1)).astype(int)
        own = places % len(curves) == number
        found.append((x[own], y[own], mark))
    return found


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
