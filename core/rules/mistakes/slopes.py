"""Mistakes at one unit: what goes back through its activation, and the error at the output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nntutor.core.notation.formula import (
    HALF,
    ONE,
    ZERO,
    Div,
    Expr,
    Mul,
    Name,
    Neg,
    Num,
    Sub,
    bind,
    children,
    product,
    rebuild,
)
from nntutor.core.rules.activations import activation
from nntutor.core.rules.mistakes.change import At, Change, Slip, layered, replaced
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.sums import ErrorSum, MatrixProduct

_OUT, _NET, _TARGET, _PROB = Name("out"), Name("net"), Name("target"), Name("prob")
_GAP = Sub(_OUT, _TARGET)


# --- the slope -----------------------------------------------------------------------------------------


def slope(change: Callable[[Expr, At], Expr]) -> Slip:
    """Another slope, where there is one and δ is not one factor."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        return rules if rules.slope is None else replace(rules, slope=change(rules.slope, at))

    return slip


@slope
def target_in_slope(tree: Expr, at: At) -> Expr:
    """o(1 − t) in place of o(1 − o)."""
    return Mul(_OUT, Sub(ONE, _TARGET)) if at.last and at.layer.activation == "sigmoid" else tree


@slope
def no_output_slope(tree: Expr, at: At) -> Expr:
    return ONE if at.last else tree


@slope
def no_hidden_slope(tree: Expr, at: At) -> Expr:
    return tree if at.last else ONE


@slope
def mask_always_one(tree: Expr, at: At) -> Expr:
    return ONE if at.layer.activation in ("relu", "leaky-relu") else tree


@slope
def slope_at_net(tree: Expr, at: At) -> Expr:
    """The form in out, taken of net: net(1 − net), 1 − net²."""
    return replaced(tree, _OUT, _NET)


def slope_twice(rules: LayerRules, at: At) -> LayerRules:
    """The slope at the activated value. A kink at 0 lies on the same side for out as for net: no mistake."""
    if rules.slope is None or rules.kink:
        return rules
    activated = bind(activation(at.layer.activation, at.layer.slope).out, lambda key: _OUT)
    return replace(rules, slope=bind(rules.slope, {"out": activated, "net": _OUT}.__getitem__))


@slope
def slope_times_net(tree: Expr, at: At) -> Expr:
    return tree if tree == ZERO else Mul(tree, _NET)


def slope_of(other: str) -> Slip:
    """The slope of another activation, which has been there before."""

    @slope
    def change(tree: Expr, at: At) -> Expr:
        return tree if at.layer.activation == other else activation(other).slope

    return change


@slope
def mask_of_gradient(tree: Expr, at: At) -> Expr:
    """1 where what came back is above 0, in place of net."""
    return replaced(tree, _NET, Name("out_grad")) if at.layer.activation in ("relu", "leaky-relu") else tree


@slope
def slope_of_gap(tree: Expr, at: At) -> Expr:
    """e(1 − e), 1 − e² with e = o − t."""
    return replaced(tree, _OUT, _GAP) if at.last else tree


@slope
def slope_of_turned_gap(tree: Expr, at: At) -> Expr:
    """e(1 − e) with e = t − o; the form of tanh, 1 − e², knows no sign."""
    return replaced(tree, _OUT, Sub(_TARGET, _OUT)) if at.last and at.layer.activation == "sigmoid" else tree


# --- the error at the output ---------------------------------------------------------------------------


def at_output(change: Callable[[Expr], Expr]) -> Slip:
    """Another beginning of the way back: ∂E/∂o, or δ where it is one factor."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        if not at.last:
            return rules
        if isinstance(rules.out_grad, Expr):
            return replace(rules, out_grad=change(rules.out_grad))
        return replace(rules, delta=change(rules.delta)) if isinstance(rules.delta, Expr) else rules

    return slip


def turned(tree: Expr) -> Expr:
    """The tree with its differences taken the other way round: t − o for o − t."""
    if isinstance(tree, Sub):
        return Sub(tree.b, tree.a)
    return rebuild(tree, tuple(turned(part) for part in children(tree)))


def doubled(tree: Expr) -> Expr:
    return Div(doubled(tree.a), tree.b) if isinstance(tree, Div) else Mul(Num(2.0), tree)


def halved(tree: Expr) -> Expr:
    """Without the 2 of the square, where there is one."""
    if isinstance(tree, Div):
        return Div(halved(tree.a), tree.b)
    return tree.b if isinstance(tree, Mul) and tree.a == Num(2.0) else Mul(HALF, tree)


def over_outputs(mean: bool, back: bool = True, error: bool = True) -> Change:
    """The mean over the outputs for the sum, or the sum for the mean: on the way back, in E or in both."""

    def change(book: Rulebook, shape: Shape, only: int) -> Rulebook:
        usual = mean == (shape.over_outputs == "mean")
        if usual or shape.outputs == 1 or only not in (0, shape.last) or not isinstance(book.total, ErrorSum):
            return book
        if error:
            divisor = book.total.divisor * shape.outputs if mean else book.total.divisor / shape.outputs
            book = replace(book, total=replace(book.total, divisor=divisor))
        slip = at_output(lambda tree: averaged(tree, shape.outputs) if mean else summed(tree, shape.outputs))
        return layered(slip)(book, shape, only) if back else book

    return change


def averaged(tree: Expr, count: int) -> Expr:
    return Div(tree, Num(float(count)))


def summed(tree: Expr, count: int) -> Expr:
    """Without the division by the count, where there is one."""
    return tree.a if isinstance(tree, Div) and tree.b == Num(float(count)) else Mul(Num(float(count)), tree)


def for_gap(by: str) -> Slip:
    """An error in place of o − t."""
    return at_output(lambda tree: replaced(replaced(tree, _GAP, Name(by)), Sub(_PROB, _TARGET), Name(by)))


def total_for_gap(rules: LayerRules, at: At) -> LayerRules:
    """E, where it is another number than E_o."""
    one = at.shape.outputs == at.shape.samples == 1 and not at.shape.penalty
    return rules if one else for_gap("error")(rules, at)


def slope_besides(rules: LayerRules, at: At) -> LayerRules:
    """A further o(1 − o) or p(1 − p), where the error's slope has it in it already."""
    own = {"bce": _OUT, "softmax-ce": _PROB}.get(at.shape.error)
    if own is None:
        return rules
    return at_output(lambda tree: product(tree, own, Sub(ONE, own)))(rules, at)


def softmax_diagonal(rules: LayerRules, at: At) -> LayerRules:
    """Only what a unit's own net does to its p: −t(1 − p)."""
    if at.shape.error != "softmax-ce":
        return rules
    return at_output(lambda tree: Mul(Neg(_TARGET), Sub(ONE, _PROB)))(rules, at)


# --- delta ---------------------------------------------------------------------------------------------


def product_for_elementwise(a: str = "out_grad", b: str = "slope") -> Slip:
    """A matrix product; of one sample both orders are one number."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        units, samples = at.layer.units, at.shape.samples
        fits = units > 1 and (samples == units or (samples == 1 and a == "out_grad"))
        return replace(rules, delta=MatrixProduct(a, b)) if fits and rules.out_grad is not None else rules

    return slip


def upstream_dropped(rules: LayerRules, at: At) -> LayerRules:
    """What came back is left out."""
    return rules if rules.slope is None else replace(rules, delta=Name("slope"))
