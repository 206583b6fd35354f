"""How much room a text takes on this screen: what state has to know of the drawing (state.session.Extents)."""

from __future__ import annotations

from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.pages.glossary import same_term, term_top, top_of
from nntutor.tui.state.session import Session

__all__ = ["has_picture", "last_top", "prose_pages", "same_term", "seen", "term_top", "top_of"]


def prose_pages(session: Session) -> int:
    return page.lesson_page(session).prose_pages()


def has_picture(session: Session) -> bool:
    return page.lesson_page(session).has_picture()


def seen(session: Session) -> tuple[str, ...]:
    return page.lesson_page(session).seen()


def last_top(session: Session) -> int:
    covering = page.covers(session)
    assert covering is not None  # nothing else is scrolled
    return covering.last_top(session)
