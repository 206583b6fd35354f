"""The glossary as a page: each term in the language at hand, the other language's word beside it."""

from __future__ import annotations

from itertools import accumulate

from nntutor.lessons.course import glossary
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Piece, Row, headed, wrapped
from nntutor.tui.drawing.pages import texts
from nntutor.tui.state.panels import Reading
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign


def glossary_page(session: Session, words: Words) -> list[Row]:
    """The whole screen, scrolled down as far as it is."""
    return texts.page(session, words, words.say("glossary.title"), _rows(session), _top(session), _keys(session))


def _rows(session: Session) -> list[Row]:
    return [row for block in _blocks(session) for row in block][:-1]  # nothing goes on after the last one


def _keys(session: Session) -> Keys:
    return [
        *((sign(session, action), action) for action in ("continue", "search", "language")),
        (non_text_key(session, "escape"), "close"),
    ]


def _top(session: Session) -> int:
    if session.study is None:
        return session.home.reading or 0
    assert isinstance(session.study.panel, Reading)
    return session.study.panel.top


def _blocks(session: Session) -> list[list[Row]]:
    language, plain, width = session.language, look_of(session).plain, texts.width(session)
    blocks: list[list[Row]] = []
    for term in glossary.terms():
        about = wrapped(plain(term.about[language]), max(10, width - 6))
        others = "   ".join(named for spoken, named in term.name.items() if spoken != language)
        names = headed(plain(term.name[language]), plain(others), width)
        blocks.append([*names, *[(Piece(f"    {line}"),) for line in about], ()])
    return blocks


def last_top(session: Session) -> int:
    """How far down the page can be scrolled."""
    return texts.last_top(session, len(_rows(session)))


def same_term(before: Session, after: Session, top: int) -> int:
    """Where the page that is at `top` before a change of language or size is to stand after it."""
    starts = _starts(before)
    term = max(number for number, start in enumerate(starts) if start <= top)
    return min(last_top(after), _starts(after)[term])


def _starts(session: Session) -> list[int]:
    return [0, *accumulate(len(block) for block in _blocks(session)[:-1])]


def term_top(session: Session) -> int:
    """Where the page opens: at the term of the step at hand."""
    assert session.study is not None
    return top_of(session, glossary.place_of(session.study.step.kind))


def top_of(session: Session, term: int) -> int:
    """Where the page opens at a term."""
    return min(last_top(session), _starts(session)[term])
