"""The network, its steps and its matrices: what comes in along which weight, and what has been made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import KINDS, Per
from nntutor.core.notation.symbols import Ref, spelled
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import first_around
from nntutor.tui.plain.step import layer_name, yours
from nntutor.tui.state.study import Study

_OF_UNITS = tuple(name for name, kind in KINDS.items() if kind.per is Per.UNIT)
_OF_OUTPUTS = tuple(name for name, kind in KINDS.items() if kind.per is Per.OUTPUT and name != "target")
MOST = 24
"""Units, and weights of one, that are told: those around the number at hand, and how many more there are."""


def network(study: Study, words: Words, look: Look) -> list[str]:
    """Inputs, targets, then every unit: its weights with where they come from, and its numbers as far as made."""
    trace = study.trace
    if not trace.problem.passes:
        return [words.say("views.not_here")]
    tell, sizes = _Telling(study, words, look), trace.problem.network.sizes
    lines = [words.say("told.inputs", given=tell.given("out", 0, sizes[0]))]
    if study.targets_shown:
        lines.append(words.say("told.targets", given=tell.given("target", len(sizes) - 1, sizes[-1])))
    units = [(layer, unit) for layer in range(1, len(sizes)) for unit in range(1, sizes[layer] + 1)]
    here = (study.step.ref.layer or len(sizes) - 1, study.step.ref.unit or 1)
    lines += [tell.unit(layer, unit) for layer, unit in around(units, units.index(here) if here in units else 0)]
    return lines + tell.more(len(units))


def steps(study: Study, words: Words, look: Look) -> list[str]:
    """The record of this iteration, step by step: what has been made, and what is to come."""
    trace, tell, lines = study.trace, _Telling(study, words, look), []
    for index in around(range(1, len(trace) + 1), study.timeline.step - 1):
        ref = trace.ref(index)
        value, symbol = tell.value(ref), trace.symbol(ref, look.style)
        key = "told.to_come" if value is None else "told.made"
        own = yours(study, ref, words, look)
        lines.append(" ".join(filter(None, (words.say(key, index=index, symbol=symbol, value=value or ""), own))))
    return lines + tell.more(len(trace))


def matrices(study: Study, words: Words, look: Look) -> list[str]:
    """The layer at hand row by row: weights, gradients, new weights, then what its units have made."""
    trace = study.trace
    if not trace.problem.passes:
        return [words.say("views.not_here")]
    layer = study.step.ref.layer or trace.names.last
    tell, units = _Telling(study, words, look), trace.problem.network.sizes[layer]
    lines = [f"{layer_name(trace, layer, words, look)}."]
    if len(trace.samples) > 1:
        at = trace.samples.index(tell.sample) + 1
        lines.append(f"{words.say('study.sample', at=at, of=len(trace.samples), index=tell.sample)}.")
    lines.append(words.say("told.inputs", given=tell.given("out", layer - 1, trace.problem.network.sizes[layer - 1])))
    for unit in around(range(1, units + 1), (study.step.ref.unit or 1) - 1):
        name = trace.names.unit(layer, unit, look.style)
        lines += [
            words.say("told.table", name=spelled(kind, "w", look.style), unit=name, numbers=numbers)
            for kind in ("weight", "grad", "new")
            if (numbers := tell.listed(tell.of_weights(kind, layer, unit)))
        ]
        if made := tell.listed(tell.of_unit(layer, unit)):
            lines.append(words.say("told.unit", unit=name, layer=layer_name(trace, layer, words, look), numbers=made))
    return lines + tell.more(units)


_One = TypeVar("_One")


def around(row: Sequence[_One], at: int) -> Sequence[_One]:
    """At most so many of a row as are told, one of them among them."""
    first = first_around(at, MOST, len(row))
    return row[first : first + MOST]


class _Telling:
    """The numbers known at the place, of the sample at hand."""

    def __init__(self, study: Study, words: Words, look: Look) -> None:
        self.trace: Trace = study.trace
        self.words, self.look, self.index = words, look, study.timeline.step
        self.sample = study.step.ref.sample if study.step.ref.sample >= 0 else next(iter(self.trace.samples), -1)
        self.input = study.step.ref.input

    def value(self, ref: Ref) -> str | None:
        """A number's figure; None where there is none, or not yet."""
        try:
            value = self.trace.value(ref)
        except KeyError:
            return None
        return self.look.figure(value, self.trace.signed(ref)) if self.trace.known(ref, self.index) else None

    def named(self, refs: Iterable[Ref]) -> Iterator[str]:
        for ref in refs:
            value = self.value(ref)
            if value is not None:
                yield f"{self.trace.symbol(ref, self.look.style)} {value}"

    def given(self, kind: str, layer: int, units: int) -> str:
        return self.listed(list(self.named(Ref(kind, layer, unit, 0, self.sample) for unit in range(1, units + 1))))

    def listed(self, parts: Sequence[str]) -> str:
        """Those around the input at hand, and how many more there are."""
        return ", ".join([*around(parts, self.input - 1), *(one.rstrip(".") for one in self.more(len(parts)))])

    def more(self, count: int) -> list[str]:
        return [f"{self.words.say('told.more', count=count - MOST)}."] if count > MOST else []

    def unit(self, layer: int, unit: int) -> str:
        """A unit with everything of it."""
        name = self.trace.names.unit(layer, unit, self.look.style)
        where = layer_name(self.trace, layer, self.words, self.look)
        weights = self.listed(list(self.weights(layer, unit)))
        numbers = ", ".join((weights, *self.of_unit(layer, unit), *self.feeds(layer, unit)))
        return self.words.say("told.unit", unit=name, layer=where, numbers=numbers)

    def weights(self, layer: int, unit: int) -> Iterator[str]:
        """What comes in: each weight with the unit that it comes from, the bias last; and what became of it."""
        for ref in self._of_weights("weight", layer, unit):
            name, value = self.trace.symbol(ref, self.look.style), self.value(ref)
            key = "told.weight" if ref.input else "told.bias"
            source = self.trace.names.unit(layer - 1, ref.input, self.look.style) if ref.input else ""
            said = self.words.say(key, weight=name, value=value, source=source)
            new = self.value(ref._replace(kind="new"))
            yield said if new is None else self.words.say("told.new", text=said, value=new)

    def feeds(self, layer: int, unit: int) -> Iterator[str]:
        """Where its lines go, each with its weight."""
        names, sizes, style = self.trace.names, self.trace.problem.network.sizes, self.look.style
        units = range(1, sizes[layer + 1] + 1) if layer + 1 < len(sizes) else ()
        fed = [(names.unit(layer + 1, one, style), names.parameter(layer + 1, one, unit, style)) for one in units]
        if fed:
            lines = [self.words.say("told.fed", unit=name, weight=weight) for name, weight in fed]
            yield self.words.say("told.feeds", units=self.listed(lines))

    def of_weights(self, kind: str, layer: int, unit: int) -> list[str]:
        return list(self.named(self._of_weights(kind, layer, unit)))

    def _of_weights(self, kind: str, layer: int, unit: int) -> list[Ref]:
        shape = self.trace.problem.network.layers[layer - 1]
        sources = (*range(1, shape.weights.shape[1] + 1), *([0] if shape.bias is not None else []))
        return [Ref(kind, layer, unit, source) for source in sources]

    def of_unit(self, layer: int, unit: int) -> list[str]:
        last = _OF_OUTPUTS if layer == self.trace.names.last else ()
        return list(self.named(Ref(kind, layer, unit, 0, self.sample) for kind in (*_OF_UNITS, *last)))
