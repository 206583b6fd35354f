"""A question about the next number: asked, answered, helped with, skipped; once it is closed, the number is gone to.

The place stays before the number as long as the question is open, so nothing on the screen answers it.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from nntutor.lessons.course.asking import Asking
from nntutor.lessons.course.practice import skill_of
from nntutor.lessons.course.questions import Asked
from nntutor.lessons.language import why
from nntutor.tui.state.panels import Answering, note
from nntutor.tui.state.study import Answered, Study, moved
from nntutor.tui.state.written import EMPTY

if TYPE_CHECKING:
    from nntutor.core.engine.trace import Trace


def asked(study: Study) -> Study:
    """The next number is asked for; or why there is none to ask for."""
    following = study.timeline.forward()
    if (following.iteration, following.step) == study.place:
        return replace(study, note=note("answer.no_next"))
    question = Asked(following.trace, following.trace.ref(following.step))
    if not isfinite(question.right):
        return replace(study, note=note("answer.not_finite"))
    assert question.slips is not None  # worked out now, so that an answer waits for nothing
    hidden = frozenset([question.ref]) if following.iteration == study.place.iteration else frozenset()
    return replace(study, panel=Answering(question=Asking(question)), hidden=hidden, note=None)


def committed(study: Study, panel: Answering, name: str) -> Study:
    """What a typed answer is worth."""
    question, verdict = panel.question.answer(panel.text)
    if question.outcome and verdict.value is not None and verdict.kind == "right":
        right = question.asked.right
        facts = {"given": verdict.value, "value": right, "gap": verdict.value - right}
        return _revealed(study, question, "answer.right", facts)
    if question.outcome:
        return _revealed(study, question, "answer.shown", {"value": question.asked.right})
    return replace(study, panel=replace(panel, line=EMPTY, wrong=None, question=question, verdict=verdict))


def helped(study: Study, panel: Answering) -> Study:
    """The next hint; after the last one the number itself."""
    question = panel.question.hint()
    if question.outcome:
        return _revealed(study, question, "answer.shown", {"value": question.asked.right})
    return replace(study, panel=replace(panel, question=question, verdict=None), note=None)


def skipped(study: Study, panel: Answering) -> Study:
    """The question is closed, and the place stays where it is."""
    study = _answered(study, panel.question.skip())
    return replace(study, panel=None, hidden=frozenset(), note=note("answer.skipped"))


def _revealed(study: Study, question: Asking, key: str, facts: dict[str, float]) -> Study:
    """On at the number, with what was predicted beside it."""
    study = replace(_answered(study, question), panel=None, hidden=frozenset())
    study = moved(study, study.timeline.forward())
    symbol = question.asked.step.symbol
    return study if study.note is not None else replace(study, note=note(key, symbol=symbol, **facts))


def _answered(study: Study, question: Asking) -> Study:
    skill = skill_of(_kind(question.asked.trace, question.asked))
    if not skill:
        return study
    count = study.answered.number + 1 if study.answered is not None else 1
    return replace(study, answered=Answered(count, skill, question.outcome))


def _kind(trace: Trace, asked: Asked) -> str:
    return why.kind(trace, asked.step)
