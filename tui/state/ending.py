"""The end of a lesson, over whatever is on the screen: what it said, its formulas, problems, a question in words.

Answers are uncovered one by one, so that each can be tried first.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.lessons.course import load
from nntutor.lessons.course.series import practised_after
from nntutor.tui.state.keys import scrolled
from nntutor.tui.state.overlays import Ending
from nntutor.tui.state.session import Action, Extents, Press, Session, Wanted

PROBLEMS = ("1", "2", "3")
WORDS = "words"


def answers(lesson: str) -> tuple[str, ...]:
    """What can be uncovered, in order."""
    found = load.find(lesson)
    assert found is not None
    return (*(PROBLEMS if practised_after(found) else ()), WORDS)


def opened(session: Session, lesson: str, shown: tuple[str, ...] = ()) -> Session:
    """The end of a lesson, at its beginning; with an answer uncovered, at that."""
    ending = Ending(lesson, session.seed, shown)
    return replace(session, ending=ending, seed=session.seed + len(PROBLEMS))


def in_ending(session: Session, ending: Ending, action: Action, extents: Extents) -> Session:
    """The session after a key."""
    match action:
        case Press("escape" | "leave" | "ending" | "back"):
            return replace(session, ending=None)
        case Press("ask"):
            return _practised(session, ending)
        case Press("why"):
            return _uncovered(session, ending, extents)
        case Press("lesson_next" | "lesson_previous" as name):
            return _other(session, ending, 1 if name == "lesson_next" else -1)
        case Press("continue") if ending.top >= extents.last_top(session):
            return replace(session, ending=None)
        case Press(name):
            top = scrolled(ending.top, name, extents.rows_seen(session), extents.last_top(session))
            return replace(session, ending=replace(ending, top=top))
    return session


def _practised(session: Session, ending: Ending) -> Session:
    """Further problems like those that stand there."""
    if len(answers(ending.lesson)) == 1:
        return session
    # Another door: few starts practise.
    from nntutor.tui.state.practising import practised

    return practised(session, ending.lesson, session.seed)


def _uncovered(session: Session, ending: Ending, extents: Extents) -> Session:
    """The next answer, in sight; after the last one all are covered again."""
    left = [one for one in answers(ending.lesson) if one not in ending.shown]
    ending = replace(ending, shown=(*ending.shown, left[0]) if left else ())
    session = replace(session, ending=ending)
    return replace(session, ending=replace(ending, top=extents.answer_top(session))) if left else session


def _other(session: Session, ending: Ending, way: int) -> Session:
    """The lesson after or before this one."""
    ids = [lesson.id for lesson in session.home.lessons]
    place = ids.index(ending.lesson) + way
    if not 0 <= place < len(ids):
        return session
    picked = replace(session.home, picked=place)
    return replace(session, ending=None, wanted=Wanted(ids[place]), home=picked)
