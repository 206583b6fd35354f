"""Layers, networks, samples: the frozen values that an iteration starts from.

Arrays are read-only float64 in C order, checked once at birth, so nobody has to check them again.
Here are also the initial weights, because they are part of what a problem *is*.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite
from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nntutor.core.arrays import Array, frozen
from nntutor.core.errors import expect
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import Optimizer
from nntutor.core.rules.shape import LayerShape, Penalty, Shape

PENALTIES = {"rate_l1": "l1", "rate_l2": "l2"}
"""Rates that are the problem's own and not its optimizer's, by their address; each with its field."""
REDUCTIONS = ("sum", "mean")
INITIALS = ("xavier", "he", "uniform", "zeros")


def draw(initial: str, units: int, inputs: int, seed: int, layer: int) -> Array:
    """Initial weights, shape (units, inputs), of layer `layer` (from 1).

    Uniform on ±L from `default_rng([seed, layer])`, row by row. xavier: L = √(6/(inputs + units))
    (Glorot and Bengio 2010, eq. 16); he: L = √(6/inputs) (He et al. 2015); uniform: L = 1.
    """
    if initial == "zeros":
        return frozen(np.zeros((units, inputs)))
    limit = {"xavier": (6 / (inputs + units)) ** 0.5, "he": (6 / inputs) ** 0.5, "uniform": 1.0}[initial]
    spread = np.random.default_rng([seed, layer]).random((units, inputs))
    return frozen((2 * spread - 1) * limit)


def _at_least(least: int, name: str, value: object, whole: bool = True, other: str = "") -> None:
    """ValueError, with a sentence, for what is no number from `least`. other: what it may be besides."""
    if not isinstance(value, Integral if whole else Real) or isinstance(value, bool) or not least <= float(value) < inf:
        raise ValueError(f"{name} is {value!r}: expected {other}a {'whole ' * whole}number from {least}")


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: weights (units, inputs), bias (units,) or None, and what may be learned.

    ValueError for an activation or an initial that there is not, and for another shape.
    """

    activation: str
    weights: Array
    bias: Array | None
    learn: bool = True
    learn_bias: bool = True
    slope: float = 0.01
    initial: str | None = None

    def __post_init__(self) -> None:
        expect("activation", self.activation, ACTIVATIONS)
        expect("initial", self.initial, (None, *INITIALS))
        if not isinstance(self.slope, Real) or not isfinite(self.slope):
            raise ValueError(f"slope is {self.slope!r}: expected a number")
        object.__setattr__(self, "weights", frozen(self.weights))
        if self.weights.ndim != 2 or not self.weights.size:
            raise ValueError(f"weights must be (units, inputs), at least 1 of each, not {self.weights.shape}")
        if self.bias is not None:
            object.__setattr__(self, "bias", frozen(self.bias))
            if self.bias.shape != (self.units,):
                raise ValueError(f"bias must be ({self.units},), not {self.bias.shape}")

    @property
    def units(self) -> int:
        return int(self.weights.shape[0])

    @property
    def inputs(self) -> int:
        return int(self.weights.shape[1])

    @property
    def bias_learns(self) -> bool:
        """Whether this layer has a bias that training changes."""
        return self.learn and self.learn_bias and self.bias is not None


@dataclass(frozen=True, eq=False)
class Network:
    """Layers whose sizes chain."""

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not self.layers:
            raise ValueError("a network has at least one layer")
        for before, after in zip(self.layers, self.layers[1:], strict=False):
            if before.units != after.inputs:
                raise ValueError(f"a layer of {before.units} units feeds one with {after.inputs} inputs")

    @property
    def sizes(self) -> tuple[int, ...]:
        """(inputs, units of layer 1, …, outputs)."""
        return (self.layers[0].inputs, *(layer.units for layer in self.layers))


@dataclass(frozen=True, eq=False)
class Samples:
    """inputs (samples, inputs) and targets (samples, outputs)."""

    inputs: Array
    targets: Array

    @classmethod
    def of(cls, inputs: ArrayLike, targets: ArrayLike) -> Samples:
        """From anything that NumPy can make an array of."""
        return cls(frozen(inputs), frozen(targets))

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", frozen(self.inputs))
        object.__setattr__(self, "targets", frozen(self.targets))
        if self.inputs.ndim != 2 or self.targets.ndim != 2 or len(self.inputs) != len(self.targets):
            raise ValueError(f"inputs {self.inputs.shape} and targets {self.targets.shape} do not pair up")

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True, eq=False)
class Given:
    """Gradients by hand: (iterations, weights), the last row again and again; state: by the optimizer's own names.

    first_iteration: what k is in iteration 1.
    """

    gradients: Array
    state: tuple[tuple[str, Array], ...] = ()
    first_iteration: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "gradients", frozen(self.gradients))
        object.__setattr__(self, "state", tuple((name, frozen(values)) for name, values in self.state))

    def gradient(self, iteration: int) -> Array:
        """The gradient of iteration `iteration` (from 1), one number a weight."""
        found: Array = self.gradients[min(iteration, len(self.gradients)) - 1]
        return found


@dataclass(frozen=True, eq=False)
class Problem:
    """All that training needs: a network, samples, an error, an optimizer, an order of samples.

    surface: the name of a surface whose height is E. The network is then one linear unit whose weights are the
    point on it, there are no samples, and nothing is passed forward. over_outputs, over_samples: "sum" or "mean", or,
    over_outputs alone, empty for what the error usually is. l1, l2: the rates λ₁, λ₂ of what is added to E for large
    weights. input_gradient: E is differentiated by the inputs as well. given: gradients in place of a network, which
    then is one linear unit as on a surface, without E. ValueError for settings that there are not, and where the
    network does not fit the samples or the error; targets are not looked through.
    """

    network: Network
    samples: Samples
    optimizer: Optimizer
    error: str = "half-squared"
    batch: Literal["online", "full"] | int = "online"
    shuffle: bool = False
    seed: int = 0
    title: str = ""
    source: str = ""
    surface: str = ""
    over_outputs: str = ""
    over_samples: str = "mean"
    l1: float = 0.0
    l2: float = 0.0
    input_gradient: bool = False
    given: Given | None = None

    def __post_init__(self) -> None:
        expect("error", self.error, tuple(LOSSES))
        loss = LOSSES[self.error]
        expect("over_outputs", self.over_outputs, ("", *REDUCTIONS) if loss.averaged else ("", "sum"))
        expect("over_samples", self.over_samples, REDUCTIONS)
        if self.batch not in ("online", "full"):
            _at_least(1, "batch", self.batch, other="'online', 'full' or ")
        _at_least(0, "seed", self.seed)
        for rate in PENALTIES.values():
            _at_least(0, rate, getattr(self, rate), whole=False)
        if not self.passes:
            return
        expect("the last activation", self.network.layers[-1].activation, (loss.last,) if loss.last else ACTIVATIONS)
        inputs, targets = self.samples.inputs.shape[1], self.samples.targets.shape[1]
        if not len(self.samples) or (inputs, targets) != (self.network.sizes[0], self.network.sizes[-1]):
            found = f"{len(self.samples)} samples of {inputs} inputs and {targets} targets"
            raise ValueError(f"{found} for a network {self.network.sizes}")

    @property
    def passes(self) -> bool:
        """Whether there is a network that samples are passed through: neither a surface nor given gradients."""
        return not self.surface and self.given is None

    def shape(self, samples: int, mistake: str = "") -> Shape:
        """What the rules of an iteration over so many samples follow from."""
        layers = tuple(
            LayerShape(
                layer.units, layer.inputs, layer.activation, layer.slope,
                layer.bias is not None, layer.learn, layer.bias_learns,
            )
            for layer in self.network.layers
        )  # fmt: skip
        over_outputs = self.over_outputs or LOSSES[self.error].over_outputs
        penalty = Penalty(self.l1 > 0, self.l2 > 0)
        return Shape(
            layers, self.error, self.optimizer.method, samples, mistake, self.surface, over_outputs,
            self.over_samples, penalty, self.input_gradient,
            self.given is not None,
        )  # fmt: skip

    def rate(self, kind: str, iteration: int) -> float:
        """The value behind a rate's address ("rate_eta", "rate_l2", …) in iteration `iteration`."""
        if kind in PENALTIES:
            return float(getattr(self, PENALTIES[kind]))
        first = 1 if self.given is None else self.given.first_iteration
        return self.optimizer.rate(kind, iteration + first - 1)

    @property
    def batch_size(self) -> int:
        """Samples of a whole batch: 1, all, or the number asked for (at most all)."""
        if self.batch == "online":
            return 1
        return len(self.samples) if self.batch == "full" else min(self.batch, len(self.samples))

    @property
    def epoch_iterations(self) -> int:
        """Iterations in which every sample is used once."""
        return max(1, -(-len(self.samples) // max(1, self.batch_size)))

    def batch_place(self, iteration: int) -> tuple[int, int, int]:
        """The epoch (from 1) of iteration `iteration` (from 1), and the part of its order that is used: from, to.

        An epoch's last batch is what is left.
        """
        epoch, place = divmod(iteration - 1, self.epoch_iterations)
        first = place * self.batch_size
        return epoch + 1, first, min(first + self.batch_size, len(self.samples))

    def batch_length(self, iteration: int) -> int:
        """How many samples iteration `iteration` uses."""
        _, first, last = self.batch_place(iteration)
        return last - first

    def seen_after(self, iterations: int) -> int:
        """How many samples so many iterations have used; where there are none, the iterations themselves."""
        epochs, rest = divmod(iterations, self.epoch_iterations)
        whole = max(1, len(self.samples))
        return epochs * whole + min(rest * max(1, self.batch_size), whole)

    def iterations_within(self, seen: int) -> int:
        """How many whole iterations use no more than so many samples."""
        epochs, rest = divmod(seen, max(1, len(self.samples)))
        return epochs * self.epoch_iterations + rest // max(1, self.batch_size)

    def samples_of(self, iteration: int) -> tuple[int, ...]:
        """Indices, from 0, of the samples of iteration `iteration`: a function of seed and iteration alone."""
        epoch, first, last = self.batch_place(iteration)
        if not self.shuffle:
            return tuple(range(first, last))
        return tuple(int(index) for index in self.epoch_order(epoch)[first:last])

    def epoch_order(self, epoch: int) -> NDArray[np.intp]:
        """The order of the samples in epoch `epoch` (from 1): drawn from (seed, epoch) where shuffled."""
        if not self.shuffle:
            return np.arange(len(self.samples))
        spread = np.random.default_rng([self.seed, epoch]).random(len(self.samples))
        return np.argsort(spread, kind="stable")
