"""Why this number: the operands of the step at hand, and what made each."""

from __future__ import annotations

from collections.abc import Iterable

from nntutor.core.engine.step import Operand
from nntutor.core.notation.kinds import PER_OPTIMIZER, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells, padded
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of, title_row
from nntutor.tui.drawing.canvas.lists import chosen
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened, wrapped
from nntutor.tui.state.panels import Why
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import Study

_MOST = 5
_MEASURED = 1000  # operands, of which the longest makes the columns of a narrow screen
_ROOMY = 80  # cells for columns that do not move from step to step


def rows(session: Session, study: Study, panel: Why, words: Words) -> list[Row]:
    look, operands = look_of(session), study.step.operands
    symbol = study.trace.symbol(study.step.ref, look.style)
    drawn = [title_row(words.say("why_panel.title", symbol=symbol))]

    def named(operand: Operand) -> tuple[str, str]:
        known = study.trace.known(operand.ref, study.timeline.step)
        value = look.figure(operand.value, digits=look.digits + 2) if known else "?"
        return study.trace.symbol(operand.ref, look.style), value

    wide = (10, 14) if session.width >= _ROOMY else _longest(named(operand) for operand in operands[:_MEASURED])
    first = min(max(0, panel.picked - _MOST + 1), max(0, len(operands) - _MOST))
    for number, operand in enumerate(operands[first : first + _MOST], first):
        mark = look.line("▸") if number == panel.picked else " "
        name, value = (padded(text, cells) for text, cells in zip(named(operand), wide, strict=True))
        text = f" {mark} {name} = {value} {made(study, words, operand.ref)}"
        row = shortened((Piece(text, click=Pointed("row", number)),), session.width, look)
        drawn.append(chosen(row, session.width) if number == panel.picked else row)
    more = len(operands) - first - _MOST
    hint = words.say("why_panel.jump" if operands else "why_panel.nothing")
    if more > 0:
        hint = f"{look.more(more).strip()}   {hint}"
    return [*drawn, *[(Piece(f" {line}", "dim"),) for line in wrapped(hint, session.width - 2)]]


def _longest(rows: Iterable[tuple[str, str]]) -> tuple[int, int]:
    names, values = zip(*rows, strict=True) if (rows := list(rows)) else ((), ())
    return max(map(cells, names), default=0), max(map(cells, values), default=0)


def keys(session: Session) -> Keys:
    study = session.study
    there = [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
    ]
    return [
        *(there if study is not None and study.step.operands else []),
        (non_text_key(session, "backspace"), "back"),
        (non_text_key(session, "escape"), "close"),
    ]


def made(study: Study, words: Words, ref: Ref) -> str:
    """Which step made a number, or how it is given."""
    trace = study.trace
    producer = trace.producer(ref)
    if producer is not None:
        iteration, step = producer
        if iteration == trace.iteration:
            return words.say("why_panel.made", step=step)
        return words.say("why_panel.made_before", iteration=iteration, step=step)
    return words.say(f"why_panel.{_given(study, ref)}")


def _given(study: Study, ref: Ref) -> str:
    trace = study.trace
    if ref in trace.edited:
        return "given_edit"
    if ref.kind in PER_OPTIMIZER:
        return "given_rate"
    if ref.kind == "target":
        return "given_target"
    if ref.kind == "out":
        return "given_input"
    if ref.kind in PER_WEIGHT and ref.kind != "weight":
        return "given_state" if trace.problem.given is None else "given_file"
    if trace.index_of(ref._replace(kind="new")) is None:
        return "given_held"
    return "given_weight" if ref.input else "given_bias"
