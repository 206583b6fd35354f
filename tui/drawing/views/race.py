"""Several optimizers on the same problem, side by side."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import (
    surface_over,
)
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.charts.contours import Path
from nntutor.tui.drawing.charts.curves import curves_rows
from nntutor.tui.drawing.views.contours import contours_of
from nntutor.tui.drawing.views.legend import MARKS, Racer, racer_rows
from nntutor.tui.drawing.views.paths import is_planar, parameters, path, variables
from nntutor.tui.state.moves import compared_runs
from nntutor.tui.state.study import Study

_RACERS = tuple(f"run{number}" for number in range(1, 7))


def race(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """All runs on this problem at as many samples seen as the one at hand: their paths, or their errors."""
    trace, samples_seen = study.trace, _samples_seen(study)
    refs, planar = variables(trace), is_planar(trace)
    paths, lines = [], []
    for number, name in enumerate(compared_runs(study)):
        timeline = study.timelines[name]
        made = samples_seen // max(1, timeline.problem.batch_size)
        title = run_name(words, name.rpartition("-")[2])
        title = title if study.own(name) else words.say("status.changed", run=title)
        mark, style = _sign(number)
        if planar:
            points = path(study, refs, name, made + 1)
            made = len(points) - 1
            paths.append(Path(points, mark, style, here=name == study.run))
        else:
            made = len(timeline.errors_until(made + 1)) - 1
        error = error_at(study, name, made)
        rate = look.figure(timeline.problem.optimizer.learning_rate)
        lines.append(Racer(mark, title, rate, made, error, name == study.run, style))
    legend = racer_rows(lines, samples_seen, words, width, look, samples=bool(trace.samples), ways=planar)
    if planar:
        together = words.say("race.together")
        return [*legend, *contours_of(study, refs, paths, width, height - len(legend), look, together)]
    return [*legend, *race_curves(study, words, width, height - len(legend), look)]


def race_curves(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """E of every racer, as far as its way goes."""
    names, samples_seen = compared_runs(study), _samples_seen(study)
    timelines = [study.timelines[name] for name in names]
    errors = [one.errors_until(samples_seen // max(1, one.problem.batch_size) + 1) for one in timelines]
    marks, styles = zip(*map(_sign, range(len(names))), strict=True)
    here = names.index(study.run) if study.run in names else -1
    title, log = words.say("views.error_curve"), words.say("views.log_scale")
    return curves_rows(errors, marks, styles, here, width, height, look, title, log)


def _sign(number: int) -> tuple[str, str]:
    """The letter of a racer, and its style."""
    return MARKS[number % len(MARKS)], _RACERS[number % len(_RACERS)]


def _samples_seen(study: Study) -> int:
    """How many samples the run at hand has learned from."""
    trace = study.trace
    new = Ref("new", *variables(trace)[-1][1:])
    done = trace.index_of(new) is not None and trace.known(new, study.timeline.step)
    return (study.timeline.iteration - 1 + done) * max(1, trace.problem.batch_size)


def error_at(study: Study, run: str, moves: int) -> float:
    """E after so many moves: of all samples, so that runs with other batches can be compared."""
    timeline = study.timelines[run]
    try:
        trace = timeline.trace_of(moves + 1)
    except IndexError:
        return float("nan")
    refs = variables(trace)
    if len(trace.problem.samples) == len(trace.samples) or parameters(trace) > 2:
        return trace.error
    point = [trace.value(ref) for ref in refs]
    return float(surface_over(trace.problem, refs[0], refs[1], np.array([point[0]]), np.array([point[1]]))[0])
