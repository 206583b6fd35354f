"""The same training in other libraries: the same network, samples, first weights and rates, in float64, one thread.

Each is written as its users write it, at its fastest that is usual: PyTorch eager with nn.Linear and torch.optim,
scikit-learn's own `fit`, micrograd with one object per number. None is needed: what is missing gets a row that
says so. Before anything is timed the errors are compared with ours: they agree within AGREES.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.problems.network import Network, Problem

AGREES = 1e-9
"""How far errors may be apart, as a share of them."""

Loop = Callable[[int], Array]
"""Trains for so many iterations from the first weights; the errors."""


@dataclass(frozen=True)
class Peer:
    """A library and how it trains a problem.

    trains: the problem that it can train where it cannot train ours; None where it can train neither. errors: ours
    as it gives them. share: iterations, of those that we run. epochs: only whole ones.
    """

    name: str
    module: str
    loop: Callable[[Problem], Loop]
    trains: Callable[[Problem], Problem | None] = lambda problem: problem
    errors: Callable[[Problem, Array], Array] = lambda problem, errors: errors
    share: Callable[[Problem], float] = lambda problem: 1.0
    epochs: bool = False

    @property
    def here(self) -> bool:
        return importlib.util.find_spec(self.module) is not None

    @property
    def version(self) -> str:
        name = self.name.partition(" ")[0]
        return importlib.metadata.version("torch" if name == "PyTorch" else name).partition("+")[0]


def batches(problem: Problem) -> Iterator[slice]:
    """The samples of each iteration, for ever; every batch is a whole one here."""
    size = problem.batch_size
    while True:
        for at in range(0, len(problem.samples), size):
            yield slice(at, at + size)


# --- PyTorch ----------------------------------------------------------------------------------------


def torch_loop(problem: Problem) -> Loop:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    inputs, targets = (torch.tensor(array) for array in (problem.samples.inputs, problem.samples.targets))

    def model() -> Any:
        parts: list[Any] = []
        for layer in problem.network.layers:
            linear = torch.nn.Linear(layer.inputs, layer.units, dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.tensor(layer.weights))
                linear.bias.copy_(torch.tensor(layer.bias))
            parts.append(linear)
            if layer.activation != "identity":
                parts.append({"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh}[layer.activation]())
        return torch.nn.Sequential(*parts)

    def error(out: Any, target: Any) -> Any:
        if problem.error == "softmax-ce":
            return functional.cross_entropy(out, target)
        return functional.mse_loss(out, target, reduction="sum") * (0.5 / len(target))

    def optimizer(parameters: Any) -> Any:
        o = problem.optimizer
        if o.name == "adam":
            return torch.optim.Adam(parameters, o.learning_rate, (o.beta1, o.beta2), o.epsilon)
        return torch.optim.SGD(parameters, o.learning_rate, o.momentum if o.name == "momentum" else 0.0)

    def loop(count: int) -> Array:
        net, errors = model(), np.empty(count)
        rule = optimizer(net.parameters())
        for number, batch in zip(range(count), batches(problem)):
            rule.zero_grad()
            found = error(net(inputs[batch]), targets[batch])
            found.backward()
            rule.step()
            errors[number] = found.item()
        return errors

    return loop


# --- scikit-learn -----------------------------------------------------------------------------------


def sklearn_problem(problem: Problem) -> Problem:
    """What MLPClassifier and MLPRegressor train: σ at the end only with log loss, squared error only without σ.

    Its Adam adds ε before it corrects √v, ours after; where ε is next to nothing both are the same.
    """
    problem = replace(problem, optimizer=replace(problem.optimizer, epsilon=1e-15))
    last = problem.network.layers[-1]
    if last.activation == "sigmoid":
        return replace(problem, error="bce")
    if last.activation == "tanh":
        layers = (*problem.network.layers[:-1], replace(last, activation="identity"))
        return replace(problem, network=Network(layers))
    return problem


def sklearn_loop(problem: Problem) -> Loop:
    """`fit` with warm_start, which keeps the weights that are put in; its first call makes the object."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    layers, o = problem.network.layers, problem.optimizer
    squared = problem.error == "half-squared"
    model = (MLPRegressor if squared else MLPClassifier)(
        hidden_layer_sizes=tuple(layer.units for layer in layers[:-1]),
        activation={"sigmoid": "logistic", "tanh": "tanh"}[layers[0].activation],
        solver="adam" if o.name == "adam" else "sgd", alpha=0.0, batch_size=problem.batch_size,
        learning_rate_init=o.learning_rate, momentum=o.momentum if o.name == "momentum" else 0.0,
        nesterovs_momentum=False, shuffle=False, tol=0.0, n_iter_no_change=10**9, warm_start=True,
        beta_1=o.beta1, beta_2=o.beta2, epsilon=o.epsilon, max_iter=1,
    )  # fmt: skip
    targets = problem.samples.targets
    if not squared:
        targets = targets.argmax(axis=1) if targets.shape[1] > 1 else targets.ravel().astype(int)

    def fit() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(problem.samples.inputs, targets)

    fit()

    def loop(count: int) -> Array:
        model.coefs_ = [layer.weights.T.copy() for layer in layers]
        model.intercepts_ = [np.array(layer.bias) for layer in layers]
        model.loss_curve_, model.best_loss_, model.t_, model.n_iter_ = [], np.inf, 0, 0
        model.max_iter = count // problem.epoch_iterations
        fit()
        return np.array(model.loss_curve_)

    return loop


def sklearn_errors(problem: Problem, errors: Array) -> Array:
    """Ours as its loss curve has them: one mean an epoch; a squared error also the mean over the outputs."""
    whole = len(errors) // problem.epoch_iterations * problem.epoch_iterations
    means = errors[:whole].reshape(-1, problem.epoch_iterations).mean(axis=1)
    return means / problem.network.sizes[-1] if problem.error == "half-squared" else means


# --- micrograd --------------------------------------------------------------------------------------


def micrograd_problem(problem: Problem) -> Problem | None:
    """The two small networks: the others have 10⁵ to 10⁶ products an iteration, each an object."""
    return problem if sum(layer.weights.size for layer in problem.network.layers) < 1000 else None


def micrograd_share(problem: Problem) -> float:
    """Few enough iterations that a run ends within some seconds."""
    return 1 / 50 if len(problem.network.layers) == 2 else 1 / 2500


def micrograd_loop(problem: Problem) -> Loop:
    from micrograd.engine import Value

    def sigmoid(value: Any) -> Any:
        """The library has no σ of its own."""
        out = Value(1 / (1 + math.exp(-value.data)), (value,), "σ")

        def back() -> None:
            value.grad += out.data * (1 - out.data) * out.grad

        out._backward = back
        return out

    def loop(count: int) -> Array:
        layers = [
            ([[Value(w) for w in row] for row in layer.weights.tolist()], [Value(b) for b in layer.bias.tolist()])
            for layer in problem.network.layers
        ]
        parameters = [value for rows, bias in layers for value in (*(one for row in rows for one in row), *bias)]
        first, second = [0.0] * len(parameters), [0.0] * len(parameters)
        rule, errors = problem.optimizer, np.empty(count)
        inputs, targets = problem.samples.inputs.tolist(), problem.samples.targets.tolist()
        for number, batch in zip(range(count), batches(problem)):
            total: Any = Value(0.0)
            for sample, target in zip(inputs[batch], targets[batch]):
                out: list[Any] = sample
                for rows, bias in layers:
                    out = [sigmoid(sum((w * x for w, x in zip(row, out)), offset)) for row, offset in zip(rows, bias)]
                for one, wanted in zip(out, target):
                    total = total + (one - wanted) ** 2 * 0.5
            error = total * (1 / len(inputs[batch]))
            for value in parameters:
                value.grad = 0.0
            error.backward()
            errors[number] = error.data
            if rule.name == "sgd":
                for value in parameters:
                    value.data -= rule.learning_rate * value.grad
                continue
            k1, k2 = 1 - rule.beta1 ** (number + 1), 1 - rule.beta2 ** (number + 1)
            for at, value in enumerate(parameters):
                first[at] = rule.beta1 * first[at] + (1 - rule.beta1) * value.grad
                second[at] = rule.beta2 * second[at] + (1 - rule.beta2) * value.grad**2
                value.data -= rule.learning_rate * first[at] / k1 / (math.sqrt(second[at] / k2) + rule.epsilon)
        return errors

    return loop


PEERS = (
    Peer("PyTorch eager", "torch", torch_loop),
    Peer("scikit-learn fit", "sklearn", sklearn_loop, sklearn_problem, sklearn_errors, epochs=True),
    Peer("micrograd", "micrograd", micrograd_loop, micrograd_problem, share=micrograd_share),
)
