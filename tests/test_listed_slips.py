"""Each slip that lessons 4 to 7 are known for, worked out here by hand, and typed at the question where it can be made:
the help names it.

Nothing of the rulebooks is used, so a mistake that is recorded wrongly is found as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import screens

from nntutor.core.arrays import Array
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.lessons.course.practice import exercise
from nntutor.lessons.course.questions import Asked, judged
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.language import words
from nntutor.lessons.language.mistakes import told
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.state import answers, moves
from nntutor.tui.state.panels import Answering

Slips = dict[str, float]


def sigmoid(net: Array) -> Array:
    return 1 / (1 + np.exp(-net))


@dataclass(frozen=True)
class Hand:
    """An iteration of a network with one hidden layer or none, on paper. nets, outs: by layer, 0 the inputs; delta: of
    the outputs. Units u and sources s count from 0."""

    weights: list[Array]
    biases: list[Array]
    nets: list[Array]
    outs: list[Array]
    target: Array
    eta: float

    @property
    def gap(self) -> Array:
        return self.outs[-1] - self.target

    @property
    def delta(self) -> Array:
        return self.gap * self.outs[-1] * (1 - self.outs[-1])

    def forward(self, layer: int, u: int) -> Slips:
        net, matrix = self.nets[layer][u], self.weights[layer - 1]
        bias = self.biases[layer - 1]
        return {
            "bias-left-out": sigmoid(net - bias[u]),
            "net-negated": sigmoid(-net),
            "exp-sign": 1 / (1 - np.exp(-net)),
            "inputs-swapped": sigmoid(matrix[:, u] @ self.outs[layer - 1] + bias[u]),
        }

    def output(self, u: int) -> Slips:
        o, net, gap, error = self.outs[-1][u], self.nets[-1][u], self.gap[u], (self.gap**2 / 2)[u]
        again = sigmoid(o)
        return {
            "sign": -self.delta[u],
            "no-output-slope": gap,
            "target-in-slope": gap * o * (1 - self.target[u]),
            "slope-at-net": gap * net * (1 - net),
            "error-for-gap": error * o * (1 - o),
            "slope-twice": gap * again * (1 - again),
        }

    def back(self, u: int) -> Slips:
        lines, delta = self.weights[1][:, u], self.delta
        moved = lines - self.eta * delta * self.outs[1][u]
        return {
            "error-sent-back": self.gap @ lines,
            "loss-sent-back:output": (self.gap**2 / 2) @ lines,
            "loss-sent-back": (self.gap**2 / 2).sum() * lines.sum(),
            "one-path:first": delta[0] * lines[0],
            "one-path:last": delta[1] * lines[1],
            "paths-crossed": delta @ self.weights[1][u],
            "paths-mean": delta @ lines / 2,
            "magnitudes-only": np.abs(delta * lines).sum(),
            "weights-left-out": delta.sum(),
            "updated-weights": delta @ moved,
        }

    def hidden(self, u: int) -> Slips:
        h, net, right = self.outs[1][u], self.nets[1][u], self.delta @ self.weights[1][:, u]
        own = {"no-hidden-slope": right, "slope-at-net": right * net * (1 - net)}
        return {name: value * h * (1 - h) for name, value in self.back(u).items()} | own

    def change(self, layer: int, u: int, s: int) -> Slips:
        h = self.outs[1]
        sent = self.delta if layer == 2 else (self.delta @ self.weights[1]) * h * (1 - h)
        gradient = sent[u] * self.outs[layer - 1][s]
        return {"no-rate": -gradient, "added": self.eta * gradient, "input-left-out": -self.eta * sent[u]}

    def gradient(self, u: int, s: int) -> Slips:
        h = self.outs[1]
        return {
            "other-input": self.delta[u] * h[1 - s],
            "other-delta": self.delta[1 - u] * h[s],
            "input-left-out": self.delta[u],
        }


def by_hand(trace: Trace) -> Hand:
    problem, sample = trace.problem, trace.samples[0]
    layers = problem.network.layers
    weights = [layer.weights for layer in layers]
    biases = [np.zeros(layer.units) if layer.bias is None else layer.bias for layer in layers]
    nets, outs = [problem.samples.inputs[sample]], [problem.samples.inputs[sample]]
    for matrix, bias in zip(weights, biases, strict=True):
        nets.append(matrix @ outs[-1] + bias)
        outs.append(sigmoid(nets[-1]))
    return Hand(weights, biases, nets, outs, problem.samples.targets[sample], problem.optimizer.learning_rate)


def slips_of(asked: Asked) -> Slips:
    """What can be done wrongly at a number, by what kind it is of."""
    hand, (kind, layer, unit, source, _) = by_hand(asked.trace), asked.ref
    last = layer == len(hand.weights)
    match kind:
        case "out":
            return hand.forward(layer, unit - 1)
        case "delta":
            return hand.output(unit - 1) if last else hand.hidden(unit - 1)
        case "out_grad":
            return hand.back(unit - 1)
        case "grad":
            return hand.gradient(unit - 1, source - 1)
    return hand.change(layer, unit - 1, source - 1)


STOPS = [
    ("forward", "weighted-sum"), ("forward", "order"), ("output-delta", "delta"), ("output-delta", "pattern"),
    ("output-delta", "update"), ("hidden-delta", "from-o2"), ("hidden-delta", "delta"), ("hidden-delta", "at-once"),
]  # fmt: skip


def of_stop(lesson: str, stop: str) -> Asked:
    """The number that a stop asks for, at its last rung."""
    study = screens.of_lesson(lesson, known=True).study
    assert study is not None and study.lesson is not None
    question = study.lesson.question(stop)
    number = [one.id for one in study.lesson.stops].index(stop)
    assert question is not None
    panel = answers.of_stop(moves.at_stop(study, number), (question, *question.rungs)[-1], 1)
    assert isinstance(panel, Answering)
    return panel.question.asked


@pytest.mark.parametrize(("lesson", "stop"), STOPS)
def test_a_slip_at_a_stop_is_named(lesson: str, stop: str) -> None:
    asked = of_stop(lesson, stop)
    for name, value in slips_of(asked).items():
        assert name in judged(asked, figure(float(value), 5)).mistakes, name


@pytest.mark.parametrize("seed", [3, 4, 5])
@pytest.mark.parametrize("series", ["neuron-delta", "output-delta", "hidden-delta"])
def test_a_slip_in_a_fresh_problem_is_named_though_the_steps_before_are_given(series: str, seed: int) -> None:
    (asked,) = exercise(SERIES[series], seed, "last").asked
    assert set(asked.given) >= {asked.ref._replace(kind=kind) for kind in ("out_grad", "slope", "out")}
    for name, value in slips_of(asked).items():
        if abs(value - asked.right) > abs(asked.right) / 50:
            assert name in judged(asked, figure(float(value), 5)).mistakes, name


NARROW = [
    ("relu", "tanh", "slope_h1_1", ("out(1 − out)", "o(1 − o)", "x(1 − x)"), ("1 − out²", "1 − o²", "1 − x²")),
    ("relu", "leaky", "slope_h1_1", ("out(1 − out)", "x(1 − x)"), ("tanh",)),
    ("deeper", "paths", "∂E/∂h1_1", ("every output", "each output", "모든 출력", "출력 노드마다", "출력마다"), ()),
    ("momentum", "far", "v_w1", ("η·g", "whole gradient", "기울기를 그대로 뺐"), ("plain descent", "경사 하강법")),
    ("momentum", "nesterov", "v_w1", ("w ← w + v",), ()),
    ("adam", "adam", "w1⁺", ("η·g", "whole gradient", "기울기를 그대로 뺐"), ("plain descent", "경사 하강법")),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("lesson", "run", "symbol", "narrow", "wider"), NARROW)
def test_what_is_said_of_a_slip_holds_in_the_network_it_is_made_in(
    language: str, lesson: str, run: str, symbol: str, narrow: tuple[str, ...], wider: tuple[str, ...]
) -> None:
    study = screens.of_lesson(lesson, language, known=True).study
    assert study is not None
    trace = study.timelines[run].trace_of(2)
    ref = trace.find(symbol)
    assert ref is not None
    found = [one.mistake for one in Asked(trace, ref).slips]
    assert found
    for mistake in found:
        for part in told(words.load(language), mistake):
            assert not any(form in part for form in narrow) or any(form in part for form in wider), part
