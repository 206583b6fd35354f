"""The end of Rosenblatt's rule against a simulation in whole numbers."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.analysis.perceptron import End, end
from nntutor.core.engine.timeline import Timeline
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer

ROWS = list(product((0.0, 1.0), repeat=2))
TARGETS = list(product((0, 1), repeat=4))
XOR = (0, 1, 1, 0), (1, 0, 0, 1)


def rule(targets: tuple[int, ...], start: tuple[int, int, int]) -> Problem:
    layer = Layer("step", [[float(start[0]), float(start[1])]], [float(start[2])])  # type: ignore[arg-type]
    samples = Samples.of(ROWS, [[float(target)] for target in targets])
    return Problem(Network((layer,)), samples, Optimizer("sgd", 1.0), "perceptron")


def simulated(targets: tuple[int, ...], start: tuple[int, int, int]) -> End:
    """The same in plain whole numbers."""
    w1, w2, b = start
    seen: dict[tuple[int, int, int, int], int] = {}
    changed: list[int] = []
    for iteration in range(1, 10_000):
        row = (iteration - 1) % 4
        quiet = max(changed, default=0) + 1
        if iteration - quiet >= 4:
            return End(True, quiet, iteration - 1, len(changed))
        if (w1, w2, b, row) in seen:
            first = seen[w1, w2, b, row]
            return End(False, first, iteration, sum(first <= one < iteration for one in changed))
        seen[w1, w2, b, row] = iteration
        x1, x2 = (int(x) for x in ROWS[row])
        gap = targets[row] - (w1 * x1 + w2 * x2 + b >= 0)
        if gap:
            changed.append(iteration)
            w1, w2, b = w1 + gap * x1, w2 + gap * x2, b + gap
    raise AssertionError


@pytest.mark.parametrize("targets", TARGETS)
def test_it_learns_what_a_line_can_part_and_nothing_else(targets: tuple[int, ...]) -> None:
    found = end(rule(targets, (0, 0, 0)))
    assert found is not None
    assert found.learned == (targets not in XOR)


@given(st.sampled_from(TARGETS), st.tuples(*[st.integers(-3, 3)] * 3))
def test_the_end_is_that_of_a_simulation(targets: tuple[int, ...], start: tuple[int, int, int]) -> None:
    assert end(rule(targets, start)) == simulated(targets, start)


def test_the_weights_of_a_cycle_are_the_same_before_the_same_row() -> None:
    problem = rule(XOR[0], (0, 0, 0))
    found = end(problem)
    assert found is not None and not found.learned
    timeline = Timeline.start(problem)
    first, last = timeline.trace_of(found.first), timeline.trace_of(found.last)
    assert first.before.params.tobytes() == last.before.params.tobytes()
    assert first.samples == last.samples


def test_where_nothing_moves_though_a_row_is_wrong_it_has_not_learned() -> None:
    """At a rate of 0 every row was said to be right."""
    problem = replace(rule(XOR[0], (-1, 1, 1)), optimizer=Optimizer("sgd", 0.0))
    assert end(problem) == End(False, 1, 5, 0)
    assert end(replace(rule((0, 0, 0, 1), (1, 1, -2)), optimizer=Optimizer("sgd", 0.0))) == End(True, 1, 4, 0)


def test_no_end_within_the_limit_is_said() -> None:
    assert end(rule((0, 0, 0, 1), (0, 0, 0)), limit=5) is None
