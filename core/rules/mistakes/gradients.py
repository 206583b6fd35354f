"""Mistakes in what a weight's or a bias's gradient is made of, and in the mean over samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nntutor.core.notation.formula import Div, Expr, Mul, Name, Num
from nntutor.core.rules.mistakes.change import At, Slip
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.sums import ErrorSum, GradientSum

_NET = Name("net")
Made = Callable[[GradientSum, At], GradientSum]


def of_weights(change: Made) -> Slip:
    """Other gradients of the weights, where they learn."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        if not at.layer.learns or not isinstance(rules.gradient, GradientSum):
            return rules
        return replace(rules, gradient=change(rules.gradient, at))

    return slip


def of_biases(change: Made) -> Slip:
    """Other gradients of the biases, where they learn."""
    return lambda rules, at: (
        replace(rules, bias_gradient=change(rules.bias_gradient, at)) if at.layer.bias_learns else rules
    )


def of_both(change: Made) -> Slip:
    return lambda rules, at: of_biases(change)(of_weights(change)(rules, at), at)


# --- what is multiplied --------------------------------------------------------------------------------


def other_input(by: int) -> Slip:
    """The input of the neighbour so many places further, the first one after the last."""
    return of_weights(
        lambda made, at: replace(made, shifts=(made.shifts[0], by)) if _apart(by, at.layer.inputs) else made
    )


def other_delta(by: int) -> Made:
    """The same with the neighbour's δ."""
    return lambda made, at: replace(made, shifts=(by, made.shifts[1])) if _apart(by, at.layer.units) else made


def _apart(by: int, count: int) -> bool:
    """Whether that neighbour is there; of two, the next one is the previous one."""
    return count > (1 if by > 0 else 2)


@of_weights
def input_left_out(made: GradientSum, at: At) -> GradientSum:
    return replace(made, input=None)


@of_weights
def net_for_input(made: GradientSum, at: At) -> GradientSum:
    """The net of the unit below for its out."""
    same = at.number == 1 or at.shape.layers[at.number - 2].activation == "identity"
    return made if same else replace(made, input=_NET)


@of_weights
def own_output_for_input(made: GradientSum, at: At) -> GradientSum:
    """The output of softmax is p."""
    own = "prob" if at.last and at.shape.error == "softmax-ce" else "out"
    return replace(made, delta=Mul(made.delta, Name(own)), input=None)


@of_weights
def slope_of_weight(made: GradientSum, at: At) -> GradientSum:
    """δ·w."""
    return replace(made, input=None, weighted=True)


@of_weights
def transposed(made: GradientSum, at: At) -> GradientSum:
    return replace(made, transposed=True) if at.layer.units == at.layer.inputs > 1 else made


# --- over the samples ----------------------------------------------------------------------------------


def is_mean(at: At) -> bool:
    """Whether there is anything to divide, and it is to be divided."""
    return at.shape.samples > 1 and at.shape.over_samples == "mean"


def batch_sum(made: GradientSum, at: At) -> GradientSum:
    return replace(made, divisor=1) if is_mean(at) else made


def error_summed(book: Rulebook, shape: Shape, only: int) -> Rulebook:
    """E alone is not divided by n."""
    if not is_mean(At(shape.last, shape)) or only not in (0, shape.last) or not isinstance(book.total, ErrorSum):
        return book
    return replace(book, total=replace(book.total, divisor=book.total.divisor / shape.samples))


def count_of_inputs(made: GradientSum, at: At) -> GradientSum:
    """Divided by the other side of the table of samples."""
    return replace(made, divisor=at.shape.layers[0].inputs) if is_mean(at) else made


@of_both
def batch_mean(made: GradientSum, at: At) -> GradientSum:
    return made if is_mean(at) else replace(made, divisor=at.shape.samples)


def mean_again(made: GradientSum, at: At) -> GradientSum:
    """Divided by n once more."""
    return replace(made, divisor=made.divisor * at.shape.samples) if is_mean(at) else made


def mean_in_deltas(rules: LayerRules, at: At) -> LayerRules:
    if not is_mean(at) or not isinstance(rules.delta, Expr):
        return rules
    return replace(rules, delta=Div(rules.delta, Num(float(at.shape.samples))))


def last_sample(divided: bool) -> Made:
    """The last sample's gradient, with 1/n or without."""

    def change(made: GradientSum, at: At) -> GradientSum:
        if at.shape.samples == 1:
            return made
        return replace(made, last=True, divisor=at.shape.samples if divided else 1)

    return change


# --- biases --------------------------------------------------------------------------------------------


def one_for_all(mean: bool) -> Slip:
    """The sum, or the mean, over the layer's units for each of them."""

    @of_biases
    def change(made: GradientSum, at: At) -> GradientSum:
        units = at.layer.units
        return replace(made, pooled=True, divisor=made.divisor * (units if mean else 1)) if units > 1 else made

    return change


@of_biases
def bias_itself(made: GradientSum, at: At) -> GradientSum:
    return replace(made, itself=True, divisor=1)


def bias_stays(rules: LayerRules, at: At) -> LayerRules:
    if not at.layer.bias_learns:
        return rules
    return replace(rules, bias_update=replace(rules.bias_update, update=Name("weight")))
