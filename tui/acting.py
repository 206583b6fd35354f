"""What an action makes of the session, and its place kept: the same for the screen and for lines.

A mistake of ours in either leaves the session before it, which says so (`faults`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nntutor.lessons.course.model import AuthorError
from nntutor.tui.desk import Desk
from nntutor.tui.faults import Faults
from nntutor.tui.state.session import Action, Extents, Message, Opened, Session, Wanted
from nntutor.tui.state.update import update


def became(session: Session, action: Action, extents: Extents, desk: Desk, faults: Faults) -> tuple[Session, Action]:
    """The session after an action and after the lesson that it asks for, and which of the two acted last."""
    try:
        after = update(session, action, extents)
        following = _opened(desk, after.wanted) if after.wanted is not None else None
    except Exception as error:
        bad = replace(session, study=action.study) if isinstance(action, Opened) else session
        return next(faults.instead(error, action, session, bad)), action
    return (after, action) if following is None else became(after, following, extents, desk, faults)


def exported(
    session: Session,
    action: Action,
    faults: Faults,
    copy: Callable[[str], object] | None = None,
    picture: Callable[[Session], str] | None = None,
) -> Session:
    """The session with what it asks to set down set down (`exporting.done`)."""
    if session.export is None:
        return session
    # Another door: few keys set anything down.
    from nntutor.tui import exporting

    try:
        return exporting.done(session, copy, picture)
    except Exception as error:
        calm = replace(session, export=None)
        return next(faults.instead(error, action, calm, calm))


def _opened(desk: Desk, wanted: Wanted) -> Action:
    try:
        return Opened(desk.open_lesson(wanted.lesson, anew=wanted.anew, stop=wanted.stop))
    except AuthorError as error:
        return Message(str(error))


def kept(before: Session, session: Session, action: Action, desk: Desk, faults: Faults) -> Session:
    """The session with its place saved; where that fails by a mistake of ours, it goes on unsaved and says so."""
    try:
        return desk.keep(before, session)
    except Exception as error:
        return faults.unsaved(error, action, session)
