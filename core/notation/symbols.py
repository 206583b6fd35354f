"""The names of numbers: one address and one symbol for every number of an iteration.

The screen, the JSON, the holes of the prose and the code speak of the same numbers. A `Ref` is the
address that code uses, a symbol ("δ_h1") is what people read and type; this room turns one into the
other and knows nothing about values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from nntutor.core.notation.kinds import KINDS, PER_SAMPLE, Per
from nntutor.core.notation.style import Style


class Ref(NamedTuple):
    """The address of one number of one iteration.

    layer counts from 1 (0: the inputs), unit and input from 1 (input 0 of a weight-like kind: the
    bias), sample from 0 over the data (-1: the number belongs to no single sample).
    """

    kind: str
    layer: int = 0
    unit: int = 0
    input: int = 0
    sample: int = -1


# Nine digits are more than any network needs, and few enough for int() to read.
_COUNT, _INDEX = "[1-9][0-9]{0,8}", "(?:0|[1-9][0-9]{0,8})"
_UNIT = rf"(?:[xho]{_COUNT}(?:_{_COUNT})?)"
_BASE = {Per.UNIT: _UNIT, Per.OUTPUT: _COUNT, Per.WEIGHT: rf"(?:w{_COUNT}|b_{_UNIT})"}


_SPELLINGS = {
    (name, style): spelling
    for name, kind in KINDS.items()
    for style, spelling in zip(Style, (kind.unicode, kind.ascii, kind.latex), strict=True)
}


def spelled(kind: str, base: str = "", style: Style = Style.UNICODE) -> str:
    """The symbol of a kind's number whose weight, unit or output is called `base`; rates and E have no base."""
    return _SPELLINGS[kind, style].replace("%s", base)


def short(kind: str, style: Style = Style.UNICODE) -> str:
    """What a kind is called by itself: δ, Δ, m̂, net, ∂E, η; nothing for what is called like its weight or unit."""
    return re.split("[_/%]", _SPELLINGS[kind, style])[0]


def _pattern() -> str:
    """A pattern for the symbols in either spelling, longest match first, as the contract says.

    Spellings of one base are written as one group: each of forty with its own base costs a start 5 ms."""
    heads: dict[tuple[str, str], set[str]] = {}
    for kind in KINDS.values():
        for spelling in (kind.unicode, kind.ascii):
            head, _, tail = spelling.partition("%s")
            # A name that goes on is another name: "E" is no part of "E_1".
            heads.setdefault((tail, _BASE.get(kind.per, "(?![a-z_])")), set()).add(head)
    return "|".join(
        f"(?:{'|'.join(map(re.escape, sorted(found, key=lambda head: (-len(head), head))))}){base}{re.escape(tail)}"
        for (tail, base), found in sorted(heads.items(), key=lambda one: -len(one[0][0]))
    )


SYMBOL = re.compile(rf"(?:{_pattern()})(?:\[{_INDEX}\])?")
"""A symbol of some network in either spelling; the grammar of formulas reads names with this pattern."""


@dataclass(frozen=True)
class Names:
    """The symbols of a network.

    sizes: (inputs, units of layer 1, …, outputs). numbers_samples: there are several in an iteration, so a
    number that belongs to a sample carries the sample's index in brackets.
    """

    sizes: tuple[int, ...]
    numbers_samples: bool = False
    _first: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = (a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False))
        object.__setattr__(self, "_first", (0, *accumulate(counts)))

    @property
    def last(self) -> int:
        """The number of the output layer."""
        return len(self.sizes) - 1

    def unit(self, layer: int, unit: int, style: Style = Style.UNICODE) -> str:
        """x1, h1, h2_3 or o1."""
        if layer == 0:
            letter, tail = "x", f"{unit}"
        elif layer == self.last:
            letter, tail = "o", f"{unit}"
        elif self.last == 2:
            letter, tail = "h", f"{unit}"
        else:
            letter, tail = f"h{layer}_", f"{unit}"
            if style is Style.LATEX:
                return f"h_{{{layer},{unit}}}"
        return f"{letter}_{{{tail}}}" if style is Style.LATEX else f"{letter}{tail}"

    def parameter(self, layer: int, unit: int, source: int, style: Style = Style.UNICODE) -> str:
        """w5 (or b_h1 where source is 0)."""
        if source == 0:
            name = self.unit(layer, unit, style)
            return f"b_{{{name}}}" if style is Style.LATEX else f"b_{name}"
        number = self._first[layer - 1] + (unit - 1) * self.sizes[layer - 1] + source
        return f"w_{{{number}}}" if style is Style.LATEX else f"w{number}"

    def symbol(self, ref: Ref, style: Style = Style.UNICODE) -> str:
        """The symbol of a number: δ_h1, delta_h1 or \\delta_{h_{1}}."""
        name = spelled(ref.kind, self._base(ref, style), style)
        if self.numbers_samples and ref.sample >= 0:
            name += f"^{{[{ref.sample}]}}" if style is Style.LATEX else f"[{ref.sample}]"
        return name

    def _base(self, ref: Ref, style: Style) -> str:
        match KINDS[ref.kind].per:
            case Per.WEIGHT:
                return self.parameter(ref.layer, ref.unit, ref.input, style)
            case Per.UNIT:
                return self.unit(ref.layer, ref.unit, style)
        return f"{ref.unit}"

    def find(self, text: str) -> Ref | None:
        """The address behind a symbol in either spelling; None where there is no such number.

        A per-sample symbol without brackets has sample -1: whoever knows the iteration fills it in.
        """
        match = re.fullmatch(rf"(.+?)(?:\[({_INDEX})\])?", text.strip())
        if match is None:
            return None
        ref = self._named(match[1])
        if ref is None or match[2] is None:
            return ref
        return ref._replace(sample=int(match[2])) if ref.kind in PER_SAMPLE else None

    @lru_cache(maxsize=4096)  # noqa: B019 — few networks are at hand at once; texts name the same numbers at every step
    def _named(self, name: str) -> Ref | None:
        for kind, row in KINDS.items():
            for spelling in (row.unicode, row.ascii):
                head, base, tail = spelling.partition("%s")
                if not base and name == spelling:
                    return Ref(kind)
                if base and name.startswith(head) and name.endswith(tail):
                    found = self._based(row.per, name.removeprefix(head).removesuffix(tail))
                    if found is not None and (found.layer > 0 or row.inputs):
                        return found._replace(kind=kind)
        return None

    def _based(self, per: Per, base: str) -> Ref | None:
        match per:
            case Per.WEIGHT:
                return self._parameter(base)
            case Per.UNIT:
                return self._unit(base)
        unit = int(base) if re.fullmatch(_COUNT, base) else 0
        return Ref("target", self.last, unit) if 1 <= unit <= self.sizes[-1] else None

    def _unit(self, name: str) -> Ref | None:
        match = re.fullmatch(rf"([xho])({_COUNT})(?:_({_COUNT}))?", name)
        if match is None:
            return None
        letter, number, within = match[1], int(match[2]), match[3]
        if letter == "h" and self.last > 2:
            layer, unit = number, int(within) if within else 0
            if not 1 <= layer < self.last:
                return None
        else:
            layer = {"x": 0, "h": 1, "o": self.last}[letter]
            unit = 0 if within or (letter == "h" and self.last != 2) else number
        return Ref("out", layer, unit) if 1 <= unit <= self.sizes[layer] else None

    def _parameter(self, name: str) -> Ref | None:
        if name.startswith("b_"):
            found = self._unit(name[2:])
            return found._replace(kind="weight") if found and found.layer > 0 else None
        match = re.fullmatch(rf"w({_COUNT})", name)
        if match is None:
            return None
        number = int(match[1]) - 1
        for layer in range(1, self.last + 1):
            if self._first[layer - 1] <= number < self._first[layer]:
                row, column = divmod(number - self._first[layer - 1], self.sizes[layer - 1])
                return Ref("weight", layer, row + 1, column + 1)
        return None
