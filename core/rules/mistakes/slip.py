"""What a mistake is: a change of one layer's rules, or of the whole rulebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.shape import Shape


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


def of_layers(**variants: Slip) -> Mistake:
    return Mistake(variants)
