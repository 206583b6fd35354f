"""How wide a line is in a terminal: in cells, not in letters."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, east_asian_width

# Marks on the letter before, and what nothing is drawn for.
_NONE = ("Mn", "Me", "Cf")


def cells(line: str) -> int:
    """How many cells a line takes: a Korean letter takes two, a combining mark none."""
    return len(line) if line.isascii() else _measured(line)


@lru_cache(maxsize=8192)  # a screen measures the same words and lines again at every step
def _measured(line: str) -> int:
    return sum(0 if category(letter) in _NONE else 2 if east_asian_width(letter) in "WF" else 1 for letter in line)


@lru_cache(maxsize=8192)
def even(line: str) -> bool:
    """Whether each letter of a line takes one cell."""
    return line.isascii() or all(_measured(letter) == 1 for letter in line)


def padded(line: str, width: int) -> str:
    """The line and as many spaces as it needs to be `width` cells wide."""
    return line + " " * max(0, width - cells(line))


def at_right(line: str, width: int) -> str:
    """The line, after as many spaces as it needs to be `width` cells wide."""
    return " " * max(0, width - cells(line)) + line


def paragraph(text: str, width: int, margin: str = "") -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces, each after `margin`."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else margin + word
        if lines and cells(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(margin + word)
    return lines
