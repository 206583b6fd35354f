"""Where the numbers of an iteration lie: all weights in one flat vector, what a pass makes in one block.

Numbers are told apart by (kind, layer); weights and their gradients are views of the flat vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from nntutor.core.arrays import Array, Frozen, frozen
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Network
from nntutor.core.rules.shape import Shape

Key = tuple[str, int]
Part = tuple[str, int, slice]
"""Weights or biases of a layer ("weight" or "bias", layer), and where they lie in the flat vector."""
_LINE = 8  # doubles in a cache line: every array starts on one


@dataclass(frozen=True, eq=False)
class State(Frozen):
    """What an iteration starts from: the flat weights and the optimizer's flat state.

    done: iterations behind it. params (…, weights and biases); slots (states, …, what learns).
    Leading axes, where there are any, are many networks at once.
    """

    done: int
    params: Array
    slots: Array


@dataclass(frozen=True)
class Layout:
    """Where each layer's weights and bias lie in the flat vector; what learns comes first."""

    places: dict[Key, tuple[int, tuple[int, ...]]]
    learning: int
    size: int

    @classmethod
    def of(cls, shape: Shape) -> Layout:
        places: dict[Key, tuple[int, tuple[int, ...]]] = {}
        at = 0
        learning = 0
        for wanted in (True, False):
            for number, layer in enumerate(shape.layers, 1):
                if layer.learns == wanted:
                    places["weight", number] = (at, (layer.units, layer.inputs))
                    at += layer.units * layer.inputs
                if layer.bias and layer.bias_learns == wanted:
                    places["bias", number] = (at, (layer.units,))
                    at += layer.units
            if wanted:
                learning = at
        return cls(places, learning, at)

    def view(self, flat: Any, kind: str, layer: int) -> Any:
        """The part of a flat vector (…, size) that is this layer's weights or bias."""
        start, shape = self.places[kind, layer]
        return flat[..., start : start + prod(shape)].reshape((*flat.shape[:-1], *shape))

    def parameter(self, flat: Any, ref: Ref) -> tuple[Any, tuple[int, ...]]:
        """The array in a flat vector that holds a weight or bias, and the place in it."""
        part = "weight" if ref.input else "bias"
        place = (ref.unit - 1, ref.input - 1) if ref.input else (ref.unit - 1,)
        return self.view(flat, part, ref.layer), place

    def parts(self, layer: int = 0) -> list[Part]:
        """Where the learning weights and biases lie in the flat vector: all, or those of one layer; in its order."""
        wanted = [("weight", layer), ("bias", layer)] if layer else self.places
        places = [(key, *self.places[key]) for key in wanted if key in self.places]
        return [(*key, slice(start, start + prod(shape))) for key, start, shape in places if start < self.learning]

    def flat(self, network: Network) -> Array:
        """All weights and biases of a network in one read-only vector."""
        vector = np.zeros(self.size)
        for number, layer in enumerate(network.layers, 1):
            self.view(vector, "weight", number)[...] = layer.weights
            if layer.bias is not None:
                self.view(vector, "bias", number)[...] = layer.bias
        return frozen(vector)

    def kept(self, flat: Array, before: Network, other: Layout, fresh: Array, after: Network) -> Array:
        """The flat vector of another network, where what its layers start from is the same, with this one's numbers.

        flat (size,) of `before`; fresh (other.size,), what `after` starts from. Another depth leaves the first layers
        and the last one where they were, another seed what is not drawn, another batch everything.
        """
        vector, last = fresh.copy(), (len(before.layers), len(after.layers))
        for old, new in (*((number, number) for number in range(1, min(last))), last):
            here, there = before.layers[old - 1], after.layers[new - 1]
            for part, same in (("weight", (here.weights, there.weights)), ("bias", (here.bias, there.bias))):
                if (part, old) in self.places and np.array_equal(*same):  # type: ignore[arg-type]
                    other.view(vector, part, new)[...] = self.view(flat, part, old)
        return vector

    def network(self, flat: Array, like: Network) -> Network:
        """The network with the layers of `like` whose weights and biases stand in a flat vector (size,)."""
        return Network(
            tuple(
                replace(
                    layer,
                    weights=self.view(flat, "weight", number),
                    bias=None if layer.bias is None else self.view(flat, "bias", number),
                )
                for number, layer in enumerate(like.layers, 1)
            )
        )


class Arena:
    """One block of memory with named arrays in it, each on a cache line of its own.

    elsewhere: arrays that lie outside of the block, and are not copied with it.
    """

    def __init__(self, shapes: dict[Key, tuple[int, ...]], elsewhere: dict[Key, Array] | None = None) -> None:
        self.shapes = shapes
        self.elsewhere = elsewhere or {}
        self.starts: dict[Key, int] = {}
        at = 0
        for key, shape in shapes.items():
            self.starts[key] = at
            at += -(-prod(shape) // _LINE) * _LINE
        self.size = at
        block = np.zeros(at + _LINE)
        skip = (-block.ctypes.data // 8) % _LINE
        self.block = block[skip : skip + at]

    def __getitem__(self, key: Key) -> Any:
        return self.view(self.block, key)

    def view(self, block: Any, key: Key) -> Any:
        """The array called `key` in this arena's block or in a copy of it."""
        if key in self.elsewhere:
            return self.elsewhere[key]
        start, shape = self.starts[key], self.shapes[key]
        return block[start : start + prod(shape)].reshape(shape)
