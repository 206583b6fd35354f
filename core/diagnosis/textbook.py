"""Numbers as books write them where our iteration makes others: E without the form that never overflows, and ∂E/∂out of
a last layer whose δ is one factor.
"""

from __future__ import annotations

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import Compiler
from nntutor.core.notation.formula import Div, Expr, Name, bind
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.activations import activation
from nntutor.core.rules.contractions import unit_meaning
from nntutor.core.rules.rulebook import Rulebook
from nntutor.core.rules.sums import ErrorSum


def shown_by(ref: Ref, book: Rulebook) -> Ref:
    """The number whose step stands for this one: δ where it is one factor and ∂E/∂out is −t/o + (1 − t)/(1 − o)."""
    apart = ref.kind == "out_grad" and ref.layer == len(book.layers) and book.layers[-1].out_grad is None
    if apart and book.textbook is not None and book.probability is None:
        return ref._replace(kind="delta")
    return ref


def formula(ref: Ref, problem: Problem) -> Expr:
    """∂E/∂out of the last layer as δ over the slope, of the names that steps have."""
    of = problem.network.layers[-1]
    slope = activation(of.activation, of.slope).slope
    assert slope is not None
    return Div(Name(ref._replace(kind="delta")), bind(slope, unit_meaning(ref, of.units)))


def sent_back(trace: Trace, layer: int, by: float = 0.0) -> Array:
    """∂E/∂out of the last layer (samples, outputs), where no step makes it; from outs that are off by a share `by`.

    KeyError where there is none.
    """
    of = trace.problem.network.layers[-1]
    rules = activation(of.activation, of.slope)
    if layer != len(trace.problem.network.layers) or trace.plan.book.probability is not None or rules.slope is None:
        raise KeyError(layer)
    slope = _made(rules.slope, {"out": trace.array("out", layer) * (1 + by), "net": trace.array("net", layer)})
    with np.errstate(all="ignore"):
        found: Array = trace.array("delta", layer) / slope
    return found


def astray(trace: Trace, kind: str, place: float) -> Array:
    """How far E_o ("unit_error") or ∂E/∂out ("out_grad") of each output may be off in the form of books.

    (samples, outputs). place: the last place of somebody's numbers, as a share. Near 1, 1 − out has few digits.
    """
    book, last = trace.plan.book, len(trace.problem.network.layers)
    if book.textbook is None:
        return np.zeros(trace.array("target").shape) if not trace.problem.surface else np.zeros((1, 1))
    outs = trace.array("prob") if book.probability is not None else trace.array("out", last)
    ways = (2 * place, -2 * place)
    if kind == "out_grad":
        right = sent_back(trace, last)
        made = [sent_back(trace, last, by) for by in ways]
    else:
        right, target = trace.array("unit_error"), trace.array("target")
        printed = book.textbook
        made = [_made(printed, {"out": outs * (1 + by), "prob": outs * (1 + by), "target": target}) for by in ways]
    with np.errstate(all="ignore"):
        found: Array = np.nan_to_num(np.fmax.reduce(np.abs(np.array(made) - right)), posinf=0)
    return found


def astray_in_all(trace: Trace, place: float) -> float:
    """The same of E."""
    total = trace.plan.book.total
    return float(astray(trace, "unit_error", place).sum()) / (total.divisor if isinstance(total, ErrorSum) else 1)


def _made(tree: Expr, arrays: dict[str, Array]) -> Array:
    made = np.empty_like(arrays["out"])
    compiler = Compiler(arrays.__getitem__)
    compiler.into(tree, made)
    with np.errstate(all="ignore"):
        for call, given in compiler.ops:
            call(*given)
    return made
