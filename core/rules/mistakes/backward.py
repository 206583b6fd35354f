"""Mistakes on the way from a layer to the one below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nntutor.core.notation.formula import Name, Sub, bind
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.mistakes.slip import At, Slip
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.sums import BackpropagatedSum


def back(change: Callable[[BackpropagatedSum], BackpropagatedSum]) -> Slip:
    """Another way back from the layer above."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        return (
            replace(rules, out_grad=change(rules.out_grad)) if isinstance(rules.out_grad, BackpropagatedSum) else rules
        )

    return slip


def error_sent_back(rules: LayerRules, at: At) -> LayerRules:
    """Σ (o − t)·w in place of Σ δ·w."""
    if at.number != at.shape.last - 1 or LOSSES[at.shape.error].out_grad is None:
        return rules
    return back(lambda back: replace(back, sent=Sub(Name("out"), Name("target"))))(rules, at)


def updated_weights(book: Rulebook, shape: Shape, only: int) -> Rulebook:
    """Each layer is updated before the layer below gets its deltas, which so take the new weights."""
    learning = [layer.learns for layer in shape.layers]
    if True not in learning[:-1] or not any(learning[learning.index(True) + 1 :]):
        return book

    def renewed(rules: LayerRules) -> LayerRules:
        back = rules.out_grad
        if not isinstance(back, BackpropagatedSum) or back.weight is None:
            return rules
        return replace(rules, out_grad=replace(back, weight=bind(back.weight, lambda key: Name("new"))))

    return replace(book, layers=tuple(renewed(rules) for rules in book.layers), update_first=True)
