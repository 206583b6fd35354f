"""All given numbers in step order, in each way that their rows and columns may be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array
from nntutor.core.diagnosis.places import Block, Place
from nntutor.core.diagnosis.textbook import shown_by
from nntutor.core.diagnosis.written import LAST_PLACES
from nntutor.core.engine.plan import Plan
from nntutor.core.errors import NotValues
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem

Bools = NDArray[np.bool]


@dataclass(frozen=True)
class Value:
    """One given number beside the right one. step: what makes it, None for a given of the problem."""

    symbol: str
    iteration: int
    step: int | None
    given: float
    right: float
    agrees: bool
    place: Place = field(repr=False)


@dataclass(frozen=True, eq=False)
class Numbers:
    """What was given, one entry for each place of a sheet, and how far each may be off.

    half: half a unit of its last digit; relative: by how much of the right one.
    """

    values: Array
    half: Array
    relative: Array

    @property
    def fewer(self) -> bool:
        """Whether any is of fewer digits than a double has."""
        return bool(np.isin(self.relative, list(LAST_PLACES)).any())

    def alike(self, one: int, other: int) -> bool:
        """Whether two of them may be the same number."""
        mine, theirs = self.values[one], self.values[other]
        share = max(self.relative[one], self.relative[other])
        allowed = self.half[one] + self.half[other] + share * max(1.0, abs(mine))
        return bool(abs(mine - theirs) <= allowed or mine == theirs or (mine != mine and theirs != theirs))

    def scaled(self, where: NDArray[np.intp], factor: float) -> Numbers:
        """The same with some of them multiplied, as if they had been written so."""
        values, half = self.values.copy(), self.half.copy()
        values[where] *= factor
        half[where] *= abs(factor)
        return replace(self, values=values, half=half)


@dataclass(frozen=True, eq=False)
class Sheet:
    """places, steps: in step order; of a given of the problem the step is 0, which comes first.

    ways: (weights turned, samples turned) that are to be tried.
    """

    places: tuple[Place, ...]
    steps: tuple[int, ...]
    ways: tuple[tuple[bool, bool], ...]
    oriented: bool
    _blocks: tuple[Block, ...]
    _order: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def iterations(self) -> tuple[int, ...]:
        """Those that something is given of."""
        return tuple(sorted({place.iteration for place in self.places}))

    def unlike(self, way: tuple[bool, bool]) -> tuple[int, int] | None:
        """Two places that are one and were given numbers that cannot be the same, read in one of the ways."""
        if len(set(self.places)) == len(self.places):
            return None
        given, first = self.numbers(way), dict[Place, int]()
        for at, place in enumerate(self.places):
            one = first.setdefault(place, at)
            if one != at and not given.alike(one, at):
                return one, at
        return None

    def numbers(self, way: tuple[bool, bool]) -> Numbers:
        """The given numbers, read in one of the ways."""
        columns: list[list[Array]] = [[], [], []]
        for block in self._blocks:
            turned = block.turned if way[block.sampled] else block.straight
            taken = list(turned or block.straight or block.turned or ())
            written = block.named.written
            columns[0].append(written.values.reshape(-1)[taken])
            columns[1].append(written.half.reshape(-1)[taken])
            columns[2].append(np.full(len(taken), written.relative))
        return Numbers(*(np.concatenate(column)[self._order] for column in columns))


def sheet(blocks: list[Block], problem: Problem, file: str = "") -> Sheet:
    """The blocks' places in step order. Raises NotValues where a number has two names and is another one under each."""
    places = [place for block in blocks for place in block.places]
    plan = cache(lambda count: Plan(problem.shape(count)))
    batch = cache(lambda iteration: {sample: at for at, sample in enumerate(problem.samples_of(iteration))})
    batches = (batch(place.iteration) for place in places)
    steps = [_step(place.ref, plan(len(samples)), samples) for place, samples in zip(places, batches, strict=True)]

    def place_in_order(at: int) -> tuple[int, int, bool, bool]:
        return places[at].iteration, steps[at], places[at].ref.kind == "delta", places[at].numeric

    order = sorted(range(len(places)), key=place_in_order)
    weights, sampled = (list(_tried([one for one in blocks if one.sampled == of])) for of in (False, True))
    both = [one for one in blocks if not one.sampled and one.turned is not None and len(one.places) > 1]
    other = [one for one in blocks if not one.sampled and one.straight and len(one.named.written.shape) == 2]
    read = Sheet(
        tuple(places[at] for at in order),
        tuple(steps[at] for at in order),
        tuple(product(weights, sampled)),
        bool(both or [one for one in other if min(one.named.written.shape) > 1]),
        tuple(blocks),
        np.array(order, np.intp),
    )
    unlike = {way: read.unlike(way) for way in read.ways}
    if all(unlike.values()):
        raise _refused(blocks, [order[at] for at in unlike[read.ways[0]] or ()], file)
    return replace(read, ways=tuple(way for way, found in unlike.items() if not found))


def _refused(blocks: list[Block], at: list[int], file: str) -> NotValues:
    """The names of two places, which are one."""
    named = [block.named for block in blocks for _ in block.places]
    one, other = (named[place] for place in sorted(at))
    return NotValues(file, other.line, "unlike", f"{one.name}”, “{other.name}")


def _step(ref: Ref, plan: Plan, batch: dict[int, int]) -> int:
    ref = shown_by(ref, plan.book)
    return plan.index(ref._replace(sample=batch[ref.sample]) if ref.sample >= 0 else ref) or 0


def _tried(blocks: list[Block]) -> Iterator[bool]:
    """As they stand, turned, or both: what fits only one way says it for all."""
    only = {one.straight is None for one in blocks if (one.straight is None) != (one.turned is None) and _flat(one)}
    square = any(one.straight and one.turned for one in blocks)
    if len(only) == 1:
        yield from only
    else:
        yield from (False, True) if square else (False,)


def _flat(block: Block) -> bool:
    """Whether the numbers were written as rows and columns at all, and are such: biases may lie either way beside any
    weights.
    """
    biases = all(place.ref.kind in PER_WEIGHT and not place.ref.input for place in block.places)
    return len(block.named.written.shape) >= 2 and len(block.places) > 1 and not biases
