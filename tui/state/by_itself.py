"""Questions that open by themselves, on the way on from a stop that has one, before its number is shown.

Each opens once in a reading of the lesson, however it ends; in a phase one, but for those that a lesson holds to be
worth it (`always`); none where the skill has been shown of late. Nothing is in the way: space without an answer goes
on, and what was skipped comes back in the review.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.tui.state import acts, answers, choices, moves
from nntutor.tui.state.panels import Answering
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import Study


def opened(session: Session, study: Study) -> Study | None:
    """The study with the question of its stop open; None where none opens here by itself."""
    question = study.question
    if question is None or study.stop != study.last or study.stop in study.closed:
        return None
    if question.series and _is_hunt(question.series):  # a whole iteration to read through: it waits for its key
        return None
    if not question.always and _asked_in_phase(study):
        return None
    if question.until:
        known = choices.skill(study, question) in session.known
        return None if known else acts.opened(study, question, by_itself=True)
    panel = answers.of_stop(study, question, session.seed, session.known)
    if panel is None:
        return None
    return answers.opened(replace(study, playing=None), replace(panel, by_itself=True))


def _is_hunt(series: str) -> bool:
    from nntutor.lessons.course.bugs import HUNTS  # few stops ask from a series

    return series in HUNTS


def _asked_in_phase(study: Study) -> bool:
    """Whether the question of another stop has been closed in the phase at hand of this iteration."""
    assert study.lesson is not None
    plan = study.trace.plan
    for number in study.closed:
        stop, place = study.lesson.stops[number], study.place_of(study.lesson.stops[number])
        here = place is not None and (stop.run, place.iteration) == (study.run, study.place.iteration)
        if here and place is not None and plan.phase(place.step) == study.step.phase:
            return True
    return False


def passed(study: Study, panel: Answering) -> Study:
    """On without an answer: where a key had asked, only the question is closed."""
    skipped = answers.skipped(study, panel)
    return moves.go_on(skipped) if panel.by_itself else skipped
