"""A question: asked, answered, helped with, skipped; once it is closed, its number is gone to.

`p` asks what the stop has to ask, else for the next number. The place stays before the number as long as the question
is open, so nothing on the screen answers it. A number of another network is asked for beside what it is made of.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import isfinite

from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.formula import names
from nntutor.lessons.course import builtin
from nntutor.lessons.course.asking import Asking
from nntutor.lessons.course.bugs import HUNTS
from nntutor.lessons.course.model import Question
from nntutor.lessons.course.practice import SERIES, exercise, given_numbers, ref_of, skill_of
from nntutor.lessons.course.questions import Asked
from nntutor.lessons.language import why
from nntutor.lessons.language.words import note
from nntutor.tui.state import acts, choices, marking
from nntutor.tui.state.panels import Answering, Picking
from nntutor.tui.state.study import Study, kept, moved, next_answer
from nntutor.tui.state.written import EMPTY


def asked(study: Study) -> Study:
    """What the stop has to ask, or the next number; or why there is none to ask for."""
    if study.question is not None and study.question.until:
        return acts.opened(study, study.question) or _next(study)
    if study.question is not None and study.question.series in HUNTS:
        return marking.opened(study, HUNTS[study.question.series])
    panel = None if study.question is None else of_stop(study, study.question)
    return opened(study, panel) if panel is not None else _next(study)


def _next(study: Study) -> Study:
    following = study.timeline.forward()
    if (following.iteration, following.step) == study.place:
        return replace(study, note=note("answer.no_next"))
    asked = Asked(following.trace, following.trace.ref(following.step))
    if not isfinite(asked.right):
        return replace(study, note=note("answer.not_finite"))
    return opened(study, Answering(question=Asking(asked), skill=_skill(asked)))


def of_stop(study: Study, question: Question) -> Answering | Picking | None:
    """The panel of the question of the stop at hand; None where the network has no such number still to come."""
    if question.choices:
        return choices.of_stop(study, question)
    if question.series:
        made = exercise(SERIES[question.series], next_answer(study), "last")
        return Answering(question=Asking(made.asked[-1]), given=made.given, skill=question.series, stop=study.stop)
    trace = _first_of(question.problem) if question.problem else study.timeline.trace
    try:
        than = ref_of(trace, question.than) if question.than else None
        asked = Asked(trace, ref_of(trace, question.ask), question.digits, question.form, than)
        step = asked.step
    except KeyError:
        return None
    given = given_numbers(names(step.full)) if question.problem else ()
    if not given and (step.index <= study.timeline.step or not isfinite(step.value)):
        return None
    asked = replace(asked, given=given)
    return Answering(question=Asking(asked), given=given, skill=_skill(asked), stop=study.stop)


def _skill(asked: Asked) -> str:
    return skill_of(why.kind(asked.trace, asked.step))


@lru_cache(maxsize=2)
def _first_of(problem: str) -> Trace:
    return Timeline.start(builtin.open(problem)).trace


def opened(study: Study, panel: Answering | Picking) -> Study:
    """The study with a question open, and what it asks for hidden."""
    if isinstance(panel, Picking):
        return replace(study, panel=panel, note=None)
    asked = panel.question.asked
    assert asked.slips is not None  # worked out now, so that an answer waits for nothing
    here = not panel.given and asked.trace.iteration == study.place.iteration
    return replace(study, panel=panel, hidden=frozenset([asked.ref]) if here else frozenset(), note=None)


def committed(study: Study, panel: Answering) -> Study:
    """What a typed answer is worth."""
    question, verdict = panel.question.answer(panel.text)
    panel = replace(panel, line=EMPTY, wrong=None, question=question, verdict=verdict)
    if not question.outcome:
        return replace(study, panel=panel)
    right = question.asked.right
    if verdict.kind != "right":
        return _revealed(study, panel, "answer.shown", {"value": right})
    if verdict.value is None:
        return _revealed(study, panel, "answer.agreed", {"value": right})
    return _revealed(
        study, panel, "answer.right", {"given": verdict.value, "value": right, "gap": verdict.value - right}
    )


def helped(study: Study, panel: Answering) -> Study:
    """The next hint; after the last one the number itself."""
    panel = replace(panel, question=panel.question.hint(), verdict=None)
    if panel.question.outcome:
        return _revealed(study, panel, "answer.shown", {"value": panel.question.asked.right})
    return replace(study, panel=panel, note=None)


def skipped(study: Study, panel: Answering) -> Study:
    """The question is closed, and the place stays where it is."""
    study = _kept(study, replace(panel, question=panel.question.skip()))
    return replace(study, panel=None, hidden=frozenset(), note=note("answer.skipped"))


def _revealed(study: Study, panel: Answering, key: str, facts: dict[str, float]) -> Study:
    """On at the number, with what was predicted beside it; where it is another network's, only that is said."""
    question, own = panel.question, study.question
    settled = study.settled if own is None or own.series or panel.stop is None else study.settled | {panel.stop}
    study = replace(_kept(study, panel), panel=None, hidden=frozenset(), settled=settled)
    if not panel.given:
        trace = question.asked.trace
        study = moved(study, study.timeline.to(trace.iteration, question.asked.step.index))
    symbol = question.asked.step.symbol
    return study if study.note is not None else replace(study, note=note(key, symbol=symbol, **facts))


def _kept(study: Study, panel: Answering) -> Study:
    return kept(study, panel.skill, panel.question.outcome, panel.stop)
