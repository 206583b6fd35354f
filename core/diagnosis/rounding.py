"""How far right numbers stray where somebody's are of fewer digits: PyTorch computes in float32, unless told otherwise.

The training is run from its start with every number, given or made, off by some of those digits' last places, as the
gradient check does with one iteration in doubles (`analysis/copies`). So what cancels in a sum, what is made of such a
sum, and what an iteration leaves to the next one may be off by more than a share of itself.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.diagnosis.runs import Runs
from nntutor.core.diagnosis.sheet import Sheet
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine, Program
from nntutor.core.engine.trace import Trace, record
from nntutor.core.engine.training import replay
from nntutor.core.notation.evaluating import written_by
from nntutor.core.notation.symbols import Ref

# Half a last place is what one operation is off by; shaken it is by two to four, so often, and what is allowed is so
# many times the furthest that was seen.
_PLACES, _TIMES, _ALLOWED = 2.0, 8, 4.0
_MOST = 100  # iterations that are shaken, on the way to one n times as much; of those with the same numbers every n-th


def strays(sheet: Sheet, traces: Mapping[int, Trace], place: float) -> Array:
    """What each number of a sheet may be off by where numbers have a last place of `place` of themselves.

    traces: the records of the sheet's iterations, right ones or those of a mistake.
    """
    if not traces:
        return np.zeros(len(sheet))
    first = next(iter(traces.values()))
    problem, mistake, random = first.problem, first.mistake, np.random.default_rng(0)
    engine, runs = Engine(problem, mistake, apart=True), Runs(problem, sheet)
    together = Engine(problem, networks=_TIMES, mistakes=[mistake] * _TIMES)
    right, state = runs.of(traces.values()), together.start()
    made = np.tile(right.values, (_TIMES, 1))
    shaken = partial(_run, by=_PLACES * place, random=random)
    few = max(1, -(-max(traces) // _MOST))
    kept = _every_nth(sheet)
    for iteration in filter(kept.__contains__, traces):
        state = _advanced(together, state, iteration - 1, few, _PLACES * place, random)
        for row, values in enumerate(made):
            runs.take(record(engine, together.network_state(state, row), run=shaken), values, right.there)
    with np.errstate(all="ignore"):
        found: Array = np.nan_to_num(np.fmax.reduce(np.abs(made - right.values)), posinf=0)
    _between(sheet, kept, found)
    return np.asarray(_ALLOWED * found)


def _every_nth(sheet: Sheet) -> frozenset[int]:
    """Of iterations with the same numbers the first, the last, and so many between that about _MOST are left of all."""
    refs: dict[int, list[Ref]] = defaultdict(list)
    for iteration, ref, _ in sheet.places:
        refs[iteration].append(ref)
    alike: dict[tuple[Ref, ...], list[int]] = defaultdict(list)
    for iteration in sorted(refs):
        alike[tuple(refs[iteration])].append(iteration)
    n = max(1, -(-len(refs) // _MOST))
    return frozenset(one for group in alike.values() for one in (*group[::n], group[-1]))


def _between(sheet: Sheet, kept: frozenset[int], found: Array) -> None:
    """Set what the same number strays by in the other iterations: the more of what it does before and after."""
    places: dict[tuple[Ref, bool], list[int]] = defaultdict(list)
    for at, (iteration, ref, numeric) in enumerate(sheet.places):
        if iteration in kept:
            places[ref, numeric].append(at)
    for at, (iteration, ref, numeric) in enumerate(sheet.places):
        if iteration not in kept:
            known = places[ref, numeric]
            after = bisect(known, iteration, key=lambda one: sheet.places[one].iteration)
            found[at] = max(found[known[after - 1]], found[known[after]])


def _advanced(engine: Engine, state: State, done: int, few: int, by: float, random: np.random.Generator) -> State:
    """The state after `done` iterations, of which every `few`-th was shaken on the way."""
    while state.done < done:
        ahead = min(few, done - state.done)
        state = replay(engine, state, state.done + ahead - 1)
        program = engine.prepare(state.done + 1)
        engine.load(state)
        with np.errstate(all="ignore"):
            _run(program, ahead * by, random)
        state = engine.save(state.done + 1)
    return state


def _run(program: Program, by: float, random: np.random.Generator) -> None:
    """One iteration in which every number is off by once or twice `by` of itself."""

    def shake(array: Any) -> None:
        spread = random.uniform(-1, 1, array.shape)
        array *= 1 + by * (spread + np.copysign(1, spread))

    for given in (program.engine.params, program.inputs, program.targets):
        shake(given)
    for function, arguments in program.ops:
        function(*arguments)
        shake(written_by((function, arguments)))
