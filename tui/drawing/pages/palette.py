"""The list of commands: those that are searched for by name, one of them picked.

Drawn as every other page is, not with Textual's own list of commands: that one repaints the screen several times,
which is 20 KB on a slow line, and keys that come faster than it opens and closes end the program.
"""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule, title_row
from nntutor.tui.drawing.canvas.lists import MARK, WIDE, Listed, around, with_about
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, ended, kept, padded_row, wrapped
from nntutor.tui.drawing.canvas.typed import asked
from nntutor.tui.state.palette import Entry, found
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.signs import edit_sign, non_text_key
from nntutor.tui.state.writing import earlier

_HEAD, _ABOUT = 3, 4
_LIST = 56  # cells of the list on a wide screen


def palette_page(session: Session, words: Words) -> list[Row]:
    """The list of commands over the whole screen."""
    assert session.palette is not None
    look, width, entries = look_of(session), session.width, found(session)
    count = words.say("search.count", at=session.palette.picked + 1, of=len(entries)) if entries else ""
    ask = asked(words.say("palette.ask"), session.palette.line, width, look)
    head = [title_row(f"{words.say('palette.title')}   {count}".rstrip()), rule(width, look), ask]
    return [*head, *_body(session, words, entries, look), key_line(_keys(session), words, width)]


def _body(session: Session, words: Words, entries: tuple[Entry, ...], look: Look) -> list[Row]:
    """Everything between the line that is typed and the keys."""
    assert session.palette is not None
    width, height = session.width, session.height - _HEAD - 1
    if not entries:
        nothing = wrapped(words.say("palette.nothing", query=look.plain(session.palette.query)), width - 4)
        rows: list[Row] = [(Piece(f"   {line}", "note"),) for line in nothing[:height]]
        return rows + [()] * (height - len(rows))
    rows = [one.row for one in listed(session, words, entries, look)]
    picked = entries[session.palette.picked]
    if width >= WIDE:
        return with_about(rows, _about(picked, words, width - _LIST - 5, look), _LIST, height, look)
    room = _room(session)
    rows += [()] * (room - len(rows))
    if room == height:
        return rows
    said = [(Piece(f"  {line}"),) for line in wrapped(look.plain(picked.about[0]), width - 4)]
    rows += [rule(width, look), *kept(list[Row](said), _ABOUT - 1, look)]
    return rows + [()] * (height - len(rows))


def _room(session: Session) -> int:
    """How many rows the list has: on a small screen all of them."""
    height = max(1, session.height - _HEAD - 1)
    return height - _ABOUT if session.width < WIDE and height >= 3 * _ABOUT else height


def listed(session: Session, words: Words, entries: tuple[Entry, ...], look: Look) -> list[Listed]:
    """The rows of the list as they stand below the line that is typed, each with the number of its entry."""
    assert session.palette is not None
    wide = _LIST if session.width >= WIDE else session.width
    rows: list[Listed] = []
    group = ""
    for number, entry in enumerate(entries):
        if entry.group != group:
            group = entry.group
            rows.append(Listed((Piece(f" {look.plain(words.say(f'command_group.{group}'))}", "bold"),)))
        click = Pointed("row", number)
        rows.append(Listed(_row(entry, number == session.palette.picked, click, wide, look), number))
    return around(rows, session.palette.picked, _room(session), wide, look)


def _row(entry: Entry, picked: bool, click: Pointed, wide: int, look: Look) -> Row:
    """Its name and its key, which leaves the end of the row to ▲ and ▼."""
    room = max(1, wide - MARK - cells(entry.key) - 4)
    name = ended(look.plain(entry.names[0]), room, look)
    text = padded_row((Piece(f" {look.line('▸') if picked else ' '} {name}"),), room + 3)
    line = "".join(piece.text for piece in text) + f" {entry.key}"
    return padded_row((Piece(line + " " * max(0, wide - cells(line)), "picked" if picked else "", click),), wide)


def _about(entry: Entry, words: Words, width: int, look: Look) -> list[Row]:
    """What is picked, whole: its names, what it does."""
    group = words.say(f"command_group.{entry.group}")
    return [
        (Piece(look.plain(entry.names[0].strip()), "title"), Piece(f"   {entry.key}", "key")),
        (Piece(look.plain(group), "dim"),),
        (),
        *[(Piece(line),) for line in wrapped(look.plain(entry.about[0]), width)],
    ]


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
        *([(edit_sign(session, "earlier"), "earlier")] if earlier(session) else []),
        (non_text_key(session, "escape"), "close"),
    ]
