"""Runs of steps of one phase, each of which finds its n-th step, and the place of a number, by arithmetic.

What a network of many layers is asked for at each step takes no longer than in one of few.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product
from typing import Protocol

from nntutor.core.notation.symbols import Ref


class Section(Protocol):
    """A run of steps of one phase. `place` counts from 0; samples are positions in the batch."""

    @property
    def phase(self) -> str: ...
    @property
    def makes(self) -> Iterable[tuple[str, int]]:
        """The kinds of numbers that are made, each with its layer."""

    def __len__(self) -> int: ...
    def ref(self, place: int) -> Ref: ...
    def place(self, ref: Ref) -> int: ...


@dataclass(frozen=True)
class Forward:
    """Per sample, layer and unit: net, out."""

    units: tuple[int, ...]
    samples: int
    phase: str = "forward"

    @cached_property
    def starts(self) -> tuple[int, ...]:
        return (0, *accumulate(2 * units for units in self.units))

    @property
    def makes(self) -> Iterable[tuple[str, int]]:
        return product(("net", "out"), range(1, len(self.units) + 1))

    def __len__(self) -> int:
        return self.samples * self.starts[-1]

    def ref(self, place: int) -> Ref:
        starts = self.starts
        sample, rest = divmod(place, starts[-1])
        layer = bisect_right(starts, rest)
        unit, is_out = divmod(rest - starts[layer - 1], 2)
        return Ref("out" if is_out else "net", layer, unit + 1, 0, sample)

    def place(self, ref: Ref) -> int:
        starts = self.starts
        return ref.sample * starts[-1] + starts[ref.layer - 1] + 2 * (ref.unit - 1) + (ref.kind == "out")


@dataclass(frozen=True)
class Errors:
    """Per sample: the probabilities, where there are any, and each output's error; then E."""

    last: int
    outputs: int
    samples: int
    probabilities: bool
    phase: str = "error"

    @property
    def each(self) -> int:
        return self.outputs * (2 if self.probabilities else 1)

    @property
    def makes(self) -> Iterable[tuple[str, int]]:
        return ("prob", self.last), ("unit_error", self.last), ("error", 0)

    def __len__(self) -> int:
        return self.samples * self.each + 1

    def ref(self, place: int) -> Ref:
        sample, rest = divmod(place, self.each)
        if sample == self.samples:
            return Ref("error")
        kind = "prob" if self.probabilities and rest < self.outputs else "unit_error"
        return Ref(kind, self.last, rest % self.outputs + 1, 0, sample)

    def place(self, ref: Ref) -> int:
        if ref.kind == "error":
            return self.samples * self.each
        skipped = self.outputs if self.probabilities and ref.kind == "unit_error" else 0
        return ref.sample * self.each + skipped + ref.unit - 1


@dataclass(frozen=True)
class Deltas:
    """Per sample and unit of a layer: ∂E/∂out, slope, delta; delta alone where it is one factor."""

    layer: int
    units: int
    samples: int
    kinds: tuple[str, ...]
    phase: str = "backward"

    @property
    def makes(self) -> Iterable[tuple[str, int]]:
        return ((kind, self.layer) for kind in self.kinds)

    def __len__(self) -> int:
        return self.samples * self.units * len(self.kinds)

    def ref(self, place: int) -> Ref:
        rest, kind = divmod(place, len(self.kinds))
        sample, unit = divmod(rest, self.units)
        return Ref(self.kinds[kind], self.layer, unit + 1, 0, sample)

    def place(self, ref: Ref) -> int:
        return (ref.sample * self.units + ref.unit - 1) * len(self.kinds) + self.kinds.index(ref.kind)


@dataclass(frozen=True)
class PerWeight:
    """Per unit and weight of a layer, bias last: the numbers `kinds`, in this order."""

    layer: int
    units: int
    sources: tuple[int, ...]
    kinds: tuple[str, ...]
    phase: str

    @property
    def makes(self) -> Iterable[tuple[str, int]]:
        return ((kind, self.layer) for kind in self.kinds)

    def has(self, ref: Ref) -> bool:
        """Whether a weight, or the bias, of the layer is among those that learn."""
        bias = self.sources[-1] == 0
        return ref.input <= len(self.sources) - bias if ref.input else bias

    def __len__(self) -> int:
        return self.units * len(self.sources) * len(self.kinds)

    def ref(self, place: int) -> Ref:
        rest, kind = divmod(place, len(self.kinds))
        unit, source = divmod(rest, len(self.sources))
        return Ref(self.kinds[kind], self.layer, unit + 1, self.sources[source])

    def place(self, ref: Ref) -> int:
        # Sources are 1, 2, …, and 0, the bias, last.
        source = ref.input - 1 if ref.input else len(self.sources) - 1
        row = (ref.unit - 1) * len(self.sources) + source
        return row * len(self.kinds) + self.kinds.index(ref.kind)
