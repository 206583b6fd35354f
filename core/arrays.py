"""Arrays as the whole core has them: float64, C order, read-only."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Frozen:
    """A frozen dataclass whose arrays are read-only in a copy of it, and in what comes back from a pickle, as well."""

    def __setstate__(self, state: dict[str, object]) -> None:
        for value in state.values():
            _still(value)
        vars(self).update(state)


def _still(value: object) -> None:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, tuple):
        for one in value:
            _still(one)


def frozen(values: ArrayLike) -> Array:
    """These values as a read-only float64 array in C order: a copy, or themselves where nobody can write to them.

    ValueError for what is no array of real numbers, each of them there, and for rows of different lengths.
    """
    if type(values) is np.ndarray and values.dtype == np.float64 and values.flags.c_contiguous and _settled(values):
        return values
    try:
        found = np.asanyarray(values)
    except (ValueError, TypeError, OverflowError, RuntimeError):  # a tensor that is learned gives a RuntimeError
        raise ValueError(f"{type(values).__name__}: expected real numbers in rows of equal length") from None
    if found.dtype.kind not in "fiub" or is_masked(found):
        raise ValueError(f"{type(values).__name__} of {found.dtype}: expected real numbers, none of them masked")
    array = np.array(found, dtype=np.float64, order="C")
    array.setflags(write=False)
    return array


def is_masked(values: object) -> bool:
    """Whether some number of an array is masked. Who has such an array has loaded numpy.ma, which no start does."""
    masked = sys.modules.get("numpy.ma")
    return masked is not None and bool(masked.is_masked(values))


def _settled(array: np.ndarray) -> bool:
    """Whether an array has memory of its own that is written for the last time."""
    return array.base is None and not array.flags.writeable
