"""A line that is asked for: where to go to, or the error to run down to."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, title_row
from nntutor.tui.drawing.canvas.rows import CURSOR, Piece, Row
from nntutor.tui.state.panels import Asking
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import Study


def rows(session: Session, study: Study, panel: Asking, words: Words) -> list[Row]:
    title, example = ("goto.ask", "goto.example") if panel.what == "goto" else ("run.goal_ask", "run.goal_example")
    drawn: list[Row] = [
        (*title_row(words.say(title)), Piece(f"   {words.say(example)}", "dim")),
        (Piece(" : ", "key"), Piece(panel.text), CURSOR),
    ]
    if panel.wrong is not None:
        key, facts = panel.wrong
        drawn.append((Piece(f" {words.say(key, **facts)}", "warning"),))
    return drawn


def keys(session: Session) -> Keys:
    return [(non_text_key(session, "continue"), "continue"), (non_text_key(session, "escape"), "close")]
