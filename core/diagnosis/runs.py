"""What any rulebook makes in place of the given numbers: it is run, and only the numbers asked for are looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.diagnosis import differences
from nntutor.core.diagnosis.sheet import Bools, Sheet
from nntutor.core.diagnosis.textbook import sent_back
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import replay
from nntutor.core.notation.kinds import PER_OPTIMIZER, PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.progress import Progress

CHECK = "check-of-output"
"""The one mistake that is in no rulebook: a numerical gradient of o in place of E."""
_TOGETHER = 200_000  # numbers that many runs at once may have: they stay near the processor
_CALLS, _PRODUCT = 3e-6, 1e-9  # seconds: the calls of an iteration of one run among many, a weight times a sample
_PIECE = 500  # iterations between two tellings of how far it is


@dataclass(frozen=True, eq=False)
class Made:
    """What a rulebook makes: a number for each place of a sheet, and whether it makes one there at all."""

    values: Array
    there: Bools

    @property
    def key(self) -> bytes:
        """The same for runs that make the same numbers."""
        return self.values.tobytes() + self.there.tobytes()


def recorded(
    problem: Problem, mistake: str, iterations: tuple[int, ...], before: Mapping[int, State] = MappingProxyType({})
) -> Iterator[Trace]:
    """The records of these iterations, in order; what lies between them is run.

    before: states that are known already, by the iteration that begins with them.
    """
    engine = Engine(problem, mistake)
    state = engine.start()
    for iteration in iterations:
        trace = record(engine, before.get(iteration) or replay(engine, state, iteration - 1))
        yield trace
        state = after(trace)


def at_once(
    problem: Problem, mistakes: Sequence[str], iteration: int, progress: Progress | None = None
) -> dict[str, State]:
    """The state before an iteration under each of these mistakes, run in one set of arrays as far as that is faster."""
    found: dict[str, State] = {}
    size = sum(problem.network.sizes) * problem.batch_size + 2 * Engine(problem).layout.size
    few = max(1, _TOGETHER // size)
    pieces = range(_PIECE, iteration - 1 + _PIECE, _PIECE)
    for first in range(0, len(mistakes), few):
        some = mistakes[first : first + few]
        engine = Engine(problem, networks=len(some), mistakes=some)
        state = engine.start()
        for end in pieces:
            if progress is not None:
                progress(first + len(some) * (end - _PIECE) // (pieces[-1]), len(mistakes))
            state = replay(engine, state, min(end, iteration - 1))
        found |= {one: engine.network_state(state, row) for row, one in enumerate(some)}
    return found


class Runs:
    """Runs of one problem under any mistake, looked up at the places of a sheet."""

    def __init__(self, problem: Problem, sheet: Sheet) -> None:
        self.problem, self.sheet = problem, sheet
        self.count = 0
        self._kept: dict[tuple[str, int], Made] = {}
        self._before: dict[str, dict[int, State]] = defaultdict(dict)
        self._groups = _grouped(sheet)

    def made(self, mistake: str, last: int | None = None) -> Made:
        """What the problem's iterations make with this mistake, "" for none; up to `last`, where that is enough."""
        last = last or max(self.sheet.iterations)
        if (mistake, last) not in self._kept:
            self.count += 1
            self._kept[mistake, last] = self._run(mistake, last)
        return self._kept[mistake, last]

    def seconds(self, count: int, iteration: int) -> float:
        """About how long so many runs up to an iteration take, whatever the machine has to do besides."""
        weights = sum(layer.weights.size for layer in self.problem.network.layers)
        return count * iteration * (_CALLS + _PRODUCT * self.problem.batch_size * weights)

    def run_at_once(self, mistakes: Sequence[str], iteration: int, progress: Progress | None) -> None:
        """Up to an iteration, under all of these mistakes, so that `made` finds them there."""
        missing = [one for one in mistakes if CHECK not in one and iteration not in self._before[one]]
        for one, state in at_once(self.problem, missing, iteration, progress).items():
            self._before[one][iteration] = state

    def of(self, traces: Iterable[Trace]) -> Made:
        """The numbers of these records."""
        values, there = np.zeros(len(self.sheet)), np.zeros(len(self.sheet), bool)
        for trace in traces:
            self.take(trace, values, there)
        return Made(values, there)

    def take(self, trace: Trace, values: Array, there: Bools) -> None:
        """Set what a record has of the sheet, and that it is there."""
        for group in self._groups[trace.iteration]:
            self._fill(group, trace, "error", values, there)

    def _run(self, mistake: str, last: int) -> Made:
        parts = mistake.split("+") if mistake else []
        rules = "+".join(part for part in parts if not part.startswith(CHECK))
        of = next((part.partition(":")[2] or "sum" for part in parts if part.startswith(CHECK)), "error")
        values, there = np.zeros(len(self.sheet)), np.zeros(len(self.sheet), bool)
        try:
            wanted = tuple(one for one in self.sheet.iterations if one <= last)
            for trace in recorded(self.problem, rules, wanted, self._before.get(mistake, {})):
                for group in self._groups[trace.iteration]:
                    self._fill(group, trace, of, values, there)
        except (KeyError, ValueError):
            # Two mistakes in one formula may leave none that can be read: together they cannot be made.
            if len(parts) < 2:
                raise
            there[:] = False
        else:
            if mistake:  # what it does not make somebody may have computed all the same, and not used
                right = self.made("", last)
                values, there = np.where(there, values, right.values), there | right.there
        values.setflags(write=False)
        return Made(values, there)

    def _fill(self, group: _Group, trace: Trace, of: str, values: Array, there: Bools) -> None:
        try:
            if not group.numeric or (of == "error" and not trace.mistake):
                values[group.at] = group.taken(trace)
            else:
                refs = [self.sheet.places[at].ref for at in group.at]
                values[group.at] = differences.slopes(trace, refs, of)
        except (KeyError, IndexError, ValueError):
            return
        there[group.at] = True


@dataclass(frozen=True, eq=False)
class _Group:
    """Places of one kind, layer and iteration: found in one array."""

    refs: tuple[Ref, ...]
    at: list[int]
    numeric: bool

    def taken(self, trace: Trace) -> Array:
        first = self.refs[0]
        if first.kind in PER_OPTIMIZER or first.kind == "error":
            return np.array([trace.value(ref) for ref in self.refs])
        array = self._array(trace)
        if first.kind in PER_SAMPLE:
            rows = {sample: row for row, sample in enumerate(trace.samples)}
            return np.array(array[[rows[ref.sample] for ref in self.refs], [ref.unit - 1 for ref in self.refs]])
        units = [ref.unit - 1 for ref in self.refs]
        return np.array(array[units, [ref.input - 1 for ref in self.refs]] if first.input else array[units])

    def _array(self, trace: Trace) -> Array:
        kind, layer = self.refs[0].kind, self.refs[0].layer
        try:
            return trace.array(kind, layer, self.refs[0].input == 0 and kind in PER_WEIGHT)
        except KeyError:
            if kind != "out_grad":
                raise
            return sent_back(trace, layer)


def _grouped(sheet: Sheet) -> dict[int, list[_Group]]:
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, (iteration, ref, numeric) in enumerate(sheet.places):
        bias = ref.kind in PER_WEIGHT and ref.input == 0
        found[iteration, ref.kind, ref.layer, bias, numeric].append(at)
    groups: dict[int, list[_Group]] = defaultdict(list)
    for key, places in found.items():
        refs = tuple(sheet.places[at].ref for at in places)
        groups[sheet.places[places[0]].iteration].append(_Group(refs, places, bool(key[4])))
    return groups
