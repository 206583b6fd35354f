"""Problem files in and out: TOML that people write to a frozen `Problem`, and back.

Nothing of a file is trusted: every key, type, shape and range is looked at, and what is wrong is said with
the file and the line where that can be known. Sizes are checked before memory is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array
from nntutor.core.errors import (
    BothGiven,
    Exceeds,
    MissingKey,
    NeedsActivation,
    NoLayers,
    NoSamples,
    TooLarge,
    TooManyWeights,
    Transposed,
    UnknownKey,
    WrongShape,
    WrongTargets,
)  # fmt: skip
from nntutor.core.files.csv import read_csv
from nntutor.core.files.fields import Fields, Table
from nntutor.core.files.stored import Stored
from nntutor.core.files.text import read_text, standard_input
from nntutor.core.files.toml import Lines, toml
from nntutor.core.problems.network import INITIALS, Layer, Network, Problem, Samples, draw
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import DEFAULT_EPSILON, DEFAULT_RATE, OPTIMIZERS, RATES, Optimizer
from nntutor.core.rules.surfaces import SURFACES, surface

LIMIT = 10**6
MOST_LAYERS = 1000
MOST_UNITS = 10_000
MOST_WEIGHTS = 20_000_000
_STDIN = "<stdin>"
_LAST_ACTIVATION = {"bce": "sigmoid", "softmax-ce": "identity", "perceptron": "step"}


def read(where: str | Path, stdin: BinaryIO | None = None) -> Problem:
    """The problem in a file, or on standard input where `where` is "-". Raises ProblemErrors."""
    return parse(*text_of(where, stdin))


def text_of(where: str | Path, stdin: BinaryIO | None = None) -> tuple[str, str, Path]:
    """What `parse` reads: the text, what messages call it, and its folder. Raises ProblemErrors."""
    name = str(where)
    if name == "-":
        stream = stdin or (sys.stdin.buffer if sys.stdin else None)
        return standard_input(stream, _STDIN, LIMIT, TooLarge(_STDIN, None, "1 MB")), _STDIN, Path()
    path = Path(where)
    return read_text(path, name, LIMIT, TooLarge(name, None, "1 MB")), name, path.parent


def parse(text: str, file: str, folder: Path | None = None) -> Problem:
    """The problem in a text; `file` is what messages call it, `folder` where its CSV file is looked for."""
    text = text.replace("\r\n", "\n")
    data = toml(text, file)
    return _Parser(text, file, folder).problem(data)


def on_surface(name: str, start: Sequence[float], optimizer: Optimizer, title: str = "", source: str = "") -> Problem:
    """A descent on the surface called `name` from the point `start`."""
    point = Layer("identity", np.array([start], dtype=float), None)
    nothing = Samples(np.zeros((0, len(start))), np.zeros((0, 1)))
    return Problem(Network((point,)), nothing, optimizer, title=title, source=source, surface=name)


class _Parser:
    def __init__(self, text: str, file: str, folder: Path | None) -> None:
        self.file = file
        self.folder = folder
        self.lines = Lines(text)
        self.stored = Stored(file, folder or Path())

    def problem(self, data: Table) -> Problem:
        top = Fields(self.file, self.lines, data, stored=self.stored)
        if top.has("surface"):
            return self._on_surface(top)
        top.only(
            "title", "source", "error", "batch", "shuffle", "seed", "optimizer", "layer", "sample", "data",
            "inputs", "targets",
        )  # fmt: skip
        error = top.choice("error", tuple(LOSSES), "half-squared")
        seed = top.whole("seed", 0, at_least=0)
        samples = self._samples(top)
        layers = self._layers(top, error, seed, samples)
        self._fits(top, error, layers, samples)
        return Problem(
            Network(layers),
            samples,
            self._optimizer(top),
            error,
            self._batch(top),
            top.flag("shuffle", False),
            seed,
            top.text("title", ""),
            top.text("source", ""),
        )

    def _on_surface(self, top: Fields) -> Problem:
        for other in ("layer", "sample"):
            if top.has(other):
                raise BothGiven(
                    self.file, top.line("surface") or top.table("surface").line(""), "surface", f"[[{other}]]"
                )
        top.only("title", "source", "optimizer", "surface")
        table = top.table("surface")
        table.only("name", "start")
        if not table.has("name"):
            raise MissingKey(self.file, table.line(""), "name")
        name = table.choice("name", SURFACES, "")
        found = surface(name)
        start: Sequence[float] = table.numbers("start") if table.has("start") else found.start
        if len(start) != found.variables:
            raise WrongShape(self.file, table.line("start"), "start", 0, found.variables, len(start))
        title, source = top.text("title", ""), top.text("source", "")
        return on_surface(name, start, self._optimizer(top), title, source)

    def _batch(self, top: Fields) -> Literal["online", "full"] | int:
        value = top.get("batch", "online")
        if value == "online":
            return "online"
        if value == "full":
            return "full"
        if isinstance(value, str):
            raise top.wrong_choice("batch", value, ("online", "full"))
        return top.whole("batch", 1, at_least=1)

    def _optimizer(self, top: Fields) -> Optimizer:
        table = top.table("optimizer")
        name = table.choice("name", tuple(OPTIMIZERS), "sgd")
        table.only("name", *RATES[name])
        share = {key: table.number(key, d, low=0, below=1) for key, d in (
            ("momentum", 0.9), ("beta1", 0.9), ("beta2", 0.999), ("rho", 0.99))}  # fmt: skip
        return Optimizer(
            name,
            table.number("learning_rate", DEFAULT_RATE[name], low=0),
            share["momentum"],
            share["beta1"],
            share["beta2"],
            share["rho"],
            table.number("epsilon", DEFAULT_EPSILON.get(name, 1e-8), above=0),
        )

    def _samples(self, top: Fields) -> Samples:
        if top.has("data"):
            if top.has("sample"):
                raise BothGiven(self.file, top.line("data"), "data", "[[sample]]")
            path = top.text("data", "")
            if not path:  # the folder itself
                raise top.wrong_type("data", "path", path)
            inputs, targets = top.words("inputs"), top.words("targets")
            return read_csv((self.folder or Path()) / path, path, inputs, targets)
        for key in ("inputs", "targets"):
            if top.has(key):
                raise MissingKey(self.file, top.line(key), "data")
        tables = top.tables("sample")
        if not tables:
            raise NoSamples(self.file, None)
        inputs_rows: list[list[float]] = []
        target_rows: list[list[float]] = []
        for table in tables:
            table.only("input", "target")
            row, target = table.numbers("input"), table.numbers("target")
            for key, values, first in (("input", row, inputs_rows), ("target", target, target_rows)):
                if first and len(values) != len(first[0]):
                    raise WrongShape(self.file, table.line(key), key, 0, len(first[0]), len(values))
            inputs_rows.append(row)
            target_rows.append(target)
        return Samples.of(inputs_rows, target_rows)

    def _layers(self, top: Fields, error: str, seed: int, samples: Samples) -> tuple[Layer, ...]:
        tables = top.tables("layer")
        if not tables:
            raise NoLayers(self.file, None)
        if len(tables) > MOST_LAYERS:
            raise Exceeds(self.file, tables[MOST_LAYERS].line(""), "layers", MOST_LAYERS)
        inputs = int(samples.inputs.shape[1])
        layers: list[Layer] = []
        weights = 0
        for number, table in enumerate(tables, 1):
            last = number == len(tables)
            table.only(
                "activation", "slope", "weights", "bias", "learn_bias", "learn", "units", "initial"
            )  # fmt: skip
            usual = "identity" if last and error == "softmax-ce" else "sigmoid"
            activation = table.choice("activation", ACTIVATIONS, usual)
            if table.has("slope") and activation != "leaky-relu":
                raise UnknownKey(self.file, table.line("slope"), "slope", "", 'activation = "leaky-relu"', "", "")
            outputs = int(samples.targets.shape[1]) if last else None
            matrix, initial = self._weights(table, inputs, outputs, seed, number, weights)
            weights += matrix.size
            bias: Sequence[float] | None
            if table.get("bias", None) is False:
                bias = None
            elif table.has("bias"):
                bias = table.numbers("bias", or_false=True)
                if len(bias) != len(matrix):
                    raise WrongShape(self.file, table.line("bias"), "bias", 0, len(matrix), len(bias))
            else:
                bias = [0.0] * len(matrix)
            layers.append(
                Layer(
                    activation,
                    matrix,
                    None if bias is None else np.array(bias),
                    table.flag("learn", True),
                    table.flag("learn_bias", True),
                    table.number("slope", 0.01),
                    initial,
                )
            )
            inputs = len(matrix)
        return tuple(layers)

    def _weights(
        self, table: Fields, inputs: int, outputs: int | None, seed: int, number: int, before: int
    ) -> tuple[Array, str | None]:
        """The weights of a layer and how they were drawn. outputs: how many units it must have, where that is known."""
        if not table.has("weights"):
            if not table.has("units"):
                raise MissingKey(self.file, table.line(""), "weights")
            units = table.whole("units", 1, 1, MOST_UNITS)
            if before + units * inputs > MOST_WEIGHTS:
                raise TooManyWeights(self.file, table.line("units"), before + units * inputs, MOST_WEIGHTS)
            initial = table.choice("initial", INITIALS, "uniform")
            return draw(initial, units, inputs, seed, number), initial
        if table.has("initial"):
            raise BothGiven(self.file, table.line("initial"), "initial", "weights")
        rows = table.matrix("weights")
        if _looks_transposed(table, rows, inputs, outputs):
            raise Transposed(self.file, table.line("weights"), "weights", len(rows), len(rows[0]))
        for place, row in enumerate(rows, 1):
            if len(row) != inputs:
                raise WrongShape(self.file, table.line("weights"), "weights", place, inputs, len(row))
        if table.has("units") and table.whole("units", 1, at_least=1) != len(rows):
            units = table.whole("units", 1, at_least=1)
            raise WrongShape(self.file, table.line("units"), "weights", 0, units, len(rows))
        return np.array(rows), None

    def _fits(self, top: Fields, error: str, layers: tuple[Layer, ...], samples: Samples) -> None:
        """Outputs and targets pair up, and the error can use them."""
        outputs, wanted = layers[-1].units, int(samples.targets.shape[1])
        if outputs != wanted:
            if top.has("data"):
                raise WrongShape(self.file, top.line("targets"), "targets", 0, outputs, wanted)
            first = top.tables("sample")[0]
            raise WrongShape(self.file, first.line("target"), "target", 0, outputs, wanted)
        needed = _LAST_ACTIVATION.get(error)
        if needed and layers[-1].activation != needed:
            line = top.tables("layer")[-1].line("activation") or top.line("error")
            raise NeedsActivation(self.file, line, error, needed, layers[-1].activation)
        row = _unfit(error, samples.targets)
        if row is not None:
            line = None if top.has("data") else top.tables("sample")[row].line("target")
            found = ", ".join(f"{value:g}" for value in samples.targets[row])
            raise WrongTargets(self.file, line, error, f"[{found}]")


def _looks_transposed(table: Fields, rows: Sequence[Sequence[float]], inputs: int, outputs: int | None) -> bool:
    """Whether a matrix fits only the other way round, by all that is known of how many units there are to be."""
    columns = len(rows[0])
    bias = table.get("bias", None)
    known = (table.get("units", columns), len(bias) if isinstance(bias, list) else columns, outputs or columns)
    only = columns != inputs == len(rows) and all(len(row) == columns for row in rows)
    return only and all(units == columns for units in known)


_UNFIT: dict[str, Callable[[Array], NDArray[np.bool]]] = {
    "bce": lambda targets: (targets < 0) | (targets > 1),
    "softmax-ce": lambda targets: (targets < 0) | (np.abs(targets.sum(axis=1, keepdims=True) - 1) > 1e-9),
    "perceptron": lambda targets: (targets != 0) & (targets != 1),
}
"""Which targets an error cannot use."""
_ROWS = 2**16


def _unfit(error: str, targets: Array) -> int | None:
    """The first row of targets that the error cannot use; a piece at a time, for there may be millions."""
    for start in range(0, len(targets) if error in _UNFIT else 0, _ROWS):
        with np.errstate(over="ignore"):
            bad = _UNFIT[error](targets[start : start + _ROWS]).any(axis=1)
        if bad.any():
            return start + int(bad.argmax())
    return None
