"""The contractions: where units or samples are summed, the one place with two faces.

Everything else is a tree that is read entry by entry or over whole arrays. A sum over units or samples is a matrix
product in array form and a row of products in the formula of one entry; the two stand side by side here. What a
contraction multiplies and which terms it takes are fields, so that a rulebook with another operand, another index or
another divisor is the same contraction with another field. Arrays may have leading axes (many seeds at once); shapes
below leave them out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nntutor.core.notation.evaluating import Compiler, Op
from nntutor.core.notation.formula import HALF, Expr, Mul, Name, Square, Sub, Sum, bind, call, product, terms_of
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.contractions import (
    Memory,
    array_of,
    multiplied,
    sample_of,
    total_of,
    transposed,
    unit_meaning,
    weight_meaning,
)  # fmt: skip
from nntutor.core.rules.shape import Penalty, Shape

_DELTA, _WEIGHT, _OUT = Name("delta"), Name("weight"), Name("out")
_NOTHING = Penalty()


@dataclass(frozen=True)
class NetSum:
    """net = Σ w·x + b over the inputs of a unit.

    bias: 1, −1 or 0 times b. swapped: w of row for column.
    """

    bias: int = 1
    swapped: bool = False

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        layer = shape.layers[ref.layer - 1]

        def term(at: Any) -> Expr:
            pair = (at + 1, ref.unit) if self.swapped else (ref.unit, at + 1)
            return Mul(Name(Ref("weight", ref.layer, *pair)), Name(Ref("out", ref.layer - 1, at + 1, 0, ref.sample)))

        bias = Name(Ref("weight", ref.layer, ref.unit, 0))
        if layer.bias and self.bias == 1:
            return total_of(terms_of(layer.inputs, term, bias))
        total = total_of(terms_of(layer.inputs, term))
        return Sub(total, bias) if layer.bias and self.bias else total

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        of = shape.layers[layer - 1]
        weights, net = memory.weights("weight", layer), memory.unit("net", layer)
        weights = weights if self.swapped else transposed(weights)
        if of.inputs == 1:
            ops: list[Op] = [(np.multiply, (weights, memory.unit("out", layer - 1), net))]
        else:
            ops = [(np.matmul, (memory.unit("out", layer - 1), weights, net))]
        if of.bias and self.bias:
            add = np.add if self.bias == 1 else np.subtract
            ops.append((add, (net, memory.bias("weight", layer)[..., None, :], net)))
        return ops


@dataclass(frozen=True)
class BackpropagatedSum:
    """∂E/∂out of a hidden unit = Σ δ·w over the units of the layer above that it feeds.

    sent: a tree over a unit above. weight: a tree over the connection, None where it is left out. which: all units
    above, the "same" index, the "first" or the "last". mean: divided by how many they are. crossed: w of row for
    column. output: the output's units instead of those above, whatever lies between; without weights.
    """

    sent: Expr = _DELTA
    weight: Expr | None = _WEIGHT
    which: str = "all"
    mean: bool = False
    crossed: bool = False
    output: bool = False

    def _units(self, unit: int, above: int) -> range:
        one = {"same": unit, "first": 1, "last": above}.get(self.which)
        return range(1, above + 1) if one is None else range(one, one + 1)

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        number = shape.last if self.output else ref.layer + 1
        above = shape.layers[number - 1]
        units = self._units(ref.unit, above.units)

        def term(at: Any) -> Expr:
            k = units.start + at
            sent = bind(self.sent, unit_meaning(Ref("out", number, k, 0, ref.sample), shape.outputs))
            pair = (ref.unit, k) if self.crossed else (k, ref.unit)
            return sent if self.weight is None else Mul(sent, self._weight(Ref("weight", number, *pair), above))

        return total_of(terms_of(len(units), term), len(units) if self.mean else 1)

    def _weight(self, ref: Ref, above: Any) -> Expr:
        assert self.weight is not None
        # A layer that does not learn has one set of weights, before the update and after it.
        return bind(self.weight, lambda key: Name(ref._replace(kind=key if above.learns else "weight")))

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        number = shape.last if self.output else layer + 1
        above, units = shape.layers[number - 1], shape.layers[layer].inputs
        ops: list[Op] = []
        target = memory.unit("out_grad", layer)
        size = (shape.samples, above.units)
        sent = array_of(self.sent, size, lambda key: memory.unit(key, number), memory, ops)
        weights = None
        if self.weight is not None:
            kinds = self.weight if above.learns else bind(self.weight, lambda key: Name("weight"))
            size = (above.units, above.inputs)
            weights = array_of(kinds, size, lambda key: memory.weights(key, number), memory, ops)
            weights = transposed(weights) if self.crossed else weights
        if self.which == "same":
            sent = sent[..., :units]
            if weights is None:
                ops.append((np.positive, (sent, target)))
            else:
                diagonal = np.diagonal(weights, axis1=-2, axis2=-1)[..., None, :units]
                ops.append((np.multiply, (sent, diagonal, target)))
            return ops
        taken = {"first": slice(0, 1), "last": slice(above.units - 1, above.units)}.get(self.which, slice(None))
        sent, terms = sent[..., taken], 1 if self.which != "all" else above.units
        if weights is not None:
            ops.append(multiplied(sent, weights[..., taken, :], target, terms))
        else:
            total = memory.buffer((shape.samples, 1))
            ops += [(np.add.reduce, (sent, -1, None, total, True)), (np.positive, (total, target))]
        if self.mean and terms != 1:
            ops.append((np.divide, (target, np.array(float(terms)), target)))
        return ops


@dataclass(frozen=True)
class MatrixProduct:
    """A matrix product of two arrays of a layer's units where an elementwise one is meant.

    For one sample their scalar product, for each unit alike; for a batch of as many samples as units, rows by columns.
    """

    a: str = "out_grad"
    b: str = "slope"

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        units = shape.layers[ref.layer - 1].units

        def of(kind: str, unit: Any, sample: Any) -> Expr:
            return Name(Ref(kind, ref.layer, unit, 0, sample))

        def term(at: Any) -> Expr:
            one = shape.samples == 1
            other = of(self.b, at + 1, ref.sample) if one else of(self.b, ref.unit, sample_of(samples, at))
            return Mul(of(self.a, at + 1, ref.sample), other)

        return total_of(terms_of(units, term))

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        a, b, target = (memory.unit(kind, layer) for kind in (self.a, self.b, "delta"))
        if shape.samples > 1:
            return [multiplied(a, b, target, shape.samples)]
        units = shape.layers[layer - 1].units
        total = memory.buffer((1, 1))
        return [multiplied(a, transposed(b), total, units), (np.positive, (total, target))]


@dataclass(frozen=True)
class GradientSum:
    """∂E/∂w = Σ δ·input over the samples, divided by `divisor`, and what a penalty adds; ∂E/∂b without the input.

    delta: a tree over the unit; input: a tree over the unit below, None where it is left out; shifts: by how many
    units each is off; last: of the last sample alone. transposed: of row for column. pooled (biases): summed over the
    layer's units as well. weighted (weights): times the weight itself. itself (biases): the bias in place of the sum.
    """

    divisor: float = 1
    delta: Expr = _DELTA
    input: Expr | None = _OUT
    shifts: tuple[int, int] = (0, 0)
    last: bool = False
    transposed: bool = False
    pooled: bool = False
    weighted: bool = False
    itself: bool = False
    penalty: Penalty = _NOTHING

    @property
    def added(self) -> tuple[Expr, ...]:
        """What the penalty adds to the gradient of a weight, as trees over it."""
        l2, l1 = Mul(Name("rate_l2"), Name("weight")), Mul(Name("rate_l1"), call("sign", Name("weight")))
        return (*((l2,) if self.penalty.l2 else ()), *((l1,) if self.penalty.l1 else ()))

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        layer = shape.layers[ref.layer - 1]
        weight = Name(ref._replace(kind="weight"))
        if self.itself:
            return total_of([weight], self.divisor)
        unit, source = (ref.input, ref.unit) if self.transposed and ref.input else (ref.unit, ref.input)
        unit, source = _shifted(unit, self.shifts[0], layer.units), _shifted(source, self.shifts[1], layer.inputs)
        units = layer.units if self.pooled else 1
        taken = samples[-1:] if self.last else samples

        def term(at: Any) -> Expr:
            sample, one = sample_of(taken, at // units), at % units + 1 if self.pooled else unit
            delta = bind(self.delta, unit_meaning(Ref("out", ref.layer, one, 0, sample), shape.outputs))
            if source and self.input is not None:
                below = unit_meaning(Ref("out", ref.layer - 1, source, 0, sample), shape.outputs)
                delta = Mul(delta, bind(self.input, below))
            return Mul(delta, weight) if self.weighted else delta

        total = total_of(terms_of(len(taken) * units, term), self.divisor)
        added = tuple(bind(tree, weight_meaning(ref._replace(kind="weight"))) for tree in self.added if ref.input)
        return Sum((total, *added)) if added else total

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        """The sum over the samples, not yet divided, of the weights; `bias_ops` that of the biases."""
        ops: list[Op] = []
        of, rows = shape.layers[layer - 1], 1 if self.last else shape.samples
        target = memory.weights("grad", layer)
        delta = self._deltas(layer, shape, memory, ops)
        if self.input is None:
            total = memory.buffer((of.units, 1))
            ops.append((np.add.reduce, (transposed(delta), -1, None, total, True)))
            ops.append((np.positive, (transposed(total) if self.transposed else total, target)))
        else:
            size = (shape.samples, of.inputs)
            inputs = array_of(self.input, size, lambda key: memory.unit(key, layer - 1), memory, ops)
            inputs = _moved(inputs[..., -rows:, :], self.shifts[1], memory, ops)
            if self.transposed:
                delta, inputs = inputs, delta
            ops.append(multiplied(transposed(delta), inputs, target, rows))
        return [*ops, (np.multiply, (target, memory.weights("weight", layer), target))] if self.weighted else ops

    def bias_ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        ops: list[Op] = []
        target = memory.bias("grad", layer)
        if self.itself:
            return [(np.positive, (memory.bias("weight", layer), target))]
        delta = self._deltas(layer, shape, memory, ops)
        if self.pooled:
            total = memory.buffer((1,))
            ops.append((np.add.reduce, (delta.reshape((*delta.shape[:-2], -1)), -1, None, total, True)))
            return [*ops, (np.positive, (total, target))]
        if shape.samples == 1 or self.last:
            return [*ops, (np.positive, (delta[..., 0, :], target))]
        return [*ops, (np.add.reduce, (delta, -2, None, target))]

    def _deltas(self, layer: int, shape: Shape, memory: Memory, ops: list[Op]) -> Any:
        size = (shape.samples, shape.layers[layer - 1].units)
        delta = array_of(self.delta, size, lambda key: memory.unit(key, layer), memory, ops)
        return _moved(delta[..., -1:, :] if self.last else delta, self.shifts[0], memory, ops)


def _of_weights(shape: Shape, each: Callable[[Expr], Expr]) -> Sequence[Expr]:
    """A term for every weight of a network but for biases, layer by layer."""
    inputs = np.array([layer.inputs for layer in shape.layers])
    sizes = inputs * [layer.units for layer in shape.layers]
    ends = np.cumsum(sizes)

    def term(at: Any) -> Expr:
        layer = np.searchsorted(ends, at, "right")
        unit, source = np.divmod(at - ends[layer] + sizes[layer], inputs[layer])
        place = layer + 1, unit + 1, source + 1
        return each(Name(Ref("weight", *(place if isinstance(at, np.ndarray) else map(int, place)))))

    return terms_of(int(ends[-1]), term)


def _shifted(index: int, by: int, count: int) -> int:
    """The index, from 1, of the neighbour `by` further, the first one after the last; 0 stays 0."""
    return (index - 1 + by) % count + 1 if index else 0


def _moved(array: Any, by: int, memory: Memory, ops: list[Op]) -> Any:
    """The same with the entries of the neighbours."""
    if not by:
        return array
    moved = memory.buffer(array.shape[-2:])
    by %= array.shape[-1]
    ops.append((np.positive, (array[..., by:], moved[..., : array.shape[-1] - by])))
    ops.append((np.positive, (array[..., :by], moved[..., array.shape[-1] - by :])))
    return moved


@dataclass(frozen=True)
class ErrorSum:
    """E = Σ over samples and outputs of E_o, divided by `divisor`, and what a penalty adds once."""

    divisor: float = 1
    penalty: Penalty = _NOTHING

    def formula(self, ref: Ref, shape: Shape, samples: Sequence[int]) -> Expr:
        def error(at: Any) -> Expr:
            sample = sample_of(samples, at // shape.outputs)
            return Name(Ref("unit_error", shape.last, at % shape.outputs + 1, 0, sample))

        parts = [total_of(terms_of(len(samples) * shape.outputs, error), self.divisor)]
        if self.penalty.l2:
            squares = total_of(_of_weights(shape, Square))
            parts.append(product(HALF, Name(Ref("rate_l2")), squares))
        if self.penalty.l1:
            sizes = total_of(_of_weights(shape, partial(call, "abs")))
            parts.append(Mul(Name(Ref("rate_l1")), sizes))
        return total_of(parts)

    def ops(self, layer: int, shape: Shape, memory: Memory) -> list[Op]:
        each, error = memory.unit("unit_error", layer), memory.unit("error", layer)[..., 0, 0]
        flat = each.reshape((*each.shape[:-2], -1))
        if flat.shape[-1] == 1:
            ops: list[Op] = [(np.positive, (flat[..., 0], error))]
        else:
            ops = [(np.add.reduce, (flat, -1, None, error))]
        if self.divisor != 1:
            ops.append((np.divide, (error, np.array(float(self.divisor)), error)))
        if self.penalty.l2:
            ops += self._added(Square(Name("weight")), Mul(HALF, Name("rate_l2")), shape, memory, error)
        if self.penalty.l1:
            ops += self._added(call("abs", Name("weight")), Name("rate_l1"), shape, memory, error)
        return ops

    @staticmethod
    def _added(each: Expr, factor: Expr, shape: Shape, memory: Memory, error: Any) -> list[Op]:
        """E plus `factor` times the sum of a tree over all weights."""
        ops: list[Op] = []
        lead = error.ndim
        parts, whole = memory.buffer((len(shape.layers),)), memory.buffer(())
        for place, layer in enumerate(shape.layers):
            size = (layer.units, layer.inputs)
            made = array_of(each, size, partial(memory.weights, layer=place + 1), memory, ops)
            ops.append((np.add.reduce, (made, (lead, lead + 1), None, parts[..., place])))
        ops.append((np.add.reduce, (parts, -1, None, whole)))
        known = {"error": error, "sum": whole}
        compiler = Compiler(lambda key: known[key] if key in known else memory.rate(key))
        compiler.into(Sum((Name("error"), Mul(factor, Name("sum")))), error)
        return ops + compiler.ops
