"""Find the bug: an iteration line by line, the picked one in full below; and, once it is over, what shows the mistake.

Nothing here says which mistake it is before that: a line is shown as whoever made it worked it out.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.notation.kinds import SIGNED
from nntutor.core.notation.style import Style
from nntutor.lessons.course.bugs import Hunting
from nntutor.lessons.language.cells import at_right, cells
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.lessons.posing.posed_bug import PosedBug
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule
from nntutor.tui.drawing.canvas.lists import MARK, Listed, around, chosen
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import (
    Piece,
    Row,
    ended,
    kept,
    padded_row,
    row_cells,
    shortened,
    wrapped,
)  # fmt: skip
from nntutor.tui.drawing.canvas.saying import said as note_said
from nntutor.tui.drawing.canvas.typed import typed
from nntutor.tui.drawing.pages import texts
from nntutor.tui.drawing.step.formula import formula_rows, in_one_row
from nntutor.tui.state.panels import Marked, Marking
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.signs import non_text_key, words_with_keys

_ASKED = ("bug.ask", "bug.how")
_DIGITS = 4
_AIRY = 20  # rows from which lines across the screen part the lists from the rest
_FORMULA = 4  # rows of the picked line
_LEAST = 2  # lines that are seen at least
_STILL = 2  # rows of what is said, and in a low screen as many as
_TOLD = 4
_WIDEST = 72  # so that the eye finds the figure that belongs to a formula


def marking_page(session: Session, words: Words) -> list[Row]:
    """The whole screen while the line is looked for."""
    study = session.study
    assert study is not None and isinstance(study.panel, Marking)
    panel, look, width = study.panel, look_of(session), session.width
    posed = PosedBug(Speech(words, session.style), panel.hunting.bug)
    across = [rule(width, look)] if session.height >= _AIRY else []
    low = [*_asked(session, words, posed, panel, look), *typed(Piece(" : ", "key"), panel.line, width, look)]
    low.append(key_line(_keys(session), words, width))
    low = [*([()] * len(across)), *low]
    room = session.height - 1 - 2 * len(across) - len(low)
    formula = _formula(words, panel, look, width, max(1, min(_FORMULA, room - _LEAST)))
    lines = _lines(panel, look, width, max(1, room - len(formula)))
    return [_head(posed, width, look), *across, *lines, *across, *formula, *low]


def _head(posed: PosedBug, width: int, look: Look) -> Row:
    """What it is, and of which network, as far as there is room."""
    title = f" {posed.of_seed}"
    return (Piece(title, "title"), Piece(ended(f"   {posed.about}", width - cells(title), look), "dim"))


def _asked(session: Session, words: Words, posed: PosedBug, panel: Marking, look: Look) -> list[Row]:
    """The question, or what is said of the line that was marked last."""
    study, width = session.study, session.width
    told = list(posed.told(panel.hunting))
    if panel.unread:
        told = [posed.no_line(panel.unread)]
    if panel.wrong is not None:
        told = [note_said(panel.wrong, words, look)]
    if study is not None and study.note is not None:
        told = [note_said(study.note, words, look)]
    style = "warning" if told else "bold"
    if not told:
        told = [look.plain(words.say(key)) for key in _ASKED[: 2 if session.height >= _AIRY else 1]]
    rows: list[Row] = [(Piece(f" {line}", style),) for one in told for line in wrapped(one, width - 2)]
    # Where there is room the lines above stand still, whatever is said.
    still = [()] * (_STILL - len(rows)) if session.height >= _AIRY else []
    return [*kept(rows, max(_TOLD, session.height // 3), look), *still]


def _lines(panel: Marking, look: Look, width: int, room: int) -> list[Row]:
    """The lines around the picked one: number, what is made by which formula, figure; ✗ stands at a marked one."""
    look = replace(look, digits=_DIGITS)  # the picked one has those that are asked for, below
    listed = [Listed((), line) for line in range(1, len(panel.hunting.bug.trace) + 1)]
    shown, wide = around(listed, panel.picked, room, width, look), min(width, _WIDEST)
    rows = [(*_line(panel, one.item or 1, look, wide - MARK), *one.row[-1:]) for one in shown]
    return rows + [()] * (room - len(rows))


def _line(panel: Marking, line: int, look: Look, width: int) -> Row:
    trace = panel.hunting.bug.trace
    ref, picked = trace.ref(line), line == panel.picked
    mark = look.line("✗") if line in panel.hunting.marks else " "
    lead = f" {look.line('▸') if picked else ' '}{mark}{at_right(str(line), len(str(len(trace))))}  "
    figure = f" {look.figure(trace.value(ref), ref.kind in SIGNED)}"
    left = width - cells(figure)
    head = (Piece(lead, "warning" if mark.strip() else "dim"), Piece(f"{trace.symbol(ref, look.style)} = "))
    formula = in_one_row(trace, ref, left - row_cells(head), look, lambda piece: piece.replace(" more ", " "))
    row: Row = (*head, *(Piece(piece.text) for piece in formula))
    row = (*padded_row(shortened(row, left, look), left), Piece(figure))
    click = Pointed("row", line - 1)
    row = tuple(piece._replace(click=click) for piece in row)
    return chosen(row, width) if picked else row


def _formula(words: Words, panel: Marking, look: Look, width: int, height: int) -> list[Row]:
    """The picked line with its figures, made of the lines before it."""
    trace = panel.hunting.bug.trace
    step = trace.step(panel.picked)
    left_out = Speech(words, look.style).left_out
    rows = formula_rows(trace, replace(step, full=step.formula), width, height, look, left_out=left_out)
    # They are numbers of another network: a click leads nowhere.
    return [tuple(piece._replace(click=None) for piece in row) for row in rows]


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "continue"), "mark"),
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        ("?", "hint"),
        (non_text_key(session, "escape"), "skip"),
    ]


# --- once it is over -----------------------------------------------------------------------------------


def marked_page(session: Session, words: Words) -> list[Row]:
    """The whole screen when it is over, scrolled down as far as the panel says."""
    study = session.study
    assert study is not None and isinstance(study.panel, Marked)
    top = min(study.panel.top, last_top(session))
    title = PosedBug(Speech(words, session.style), study.panel.hunting.bug).of_seed
    keys = [(non_text_key(session, "continue"), "continue"), (non_text_key(session, "escape"), "close")]
    return texts.page(session, words, title, _text(session, words), top, keys)


def last_top(session: Session) -> int:
    """How far down that page can be scrolled."""
    return texts.last_top(session, len(_text(session, words_with_keys(session))))


def _text(session: Session, words: Words) -> list[Row]:
    study = session.study
    assert study is not None and isinstance(study.panel, Marked)
    width, hunting = texts.width(session), study.panel.hunting
    ended = PosedBug(Speech(words, session.style), hunting.bug).ended(hunting.outcome != "shown")
    return [
        (Piece(f" {line}", "bold" if sentence == ended else ""),)
        for sentence in told(words, session.style, hunting)
        for line in wrapped(sentence, width - 2)
    ]


def told(words: Words, style: Style, hunting: Hunting) -> list[str]:
    """How it ended: which line it was, both lines, what shows it, and how to look for it again."""
    posed = PosedBug(Speech(words, style), hunting.bug)
    return [*posed.told(hunting), posed.ended(hunting.outcome != "shown"), *posed.explained, posed.again]
