"""The mistakes the core can name: facts, not sentences (the words have those, in each language).

NntutorError
├── FormulaError           a formula that cannot be read
└── NotDifferentiable      a gradient check of the perceptron's rule
"""

from __future__ import annotations


class NntutorError(Exception):
    """Any mistake that nntutor can name."""


class FormulaError(NntutorError):
    """`text` cannot be read at `position` (from 0), where `expected` was expected."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.text, self.position, self.expected = text, position, expected
        super().__init__(f"{text!r} at {position}: expected {expected}")


class NotDifferentiable(NntutorError):
    """Rosenblatt's rule is no derivative, so there is no slope to compare it with."""
