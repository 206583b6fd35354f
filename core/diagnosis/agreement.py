"""When a given number agrees with one that was made: as far as its digits, double precision and the sum allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array
from nntutor.core.diagnosis.rounding import strays
from nntutor.core.diagnosis.runs import Made
from nntutor.core.diagnosis.sheet import Bools, Numbers, Sheet
from nntutor.core.diagnosis.textbook import astray, astray_in_all, shown_by
from nntutor.core.diagnosis.written import LAST_PLACES
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import PER_OPTIMIZER
from nntutor.core.problems.network import Problem

_ROUNDING = 1e-12
# Where fewer digits lead further away, as Adam's steps of a g that is rounding alone do, nothing says what is right.
_ASTRAY = 1e-2
_TWICE = 1.1  # 0.1234501, 0.12345, 0.1235: what was rounded to a digit more before is further off by a tenth
_DOUBLE, _ALLOWED = 2.0**-52, 4.0  # the last place of a double; so many times what was seen
# What one difference with any usual h is off by: of the slope, and of E.
_NUMERIC, _NUMERIC_OF_ERROR = 1e-3, 1e-6


@dataclass(frozen=True, eq=False)
class Judge:
    """Compares a sheet's numbers with what a run made.

    floor, numeric: what is allowed at each place whatever its digits, and of a number made by differences as well.
    tolerance: a share of the right number, 0 for none.
    """

    floor: Array
    numeric: Bools
    tolerance: float = 0.0

    def agreeing(self, numbers: Numbers, made: Made) -> Bools:
        """Which of the given numbers agree."""
        given, right = numbers.values, made.values
        with np.errstate(all="ignore"):
            near = np.abs(given - right) <= np.where(np.isfinite(right), self._allowed(numbers, right), 0)
        found: Bools = made.there & (near | (given == right) | (np.isnan(given) & np.isnan(right)))
        return found

    def digits(self, numbers: Numbers, made: Made) -> Array:
        """How many digits of each given number tell it from the one that was made: how unlikely it is hit by chance."""
        with np.errstate(all="ignore"):
            apart = np.abs(numbers.values - made.values)
            shown: Array = np.log10(apart / (2 * self._allowed(numbers, numbers.values)))
        return np.nan_to_num(np.maximum(shown, 0), posinf=0)

    def _allowed(self, numbers: Numbers, around: Array) -> Array:
        """How far from a number another one still agrees with it."""
        share = np.maximum(numbers.relative, self.tolerance)
        share = np.where(self.numeric, np.maximum(share, _NUMERIC), share)
        # What was rounded to few digits was off before that, and lies half a unit away and as far again.
        allowed: Array = numbers.half * _TWICE + np.maximum(share * np.abs(around), self.floor)
        return allowed


def judge(sheet: Sheet, traces: dict[int, Trace], tolerance: float) -> Judge:
    """The judge of a sheet; traces: the records of its iterations, right ones or those of a mistake."""
    numeric = np.array([place.numeric for place in sheet.places], bool)
    largest = cache(lambda iteration, kind, layer: _largest(traces[iteration], kind, layer))
    terms = np.array([largest(place.iteration, place.ref.kind, place.ref.layer) for place in sheet.places])
    floor = _ROUNDING * np.maximum(1.0, terms)
    errors = np.array([max(1.0, _finite(traces[place.iteration].error)) for place in sheet.places])
    relative = sheet.numbers(sheet.ways[0]).relative
    sizes = np.nan_to_num(np.abs(sheet.numbers(sheet.ways[0]).values), posinf=0)
    for share, place in LAST_PLACES.items():
        if (fewer := ~numeric & (relative == share)).any():
            most = np.minimum(strays(sheet, traces, place), _ASTRAY * np.maximum(np.maximum(1.0, terms), sizes))
            floor = np.where(fewer, np.maximum(floor, most), floor)
    floor = np.maximum(floor, _ALLOWED * np.array(list(_as_printed(sheet, traces, relative))))
    return Judge(np.where(numeric, _NUMERIC_OF_ERROR * errors, floor), numeric, tolerance)


def _as_printed(sheet: Sheet, traces: dict[int, Trace], relative: Array) -> Iterator[float]:
    """What each number may be off by because books write it in a form with fewer digits."""
    each, whole = cache(astray), cache(astray_in_all)
    for (iteration, ref, _), share in zip(sheet.places, relative.tolist(), strict=True):
        trace, last_place = traces[iteration], LAST_PLACES.get(share, _DOUBLE)
        if ref.kind == "error" and not trace.plan.shape.given:
            yield whole(trace, last_place)
        elif ref.kind == "unit_error" or shown_by(ref, trace.plan.book) != ref:
            yield float(each(trace, ref.kind, last_place)[trace.row(ref.sample), ref.unit - 1])
        else:
            yield 0.0


def _largest(trace: Trace, kind: str, layer: int) -> float:
    """The largest magnitude among the terms that a layer's numbers of a kind are made of."""
    try:
        with np.errstate(all="ignore"):
            return max((_finite(_size(term)) for term in _terms(trace, kind, layer)), default=0.0)
    except KeyError:
        return 0.0


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else 0.0


def _size(array: Array) -> float:
    return float(np.abs(array).max()) if array.size else 0.0


def _terms(trace: Trace, kind: str, layer: int) -> Iterator[Array]:
    last = layer == len(trace.plan.shape.layers)
    surface = bool(trace.problem.surface)
    match kind:
        case "net" | "out" if layer and not surface:
            yield np.abs(trace.array("weight", layer)) * np.abs(trace.array("out", layer - 1)).max(axis=0)
            yield trace.array("net", layer)
        case "out_grad" | "delta" if layer and not last:
            above = np.abs(trace.array("delta", layer + 1)).max(axis=0)
            yield above[:, None] * np.abs(trace.array("weight", layer + 1))
        case "out_grad" | "delta" if last:
            yield trace.array("out", layer)
            yield trace.array("target")
        case "grad" if not surface:
            delta = np.abs(trace.array("delta", layer)).max(axis=0)
            yield delta[:, None] * np.abs(trace.array("out", layer - 1)).max(axis=0)
            yield trace.array("weight", layer)
        case "error" | "unit_error" if not surface:
            yield trace.array("unit_error")
        case "new" | "change":
            yield trace.array("weight", layer)
        case _ if kind not in PER_OPTIMIZER and layer:
            yield trace.array(kind, layer)


# --- other conventions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Convention:
    """A way of writing the same numbers down that is right too. id: as remarks are called; at: one of its places."""

    id: str
    at: int


def in_ours(
    sheet: Sheet, traces: dict[int, Trace], problem: Problem, numbers: Numbers, judge: Judge, right: Made
) -> tuple[Numbers, list[Convention]]:
    """The numbers as we would write them, where what follows from them is right all the same.

    δ with 1/n in it where the gradients are right; a velocity of another convention where the weights are.
    """
    found: list[Convention] = []
    agrees = judge.agreeing(numbers, right)
    groups = _by_layer(sheet)
    for (iteration, kind, layer), at in groups.items():
        if agrees[at].all() or kind not in ("delta", "out_grad", "v"):
            continue
        after = ("new",) if kind == "v" else ("grad", "new")
        proof = next((groups[iteration, one, layer] for one in after if (iteration, one, layer) in groups), None)
        if proof is None or not agrees[proof].all() or not right.values[proof].any():
            continue
        if kind != "v" and not _has_gradient(traces[iteration], layer):  # noughts prove nothing
            continue
        for factor in _factors(problem, kind, iteration):
            ours = numbers.scaled(at, factor)
            if judge.agreeing(ours, right)[at].all():
                numbers = ours
                found.append(Convention("other-convention" if kind == "v" else "mean-in-delta", int(at[0])))
                break
    return numbers, found


def _has_gradient(trace: Trace, layer: int) -> bool:
    """Whether a gradient of a layer is other than 0."""
    for bias in (False, True):
        try:
            if trace.array("grad", layer, bias).any():
                return True
        except KeyError:  # what does not learn has none
            continue
    return False


def _by_layer(sheet: Sheet) -> dict[tuple[int, str, int], NDArray[np.intp]]:
    found: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for at, place in enumerate(sheet.places):
        if not place.numeric:
            found[place.iteration, place.ref.kind, place.ref.layer].append(at)
    return {key: np.array(at, np.intp) for key, at in found.items()}


def _factors(problem: Problem, kind: str, iteration: int) -> tuple[float, ...]:
    """What makes a number of another convention one of ours."""
    if kind != "v":
        count = problem.batch_length(iteration)
        return (float(count),) if count > 1 and problem.over_samples == "mean" else ()
    rate = problem.optimizer.learning_rate
    if problem.optimizer.name not in ("momentum", "nesterov") or not rate:
        return ()
    return (-1.0, -rate, rate, -1 / rate, 1 / rate)
