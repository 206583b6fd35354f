"""A text that may be longer than the screen: a title, the text, ▲ and ▼ with how many rows go on, the keys.

On a wide screen in two columns, as in a book: the right one goes on where the left one ends.
"""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule
from nntutor.tui.drawing.canvas.lists import WIDE
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside, ended, padded_row
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key

_HEAD = 2
_GAP = 3
_AIRY = 8  # rows from which one is left free above the keys


def width(session: Session) -> int:
    """Cells of a column."""
    return (session.width - _GAP) // 2 if _columns(session) > 1 else session.width


def rows_seen(session: Session) -> int:
    """How many rows of a text are seen at once."""
    return _columns(session) * _room(session)


def last_top(session: Session, count: int) -> int:
    """How far down a text of so many rows can be scrolled."""
    return max(0, count - rows_seen(session))


def page(
    session: Session, words: Words, title: str, text: list[Row], top: int, keys: Keys, first: Keys = ()
) -> list[Row]:
    """The whole screen, the text scrolled down by `top` rows. first, keys: those before and behind the ones that
    scroll, which go sooner where there is no room."""
    look, room = look_of(session), _room(session)
    alone = _columns(session) > 1 and top + rows_seen(session) != len(text) and _is_alone(text, top + room - 1)
    shown = text[top : top + rows_seen(session) - alone]
    above, below = _sign("▲", top, look), _sign("▼", len(text) - top - len(shown), look)
    airy = _airy(session)
    body = shown[: room - alone]
    body += [()] * (room - len(body))
    if _columns(session) > 1:
        body = beside(body, shown[room - alone :], width(session), _GAP)
    more = [(non_text_key(session, "unit_previous", "unit_next"), "more")] if last_top(session, len(text)) else []
    return [
        _ended(f" {title}", above if airy else above + below, session.width, look),
        rule(session.width, look),
        *body,
        *([_ended("", below, session.width, look)] if airy else []),
        key_line([*first, *more, *keys], words, session.width),
    ]


def _is_alone(text: list[Row], at: int) -> bool:
    """Whether a row is a heading of one row, which stands with what is below it."""
    heading = [bool(row) and row[0].style == "bold" for row in text[max(0, at - 1) : at + 2]]
    return len(text) > at + 1 and bool(text[at + 1]) and heading[-3:] == [False, True, False]


def _columns(session: Session) -> int:
    return 2 if session.width >= WIDE else 1


def _airy(session: Session) -> bool:
    return session.height >= _AIRY


def _room(session: Session) -> int:
    return max(1, session.height - _HEAD - 1 - _airy(session))


def _sign(sign: str, count: int, look: Look) -> str:
    return f" {look.line(sign)} {count}" if count else ""


def _ended(title: str, sign: str, width: int, look: Look) -> Row:
    """What there is of a title beside a sign at the right end, which is said whole."""
    room = max(0, width - cells(sign))
    row: Row = (Piece(ended(look.plain(title), room, look), "title"),) if title else ()
    return (*padded_row(row, room), Piece(sign, "dim")) if sign else row
