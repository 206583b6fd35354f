"""Softmax: the one activation that sees the other units of its layer (Bridle 1990)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nntutor.core.notation.evaluating import Op
from nntutor.core.notation.formula import ONE, Div, Expr, Name, Neg, Sub, Sum, call
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.contractions import Memory, total_of
from nntutor.core.rules.shape import Shape


@dataclass(frozen=True)
class Softmax:
    """p = e^net/Σ e^net of the last layer, in a form that cannot overflow.

    exponential False: net/Σ net. negated: e^(−net) for e^net.
    """

    exponential: bool = True
    negated: bool = False

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        def net(unit: int) -> Expr:
            return Name(Ref("net", ref.layer, unit, 0, ref.sample))

        if not self.exponential:
            return Div(net(ref.unit), total_of([net(k) for k in range(1, shape.outputs + 1)]))
        pairs = [(net(k), net(ref.unit)) for k in range(1, shape.outputs + 1) if k != ref.unit]
        others = [call("exp", Sub(own, other) if self.negated else Sub(other, own)) for other, own in pairs]
        return Div(ONE, Sum((ONE, *others))) if others else ONE

    def textbook(self, ref: Ref, shape: Shape) -> Expr | None:
        """The form that books print."""
        if not self.exponential:
            return None
        nets = [Name(Ref("net", ref.layer, k, 0, ref.sample)) for k in range(1, shape.outputs + 1)]
        powers = [call("exp", Neg(net) if self.negated else net) for net in nets]
        return Div(powers[ref.unit - 1], Sum(tuple(powers)))

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        """The probabilities, and the largest net and probability of each sample beside them."""
        net, prob = memory.unit("net", layer), memory.unit("prob", layer)
        if self.exponential:
            # 1 over the sum of e^(net of another − net).
            differences = memory.buffer((*net.shape[-2:], net.shape[-1]))
            others, own = net[..., None, :], net[..., :, None]
            ops: list[Op] = [
                (np.subtract, (own, others, differences) if self.negated else (others, own, differences)),
                (np.exp, (differences, differences)),
                (np.add.reduce, (differences, -1, None, prob)),
                (np.divide, (np.array(1.0), prob, prob)),
            ]
        else:
            total = memory.buffer((shape.samples, 1))
            ops = [(np.add.reduce, (net, -1, None, total, True)), (np.divide, (net, total, prob))]
        for array, kind in ((net, "max_net"), (prob, "max_prob")):
            ops.append((np.maximum.reduce, (array, -1, None, memory.unit(kind, layer), True)))
        return ops
