"""The three ways to spell a formula, and its signs in each.

Whatever is drawn asks this; the list of lessons stands before symbols and formulas are loaded, so they are not here.
"""

from __future__ import annotations

from enum import Enum

_ASCII = {"·": "*", "−": "-", "²": "^2", "½": "0.5", "√": "sqrt", "σ": "sigmoid", "…": "...", "≈": "~", "≥": ">="}
_LATEX = {"·": r" \cdot ", "−": "-", "≈": r"\approx", "≥": r"\ge"}


class Style(Enum):
    """How a symbol or a formula is spelled."""

    UNICODE = "unicode"
    ASCII = "ascii"
    LATEX = "latex"


def sign(mark: str, style: Style) -> str:
    """A sign of formulas in this spelling: · − ² ½ √ σ … ≈ ≥"""
    if style is Style.LATEX:
        return _LATEX.get(mark, mark)
    return _ASCII.get(mark, mark) if style is Style.ASCII else mark
