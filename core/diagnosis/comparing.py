"""Two records of an iteration side by side: the first step at which they part."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.symbols import Ref

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12


def differ(one: float, other: float) -> bool:
    """Whether two made numbers are apart by more than rounding."""
    if np.isfinite(one) and np.isfinite(other):
        return abs(one - other) > max(_RELATIVE * abs(one), _ABSOLUTE)
    return not (one == other or (np.isnan(one) and np.isnan(other)))


def alike(one: Trace, other: Trace) -> bool:
    """Whether no step of a record is another one in the other, or missing there; seen in whole arrays."""
    if differ(one.error, other.error):
        return False
    for kind, layer in (made for section in one.plan.sections for made in section.makes if made[0] != "error"):
        for bias in (False, True) if kind in PER_WEIGHT else (False,):
            try:
                mine = one.array(kind, layer, bias)
            except KeyError:
                continue
            try:
                theirs = other.array(kind, layer, bias)
            except KeyError:
                return False
            with np.errstate(all="ignore"):
                near = np.abs(mine - theirs) <= np.maximum(_RELATIVE * np.abs(mine), _ABSOLUTE)
            if not (near | (mine == theirs) | (np.isnan(mine) & np.isnan(theirs))).all():
                return False
    return True


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
