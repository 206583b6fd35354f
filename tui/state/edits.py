"""Changing: given numbers and settings, undone and redone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nntutor.core.engine.edits import MOST_EDITS, Edit, changed_with, effective, is_given
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.named import Keys
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import PENALTIES, Problem
from nntutor.core.problems.settings import NUMBERS, setting, varied
from nntutor.core.rules.optimizers import RATE_FIELDS, in_range
from nntutor.lessons.course.model import Tunable
from nntutor.lessons.language.remarks import of_target
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.moves import switched, to
from nntutor.tui.state.runs import learns, run_before
from nntutor.tui.state.study import Position, Study, step_of
from nntutor.tui.state.telling import Telling, Unknown, Went, called, counterpart, given_value, known, seen, told, went

_RATES = (*RATE_FIELDS, *PENALTIES)


def main_ref(study: Study) -> Ref | None:
    """The lesson's main number, which + and − change; None where it has none."""
    main = study.lesson.main if study.lesson is not None else None
    if main is None:
        return None
    return Ref(f"set_{main.setting}") if main.setting else study.trace.find(main.symbol)


def changed(study: Study, how: str) -> Study:
    """The lesson's main number up or down, or another of its runs; the learning rate halved or doubled."""
    main = study.lesson.main if study.lesson is not None else None
    if main is not None and main.runs and how in ("more", "less"):
        return switched(study, 1 if how == "more" else -1)
    ref = Ref("rate_eta") if how in ("halve", "double") else main_ref(study)
    if main is None or ref is None or how in ("halve", "double"):
        if not learns(study):
            return replace(study, note=note("study.nothing_learns"))
        if ref is None:
            return replace(study, note=note("study.scale_only", symbol=study.trace.symbol(Ref("rate_eta"))))
        times = 0.5 if how == "halve" else 2.0
        return edited(study, ref, given_value(study.timeline, ref, 1) * times, note("edit.times", value=times))
    value = given_value(study.timeline, ref, 1)
    if ref.kind in NUMBERS:
        return edited(study, ref, value + (1 if how == "more" else -1), _step(main, how))
    new_value = main.up(value) if how == "more" else main.down(value)
    if main.by and study.timeline.edits:
        own = given_value(study.timeline.edited(()), ref, 1)
        if abs(new_value - own) < main.by / 1e6:  # a drawn one has digits that `up` rounds
            new_value = own
    if main.values and new_value == value:
        return _no_further(study, ref, value)
    return edited(study, ref, new_value, _step(main, how))


def _step(main: Tunable, how: str) -> Note | None:
    """What + and − do in a lesson; None where they go through listed values."""
    if main.values:
        return None
    if main.times:
        return note("edit.times", value=main.times if how == "more" else 1 / main.times)
    return note("edit.added" if how == "more" else "edit.taken", value=main.by or 1.0)


def since(study: Study, ref: Ref) -> int:
    """The iteration from which on a change of this number counts: the one rule for every change.

    A rate, a setting and the lesson's main number count from the first iteration on, and the way to the place is run
    again; a weight, an input, a target from the iteration at hand.
    """
    whole = ref.kind in _RATES or ref.kind in NUMBERS or ref == main_ref(study)
    return 1 if whole else study.timeline.iteration


def edited(study: Study, ref: Ref, value: float, step: Note | None = None) -> Study:
    """A given number or a setting replaced; in every run where runs are compared, in this one where they race.

    step: how a key has changed it, told beside it.
    """
    first, place, here = since(study, ref), study.place, study.step.ref
    before = value_now(study, ref)
    if not np.isfinite(value) or (ref.kind in _RATES and not in_range(ref.kind, value)):
        return _no_further(study, ref, before)
    timelines = dict(study.timelines)
    # One that has diverged before has no such iteration.
    runs = tuple(name for name in _touched(study) if timelines[name].to(first).iteration == first)
    same = all(given_value(timelines[name], ref, first) == value for name in runs)
    if same and not study.hides(ref, study.timeline):
        return replace(study, note=note("edit.same", symbol=symbol_of(study, ref), value=value))
    if any(len(timelines[name].edits) >= MOST_EDITS for name in runs):
        return replace(study, note=note("edit.too_many", most=MOST_EDITS))
    try:
        for name in runs:
            there = timelines[name].to(*(place if first == place.iteration else (first, 1)))
            timelines[name] = there.edit(ref, value)
    except (ValueError, KeyError):
        return _no_further(study, ref, before)
    forgot = any(edit.iteration > first for edit in study.timeline.in_force)
    old, new = study.timeline, timelines[study.run]
    with_it = [(one, given_value(new, one, first)) for one in changed_with(old.problem, ref)]
    what = tuple(
        (symbol_of(study, one), None if study.hides(one, old) else given_value(old, one, first), after)
        for one, after in with_it
    )
    beyond = of_target(study.timeline.problem, value) if ref.kind == "target" else None
    anew = ref.kind in NUMBERS and any(_anew(study.timelines[name], timelines[name]) for name in runs)
    telling = Telling("edit.done", what, first, runs, len(timelines), *_seen(study), forgot, step, beyond, anew=anew)
    return _telling(_with_timelines(study, timelines, place, here), telling)


def _anew(old: Timeline, new: Timeline) -> bool:
    """Whether a setting has taken a weight that was set at the beginning: it is drawn anew, or gone."""
    before, after = old.problem.network.sizes, new.problem.network.sizes
    for edit in old.in_force:
        if edit.iteration > 1 or edit.ref.kind != "weight" or not is_given(old.problem, edit.ref):
            continue
        there = counterpart(edit.ref, before, after)
        if given_value(old, edit.ref, 1) == edit.value != (there and given_value(new, there, 1)):
            return True
    return False


def _seen(study: Study) -> tuple[tuple[tuple[Ref, float], ...], tuple[int, ...]]:
    """What was known at the place, and the sizes of the network in which it was."""
    return seen(study.timeline), study.timeline.problem.network.sizes


def value_now(study: Study, ref: Ref) -> float:
    """What a change of this number would replace."""
    return given_value(study.timeline, ref, since(study, ref))


def _touched(study: Study) -> tuple[str, ...]:
    """The runs in which a change at hand is made."""
    compared = study.lesson is not None and "runs" in study.lesson.views
    return tuple(study.timelines) if compared else (study.run,)


def _no_further(study: Study, ref: Ref, value: float) -> Study:
    return replace(study, note=note("edit.no_further", symbol=symbol_of(study, ref), value=value))


def _telling(study: Study, telling: Telling) -> Study:
    """The study with what there is to tell of a change: now, or at the end of the run that it takes."""
    if study.running is not None:
        return replace(study, running=replace(study.running, telling=telling))
    return replace(study, note=told(telling, study.timeline, study.note))


def editable(study: Study) -> tuple[Ref, ...]:
    """The given numbers that an edit at this step offers: the weight at hand, those of the formula on the screen, what
    the step used, the lesson's main number, then the rates."""
    step, main = study.step, main_ref(study)
    first = [step.ref._replace(kind="weight")] if step.ref.kind in PER_WEIGHT else []
    last = [Ref("weight", step.ref.layer, step.ref.unit, source) for source in range(1, 3)] if step.ref.unit else []
    last += [Ref(kind) for kind in _RATES]
    offered = [ref for refs in (first, step.named, step.used, last) for ref in _settable(study, refs)]
    if main is not None and can_be_set(study, main):
        offered.insert(len([ref for ref in offered if ref.kind not in _RATES]), main)
    return tuple(dict.fromkeys(offered))


def _settable(study: Study, refs: Sequence[Ref]) -> Sequence[Ref]:
    """Those that can be set; of numbers that differ in their sample or unit alone, all or none."""
    if isinstance(refs, Keys):
        return refs.kept(lambda ref: can_be_set(study, ref))
    return [ref for ref in refs if can_be_set(study, ref)]


def can_be_set(study: Study, ref: Ref) -> bool:
    """Whether a number is given, a rate one that the rule of this run uses, a setting one that its network has."""
    problem = study.timeline.problem
    if ref.kind in NUMBERS:
        return can_be(problem, ref, setting(problem, ref.kind))
    used = ref.kind not in RATE_FIELDS or RATE_FIELDS[ref.kind] in problem.optimizer.rule.rates
    return used and is_given(problem, ref)


def can_be(problem: Problem, ref: Ref, value: float) -> bool:
    """Whether a setting can have this value."""
    try:
        there = varied(problem, {NUMBERS[ref.kind]: value})
    except ValueError:
        return False
    return setting(there, ref.kind) == value  # a batch has at most all samples


def symbol_of(study: Study, ref: Ref) -> str:
    """What a number is called."""
    return called(study.timeline, ref)


def _with_timelines(study: Study, timelines: Mapping[str, Timeline], place: Position, here: Ref) -> Study:
    """Other timelines, at the same place; where steps have other numbers now, at the step that makes the same."""
    iteration, step = place
    # Later iterations are forgotten with the numbers that they came from; the text that was read stays.
    shown, last, visited = study.stop, study.last, study.visited
    trail = tuple(one for one in study.trail if one.iteration <= iteration)
    before, problem, made = study.trace.plan, study.timeline.problem, MappingProxyType(dict(timelines))
    sizes = problem.network.sizes
    reached = {run: last for run, last in study.reached.items() if made[run] is study.timelines[run]}
    study = replace(study, timelines=made, running=None, reached=MappingProxyType(reached), trail=trail)
    if study.trace.plan != before:
        study = replace(study, trail=())  # its steps have other numbers now
    if study.timeline.problem is not problem:
        study = replace(study, seeds=None)  # they were trained on that problem
    problem = study.timeline.problem
    found, there = None, counterpart(here, sizes, problem.network.sizes)
    if there is not None:
        many = problem.batch_length(iteration) > 1
        found = step_of(problem, iteration, Names(problem.network.sizes, many).symbol(there), study.timeline.mistake)
    study = to(study, iteration, found or step)
    if shown is None or study.lesson is None:
        return study
    own = study.place_of(study.lesson.stops[shown])
    if study.stop != shown and own is not None and own.iteration == study.timeline.iteration:
        study = to(study, *own)  # back from a network that did not have this step
    kept = study.stop != shown or study.running is not None
    return replace(study, held=shown, last=last, visited=visited) if kept else study


def undone(study: Study) -> Study:
    """Without the last edit of the run at hand; where runs are compared, of each."""
    if not study.timeline.edits:
        return replace(study, note=note("edit.nothing_to_undo", more=_elsewhere(study, lambda one: one.edits)))
    last = study.timeline.edits[-1:]
    runs = tuple(name for name in _touched(study) if study.timelines[name].edits[-1:] == last)
    return _changed_to(study, "edit.undone", runs, lambda one: (one.edits[:-1], (*one.undone, one.edits[-1])))


def redone(study: Study) -> Study:
    """With the edit that was undone last."""
    if not study.timeline.undone:
        return replace(study, note=note("edit.nothing_to_redo", more=_elsewhere(study, lambda one: one.undone)))
    last = study.timeline.undone[-1:]
    runs = tuple(name for name in _touched(study) if study.timelines[name].undone[-1:] == last)
    return _changed_to(study, "edit.redone", runs, lambda one: ((*one.edits, one.undone[-1]), one.undone[:-1]))


def _elsewhere(study: Study, edits: Callable[[Timeline], tuple[Edit, ...]]) -> Note | str:
    """Which other run has such an edit, or how many of them do; else that one can be done again."""
    others = [name for name, one in study.timelines.items() if edits(one)]
    if len(others) == 1:
        return note("edit.another_has", run=others[0])
    if others:
        return note("edit.others_have", count=len(others))
    return note("edit.to_redo") if study.timeline.undone else ""


def reset(study: Study) -> Study:
    """The lesson's own setting: no edits in any run."""
    runs = tuple(name for name, one in study.timelines.items() if one.edits)
    if not runs:
        return replace(study, note=note("edit.nothing_changed"))
    return _changed_to(study, "edit.own", runs, lambda one: ((), (*one.undone, *reversed(one.edits))))


_Edits = tuple[Edit, ...]


def _changed_to(
    study: Study,
    key: str,
    runs: Sequence[str],
    other: Callable[[Timeline], tuple[_Edits, _Edits]],
    way: Timeline | None = None,
) -> Study:
    """These runs under other edits, and with others undone. Where the way to the last of them is far and not known any
    more, as after a start, it is run first; way: the run at hand up to there."""
    if way is None and study.run in runs:
        edits, _ = other(study.timeline)
        way, end = _way(study.timeline, effective(edits))
        if way is not None:
            return run_before(study, way, end, lambda after: _changed_to(after, key, runs, other, way))
    made = {}
    for name in runs:
        edits, undone = other(study.timelines[name])
        begun = way if way is not None and name == study.run else study.timelines[name]
        made[name] = replace(begun.to(1).edited(edits), undone=undone)
    return _restored(study, key, made)


def _way(timeline: Timeline, edits: _Edits) -> tuple[Timeline | None, int]:
    """The way to the last iteration with an edit, under those before it, and that; None where it is known or near."""
    end = max((edit.iteration for edit in edits), default=1)
    before = [edit for edit in edits if edit.iteration < end]
    here = {edit.ref for edit in edits if edit.iteration == end}
    begun = timeline.histories[0].unedited or timeline.histories[0]
    same = before == [edit for edit in timeline.in_force if edit.iteration < end]
    if same and begun.first == end and begun.edited <= here:  # what a resumed place begins with stays
        return None, end
    way = timeline.to(1).edited(tuple(before))
    return (None if known(way, end) else way), end


def _went(study: Study, old: Timeline, new: Timeline, ref: Ref, iteration: int) -> Went | None:
    """A given number in two timelines, without what the lesson still hides."""
    found = went(old, new, ref, iteration)
    if found is None:
        return None
    symbol, before, after = found
    return symbol, None if study.hides(ref, old) else before, None if study.hides(ref, new) else after


def _changed_back(
    study: Study, old: Timeline, new: Timeline
) -> tuple[int, tuple[Went, ...], tuple[int, ...], tuple[Unknown, ...]]:
    """From which iteration on other edits count, what they make of the given numbers of a run, in which iteration each,
    and which of that has to be run first."""
    made = (*old.in_force, *new.in_force)
    places = dict.fromkeys((edit.iteration, ref) for edit in made for ref in changed_with(old.problem, edit.ref))
    found = [(one, ref, at) for at, ref in places if (one := _went(study, old, new, ref, at)) is not None]
    found = [(one, ref, at) for one, ref, at in found if one[1] != one[2]] or found
    unknown = [(ref, at) if not known(new, at) and not study.hides(ref, new) else None for _, ref, at in found]
    later = tuple((number, *one) for number, one in enumerate(unknown) if one is not None)
    since = min((at for _, _, at in found), default=min(at for at, _ in places))
    return since, tuple(one for one, _, _ in found), tuple(at for _, _, at in found), later


def _restored(study: Study, key: str, timelines: Mapping[str, Timeline]) -> Study:
    """The study with other edits in these runs, and which numbers that brings back."""
    name = study.run if study.run in timelines else next(iter(timelines))
    back = {run: _changed_back(study, study.timelines[run], one) for run, one in timelines.items()}
    alike = tuple(run for run in timelines if back[run] == back[name])
    since, what, places, unknown = back[name]
    made = {**study.timelines, **timelines}
    others = len(timelines) - len(alike)
    seen_before = _seen(study)
    telling = Telling(key, what, since, alike, len(made), *seen_before, others=others, unknown=unknown, places=places)
    return _telling(_with_timelines(study, made, study.place, study.step.ref), telling)
