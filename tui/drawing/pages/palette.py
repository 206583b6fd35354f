"""The commands by name: what there is, what of it is searched for, and the page on which one is picked.

Drawn as every other page is, not with Textual's own list of commands: that one repaints the screen several times,
which is 20 KB on a slow line, and keys that come faster than it opens and closes end the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import CURSOR, Piece, Row, cut, padded
from nntutor.tui.state import korean
from nntutor.tui.state.signs import firm, sign, spoken

if TYPE_CHECKING:
    from nntutor.tui.state.session import Session

# The page of keys, in the order of the contract: (actions whose keys are shown, word under [help]).
HELP = (
    (("continue",), "continue"), (("step", "back"), "step"), (("unit_next", "unit_previous"), "unit"),
    (("phase_next", "phase_previous"), "phase"), (("iteration_next", "iteration_previous"), "iteration"),
    (("first", "last"), "ends"), (("goto",), "goto"), (("why",), "why"), (("check",), "check"),
    (("edit",), "edit"), (("more", "less"), "main"), (("halve", "double"), "scale"), (("own",), "own"),
    (("undo", "redo"), "undo"),
    (("run",), "run"), (("zoom",), "zoom"), (("view",), "view"), (("digits",), "digits"),
    (("lesson_next", "lesson_previous"), "lesson"), (("glossary",), "glossary"),
    (("language",), "language"), (("theme",), "theme"), (("help",), "help"), (("palette",), "palette"),
    (("leave",), "leave"),
)  # fmt: skip
_AT_HOME = ("glossary", "language", "theme", "leave")


def found(session: Session) -> list[tuple[str, str]]:
    """(action, what it does) of every command that can be picked here and is searched for."""
    assert session.palette is not None
    words = spoken(session)
    named = [(actions[0], words.say(f"help.{word}")) for actions, word in HELP if len(actions) == 1]
    here = [one for one in named if one[0] != "palette" and (session.study is not None or one[0] in _AT_HOME)]
    # With the Korean input method on, "why" arrives as 조ㅛ.
    query = session.palette.query
    queries = [text.lower().split() for text in (query, korean.plain(query))]
    shown = [one for one in here if any(all(part in " ".join(one).lower() for part in parts) for parts in queries)]
    return sorted(shown, key=lambda one: not any(one[0] in parts for parts in queries))


def palette_rows(session: Session, words: Words) -> list[Row]:
    """The list of commands over the whole screen."""
    assert session.palette is not None
    look, width, commands = Look(session.style, session.digits), session.width, found(session)
    room = max(1, session.height - 4)
    top = max(0, min(session.palette.picked - room // 2, len(commands) - room))
    rows = [
        _row(session, look, command, number == session.palette.picked)
        for number, command in enumerate(commands[top : top + room], top)
    ]
    if not commands:
        rows = [(Piece(f"   {words.say('palette.nothing', query=session.palette.query)}", "note"),)]
    ask: Row = (Piece(f" {words.say('palette.ask')} ", "key"), Piece(session.palette.query), CURSOR)
    rule: Row = (Piece(look.line("─") * width, "edge"),)
    head: list[Row] = [(Piece(f" {words.say('palette.title')}", "bold"),), rule, ask]
    return [*head, *rows, *[()] * (session.height - 4 - len(rows)), _keys(session, words)]


def _row(session: Session, look: Look, command: tuple[str, str], picked: bool) -> Row:
    action, name = command
    key, wide = sign(session, action), min(session.width, 78)
    room = max(1, wide - cells(key) - 5)
    if cells(name) > room:
        name = cut(name, room - 1).rstrip() + look.line("…")
    text = padded((Piece(f" {look.line('▸') if picked else ' '} {name}"),), room + 3)
    line = "".join(piece.text for piece in text) + f" {key} "
    return (Piece(line, "picked" if picked else ""),)


def _keys(session: Session, words: Words) -> Row:
    from nntutor.tui.drawing.pages.page import key_line

    pairs = [
        (firm(session, "unit_previous", "unit_next"), "choose"),
        (firm(session, "continue"), "open"),
        (firm(session, "escape"), "close"),
    ]
    return key_line(pairs, words, session.width)
