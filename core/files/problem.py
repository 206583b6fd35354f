"""A problem file read: TOML that people write to a frozen `Problem`; `writing` is the way back.

Nothing of a file is trusted: every key, type, shape and range is looked at, and what is wrong is said with
the file and the line where that can be known. Sizes are checked before memory is asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import (
    BothGiven,
    MissingKey,
    NeedsActivation,
    NoSamples,
    NotModel,
    NotUnder,
    OutOfRange,
    TooLarge,
    WrongShape,
    WrongTargets,
)  # fmt: skip
from nntutor.core.files.fields import Fields, Table
from nntutor.core.files.layers import layers
from nntutor.core.files.stored import Stored
from nntutor.core.files.text import read_text, standard_input
from nntutor.core.files.toml import Lines, toml
from nntutor.core.problems.network import REDUCTIONS, Layer, Network, Problem, Samples
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import (
    DEFAULT_EPSILON,
    DEFAULT_RATE,
    EPSILON_AT,
    FORMS,
    KEYS,
    OPTIMIZERS,
    Optimizer,
)
from nntutor.core.rules.surfaces import SURFACES, surface

if TYPE_CHECKING:
    from nntutor.core.files.model import Model

LIMIT = 10**6
_EVERYWHERE = ("format", "title", "source", "optimizer")
_OF_NETWORKS = (
    "error", "batch", "shuffle", "seed", "over_outputs", "over_samples", "l1", "l2", "input_gradient", "layer",
    "sample", "data", "inputs", "targets",
)  # fmt: skip
_STDIN = "<stdin>"


def read(where: str | Path, stdin: BinaryIO | None = None, model: Model | None = None) -> Problem:
    """The problem in a file, or on standard input where `where` is "-". Raises ProblemErrors."""
    return parse(*text_of(where, stdin), model)


def text_of(where: str | Path, stdin: BinaryIO | None = None) -> tuple[str, str, Path]:
    """What `parse` reads: the text, what messages call it, and its folder. Raises ProblemErrors."""
    name = str(where)
    if name == "-":
        stream = stdin or (sys.stdin.buffer if sys.stdin else None)
        return standard_input(stream, _STDIN, LIMIT, TooLarge(_STDIN, None, "1 MB")), _STDIN, Path()
    path = Path(where)
    return read_text(path, name, LIMIT, TooLarge(name, None, "1 MB")), name, path.parent


def parse(text: str, file: str, folder: Path | None = None, model: Model | None = None) -> Problem:
    """The problem in a text; `file` is what messages call it, `folder` where its CSV file is looked for.

    model: the network, where it stands in a file of its own and not in this text.
    """
    text = text.replace("\r\n", "\n")
    data = toml(text, file)
    return _Parser(text, file, folder, model).problem(data)


def on_surface(name: str, start: Sequence[float], optimizer: Optimizer, title: str = "", source: str = "") -> Problem:
    """A descent on the surface called `name` from the point `start`."""
    point = Layer("identity", np.array([start], dtype=float), None)
    nothing = Samples(np.zeros((0, len(start))), np.zeros((0, 1)))
    return Problem(Network((point,)), nothing, optimizer, title=title, source=source, surface=name)


class _Parser:
    def __init__(self, text: str, file: str, folder: Path | None, model: Model | None) -> None:
        self.file = file
        self.folder = folder
        self.model = model
        self.lines = Lines(text)
        self.stored = Stored(file, folder or Path())

    def problem(self, data: Table) -> Problem:
        top = Fields(self.file, self.lines, data, stored=self.stored)
        if self.model is not None:
            self._without_network(top, self.model.file)
        if top.has("given"):
            return self._given(top)
        if top.has("surface"):
            return self._on_surface(top)
        top.only(*_EVERYWHERE, *_OF_NETWORKS)
        self._format(top)
        error = top.choice("error", tuple(LOSSES), "half-squared")
        seed = top.whole("seed", 0, at_least=0)
        samples = self._samples(top)
        found = layers(top, error, seed, samples) if self.model is None else self._of_model(self.model, top, samples)
        self._fits(top, error, found, samples)
        return Problem(
            Network(found),
            samples,
            self._optimizer(top),
            error,
            self._batch(top),
            top.flag("shuffle", False),
            seed,
            *self._about(top),
            over_outputs=self._over_outputs(top, error),
            over_samples=top.choice("over_samples", REDUCTIONS, "mean"),
            l1=self._penalty(top, "l1", error),
            l2=self._penalty(top, "l2", error),
            input_gradient=top.flag("input_gradient", False),
        )

    def _without_network(self, top: Fields, model: str) -> None:
        for key, heading in (("layer", "[[layer]]"), ("given", "[given]"), ("surface", "[surface]")):
            if top.has(key):
                raise BothGiven(self.file, self.lines.find(key, 0, ""), heading, model)

    def _of_model(self, model: Model, top: Fields, samples: Samples) -> tuple[Layer, ...]:
        expected, found = model.layers[0].inputs, int(samples.inputs.shape[1])
        if found != expected:
            key = "inputs" if top.has("data") else "input"
            line = top.line(key) if top.has("data") else top.tables("sample")[0].line(key)
            raise WrongShape(self.file, line, key, 0, expected, found)
        if model.probabilities and top.get("error", "") != "softmax-ce":
            raise NotModel(model.file, None, "softmax", str(top.get("error", "half-squared")))
        return model.layers

    def _format(self, top: Fields) -> None:
        """There is one format so far; a file may say so."""
        if (version := top.whole("format", 1, at_least=1)) != 1:
            raise OutOfRange(self.file, top.line("format"), "format", "format", f"{version}", 1)

    def _about(self, top: Fields) -> tuple[str, str]:
        return top.text("title", ""), top.text("source", "")

    def _over_outputs(self, top: Fields, error: str) -> str:
        found = top.choice("over_outputs", REDUCTIONS, "") if top.has("over_outputs") else ""
        if found == "mean" and not LOSSES[error].averaged:
            raise NotUnder(self.file, top.line("over_outputs"), "mean", "over_outputs", error)
        return found

    def _penalty(self, top: Fields, key: str, error: str) -> float:
        rate = top.number(key, 0.0, low=0)
        if rate and error == "perceptron":
            raise NotUnder(self.file, top.line(key), "penalty", key, error)
        return rate

    def _on_surface(self, top: Fields) -> Problem:
        table = self._alone(top, "surface", _OF_NETWORKS)
        table.only("name", "start")
        if not table.has("name"):
            raise MissingKey(self.file, table.line(""), "name")
        name = table.choice("name", SURFACES, "")
        found = surface(name)
        start: Sequence[float] = table.numbers("start") if table.has("start") else found.start
        if len(start) != found.variables:
            raise WrongShape(self.file, table.line("start"), "start", 0, found.variables, len(start))
        return on_surface(name, start, self._optimizer(top), *self._about(top))

    def _given(self, top: Fields) -> Problem:
        without = [key for key in (*_OF_NETWORKS, "surface") if key not in ("l1", "l2")]
        from nntutor.core.files.given import given

        found = given(self._alone(top, "given", without, "l1", "l2"), self._optimizer(top))
        title, source = self._about(top)
        l1, l2 = (self._penalty(top, key, "") for key in ("l1", "l2"))
        return replace(found, title=title, source=source, l1=l1, l2=l2)

    def _alone(self, top: Fields, key: str, without: Sequence[str], *more: str) -> Fields:
        """The table `key` of a file that has it in place of a network; what only networks have is refused."""
        table = top.table(key)
        for other in without:
            if top.has(other):
                heading = {"layer": "[[layer]]", "sample": "[[sample]]", "surface": "[surface]"}.get(other, other)
                raise BothGiven(self.file, top.line(other) or table.line(""), heading, f"[{key}]")
        top.only(*_EVERYWHERE, *more, key)
        self._format(top)
        return table

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
        table.only("name", *KEYS[name])
        at = EPSILON_AT if name == "adam" else EPSILON_AT[:2]
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
            table.choice("form", FORMS, "velocity"),
            table.choice("epsilon_at", at, "outside"),
            table.flag("correct", True),
            table.number("decay", 0.0, low=0),
        )

    def _samples(self, top: Fields) -> Samples:
        if top.has("data"):
            if top.has("sample"):
                raise BothGiven(self.file, top.line("data"), "data", "[[sample]]")
            path = top.text("data", "")
            if not path:  # the folder itself
                raise top.wrong_type("data", "path", path)
            inputs, targets = top.words("inputs"), top.words("targets")
            # Another door, as below: no problem of a lesson names a file of samples.
            from nntutor.core.files.csv import read_csv

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

    def _last_activation(self, top: Fields) -> int | None:
        tables = top.tables("layer")
        return tables[-1].line("activation") if tables else None

    def _fits(self, top: Fields, error: str, layers: tuple[Layer, ...], samples: Samples) -> None:
        """Outputs and targets pair up, and the error can use them."""
        outputs, wanted = layers[-1].units, int(samples.targets.shape[1])
        if outputs != wanted:
            if top.has("data"):
                raise WrongShape(self.file, top.line("targets"), "targets", 0, outputs, wanted)
            first = top.tables("sample")[0]
            raise WrongShape(self.file, first.line("target"), "target", 0, outputs, wanted)
        needed = LOSSES[error].last
        if needed and layers[-1].activation != needed:
            line = self._last_activation(top) or top.line("error")
            raise NeedsActivation(self.file, line, error, needed, layers[-1].activation)
        row = _unfit(error, samples.targets)
        if row is not None:
            line = None if top.has("data") else top.tables("sample")[row].line("target")
            found = ", ".join(f"{value:g}" for value in samples.targets[row])
            raise WrongTargets(self.file, line, error, f"[{found}]")


_ROWS = 2**16


def _unfit(error: str, targets: Array) -> int | None:
    """The first row of targets that the error cannot use; a piece at a time, for there may be millions."""
    unfit = LOSSES[error].unfit
    if unfit is None:
        return None
    for start in range(0, len(targets), _ROWS):
        with np.errstate(over="ignore"):
            bad = unfit(targets[start : start + _ROWS]).any(axis=1)
        if bad.any():
            return start + int(bad.argmax())
    return None
