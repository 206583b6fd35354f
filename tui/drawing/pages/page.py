"""The whole screen as rows: which page stands on it.

A new page is a file here and a row in `covers.py`, or a line of `rows`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from nntutor.core.notation.style import Style
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.rows import Row, fitted
from nntutor.tui.drawing.pages.home import home_page
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import words_with_keys

if TYPE_CHECKING:
    from nntutor.tui.drawing.pages.covers import Long
    from nntutor.tui.drawing.pages.lesson import LessonPage


def rows(session: Session) -> tuple[Row, ...]:
    """Exactly session.height rows of at most session.width cells."""
    drawn = _drawn(session, words_with_keys(session))[: session.height]
    drawn += [()] * (session.height - len(drawn))
    if session.style is Style.ASCII:
        drawn = [tuple(piece._replace(text=ascii_look(piece.text)) for piece in row) for row in drawn]
    return tuple(fitted(row, session.width) for row in drawn)


def _drawn(session: Session, words: Words) -> list[Row]:
    # Other doors: the texts and what searches them are read when something is looked for.
    if session.palette is not None:
        from nntutor.tui.drawing.pages.palette import palette_page

        return palette_page(session, words)
    if session.search is not None:
        from nntutor.tui.drawing.pages.search import search_page

        return search_page(session, words)
    covering = covers(session)
    if covering is not None:
        return covering.rows(session, words)
    if session.study is None:
        return home_page(session, words)
    return lesson_page(session).rows()


def covers(session: Session) -> Long | None:
    """The page that covers the list of lessons or the lesson, where there is one; of several the uppermost."""
    study = session.study
    if session.practice is not None or session.ending is not None:
        from nntutor.tui.drawing.pages.covers import ENDING, PRACTICE

        return PRACTICE if session.practice is not None else ENDING
    if (session.home.reading if study is None else study.panel) is None:
        return None
    # Another door: few starts open one of them.
    from nntutor.tui.drawing.pages.covers import COVERS, GLOSSARY

    return GLOSSARY if study is None else COVERS.get(type(study.panel))


@lru_cache(maxsize=1)  # a key is asked on which page of the prose it was pressed, and that has just been drawn
def lesson_page(session: Session) -> LessonPage:
    """The page of the lesson at hand.

    One of the doors behind which NumPy is loaded: the list of lessons stands 100 ms sooner without it.
    """
    from nntutor.tui.drawing.pages.lesson import LessonPage

    assert session.study is not None
    return LessonPage(session, session.study, words_with_keys(session))
