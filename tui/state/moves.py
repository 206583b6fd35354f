"""Moving: steps, units, phases, iterations, stops, runs, and to whatever a typed line names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.kinds import GRADIENT, KINDS, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state import korean
from nntutor.tui.state.arriving import arrived_at, moved, short_of
from nntutor.tui.state.expressions import named
from nntutor.tui.state.runs import learns, run_again, run_to, seeds_begun
from nntutor.tui.state.study import Left, Position, Study, step_of
from nntutor.tui.state.telling import NEAR
from nntutor.tui.state.views import view_at, views
from nntutor.tui.state.written import written

LESSON_DONE = note("status.lesson_done")
COURSE_DONE = note("status.course_done")
ENDED = (LESSON_DONE, COURSE_DONE)
_SMALL = 100
# No iteration has as many steps: its last one.
_LAST = 10**9


def opened(name: str, lesson: Lesson | None, problems: Mapping[str, Problem], mistakes: Mapping[str, str]) -> Study:
    """A lesson's runs, or a problem as the one run "main", at their first stop or step."""
    timelines = {run: Timeline.start(problem, mistakes.get(run, "")) for run, problem in problems.items()}
    run = next(iter(timelines)) if lesson is None else lesson.stops[0].run
    study = Study(name, lesson, MappingProxyType(timelines), run)
    study = replace(study, view=views(study)[0])
    return study if lesson is None else at_stop(study, 0)


def begun(lesson: Lesson) -> Study:
    """A lesson at its first stop."""
    problems = {run.id: builtin.of_run(run) for run in lesson.runs}
    return opened(lesson.id, lesson, problems, {run.id: run.mistake for run in lesson.runs})


def to(study: Study, iteration: int, step: int, stop: int | None = None) -> Study:
    """At (iteration, step), or the nearest place that there is; far away, or far before a resumed place, a run that
    leads there. stop: the lesson's, where it is one."""
    newest = study.timeline.newest
    near = NEAR if study.trace.before.params.size <= _SMALL else NEAR // 10
    if iteration - newest > near and study.timeline.diverged is None:
        return run_to(replace(study, held=None), iteration, step, stop=stop)
    if study.timeline.missing(iteration) > near:
        return run_again(study, iteration, step, stop)
    study = short_of(moved(study, study.timeline.to(iteration, step)), iteration)
    return study if stop is None else arrived_at(study, stop)


def at_stop(study: Study, number: int) -> Study:
    """At a stop of the lesson, with the view that it asks for or the learner has put in its place; where it is not to
    be had after a change, near it."""
    assert study.lesson is not None
    stop = study.lesson.stops[number]
    place = study.place_of(stop) or Position(stop.iteration, study.timelines[stop.run].step)
    study = replace(study, run=stop.run)
    study = to(replace(study, view=view_at(study, stop.view)), *place, number)
    if stop.sets_view and study.view != stop.view:
        study = replace(study, note=note("study.view_of_stop", view=(f"view_name.{stop.view}", {})))
    return seeds_begun(study, stop.view)


def brought_to(study: Study, number: int) -> Study:
    """At a stop of a lesson that has not been changed, however far it is; nothing is left to run."""
    assert study.lesson is not None
    stop = study.lesson.stops[number]
    place = study.place_of(stop)
    assert place is not None
    study = replace(study, run=stop.run, view=view_at(study, stop.view))
    return arrived_at(moved(study, study.timeline.to(*place)), number)


def go_on(study: Study) -> Study:
    """The stop after the one that the lesson has come to, wherever the place is; after the last, the first that has
    not been read; where all have been, the end of the lesson, and from there the next phase."""
    if study.lesson is None:
        return phase(study, 1)
    final = len(study.lesson.stops) - 1
    if study.last < final or not study.finished:
        return at_stop(study, study.last + 1 if study.last < final else study.visited + 1)
    if study.note not in ENDED and (study.stop == final or not study.ended):
        return replace(study, note=LESSON_DONE, ended=True)
    return phase(study, 1)


def go_back(study: Study) -> Study:
    """The stop before the one that the lesson has come to; from elsewhere, that one itself."""
    if study.lesson is None:
        return replace(study, note=note("status.no_stops"))
    itself = at_stop(study, study.last)
    if itself.running is not None or (itself.run, itself.place, itself.stop) != (study.run, study.place, study.stop):
        return itself
    return at_stop(study, study.last - 1) if study.last > 0 else replace(study, note=note("status.first_stop"))


def step_on(study: Study) -> Study:
    timeline = study.timeline
    if study.zoom:
        end = timeline.trace.plan.group_end(timeline.step)
        if timeline.step < end:
            return moved(study, timeline.to(timeline.iteration, end))
        timeline = timeline.forward()
        if timeline.step == study.timeline.step and timeline.iteration == study.timeline.iteration:
            return moved(study, timeline)
        return moved(study, timeline.to(timeline.iteration, timeline.trace.plan.group_end(timeline.step)))
    return moved(study, timeline.forward())


def step_back(study: Study) -> Study:
    timeline = study.timeline
    if study.zoom:
        start = timeline.trace.plan.group_start(timeline.step)
        timeline = timeline.to(timeline.iteration, start)
    if timeline.step > 1:
        return moved(study, timeline.back())
    return _at_the_end_before(study)


def _at_the_end_before(study: Study) -> Study:
    """At the last step of the iteration before; in the first one, at its first step."""
    at = study.timeline.iteration
    return moved(study, study.timeline.to(1)) if at == 1 else to(study, at - 1, _LAST)


def unit(study: Study, way: int) -> Study:
    """The next or previous unit; past the last one, the next iteration."""
    return _turned(study, study.trace.plan.next_unit(study.timeline.step, way), way)


def phase(study: Study, way: int) -> Study:
    return _turned(study, study.trace.plan.next_phase(study.timeline.step, way), way)


def _turned(study: Study, step: int | None, way: int) -> Study:
    timeline = study.timeline
    if step is not None:
        return moved(study, timeline.to(timeline.iteration, step))
    if way > 0:
        return moved(study, study.timeline.to(timeline.iteration, len(timeline.trace)).forward())
    return _at_the_end_before(study)


def zoomed(study: Study) -> Study:
    """Steps by groups, or by single numbers again."""
    return replace(study, zoom=not study.zoom, note=note(f"study.zoom_{'off' if study.zoom else 'on'}"))


def iteration(study: Study, way: int) -> Study:
    at, step = study.place
    return to(study, max(1, at + way), step)


def ends(study: Study, last: bool) -> Study:
    timeline = study.timeline
    return moved(study, timeline.to(timeline.iteration, len(timeline.trace) if last else 1))


_ITERATION_WORDS = ("iteration", "iter", "it", "i", "반복")
_STEP_WORDS = ("step", "단계")
_FURTHEST = 9_999_999
"""The last iteration that can be gone to: minutes for the smallest network, and E of each is kept."""


def go_to(study: Study, text: str) -> Study:
    """Where a typed line leads: a step, an iteration, or the step that makes a symbol."""
    words = text.strip().split()
    if not words:
        return replace(study, panel=None)
    at, head, number = study.timeline.iteration, words[0].lower(), words[-1]
    whole = int(number) if number.isdecimal() and len(number) <= len(str(_FURTHEST)) else 0
    if len(words) == 2 and head in _ITERATION_WORDS:
        if not whole:
            return _wrong(study, text, note("goto.no_iteration", most=_FURTHEST))
        return replace(to(study, whole, study.timeline.step), panel=None)
    if (len(words) == 2 and head in _STEP_WORDS) or (len(words) == 1 and number.lstrip("+-−").isdecimal()):
        steps = len(study.trace)
        if not 1 <= whole <= steps:
            return _wrong(study, text, note("goto.no_step", step=number, steps=steps))
        return replace(to(study, at, whole), panel=None)
    ref = named(study, korean.plain("".join(words)))
    if ref is None:
        return _wrong(study, text, note("goto.no_symbol", text=text.strip()))
    # A weight's own symbol means what this iteration makes of it, as the contract says.
    wanted = ref._replace(kind="new") if ref.kind == "weight" else ref
    step = study.trace.index_of(wanted)
    if step is None:
        return _wrong(study, text, note("goto.given", symbol=study.trace.symbol(ref)))
    return replace(to(study, at, step), panel=None)


def _wrong(study: Study, text: str, why: Note) -> Study:
    # Another door, as below: a start opens no panel.
    from nntutor.tui.state.panels import Asking

    return replace(study, panel=Asking("goto", line=written(text), wrong=why))


def jump(study: Study, picked: int) -> Study:
    """To the step that made the picked operand; `back_on_trail` returns."""
    return to_maker(study, study.step.operands[picked].ref)


def to_maker(study: Study, ref: Ref) -> Study:
    """To the step that made a number, with its operands; `back_on_trail` returns."""
    maker = study.trace.producer(ref)
    if maker is None:
        return replace(study, note=note("goto.given", symbol=study.trace.symbol(ref)))
    from nntutor.tui.state.panels import Why

    trail, there = (*study.trail, Left(study.run, *study.place)), to(study, *maker)
    return replace(there, trail=trail, panel=Why() if there.running is None else None)


def back_on_trail(study: Study) -> Study:
    if not study.trail:
        return replace(study, note=note("why_panel.no_way_back"))
    from nntutor.tui.state.panels import Why

    *rest, (run, *place) = study.trail
    panel = study.panel if isinstance(study.panel, Why) else None
    there = to(replace(study, run=run), *place)
    return replace(there, trail=tuple(rest), panel=panel if there.running is None else None)


def nudged(study: Study) -> Ref | None:
    """The number that a check of the step at hand nudges: its weight, its out or its net."""
    ref = study.step.ref
    if ref.kind in PER_WEIGHT:
        return ref._replace(kind="weight")
    kind = KINDS[ref.kind].gradient_of or ref.kind
    # Of an output there may be no gradient: where error and activation meet in one factor, its net is the first.
    if kind == "slope" or (ref.kind == "out" and ref.layer == len(study.trace.problem.network.layers)):
        kind = "net"
    return ref._replace(kind=kind) if kind in GRADIENT else None


def checking(study: Study) -> Study:
    """The check of the number at hand, or why there is none."""
    if not learns(study):
        return replace(study, note=note("run.none"))
    if study.trace.problem.error == "perceptron":
        return replace(study, note=note("check.perceptron"))
    if study.trace.problem.given is not None:
        return replace(study, note=note("errors.NoError"))
    ref = nudged(study)
    if ref is not None:
        try:
            study.trace.value(ref._replace(kind=GRADIENT[ref.kind]))
        except KeyError:
            ref = None
    if ref is None:
        return replace(study, note=note("check.nothing"))
    from nntutor.tui.state.panels import Checking

    return replace(study, panel=Checking(ref))


def compared_runs(study: Study) -> list[str]:
    """The runs of the lesson on the same problem as the one at hand, itself among them."""
    if study.lesson is None:
        return [study.run]
    here = study.lesson.run(study.run).problem
    return [run.id for run in study.lesson.runs if run.problem == here]


def switched(study: Study, way: int) -> Study:
    """The lesson's next or previous run, at as many samples seen and at the step that makes the same number."""
    assert study.lesson is not None
    ids = compared_runs(study) if len(compared_runs(study)) > 1 else [run.id for run in study.lesson.runs]
    to_run = ids[(ids.index(study.run) + way) % len(ids)]
    iteration, index = study.place
    symbol = study.trace.symbol(study.step.ref)
    samples_seen = study.timeline.problem.samples_in(iteration)
    other = study.timelines[to_run]
    at = max(1, other.problem.iterations_in(samples_seen))
    symbol = symbol if len(other.problem.samples_of(at)) == len(study.trace.samples) else symbol.partition("[")[0]
    step = step_of(other.problem, at, symbol, other.mistake)
    return to(replace(study, run=to_run, note=None), at, step or index)
