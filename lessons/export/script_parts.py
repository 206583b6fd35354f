"""What the lines of a script are made of: names, lists of numbers, products, and what no script says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from nntutor.core.errors import NotScripted
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import spelled
from nntutor.core.rules.rulebook import LayerRules, Rulebook
from nntutor.core.rules.sums import ErrorSum, GradientSum

INDENT = "    "
_WIDTH = 100
UNIT = {"out_grad": "dE_dout", "net": "net", "out": "out", "slope": "slope", "delta": "delta"}
"""What the numbers of a layer's units are called; the layer's number follows."""
_INPUT = {"out": "x", "out_grad": "dE_dx"}
_OUTPUT = {"target": "t", "prob": "p", "unit_error": "E_o", "error": "E"}


@dataclass(frozen=True)
class Part:
    """Weights, biases or a variable of a surface that a script has under a name of its own: W1, b1, w2."""

    name: str
    layer: int
    bias: bool
    learns: bool
    values: object

    def of(self, kind: str) -> str:
        """The name of a kind of number that there is for each weight: dW1, v_W1, step_W1."""
        if kind in ("weight", "new"):
            return self.name
        if kind == "grad":
            return f"d{self.name}"
        return spelled(kind.removesuffix("_old"), self.name, Style.ASCII)


def unit(layer: int) -> Callable[[str], str]:
    """What the numbers of a layer's units are called; layer 0 is the inputs."""

    def name(key: str) -> str:
        if key.startswith("max_"):
            return f"{name(key.removeprefix('max_'))}.max(axis=1, keepdims=True)"
        if layer == 0:
            return _INPUT[key]
        return f"{UNIT[key]}{layer}" if key in UNIT else _OUTPUT[key]

    return name


def indented(lines: Iterable[str]) -> Iterator[str]:
    return (INDENT + line if line else "" for line in lines)


def times(terms: int) -> str:
    """The sign of a product over so many terms; one product is no sum, and is multiplied as its formula has it."""
    return "*" if terms == 1 else "@"


def only(rule: object, *known: str) -> None:
    """NotScripted where a sum says more about itself than what is known here."""
    plain = type(rule)()
    said = (name for name in vars(rule) if getattr(rule, name) != getattr(plain, name))
    if any(name not in known for name in said):
        raise NotScripted("rule")


def wrapped(start: str, items: Iterable[str], end: str) -> Iterator[str]:
    """Items between commas, as many in a line as fit."""
    yield start
    line = ""
    for item in items:
        if line and len(line) + len(item) > _WIDTH:
            yield INDENT + line.rstrip()
            line = ""
        line += f"{item}, "
    yield INDENT + line.rstrip()
    yield end


def rate_name(kind: str) -> str:
    """A rate in ASCII; lambda is a word of Python."""
    return "decay" if kind == "rate_decay" else spelled(kind, style=Style.ASCII)


def total(book: Rulebook) -> ErrorSum:
    if not isinstance(book.total, ErrorSum):
        raise NotScripted("rule")
    only(book.total, "divisor", "penalty")
    return book.total


def undivided(book: Rulebook) -> Rulebook:
    """The rules without the counts that they divide by."""
    if not isinstance(book.total, ErrorSum):
        return book

    def of(rules: LayerRules) -> LayerRules:
        assert isinstance(rules.gradient, GradientSum)
        gradient, bias = replace(rules.gradient, divisor=1), replace(rules.bias_gradient, divisor=1)
        return replace(rules, gradient=gradient, bias_gradient=bias)

    return replace(book, layers=tuple(map(of, book.layers)), total=replace(book.total, divisor=1))


def listed(values: np.ndarray) -> str:
    """One number, or a row of them, in full."""
    if values.ndim:
        return f"[{', '.join(listed(value) for value in values)}]"
    value = float(values)
    return repr(value) if isfinite(value) else f'float("{value}")'
