"""E over one weight or two: the way so far, the slope where we stand, the lowest point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntutor.core.analysis.plot_data import error_over, surface_over
from nntutor.core.arrays import Array
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.views.contours import lowest, steep_slopes
from nntutor.tui.drawing.views.parabola import bowl
from nntutor.tui.drawing.views.paths import move, parameters, path, variables
from nntutor.tui.state.study import Study

_POINTS = 8
"""Moves of the way that are told: the first ones and the newest."""


def parabola(study: Study, words: Words, look: Look) -> list[str]:
    """E over one weight: the moves made, the slope where we stand, and what this rate does."""
    trace = study.trace
    ref = variables(trace)[0]
    gradient = ref._replace(kind="grad")
    if trace.index_of(gradient) is None:
        return [words.say("views.not_here")]
    moves = path(study, (ref,))
    errors = error_over(trace, ref, moves[:, 0])
    lines = _way(study, (ref,), moves, errors, words, look)
    if trace.known(gradient, study.timeline.step) and not trace.known(ref._replace(kind="new"), study.timeline.step):
        lines.append(words.say("told.tangent", slope=look.figure(trace.value(gradient), plus=True)))
    bottom, regime = bowl(trace, ref, float(moves[0, 0]))
    if regime or bottom != moves[0, 0]:
        lines.append(words.say("told.bottom", point=point_of(study, (ref,), np.array([bottom]), look)))
    if regime:
        rate = f"{short('rate_eta', look.style)} {look.figure(trace.problem.optimizer.learning_rate)}"
        lines.append(f"{rate}: {words.say(f'regime.{regime}')}.")
    return lines


def contours(study: Study, words: Words, look: Look) -> list[str]:
    """E over two weights: the way, the lowest point, the signs of the steep slope, the velocity."""
    trace = study.trace
    refs = variables(trace)
    if len(refs) < 2 or parameters(trace) > 2:
        return [words.say("views.not_here")]
    points = path(study, refs)
    errors = surface_over(trace.problem, refs[0], refs[1], points[:, 0].copy(), points[:, 1].copy())
    lines = _way(study, refs, points, errors, words, look)
    minimum = lowest(trace.problem, refs[0], refs[1])
    lines.append(words.say("told.bottom", point=point_of(study, refs, minimum, look)))
    if slopes := steep_slopes(study, points):
        signs = " ".join("+" if slope > 0 else look.line("−") if slope < 0 else "0" for slope in slopes[-40:])
        symbol = trace.symbol(Ref("grad", 1, 1, 2), look.style)
        lines.append(words.say("told.signs", symbol=symbol, signs=signs))
    speeds = [ref._replace(kind="v") for ref in refs]
    if all(trace.index_of(ref) is not None and trace.known(ref, study.timeline.step) for ref in speeds):
        given = ", ".join(f"{trace.symbol(ref, look.style)} {look.figure(trace.value(ref), True)}" for ref in speeds)
        lines.append(words.say("told.velocity", given=given))
    return lines


def _way(study: Study, refs: Sequence[Ref], points: Array, errors: Array, words: Words, look: Look) -> list[str]:
    """Where we are, and where we came along."""
    at = point_of(study, refs, points[-1], look)
    lines = [words.say("told.here", point=at, error=look.figure(float(errors[-1])))]
    last = len(points)
    places = [*range(min(2, last)), *range(max(2, last - _POINTS), last)] if last > 1 else []
    key = "told.point" if study.timeline.is_unbroken else "told.point_given"  # no move has made what was typed
    told = []
    for place in places:
        facts = {"point": point_of(study, refs, points[place], look), "error": look.figure(float(errors[place]))}
        made = move(study, points, place)
        told.append(words.say(key, move=made, iteration=made + 1, **facts))
    return [*lines, *([words.say("told.way", points="; ".join(told))] if told else [])]


def point_of(study: Study, refs: Sequence[Ref], point: Sequence[float] | Array, look: Look) -> str:
    """`w1 0.5, w2 1.2`."""
    symbols = (study.trace.symbol(ref, look.style) for ref in refs)
    return ", ".join(f"{symbol} {look.figure(float(value))}" for symbol, value in zip(symbols, point, strict=False))
