"""What would tell apart mistakes that explain the given numbers equally well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nntutor.core.diagnosis.candidates import Candidate
from nntutor.core.diagnosis.comparing import alike, differ, first_apart
from nntutor.core.diagnosis.places import MOST_ITERATION
from nntutor.core.diagnosis.runs import CHECK, recorded
from nntutor.core.diagnosis.search import Entry
from nntutor.core.diagnosis.sheet import Sheet
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem, Samples

_FEW = 6  # tied entries that are looked at
ANOTHER_SAMPLE = "another sample"


def told_apart(problem: Problem, sheet: Sheet, tied: Sequence[Entry]) -> tuple[str, ...]:
    """The numbers that differ between tied entries: E, a symbol, the next iteration, or only another sample."""
    spellings = [entry.spelled for entry in tied if CHECK not in entry.spelled][:_FEW]
    last = max(sheet.iterations)
    known = {place.ref for place in sheet.places if place.iteration == last}
    found: list[str] = []
    now = [_at(problem, one, last) for one in spellings]
    if len(now) < 2:
        return ()
    if Ref("error") not in known and any(differ(now[0].error, trace.error) for trace in now[1:]):
        found.append("E")
    index = first_apart(now, known | {Ref("error")})
    if index is not None:
        found.append(now[0].symbol(now[0].ref(index)))
    if last < MOST_ITERATION and not found:
        after = [_at(problem, one, last + 1) for one in spellings]
        if first_apart(after) is not None:
            found.append(f"@{last + 1}")
    if not found and not problem.surface:
        others = [_at(_elsewhere(problem), one, last) for one in spellings]
        return (ANOTHER_SAMPLE,) if first_apart(others) is not None else ()
    return tuple(found)


def unseen(problem: Problem, sheet: Sheet, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Mistakes of the update that change nothing up to the last given iteration, and the next one: by their ids.

    Only where new weights or the optimizer's state were given; they are right.
    """
    last = max(sheet.iterations)
    updated = {place.ref.kind for place in sheet.places} & {"new", "change", "v", "m", "s", "mhat", "vhat"}
    if not updated or last >= 3:
        return ()
    ours = _at(problem, "", last), _at(problem, "", last + 1)
    found = []
    for one in candidates:
        if one.layer or one.sections != {4} or one.book is None:
            continue
        now, then = _at(problem, one.spelled, last), _at(problem, one.spelled, last + 1)
        if alike(ours[0], now) and not alike(ours[1], then):
            found.append(one.id)
    return tuple(dict.fromkeys(found))


def _elsewhere(problem: Problem) -> Problem:
    """The problem with other inputs."""
    inputs = np.random.default_rng(0).uniform(-1, 1, problem.samples.inputs.shape)
    return replace(problem, samples=Samples(inputs, problem.samples.targets))


def _at(problem: Problem, mistake: str, iteration: int) -> Trace:
    return next(recorded(problem, mistake, (iteration,)))
