"""A formula as text: symbols, figures or LaTeX, piece by piece, so that a screen can mark the pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from nntutor.core.notation.formula import (
    Call,
    Div,
    Expr,
    Mul,
    Name,
    Neg,
    Num,
    Series,
    Square,
    Sub,
    Sum,
    by_step,
    children,
)  # fmt: skip
from nntutor.core.notation.style import Style, sign


@dataclass(frozen=True)
class Token:
    """A piece of a formula's text; `key` is the number that it stands for."""

    text: str
    key: Any = None


_LATEX_CALL = {
    "σ": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "ln": r"\ln", "max": r"\max",
    "relu": r"\mathrm{relu}", "leaky": r"\mathrm{leaky}", "step": r"\mathrm{step}",
    "sign": r"\operatorname{sign}",
}  # fmt: skip
_CASES, _SUM, _TERM, _PRODUCT, _UNARY, _ATOM = 0, 1, 2, 3, 4, 5


def tokens(
    expr: Expr, leaf: Callable[[Any], str], style: Style = Style.UNICODE, most: int | None = None, cases: bool = False
) -> list[Token]:
    """The tree as text, piece by piece.

    leaf spells a name (its symbol, or its figure: beside another, a negative figure gets parentheses). Sums of more
    than `most` terms are shortened in the middle, and say how many terms are left out. cases: for people, what is one
    of two numbers is told by its cases, 1 if … > 0 else 0, and not by the functions of the grammar.
    """
    return list(pieces(expr, leaf, style, most, cases))


def pieces(
    expr: Expr, leaf: Callable[[Any], str], style: Style = Style.UNICODE, most: int | None = None, cases: bool = False
) -> Iterator[Token]:
    """The same, each piece made when it is asked for: of a long formula as many as there is room for."""
    return _spell(expr, leaf, style, most, cases, 0)


def text(spelled: list[Token]) -> str:
    return "".join(piece.text for piece in spelled)


def is_number(token: Token) -> bool:
    """Whether a piece counts as a number of the formula."""
    return token.key is not None or token.text.isnumeric()


def by_cases(expr: Expr) -> TypeGuard[Call]:
    """Whether a formula is, as a whole, one of two numbers: 1 if … > 0 else 0, without brackets around it."""
    return isinstance(expr, Call) and expr.func in ("step", "above")


def numbers(expr: Expr, style: Style = Style.UNICODE) -> int:
    """How many pieces count as numbers where cases are told; of a long sum without spelling it."""
    if isinstance(expr, Sum) and isinstance(expr.terms, Series):
        return expr.terms.length * numbers(expr.terms[0], style) + sum(numbers(one, style) for one in expr.terms.more)
    if by_cases(expr):
        return 2 + numbers(expr.args[0], style) + _otherwise(expr, style).isnumeric()
    if parts := children(expr):
        return sum(numbers(part, style) for part in parts) + (isinstance(expr, Square) and style is Style.UNICODE)
    return sum(map(is_number, pieces(expr, str, style, cases=True)))


def number(value: float, style: Style) -> str:
    """A number of the formula itself: ½, 2, 0.01."""
    if value == 0.5:
        return r"\tfrac12 " if style is Style.LATEX else sign("½", style)
    text = str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
    return "−" + text[1:] if value < 0 and style is Style.UNICODE else text


def _otherwise(call: Call, style: Style) -> str:
    """What a step, or a slope that is told by cases, is in the other case."""
    return number(0.0 if call.func == "step" else call.parameter, style)


def _starts_negative(expr: Expr) -> bool:
    """Whether the text begins with a minus sign that must not follow another sign."""
    while isinstance(expr, Mul | Div):
        expr = expr.a
    return isinstance(expr, Neg)


def _spell(
    expr: Expr, leaf: Callable[[Any], str], style: Style, most: int | None, cases: bool, outer: int
) -> Iterator[Token]:
    def spell(part: Expr, level: int) -> Iterator[Token]:
        return _spell(part, leaf, style, most, cases, level)

    def operator(mark: str, spaced: bool = False) -> Token:
        mark = sign(mark, style)
        return Token(f" {mark.strip()} " if spaced else mark)

    match expr:
        case Name(key):
            word = leaf(key)
            alone = not outer  # σ(−2.9), not σ((−2.9))
            # ∂E/∂w5, its fraction, 1e-5
            joined = "/" in word or r"\frac" in word or (word[:1].isdigit() and "e" in word)
            bare = (alone or word[:1] not in "−-") and not (outer == _ATOM and joined)
            yield from [Token(word, key)] if bare else [Token("("), Token(word, key), Token(")")]
            return
        case Num(value):
            yield Token(number(value, style))
            return
        case Call("abs", (a,)) if style is Style.LATEX:
            yield from (Token(r"\left|"), *spell(a, 0), Token(r"\right|"))
            return
        case Call("√", (a,)) if style is Style.LATEX:
            yield from (Token(r"\sqrt{"), *spell(a, 0), Token("}"))
            return
        case Call("step" | "above") if cases:
            level = _CASES
        case Call("above"):
            yield from spell(by_step(expr), outer)
            return
        case Call(func, args):
            yield Token(_LATEX_CALL[func] if style is Style.LATEX else sign(func, style))
            yield Token("(")
            for index, arg in enumerate(args):
                if index:
                    yield Token(", ")
                yield from spell(arg, 0)
            yield Token(")")
            return
        case Square(a):
            yield from spell(a, _ATOM)
            yield Token("^2" if style is not Style.UNICODE else "²")
            return
        case Div(a, b) if style is Style.LATEX:
            yield from (Token(r"\frac{"), *spell(a, 0), Token("}{"), *spell(b, 0), Token("}"))
            return
        case Sum((only,)):
            yield from spell(only, outer)
            return
        case Sum() | Sub():
            level = _SUM
        case Mul() | Div():
            level = _PRODUCT
        case Neg():
            level = _PRODUCT
    closed = outer > level or (outer == _TERM and _starts_negative(expr))
    if closed:
        yield Token(r"\left(" if style is Style.LATEX else "(")
    match expr:
        case Call(func, (a,)):
            word = r"\ \mathrm{{{}}}\ " if style is Style.LATEX else " {} "
            yield from (Token("1"), Token(word.format("if")), *spell(a, 0))
            yield from (operator("≥" if func == "step" else ">", spaced=True), Token("0"), Token(word.format("else")))
            yield Token(_otherwise(expr, style))
        case Neg(a):
            yield operator("−")
            yield from spell(a, _UNARY)
        case Sum(terms):
            left_out = 0 if most is None or len(terms) <= most else len(terms) - most
            head = len(terms) if not left_out else max(1, most // 2 if most else 1)
            for index in range(head):
                if index:
                    yield operator("+", spaced=True)
                yield from spell(terms[index], _TERM if index else _SUM)
            if left_out:
                yield Token(f" + {sign('…', style)} {left_out} more {sign('…', style)}")
            for index in range(head + left_out, len(terms)):
                yield operator("+", spaced=True)
                yield from spell(terms[index], _TERM)
        case Sub(a, b):
            yield from spell(a, _SUM)
            yield operator("−", spaced=True)
            yield from spell(b, _TERM)
        case Mul(a, b) | Div(a, b):
            yield from spell(a, _PRODUCT)
            yield operator("·" if isinstance(expr, Mul) else "/")
            yield from spell(b, _UNARY)
    if closed:
        yield Token(r"\right)" if style is Style.LATEX else ")")
