"""Random problems: every activation, error, optimizer and batch that a file can ask for, small and moderate.

And random numbers of random networks, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from nntutor.core.notation.kinds import KINDS, Per
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import DEFAULT_RATE, OPTIMIZERS, Optimizer

LAST = {"bce": "sigmoid", "softmax-ce": "identity", "perceptron": "step"}


@st.composite
def problems(
    draw: st.DrawFn,
    errors: tuple[str, ...] = LOSSES,
    activations: tuple[str, ...] = ACTIVATIONS,
    optimizers: tuple[str, ...] = tuple(OPTIMIZERS),
    everything_learns: bool = False,
) -> Problem:
    """A problem of one to four layers; numbers come from a seed, so examples shrink to small shapes."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    error = draw(st.sampled_from(errors))
    layers = []
    for place, (inputs, units) in enumerate(pairwise(sizes)):
        last = place == len(sizes) - 2
        kind = LAST[error] if last and error in LAST else draw(st.sampled_from(activations))
        layers.append(
            Layer(
                kind,
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
    return Problem(
        Network(tuple(layers)),
        Samples(random.uniform(-1.5, 1.5, (count, sizes[0])), targets),
        Optimizer(name, DEFAULT_RATE[name], epsilon=epsilon),
        error,
        draw(st.sampled_from(("online", "full", 2, 3))),
        draw(st.booleans()),
        draw(st.integers(0, 5)),
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
                yield from (Ref(kind, layer, unit, 0, sample) for sample in (range(samples) if names.many else (-1,)))


@st.composite
def numbers(draw: st.DrawFn) -> tuple[Names, Ref]:
    """A network's names and the address of one of its numbers, of any kind."""
    names = Names(draw(NETWORK_SIZES), draw(st.booleans()))
    ref = draw(st.sampled_from(list(numbers_of(names, draw(st.sampled_from(sorted(KINDS)))))))
    if ref.sample >= 0:
        ref = ref._replace(sample=draw(st.integers(0, 120)))
    return names, ref
