"""Where each mistake of the table shows: a problem, and the first number of its iteration that the mistake changes.

The problems' numbers are all unlike, so that no two rules give the same by chance; the numbers that change are written
down by hand from what the contract says of each mistake.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import Optimizer

ALL = [
    name if variant == "all" else f"{name}:{variant}"
    for name, mistake in MISTAKES.items()
    for variant in mistake.variants
]
"""Every mistake with every variant, as it is spelled."""


def square(
    error: str = "half-squared", optimizer: str = "sgd", batch: int = 2, hidden: str = "sigmoid", last: str = "sigmoid"
) -> Problem:
    """2-2-2 with biases, two samples in an iteration, all numbers unlike."""
    random = np.random.default_rng(7)
    last = {"softmax-ce": "identity"}.get(error, last)
    layers = tuple(Layer(kind, random.uniform(0.2, 1, (2, 2)), random.uniform(0.2, 1, 2)) for kind in (hidden, last))
    samples = Samples.of([[0.3, 0.9], [0.8, 0.4]], [[0.1, 0.9], [0.7, 0.3]])
    return Problem(Network(layers), samples, Optimizer(optimizer, 0.4), error, batch)


def half_off() -> Problem:
    """With two ReLUs, of which each sample turns one off."""
    problem = square(hidden="relu")
    first, last = problem.network.layers
    opposed = replace(first, weights=np.array([[0.9, -0.8], [-0.7, 0.6]]), bias=np.array([0.1, -0.05]))
    return replace(problem, network=Network((opposed, last)))


def deep() -> Problem:
    """With another hidden layer."""
    problem = square()
    random = np.random.default_rng(8)
    between = Layer("tanh", random.uniform(0.2, 1, (2, 2)), random.uniform(0.2, 1, 2))
    first, last = problem.network.layers
    return replace(problem, network=Network((first, between, last)))


def three_wide() -> Problem:
    """3-3-3 with biases: each unit has two neighbours."""
    random = np.random.default_rng(9)
    layers = tuple(Layer("sigmoid", random.uniform(0.2, 1, (3, 3)), random.uniform(0.2, 1, 3)) for _ in range(2))
    samples = Samples.of([[0.3, 0.9, 0.6], [0.8, 0.4, 0.2]], [[0.1, 0.9, 0.5], [0.7, 0.3, 0.2]])
    return replace(square(), network=Network(layers), samples=samples)


def large_epsilon() -> Problem:
    """Under Adam with an ε that is seen."""
    problem = square(optimizer="adam")
    return replace(problem, optimizer=replace(problem.optimizer, epsilon=0.1))


SECOND = ("momentum-rate-twice:share", "correction-without-power")
"""Those that are right in the first iteration, and show in the second."""

SHOWN: dict[str, tuple[Problem, str]] = {
    "bias-left-out": (square(), "net_h1[0]"),
    "bias-subtracted": (square(), "net_h1[0]"),
    "net-negated": (square(), "h1[0]"),
    "inputs-swapped": (square(), "net_h1[0]"),
    "activation-left-out": (square(), "h1[0]"),
    "exp-sign": (square(), "h1[0]"),
    "softmax-without-exp": (square("softmax-ce"), "p1[0]"),
    "sign": (square(), "∂E/∂o1[0]"),
    "target-in-slope": (square(), "slope_o1[0]"),
    "mask-always-one": (half_off(), "slope_h1[0]"),
    "no-output-slope": (square(), "slope_o1[0]"),
    "no-hidden-slope": (square(), "slope_h1[0]"),
    "slope-at-net": (square(), "slope_o1[0]"),
    "slope-twice": (square(), "slope_o1[0]"),
    "slope-times-net": (square(), "slope_o1[0]"),
    "slope-of-error:gap": (square(), "slope_o1[0]"),
    "slope-of-error:turned": (square(), "slope_o1[0]"),
    "factor-two:missing": (square("mse"), "∂E/∂o1[0]"),
    "factor-two:added": (square(), "∂E/∂o1[0]"),
    "outputs-mean-for-sum:back": (square(), "∂E/∂o1[0]"),
    "outputs-mean-for-sum:both": (square(), "E"),
    "outputs-mean-for-sum:error": (square(), "E"),
    "outputs-sum-for-mean:back": (square("mse"), "∂E/∂o1[0]"),
    "outputs-sum-for-mean:both": (square("mse"), "E"),
    "outputs-sum-for-mean:error": (square("mse"), "E"),
    "error-for-gap:output": (square(), "∂E/∂o1[0]"),
    "error-for-gap:total": (square(), "∂E/∂o1[0]"),
    "slope-besides-cross-entropy": (square("bce"), "δ_o1[0]"),
    "softmax-diagonal": (square("softmax-ce"), "δ_o1[0]"),
    "loss-sent-back": (square(), "∂E/∂h1[0]"),
    "error-sent-back:gap": (square(), "∂E/∂h1[0]"),
    "error-sent-back:gradient": (square("mse"), "∂E/∂h1[0]"),
    "error-sent-back:everywhere": (deep(), "∂E/∂h2_1[0]"),
    "output-error-reused:gap-same": (square(), "∂E/∂h1[0]"),
    "output-error-reused:gap-sum": (square(), "∂E/∂h1[0]"),
    "output-error-reused:gap-last": (square(), "∂E/∂h1[0]"),
    "output-error-reused:delta-same": (square(), "∂E/∂h1[0]"),
    "output-error-reused:delta-sum": (deep(), "∂E/∂h2_1[0]"),
    "output-error-reused:delta-last": (square(), "∂E/∂h1[0]"),
    "value-for-delta": (square(), "∂E/∂h1[0]"),
    "weights-left-out": (square(), "∂E/∂h1[0]"),
    "one-path:same": (square(), "∂E/∂h1[0]"),
    "one-path:first": (square(), "∂E/∂h1[0]"),
    "one-path:last": (square(), "∂E/∂h1[0]"),
    "paths-mean": (square(), "∂E/∂h1[0]"),
    "paths-crossed": (square(), "∂E/∂h1[0]"),
    "updated-weights": (square(), "∂E/∂h1[0]"),
    "gradient-for-weight": (square(), "∂E/∂h1[0]"),
    "magnitudes-only": (square(), "∂E/∂h1[0]"),
    "product-for-elementwise": (square(), "δ_o1[0]"),
    "product-for-elementwise:turned": (square(), "δ_o1[0]"),
    "upstream-dropped": (square(), "δ_o1[0]"),
    "other-input:next": (square(), "∂E/∂w5"),
    "other-input:previous": (three_wide(), "∂E/∂w10"),
    "other-delta:next": (square(), "∂E/∂w5"),
    "other-delta:previous": (three_wide(), "∂E/∂w10"),
    "other-delta:weights-only": (square(), "∂E/∂w5"),
    "input-left-out": (square(), "∂E/∂w5"),
    "net-for-input": (square(), "∂E/∂w5"),
    "own-output-for-input": (square(), "∂E/∂w5"),
    "slope-of-weight": (square(), "∂E/∂w5"),
    "transposed": (square(), "∂E/∂w6"),
    "batch-sum": (square(), "∂E/∂w5"),
    "batch-mean": (replace(square(), over_samples="sum"), "∂E/∂w5"),
    "mean-twice:deltas": (square(), "δ_o1[0]"),
    "mean-twice:gradients": (square(), "∂E/∂w5"),
    "last-sample-only:divided": (square(), "∂E/∂w5"),
    "last-sample-only:undivided": (square(), "∂E/∂w5"),
    "one-bias-for-all": (square(), "∂E/∂b_o1"),
    "bias-mean-twice": (square(), "∂E/∂b_o1"),
    "bias-value-for-gradient": (square(), "∂E/∂b_o1"),
    "bias-not-updated": (square(), "b_o1⁺"),
    "added": (square(), "w5⁺"),
    "no-rate": (square(), "w5⁺"),
    "rate-twice": (square(), "w5⁺"),
    "momentum-average": (square(optimizer="momentum"), "v_w5"),
    "momentum-rate-twice:move": (square(optimizer="momentum"), "Δw5"),
    "momentum-rate-twice:share": (square(optimizer="momentum"), "v_w5"),
    "momentum-late:plain": (square(optimizer="momentum"), "Δw5"),
    "momentum-late:average": (square(optimizer="momentum"), "v_w5"),
    "momentum-sign:move": (square(optimizer="momentum"), "w5⁺"),
    "momentum-sign:gradient": (square(optimizer="momentum"), "v_w5"),
    "no-correction": (square(optimizer="adam"), "m̂_w5"),
    "correction-without-power": (square(optimizer="adam"), "m̂_w5"),
    "count-from-zero": (square(optimizer="adam"), "m̂_w5"),
    "count-from-two": (square(optimizer="adam"), "m̂_w5"),
    "no-square": (square(optimizer="adam"), "v_w5"),
    "no-root": (square(optimizer="adam"), "Δw5"),
    "epsilon-inside": (large_epsilon(), "Δw5"),
}
