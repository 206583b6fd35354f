"""Running on: so many iterations, down to an error, or many seeds at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite

import numpy as np

from nntutor.core.engine.seeds import solved
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Chunk
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.arriving import arrived_at, moved, short_of
from nntutor.tui.state.expressions import value_of
from nntutor.tui.state.study import SEED_ITERATIONS, SEEDS, Position, Running, Seeds, Study
from nntutor.tui.state.telling import told
from nntutor.tui.state.views import view_at
from nntutor.tui.state.written import written

RUNS = (10, 100, 1000, 10_000)
# A run down to an error ends after this many iterations where the error is never reached.
_LONGEST = 1_000_000
# Iterations before a resumed place that are run again while a key waits.
_AT_ONCE = 30


def first_choice(study: Study) -> int:
    """Which of the ways to run is offered first: the seeds where they are looked at."""
    return len(RUNS) + 1 if study.view == "seeds" and study.has_seeds else 0


def choices(study: Study) -> int:
    """How many ways to run there are: so many iterations, until a goal, from many seeds."""
    return len(RUNS) + 1 + study.has_seeds


def run_seeds(study: Study) -> Study:
    """Train from many seeds at once, in the background; the place stays."""
    if not study.has_seeds:
        return replace(study, panel=None, note=note("seeds.none"))
    number = study.runs + 1
    seeds = study.seeds_here or Seeds.start(study.timeline.problem)
    target = seeds.state.done + SEED_ITERATIONS
    running = Running(number, study.timeline.iteration, target, study.timeline.step, seeds=True)
    return replace(study, panel=None, note=None, running=running, runs=number, seeds=seeds, view="seeds")


def seeds_begun(study: Study, view: str) -> Study:
    """The study at a stop that asks for a view: where that is of many seeds and none are trained, they are now."""
    return run_seeds(study) if view == "seeds" and study.seeds_here is None and study.running is None else study


def _seeded(study: Study, running: Running, chunk: Chunk) -> Study:
    """Take in a chunk of many seeds."""
    seeds = study.seeds
    if seeds is None or chunk.engine.original is not seeds.engine:
        return study
    errors = chunk.errors[-1] if len(chunk.errors) else seeds.errors
    fresh = replace(seeds, state=chunk.state, errors=errors, solved=solved(seeds.engine, chunk.state))
    study = replace(study, seeds=fresh)
    if chunk.state.done < running.target and chunk.diverged is None:
        return study
    facts = {"count": int(fresh.solved.sum()), "of": SEEDS, "iterations": fresh.state.done}
    return replace(study, running=None, note=note("seeds.done", **facts))


def learns(study: Study) -> bool:
    return any(layer.learn for layer in study.trace.problem.network.layers)


def run_on(study: Study, count: int, goal: float | None = None) -> Study:
    """Run `count` iterations on from the place, which follows at the end; the lesson's own run no further than to the
    lesson's next stop. The text of the stop at hand is kept."""
    if not learns(study):
        return replace(study, panel=None, note=note("run.none"))
    end, stop = Position(study.timeline.iteration + count, len(study.trace)), next_on_the_way(study, count)
    if stop is not None and study.lesson is not None:
        end = study.place_of(study.lesson.stops[stop]) or end
    return run_to(replace(study, held=study.stop), *end, goal, stop, asked=count)


def next_on_the_way(study: Study, count: int) -> int | None:
    """The lesson's next stop, where a run of `count` iterations by the lesson's own numbers comes to its iteration."""
    following = study.last + 1
    if study.lesson is None or following >= len(study.lesson.stops) or not study.own(study.run):
        return None
    stop = study.lesson.stops[following]
    ahead = stop.run == study.run and 0 < stop.iteration - study.timeline.iteration <= count
    return following if ahead and study.place_of(stop) is not None else None


def run_to(
    study: Study, iteration: int, step: int, goal: float | None = None, stop: int | None = None, asked: int = 0
) -> Study:
    """A run that ends at a place, or at a stop; iterations that have been run already are not run again."""
    number, begun = study.runs + 1, study.timeline.iteration
    running = Running(number, begun, iteration, step, goal, stop=stop, asked=asked)
    if asked and (unseen := _unseen(study.timeline, goal, min(iteration, study.timeline.newest))):
        running = replace(running, target=unseen, again=True, then=lambda known: run_on(known, asked, goal))
        return replace(study, panel=None, note=None, running=running, runs=number)
    known = iteration if goal is None else _first_at(study.timeline, goal, iteration)
    if known <= study.timeline.newest or study.timeline.diverged is not None:  # past its end nothing runs
        there = running if known == iteration else replace(running, target=known, stop=None)
        return _arrived(replace(study, panel=None), there, known)
    return replace(study, panel=None, note=None, running=running, runs=number)


def _first_at(timeline: Timeline, goal: float, last: int) -> int:
    """The first iteration after the place whose E is known to be at the goal or below; `last`, where none is before."""
    reached = np.flatnonzero(timeline.errors[timeline.iteration : last - 1] <= goal)
    return timeline.iteration + int(reached[0]) + 1 if len(reached) else last


def _unseen(timeline: Timeline, goal: float | None, last: int) -> int:
    """How far to run again what lies before a resumed place, until `last` can be gone to, and it is known whether E
    comes to the goal on the way; 0 where that takes no time."""
    before = timeline.histories[0].start.done
    if timeline.iteration >= before or timeline.earlier.diverged is not None:
        return 0
    seen, wanted = timeline.earlier.newest, min(last, before)
    if goal is None:
        return last - 1 if last <= before and last - 1 - seen > _AT_ONCE else 0
    return wanted if seen < wanted and _first_at(timeline, goal, seen + 1) > seen else 0


def run_again(study: Study, iteration: int, step: int, stop: int | None = None) -> Study:
    """A run of what lies before a resumed place, up to the place that is gone to; until then this one stays."""
    number, begun = study.runs + 1, study.timeline.earlier.newest
    running = Running(number, begun, iteration - 1, step, stop=stop, again=True)
    return replace(study, panel=None, note=None, running=running, runs=number)


def run_before(study: Study, way: Timeline, iteration: int, then: Callable[[Study], Study]) -> Study:
    """A run of what has to be known, up to an iteration, before something can be done; until then all stays."""
    number, step = study.runs + 1, study.timeline.step
    running = Running(number, way.newest, iteration - 1, step, again=True, way=way, then=then)
    return replace(study, panel=None, note=None, running=running, runs=number)


def ran(study: Study, number: int, chunk: Chunk) -> Study:
    """Take in a chunk of the run `number`; an older run's chunk is dropped."""
    running = study.running
    if running is None or running.number != number:
        return study
    if running.seeds:
        return _seeded(study, running, chunk)
    if not study.on_its_way.extended(chunk):
        return study
    if running.again:
        return _again(study, running)
    newest = study.timeline.newest
    goal = running.goal is not None and len(chunk.errors) and chunk.errors[-1] <= running.goal
    if newest < running.target and study.timeline.diverged is None and not goal:
        return study
    return _arrived(study, running, min(newest, running.target))


def _again(study: Study, running: Running) -> Study:
    """At the place that is gone to, or on with the run that was asked for, where enough has been run again."""
    goal, errors = running.goal, study.on_its_way.errors
    reached = goal is not None and len(errors) > 0 and errors[-1] <= goal
    if study.on_its_way.newest < running.target and study.on_its_way.diverged is None and not reached:
        return study
    study = replace(study, running=None)
    if running.then is not None:
        return running.then(study)
    study = moved(study, study.timeline.to(running.target + 1, running.step))
    if running.stop is None or study.lesson is None:
        return study
    return seeds_begun(arrived_at(study, running.stop), study.lesson.stops[running.stop].view)


def stopped(study: Study) -> Study:
    """The run stops where it is, and the place goes there."""
    running = study.running
    if running is None:
        return study
    if running.seeds:
        return replace(study, running=None, note=note("run.stopped", iteration=study.seeds.state.done))  # type: ignore[union-attr]
    if running.again:
        return replace(study, running=None, note=note("run.stopped", iteration=study.timeline.iteration))
    arrived = _arrived(study, replace(running, stop=None, telling=None), max(study.timeline.newest, running.begun))
    arrived = replace(arrived, note=note("run.stopped", iteration=arrived.timeline.iteration))
    return (
        arrived
        if running.telling is None
        else replace(arrived, note=told(running.telling, arrived.timeline, arrived.note))
    )


def _arrived(study: Study, running: Running, iteration: int) -> Study:
    if study.timeline.diverged is not None:
        iteration = min(iteration, study.timeline.diverged)
    study = short_of(_there(study, running, iteration), running.target)
    if running.telling is not None:
        return replace(study, note=told(running.telling, study.timeline, study.note))
    if study.note is not None or study.running is not None:
        return study
    return replace(study, note=_done(study.timeline, running, iteration))


def _done(timeline: Timeline, running: Running, iteration: int) -> Note:
    """How far a run has come, what of E, and why not further where the learner asked for more."""
    count, problem, errors = iteration - running.begun, timeline.problem, timeline.errors
    if problem.given is not None:
        return note("run.done_given", count=count)
    alike = problem.samples_of(running.begun) == problem.samples_of(iteration)
    there = running.stop is not None and iteration >= running.target  # one down to an error may end before its stop
    stop = note("run.at_stop") if there and count < running.asked else ""
    before, after = (float(errors[number - 1]) for number in (running.begun, iteration))
    if alike:
        return note("run.done", count=count, went=(("E", before, after),), stop=stop)
    return note("run.done_otherwise", count=count, before=before, after=after, stop=stop)


def _there(study: Study, running: Running, iteration: int) -> Study:
    """At the end of a run: at the stop that it leads to, or with the text that was kept until the next stop comes."""
    kept, last = study.held, study.last
    study = moved(replace(study, running=None), study.timeline.to(iteration, running.step))
    if running.stop is not None and (iteration >= running.target or iteration == study.timeline.diverged):
        assert study.lesson is not None
        asked = study.lesson.stops[running.stop].view
        return seeds_begun(arrived_at(replace(study, view=view_at(study, asked)), running.stop), asked)
    return study if last != study.last or kept == study.stop else replace(study, held=kept)


def run_until(study: Study, text: str) -> Study:
    """A run that ends when E falls to the number typed, or after the longest run there is."""
    goal = value_of(study, text) if study.trace.problem.given is None else note("errors.NoError")
    if isinstance(goal, float) and not isfinite(goal):
        goal = note("edit.not_a_number", text=text)
    if isinstance(goal, float) and goal < 0 and not study.trace.problem.surface:  # a saddle goes down for ever
        goal = note("run.below_0", text=text)
    if not isinstance(goal, float):
        # Another door: a start opens no panel.
        from nntutor.tui.state.panels import Asking

        return replace(study, panel=Asking("goal", line=written(text), wrong=goal))
    return run_on(study, _LONGEST, goal)
