"""What can be open over the prose: one value a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nntutor.core.notation.symbols import Ref

Note = tuple[str, Mapping[str, object]]
"""A message: a key of the words and its facts."""


def note(key: str, **facts: object) -> Note:
    return key, MappingProxyType(facts)


@dataclass(frozen=True)
class Why:
    """The operands of the step at hand, one of them picked."""

    picked: int = 0


@dataclass(frozen=True)
class Checking:
    """The gradient check of one number; ε is 10 to this power."""

    ref: Ref
    power: int = -4

    @property
    def h(self) -> float:
        return float(10.0**self.power)


@dataclass(frozen=True)
class Asking:
    """A line being typed: where to go to, or the error to run down to."""

    what: str
    text: str = ""
    wrong: Note | None = None


@dataclass(frozen=True)
class Choosing:
    """How many iterations to run."""

    picked: int = 0


@dataclass(frozen=True)
class Helping:
    """The page of keys, scrolled down by this many rows."""

    top: int = 0


@dataclass(frozen=True)
class Reading:
    """The glossary, scrolled down by this many rows."""

    top: int = 0


@dataclass(frozen=True)
class Editing:
    """A new value for the given number at `ref` being typed: a number, an expression, or "symbol = expression"."""

    ref: Ref
    text: str = ""
    wrong: Note | None = None


Panel = Why | Checking | Asking | Choosing | Helping | Reading | Editing
