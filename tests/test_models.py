"""Networks of other libraries as problems: of PyTorch by classes of the same names, which have what is asked of them.

Where PyTorch itself is installed, its own gradients and steps are compared as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import nntutor
from nntutor.core.rules.optimizers import Optimizer

INPUTS = np.array([[0.5, -1.0], [0.25, 2.0], [1.0, 0.0]])
TARGETS = np.array([[0.0], [1.0], [0.5]])


class Parameter:
    def __init__(self, values: Any, requires_grad: bool = True) -> None:
        self.values, self.requires_grad = np.array(values, dtype=np.float32), requires_grad

    def detach(self) -> Parameter:
        return self

    cpu = detach

    def numpy(self) -> np.ndarray:
        return self.values

    def dim(self) -> int:
        return self.values.ndim


class Module:
    """Of PyTorch as far as it is asked: settings as attributes, children in their order."""

    def __init__(self, *children: Module, **settings: Any) -> None:
        self._children = children
        vars(self).update(settings)

    def children(self) -> tuple[Module, ...]:
        """Each once, as PyTorch has them."""
        return tuple(dict.fromkeys(self._children))

    def __iter__(self) -> Iterator[Module]:
        return iter(self._children)

    def named_modules(self) -> list[Module]:
        return list(self._children)


def named(name: str, *children: Module, **settings: Any) -> Any:
    return type(name, (Module,), {"__module__": "torch.nn.modules.fake"})(*children, **settings)


def own(name: str, *children: Module, **settings: Any) -> Any:
    """Of a class that somebody has written, whatever it is called."""
    return type(name, (Module,), {})(*children, **settings)


def linear(units: int, inputs: int, learn: bool = True, bias_learns: bool = True) -> Any:
    random = np.random.default_rng(units + inputs)
    weights, bias = Parameter(random.random((units, inputs)), learn), Parameter(random.random(units), bias_learns)
    return named("Linear", weight=weights, bias=bias)


def net(*last: Any, hidden: str = "Tanh", **settings: Any) -> Any:
    inner = named("Sequential", linear(3, 2), named(hidden, **settings))
    return named("Sequential", inner, linear(1, 3), *last)


def loss(name: str = "MSELoss", **settings: Any) -> Any:
    return named(name, **{"reduction": "mean", **settings})


def optimizer(name: str, *groups: dict[str, Any], state: Any = None) -> Any:
    return named(name, param_groups=list(groups), state=state or {})


def group(*parameters: Any, **settings: Any) -> dict[str, Any]:
    return {"params": list(parameters), "lr": 0.1, "weight_decay": 0, "maximize": False, **settings}


SGD = {"momentum": 0, "dampening": 0, "nesterov": False}


def test_a_sequence_of_layers_is_a_problem_with_every_weight_in_full() -> None:
    module = net(named("Sigmoid"), hidden="LeakyReLU", negative_slope=0.2)
    problem = nntutor.problem_of(module, INPUTS, TARGETS, loss())
    first, last = problem.network.layers
    assert problem.network.sizes == (2, 3, 1) and problem.batch == "full" and problem.error == "mse"
    assert (first.activation, first.slope, last.activation) == ("leaky-relu", 0.2, "sigmoid")
    assert first.weights.tolist() == module.children()[0].children()[0].weight.values.astype(float).tolist()
    assert len(nntutor.check(problem)) == 13


@pytest.mark.parametrize(
    ("given", "last", "error", "activation"),
    [
        (loss("BCELoss"), [named("Sigmoid")], "bce", "sigmoid"),
        (loss("BCEWithLogitsLoss"), [], "bce", "sigmoid"),
        ("half-squared", [], "half-squared", "identity"),
        (loss("MSELoss", reduction="sum"), [], "mse", "identity"),
    ],
)
def test_a_loss_is_an_error_and_what_it_asks_of_the_last_layer(
    given: Any, last: list[Any], error: str, activation: str
) -> None:
    problem = nntutor.problem_of(net(*last), INPUTS, TARGETS.ravel(), given)
    assert (problem.error, problem.network.layers[-1].activation) == (error, activation)
    assert problem.over_samples == getattr(given, "reduction", "mean")


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
def test_classes_become_targets_of_one_and_zero(name: str) -> None:
    last = [named("LogSoftmax")] if name == "NLLLoss" else []
    module = named("Sequential", linear(3, 2), *last)
    problem = nntutor.problem_of(module, INPUTS, np.array([2, 0, 1]), loss(name))
    assert problem.error == "softmax-ce" and problem.samples.targets.tolist() == np.eye(3)[[2, 0, 1]].tolist()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (optimizer("SGD", group(**SGD)), Optimizer("sgd", 0.1)),
        (optimizer("SGD", group(**SGD | {"momentum": 0.8})), Optimizer("momentum", 0.1, 0.8, form="torch")),
        (optimizer("SGD", group(**SGD | {"momentum": 0.8, "nesterov": True})), Optimizer("nesterov", 0.1, 0.8)),
        (optimizer("RMSprop", group(alpha=0.9, eps=1e-6)), Optimizer("rmsprop", 0.1, rho=0.9, epsilon=1e-6)),
        (optimizer("Adagrad", group(eps=1e-9)), Optimizer("adagrad", 0.1, epsilon=1e-9)),
        (optimizer("Adam", group(betas=(0.8, 0.9), eps=1e-7)), Optimizer("adam", 0.1, 0.9, 0.8, 0.9, epsilon=1e-7)),
        (
            optimizer("AdamW", *(group(Parameter(one), betas=(0.9, 0.999), eps=1e-8, weight_decay=rate)
                                 for one, rate in (([[1.0]], 0.2), ([1.0], 0.0)))),
            Optimizer("adam", 0.1, decay=0.2),
        ),
    ],
)  # fmt: skip
def test_an_optimizer_has_its_rates_and_its_form(given: Any, expected: Optimizer) -> None:
    assert nntutor.problem_of(net(), INPUTS, TARGETS, loss(), given).optimizer == expected


def test_what_the_optimizer_does_not_move_is_held() -> None:
    module = named("Sequential", linear(3, 2), named("Tanh"), linear(1, 3))
    first, _, last = module.children()
    given = optimizer("SGD", group(last.weight, **SGD))
    held, moved = nntutor.problem_of(module, INPUTS, TARGETS, loss(), given).network.layers
    assert (held.learn, moved.learn, moved.learn_bias) == (False, True, False)
    frozen = named("Sequential", linear(3, 2, learn=False, bias_learns=False), named("Tanh"), linear(1, 3))
    assert not nntutor.problem_of(frozen, INPUTS, TARGETS, loss()).network.layers[0].learn
    assert first.weight.requires_grad


def test_the_last_layer_keeps_its_slope() -> None:
    problem = nntutor.problem_of(net(named("LeakyReLU", negative_slope=0.2)), INPUTS, TARGETS, loss())
    assert (problem.network.layers[-1].activation, problem.network.layers[-1].slope) == ("leaky-relu", 0.2)


def test_an_activation_may_stand_after_several_layers() -> None:
    shared = named("Tanh")
    module = named("Sequential", linear(3, 2), shared, linear(1, 3), shared)
    layers = nntutor.problem_of(module, INPUTS, TARGETS, loss()).network.layers
    assert [layer.activation for layer in layers] == ["tanh", "tanh"]


SQUARE = linear(2, 2)
TIED = linear(2, 2)
TIED.weight = SQUARE.weight


REFUSED: list[tuple[Any, ...]] = [
    (named("Sequential", SQUARE, named("Tanh"), SQUARE), INPUTS, INPUTS, loss()),
    (named("Sequential", SQUARE, named("Tanh"), TIED), INPUTS, INPUTS, loss()),
    (named("Sequential", own("Residual", linear(2, 2)), linear(1, 2)), INPUTS, TARGETS, loss()),
    (named("Sequential", own("Sequential", linear(2, 2)), linear(1, 2)), INPUTS, TARGETS, loss()),
    (own("Sequential", linear(1, 2)), INPUTS, TARGETS, loss()),
    (named("Sequential", own("Linear", weight=SQUARE.weight, bias=None)), INPUTS, INPUTS, loss()),
    (net(own("Tanh")), INPUTS, TARGETS, loss()),
    (net(), INPUTS, TARGETS, own("MSELoss", reduction="mean")),
    (net(), INPUTS, TARGETS, loss(), own("SGD", param_groups=[group(**SGD)], state={})),
    (net(), INPUTS, TARGETS, loss(), optimizer("SGD", group(**SGD, initial_lr=0.1))),  # a schedule moves it
    (net(named("Tanh", _forward_hooks={0: print})), INPUTS, TARGETS, loss()),
    (named("Sequential", linear(1, 2), _forward_pre_hooks={0: print}), INPUTS, TARGETS, loss()),
    (net(), INPUTS, TARGETS, loss(), optimizer("SGD", group(**SGD | {"momentum": 1.0}))),
    (net(), INPUTS, TARGETS, loss(), optimizer("Adam", group(betas=(0.9, 0.999), eps=0.0))),
    (net(hidden="Softplus", beta=1, threshold=1), INPUTS, TARGETS, loss()),
    (net(), INPUTS + 1j, TARGETS, loss()),
    (net(), np.ma.masked_array(INPUTS, INPUTS < 0), TARGETS, loss()),
    (net(), INPUTS.astype("M8[s]"), TARGETS, loss()),
    (net(), [[10**400, 1], [0, 0], [0, 0]], TARGETS, loss()),
    (object(), INPUTS, TARGETS, loss()),
    (named("Net", linear(1, 2)), INPUTS, TARGETS, loss()),  # what its forward does is not known
    (net(hidden="Hardtanh"), INPUTS, TARGETS, loss()),
    (net(named("Tanh"), named("Tanh")), INPUTS, TARGETS, loss()),
    (net(named("Dropout", p=0.5, training=True)), INPUTS, TARGETS, loss()),
    (net(hidden="GELU", approximate="none"), INPUTS, TARGETS, loss()),
    (named("Sequential", named("Tanh")), INPUTS, TARGETS, loss()),
    (named("Sequential"), INPUTS, TARGETS, loss()),
    (named("Sequential", linear(1, 2, learn=False)), INPUTS, TARGETS, loss()),
    (net(), INPUTS, TARGETS, None),
    (net(), INPUTS, TARGETS, loss("L1Loss")),
    (net(), INPUTS, TARGETS, "bce"),
    (net(), INPUTS, TARGETS, loss("BCELoss")),
    (net(), INPUTS, TARGETS, loss(reduction="none")),
    (net(), INPUTS, TARGETS, loss("BCEWithLogitsLoss", pos_weight=np.ones(1))),
    (net(), INPUTS, TARGETS * 2, loss("BCEWithLogitsLoss")),
    (net(), INPUTS, TARGETS, loss(), optimizer("LBFGS", group())),
    (net(), INPUTS, TARGETS, loss(), optimizer("SGD", group(**SGD | {"dampening": 0.5}))),
    (net(), INPUTS, TARGETS, loss(), optimizer("SGD", group(**SGD), group(**SGD | {"lr": 0.3}))),
    (net(), INPUTS, TARGETS, loss(), optimizer("SGD", group(Parameter([[1.0]]), **SGD | {"weight_decay": 0.1}))),
    (net(), INPUTS, TARGETS, loss(), optimizer("SGD", group("w", **SGD), state={"w": {"momentum_buffer": 1}})),
    (net(), INPUTS[:, :1], TARGETS, loss()),
    (net(), INPUTS, np.ones((3, 2)), loss()),
    (net(), INPUTS[:2], np.ones((2, 1)) * np.nan, loss()),
    (net(), "words", TARGETS, loss()),
    (net(), INPUTS[:2], TARGETS, loss()),
    (net(), INPUTS, TARGETS[:, :, None], loss()),
    (net(), INPUTS, 1.0, loss()),
    (net(), [], TARGETS, loss()),
    (named("Sequential", linear(3, 2)), INPUTS, np.array([0, 1, 3]), loss("CrossEntropyLoss")),
    (named("Sequential", linear(3, 2)), INPUTS, np.array([0, 1, 0.5]), loss("CrossEntropyLoss")),
    (named("Sequential", linear(3, 2), named("LogSoftmax")), INPUTS, np.eye(3), "half-squared"),
    (named("Sequential", linear(3, 2), linear(1, 4)), INPUTS, TARGETS, loss()),
    (net(hidden="LeakyReLU", negative_slope=np.nan), INPUTS, TARGETS, loss()),
]  # fmt: skip


@pytest.mark.parametrize("given", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_stepped_through_is_refused_in_a_sentence(given: tuple[Any, ...]) -> None:
    with pytest.raises(nntutor.NntutorError) as caught:
        nntutor.problem_of(*given)
    [sentence] = caught.value.__notes__
    assert sentence.endswith(".") and "{" not in sentence


# --- scikit-learn --------------------------------------------------------------------------------------


def mlp(**settings: Any) -> Any:
    """What a fitted MLP has."""
    usual = SimpleNamespace(
        coefs_=[np.ones((2, 3)), np.full((3, 1), 0.5)], intercepts_=[np.zeros(3), np.ones(1)], activation="logistic",
        out_activation_="identity", solver="sgd", learning_rate="constant", learning_rate_init=0.01, momentum=0.9,
        nesterovs_momentum=True, alpha=0.3, beta_1=0.8, beta_2=0.9, epsilon=1e-7,
    )  # fmt: skip
    return SimpleNamespace(**vars(usual) | settings)


def test_a_regressor_has_its_weights_turned_its_penalty_and_its_optimizer() -> None:
    problem = nntutor.problem_of(mlp(), INPUTS, TARGETS.ravel())
    assert [layer.weights.shape for layer in problem.network.layers] == [(3, 2), (1, 3)]
    assert (problem.error, problem.l2, problem.network.layers[0].activation) == ("half-squared", 0.3 / 3, "sigmoid")
    assert problem.optimizer == Optimizer("nesterov", 0.01, 0.9)


def test_a_classifier_takes_its_own_labels() -> None:
    model = mlp(out_activation_="logistic", classes_=np.array(["no", "yes"]), solver="adam")
    problem = nntutor.problem_of(model, INPUTS, np.array(["yes", "no", "yes"]))
    assert problem.error == "bce" and problem.samples.targets.tolist() == [[1], [0], [1]]
    assert problem.optimizer == Optimizer("adam", 0.01, 0.9, 0.8, 0.9, epsilon=1e-7, epsilon_at="hat")


@pytest.mark.parametrize(
    "given",
    [
        (mlp(solver="lbfgs"), INPUTS, TARGETS),
        (mlp(learning_rate="adaptive"), INPUTS, TARGETS),
        (mlp(momentum=1.0), INPUTS, TARGETS),
        (mlp(), INPUTS, TARGETS, loss()),
        (mlp(), INPUTS, TARGETS, None, optimizer("SGD", group(**SGD))),
        (mlp(alpha=-1.0), INPUTS, TARGETS),
        (mlp(out_activation_="logistic", classes_=np.array([0, 1])), INPUTS, np.array([{}, 0, 1], dtype=object)),
        (mlp(out_activation_="logistic", classes_=np.array(["no", "yes"])), INPUTS, np.array(["yes", "no", "maybe"])),
    ],
)
def test_what_scikit_learn_does_otherwise_is_refused(given: tuple[Any, ...]) -> None:
    with pytest.raises(nntutor.NntutorError):
        nntutor.problem_of(*given)


# --- PyTorch itself ------------------------------------------------------------------------------------


def test_asking_for_problem_of_imports_neither_library() -> None:
    import subprocess
    import sys

    code = "import sys, nntutor; nntutor.problem_of; sys.exit(bool({'torch', 'sklearn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


if find_spec("torch") is not None:

    @pytest.mark.parametrize("name", ["SGD", "Adam", "Adagrad", "RMSprop"])
    def test_its_gradients_and_steps_are_those_of_the_problem(name: str) -> None:
        import torch

        torch.manual_seed(0)
        parts = [torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)]
        module = torch.nn.Sequential(*parts).double()
        inputs, targets = torch.tensor(INPUTS), torch.tensor(TARGETS)
        of, moves = torch.nn.MSELoss(), getattr(torch.optim, name)(module.parameters(), lr=0.01)
        trace = nntutor.trace(nntutor.problem_of(module, inputs, targets, of, moves))
        of(module(inputs), targets).backward()
        np.testing.assert_allclose(parts[0].weight.grad.numpy(), trace.array("grad", 1), rtol=1e-12)
        moves.step()
        np.testing.assert_allclose(parts[0].weight.detach().numpy(), trace.array("new", 1), rtol=1e-12)
