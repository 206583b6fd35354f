"""The classic errors of backpropagation: each makes another rulebook of the right one.

A mistaken iteration is planned, compiled, recorded and read like a right one, so that both can stand side by side. A
mistake is written as its name, "batch-sum"; a variant of it behind a colon, "one-path:last"; one layer alone behind an
at sign, "no-hidden-slope@1"; several joined by a plus sign, "updated-weights+batch-sum".
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from nntutor.core.rules.mistakes import backward, forward, gradients, slopes, updates
from nntutor.core.rules.mistakes.slip import At, Mistake, of_layers
from nntutor.core.rules.rulebook import Rulebook, right
from nntutor.core.rules.shape import Shape

MISTAKES: dict[str, Mistake] = {
    "bias-left-out": of_layers(all=forward.bias_left_out),
    "softmax-without-exp": Mistake({}, forward.softmax_without_exp),
    "sign": of_layers(all=slopes.sign),
    "no-hidden-slope": of_layers(all=slopes.no_hidden_slope),
    "error-sent-back": of_layers(all=backward.error_sent_back),
    "weights-left-out": of_layers(all=backward.back(lambda back: replace(back, weight=None))),
    "one-path": of_layers(
        first=backward.back(lambda back: replace(back, which="first")),
        last=backward.back(lambda back: replace(back, which="last")),
    ),
    # The totals that the well-known 2-2-2 example prints come from this order.
    "updated-weights": Mistake({}, backward.updated_weights),
    "product-for-elementwise": of_layers(all=slopes.product_for_elementwise),
    "transposed": of_layers(all=gradients.transposed),
    "batch-sum": of_layers(all=gradients.batch_sum),
    # m and v start at 0, so at first both are too small: √v by more than m.
    "no-correction": of_layers(all=updates.no_correction),
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
