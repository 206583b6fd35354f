"""Errors: how far an output is from its target, and where that sends the slope.

Trees are over `out`, `target`, `net` and `prob` of one output unit. An error either meets the last
activation in one factor (`delta`), or has a slope of its own towards the output (`out_grad`). Neither is divided
by the number of outputs here: whether the sum over them is a mean is a setting of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array
from nntutor.core.notation.formula import HALF, ONE, ZERO, Expr, Mul, Name, Neg, Num, Square, Sub, Sum, call

_o, _t, _net, _p = Name("out"), Name("target"), Name("net"), Name("prob")
_gap = Sub(_o, _t)


@dataclass(frozen=True)
class Loss:
    """The error of one output, and its slope.

    unit_error: E_o. over_outputs: "sum" or "mean", what E usually is of them. out_grad: ∂E_o/∂out, or None where
    delta, ∂E_o/∂net, is one factor. textbook: the form that books print where ours is another, safer one. last: the
    activation that the last layer must have; empty for any. averaged: whether E may be the mean over the outputs as
    well. unfit: which targets, (samples, outputs), it cannot use; None: it can use any.
    """

    unit_error: Expr
    over_outputs: str
    out_grad: Expr | None = None
    delta: Expr | None = None
    textbook: Expr | None = None
    last: str = ""
    averaged: bool = True
    unfit: Callable[[Array], NDArray[np.bool]] | None = None


_CROSS_ENTROPY = Sub(Mul(Neg(_t), call("ln", _o)), Mul(Sub(ONE, _t), call("ln", Sub(ONE, _o))))

LOSSES: dict[str, Loss] = {
    # Rumelhart, Hinton and Williams 1986, eq. 3.
    "half-squared": Loss(Mul(HALF, Square(Sub(_t, _o))), "sum", out_grad=_gap),
    # Gauss 1809, as a mean.
    "mse": Loss(Square(Sub(_t, _o)), "mean", out_grad=Mul(Num(2.0), _gap)),
    # Cross-entropy of a Bernoulli variable (Bishop 1995, eq. 6.120). With σ inside it is this, and nothing overflows.
    "bce": Loss(
        Sum((
            Sub(call("max", _net, ZERO), Mul(_t, _net)),
            call("ln", Sum((ONE, call("exp", Neg(call("abs", _net)))))),
        )),
        "mean",
        delta=_gap,
        textbook=_CROSS_ENTROPY,
        last="sigmoid",
        unfit=lambda targets: (targets < 0) | (targets > 1),
    ),
    # Bridle 1990. ln p = net − max net + ln max p, whichever p is largest: nothing in it underflows to ln 0.
    "softmax-ce": Loss(
        Mul(_t, Sub(Sub(Name("max_net"), _net), call("ln", Name("max_prob")))),
        "sum",
        delta=Sub(_p, _t),
        textbook=Mul(Neg(_t), call("ln", _p)),
        last="identity",
        averaged=False,
        unfit=lambda targets: (targets < 0) | (np.abs(targets.sum(axis=1, keepdims=True) - 1) > 1e-9),
    ),
    # Rosenblatt 1958: o − t is no derivative, since the step's slope is 0 everywhere.
    "perceptron": Loss(
        call("abs", Sub(_t, _o)),
        "sum",
        delta=_gap,
        last="step",
        averaged=False,
        unfit=lambda targets: (targets != 0) & (targets != 1),
    ),
}  # fmt: skip
