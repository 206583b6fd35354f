"""What keys do in what lies over the list or the lesson: problems, and below them the end of a lesson."""

from __future__ import annotations

from collections.abc import Callable

from nntutor.tui.state import visits
from nntutor.tui.state.ending import in_ending
from nntutor.tui.state.practising import following, practising
from nntutor.tui.state.session import Action, Extents, Session


def over(session: Session, action: Action, extents: Extents) -> Session:
    """The session after an action where one of them is open."""
    if session.practice is not None:
        return practising(session, session.practice, action)
    assert session.ending is not None
    return in_ending(session, session.ending, action, extents)


def visited(session: Session, action: Action, acted: Callable[[], Session]) -> Session:
    """The session after an action in a lesson that is open for a question of a review (visits.py); after it, what the
    review asks next."""
    after = visits.visited(session, action, acted)
    return after if after.visit is not None or after.practice is None else following(after, after.practice)
