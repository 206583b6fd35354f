"""A problem out of a fitted MLPClassifier or MLPRegressor of scikit-learn, with its own error and optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import NotRead
from nntutor.core.problems.network import Layer, Network, Problem
from nntutor.core.problems.others import array_of, kind_of, one_hot, optimizer_of, rows, samples_of
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.optimizers import Optimizer


def of_sklearn(model: Any, inputs: Array, targets: Any, optimizer: Any) -> Problem:
    """As `models.problem_of` says. inputs: (samples, inputs)."""
    if optimizer is not None and not isinstance(optimizer, Optimizer):
        raise NotRead("own_optimizer", kind_of(optimizer))
    error, last = {
        "identity": ("half-squared", "identity"), "logistic": ("bce", "sigmoid"), "softmax": ("softmax-ce", "identity"),
    }.get(model.out_activation_, ("", ""))  # fmt: skip
    hidden = {"logistic": "sigmoid"}.get(model.activation, model.activation)
    if not error or hidden not in ACTIVATIONS or getattr(model, "loss", "squared_error") == "poisson":
        raise NotRead("module", f"{kind_of(model)}({model.activation}, {model.out_activation_})")
    count = len(model.coefs_)
    layers = tuple(
        Layer(hidden if number < count else last, array_of(weights, 2).T, array_of(bias, 1))
        for number, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), 1)
    )
    classes = getattr(model, "classes_", None)
    wanted = rows(array_of(targets)) if classes is None else _labels(np.asarray(targets), classes, layers[-1].units)
    network = Network(layers)
    return Problem(
        network,
        samples_of(inputs, wanted, network, error),
        optimizer or _sklearn_optimizer(model),
        error,
        "full",
        # Its gradients follow the sum over outputs, also where the loss that a regressor reports is their mean.
        over_outputs="sum" if error == "bce" else "",
        l2=float(model.alpha) / len(inputs),
    )


def _labels(targets: Any, classes: Any, units: int) -> Array:
    """Labels as outputs: one of two classes as 0 or 1, one of several in a row of its own, several as they are."""
    if targets.ndim == 2 and targets.shape[1] > 1:
        return array_of(targets)
    place = {label: number for number, label in enumerate(classes.tolist())}
    try:
        numbers = np.array([place[label] for label in targets.ravel().tolist()], dtype=np.float64)
    except (KeyError, TypeError) as error:  # a label that is no label, such as a list
        raise NotRead("classes", str(error.args[0])) from None
    return numbers[:, None] if units == 1 else one_hot(numbers, units)


def _sklearn_optimizer(model: Any) -> Optimizer:
    rate = float(model.learning_rate_init)
    if model.solver == "adam":
        # Kingma and Ba 2015, end of section 2, is what scikit-learn computes.
        return optimizer_of(
            "adam", rate, beta1=float(model.beta_1), beta2=float(model.beta_2), epsilon=float(model.epsilon),
            epsilon_at="hat",
        )  # fmt: skip
    if model.solver != "sgd" or model.learning_rate != "constant":
        raise NotRead("optimizer", f"{model.solver}, {model.learning_rate}")
    if model.momentum == 0:
        return optimizer_of("sgd", rate)
    return optimizer_of("nesterov" if model.nesterovs_momentum else "momentum", rate, momentum=float(model.momentum))
