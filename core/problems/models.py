"""A problem out of another library's network: PyTorch's layers in a row, scikit-learn's MLPs.

Neither library is imported: what is given is known by its class's name and asked for what it has. What nntutor cannot
step through is refused, never read as something near to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import NotRead
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import Optimizer

_ACTIVATIONS = {
    "Sigmoid": "sigmoid", "Tanh": "tanh", "ReLU": "relu", "LeakyReLU": "leaky-relu", "Identity": "identity",
    "Softplus": "softplus", "ELU": "elu", "SiLU": "silu", "GELU": "gelu", "LogSoftmax": "log-softmax",
}  # fmt: skip
_EXPECTED: dict[str, dict[str, object]] = {
    "Softplus": {"beta": 1},
    "ELU": {"alpha": 1},
    "GELU": {"approximate": "tanh"},
    "MSELoss": {},
    "BCELoss": {"weight": None},
    "BCEWithLogitsLoss": {"weight": None, "pos_weight": None},
    "CrossEntropyLoss": {"weight": None, "label_smoothing": 0, "ignore_index": -100},
    "NLLLoss": {"weight": None, "ignore_index": -100},
    "SGD": {"maximize": False, "dampening": 0},
    "Adam": {"maximize": False, "amsgrad": False, "decoupled_weight_decay": False},
    "AdamW": {"maximize": False, "amsgrad": False},
    "Adagrad": {"maximize": False, "lr_decay": 0, "initial_accumulator_value": 0},
    "RMSprop": {"maximize": False, "centered": False, "momentum": 0},
}
"""Settings that must be so, because nntutor has no others."""
_LOSSES = {
    "MSELoss": ("mse", "identity"), "BCELoss": ("bce", "sigmoid"), "BCEWithLogitsLoss": ("bce", "identity"),
    "CrossEntropyLoss": ("softmax-ce", "identity"), "NLLLoss": ("softmax-ce", "log-softmax"),
}  # fmt: skip
"""The error, and what the last activation must be; MSELoss takes any."""


def problem_of(module: Any, inputs: Any, targets: Any, loss: Any = None, optimizer: Any = None) -> Problem:
    """The problem of training a network of another library on these samples, all of them in each iteration.

    module: PyTorch's layers in a row (nn.Sequential of Linear and activations), or a fitted MLPClassifier or
    MLPRegressor of scikit-learn. inputs (samples, inputs), targets (samples, outputs), (samples,) for one output or for
    classes. loss: a loss of PyTorch or the name of an error; optimizer: one of PyTorch that has made no step yet, or an
    `Optimizer`; of scikit-learn both are the model's own. Raises NotRead for what cannot be stepped through.
    """
    if hasattr(module, "coefs_"):
        if loss is not None:
            raise NotRead("own_loss", _name(loss))
        return _of_sklearn(module, _array(inputs, 2), targets, optimizer)
    if not hasattr(module, "named_modules"):
        raise NotRead("module", _name(module))
    return _of_torch(module, _array(inputs, 2), targets, loss, optimizer)


def _name(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__


def _array(values: Any, dimensions: int = 0) -> Array:
    """Numbers of another library as an array of ours."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise NotRead("numbers", _name(values)) from None
    if not array.size or not np.isfinite(array).all() or (dimensions and array.ndim != dimensions):
        raise NotRead("numbers", str(array.shape))
    return array


def _settled(value: Any, given: Any) -> None:
    """NotRead where a layer, a loss or an optimizer has a setting that nntutor has not. given: key -> value."""
    for key, expected in _EXPECTED.get(type(value).__name__, {}).items():
        found = given.get(key, expected)
        if found is not expected and (hasattr(found, "shape") or found != expected):
            raise NotRead("setting", f"{type(value).__name__}({key}={_short(found)})")


def _short(value: object) -> str:
    return repr(value) if isinstance(value, bool | int | float | str) else "…"


# --- PyTorch -----------------------------------------------------------------------------------------


def _of_torch(module: Any, inputs: Array, targets: Any, loss: Any, optimizer: Any) -> Problem:
    learning = _learning(optimizer)
    layers, last = _torch_layers(module, learning)
    error, kind = _error(loss, last)
    layers[-1] = _ending_in(layers[-1], LOSSES[error].last or last)
    reduction = getattr(loss, "reduction", "mean")
    if reduction not in ("mean", "sum"):
        raise NotRead("setting", f"{kind}(reduction={_short(reduction)})")
    units = layers[-1].units
    classes = kind in ("CrossEntropyLoss", "NLLLoss") and np.ndim(targets) == 1
    wanted = _one_hot(_array(targets), units) if classes else _rows(_array(targets))
    over_outputs = "sum" if reduction == "sum" and error in ("mse", "bce") else ""
    return _fitting(
        Problem(
            Network(tuple(layers)),
            Samples(inputs, wanted),
            _torch_optimizer(optimizer, layers),
            error,
            "full",
            over_outputs=over_outputs,
            over_samples=reduction,
        )
    )


def _learning(optimizer: Any) -> frozenset[int] | None:
    """What an optimizer of PyTorch moves, by identity; None: whatever can learn."""
    if not hasattr(optimizer, "param_groups"):
        return None
    return frozenset(id(one) for group in optimizer.param_groups for one in group["params"])


def _leaves(module: Any) -> Iterator[Any]:
    """The layers in a row, whatever holds them."""
    children = list(module.children())
    if not children:
        yield module
    for child in children:
        yield from _leaves(child)


def _torch_layers(module: Any, learning: frozenset[int] | None) -> tuple[list[Layer], str]:
    """The layers, and the activation after the last one."""
    if list(module.children()) and type(module).__name__ != "Sequential":
        raise NotRead("forward", type(module).__name__)  # what its forward does with its parts cannot be seen
    layers: list[Layer] = []
    activation = ""
    for leaf in _leaves(module):
        name = type(leaf).__name__
        if name == "Flatten" or (name == "Dropout" and (leaf.p == 0 or not leaf.training)):
            continue
        if name == "Linear":
            if activation == "log-softmax":
                raise NotRead("layer", "LogSoftmax")
            layers.append(_linear(leaf, learning))
            activation = "identity"
            continue
        found = _ACTIVATIONS.get(name, "")
        if not layers or activation not in ("identity",) or not (found in ACTIVATIONS or found == "log-softmax"):
            raise NotRead("layer", name)
        _settled(leaf, vars(leaf))
        activation = found
        slope = float(getattr(leaf, "negative_slope", layers[-1].slope))
        layers[-1] = _ending_in(layers[-1], found if found != "log-softmax" else "identity", slope)
    if not layers:
        raise NotRead("module", type(module).__name__)
    return layers, activation


def _linear(leaf: Any, learning: frozenset[int] | None) -> Layer:
    def learns(parameter: Any) -> bool:
        return bool(parameter.requires_grad) and (learning is None or id(parameter) in learning)

    weights, bias = leaf.weight, leaf.bias
    if bias is not None and learns(bias) and not learns(weights):
        raise NotRead("bias_alone", "Linear")
    return Layer(
        "identity",
        _array(weights, 2),
        None if bias is None else _array(bias, 1),
        learns(weights),
        bias is None or learns(bias),
    )


def _ending_in(layer: Layer, activation: str, slope: float = 0.01) -> Layer:
    return Layer(activation, layer.weights, layer.bias, layer.learn, layer.learn_bias, slope)


def _error(loss: Any, last: str) -> tuple[str, str]:
    """The error, and the name of the loss that it is."""
    if isinstance(loss, str):
        if loss not in LOSSES or last != (LOSSES[loss].last or last):
            raise NotRead("loss", loss)
        return loss, loss
    name = type(loss).__name__
    if name not in _LOSSES:
        raise NotRead("loss", name)
    error, needed = _LOSSES[name]
    fits = last != "log-softmax" if name == "MSELoss" else last == needed
    if not fits:
        raise NotRead("last", f"{name}, {last}")
    _settled(loss, vars(loss) | {key: getattr(loss, key, None) for key in ("weight", "pos_weight")})
    return error, name


def _rows(targets: Array) -> Array:
    return targets[:, None] if targets.ndim == 1 else targets


def _one_hot(classes: Array, units: int) -> Array:
    """A row of 0 and one 1 for each class, which is counted from 0."""
    if (classes != np.floor(classes)).any() or classes.min() < 0 or classes.max() >= units:
        raise NotRead("classes", f"{classes.min():g} … {classes.max():g}")
    return np.eye(units)[classes.astype(np.intp)]


def _torch_optimizer(optimizer: Any, layers: list[Layer]) -> Optimizer:
    if optimizer is None or isinstance(optimizer, Optimizer):
        return optimizer or Optimizer()
    name = type(optimizer).__name__
    if name not in ("SGD", "Adam", "AdamW", "Adagrad", "RMSprop"):
        raise NotRead("optimizer", name)
    groups = optimizer.param_groups
    first = groups[0]
    for group in groups:
        _settled(optimizer, group)
        if any(group[key] != first[key] for key in group if key not in ("params", "weight_decay")):
            raise NotRead("groups", name)
    kept = [optimizer.state.get(one) for group in groups for one in group["params"]]
    if any(state and (name != "Adagrad" or state["step"] > 0) for state in kept):
        raise NotRead("state", name)
    decay = _decay(name, groups)
    rate = float(first["lr"])
    match name:
        case "SGD" if first["momentum"] == 0:
            return Optimizer("sgd", rate)
        case "SGD":
            kind = "nesterov" if first["nesterov"] else "momentum"
            return Optimizer(kind, rate, float(first["momentum"]), form="velocity" if first["nesterov"] else "torch")
        case "Adagrad":
            return Optimizer("adagrad", rate, epsilon=float(first["eps"]))
        case "RMSprop":
            return Optimizer("rmsprop", rate, rho=float(first["alpha"]), epsilon=float(first["eps"]))
    beta1, beta2 = map(float, first["betas"])
    return Optimizer("adam", rate, beta1=beta1, beta2=beta2, epsilon=float(first["eps"]), decay=decay)


def _decay(name: str, groups: Any) -> float:
    """The decoupled decay of all weights, of which biases have none; NotRead for any other."""
    decays = {
        (float(group.get("weight_decay", 0)), np.ndim(one) == 1 if not hasattr(one, "dim") else one.dim() == 1)
        for group in groups
        for one in group["params"]
    }
    weights = {rate for rate, is_bias in decays if not is_bias}
    biases = {rate for rate, is_bias in decays if is_bias}
    if len(weights) > 1 or biases - {0.0} or (weights - {0.0} and name != "AdamW"):
        raise NotRead("weight_decay", name)
    return weights.pop() if weights else 0.0


# --- scikit-learn ------------------------------------------------------------------------------------


def _of_sklearn(model: Any, inputs: Array, targets: Any, optimizer: Any) -> Problem:
    error, last = {
        "identity": ("half-squared", "identity"), "logistic": ("bce", "sigmoid"), "softmax": ("softmax-ce", "identity"),
    }.get(model.out_activation_, ("", ""))  # fmt: skip
    hidden = {"logistic": "sigmoid"}.get(model.activation, model.activation)
    if not error or hidden not in ACTIVATIONS or getattr(model, "loss", "squared_error") == "poisson":
        raise NotRead("module", f"{_name(model)}({model.activation}, {model.out_activation_})")
    count = len(model.coefs_)
    layers = tuple(
        Layer(hidden if number < count else last, _array(weights, 2).T, _array(bias, 1))
        for number, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), 1)
    )
    classes = getattr(model, "classes_", None)
    wanted = _rows(_array(targets)) if classes is None else _labels(np.asarray(targets), classes, layers[-1].units)
    return _fitting(
        Problem(
            Network(layers),
            Samples(inputs, wanted),
            optimizer if isinstance(optimizer, Optimizer) else _sklearn_optimizer(model),
            error,
            "full",
            # Its gradients follow the sum over outputs, also where the loss that a regressor reports is their mean.
            over_outputs="sum" if error == "bce" else "",
            l2=float(model.alpha) / len(inputs),
        )
    )


def _labels(targets: Any, classes: Any, units: int) -> Array:
    """Labels as outputs: one of two classes as 0 or 1, one of several in a row of its own, several as they are."""
    if targets.ndim == 2 and targets.shape[1] > 1:
        return _array(targets)
    place = {label: number for number, label in enumerate(classes.tolist())}
    try:
        numbers = np.array([place[label] for label in targets.ravel().tolist()], dtype=np.float64)
    except KeyError as error:
        raise NotRead("classes", str(error.args[0])) from None
    return numbers[:, None] if units == 1 else _one_hot(numbers, units)


def _sklearn_optimizer(model: Any) -> Optimizer:
    rate = float(model.learning_rate_init)
    if model.solver == "adam":
        # Kingma and Ba 2015, end of section 2, is what scikit-learn computes.
        return Optimizer(
            "adam", rate, beta1=float(model.beta_1), beta2=float(model.beta_2), epsilon=float(model.epsilon),
            epsilon_at="hat",
        )  # fmt: skip
    if model.solver != "sgd" or model.learning_rate != "constant":
        raise NotRead("optimizer", f"{model.solver}, {model.learning_rate}")
    if model.momentum == 0:
        return Optimizer("sgd", rate)
    return Optimizer("nesterov" if model.nesterovs_momentum else "momentum", rate, float(model.momentum))


def _fitting(problem: Problem) -> Problem:
    """The problem, whose samples fit its network and its error."""
    sizes, samples = problem.network.sizes, problem.samples
    found = (samples.inputs.shape[1], samples.targets.shape[1])
    if found != (sizes[0], sizes[-1]):
        raise NotRead("shape", f"{found[0]}, {found[1]} ≠ {sizes[0]}, {sizes[-1]}")
    unfit = LOSSES[problem.error].unfit
    if unfit is not None and unfit(samples.targets).any():
        raise NotRead("targets", problem.error)
    return problem
