"""The list of commands: those that are searched for by name, one of them picked.

Drawn as every other page is, not with Textual's own list of commands: that one repaints the screen several times,
which is 20 KB on a slow line, and keys that come faster than it opens and closes end the program.
"""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule, title_row
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import CURSOR, Piece, Row, cut, padded_row
from nntutor.tui.state.commands import found
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign


def palette_page(session: Session, words: Words) -> list[Row]:
    """The list of commands over the whole screen."""
    assert session.palette is not None
    look, width = look_of(session), session.width
    commands = found(session.palette.query, words, session.study is None)
    room = max(1, session.height - 4)
    top = max(0, min(session.palette.picked - room // 2, len(commands) - room))
    rows = [
        _row(session, look, command, number == session.palette.picked)
        for number, command in enumerate(commands[top : top + room], top)
    ]
    if not commands:
        rows = [(Piece(f"   {words.say('palette.nothing', query=session.palette.query)}", "note"),)]
    ask: Row = (Piece(f" {words.say('palette.ask')} ", "key"), Piece(session.palette.query), CURSOR)
    head = [title_row(words.say("palette.title")), rule(width, look), ask]
    return [*head, *rows, *[()] * (session.height - 4 - len(rows)), key_line(_keys(session), words, width)]


def _row(session: Session, look: Look, command: tuple[str, str], picked: bool) -> Row:
    action, name = command
    key, wide = sign(session, action), min(session.width, 78)
    room = max(1, wide - cells(key) - 5)
    if cells(name) > room:
        name = cut(name, room - 1).rstrip() + look.line("…")
    text = padded_row((Piece(f" {look.line('▸') if picked else ' '} {name}"),), room + 3)
    line = "".join(piece.text for piece in text) + f" {key} "
    return (Piece(line, "picked" if picked else ""),)


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
        (non_text_key(session, "escape"), "close"),
    ]
