"""Whether what is shown works out: the figures of a formula, worked out as they stand, against the result as it stands.

In decimals, as on paper: 1 − 0.999 is 0.001 there, and a double's rounding is no difference that a reader could see.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from typing import Any

from nntutor.core.notation.evaluating import expand
from nntutor.core.notation.formula import Call, Div, Expr, Mul, Name, Neg, Num, Square, Sub, Sum
from nntutor.core.notation.style import Style, sign

# More digits than the figures of a product have together, and how near 1/3·3 comes to 1 in so many.
_PRECISION, _NEAR = 60, Decimal("1e-50")
_SHORT = Decimal("5e-4")


def equals(expr: Expr, figure: Callable[[Any], str], shown: str, style: Style) -> str:
    """`=` where the figures give what is shown, rounded as that is, else `≈`.

    figure: what stands for a name; shown: what stands as the result; both with the minus sign of ASCII.
    """
    return "=" if _gives(expr, figure, shown) else sign("≈", style)


def _gives(expr: Expr, figure: Callable[[Any], str], shown: str) -> bool:
    with localcontext(Context(prec=_PRECISION, traps=[])):
        again, result = _worked_out(expr, figure), Decimal(shown)
        if not result.is_finite():
            return True
        # Half of what its last digit counts; one that ends early, as 0.4 does, is not rounded as far as that.
        rounded = min(Decimal(1).scaleb(int(result.as_tuple().exponent)) / 2, abs(result) * _SHORT)
        return abs(again - result) <= rounded + abs(result) * _NEAR


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
