"""E over one weight, with the moves made and the tangent where we stand."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import (
    error_over,
)
from nntutor.core.arrays import Array
from nntutor.core.engine.known import of_record
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.charts.functions import parabola_rows
from nntutor.tui.drawing.views.paths import nothing, path, variables
from nntutor.tui.state.study import Study


def parabola(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """E over one weight, the moves so far, the tangent where we stand."""
    trace = study.trace
    ref = variables(trace)[0]
    if trace.index_of(ref._replace(kind="grad")) is None:
        return nothing(words, width)
    moves = path(study, (ref,))[:, 0]
    gradient = ref._replace(kind="grad")
    slope = trace.value(gradient) if trace.known(gradient, study.timeline.step) and len(moves) else None
    if trace.known(ref._replace(kind="new"), study.timeline.step):
        slope = None
    eta = trace.problem.optimizer.learning_rate
    lowest, regime = bowl(trace, ref, float(moves[0]))
    label = words.say(f"regime.{regime}") if regime else ""
    reach = 1.4 * max(abs(float(moves[0]) - lowest), 0.5)
    across = (lowest - reach, lowest + reach)
    names = (trace.symbol(ref, look.style), "E")

    def values(x: Array) -> Array:
        return _errors(trace, ref, tuple(x.tolist()))

    symbol = short("rate_eta", look.style)
    title = f"{symbol} {look.figure(eta)}"
    return parabola_rows(values, moves, slope, across, width, height, look, title, label, names)


@of_record  # the same at all steps of an iteration
def _errors(trace: Trace, ref: Ref, values: tuple[float, ...]) -> Array:
    return error_over(trace, ref, np.array(values))


@of_record
def bowl(trace: Trace, ref: Ref, start: float) -> tuple[float, str]:
    """The lowest point over one weight, and what this rate does there, nothing under another rule than plain descent;
    where E is no bowl, the start and nothing."""
    apart = max(1.0, abs(start))  # as far as the start is large, else rounding is all that is left of the differences
    below, here, above = error_over(trace, ref, np.array([-apart, 0.0, apart]) + start)
    curvature = float(above - 2 * here + below) / (apart * apart)
    if not (np.isfinite(curvature) and curvature > 0):
        return start, ""
    optimizer, bottom = trace.problem.optimizer, float(start - (above - below) / (2 * apart) / curvature)
    if optimizer.name != "sgd" or optimizer.decay:
        return bottom, ""
    # A change on the way can make the start the lowest point of a bowl that the weight has long left.
    eta, at_bottom = optimizer.learning_rate, above == below and trace.value(ref) == start
    return bottom, "stays" if at_bottom or eta == 0 else _regime(eta * curvature)


def _regime(share: float) -> str:
    """What plain descent does in a bowl, by η·E″, where it moves at all."""
    for edge, below, at_edge in ((1.0, "creeps", "lands"), (2.0, "crosses", "swings")):
        if abs(share - edge) < 1e-9:
            return at_edge
        if share < edge:
            return below
    return "diverges"
