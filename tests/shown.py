"""Where each mistake of the table shows: a problem, the first number that changes, and what it is then.

The problems' numbers are all unlike, so that no two rules give the same by chance; the formulas are what the contract
says of each mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

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


@dataclass(frozen=True)
class Shown:
    """A problem; what the mistake makes of a number in it, as the step says it; the first number that is another one.

    unlike: that first number, where it is not the one of the formula.
    """

    problem: Problem
    formula: str
    unlike: str = ""

    @property
    def symbol(self) -> str:
        return self.formula.partition(" = ")[0]

    @property
    def first(self) -> str:
        return self.unlike or self.symbol


@cache
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


SECOND = ("momentum-rate-twice:share", "state-not-kept", "correction-without-power")
"""Those that are right in the first iteration, and show in the second."""

SHOWN: dict[str, Shown] = {
    "bias-left-out": Shown(square(), "net_h1[0] = w1·x1[0] + w2·x2[0]"),
    "bias-subtracted": Shown(square(), "net_h1[0] = w1·x1[0] + w2·x2[0] − b_h1"),
    "net-negated": Shown(square(), "h1[0] = σ(−net_h1[0])"),
    "inputs-swapped": Shown(square(), "net_h1[0] = w1·x1[0] + w3·x2[0] + b_h1"),
    "activation-left-out": Shown(square(), "h1[0] = net_h1[0]"),
    "exp-sign": Shown(square(), "h1[0] = 1/(1 − exp(−net_h1[0]))"),
    "softmax-without-exp": Shown(square("softmax-ce"), "p1[0] = net_o1[0]/(net_o1[0] + net_o2[0])"),
    "softmax-over-samples:samples": Shown(
        square("softmax-ce"), "p1[0] = exp(net_o1[0])/(exp(net_o1[0]) + exp(net_o1[1]))"
    ),
    "softmax-over-samples:everything": Shown(
        square("softmax-ce"),
        "p1[0] = exp(net_o1[0])/(exp(net_o1[0]) + exp(net_o2[0]) + exp(net_o1[1]) + exp(net_o2[1]))",
    ),
    "epsilon-in-log:e-7": Shown(square("softmax-ce"), "E_o1[0] = −t1[0]·ln(p1[0] + 1e-07)"),
    "epsilon-in-log:e-8": Shown(square("softmax-ce"), "E_o1[0] = −t1[0]·ln(p1[0] + 1e-08)"),
    "sign": Shown(square(), "∂E/∂o1[0] = t1[0] − o1[0]"),
    "target-in-slope": Shown(square(), "slope_o1[0] = o1[0]·(1 − t1[0])"),
    "mask-always-one": Shown(half_off(), "slope_h1[0] = 1"),
    "no-output-slope": Shown(square(), "slope_o1[0] = 1"),
    "no-hidden-slope": Shown(square(), "slope_h1[0] = 1"),
    "slope-at-net": Shown(square(), "slope_o1[0] = net_o1[0]·(1 − net_o1[0])"),
    "slope-twice": Shown(square(), "slope_o1[0] = σ(o1[0])·(1 − σ(o1[0]))"),
    "slope-times-net": Shown(square(), "slope_o1[0] = o1[0]·(1 − o1[0])·net_o1[0]"),
    "other-slope:sigmoid": Shown(square(hidden="tanh"), "slope_h1[0] = h1[0]·(1 − h1[0])"),
    "other-slope:tanh": Shown(square(), "slope_o1[0] = 1 − o1[0]²"),
    "mask-of-gradient": Shown(half_off(), "slope_h2[1] = 1 − step(−∂E/∂h2[1])"),
    "slope-of-error:gap": Shown(square(), "slope_o1[0] = (o1[0] − t1[0])·(1 − (o1[0] − t1[0]))"),
    "slope-of-error:turned": Shown(square(), "slope_o1[0] = (t1[0] − o1[0])·(1 − (t1[0] − o1[0]))"),
    "factor-two:missing": Shown(square("mse"), "∂E/∂o1[0] = (o1[0] − t1[0])/2"),
    "factor-two:added": Shown(square(), "∂E/∂o1[0] = 2·(o1[0] − t1[0])"),
    "outputs-mean-for-sum:back": Shown(square(), "∂E/∂o1[0] = (o1[0] − t1[0])/2"),
    "outputs-mean-for-sum:both": Shown(square(), "E = (E_o1[0] + E_o2[0] + E_o1[1] + E_o2[1])/4"),
    "outputs-mean-for-sum:error": Shown(square(), "E = (E_o1[0] + E_o2[0] + E_o1[1] + E_o2[1])/4"),
    "outputs-sum-for-mean:back": Shown(square("mse"), "∂E/∂o1[0] = 2·(o1[0] − t1[0])"),
    "outputs-sum-for-mean:both": Shown(square("mse"), "E = (E_o1[0] + E_o2[0] + E_o1[1] + E_o2[1])/2"),
    "outputs-sum-for-mean:error": Shown(square("mse"), "E = (E_o1[0] + E_o2[0] + E_o1[1] + E_o2[1])/2"),
    "error-for-gap:output": Shown(square(), "∂E/∂o1[0] = E_o1[0]"),
    "error-for-gap:total": Shown(square(), "∂E/∂o1[0] = E"),
    "slope-besides-cross-entropy": Shown(square("bce"), "δ_o1[0] = (o1[0] − t1[0])/2·o1[0]·(1 − o1[0])"),
    "softmax-diagonal": Shown(square("softmax-ce"), "δ_o1[0] = −t1[0]·(1 − p1[0])"),
    "loss-sent-back:total": Shown(square(), "∂E/∂h1[0] = E·w5 + E·w7"),
    "loss-sent-back:output": Shown(square(), "∂E/∂h1[0] = E_o1[0]·w5 + E_o2[0]·w7"),
    "error-sent-back:gap": Shown(square(), "∂E/∂h1[0] = (o1[0] − t1[0])·w5 + (o2[0] − t2[0])·w7"),
    "error-sent-back:gradient": Shown(
        replace(square("mse"), over_outputs="sum"), "∂E/∂h1[0] = ∂E/∂o1[0]·w5 + ∂E/∂o2[0]·w7"
    ),
    "error-sent-back:everywhere": Shown(deep(), "∂E/∂h2_1[0] = (o1[0] − t1[0])·w9 + (o2[0] − t2[0])·w11"),
    "output-error-reused:gap-same": Shown(square(), "∂E/∂h1[0] = o1[0] − t1[0]"),
    "output-error-reused:gap-sum": Shown(square(), "∂E/∂h1[0] = o1[0] − t1[0] + (o2[0] − t2[0])"),
    "output-error-reused:gap-last": Shown(square(), "∂E/∂h1[0] = o2[0] − t2[0]"),
    "output-error-reused:delta-same": Shown(square(), "∂E/∂h1[0] = δ_o1[0]"),
    "output-error-reused:delta-sum": Shown(deep(), "∂E/∂h2_1[0] = δ_o1[0] + δ_o2[0]"),
    "output-error-reused:delta-last": Shown(square(), "∂E/∂h1[0] = δ_o2[0]"),
    "value-for-delta": Shown(square(), "∂E/∂h1[0] = o1[0]·w5 + o2[0]·w7"),
    "weights-left-out": Shown(square(), "∂E/∂h1[0] = δ_o1[0] + δ_o2[0]"),
    "one-path:same": Shown(square(), "∂E/∂h1[0] = δ_o1[0]·w5"),
    "one-path:first": Shown(square(), "∂E/∂h1[0] = δ_o1[0]·w5"),
    "one-path:last": Shown(square(), "∂E/∂h1[0] = δ_o2[0]·w7"),
    "paths-mean": Shown(square(), "∂E/∂h1[0] = (δ_o1[0]·w5 + δ_o2[0]·w7)/2"),
    "paths-crossed": Shown(square(), "∂E/∂h1[0] = δ_o1[0]·w5 + δ_o2[0]·w6"),
    "updated-weights": Shown(square(), "∂E/∂h1[0] = δ_o1[0]·w5⁺ + δ_o2[0]·w7⁺"),
    "gradient-for-weight": Shown(square(), "∂E/∂h1[0] = δ_o1[0]·∂E/∂w5 + δ_o2[0]·∂E/∂w7"),
    "magnitudes-only": Shown(square(), "∂E/∂h1[0] = abs(δ_o1[0])·abs(w5) + abs(δ_o2[0])·abs(w7)"),
    "product-for-elementwise": Shown(square(), "δ_o1[0] = ∂E/∂o1[0]·slope_o1[0] + ∂E/∂o2[0]·slope_o1[1]"),
    "product-for-elementwise:turned": Shown(square(), "δ_o1[0] = slope_o1[0]·∂E/∂o1[0] + slope_o2[0]·∂E/∂o1[1]"),
    "upstream-dropped": Shown(square(), "δ_o1[0] = slope_o1[0]"),
    "other-input:next": Shown(square(), "∂E/∂w5 = (δ_o1[0]·h2[0] + δ_o1[1]·h2[1])/2"),
    "other-input:previous": Shown(three_wide(), "∂E/∂w10 = (δ_o1[0]·h3[0] + δ_o1[1]·h3[1])/2"),
    "other-delta:next": Shown(square(), "∂E/∂w5 = (δ_o2[0]·h1[0] + δ_o2[1]·h1[1])/2"),
    "other-delta:previous": Shown(three_wide(), "∂E/∂w10 = (δ_o3[0]·h1[0] + δ_o3[1]·h1[1])/2"),
    "other-delta:weights-only": Shown(square(), "∂E/∂w5 = (δ_o2[0]·h1[0] + δ_o2[1]·h1[1])/2"),
    "input-left-out": Shown(square(), "∂E/∂w5 = (δ_o1[0] + δ_o1[1])/2"),
    "net-for-input": Shown(square(), "∂E/∂w5 = (δ_o1[0]·net_h1[0] + δ_o1[1]·net_h1[1])/2"),
    "own-output-for-input": Shown(square(), "∂E/∂w5 = (δ_o1[0]·o1[0] + δ_o1[1]·o1[1])/2"),
    "slope-of-weight": Shown(square(), "∂E/∂w5 = (δ_o1[0]·w5 + δ_o1[1]·w5)/2"),
    "transposed": Shown(square(), "∂E/∂w6 = (δ_o2[0]·h1[0] + δ_o2[1]·h1[1])/2"),
    "batch-sum": Shown(square(), "∂E/∂w5 = δ_o1[0]·h1[0] + δ_o1[1]·h1[1]"),
    "batch-sum:weights": Shown(square(), "∂E/∂w5 = δ_o1[0]·h1[0] + δ_o1[1]·h1[1]"),
    "batch-sum:biases": Shown(square(), "∂E/∂b_o1 = δ_o1[0] + δ_o1[1]"),
    "batch-sum:error": Shown(square(), "E = E_o1[0] + E_o2[0] + E_o1[1] + E_o2[1]"),
    "batch-mean": Shown(replace(square(), over_samples="sum"), "∂E/∂w5 = (δ_o1[0]·h1[0] + δ_o1[1]·h1[1])/2"),
    "mean-twice:deltas": Shown(square(), "δ_o1[0] = ∂E/∂o1[0]·slope_o1[0]/2"),
    "mean-twice:gradients": Shown(square(), "∂E/∂w5 = (δ_o1[0]·h1[0] + δ_o1[1]·h1[1])/4"),
    "other-count": Shown(three_wide(), "∂E/∂w10 = (δ_o1[0]·h1[0] + δ_o1[1]·h1[1])/3"),
    "last-sample-only:divided": Shown(square(), "∂E/∂w5 = δ_o1[1]·h1[1]/2"),
    "last-sample-only:undivided": Shown(square(), "∂E/∂w5 = δ_o1[1]·h1[1]"),
    "one-bias-for-all": Shown(square(), "∂E/∂b_o1 = (δ_o1[0] + δ_o2[0] + δ_o1[1] + δ_o2[1])/2"),
    "one-bias-for-all:mean": Shown(square(), "∂E/∂b_o1 = (δ_o1[0] + δ_o2[0] + δ_o1[1] + δ_o2[1])/4"),
    "bias-mean-twice": Shown(square(), "∂E/∂b_o1 = (δ_o1[0] + δ_o1[1])/4"),
    "bias-value-for-gradient": Shown(square(), "∂E/∂b_o1 = b_o1"),
    "bias-not-updated": Shown(square(), "b_o1⁺ = b_o1"),
    "added": Shown(square(), "w5⁺ = w5 + η·∂E/∂w5"),
    "no-rate": Shown(square(), "w5⁺ = w5 − ∂E/∂w5"),
    "rate-twice": Shown(square(), "w5⁺ = w5 − η²·∂E/∂w5"),
    "momentum-average": Shown(square(optimizer="momentum"), "v_w5 = μ·v_w5 − (1 − μ)·η·∂E/∂w5"),
    "momentum-rate-twice:move": Shown(square(optimizer="momentum"), "Δw5 = η·v_w5"),
    "momentum-rate-twice:share": Shown(square(optimizer="momentum"), "v_w5 = η·μ·v_w5 − η·∂E/∂w5"),
    "momentum-late:plain": Shown(square(optimizer="momentum"), "Δw5 = v_w5"),
    "momentum-late:average": Shown(square(optimizer="momentum"), "v_w5 = μ·v_w5 − (1 − μ)·η·∂E/∂w5"),
    "momentum-sign:move": Shown(square(optimizer="momentum"), "w5⁺ = w5 − Δw5"),
    "momentum-sign:gradient": Shown(square(optimizer="momentum"), "v_w5 = μ·v_w5 + η·∂E/∂w5"),
    "state-not-kept": Shown(square(optimizer="momentum"), "v_w5 = −η·∂E/∂w5"),
    "no-correction:m-alone": Shown(square(optimizer="adam"), "Δw5 = −η·m_w5/(√(v̂_w5) + ε)", "m̂_w5"),
    "no-correction:v-alone": Shown(square(optimizer="adam"), "Δw5 = −η·m̂_w5/(√(v_w5) + ε)", "v̂_w5"),
    "correction-kept": Shown(square(optimizer="adam"), "m_w5 = (β₁·m_w5 + (1 − β₁)·∂E/∂w5)/(1 − β₁ᵏ)"),
    "no-correction": Shown(square(optimizer="adam"), "Δw5 = −η·m_w5/(√(v_w5) + ε)", "m̂_w5"),
    "correction-without-power": Shown(square(optimizer="adam"), "m̂_w5 = m_w5/(1 − β₁)"),
    "count-from-zero": Shown(square(optimizer="adam"), "m̂_w5 = m_w5/(1 − β₁ᵏ)"),
    "count-from-two": Shown(square(optimizer="adam"), "m̂_w5 = m_w5/(1 − β₁ᵏ)"),
    "count-per-update:layers": Shown(square(optimizer="adam"), "m̂_w5 = m_w5/(1 − β₁ᵏ·β₁ᵏ)"),
    "count-per-update:arrays": Shown(square(optimizer="adam"), "m̂_w5 = m_w5/(1 − β₁ᵏ·β₁ᵏ·β₁ᵏ·β₁ᵏ/β₁)"),
    "betas-swapped": Shown(square(optimizer="adam"), "m_w5 = β₂·m_w5 + (1 − β₂)·∂E/∂w5"),
    "no-square": Shown(square(optimizer="adam"), "v_w5 = β₂·v_w5 + (1 − β₂)·∂E/∂w5"),
    "no-root": Shown(square(optimizer="adam"), "Δw5 = −η·m̂_w5/(v̂_w5 + ε)"),
    "epsilon-inside": Shown(large_epsilon(), "Δw5 = −η·m̂_w5/√(v̂_w5 + ε)"),
}
