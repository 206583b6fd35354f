"""The layers of a network that lies in an ONNX file, which most libraries can write.

The package `onnx` (extra) takes the file apart and is imported when one is to be read, not before. A network is read
where it is one line of dense layers, each with at most one activation that nntutor has; anything else is refused by its
name, never read as something near to it. Numbers in further files are not looked for, and nothing is run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from math import isfinite, prod
from pathlib import Path
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import Exceeds, NotModel, TooLarge
from nntutor.core.files.layers import MOST_LAYERS, MOST_UNITS
from nntutor.core.files.text import opened
from nntutor.core.foreign import clean
from nntutor.core.problems.network import Layer

MOST_BYTES = 5_000_000
"""Of a file: one made of empty parts takes about eighty times its size in memory."""
_ACTIVATIONS = {
    "Sigmoid": "sigmoid", "Tanh": "tanh", "Relu": "relu", "LeakyRelu": "leaky-relu", "Softplus": "softplus",
    "Elu": "elu", "Gelu": "gelu", "Swish": "silu", "Softmax": "identity", "LogSoftmax": "identity",
}  # fmt: skip
_OF_ERRORS = ("Softmax", "LogSoftmax")
"""Part of the error here, so they may only be the last."""
_SETTINGS: Mapping[str, Mapping[str, tuple[object, tuple[object, ...]]]] = {
    "Gemm": {"alpha": (1.0, (1.0,)), "beta": (1.0, (1.0,)), "transA": (0, (0,)), "transB": (0, (0, 1))},
    "Elu": {"alpha": (1.0, (1.0,))},
    "Swish": {"alpha": (1.0, (1.0,))},
    "Gelu": {"approximate": (b"none", (b"tanh",))},
    "Softmax": {"axis": (-1, (-1, 1))},
    "LogSoftmax": {"axis": (-1, (-1, 1))},
    "Flatten": {"axis": (1, (1, -1))},
}
"""What a setting is where it is left out, and what it may be, because nntutor has no others."""


@dataclass(frozen=True)
class Model:
    """A network and the file that it comes from. probabilities: it ends in a softmax, which only softmax-ce has."""

    file: str
    layers: tuple[Layer, ...]
    probabilities: bool


def read_model(where: str | Path) -> Model:
    """The network in an ONNX file.

    Raises NotModel for one that cannot be stepped through, Exceeds for one with more layers or units than a problem
    file may have, and what `text.opened` raises for the file.
    """
    name = clean(str(where))
    with opened(Path(where), name, MOST_BYTES, TooLarge(name, None, f"{MOST_BYTES // 10**6} MB")) as file:
        data = file.read()
    try:
        from onnx import ModelProto
    except ImportError:
        raise NotModel(name, None, "missing", "onnx") from None
    try:
        graph = ModelProto.FromString(data).graph
    except Exception:  # the mistakes of its parser are another package's and have no name in `onnx`
        raise NotModel(name, None, "file", "") from None
    if not graph.node:
        raise NotModel(name, None, "file", "")
    return _Reader(name, graph).model()


class _Reader:
    """Follows the numbers from the input through one node after another. at: what the last one calls its output."""

    def __init__(self, file: str, graph: Any) -> None:
        self.file, self.graph = file, graph
        self.at = self.last = ""
        self.layers: list[Layer] = []
        self.stored: dict[str, Any] = {one.name: one for one in graph.initializer}

    def model(self) -> Model:
        self.named_once()
        inputs = [one.name for one in self.graph.input if one.name not in self.stored]
        if len(inputs) != 1 or len(self.graph.output) != 1:
            raise self.refused("ends", f"{len(inputs)}, {len(self.graph.output)}")
        self.at = inputs[0]
        for node in self.graph.node:
            self.follow(node)
        if self.at != self.graph.output[0].name:
            raise self.refused("line", self.graph.output[0].name)
        if not self.layers:
            raise self.refused("nothing", "")
        return Model(self.file, tuple(self.layers), self.last in _OF_ERRORS)

    def named_once(self) -> None:
        """Of two that are called the same every reader takes another one. Raises NotModel."""
        kept = (one.name for one in self.graph.initializer)
        made = (name for node in self.graph.node for name in node.output if name)
        given = (one.name for one in self.graph.input if one.name not in self.stored)
        for name, times in Counter(chain(kept, made, given)).items():
            if times > 1:
                raise self.refused("twice", name)

    def refused(self, what: str, found: str) -> NotModel:
        return NotModel(self.file, None, what, found)

    def follow(self, node: Any) -> None:
        """One node more of the line. Raises NotModel where it is none, or none that can be stepped through."""
        kind = node.op_type
        if node.domain not in ("", "ai.onnx"):
            raise self.refused("node", f"{node.domain}.{kind}")
        if kind == "Constant" and len(node.output) == 1:
            self.keep(node)
            return
        given = {one.name: one for one in node.attribute}
        if len(given) < len(node.attribute):  # which of them counts, every reader says otherwise
            raise self.refused("setting", kind)
        step = _Reader.activate if kind in _ACTIVATIONS else _STEPS.get(kind)
        if step is None:
            raise self.refused("node", kind)
        self.settled(kind, given)
        if list(node.input).count(self.at) != 1 or len(node.output) != 1:
            raise self.refused("line", kind)
        step(self, node, given)
        self.at = node.output[0]

    def keep(self, node: Any) -> None:
        """Numbers that stand in a node of their own."""
        for one in node.attribute:
            if one.name == "value":
                self.stored[node.output[0]] = one.t
                return
        raise self.refused("node", "Constant")

    def settled(self, kind: str, given: Mapping[str, Any]) -> None:
        for key, (usual, allowed) in _SETTINGS.get(kind, {}).items():
            found = _value(given[key]) if key in given else usual
            if found not in allowed or type(found) is not type(usual):
                raise self.refused("setting", f"{kind}({key}={_said(found)})")

    def activate(self, node: Any, given: Mapping[str, Any]) -> None:
        if self.last not in ("Gemm", "MatMul", "Add"):
            raise self.refused("place", node.op_type)
        slope = _value(given["alpha"]) if node.op_type == "LeakyRelu" and "alpha" in given else 0.01
        if not (isinstance(slope, float) and isfinite(slope)):
            raise self.refused("setting", f"LeakyRelu(alpha={_said(slope)})")
        self.layers[-1] = replace(self.layers[-1], activation=_ACTIVATIONS[node.op_type], slope=slope)
        self.last = node.op_type

    def dense(self, node: Any, given: Mapping[str, Any]) -> None:
        """A layer more, of the numbers that stand second; of Gemm a bias third."""
        if self.last in _OF_ERRORS:
            raise self.refused("place", self.last)
        if node.input[0] != self.at or len(node.input) < 2:
            raise self.refused("line", node.op_type)
        weights = self.numbers(node.input[1], node.op_type)
        by_unit = "transB" in given and given["transB"].i == 1
        if weights.ndim != 2 or (self.layers and weights.shape[by_unit] != self.layers[-1].units):
            raise self.refused("shape", f"{node.op_type} {weights.shape}")
        self.bounded(weights.shape[not by_unit])
        self.layers.append(Layer("identity", weights if by_unit else weights.T, None))
        self.last = node.op_type
        if len(node.input) > 2 and node.input[2]:
            self.biased(node.input[2], node.op_type)

    def bounded(self, units: int) -> None:
        for what, count, most in (("layers", len(self.layers) + 1, MOST_LAYERS), ("units", units, MOST_UNITS)):
            if count > most:
                raise Exceeds(self.file, None, what, most)

    def add(self, node: Any, given: Mapping[str, Any]) -> None:
        """A bias, on either side of the sign."""
        others = [name for name in node.input if name != self.at]
        if self.last != "MatMul" or len(others) != 1:
            raise self.refused("place", "Add")
        self.biased(others[0], "Add")
        self.last = "Add"

    def biased(self, name: str, kind: str) -> None:
        """The numbers called `name` as the bias of the last layer."""
        layer, bias = self.layers[-1], self.numbers(name, kind)
        if bias.shape not in ((layer.units,), (1, layer.units)):
            raise self.refused("shape", f"{kind} {bias.shape}")
        self.layers[-1] = replace(layer, bias=bias.ravel())

    def passed(self, node: Any, given: Mapping[str, Any]) -> None:
        """What gives on what it gets: rows of numbers are flat, and nothing is dropped outside of a training."""
        if len(node.input) > 2 and node.input[2]:  # whether it trains may be computed
            raise self.refused("setting", f"{node.op_type}(training_mode)")

    def numbers(self, name: str, kind: str) -> Array:
        """An array that the file holds. Raises NotModel for one that it only names, computes or cannot have."""
        if name not in self.stored:
            raise self.refused("computed", kind)
        tensor = self.stored[name]
        if tensor.data_location or tensor.external_data:
            raise self.refused("elsewhere", name)
        values = _array(tensor)
        if values is None or not values.size or not np.isfinite(values).all():
            raise self.refused("numbers", name)
        return values


def _array(tensor: Any) -> Array | None:
    """The numbers of a tensor; None where they are none, or not as many as it says."""
    from onnx import TensorProto, numpy_helper

    if tensor.data_type not in (TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16):
        return None
    if len(tensor.dims) > 2 or any(count < 1 for count in tensor.dims) or prod(tensor.dims) > MOST_BYTES:
        return None
    try:
        return np.asarray(numpy_helper.to_array(tensor), dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None


def _value(attribute: Any) -> object:
    """A whole number, a decimal or a text; None for any other, and for what a function would put there."""
    return None if attribute.ref_attr_name else {1: attribute.f, 2: attribute.i, 3: attribute.s}.get(attribute.type)


def _said(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


_STEPS: Mapping[str, Callable[[_Reader, Any, Mapping[str, Any]], None]] = {
    "Gemm": _Reader.dense, "MatMul": _Reader.dense, "Add": _Reader.add, "Identity": _Reader.passed,
    "Flatten": _Reader.passed, "Dropout": _Reader.passed,
}  # fmt: skip
