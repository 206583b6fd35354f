"""How a number is written: significant digits, short where it is exact, never a false digit.

Every figure that people read comes from here, so that the formula, the diagram and the prose cannot
show the same number in two ways.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite, ulp

from nntutor.core.notation.style import Style

SUBSTITUTED_DIGITS = 9
# Below this, leading zeros cost more reading than an exponent does.
_SMALL = 1e-4
# From here on, an exponent is shorter than a whole number.
_LARGE = 1e6
# So near a short number, what is left is the rounding of a few sums: 1 − 1.8 is meant to be −0.8.
_ROUNDING = 8


def figure(value: float, digits: int = 4, plus: bool = False, style: Style = Style.UNICODE) -> str:
    """The value with this many significant digits; `plus` writes the sign of positive numbers too.

    A value that is exact in fewer digits, but for what double precision rounds, is written short (0.4, not
    0.4000); any other keeps its zeros (0.4000), which says that more digits follow.
    """
    value = float(value)
    if not isfinite(value):
        text = "nan" if value != value else "inf"
    else:
        text = _digits(abs(value), digits)
    negative = value < 0
    if style is Style.LATEX and "e" in text:
        mantissa, _, exponent = text.partition("e")
        text = rf"{mantissa}\cdot 10^{{{exponent}}}"
    if negative:
        return ("−" if style is Style.UNICODE else "-") + text
    return "+" + text if plus and value > 0 else text


@lru_cache(maxsize=4096)  # a screen shows most of its numbers again at every step
def _digits(size: float, digits: int) -> str:
    short = f"{size:.{digits}g}"
    if abs(float(short) - size) <= _ROUNDING * ulp(size):
        if 1 <= size < _LARGE:
            return f"{size:.0f}" if "e" in short else short
        mantissa, _, exponent = short.partition("e")
        return mantissa + (f"e{int(exponent)}" if exponent else "")
    text = f"{size:#.{digits}g}"
    if size < _SMALL or "e" in text:
        mantissa, _, exponent = f"{size:.{digits - 1}e}".partition("e")
        return f"{mantissa}e{int(exponent)}"
    return text.rstrip(".")


def substituted(value: float) -> str:
    """The figure that a trace fills into a formula: 9 significant digits, as `%.9g` prints them; −0 is 0."""
    text = format(float(value) + 0.0, f".{SUBSTITUTED_DIGITS}g")
    return "−" + text[1:] if text.startswith("-") else text
