"""The glossary as a page: each term in the language at hand, the other language's word beside it."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from nntutor.lessons.course import glossary
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.state.signs import firm, sign

if TYPE_CHECKING:
    from nntutor.tui.state.session import Session


def glossary_page(session: Session, top: int, words: Words) -> list[Row]:
    """The whole screen, scrolled down by `top` rows."""
    from nntutor.tui.drawing.pages.page import key_line

    look = Look(session.style, session.digits)
    room = _room(session)
    shown = [row for block in _blocks(session) for row in block][top : top + room]
    keys = [
        (firm(session, "unit_previous", "unit_next"), "more"),
        *((sign(session, action), action) for action in ("continue", "language")),
        (firm(session, "escape"), "close"),
    ]
    return [
        (Piece(f" {words.say('glossary.title')}", "title"),),
        (Piece(look.line("─") * session.width, "edge"),),
        *shown,
        *[()] * (room - len(shown)),
        key_line(keys, words, session.width),
    ]


def _room(session: Session) -> int:
    return max(1, session.height - 3)


def _blocks(session: Session) -> list[list[Row]]:
    language = session.language
    other = "ko" if language == "en" else "en"
    blocks: list[list[Row]] = []
    for term in glossary.terms():
        about = wrapped(term.about[language], max(10, session.width - 6))
        name: Row = (Piece(f" {term.name[language]}", "bold"), Piece(f"   {term.name[other]}", "dim"))
        blocks.append([name, *[(Piece(f"    {line}"),) for line in about], ()])
    return blocks


def last_top(session: Session) -> int:
    """How far down the page can be scrolled."""
    return max(0, sum(len(block) for block in _blocks(session)) - 1 - _room(session))


def same_term(before: Session, after: Session, top: int) -> int:
    """Where the page that is at `top` before a change of language or size is to stand after it."""
    starts = _starts(before)
    term = max(number for number, start in enumerate(starts) if start <= top)
    return min(last_top(after), _starts(after)[term])


def _starts(session: Session) -> list[int]:
    return [0, *accumulate(len(block) for block in _blocks(session)[:-1])]


def top_of(session: Session) -> int:
    """Where the page opens: at the term of the step at hand."""
    assert session.study is not None
    place = glossary.place_of(session.study.step.kind)
    return min(last_top(session), _starts(session)[place])
