"""What a name that somebody gave stands for: addresses of numbers, one or a whole array of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import NamedTuple

from nntutor.core.diagnosis.text import Named
from nntutor.core.diagnosis.textbook import shown_by
from nntutor.core.engine.edits import is_given
from nntutor.core.engine.plan import Plan
from nntutor.core.errors import MisfitValue, NotValues, ProblemError, UnknownValue, nearest
from nntutor.core.notation.kinds import PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem

MOST_ITERATION = 10_000
"""The last iteration that values may be of: every mistake is run that far."""

_NUMERIC = "num_"
# Whole arrays by what stands before and after the layer: the kind of number, and whether it is the biases'.
_ARRAYS = {
    ("z", ""): ("net", False), ("a", ""): ("out", False), ("dA", ""): ("out_grad", False),
    ("delta", ""): ("delta", False), ("dz", ""): ("delta", False), ("dW", ""): ("grad", False),
    ("db", ""): ("grad", True), ("W", ""): ("weight", False), ("b", ""): ("weight", True),
    ("W", "_new"): ("new", False), ("b", "_new"): ("new", True),
    **{(f"{state}{part}", ""): (state, part == "b") for state in "vms" for part in "Wb"},
}  # fmt: skip
_WHOLE = re.compile(r"([A-Za-z]+?)([1-9][0-9]{0,3})(_new)?", re.ASCII)
_AT = re.compile(r"(.*?)(?:@([1-9][0-9]{0,8}))?", re.DOTALL)


class Place(NamedTuple):
    """Which number is meant, of which iteration; numeric: the slope that differences gave for it."""

    iteration: int
    ref: Ref
    numeric: bool = False


@dataclass(frozen=True)
class Block:
    """What one name stands for.

    places: in the order of addresses, row by row. shape: rows and columns that they make. straight, turned: for each
    place which of the numbers as they were written is meant, read row by row as they stand or with rows and columns
    exchanged; None where that does not fit. sampled: its rows are samples.
    """

    named: Named
    places: tuple[Place, ...]
    straight: tuple[int, ...] | None
    turned: tuple[int, ...] | None
    sampled: bool = False


def bare_name(name: str) -> str:
    """A name without its iteration."""
    match = _AT.fullmatch(name)
    assert match is not None
    return match[1]


def blocks(given: list[Named], problem: Problem, iteration: int, file: str, shares: bool = False) -> list[Block]:
    """Every name with its places. Raises UnknownValue and MisfitValue.

    shares: the last layer's a is what softmax makes of its net.
    """
    finder = _Finder(problem, file, shares)
    return [finder.block(named, iteration) for named in given]


class _Finder:
    def __init__(self, problem: Problem, file: str, shares: bool) -> None:
        self._problem, self._file, self._shares = problem, file, shares
        self._plan = cache(self._plan_of)
        self._plan_of_batch = cache(lambda count: Plan(problem.shape(count)))

    def _plan_of(self, iteration: int) -> tuple[Plan, Names, tuple[int, ...]]:
        samples = self._problem.samples_of(iteration)
        names = Names(self._problem.network.sizes, len(samples) > 1)
        return self._plan_of_batch(len(samples)), names, samples

    def block(self, named: Named, iteration: int) -> Block:
        match = _AT.fullmatch(named.name)
        assert match is not None
        name, at = match[1].strip(), int(match[2] or iteration)
        if at > MOST_ITERATION:
            raise UnknownValue(self._file, named.line, "iteration", named.name, "")
        numeric = name.startswith(_NUMERIC)
        return self._symbol(named, name.removeprefix(_NUMERIC), at, numeric) or self._array(
            named, name.removeprefix(_NUMERIC), at, numeric
        )

    def _symbol(self, named: Named, name: str, at: int, numeric: bool) -> Block | None:
        """A single number; or a row of them, one for each sample."""
        _, names, samples = self._plan(at)
        ref = names.find(name)
        if ref is None or (numeric and ref.kind != "grad"):
            return None
        size = named.written.values.size
        if ref.kind in PER_SAMPLE and ref.sample < 0:
            if len(samples) > 1 and size != len(samples):
                raise UnknownValue(self._file, named.line, "sample", named.name, f"{name}[{samples[0]}]")
            refs = [ref._replace(sample=sample) for sample in samples]
        else:
            refs = [ref]
        if not refs or not self._there(refs[0], at):  # a surface and given gradients have no samples
            return None
        if size != len(refs):
            raise self._misfit(named, [(len(refs),)] if len(refs) > 1 else [()])
        return Block(named, tuple(Place(at, one, numeric) for one in refs), tuple(range(size)), None)

    def _array(self, named: Named, name: str, at: int, numeric: bool) -> Block:
        """All numbers of a kind of one layer."""
        first = self._first(name, at)
        if first is None or (numeric and first.kind != "grad"):
            raise self._unknown(named, at)
        kind, bias = first.kind, first.kind in PER_WEIGHT and first.input == 0
        refs = list(self._all(kind, first.layer, bias, at))
        per_row = len({(ref.unit if kind in PER_WEIGHT else ref.sample) for ref in refs})
        shape = (1, len(refs)) if bias else (per_row, len(refs) // per_row)
        straight, turned = self._readings(named, shape, bias)
        places = tuple(Place(at, ref, numeric) for ref in refs)
        return Block(named, places, straight, turned, kind in PER_SAMPLE)

    def _first(self, name: str, at: int) -> Ref | None:
        """The first number of an array that the iteration has, None where there is no such array."""
        match = _WHOLE.fullmatch(name)
        found = _ARRAYS.get((match[1], match[3] or "")) if match else None
        if match is None or found is None or (layer := int(match[2])) > len(self._problem.network.layers):
            return None
        kind, bias = found
        kind = "prob" if self._shares and kind == "out" and layer == len(self._problem.network.layers) else kind
        first = next(self._all(kind, layer, bias, at), None)
        return first if first is not None and self._there(first, at) else None

    def _all(self, kind: str, layer: int, bias: bool, at: int) -> Iterator[Ref]:
        of = self._problem.network.layers[layer - 1]
        if kind in PER_SAMPLE:
            samples = self._plan(at)[2]
            yield from (Ref(kind, layer, unit, 0, s) for s, unit in product(samples, range(1, of.units + 1)))
        elif bias:
            yield from (Ref(kind, layer, unit) for unit in range(1, of.units + 1) if of.bias is not None)
        else:
            yield from (Ref(kind, layer, u, i) for u, i in product(range(1, of.units + 1), range(1, of.inputs + 1)))

    def _readings(
        self, named: Named, shape: tuple[int, int], bias: bool
    ) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
        """Which of the numbers, as they were written, stands for each place: as they are, and turned."""
        given = named.written.shape
        rows, columns = shape
        count = rows * columns
        while len(given) > 2 and 1 in given:
            given = given[: given.index(1)] + given[given.index(1) + 1 :]
        alone = tuple(range(count))
        if prod(given) == 1 and (bias or count == 1):
            return (0,) * count, None
        if prod(given) != count or len(given) > 2:
            raise self._misfit(named, [(columns,)] if bias else [shape, (columns, rows)])
        if len(given) == 1 or bias:
            if 1 not in shape:
                raise self._misfit(named, [shape, (columns, rows)])
            return alone, None
        turned = tuple(column * rows + row for row, column in product(range(rows), range(columns)))
        found = alone if given == shape else None, turned if given == (columns, rows) else None
        if found == (None, None):
            raise self._misfit(named, [shape, (columns, rows)])
        return found

    def _there(self, ref: Ref, at: int) -> bool:
        """Whether the iteration has such a number, made or given."""
        plan, _, samples = self._plan(at)
        if ref.sample >= 0 and ref.sample not in samples:
            return False
        place = ref._replace(sample=samples.index(ref.sample)) if ref.sample >= 0 else ref
        try:
            made = plan.index(shown_by(place, plan.book)) is not None
        except (KeyError, ValueError, IndexError):
            return False
        own = ref._replace(kind="weight") if ref.kind == "new" else ref  # what does not learn stays
        return made or is_given(self._problem, own)

    def _unknown(self, named: Named, at: int) -> UnknownValue:
        _, names, _ = self._plan(at)
        layers = range(1, names.last + 1)
        arrays = (f"{start}{layer}{end}" for start, end in _ARRAYS for layer in layers)
        known = [name for name in arrays if self._first(name, at) is not None]
        given = bare_name(named.name)
        alike = [name for name in known if name.lower() == given.lower()]
        return UnknownValue(self._file, named.line, "name", named.name, (alike or [nearest(given, known)])[0])

    def _misfit(self, named: Named, shapes: list[tuple[int, ...]]) -> ProblemError:
        if named.commas:
            return NotValues(self._file, named.line, "comma", named.commas)
        said = " / ".join(dict.fromkeys(spelled(shape) for shape in shapes))
        return MisfitValue(self._file, named.line, named.name, spelled(named.written.shape), said)


def spelled(shape: tuple[int, ...]) -> str:
    """(2, 3) as 2 × 3; a number alone as 1."""
    return " × ".join(map(str, shape)) or "1"
