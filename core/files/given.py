"""Gradients by hand: the table of a problem file that stands in place of layers and samples, for optimizers alone."""

from __future__ import annotations

import numpy as np

from nntutor.core.errors import MissingKey, OutOfRange, Uneven, UnknownKey, WrongShape, nearest
from nntutor.core.files.fields import Fields
from nntutor.core.problems.network import Given, Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer


def given(table: Fields, optimizer: Optimizer) -> Problem:
    """The problem of a [given] table, with neither title nor penalty. Raises the ProblemErrors imported here."""
    table.only("weights", "gradients", "state", "first_iteration")
    weights = table.numbers("weights")
    gradients = _gradients(table, len(weights))
    found = Given(
        np.array(gradients),
        _state(table, optimizer, len(weights)),
        table.whole("first_iteration", 1, 1, 10**9),
    )
    point = Layer("identity", np.array([weights]), None)
    nothing = Samples(np.zeros((0, len(weights))), np.zeros((0, 1)))
    return Problem(Network((point,)), nothing, optimizer, given=found)


def _gradients(table: Fields, weights: int) -> list[list[float]]:
    if not table.has("gradients"):
        raise MissingKey(table.file, table.line(""), "gradients")
    rows = table.matrix("gradients", "gradients")
    for place, row in enumerate(rows, 1):
        if len(row) != weights:
            raise Uneven(table.file, table.line("gradients"), "gradients", place, weights, len(row))
    return rows


def _state(table: Fields, optimizer: Optimizer, weights: int) -> tuple[tuple[str, np.ndarray], ...]:
    """The optimizer's state by its own names; what a root is taken of is not below 0."""
    held = table.table("state")
    names = [name for name, _ in optimizer.rule.states]
    line = table.line("state")
    if strange := held.beside(*names):
        raise UnknownKey(table.file, line, strange, nearest(strange, names), ", ".join(names) or "-", "", "")
    found = []
    for name in (name for name in names if held.has(name)):
        values = held.numbers(name)
        if len(values) != weights:
            raise WrongShape(table.file, line, name, 0, weights, len(values))
        rooted = name == "s" or (name == "v" and optimizer.name == "adam")
        if rooted and min(values) < 0:
            raise OutOfRange(table.file, line, name, "at_least_0", f"{min(values):g}", 0)
        found.append((name, np.array(values)))
    return tuple(found)
