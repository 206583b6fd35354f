"""Softmax: the one activation that sees the other units of its layer (Bridle 1990)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntutor.core.notation.evaluating import Op
from nntutor.core.notation.formula import ONE, Div, Expr, Name, Neg, Sub, Sum, call, terms_of
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.contractions import Memory, sample_of, total_of
from nntutor.core.rules.shape import Shape


@dataclass(frozen=True)
class Softmax:
    """p = e^net/Σ e^net of the last layer, in a form that cannot overflow.

    exponential False: net/Σ net. negated: e^(−net) for e^net. over: what the sum is over; but for "units" in the form
    that books print.
    """

    exponential: bool = True
    negated: bool = False
    over: str = "units"

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        def net(unit: int) -> Expr:
            return Name(Ref("net", ref.layer, unit, 0, ref.sample))

        if not self.exponential:
            return Div(net(ref.unit), total_of([net(k) for k in range(1, shape.outputs + 1)]))
        if self.over != "units":
            units = shape.outputs if self.over == "everything" else 1

            def power(at: Any) -> Expr:
                unit = at % units + 1 if self.over == "everything" else ref.unit
                return self._power(ref._replace(unit=unit, sample=sample_of(samples, at // units)))

            return Div(self._power(ref), total_of(terms_of(len(samples) * units, power)))
        pairs = [(net(k), net(ref.unit)) for k in range(1, shape.outputs + 1) if k != ref.unit]
        others = [call("exp", Sub(own, other) if self.negated else Sub(other, own)) for other, own in pairs]
        return Div(ONE, Sum((ONE, *others))) if others else ONE

    def textbook(self, ref: Ref, shape: Shape) -> Expr | None:
        """The form that books print."""
        if not self.exponential or self.over != "units":
            return None
        powers = [self._power(ref._replace(unit=k)) for k in range(1, shape.outputs + 1)]
        return Div(powers[ref.unit - 1], Sum(tuple(powers)))

    def _power(self, ref: Ref) -> Expr:
        net = Name(ref._replace(kind="net"))
        return call("exp", Neg(net) if self.negated else net)

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        """The probabilities, and the largest net and probability of each sample beside them."""
        net, prob = memory.unit("net", layer), memory.unit("prob", layer)
        if self.over != "units":
            axes: int | tuple[int, int] = -2 if self.over == "samples" else (-2, -1)
            powers, total = memory.buffer(net.shape[-2:]), memory.buffer((1, shape.outputs if axes == -2 else 1))
            ops: list[Op] = [
                (np.negative if self.negated else np.positive, (net, powers)),
                (np.exp, (powers, powers)),
                (np.add.reduce, (powers, axes, None, total, True)),
                (np.divide, (powers, total, prob)),
            ]
        elif self.exponential:
            # 1 over the sum of e^(net of another − net).
            differences = memory.buffer((*net.shape[-2:], net.shape[-1]))
            others, own = net[..., None, :], net[..., :, None]
            ops = [
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
