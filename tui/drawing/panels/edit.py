"""A given number that is being set: what it is now, and what would follow."""

from __future__ import annotations

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.rows import Piece, Row, headed, row_cells, wrapped
from nntutor.tui.drawing.canvas.saying import called, fitting, said
from nntutor.tui.drawing.canvas.typed import typed
from nntutor.tui.drawing.step.formula import operand_figure
from nntutor.tui.state import edit_line, edits
from nntutor.tui.state.edit_line import Change
from nntutor.tui.state.panels import Editing
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import edit_sign, non_text_key
from nntutor.tui.state.study import Study
from nntutor.tui.state.writing import earlier

_PREVIEW = 3  # rows


def rows(session: Session, study: Study, panel: Editing, words: Words) -> list[Row]:
    look, width = look_of(session), session.width
    head, beside = Piece(" "), ""
    if "=" not in panel.text and panel.ref is not None:
        symbol, first = called(words, edits.symbol_of(study, panel.ref)), edits.since(study, panel.ref)
        key = "edit.now" if first == study.timeline.iteration else "edit.now_then"
        value = operand_figure(edits.value_now(study, panel.ref), look)
        shown = words.say(key, value=value, iteration=first)
        head, beside = Piece(f" {symbol} = ", "key"), f"   {shown}"
    drawn = [*headed(words.say("edit.title"), words.say("edit.how"), width), *typed(head, panel.line, width, look)]
    if row_cells(drawn[-1]) + cells(beside) <= width:
        drawn[-1] = (*drawn[-1], Piece(beside, "dim"))
    else:
        drawn.append((Piece(beside, "dim"),))
    if panel.wrong is not None:
        return [
            *drawn,
            *[(Piece(f" {line}", "warning"),) for line in wrapped(said(panel.wrong, words, look), width - 2)],
        ]
    wanted = edit_line.parse_edit(study, panel) if panel.text.strip() else None
    if not isinstance(wanted, Change):
        return drawn
    follows = f" {words.say('edit.follows')} "
    told = fitting(edit_line.preview(study, wanted), words, look, width - cells(follows) - 1, _PREVIEW)
    heads = (follows, *[" " * cells(follows)] * len(told))
    return [*drawn, *[(Piece(head), Piece(line, "result")) for head, line in zip(heads, told, strict=False)]]


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "set"),
        *([(edit_sign(session, "earlier"), "earlier")] if earlier(session) else []),
        (non_text_key(session, "escape"), "close"),
    ]
