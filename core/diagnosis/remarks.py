"""What hinders a training, with the numbers that show it; and what is to be said of numbers that are right.

What a remark says to try has been tried: it did better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose

import numpy as np

from nntutor.core.analysis.by_hand import by_hand
from nntutor.core.arrays import Array
from nntutor.core.diagnosis.agreement import Convention, Judge
from nntutor.core.diagnosis.comparing import differ
from nntutor.core.diagnosis.runs import Made, recorded
from nntutor.core.diagnosis.sheet import Numbers, Sheet, Value
from nntutor.core.diagnosis.training import ITERATIONS, STEPPED, Trained, constant_error, trained
from nntutor.core.diagnosis.trying import Tried, Trying
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.targets import out_of_range

_H = 1e-4  # of a check as people make it
_WINDOW = 20
_STALE = 100  # iterations in which E should fall
_DEAD = 50
_ANY = 1e-4  # a share of E by which another rate does better
_TINY, _FLAT, _VANISHING = 0.05, 0.01, 1e-3
_ADDED = 1e-5  # by how much gradients may be off that are said to be a sum
_FEW, _NONE = 1e-2, 1e-9  # by how much a number may be off that is taken for the one by hand


@dataclass(frozen=True)
class Remark:
    """id, in which iteration, about which number; facts: the numbers that show it, by the names that the words use."""

    id: str
    iteration: int | None = None
    symbol: str | None = None
    tried: Tried | None = None
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)


def on_values(
    problem: Problem, sheet: Sheet, conventions: list[Convention], mistake: str, right: bool
) -> tuple[Remark, ...]:
    """What is to be said of the given numbers: other conventions, a kink, that x(1 − x) is right."""
    found = []
    for id in dict.fromkeys(one.id for one in conventions):
        place = sheet.places[next(one.at for one in conventions if one.id == id)]
        names = Names(problem.network.sizes, problem.batch_length(place.iteration) > 1)
        found.append(Remark(id, place.iteration, names.symbol(place.ref), facts={"symbol": names.symbol(place.ref),
                     "count": problem.batch_length(place.iteration)}))  # fmt: skip
    sigmoid = any(layer.activation == "sigmoid" for layer in problem.network.layers)
    if right and sigmoid and not problem.surface:
        found.append(Remark("slope-of-output"))
    if not right and any(place.numeric for place in sheet.places):
        found += _kink(problem, sheet.iterations[0])
    return tuple(found)


def too_short(sheet: Sheet, judge: Judge, numbers: Numbers, traces: Mapping[int, Trace]) -> tuple[Remark, ...]:
    """What is to be said of a layer's new weights, or biases, whose digits are too few to show the step."""
    before, after = np.full(len(sheet), np.nan), np.full(len(sheet), np.nan)
    groups: dict[tuple[int, int, bool], list[int]] = {}
    for at, (iteration, ref, _) in enumerate(sheet.places):
        if ref.kind == "new" and numbers.half[at] > 0:
            trace = traces[iteration]
            before[at], after[at] = trace.value(ref._replace(kind="weight")), trace.value(ref)
            groups.setdefault((iteration, ref.layer, ref.input == 0), []).append(at)
    same = judge.agreeing(numbers, Made(before, np.ones(len(sheet), bool)))
    for (iteration, *_), group in groups.items():
        moved = next((at for at in group if differ(float(before[at]), float(after[at]))), None)
        if moved is not None and same[group].all():
            symbol = traces[iteration].symbol(sheet.places[moved].ref)
            figures = {"given": numbers.values[moved], "old": before[moved], "new": after[moved]}
            facts = {"symbol": symbol, **{name: float(value) for name, value in figures.items()}}
            return (Remark("too-short", iteration, symbol, facts=facts),)
    return ()


def rounding(trace: Trace, ref: Ref, given: float) -> tuple[Remark, ...]:
    """What is to be said of a number that is what it is by hand, where rounding has made another one of ours."""
    found = by_hand(trace, ref)
    if found is None or not isclose(given, found.value, rel_tol=_FEW, abs_tol=_NONE):
        return ()
    facts = {"net": trace.symbol(found.net), "symbol": trace.symbol(ref), "value": found.value}
    return (Remark("by-hand", trace.iteration, trace.symbol(ref), facts=facts),)


def summed_up(problem: Problem, values: Sequence[Value]) -> tuple[Remark, ...]:
    """What is to be said of gradients of the second iteration to which those of the first were added.

    Further on the weights are others too; the first iteration shows nothing.
    """
    second = [value for value in values if value.iteration == 2 and value.place.ref.kind == "grad"]
    parts = next((value for value in values if not value.agrees), None)
    wrong = next((value for value in second if not value.agrees), None)
    if wrong is None or parts is None or parts.iteration != 2:
        return ()
    first = next(recorded(problem, "", (1,)))
    both = [value.right + first.value(value.place.ref) for value in second]
    if not np.allclose([value.given for value in second], both, _ADDED, _ADDED * np.abs(both).max()):
        return ()
    return (Remark("gradients-not-reset", 2, wrong.symbol),)


def on_training(problem: Problem, iteration: int = 1, iterations: int | None = None) -> tuple[Remark, ...]:
    """What hinders this training."""
    if not len(problem.samples) and not problem.surface:
        return ()
    watch = _Watch(problem, iterations or ITERATIONS)
    found = [remark for rule in (_ON_SURFACES if problem.surface else _RULES) for remark in rule(watch)]
    return (*found, *_kink(problem, iteration))


class _Watch:
    """One training, and what is tried besides it."""

    def __init__(self, problem: Problem, iterations: int) -> None:
        self.problem = problem
        self.result: Trained = trained(problem, iterations)
        self.trying = Trying(problem, iterations, self.result)
        self.names = Names(problem.network.sizes, problem.batch_length(1) > 1)
        self.start: Trace = next(recorded(replace(problem, batch="full"), "", (1,)))

    @property
    def unsolved(self) -> bool:
        return self.result.solved_in is None

    def error_after(self, iteration: int) -> float:
        return float(self.result.errors[int(np.searchsorted(self.result.iterations, iteration))])

    def layers(self) -> Iterator[tuple[int, str]]:
        """The layers by their number, with their activation."""
        return ((number, layer.activation) for number, layer in enumerate(self.problem.network.layers, 1))


# --- rates -------------------------------------------------------------------------------------------


def _diverges(watch: _Watch) -> Iterator[Remark]:
    if watch.result.diverged is not None:
        yield Remark("diverges", watch.result.diverged, None, watch.trying.rates(0.5, 0.1, 0.01, 1e-3, 1e-4))


def _rate_too_large(watch: _Watch) -> Iterator[Remark]:
    result = watch.result
    rising = _rising(result.errors[: STEPPED + 1])
    if rising is None or result.diverged is not None:
        return
    tried = watch.trying.rates(0.5, 0.1)
    if tried is not None:
        first, ups = rising
        ends = {"first": float(result.errors[first]), "last": float(result.errors[first + _WINDOW])}
        facts = {"ups": ups, "window": _WINDOW, **ends, "rate": watch.problem.optimizer.learning_rate}
        yield Remark("rate-too-large", first + 1, "E", tried, facts)


def _rising(errors: Array) -> tuple[int, int] | None:
    """Where E goes up in more than half of 20 iterations in a row, and in how many of them."""
    up = np.diff(errors) > 1e-9 * np.abs(errors[:-1])
    if len(up) < _WINDOW:
        return None
    counts = np.convolve(up, np.ones(_WINDOW), "valid")
    found = np.flatnonzero(counts > _WINDOW / 2)
    return (int(found[0]), int(counts[found[0]])) if len(found) else None


def _rate_too_small(watch: _Watch) -> Iterator[Remark]:
    result = watch.result
    if result.done < _STALE or (result.solved_in is not None and result.solved_in <= _STALE):
        return
    first, last = watch.error_after(0), watch.error_after(_STALE)
    if not 0.99 * first < last <= first:
        return
    tried = watch.trying.rates(10.0, 100.0, 1000.0, least=_ANY)
    if tried is not None:
        facts = {"first": first, "last": last, "count": _STALE, "rate": watch.problem.optimizer.learning_rate}
        yield Remark("rate-too-small", _STALE, "E", tried, facts)


def _plateau(watch: _Watch) -> Iterator[Remark]:
    """E within 1 % of the best constant answer's for 100 iterations."""
    best, result = constant_error(watch.problem), watch.result
    near = np.abs(result.errors - best) <= 0.01 * best if best > 0 else np.zeros(len(result.errors), bool)
    begins = None
    for at, on in zip(result.iterations, near, strict=True):
        begins = (int(at) if begins is None else begins) if on else None
        if begins is not None and at - begins >= _STALE:
            trying = watch.trying
            tried = trying.first(*trying.scaled(), *trying.bent(), *trying.starts(), *trying.faster())
            yield Remark("plateau", max(begins, 1), "E", tried, {"best": best, "count": _STALE,
                         "error": watch.error_after(int(at))})  # fmt: skip
            return


# --- weights and units ---------------------------------------------------------------------------------


def _equal_start(watch: _Watch) -> Iterator[Remark]:
    for number, layer in enumerate(watch.problem.network.layers[:-1], 1):
        above = watch.problem.network.layers[number].weights
        bias = np.zeros(layer.units) if layer.bias is None else layer.bias
        rows = np.column_stack([layer.weights, bias, above.T])
        for unit in range(1, layer.units):
            same = np.flatnonzero((rows[:unit] == rows[unit]).all(axis=1))
            if len(same):
                pair = [watch.names.unit(number, one) for one in (int(same[0]) + 1, unit + 1)]
                tried = watch.trying.first(*watch.trying.starts())
                yield Remark("equal-start", 1, pair[1], tried, {"one": pair[0], "other": pair[1]})
                break


def _weights_tiny(watch: _Watch) -> Iterator[Remark]:
    for number, layer in enumerate(watch.problem.network.layers, 1):
        largest = float(np.abs(layer.weights).max())
        if largest <= _TINY:
            tried = watch.trying.first(*watch.trying.starts())
            if tried is not None:
                symbol = watch.names.parameter(number, 1, 1)
                yield Remark("weights-tiny", 1, symbol, tried, {"layer": number, "largest": largest, "most": _TINY})
                return


def _saturated(watch: _Watch) -> Iterator[Remark]:
    for number, activation in watch.layers():
        if activation not in ("sigmoid", "tanh") or not watch.unsolved:
            continue
        out = watch.start.array("out", number)
        slopes = out * (1 - out) if activation == "sigmoid" else 1 - out * out
        share = float((slopes < _FLAT).mean())
        if share > 0.5:
            tried = watch.trying.first(*watch.trying.scaled(), *watch.trying.starts())
            symbol = watch.names.symbol(Ref("slope", number, 1, 0, 0))
            yield Remark("saturated", 1, symbol, tried, {"layer": number, "share": 100 * share, "most": _FLAT})


def _dead_units(watch: _Watch) -> Iterator[Remark]:
    """Units of a ReLU whose out is 0 on all samples for 50 iterations, from the start or at the end."""
    ends, trying = (0,) if watch.result.diverged is not None else (0, watch.result.done), watch.trying
    for first in ends:
        dead = _dead(watch, first)
        counts, units = Counter(number for number, _ in dead), watch.names.sizes
        # Through a layer that is dead as a whole nothing gets back at all.
        for number, unit in sorted(dead, key=lambda one: counts[one[0]] < units[one[0]]):
            tried = trying.first(*trying.scaled(), *trying.starts(), *trying.leaking()) if watch.unsolved else None
            symbol = watch.names.unit(number, unit)
            facts = {"unit": symbol, "count": _DEAD, "units": len(dead)}
            yield Remark("dead-units", first + 1, symbol, tried, facts)
            return


def _dead(watch: _Watch, after: int) -> list[tuple[int, int]]:
    """The units that give 0 in each of 50 iterations after this many."""
    if not any(activation == "relu" for _, activation in watch.layers()):
        return []
    return watch.trying.silent(after, _DEAD)


def _vanishing(watch: _Watch) -> Iterator[Remark]:
    plan = watch.start.plan
    learning = (number for number, layer in enumerate(plan.shape.layers, 1) if layer.sources)
    last = plan.shape.last
    first = next(learning, last)
    if watch.problem.error == "perceptron" or first >= last or not plan.shape.layers[-1].learns:
        return
    sizes = [float(np.abs(watch.start.array("grad", number)).max()) for number in (first, last)]
    if 0 < sizes[0] < _VANISHING * sizes[1] and watch.unsolved:
        tried = watch.trying.first(*watch.trying.starts(), *watch.trying.leaking())
        symbol = watch.names.symbol(Ref("grad", first, 1, 1))
        yield Remark("vanishing", 1, symbol, tried, {"first": sizes[0], "last": sizes[1], "layer": first})


# --- the samples ---------------------------------------------------------------------------------------


def _target_out_of_range(watch: _Watch) -> Iterator[Remark]:
    found = out_of_range(watch.problem)
    if found is not None:
        symbol = watch.names.symbol(Ref("target", watch.names.last, found.output, 0, found.sample))
        yield Remark("target-out-of-range", None, symbol, None, {"symbol": symbol, "target": found.target,
                     "sample": found.sample})  # fmt: skip


def _contradictory(watch: _Watch) -> Iterator[Remark]:
    inputs, targets = watch.problem.samples.inputs, watch.problem.samples.targets
    order = np.lexsort(inputs.T)  # those with the same inputs stand together, the first one first
    begins = np.append(True, (inputs[order[1:]] != inputs[order[:-1]]).any(axis=1))
    first = order[begins][np.cumsum(begins) - 1] if len(order) else order
    others = np.flatnonzero((targets[first] != targets[order]).any(axis=1))
    if len(others):
        place = others[order[others].argmin()]
        facts = {"one": int(first[place]), "other": int(order[place])}
        yield Remark("contradictory-samples", None, None, None, facts)


def _no_bias(watch: _Watch) -> Iterator[Remark]:
    if watch.unsolved and any(layer.bias is None for layer in watch.problem.network.layers):
        tried = watch.trying.first(*watch.trying.with_bias())
        if tried is not None:
            yield Remark("no-bias", watch.result.done, None, tried, {"error": watch.result.error})


def _too_few_units(watch: _Watch) -> Iterator[Remark]:
    layers = watch.problem.network.layers
    if not watch.unsolved or len(layers) < 2 or watch.trying.any_start_solves():
        return
    tried = watch.trying.one_unit_more()
    if tried is not None:
        facts = {"units": layers[-2].units, "starts": watch.trying.STARTS}
        yield Remark("too-few-units", watch.result.done, None, tried, facts)


def _kink(problem: Problem, iteration: int) -> list[Remark]:
    """Nets so near a kink that differences step over it."""
    if problem.surface:
        return []
    trace = next(recorded(problem, "", (iteration,)))
    for number, rules in enumerate(trace.plan.book.layers, 1):
        if not rules.kink or problem.network.layers[number - 1].activation == "step":
            continue
        net = trace.array("net", number)
        near = np.argwhere(np.abs(net) <= 2 * _H)
        if len(near):
            row, unit = (int(one) for one in near[0])
            symbol = trace.symbol(Ref("net", number, unit + 1, 0, trace.samples[row]))
            facts = {"symbol": symbol, "net": float(net[row, unit]), "count": len(near), "h": _H}
            return [Remark("kink", iteration, symbol, None, facts)]
    return []


_Rule = Callable[[_Watch], Iterator[Remark]]
_ON_SURFACES: tuple[_Rule, ...] = (_diverges, _rate_too_large, _rate_too_small)
_RULES: tuple[_Rule, ...] = (
    _target_out_of_range, _contradictory, *_ON_SURFACES, _equal_start, _dead_units, _saturated, _weights_tiny,
    _vanishing, _plateau, _no_bias, _too_few_units,
)  # fmt: skip
