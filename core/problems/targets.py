"""Targets that the last activation can never give, such as 2 of a sigmoid: learned all the same, but worth a word."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nntutor.core.problems.network import Problem
from nntutor.core.rules.activations import activation


class OutOfRange(NamedTuple):
    """all: how many there are; the first of them: output from 1, sample from 0."""

    all: int
    target: float
    output: int
    sample: int


def out_of_range(problem: Problem) -> OutOfRange | None:
    """The targets that no output can come to; None where there are none."""
    targets, layer = problem.samples.targets, problem.network.layers[-1]
    rule = activation(layer.activation, layer.slope)
    # There may be millions: their ends are found without another array.
    if not targets.size or (rule.between and rule.least <= targets.min() and targets.max() <= rule.most):
        return None
    beyond = ~rule.gives(targets)
    if not beyond.any():
        return None
    sample, output = np.unravel_index(int(beyond.argmax()), beyond.shape)
    return OutOfRange(int(beyond.sum()), float(targets[sample, output]), int(output) + 1, int(sample))
