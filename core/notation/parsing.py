"""Text that somebody typed, in either spelling, as a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nntutor.core.errors import FormulaError
from nntutor.core.notation.formula import (
    HALF,
    Call,
    Div,
    Expr,
    Mul,
    Name,
    Neg,
    Num,
    Square,
    Sub,
    Sum,
    call,
    children,
    maximum,
)
from nntutor.core.notation.symbols import SYMBOL

_FUNCTIONS = {
    "σ": ("σ", 1), "sigmoid": ("σ", 1), "tanh": ("tanh", 1), "relu": ("relu", 1), "leaky": ("leaky", 1),
    "step": ("step", 1), "exp": ("exp", 1), "ln": ("ln", 1), "√": ("√", 1), "sqrt": ("√", 1),
    "abs": ("abs", 1), "max": ("max", 2), "sign": ("sign", 1),
}  # fmt: skip
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# More than any formula that people write, and far from what Python or a person waits for: letters of the text, names,
# numbers and operations, parentheses in one another, and − · / ² in a chain.
MOST_LETTERS = 4000
MOST_NODES = 1000
MOST_NESTED = 50
MOST_CHAINED = 200


def parse(source: str, find: Callable[[str], Any]) -> Expr:
    """A formula from text in either spelling; `find` gives the key of a name, or None.

    Raises FormulaError with the position (from 0) of what could not be read, and for a text that is longer or
    deeper than the bounds above: what is read is evaluated within milliseconds.
    """
    if len(source) > MOST_LETTERS:
        raise FormulaError(source, MOST_LETTERS, "shorter")
    return _Reader(source, cache(find)).whole()


def size(expr: Expr) -> tuple[int, int]:
    """How high a tree is (names and numbers are 0 high), and of how many nodes.

    Counted without recursion, which a tree from a text could exhaust.
    """
    height, nodes, level = 0, 1, [expr]
    while level := [part for one in level for part in children(one)]:
        height += 1
        nodes += len(level)
    return height, nodes


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
        height, nodes = size(result)
        if height > MOST_CHAINED:
            raise self.wrong("shallower")
        if nodes > MOST_NODES:
            raise self.wrong("shorter")
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

    def opens(self, at: int) -> bool:
        """Whether the next letter that is no space is an opening parenthesis."""
        while self.source[at : at + 1].isspace():
            at += 1
        return self.source.startswith("(", at)

    def nested(self, part: Callable[[], Expr]) -> Expr:
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise self.wrong("shallower")
        result = part()
        self.depth -= 1
        return result

    def sum(self) -> Expr:
        return self.nested(self.cases)

    def cases(self) -> Expr:
        """A sum, or one of the two functions that are told as cases: 1 if … ≥ 0 else 0, 1 if … > 0 else 0.01."""
        result = self.terms()
        if not self.take("if "):
            return result
        net, mark, zero = self.terms(), self.take("≥", ">=", ">"), self.terms()
        other = self.terms() if self.take("else ") else None
        match result, mark, zero, other:
            case Num(1.0), "≥" | ">=", Num(0.0), Num(0.0):
                return call("step", net)
            case Num(1.0), ">", Num(0.0), Num(below):
                return Call("above", (net,), below)
            case Num(1.0), ">", Num(0.0), Neg(Num(above)):
                return Call("above", (net,), -above)
        raise self.wrong("operator")

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
            if self.source.startswith(word, self.at) and self.opens(self.at + len(word)):
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
