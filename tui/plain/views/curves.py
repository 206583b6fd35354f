"""E as it went: iteration by iteration of one run, and run beside run."""

from __future__ import annotations

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.notation.symbols import Ref, short
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.views.legend import MARKS
from nntutor.tui.drawing.views.paths import MOST_MOVES, parameters, path, variables
from nntutor.tui.drawing.views.race import counted_in, error_at
from nntutor.tui.plain.views.bowls import point_of
from nntutor.tui.state import views
from nntutor.tui.state.moves import compared_runs
from nntutor.tui.state.study import Study

_POINTS = 12
"""Iterations of a curve that are told, at even places; of those between, the lowest E."""


def curve(study: Study, words: Words, look: Look) -> list[str]:
    """E of the iterations that the learner has seen."""
    known, here = views.seen_errors(study), study.timeline.iteration
    if not study.trace.known(Ref("error"), study.timeline.step) and len(known) <= here:
        known = known[: here - 1]
    if len(known) < 2:
        return [words.say("views.one_point")]
    return curve_lines(known, words, look)


def curve_lines(errors: Array, words: Words, look: Look) -> list[str]:
    known = np.flatnonzero(~np.isnan(errors))
    if not len(known):
        return []
    places = sorted({*known[np.linspace(0, len(known) - 1, _POINTS).round().astype(int)].tolist()})
    points = (words.say("told.at", iteration=at + 1, value=look.figure(float(errors[at]))) for at in places)
    lowest = int(known[np.argmin(errors[known])])
    return [
        words.say("told.curve", points=", ".join(points)),
        words.say("told.lowest", value=look.figure(float(errors[lowest])), iteration=lowest + 1),
    ]


def race(study: Study, words: Words, look: Look) -> list[str]:
    """Every run at as many samples seen as the one at hand: its moves, where it is, its E."""
    trace, refs = study.trace, variables(study.trace)
    new = refs[-1]._replace(kind="new")
    done = trace.index_of(new) is not None and trace.known(new, study.timeline.step)
    seen = trace.problem.seen_after(study.timeline.iteration - 1 + done)
    lines = [f"{counted_in(study, seen).said(words)}."]
    for number, name in enumerate(compared_runs(study)):
        lines.append(_racer(study, name, MARKS[number % len(MARKS)], seen, words, look))
    return lines


def _racer(study: Study, name: str, mark: str, seen: int, words: Words, look: Look) -> str:
    timeline = study.timelines[name]
    made = timeline.problem.iterations_within(seen)
    title = run_name(words, name.rpartition("-")[2])
    facts = {
        "mark": mark,
        "name": title if study.own(name) else words.say("status.changed", run=title),
        "rate": f"{short('rate_eta', look.style)} {look.figure(timeline.problem.optimizer.learning_rate)}",
    }
    refs = variables(study.trace)
    key = "told.racer_error"
    if parameters(study.trace) <= 2 and len(refs) == 2:
        points = path(study, refs, name, made + 1)
        made, key = len(points) - 1, "told.racer"
        facts["point"] = point_of(study, refs, points[-1], look)
    else:
        made = len(timeline.errors_until(min(made + 1, MOST_MOVES))) - 1
    error = look.figure(error_at(study, name, made))
    said = words.say(key, error=error, count=made, **facts)
    return words.say("told.racer_here", text=said) if name == study.run else said
