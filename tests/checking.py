"""What the gradient check promises, held to it on problems without end; used by tests and bench.

Two promises: a right gradient is never said to differ, however the numbers lie; and a mistaken one is found where it
is off by more than a hundred-thousandth. That the error that is stated holds is the ground of both.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from shown import ALL
from slopes import slopes
from strategies import problems, wide_problems

from nntutor.core.analysis.gradient_check import Check, check, check_all
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem

DERIVABLE = ("half-squared", "mse", "bce", "softmax-ce")


def ordinary() -> st.SearchStrategy[Problem]:
    """Problems of the size of a lesson's, with every setting."""
    return problems(errors=DERIVABLE, settings=True)


def traced(problem: Problem, mistake: str, iteration: int) -> Trace | None:
    """The record of an iteration; None where E is no number there, or nothing is."""
    place = Timeline.start(problem, mistake).to(iteration)
    return place.trace if place.diverged is None and np.isfinite(place.trace.error) else None


def of_a_sample(trace: Trace) -> list[Ref]:
    """A net and, where it has a gradient, an out of the first layer that has any."""
    number = trace.plan.shape.first_back
    if number > len(trace.plan.shape.layers):
        return []
    kinds = ("net", "out") if "out_grad" in trace.plan.book.layers[number - 1].kinds else ("net",)
    return [Ref(kind, number, 1, 0, trace.samples[0]) for kind in kinds]


def assert_no_alarm(problem: Problem, iteration: int) -> Counter[str]:
    """A right iteration: nothing differs. What was said of its numbers."""
    said: Counter[str] = Counter()
    trace = traced(problem, "", iteration)
    if trace is not None:
        for found in (*check_all(trace), *(check(trace, ref) for ref in of_a_sample(trace))):
            assert found.verdict != "differs", found
            assert found.verdict != "kink" or found.kinks, found
            assert found.verdict != "agrees" or found.error <= 1e-3 * max(abs(found.gradient), abs(found.numeric)), (
                found
            )
            said[found.verdict] += 1
    return said


def is_found(problem: Problem, mistake: str, iteration: int) -> bool | None:
    """Whether a mistake that makes gradients differ from the slopes of E is found; None where it makes none.

    What the check says of each number is held to the slope of E that an oracle knows.
    """
    trace = traced(problem, mistake, iteration)
    found = list(check_all(trace)) if trace is not None else []
    if trace is None or not found:
        return None
    with np.errstate(all="ignore"):
        right = slopes(trace, [one.ref for one in found]) * [_times(trace, one.ref) for one in found]
    if not np.isfinite(right).all():
        return None
    for one, slope in zip(found, right, strict=True):
        assert_true(one, float(slope))
    made = np.array([one.gradient for one in found])
    apart, size = np.linalg.norm(made - right), max(np.linalg.norm(made), np.linalg.norm(right))
    if apart <= 1e-5 * size or apart <= 1e-10 * max(1, abs(trace.error)):
        return None
    return any(one.verdict == "differs" for one in found)


def _times(trace: Trace, ref: Ref) -> int:
    """How often E of a number's own sample is in E: a mean has a share of it."""
    mean = ref.sample >= 0 and trace.problem.over_samples == "mean"
    return len(trace.samples) if mean else 1


def assert_true(found: Check, slope: float) -> None:
    """The law: the error that is stated holds, and the verdict follows from it alone."""
    if found.verdict == "kink":
        return
    rounding = 1e-13 * abs(slope)
    assert abs(found.numeric - slope) <= found.error + rounding or np.isnan(found.numeric), (found, slope)
    assert (found.verdict == "differs") == (abs(found.gradient - found.numeric) > found.error), found


# --- without end -------------------------------------------------------------------------------------


def _many(count: int) -> settings:
    phases = (Phase.generate, Phase.shrink)
    return settings(max_examples=count, derandomize=False, database=None, phases=phases, deadline=None,
                    suppress_health_check=list(HealthCheck))  # fmt: skip


def right_ones(count: int, start: int) -> Counter[str]:
    """`count` right networks from one seed; what was said of their numbers. AssertionError where one differs."""
    said: Counter[str] = Counter()

    @seed(start)
    @_many(count)
    @given(wide_problems(DERIVABLE), st.integers(1, 4))
    def every(problem: Problem, iteration: int) -> None:
        said.update(assert_no_alarm(problem, iteration))

    every()
    return said


def mistaken_ones(count: int, start: int) -> Counter[str]:
    """Every mistake on `count` problems from one seed; how often each was there and found."""
    found: Counter[str] = Counter()

    @seed(start)
    @_many(count)
    @given(ordinary(), st.integers(1, 3))
    def every(problem: Problem, iteration: int) -> None:
        for mistake in ALL:
            answer = is_found(problem, mistake, iteration)
            assert answer is not False, mistake
            found[mistake] += answer is True

    every()
    return found
