"""The learner's own numbers beside ours: to which step each belongs, and the way to the first that parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem
from nntutor.tui.state.moves import to
from nntutor.tui.state.panels import note
from nntutor.tui.state.study import Study, Yours, step_of

if TYPE_CHECKING:  # who moves to a number has no need of what has compared them
    from nntutor.core.diagnosis.diagnosing import Value


def by_step(problem: Problem, values: Iterable[Value]) -> Mapping[tuple[int, Ref], Yours]:
    """Each given number by the iteration and the number that it stands beside.

    A weight of a later iteration is what the update before it has made. A slope by differences stands for the gradient
    where no other is given.
    """
    found: dict[tuple[int, Ref], Yours] = {}
    for value in values:
        iteration, ref, step = value.iteration, value.place.ref, value.step
        if step is None and ref.kind == "weight" and iteration > 1:
            new = ref._replace(kind="new")
            made = step_of(problem, iteration - 1, Names(problem.network.sizes).symbol(new))
            iteration, ref, step = (iteration, ref, step) if made is None else (iteration - 1, new, made)
        found.setdefault((iteration, ref), Yours(value.given, value.agrees, step))
    return MappingProxyType(found)


def opened(study: Study, yours: Mapping[tuple[int, Ref], Yours]) -> Study:
    """A study with the learner's numbers; how many agree, where there is nothing else to tell."""
    if not yours:
        return study
    study = replace(study, yours=yours)
    return study if study.note is not None else _counted(study, "yours.opened")


def to_first_apart(study: Study) -> Study:
    """To the step that makes the first of the learner's numbers that parts; or why there is none."""
    if not study.yours:
        return replace(study, note=note("yours.none"))
    if not study.own(study.run):
        return replace(study, note=note("yours.changed"))
    apart = [key for key, one in study.yours.items() if not one.agrees]
    if not apart:
        return _counted(study, "yours.all_agree")
    iteration, ref = min(apart, key=lambda key: (key[0], study.yours[key].step or 0))
    step = study.yours[iteration, ref].step
    there = to(study, iteration, step or 1)
    if there.running is not None:
        return there
    facts = {"symbol": there.trace.symbol(ref), "given": study.yours[iteration, ref].given}
    if step is None:
        return _counted(there, "yours.first_given", right=there.trace.value(ref), **facts)
    return _counted(there, "yours.first", **facts)


def _counted(study: Study, key: str, **facts: object) -> Study:
    """The study, which tells how many of the learner's numbers agree."""
    count, agreeing = len(study.yours), sum(one.agrees for one in study.yours.values())
    key = "yours.all_agree" if agreeing == count else key
    return replace(study, note=note(key, agreeing=agreeing, count=count, **facts))
