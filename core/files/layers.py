"""The layers of a problem file: weights listed or drawn, one row per unit or per input, and what of them learns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import (
    BothGiven,
    Exceeds,
    MissingKey,
    NoLayers,
    TooManyWeights,
    Transposed,
    Uneven,
    UnknownKey,
    WrongShape,
)  # fmt: skip
from nntutor.core.files.fields import Fields
from nntutor.core.problems.network import INITIALS, Layer, Samples, draw
from nntutor.core.rules.activations import ACTIVATIONS

MOST_LAYERS = 1000
MOST_UNITS = 10_000
MOST_WEIGHTS = 20_000_000


def layers(top: Fields, error: str, seed: int, samples: Samples) -> tuple[Layer, ...]:
    """The layers of a file whose samples, error and seed are known. Raises the ProblemErrors that this room imports."""
    tables = top.tables("layer")
    if not tables:
        raise NoLayers(top.file, None)
    if len(tables) > MOST_LAYERS:
        raise Exceeds(top.file, tables[MOST_LAYERS].line(""), "layers", MOST_LAYERS)
    inputs, weights = int(samples.inputs.shape[1]), 0
    found: list[Layer] = []
    for number, table in enumerate(tables, 1):
        table.only(
            "activation", "slope", "weights", "inputs_first", "bias", "learn_bias", "learn", "units", "initial"
        )  # fmt: skip
        last = number == len(tables)
        activation = _activation(table, "identity" if last and error == "softmax-ce" else "sigmoid")
        outputs = int(samples.targets.shape[1]) if last else None
        matrix, initial = _weights(table, inputs, outputs, seed, number, weights)
        if len(matrix) > MOST_UNITS:
            raise Exceeds(table.file, table.line("weights"), "units", MOST_UNITS)
        weights += matrix.size
        bias = _bias(table, len(matrix))
        learn, learn_bias = table.flag("learn", True), table.flag("learn_bias", True)
        found.append(Layer(activation, matrix, bias, learn, learn_bias, table.number("slope", 0.01), initial))
        inputs = len(matrix)
    return tuple(found)


def _activation(table: Fields, usual: str) -> str:
    activation = table.choice("activation", ACTIVATIONS, usual)
    if table.has("slope") and activation != "leaky-relu":
        raise UnknownKey(table.file, table.line("slope"), "slope", "", 'activation = "leaky-relu"', "", "")
    return activation


def _bias(table: Fields, units: int) -> Array | None:
    if table.get("bias", None) is False:
        return None
    bias = table.numbers("bias", or_false=True) if table.has("bias") else [0.0] * units
    if len(bias) != units:
        raise WrongShape(table.file, table.line("bias"), "bias", 0, units, len(bias))
    return np.array(bias)


def _weights(
    table: Fields, inputs: int, outputs: int | None, seed: int, number: int, before: int
) -> tuple[Array, str | None]:
    """The weights of a layer and how they were drawn. outputs: how many units it must have, where that is known."""
    if table.has("weights"):
        if table.has("initial"):
            raise BothGiven(table.file, table.line("initial"), "initial", "weights")
        return _listed(table, inputs, outputs), None
    if not table.has("units") or table.has("inputs_first"):
        raise MissingKey(table.file, table.line("inputs_first"), "weights")
    units = table.whole("units", 1, 1, MOST_UNITS)
    if before + units * inputs > MOST_WEIGHTS:
        raise TooManyWeights(table.file, table.line("units"), before + units * inputs, MOST_WEIGHTS)
    initial = table.choice("initial", INITIALS, "uniform")
    return draw(initial, units, inputs, seed, number), initial


def _listed(table: Fields, inputs: int, outputs: int | None) -> Array:
    """Weights as they stand in the file, turned to one row per unit where they are one row per input."""
    file, line, first = table.file, table.line("weights"), table.flag("inputs_first", False)
    rows = table.matrix("weights")
    columns = len(rows[0])
    if _fits_turned(table, rows, inputs, outputs, first):
        raise Transposed(file, line, "weights", len(rows), columns, "inputs_first" if first else "units_first")
    expected = columns if first else inputs
    for place, row in enumerate(rows, 1):
        if len(row) != expected:
            raise (Uneven if first else WrongShape)(file, line, "weights", place, expected, len(row))
    if first and len(rows) != inputs:
        raise WrongShape(file, line, "weights", 0, inputs, len(rows))
    matrix = np.array(rows).T if first else np.array(rows)
    if table.has("units") and (units := table.whole("units", 1, at_least=1)) != len(matrix):
        raise WrongShape(file, table.line("units"), "weights", 0, units, len(matrix))
    return matrix


def _fits_turned(
    table: Fields, rows: Sequence[Sequence[float]], inputs: int, outputs: int | None, inputs_first: bool
) -> bool:
    """Whether a matrix fits only the other way round, by all that is known of how many units there are to be."""
    columns = len(rows[0])
    read, turned, units = (columns, len(rows), columns) if not inputs_first else (len(rows), columns, len(rows))
    bias = table.get("bias", None)
    known = (table.get("units", units), len(bias) if isinstance(bias, list) else units, outputs or units)
    whole = all(len(row) == columns for row in rows)
    return whole and read != inputs == turned and all(one == units for one in known)
