"""How much room a text takes on this screen: what state has to know of the drawing (state.session.Extents)."""

from __future__ import annotations

from nntutor.tui.drawing.pages import page
from nntutor.tui.state.session import Session


def prose_pages(session: Session) -> int:
    return page.lesson_page(session).prose_pages()


def has_picture(session: Session) -> bool:
    return page.lesson_page(session).has_picture()


def seen(session: Session) -> tuple[str, ...]:
    return page.lesson_page(session).seen()


def rows_seen(session: Session) -> int:
    from nntutor.tui.drawing.pages import texts

    return texts.rows_seen(session)


def last_top(session: Session) -> int:
    covering = page.covers(session)
    assert covering is not None  # nothing else is scrolled
    return covering.last_top(session)


def answer_top(session: Session) -> int:
    from nntutor.tui.drawing.pages import ending

    return min(ending.answer_top(session), last_top(session))


def term_top(session: Session) -> int:
    from nntutor.tui.drawing.pages import glossary

    return glossary.term_top(session)


def top_of(session: Session, term: int) -> int:
    from nntutor.tui.drawing.pages import glossary

    return glossary.top_of(session, term)


def same_term(before: Session, after: Session, top: int) -> int:
    from nntutor.tui.drawing.pages import glossary

    return glossary.same_term(before, after, top)
