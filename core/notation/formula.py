"""Formulas as small trees: one tree, five readings.

A tree is read as symbols, as figures, as LaTeX (`spelling`), as the value of one entry and as NumPy over whole
arrays (`evaluating`). Because the five readings share the tree, a formula and the number beside it cannot disagree.
This room knows arithmetic; which formula belongs where is said in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any


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
    """−a."""

    a: Expr


@dataclass(frozen=True)
class Sum:
    """All terms, added."""

    terms: tuple[Expr, ...]


@dataclass(frozen=True)
class Sub:
    """a − b."""

    a: Expr
    b: Expr


@dataclass(frozen=True)
class Mul:
    """a·b."""

    a: Expr
    b: Expr


@dataclass(frozen=True)
class Div:
    """a/b."""

    a: Expr
    b: Expr


@dataclass(frozen=True)
class Square:
    """a²."""

    a: Expr


@dataclass(frozen=True)
class Call:
    """A function of the grammar; `parameter` is leaky ReLU's slope below 0.

    Two are told as cases: `step` is 1 if a ≥ 0 else 0, `above` 1 if a > 0 else `parameter`.
    """

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
    waiting = [expr]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Name):
            yield part.key
        else:
            waiting.extend(reversed(children(part)))


def names(expr: Expr) -> tuple[Any, ...]:
    """The keys of all names in the order of first appearance."""
    return tuple(dict.fromkeys(keys(expr)))
