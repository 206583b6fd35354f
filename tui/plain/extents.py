"""What state must know of a telling: all of a text is told at once, and the glossary a term at a time.

So where the screen counts rows that a page is scrolled down, a telling counts terms.
"""

from __future__ import annotations

from nntutor.lessons.course import glossary
from nntutor.tui.state.session import Session


def prose_pages(session: Session) -> int:
    return 1


def rows_seen(session: Session) -> int:
    return session.height - 3


def last_top(session: Session) -> int:
    if session.practice is not None or session.ending is not None:
        return 0  # all of it is told at once
    return len(glossary.terms()) - 1


def answer_top(session: Session) -> int:
    return 0


def term_top(session: Session) -> int:
    assert session.study is not None
    return glossary.place_of(session.study.step.kind)


def top_of(session: Session, term: int) -> int:
    return term


def same_term(before: Session, after: Session, top: int) -> int:
    return top


def has_picture(session: Session) -> bool:
    return True


def seen(session: Session) -> tuple[str, ...]:
    assert session.study is not None
    return (session.study.view,)
