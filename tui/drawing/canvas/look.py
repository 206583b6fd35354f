"""How a drawing spells things: Unicode or ASCII, and with how many digits."""

from __future__ import annotations

from dataclasses import dataclass

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style, sign
from nntutor.lessons.language.ascii import MARKS, ascii_look

_ASCII = str.maketrans(
    MARKS
    | {
        "─": "-", "│": "|", "╱": "/", "╲": "\\", "━": "=", "█": "#", "┤": "+", "└": "+", "·": "|", "…": ".",
        "▶": ">", "→": ">", "←": "<", "↑": "^",
    }
)  # fmt: skip
"""Marks, and lines, which a cell holds one sign of."""


@dataclass(frozen=True)
class Look:
    """style: UNICODE or ASCII; digits: significant digits of a result (its operands get two more).

    shaded: there are colours enough for backgrounds in eight shades, `heat0` to `heat7`.
    """

    style: Style = Style.UNICODE
    digits: int = 4
    shaded: bool = False

    @property
    def ascii(self) -> bool:
        return self.style is Style.ASCII

    def line(self, glyphs: str) -> str:
        """Line glyphs and marks in this look."""
        return glyphs.translate(_ASCII) if self.ascii else glyphs

    def plain(self, text: str) -> str:
        """Prose or a label in this look. Before it is laid out: signs that are spelled out are longer."""
        return ascii_look(text) if self.ascii else text

    def more(self, count: int) -> str:
        """That so many things are left out here, as there is no room for them."""
        dots = sign("…", self.style)
        return f" {dots} {count} {dots}"

    def figure(self, value: float, plus: bool = False, digits: int | None = None) -> str:
        return figure(value, digits or self.digits, plus, self.style)
