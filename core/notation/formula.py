"""Formulas as small trees: one tree, five readings.

A tree is read as symbols, as figures, as LaTeX, as the value of one entry, and as NumPy over whole
arrays. Because the five readings share the tree, a formula and the number beside it cannot disagree.
This room knows arithmetic and its spelling; which formula belongs where is said elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np

from nntutor.core.errors import FormulaError
from nntutor.core.notation.symbols import SYMBOL, Style


@dataclass(frozen=True)
class Name:
    """A number by its key: a `Ref` in a step's formula, a role ("net") in a table's."""

    key: Hashable


@dataclass(frozen=True)
class Num:
    """A number that belongs to the formula itself: ½, 1, 0.01."""

    value: float


@dataclass(frozen=True)
class Neg:
    a: Expr


@dataclass(frozen=True)
class Sum:
    terms: tuple[Expr, ...]


@dataclass(frozen=True)
class Sub:
    a: Expr
    b: Expr


@dataclass(frozen=True)
class Mul:
    a: Expr
    b: Expr


@dataclass(frozen=True)
class Div:
    a: Expr
    b: Expr


@dataclass(frozen=True)
class Square:
    a: Expr


@dataclass(frozen=True)
class Call:
    """A function of the grammar; `parameter` is leaky ReLU's slope below 0."""

    func: str
    args: tuple[Expr, ...]
    parameter: float = 0.01


Expr = Name | Num | Neg | Sum | Sub | Mul | Div | Square | Call

HALF = Num(0.5)
ONE = Num(1.0)
ZERO = Num(0.0)


def call(func: str, *args: Expr) -> Call:
    return Call(func, args)


def product(*factors: Expr) -> Expr:
    """Factors from left to right, as the contract evaluates a product."""
    result = factors[0]
    for factor in factors[1:]:
        result = Mul(result, factor)
    return result


def maximum(terms: tuple[Expr, ...]) -> Expr:
    """The largest of several, written with the grammar's max of two, halves first so that it stays shallow."""
    if len(terms) == 1:
        return terms[0]
    half = (len(terms) + 1) // 2
    return call("max", maximum(terms[:half]), maximum(terms[half:]))


def children(expr: Expr) -> tuple[Expr, ...]:
    match expr:
        case Name() | Num():
            return ()
        case Neg(a) | Square(a):
            return (a,)
        case Sum(terms):
            return terms
        case Call(_, args):
            return args
        case Sub(a, b) | Mul(a, b) | Div(a, b):
            return (a, b)


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    match expr:
        case Name() | Num():
            return expr
        case Sum():
            return Sum(parts)
        case Call(func, _, parameter):
            return Call(func, parts, parameter)
        case Neg() | Square() | Sub() | Mul() | Div():
            return type(expr)(*parts)


def bind(expr: Expr, meaning: Callable[[Any], Expr]) -> Expr:
    """The same tree with every name replaced by what it means."""
    if isinstance(expr, Name):
        return meaning(expr.key)
    return rebuild(expr, tuple(bind(part, meaning) for part in children(expr)))


def keys(expr: Expr) -> Iterator[Any]:
    """The keys of all names, from left to right, repeated ones repeated."""
    if isinstance(expr, Name):
        yield expr.key
    for part in children(expr):
        yield from keys(part)


def names(expr: Expr) -> tuple[Any, ...]:
    """The keys of all names in the order of first appearance."""
    return tuple(dict.fromkeys(keys(expr)))


# --- spelled ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Token:
    """A piece of a formula's text; `key` is the number that it stands for."""

    text: str
    key: Any = None


_ASCII = {"·": "*", "−": "-", "²": "^2", "½": "0.5", "√": "sqrt", "σ": "sigmoid", "…": "..."}
_LATEX_CALL = {
    "σ": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "ln": r"\ln", "max": r"\max",
    "relu": r"\mathrm{relu}", "leaky": r"\mathrm{leaky}", "step": r"\mathrm{step}",
}  # fmt: skip
_SUM, _TERM, _PRODUCT, _UNARY, _ATOM = 1, 2, 3, 4, 5


def tokens(
    expr: Expr, leaf: Callable[[Any], str], style: Style = Style.UNICODE, most: int | None = None
) -> list[Token]:
    """The tree as text, piece by piece.

    leaf spells a name (its symbol, or its figure: negative figures get parentheses). Sums of more than
    `most` terms are shortened in the middle, and say how many terms are left out.
    """
    return list(_spell(expr, leaf, style, most, 0))


def text(pieces: list[Token]) -> str:
    return "".join(piece.text for piece in pieces)


def _sign(sign: str, style: Style) -> str:
    if style is Style.LATEX:
        return {"·": r" \cdot ", "−": "-"}.get(sign, sign)
    return _ASCII.get(sign, sign) if style is Style.ASCII else sign


def number(value: float, style: Style) -> str:
    """A number of the formula itself: ½, 2, 0.01."""
    if value == 0.5:
        return r"\tfrac12 " if style is Style.LATEX else _sign("½", style)
    text = str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
    return "−" + text[1:] if value < 0 and style is Style.UNICODE else text


def _starts_negative(expr: Expr) -> bool:
    """Whether the text begins with a minus sign that must not follow another sign."""
    while isinstance(expr, Mul | Div):
        expr = expr.a
    return isinstance(expr, Neg)


def _spell(expr: Expr, leaf: Callable[[Any], str], style: Style, most: int | None, outer: int) -> Iterator[Token]:
    def spell(part: Expr, level: int) -> Iterator[Token]:
        return _spell(part, leaf, style, most, level)

    def sign(mark: str, spaced: bool = False) -> Token:
        mark = _sign(mark, style)
        return Token(f" {mark.strip()} " if spaced else mark)

    match expr:
        case Name(key):
            word = leaf(key)
            bare = word[:1] not in "−-" and not (outer == _ATOM and ("/" in word or "e" in word.lower()[1:]))
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
        case Call(func, args):
            yield Token(_LATEX_CALL[func] if style is Style.LATEX else _sign(func, style))
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
            yield from _spell(only, leaf, style, most, outer)
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
        case Neg(a):
            yield sign("−")
            yield from spell(a, _UNARY)
        case Sum(terms):
            left_out = 0 if most is None or len(terms) <= most else len(terms) - most
            head = len(terms) if not left_out else max(1, most // 2 if most else 1)
            for index, term in enumerate(terms):
                if left_out and head <= index < head + left_out:
                    if index == head:
                        yield Token(f" + {_sign('…', style)} {left_out} more {_sign('…', style)}")
                    continue
                if index:
                    yield sign("+", spaced=True)
                yield from spell(term, _TERM if index else _SUM)
        case Sub(a, b):
            yield from spell(a, _SUM)
            yield sign("−", spaced=True)
            yield from spell(b, _TERM)
        case Mul(a, b) | Div(a, b):
            yield from spell(a, _PRODUCT)
            yield sign("·" if isinstance(expr, Mul) else "/")
            yield from spell(b, _UNARY)
    if closed:
        yield Token(r"\right)" if style is Style.LATEX else ")")


# --- evaluated -------------------------------------------------------------------------------------

# The functions of the grammar that are one NumPy call; the others are written with these.
_UFUNC: dict[str, np.ufunc] = {
    "exp": np.exp, "ln": np.log, "√": np.sqrt, "tanh": np.tanh, "abs": np.absolute, "max": np.maximum,
}  # fmt: skip


def expand(expr: Call) -> Expr | None:
    """A function of the grammar in terms of simpler ones; None where NumPy has it."""
    x = expr.args[0]
    if expr.func == "σ":
        return Div(ONE, Sum((ONE, call("exp", Neg(x)))))
    if expr.func == "relu":
        return call("max", x, ZERO)
    return None


Op = tuple[Callable[..., object], tuple[Any, ...]]
"""One call of the compiled list: a ufunc and its operands, the array that takes the result last."""


def operation(expr: Expr) -> tuple[np.ufunc, tuple[Expr, ...]]:
    """The NumPy function at the top of the tree and the trees of its operands."""
    match expr:
        case Neg(a):
            return np.negative, (a,)
        case Square(a):
            return np.multiply, (a, a)
        case Sub(a, b):
            return np.subtract, (a, b)
        case Mul(a, b):
            return np.multiply, (a, b)
        case Div(a, b):
            return np.divide, (a, b)
        case Sum(terms):
            return np.add, (Sum(terms[:-1]) if len(terms) > 2 else terms[0], terms[-1])
        case Call("step", (a,)):
            return np.heaviside, (a, ONE)
        case Call("leaky", (a,), slope):
            # The larger of x and slope·x is x above 0 and slope·x below, as long as the slope is at most 1.
            return (np.maximum if slope <= 1 else np.minimum), (a, Mul(Num(slope), a))
        case Call("max", args) if len(args) > 2:
            return np.maximum, (Call("max", args[:-1]), args[-1])
        case Call(func, args):
            return _UFUNC[func], args
        case Name() | Num():
            raise TypeError(f"{expr} is no operation")


def evaluate(expr: Expr, value: Callable[[Any], float]) -> float:
    """The value of one entry, with NumPy's functions, from left to right as written."""
    with np.errstate(all="ignore"):
        return float(_evaluate(expr, value))


def _evaluate(expr: Expr, value: Callable[[Any], float]) -> np.float64:
    match expr:
        case Name(key):
            return np.float64(value(key))
        case Num(constant):
            return np.float64(constant)
        case Sum(terms):
            total = _evaluate(terms[0], value)
            for term in terms[1:]:
                total = total + _evaluate(term, value)
            return total
        case Call("max", args):
            return np.float64(reduce(np.maximum, (_evaluate(arg, value) for arg in args)))
        case Call() if (simpler := expand(expr)) is not None:
            return _evaluate(simpler, value)
        case _:
            ufunc, parts = operation(expr)
            return np.float64(ufunc(*(_evaluate(part, value) for part in parts)))


class Compiler:
    """Writes trees out as NumPy calls on whole arrays, in the order in which they are written.

    `array` gives the array behind a name, or an np.float64 where the number never changes. Buffers for
    parts are made once, here; running the calls makes none.
    """

    def __init__(self, array: Callable[[Any], Any]) -> None:
        self._array = array
        self._free: dict[tuple[int, ...], list[Any]] = {}
        self._made: list[Any] = []
        self.ops: list[Op] = []

    def into(self, expr: Expr, target: Any) -> None:
        """Append the calls that leave the value of `expr` in `target`."""
        result = self._emit(expr, target)
        if result is not target:
            self.ops.append((np.positive, (_operand(result), target)))

    def _emit(self, expr: Expr, target: Any) -> Any:
        match expr:
            case Name(key):
                return self._array(key)
            case Num(constant):
                return np.float64(constant)
            case Sum((only,)):
                return self._emit(only, target)
            case Call() if (simpler := expand(expr)) is not None:
                return self._emit(simpler, target)
        ufunc, parts = operation(expr)
        # A part may use the target's memory as long as no part that is still to come reads it.
        results: list[Any] = []
        taken = False
        for index, part in enumerate(parts):
            if index and part is parts[0]:
                results.append(results[0])
                continue
            others = [other for place, other in enumerate(parts) if place != index]
            fits = target is not None and not taken and not any(self._reads(o, target) for o in others)
            result = self._emit(part, target if fits else None)
            taken = taken or (fits and result is target)
            results.append(result)
        if all(isinstance(result, np.float64) for result in results):
            return np.float64(ufunc(*results))
        shape = np.broadcast_shapes(*(np.shape(result) for result in results))
        out = target if target is not None and target.shape == shape else self._take(shape)
        self.ops.append(_op(ufunc, tuple(_operand(result) for result in results), out))
        for result in results:
            if result is not out:
                self._give(result)
        return out

    def _reads(self, expr: Expr, target: Any) -> bool:
        arrays = (self._array(key) for key in keys(expr))
        return any(np.shares_memory(array, target) for array in arrays if not isinstance(array, np.float64))

    def _take(self, shape: tuple[int, ...]) -> Any:
        free = self._free.setdefault(shape, [])
        if free:
            return free.pop()
        self._made.append(np.empty(shape))
        return self._made[-1]

    def _give(self, array: Any) -> None:
        made = any(array is one for one in self._made)
        if made and not any(array is one for one in self._free[array.shape]):
            self._free[array.shape].append(array)


def _op(ufunc: np.ufunc, operands: tuple[Any, ...], out: Any) -> Op:
    if ufunc in (np.maximum, np.minimum):
        # NumPy takes no third positional operand for these two.
        return partial(ufunc, out=out), operands
    return ufunc, (*operands, out)


def _operand(value: Any) -> Any:
    return np.array(value) if isinstance(value, np.float64) else value


# --- read from text --------------------------------------------------------------------------------

_FUNCTIONS = {
    "σ": ("σ", 1), "sigmoid": ("σ", 1), "tanh": ("tanh", 1), "relu": ("relu", 1), "leaky": ("leaky", 1),
    "step": ("step", 1), "exp": ("exp", 1), "ln": ("ln", 1), "√": ("√", 1), "sqrt": ("√", 1),
    "abs": ("abs", 1), "max": ("max", 2),
}  # fmt: skip
NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
# Deeper parentheses than any formula has, and longer chains of − · / ²: far from Python's own limit.
_DEEPEST = 50
_LONGEST = 200


def parse(source: str, find: Callable[[str], Any]) -> Expr:
    """A formula from text in either spelling; `find` gives the key of a name, or None.

    Raises FormulaError with the position (from 0) of what could not be read.
    """
    return _Reader(source, find).whole()


def _height(expr: Expr) -> int:
    """Names and numbers are 0 high. Counted without recursion, which a tree from a text could exhaust."""
    height, level = 0, [expr]
    while level := [part for one in level for part in children(one)]:
        height += 1
    return height


class _Reader:
    """A reader by recursive descent; the grammar is the contract's ("Symbols and formulas")."""

    def __init__(self, source: str, find: Callable[[str], Any]) -> None:
        self.source = source
        self.find = find
        self.at = 0
        self.depth = 0

    def whole(self) -> Expr:
        result = self.sum()
        self.space()
        if self.at < len(self.source):
            raise self.wrong("operator")
        if _height(result) > _LONGEST:
            raise self.wrong("shallower")
        return result

    def wrong(self, expected: str) -> FormulaError:
        return FormulaError(self.source, self.at, expected)

    def space(self) -> None:
        while self.source[self.at : self.at + 1].isspace():
            self.at += 1

    def take(self, *marks: str) -> str | None:
        self.space()
        for mark in marks:
            if self.source.startswith(mark, self.at):
                self.at += len(mark)
                return mark
        return None

    def nested(self, part: Callable[[], Expr]) -> Expr:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("shallower")
        result = part()
        self.depth -= 1
        return result

    def sum(self) -> Expr:
        return self.nested(self.terms)

    def terms(self) -> Expr:
        result = self.term()
        while mark := self.take("+", "−", "-"):
            other = self.term()
            if mark != "+":
                result = Sub(result, other)
            elif isinstance(result, Sum):
                result = Sum((*result.terms, other))
            else:
                result = Sum((result, other))
        return result

    def term(self) -> Expr:
        result = self.unary()
        while mark := self.take("·", "*", "×", "/"):
            other = self.unary()
            result = Div(result, other) if mark == "/" else Mul(result, other)
        return result

    def unary(self) -> Expr:
        signs = 0
        while mark := self.take("−", "-", "+"):
            signs += mark != "+"
        result = self.power()
        return Neg(result) if signs % 2 else result

    def power(self) -> Expr:
        result = self.atom()
        while self.take("²", "^2"):
            result = Square(result)
        return result

    def atom(self) -> Expr:
        self.space()
        if self.take("½"):
            return HALF
        if self.take("("):
            result = self.sum()
            if not self.take(")"):
                raise self.wrong(")")
            return result
        for word, (func, arity) in _FUNCTIONS.items():
            rest = self.source[self.at + len(word) :].lstrip()
            if self.source.startswith(word, self.at) and rest.startswith("("):
                self.at += len(word)
                return self.arguments(func, arity)
        if self.take("√"):
            return call("√", self.nested(self.atom))
        if match := NUMBER.match(self.source, self.at):
            value = float(match[0])
            if value == np.inf:
                raise self.wrong("number")
            self.at = match.end()
            return Num(value)
        if match := SYMBOL.match(self.source, self.at):
            key = self.find(match[0])
            if key is None:
                raise self.wrong("name")
            self.at = match.end()
            return Name(key)
        raise self.wrong("number")

    def arguments(self, func: str, arity: int) -> Expr:
        self.take("(")
        args = [self.sum()]
        while self.take(","):
            args.append(self.sum())
        if not self.take(")"):
            raise self.wrong(")")
        if func == "max" and len(args) > 1:
            return maximum(tuple(args))
        if len(args) != arity:
            raise self.wrong("arguments")
        return Call(func, tuple(args))
