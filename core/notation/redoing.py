"""Whether what is shown works out: the figures of a formula, worked out as they stand, against the result as it stands.

In decimals, as on paper: 1 − 0.999 is 0.001 there, and a double's rounding is no difference that a reader could see.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.notation.evaluating import Values, expand, products
from nntutor.core.notation.formula import Call, Div, Expr, Mul, Name, Neg, Num, Series, Square, Sub, Sum, keys
from nntutor.core.notation.style import Style, sign

# More digits than the figures of a product have together, and how near 1/3·3 comes to 1 in so many.
_PRECISION, _NEAR = 60, Decimal("1e-50")
_SHORT = Decimal("5e-4")
NEAR = 2e-15
"""How far, in parts of it, a double may be from the figure that it stands for."""
_SPARE = 4  # roundings of a product beside those of its names

Near = tuple[Decimal, Decimal]
"""A number, and how far it may be from the exact one."""


def rounded(values: Array, digits: int) -> Array | None:
    """What the figures of many values say, as doubles; None where doubles cannot tell how one of them is rounded."""
    size = np.abs(values)
    with np.errstate(all="ignore"):
        scale = 10.0 ** (digits - 1 - np.floor(np.log10(size)))
        whole = np.rint(size * scale)
        unsure = np.abs(np.abs(size * scale - whole) - 0.5) <= NEAR * 10.0**digits
        made = np.where(size == 0, 0.0, np.copysign(whole / scale, values))
    return made if np.isfinite(made).all() and not (unsure & (size != 0)).any() else None


def equals(expr: Expr, figure: Callable[[Any], str], shown: str, style: Style, rounded: Values | None = None) -> str:
    """`=` where the figures give what is shown, rounded as that is, else `≈`.

    figure: what stands for a name; shown: what stands as the result; both with the minus sign of ASCII. rounded: what
    stands for all names in one place of a long sum's terms (see `rounded` above), which is worked out in doubles then,
    and in decimals only where these cannot tell.
    """
    return "=" if _gives(expr, figure, shown, rounded) else sign("≈", style)


def _gives(expr: Expr, figure: Callable[[Any], str], shown: str, rounded: Values | None) -> bool:
    with localcontext(Context(prec=_PRECISION, traps=[])):
        result = Decimal(shown)
        if not result.is_finite():
            return True
        # Half of what its last digit counts; one that ends early, as 0.4 does, is not rounded as far as that.
        half = min(Decimal(1).scaleb(int(result.as_tuple().exponent)) / 2, abs(result) * _SHORT)
        most = half + abs(result) * _NEAR
        nearly = None if rounded is None else _nearly(expr, figure, rounded)
        if nearly is not None:
            apart = abs(nearly[0] - result)
            if not nearly[1] or abs(apart - most) > nearly[1]:
                return apart <= most
        return abs(_worked_out(expr, figure) - result) <= most


def _nearly(expr: Expr, figure: Callable[[Any], str], rounded: Values) -> Near | None:
    """What an expression is worth, with its long sums in doubles; None where one of these cannot be."""

    def part(one: Expr) -> Near:
        found = _nearly(one, figure, rounded)
        if found is None:
            raise _Exactly
        return found

    try:
        match expr:
            case Sum(Series() as terms):
                return _added([_in_doubles(terms, rounded), *map(part, terms.more)])
            case Sum(terms):
                return _added([part(term) for term in terms])
            case Sub(a, b):
                return _added([part(a), part(Neg(b))])
            case Neg(a):
                value, off = part(a)
                return -value, off
            case Mul(a, b):
                (value, off), (other, its) = part(a), part(b)
                return value * other, abs(value) * its + abs(other) * off + off * its
            case Div(a, b) if not (under := part(b))[1]:
                value, off = part(a)
                return value / under[0], abs(off / under[0])
    except _Exactly:
        return None
    return _worked_out(expr, figure), Decimal(0)


class _Exactly(Exception):
    """A long sum that has to be worked out in decimals."""


def _added(parts: list[Near]) -> Near:
    return sum((value for value, _ in parts), Decimal(0)), sum((off for _, off in parts), Decimal(0))


def _in_doubles(terms: Series, rounded: Values) -> Near:
    """The terms of a series added, where they are products, and what the rounding of doubles makes of them."""
    tree = terms.all_at_once
    with np.errstate(all="ignore"):
        made = products(tree, rounded)
        if made is None:
            raise _Exactly
        every = np.broadcast_to(made, terms.length)
        total, size = float(every.sum()), float(np.abs(every).sum())
    factors = 2 * sum(1 for _ in keys(tree)) + _SPARE
    return Decimal(total), Decimal(size * (factors * NEAR + terms.length * np.finfo(float).eps))


def _worked_out(expr: Expr, figure: Callable[[Any], str]) -> Decimal:
    def part(one: Expr) -> Decimal:
        return _worked_out(one, figure)

    match expr:
        case Name(key):
            return Decimal(figure(key))
        case Num(value):
            return Decimal(repr(value))
        case Neg(a):
            return -part(a)
        case Sum(terms):
            return sum(map(part, terms), Decimal(0))
        case Sub(a, b):
            return part(a) - part(b)
        case Mul(a, b):
            return part(a) * part(b)
        case Div(a, b):
            return part(a) / part(b)
        case Square(a):
            return part(a) ** 2
        case Call("max", args):
            return max(map(part, args))
    return part(simpler) if (simpler := expand(expr)) is not None else _called(expr, part(expr.args[0]))


def _called(expr: Call, x: Decimal) -> Decimal:
    match expr.func:
        case "exp":
            return x.exp()
        case "ln":
            return x.ln()
        case "√":
            return x.sqrt()
        case "tanh":
            return 1 - 2 / ((2 * x).exp() + 1)
        case "abs":
            return abs(x)
        case "sign":
            return Decimal((x > 0) - (x < 0))
        case "step":
            return Decimal(int(x >= 0))
        case "above":
            return Decimal(1) if x > 0 else Decimal(repr(expr.parameter))
        case "leaky":
            return max(x, x * Decimal(repr(expr.parameter)))
    raise TypeError(f"{expr.func} is no function of formulas")
