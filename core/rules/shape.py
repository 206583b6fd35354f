"""What the rules of an iteration follow from: shapes and names, and no number that training changes."""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.core.rules.optimizers import Method


@dataclass(frozen=True)
class LayerShape:
    """One layer: units, inputs, activation with its slope below 0, and what of it learns."""

    units: int
    inputs: int
    activation: str
    slope: float
    bias: bool
    learns: bool
    bias_learns: bool

    @property
    def sources(self) -> tuple[int, ...]:
        """The inputs whose weights learn, from 1, and 0 for a bias that learns, in step order."""
        if not self.learns:
            return ()
        return (*range(1, self.inputs + 1), *((0,) if self.bias_learns else ()))


@dataclass(frozen=True)
class Penalty:
    """What is added to E for large weights (biases are left out).

    l1: λ₁·Σ|w| (Tibshirani 1996); l2: λ₂/2·Σw² (Hoerl and Kennard 1970; weight decay in Krogh and Hertz 1991).
    """

    l1: bool = False
    l2: bool = False

    def __bool__(self) -> bool:
        return self.l1 or self.l2


@dataclass(frozen=True)
class Shape:
    """All that the rules and the order of an iteration follow from.

    samples: how many one iteration uses. over_outputs, over_samples: "sum" or "mean". mistake: as `rules.mistakes`
    spells it, empty for none. surface: its name, empty for a network. input_gradient: E is differentiated by the inputs
    as well. given: gradients are given, in place of a network.
    """

    layers: tuple[LayerShape, ...]
    error: str
    optimizer: Method
    samples: int
    mistake: str = ""
    surface: str = ""
    over_outputs: str = "sum"
    over_samples: str = "mean"
    penalty: Penalty = Penalty()
    input_gradient: bool = False
    given: bool = False

    @property
    def passes(self) -> bool:
        """Whether there is a network that samples are passed through."""
        return not (self.surface or self.given)

    @property
    def outputs(self) -> int:
        return self.layers[-1].units

    @property
    def last(self) -> int:
        """The number of the output layer, from 1."""
        return len(self.layers)

    @property
    def first_back(self) -> int:
        """The first layer that something is sent back to; one past the last where nothing is.

        Below the first one that learns nothing is sent, unless the inputs ask for it.
        """
        if self.input_gradient:
            return 1
        learning = (number for number, layer in enumerate(self.layers, 1) if layer.learns)
        return next(learning, len(self.layers) + 1)
