"""A formula as numbers: of one entry, or as NumPy calls on whole arrays.

Both go through one table of operations, in the order in which the formula is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from operator import add
from typing import Any

import numpy as np

from nntutor.core.notation.formula import (
    ONE,
    ZERO,
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
    call,
    children,
    keys,
    names,
    rebuild,
)

# The functions of the grammar that are one NumPy call; the others are written with these.
_UFUNC: dict[str, np.ufunc] = {
    "exp": np.exp, "ln": np.log, "√": np.sqrt, "tanh": np.tanh, "abs": np.absolute, "max": np.maximum,
    "sign": np.sign,
}  # fmt: skip


Values = Callable[[Any], Any]
"""By a key that has arrays in place of what differs the numbers of all of them, None where these cannot be had."""


def expand(expr: Call) -> Expr | None:
    """A function of the grammar in terms of simpler ones; None where NumPy has it."""
    x = expr.args[0]
    if expr.func == "σ":
        return Div(ONE, Sum((ONE, call("exp", Neg(x)))))
    if expr.func == "relu":
        return call("max", x, ZERO)
    if expr.func == "above" and not 0 <= expr.parameter <= 1:
        return by_step(expr)
    return None


Op = tuple[Callable[..., object], tuple[Any, ...]]
"""One call of the compiled list: a ufunc and its operands, the array that takes the result last."""


def written_by(op: Op) -> Any:
    """The array that a call of the compiled list writes into."""
    function, arguments = op
    if isinstance(function, partial):
        return function.keywords["out"]
    return next(one for one in reversed(arguments) if isinstance(one, np.ndarray))


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
        case Call("above", (a,), below):
            return (np.maximum, (Call("above", (a,), 0.0), Num(below))) if below else (np.heaviside, (a, ZERO))
        case Call("leaky", (a,), slope):
            # The larger of x and slope·x is x above 0 and slope·x below, as long as the slope is at most 1.
            return (np.maximum if slope <= 1 else np.minimum), (a, Mul(Num(slope), a))
        case Call("max", args) if len(args) > 2:
            return np.maximum, (Call("max", args[:-1]), args[-1])
        case Call(func, args):
            return _UFUNC[func], args
        case Name() | Num():
            raise TypeError(f"{expr} is no operation")


def evaluate(expr: Expr, value: Callable[[Any], float], values: Values | None = None) -> float:
    """The value of one entry, with NumPy's functions, from left to right as written; every part is made once.

    values: the same of keys that have arrays in place of what differs; with it a long sum's terms are made at once.
    """
    with np.errstate(all="ignore"):
        return float(_evaluate(expr, value, values))


def _evaluate(expr: Expr, value: Callable[[Any], float], values: Values | None) -> np.float64:
    def part(one: Expr) -> np.float64:
        return _evaluate(one, value, values)

    match expr:
        case Name(key):
            return np.float64(value(key))
        case Num(constant):
            return np.float64(constant)
        case Sum(Series() as terms) if values and (made := products(terms.all_at_once, values)) is not None:
            # One after the other, as written: `sum` would add in another order.
            total = np.add.accumulate(np.broadcast_to(made, terms.length))[-1]
            return np.float64(reduce(add, map(part, terms.more), total))
        case Sum(terms):
            return reduce(add, map(part, terms))
        case Call("max", args):
            return np.float64(reduce(np.maximum, map(part, args)))
        case Square(a) | Call("leaky" | "above", (a,)) if not isinstance(a, Num):
            # Read twice below: a number by then, or a chain of n of them would be made 2ⁿ times.
            return part(rebuild(expr, (Num(float(part(a))),)))
        case Call() if (simpler := expand(expr)) is not None:
            return part(simpler)
        case _:
            ufunc, parts = operation(expr)
            return np.float64(ufunc(*map(part, parts)))


def products(tree: Expr, values: Values) -> Any:
    """The terms of a series, of the tree of them all, where they are products; None where they are more than that.

    What else NumPy has is not promised to give for many numbers bit for bit what it gives for each.
    """
    match tree:
        case Name(key):
            return values(key)
        case Num(constant):
            return np.float64(constant)
        case Neg() | Square() | Mul() | Div() | Call("abs", (_,)):
            ufunc, parts = operation(tree)
            made = [products(part, values) for part in parts]
            return None if any(one is None for one in made) else ufunc(*made)
    return None


@dataclass(frozen=True, eq=False)
class _Slot:
    """An array that is not there yet: its place among the names, what takes the result and the buffers, in this order.

    shares: what takes the result may lie in the same memory.
    """

    at: int
    shape: tuple[int, ...]
    shares: bool = False


_Part = _Slot | np.float64
"""What a part of a formula is found in, or the number that it always is."""


class Compiler:
    """Writes trees out as NumPy calls on whole arrays, in the order in which they are written.

    `array` gives the array behind a name, or an np.float64 where the number never changes. Buffers for
    parts are made once, here; running the calls makes none.
    """

    def __init__(self, array: Callable[[Any], Any]) -> None:
        self._given = array
        self.ops: list[Op] = []

    def into(self, expr: Expr, target: Any) -> None:
        """Append the calls that leave the value of `expr` in `target`."""
        given = [self._given(key) for key in names(expr)]
        written = _written(expr, target.shape, tuple(_described(array, target) for array in given))
        memory = [*given, target, *map(np.empty, written.buffers)]
        for ufunc, operands, out in written.calls:
            arrays = tuple(memory[one.at] if isinstance(one, _Slot) else one for one in operands)
            self.ops.append(_op(ufunc, arrays, memory[out.at]))


@dataclass(frozen=True, eq=False)
class _Written:
    """The calls of a tree on slots, each with where its result goes, and the shapes of the buffers that they need."""

    calls: list[tuple[np.ufunc, tuple[Any, ...], _Slot]]
    buffers: list[tuple[int, ...]]


def _described(array: Any, target: Any) -> tuple[object, ...]:
    """All that the calls follow from: a number's bits; an array's shape, and whether it lies where the target does."""
    if isinstance(array, np.float64):
        return (array.tobytes(),)
    return array.shape, np.shares_memory(array, target)


@lru_cache(maxsize=1024)
def _written(expr: Expr, shape: tuple[int, ...], given: tuple[tuple[Any, ...], ...]) -> _Written:
    """A tree written out once for all arrays of these shapes: every record of a network asks for the same few."""
    target = _Slot(len(given), shape, True)
    parts: dict[Any, _Part] = {}
    for at, (key, (what, *shares)) in enumerate(zip(names(expr), given, strict=True)):
        parts[key] = _Slot(at, what, *shares) if shares else np.frombuffer(what)[0]
    return _Writer(parts, target).written(expr)


class _Writer:
    """Writes one tree."""

    def __init__(self, given: dict[Any, _Part], target: _Slot) -> None:
        self._given, self._target = given, target
        self._free: dict[tuple[int, ...], list[_Slot]] = {}
        self._made: list[_Slot] = []
        self._calls: list[tuple[np.ufunc, tuple[Any, ...], _Slot]] = []

    def written(self, expr: Expr) -> _Written:
        result = self._emit(expr, self._target)
        if result is not self._target:
            self._calls.append((np.positive, (_operand(result),), self._target))
        return _Written(self._calls, [one.shape for one in self._made])

    def _slot(self, key: Any) -> _Part:
        return key if isinstance(key, _Slot) else self._given[key]

    def _emit(self, expr: Expr, target: _Slot | None) -> _Part:
        match expr:
            case Name(key):
                return self._slot(key)
            case Num(constant):
                return np.float64(constant)
            case Sum((only,)):
                return self._emit(only, target)
            case Square(a) | Call("leaky" | "above", (a,)) if children(a):
                return self._twice(expr, self._emit(a, target), target)
            case Call() if (simpler := expand(expr)) is not None:
                return self._emit(simpler, target)
        ufunc, parts = operation(expr)
        # A part may use the target's memory as long as no part that is still to come reads it.
        results: list[_Part] = []
        taken = False
        for index, part in enumerate(parts):
            others = [other for place, other in enumerate(parts) if place != index]
            fits = target is not None and not taken and not any(map(self._reads, others))
            result = self._emit(part, target if fits else None)
            taken = taken or (fits and result is target)
            results.append(result)
        if all(isinstance(result, np.float64) for result in results):
            return np.float64(ufunc(*results))
        shape = np.broadcast_shapes(*(result.shape for result in results))
        out = target if target is not None and target.shape == shape else self._take(shape)
        self._calls.append((ufunc, tuple(_operand(result) for result in results), out))
        for part, result in zip(parts, results, strict=True):
            if result is not out and children(part):
                self._give(result)
        return out

    def _twice(self, expr: Expr, made: _Part, target: _Slot | None) -> _Part:
        """An operation that reads its one operand, which is `made`, more than once."""
        if isinstance(made, np.float64):
            return self._emit(rebuild(expr, (Num(float(made)),)), target)
        result = self._emit(rebuild(expr, (Name(made),)), target)
        if result is not made:
            self._give(made)
        return result

    def _reads(self, expr: Expr) -> bool:
        slots = (self._slot(key) for key in keys(expr))
        return any(isinstance(slot, _Slot) and slot.shares for slot in slots)

    def _take(self, shape: tuple[int, ...]) -> _Slot:
        free = self._free.setdefault(shape, [])
        if free:
            return free.pop()
        self._made.append(_Slot(self._target.at + 1 + len(self._made), shape))
        return self._made[-1]

    def _give(self, slot: Any) -> None:
        if slot in self._made and slot not in self._free[slot.shape]:
            self._free[slot.shape].append(slot)


def _op(ufunc: np.ufunc, operands: tuple[Any, ...], out: Any) -> Op:
    if ufunc in (np.maximum, np.minimum):
        # NumPy takes no third positional operand for these two.
        return partial(ufunc, out=out), operands
    return ufunc, (*operands, out)


def _operand(value: Any) -> Any:
    return np.array(value) if isinstance(value, np.float64) else value
