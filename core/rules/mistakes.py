"""The classic errors of backpropagation: each makes another rulebook of the right one.

A mistaken iteration is planned, compiled, recorded and read like a right one, so that both can stand side by side. A
mistake is written as its name, "batch-sum"; a variant of it behind a colon, "one-path:last"; one layer alone behind an
at sign, "no-hidden-slope@1"; several joined by a plus sign, "updated-weights+batch-sum".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from nntutor.core.notation.formula import ONE, Expr, Name, Sub, bind, children, rebuild
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import rule
from nntutor.core.rules.rulebook import LayerRules, Rulebook, right
from nntutor.core.rules.shape import Shape
from nntutor.core.rules.softmax import Softmax
from nntutor.core.rules.sums import BackpropagatedSum, MatrixProduct
from nntutor.core.rules.surfaces import Incline


@dataclass(frozen=True)
class At:
    """Which layer a mistake is made in: its number, from 1, and the shape around it."""

    number: int
    shape: Shape

    @property
    def last(self) -> bool:
        return self.number == self.shape.last


Slip = Callable[[LayerRules, At], LayerRules]
"""What a mistake makes of one layer's rules: the same where it cannot be made."""


@dataclass(frozen=True)
class Mistake:
    """variants: by name, the first one meant where none is named. whole: what is no matter of single layers."""

    variants: dict[str, Slip]
    whole: Callable[[Rulebook, Shape], Rulebook] = lambda book, shape: book


def _of_layers(**variants: Slip) -> Mistake:
    return Mistake(variants)


def _bias_left_out(rules: LayerRules, at: At) -> LayerRules:
    return replace(rules, net=replace(rules.net, bias=0))


def _sign(rules: LayerRules, at: At) -> LayerRules:
    """t − o in place of o − t."""
    if not at.last:
        return rules
    if isinstance(rules.out_grad, Expr):
        return replace(rules, out_grad=turned(rules.out_grad))
    return replace(rules, delta=turned(rules.delta)) if isinstance(rules.delta, Expr) else rules


def turned(tree: Expr) -> Expr:
    """The tree with its differences taken the other way round."""
    if isinstance(tree, Sub):
        return Sub(tree.b, tree.a)
    return rebuild(tree, tuple(turned(part) for part in children(tree)))


def _no_hidden_slope(rules: LayerRules, at: At) -> LayerRules:
    return rules if at.last else replace(rules, slope=ONE)


def _back(change: Callable[[BackpropagatedSum], BackpropagatedSum]) -> Slip:
    """Another way back from the layer above."""

    def slip(rules: LayerRules, at: At) -> LayerRules:
        return (
            replace(rules, out_grad=change(rules.out_grad)) if isinstance(rules.out_grad, BackpropagatedSum) else rules
        )

    return slip


def _error_sent_back(rules: LayerRules, at: At) -> LayerRules:
    """Σ (o − t)·w in place of Σ δ·w."""
    if at.number != at.shape.last - 1 or LOSSES[at.shape.error].out_grad is None:
        return rules
    return _back(lambda back: replace(back, sent=Sub(Name("out"), Name("target"))))(rules, at)


def _product_for_elementwise(rules: LayerRules, at: At) -> LayerRules:
    fits = at.shape.samples in (1, at.shape.layers[at.number - 1].units)
    return replace(rules, delta=MatrixProduct()) if fits and rules.out_grad is not None else rules


def _transposed(rules: LayerRules, at: At) -> LayerRules:
    layer = at.shape.layers[at.number - 1]
    if layer.units != layer.inputs or layer.units == 1 or isinstance(rules.gradient, Incline):
        return rules
    return replace(rules, gradient=replace(rules.gradient, transposed=True))


def _batch_sum(rules: LayerRules, at: At) -> LayerRules:
    if at.shape.over_samples == "sum" or isinstance(rules.gradient, Incline):
        return rules
    gradient, bias = replace(rules.gradient, divisor=1), replace(rules.bias_gradient, divisor=1)
    return replace(rules, gradient=gradient, bias_gradient=bias)


def _no_correction(rules: LayerRules, at: At) -> LayerRules:
    method = replace(at.shape.optimizer, correct=False)
    if method.name != "adam":
        return rules
    return replace(rules, update=rule(method), bias_update=rule(replace(method, decays=False)))


def _softmax_without_exp(book: Rulebook, shape: Shape) -> Rulebook:
    if book.probability is None or book.textbook is None:
        return book
    return replace(book, probability=Softmax(exponential=False), unit_error=book.textbook, textbook=None)


def _updated_weights(book: Rulebook, shape: Shape) -> Rulebook:
    """Each layer is updated before the layer below gets its deltas, which so take the new weights."""

    def renewed(rules: LayerRules) -> LayerRules:
        back = rules.out_grad
        if not isinstance(back, BackpropagatedSum) or back.weight is None:
            return rules
        return replace(rules, out_grad=replace(back, weight=bind(back.weight, lambda key: Name("new"))))

    return replace(book, layers=tuple(renewed(rules) for rules in book.layers), update_first=True)


MISTAKES: dict[str, Mistake] = {
    "bias-left-out": _of_layers(all=_bias_left_out),
    "softmax-without-exp": Mistake({}, _softmax_without_exp),
    "sign": _of_layers(all=_sign),
    "no-hidden-slope": _of_layers(all=_no_hidden_slope),
    "error-sent-back": _of_layers(all=_error_sent_back),
    "weights-left-out": _of_layers(all=_back(lambda back: replace(back, weight=None))),
    "one-path": _of_layers(
        first=_back(lambda back: replace(back, which="first")),
        last=_back(lambda back: replace(back, which="last")),
    ),
    # The totals that the well-known 2-2-2 example prints come from this order.
    "updated-weights": Mistake({}, _updated_weights),
    "product-for-elementwise": _of_layers(all=_product_for_elementwise),
    "transposed": _of_layers(all=_transposed),
    "batch-sum": _of_layers(all=_batch_sum),
    # m and v start at 0, so at first both are too small: √v by more than m.
    "no-correction": _of_layers(all=_no_correction),
}

# What a mistake was called before.
_EARLIER = {"uncorrected": "no-correction"}


def spelled(mistake: str) -> str:
    """A mistake as it is spelled now. KeyError for one that there is not, ValueError for a layer that is no number."""
    parts = [_parted(part) for part in mistake.split("+")] if mistake else []
    return "+".join(
        name + (f":{variant}" if variant else "") + (f"@{layer}" if layer else "") for name, variant, layer in parts
    )


def is_known(mistake: str) -> bool:
    """Whether every mistake in it is one of the table."""
    try:
        return bool(spelled(mistake))
    except (KeyError, ValueError):
        return False


def _parted(part: str) -> tuple[str, str, int]:
    """(name, variant, layer) of one mistake; "" and 0 where they are not named."""
    rest, _, layer = part.partition("@")
    name, _, variant = rest.partition(":")
    name = _EARLIER.get(name, name)
    if name not in MISTAKES or (variant and variant not in MISTAKES[name].variants):
        raise KeyError(part)
    return name, variant, int(layer) if layer else 0


def made_in(mistake: str, layer: int) -> frozenset[str]:
    """The names of those that are made in a layer, counted from 1. KeyError for one that there is not."""
    parts = [_parted(part) for part in mistake.split("+")] if mistake else []
    return frozenset(name for name, _, only in parts if only in (0, layer) or not MISTAKES[name].variants)


def mistaken(book: Rulebook, shape: Shape, mistake: str) -> Rulebook:
    """The rulebook with these mistakes made in it, in their order. KeyError for one that there is not."""
    for part in mistake.split("+") if mistake else ():
        name, variant, only = _parted(part)
        found = MISTAKES[name]
        book = found.whole(book, shape)
        slip = found.variants.get(variant) or next(iter(found.variants.values()), None)
        if slip is not None:
            layers = enumerate(book.layers, 1)
            changed = tuple(slip(rules, At(n, shape)) if only in (0, n) else rules for n, rules in layers)
            book = replace(book, layers=changed)
    return book


@lru_cache(maxsize=256)
def rulebook(shape: Shape) -> Rulebook:
    """The rules of an iteration of this shape, its mistake made. KeyError where there is no such mistake."""
    return mistaken(right(shape), shape, shape.mistake)
