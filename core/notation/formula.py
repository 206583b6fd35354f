"""Formulas as small trees: one tree, five readings.

A tree is read as symbols, as figures, as LaTeX (`spelling`), as the value of one entry and as NumPy over whole
arrays (`evaluating`). Because the five readings share the tree, a formula and the number beside it cannot disagree.
This room knows arithmetic; which formula belongs where is said in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from nntutor.core.notation.named import Columns, Keys


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

    terms: Sequence[Expr]


@dataclass(frozen=True, eq=False)
class Series(Sequence["Expr"]):
    """Many terms, each made when it is read: of ten thousand a screen shows twelve.

    at: the term at an index, from 0; of an array of all `length` indices, one tree whose keys have arrays in place of
    what differs. more: the terms after them.
    """

    length: int
    at: Callable[[Any], Expr]
    more: tuple[Expr, ...] = ()

    def __len__(self) -> int:
        return self.length + len(self.more)

    @overload
    def __getitem__(self, place: int) -> Expr: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Expr]: ...
    def __getitem__(self, place: int | slice) -> Expr | Sequence[Expr]:
        at = range(len(self))[place]
        return tuple(map(self._term, at)) if isinstance(at, range) else self._term(at)

    def _term(self, place: int) -> Expr:
        return self.at(place) if place < self.length else self.more[place - self.length]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Series) or len(self) != len(other):
            return False
        # The whole says that they are alike; where it differs, one of the first terms most often shows it.
        alike = (self.length, self.more, _comparable(self)) == (other.length, other.more, _comparable(other))
        return alike or all(map(_same, self, other))

    def __hash__(self) -> int:
        return hash((self.length, self.more))

    @property
    def all_at_once(self) -> Expr:
        """The terms but for those after them, as one tree."""
        return self.at(np.arange(self.length))


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

    Two are told to people by their cases: `step` is 1 if a ≥ 0 else 0, `above` 1 if a > 0 else `parameter`. The
    grammar has no `above`: there it is what `by_step` makes of it.
    """

    func: str
    args: tuple[Expr, ...]
    parameter: float = 0.01


def _comparable(series: Series) -> Expr:
    """All terms as one tree that can be compared: arrays are not one value to `==`."""

    def comparable(key: Any) -> Expr:
        return Name(tuple(one.tobytes() if isinstance(one, np.ndarray) else one for one in key))

    return bind(series.all_at_once, comparable)


def _same(one: Expr, other: Expr) -> bool:
    return one == other


_MANY = 64
"""Terms that are made at once, as a sum of a few is read again and again."""


def terms_of(count: int, at: Callable[[Any], Expr], *more: Expr) -> Sequence[Expr]:
    """The terms of a sum by their index, from 0, and those after them (see `Series`)."""
    return Series(count, at, more) if count > _MANY else (*map(at, range(count)), *more)


Expr = Name | Num | Neg | Sum | Sub | Mul | Div | Square | Call

HALF = Num(0.5)
ONE = Num(1.0)
ZERO = Num(0.0)


def call(func: str, *args: Expr) -> Call:
    return Call(func, args)


def by_step(above: Call) -> Expr:
    """`above` by functions that the grammar has: what step(−a) takes away from 1, and leaves of `parameter`."""
    off = call("step", Neg(above.args[0]))
    on = Sub(ONE, off)
    return Sum((Mul(Num(above.parameter), off), on)) if above.parameter else on


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


def children(expr: Expr) -> Sequence[Expr]:
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


def names(expr: Expr) -> Sequence[Any]:
    """The keys of all names in the order of first appearance."""
    found = list(_parts(expr))
    return Keys(found) if any(isinstance(part, Columns) for part in found) else tuple(dict.fromkeys(found))


def _parts(expr: Expr) -> Iterator[Any]:
    """The keys of all names, those of a series in columns."""
    if isinstance(expr, Name):
        yield expr.key
    elif isinstance(expr, Sum) and isinstance(expr.terms, Series):
        yield Columns(expr.terms.length, tuple(keys(expr.terms.all_at_once)))
        for part in expr.terms.more:
            yield from _parts(part)
    else:
        for part in children(expr):
            yield from _parts(part)
