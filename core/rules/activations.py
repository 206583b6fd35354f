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
from nntutor.core.notation.formula import (
    HALF,
    ONE,
    ZERO,
    Call,
    Expr,
    Mul,
    Name,
    Neg,
    Num,
    Square,
    Sub,
    Sum,
    call,
    product,
)

_net, _out = Name("net"), Name("out")
_sigmoid = call("σ", _net)
# e^net below 0, 1 from there on: never more.
_fading = call("exp", Neg(call("max", Neg(_net), ZERO)))


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


ACTIVATIONS = (
    "sigmoid", "tanh", "relu", "leaky-relu", "step", "identity", "softplus", "elu", "silu", "gelu",
)  # fmt: skip


def _gelu() -> Activation:
    """Hendrycks and Gimpel 2016, section 2: ½·net·(1 + tanh(√(2/π)·(net + 0.044715·net³))); √(2/π) as a decimal.

    From |net| = 10 on, tanh is ±1 to the last place, so that net² need not grow beyond 100 beside 1 − tanh², which is 0
    there: 0 times infinity is no slope.
    """
    root, cubed = Num(0.7978845608028654), Num(0.044715)
    tanh = call("tanh", Mul(root, Sum((_net, product(cubed, Square(_net), _net)))))
    square = call("max", Neg(Square(_net)), Num(-100.0))
    inner = Sub(ONE, Mul(Num(3 * 0.044715), square))
    out = product(HALF, _net, Sum((ONE, tanh)))
    slope = Sum((Mul(HALF, Sum((ONE, tanh))), product(HALF, _net, Sub(ONE, Square(tanh)), root, inner)))
    return Activation(out, slope)


@cache
def activation(name: str, slope: float = 0.01) -> Activation:
    """The activation called `name`; `slope` is leaky ReLU's slope at and below 0."""
    match name:
        case "sigmoid":
            return Activation(call("σ", _net), Mul(_out, Sub(ONE, _out)), least=0, most=1)
        case "tanh":
            return Activation(call("tanh", _net), Sub(ONE, Square(_out)), least=-1, most=1)
        case "relu":
            return Activation(call("relu", _net), Call("above", (_net,), 0.0), kink=True, least=0)
        case "leaky-relu":
            inside = Call("above", (_net,), slope)
            return Activation(Call("leaky", (_net,), slope), inside, kink=True, least=-inf if slope > 0 else 0)
        case "step":
            return Activation(call("step", _net), ZERO, kink=True, least=0, most=1, between=False)
        case "identity":
            return Activation(_net, ONE)
        case "softplus":
            # Dugas et al. 2000, in the form that never overflows.
            decay = call("exp", Neg(call("abs", _net)))
            return Activation(Sum((call("max", _net, ZERO), call("ln", Sum((ONE, decay))))), _sigmoid, least=0)
        case "elu":
            # Clevert, Unterthiner and Hochreiter 2015, eq. 15, with α 1.
            return Activation(Sub(Sum((call("max", _net, ZERO), _fading)), ONE), _fading, least=-1)
        case "silu":
            # Elfwing, Uchibe and Doya 2017, eq. 1 and 2.
            return Activation(Mul(_net, _sigmoid), Sum((_sigmoid, Mul(_out, Sub(ONE, _sigmoid)))))
        case "gelu":
            return _gelu()
    raise KeyError(name)
