"""How large weights may become before a pass can overflow, so that a run need not look at every number."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from nntutor.core.problems.network import Problem
from nntutor.core.rules.activations import activation


def bearable(problem: Problem, forward_is_right: bool) -> float:
    """A size of weights up to which no forward pass over the samples can overflow; 0 where none is known."""
    if problem.given is not None:
        return float(np.finfo(np.float64).max)
    if problem.surface:
        return 1e30  # no surface has a power above 8
    if not forward_is_right:
        return 0.0  # a mistake can take the logarithm of anything
    inputs, targets = (
        max(float(array.max()), -float(array.min())) for array in (problem.samples.inputs, problem.samples.targets)
    )
    weights = sum(layer.weights.size for layer in problem.network.layers)

    def bears(weight: float) -> bool:
        out = net = inputs
        for layer in problem.network.layers:
            net = weight * (layer.inputs * out + 1)
            steepest = max(1.0, abs(layer.slope))
            out = 1.0 if activation(layer.activation, layer.slope).bounded else net * steepest + 1
        gap = 2 * net + out + targets + 1
        penalty = (problem.l1 + problem.l2 * weight) * weight * weights
        return gap * gap * problem.network.sizes[-1] * len(problem.samples) < 1e300 and penalty < 1e300

    # What bears a weight bears every smaller one.
    powers = range(-299, 301)
    most = bisect_left(powers, True, key=lambda power: not bears(10.0**power)) - 1
    return 10.0 ** powers[most] if most >= 0 else 0.0
