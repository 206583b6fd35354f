"""Random problems: every activation, error, optimizer and batch that a file can ask for, small and moderate."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from nntutor.core.activations import ACTIVATIONS
from nntutor.core.losses import LOSSES
from nntutor.core.network import Layer, Network, Problem, Samples
from nntutor.core.optimizers import DEFAULT_RATE, OPTIMIZERS, Optimizer

LAST = {"bce": "sigmoid", "softmax-ce": "identity", "perceptron": "step"}


def share(of: float) -> settings:
    """The profile, with this share of its examples: for laws whose examples take long, or are many and quick."""
    return settings(max_examples=max(1, round(settings().max_examples * of)))


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
