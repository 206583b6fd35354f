"""What a click or the wheel makes of the session: what is pointed at is picked, then come the keys that would follow.

The drawing says what is pointed at (`drawing/canvas/rows.py`, Piece.click); where it is gone by now, nothing happens.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.tui.state import keys
from nntutor.tui.state.session import Pointed, Press, Session, Typed, asking
from nntutor.tui.state.signs import key_of

_NOTCH = 3
"""Rows of a text for one notch of the wheel."""


Given = tuple[Press | Typed, ...]


def meant(session: Session, at: Pointed) -> tuple[Session, Given]:
    """The session with what is pointed at picked, and the keys that follow."""
    match at.what, at.which:
        case "key", str(sign):
            return session, _pressed(session, key_of(sign))
        case "row", int(row):
            picked = _picked(session, row)
            return (session, ()) if picked is None else (picked, (Press("continue"),))
        case "wheel", int(way):
            return session, (Press("unit_next" if way > 0 else "unit_previous"),) * _notches(session)
    if session.study is None or session.palette is not None or session.search is not None or _is_over(session):
        return session, ()
    # One of the doors behind which NumPy is loaded: the list of lessons stands 100 ms sooner without it.
    from nntutor.tui.state.pointing_in_study import meant_in_study

    session, actions = meant_in_study(session, session.study, at)
    return session, tuple(map(Press, actions))


def _pressed(session: Session, key: str) -> Given:
    """What a key of the key row means; a letter where a line is typed is typed."""
    if not asking(session):
        return tuple(map(Press, keys.actions(session.keymap, key, key)))
    if key == "space":
        return (Typed(" "),)
    return (Typed(key),) if len(key) == 1 else tuple(map(Press, keys.while_typing(session.keymap, key)))


def _picked(session: Session, row: int) -> Session | None:
    """The session with that row of the list that is open picked; None where there is none."""
    if session.palette is not None:
        from nntutor.tui.state import palette

        there = row < len(palette.found(session))
        return replace(session, palette=replace(session.palette, picked=row)) if there else None
    if session.search is not None:
        from nntutor.tui.state.finding import found

        return replace(session, search=replace(session.search, picked=row)) if row < len(found(session)) else None
    if _is_over(session):
        return None
    if session.study is None:
        home = session.home
        there = home.reading is None and row < len(home.lessons)
        return replace(session, home=replace(home, picked=row, anew=False)) if there else None
    from nntutor.tui.state.pointing_in_study import picked

    return picked(session, session.study, row)


def _notches(session: Session) -> int:
    """How many rows the wheel goes: in a list one, in a text a few, elsewhere none."""
    study = session.study
    if session.palette is not None or session.search is not None:
        return 1
    if _is_over(session):
        return _NOTCH
    if study is None:
        return 1 if session.home.reading is None else _NOTCH
    from nntutor.tui.state.panels import Choosing, Marking, Scrolled, Why

    if isinstance(study.panel, Scrolled):
        return _NOTCH
    return int(isinstance(study.panel, Choosing | Marking | Why))


def _is_over(session: Session) -> bool:
    """Whether a page lies over the list or the lesson that has no rows to be picked."""
    return session.practice is not None or session.ending is not None
