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
from nntutor.tui.drawing.views.paths import parameters, path, variables
from nntutor.tui.state.moves import compared_runs
from nntutor.tui.state.study import Study

_RACERS = tuple(f"run{number}" for number in range(1, 7))


def race(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """All runs on this problem at as many samples seen as the one at hand: their paths, or their errors."""
    trace = study.trace
    names = compared_runs(study)
    refs = variables(trace)
    moves = study.timeline.iteration - 1
    done = trace.index_of(Ref("new", *refs[-1][1:])) is not None and trace.known(
        Ref("new", *refs[-1][1:]), study.timeline.step
    )
    samples_seen = (moves + done) * max(1, trace.problem.batch_size)
    planar = parameters(trace) <= 2 and len(refs) == 2
    paths, errors, lines = [], [], []
    for number, name in enumerate(names):
        timeline = study.timelines[name]
        made = samples_seen // max(1, timeline.problem.batch_size)
        title = run_name(words, name.rpartition("-")[2])
        title = title if study.own(name) else words.say("status.changed", run=title)
        mark, style = MARKS[number % len(MARKS)], _RACERS[number % len(_RACERS)]
        if planar:
            points = path(study, refs, name, made + 1)
            made = len(points) - 1
            paths.append(Path(points, mark, style, here=name == study.run))
        else:
            errors.append(timeline.errors_until(made + 1))
            made = len(errors[-1]) - 1
        error = error_at(study, name, made)
        rate = look.figure(timeline.problem.optimizer.learning_rate)
        lines.append(Racer(mark, title, rate, made, error, name == study.run, style))
    legend = racer_rows(lines, samples_seen, words, width, look, samples=bool(trace.samples), ways=planar)
    if planar:
        together = words.say("race.together")
        return [*legend, *contours_of(study, refs, paths, width, height - len(legend), look, together)]
    title, log = words.say("views.error_curve"), words.say("views.log_scale")
    marks, styles = [line.mark for line in lines], [line.style for line in lines]
    here = names.index(study.run) if study.run in names else -1
    return [*legend, *curves_rows(errors, marks, styles, here, width, height - len(legend), look, title, log)]


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
