"""A problem out of PyTorch's layers in a row, one of its losses and one of its optimizers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import NotRead
from nntutor.core.problems.network import Layer, Network, Problem
from nntutor.core.problems.others import array_of, one_hot, optimizer_of, rows, samples_of
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import Optimizer

_OWN = ("torch.nn.modules.", "torch.optim.")
"""Where PyTorch's own classes are: what somebody else calls Linear or Sequential may do anything."""
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_ACTIVATIONS = {
    "Sigmoid": "sigmoid", "Tanh": "tanh", "ReLU": "relu", "LeakyReLU": "leaky-relu", "Identity": "identity",
    "Softplus": "softplus", "ELU": "elu", "SiLU": "silu", "GELU": "gelu", "LogSoftmax": "log-softmax",
}  # fmt: skip
_EXPECTED: dict[str, dict[str, object]] = {
    "Softplus": {"beta": 1, "threshold": 20},
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


def of_torch(module: Any, inputs: Array, targets: Any, loss: Any, optimizer: Any) -> Problem:
    """As `models.problem_of` says. inputs: (samples, inputs)."""
    learning = _learning(optimizer)
    layers, last = _torch_layers(module, learning)
    error, kind = _error(loss, last)
    layers[-1] = replace(layers[-1], activation=LOSSES[error].last or last)
    reduction = getattr(loss, "reduction", "mean")
    if reduction not in ("mean", "sum"):
        raise NotRead("setting", f"{kind}(reduction={_short(reduction)})")
    units = layers[-1].units
    classes = kind in ("CrossEntropyLoss", "NLLLoss") and np.ndim(targets) == 1
    wanted = one_hot(array_of(targets), units) if classes else rows(array_of(targets))
    over_outputs = "sum" if reduction == "sum" and error in ("mse", "bce") else ""
    network = Network(tuple(layers))
    return Problem(
        network,
        samples_of(inputs, wanted, network, error),
        _torch_optimizer(optimizer, layers),
        error,
        "full",
        over_outputs=over_outputs,
        over_samples=reduction,
    )


def _learning(optimizer: Any) -> frozenset[int] | None:
    """What an optimizer of PyTorch moves, by identity; None: whatever can learn."""
    if not hasattr(optimizer, "param_groups"):
        return None
    return frozenset(id(one) for group in optimizer.param_groups for one in group["params"])


def _name(value: Any) -> str:
    """The name of a class of PyTorch; of any other, whatever it is called, with its module, which is in no table."""
    kind = type(value)
    return kind.__name__ if kind.__module__.startswith(_OWN) else f"{kind.__module__}.{kind.__qualname__}"


def _leaves(module: Any) -> Iterator[Any]:
    """The layers in a row, each as often as it stands there. Raises NotRead where something else may be done."""
    if any(getattr(module, hooks, None) for hooks in _HOOKS):
        raise NotRead("hook", _name(module))
    if _name(module) == "Sequential":
        for part in module:  # `children` leaves out what has been there before
            yield from _leaves(part)
    elif list(module.children()):
        raise NotRead("forward", _name(module))  # what its forward does with its parts cannot be seen
    else:
        yield module


def _torch_layers(module: Any, learning: frozenset[int] | None) -> tuple[list[Layer], str]:
    """The layers, and the activation after the last one."""
    layers: list[Layer] = []
    activation, moved = "", set[int]()
    for leaf in _leaves(module):
        name = _name(leaf)
        if name == "Flatten" or (name == "Dropout" and (leaf.p == 0 or not leaf.training)):
            continue
        if name == "Linear":
            if activation == "log-softmax":
                raise NotRead("layer", "LogSoftmax")
            own = {id(leaf.weight), id(leaf.bias)} - {id(None)}
            if own & moved:
                raise NotRead("shared", name)
            moved |= own
            layers.append(_linear(leaf, learning))
            activation = "identity"
            continue
        found = _ACTIVATIONS.get(name, "")
        if not layers or activation not in ("identity",) or not (found in ACTIVATIONS or found == "log-softmax"):
            raise NotRead("layer", name)
        _settled(leaf, vars(leaf))
        activation = found
        slope = float(getattr(leaf, "negative_slope", layers[-1].slope))
        layers[-1] = replace(layers[-1], activation=found if found != "log-softmax" else "identity", slope=slope)
    if not layers:
        raise NotRead("layer", _name(module))
    return layers, activation


def _linear(leaf: Any, learning: frozenset[int] | None) -> Layer:
    def learns(parameter: Any) -> bool:
        return bool(parameter.requires_grad) and (learning is None or id(parameter) in learning)

    weights, bias = leaf.weight, leaf.bias
    if bias is not None and learns(bias) and not learns(weights):
        raise NotRead("bias_alone", "Linear")
    return Layer(
        "identity",
        array_of(weights, 2),
        None if bias is None else array_of(bias, 1),
        learns(weights),
        bias is None or learns(bias),
    )


def _error(loss: Any, last: str) -> tuple[str, str]:
    """The error, and the name of the loss that it is."""
    if isinstance(loss, str):
        if loss not in LOSSES or last != (LOSSES[loss].last or last):
            raise NotRead("loss", loss)
        if last == "log-softmax":
            raise NotRead("last", f"{loss}, {last}")
        return loss, loss
    name = _name(loss)
    if name not in _LOSSES:
        raise NotRead("loss", name)
    error, needed = _LOSSES[name]
    fits = last != "log-softmax" if name == "MSELoss" else last == needed
    if not fits:
        raise NotRead("last", f"{name}, {last}")
    _settled(loss, vars(loss) | {key: getattr(loss, key, None) for key in ("weight", "pos_weight")})
    return error, name


def _torch_optimizer(optimizer: Any, layers: list[Layer]) -> Optimizer:
    if optimizer is None or isinstance(optimizer, Optimizer):
        return optimizer or Optimizer()
    name = _name(optimizer)
    if name not in ("SGD", "Adam", "AdamW", "Adagrad", "RMSprop"):
        raise NotRead("optimizer", name)
    groups = optimizer.param_groups
    first = groups[0]
    for group in groups:
        _settled(optimizer, group)
        if "initial_lr" in group:  # a schedule changes it
            raise NotRead("optimizer", f"{name}, initial_lr")
        if any(group[key] != first[key] for key in group if key not in ("params", "weight_decay")):
            raise NotRead("groups", name)
    kept = [optimizer.state.get(one) for group in groups for one in group["params"]]
    if any(state and (name != "Adagrad" or state["step"] > 0) for state in kept):
        raise NotRead("state", name)
    decay = _decay(name, groups)
    rate = float(first["lr"])
    match name:
        case "SGD" if first["momentum"] == 0:
            return optimizer_of("sgd", rate)
        case "SGD":
            kind = "nesterov" if first["nesterov"] else "momentum"
            return optimizer_of(
                kind, rate, momentum=float(first["momentum"]), form="velocity" if first["nesterov"] else "torch"
            )
        case "Adagrad":
            return optimizer_of("adagrad", rate, epsilon=float(first["eps"]))
        case "RMSprop":
            return optimizer_of("rmsprop", rate, rho=float(first["alpha"]), epsilon=float(first["eps"]))
    beta1, beta2 = map(float, first["betas"])
    return optimizer_of("adam", rate, beta1=beta1, beta2=beta2, epsilon=float(first["eps"]), decay=decay)


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


def _settled(value: Any, given: Any) -> None:
    """NotRead where a layer, a loss or an optimizer has a setting that nntutor has not. given: key -> value."""
    for key, expected in _EXPECTED.get(_name(value), {}).items():
        found = given.get(key, expected)
        if found is not expected and (hasattr(found, "shape") or found != expected):
            what = "gelu" if key == "approximate" else "setting"
            raise NotRead(what, f"{_name(value)}({key}={_short(found)})")


def _short(value: object) -> str:
    return repr(value) if isinstance(value, bool | int | float | str) else "…"
