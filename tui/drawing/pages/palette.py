"""The list of commands: those that are searched for by name, one of them picked.

Drawn as every other page is, not with Textual's own list of commands: that one repaints the screen several times,
which is 20 KB on a slow line, and keys that come faster than it opens and closes end the program.
"""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule, title_row
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, asked, ended, first_around, padded_row, wrapped
from nntutor.tui.state.commands import found
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign


def palette_page(session: Session, words: Words) -> list[Row]:
    """The list of commands over the whole screen."""
    assert session.palette is not None
    look, width = look_of(session), session.width
    commands = found(session.palette.query, words, session.study is None)
    room = max(1, session.height - 4)
    top = first_around(session.palette.picked, room, len(commands))
    rows = [
        _row(session, look, command, number == session.palette.picked)
        for number, command in enumerate(commands[top : top + room], top)
    ]
    if not commands:
        nothing = wrapped(words.say("palette.nothing", query=look.plain(session.palette.query)), width - 4)
        rows = [(Piece(f"   {line}", "note"),) for line in nothing[:room]]
    ask = asked(words.say("palette.ask"), session.palette.line, width, look)
    head = [title_row(words.say("palette.title")), rule(width, look), ask]
    return [*head, *rows, *[()] * (session.height - 4 - len(rows)), key_line(_keys(session), words, width)]


def _row(session: Session, look: Look, command: tuple[str, str], picked: bool) -> Row:
    action, name = command
    key, wide = sign(session, action), min(session.width, 78)
    room = max(1, wide - cells(key) - 5)
    text = padded_row((Piece(f" {look.line('▸') if picked else ' '} {ended(name, room, look)}"),), room + 3)
    line = "".join(piece.text for piece in text) + f" {key} "
    return (Piece(line, "picked" if picked else ""),)


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
        (non_text_key(session, "escape"), "close"),
    ]
