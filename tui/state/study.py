"""One lesson or problem being studied, as a frozen value: its runs, and the place in them.

It knows lessons and the core, but no widget: the drawing reads it. What keys make of it stands in moves.py, runs.py,
edits.py and views.py; what being at another place makes of it, in arriving.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.engine.plan import Plan
from nntutor.core.engine.program import Engine
from nntutor.core.engine.seeds import from_seeds, solved
from nntutor.core.engine.step import Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.engine.training import Chunk, Runner
from nntutor.core.notation.formula import Name
from nntutor.core.notation.kinds import PER_SAMPLE
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.course.conditions import HERE, OWN
from nntutor.lessons.course.model import Lesson, Question, Stop
from nntutor.lessons.language.words import Note

if TYPE_CHECKING:
    from nntutor.tui.state.panels import Panel
    from nntutor.tui.state.telling import Telling

SEEDS, SEED_ITERATIONS = 256, 2000
_MADE_UP = ("weight", "target")


class Position(NamedTuple):
    """A place in a run."""

    iteration: int
    step: int


class Left(NamedTuple):
    """A place that a jump has left, and the run that it is in."""

    run: str
    iteration: int
    step: int


class Yours(NamedTuple):
    """A number of the learner's own beside ours: whether it agrees, and the step that makes ours, None for a given."""

    given: float
    agrees: bool
    step: int | None


@dataclass(frozen=True)
class Running:
    """A run on its way: which one it is, where it began, and where it ends.

    stop: the lesson's stop there. asked: how many iterations the learner asked for, who may get fewer. telling: the
    change that it was started by, told at its end. again: what lies before a resumed place is run again, up to the
    iteration before the one that is gone to; or a `way`, up to one that has to be known for what is done `then`.
    """

    number: int
    begun: int
    target: int
    step: int
    goal: float | None = None
    seeds: bool = False
    telling: Telling | None = None
    stop: int | None = None
    asked: int = 0
    again: bool = False
    way: Timeline | None = None
    then: Callable[[Study], Study] | None = None


@dataclass(frozen=True)
class Playing:
    """The lesson plays: which time it is, and the seconds from one step to the next."""

    number: int
    seconds: float


@dataclass(frozen=True)
class Answered:
    """How the question about a skill ended that was the study's so manieth."""

    number: int
    skill: str
    outcome: str


@dataclass(frozen=True)
class Act:
    """What the learner is asked to do at a stop; by_itself: no key has asked for it; done: it is, and that is read."""

    stop: int
    by_itself: bool
    done: bool = False


@dataclass(frozen=True, eq=False)
class Study:
    """Where a learner is in a lesson (or, where lesson is None, in a problem called `name`).

    last: the stop that the lesson has come to, wherever the place is; visited: the furthest one up to which every stop
    has been read; ended: whether space has led past the last one. held: a stop whose text is kept at a place that is
    not its own. chosen: by the view that a stop asks for, the one that the learner has put in its place. reached: by
    run, the last iteration that the learner has seen. hidden: numbers that are shown nowhere, so that they can be asked
    for. answered: the last question that has ended. settled: the stops whose own question has ended, but for being
    skipped. closed: those where it has ended in whichever way, so that it opens by itself no more. climbed: by stop,
    how many rungs of its question have ended. act: what is to be done at the stop, said in place of its text. yours: by
    iteration and number, what the learner has got for it. typed: the lines of it that have been typed here, each with
    the iteration at hand; slip: what gives these numbers, None where that is not known.
    """

    name: str
    lesson: Lesson | None
    timelines: Mapping[str, Timeline]
    run: str
    last: int = -1
    visited: int = -1
    ended: bool = False
    held: int | None = None
    view: str = "network"
    chosen: Mapping[str, str] = field(default_factory=dict)
    zoom: bool = False
    page: int = 0
    panel: Panel | None = None
    trail: tuple[Left, ...] = ()
    running: Running | None = None
    runs: int = 0
    playing: Playing | None = None
    plays: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    seeds: Seeds | None = None
    note: Note | None = None
    hidden: frozenset[Ref] = frozenset()
    answered: Answered | None = None
    settled: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    climbed: Mapping[int | None, int] = field(default_factory=dict)
    act: Act | None = None
    yours: Mapping[tuple[int, Ref], Yours] = field(default_factory=dict)
    typed: tuple[tuple[int, str], ...] = ()
    slip: Note | None = None

    @property
    def timeline(self) -> Timeline:
        return self.timelines[self.run]

    @cached_property
    def trace(self) -> Trace:
        """The record at the place: what every drawing asks whether a number is known."""
        record = self.timeline.trace
        return record.hiding(self.hidden) if self.hidden else record

    @property
    def place(self) -> Position:
        return Position(self.timeline.iteration, self.timeline.step)

    @cached_property
    def step(self) -> Step:
        return self.trace.step(self.timeline.step)

    @cached_property
    def at_hand(self) -> Step:
        """The number at hand: the step's; while a question is open what it asks for, with nothing of how it is made."""
        for ref in self.hidden:
            step = self.trace.step(self.trace.index_of(ref) or self.step.index)
            bare = Name(ref)
            return replace(step, index=self.step.index, formula=bare, full=bare, textbook=None, operands=())
        return self.step

    @property
    def has_seeds(self) -> bool:
        """Whether the weights of the run at hand were drawn, so that another seed gives other ones."""
        layers = self.timeline.problem.network.layers
        return len(layers) > 1 and all(layer.initial for layer in layers)

    @property
    def seeds_here(self) -> Seeds | None:
        """The many seeds, where they were trained on the problem at hand: another run or another rate has its own."""
        return self.seeds if self.seeds is not None and self.seeds.engine.problem is self.timeline.problem else None

    @property
    def finished(self) -> bool:
        """Whether every stop of the lesson has been read."""
        return self.lesson is not None and self.visited >= len(self.lesson.stops) - 1

    @cached_property
    def stop(self) -> int | None:
        """The stop whose text is shown, from 0: the one kept, or of those at this place the one next to read."""
        if self.lesson is None or self.held is not None:
            return self.held
        here = [
            n
            for n, stop in enumerate(self.lesson.stops)
            if stop.run == self.run and stop.iteration == self.place[0] and self.place_of(stop) == self.place
        ]
        return next((n for n in (self.last, self.last + 1, *here) if n in here), None)

    @property
    def question(self) -> Question | None:
        """What the stop at hand has to ask; None once that has been answered."""
        if self.lesson is None or self.stop is None or self.stop in self.settled:
            return None
        return self.lesson.question(self.lesson.stops[self.stop].id)

    @property
    def asks_for_words(self) -> bool:
        """Whether the stop at hand is the one whose answer, in words, is uncovered by a key."""
        return (
            self.lesson is not None
            and self.stop is not None
            and (self.lesson.stops[self.stop].id == self.lesson.end.say)
        )

    def place_of(self, stop: Stop) -> Position | None:
        """Where a stop is in its own run; None where the network at hand has no such number."""
        timeline = self.timelines[stop.run]
        step = step_of(timeline.problem, stop.iteration, stop.at, timeline.mistake)
        return None if step is None else Position(stop.iteration, step)

    def own(self, run: str) -> bool:
        """Whether the given numbers of a run are the lesson's own: nothing in it has been changed."""
        return self.timelines[run].is_original

    def yours_of(self, ref: Ref) -> Yours | None:
        """The learner's own number beside one of this iteration that is known here; none once ours are others."""
        if not self.yours or not self.own(self.run) or not self.trace.known(ref, self.timeline.step):
            return None
        return self.yours.get((self.timeline.iteration, ref))

    def runner(self) -> Runner:
        """What carries out the run on its way, in memory of its own."""
        if self.running is not None and self.running.seeds and self.seeds is not None:
            return Runner(self.seeds.engine.fork(), self.seeds.state)
        return self.on_its_way.runner()

    @property
    def on_its_way(self) -> Timeline:
        """What a run, where there is one, runs on."""
        if self.running is None or not self.running.again:
            return self.timeline
        return self.running.way or self.timeline.earlier

    def chunks(self, seconds: float) -> Iterator[Chunk]:
        """What the run on its way does, piece by piece of about `seconds`, up to its end."""
        running, runner = self.running, self.runner()
        while running is not None:
            chunk = runner.chunk(max(running.target - runner.state.done, 0), seconds, running.goal)
            yield chunk
            if chunk.state.done >= running.target or chunk.diverged or len(chunk.errors) == 0:
                return
            if running.goal is not None and (chunk.errors[-1] <= running.goal).all():
                return

    @property
    def reached_here(self) -> int:
        """The last iteration that the learner has seen of the run at hand."""
        return self.reached.get(self.run, 1)

    @property
    def targets_shown(self) -> bool:
        """Whether the targets may stand on the screen: a lesson can hold them back up to one of its steps."""
        if self.lesson is None or not self.lesson.targets:
            return True
        ref = self.trace.find(self.lesson.targets)
        return ref is None or self.timeline.iteration > 1 or self.trace.known(ref, self.timeline.step)

    def hides(self, ref: Ref, timeline: Timeline) -> bool:
        """Whether a given number of a timeline may not stand on the screen yet; one that the learner has set may."""
        own = any(edit.ref == ref for edit in timeline.in_force)
        return ref in self.hidden or (ref.kind == "target" and not self.targets_shown and not own)


def said_of(timelines: Mapping[str, Timeline], stop: Stop, run: str, iteration: int) -> Trace:
    """The record that a stop's text speaks of: of a later iteration as the way from the stop leads there.

    IndexError as of `Timeline.trace_of`.
    """
    timeline = timelines[run]
    return (_led_on(timeline, stop.iteration) if iteration > stop.iteration else timeline).trace_of(iteration)


@lru_cache(maxsize=8)  # a text asks for several numbers of the same way
def _led_on(timeline: Timeline, iteration: int) -> Timeline:
    """A timeline without the weights and targets that were set by hand after an iteration."""
    kept = tuple(one for one in timeline.in_force if one.iteration <= iteration or one.ref.kind not in _MADE_UP)
    return timeline if kept == timeline.in_force else timeline.to(iteration).edited(kept)


def asked(timelines: Mapping[str, Timeline], stop: Stop, at_hand: str, word: str, run: str) -> bool:
    """Whether a word of `conditions.WORDS` is true of a run, at a stop whose text is read where `at_hand` is."""
    timeline = timelines[run]
    if word == HERE:
        return run == at_hand and timeline.iteration == stop.iteration
    return timeline.is_original if word == OWN else _led_on(timeline, stop.iteration).is_unbroken


@lru_cache(maxsize=256)  # a lesson asks for the same stops at every step
def step_of(problem: Problem, iteration: int, symbol: str, mistake: str = "") -> int | None:
    """The step of an iteration that makes a symbol, of its first sample where it does not say which."""
    samples = problem.samples_of(iteration)
    ref = Names(problem.network.sizes, len(samples) > 1).find(symbol)
    if ref is None:
        return None
    if ref.kind in PER_SAMPLE:
        if ref.sample >= 0 and ref.sample not in samples:
            return None
        ref = ref._replace(sample=samples.index(ref.sample) if ref.sample >= 0 else 0)
    # This follows from shapes alone: nothing needs to be run for it.
    return Plan(problem.shape(len(samples), mistake)).index(ref)


def next_answer(study: Study) -> int:
    """The study's so manieth question is the next one that ends."""
    return study.answered.number + 1 if study.answered is not None else 1


def kept(study: Study, skill: str, outcome: str, stop: int | None) -> Study:
    """The study that says how a question about a skill has ended, and at which stop that was, if at one."""
    closed = study.closed if stop is None else study.closed | {stop}
    return replace(study, answered=Answered(next_answer(study), skill, outcome), closed=closed)


@dataclass(frozen=True, eq=False)
class Seeds:
    """The same network from many seeds, trained at once. errors, solved: one number for each seed."""

    engine: Engine
    state: State
    errors: Array
    solved: Array

    @classmethod
    def start(cls, problem: Problem) -> Seeds:
        engine, state = from_seeds(problem, range(SEEDS))
        return cls(engine, state, np.full(SEEDS, np.nan), solved(engine, state))
