"""Other settings of a problem, trained to see whether they do better before anybody is told to try them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from time import perf_counter

import numpy as np

from nntutor.core.diagnosis.training import Trained, Whole, trained
from nntutor.core.engine.program import Engine
from nntutor.core.engine.training import replay
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.problems.network import Layer, Network, Problem, Samples, draw
from nntutor.core.problems.settings import varied
from nntutor.core.rules.activations import activation

_SECONDS, _TOGETHER = 1.0, 10.0
"""How long one setting is tried, and all of them."""
_FURTHER = 0.01
_HIDDEN = 4  # units of a hidden layer that is tried where there is none
_LARGE = 10.0  # inputs beyond this may want to be scaled
_SOONER = 20  # iterations, besides a tenth of them
_FAR = 20.0  # a net at which an activation is all that it comes to


@dataclass(frozen=True)
class Tried:
    """A setting that did better: after how many iterations all was solved, None where it only came further; its E."""

    key: str
    value: float | int | str
    solved_in: int | None
    error: float


Setting = tuple[str, float | int | str, Problem]


class Trying:
    """Settings that are tried beside a training, each for as many iterations."""

    STARTS = 3
    """Initial weights that are drawn before a network is said to be too small."""

    def __init__(self, problem: Problem, iterations: int, own: Trained) -> None:
        self._problem, self._iterations, self._own = problem, iterations, own
        self._known: dict[tuple[str, float | int | str], Trained] = {}
        self._left = _TOGETHER

    def rates(self, *factors: float, least: float = _FURTHER) -> Tried | None:
        """The best of the rate's multiples, where it does better: by a share of E of at least `least`."""
        rates = (self._problem.optimizer.learning_rate * one for one in factors)
        found = [self._tried(("learning_rate", one, self._rated(one)), least) for one in rates if one < np.inf]
        better = [one for one in found if one is not None]
        return min(better, key=lambda one: (one.solved_in or np.inf, one.error), default=None)

    def first(self, *settings: Setting) -> Tried | None:
        """The first setting with which it is solved, else the one that comes furthest."""
        found = []
        for setting in settings:
            tried = self._tried(setting)
            if tried is not None and tried.solved_in is not None:
                return tried
            found += [tried] if tried is not None else []
        return min(found, key=lambda one: one.error, default=None)

    def starts(self) -> Iterator[Setting]:
        """Weights drawn as suits the activations."""
        rectified = any(_rectified(layer) for layer in self._problem.network.layers[:-1])
        for initial in ("he", "xavier") if rectified else ("xavier", "he"):
            yield "initial", initial, _drawn(self._problem, initial, 0)

    def faster(self) -> Iterator[Setting]:
        for factor in (10, 100):
            rate = factor * self._problem.optimizer.learning_rate
            yield "learning_rate", rate, self._rated(rate)

    def leaking(self) -> Iterator[Setting]:
        """Hidden layers that let something pass below 0."""
        if len(self._problem.network.layers) > 1:
            yield "activation", "leaky-relu", varied(self._problem, {"activation": "leaky-relu"})

    def bent(self) -> Iterator[Setting]:
        """Hidden layers that are no straight lines, or one where there is none: the network is linear as it is."""
        *hidden, last = self._problem.network.layers
        if hidden and all(layer.activation == "identity" for layer in hidden):
            yield "activation", "tanh", varied(self._problem, {"activation": "tanh"})
        elif not hidden:
            units = max(_HIDDEN, last.units)
            below = Layer("tanh", np.zeros((units, last.inputs)), np.zeros(units))
            bias = None if last.bias is None else np.zeros(last.units)
            fed = replace(last, weights=np.zeros((last.units, units)), bias=bias, learn=True)
            problem = replace(self._problem, network=Network((below, fed)))
            yield "hidden", units, _drawn(problem, "xavier", 0)

    def scaled(self) -> Iterator[Setting]:
        """Inputs with mean 0 and standard deviation 1, where they are large (LeCun et al. 1998, section 4.3)."""
        samples = self._problem.samples
        if len(samples) and float(np.abs(samples.inputs).max()) > _LARGE:
            spread = samples.inputs.std(axis=0)
            inputs = (samples.inputs - samples.inputs.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
            yield "inputs", 1, replace(self._problem, samples=Samples(inputs, samples.targets))

    def with_bias(self) -> Iterator[Setting]:
        layers = self._problem.network.layers
        if any(layer.bias is None for layer in layers):
            biased = tuple(
                replace(layer, bias=np.zeros(layer.units), learn_bias=True) if layer.bias is None else layer
                for layer in layers
            )
            yield "bias", 0.0, replace(self._problem, network=Network(biased))

    def any_start_solves(self) -> bool:
        """Whether a network of the same size is solved from any of a few initial weights."""
        if any(key == "initial" and one.solved_in is not None for (key, _), one in self._known.items()):
            return True
        return any(self._solves(self._problem, seed) is not None for seed in range(self.STARTS))

    def one_unit_more(self) -> Tried | None:
        """Whether it is solved with one unit more in the last hidden layer."""
        *before, hidden, last = self._problem.network.layers
        wider = replace(
            hidden,
            weights=np.zeros((hidden.units + 1, hidden.inputs)),
            bias=None if hidden.bias is None else np.zeros(hidden.units + 1),
        )
        fed = replace(last, weights=np.zeros((last.units, hidden.units + 1)))
        problem = replace(self._problem, network=Network((*before, wider, fed)))
        for seed in range(self.STARTS):
            result = self._solves(problem, seed)
            if result is not None:
                return Tried("units", hidden.units + 1, result.solved_in, result.error)
        return None

    def _solves(self, problem: Problem, seed: int) -> Trained | None:
        result = self._trained(_drawn(problem, "xavier", seed))
        return result if result.solved_in is not None else None

    def silent(self, after: int, count: int) -> list[tuple[int, int]]:
        """The ReLUs (layer, unit) that give 0 on all samples in each of `count` iterations after `after`."""
        engine, whole = Engine(self._problem), self._whole
        state = engine.start() if not after else self._own.state
        units: set[tuple[int, int]] | None = None
        for _ in range(count):
            whole.error(state.params)
            found = set(_zeros(whole))
            units = found if units is None else units & found
            if not units:
                return []
            state = replay(engine, state, state.done + 1)
        return sorted(units or ())

    @cached_property
    def _whole(self) -> Whole:
        return Whole(self._problem)

    def _rated(self, rate: float) -> Problem:
        return replace(self._problem, optimizer=self._problem.optimizer.with_rate("learning_rate", rate))

    def _trained(self, problem: Problem) -> Trained:
        """The problem trained as far as the time lets it; what has no time left has done no better."""
        began = perf_counter()
        result = trained(problem, self._iterations, min(_SECONDS, self._left))
        self._left -= perf_counter() - began
        return result

    def _tried(self, setting: Setting, least: float = _FURTHER) -> Tried | None:
        key, value, problem = setting
        if (key, value) not in self._known:
            self._known[key, value] = self._trained(problem)
        result = self._known[key, value]
        return Tried(key, value, result.solved_in, result.error) if self._better(result, least) else None

    def _better(self, result: Trained, least: float) -> bool:
        """Solved where ours is not, or clearly sooner; else further by a share of E."""
        own = self._own
        if result.diverged is not None:
            return False
        if result.solved_in is not None:
            return own.solved_in is None or result.solved_in + _SOONER < 0.9 * own.solved_in
        if own.solved_in is not None:
            return False
        return result.error < (1 - least) * own.error or own.diverged is not None


def _rectified(layer: Layer) -> bool:
    """Whether far above 0 all passes and far below less than half: the activations that He et al. 2015 draw for."""
    trees = activation(layer.activation, layer.slope)

    def steepness(net: float) -> float:
        out = evaluate(trees.out, {"net": net}.__getitem__)
        return evaluate(trees.slope, {"net": net, "out": out}.__getitem__)

    return steepness(_FAR) > 0.5 > steepness(-_FAR)


def _zeros(whole: Whole) -> Iterator[tuple[int, int]]:
    for number, layer in enumerate(whole.problem.network.layers, 1):
        if layer.activation == "relu":
            yield from ((number, int(unit) + 1) for unit in np.flatnonzero((whole.outs(number) == 0).all(axis=0)))


def _drawn(problem: Problem, initial: str, seed: int) -> Problem:
    """All layers that learn drawn anew, with biases of zeros."""
    layers: list[Layer] = []
    for number, layer in enumerate(problem.network.layers, 1):
        weights = draw(initial, layer.units, layer.inputs, seed, number) if layer.learn else layer.weights
        bias = np.zeros(layer.units) if layer.bias is not None and layer.bias_learns else layer.bias
        layers.append(replace(layer, weights=weights, bias=bias))
    return replace(problem, network=Network(tuple(layers)))
