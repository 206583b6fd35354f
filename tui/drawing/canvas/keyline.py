"""What pages have in common: the row of keys, titles, how runs are called, the look of a session."""

from __future__ import annotations

from collections.abc import Sequence

from nntutor.core.notation.style import Style
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.state.session import Pointed, Session

_SHADES = 256  # colours that a terminal has at least whose cells can be shaded
_ONE_INK = "contrast"  # the theme of white on black in every cell

Keys = Sequence[tuple[str, str]]
"""(key, its word under [keys]) in the order of a key row; no key: not shown."""


def key_line(keys: Keys, words: Words, width: int) -> Row:
    """`key word` pairs of what has a key, as many as fit; the last two, help and the way out, before the others.

    A click on one is that key, on its word the first one's.
    """
    spelled = [(key, words.say(f"keys.{name}")) for key, name in keys if key]
    lengths = [cells(key) + cells(word) + 3 for key, word in spelled]
    while len(spelled) > 1 and sum(lengths) - 1 > width:
        place = max(0, len(spelled) - 3)
        del spelled[place], lengths[place]
    row: list[Piece] = []
    for key, word in spelled:
        row.append(Piece(" " if not row else "  "))
        for one in key.split():
            row += [] if row[-1].text.isspace() else [Piece(" ", "key")]
            row.append(Piece(one, "key", Pointed("key", one)))
        row.append(Piece(f" {word}", "dim", Pointed("key", key.split()[0])))
    return tuple(row)


def title_row(text: str) -> Row:
    return (Piece(f" {text}", "bold"),)


def rule(width: int, look: Look) -> Row:
    """A line across the screen."""
    return (Piece(look.line("─") * width, "edge"),)


def look_of(session: Session) -> Look:
    shaded = session.colours >= _SHADES and session.style is Style.UNICODE and session.theme != _ONE_INK
    return Look(session.style, session.digits, shaded)


def run_name(words: Words, run: str) -> str:
    """What a lesson's run is called: by its id, and where it has a race in front ("ravine-adam"), by both."""
    if words.has(f"run_name.{run}"):
        return words.say(f"run_name.{run}")
    race, dash, racer = run.partition("-")
    return f"{run_name(words, race)} · {run_name(words, racer)}" if dash else run
