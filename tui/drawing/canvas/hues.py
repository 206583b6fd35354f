"""One hue for one kind of number, in formulas, pictures and tables: that of the phase which makes it."""

from __future__ import annotations

from nntutor.core.engine.plan import PHASES
from nntutor.core.notation.kinds import KINDS
from nntutor.core.notation.symbols import Ref

GIVEN, MADE = "operand", "result"
AT_HAND = (GIVEN, *PHASES, MADE)
"""The styles of numbers that a step uses or makes."""


def hue(ref: Ref) -> str:
    """The style of a number that a step uses."""
    return KINDS[ref.kind].phase or GIVEN
