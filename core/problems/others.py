"""Numbers of another library as ours, whichever it is, and whether they make a problem. Raises NotRead."""

from __future__ import annotations

from typing import Any

import numpy as np

from nntutor.core.arrays import Array, is_masked
from nntutor.core.errors import NotRead
from nntutor.core.problems.network import Network, Samples
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import Optimizer


def kind_of(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__


def array_of(values: Any, dimensions: int = 0) -> Array:
    """Numbers of another library as an array of ours."""
    try:
        if hasattr(values, "detach"):
            values = values.detach().cpu().numpy()
        whole = np.asarray(values)
        if whole.dtype.kind not in "fiubO" or is_masked(values):
            raise TypeError
        array = np.asarray(whole, dtype=np.float64)
    # PyTorch raises TypeErrors and RuntimeErrors of tensors that NumPy has not: bfloat16, sparse, without data.
    except (TypeError, ValueError, OverflowError, RuntimeError):
        found = f", {values.dtype}" if hasattr(values, "dtype") else ""
        raise NotRead("numbers", kind_of(values) + found) from None
    if not array.size or not np.isfinite(array).all() or (dimensions and array.ndim != dimensions):
        raise NotRead("numbers", str(array.shape))
    return array


def optimizer_of(name: str, rate: float, **more: Any) -> Optimizer:
    """An optimizer of another library as one of ours, unless its rates are such as only that library takes."""
    try:
        return Optimizer(name, rate, **more)
    except ValueError as error:
        raise NotRead("setting", str(error).partition(":")[0]) from None


def rows(targets: Array) -> Array:
    return targets[:, None] if targets.ndim == 1 else targets


def one_hot(classes: Array, units: int) -> Array:
    """A row of 0 and one 1 for each class, which is counted from 0."""
    if (classes != np.floor(classes)).any() or classes.min() < 0 or classes.max() >= units:
        raise NotRead("classes", f"{classes.min():g} … {classes.max():g}")
    return np.eye(units)[classes.astype(np.intp)]


def samples_of(inputs: Array, targets: Array, network: Network, error: str) -> Samples:
    """The samples of a network: as many inputs and outputs as it has, and targets that the error can use."""
    sizes, found = network.sizes, (inputs.shape[1], *targets.shape[1:])
    if found != (sizes[0], sizes[-1]):
        raise NotRead("shape", f"{', '.join(map(str, found))} ≠ {sizes[0]}, {sizes[-1]}")
    if len(inputs) != len(targets):
        raise NotRead("pairs", f"{len(inputs)}, {len(targets)}")
    unfit = LOSSES[error].unfit
    if unfit is not None and unfit(targets).any():
        raise NotRead("targets", error)
    return Samples(inputs, targets)
