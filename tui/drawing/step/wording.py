"""What stands at the units and on the edges of a network's picture: symbols and figures, with as many digits as fit."""

from __future__ import annotations

from collections.abc import Container

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.step.frame import LEAST_DIGITS

Label = tuple[str, tuple[Ref, ...]]
"""What stands on an edge, and which numbers it shows."""


class Wording:
    """The numbers of a record at a step, in words. used: those that the step uses."""

    def __init__(self, trace: Trace, step: Step, digits: int, look: Look, used: Container[Ref]) -> None:
        self.trace, self.step, self.digits, self.look, self.used = trace, step, digits, look, used
        self._known: dict[Ref, bool] = {}

    def known(self, ref: Ref) -> bool:
        """Whether a number may be shown at this place."""
        if ref not in self._known:
            self._known[ref] = self.trace.known(ref, self.step.index)
        return self._known[ref]

    def made(self, ref: Ref) -> bool:
        """Whether a step has made it."""
        made = self.trace.index_of(ref)
        return made is not None and made <= self.step.index

    def figure(self, ref: Ref, digits: int = 0) -> str:
        if not self.known(ref):
            return "?"
        return self.look.figure(self.trace.value(ref), self.trace.signed(ref), digits or self.digits)

    def symbol(self, ref: Ref) -> str:
        return self.trace.names.symbol(ref._replace(sample=-1) if ref.sample >= 0 else ref, self.look.style)

    def all_digits(self) -> range:
        return range(self.digits, LEAST_DIGITS - 1, -1)

    def label(self, layer: int, unit: int, source: int, digits: int) -> Label:
        """What stands on an edge, and of which numbers: what the step makes there, else its weight as it is by now."""
        weight, made = Ref("weight", layer, unit, source), self.step.ref
        if made == weight._replace(kind="new"):
            if digits < self.digits and self._alike(weight, made, digits):
                return self.named(made), (made,)
            return f"{self.named(weight)} {self.look.plain('→')} {self.figure(made, digits)}", (made, weight)
        if made.kind in PER_WEIGHT and made[1:4] == weight[1:4]:
            return self.named(made, digits), (made,)
        return self.weight(layer, unit, source, digits)

    def _alike(self, weight: Ref, new: Ref, digits: int) -> bool:
        """Whether so few digits show no difference between two weights."""
        before, after = (self.trace.value(ref) for ref in (weight, new))
        return before != after and f"{after:.{digits}g}" == f"{before:.{digits}g}"

    def weight(self, layer: int, unit: int, source: int, digits: int) -> Label:
        """The weight of an edge as it is by now."""
        weight = Ref("weight", layer, unit, source)
        new = weight._replace(kind="new")
        now = new if weight not in self.used and self.made(new) else weight
        return self.named(now, digits), (now,)

    def named(self, ref: Ref, digits: int = 0) -> str:
        return f"{self.symbol(ref)} {self.figure(ref, digits)}"

    def alone(self, ref: Ref) -> str:
        """A number with all that its name says, as it is away from its unit."""
        return f"{self.trace.symbol(ref, self.look.style)} {self.figure(ref)}"
