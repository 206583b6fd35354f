"""A mistake as it is written, and the rulebook that it makes.

It is written as its name, "batch-sum"; a variant of it behind a colon, "one-path:last"; one layer alone behind an at
sign, "no-hidden-slope@1"; several joined by a plus sign, "updated-weights+batch-sum".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from nntutor.core.rules.rulebook import Rulebook, right
from nntutor.core.rules.shape import Shape

if TYPE_CHECKING:
    from nntutor.core.rules.mistakes.change import Mistake

# What a mistake was called before.
_EARLIER = {"uncorrected": "no-correction"}


def spelled(mistake: str) -> str:
    """A mistake as it is spelled now. KeyError for one that there is not, ValueError for a layer that is no number."""
    return "+".join(
        name + (f":{variant}" if variant else "") + (f"@{layer}" if layer else "")
        for _, name, variant, layer in _parts(mistake)
    )


def is_known(mistake: str, layers: int | None = None) -> bool:
    """Whether every mistake in it is one of the table, and in none but so many layers where that is said."""
    try:
        there = layers is None or all(0 <= layer <= layers for *_, layer in _parts(mistake))
        return there and bool(spelled(mistake))
    except (KeyError, ValueError):
        return False


def _parts(mistake: str) -> Iterator[tuple[Mistake, str, str, int]]:
    """Each mistake, its name, variant and layer; "" and 0 where they are not named. KeyError for none of the table."""
    if not mistake:
        return
    # Another door: few iterations have a mistake, and a start needs the table of them for no other.
    from nntutor.core.rules.mistakes.table import MISTAKES

    for part in mistake.split("+"):
        rest, _, layer = part.partition("@")
        name, _, variant = rest.partition(":")
        name = _EARLIER.get(name, name)
        if name not in MISTAKES or (variant and variant not in MISTAKES[name].variants):
            raise KeyError(part)
        yield MISTAKES[name], name, variant, int(layer) if layer else 0


def made_in(mistake: str, layer: int) -> frozenset[str]:
    """The names of those that are made in a layer, counted from 1. KeyError for one that there is not."""
    return frozenset(name for one, name, _, only in _parts(mistake) if only in (0, layer) or one.whole)


def mistaken(book: Rulebook, shape: Shape, mistake: str) -> Rulebook:
    """The rulebook with these mistakes made in it, in their order. KeyError for one that there is not."""
    for one, _, variant, only in _parts(mistake):
        book = one.variants[variant or next(iter(one.variants))](book, shape, only)
    return book


@lru_cache(maxsize=256)
def rulebook(shape: Shape) -> Rulebook:
    """The rules of an iteration of this shape, its mistake made. KeyError where there is no such mistake."""
    return mistaken(right(shape), shape, shape.mistake)
