"""The calls of one iteration, stage by stage: each follows one rule, and equal rules make equal calls.

Every rulebook of a network has the same stages, so many networks that each follow a rulebook of their own can be run in
one set of arrays: at each stage those with the same rule share its calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np

from nntutor.core.engine.memory import Layout, Part
from nntutor.core.notation.evaluating import Compiler, Op
from nntutor.core.notation.formula import Expr, Name, Sum
from nntutor.core.rules.contractions import Contraction, Memory
from nntutor.core.rules.optimizers import Rule
from nntutor.core.rules.rulebook import Rulebook
from nntutor.core.rules.shape import Shape

T = TypeVar("T")
KINDS = ("out_grad", "slope", "delta")
"""What goes back through a unit, where it has all of it."""


class FlatMemory(Memory, Protocol):
    """The same with the flat vectors of all weights and biases."""

    def part(self, kind: str, part: slice) -> Any:
        """(…, numbers): a kind of number of the weights and biases that lie there."""


@dataclass(frozen=True)
class Stage:
    """rule: what it follows, None or empty where there is nothing to do; calls: its calls in a memory."""

    rule: object
    calls: Callable[[FlatMemory], list[Op]]

    def ops(self, memory: FlatMemory) -> list[Op]:
        return self.calls(memory) if self.rule else []


@dataclass(frozen=True)
class Stages:
    """nets, outs: one a layer; error: E; backward: the rest, update included."""

    nets: list[Stage]
    outs: list[Stage]
    error: list[Stage]
    backward: list[Stage]

    @property
    def all(self) -> list[Stage]:
        forward = [stage for pair in zip(self.nets, self.outs, strict=True) for stage in pair]
        return [*forward, *self.error, *self.backward]


def stages(book: Rulebook, shape: Shape, layout: Layout) -> Stages:
    """The stages of a rulebook, in the order of an iteration."""
    passed = range(1, shape.last + 1) if shape.passes else range(0)
    rules = _Rules(book, shape, layout)
    return Stages(
        [rules.made(number, "net", book.layers[number - 1].net) for number in passed],
        [rules.made(number, "out", book.layers[number - 1].out) for number in passed],
        list(rules.error()),
        list(rules.backward()),
    )


def together(of: list[Stage]) -> Iterator[tuple[Stage, slice]]:
    """One stage of many networks: those with the same rule at once, as far as they lie at even distances."""
    rows: dict[object, list[int]] = {}
    for row, stage in enumerate(of):
        rows.setdefault(stage.rule, []).append(row)
    return ((of[same[0]], part) for same in rows.values() for part in _even(same))


def _even(rows: list[int]) -> Iterator[slice]:
    """Growing numbers as slices, each as long as it can be."""
    while rows:
        step = rows[1] - rows[0] if len(rows) > 1 else 1
        count = next((at for at, row in enumerate(rows) if row != rows[0] + at * step), len(rows))
        yield slice(rows[0], rows[count - 1] + 1, step)
        rows = rows[count:]


class _Rules:
    """A rulebook's stages, one after another."""

    def __init__(self, book: Rulebook, shape: Shape, layout: Layout) -> None:
        self._book, self._shape, self._layout = book, shape, layout

    def made(self, layer: int, kind: str, rule: Expr | Contraction | None) -> Stage:
        """A rule of a layer's units, into the array of its kind; a sum writes there by itself."""

        def calls(memory: FlatMemory) -> list[Op]:
            assert rule is not None
            if not isinstance(rule, Expr):
                return rule.ops(layer, self._shape, memory)
            compiler = Compiler(lambda key: memory.unit(key, layer))
            compiler.into(rule, memory.unit(kind, layer))
            return compiler.ops

        return Stage(rule, calls)

    def error(self) -> Iterator[Stage]:
        book, last = self._book, self._shape.last
        if self._shape.passes:
            yield self.made(last, "prob", book.probability)
            yield self.made(last, "unit_error", book.unit_error)
        yield self.made(last, "error", book.total)

    def backward(self) -> Iterator[Stage]:
        book, shape = self._book, self._shape
        at_once = book.update_first or book.reads_gradients
        for number in range(shape.last, shape.first_back - 1, -1):
            yield from self._layer(number)
            parts = self._layout.parts(number)
            yield self._divided(parts if at_once else [])
            yield self._updated(parts if book.update_first else [])
        everything = self._layout.parts()
        yield self._divided([] if at_once or shape.given else everything)
        yield self._updated([] if book.update_first else everything)

    def _layer(self, number: int) -> Iterator[Stage]:
        """The way back through a layer, and what its gradients are sums of."""
        rules, layer = self._book.layers[number - 1], self._shape.layers[number - 1]
        if self._shape.passes:
            for kind in KINDS:
                yield self.made(number, kind, getattr(rules, kind) if kind in rules.kinds else None)
        if layer.learns and not self._shape.given:
            yield Stage(rules.gradient, lambda memory: rules.gradient.ops(number, self._shape, memory))
        if layer.bias_learns:
            yield Stage(rules.bias_gradient, lambda memory: rules.bias_gradient.bias_ops(number, self._shape, memory))
        if number == 1:
            yield self.made(0, "out_grad", self._book.input_gradient)

    def _divided(self, parts: list[Part]) -> Stage:
        """From the sums over the samples to gradients: divided, and what a penalty adds."""
        divisors = _joined(parts, self._divisor)
        added = [(number, trees) for kind, number, _ in parts if kind == "weight" and (trees := self._added(number))]

        def calls(memory: FlatMemory) -> list[Op]:
            ops: list[Op] = []
            for divisor, part in divisors:
                if divisor != 1:
                    gradient = memory.part("grad", part)
                    ops.append((np.divide, (gradient, np.array(float(divisor)), gradient)))
            for number, trees in added:
                ops += _compiled(memory, Sum((Name("grad"), *trees)), "grad", partial(memory.weights, layer=number))
            return ops

        return Stage(_key([*divisors, *added]), calls)

    def _updated(self, parts: list[Part]) -> Stage:
        """The optimizer's rule on these parts of the flat vectors."""
        rules = _joined(parts, self._update_rule)

        def calls(memory: FlatMemory) -> list[Op]:
            ops: list[Op] = []
            for rule, part in rules:
                for kind, tree in rule.made:
                    ops += _compiled(memory, tree, kind, partial(memory.part, part=part))
            return ops

        return Stage(_key(rules), calls)

    def _added(self, number: int) -> tuple[Expr, ...]:
        return self._book.layers[number - 1].gradient.added

    def _divisor(self, kind: str, layer: int) -> float:
        rules = self._book.layers[layer - 1]
        return (rules.gradient if kind == "weight" else rules.bias_gradient).divisor

    def _update_rule(self, kind: str, layer: int) -> Rule:
        rules = self._book.layers[layer - 1]
        return rules.update if kind == "weight" else rules.bias_update


def _compiled(memory: FlatMemory, tree: Expr, kind: str, array: Callable[[str], Any]) -> list[Op]:
    """A tree over weights and rates into the array of its kind."""
    compiler = Compiler(lambda key: memory.rate(key) if key.startswith("rate_") else array(key))
    compiler.into(tree, array(kind))
    return compiler.ops


def _joined(parts: list[Part], of: Callable[[str, int], T]) -> list[tuple[T, slice]]:
    """What `of` says of each part, with the slice of the flat vectors that it holds for.

    Parts that stand side by side and have the same rule are one call.
    """
    joined: list[tuple[T, slice]] = []
    for kind, layer, part in parts:
        said = of(kind, layer)
        if joined and joined[-1][0] == said and joined[-1][1].stop == part.start:
            joined[-1] = (said, slice(joined[-1][1].start, part.stop))
        else:
            joined.append((said, part))
    return joined


def _key(rules: list[Any]) -> tuple[object, ...]:
    """The same as something that can be a key."""
    return tuple((rule, (part.start, part.stop) if isinstance(part, slice) else part) for rule, part in rules)
