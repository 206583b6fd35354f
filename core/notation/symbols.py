"""The names of numbers: one address and one symbol for every number of an iteration.

The screen, the JSON, the holes of the prose and the code speak of the same numbers. A `Ref` is the
address that code uses, a symbol ("δ_h1") is what people read and type; this room turns one into the
other and knows nothing about values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import accumulate
from typing import NamedTuple


class Style(Enum):
    """How a symbol or a formula is spelled."""

    UNICODE = "unicode"
    ASCII = "ascii"
    LATEX = "latex"


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


PER_SAMPLE = frozenset({"out", "target", "net", "prob", "unit_error", "out_grad", "slope", "delta"})
STATES = ("v", "m", "s")
CORRECTED = ("mhat", "vhat")
PER_WEIGHT = frozenset({"weight", "grad", "change", "new", *STATES, *CORRECTED, *(f"{state}_old" for state in STATES)})

# Prefix of each kind in the three spellings; the state before the update shares its symbol with the
# state after it, as the books write v ← μv − ηg.
_PREFIX: dict[str, tuple[str, str, str]] = {
    "net": ("net_", "net_", r"\mathrm{net}_{%s}"),
    "slope": ("slope_", "slope_", r"\mathrm{slope}_{%s}"),
    "delta": ("δ_", "delta_", r"\delta_{%s}"),
    "out_grad": ("∂E/∂", "dE/d", r"\frac{\partial E}{\partial %s}"),
    "grad": ("∂E/∂", "dE/d", r"\frac{\partial E}{\partial %s}"),
    "unit_error": ("E_", "E_", "E_{%s}"),
    "change": ("Δ", "step_", r"\Delta %s"),
    "v": ("v_", "v_", "v_{%s}"),
    "m": ("m_", "m_", "m_{%s}"),
    "s": ("s_", "s_", "s_{%s}"),
    "v_old": ("v_", "v_", "v_{%s}"),
    "m_old": ("m_", "m_", "m_{%s}"),
    "s_old": ("s_", "s_", "s_{%s}"),
    "mhat": ("m̂_", "mhat_", r"\hat{m}_{%s}"),
    "vhat": ("v̂_", "vhat_", r"\hat{v}_{%s}"),
    "weight": ("", "", "%s"),
    "out": ("", "", "%s"),
}

_RATES: dict[str, tuple[str, str, str]] = {
    "rate_eta": ("η", "eta", r"\eta"),
    "rate_mu": ("μ", "mu", r"\mu"),
    "rate_decay": ("λ", "lambda", r"\lambda"),
    "rate_l1": ("λ₁", "lambda1", r"\lambda_1"),
    "rate_l2": ("λ₂", "lambda2", r"\lambda_2"),
    "rate_rho": ("ρ", "rho", r"\rho"),
    "rate_eps": ("ε", "eps", r"\varepsilon"),
    "rate_beta1": ("β₁", "beta1", r"\beta_1"),
    "rate_beta2": ("β₂", "beta2", r"\beta_2"),
    "rate_beta1k": ("β₁ᵏ", "beta1^k", r"\beta_1^k"),
    "rate_beta2k": ("β₂ᵏ", "beta2^k", r"\beta_2^k"),
}

# Nine digits are more than any network needs, and few enough for int() to read.
_COUNT, _INDEX = "[1-9][0-9]{0,8}", "(?:0|[1-9][0-9]{0,8})"
_UNIT = rf"(?:[xho]{_COUNT}(?:_{_COUNT})?)"
_PARAM = rf"(?:w{_COUNT}|b_{_UNIT})"
# Longest match first, as the contract says; the grammar of formulas reads names with this pattern.
SYMBOL = re.compile(
    rf"(?:(?:∂E/∂|dE/d)(?:{_PARAM}|{_UNIT})"
    rf"|(?:δ|delta|net|slope|E)_{_UNIT}"
    rf"|(?:Δ|step_){_PARAM}"
    rf"|(?:v̂|vhat|m̂|mhat|v|m|s)_{_PARAM}"
    rf"|{_PARAM}(?:⁺|_new)?|{_UNIT}|[tp]{_COUNT}"
    r"|β₁ᵏ|β₂ᵏ|beta1\^k|beta2\^k|β₁|β₂|beta1|beta2|η|eta|μ|mu|ρ|rho|ε|eps|E(?![a-z_]))"
    rf"(?:\[{_INDEX}\])?"
)


@dataclass(frozen=True)
class Names:
    """The symbols of a network.

    sizes: (inputs, units of layer 1, …, outputs). many: more than one sample per iteration, so a
    number that belongs to a sample carries the sample's index in brackets.
    """

    sizes: tuple[int, ...]
    many: bool = False
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
        column = (Style.UNICODE, Style.ASCII, Style.LATEX).index(style)
        if ref.kind in _RATES:
            return _RATES[ref.kind][column]
        if ref.kind == "error":
            return "E"
        if ref.kind == "target" or ref.kind == "prob":
            letter = ref.kind[0]
            name = f"{letter}_{{{ref.unit}}}" if style is Style.LATEX else f"{letter}{ref.unit}"
        else:
            if ref.kind in PER_WEIGHT:
                base = self.parameter(ref.layer, ref.unit, ref.input, style)
            else:
                base = self.unit(ref.layer, ref.unit, style)
            if ref.kind == "new":
                name = base + ("⁺", "_new", "^{+}")[column]
            else:
                prefix = _PREFIX[ref.kind][column]
                name = prefix % base if style is Style.LATEX else prefix + base
        if self.many and ref.sample >= 0:
            name += f"^{{[{ref.sample}]}}" if style is Style.LATEX else f"[{ref.sample}]"
        return name

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

    def _named(self, name: str) -> Ref | None:
        for kind, spellings in _RATES.items():
            if name in spellings[:2]:
                return Ref(kind)
        if name == "E":
            return Ref("error")
        if match := re.fullmatch(rf"([tp])({_COUNT})", name):
            kind = "target" if match[1] == "t" else "prob"
            unit = int(match[2])
            return Ref(kind, self.last, unit) if 1 <= unit <= self.sizes[-1] else None
        for suffix in ("⁺", "_new"):
            if name.endswith(suffix):
                found = self._parameter(name.removesuffix(suffix))
                return found and found._replace(kind="new")
        for kind, spellings in _PREFIX.items():
            if kind.endswith("_old"):
                continue
            for prefix in set(spellings[:2]):
                if not name.startswith(prefix):
                    continue
                base = name.removeprefix(prefix)
                found = self._parameter(base) if kind in PER_WEIGHT else self._unit(base)
                if found is None or (found.layer == 0 and kind != "out"):
                    continue
                if kind == "unit_error" and found.layer != self.last:
                    continue
                return found._replace(kind=kind)
        return None

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
