"""The same problem with one of its settings changed: deeper, from another seed, in other batches, by another rule.

Lessons show what a setting does by setting two such problems side by side, and learners change settings by key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nntutor.core.problems.network import Layer, Network, Problem, draw
from nntutor.core.rules.optimizers import DEFAULT_EPSILON, DEFAULT_RATE, RATES, Optimizer

# Settings that are whole numbers: learners change them by key, like a number of the network.
NUMBERS = {"set_depth": "depth", "set_seed": "seed", "set_batch": "batch"}
MOST_LAYERS = 50
_MOST = 2**31 - 1  # of any whole number


def varied(problem: Problem, changes: Mapping[str, object]) -> Problem:
    """The problem with these settings instead of its own, in this order of precedence.

    activation, initial: of every hidden layer; depth: hidden layers, further ones like the last; seed: weights that
    were drawn are drawn anew; batch; optimizer (then with its usual rates); learning_rate, momentum, ….
    KeyError for a setting that there is not, ValueError for a value that cannot be.
    """
    changes = dict(changes)
    layers = problem.network.layers
    seed = _whole(changes.pop("seed", problem.seed), 0)
    for key in ("activation", "initial"):
        if key in changes:
            value = str(changes.pop(key))
            layers = (*(_with(layer, key, value) for layer in layers[:-1]), layers[-1])
            if key == "initial":
                layers = (*layers[:-1], replace(layers[-1], initial=layers[-1].initial or value))
    if "depth" in changes:
        layers = _deepened(layers, _whole(changes.pop("depth"), 1), seed)
    optimizer = _optimizer(problem.optimizer, changes)
    if "batch" in changes:
        batch = changes.pop("batch")
        if batch == "full":
            problem = replace(problem, batch="full")
        else:
            problem = replace(problem, batch="online" if batch == "online" else _whole(batch, 1))
    for key in changes:
        raise KeyError(key)
    drawn = tuple(_drawn(layer, seed, number) for number, layer in enumerate(layers, 1))
    same = all(one is other for one, other in zip(drawn, problem.network.layers, strict=False))
    network = problem.network if same and len(drawn) == len(problem.network.layers) else Network(drawn)
    return replace(problem, network=network, optimizer=optimizer, seed=seed)


def setting(problem: Problem, kind: str) -> int:
    """The value of one of NUMBERS."""
    if kind == "set_depth":
        return len(problem.network.layers) - 1
    return problem.seed if kind == "set_seed" else problem.batch_size


def bounds(problem: Problem, kind: str) -> tuple[int, int] | None:
    """The least and the greatest value that one of NUMBERS can have; None where the problem has no such setting."""
    if kind == "set_depth":
        return (1, MOST_LAYERS) if len(problem.network.layers) > 1 else None
    if kind == "set_seed":
        return 0, _MOST
    return (1, len(problem.samples)) if len(problem.samples) else None


def _whole(value: object, least: int) -> int:
    if not isinstance(value, int | float) or value != int(value) or not least <= value <= _MOST:
        raise ValueError(value)
    return int(value)


def _with(layer: Layer, key: str, value: str) -> Layer:
    return replace(layer, activation=value) if key == "activation" else replace(layer, initial=value)


def _deepened(layers: Sequence[Layer], depth: int, seed: int) -> tuple[Layer, ...]:
    """Hidden layers taken off the end, or more like the last one put there."""
    *hidden, last = layers
    if not hidden or depth > MOST_LAYERS:
        raise ValueError(depth)
    pattern = hidden[-1]
    while len(hidden) < depth:
        fresh = draw(pattern.initial or "uniform", pattern.units, pattern.units, seed, len(hidden) + 1)
        hidden.append(replace(pattern, weights=fresh, initial=pattern.initial or "uniform"))
    hidden = hidden[:depth]
    if hidden[-1].units != last.inputs:
        weights = draw(last.initial or "uniform", last.units, hidden[-1].units, seed, depth + 1)
        last = replace(last, weights=weights, initial=last.initial or "uniform")
    return (*hidden, last)


def _drawn(layer: Layer, seed: int, number: int) -> Layer:
    """A layer whose weights are drawn, drawn from this seed for this place; one with listed weights as it is."""
    if layer.initial is None:
        return layer
    weights = draw(layer.initial, layer.units, layer.inputs, seed, number)
    return layer if np.array_equal(weights, layer.weights) else replace(layer, weights=weights)


def _optimizer(optimizer: Optimizer, changes: dict[str, object]) -> Optimizer:
    name = changes.pop("optimizer", None)
    if name is not None:
        usual = DEFAULT_EPSILON.get(str(name), 1e-8)
        optimizer = Optimizer(str(name), DEFAULT_RATE[str(name)], epsilon=usual)
    for key in RATES[optimizer.name]:
        if key in changes:
            optimizer = optimizer.with_rate(key, float(str(changes.pop(key))))
    return optimizer
