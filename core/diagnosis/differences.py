"""Numerical gradients as people compute them: one weight moved, the forward pass again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref

_H = 1e-5


def slopes(trace: Trace, refs: Sequence[Ref], of: str) -> Array:
    """Central differences of E ("error"), or of the outputs' "sum" or "mean" over the samples, by these weights."""
    found = []
    for ref in refs:
        ends = []
        for way in (1, -1):
            params = trace.before.params.copy()
            view, place = trace.parameter(params, ref._replace(kind="weight"))
            view[place] += way * _H
            ends.append(_passed(trace, State(trace.before.done, params, trace.before.slots), of))
        found.append((ends[0] - ends[1]) / (2 * _H))
    return np.array(found)


def _passed(trace: Trace, state: State, of: str) -> float:
    error = trace.error_at(state)
    if of == "error":
        return error
    outputs = trace.outputs()
    return float(outputs.sum()) / (len(outputs) if of == "mean" else 1)
