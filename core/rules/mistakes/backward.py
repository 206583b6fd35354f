"""Mistakes on the way from a layer to the one below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import Expr, Name, Sub, bind, call
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.mistakes.change import At, Slip
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.sums import BackpropagatedSum

GAP, DELTA = Sub(Name("out"), Name("target")), Name("delta")
Way = BackpropagatedSum


def back(change: Callable[[Way, At], Way]) -> Slip:
    """Another way back from the layer above."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        way = rules.out_grad
        return replace(rules, out_grad=change(way, at)) if isinstance(way, BackpropagatedSum) else rules

    return slip


def from_output(sent: Expr) -> Slip:
    """Something else in place of each output's δ."""
    return back(lambda way, at: replace(way, sent=sent) if at.number == at.shape.last - 1 else way)


def own_error_sent(rules: LayerRules, at: At) -> LayerRules:
    """Each output's E_o along its own lines, where it is another number than E."""
    one = at.shape.outputs == at.shape.samples == 1 and not at.shape.penalty
    return rules if one else from_output(Name("unit_error"))(rules, at)


def scale(at: At) -> float:
    """How many times o − t an output's ∂E/∂o is; 0 where δ is one factor."""
    tree = LOSSES[at.shape.error].out_grad
    divisor = at.shape.outputs if at.shape.over_outputs == "mean" else 1
    return 0.0 if tree is None else evaluate(tree, {"out": 1.0, "target": 0.0}.__getitem__) / divisor


def has_gap(at: At) -> bool:
    """Whether the gap of an output is something else than its δ."""
    return scale(at) not in ((0, 1) if at.shape.layers[-1].activation == "identity" else (0,))


def gap_sent(rules: LayerRules, at: At) -> LayerRules:
    """Σ (o − t)·w in place of Σ δ·w."""
    return from_output(GAP)(rules, at) if has_gap(at) else rules


def gradient_sent(rules: LayerRules, at: At) -> LayerRules:
    """Σ ∂E/∂o·w, where that is more than o − t and less than δ."""
    slope = at.shape.layers[-1].activation != "identity"
    return from_output(Name("out_grad"))(rules, at) if slope and scale(at) not in (0, 1) else rules


def slopes_never_sent(rules: LayerRules, at: At) -> LayerRules:
    """The same in every layer: what came back to a unit goes on as it is."""
    if at.shape.last < 3 or at.last:
        return rules
    if at.number == at.shape.last - 1:
        return gap_sent(rules, at)
    if at.above.activation == "identity":
        return rules
    return back(lambda way, at: replace(way, sent=Name("out_grad")))(rules, at)


def reused(sent: Expr, which: str = "all") -> Slip:
    """An output's error for what came back, without weights: of the same index, the sum of all, or of the last."""

    def change(way: Way, at: At) -> Way:
        if (sent == GAP and not has_gap(at)) or not picks(which, at.layer.units, at.shape.outputs):
            return way
        return replace(way, sent=sent, weight=None, which=which, output=at.number < at.shape.last - 1)

    return back(change)


def delta_sum_reused(rules: LayerRules, at: At) -> LayerRules:
    """The sum of the outputs' δ in every layer; in the one below them that is only to leave the weights out."""
    return rules if at.shape.last < 3 else reused(DELTA)(rules, at)


def picks(which: str, units: int, above: int) -> bool:
    """Whether a choice among the units above is there, and another one than those before it in the table."""
    return which == "all" or (above > 1 and (which != "same" or 1 < units <= above))


def path(which: str) -> Slip:
    """One unit's path only."""
    return back(lambda way, at: replace(way, which=which) if picks(which, at.layer.units, at.above.units) else way)


@back
def paths_mean(way: Way, at: At) -> Way:
    return way if at.above.units == 1 else replace(way, mean=True)


@back
def paths_crossed(way: Way, at: At) -> Way:
    """w of row for column, in a square layer."""
    return replace(way, crossed=True) if at.above.units == at.above.inputs > 1 else way


@back
def value_for_delta(way: Way, at: At) -> Way:
    """The next unit's output for its δ; the output of softmax is p."""
    softmax = at.number == at.shape.last - 1 and at.shape.error == "softmax-ce"
    return replace(way, sent=Name("prob" if softmax else "out"))


@back
def weights_left_out(way: Way, at: At) -> Way:
    return replace(way, weight=None)


@back
def gradient_for_weight(way: Way, at: At) -> Way:
    return replace(way, weight=Name("grad")) if at.above.learns else way


@back
def magnitudes_only(way: Way, at: At) -> Way:
    weight = None if way.weight is None else call("abs", way.weight)
    return replace(way, sent=call("abs", way.sent), weight=weight)


def updated_weights(book: Rulebook, shape: Shape, only: int) -> Rulebook:
    """Each layer is updated before the layer below gets its deltas, which so take the new weights."""
    learning = [layer.learns for layer in shape.layers]
    if True not in learning[:-1] or not any(learning[learning.index(True) + 1 :]):
        return book

    def renewed(rules: LayerRules) -> LayerRules:
        way = rules.out_grad
        if not isinstance(way, BackpropagatedSum) or way.weight is None:
            return rules
        return replace(rules, out_grad=replace(way, weight=bind(way.weight, lambda key: Name("new"))))

    return replace(book, layers=tuple(renewed(rules) for rules in book.layers), update_first=True)
