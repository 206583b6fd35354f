"""One step of a record: a number, its formula, and the numbers that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Expr, names
from nntutor.core.notation.kinds import KINDS
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.symbols import Ref


@dataclass(frozen=True)
class Operand:
    """A number that a step used, and the step that had made it (None: given)."""

    ref: Ref
    symbol: str
    value: float
    iteration: int | None
    step: int | None


@dataclass(frozen=True, eq=False)
class Operands(Sequence[Operand]):
    """The operands of a long formula, each made when it is asked for."""

    refs: Sequence[Ref]
    made: Callable[[Ref], Operand]

    def __len__(self) -> int:
        return len(self.refs)

    @overload
    def __getitem__(self, at: int) -> Operand: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Operand]: ...
    def __getitem__(self, at: int | slice) -> Operand | Sequence[Operand]:
        return Operands(self.refs[at], self.made) if isinstance(at, slice) else self.made(self.refs[at])

    def __iter__(self) -> Iterator[Operand]:
        return map(self.made, self.refs)


@dataclass(frozen=True, eq=False)
class Step:
    """One number with its formula. layer, unit and input are None where they mean nothing; layer 0: of an input."""

    index: int
    iteration: int
    phase: str
    ref: Ref
    symbol: str
    formula: Expr
    full: Expr
    textbook: Expr | None
    value: float
    operands: Sequence[Operand]

    def __repr__(self) -> str:
        return f"<step {self.index} of iteration {self.iteration}: {self.symbol} = {self.text}, {figure(self.value)}>"

    @property
    def text(self) -> str:
        """The formula as people write it, without its left side: "δ_o1·o1"."""
        symbols = {operand.ref: operand.symbol for operand in self.operands}
        return text(tokens(self.formula, symbols.__getitem__))

    @property
    def used(self) -> Sequence[Ref]:
        """The addresses of its operands."""
        operands = self.operands
        return operands.refs if isinstance(operands, Operands) else tuple(operand.ref for operand in operands)

    @cached_property
    def named(self) -> Sequence[Ref]:
        """The addresses of all that stands in `full`, in the order of first appearance."""
        return self.used if self.full is self.formula else names(self.full)

    @property
    def kind(self) -> str:
        """The contract's word: net, out, error, probability, out-gradient, slope, delta, …"""
        return KINDS[self.ref.kind].word

    @property
    def layer(self) -> int | None:
        return self.ref.layer if self.ref.unit else None

    @property
    def unit(self) -> int | None:
        return self.ref.unit or None

    @property
    def input(self) -> int | None:
        return self.ref.input or None

    @property
    def sample(self) -> int | None:
        return self.ref.sample if self.ref.sample >= 0 else None
