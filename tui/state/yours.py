"""The learner's own numbers beside ours: to which step each belongs, and the way to the first that parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from nntutor.core.errors import NntutorError
from nntutor.core.notation.kinds import PER_SAMPLE
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state.moves import to
from nntutor.tui.state.panels import Asking
from nntutor.tui.state.study import Study, Yours, step_of
from nntutor.tui.state.written import written

if TYPE_CHECKING:  # who moves to a number has no need of what has compared them
    from nntutor.core.diagnosis.diagnosing import Diagnosis
    from nntutor.core.diagnosis.sheet import Value
    from nntutor.core.diagnosis.text import Named

Lines = tuple[tuple[int, str], ...]
"""What was typed, line by line, each with the iteration that was at hand."""
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
    there = to_first_apart(_explained(study)) if study.yours else study
    if there.place == study.place and there.note == study.note:
        return replace(study, panel=Asking("yours"), note=None)
    return there


def to_first_apart(study: Study) -> Study:
    """To the step that makes the first of the learner's numbers that parts; or that none does."""
    first = _first_apart(study.yours)
    if first is None:
        return _counted(study, "yours.all_agree")
    iteration, ref = first
    step = study.yours[iteration, ref].step
    there = to(study, iteration, step or 1)
    if there.running is not None:
        return there
    facts = {"symbol": there.trace.symbol(ref), "given": study.yours[iteration, ref].given}
    if step is None:
        return _counted(there, "yours.first_given", right=there.trace.value(ref), **facts)
    there = _counted(there, "yours.first", **facts)
    return there if there.slip is None else replace(there, note=note("yours.slip", told=there.note, slip=there.slip))


def _first_apart(yours: Mapping[tuple[int, Ref], Yours]) -> tuple[int, Ref] | None:
    apart = [key for key, one in yours.items() if not one.agrees]
    return min(apart, key=lambda key: (key[0], yours[key].step or 0), default=None)


def taken(study: Study, text: str) -> Study:
    """The study with numbers that the learner has typed: of one name the last one counts."""
    from nntutor.core.diagnosis import diagnosing

    if not text.strip():
        return replace(study, panel=None)
    problem, lines = study.timeline.problem, (*study.typed, (study.timeline.iteration, text))
    try:
        named = _named(problem, lines)
        if _searched(problem, named):
            found = diagnosing.compared(problem, named)
            values = found.values
        else:
            found, values = None, diagnosing.beside(problem, named)
    except NntutorError as error:
        return replace(study, panel=Asking("yours", line=written(text), wrong=_said(error, lines[-1])))
    yours = MappingProxyType({**study.yours, **by_step(problem, values)})
    slip, typed = _slip(found, yours), _lasting(problem, lines)
    return _counted(replace(study, panel=None, yours=yours, typed=typed, slip=slip), "yours.opened")


def typed_again(study: Study, lines: Lines, most: int) -> Study:
    """The study with lines that were typed in an earlier session; as it is where they do not fit, or any number is of
    an iteration beyond `most`.
    """
    from nntutor.core.diagnosis import diagnosing

    problem = study.timeline.original
    try:
        named = _named(problem, lines)
        if _last(named) > most:
            return study
        values = diagnosing.beside(problem, named)
    except NntutorError:
        return study
    return replace(study, yours=by_step(problem, values), typed=lines)


def _named(problem: Problem, lines: Lines) -> list[Named]:
    """What the lines give; of one name the last one."""
    found: dict[str, Named] = {}
    for at, text in lines:
        for one in _of_line(problem, at, text):
            found.pop(one.name, None)
            found[one.name] = one
    return list(found.values())


def _lasting(problem: Problem, lines: Lines) -> Lines:
    """Those that give a number which no later one gives."""
    seen: set[str] = set()
    kept: list[tuple[int, str]] = []
    for line in reversed(lines):
        names = {one.name for one in _of_line(problem, *line)}
        kept += [line] if names - seen else []
        seen |= names
    return tuple(reversed(kept))


def _of_line(problem: Problem, at: int, text: str) -> list[Named]:
    """What one line gives, each under the one spelling of its symbol, with its iteration."""
    from nntutor.core.diagnosis.text import parsed

    names = Names(problem.network.sizes, problem.batch_length(at) > 1)
    return [_placed(one, names, problem, at) for one in parsed(text.replace(";", "\n"), "")]


def _placed(given: Named, names: Names, problem: Problem, at: int) -> Named:
    ref = names.find(given.name)
    if ref is not None and ref.kind in PER_SAMPLE and ref.sample < 0 and len(problem.samples):
        ref = ref._replace(sample=problem.samples_of(at)[0])
    elsewhere = ref is not None and ref.sample >= 0 and ref.sample not in problem.samples_of(at)
    name = given.name if ref is None or elsewhere else names.symbol(ref)
    return given if "@" in name else replace(given, name=f"{name}@{at}")


def _searched(problem: Problem, typed: list[Named]) -> bool:
    """Whether mistakes are looked for: where that takes no longer than a key may."""
    weights = sum(layer.weights.size for layer in problem.network.layers)
    return weights <= _MOST_WEIGHTS and _last(typed) <= _MOST_ITERATIONS


def _last(typed: list[Named]) -> int:
    """The last iteration of which something was typed; 0 where one is no number."""
    at = [one.name.rpartition("@")[2] for one in typed]
    return max((int(one) for one in at if one.isdecimal()), default=0)


def _explained(study: Study) -> Study:
    """The study with what gives its numbers, where they come from an earlier session and nobody has looked."""
    from nntutor.core.diagnosis import diagnosing

    problem = study.timeline.problem
    if study.slip is not None or not study.typed or all(one.agrees for one in study.yours.values()):
        return study
    named = _named(problem, study.typed)
    if not _searched(problem, named):
        return study
    return replace(study, slip=_slip(diagnosing.compared(problem, named), study.yours))


def _slip(found: Diagnosis | None, yours: Mapping[tuple[int, Ref], Yours]) -> Note | None:
    """What has been done, where something differs: the mistake, the first two where more give the same.

    None as well where the first that parts is a number of a file, which was not looked at: it is told beside that one.
    """
    from nntutor.lessons.language.mistakes import did

    first = _first_apart(yours)
    if found is None or first is None or by_step(found.problem, found.values).get(first) != yours[first]:
        return None
    if (hand := next((one for one in found.remarks if one.id == "by-hand"), None)) is not None:
        return note("remarked.by_hand", **hand.facts)
    if found.verdict not in ("explained", "ambiguous"):
        return note("yours.unexplained")
    # Several may begin with the same mistake: what comes after it tells them apart, and is not said in a line.
    best = [
        note(key) for key in dict.fromkeys(did(one.spelled.partition("+")[0]) for one in found.mistakes[: found.tied])
    ]
    if len(best) == 1 or found.verdict == "explained":
        return best[0]
    return note("yours.or" if len(best) == 2 else "yours.or_more", one=best[0], other=best[1])


def _said(error: NntutorError, line: tuple[int, str]) -> Note:
    """What is wrong with a line, in its own names: of the iteration at hand they were typed without it."""
    here = "" if "@" in line[1] else f"@{line[0]}"
    facts = {key: fact.removesuffix(here) if isinstance(fact, str) else fact for key, fact in error.facts().items()}
    key = "_".join((type(error).__name__, *([str(facts["what"])] if "what" in facts else [])))
    return f"errors.{key}", MappingProxyType(facts)


def _counted(study: Study, key: str, **facts: object) -> Study:
    """The study, which tells how many of the learner's numbers agree."""
    count, agreeing = len(study.yours), sum(one.agrees for one in study.yours.values())
    key = "yours.all_agree" if agreeing == count else key
    return replace(study, note=note(key, agreeing=agreeing, count=count, **facts))
