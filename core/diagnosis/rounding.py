"""How far right numbers stray where somebody's are of fewer digits: PyTorch computes in float32, unless told otherwise.

An iteration is run with every number, given or made, off by some of those digits' last places, as the gradient check
does with doubles (`analysis/copies`). So what cancels in a sum, and what is made of such a sum, may be off by more than
a share of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.diagnosis.runs import Runs
from nntutor.core.diagnosis.sheet import Sheet
from nntutor.core.engine.program import Engine, Program
from nntutor.core.engine.trace import Trace, record
from nntutor.core.notation.evaluating import written_by

# Half a last place is what one operation is off by; shaken it is by two to four, so often, and what is allowed is so
# many times the furthest that was seen.
_PLACES, _TIMES, _ALLOWED = 2.0, 8, 4.0


def strays(sheet: Sheet, traces: Mapping[int, Trace], place: float) -> Array:
    """What each number of a sheet may be off by where numbers have a last place of `place` of themselves.

    traces: the right records of the sheet's iterations.
    """
    if not traces:
        return np.zeros(len(sheet))
    problem = next(iter(traces.values())).problem
    engine, runs, random = Engine(problem), Runs(problem, sheet), np.random.default_rng(0)
    right, found = runs.of(traces.values()).values, np.zeros(len(sheet))
    shaken = partial(_run, by=_PLACES * place, random=random)
    for _ in range(_TIMES):
        made = runs.of(record(engine, trace.before, run=shaken) for trace in traces.values())
        with np.errstate(all="ignore"):
            found = np.fmax(found, np.abs(made.values - right))
    return _ALLOWED * np.nan_to_num(found, posinf=0)


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
