"""A formula as numbers: of one entry, or as NumPy calls on whole arrays.

Both go through one table of operations, in the order in which the formula is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
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
    call,
    children,
    keys,
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
        case Call() if (simpler := expand(expr)) is not None:
            return part(simpler)
        case Square(a) | Call("leaky", (a,)) if not isinstance(a, Num):
            # Read twice below: a number by then, or a chain of n of them would be made 2ⁿ times.
            return part(rebuild(expr, (Num(float(part(a))),)))
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
class _Made:
    """The key of a part that is in memory already."""

    array: Any


class Compiler:
    """Writes trees out as NumPy calls on whole arrays, in the order in which they are written.

    `array` gives the array behind a name, or an np.float64 where the number never changes. Buffers for
    parts are made once, here; running the calls makes none.
    """

    def __init__(self, array: Callable[[Any], Any]) -> None:
        self._given = array
        self._free: dict[tuple[int, ...], list[Any]] = {}
        self._made: list[Any] = []
        self.ops: list[Op] = []

    def into(self, expr: Expr, target: Any) -> None:
        """Append the calls that leave the value of `expr` in `target`."""
        result = self._emit(expr, target)
        if result is not target:
            self.ops.append((np.positive, (_operand(result), target)))

    def _array(self, key: Any) -> Any:
        return key.array if isinstance(key, _Made) else self._given(key)

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
            case Square(a) | Call("leaky", (a,)) if children(a):
                return self._twice(expr, self._emit(a, target), target)
        ufunc, parts = operation(expr)
        # A part may use the target's memory as long as no part that is still to come reads it.
        results: list[Any] = []
        taken = False
        for index, part in enumerate(parts):
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
        for part, result in zip(parts, results, strict=True):
            if result is not out and children(part):
                self._give(result)
        return out

    def _twice(self, expr: Expr, made: Any, target: Any) -> Any:
        """An operation that reads its one operand, which is `made`, more than once."""
        if isinstance(made, np.float64):
            return self._emit(rebuild(expr, (Num(float(made)),)), target)
        result = self._emit(rebuild(expr, (Name(_Made(made)),)), target)
        if result is not made:
            self._give(made)
        return result

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
