"""The record of this iteration as a table: where one is, what has been found, what comes."""

from __future__ import annotations

from collections.abc import Container

from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import at_right, cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.hues import AT_HAND, MADE, hue
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, padded_row, row_cells, shortened
from nntutor.tui.drawing.step.formula import in_one_row
from nntutor.tui.drawing.step.yours import mark
from nntutor.tui.state.session import Pointed
from nntutor.tui.state.study import Study

_FORMULA = 24  # cells that figures of many digits leave to a formula
_LEAST_DIGITS = 4
_BESIDE = 8  # cells of a figure beside its digits: brackets, sign, point, exponent
_WIDEST = 72  # so that the eye finds the figure that belongs to a formula


def steps(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """Index, formula and figure of each step; of those to come no formula, and `?`. In brackets what is used and made.

    The rows stand still until the step at hand leaves the middle third: a table that moves is painted anew.
    """
    count, width = len(study.trace), min(width, _WIDEST)
    at = study.trace.index_of(study.at_hand.ref) or study.timeline.step
    first = first_shown(at, count, height)
    digits = min(look.digits, max(_LEAST_DIGITS, width - len(str(count)) - _BESIDE - _FORMULA))
    used = study.at_hand.used
    shown = range(first, min(first + height, count + 1))
    return [_clickable(_row(study, index, index == at, used, width, digits, look), index) for index in shown]


def _clickable(row: Row, index: int) -> Row:
    """Wherever in it one clicks, its step is meant."""
    click = Pointed("step", index)
    return tuple(piece._replace(click=click) for piece in row)


def first_shown(here: int, count: int, height: int) -> int:
    """The first of `height` steps that are shown, so that step `here` is one of them, in the middle where it can be."""
    third = max(1, height // 3)
    return max(1, min(here // third * third - (height - third) // 2, count - height + 1))


def _row(study: Study, index: int, at: bool, used: Container[Ref], width: int, digits: int, look: Look) -> Row:
    trace, here = study.trace, study.timeline.step
    ref, style = trace.ref(index), "dim" if index > here else ""
    lead = _lead(study, ref, index, at, look)
    name, figure = trace.symbol(ref, look.style), _figure(study, ref, digits, look)
    at_hand = MADE if at else hue(ref) if ref in used else style
    head: Row = (*lead, Piece(name, "bold" if at else style))
    shown = f"[{figure}]" if at_hand in AT_HAND else f" {figure} "
    left = width - cells(shown)
    if index <= here:
        head = (*head, Piece(" = "))
        formula = in_one_row(trace, ref, left - row_cells(head) - 1, look, _counted)
        head = (*head, *(Piece(piece.text) for piece in formula))
    if left <= row_cells(lead):
        return shortened((*head, Piece(f" {shown}", at_hand)), width, look)
    return (*padded_row(shortened(head, left, look), left), Piece(shown, at_hand))


def _lead(study: Study, ref: Ref, index: int, at: bool, look: Look) -> Row:
    """Where one is, the index, and whether the learner's own number agrees."""
    lead = f"{look.line('▸') if at else ' '} {at_right(str(index), len(str(len(study.trace))))}"
    style, own = "bold" if at else "dim", study.yours_of(ref)
    return (Piece(f"{lead}  ", style),) if own is None else (Piece(lead, style), mark(own, look), Piece(" "))


def _counted(piece: str) -> str:
    """That terms are left out, as short as a table asks for."""
    return piece.replace(" more ", " ")


def _figure(study: Study, ref: Ref, digits: int, look: Look) -> str:
    if not study.trace.known(ref, study.timeline.step):
        return "?"
    return look.figure(study.trace.value(ref), study.trace.signed(ref), digits)
