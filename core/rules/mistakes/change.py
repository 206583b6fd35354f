"""What a mistake is: a change of one layer's rules, or of the whole rulebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from nntutor.core.notation.formula import Expr, children, rebuild
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import LayerShape, Shape


@dataclass(frozen=True)
class At:
    """Which layer a mistake is made in: its number, from 1, and the shape around it."""

    number: int
    shape: Shape

    @property
    def last(self) -> bool:
        return self.number == self.shape.last

    @property
    def layer(self) -> LayerShape:
        return self.shape.layers[self.number - 1]

    @property
    def above(self) -> LayerShape:
        """The layer that this one feeds. IndexError for the last one."""
        return self.shape.layers[self.number]


Slip = Callable[[LayerRules, At], LayerRules]
"""What a mistake makes of one layer's rules: the same where it cannot be made."""

Change = Callable[[Rulebook, Shape, int], Rulebook]
"""What a mistake makes of all rules, in every layer (0) or in one alone: the same where it cannot be made."""


@dataclass(frozen=True)
class Mistake:
    """variants: by name, the first one meant where none is named; "all" where there is but one.

    whole: no matter of single layers.
    """

    variants: dict[str, Change]
    whole: bool = False


def layered(slip: Slip) -> Change:
    """A slip in each layer that it is made in."""

    def change(book: Rulebook, shape: Shape, only: int) -> Rulebook:
        layers = enumerate(book.layers, 1)
        return replace(
            book, layers=tuple(slip(rules, At(n, shape)) if only in (0, n) else rules for n, rules in layers)
        )

    return change


def in_network(change: Change) -> Change:
    """The same where there is a network: on a surface nothing is passed forward or sent back."""
    return lambda book, shape, only: book if shape.surface else change(book, shape, only)


def of_layers(**slips: Slip) -> Mistake:
    """A mistake in the layers of a network, by its variants."""
    return Mistake({_hyphened(name): in_network(layered(slip)) for name, slip in slips.items()})


def of_network(whole: bool = False, **changes: Change) -> Mistake:
    """A mistake that changes more than one layer's rules, by its variants."""
    return Mistake({_hyphened(name): in_network(change) for name, change in changes.items()}, whole)


def of_updates(**slips: Slip) -> Mistake:
    """A mistake in what the optimizer makes of a gradient, a surface's as well."""
    return Mistake({_hyphened(name): layered(slip) for name, slip in slips.items()})


def joined(one: Mistake, other: Mistake) -> Mistake:
    """The forms of both, as forms of one mistake."""
    return Mistake(one.variants | other.variants)


def _hyphened(name: str) -> str:
    return name.replace("_", "-")


def replaced(tree: Expr, part: Expr, by: Expr) -> Expr:
    """The tree with every part that is `part` replaced."""
    if tree == part:
        return by
    return rebuild(tree, tuple(replaced(below, part, by) for below in children(tree)))
