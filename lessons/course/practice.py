"""A fresh problem of a series from a seed, in levels that show less and less.

Numbers are drawn until the classic mistakes can be told apart to the digits asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import isclose, isfinite
from zlib import crc32

from nntutor.core.analysis.mistaken import at_step
from nntutor.core.arrays import Array
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import KINDS, PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.course.questions import Asked, agree
from nntutor.lessons.course.series import Draw, Series

LEVELS = ("shown", "last", "two", "network")
"""How much is left out: nothing; the last step; the last two; everything but the network."""
_DRAWS = 150
_ENOUGH = 4  # after so many draws, what agrees exactly is taken to agree whatever is drawn
_NONE = 1e-12  # what rounding leaves of a 0
_POWERS = {"rate_beta1k": "rate_beta1", "rate_beta2k": "rate_beta2"}


@dataclass(frozen=True, eq=False)
class Exercise:
    """A problem of a series: its record, the steps of its chain, and how much of them is left out (one of LEVELS)."""

    series: Series
    seed: int
    level: str
    trace: Trace
    chain: tuple[Ref, ...]

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What is to be worked out, in order."""
        return tuple(Asked(self.trace, ref, self.series.digits, given=self.given) for ref in self._left_out)

    @property
    def _left_out(self) -> tuple[Ref, ...]:
        count = {"shown": 0, "two": 2}.get(self.level, 1)
        return self.chain[len(self.chain) - count :]

    def value(self, ref: Ref) -> float:
        """The number behind an address, also of a step of the chain that the record has none of."""
        return Asked(self.trace, ref).right if ref in self.chain else self.trace.value(ref)

    @cached_property
    def given(self) -> tuple[Ref, ...]:
        """The numbers that are shown: all that the network has, or those that the chain is made of.

        Where nothing is left out the chain is what is worked out. The powers of β are no given numbers, but β and the
        count of the iteration are.
        """
        if self.level == "network":
            return _of_network(self.trace, self.chain[-1])
        asked = set(self._left_out or self.chain)
        used = (key for ref in self.chain for key in names(Asked(self.trace, ref).step.formula))
        shown = (ref for ref in self.chain if ref not in asked)
        return given_numbers(ref for ref in (*used, *shown) if ref not in asked)


def given_numbers(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    """These numbers, each once, with β in place of its power."""
    return tuple(dict.fromkeys(ref._replace(kind=_POWERS.get(ref.kind, ref.kind)) for ref in refs))


def _of_network(trace: Trace, asked: Ref) -> tuple[Ref, ...]:
    """Inputs, weights, targets, rates, and what the optimizer remembers of the asked weight."""
    problem, samples = trace.problem, trace.samples
    layers, last = problem.network.layers, len(problem.network.layers)
    refs = [Ref("out", 0, unit, 0, sample) for sample in samples for unit in range(1, layers[0].inputs + 1)]
    for number, layer in enumerate(layers, 1):
        sources = (*range(1, layer.inputs + 1), *((0,) if layer.bias is not None else ()))
        refs += [Ref("weight", number, unit, source) for unit in range(1, layer.units + 1) for source in sources]
    refs += [Ref("target", last, unit, 0, sample) for sample in samples for unit in range(1, layers[-1].units + 1)]
    if asked.kind in PER_WEIGHT and asked.kind != "grad":
        refs += _of_optimizer(trace, asked)
    return tuple(dict.fromkeys(refs))


def _of_optimizer(trace: Trace, asked: Ref) -> list[Ref]:
    """What the update of a weight reads, up to what is asked: rates, and what is remembered of the weight."""
    refs: dict[Ref, None] = {}
    for kind, tree in trace.plan.book.layers[asked.layer - 1].update.made:
        for key in names(tree):
            if key.startswith("rate_"):
                refs[Ref(_POWERS.get(key, key))] = None
            elif KINDS[key].before:
                refs[asked._replace(kind=key)] = None
        if kind == asked.kind:
            break
    return list(refs)


def exercise(series: Series, seed: int, level: str) -> Exercise:
    """The problem of a series, a seed and a level: of a few draws the first on which no two answers agree, or the one
    on which fewest do."""
    best: tuple[tuple[int, int, int], Exercise] | None = None
    for number in range(_DRAWS):
        made = _drawn(series, seed, level, number)
        score = _confusions(made)
        if best is None or score < best[0]:
            best = score, made
        if not any(score) or (number >= _ENOUGH and not any(best[0][:2])):
            break
    assert best is not None
    return best[1]


def _drawn(series: Series, seed: int, level: str, number: int) -> Exercise:
    draw = Draw(seed, crc32(series.id.encode()), LEVELS.index(level), number)
    chain = series.chain(draw)
    iteration = int(draw.of(series.iterations))
    trace = Timeline.start(series.problem(draw, level != "network")).to(iteration).trace
    return Exercise(series, seed, level, trace, tuple(ref_of(trace, symbol) for symbol in chain))


def ref_of(trace: Trace, symbol: str) -> Ref:
    """The address of a symbol, also of a Δw that is no step of its own. KeyError for none of this network."""
    ref = trace.names.find(symbol)
    if ref is None:
        raise KeyError(symbol)
    return ref._replace(sample=trace.samples[0]) if ref.kind in PER_SAMPLE and ref.sample < 0 else ref


def _nets(trace: Trace) -> Iterator[Array]:
    """The net of each layer, one row for each sample of the iteration."""
    return (trace.array("net", number) for number in range(1, len(trace.problem.network.layers) + 1))


def _confusions(made: Exercise) -> tuple[int, int, int]:
    """How many mistakes agree to the digits asked with what is right; how many with one another, nearly and exactly.

    A 0 hides whatever is multiplied by it. A net that is 0 on paper is a little above or below it in the record, so
    what a unit puts out there, and its slope, may be the wrong one of two.
    """
    hidden = near = same = 0
    hidden += sum(int((abs(net) < _NONE).sum()) for net in _nets(made.trace))
    hidden += sum(
        abs(made.value(ref)) < _NONE for ref in (*made.chain, *made.given) if ref.kind not in ("target", "weight")
    )
    for asked in made.asked or (Asked(made.trace, made.chain[-1], made.series.digits),):
        values = [one.value for one in at_step(made.trace, asked.ref) if isfinite(one.value)]
        hidden += sum(agree(value, asked.right, asked.digits) for value in values)
        for one, other in combinations(values, 2):
            if isclose(one, other, rel_tol=1e-9):
                same += 1
            elif agree(one, other, asked.digits) or agree(other, one, asked.digits):
                near += 1
    return hidden, near, same
