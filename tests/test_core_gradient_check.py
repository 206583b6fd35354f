"""The gradient check: its law, kinks by name, and what differences cannot see."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import inf

import checking
import numpy as np
import pytest
from checking import ALL, DERIVABLE, ordinary, traced
from hypothesis import given
from hypothesis import strategies as st
from shown import SHOWN
from strategies import problems, share, wide_problems

from nntutor.core.analysis import copies, step_search
from nntutor.core.analysis.copies import Copies
from nntutor.core.analysis.gradient_check import central_difference, check, check_all, serving_step
from nntutor.core.analysis.step_search import Search, Slope
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NotDifferentiable
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer

W1 = Ref("weight", 1, 1, 1)


def one_unit(activation: str, weight: float, value: float, target: float = 1.0, bias: float | None = None) -> Problem:
    network = Network((Layer(activation, np.array([[weight]]), None if bias is None else np.array([bias])),))
    return Problem(network, Samples.of([[value]], [[target]]), Optimizer("sgd", 0.1))


def first(problem: Problem, mistake: str = "") -> Trace:
    return Timeline.start(problem, mistake).trace


# --- the law -----------------------------------------------------------------------------------------


@share(1.5)
@given(wide_problems(DERIVABLE), st.integers(1, 4))
def test_a_right_gradient_is_never_said_to_differ(problem: Problem, iteration: int) -> None:
    checking.assert_no_alarm(problem, iteration)


@given(ordinary(), st.sampled_from(("", *ALL)), st.integers(1, 3))
def test_a_mistaken_gradient_is_found_and_the_error_that_is_stated_holds(
    problem: Problem, mistake: str, iteration: int
) -> None:
    found = checking.is_found(problem, mistake, iteration)
    assert found is None or (found and mistake)


@given(problems(errors=DERIVABLE, everything_learns=True), st.integers(1, 5))
def test_every_weight_that_learns_is_checked_in_the_order_of_the_weights(problem: Problem, iteration: int) -> None:
    trace = traced(problem, "", iteration)
    if trace is None:
        return
    checks = list(check_all(trace))
    assert [one.ref._replace(kind="new") for one in checks] == sorted(
        (step.ref for step in trace if step.kind == "update"), key=lambda ref: (ref.layer, ref.unit, ref.input or 99)
    )
    for one in checks:
        total = abs(one.gradient) + abs(one.numeric)
        assert one.relative == (abs(one.gradient - one.numeric) / total if total else 0.0)
    # The check left no mark on the record.
    np.testing.assert_equal(trace.error, Timeline.start(problem).to(trace.iteration).trace.error)


def test_most_gradients_of_ordinary_problems_are_seen() -> None:
    said: Counter[str] = Counter()

    @given(ordinary())
    def every(problem: Problem) -> None:
        said.update(checking.assert_no_alarm(problem, 1))

    every()
    moving = said["agrees"] + said["curved"] + said["kink"]
    assert said["agrees"] > 0.95 * moving and said["agrees"] > said["below"]


@pytest.mark.parametrize("memory", [1, 5_000])
def test_copies_that_do_not_fit_into_memory_at_once_are_run_one_after_another(
    memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    layers = (
        Layer("tanh", random.uniform(-1, 1, (3, 2)) / [1, 1000], np.zeros(3)),
        Layer("identity", np.ones((1, 3)), None),
    )
    samples = Samples.of([[0.3, 900.0], [0.8, -400.0]], [[0.1], [0.9]])
    trace = first(Problem(Network(layers), samples, Optimizer(), batch="full"), "no-hidden-slope")
    roomy = list(check_all(trace))
    monkeypatch.setattr(copies, "_BYTES", memory)
    tight = list(check_all(trace))
    assert {one.verdict for one in roomy} == {"agrees", "differs"} and roomy[1].h < 1e-4 < roomy[0].h
    assert [(one.verdict, one.h) for one in tight] == [(one.verdict, one.h) for one in roomy]


@pytest.mark.parametrize("net", [0.3, 5.0, 12.0, 17.0, 18.5])
def test_shaking_covers_what_rounding_has_done_to_e_and_to_the_gradient(net: float) -> None:
    trace = first(one_unit("tanh", net, 1.0, target=0.5))
    power = (Decimal(-2) * Decimal(net)).exp()
    out = (1 - power) / (1 + power)
    gap, slope = out - Decimal("0.5"), 1 - out * out
    rounding = Copies(trace, W1, 10).rounding()
    assert 0 < abs(Decimal(trace.error) - gap * gap / 2) <= Decimal(rounding.error) < Decimal("1e-14")
    off = abs(Decimal(trace.value(Ref("grad", 1, 1, 1))) - gap * slope)
    assert 0 < off <= Decimal(float(rounding.gradient[0])) < Decimal("1e-14")


@pytest.mark.parametrize("wanted", [1, 10])
@pytest.mark.parametrize("size", [1e3, 1e5, 1e7])
def test_shaking_covers_what_is_lost_where_the_terms_of_a_net_cancel(size: float, wanted: int) -> None:
    weights, inputs = [size / 3, -size / 3, 0.3], [0.7, 0.7 + 0.3 / size, 0.4]
    network = Network((Layer("identity", np.array([weights]), None),))
    trace = first(Problem(network, Samples.of([inputs], [[0.5]]), Optimizer()))
    gap = sum(Fraction(weight) * Fraction(value) for weight, value in zip(weights, inputs, strict=True)) - Fraction(0.5)
    rounding = Copies(trace, W1, wanted).rounding()
    assert 0 < abs(Fraction(trace.error) - gap * gap / 2) <= rounding.error < 1e-15 * size
    assert 0 < abs(Fraction(trace.value(Ref("grad", 1, 1, 1))) - gap * Fraction(inputs[0])) <= rounding.gradient[0]


def test_a_fork_of_networks_with_samples_of_their_own_has_room_for_them(two_two_two: Problem) -> None:
    engine = Engine(two_two_two, networks=3, apart=True)
    assert engine.fork().program(1).inputs.shape == engine.program(1).inputs.shape == (3, 1, 2)


# --- what it is asked about --------------------------------------------------------------------------


@pytest.mark.parametrize("value", [30.0, 1e3, 1e6])
def test_inputs_that_nobody_scaled_are_no_false_alarm(value: float) -> None:
    for net in (0.3, 2.0, 5.0):
        trace = first(one_unit("tanh", net / value, value, target=0.0))
        assert check(trace, W1).verdict == "agrees"
        assert abs(central_difference(trace, W1, 1e-4).relative) > 1e-6


def test_large_nets_under_softmax_are_moved_by_little_since_only_their_differences_count() -> None:
    # Each net is above 10⁵ in size; the two largest are 0.168 apart.
    network = Network((Layer("identity", np.array([[1.0], [-1.0], [-1.0]]), np.array([0.0, -0.168, 0.0])),))
    samples = Samples.of([[-113833.0]], [[0.2, 0.5, 0.3]])
    trace = first(Problem(network, samples, Optimizer(), "softmax-ce"))
    assert {one.verdict for one in check_all(trace)} == {"agrees"}


@pytest.mark.parametrize("net", [-20.0, -100.0, -200.0])
def test_in_a_tail_that_bends_as_it_falls_the_error_that_is_stated_holds(net: float) -> None:
    # E is e^(2·net)/2 to all places: it has next to no rounding, and no step at which it is straight.
    found = check(first(one_unit("sigmoid", net, 1.0, target=0.0)), W1)
    assert found.verdict == "agrees" and found.relative > 1e-11


def test_an_exact_fit_has_nothing_to_see_and_is_no_false_alarm() -> None:
    network = Network((Layer("relu", np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.5, -1.0])),
                       Layer("identity", np.array([[1.0, -2.0]]), np.array([-0.5]))))  # fmt: skip
    fit = Problem(network, Samples.of([[0, 1], [1, 1]], [[1], [0]]), Optimizer(), batch="full")
    trace = first(fit)
    assert trace.error == 0.0
    assert not {"differs", "curved"} & {one.verdict for one in check_all(trace)}


def test_a_number_that_is_lost_beside_the_step_is_no_false_alarm() -> None:
    # o ± h is ±h: the difference sees the slope at 0, not at o.
    trace = first(one_unit("sigmoid", -537.0, 1.0, target=0.0))
    assert 0 < trace["o1"] < 1e-200
    assert check(trace, Ref("out", 1, 1, 0, 0)).verdict == check(trace, W1).verdict == "below"


def test_targets_that_sum_to_1_but_for_their_last_digit_are_no_false_alarm() -> None:
    network = Network((Layer("identity", np.array([[0.3], [0.2], [-0.4]]), np.zeros(3)),))
    problem = Problem(network, Samples.of([[1.0]], [[0.333333333] * 3]), Optimizer(), "softmax-ce")
    assert {one.verdict for one in check_all(first(problem))} == {"agrees"}


@pytest.mark.parametrize("over_samples", ["mean", "sum"])
def test_what_is_sent_back_is_the_slope_of_the_error_of_its_own_sample(over_samples: str) -> None:
    network = Network((Layer("tanh", np.array([[0.4]]), None), Layer("sigmoid", np.array([[0.7]]), None)))
    samples = Samples.of([[1.0], [0.5], [-0.3]], [[1.0], [0.2], [0.4]])
    trace = first(Problem(network, samples, Optimizer(), batch="full", over_samples=over_samples))
    for kind, layer in (("net", 1), ("net", 2), ("out", 1), ("out", 2)):
        ref = Ref(kind, layer, 1, 0, 2)
        assert check(trace, ref).verdict == "agrees" and central_difference(trace, ref, 1e-4).near


def test_rosenblatts_rule_is_refused() -> None:
    trace = first(replace(one_unit("step", 0.5, 1.0), error="perceptron"))
    for ask in (lambda: central_difference(trace, W1, 1e-4), lambda: check(trace, W1), lambda: list(check_all(trace))):
        with pytest.raises(NotDifferentiable):
            ask()


def test_what_does_not_learn_has_no_gradient_to_check(two_two_two: Problem) -> None:
    with pytest.raises(KeyError):
        check(first(two_two_two), Ref("weight", 1, 1, 0))
    assert len(list(check_all(first(two_two_two)))) == 8
    held = Network(tuple(replace(layer, learn=False) for layer in two_two_two.network.layers))
    assert list(check_all(first(replace(two_two_two, network=held)))) == []


def test_the_mistake_is_found_by_the_check(two_two_two: Problem) -> None:
    checks = {one.symbol: one for one in check_all(first(two_two_two, "updated-weights"))}
    assert {symbol for symbol, one in checks.items() if one.verdict == "differs"} == {"w1", "w2", "w3", "w4"}
    assert checks["w1"].relative == pytest.approx(0.092, abs=5e-4)
    assert checks["w3"].relative == pytest.approx(0.080, abs=5e-4)


# What changes E and its slopes alike.
RIGHT_GRADIENTS = ("exp-sign", "outputs-mean-for-sum:both", "outputs-sum-for-mean:both")


@pytest.mark.parametrize("mistake", ALL)
def test_every_mistake_of_the_table_is_found_but_those_that_leave_gradients_right(mistake: str) -> None:
    shown = SHOWN[mistake]
    phases, verdicts = of_right(shown.problem)
    said = {one.verdict for one in check_all(first(shown.problem, mistake))}
    assert ("differs" in said) == (phases[shown.first] != "update" and mistake not in RIGHT_GRADIENTS)
    assert "differs" not in verdicts


@cache
def of_right(problem: Problem) -> tuple[dict[str, str], set[str]]:
    """Of the right iteration the phase that makes each number, and what a check says."""
    right = first(problem)
    return {step.symbol: step.phase for step in right}, {one.verdict for one in check_all(right)}


def test_a_mistake_that_takes_new_weights_is_found_whatever_makes_them(two_two_two: Problem) -> None:
    # The new weights of Adam hang on the iteration as well.
    adam = replace(two_two_two, optimizer=Optimizer("adam", 0.1))
    for iteration in (1, 3):
        trace = Timeline.start(adam, "updated-weights").to(iteration).trace
        assert [one.verdict for one in check_all(trace)] == ["differs"] * 4 + ["agrees"] * 4


def test_what_only_one_of_two_steps_shows_is_not_held_against_a_gradient() -> None:
    search = Search(value=0.5, gradient=2.0)
    lucky, other = Slope(1 / 64, 1.0, 1e-9, 1e-9), Slope(1 / 192, 2.0, 1e-6, 1e-9)
    assert not search.take(lucky, reach=1.0, kink=0.0) and search.differs
    assert search.moves[0] == pytest.approx(0.5 + lucky.h / 3)
    assert search.take(other, reach=1.0, kink=0.0) and not search.differs
    sure = Search(value=0.5, gradient=2.0)
    assert not sure.take(lucky, reach=1.0, kink=0.0)
    assert sure.take(replace(other, value=1.0), reach=1.0, kink=0.0) and sure.differs


@pytest.mark.parametrize(
    ("bend", "rounding", "reach", "kink", "factor"),
    [
        (1e-9, 1.0, 0.1, 0.0, 4),  # mostly rounding: further
        (1.0, 1e-9, 0.1, 0.0, 1 / 4),  # mostly bend: nearer
        (1e-9, 1e-9, 4.0, 0.0, 1 / 4),  # a net left where its activation is straight
        (1e-9, 1e-9, 0.1, 1.0, 1 / 2),  # half the way to a kink
        (inf, 1e-9, 0.1, 0.0, 2.0**-20),  # E overflowed
    ],
)
def test_a_step_that_does_not_serve_is_followed_by_one_of_another_size(
    bend: float, rounding: float, reach: float, kink: float, factor: float
) -> None:
    search = Search(value=0.5, gradient=2.0)
    h = search.moves[0] - 0.5
    assert not search.take(Slope(h, 2.0, bend, rounding), reach, kink)
    assert search.moves[0] - 0.5 == pytest.approx(h * factor, rel=1e-6)


@pytest.mark.parametrize(("at_the_place", "out_there"), [(1e-6, 0.0), (0.0, 1e-6)])
def test_rounding_at_the_place_and_further_out_both_count(at_the_place: float, out_there: float) -> None:
    moves = Search(value=0.0, gradient=2.0).moves[None]
    errors = 2 * moves
    errors[:, 6] += out_there
    [slope] = step_search._slopes(moves, errors, at_the_place, np.zeros(1))
    assert slope.value == pytest.approx(2.0) and slope.bend < 1e-9
    assert slope.rounding > 1e-6 / slope.h


def test_where_rounding_hides_the_gradient_no_other_step_is_tried() -> None:
    search = Search(value=0.5, gradient=1e-9)
    assert search.take(Slope(1 / 128, 0.0, 1e-12, 1e-6), reach=0.1, kink=0.0) and not search.judged


# --- what it cannot see ------------------------------------------------------------------------------


def test_a_gradient_too_small_for_differences_is_said_to_be_below() -> None:
    assert check(first(one_unit("sigmoid", 30.0, 1.0)), W1).verdict == "below"


def test_where_the_least_step_of_a_double_bends_e_the_check_says_curved() -> None:
    # One last place of the weight moves the net by 2.
    trace = first(one_unit("tanh", 1.0, 2.0**53, target=0.5, bias=-(2.0**53)))
    found = check(trace, W1)
    assert found.verdict == "curved" and found.error == np.inf and trace.value(Ref("grad", 1, 1, 1)) != 0


def test_a_number_that_is_infinite_is_checked_without_a_warning() -> None:
    trace = first(one_unit("identity", 1e300, 1e300))
    net = Ref("net", 1, 1, 0, 0)
    assert trace.value(net) == inf and np.isnan(check(trace, net).relative)


def test_an_error_that_is_no_number_is_not_called_a_wrong_gradient() -> None:
    trace = first(one_unit("identity", 1.0, 1e200, target=0.0))
    assert not np.isfinite(trace.error) and check(trace, W1).verdict == "curved"


def test_where_a_usual_step_overflows_a_smaller_one_is_taken() -> None:
    trace = first(one_unit("identity", 1.34e154, 1.0, target=0.0))
    assert np.isfinite(trace.error) and not np.isfinite(central_difference(trace, W1, 1e152).upper)
    found = check(trace, W1)
    assert found.verdict == "agrees" and found.h < 1e150


@given(problems(errors=DERIVABLE, activations=("sigmoid", "tanh", "identity"), everything_learns=True))
def test_smooth_networks_have_no_kinks(problem: Problem) -> None:
    assert not any(one.kinks for one in check_all(first(problem)))


@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "step"])
@pytest.mark.parametrize(
    ("weight", "value", "kink"),
    [
        (0.5, 1.0, False),
        (-0.5, 1.0, False),
        (1.9e-4, 1.0, True),  # the nudge goes more than half the way
        (2.1e-4, 1.0, False),  # less than half
        (-1.9e-4, 1.0, True),
        (0.0, 1.0, True),  # on it
        (0.0, 0.0, False),  # on it, but the nudge does not move it
        (5e-5, 100.0, True),  # 50h away from the kink in net, and the nudge still crosses it
        (-1e-4, 100.0, True),  # the nudge ends on the kink, where step is 1 already
    ],
)
def test_units_that_one_nudge_takes_near_a_kink_are_named(
    activation: str, weight: float, value: float, kink: bool
) -> None:
    shown = central_difference(first(one_unit(activation, weight, value)), W1, 1e-4)
    assert shown.kinks == (("o1",) if kink else ())
    assert kink or shown.near


def test_a_net_beside_its_kink_that_hardly_moves_is_not_near_it() -> None:
    trace = first(one_unit("relu", 0.5, 0.1, bias=-0.0499))
    assert trace["net_o1"] < 1.1e-4 and central_difference(trace, W1, 1e-4).kinks == ()


@pytest.mark.parametrize("net", [1e-4, -1e-4, 1e-9])
def test_beside_a_kink_the_check_takes_a_step_that_stays_off_it(net: float) -> None:
    trace = first(one_unit("leaky-relu", net, 1.0))
    assert (check(trace, W1).verdict, central_difference(trace, W1, 1e-2).kinks) == ("agrees", ("o1",))


def test_a_step_on_its_kink_is_named_though_its_jump_moves_the_next_net_at_any_distance() -> None:
    network = Network((Layer("step", np.array([[0.0]]), None), Layer("sigmoid", np.array([[1.0]]), None)))
    found = check(first(Problem(network, Samples.of([[1.0]], [[1.0]]), Optimizer())), W1)
    assert (found.verdict, found.kinks) == ("kink", ("h1",))


@pytest.mark.parametrize("net", [0.0, 1e-15])
def test_on_a_kink_or_a_rounding_beside_it_the_units_are_named(net: float) -> None:
    found = check(first(one_unit("relu", net, 1.0)), W1)
    assert (found.verdict, found.kinks) == ("kink", ("o1",))


def test_kinks_of_a_batch_are_named_by_sample() -> None:
    network = Network((Layer("relu", np.array([[1.0]]), None),))
    problem = Problem(network, Samples.of([[1.0], [1e-5], [-1e-5]], [[1.0]] * 3), Optimizer(), batch="full")
    assert central_difference(first(problem), W1, 0.6).kinks == ("o1[0]", "o1[1]", "o1[2]")
    bias = Network((Layer("relu", np.array([[1.0]]), np.array([0.0])),))
    found = check(
        first(replace(problem, network=bias, samples=Samples.of([[1.0], [0.0]], [[1.0]] * 2))), Ref("weight", 1, 1, 0)
    )
    assert (found.verdict, found.kinks) == ("kink", ("o1[1]",))


@pytest.mark.parametrize(("weight", "verdict"), [(0.0, "kink"), (1e-6, "agrees"), (-1e-6, "agrees"), (0.3, "agrees")])
def test_a_weight_at_0_is_a_kink_where_its_size_is_penalized(weight: float, verdict: str) -> None:
    network = Network((Layer("sigmoid", np.array([[weight, 0.4]]), np.zeros(1)),))
    problem = Problem(network, Samples.of([[1.0, 1.0]], [[1.0]]), Optimizer(), l1=0.1)
    found = {one.symbol: one for one in check_all(first(problem))}
    assert found["w1"].verdict == verdict and found["w1"].kinks == (("w1",) if verdict == "kink" else ())
    assert found["w2"].verdict == found["b_o1"].verdict == "agrees"  # a bias at 0 is not penalized


# --- one difference ----------------------------------------------------------------------------------


@pytest.mark.parametrize("h", [1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-10])
def test_the_error_of_a_difference_has_its_valley(two_two_two: Problem, h: float) -> None:
    trace = first(two_two_two)
    worst = {1e-1: 2e-8, 1e-2: 2e-10, 1e-3: 2e-12, 1e-4: 2e-12, 1e-6: 3e-10, 1e-10: 1e-6}[h]
    for number in range(1, 5):
        ref = trace.find(f"w{number}")
        assert ref is not None
        shown = central_difference(trace, ref, h)
        assert abs(shown.numeric - shown.gradient) < worst


@pytest.mark.parametrize("power", [0, 10, 20, 40])
@pytest.mark.parametrize(("value", "h", "near"), [(1.0, 1e-4, True), (1e-9, 1e-4, True), (1.0, 1e-14, False)])
def test_a_difference_is_as_near_whatever_unit_e_is_measured_in(value: float, h: float, near: bool, power: int) -> None:
    """A power of two changes no digit, so that E, its gradient and what rounding does to both grow alike."""
    trace = first(one_unit("identity", 0.5, value * 2.0**power, 10 * 2.0**power))
    assert trace.error > 1 and central_difference(trace, W1, h).near is near


def test_the_step_that_serves_is_the_usual_one_where_that_does() -> None:
    assert serving_step(first(one_unit("tanh", 0.3, 1.0)), W1) == 1e-4
    scaled = first(one_unit("tanh", 3e-4, 1000.0))
    step = serving_step(scaled, W1)
    assert step is not None and step < 1e-4 and central_difference(scaled, W1, step).near
    assert serving_step(first(one_unit("relu", 0.0, 1.0)), W1) is None
