"""A given number that is being set: what it is now, and what would follow."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of, title_row
from nntutor.tui.drawing.canvas.rows import CURSOR, Piece, Row, cut, wrapped
from nntutor.tui.state import edits
from nntutor.tui.state.edits import Change
from nntutor.tui.state.panels import Editing
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import Study


def rows(session: Session, study: Study, panel: Editing, words: Words) -> list[Row]:
    look, width = look_of(session), session.width
    head = (*title_row(words.say("edit.title")), Piece(f"   {words.say('edit.how')}", "dim"))
    if "=" in panel.text:
        line: Row = (Piece(" "), Piece(panel.text), CURSOR)
    else:
        symbol = study.trace.symbol(panel.ref, look.style)
        now = look.figure(study.trace.value(panel.ref), digits=look.digits + 2)
        line = (Piece(f" {symbol} = ", "key"), Piece(panel.text), CURSOR)
        line = (*line, Piece(f"   {words.say('edit.now', value=now)}", "dim"))
    drawn: list[Row] = [head, line]
    if panel.wrong is not None:
        key, facts = panel.wrong
        return [*drawn, *[(Piece(f" {line}", "warning"),) for line in wrapped(words.say(key, **facts), width - 2)]]
    wanted = edits.parse_edit(study, panel) if panel.text.strip() else None
    followed = edits.preview(study, wanted) if isinstance(wanted, Change) else None
    if followed is None:
        return drawn
    arrow = look.line("→")
    told = "   ".join(f"{name} {look.figure(before)} {arrow} {look.figure(after)}" for name, before, after in followed)
    return [*drawn, (Piece(f" {words.say('edit.follows')} "), Piece(cut(told, width - 12), "result"))]


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "set"),
        (non_text_key(session, "escape"), "close"),
    ]
