"""Layers, networks, samples: the frozen values that an iteration starts from.

Arrays are read-only float64 in C order, checked once at birth, so nobody has to check them again.
Here are also the initial weights, because they are part of what a problem *is*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nntutor.core import expected
from nntutor.core.arrays import Array, Frozen, frozen
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


@dataclass(frozen=True, eq=False)
class Layer(Frozen):
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
        expected.one_of("activation", self.activation, tuple(ACTIVATIONS))
        expected.one_of("initial", self.initial, (None, *INITIALS))
        for name in ("learn", "learn_bias"):
            object.__setattr__(self, name, expected.flag(name, getattr(self, name)))
        object.__setattr__(self, "slope", expected.number("slope", self.slope))
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
    """Layers whose sizes chain. ValueError where they do not, TypeError for what are no layers."""

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        expected.a((Sequence, Iterator), "layers", self.layers, "a list of Layers")
        object.__setattr__(self, "layers", tuple(self.layers))
        for number, layer in enumerate(self.layers, 1):
            expected.a(Layer, f"layer {number}", layer, "a Layer")
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
class Samples(Frozen):
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
class Given(Frozen):
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
    network does not fit the samples or the error, TypeError for what is no network, samples or optimizer; targets are
    not looked through.
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
        expected.a(Network, "network", self.network, "a Network")
        expected.a(Samples, "samples", self.samples, "Samples")
        expected.a(Optimizer, "optimizer", self.optimizer, "an Optimizer")
        expected.one_of("error", self.error, tuple(LOSSES))
        loss = LOSSES[self.error]
        expected.one_of("over_outputs", self.over_outputs, ("", *REDUCTIONS) if loss.averaged else ("", "sum"))
        expected.one_of("over_samples", self.over_samples, REDUCTIONS)
        for name, value in self._plain():
            object.__setattr__(self, name, value)
        if not self.passes:
            self._stands_alone()
            return
        last = (loss.last,) if loss.last else tuple(ACTIVATIONS)
        expected.one_of("the last activation", self.network.layers[-1].activation, last)
        inputs, targets = self.samples.inputs.shape[1], self.samples.targets.shape[1]
        if not len(self.samples) or (inputs, targets) != (self.network.sizes[0], self.network.sizes[-1]):
            found = f"{len(self.samples)} samples of {inputs} inputs and {targets} targets"
            raise ValueError(f"{found} for a network {self.network.sizes}")

    def _plain(self) -> Iterator[tuple[str, object]]:
        """Numbers, flags and texts as a file can hold them, by their names."""
        if not isinstance(self.batch, str) or self.batch not in ("online", "full"):
            yield "batch", expected.whole("batch", self.batch, 1, "'online', 'full' or ")
        yield "seed", expected.whole("seed", self.seed, 0)
        for rate in PENALTIES.values():
            yield rate, expected.number(rate, getattr(self, rate), (0.0).__le__, "from 0")
        for name in ("shuffle", "input_gradient"):
            yield name, expected.flag(name, getattr(self, name))
        for name in ("title", "source", "surface"):
            yield name, expected.text(name, getattr(self, name))

    def _stands_alone(self) -> None:
        """ValueError where a surface, or given gradients, do not go with the network that stands for their weights."""
        sizes = self.network.sizes
        if self.given is not None:
            expected.a(Given, "given", self.given, "gradients as a problem file gives them, or None")
            shape, weights = self.given.gradients.shape, sizes[0]
        else:
            from nntutor.core.rules.surfaces import SURFACES, surface  # few problems have one

            expected.one_of("surface", self.surface, ("", *SURFACES))
            shape, weights = (), len(surface(self.surface).start)
        if sizes != (weights, 1) or shape[1:] not in ((), (weights,)):
            raise ValueError(f"a network {sizes} does not stand for the weights of a surface or of given gradients")

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

    def samples_in(self, iterations: int) -> int:
        """How many samples so many iterations have learned from, repeated ones too; one each where there are none."""
        if not len(self.samples):
            return iterations
        epochs, rest = divmod(iterations, self.epoch_iterations)
        return epochs * len(self.samples) + rest * self.batch_size

    def iterations_in(self, samples: int) -> int:
        """How many whole iterations so many samples are enough for."""
        if not len(self.samples):
            return samples
        epochs, rest = divmod(samples, len(self.samples))
        return epochs * self.epoch_iterations + rest // self.batch_size

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
