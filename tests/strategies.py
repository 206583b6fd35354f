"""Random problems: every activation, error, optimizer and batch that a file can ask for, small and moderate.

And random numbers of random networks, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from nntutor.core.notation.kinds import KINDS, Per
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import DEFAULT_RATE, EPSILON_AT, FORMS, OPTIMIZERS, Optimizer


def share(of: float) -> settings:
    """The profile, with this share of its examples: for laws whose examples take long, or are many and quick."""
    return settings(max_examples=max(1, round(settings().max_examples * of)))


@st.composite
def problems(
    draw: st.DrawFn,
    errors: tuple[str, ...] = tuple(LOSSES),
    activations: tuple[str, ...] = ACTIVATIONS,
    optimizers: tuple[str, ...] = OPTIMIZERS,
    everything_learns: bool = False,
    settings: bool = False,
) -> Problem:
    """A problem of one to four layers; numbers come from a seed, so examples shrink to small shapes.

    settings: also with other reductions, penalties, decay and forms of the optimizer than usual, and with ∂E/∂x.
    """
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    error = draw(st.sampled_from(errors))
    layers = []
    for place, (inputs, units) in enumerate(pairwise(sizes)):
        last = place == len(sizes) - 2
        kind = LOSSES[error].last if last else ""
        layers.append(
            Layer(
                kind or draw(st.sampled_from(activations)),
                random.uniform(-1, 1, (units, inputs)),
                random.uniform(-1, 1, units) if draw(st.booleans()) else None,
                learn=everything_learns or draw(st.booleans()),
                learn_bias=everything_learns or draw(st.booleans()),
                slope=draw(st.sampled_from((0.01, 0.3, 0.0, -0.2, 1.5))),
            )
        )
    count = draw(st.integers(1, 5))
    targets = random.random((count, sizes[-1]))
    if error == "softmax-ce":
        targets /= targets.sum(axis=1, keepdims=True)
    elif error == "perceptron":
        targets = np.round(targets)
    name = draw(st.sampled_from(optimizers))
    epsilon = 1e-10 if name == "adagrad" else 1e-8
    problem = Problem(
        Network(tuple(layers)),
        Samples(random.uniform(-1.5, 1.5, (count, sizes[0])), targets),
        Optimizer(name, DEFAULT_RATE[name], epsilon=epsilon),
        error,
        draw(st.sampled_from(("online", "full", 2, 3))),
        draw(st.booleans()),
        draw(st.integers(0, 5)),
    )
    return draw(other_settings(problem)) if settings else problem


def other_settings(problem: Problem) -> st.SearchStrategy[Problem]:
    """The problem with other reductions, penalties, decay and forms of the optimizer, and with ∂E/∂x."""
    name = problem.optimizer.name
    rate = st.sampled_from((0.0, 0.01, 0.3))
    optimizers = st.builds(
        replace,
        st.just(problem.optimizer),
        form=st.sampled_from(FORMS) if name == "momentum" else st.just("velocity"),
        epsilon_at=st.sampled_from(EPSILON_AT if name == "adam" else EPSILON_AT[:2]),
        correct=st.booleans(),
        decay=rate,
    )
    return st.builds(
        replace,
        st.just(problem),
        optimizer=optimizers,
        over_outputs=st.sampled_from(("sum", "mean")) if LOSSES[problem.error].averaged else st.just(""),
        over_samples=st.sampled_from(("mean", "sum")),
        l1=rate,
        l2=rate,
        input_gradient=st.booleans(),
    )


NETWORK_SIZES = st.lists(st.integers(1, 12), min_size=2, max_size=5).map(tuple)
OLD = frozenset(name for name, kind in KINDS.items() if kind.before and name != "weight")
"""The kinds of an optimizer's state before its update."""


def numbers_of(names: Names, kind: str, samples: int = 1) -> Iterator[Ref]:
    """Every number of a kind that a network has, of the first `samples` samples."""
    sizes, per = names.sizes, KINDS[kind].per
    if per in (Per.OPTIMIZER, Per.ITERATION):
        yield Ref(kind)
        return
    first = names.last if per is Per.OUTPUT else 0 if KINDS[kind].inputs else 1
    for layer in range(first, names.last + 1):
        for unit in range(1, sizes[layer] + 1):
            if per is Per.WEIGHT:
                yield from (Ref(kind, layer, unit, source) for source in range(sizes[layer - 1] + 1))
            else:
                yield from (
                    Ref(kind, layer, unit, 0, sample) for sample in (range(samples) if names.numbers_samples else (-1,))
                )


@st.composite
def numbers(draw: st.DrawFn) -> tuple[Names, Ref]:
    """A network's names and the address of one of its numbers, of any kind."""
    names = Names(draw(NETWORK_SIZES), draw(st.booleans()))
    ref = draw(st.sampled_from(list(numbers_of(names, draw(st.sampled_from(sorted(KINDS)))))))
    if ref.sample >= 0:
        ref = ref._replace(sample=draw(st.integers(0, 120)))
    return names, ref


@st.composite
def wide_problems(draw: st.DrawFn, errors: tuple[str, ...] = tuple(LOSSES)) -> Problem:
    """A problem of `problems` whose numbers lie far apart, as data lie that nobody has scaled.

    Inputs up to 10⁶, each column of another size; weights that make up for them, or do not; large targets; exact
    figures; targets of nine digits, whose sum is not 1.
    """
    problem = draw(problems(errors, settings=True))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    inputs, targets = problem.samples.inputs, problem.samples.targets
    columns = 10.0 ** random.uniform(-3, 6, inputs.shape[1]) if draw(st.booleans()) else 10.0 ** random.uniform(0, 6)
    rounded = draw(st.booleans())
    layers = [
        _rescaled(layer, draw(st.sampled_from(("as it is", "sized", "round"))), random)
        for layer in problem.network.layers
    ]
    if draw(st.booleans()):
        layers[0] = replace(layers[0], weights=layers[0].weights / columns * 10.0 ** random.uniform(-1, 1))
    if problem.error in ("half-squared", "mse") and draw(st.booleans()):
        targets = targets * 10.0 ** random.uniform(-3, 6)
    elif rounded:
        targets = np.round(targets, 9 if problem.error == "softmax-ce" else 0)
    inputs = np.round(inputs) * columns if rounded else inputs * columns
    return replace(problem, network=Network(tuple(layers)), samples=Samples(inputs, targets))


def _rescaled(layer: Layer, how: str, random: np.random.Generator) -> Layer:
    if how == "sized":
        return replace(layer, weights=layer.weights * 10.0 ** random.uniform(-4, 4))
    return replace(layer, weights=np.round(2 * layer.weights)) if how == "round" else layer
