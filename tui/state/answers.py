"""A question: asked, answered, helped with, skipped; once it is closed, its number is gone to.

`p` asks what the stop has to ask, else for the next number. The place stays before the number as long as the question
is open, so nothing on the screen answers it. A number of another network is asked for beside what it is made of. Of
rungs each is judged and kept by itself, and the next one follows at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from math import isclose, isfinite

from nntutor.core.engine.step import Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.formula import names
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.course import builtin
from nntutor.lessons.course.asking import Asking
from nntutor.lessons.course.bugs import HUNTS
from nntutor.lessons.course.model import Question
from nntutor.lessons.course.practice import exercise, given_numbers, ref_of
from nntutor.lessons.course.questions import Asked
from nntutor.lessons.course.series import SERIES, skill_of
from nntutor.lessons.language import why
from nntutor.lessons.language.words import Note, note
from nntutor.tui.state import acts, choices, marking
from nntutor.tui.state.arriving import moved
from nntutor.tui.state.panels import Answering, Picking
from nntutor.tui.state.study import Study, kept
from nntutor.tui.state.written import EMPTY

_EXACT = 1e-12
"""Of a number, how far off it an answer is for its last bits alone: 0.045 is no 6.9e-18 off 0.5·0.09."""


def asked(study: Study, seed: int) -> Study:
    """What the stop has to ask, or the next number; or why there is none to ask for. seed: of what is drawn."""
    if study.question is not None and study.question.until:
        return acts.opened(study, study.question) or _next(study)
    if study.question is not None and study.question.series in HUNTS:
        return marking.opened(study, HUNTS[study.question.series], seed)
    panel = None if study.question is None else of_stop(study, study.question, seed)
    return opened(study, panel) if panel is not None else _next(study)


def _next(study: Study) -> Study:
    following = study.timeline.forward()
    if (following.iteration, following.step) == study.place:
        return replace(study, note=note("answer.no_next"))
    seen = study.timeline.step if following.iteration == study.place.iteration else 0
    asked = Asked(following.trace, following.trace.ref(following.step), seen=seen)
    if not isfinite(asked.right):
        return replace(study, note=note("answer.not_finite"))
    return opened(study, Answering(question=Asking(asked), skill=_skill(asked)))


def of_stop(study: Study, question: Question, seed: int, known: Collection[str] = ()) -> Answering | Picking | None:
    """The panel of the question of the stop at hand; None where the network has no such number still to come, or what
    it asks for is among what is known."""
    climbed = study.climbed.get(study.stop, 0)
    panel = _first_rung(study, question, climbed, known) if question.rungs else _of_stop(study, question, seed)
    return None if panel is None or panel.skill in known else panel


def _first_rung(study: Study, question: Question, after: int, known: Collection[str] = ()) -> Answering | None:
    """The first rung after so many that can be asked, and is not known; a rung's skill is its own."""
    for number, rung in enumerate(question.rungs[after:], after + 1):
        panel = _of_number(study, rung)
        if panel is not None and rung.form != "number":
            panel = replace(panel, skill=f"{panel.skill or choices.skill(study, question)}.{rung.form}")
        if panel is not None and panel.skill not in known:
            return replace(panel, rung=(number, len(question.rungs)))
    return None


def of_rung(study: Study, question: Question, skill: str) -> Answering | None:
    """The rung that is kept under a name; None where the question has none such."""
    panels = (_first_rung(study, question, after) for after in range(len(question.rungs)))
    return next((panel for panel in panels if panel is not None and panel.skill == skill), None)


def _of_stop(study: Study, question: Question, seed: int) -> Answering | Picking | None:
    if question.choices:
        return choices.of_stop(study, question)
    if question.series:
        made = exercise(SERIES[question.series], seed, "last")
        return Answering(
            question=Asking(made.asked[-1]), given=made.given, seed=seed, skill=question.series, stop=study.stop
        )
    return _of_number(study, question)


def _of_number(study: Study, question: Question) -> Answering | None:
    elsewhere = bool(question.problem or question.iteration)
    trace = _record(study, question)
    try:
        than = ref_of(trace, question.than) if question.than else None
        asked = Asked(trace, ref_of(trace, question.ask), question.digits, question.form, than)
        step = asked.step
    except KeyError:
        return None
    given = given_numbers((*_made_of(trace, step), *([than] if than else []))) if elsewhere else ()
    if not given and (step.index <= study.timeline.step or not isfinite(step.value)):
        return None
    asked = replace(asked, given=given, seen=0 if elsewhere else study.timeline.step)
    skill = _skill(asked) or choices.skill(study, question)
    here = not question.problem
    return Answering(question=Asking(asked), given=given, skill=skill, stop=study.stop, here=here)


def _made_of(trace: Trace, step: Step) -> Iterator[Ref]:
    """What a number of another network is made of; where that is one net or one gradient, what this is made of, so
    that there is something to forget."""
    for ref in names(step.full):
        index = trace.index_of(ref) if ref.kind in ("net", "grad") else None
        yield from (ref,) if index is None else names(trace.step(index).formula)


def _skill(asked: Asked) -> str:
    return skill_of(why.kind(asked.trace, asked.step))


def _record(study: Study, question: Question) -> Trace:
    """The iteration that is asked about: the one at hand, another one of its run, or one of another network."""
    if question.problem:
        return _of_problem(question.problem, question.iteration or 1)
    return study.timeline.trace_of(question.iteration or study.place.iteration)


@lru_cache(maxsize=2)
def _of_problem(problem: str, iteration: int) -> Trace:
    return Timeline.start(builtin.open(problem)).trace_of(iteration)


def opened(study: Study, panel: Answering | Picking) -> Study:
    """The study with a question open, and what it asks for hidden."""
    if isinstance(panel, Picking):
        return replace(study, panel=panel, note=None)
    asked = panel.question.asked
    here = not panel.given and asked.trace.iteration == study.place.iteration
    return replace(study, panel=panel, hidden=frozenset([asked.ref]) if here else frozenset(), note=None)


def committed(study: Study, panel: Answering) -> Study:
    """What a typed answer is worth."""
    question, verdict = panel.question.answer(panel.text)
    panel = replace(panel, line=EMPTY, wrong=None, question=question, verdict=verdict)
    if not question.outcome:
        return replace(study, panel=panel)
    if following := _climbed(study, panel):
        return following
    right = question.asked.right
    if verdict.kind != "right":
        return _revealed(study, panel, "answer.shown", {"value": right})
    if verdict.value is None or isclose(verdict.value, right, rel_tol=_EXACT):
        return _revealed(study, panel, "answer.agreed", {"value": right})
    return _revealed(
        study, panel, "answer.right", {"given": verdict.value, "value": right, "gap": verdict.value - right}
    )


def helped(study: Study, panel: Answering) -> Study:
    """The next hint; after the last one the number itself."""
    panel = replace(panel, question=panel.question.hint(), verdict=None)
    if panel.question.outcome and (following := _climbed(study, panel)):
        return following
    if panel.question.outcome:
        return _revealed(study, panel, "answer.shown", {"value": panel.question.asked.right})
    return replace(study, panel=panel, note=None)


def skipped(study: Study, panel: Answering) -> Study:
    """The question is closed, and the place stays where it is."""
    study = _kept(study, replace(panel, question=panel.question.skip()))
    return replace(study, panel=None, hidden=frozenset(), note=note("answer.skipped"))


def _climbed(study: Study, panel: Answering) -> Study | None:
    """The next rung, and what the one before was; None where there is none."""
    number, rungs = panel.rung
    own = study.question
    following = _first_rung(study, own, number) if own is not None and number < rungs else None
    if following is None:
        return None
    study = opened(_kept(study, replace(panel, stop=None)), replace(following, by_itself=panel.by_itself))
    return replace(study, climbed={**study.climbed, panel.stop: number}, note=_side(panel))


def _side(panel: Answering) -> Note:
    """On which side of 0 or another number the asked one lies, whose value is yet to be asked for."""
    asked = panel.question.asked
    than = asked.trace.symbol(asked.than) if asked.than is not None else "0"
    key = "answer.side_shown" if panel.question.outcome == "shown" else "answer.side_right"
    return note(key, symbol=asked.step.symbol, side="=><"[asked.side], than=than)


def _revealed(study: Study, panel: Answering, key: str, facts: dict[str, float]) -> Study:
    """On at the number, with what was predicted beside it; where it is another network's, only that is said."""
    question, own = panel.question, study.question
    settled = study.settled if own is None or own.series or panel.stop is None else study.settled | {panel.stop}
    study = replace(_kept(study, panel), panel=None, hidden=frozenset(), settled=settled)
    if not panel.given:
        trace = question.asked.trace
        study = moved(study, study.timeline.to(trace.iteration, question.asked.step.index))
        if panel.stop is not None and study.stop is not None and study.stop > panel.stop + 1:
            study = replace(study, held=panel.stop)  # what a stop says waits until the ones before it have been read
    asked = question.asked
    if panel.given:
        kind = key.removeprefix("answer.")
        key = f"answer.iteration_{kind}" if panel.here else f"answer.elsewhere_{kind}"
    told = note(key, symbol=asked.step.symbol, iteration=asked.trace.iteration, **facts)
    return study if study.note is not None else replace(study, note=told)


def _kept(study: Study, panel: Answering) -> Study:
    return kept(study, panel.skill, panel.question.outcome, panel.stop)
