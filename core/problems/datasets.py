"""Samples by name, as functions of a seed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from nntutor.core.problems.network import Samples

_ROWS = list(product((0.0, 1.0), repeat=2))


def _gate(answer: Sequence[float]) -> Samples:
    return Samples.of(_ROWS, [[value] for value in answer])


def logic_and() -> Samples:
    return _gate((0, 0, 0, 1))


def logic_or() -> Samples:
    return _gate((0, 1, 1, 1))


def xor() -> Samples:
    return _gate((0, 1, 1, 0))


def two_moons(count: int = 200, seed: int = 0, noise: float = 0.1) -> Samples:
    """Two half circles that reach into each other, `count` points in all; target 0 or 1."""
    random = np.random.default_rng(seed)
    angle = np.pi * random.random(count)
    lower = np.arange(count) % 2 == 1
    x = np.where(lower, 1 - np.cos(angle), np.cos(angle))
    y = np.where(lower, 0.5 - np.sin(angle), np.sin(angle))
    # A sum of twelve uniform numbers is close enough to normal, and the same under every NumPy.
    spread = random.random((count, 2, 12)).sum(axis=2) - 6
    return Samples(np.column_stack([x, y]) + noise * spread, lower[:, None].astype(float))


DATASETS = {"and": logic_and, "or": logic_or, "xor": xor, "two-moons": two_moons}
