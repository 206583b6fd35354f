"""The rulebook: every setting is a change of it, and the laws hold for what it then says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import prod, sqrt

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawful import assert_laws
from shown import square
from strategies import problems

from nntutor.core.analysis.gradient_check import check_all
from nntutor.core.engine.plan import Plan
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.formula import Mul
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.mistakes.spelling import rulebook
from nntutor.core.rules.optimizers import EPSILON_AT, FORMS, Optimizer
from nntutor.core.rules.rulebook import right


@given(problems(settings=True))
def test_the_laws_hold_for_every_setting(problem: Problem) -> None:
    assert_laws(problem, "")


# --- settings, by an independent library and in plain Python -------------------------------------------

DERIVABLE = ("half-squared", "mse", "bce", "softmax-ce")
OUT: dict[str, Callable[..., object]] = {
    "sigmoid": lambda net, slope: 1 / (1 + anp.exp(-net)),
    "tanh": lambda net, slope: anp.tanh(net),
    "identity": lambda net, slope: net,
}


def error_of(problem: Problem, inputs: np.ndarray, targets: np.ndarray) -> Callable[[list[np.ndarray]], float]:
    """E as a function of all weights, then all biases, with the reductions and penalties that the problem asks for."""

    def error(parameters: list[np.ndarray]) -> float:
        count = len(problem.network.layers)
        out = inputs
        for layer, weights, bias in zip(problem.network.layers, parameters[:count], parameters[count:], strict=True):
            net = anp.dot(out, weights.T) + bias
            out = OUT[layer.activation](net, layer.slope)
        if problem.error in ("half-squared", "mse"):
            each = (targets - out) ** 2 * (0.5 if problem.error == "half-squared" else 1)
        elif problem.error == "bce":
            each = -targets * anp.log(out) - (1 - targets) * anp.log(1 - out)
        else:
            each = -targets * (net - anp.log(anp.sum(anp.exp(net), axis=1, keepdims=True)))
        usual = "sum" if problem.error in ("half-squared", "softmax-ce") else "mean"
        total = anp.sum(each) / (targets.shape[1] if (problem.over_outputs or usual) == "mean" else 1)
        total = total / (len(inputs) if problem.over_samples == "mean" else 1)
        squares = sum(anp.sum(weights**2) for weights in parameters[:count])
        sizes = sum(anp.sum(anp.abs(weights)) for weights in parameters[:count])
        return total + problem.l2 / 2 * squares + problem.l1 * sizes

    return error


@given(problems(errors=DERIVABLE, activations=tuple(OUT), everything_learns=True, settings=True))
def test_gradients_under_any_reduction_and_penalty_are_those_of_a_library(problem: Problem) -> None:
    trace = Timeline.start(problem).trace
    layers = range(1, len(problem.network.layers) + 1)
    weights = [trace.array("weight", number).copy() for number in layers]
    biases = [np.zeros(layer.units) if layer.bias is None else layer.bias.copy() for layer in problem.network.layers]
    error = error_of(problem, trace.array("out", 0), trace.array("target"))
    np.testing.assert_allclose(trace.error, error([*weights, *biases]), rtol=1e-12, atol=1e-13)
    found = autograd.grad(error)([*weights, *biases])
    for number, layer in zip(layers, problem.network.layers, strict=True):
        np.testing.assert_allclose(trace.array("grad", number), found[number - 1], rtol=1e-9, atol=1e-11)
        for unit in range(1, layer.units + 1) if layer.bias is not None else ():
            gradient = trace.value(Ref("grad", number, unit, 0))
            np.testing.assert_allclose(gradient, found[len(weights) + number - 1][unit - 1], rtol=1e-9, atol=1e-11)


@given(problems(errors=DERIVABLE, activations=tuple(OUT), settings=True), st.integers(1, 3))
def test_what_is_sent_back_to_the_inputs_is_what_a_library_finds(problem: Problem, iteration: int) -> None:
    """Of the sample's own E, with nothing that is added for large weights, whether or not anything learns."""
    problem = replace(problem, input_gradient=True)
    trace = Timeline.start(problem).to(iteration).trace
    layers = range(1, len(problem.network.layers) + 1)
    parameters = [trace.array("weight", number).copy() for number in layers]
    for number, layer in zip(layers, problem.network.layers, strict=True):
        parameters.append(
            np.zeros(layer.units) if layer.bias is None else trace.array("weight", number, bias=True).copy()
        )
    found, inputs, targets = (trace.array(kind) for kind in ("out_grad", "out", "target"))
    for row in range(len(inputs)):

        def error(one: np.ndarray, row: int = row) -> float:
            return error_of(problem, one, targets[[row]])(parameters)

        expected = autograd.grad(error)(inputs[[row]])
        np.testing.assert_allclose(found[[row]], expected, rtol=1e-9, atol=1e-11)
    last = [step.ref for step in trace if step.phase == "backward"][-found.size :]
    assert [ref[:3] for ref in last[: found.shape[1]]] == [("out_grad", 0, unit + 1) for unit in range(found.shape[1])]


def test_inputs_are_asked_for_their_gradients_where_nothing_learns() -> None:
    layers = tuple(replace(layer, learn=False) for layer in square().network.layers)
    asked, unasked = (
        Timeline.start(replace(square(), network=Network(layers), input_gradient=one)).trace for one in (True, False)
    )
    assert {step.kind for step in asked if step.phase == "backward"} == {"out-gradient", "slope", "delta"}
    assert not [step for step in unasked if step.phase == "backward"]
    learning = Timeline.start(replace(square(), input_gradient=True)).trace
    np.testing.assert_array_equal(asked.array("out_grad"), learning.array("out_grad"))
    assert [one.verdict for one in check_all(asked)] == ["agrees"] * 4


def momentum(o: Optimizer, gradients: list[float]) -> Iterator[float]:
    """Moves of the three forms, in plain Python."""
    v = 0.0
    for g in gradients:
        match o.form:
            case "velocity":
                v = o.momentum * v - o.learning_rate * g
                yield v
            case "torch":
                v = o.momentum * v + g
                yield -o.learning_rate * v
            case "average":
                v = o.momentum * v + (1 - o.momentum) * g
                yield -o.learning_rate * v


def adam(o: Optimizer, gradients: list[float]) -> Iterator[float]:
    m = v = 0.0
    for k, g in enumerate(gradients, 1):
        m = o.beta1 * m + (1 - o.beta1) * g
        v = o.beta2 * v + (1 - o.beta2) * g * g
        one, two = (1 - o.beta1**k, 1 - o.beta2**k) if o.correct else (1.0, 1.0)
        match o.epsilon_at:
            case "outside":
                yield -o.learning_rate * (m / one) / (sqrt(v / two) + o.epsilon)
            case "inside":
                yield -o.learning_rate * (m / one) / sqrt(v / two + o.epsilon)
            case "hat":
                rate = o.learning_rate * (sqrt(two) / one)
                yield -rate * m / (sqrt(v) + o.epsilon)


@pytest.mark.parametrize("decay", [0.0, 0.2])
@pytest.mark.parametrize(
    ("optimizer", "plain"),
    [
        *((Optimizer("momentum", 0.1, form=form), momentum) for form in FORMS),
        *(
            (Optimizer("adam", 0.1, epsilon=0.05, epsilon_at=at, correct=correct), adam)
            for at in EPSILON_AT
            for correct in (True, False)
            if correct or at != "hat"
        ),
    ],
)
def test_every_form_of_an_optimizer_moves_as_in_plain_python(
    optimizer: Optimizer, plain: Callable[[Optimizer, list[float]], Iterator[float]], decay: float
) -> None:
    layer = Layer("identity", np.array([[0.8]]), np.array([0.3]))
    problem = Problem(Network((layer,)), Samples.of([[1.5]], [[-0.4]]), replace(optimizer, decay=decay))
    traces = [Timeline.start(problem).to(iteration).trace for iteration in range(1, 6)]
    for parameter, decays in (("w1", decay), ("b_o1", 0.0)):
        moves = plain(optimizer, [trace[f"∂E/∂{parameter}"] for trace in traces])
        for trace, move in zip(traces, moves, strict=True):
            before = trace[parameter]
            expected = before + move - optimizer.learning_rate * decays * before
            np.testing.assert_allclose(trace[f"{parameter}⁺"], expected, rtol=1e-12, atol=1e-15)


def test_a_penalty_is_added_once_and_never_divided_by_the_samples() -> None:
    problem = replace(square(), l2=0.5, l1=0.25)
    plain, trace = Timeline.start(square()).trace, Timeline.start(problem).trace
    weights = np.concatenate([layer.weights.ravel() for layer in problem.network.layers])
    added = 0.25 * np.sum(weights**2) + 0.25 * np.sum(np.abs(weights))
    np.testing.assert_allclose(trace.error - plain.error, added, rtol=1e-12)
    assert trace["∂E/∂b_h1"] == plain["∂E/∂b_h1"] and trace["δ_h1[0]"] == plain["δ_h1[0]"]
    np.testing.assert_allclose(trace["∂E/∂w1"] - plain["∂E/∂w1"], 0.5 * weights[0] + 0.25, rtol=1e-12)


def test_a_rulebook_is_the_same_value_for_the_same_shape_and_costs_nothing_the_second_time() -> None:
    shape = square().shape(2)
    assert rulebook(shape) is rulebook(square().shape(2))
    assert Plan(shape).book is rulebook(shape)
    assert right(shape) == right(shape)


def test_the_divisor_of_a_mean_over_outputs_stands_in_the_slope_and_in_the_error() -> None:
    mean, total = (Timeline.start(replace(square(), over_outputs=over)).trace for over in ("mean", "sum"))
    assert mean["∂E/∂o1[0]"] == total["∂E/∂o1[0]"] / 2
    np.testing.assert_allclose(mean.error, total.error / 2, rtol=1e-15)
    assert mean["E_o1[0]"] == total["E_o1[0]"]
    assert isinstance(mean.step(mean.index_of(Ref("delta", 2, 1, 0, 0)) or 0).formula, Mul)
    assert prod(mean.array("delta", 2).shape) == 4
