"""The series of fresh problems, one skill each: how the numbers of each are drawn, and the table of all.

A problem is a network with drawn numbers and a chain of steps, the last of which is what the series is about. Where the
steps before are shown the numbers come out even, so that paper is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np

from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course.model import Lesson


class Draw:
    """Numbers from a seed, the same ones on every machine."""

    def __init__(self, *seeds: int) -> None:
        self._random = np.random.default_rng(seeds).random

    def of(self, values: Sequence[float]) -> float:
        return values[int(self._random() * len(values))]

    def signed(self, values: Sequence[float]) -> float:
        return self.of((*values, *(-value for value in values)))

    def unit(self, count: int) -> int:
        return 1 + int(self._random() * count)


@dataclass(frozen=True)
class Series:
    """One skill. problem: from a draw, with even numbers or without. chain: the symbols of its steps, the asked last.

    lesson: the one that teaches it. kinds: the kinds of steps (`why.kind`) that ask for the same skill. iterations:
    which ones may be asked about.
    """

    id: str
    lesson: str
    problem: Callable[[Draw, bool], Problem]
    chain: Callable[[Draw], tuple[str, ...]]
    kinds: tuple[str, ...]
    iterations: tuple[int, ...] = (1,)
    digits: int = 3


# --- networks ----------------------------------------------------------------------------------------

_INPUTS = (0.2, 0.4, 0.5, 0.6, 0.8, 1.2, 1.5, 2.0)
_WEIGHTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_OUTS = (0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)
_TARGETS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
_RATES = (0.2, 0.4, 0.5, 2.0)


def _sigmoids(*sizes: int) -> Callable[[Draw, bool], Problem]:
    """Sigmoid layers; even: the biases are such that every output is a short number."""

    def problem(draw: Draw, even: bool) -> Problem:
        inputs = np.array([draw.signed(_INPUTS) for _ in range(sizes[0])])
        outs, layers = inputs, []
        for before, units in pairwise(sizes):
            weights = np.array([[draw.signed(_WEIGHTS) for _ in range(before)] for _ in range(units)])
            bias = np.array([draw.signed(_WEIGHTS) for _ in range(units)])
            if even:
                wanted = np.array([draw.of(_OUTS) for _ in range(units)])
                bias = np.array([log(out / (1 - out)) for out in wanted]) - weights @ outs
                outs = wanted
            layers.append(Layer("sigmoid", weights, bias))
        targets = [[draw.of([t for t in _TARGETS if t != float(out)]) for out in outs[: sizes[-1]]]]
        return Problem(Network(tuple(layers)), Samples.of([inputs], targets), Optimizer("sgd", draw.of(_RATES)))

    return problem


def _perceptron(draw: Draw, even: bool) -> Problem:
    """One step unit that answers wrongly, so that Rosenblatt's rule changes it."""
    inputs, weights = ([draw.signed(values) for _ in range(2)] for values in (_INPUTS, _WEIGHTS))
    bias = draw.signed(_WEIGHTS)
    target = float(np.dot(weights, inputs) + bias < 0)
    network = Network((Layer("step", np.array([weights]), np.array([bias])),))
    optimizer = Optimizer("sgd", draw.of(_RATES))
    return Problem(network, Samples.of([inputs], [[target]]), optimizer, error="perceptron")


def _rectified(draw: Draw, even: bool) -> Problem:
    """2-2-1 with leaky ReLU and a linear output: every number comes out even by itself."""
    inputs = [draw.signed(_INPUTS) for _ in range(2)]
    hidden = np.array([[draw.signed(_WEIGHTS) for _ in range(2)] for _ in range(2)])
    last = np.array([[draw.signed(_WEIGHTS) for _ in range(2)]])
    bias = np.array([draw.signed(_WEIGHTS) for _ in range(2)])
    layers = (Layer("leaky-relu", hidden, bias, slope=draw.of((0.1, 0.2))), Layer("identity", last, np.zeros(1)))
    target = draw.signed(_INPUTS)
    return Problem(Network(layers), Samples.of([inputs], [[target]]), Optimizer("sgd", draw.of(_RATES)))


def _linear(name: str, inputs: int = 2, batch: int = 1) -> Callable[[Draw, bool], Problem]:
    """One linear unit without a bias and an optimizer: slopes and what is made of them come out even by themselves."""

    def problem(draw: Draw, even: bool) -> Problem:
        weights = [[draw.signed((0.5, 1.0, 1.5, 2.0)) for _ in range(inputs)]]
        rows = [[draw.signed((1.0, 2.0, 0.5, 3.0)) for _ in range(inputs)] for _ in range(max(3, batch))]
        targets = [[draw.signed((1.0, 2.0, 3.0, 4.0))] for _ in rows]
        rate = 0.001 if name == "adam" else draw.of((0.1, 0.2))
        optimizer = Optimizer(name, rate, momentum=draw.of((0.5, 0.8, 0.9)))
        return Problem(
            Network((Layer("identity", np.array(weights), None),)), Samples.of(rows, targets), optimizer, batch=batch
        )

    return problem


# --- the table ---------------------------------------------------------------------------------------


def _at_output(*symbols: str, units: int = 2) -> Callable[[Draw], tuple[str, ...]]:
    def chain(draw: Draw) -> tuple[str, ...]:
        unit = draw.unit(units)
        return tuple(symbol.format(unit) for symbol in symbols)

    return chain


def _weight(*symbols: str, first: int, units: int = 2) -> Callable[[Draw], tuple[str, ...]]:
    """Symbols with {w} for a weight, counted from `first`, of two into each unit, and {u} for its unit."""

    def chain(draw: Draw) -> tuple[str, ...]:
        unit, source = draw.unit(units), draw.unit(2)
        return tuple(symbol.format(w=f"w{first + 2 * (unit - 1) + source - 1}", u=unit) for symbol in symbols)

    return chain


_FULL, _ONE = _sigmoids(2, 2, 2), _sigmoids(2, 2, 1)


def _outs(draw: Draw, even: bool) -> Problem:
    """Forward, what comes in is to be even, not what comes out."""
    return _FULL(draw, False)


_MOVE = _at_output("∂E/∂w1", "w1⁺", units=1)
_DELTA = _at_output("∂E/∂o{0}", "slope_o{0}", "δ_o{0}")
_ALONE = _at_output("∂E/∂o1", "slope_o1", "δ_o1", units=1)
_CHANGE = _weight("δ_o{u}", "∂E/∂{w}", "Δ{w}", first=5)
_HIDDEN = _at_output("∂E/∂h{0}", "slope_h{0}", "δ_h{0}")
_WHOLE = _weight("δ_o1", "∂E/∂h{u}", "δ_h{u}", "∂E/∂{w}", "Δ{w}", first=1)
_VELOCITY = _weight("∂E/∂{w}", "v_{w}", first=1, units=1)
_DEEP, _CHAIN = (_at_output("∂E/∂h1_{0}", "slope_h1_{0}", "δ_h1_{0}", units=count) for count in (2, 1))
_RULE = _weight("∂E/∂{w}", "{w}⁺", first=1, units=1)
_BATCH = _weight("δ_o1[3]", "∂E/∂{w}", first=1, units=1)
_MEAN, _SQUARE = (_weight(f"{one}_{{w}}", f"{hat}_{{w}}", first=1, units=1) for one, hat in (("m", "m̂"), ("v", "v̂")))
_FORWARD_KINDS = ("net_hidden", "net_output", "out_sigmoid", "out_tanh", "out_relu", "out_leaky_relu")
_UPDATE_KINDS = ("gradient_weight", "update", "update_bias", "change_sgd")

SERIES = {
    one.id: one
    for one in (
        Series("perceptron", "wall", _perceptron, _RULE, ()),
        Series("descent-step", "descent", _linear("sgd", 1), _MOVE, ()),
        Series("neuron-delta", "neuron", _sigmoids(2, 1), _ALONE, ()),
        Series("forward", "forward", _outs, _at_output("net_h{}", "h{}"), _FORWARD_KINDS),
        Series("output-delta", "output-delta", _FULL, _DELTA, ("out_gradient_output", "delta_output")),
        Series("update", "output-delta", _FULL, _CHANGE, _UPDATE_KINDS),
        Series("hidden-delta", "hidden-delta", _FULL, _HIDDEN, ("out_gradient_hidden", "delta_hidden")),
        Series("iteration", "cycle", _ONE, _WHOLE, ()),
        Series("deep-delta", "deeper", _sigmoids(2, 2, 2, 1), _DEEP, ()),
        Series("chain-delta", "vanishing", _sigmoids(1, 1, 1, 1), _CHAIN, ()),
        Series("leaky-delta", "relu", _rectified, _HIDDEN, ()),
        Series("batch-slope", "sgd", _linear("sgd", batch=4), _BATCH, ()),
        Series("velocity", "momentum", _linear("momentum"), _VELOCITY, ("state_momentum", "state_nesterov"), (2, 3)),
        Series("adam-mean", "adam", _linear("adam"), _MEAN, ("state_adam_m", "corrected_m"), (2, 3)),
        Series("adam-square", "adam", _linear("adam"), _SQUARE, ("state_adam_v", "corrected_v"), (2, 3)),
    )
}
"""All series by their names, in the order of the course."""
_SKILLS = {kind: one.id for one in SERIES.values() for kind in one.kinds}


def series_of_lesson(lesson: Lesson) -> tuple[str, ...]:
    """The names of those that a lesson teaches, the hardest last; where it teaches none, those that it asks for."""
    taught = tuple(one.id for one in SERIES.values() if one.lesson == lesson.id)
    asked = dict.fromkeys(one.series for one in lesson.questions if one.series in SERIES)
    return taught or tuple(asked)


def practised_after(lesson: Lesson) -> tuple[str, ...]:
    """Those that are practised at a lesson's end: its own, else the nearest ones."""
    return lesson.end.series or series_of_lesson(lesson)


def skill_of(kind: str) -> str:
    """The series that practises a kind of step; nothing where there is none."""
    return _SKILLS.get(kind, "")
