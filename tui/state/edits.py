"""Changing: given numbers and settings, undone and redone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from nntutor.core.engine.edits import is_given
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.settings import NUMBERS, setting, varied
from nntutor.core.rules.optimizers import RATE_FIELDS, in_range
from nntutor.lessons.language.words import Note
from nntutor.tui.state.expressions import value_of
from nntutor.tui.state.moves import switched, to
from nntutor.tui.state.panels import Editing, note
from nntutor.tui.state.study import Position, Study, step_of


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
    whole = main is not None and main.from_start
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


def editable(study: Study) -> tuple[Ref, ...]:
    """The given numbers that an edit at this step offers: the weight at hand, what the step used, then the rates."""
    step = study.step
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
    return tuple(offered)


def editing(study: Study) -> Study:
    """The panel in which a given number is set."""
    main = study.lesson.main if study.lesson is not None else None
    offered = editable(study)
    first = main_ref(study)
    if main is None or not main.symbol or first not in offered:
        first = offered[0]
    return replace(study, panel=Editing(first), note=None)


def another(study: Study, panel: Editing, way: int) -> Study:
    """The panel at another number that can be set."""
    offered = editable(study)
    at = offered.index(panel.ref) if panel.ref in offered else 0
    return replace(study, panel=Editing(offered[(at + way) % len(offered)]))


def set_as_typed(study: Study, panel: Editing) -> Study:
    """What the typed line asks for, or what is wrong with it."""
    if not panel.text.strip():
        return replace(study, panel=None)
    wanted = parse_edit(study, panel)
    if isinstance(wanted, Change):
        return edited(replace(study, panel=None), wanted.ref, wanted.value)
    return replace(study, panel=replace(panel, wrong=wanted))


@dataclass(frozen=True)
class Change:
    """A given number or a setting, and what it is to be."""

    ref: Ref
    value: float


def parse_edit(study: Study, panel: Editing) -> Change | Note:
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
    value = value_of(study, text)
    if not isinstance(value, float):
        return value
    if not np.isfinite(value):
        return note("edit.not_a_number", text=text)
    if ref.kind in NUMBERS:
        try:
            varied(study.timeline.problem, {NUMBERS[ref.kind]: value})
        except ValueError:
            return note("edit.not_a_setting", text=text, symbol=NUMBERS[ref.kind])
    if ref.kind in RATE_FIELDS and not in_range(ref.kind, value):
        return note("edit.out_of_range", text=text, symbol=study.trace.symbol(ref))
    return Change(ref, value)


def preview(study: Study, change: Change) -> tuple[tuple[str, float, float], ...] | None:
    """What an edit would make of the step's number and of E: (symbol, now, then); None for a setting."""
    if change.ref.kind in NUMBERS:
        return None
    after = study.timeline.edit(change.ref, change.value).trace
    here = study.step.ref
    refs = [here] if here.kind == "error" else [here, Ref("error")]
    return tuple((study.trace.symbol(one), study.trace.value(one), after.value(one)) for one in refs)


def symbol_of(study: Study, ref: Ref) -> str:
    """What a number is called; a setting has its name in the words, under this key."""
    return NUMBERS[ref.kind] if ref.kind in NUMBERS else study.trace.symbol(ref)


def _with_timelines(
    study: Study, timelines: Mapping[str, Timeline], place: Position | None = None, here: Ref | None = None
) -> Study:
    """Other timelines, at the same place; where steps have other numbers now, at the step that makes the same."""
    iteration, step = place or study.place
    # Later iterations are forgotten with the numbers that they came from; the text that was read stays.
    shown, last, visited = study.stop, study.last, study.visited
    trail = tuple(one for one in study.trail if one.iteration <= iteration)
    before, made = study.trace.plan, MappingProxyType(dict(timelines))
    study = replace(study, timelines=made, running=None, reached=MappingProxyType({}), trail=trail)
    if study.trace.plan != before:
        study = replace(study, trail=())  # its steps have other numbers now
    problem = study.timeline.problem
    found = None
    if here is not None and here.layer < len(problem.network.sizes):
        many = problem.batch_length(iteration) > 1
        found = step_of(problem, iteration, Names(problem.network.sizes, many).symbol(here), study.timeline.mistake)
    study = to(study, iteration, found or step)
    if shown is None or study.lesson is None:
        return study
    own = study.place_of(study.lesson.stops[shown])
    if study.stop != shown and own is not None and own.iteration == study.timeline.iteration:
        study = to(study, *own)  # back from a network that did not have this step
    kept = study.stop != shown or study.running is not None
    return replace(study, held=shown, last=last, visited=visited) if kept else study


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


def reset(study: Study) -> Study:
    """The lesson's own setting: no edits."""
    timelines = dict(study.timelines)
    for name, timeline in timelines.items():
        while timeline.edits:
            timeline = timeline.undo()
        timelines[name] = timeline
    return replace(_with_timelines(study, timelines, here=study.step.ref), note=note("status.own_setting"))
