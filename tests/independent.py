"""A second reader of formulas, sharing nothing with the first: text in, plain NumPy arithmetic, a number out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

_REPLACED = (("½", "0.5"), ("·", "*"), ("−", "-"), ("²", "**2"), ("√", "sqrt"), ("^2", "**2"), ("≥", ">="))


def value(formula: str, operands: Mapping[str, float], leaky: float) -> float:
    """The value of a formula of the contract's grammar, names replaced longest first."""
    names = sorted(operands, key=len, reverse=True)
    places = {name: f"N[{place}]" for place, name in enumerate(names)}
    if names:
        formula = re.sub("|".join(re.escape(name) for name in names), lambda m: places[m[0]], formula)
    for sign, plain in _REPLACED:
        formula = formula.replace(sign, plain)
    numbers = [_Number(operands[name]) for name in names]
    functions = {
        "σ": lambda x: 1 / (1 + np.exp(-x)), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh,
        "relu": lambda x: np.maximum(x, 0), "leaky": lambda x: x if x > 0 else np.float64(leaky) * x,
        "step": lambda x: np.float64(x >= 0), "exp": np.exp, "ln": np.log, "sqrt": np.sqrt, "abs": np.abs,
        "max": lambda *of: np.max(of), "sign": np.sign,
    }  # fmt: skip
    scope = {name: _plain(function) for name, function in functions.items()}
    with np.errstate(all="ignore"):
        result = eval(formula, {"__builtins__": {}}, {**scope, "N": numbers})
    return float(result)


class _Number(float):
    """A double whose square is a product, whatever power the reader sees, and whose division may be by 0."""

    def __pow__(self, power: int) -> _Number:  # type: ignore[override]
        assert power == 2
        return self * self

    def __add__(self, other: float) -> _Number:
        return _Number(np.float64(self) + other)

    def __radd__(self, other: float) -> _Number:
        return _Number(other + np.float64(self))

    def __sub__(self, other: float) -> _Number:
        return _Number(np.float64(self) - other)

    def __rsub__(self, other: float) -> _Number:
        return _Number(other - np.float64(self))

    def __mul__(self, other: float) -> _Number:
        return _Number(np.float64(self) * other)

    def __rmul__(self, other: float) -> _Number:
        return _Number(other * np.float64(self))

    def __truediv__(self, other: float) -> _Number:
        return _Number(np.float64(self) / np.float64(other))

    def __rtruediv__(self, other: float) -> _Number:
        return _Number(np.float64(other) / np.float64(self))

    def __neg__(self) -> _Number:
        return _Number(-np.float64(self))


def _plain(function):  # type: ignore[no-untyped-def]
    return lambda *given: _Number(function(*(np.float64(one) for one in given)))
