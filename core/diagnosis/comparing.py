"""Two records of an iteration side by side: the first step at which they part."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12


def differ(one: float, other: float) -> bool:
    """Whether two made numbers are apart by more than rounding."""
    if np.isfinite(one) and np.isfinite(other):
        return abs(one - other) > max(_RELATIVE * abs(one), _ABSOLUTE)
    return not (one == other or (np.isnan(one) and np.isnan(other)))


def first_apart(traces: Sequence[Trace], known: Set[Ref] = frozenset()) -> int | None:
    """The first step of the first record, not counting the numbers `known`, that is another one in any of the others.

    A number that another record does not have is another one there.
    """
    first, *others = traces
    for index in range(1, len(first) + 1):
        ref = first.ref(index)
        if ref in known:
            continue
        value = first.value(ref)
        try:
            if any(differ(value, other.value(ref)) for other in others):
                return index
        except KeyError:
            return index
    return None
