"""Fresh problems one after another, over whatever is on the screen: what is due at a start, practice at the end of a
lesson, the test that stands for one.

A problem is a page of its own: nothing of the list or the lesson below it changes. What an answer is worth is decided
in lessons/course; each problem that has ended becomes the session's `result`, which is saved at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from nntutor.lessons.course import load
from nntutor.lessons.course.asking import OUTCOMES, Asking
from nntutor.lessons.course.levels import LAST_LEVEL, first_level, next_level
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.course.practice import Exercise
from nntutor.lessons.course.series import SERIES, practised_after, series_of_lesson
from nntutor.tui.state.keys import WAYS
from nntutor.tui.state.overlays import Practice
from nntutor.tui.state.panels import Answering
from nntutor.tui.state.session import Action, Press, Session, Wanted, kept
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.written import EMPTY

_DOWN = 10_000
"""Rows further than any problem goes on: the end of what is said."""


def hardest(lesson: Lesson) -> str:
    """The series whose problem stands for a lesson; "" where there is none."""
    return series_of_lesson(lesson)[-1] if series_of_lesson(lesson) else ""


def reviewed(session: Session, series: tuple[str, ...]) -> Session:
    """What is due, before anything else; it is said first, and asked when the learner goes on."""
    return replace(
        session, practice=Practice("review", series, session.seed, levels=_levels(session, series), number=-1)
    )


def practised(session: Session, lesson: str, seed: int) -> Session:
    """Problems of a lesson for as long as the learner likes; of a skill that is new the first one is worked."""
    series = practised_after(_found(lesson))
    levels = {name: level if name in session.home.skills else 0 for name, level in _levels(session, series).items()}
    return _drawn(session, Practice("practice", series, seed, lesson, MappingProxyType(levels)))


def tested(session: Session, lesson: str) -> Session:
    """A lesson's hardest question, of which only the network is shown; or the word that it has none."""
    series = hardest(_found(lesson))
    if not series:
        message = words_with_keys(session).say("practice.no_test")
        return replace(session, home=replace(session.home, message=message))
    return _drawn(session, Practice("test", (series,), session.seed, lesson, {series: LAST_LEVEL}))


def _found(name: str) -> Lesson:
    lesson = load.find(name)
    assert lesson is not None  # the list has none that is not there
    return lesson


def _levels(session: Session, series: tuple[str, ...]) -> Mapping[str, int]:
    skills = session.home.skills
    return MappingProxyType({name: first_level(skills[name].box if name in skills else 0) for name in series})


def _drawn(session: Session, practice: Practice) -> Session:
    """The problem at hand, its first question open; the next seed is another one. What belongs to a lesson is asked
    there; what is gone since, not at all."""
    if practice.skill not in SERIES:
        # Another door: few reviews have such.
        from nntutor.tui.state import visits

        return visits.begun(session, practice) or following(session, practice)
    level = practice.levels[practice.skill]
    practice = replace(practice, level=level, panel=None, outcomes=(), closed=False, top=0)
    practice = replace(practice, panel=_question(practice.made, 0), closed=not practice.made.asked)
    return replace(session, practice=practice, seed=max(session.seed, practice.problem_seed + 1))


def _question(made: Exercise, number: int) -> Answering | None:
    if number >= len(made.asked):
        return None
    asked = made.asked[number]
    assert asked.slips is not None  # worked out now, so that an answer waits for nothing
    return Answering(question=Asking(asked))


# --- keys ----------------------------------------------------------------------------------------------


def practising(session: Session, practice: Practice, action: Action) -> Session:
    """The session after a key; letters and edits of the line are taken in writing.py."""
    match action:
        case Press("palette"):
            return _ended(session)
        case Press("escape"):
            skips = practice.purpose == "review" and practice.asks
            return following(kept(session, practice.skill, "skipped"), practice) if skips else _ended(session)
        case Press("leave") if not practice.asks:
            return _ended(session)
        case Press("continue") if practice.asks:
            return _committed(session, practice)
        case Press("continue" | "step"):
            return following(session, practice)
        case Press("unit_next" | "unit_previous" as name):
            return replace(session, practice=replace(practice, top=max(0, practice.top + WAYS[name])))
    return session


def _ended(session: Session) -> Session:
    return replace(session, practice=None)


def _committed(session: Session, practice: Practice) -> Session:
    """What a typed answer is worth; in a test one that is wrong decides."""
    panel = practice.panel
    assert panel is not None
    question, verdict = panel.question.answer(panel.text)
    if practice.purpose == "test" and verdict.kind in ("mistake", "wrong"):
        question = replace(question, hints=0, outcome="shown")
    panel = replace(panel, line=EMPTY, wrong=None, question=question, verdict=verdict)
    return _went_on(session, replace(practice, panel=panel, top=_DOWN))


def helped(session: Session, practice: Practice) -> Session:
    """The next hint; a test has none, and who asks for one gives it up."""
    panel = practice.panel
    assert panel is not None
    question = panel.question.hint()
    if practice.purpose == "test":
        question = replace(question, hints=0, outcome="shown")
    return _went_on(session, replace(practice, panel=replace(panel, question=question, verdict=None), top=_DOWN))


def _went_on(session: Session, practice: Practice) -> Session:
    """The problem's next question where one has ended; after its last one the problem is closed, and kept."""
    panel = practice.panel
    assert panel is not None
    outcome = panel.question.outcome
    if not outcome:
        return replace(session, practice=practice)
    practice = replace(practice, outcomes=(*practice.outcomes, outcome))
    following = _question(practice.made, len(practice.outcomes))
    if following is not None:
        return replace(session, practice=replace(practice, panel=following))
    worst = max(practice.outcomes, key=OUTCOMES.index)
    passed = practice.lesson if practice.purpose == "test" and worst == "right" else ""
    session = kept(session, practice.skill, worst, passed)
    levels = {**practice.levels, practice.skill: next_level(practice.level, worst)}
    return replace(session, practice=replace(practice, levels=MappingProxyType(levels), closed=True, top=0))


def following(session: Session, practice: Practice) -> Session:
    """The next problem; after a review's last one the screen below it, after a test that was not passed the lesson."""
    if practice.purpose == "test":
        failed = practice.outcomes[-1:] != ("right",)
        return replace(_ended(session), wanted=Wanted(practice.lesson) if failed else None)
    if practice.number + 1 >= len(practice.series) and practice.purpose == "review":
        return _ended(session)
    if practice.closed and not practice.outcomes:  # a worked problem: the next one of its skill has a blank
        levels = {**practice.levels, practice.skill: 1}
        practice = replace(practice, levels=MappingProxyType(levels))
    return _drawn(session, replace(practice, number=practice.number + 1))
