"""What is at hand set down: in which format, how much of it, and where it goes."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, title_row
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.drawing.panels.run import choice, in_rows
from nntutor.tui.state.panels import KINDS_OF_FILES, Exporting
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign
from nntutor.tui.state.study import Study


def rows(session: Session, study: Study, panel: Exporting, words: Words) -> list[Row]:
    width = session.width
    pieces = [choice(kind, number, number == panel.picked) for number, kind in enumerate(KINDS_OF_FILES)]
    about = f"{extent(study, panel, words)}: {words.say(f'saving.{panel.format}')}"
    return [
        title_row(words.say("saving.title")),
        *in_rows(Piece(" "), pieces, width),
        *[(Piece(f" {line}"),) for line in wrapped(about, width - 2)],
        *[(Piece(f" {line}", "dim"),) for line in wrapped(words.say("saving.how"), width - 2)],
    ]


def extent(study: Study, panel: Exporting, words: Words) -> str:
    """How much is set down: the screen, an iteration, or those up to it."""
    if panel.format == "svg":
        return words.say("saving.screen")
    return words.say("saving.run" if panel.whole else "saving.iteration", iteration=study.place.iteration)


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "back", "step"), "choose"),
        (sign(session, "run"), "extent"),
        (non_text_key(session, "continue"), "save"),
        (sign(session, "check"), "copy"),
        (non_text_key(session, "escape"), "close"),
    ]
