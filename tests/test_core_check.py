"""Central differences: agreement, kinks by name, and what differences cannot see."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.analysis.gradient_check import central_difference, check_all
from nntutor.core.engine.timeline import Timeline
from nntutor.core.errors import NotDifferentiable
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer

DERIVABLE = ("half-squared", "mse", "bce", "softmax-ce")


@given(problems(errors=DERIVABLE, everything_learns=True), st.integers(1, 5))
def test_every_weight_that_learns_is_checked_and_agrees(problem: Problem, iteration: int) -> None:
    place = Timeline.start(problem).to(iteration)
    assume(place.diverged is None and not place.trace.diverged and place.trace.error < 50)
    trace = place.trace
    checks = list(check_all(trace))
    assert [check.ref._replace(kind="new") for check in checks] == sorted(
        (step.ref for step in trace if step.kind == "update"), key=lambda ref: (ref.layer, ref.unit, ref.input or 99)
    )
    for check in checks:
        # What the difference itself gets wrong, h²/6·E‴, is a third of what doubling h changes.
        wider = central_difference(trace, check.ref, 2 * check.h)
        truncation = abs(wider.numeric - check.numeric) / 3
        assert check.agrees or not check.counted or abs(check.gradient - check.numeric) < 1.5 * truncation, check
        difference = abs(check.gradient - check.numeric)
        total = abs(check.gradient) + abs(check.numeric)
        assert check.relative == (difference / total if total else 0.0)
    # The check left no mark on the record.
    np.testing.assert_equal(trace.error, Timeline.start(problem).to(trace.iteration).trace.error)


@given(problems(errors=("half-squared", "mse"), activations=("sigmoid", "tanh", "identity")))
def test_what_is_sent_back_to_a_unit_is_the_slope_of_its_own_output(problem: Problem) -> None:
    trace = Timeline.start(problem).trace
    for step in trace:
        if step.ref.kind in ("out_grad", "delta"):
            nudged = step.ref._replace(kind="out" if step.ref.kind == "out_grad" else "net")
            assert central_difference(trace, nudged).agrees, step.symbol


@given(
    problems(errors=("half-squared", "mse"), activations=("sigmoid", "tanh", "identity"), everything_learns=True),
    st.floats(-9, -1),
    st.sampled_from((1.0, 30.0, 1e4)),
)
def test_a_check_agrees_exactly_where_the_contract_says(problem: Problem, power: float, scale: float) -> None:
    """Within 10⁻⁶ of the larger of the two, and 10⁻⁹ of E where E is above 1."""
    samples = replace(problem.samples, targets=problem.samples.targets * scale)
    trace = Timeline.start(replace(problem, samples=samples)).trace
    for layer in range(1, len(problem.network.layers) + 1):
        check = central_difference(trace, Ref("weight", layer, 1, 1), 10.0**power)
        largest = max(abs(check.gradient), abs(check.numeric))
        floor = 1e-9 * max(1.0, abs(trace.error))
        assert check.agrees == (abs(check.gradient - check.numeric) <= 1e-6 * largest + floor)
        assert check.below == (largest <= floor)


@given(problems(errors=DERIVABLE, activations=("sigmoid", "tanh", "identity"), everything_learns=True))
def test_smooth_networks_have_no_kinks(problem: Problem) -> None:
    assert all(check.counted for check in check_all(Timeline.start(problem).trace))


def one_unit(activation: str, weight: float, value: float, target: float = 1.0) -> Problem:
    network = Network((Layer(activation, np.array([[weight]]), None),))
    return Problem(network, Samples.of([[value]], [[target]]), Optimizer("sgd", 0.1))


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "step"])
@pytest.mark.parametrize(
    ("weight", "value", "counted"),
    [
        (0.5, 1.0, True),
        (-0.5, 1.0, True),
        (1.9e-4, 1.0, False),  # within 2h of the kink
        (2.1e-4, 1.0, True),  # just outside
        (-1.9e-4, 1.0, False),
        (0.0, 1.0, False),  # on it
        (0.0, 0.0, True),  # on it, but the nudge does not move it
        (5e-5, 100.0, False),  # 50h away from the kink in net, and the nudge still crosses it
        (-1e-4, 100.0, False),  # the nudge ends on the kink, where step is 1 already
    ],
)
def test_units_near_a_kink_are_named_and_not_counted(
    activation: str, weight: float, value: float, counted: bool
) -> None:
    check = central_difference(Timeline.start(one_unit(activation, weight, value)).trace, Ref("weight", 1, 1, 1))
    assert check.counted == counted
    assert check.kinks == (() if counted else ("o1",))
    if counted:
        assert check.agrees


def test_kinks_of_a_batch_are_named_by_sample() -> None:
    network = Network((Layer("relu", np.array([[1.0]]), None),))
    problem = Problem(network, Samples.of([[1.0], [1e-5], [-1e-5]], [[1.0]] * 3), Optimizer(), batch="full")
    check = central_difference(Timeline.start(problem).trace, Ref("weight", 1, 1, 1))
    assert check.kinks == ("o1[1]", "o1[2]")


def test_rosenblatts_rule_is_refused() -> None:
    problem = replace(one_unit("step", 0.5, 1.0), error="perceptron")
    with pytest.raises(NotDifferentiable):
        central_difference(Timeline.start(problem).trace, Ref("weight", 1, 1, 1))


def test_what_does_not_learn_has_no_gradient_to_check(two_two_two: Problem) -> None:
    with pytest.raises(KeyError):
        central_difference(Timeline.start(two_two_two).trace, Ref("weight", 1, 1, 0))
    assert len(list(check_all(Timeline.start(two_two_two).trace))) == 8


def test_a_gradient_too_small_for_differences_is_said_to_be_below() -> None:
    check = central_difference(Timeline.start(one_unit("sigmoid", 30.0, 1.0)).trace, Ref("weight", 1, 1, 1))
    assert check.below and check.agrees


def test_the_mistake_is_found_by_the_check(two_two_two: Problem) -> None:
    checks = {check.symbol: check for check in check_all(Timeline.start(two_two_two, "updated-weights").trace)}
    assert {symbol for symbol, check in checks.items() if not check.agrees} == {"w1", "w2", "w3", "w4"}
    assert checks["w1"].relative == pytest.approx(0.092, abs=5e-4)
    assert checks["w3"].relative == pytest.approx(0.080, abs=5e-4)


@pytest.mark.parametrize("h", [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-10])
def test_the_error_of_a_difference_has_its_valley(two_two_two: Problem, h: float) -> None:
    trace = Timeline.start(two_two_two).trace
    worst = {1e-1: 2e-8, 1e-2: 2e-10, 1e-3: 2e-12, 1e-4: 2e-12, 1e-6: 3e-10, 1e-10: 1e-6}[h]
    for number in range(1, 5):
        ref = trace.find(f"w{number}")
        assert ref is not None
        check = central_difference(trace, ref, h)
        assert abs(check.numeric - check.gradient) < worst
