"""What any rulebook makes in place of the given numbers: it is run, and only the numbers asked for are looked up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.diagnosis import differences
from nntutor.core.diagnosis.sheet import Bools, Sheet
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import replay
from nntutor.core.notation.kinds import PER_OPTIMIZER, PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem

CHECK = "check-of-output"
"""The one mistake that is in no rulebook: a numerical gradient of o in place of E."""


@dataclass(frozen=True, eq=False)
class Made:
    """What a rulebook makes: a number for each place of a sheet, and whether it makes one there at all."""

    values: Array
    there: Bools

    @property
    def key(self) -> bytes:
        """The same for runs that make the same numbers."""
        return self.values.tobytes() + self.there.tobytes()


def recorded(problem: Problem, mistake: str, iterations: tuple[int, ...]) -> Iterator[Trace]:
    """The records of these iterations, in order; what lies between them is run."""
    engine = Engine(problem, mistake)
    state = engine.start()
    for iteration in iterations:
        trace = record(engine, replay(engine, state, iteration - 1))
        yield trace
        state = after(trace)


class Runs:
    """Runs of one problem under any mistake, looked up at the places of a sheet."""

    def __init__(self, problem: Problem, sheet: Sheet) -> None:
        self.problem, self.sheet = problem, sheet
        self.count = 0
        self._kept: dict[str, Made] = {}
        self._groups = _grouped(sheet)

    def made(self, mistake: str) -> Made:
        """What the problem's iterations make with this mistake, "" for none."""
        if mistake not in self._kept:
            self.count += 1
            self._kept[mistake] = self._run(mistake)
        return self._kept[mistake]

    def _run(self, mistake: str) -> Made:
        parts = mistake.split("+") if mistake else []
        rules = "+".join(part for part in parts if not part.startswith(CHECK))
        of = next((part.partition(":")[2] or "sum" for part in parts if part.startswith(CHECK)), "error")
        values, there = np.zeros(len(self.sheet)), np.zeros(len(self.sheet), bool)
        try:
            for trace in recorded(self.problem, rules, self.sheet.iterations):
                for group in self._groups[trace.iteration]:
                    self._fill(group, trace, of, values, there)
        except (KeyError, ValueError):
            # Two mistakes in one formula may leave none that can be read: together they cannot be made.
            if len(parts) < 2:
                raise
            there[:] = False
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
        array = trace.array(first.kind, first.layer, first.input == 0 and first.kind in PER_WEIGHT)
        if first.kind in PER_SAMPLE:
            rows = {sample: row for row, sample in enumerate(trace.samples)}
            return np.array(array[[rows[ref.sample] for ref in self.refs], [ref.unit - 1 for ref in self.refs]])
        units = [ref.unit - 1 for ref in self.refs]
        return np.array(array[units, [ref.input - 1 for ref in self.refs]] if first.input else array[units])


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
