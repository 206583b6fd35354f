"""The learner's own numbers beside ours: to which step each belongs, and the way to the first that parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from nntutor.core.errors import NntutorError
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.moves import to
from nntutor.tui.state.panels import Asking
from nntutor.tui.state.study import Study, Yours, step_of
from nntutor.tui.state.written import written

if TYPE_CHECKING:  # who moves to a number has no need of what has compared them
    from nntutor.core.diagnosis.diagnosing import Diagnosis, Value
    from nntutor.core.diagnosis.text import Named
    from nntutor.core.engine.trace import Trace

_MOST_WEIGHTS, _MOST_ITERATIONS = 100, 20


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


def parting(study: Study) -> Study:
    """To the first of the learner's numbers that parts; where that has just been said, a line for more of them."""
    if len(study.timelines) > 1 or study.timeline.mistake:
        return replace(study, note=note("yours.none"))
    if not study.own(study.run):
        return replace(study, note=note("yours.changed"))
    there = to_first_apart(study) if study.yours else study
    if there.place == study.place and there.note == study.note:
        return replace(study, panel=Asking("yours"), note=None)
    return there


def to_first_apart(study: Study) -> Study:
    """To the step that makes the first of the learner's numbers that parts; or that none does."""
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
    there = _counted(there, "yours.first", **facts)
    return there if there.slip is None else replace(there, note=note("yours.slip", told=there.note, slip=there.slip))


def taken(study: Study, text: str) -> Study:
    """The study with numbers that the learner has typed: of one name the last one counts."""
    from nntutor.core.diagnosis import diagnosing
    from nntutor.core.diagnosis.text import parsed

    if not text.strip():
        return replace(study, panel=None)
    problem, at = study.timeline.problem, study.timeline.iteration
    try:
        now = [_placed(one, study.trace) for one in parsed(text.replace(";", "\n"), "")]
        names = {one.name for one in now}
        typed = (*(one for one in study.typed if one.name not in names), *now)
        if _searched(problem, typed):
            found = diagnosing.compared(problem, list(typed), "", at)
            values, slip = found.values, _slip(found)
        else:
            values, slip = diagnosing.beside(problem, list(typed), "", at), None
    except NntutorError as error:
        return replace(study, panel=Asking("yours", line=written(text), wrong=_said(error)))
    yours = MappingProxyType({**study.yours, **by_step(problem, values)})
    return _counted(replace(study, panel=None, yours=yours, typed=typed, slip=slip), "yours.opened")


def _placed(given: Named, trace: Trace) -> Named:
    """The same under the one spelling of its symbol, with its iteration."""
    ref = trace.find(given.name)
    name = given.name if ref is None else trace.symbol(ref)
    return given if "@" in name else replace(given, name=f"{name}@{trace.iteration}")


def _searched(problem: Problem, typed: tuple[Named, ...]) -> bool:
    """Whether mistakes are looked for: where that takes no longer than a key may."""
    weights = sum(layer.weights.size for layer in problem.network.layers)
    return weights <= _MOST_WEIGHTS and all(int(one.name.rpartition("@")[2] or 0) <= _MOST_ITERATIONS for one in typed)


def _slip(found: Diagnosis) -> Note | None:
    """What has been done, where something differs: the mistake, the first two where more give the same."""
    from nntutor.lessons.language.mistakes import did

    if found.verdict not in ("explained", "ambiguous"):
        return None if found.verdict == "right" else note("yours.unexplained")
    best = [note(did(one.spelled.partition("+")[0])) for one in found.mistakes[: found.tied]]
    return best[0] if found.verdict == "explained" else note("yours.or", one=best[0], other=best[1])


def _said(error: NntutorError) -> Note:
    facts = error.facts()
    key = "_".join((type(error).__name__, *([str(facts["what"])] if "what" in facts else [])))
    return f"errors.{key}", MappingProxyType(facts)


def _counted(study: Study, key: str, **facts: object) -> Study:
    """The study, which tells how many of the learner's numbers agree."""
    count, agreeing = len(study.yours), sum(one.agrees for one in study.yours.values())
    key = "yours.all_agree" if agreeing == count else key
    return replace(study, note=note(key, agreeing=agreeing, count=count, **facts))
