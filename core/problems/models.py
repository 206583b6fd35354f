"""A problem out of another library's network: PyTorch's layers in a row, scikit-learn's MLPs.

Neither library is imported: what is given is known by its class's name and asked for what it has. What nntutor cannot
step through is refused, never read as something near to it.
"""

from __future__ import annotations

from typing import Any

from nntutor.core.errors import NotRead
from nntutor.core.problems.network import Problem
from nntutor.core.problems.of_sklearn import of_sklearn
from nntutor.core.problems.of_torch import of_torch
from nntutor.core.problems.others import array_of, kind_of


def problem_of(module: Any, inputs: Any, targets: Any, loss: Any = None, optimizer: Any = None) -> Problem:
    """The problem of training a network of another library on these samples, all of them in each iteration.

    module: PyTorch's layers in a row (nn.Sequential of Linear and activations), or a fitted MLPClassifier or
    MLPRegressor of scikit-learn. inputs (samples, inputs), targets (samples, outputs), (samples,) for one output or for
    classes. loss: a loss of PyTorch or the name of an error; optimizer: one of PyTorch that has made no step yet, or an
    `Optimizer`; of scikit-learn both are the model's own. Raises NotRead for what cannot be stepped through.
    """
    try:
        if hasattr(module, "coefs_"):
            if loss is not None:
                raise NotRead("own_loss", kind_of(loss))
            return of_sklearn(module, array_of(inputs, 2), targets, optimizer)
        if not hasattr(module, "named_modules"):
            raise NotRead("module", kind_of(module))
        return of_torch(module, array_of(inputs, 2), targets, loss, optimizer)
    except ValueError as error:  # of layers that do not chain, of a slope or a penalty that is no number
        raise NotRead("problem", str(error)) from None
