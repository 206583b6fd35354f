"""What is to be done at a stop: numbers set until a condition holds, or the gradient check opened.

It stands in place of the stop's text, and every key does what it always does. The key that goes on skips it, or goes on
once it is done, first to what is to be chosen after it; another place ends it (`fitting`), since what it says is so at
its own.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.lessons.course.model import CHECK, AuthorError, Question
from nntutor.lessons.language.words import note
from nntutor.tui.state import choices, moves
from nntutor.tui.state.panels import Checking, Picking
from nntutor.tui.state.study import Act, Study, kept


def opened(study: Study, question: Question, by_itself: bool = False) -> Study | None:
    """The study with what the stop at hand asks to do, or, once that has been done, with what is to be chosen after it;
    None where there is neither."""
    stop = study.stop
    assert stop is not None
    if stop in study.climbed and (panel := _chosen_after(study, question, stop)):
        return replace(study, act=None, playing=None, panel=panel, page=0, note=None)
    if _holds(study, question, stop):
        return None
    if study.held is not None or stop != study.last:  # what is to be done is done at the stop
        study = moves.at_stop(study, stop)
    return replace(study, act=Act(stop, by_itself), playing=None, panel=None, page=0, note=None)


def after(study: Study) -> Study:
    """The study after a key, with the act done where it is; a further change can undo it, and it is done once."""
    act = study.act
    if act is None or study.lesson is None or act.stop != study.last:
        return study
    question = study.lesson.question(study.lesson.stops[act.stop].id)
    if question is None:
        return study
    done = _holds(study, question, act.stop) or (act.done and question.until == CHECK)
    if done == act.done:
        return study
    study = replace(study, act=replace(act, done=done))
    if act.stop in study.settled or act.stop in study.climbed:
        return study
    study = kept(study, choices.skill(study, question), "right", act.stop)
    if _chosen_after(study, question, act.stop):  # the stop's question ends with what is chosen, be it later
        return replace(study, climbed={**study.climbed, act.stop: 1})
    return replace(study, settled=study.settled | {act.stop})


def left(study: Study, act: Act, on: bool) -> Study:
    """The study without the act: skipped where it has not been done; on where the key goes on."""
    assert study.lesson is not None
    question = study.lesson.question(study.lesson.stops[act.stop].id)
    done = act.done or act.stop in study.settled or act.stop in study.climbed
    if not done:
        study = kept(study, choices.skill(study, question) if question else "", "skipped", act.stop)
    study = replace(study, act=None, page=0, note=None if done else note("answer.skipped"))
    if on and act.done and question is not None and (panel := _chosen_after(study, question, act.stop)):
        return replace(study, panel=replace(panel, by_itself=act.by_itself))
    return moves.go_on(study) if on and act.by_itself else study


def _chosen_after(study: Study, question: Question, stop: int) -> Picking | None:
    panel = choices.of_stop(study, question) if study.stop == stop else None
    return panel and replace(panel, skill=f"{panel.skill}.choice")


def _holds(study: Study, question: Question, stop: int) -> bool:
    if question.until == CHECK:
        return isinstance(study.panel, Checking)
    try:
        return choices.place(study, stop).holds(question.until)
    except AuthorError:
        return False
