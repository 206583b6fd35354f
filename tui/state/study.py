"""One lesson or problem being studied: the place in it, and what the keys do there.

A `Study` is a frozen value; every function here takes one and gives the next. It knows lessons and the
core, but no widget: the drawing reads it, the app carries actions to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from nntutor.core.analysis.gradient_check import GRADIENT
from nntutor.core.arrays import Array
from nntutor.core.engine.edits import is_given
from nntutor.core.engine.plan import Plan, Shape
from nntutor.core.engine.program import Engine, State
from nntutor.core.engine.seeds import from_seeds, solved
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Step, Trace
from nntutor.core.engine.training import Chunk, Runner
from nntutor.core.errors import FormulaError
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.symbols import PER_SAMPLE, PER_WEIGHT, Names, Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS, setting, varied
from nntutor.core.rules.optimizers import RATE_FIELDS, in_range
from nntutor.lessons.course.model import Lesson, Stop
from nntutor.tui.state import keys

DIGITS = (4, 6, 9, 17)
RUNS = (10, 100, 1000, 10_000)
# Going further than this is a run with progress, not a jump.
_NEAR = 300
_SMALL = 100
# Iterations times weights that a curve may take to be drawn after a restart: about half a second.
_REPLAYED = 200_000
SEEDS, SEED_ITERATIONS = 256, 2000
# A run down to an error ends after this many iterations where the error is never reached.
_LONGEST = 1_000_000

Note = tuple[str, Mapping[str, object]]
"""A message: a key of the words and its facts."""


def note(key: str, **facts: object) -> Note:
    return key, MappingProxyType(facts)


@dataclass(frozen=True)
class Why:
    """The operands of the step at hand, one of them picked."""

    picked: int = 0


@dataclass(frozen=True)
class Checking:
    """The gradient check of one number; ε is 10 to this power."""

    ref: Ref
    power: int = -4

    @property
    def h(self) -> float:
        return float(10.0**self.power)


@dataclass(frozen=True)
class Asking:
    """A line being typed: where to go to, or the error to run down to."""

    what: str
    text: str = ""
    wrong: Note | None = None


@dataclass(frozen=True)
class Choosing:
    """How many iterations to run."""

    picked: int = 0


@dataclass(frozen=True)
class Helping:
    """The page of keys, scrolled down by this many rows."""

    top: int = 0


@dataclass(frozen=True)
class Reading:
    """The glossary, scrolled down by this many rows."""

    top: int = 0


@dataclass(frozen=True)
class Editing:
    """A new value for the given number at `ref` being typed: a number, an expression, or "symbol = expression"."""

    ref: Ref
    text: str = ""
    wrong: Note | None = None


Panel = Why | Checking | Asking | Choosing | Helping | Reading | Editing


@dataclass(frozen=True)
class Running:
    """A run on its way: which one it is, where it began, and the place where it ends."""

    number: int
    begun: int
    target: int
    step: int
    goal: float | None = None
    seeds: bool = False


@dataclass(frozen=True, eq=False)
class Study:
    """Where a learner is in a lesson (or, where lesson is None, in a problem called `name`).

    shown: which stop was shown last at places that have several; last: the stop shown last; visited: the furthest.
    reached: by run, the last iteration that the learner has seen.
    """

    name: str
    lesson: Lesson | None
    timelines: Mapping[str, Timeline]
    run: str
    shown: Mapping[tuple[str, int, int], int] = field(default_factory=dict)
    visited: int = -1
    view: str = "network"
    zoom: bool = False
    page: int = 0
    panel: Panel | None = None
    trail: tuple[tuple[int, int], ...] = ()
    running: Running | None = None
    runs: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    last: int = 0
    seeds: Seeds | None = None
    note: Note | None = None
    _places: dict[tuple[str, tuple[int, ...]], tuple[int, int] | None] = field(default_factory=dict)

    @property
    def timeline(self) -> Timeline:
        return self.timelines[self.run]

    @property
    def trace(self) -> Trace:
        return self.timeline.trace

    @property
    def place(self) -> tuple[int, int]:
        return self.timeline.iteration, self.timeline.step

    @cached_property
    def step(self) -> Step:
        return self.trace.step(self.timeline.step)

    @property
    def finished(self) -> bool:
        """Whether the lesson's last stop has been reached."""
        return self.lesson is not None and self.visited >= len(self.lesson.stops) - 1

    @cached_property
    def stop(self) -> int | None:
        """The lesson's stop at this place, from 0; where there are several, the one shown last."""
        if self.lesson is None:
            return None
        if (self.run, *self.place) in self.shown:
            return self.shown[self.run, *self.place]
        here = (
            n
            for n, stop in enumerate(self.lesson.stops)
            if stop.run == self.run and stop.iteration == self.place[0] and self.place_of(stop) == self.place
        )
        return next(here, None)

    def place_of(self, stop: Stop) -> tuple[int, int] | None:
        """(iteration, step) of a stop in its own run; None where the network at hand has no such number."""
        timeline = self.timelines[stop.run]
        problem = timeline.problem
        key = stop.id, problem.network.sizes
        if key not in self._places:
            # Which step makes a symbol follows from shapes alone: nothing needs to be run for it.
            step = step_of(problem, stop.iteration, stop.at, timeline.mistake)
            self._places[key] = None if step is None else (stop.iteration, step)
        return self._places[key]

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
    return Plan(Shape.of(problem, len(samples), mistake)).index(ref)


def opened(name: str, lesson: Lesson | None, problems: Mapping[str, Problem], mistakes: Mapping[str, str]) -> Study:
    """A lesson's runs, or a problem as the one run "main", at their first stop or step."""
    timelines = {run: Timeline.start(problem, mistakes.get(run, "")) for run, problem in problems.items()}
    run = next(iter(timelines)) if lesson is None else lesson.stops[0].run
    study = Study(name, lesson, MappingProxyType(timelines), run)
    study = replace(study, view=views(study)[0])
    return study if lesson is None else at_stop(study, 0)


# --- moving ----------------------------------------------------------------------------------------


def moved(study: Study, timeline: Timeline) -> Study:
    """The same study at another place of its run; the other runs come along when they are looked at."""
    timelines = MappingProxyType({**study.timelines, study.run: timeline})
    reached = MappingProxyType({**study.reached, study.run: max(study.reached_here, timeline.iteration)})
    study = replace(study, timelines=timelines, page=0, note=None, reached=reached)
    if study.stop is not None:
        study = replace(study, visited=max(study.visited, study.stop), last=study.stop)
    if timeline.trace.diverged and timeline.step >= (timeline.trace.diverges_at or len(timeline.trace)):
        # Where every number shown is finite, it is E with the new weights that is not.
        key = "status.diverged" if timeline.trace.diverges_at else "status.diverged_after"
        study = replace(study, note=note(key, iteration=timeline.iteration))
    return study


def to(study: Study, iteration: int, step: int) -> Study:
    """At (iteration, step), or the nearest place that there is; far away, a run that leads there."""
    newest = study.timeline.newest
    near = _NEAR if study.trace.before.params.size <= _SMALL else _NEAR // 10
    if iteration - newest > near and study.timeline.diverged is None:
        return run_to(study, iteration, step)
    return moved(study, study.timeline.to(iteration, step))


def at_stop(study: Study, number: int) -> Study:
    """At a stop of the lesson, with the view that it asks for."""
    assert study.lesson is not None
    stop = study.lesson.stops[number]
    place = study.place_of(stop)
    if place is None:
        return study
    shown = MappingProxyType({**study.shown, (stop.run, *place): number})
    study = to(replace(study, shown=shown, run=stop.run, view=stop.view), *place)
    if stop.view == "seeds" and study.seeds is None and study.running is None:
        return run_seeds(study)
    return study


def go_on(study: Study) -> Study:
    """The lesson's next stop; where there is none, the next phase."""
    if study.lesson is None:
        return phase(study, 1)
    stops = study.lesson.stops
    at = study.stop
    if at is None:
        # Somewhere between stops: what comes next is what follows the stop behind the place.
        behind = [
            number
            for number, stop in enumerate(stops)
            if stop.run == study.run and (study.place_of(stop) or study.place) < study.place
        ]
        own = [number for number, stop in enumerate(stops) if stop.run == study.run]
        at = behind[-1] if behind else own[0] - 1 if own else study.last
    following = (number for number in range(at + 1, len(stops)) if study.place_of(stops[number]) is not None)
    number = next(following, None)
    if number is not None:
        return at_stop(study, number)
    at = study.stop
    told = study.note is not None and study.note[0] == "status.lesson_done"
    if at == len(stops) - 1 and not told:
        return replace(study, note=note("status.lesson_done"))
    return phase(study, 1)


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
        if start == 1 and timeline.iteration == 1:
            return moved(study, timeline)
    return moved(study, timeline.back())


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
    return moved(study, timeline.to(timeline.iteration, 1).back())


def iteration(study: Study, way: int) -> Study:
    at, step = study.place
    return to(study, max(1, at + way), step)


def ends(study: Study, last: bool) -> Study:
    timeline = study.timeline
    return moved(study, timeline.to(timeline.iteration, len(timeline.trace) if last else 1))


# --- going to --------------------------------------------------------------------------------------

_ITERATION_WORDS = ("iteration", "iter", "it", "i", "반복")
_STEP_WORDS = ("step", "단계")


def go_to(study: Study, text: str) -> Study:
    """Where a typed line leads: a step, an iteration, or the step that makes a symbol."""
    words = text.strip().split()
    if not words:
        return replace(study, panel=None)
    at = study.timeline.iteration
    head, number = words[0].lower(), words[-1]
    if number.isdecimal() and len(number) <= 9 and len(words) <= 2:
        if len(words) == 1 or head in _STEP_WORDS:
            steps = len(study.trace)
            if not 1 <= int(number) <= steps:
                return _wrong(study, text, note("goto.no_step", step=number, steps=steps))
            return replace(to(study, at, int(number)), panel=None)
        if head in _ITERATION_WORDS:
            if int(number) < 1:
                return _wrong(study, text, note("goto.no_iteration"))
            return replace(to(study, int(number), study.timeline.step), panel=None)
    ref = study.trace.find(keys.plain("".join(words)))
    if ref is None:
        return _wrong(study, text, note("goto.no_symbol", text=text.strip()))
    # A weight's own symbol means what this iteration makes of it, as the contract says.
    wanted = ref._replace(kind="new") if ref.kind == "weight" else ref
    step = study.trace.index_of(wanted)
    if step is None:
        return _wrong(study, text, note("goto.given", symbol=study.trace.symbol(ref)))
    return replace(to(study, at, step), panel=None)


def _wrong(study: Study, text: str, why: Note) -> Study:
    return replace(study, panel=Asking("goto", text, why))


# --- why this number, and is it right ----------------------------------------------------------------


def jump(study: Study, picked: int) -> Study:
    """To the step that made the picked operand; `back_on_trail` returns."""
    operand = study.step.operands[picked]
    if operand.iteration is None or operand.step is None:
        return study
    trail = (*study.trail, study.place)
    study = moved(study, study.timeline.to(operand.iteration, operand.step))
    return replace(study, trail=trail, panel=Why())


def back_on_trail(study: Study) -> Study:
    if not study.trail:
        return study
    *rest, last = study.trail
    panel = study.panel if isinstance(study.panel, Why) else None
    return replace(moved(study, study.timeline.to(*last)), trail=tuple(rest), panel=panel)


def nudged(study: Study) -> Ref | None:
    """The number that a check of the step at hand nudges: its weight, its out or its net."""
    ref = study.step.ref
    match ref.kind:
        case "grad" | "new" | "change" | "v" | "m" | "s" | "mhat" | "vhat":
            return ref._replace(kind="weight")
        case "out_grad" | "out" if ref.layer < len(study.trace.problem.network.layers):
            return ref._replace(kind="out")
        case "out_grad":
            return ref._replace(kind="out")
        case "delta" | "slope" | "net" | "out":
            return ref._replace(kind="net")
    return None


def checking(study: Study) -> Study:
    """The check of the number at hand, or why there is none."""
    if study.trace.problem.error == "perceptron":
        return replace(study, note=note("check.perceptron"))
    ref = nudged(study)
    if ref is not None:
        try:
            study.trace.value(ref._replace(kind=GRADIENT[ref.kind]))
        except KeyError:
            ref = None
    if ref is None:
        return replace(study, note=note("check.nothing"))
    return replace(study, panel=Checking(ref))


# --- running ---------------------------------------------------------------------------------------


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


def has_seeds(study: Study) -> bool:
    """Whether the weights were drawn, so that another seed gives other ones."""
    problem = study.timeline.problem
    return len(problem.network.layers) > 1 and all(layer.initial for layer in problem.network.layers)


def run_seeds(study: Study) -> Study:
    """Train from many seeds at once, in the background; the place stays."""
    if not has_seeds(study):
        return replace(study, panel=None, note=note("seeds.none"))
    number = study.runs + 1
    seeds = study.seeds or Seeds.start(study.timeline.problem)
    target = seeds.state.done + SEED_ITERATIONS
    running = Running(number, study.timeline.iteration, target, study.timeline.step, seeds=True)
    return replace(study, panel=None, note=None, running=running, runs=number, seeds=seeds, view="seeds")


def runner(study: Study) -> Runner:
    """What carries out the run on its way, in memory of its own."""
    if study.running is not None and study.running.seeds and study.seeds is not None:
        return Runner(study.seeds.engine.twin(), study.seeds.state)
    return study.timeline.runner()


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
    """Run `count` iterations on from the place; the place follows at the end."""
    if not learns(study):
        return replace(study, panel=None, note=note("run.none"))
    return run_to(study, study.timeline.iteration + count, len(study.trace), goal)


def run_to(study: Study, iteration: int, step: int, goal: float | None = None) -> Study:
    """A run that ends at a place; iterations that have been run already are not run again."""
    if iteration <= study.timeline.newest and goal is None:
        return replace(moved(study, study.timeline.to(iteration, step)), panel=None)
    number = study.runs + 1
    running = Running(number, study.timeline.iteration, iteration, step, goal)
    return replace(study, panel=None, note=None, running=running, runs=number)


def ran(study: Study, number: int, chunk: Chunk) -> Study:
    """Take in a chunk of the run `number`; an older run's chunk is dropped."""
    running = study.running
    if running is None or running.number != number:
        return study
    if running.seeds:
        return _seeded(study, running, chunk)
    if not study.timeline.extended(chunk):
        return study
    newest = study.timeline.newest
    goal = running.goal is not None and len(chunk.errors) and chunk.errors[-1] <= running.goal
    if newest < running.target and study.timeline.diverged is None and not goal:
        return study
    return _arrived(study, running, min(newest, running.target))


def stopped(study: Study) -> Study:
    """The run stops where it is, and the place goes there."""
    running = study.running
    if running is None:
        return study
    if running.seeds:
        return replace(study, running=None, note=note("run.stopped", iteration=study.seeds.state.done))  # type: ignore[union-attr]
    arrived = _arrived(study, running, max(study.timeline.newest, running.begun))
    return replace(arrived, note=note("run.stopped", iteration=arrived.timeline.iteration))


def _arrived(study: Study, running: Running, iteration: int) -> Study:
    if study.timeline.diverged is not None:
        iteration = study.timeline.diverged
    before = study.timeline.errors
    study = moved(replace(study, running=None), study.timeline.to(iteration, running.step))
    if study.note is None:
        first, last = before[running.begun - 1], before[iteration - 1]
        count = iteration - running.begun
        study = replace(study, note=note("run.done", count=count, before=float(first), after=float(last)))
    return study


# --- changing --------------------------------------------------------------------------------------


def main_ref(study: Study) -> Ref:
    """The number that + and − change: the lesson's, or the learning rate."""
    main = study.lesson.main if study.lesson is not None else None
    if main is not None and main.setting:
        return Ref(f"set_{main.setting}")
    if main is not None and main.symbol:
        ref = study.trace.find(main.symbol)
        if ref is not None:
            return ref
    return Ref("rate_eta")


def changed(study: Study, how: str) -> Study:
    """The main number up, down, halved or doubled; or, where + and − go through the runs, another run."""
    main = study.lesson.main if study.lesson is not None else None
    if main is not None and main.runs and how in ("more", "less"):
        return switched(study, 1 if how == "more" else -1)
    ref = main_ref(study)
    if ref.kind in NUMBERS:
        now = setting(study.timeline.problem, ref.kind)
        new = {"more": now + 1, "less": now - 1, "halve": now // 2, "double": 2 * now}[how]
        return edited(study, ref, float(new))
    value = study.trace.value(ref)
    if how in ("halve", "double"):
        return edited(study, ref, value * (0.5 if how == "halve" else 2.0))
    if main is None or main.runs:
        return replace(study, note=note("study.scale_only", symbol=study.trace.symbol(ref)))
    new_value = main.up(value) if how == "more" else main.down(value)
    if new_value == value:
        return replace(study, note=note("edit.no_further", symbol=study.trace.symbol(ref), value=value))
    return edited(study, ref, new_value)


def edited(study: Study, ref: Ref, value: float) -> Study:
    """A given number or a setting replaced; in every run where runs are compared, in this one where they race."""
    main = study.lesson.main if study.lesson is not None else None
    is_setting = ref.kind in NUMBERS
    before = float(setting(study.timeline.problem, ref.kind)) if is_setting else study.trace.value(ref)
    place, here = study.place, study.step.ref
    whole = main is not None and main.whole
    compared = study.lesson is not None and "runs" in study.lesson.views
    timelines = dict(study.timelines)
    try:
        for name, one in study.timelines.items():
            if name == study.run or compared:
                timelines[name] = one.to(*((1, 1) if whole else place)).edit(ref, value)
    except (ValueError, KeyError):
        return replace(study, note=note("edit.no_further", symbol=symbol_of(study, ref), value=before))
    seeds = None if is_setting else study.seeds
    study = _with_timelines(replace(study, seeds=seeds), timelines, place, here)
    facts = {"symbol": symbol_of(study, ref), "before": before, "after": value}
    return replace(study, note=study.note or note("edit.done", **facts))


def givens(study: Study) -> tuple[Ref, ...]:
    """The given numbers that an edit at this step offers: the weight at hand, what the step used, then the rates."""
    step, names = study.step, study.trace.names
    found = []
    if step.ref.kind in PER_WEIGHT:
        found.append(step.ref._replace(kind="weight"))
    found += [operand.ref for operand in step.operands]
    found += [Ref("weight", step.ref.layer, step.ref.unit, source) for source in range(1, 3)] if step.ref.unit else []
    found += [Ref(kind) for kind in RATE_FIELDS]
    rates = study.timeline.problem.optimizer.rule.rates
    offered = [
        ref
        for ref in dict.fromkeys(found)
        if is_given(study.timeline.problem, ref) and (ref.kind not in RATE_FIELDS or RATE_FIELDS[ref.kind] in rates)
    ]
    assert names is not None
    return tuple(offered)


def editing(study: Study) -> Study:
    """The panel in which a given number is set."""
    main = study.lesson.main if study.lesson is not None else None
    offered = givens(study)
    first = main_ref(study)
    if main is None or not main.symbol or first not in offered:
        first = offered[0]
    return replace(study, panel=Editing(first), note=None)


def edit_pressed(study: Study, panel: Editing, name: str) -> Study:
    """A key while a number is being set."""
    if name == "trail":
        return replace(study, panel=Editing(panel.ref, panel.text[:-1]))
    if name in ("unit_next", "unit_previous"):
        offered = givens(study)
        at = offered.index(panel.ref) if panel.ref in offered else 0
        return replace(study, panel=Editing(offered[(at + (1 if name == "unit_next" else -1)) % len(offered)]))
    if name != "continue":
        return study
    if not panel.text.strip():
        return replace(study, panel=None)
    wanted = meant(study, panel)
    if isinstance(wanted[0], str):
        return replace(study, panel=replace(panel, wrong=(wanted[0], wanted[1])))
    ref, value = wanted
    return edited(replace(study, panel=None), ref, float(value))


def meant(study: Study, panel: Editing) -> tuple[Ref, float] | Note:
    """What the typed line sets, and to what; or what is wrong with it."""
    ref, text = panel.ref, panel.text.strip()
    head, equals, tail = text.partition("=")
    if equals:
        symbol, text = head.strip().removesuffix("⁺"), tail.strip()
        named = {name: kind for kind, name in NUMBERS.items()}.get(symbol.lower())
        found = Ref(named) if named else study.trace.find(symbol)
        if found is None:
            return note("goto.no_symbol", text=symbol)
        ref = found
    if ref.kind not in NUMBERS and not is_given(study.timeline.problem, ref):
        return note("edit.not_given", symbol=study.trace.symbol(ref))
    try:
        value = evaluate(parse(text, study.trace.find), study.trace.value)
    except FormulaError:
        return note("edit.not_a_number", text=text)
    if not np.isfinite(value):
        return note("edit.not_a_number", text=text)
    if ref.kind in NUMBERS:
        try:
            varied(study.timeline.problem, {NUMBERS[ref.kind]: value})
        except ValueError:
            return note("edit.not_a_setting", text=text, symbol=NUMBERS[ref.kind])
    if ref.kind in RATE_FIELDS and not in_range(ref.kind, value):
        return note("edit.out_of_range", text=text, symbol=study.trace.symbol(ref))
    return ref, value


def following(study: Study, ref: Ref, value: float) -> tuple[tuple[str, float, float], ...] | None:
    """What an edit would make of the step's number and of E: (symbol, now, then); None for a setting."""
    if ref.kind in NUMBERS:
        return None
    after = study.timeline.edit(ref, value).trace
    here = study.step.ref
    refs = [here] if here.kind == "error" else [here, Ref("error")]
    return tuple((study.trace.symbol(one), study.trace.value(one), after.value(one)) for one in refs)


def symbol_of(study: Study, ref: Ref) -> str:
    """What a number is called; a setting has its name in the words, under this key."""
    return NUMBERS[ref.kind] if ref.kind in NUMBERS else study.trace.symbol(ref)


def _with_timelines(
    study: Study, timelines: Mapping[str, Timeline], place: tuple[int, int] | None = None, here: Ref | None = None
) -> Study:
    """Other timelines, at the same place; where steps have other numbers now, at the step that makes the same."""
    iteration, step = place or study.place
    # Later iterations are forgotten with the numbers that they came from.
    study = replace(study, timelines=MappingProxyType(dict(timelines)), running=None, reached=MappingProxyType({}))
    problem = study.timeline.problem
    found = None
    if here is not None:
        many = problem.batch_length(iteration) > 1
        found = step_of(problem, iteration, Names(problem.network.sizes, many).symbol(here), study.timeline.mistake)
    return to(study, iteration, found or step)


def racers(study: Study) -> list[str]:
    """The runs of the lesson on the same problem as the one at hand, itself among them."""
    if study.lesson is None:
        return [study.run]
    here = study.lesson.run(study.run).problem
    return [run.id for run in study.lesson.runs if run.problem == here]


def switched(study: Study, way: int) -> Study:
    """The lesson's next or previous run, at as many samples touched and at the step that makes the same number."""
    assert study.lesson is not None
    ids = racers(study) if len(racers(study)) > 1 else [run.id for run in study.lesson.runs]
    to_run = ids[(ids.index(study.run) + way) % len(ids)]
    iteration, index = study.place
    symbol = study.trace.symbol(study.step.ref)
    touched = iteration * study.timeline.problem.batch_size
    other = study.timelines[to_run]
    at = max(1, touched // max(1, other.problem.batch_size))
    symbol = symbol if len(other.problem.samples_of(at)) == len(study.trace.samples) else symbol.partition("[")[0]
    step = step_of(other.problem, at, symbol, other.mistake)
    return to(replace(study, run=to_run, note=None), at, step or index)


def undone(study: Study) -> Study:
    if not study.timeline.edits:
        return replace(study, note=note("edit.nothing_to_undo"))
    study = _with_timelines(study, {name: one.undo() for name, one in study.timelines.items()}, here=study.step.ref)
    return replace(study, note=study.note or note("edit.undone"))


def redone(study: Study) -> Study:
    if not study.timeline.undone:
        return replace(study, note=note("edit.nothing_to_redo"))
    study = _with_timelines(study, {name: one.redo() for name, one in study.timelines.items()}, here=study.step.ref)
    return replace(study, note=study.note or note("edit.redone"))


def own(study: Study) -> Study:
    """The lesson's own setting: no edits."""
    timelines = dict(study.timelines)
    for name, timeline in timelines.items():
        while timeline.edits:
            timeline = timeline.undo()
        timelines[name] = timeline
    return replace(_with_timelines(study, timelines, here=study.step.ref), note=note("status.own_setting"))


# --- looking ---------------------------------------------------------------------------------------


def views(study: Study) -> tuple[str, ...]:
    """What `v` goes through: what the lesson shows, and what every network or surface has."""
    problem = study.timelines[study.run].problem
    if problem.surface:
        usual: tuple[str, ...] = ("parabola" if problem.network.sizes[0] == 1 else "contours", "moves", "curve")
    else:
        usual = ("network", "matrices", "curve")
    own = () if study.lesson is None else tuple(view for view in study.lesson.views if view not in usual)
    if problem.surface:
        own = tuple(view for view in own if view not in ("network", "matrices"))
    runs = ("runs",) if len(study.timelines) == 2 and "runs" in own else ()
    return (*usual[:1], *(view for view in own if view != "runs"), *usual[1:], *runs)


def seen_errors(study: Study) -> Array:
    """E of the iterations that the learner has seen; those before a resumed place are run again where that is quick."""
    last = study.reached_here
    known = study.timeline.errors[:last]
    if (len(known) == last and not np.isnan(known).any()) or last * study.trace.before.params.size > _REPLAYED:
        return known
    return study.timeline.errors_until(last)


def next_view(study: Study, picture: bool = True) -> Study:
    """The next view; `picture`: the network fits on the screen (where not, its matrices stand for it)."""
    all_views = views(study) if picture else tuple(view for view in views(study) if view != "network")
    at = all_views.index(study.view) if study.view in all_views else 0
    return replace(study, view=all_views[(at + 1) % len(all_views)])


def run_until(study: Study, text: str) -> Study:
    """A run that ends when E falls to the number typed, or after the longest run there is."""
    try:
        goal = evaluate(parse(text, study.trace.find), study.trace.value) if text.strip() else float("nan")
    except FormulaError:
        goal = float("nan")
    if not goal > 0:
        return replace(study, panel=Asking("goal", text, note("edit.not_a_number", text=text)))
    return run_on(study, _LONGEST, goal)
