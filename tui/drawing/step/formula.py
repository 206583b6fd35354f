"""The three rows of a step: its formula in symbols, the same with the live figures, the result.

Operands have two more digits than the result, so that redoing the shown arithmetic gives the shown
result; where it still does not, the result row says ≈ instead of =.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from nntutor.core.engine.trace import Step, Trace
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Expr
from nntutor.core.notation.kinds import SIGNED
from nntutor.core.notation.spelling import Token, tokens
from nntutor.core.notation.symbols import Ref, Style
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, fitted, row_cells

Spelled = Callable[[str], str]

_MORE = 2
_MOST_DIGITS = 17
# A closing parenthesis stays with what it closes, this many cells over the line.
_SPILL = 2
# Sums are shortened to this many terms before the figures are.
_TERMS = (12, 6, 4, 2)


def formula_rows(
    trace: Trace,
    step: Step,
    width: int,
    height: int,
    look: Look,
    noun: str = "",
    book: Spelled | None = None,
    left_out: Spelled = str,
) -> list[Row]:
    """The step in at most `height` rows of `width` cells; noun: its kind, at the right where it fits.

    book: says which formula books print, where the step's own form is a safer one. left_out: says in the learner's
    language that terms are left out.
    """
    symbol = trace.symbol(step.ref, look.style)
    lead = cells(symbol) + 1
    result = _result(trace, step, look, lead)
    for most in (None, *_TERMS):
        parts = [
            _lines(
                [Token(left_out(one.text), one.key) for one in tokens(tree, leaf, look.style, most)], width - lead - 3
            )
            for tree, leaf in _readings(trace, step, look)
        ]
        if sum(len(part) for part in parts) + 1 <= height:
            break
    rows: list[Row] = []
    for part in parts:
        for line in part:
            first = line is part[0]
            equals = Piece(" = ") if first else Piece("   ")
            name = Piece(symbol, "result") if not rows else Piece(" " * cells(symbol))
            rows.append((Piece(" "), name, equals, *line))
    if len(rows) >= height > 1:  # not all of the figures: that must be seen
        rows = [*rows[: height - 2], (*fitted(rows[height - 2], width - 2), Piece(look.line(" …")))]
    rows = rows[: max(0, height - 1)]
    if rows and noun and row_cells(rows[0]) + cells(noun) + 3 <= width:
        gap = width - row_cells(rows[0]) - cells(noun) - 1
        rows[0] = (*rows[0], Piece(" " * gap), Piece(noun, "dim"))
    rows.append((*result, *_textbook(trace, step, book, width - row_cells(result), look)))
    return rows[:height] if height else []


def _readings(trace: Trace, step: Step, look: Look) -> list[tuple[Expr, Callable[[Ref], str]]]:
    def shown(ref: Ref) -> str:
        return operand_figure(trace.value(ref), look)

    return [(step.full, lambda ref: trace.symbol(ref, look.style)), (step.full, shown)]


def operand_figure(value: float, look: Look) -> str:
    return figure(value, min(look.digits + _MORE, _MOST_DIGITS), style=look.style)


def _lines(pieces: list[Token], width: int) -> list[Row]:
    """Tokens in lines of at most `width` cells, broken before an operator where one is near."""
    lines: list[Row] = []
    line: list[Piece] = []
    used = 0
    for before, token in pairwise([Token(""), *pieces]):
        length = cells(token.text)
        breakable = token.text.startswith(" ") or before.text in ("·", "*", "/")
        if line and used + length > width and (breakable or used + length > _SPILL + width):
            lines.append(tuple(line))
            line, used = [], 0
            token = Token(token.text.lstrip(), token.key)
        line.append(Piece(token.text, "operand" if token.key is not None else ""))
        used += length
    return [*lines, tuple(line)] if line else lines


def _result(trace: Trace, step: Step, look: Look, lead: int) -> Row:
    value = figure(step.value, look.digits, step.ref.kind in SIGNED, look.style)
    sign = "=" if multiplies(trace, step, look) else look.line("≈")
    return (Piece(f" {' ' * lead}{sign} "), Piece(value, "result"))


def multiplies(trace: Trace, step: Step, look: Look) -> bool:
    """Whether the shown figures, worked out as shown, give the shown result."""
    digits = min(look.digits + _MORE, _MOST_DIGITS)
    plain = Style.ASCII
    again = evaluate(step.full, lambda ref: float(figure(trace.value(ref), digits, style=plain)))
    signed = step.ref.kind in SIGNED
    return figure(again, look.digits, signed, plain) == figure(step.value, look.digits, signed, plain)


def _textbook(trace: Trace, step: Step, book: Spelled | None, width: int, look: Look) -> Row:
    if step.textbook is None or book is None:
        return ()
    pieces = tokens(step.textbook, lambda ref: trace.symbol(ref, look.style), look.style, 4)
    text = f"   {book(''.join(piece.text for piece in pieces))}"
    return (Piece(text, "dim"),) if cells(text) < width else ()
