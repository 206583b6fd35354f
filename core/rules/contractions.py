"""What a sum over units or samples needs: memory to read and write, and the two faces that it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from nntutor.core.notation.evaluating import Compiler, Op
from nntutor.core.notation.formula import Div, Expr, Name, Num, Series, Sum, maximum
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.shape import Shape


class Memory(Protocol):
    """The arrays of one batch, as a compiled list reads and writes them."""

    def unit(self, kind: str, layer: int) -> Any:
        """(samples, units): a kind of number of a layer's units; E as (1, 1)."""

    def weights(self, kind: str, layer: int) -> Any:
        """(units, inputs): a kind of number of a layer's weights."""

    def bias(self, kind: str, layer: int) -> Any:
        """(units,): the same of its biases."""

    def rate(self, kind: str) -> Any:
        """A rate that stays the same over a run."""

    def buffer(self, shape: tuple[int, ...]) -> Any:
        """Memory for a part, of this shape below the leading axes."""


class Contraction(Protocol):
    """A sum with its two faces."""

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        """The tree of the entry at `ref`; samples are the data's indices of the iteration."""

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        """The calls that make all entries of a layer."""


def transposed(array: Any) -> Any:
    """A view with the last two axes exchanged."""
    return np.swapaxes(array, -1, -2)


def total_of(terms: Sequence[Expr], divisor: float = 1) -> Expr:
    total: Expr = terms[0] if len(terms) == 1 else Sum(terms if isinstance(terms, Series) else tuple(terms))
    return total if divisor == 1 else Div(total, Num(float(divisor)))


def sample_of(samples: Sequence[int], at: Any) -> Any:
    """The sample at a place of the batch, or those at an array of places."""
    if isinstance(samples, range):
        return samples.start + at
    return np.asarray(samples)[at] if isinstance(at, np.ndarray) else samples[at]


def unit_meaning(ref: Ref, outputs: int) -> Callable[[str], Expr]:
    """What a name in a tree over one unit stands for: the numbers of the unit at `ref`, and of its sample."""

    def meaning(key: str) -> Expr:
        if key == "error":
            return Name(Ref("error"))
        if key.startswith("max_"):
            kind = key.removeprefix("max_")
            return maximum(tuple(Name(Ref(kind, ref.layer, k, 0, ref.sample)) for k in range(1, outputs + 1)))
        return Name(ref._replace(kind=key))

    return meaning


def weight_meaning(ref: Ref) -> Callable[[str], Expr]:
    """What a name in a tree over one weight stands for."""
    return lambda key: Name(Ref(key) if key.startswith("rate_") else ref._replace(kind=key))


def array_of(tree: Expr, shape: tuple[int, ...], array: Callable[[Any], Any], memory: Memory, ops: list[Op]) -> Any:
    """The array of a tree: the one that it names, or one that calls appended to `ops` make."""
    if isinstance(tree, Name) and array(tree.key).shape[-2:] == shape:
        return array(tree.key)
    compiler, target = Compiler(array), memory.buffer(shape)
    compiler.into(tree, target)
    ops += compiler.ops
    return target


def multiplied(a: Any, b: Any, target: Any, terms: int) -> Op:
    """a (samples, terms) times b (terms, units); one product is no sum, and is multiplied as its formula has it."""
    return (np.multiply, (a, b, target)) if terms == 1 else (np.matmul, (a, b, target))
