"""Activations: each is a formula for out and one for its slope, side by side.

The trees are over `net` and `out` of the unit; the slope is written with out where the books do,
because out is already on the screen when the slope is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array
from nntutor.core.notation.formula import ONE, ZERO, Call, Expr, Mul, Name, Neg, Num, Square, Sub, Sum, call

_net, _out = Name("net"), Name("out")
# 1 at and below 0, 0 above: the part on which ReLU takes the slope away.
_off = call("step", Neg(_net))


@dataclass(frozen=True)
class Activation:
    """out and slope (∂out/∂net) as trees; kink: the slope jumps at net 0.

    least, most: what out stays between, or comes as near to as one likes; between: whether it can be anything there.
    """

    out: Expr
    slope: Expr
    kink: bool = False
    least: float = -inf
    most: float = inf
    between: bool = True

    @property
    def bounded(self) -> bool:
        """Whether |out| is at most 1."""
        return self.least >= -1 and self.most <= 1

    def gives(self, values: Array) -> NDArray[np.bool]:
        """Which of these values out can be, or come as near to as one likes."""
        inside: NDArray[np.bool] = (self.least <= values) & (values <= self.most)
        return inside if self.between else inside & ((values == self.least) | (values == self.most))


ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "step", "identity")


@cache
def activation(name: str, slope: float = 0.01) -> Activation:
    """The activation called `name`; `slope` is leaky ReLU's slope at and below 0."""
    match name:
        case "sigmoid":
            return Activation(call("σ", _net), Mul(_out, Sub(ONE, _out)), least=0, most=1)
        case "tanh":
            return Activation(call("tanh", _net), Sub(ONE, Square(_out)), least=-1, most=1)
        case "relu":
            return Activation(call("relu", _net), Sub(ONE, _off), kink=True, least=0)
        case "leaky-relu":
            inside = Sum((Mul(Num(slope), _off), Sub(ONE, _off)))
            return Activation(Call("leaky", (_net,), slope), inside, kink=True, least=-inf if slope > 0 else 0)
        case "step":
            return Activation(call("step", _net), ZERO, kink=True, least=0, most=1, between=False)
        case "identity":
            return Activation(_net, ONE)
    raise KeyError(name)
