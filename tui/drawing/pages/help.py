"""The page of keys, and of the signs that stand on the screen."""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule, title_row
from nntutor.tui.drawing.canvas.rows import Piece, Row, padded_row, wrapped
from nntutor.tui.state.commands import HELP
from nntutor.tui.state.panels import Helping
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign, words_with_keys

_LEAST_KEYS = 14
SIGNS = {
    "[ ]": "at_hand",
    "[0]": "sample",
    "?": "not_yet",
    "≈": "nearly",
    "…": "goes_on",
    "… 3 …": "left_out",
    "▼ ▲": "down_up",
    "▸": "picked",
    "● ○": "points",
    "✓ ✗": "answered",
    "✕": "lowest",
    "A a": "racer",
    "┊": "expected",
}
"""What stands on the screen beside words and numbers, and its word under [signs]."""


def help_page(session: Session, words: Words) -> list[Row]:
    """The whole screen, scrolled down as far as the panel says."""
    study = session.study
    assert study is not None and isinstance(study.panel, Helping)
    room = max(1, session.height - 3)
    top = min(study.panel.top, last_top(session))
    shown = _lines(session, words)[top : top + room]
    head = [title_row(words.say("help.title")), rule(session.width, look_of(session))]
    return [*head, *shown, *[()] * (room - len(shown)), key_line(_keys(session), words, session.width)]


def last_top(session: Session) -> int:
    """How far down the page can be scrolled."""
    return max(0, len(_lines(session, words_with_keys(session))) - (session.height - 3))


def _lines(session: Session, words: Words) -> list[Row]:
    keys = [(sign(session, *actions), word) for actions, word in HELP]
    wide = max(_LEAST_KEYS, *(cells(shown) + 3 for shown, _ in keys))
    rows: list[Row] = []
    for shown, word in keys:
        if not shown:
            continue
        lines = wrapped(words.say(f"help.{word}"), max(10, session.width - wide - 2)) or [""]
        rows.append((*padded_row((Piece(f" {shown}", "key"),), wide), Piece(lines[0])))
        rows += [(Piece(" " * wide), Piece(line)) for line in lines[1:]]
    look = look_of(session)
    for shown, word in SIGNS.items():
        lines = wrapped(words.say(f"signs.{word}"), max(10, session.width - wide - 2))
        heads = (f" {look.plain(shown)}", *[""] * (len(lines) - 1))
        rows += [
            (*padded_row((Piece(head, "key"),), wide), Piece(line)) for head, line in zip(heads, lines, strict=True)
        ]
    footer = wrapped(words.say("help.footer"), session.width - 2)
    return [*rows, (), *[(Piece(f" {line}", "dim"),) for line in footer]]


def _keys(session: Session) -> Keys:
    assert session.study is not None
    if session.study.running is not None:
        return [(non_text_key(session, "escape"), "stop")]
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "more"),
        (non_text_key(session, "escape"), "close"),
    ]
