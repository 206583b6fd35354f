"""What is to be done at a stop, played: not done yet, and done by the way that the catalog names."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.lessons.course.model import Question
from nntutor.tui.drawing import extents
from nntutor.tui.state.session import Press, Session, Typed
from nntutor.tui.state.update import update


def findings(session: Session, question: Question) -> Iterator[str]:
    """What is wrong with an act that has just been asked for, or was to be."""
    if session.study is None or session.study.act is None:
        yield "what is to be done is so already, or cannot be"
        return
    for one in question.way:
        if session.study is None or session.study.act is None or session.study.act.done:
            yield f"it is done before “{one}”"
            return
        session = _gone(session, one)
    if session.study is None or session.study.act is None or not session.study.act.done:
        yield f"{', '.join(question.way)} does not do it"


def _gone(session: Session, one: str) -> Session:
    """After an edit, or a command by its name."""
    if "=" not in one:
        return update(session, Press(one), extents)
    for action in (Press("edit"), Typed(one), Press("continue")):
        session = update(session, action, extents)
    return session
