"""Central differences against the record: is the gradient really the slope of E?

Nothing of backpropagation is used here, only forward passes: nudge a number up and down, look at E
twice, divide. Agreement and relative error are as the contract defines them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nntutor.core.arrays import frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NotDifferentiable
from nntutor.core.notation.kinds import GRADIENT
from nntutor.core.notation.symbols import Ref

H = 1e-4
_RELATIVE, _ABSOLUTE = 1e-6, 1e-9


@dataclass(frozen=True)
class Check:
    """One number nudged by ±h: E above and below, the slope from them, and the gradient beside it.

    kinks: units so near a kink of their activation that the two sides have different slopes; such a
    check is not counted. below: the gradient is smaller than differences can see.
    """

    ref: Ref
    symbol: str
    h: float
    value: float
    upper: float
    lower: float
    numeric: float
    gradient: float
    relative: float
    agrees: bool
    below: bool
    kinks: tuple[str, ...]

    @property
    def counted(self) -> bool:
        return not self.kinks


def central_difference(trace: Trace, ref: Ref, h: float = H) -> Check:
    """The check of one weight, bias, out or net of the iteration.

    For a number of one sample the slope is that of its sample's E, as its gradient is. KeyError where
    the iteration has no gradient of it; NotDifferentiable under the perceptron's error.
    """
    if trace.problem.error == "perceptron":
        raise NotDifferentiable()
    gradient = trace.value(ref._replace(kind=GRADIENT[ref.kind]))
    upper, above = _nudged(trace, ref, h)
    lower, below = _nudged(trace, ref, -h)
    times = len(trace.samples) if ref.sample >= 0 else 1
    with np.errstate(all="ignore"):
        numeric = float(np.float64(times) * (np.float64(upper) - lower) / (2 * h))
    difference, largest = abs(gradient - numeric), max(abs(gradient), abs(numeric))
    floor = _ABSOLUTE * max(1.0, abs(trace.error))
    total = abs(gradient) + abs(numeric)
    return Check(
        ref,
        trace.symbol(ref),
        h,
        trace.value(ref),
        upper,
        lower,
        numeric,
        gradient,
        difference / total if total else 0.0,
        bool(difference <= _RELATIVE * largest + floor),
        largest <= floor,
        _kinks(trace, above, below, h),
    )


def check_all(trace: Trace) -> Iterator[Check]:
    """The check of every weight and bias that learns, in the order of the weights."""
    for number, layer in enumerate(trace.plan.shape.layers, 1):
        for unit in range(1, layer.units + 1):
            for source in layer.sources:
                yield central_difference(trace, Ref("weight", number, unit, source))


def _nudged(trace: Trace, ref: Ref, by: float) -> tuple[float, list[np.ndarray]]:
    """E with one number moved, and the nets of all layers then."""
    if ref.kind == "weight":
        params = trace.before.params.copy()
        view, place = trace.parameter(params, ref)
        view[place] += by
        moved = State(trace.before.done, frozen(params), trace.before.slots)
        return trace.error_at(moved), trace.nets()
    return trace.error_at(trace.before, ref, by), trace.nets()


def _kinks(trace: Trace, above: list[np.ndarray], below: list[np.ndarray], h: float) -> tuple[str, ...]:
    """Units with a kink that the nudge crosses or ends on, or that stand within 2h of it and move."""
    found = []
    for number, (up, down) in enumerate(zip(above, below, strict=True), 1):
        if not trace.plan.book.layers[number - 1].kink:
            continue
        net = trace.array("net", number)
        crossed = np.sign(up) != np.sign(down)
        near = (np.abs(net) <= 2 * h) & (up != down)
        for row, unit in np.argwhere(crossed | near):
            found.append(trace.symbol(Ref("out", number, int(unit) + 1, 0, trace.samples[int(row)])))
    return tuple(found)
