"""Keys in the list of lessons, and in the glossary over it."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.foreign import typed
from nntutor.tui.state.commands import Where, allowed
from nntutor.tui.state.keys import WAYS, scrolled
from nntutor.tui.state.session import Action, Extents, Home, Press, Session, Typed, Wanted, has_place


def at_home(session: Session, action: Action, extents: Extents) -> Session:
    """The session after an action in the list of lessons."""
    home = replace(session.home, message="", anew=False)
    if home.reading is not None:
        return replace(session, home=_reading(session, home, action, extents))
    found = home.found
    at = found.index(home.picked) if home.picked in found else 0
    match action:
        case Typed(text) if home.query is not None:
            home = replace(home, query=typed(home.query + text, 40))
        case Press("leave"):
            return replace(session, leaving=True)
        case Press("continue") if found:
            return replace(session, home=replace(home, query=None), wanted=Wanted(home.lessons[found[at]].id))
        case Press("reset") if found:
            return _anew(session, home)
        case Press(name) if allowed(name, Where.HOME):
            home = _pressed(home, name)
            if home.found == found:
                at = _moved(at, name, len(found))
    if home.found == found or home.picked not in home.found:
        picked = home.found[max(0, min(at, len(home.found) - 1))] if home.found else home.picked
        home = replace(home, picked=picked)
    return replace(session, home=home)


def _anew(session: Session, home: Home) -> Session:
    """The picked lesson from its beginning; where there is a place in it to lose, asked for twice."""
    if session.home.anew or not has_place(home):
        return replace(session, home=home, wanted=Wanted(home.lessons[home.picked].id, anew=True))
    return replace(session, home=replace(home, anew=True))


def _pressed(home: Home, name: str) -> Home:
    match name:
        case "backspace" if home.query is not None:
            return replace(home, query=home.query[:-1])
        case "escape":
            return replace(home, query=None)
        case "search":
            return replace(home, query="")
        case "glossary" | "help":
            return replace(home, reading=0)
    return home


def _moved(at: int, name: str, count: int) -> int:
    """The place in the list after a key."""
    return {"first": 0, "phase_previous": 0, "last": count, "phase_next": count}.get(name, at + WAYS.get(name, 0))


def _reading(session: Session, home: Home, action: Action, extents: Extents) -> Home:
    """The glossary over the list of lessons."""
    match action:
        case Press("escape" | "leave" | "glossary" | "help"):
            return replace(home, reading=None)
        case Press(name):
            last = extents.last_top(session)
            return replace(home, reading=scrolled(home.reading or 0, name, session.height, last))
    return home
