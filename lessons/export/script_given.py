"""What a script starts from, set down in full: weights, samples, rates, what the optimizer remembers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NotScripted
from nntutor.core.notation.formula import keys
from nntutor.core.rules.mistakes.spelling import rulebook
from nntutor.core.rules.optimizers import Rule
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.lessons.export.script_parts import INDENT, Part, listed, rate_name, undivided
from nntutor.lessons.language.speech import Speech


class Given:
    """The numbers before iteration `trace.iteration` as lines of a program. `array`: what makes an array of a list."""

    library: str
    array: str

    def __init__(self, trace: Trace, last: int, speech: Speech) -> None:
        self.trace, self.problem, self.speech = trace, trace.problem, speech
        self.first, self.last = trace.iteration, last
        self.shape, self.book = trace.plan.shape, self.books[self.problem.batch_size]

    @cached_property
    def books(self) -> dict[int, Rulebook]:
        """The rules for each size of batch: an epoch's last one may be smaller."""
        size, count = self.problem.batch_size, len(self.problem.samples)
        lengths = {size, count % size or size} if size else {0}
        books = {length: rulebook(self.problem.shape(length, self.trace.mistake)) for length in lengths}
        if len({undivided(book) for book in books.values()}) > 1:
            raise NotScripted("rule")
        return books

    @property
    def layers(self) -> range:
        return range(1, self.shape.last + 1)

    @property
    def backward_layers(self) -> range:
        """The layers that deltas are made for, the last one first."""
        return range(self.shape.last, self.shape.first_back - 1, -1)

    def rules(self, layer: int) -> LayerRules:
        return self.book.layers[layer - 1]

    def note(self, key: str, **facts: object) -> str:
        return f"# {self.speech.say(f'script.{key}', **facts)}"

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """All weights and biases, in the order of the layers; without a network each weight is one of its own."""
        if not self.problem.passes:
            point = self.trace.array("weight", 1)[0]
            return tuple(Part(f"w{place}", 1, False, True, value) for place, value in enumerate(point, 1))
        found = []
        for number, layer in enumerate(self.shape.layers, 1):
            found.append(Part(f"W{number}", number, False, layer.learns, self.trace.array("weight", number)))
            if layer.bias:
                bias = self.trace.array("weight", number, bias=True)
                found.append(Part(f"b{number}", number, True, layer.bias_learns, bias))
        return tuple(found)

    @property
    def learning(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.learns)

    def before(self, part: Part, state: str) -> np.ndarray:
        """What the optimizer remembers of a part before the first iteration."""
        array = self.trace.array(f"{state}_old", part.layer, part.bias)
        return np.asarray(array if self.problem.passes else array[0, int(part.name[1:]) - 1])

    def remembered(self) -> Iterator[str]:
        """The lines that set down what the optimizer remembers before the first iteration."""
        names = [name for name, _ in self.book.layers[-1].update.states] if self.learning else []
        if names:
            yield self.note("states")
        for name in names:
            for part in self.learning:
                yield from self.listed(part.of(name), self.before(part, name))

    def rule(self, part: Part) -> Rule:
        return self.rules(part.layer).bias_update if part.bias else self.rules(part.layer).update

    def parameters(self) -> Iterator[str]:
        if not self.problem.passes:
            yield self.note("point" if self.problem.surface else "weights")
        for part in self.parts:
            if self.problem.passes and not part.bias:
                layer = self.shape.layers[part.layer - 1]
                activation = self.speech.say(f"activation_name.{layer.activation}")
                yield self.note("layer", layer=part.layer, units=layer.units, activation=activation)
            if not part.learns:
                yield self.note("held")
            yield from self.listed(part.name, part.values, part.learns)

    def listed(self, name: str, values: object, learns: bool = False) -> Iterator[str]:
        """The lines that set an array down, a row a line."""
        array = np.asarray(values)
        start, end = f"{name} = {self.array}(", self.ending(learns)
        if array.ndim < 2:
            yield f"{start}{listed(array)}{end}"
            return
        yield f"{start}["
        for row in array:
            yield f"{INDENT}{listed(row)},"
        yield f"]{end}"

    def ending(self, learns: bool) -> str:
        return ")"

    def data(self) -> Iterator[str]:
        """The lines that set down the samples, or the gradients in their place."""
        if self.problem.given is not None:
            yield self.note("gradients")
            yield from self.listed("G", self.problem.given.gradients)
        if self.problem.passes:
            yield self.note("samples")
            yield from self.listed("X", self.problem.samples.inputs)
            yield from self.listed("T", self.problem.samples.targets)

    @property
    def counted(self) -> int:
        """What k, the power of β, is in iteration 1."""
        given = self.problem.given
        return self.book.count + (1 if given is None else given.first_iteration)

    def rates(self) -> Iterator[str]:
        kinds = self._rate_kinds()
        if kinds:
            yield self.note("rates")
        for kind in kinds:
            yield f"{rate_name(kind)} = {self.problem.rate(kind, 1)!r}"

    def _rate_kinds(self) -> tuple[str, ...]:
        """The rates that the formulas name, in order; of a power of β, β."""
        found: dict[str, None] = {}
        penalty = self.shape.penalty
        found |= {kind: None for kind, there in (("rate_l1", penalty.l1), ("rate_l2", penalty.l2)) if there}
        for part in self.learning:
            for _, tree in self.rule(part).made:
                found |= dict.fromkeys(key.removesuffix("k") for key in keys(tree) if key.startswith("rate_"))
        return tuple(found)
