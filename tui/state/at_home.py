"""Keys in the list of lessons, and in the glossary over it."""

from __future__ import annotations

from dataclasses import replace

from nntutor.tui.state.commands import Where, allowed
from nntutor.tui.state.keys import WAYS, scrolled
from nntutor.tui.state.session import Action, Extents, Home, Press, Session, Wanted, has_place


def at_home(session: Session, action: Action, extents: Extents) -> Session:
    """The session after an action in the list of lessons."""
    home = replace(session.home, message="", anew=False)
    if home.reading is not None and action == Press("ending"):
        home = replace(home, reading=None)  # as a key in a lesson closes the page that is open
    if home.reading is not None:
        return replace(session, home=_reading(session, home, action, extents))
    match action:
        case Press("leave"):
            return replace(session, leaving=True)
        case Press("continue") if home.lessons:
            return replace(session, home=home, wanted=Wanted(home.lessons[home.picked].id))
        case Press("reset") if home.lessons:
            return _anew(session, home)
        case Press("ask") if home.lessons:
            # Another door: few starts practise.
            from nntutor.tui.state.practising import tested

            return tested(replace(session, home=home), home.lessons[home.picked].id)
        case Press("ending") if home.lessons:
            from nntutor.tui.state.ending import opened

            return opened(replace(session, home=home), home.lessons[home.picked].id)
        case Press("glossary" | "help"):
            home = replace(home, reading=0)
        case Press(name) if allowed(name, Where.HOME):
            last = len(home.lessons) - 1
            home = replace(home, picked=max(0, min(_moved(home.picked, name, last), last)))
    return replace(session, home=home)


def _anew(session: Session, home: Home) -> Session:
    """The picked lesson from its beginning; where there is a place in it to lose, asked for twice."""
    if session.home.anew or not has_place(home):
        return replace(session, home=home, wanted=Wanted(home.lessons[home.picked].id, anew=True))
    return replace(session, home=replace(home, anew=True))


def _moved(at: int, name: str, last: int) -> int:
    """The place in the list after a key."""
    return {"first": 0, "phase_previous": 0, "last": last, "phase_next": last}.get(name, at + WAYS.get(name, 0))


def _reading(session: Session, home: Home, action: Action, extents: Extents) -> Home:
    """The glossary over the list of lessons."""
    match action:
        case Press("escape" | "leave" | "glossary" | "help"):
            return replace(home, reading=None)
        case Press(name):
            last = extents.last_top(session)
            return replace(home, reading=scrolled(home.reading or 0, name, extents.rows_seen(session), last))
    return home
