"""The three rows of a step: its formula in symbols, the same with the live figures, the result.

Operands have two more digits than the result, so that redoing the shown arithmetic leads to the shown
result; where it does not give it exactly, the result row says ≈ instead of =.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, chain, islice, pairwise

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Expr
from nntutor.core.notation.redoing import equals, rounded
from nntutor.core.notation.spelling import Token, is_number, numbers, pieces, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.hues import hue
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells
from nntutor.tui.state.session import Pointed

Spelled = Callable[[str], str]

_MORE = 2
_MOST_DIGITS = 17
_HIDDEN = "?"
_BESIDE = 3  # cells between a result and what stands beside it
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
    most: int = 0,
    beside: Row = (),
) -> list[Row]:
    """The step in at most `height` rows of `width` cells; noun: its kind, at the right where it fits.

    book: says which formula books print, where the step's own form is a safer one. left_out: says in the learner's
    language that terms are left out. most: rows that may be taken where `height` of them, sums shortened, are too few.
    beside: what stands beside the result, or in a row below it.
    """
    symbol = trace.symbol(step.ref, look.style)
    lead = cells(symbol) + 1
    last = _last(_result(trace, step, look, lead), beside, lead, width)
    heights = height - len(last), max(height, most) - len(last)
    parts = _parts(trace, step, max(1, width - lead - 3), heights, look, left_out)
    rows: list[Row] = []
    for part in parts:
        for line in part:
            first = line is part[0]
            equals = Piece(" = ") if first else Piece("   ")
            name = Piece(symbol, "result", Pointed("number", step.ref)) if not rows else Piece(" " * cells(symbol))
            rows.append((Piece(" "), name, equals, *line))
    if rows and noun and row_cells(rows[0]) + cells(noun) + 3 <= width:
        gap = width - row_cells(rows[0]) - cells(noun) - 1
        rows[0] = (*rows[0], Piece(" " * gap), Piece(noun, "dim"))
    rows += [*last[:-1], (*last[-1], *_textbook(trace, step, book, width - row_cells(last[-1]), look))]
    return rows[-max(height, most) :] if height else []


def in_one_row(trace: Trace, ref: Ref, width: int, look: Look, left_out: Spelled) -> Row:
    """What makes a number, in symbols: whole; else its sums shortened; else cut, saying how many numbers follow.

    The sample of the number itself is not said again.
    """
    tree = trace.plan.formula(ref, trace.samples)
    count = numbers(tree, look.style)

    def symbol(used: Ref) -> str:
        return trace.symbol(used._replace(sample=-1) if used.sample == ref.sample else used, look.style)

    for most in (None, *_TERMS, 1) if count <= width else (*_TERMS, 1):
        pieces = [part for one in tokens(tree, symbol, look.style, most, cases=True) for part in _said(one, left_out)]
        if _cells(pieces) <= width:
            return _row(pieces)
    first, *others = _cut(tree, symbol, max(1, width), 1, look)[0]
    return (first._replace(text=first.text.lstrip()), *others)


def _parts(
    trace: Trace, step: Step, width: int, heights: tuple[int, int], look: Look, left_out: Spelled
) -> list[list[Row]]:
    """Symbols and figures in lines: whole; else the sums shortened; else in more rows; else cut, saying by how much."""
    count = numbers(step.full, look.style)
    for height in heights:
        # Whole, each number takes a cell at least, in symbols and in figures: of thousands that is not tried.
        for most in (None, *_TERMS) if 2 * count <= width * height else _TERMS:
            spelled = [
                [part for one in tokens(tree, leaf, look.style, most, cases=True) for part in _said(one, left_out)]
                for tree, leaf in _readings(trace, step, look)
            ]
            parts = [_lines(pieces, width) for pieces in spelled]
            if sum(len(part) for part in parts) <= height:
                return parts
    upper = height // 2
    rooms = (upper, height - upper)
    return [
        _cut(tree, leaf, width, room, look)
        for (tree, leaf), room in zip(_readings(trace, step, look), rooms, strict=True)
        if room > 0
    ]


def _said(token: Token, left_out: Spelled) -> list[Token]:
    """A token, or word by word that terms are left out: it is longer than a narrow line."""
    text = left_out(token.text)
    return [token] if text == token.text else [Token(f" {word}") for word in text.split()]


def _cut(tree: Expr, leaf: Callable[[Ref], str], width: int, height: int, look: Look) -> list[Row]:
    """As much of a formula as `height` lines have room for, and how many numbers come after it."""
    units, whole = _first_units(tree, leaf, width * height, look)
    passed = (0, *accumulate(sum(map(is_number, unit)) for unit in units))
    total = numbers(tree, look.style)
    for kept in range(len(units), -1, -1):
        left_out = total - passed[kept]
        if left_out or (whole and kept == len(units)):
            said = [Token(look.more(left_out))] if left_out else []
            lines = _lines([*chain.from_iterable(units[:kept]), *said], width)
            if len(lines) <= height:
                return lines
    return lines[:height]


def _first_units(tree: Expr, leaf: Callable[[Ref], str], most: int, look: Look) -> tuple[list[list[Token]], bool]:
    """The first units of a formula, at most so many, and whether these are all."""
    spelled, found = pieces(tree, leaf, look.style, cases=True), []
    while more := list(islice(spelled, most)):
        found += more
        units = _units(found)
        if len(units) > most:
            return units[:most], False
    return _units(found), True


def _readings(trace: Trace, step: Step, look: Look) -> list[tuple[Expr, Callable[[Ref], str]]]:
    def shown(ref: Ref) -> str:
        return operand_figure(trace.value(ref), look) if trace.known(ref, step.index) else _HIDDEN

    return [(step.full, lambda ref: trace.symbol(ref, look.style)), (step.full, shown)]


def operand_figure(value: float, look: Look) -> str:
    return figure(value, _operand_digits(look), style=look.style)


def _operand_digits(look: Look) -> int:
    return min(look.digits + _MORE, _MOST_DIGITS)


def _lines(pieces: list[Token], width: int) -> list[Row]:
    """Tokens in lines of at most `width` cells, broken before an operator or after a factor, never in a number."""
    lines: list[Row] = []
    line: list[Token] = []
    for unit in _units(pieces):
        if line and _cells(line) + _cells(unit) > width:
            lines.append(_row(line))
            line, unit = [], [Token(unit[0].text.lstrip(), unit[0].key), *unit[1:]]
        while _cells(unit) > width and len(unit) > 1:
            most = next(n for n in range(len(unit) - 1, 0, -1) if n == 1 or _cells(unit[:n]) <= width)
            lines.append(_row(unit[:most]))
            unit = unit[most:]
        line = [*line, *unit]
    return [*lines, _row(line)] if line else lines


def _units(pieces: list[Token]) -> list[list[Token]]:
    """What is read in one piece: a factor with its parentheses and the sign before it."""
    units: list[list[Token]] = []
    for before, token in pairwise([Token(""), *pieces]):
        if not units or token.text.startswith(" ") or before.text in ("·", "*", "/", ", "):
            units.append([])
        units[-1].append(token)
    return units


def _cells(pieces: list[Token]) -> int:
    return sum(cells(token.text) for token in pieces)


def _row(pieces: list[Token]) -> Row:
    return tuple(
        Piece(token.text) if token.key is None else Piece(token.text, hue(token.key), Pointed("number", token.key))
        for token in pieces
    )


def _result(trace: Trace, step: Step, look: Look, lead: int) -> Row:
    shown = trace.known(step.ref, step.index)
    value = figure(step.value, look.digits, trace.signed(step.ref), look.style) if shown else _HIDDEN
    sign = result_sign(trace, step, look) if shown else "="
    return (Piece(f" {' ' * lead}{sign} "), Piece(value, "result", Pointed("number", step.ref)))


def _last(result: Row, beside: Row, lead: int, width: int) -> list[Row]:
    """The result, and in its row or below it what stands beside it."""
    if not beside:
        return [result]
    if row_cells(result) + _BESIDE + row_cells(beside) <= width:
        return [(*result, Piece(" " * _BESIDE), *beside)]
    room = max(0, min(lead + 3, width - row_cells(beside)))
    return [result, (Piece(" " * room), *beside)]


def result_sign(trace: Trace, step: Step, look: Look) -> str:
    """The sign before a step's result: whether the shown figures give it as it is shown."""
    plain = replace(look, style=Style.ASCII)
    shown = figure(step.value, look.digits, style=Style.ASCII)
    digits = _operand_digits(look)
    return equals(
        step.full,
        lambda ref: operand_figure(trace.value(ref), plain),
        shown,
        look.style,
        lambda ref: rounded(trace.values(ref), digits),
    )


def _textbook(trace: Trace, step: Step, book: Spelled | None, width: int, look: Look) -> Row:
    if step.textbook is None or book is None:
        return ()
    pieces = tokens(step.textbook, lambda ref: trace.symbol(ref, look.style), look.style, 4)
    text = f"   {book(''.join(piece.text for piece in pieces))}"
    return (Piece(text, "dim"),) if cells(text) < width else ()
