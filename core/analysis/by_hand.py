"""Where a machine's rounding decides: a net that is 0 when it is worked out by hand has come to lie a little above or
below, and the activation, or its slope, jumps there."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose

import numpy as np

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.activations import activation

_ROUNDING = 64 * float(np.finfo(float).eps)
"""A share of its terms by which a sum of numbers that were rounded in some iterations may be off."""


@dataclass(frozen=True)
class ByHand:
    """The net that is 0 but for rounding, and what the number that was asked about is where it is 0."""

    net: Ref
    value: float


def by_hand(trace: Trace, ref: Ref) -> ByHand | None:
    """What out or slope of a unit, or the δ of a hidden one, is by hand; None where rounding decides nothing."""
    problem = trace.problem
    hidden = 0 < ref.layer < len(problem.network.layers)
    if ref.kind not in ("out", "slope", "delta") or not ref.layer or (ref.kind == "delta" and not hidden):
        return None
    layer = problem.network.layers[ref.layer - 1]
    rule, net = activation(layer.activation, layer.slope), ref._replace(kind="net")
    if not rule.kink or not _is_0_but_for_rounding(trace, net):
        return None
    out = evaluate(rule.out, lambda _: 0.0)
    value = out if ref.kind == "out" else evaluate(rule.slope, {"net": 0.0, "out": out}.__getitem__)
    if ref.kind == "delta":
        value = value * trace.value(ref._replace(kind="out_grad")) + 0.0  # no −0
    return None if isclose(value, trace.value(ref), abs_tol=_ROUNDING) else ByHand(net, value)


def _is_0_but_for_rounding(trace: Trace, net: Ref) -> bool:
    layer = trace.problem.network.layers[net.layer - 1]
    terms = 0.0 if layer.bias is None else abs(trace.value(Ref("weight", net.layer, net.unit)))
    for source in range(1, layer.inputs + 1):
        out = trace.value(Ref("out", net.layer - 1, source, 0, net.sample))
        terms += abs(trace.value(Ref("weight", net.layer, net.unit, source)) * out)
    return 0 < abs(trace.value(net)) <= _ROUNDING * terms
