"""All rules of one iteration as one frozen value: what is right, and therefore what a mistake changes.

Plan, compiled list and record read the rulebook and nothing else, so a rule that is changed here is changed in the
order of the steps, in their formulas, in the fast loop and on the screen at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nntutor.core.notation.formula import Div, Expr, Mul, Name, Num, Sum, bind, keys
from nntutor.core.rules.activations import activation
from nntutor.core.rules.contractions import Contraction
from nntutor.core.rules.losses import LOSSES, Loss
from nntutor.core.rules.optimizers import Rule, rule
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.softmax import Softmax
from nntutor.core.rules.sums import BackpropagatedSum, ErrorSum, GradientSum, NetSum
from nntutor.core.rules.surfaces import Height, Incline, surface

# The chain rule at one unit: ∂E/∂net = ∂E/∂out·∂out/∂net (Rumelhart, Hinton and Williams 1986, eq. 5).
CHAIN = Mul(Name("out_grad"), Name("slope"))


@dataclass(frozen=True)
class LayerRules:
    """The rules of one layer, in the order of an iteration.

    out, slope: trees over a unit. out_grad: ∂E/∂out as such a tree, or as a sum over the layer above; it and slope are
    None where δ is one factor. kink: the slope jumps at net 0. update, bias_update: what the optimizer makes of a
    weight, of a bias.
    """

    net: NetSum
    out: Expr
    out_grad: Expr | Contraction | None
    slope: Expr | None
    delta: Expr | Contraction
    gradient: GradientSum | Incline
    bias_gradient: GradientSum
    update: Rule
    bias_update: Rule
    kink: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """The numbers that go back through a unit, in order."""
        return ("delta",) if self.out_grad is None else ("out_grad", "slope", "delta")


@dataclass(frozen=True)
class Rulebook:
    """layers: from the first. probability, unit_error, textbook, total: of the error, in the order of its steps; total
    is None where there is no E.

    input_gradient: ∂E/∂x, where it is asked for. update_first: each layer is updated before the layer below gets its
    deltas. count: what is added to the iteration
    in the powers of β.
    """

    layers: tuple[LayerRules, ...]
    unit_error: Expr
    textbook: Expr | None
    probability: Softmax | None
    total: ErrorSum | Height | None
    input_gradient: BackpropagatedSum | None = None
    update_first: bool = False
    count: int = 0

    @property
    def states(self) -> tuple[str, ...]:
        """The optimizer's state by name, kept from one iteration to the next."""
        return tuple(name for name, _ in self.layers[-1].update.states)

    @property
    def made(self) -> tuple[str, ...]:
        """What the update makes for one weight, in order; where layers differ, what any of them makes."""
        return tuple(dict.fromkeys(name for rules in self.layers for name, _ in rules.update.made))

    @property
    def forward(self) -> tuple[object, ...]:
        """The rules up to E."""
        return (*((rules.net, rules.out) for rules in self.layers), self.probability, self.unit_error, self.total)

    @property
    def counts(self) -> bool:
        """Whether the update reads the powers of β, which follow from the iteration."""
        return any(key.endswith("k") for rules in self.layers for _, tree in rules.update.made for key in keys(tree))

    @property
    def reads_gradients(self) -> bool:
        """Whether the way back goes through gradients, so that they must be whole before the next layer."""
        backs = (rules.out_grad for rules in self.layers)
        return any(
            "grad" in keys(back.weight)
            for back in backs
            if isinstance(back, BackpropagatedSum) and back.weight is not None
        )


def right(shape: Shape) -> Rulebook:
    """The rules as they should be, for a network or a surface of this shape."""
    if shape.surface:
        return _on_surface(shape)
    if shape.given:
        return _on_given(shape)
    loss = LOSSES[shape.error]
    outputs = shape.outputs if shape.over_outputs == "mean" else 1
    samples = shape.samples if shape.over_samples == "mean" else 1
    return Rulebook(
        tuple(_layer(shape, number, loss, outputs, samples) for number in range(1, shape.last + 1)),
        loss.unit_error,
        loss.textbook,
        Softmax() if shape.error == "softmax-ce" else None,
        ErrorSum(outputs * samples, shape.penalty),
        BackpropagatedSum() if shape.input_gradient else None,
    )


def _layer(shape: Shape, number: int, loss: Loss, outputs: int, samples: int) -> LayerRules:
    layer = shape.layers[number - 1]
    trees = activation(layer.activation, layer.slope)
    biased = replace(shape.optimizer, decays=False)
    rules = LayerRules(
        NetSum(),
        trees.out,
        BackpropagatedSum(),
        trees.slope,
        CHAIN,
        GradientSum(samples, penalty=shape.penalty),
        GradientSum(samples),
        rule(shape.optimizer),
        rule(biased),
        trees.kink,
    )
    if number < shape.last:
        return rules
    if loss.out_grad is None:
        assert loss.delta is not None
        return replace(rules, out_grad=None, slope=None, delta=over(loss.delta, outputs))
    return replace(rules, out_grad=over(loss.out_grad, outputs))


def over(tree: Expr, count: int) -> Expr:
    """The tree divided by a count, where that changes anything."""
    return tree if count == 1 else Div(tree, Num(float(count)))


def _on_given(shape: Shape) -> Rulebook:
    layer = _layer(shape, 1, LOSSES["half-squared"], 1, 1)
    layer = replace(layer, update=_penalized(layer.update, layer.gradient.added))
    return Rulebook((layer,), Name("unit_error"), None, None, None)


def _penalized(rule: Rule, added: tuple[Expr, ...]) -> Rule:
    """An optimizer whose formulas have, wherever they have the gradient, what a penalty adds to it as well."""

    def whole(key: str) -> Expr:
        return Sum((Name(key), *added)) if key == "grad" and added else Name(key)

    def each(made: tuple[tuple[str, Expr], ...]) -> tuple[tuple[str, Expr], ...]:
        return tuple((name, bind(tree, whole)) for name, tree in made)

    change = None if rule.change is None else bind(rule.change, whole)
    return replace(
        rule, states=each(rule.states), corrected=each(rule.corrected), change=change, update=bind(rule.update, whole)
    )


def _on_surface(shape: Shape) -> Rulebook:
    found = surface(shape.surface)
    layer = replace(_layer(shape, 1, LOSSES["half-squared"], 1, 1), gradient=Incline(found))
    return Rulebook((layer,), Name("unit_error"), None, None, Height(found))
