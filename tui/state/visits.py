"""What is due that belongs to its lesson: the question of a stop, what is to be done at one, a bug.

The lesson is opened there, over what was open, for as long as it takes; then what was open stands as it was. Nothing of
the lesson is kept but how the question has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nntutor.lessons.course import again, load
from nntutor.lessons.course.bugs import HUNTS
from nntutor.lessons.course.model import Lesson, Question
from nntutor.tui.state import acts, answers, marking, moves
from nntutor.tui.state.overlays import Practice, Visit
from nntutor.tui.state.panels import Answering, Marking, Picking
from nntutor.tui.state.session import Action, Press, Session, Typed, kept
from nntutor.tui.state.study import Study

_GOES_ON = (Press("continue"), Press("escape"), Typed(" "))
"""With these a question is left without an answer."""


def begun(session: Session, practice: Practice) -> Session | None:
    """The session at what the review asks now; None where it is not to be had any more."""
    study = _opened(practice.skill, practice.problem_seed)
    if study is None or study.lesson is None:
        return None
    visit = Visit(practice, session.study, session.digits)
    seed = max(session.seed, practice.problem_seed + 1)
    return replace(session, practice=None, visit=visit, study=study, digits=study.lesson.digits, seed=seed)


def _opened(skill: str, seed: int) -> Study | None:
    if skill in HUNTS:
        lesson = load.find(HUNTS[skill].lesson)
        return None if lesson is None else marking.opened(moves.begun(lesson), HUNTS[skill], seed)
    if again.rung(skill)[1]:
        return next(filter(None, (_at_rung(skill, *one) for one in again.with_rungs())), None)
    found = again.of_stop(skill)
    return None if found is None else _at_stop(*found)


def _brought(lesson: Lesson, question: Question) -> Study:
    return moves.brought_to(moves.begun(lesson), [stop.id for stop in lesson.stops].index(question.stop))


def _at_rung(skill: str, lesson: Lesson, question: Question) -> Study | None:
    """The lesson with the rung of that name open; those after it follow."""
    study = _brought(lesson, question)
    panel = answers.of_rung(study, question, skill)
    return None if panel is None else answers.opened(study, panel)


def _at_stop(lesson: Lesson, question: Question) -> Study | None:
    """The lesson with the question of a stop open; None where its numbers give none."""
    study = _brought(lesson, question)
    if question.until:
        return acts.opened(study, question)
    panel = answers.of_stop(study, question, 0)
    return None if panel is None else answers.opened(study, panel)


def below(session: Session) -> Session:
    """The session without its visit."""
    visit = session.visit
    return session if visit is None else replace(session, visit=None, study=visit.study, digits=visit.digits)


def visited(session: Session, action: Action, acted: Callable[[], Session]) -> Session:
    """The session after an action in a visit: how the question ended is kept at once, and once that has been read,
    what was open is there again, below the review. acted: what the action makes of the lesson.

    Whoever looks around in the lesson, which closes the question, is asked again by the key that goes on. Of what else
    is answered there nothing is kept: it was not due.
    """
    assert session.visit is not None
    if _is_over(session) and isinstance(action, Press):
        if session.visit.answered or action == Press("escape"):
            return _back(session)
        if action == Press("continue"):
            return begun(below(session), session.visit.practice) or _back(session)
    if action == Press("leave") and _is_open(session):
        return below(session)
    is_left = action in _GOES_ON and _is_open(session)
    session = acted()
    if session.visit is None:  # another lesson has been opened
        return session
    if session.study is None:  # it has been left: what is due is put off
        return below(session)
    session = _kept(session, session.visit, session.study)
    has_ended = is_left or (session.visit is not None and session.visit.answered)
    return _back(session) if has_ended and _is_over(session) and not _is_told(session) else session


def _kept(session: Session, visit: Visit, study: Study) -> Session:
    answered, skill = study.answered, visit.practice.skill
    if visit.answered or answered is None or answered.skill != skill:
        return session
    return kept(replace(session, visit=replace(visit, answered=True)), skill, answered.outcome)


def _is_open(session: Session) -> bool:
    """Whether what is due stands there, to be answered or done, and not a number that was asked for on the way."""
    study = session.study
    if study is None or study.act is not None:
        return study is not None
    panel = study.panel
    return isinstance(panel, Picking | Marking) or (isinstance(panel, Answering) and panel.stop is not None)


def _is_over(session: Session) -> bool:
    study, above = session.study, (session.palette, session.search, session.practice, session.ending)
    return study is not None and not any((study.panel, study.act, study.running, *above))


def _is_told(session: Session) -> bool:
    """Whether what became of the question stands there, to be read."""
    note = session.study.note if session.study is not None else None
    return note is not None and note[0] not in ("answer.skipped", "quiz.skipped")


def _back(session: Session) -> Session:
    """What was open, with the review over it; a question that was left without an answer is skipped."""
    visit = session.visit
    assert visit is not None
    session = replace(below(session), practice=visit.practice)
    return session if visit.answered else kept(session, visit.practice.skill, "skipped")
