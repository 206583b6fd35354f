"""The contractions: where units or samples are summed, the one place with two faces.

Everything else is a tree that is read entry by entry or over whole arrays. A sum over units or samples
is a matrix product in array form and a row of products in the formula of one entry; the two stand
side by side here. Arrays may have leading axes (many seeds at once); shapes below leave them out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nntutor.core.notation.evaluating import Op
from nntutor.core.notation.formula import ONE, Div, Expr, Mul, Name, Num, Sub, Sum, call, maximum
from nntutor.core.notation.symbols import Ref


def _mean(terms: Sequence[Expr], count: int) -> Expr:
    total: Expr = terms[0] if len(terms) == 1 else Sum(tuple(terms))
    return total if count == 1 else Div(total, Num(float(count)))


def transposed(array: Any) -> Any:
    """A view with the last two axes exchanged."""
    return np.swapaxes(array, -1, -2)


# net = W·out_before + b ------------------------------------------------------------------------------


def net_ops(weights: Any, bias: Any | None, inputs: Any, net: Any) -> list[Op]:
    """weights (units, inputs), bias (units,), inputs (samples, inputs), net (samples, units)."""
    if weights.shape[-1] == 1:
        # One product is no sum: multiplied as the formula has it, the last bit included.
        ops: list[Op] = [(np.multiply, (transposed(weights), inputs, net))]
    else:
        ops = [(np.matmul, (inputs, transposed(weights), net))]
    if bias is not None:
        ops.append((np.add, (net, bias[..., None, :], net)))
    return ops


def net_formula(layer: int, unit: int, inputs: int, bias: bool, sample: int) -> Expr:
    terms: list[Expr] = [
        Mul(Name(Ref("weight", layer, unit, i)), Name(Ref("out", layer - 1, i, 0, sample)))
        for i in range(1, inputs + 1)
    ]
    if bias:
        terms.append(Name(Ref("weight", layer, unit, 0)))
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0]


# ∂E/∂out of a hidden unit = Σ δ·w over the units it feeds --------------------------------------------


def sent_back_ops(weights: Any, delta: Any, out_grad: Any) -> list[Op]:
    """weights (units, inputs) and delta (samples, units) of the layer above; out_grad (samples, inputs)."""
    if weights.shape[-2] == 1:
        return [(np.multiply, (delta, weights, out_grad))]
    return [(np.matmul, (delta, weights, out_grad))]


def sent_back_formula(layer: int, unit: int, above: int, sample: int, weight: str = "weight") -> Expr:
    """The sum for unit `unit` of layer `layer`; `above` units in the next layer; `weight` old or new."""
    terms = tuple(
        Mul(Name(Ref("delta", layer + 1, k, 0, sample)), Name(Ref(weight, layer + 1, k, unit)))
        for k in range(1, above + 1)
    )
    return Sum(terms) if len(terms) > 1 else terms[0]


# ∂E/∂w = the mean over the samples of δ·input ---------------------------------------------------------


def weight_gradient_ops(delta: Any, inputs: Any, gradient: Any) -> list[Op]:
    """delta (samples, units), inputs (samples, inputs), gradient (units, inputs): the sum, not yet the mean."""
    if delta.shape[-2] == 1:
        return [(np.multiply, (transposed(delta), inputs, gradient))]
    return [(np.matmul, (transposed(delta), inputs, gradient))]


def bias_gradient_ops(delta: Any, gradient: Any) -> list[Op]:
    """delta (samples, units), gradient (units,): the sum, not yet the mean."""
    if delta.shape[-2] == 1:
        return [(np.positive, (delta[..., 0, :], gradient))]
    return [(np.add.reduce, (delta, -2, None, gradient))]


def gradient_formula(layer: int, unit: int, source: int, samples: Sequence[int]) -> Expr:
    def term(sample: int) -> Expr:
        delta = Name(Ref("delta", layer, unit, 0, sample))
        return delta if source == 0 else Mul(delta, Name(Ref("out", layer - 1, source, 0, sample)))

    return _mean([term(sample) for sample in samples], len(samples))


# E = the mean over the samples of the sum (or mean) over the outputs ----------------------------------


def error_ops(unit_error: Any, error: Any, divisor: int) -> list[Op]:
    """unit_error (samples, outputs), error (): the mean that the problem's error asks for."""
    flat = unit_error.reshape((*unit_error.shape[:-2], -1))
    if flat.shape[-1] == 1:
        ops: list[Op] = [(np.positive, (flat[..., 0], error))]
    else:
        ops = [(np.add.reduce, (flat, -1, None, error))]
    if divisor != 1:
        ops.append((np.divide, (error, np.array(float(divisor)), error)))
    return ops


def error_formula(last: int, outputs: int, samples: Sequence[int], divisor: int) -> Expr:
    terms = [Name(Ref("unit_error", last, o, 0, s)) for s in samples for o in range(1, outputs + 1)]
    return _mean(terms, divisor)


# p = softmax of the last layer's net -----------------------------------------------------------------


def softmax_ops(net: Any, prob: Any, buffer: Callable[[tuple[int, ...]], Any]) -> list[Op]:
    """net and prob (samples, outputs): 1 over the sum of e^(net of another − net), which cannot overflow."""
    differences = buffer((*net.shape, net.shape[-1]))
    return [
        (np.subtract, (net[..., None, :], net[..., :, None], differences)),
        (np.exp, (differences, differences)),
        (np.add.reduce, (differences, -1, None, prob)),
        (np.divide, (np.array(1.0), prob, prob)),
    ]


def softmax_formula(last: int, unit: int, outputs: int, sample: int) -> Expr:
    own = Name(Ref("net", last, unit, 0, sample))
    others = tuple(
        call("exp", Sub(Name(Ref("net", last, k, 0, sample)), own)) for k in range(1, outputs + 1) if k != unit
    )
    return Div(ONE, Sum((ONE, *others))) if others else ONE


def softmax_textbook(last: int, unit: int, outputs: int, sample: int) -> Expr:
    powers = [call("exp", Name(Ref("net", last, k, 0, sample))) for k in range(1, outputs + 1)]
    return Div(powers[unit - 1], Sum(tuple(powers)))


def largest_ops(array: Any, largest: Any) -> list[Op]:
    """array (samples, outputs), largest (samples, 1)."""
    return [(np.maximum.reduce, (array, -1, None, largest, True))]


def largest_formula(kind: str, last: int, outputs: int, sample: int) -> Expr:
    return maximum(tuple(Name(Ref(kind, last, k, 0, sample)) for k in range(1, outputs + 1)))
