"""The slope of E along every weight by the chain rule, forwards through the formulas that the steps show.

An oracle for gradients that knows neither backpropagation nor differences: each number of the forward pass carries its
derivatives along all weights with it (Wengert 1964). It differentiates what a trace computes, so of a mistaken forward
pass it gives the slopes of that one's E.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import evaluate, expand
from nntutor.core.notation.formula import Call, Div, Expr, Mul, Name, Neg, Num, Square, Sub, Sum
from nntutor.core.notation.symbols import Ref

Slopes = Any  # one entry a weight, or 0


def slopes(trace: Trace, refs: list[Ref]) -> np.ndarray:
    """∂E/∂ of each of the weights and biases at `refs`."""
    along = dict(zip(refs, np.eye(len(refs)), strict=True))
    for step in trace:
        if step.phase not in ("forward", "error"):
            break
        along[step.ref] = _slope(step.formula, trace, along)
    return np.zeros(len(refs)) + along[Ref("error")]


def _slope(tree: Expr, trace: Trace, along: dict[Ref, Slopes]) -> Slopes:
    def value(part: Expr) -> np.float64:
        return np.float64(evaluate(part, trace.value))

    def slope(part: Expr) -> Slopes:
        return _slope(part, trace, along)

    match tree:
        case Num():
            return 0
        case Name(key):
            return along.get(key, 0)
        case Neg(a):
            return -slope(a)
        case Sum(terms):
            return sum(slope(term) for term in terms)
        case Sub(a, b):
            return slope(a) - slope(b)
        case Mul(a, b):
            return slope(a) * value(b) + value(a) * slope(b)
        case Div(a, b):
            return slope(a) / value(b) - value(a) * slope(b) / value(b) / value(b)
        case Square(a):
            return 2 * value(a) * slope(a)
        case Call("max", args):
            return slope(max(args, key=value))
        case Call("σ", (a,)):
            return slope(a) * value(tree) * value(Call("σ", (Neg(a),)))
        case Call() if (simpler := expand(tree)) is not None:
            return slope(simpler)
        case Call(func, (a,), below):
            x = value(a)
            outer = {
                "exp": lambda: np.exp(x), "ln": lambda: 1 / x, "√": lambda: 0.5 / np.sqrt(x),
                "tanh": lambda: 1 / np.cosh(x) ** 2, "abs": lambda: np.sign(x), "sign": lambda: 0.0,
                "step": lambda: 0.0, "above": lambda: 0.0, "leaky": lambda: 1.0 if x > 0 else below,
            }[func]  # fmt: skip
            return slope(a) * outer()
