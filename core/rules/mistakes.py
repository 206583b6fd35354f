"""The classic errors of backpropagation, each as a change to one rule of the plan.

A mistaken iteration is recorded and read like a right one, so the lessons can put both side by side.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """What a wrong plan does differently.

    update_first: each layer is updated before the layer below gets its deltas. sent_back: which weight
    carries the deltas back, the one before the update ("weight") or after it ("new"). uncorrected: Adam takes m
    and v as they are.
    """

    update_first: bool = False
    sent_back: str = "weight"
    uncorrected: bool = False


RIGHT = Mistake()

MISTAKES: dict[str, Mistake] = {
    # The totals that the well-known 2-2-2 example prints come from this order.
    "updated-weights": Mistake(update_first=True, sent_back="new"),
    # m and v start at 0, so at first both are too small: √v by more than m.
    "uncorrected": Mistake(uncorrected=True),
}


def mistake(name: str) -> Mistake:
    """The mistake called `name`; the empty name is no mistake. KeyError for an unknown one."""
    return MISTAKES[name] if name else RIGHT
