"""Arrays as the whole core has them: float64, C order, read-only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def frozen(values: ArrayLike) -> Array:
    """A read-only float64 copy in C order."""
    array = np.array(values, dtype=np.float64, order="C")
    array.setflags(write=False)
    return array
