"""Several optimizers on the same problem, side by side."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import error_of_all
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.charts.contours import Landscape, Path, contour_rows, small_rows
from nntutor.tui.drawing.charts.curves import LEAST, curves_rows
from nntutor.tui.drawing.charts.multiples import grid
from nntutor.tui.drawing.views.contours import landscape
from nntutor.tui.drawing.views.legend import MARKS, Counted, Racer, map_texts, racer_rows
from nntutor.tui.drawing.views.paths import MOST_MOVES, is_planar, path, variables
from nntutor.tui.state.moves import compared_runs
from nntutor.tui.state.study import Study

_RACERS = tuple(f"run{number}" for number in range(1, 7))
_PLOT = (30, 7)  # cells and rows from which on a map has axes


def race(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """All runs on this problem at as many samples seen as the one at hand: a map of each way, or their errors."""
    samples_seen, names = samples_seen_here(study), compared_runs(study)
    counted = counted_in(study, samples_seen)
    most = [_last(study, name, samples_seen) for name in names]
    if is_planar(study.trace):
        refs = variables(study.trace)
        points = [path(study, refs, name, last) for name, last in zip(names, most, strict=True)]
        racers = [_racer(study, words, number, len(one) - 1, look) for number, one in enumerate(points)]
        ground = landscape(study, refs, np.vstack(points), look, faint=True)
        ways = [Path(one, racer.mark, racer.style) for one, racer in zip(points, racers, strict=True)]
        return _maps(ground, ways, racers, counted, words, width, height, look)
    made = [len(study.timelines[name].errors_until(last)) - 1 for name, last in zip(names, most, strict=True)]
    racers = [_racer(study, words, number, one, look) for number, one in enumerate(made)]
    legend = racer_rows(racers, counted, words, width, height - LEAST[1], look)
    return [*legend, *race_curves(study, words, width, height - len(legend), look)]


def counted_in(study: Study, samples_seen: int) -> Counted:
    """What is counted in a race, and where its ways end."""
    moves = max(study.timelines[name].problem.iterations_in(samples_seen) for name in compared_runs(study))
    most, samples = MOST_MOVES - 1, bool(study.trace.samples)
    return Counted(samples_seen if samples else min(moves, most), samples, most if moves > most else 0)


def _last(study: Study, name: str, samples_seen: int) -> int:
    """The iteration before which a racer stands after so many samples; no further than a way goes."""
    return min(study.timelines[name].problem.iterations_in(samples_seen) + 1, MOST_MOVES)


def _racer(study: Study, words: Words, number: int, made: int, look: Look) -> Racer:
    """A run of the race after so many moves."""
    name = compared_runs(study)[number]
    title = run_name(words, name.rpartition("-")[2])
    title = title if study.own(name) else words.say("status.changed", run=title)
    rate = look.figure(study.timelines[name].problem.optimizer.learning_rate)
    mark, style = _sign(number)
    return Racer(mark, title, rate, made, error_at(study, name, made), name == study.run, style)


def _maps(
    ground: Landscape, ways: list[Path], racers: list[Racer], counted: Counted, words: Words,
    width: int, height: int, look: Look,
) -> list[Row]:  # fmt: skip
    """Each way on a map of its own below the racer's name and E, all to one scale; else that at hand below them all."""
    fitting = grid(len(racers), width, height - 1)
    if fitting is None:
        legend = racer_rows(racers, counted, words, width, height - LEAST[1], look)
        here = next(way for way, racer in zip(ways, racers, strict=True) if racer.here)
        return [*legend, *contour_rows(ground, here, width, height - len(legend), look)]
    signs, heads = map_texts(racers, counted, words, width, (fitting.wide, fitting.high), look)
    size = fitting.wide, fitting.high - len(heads[0])
    draw = contour_rows if size[0] >= _PLOT[0] and size[1] >= _PLOT[1] else small_rows
    maps = [draw(ground, way, *size, look) for way in ways]
    return [signs, *fitting.rows([[*title, *map] for title, map in zip(heads, maps, strict=True)])]


def race_curves(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """E of every racer, as far as its way goes."""
    names, samples_seen = compared_runs(study), samples_seen_here(study)
    timelines = [study.timelines[name] for name in names]
    errors = [one.errors_until(_last(study, name, samples_seen)) for name, one in zip(names, timelines, strict=True)]
    marks, styles = zip(*map(_sign, range(len(names))), strict=True)
    here = names.index(study.run) if study.run in names else -1
    title, log = words.say("views.error_curve"), words.say("views.log_scale")
    return curves_rows(errors, marks, styles, here, width, height, look, title, log)


def _sign(number: int) -> tuple[str, str]:
    """The letter of a racer, and its style."""
    return MARKS[number % len(MARKS)], _RACERS[number % len(_RACERS)]


def samples_seen_here(study: Study) -> int:
    """How many samples the run at hand has learned from."""
    trace = study.trace
    new = Ref("new", *variables(trace)[-1][1:])
    done = trace.index_of(new) is not None and trace.known(new, study.timeline.step)
    return trace.problem.samples_in(study.timeline.iteration - 1 + done)


def error_at(study: Study, run: str, moves: int) -> float:
    """E after so many moves: of all samples, so that runs with other batches can be compared."""
    timeline = study.timelines[run]
    try:
        return error_of_all(timeline.trace_of(moves + 1))
    except IndexError:
        return float("nan")
