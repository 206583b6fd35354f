"""How a drawing spells things: Unicode or ASCII, and with how many digits."""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.core.notation.figures import figure
from nntutor.core.notation.symbols import Style

_ASCII = str.maketrans(
    {
        "─": "-", "╱": "/", "╲": "\\", "▶": ">", "→": ">", "▲": "^", "▼": "v", "·": "|", "…": ".", "−": "-",
        "≈": "~", "│": "|", "█": "#", "“": '"', "”": '"', "←": "<", "▸": ">",
        "↑": "^", "●": "@", "○": "o", "•": ".", "✕": "+", "✓": "v", "✗": "x", "┊": "|", "≥": ">=", "ⁿ": "^n",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """style: UNICODE or ASCII; digits: significant digits of a result (its operands get two more)."""

    style: Style = Style.UNICODE
    digits: int = 4

    @property
    def ascii(self) -> bool:
        return self.style is Style.ASCII

    def line(self, glyphs: str) -> str:
        """Line glyphs and marks in this look."""
        return glyphs.translate(_ASCII) if self.ascii else glyphs

    def figure(self, value: float, plus: bool = False, digits: int | None = None) -> str:
        return figure(value, digits or self.digits, plus, self.style)
