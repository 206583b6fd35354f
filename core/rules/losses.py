"""Errors: how far an output is from its target, and where that sends the slope.

Trees are over `out`, `target`, `net` and `prob` of one output unit. An error either meets the last
activation in one factor (`delta`), or has a slope of its own towards the output (`out_grad`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nntutor.core.notation.formula import HALF, ONE, ZERO, Div, Expr, Mul, Name, Neg, Num, Square, Sub, Sum, call

_o, _t, _net, _p = Name("out"), Name("target"), Name("net"), Name("prob")


@dataclass(frozen=True)
class Loss:
    """The error of one output, and its slope.

    unit_error: E_o; divisor: what the sum over outputs is divided by. out_grad: ∂E/∂out, or None where
    delta, ∂E/∂net, is one factor. textbook: the form that books print where ours is another, safer one.
    """

    unit_error: Expr
    divisor: int
    out_grad: Expr | None = None
    delta: Expr | None = None
    textbook: Expr | None = None


LOSSES = ("half-squared", "mse", "bce", "softmax-ce", "perceptron")


def _over(expr: Expr, outputs: int) -> Expr:
    return expr if outputs == 1 else Div(expr, Num(float(outputs)))


@cache
def loss(name: str, outputs: int) -> Loss:
    """The error called `name` for a network with this many outputs."""
    gap = Sub(_o, _t)
    match name:
        case "half-squared":
            return Loss(Mul(HALF, Square(Sub(_t, _o))), 1, out_grad=gap)
        case "mse":
            return Loss(Square(Sub(_t, _o)), outputs, out_grad=_over(Mul(Num(2.0), gap), outputs))
        case "bce":
            # With σ inside, −t·ln o − (1 − t)·ln(1 − o) is this, and nothing in it overflows.
            safe: Expr = Sum(
                (
                    Sub(call("max", _net, ZERO), Mul(_t, _net)),
                    call("ln", Sum((ONE, call("exp", Neg(call("abs", _net)))))),
                )
            )
            book: Expr = Sub(
                Mul(Neg(_t), call("ln", _o)),
                Mul(Sub(ONE, _t), call("ln", Sub(ONE, _o))),
            )
            return Loss(safe, outputs, delta=_over(gap, outputs), textbook=book)
        case "softmax-ce":
            # ln p = net − max net + ln max p, whichever p is largest: nothing in it underflows to ln 0.
            safe = Mul(_t, Sub(Sub(Name("max_net"), _net), call("ln", Name("max_prob"))))
            book = Mul(Neg(_t), call("ln", _p))
            return Loss(safe, 1, delta=Sub(_p, _t), textbook=book)
        case "perceptron":
            # Rosenblatt's rule: o − t is no derivative, since the step's slope is 0 everywhere.
            return Loss(call("abs", Sub(_t, _o)), 1, delta=gap)
    raise KeyError(name)
