"""Arrays as the whole core has them: float64, C order, read-only."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def frozen(values: ArrayLike) -> Array:
    """These values as a read-only float64 array in C order: a copy, or themselves where nobody can write to them.

    ValueError for what is no array of real numbers, each of them there.
    """
    if type(values) is np.ndarray and values.dtype == np.float64 and values.flags.c_contiguous and _settled(values):
        return values
    found = np.asanyarray(values)
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
