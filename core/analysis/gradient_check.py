"""Central differences against the record: is the gradient really the slope of E?

Nothing of backpropagation is used here, only forward passes: move a number up and down, look at E twice, divide. One
such difference, with an h of one's own, is `central_difference`. The check proper draws the slope from several, and
knows what it may be off by.

Its law: a right gradient is never said to differ; a wrong one always is, where it is off by more than the error that
is stated. Where that error is too large beside the gradient, the check says that it cannot see, and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from nntutor.core.analysis.copies import Copies
from nntutor.core.analysis.step_search import MOVES, NONE, Search, settle
from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NoError, NotDifferentiable
from nntutor.core.notation.kinds import GRADIENT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.progress import Progress, untold

_RELATIVE, _ABSOLUTE = 1e-6, 1e-9
_TOGETHER = 200  # numbers that are checked side by side


@dataclass(frozen=True)
class Difference:
    """One number moved by ±h: E above and below, the slope from them, and the gradient beside it.

    Of a number of one sample among several, E is that of its sample. near: whether the two are as near as an h that
    suits brings them, which is no verdict. kinks: units, or the weight itself, that the move takes at least half the
    way to a kink.
    """

    h: float
    upper: float
    lower: float
    numeric: float
    gradient: float
    relative: float
    near: bool
    kinks: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """The slope of E along one number, what it may be off by, and the gradient beside it.

    verdict: "agrees" or "differs"; or why it cannot be seen: "kink" (`kinks` stand in the way), "curved" (E bends too
    much) or "below" (what the gradient does to E is lost in rounding). h: the largest step. Where no step served, h
    and numeric are nan and error is infinite.
    """

    ref: Ref
    symbol: str
    h: float
    numeric: float
    error: float
    gradient: float
    relative: float
    verdict: str
    kinks: tuple[str, ...] = ()


def central_difference(trace: Trace, ref: Ref, h: float) -> Difference:
    """The plain difference of one weight, bias, out or net of the iteration.

    For a number of one sample among several E is that of its sample, as its gradient is of it. KeyError where the
    iteration has no gradient of it; NotDifferentiable under the perceptron's error.
    """
    gradient = _gradient(trace, ref)
    upper, above = _nudged(trace, ref, h)
    lower, below = _nudged(trace, ref, -h)
    with np.errstate(all="ignore"):
        numeric = float((np.float64(upper) - lower) / (2 * h))
    allowed = _RELATIVE * max(abs(gradient), abs(numeric)) + _ABSOLUTE * max(1.0, abs(trace.error))
    near = abs(gradient - numeric) <= allowed
    itself = (trace.symbol(ref),) if _penalized(trace, ref) and abs(trace.value(ref)) <= 2 * h else ()
    kinks = (*itself, *_kinks(trace, above, below))
    return Difference(h, upper, lower, numeric, gradient, _relative(gradient, numeric), near, kinks)


def serving_step(trace: Trace, ref: Ref) -> float | None:
    """A power of ten as h whose plain difference comes near the gradient; None where none does."""
    steps = (10.0**-power for power in (4, 5, 3, 6, 2, 7, 8, 9, 10, 11, 12))
    found = (central_difference(trace, ref, step) for step in steps)
    return next((one.h for one in found if one.near and not one.kinks), None)


def check(trace: Trace, ref: Ref) -> Check:
    """The check of one weight, bias, out or net; raises as `central_difference` does."""
    return next(_checked(trace, [ref]))


def check_all(trace: Trace, progress: Progress = untold) -> Iterator[Check]:
    """The check of every weight and bias that learns, in their order; then of the inputs, where ∂E/∂x is asked for."""
    yield from _checked(
        trace,
        (
            Ref("weight", number, unit, source)
            for number, layer in enumerate(trace.plan.shape.layers, 1)
            for unit in range(1, layer.units + 1)
            for source in layer.sources
        ),
        progress,
    )
    if trace.plan.shape.input_gradient:
        inputs = range(1, trace.plan.shape.layers[0].inputs + 1)
        yield from _checked(
            trace, (Ref("out", 0, unit, 0, sample) for sample in trace.samples for unit in inputs), progress
        )


def _checked(trace: Trace, refs: Iterable[Ref], progress: Progress = untold) -> Iterator[Check]:
    """Numbers of one kind, and where that is out or net of one layer, one after another: there may be millions."""
    left = iter(refs)
    some = list(islice(left, _TOGETHER))
    if not some:
        return
    refuse(trace.problem)
    copies, times = Copies(trace, some[0], MOVES * len(some), progress), _times(trace, some[0])
    rounding = copies.rounding()
    while some:
        part = {ref: Search(trace.value(ref), _gradient(trace, ref), _penalized(trace, ref)) for ref in some}
        settle(copies, rounding, part, times)
        yield from (_said(trace, ref, search) for ref, search in part.items())
        some = list(islice(left, _TOGETHER))


def _said(trace: Trace, ref: Ref, search: Search) -> Check:
    slope = search.best
    relative = _relative(search.gradient, slope.value)
    verdict = _verdict(search)
    # A little further, lest another rounding of the same nets names none.
    kinks = central_difference(trace, ref, 1.01 * search.kink).kinks if verdict == "kink" else ()
    said = trace.symbol(ref), slope.h, slope.value, slope.error, search.gradient, relative, verdict, kinks
    return Check(ref, *said)


def _verdict(search: Search) -> str:
    if search.differs:
        return "differs"
    if search.judged:
        return "agrees"
    if search.kink:
        return "kink"
    return "curved" if search.best is NONE or search.best.bend > search.best.rounding else "below"


def _gradient(trace: Trace, ref: Ref) -> float:
    refuse(trace.problem)
    return trace.value(ref._replace(kind=GRADIENT[ref.kind]))


def refuse(problem: Problem) -> None:
    """Raises NotDifferentiable and NoError for a problem that has no slopes of E to compare with."""
    if problem.error == "perceptron":
        raise NotDifferentiable()
    if problem.given is not None:
        raise NoError()


def _penalized(trace: Trace, ref: Ref) -> bool:
    """Whether the number is a weight under λ₁·Σ|w|, which has a kink at 0."""
    return ref.kind == "weight" and ref.input > 0 and trace.plan.shape.penalty.l1


def of_its_sample(trace: Trace, ref: Ref) -> bool:
    """Whether a number belongs to one sample among several, so that its gradient is of that sample's E."""
    return ref.sample >= 0 and len(trace.samples) > 1


def _times(trace: Trace, ref: Ref) -> float:
    """What E is to be multiplied by, so that the E of a number's own sample is in it once."""
    mean = ref.sample >= 0 and trace.plan.shape.over_samples == "mean"
    return float(len(trace.samples)) if mean else 1.0


def _relative(gradient: float, numeric: float) -> float:
    total = abs(gradient) + abs(numeric)
    return abs(gradient - numeric) / total if total else 0.0


def _nudged(trace: Trace, ref: Ref, by: float) -> tuple[float, list[Array]]:
    """E with one number moved, and the nets of all layers then."""
    if ref.kind == "weight":
        params = trace.before.params.copy()
        view, place = trace.parameter(params, ref)
        view[place] += by
        moved = State(trace.before.done, frozen(params), trace.before.slots)
        if not any(rules.kink for rules in trace.plan.book.layers):  # else it is looked whether a net comes to one
            return trace.error_under(moved), []
        return trace.error_at(moved), trace.nets()
    error = trace.error_at(trace.before, ref, by)
    return trace.sample_error(ref.sample) if of_its_sample(trace, ref) else error, trace.nets()


def _kinks(trace: Trace, above: list[Array], below: list[Array]) -> tuple[str, ...]:
    """Units that a nudge moves at least half the way to their kink, or over it."""
    found = []
    for number, (up, down) in enumerate(zip(above, below, strict=True), 1):
        if not trace.plan.book.layers[number - 1].kink:
            continue
        net = trace.array("net", number)
        with np.errstate(all="ignore"):
            move = np.maximum(np.abs(up - net), np.abs(down - net))
        for row, unit in np.argwhere((move > 0) & (2 * move >= np.abs(net))):
            found.append(trace.symbol(Ref("out", number, int(unit) + 1, 0, trace.samples[int(row)])))
    return tuple(found)
