"""A handful of published numbers at the heart of the core; `nntutor verify` holds all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import run
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer

# Matt Mazur, "A Step by Step Backpropagation Example", recomputed in double precision.
EXACT = {
    "net_h1": 0.3775, "net_h2": 0.39249999999999996, "h1": 0.5932699921071872, "h2": 0.596884378259767,
    "net_o1": 1.10590596705977, "net_o2": 1.2249214040964653, "o1": 0.7513650695523157, "o2": 0.7729284653214625,
    "E_o1": 0.274811083176155, "E_o2": 0.02356002558384775, "E": 0.2983711087600027,
    "∂E/∂o1": 0.7413650695523157, "∂E/∂o2": -0.21707153467853746,
    "slope_o1": 0.18681560180895948, "slope_o2": 0.17551005281727122,
    "δ_o1": 0.13849856162855695, "δ_o2": -0.03809823651655624,
    "∂E/∂w5": 0.08216704056423077, "∂E/∂w6": 0.08266762784753325,
    "∂E/∂w7": -0.02260254047747507, "∂E/∂w8": -0.02274024221597822,
    "w5⁺": 0.35891647971788465, "w6⁺": 0.4086661860762334, "w7⁺": 0.5113012702387375, "w8⁺": 0.5613701211079891,
    "∂E/∂h1": 0.03635030639314466, "∂E/∂h2": 0.0413703226487447,
    "slope_h1": 0.24130070857232525, "slope_h2": 0.2406134172492184,
    "δ_h1": 0.00877135468948693, "δ_h2": 0.0099542547052172,
    "∂E/∂w1": 0.00043856773447435, "∂E/∂w2": 0.00087713546894869,
    "∂E/∂w3": 0.00049771273526086, "∂E/∂w4": 0.00099542547052172,
    "w1⁺": 0.1497807161327628, "w2⁺": 0.19956143226552567, "w3⁺": 0.24975114363236958, "w4⁺": 0.29950228726473915,
}  # fmt: skip


def test_every_number_of_the_two_two_two_example(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    assert {step.symbol for step in trace} == set(EXACT)
    for symbol, value in EXACT.items():
        assert trace[symbol] == pytest.approx(value, rel=0, abs=1e-12), symbol
    assert trace.error_after == pytest.approx(0.29102777369359933, rel=0, abs=1e-12)


@pytest.mark.parametrize(
    ("updates", "error"),
    [(1, 0.29102777369359933), (100, 0.0200468282494252), (1000, 0.001114349453733746),
     (9999, 3.510854812251253e-05), (10_000, 3.510187782978851e-05)],
)  # fmt: skip
def test_the_error_after_many_updates(two_two_two: Problem, updates: int, error: float) -> None:
    assert Timeline.start(two_two_two).to(updates + 1).trace.error == pytest.approx(error, rel=0, abs=1e-12)


def test_the_outputs_after_ten_thousand_updates(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).to(10_001).trace
    assert trace["o1"] == pytest.approx(0.01591362044355066, rel=0, abs=1e-12)
    assert trace["o2"] == pytest.approx(0.9840642735146238, rel=0, abs=1e-12)


def test_the_stale_figures_come_from_updated_weights(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two, "updated-weights")
    assert place.trace.error_after == pytest.approx(0.29102792390544197, rel=0, abs=1e-12)
    for symbol, value in {"w1⁺": 0.14981764, "w2⁺": 0.19963528, "w3⁺": 0.24978819, "w4⁺": 0.29957637}.items():
        assert place.trace[symbol] == pytest.approx(value, rel=0, abs=5e-9)
    later = place.to(10_001).trace
    assert later["o1"] == pytest.approx(0.0159122, rel=0, abs=5e-8)
    assert later.error == pytest.approx(3.5084786e-05, rel=0, abs=5e-13)


@pytest.mark.parametrize(
    ("name", "errors"),
    [
        ("momentum", (0.298224938, 0.297947104, 0.297550572)),
        ("nesterov", (0.298093360, 0.297696912, 0.297193341)),
        ("adam", (0.296243364, 0.294120009, 0.292001164)),
    ],
)
def test_the_same_start_under_other_optimizers(two_two_two: Problem, name: str, errors: tuple[float, ...]) -> None:
    place = Timeline.start(replace(two_two_two, optimizer=Optimizer(name, 0.01)))
    for iteration, error in enumerate(errors, 1):
        assert place.to(iteration).trace.error_after == pytest.approx(error, rel=0, abs=5e-10)


def test_adams_first_step_is_the_rate_whatever_the_gradient(two_two_two: Problem) -> None:
    trace = Timeline.start(replace(two_two_two, optimizer=Optimizer("adam", 0.01))).trace
    expected = (0.140000228, 0.190000114, 0.240000201, 0.290000100, 0.390000001, 0.440000001, 0.509999996, 0.559999996)
    for number, value in enumerate(expected, 1):
        assert trace[f"w{number}⁺"] == pytest.approx(value, rel=0, abs=5e-10)


def test_adam_under_a_constant_gradient_moves_by_the_rate_each_time() -> None:
    # identity, E = ½(t − o)², and a target so far away that the gradient stays −1 in all its digits.
    problem = Problem(
        Network((Layer("identity", np.array([[0.0]]), None),)),
        Samples.of([[1e-12]], [[1e12]]),
        Optimizer("adam", 0.1, epsilon=1e-300),
    )
    trace = Timeline.start(problem).to(50).trace
    assert trace["w1⁺"] == pytest.approx(5.0, rel=1e-12)


def test_one_shared_step_for_biases_that_learn(two_two_two: Problem) -> None:
    free = tuple(replace(layer, learn_bias=True) for layer in two_two_two.network.layers)
    problem = replace(two_two_two, network=Network(free))
    trace = Timeline.start(problem).trace
    assert trace.error_after == pytest.approx(0.28047144679143016, rel=0, abs=1e-12)
    assert trace["b_h1⁺"] == pytest.approx(0.3456143226552565, rel=0, abs=1e-12)
    assert trace["b_o2⁺"] == pytest.approx(0.6190491182582781, rel=0, abs=1e-12)
    engine = Engine(problem)
    assert run(engine, engine.start(), 10_001).errors[-1] == pytest.approx(2.4475622e-06, rel=0, abs=5e-14)


def test_the_first_minutes_whole_numbers() -> None:
    network = Network((Layer("identity", np.array([[3.0]]), np.array([1.0])),))
    trace = Timeline.start(Problem(network, Samples.of([[2.0]], [[9.0]]), Optimizer("sgd", 0.05), "mse")).trace
    shown = [trace[symbol] for symbol in ("o1", "E", "∂E/∂w1", "∂E/∂b_o1")]
    assert shown == [7.0, 4.0, -8.0, -4.0]
    assert (trace["w1⁺"], trace["b_o1⁺"], trace.error_after) == pytest.approx((3.4, 1.2, 1.0), rel=0, abs=1e-12)


@pytest.mark.parametrize(
    ("weight", "start", "end", "moved"), [(0.6, 0.8175745, 0.0939557, -1.28313), (2.0, 0.9820138, 0.2028484, -0.684293)]
)
def test_one_neuron_that_learns_slowly_where_it_is_flat(weight: float, start: float, end: float, moved: float) -> None:
    bias = 0.9 if weight == 0.6 else 2.0
    network = Network((Layer("sigmoid", np.array([[weight]]), np.array([bias])),))
    place = Timeline.start(Problem(network, Samples.of([[1.0]], [[0.0]]), Optimizer("sgd", 0.15)))
    assert place.trace["o1"] == pytest.approx(start, rel=0, abs=5e-8)
    last = place.to(301).trace
    assert last["o1"] == pytest.approx(end, rel=0, abs=5e-8)
    assert last["w1"] == pytest.approx(moved, rel=0, abs=5e-6)
