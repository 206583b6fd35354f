"""Independent ways to the same numbers: a library that differentiates, optimizers in plain Python, limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer

Parameters = list[tuple[np.ndarray, np.ndarray]]
DERIVABLE = ("half-squared", "mse", "bce", "softmax-ce")
SMOOTH = ("sigmoid", "tanh", "identity", "relu", "leaky-relu", "softplus", "elu", "silu", "gelu")


def error_of(problem: Problem, inputs: np.ndarray, targets: np.ndarray) -> Callable[[Parameters], float]:
    """E as a textbook would program it, for a library to differentiate."""

    def error(parameters: Parameters) -> float:
        out = inputs
        for layer, (weights, bias) in zip(problem.network.layers, parameters, strict=True):
            net = anp.dot(out, weights.T) + bias
            out = {
                "sigmoid": lambda net=net: 1 / (1 + anp.exp(-net)),
                "tanh": lambda net=net: anp.tanh(net),
                "identity": lambda net=net: net,
                "relu": lambda net=net: anp.where(net > 0, net, 0.0),
                "leaky-relu": lambda net=net, layer=layer: anp.where(net > 0, net, layer.slope * net),
                "softplus": lambda net=net: anp.logaddexp(0.0, net),
                "elu": lambda net=net: anp.where(net > 0, net, anp.expm1(net)),
                "silu": lambda net=net: net / (1 + anp.exp(-net)),
                "gelu": lambda net=net: 0.5 * net * (1 + anp.tanh(anp.sqrt(2 / anp.pi) * (net + 0.044715 * net**3))),
            }[layer.activation]()
        if problem.error == "half-squared":
            each = anp.sum(0.5 * (targets - out) ** 2, axis=1)
        elif problem.error == "mse":
            each = anp.mean((targets - out) ** 2, axis=1)
        elif problem.error == "bce":
            each = anp.mean(-targets * anp.log(out) - (1 - targets) * anp.log(1 - out), axis=1)
        else:
            shifted = net - anp.max(net, axis=1, keepdims=True)
            each = -anp.sum(targets * (shifted - anp.log(anp.sum(anp.exp(shifted), axis=1, keepdims=True))), axis=1)
        return anp.mean(each)

    return error


def parameters_of(trace: Trace) -> Parameters:
    found = []
    for number, layer in enumerate(trace.problem.network.layers, 1):
        bias = np.zeros(layer.units) if layer.bias is None else trace.array("weight", number, bias=True).copy()
        found.append((trace.array("weight", number).copy(), bias))
    return found


def agrees_with_the_library(trace: Trace) -> None:
    problem = trace.problem
    error = error_of(problem, trace.array("out", 0), trace.array("target"))
    parameters = parameters_of(trace)
    np.testing.assert_allclose(trace.error, error(parameters), rtol=1e-12, atol=1e-13)
    for number, (layer, (weights, bias)) in enumerate(
        zip(problem.network.layers, autograd.grad(error)(parameters), strict=True), 1
    ):
        if not layer.learn:
            continue
        delta, inputs = trace.array("delta", number), trace.array("out", number - 1)
        largest = max(1.0, np.abs(delta).max(), (np.abs(delta).max(axis=0) * np.abs(inputs).max()).max())
        np.testing.assert_allclose(trace.array("grad", number), weights, rtol=0, atol=1e-12 * largest)
        if layer.bias_learns:
            np.testing.assert_allclose(trace.array("grad", number, bias=True), bias, rtol=0, atol=1e-12 * largest)


@given(problems(errors=DERIVABLE, activations=SMOOTH), st.integers(1, 4))
def test_gradients_are_those_of_a_library_that_differentiates_programs(problem: Problem, iteration: int) -> None:
    place = Timeline.start(problem).to(iteration)
    assume(place.diverged is None and not place.trace.diverged)
    trace = place.trace
    assume(max(np.abs(trace.array("net", number)).max() for number in range(1, len(problem.network.layers) + 1)) < 30)
    agrees_with_the_library(trace)


@pytest.mark.parametrize("activation", ["softplus", "elu", "silu", "gelu"])
@share(0.25)
@given(data=st.data())
def test_every_bent_activation_has_the_slope_that_the_library_finds(activation: str, data: st.DataObject) -> None:
    trace = Timeline.start(
        data.draw(problems(errors=("mse",), activations=(activation,), everything_learns=True))
    ).trace
    assert all(np.abs(trace.array("net", number)).max() < 30 for number in range(1, trace.names.last + 1))
    agrees_with_the_library(trace)


@given(problems(errors=DERIVABLE, activations=("relu", "leaky-relu"), everything_learns=True))
def test_at_0_exactly_a_unit_has_the_slope_of_its_dark_side(problem: Problem) -> None:
    first, *others = problem.network.layers
    first = replace(first, weights=np.zeros_like(first.weights), bias=None)
    trace = Timeline.start(replace(problem, network=Network((first, *others)))).trace
    assert not trace.array("net", 1).any()
    agrees_with_the_library(trace)


class Plain:
    """The six optimizers for one weight, from the contract's formulas, in plain Python."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.o, self.v, self.m, self.s, self.k = optimizer, 0.0, 0.0, 0.0, 0

    def __call__(self, w: float, g: float) -> float:
        o = self.o
        eta, mu = o.learning_rate, o.momentum
        self.k += 1
        match o.name:
            case "sgd":
                return w - eta * g
            case "momentum":
                self.v = mu * self.v - eta * g
                return w + self.v
            case "nesterov":
                self.v = mu * self.v - eta * g
                return w + mu * self.v - eta * g
            case "adagrad":
                self.s += g * g
                return w - eta * g / (sqrt(self.s) + o.epsilon)
            case "rmsprop":
                self.s = o.rho * self.s + (1 - o.rho) * g * g
                return w - eta * g / (sqrt(self.s) + o.epsilon)
            case _:
                self.m = o.beta1 * self.m + (1 - o.beta1) * g
                self.v = o.beta2 * self.v + (1 - o.beta2) * g * g
                m, v = self.m / (1 - o.beta1**self.k), self.v / (1 - o.beta2**self.k)
                return w - eta * m / (sqrt(v) + o.epsilon)


@given(problems(everything_learns=True), st.integers(1, 8), st.integers(0, 3))
def test_weights_move_as_the_optimizers_in_plain_python_move_them(problem: Problem, count: int, choice: int) -> None:
    rates = ({}, {"momentum": 0.5, "beta1": 0.0, "rho": 0.0}, {"beta2": 0.0, "momentum": 0.0}, {"epsilon": 0.25})[
        choice
    ]
    problem = replace(problem, optimizer=replace(problem.optimizer, **rates))
    place = Timeline.start(problem)
    refs = [
        Ref("weight", number, unit, source)
        for number, layer in enumerate(problem.network.layers, 1)
        for unit in range(1, layer.units + 1)
        for source in range(0 if layer.bias_learns else 1, layer.inputs + 1)
    ]
    movers = {ref: Plain(problem.optimizer) for ref in refs}
    for iteration in range(1, count + 1):
        trace = place.to(iteration).trace
        if trace.diverged or trace.iteration != iteration:
            return
        for ref, move in movers.items():
            moved = move(trace.value(ref), trace.value(ref._replace(kind="grad")))
            np.testing.assert_allclose(trace.value(ref._replace(kind="new")), moved, rtol=1e-13, atol=1e-15)
        assert {trace.producer(ref) is None for ref in refs} == {iteration == 1}


@given(st.sampled_from(("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")), st.floats(-2, 2))
def test_a_weight_without_a_gradient_rests(name: str, weight: float) -> None:
    network = Network((Layer("identity", np.array([[weight]]), None),))
    place = Timeline.start(Problem(network, Samples.of([[0.0]], [[1.0]]), Optimizer(name, 0.1)))
    assert place.to(5).trace["w1⁺"] == weight


def one_layer(net: list[float], target: list[float], error: str) -> Problem:
    last = {"softmax-ce": "identity", "bce": "sigmoid"}[error]
    layer = Layer(last, np.array(net)[:, None], None)
    return Problem(Network((layer,)), Samples.of([[1.0]], [target]), Optimizer("sgd", 0.1), error)


@pytest.mark.parametrize(
    ("net", "target", "probabilities", "error"),
    [
        ([1000.0, -1000.0], [1, 0], [1, 0], 0.0),
        ([1000.0, -1000.0], [0, 1], [1, 0], 2000.0),
        ([-1000.0, -1000.0], [0.5, 0.5], [0.5, 0.5], np.log(2)),
        ([1e5, 1e5, -1e5], [0, 0, 1], [0.5, 0.5, 0], 2e5 + np.log(2)),
        ([0.0], [1], [1], 0.0),
        ([1000.0, 999.0], [1, 0], [1 / (1 + np.exp(-1)), np.exp(-1) / (1 + np.exp(-1))], np.log(1 + np.exp(-1))),
    ],
)
def test_softmax_stays_finite_however_large_the_nets(
    net: list[float], target: list[float], probabilities: list[float], error: float
) -> None:
    trace = Timeline.start(one_layer(net, target, "softmax-ce")).trace
    np.testing.assert_allclose(trace.array("prob")[0], probabilities, rtol=1e-14, atol=0)
    np.testing.assert_allclose(trace.error, error, rtol=1e-14)
    np.testing.assert_allclose(trace.array("delta", 1)[0], np.array(probabilities) - target, rtol=1e-14, atol=1e-16)
    assert not trace.diverged


@pytest.mark.parametrize(
    ("net", "target", "error", "delta"),
    [
        (1000.0, 1.0, 0.0, 0.0),
        (1000.0, 0.0, 1000.0, 1.0),
        (-1000.0, 0.0, 0.0, 0.0),
        (-1000.0, 1.0, 1000.0, -1.0),
        (-1000.0, 0.25, 250.0, -0.25),
        (0.0, 0.5, np.log(2), 0.0),
    ],
)
def test_bce_stays_finite_however_large_the_net(net: float, target: float, error: float, delta: float) -> None:
    trace = Timeline.start(one_layer([net], [target], "bce")).trace
    np.testing.assert_allclose(trace.error, error, rtol=1e-14)
    assert trace["δ_o1"] == delta
    assert not trace.diverged


@given(problems(errors=DERIVABLE, activations=SMOOTH))
def test_a_full_batch_is_the_mean_of_its_samples(problem: Problem) -> None:
    whole = Timeline.start(replace(problem, batch="full", shuffle=False)).trace
    assume(not whole.diverged)
    singles = []
    for sample in range(len(problem.samples)):
        alone = Samples(problem.samples.inputs[[sample]], problem.samples.targets[[sample]])
        singles.append(Timeline.start(replace(problem, samples=alone, batch="full", shuffle=False)).trace)
    np.testing.assert_allclose(whole.error, np.mean([trace.error for trace in singles]), rtol=1e-12, atol=1e-14)
    for number, layer in enumerate(problem.network.layers, 1):
        if layer.learn:
            mean = np.mean([trace.array("grad", number) for trace in singles], axis=0)
            np.testing.assert_allclose(whole.array("grad", number), mean, rtol=1e-11, atol=1e-13)


@given(problems(errors=("perceptron",)), st.sampled_from([0.0, 1.0]))
def test_under_rosenblatts_rule_e_is_how_far_the_outputs_are_from_their_targets(
    problem: Problem, target: float
) -> None:
    """That counts the wrong outputs: a target is 0 or 1, and no other can be set."""
    place = Timeline.start(problem)
    place = place.edit(Ref("target", len(problem.network.layers), 1, 0, place.trace.samples[0]), target)
    far = np.abs(place.trace.array("target") - place.trace.array("out", len(problem.network.layers)))
    np.testing.assert_allclose(place.trace.error, far.sum(axis=1).mean(), rtol=1e-14)


def test_rosenblatts_rule_is_target_minus_output_times_input() -> None:
    layer = Layer("step", np.array([[0.5, -1.0]]), np.array([0.0]))
    problem = Problem(Network((layer,)), Samples.of([[1.0, 1.0]], [[1.0]]), Optimizer("sgd", 1.0), "perceptron")
    trace = Timeline.start(problem).trace
    assert (trace["o1"], trace["E"], trace["δ_o1"], trace.error_after) == (0.0, 1.0, -1.0, 0.0)
    assert (trace["w1⁺"], trace["w2⁺"], trace["b_o1⁺"]) == (1.5, 0.0, 1.0)


@pytest.mark.parametrize(
    ("activation", "below", "above"),
    [("softplus", 0.0, 1.0), ("elu", -1.0, 1.0), ("silu", 0.0, 1.0), ("gelu", 0.0, 1.0)],
)
@pytest.mark.parametrize("size", [40.0, 1e3, 1e154, 1e300])
def test_bent_activations_stay_finite_however_large_the_net(
    activation: str, below: float, above: float, size: float
) -> None:
    """Far below 0 they have come to what they fade to, with slope 0; far above to net, with slope 1."""
    for net, out, slope in ((size, size * above, 1.0), (-size, below, 0.0)):
        layer = Layer(activation, np.array([[net]]), None)
        trace = Timeline.start(Problem(Network((layer,)), Samples.of([[1.0]], [[0.0]]), Optimizer("sgd", 0.0))).trace
        assert trace["o1"] == pytest.approx(out, rel=1e-15, abs=1e-15)
        assert trace["slope_o1"] == pytest.approx(slope, abs=1e-15)
