"""What is to be done at a stop, played: done by its way and by others not, and nothing on the screen tells how."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from nntutor.core.notation.figures import figure
from nntutor.lessons.course.model import Question
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.panels import Picking
from nntutor.tui.state.session import Press, Session, Typed
from nntutor.tui.state.update import update

_KEYS = 4  # a check to close, pages to read
_SIZES = ((80, 24), (120, 40), (40, 12))


def findings(session: Session, question: Question) -> Iterator[str]:
    """What is wrong with an act that has just been asked for, or was to be."""
    if _done(session) is not False:
        yield "what is to be done is so already, or cannot be"
        return
    after = session
    for one in question.way:
        if _done(after) is not False:
            yield f"it is done before “{one}”"
            return
        after = _gone(after, one)
    if not _done(after):
        yield f"{', '.join(question.way)} does not do it"
        return
    for deed in question.astray:
        if _done(_gone(session, *deed.split(";"))) is not False:
            yield f"“{deed}” does it too, or ends it"
    for told in _told(session, after, question):
        yield f"{told} stands on the screen while it is to be found"


def gone_on(session: Session, question: Question) -> Session:
    """The session once it is done and read: with what is to be chosen after it."""
    session = _gone(session, *question.way)
    for _ in range(_KEYS):
        if session.study is not None and not isinstance(session.study.panel, Picking):
            session = update(session, Press("continue"), extents)
    return session


def _done(session: Session) -> bool | None:
    """Whether what is asked for is done; None where nothing is."""
    act = session.study.act if session.study is not None else None
    return None if act is None else act.done


def _gone(session: Session, *deeds: str) -> Session:
    """After edits, or commands by their names."""
    for one in deeds:
        typed = (Press("edit"), Typed(one.strip()), Press("continue"))
        for action in typed if "=" in one else (Press(one.strip()),):
            session = update(session, action, extents)
    return session


def _told(session: Session, after: Session, question: Question) -> Iterator[str]:
    """The numbers that the way has set, and the act has not named, where the screen before it shows them."""
    shown = [_letters(replace(session, language=one, width=size[0], height=size[1]))
             for one in LANGUAGES for size in _SIZES]  # fmt: skip
    for symbol, value in _set(after):
        if f"{symbol} = {figure(value)}" in question.until:
            continue
        told = re.compile(rf"{re.escape(symbol)}(=|→|:|is){re.escape(figure(value))}(?![\d.])")
        if any(told.search(letters) for letters in shown):
            yield f"{symbol} = {figure(value)}"


def _set(session: Session) -> Iterator[tuple[str, float]]:
    """The numbers that have been set, by their symbols."""
    assert session.study is not None
    for timeline in session.study.timelines.values():
        yield from ((timeline.trace.symbol(edit.ref), edit.value) for edit in timeline.in_force)


def _letters(session: Session) -> str:
    rows = page.rows(session)
    return "".join("".join(piece.text for row in rows for piece in row).split())
