"""The page of keys, and of the signs that stand on the screen."""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Piece, Row, padded_row, wrapped
from nntutor.tui.drawing.pages import texts
from nntutor.tui.state.commands import GROUPS, HELP, group_of
from nntutor.tui.state.panels import Helping
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign, words_with_keys
from nntutor.tui.state.study import Study

_LEAST_KEYS = 14
SIGNS = {
    "[ ]": "at_hand",
    "[0]": "sample",
    "?": "not_yet",
    "3e4": "power",
    "≈": "nearly",
    "…": "goes_on",
    "… 3 …": "left_out",
    "▼ ▲ ← →": "down_up",
    "▸": "picked",
    "● ○ •": "points",
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
    top = min(study.panel.top, last_top(session))
    return texts.page(session, words, words.say("help.title"), _lines(session, words), top, _keys(session, study))


def last_top(session: Session) -> int:
    """How far down the page can be scrolled."""
    return texts.last_top(session, len(_lines(session, words_with_keys(session))))


def _lines(session: Session, words: Words) -> list[Row]:
    """The keys by what they are for, then the signs."""
    look, width = look_of(session), texts.width(session)
    shown = [(sign(session, *actions), word, group_of(actions[0])) for actions, word in HELP]
    wide = max(_LEAST_KEYS, *(cells(key) + 3 for key, _, _ in shown))
    rows: list[Row] = []
    for group in GROUPS:
        rows += _heading(words.say(f"command_group.{group}"), width)
        for key, word, its in shown:
            if key and its == group:
                rows += _explained(key, words.say(f"help.{word}"), wide, width)
        rows.append(())
    rows += _heading(words.say("help.signs"), width)
    for mark, word in SIGNS.items():
        rows += _explained(look.plain(mark), words.say(f"signs.{word}"), wide, width)
    footer = wrapped(words.say("help.footer"), width - 2)
    return [*rows, (), *[(Piece(f" {line}", "dim"),) for line in footer]]


def _heading(text: str, width: int) -> list[Row]:
    return [(Piece(f" {line}", "bold"),) for line in wrapped(text, width - 2)]


def _explained(key: str, said: str, wide: int, width: int) -> list[Row]:
    """A key or a sign, and what it means beside it."""
    first, *rest = wrapped(said, max(10, width - wide - 2)) or [""]
    return [
        (*padded_row((Piece(f" {key}", "key"),), wide), Piece(first)),
        *[(Piece(" " * wide), Piece(line)) for line in rest],
    ]


def _keys(session: Session, study: Study) -> Keys:
    return [(non_text_key(session, "escape"), "close" if study.running is None else "stop")]
