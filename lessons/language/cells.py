"""How wide a line is in a terminal: in cells, not in letters."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, east_asian_width

# Marks on the letter before, and what nothing is drawn for.
_NONE = ("Mn", "Me", "Cf")

# A short formula in parentheses, out(1 − out) or 1/(1 + exp(−net)), is read in one piece.
_TERM = r"(?:[^() ]|\([^() ]{1,6}\)){1,6}"
_PARENTHESES = re.compile(rf"\({_TERM}( {_TERM}){{1,4}}\)")
# A sign is read with what follows it, and a short name with its sign: w3 = 0.25, E 0.3 → 0.1, 1 − β.
_ARROW = "->|<-|<=|>="  # without Unicode
_SIGN = re.compile(rf"(?<= )({_ARROW}|[=≈~<>≤≥≠→←·−+/-]) (?=[^ ]{{1,24}}(?: |$))")
_NAME = re.compile(
    rf"(?<![^ (])([^ ()]{{1,8}}) (?=(?:[−\d-][^ ]{{0,9}} )?(?:{_ARROW}|[=≈~<>≤≥≠→←−+-])\N{{NO-BREAK SPACE}})"
)
JOINED = "\N{NO-BREAK SPACE}"
"""Stands for a space at which no line is broken; it is one cell wide as well."""


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


def held(text: str) -> str:
    """The text, with JOINED for the spaces inside of what is read in one piece."""
    text = _PARENTHESES.sub(lambda match: match[0].replace(" ", JOINED), text)
    return _NAME.sub(rf"\1{JOINED}", _SIGN.sub(rf"\1{JOINED}", text))


def paragraph(text: str, width: int, margin: str = "") -> list[str]:
    """The text in lines of at most `width` cells, each after `margin`, broken at spaces; not in what is read in one
    piece, as long as a line has room for it."""
    lines: list[str] = []
    room = width - cells(margin)
    for piece in filter(None, held(" ".join(text.split())).split(" ")):
        for word in [piece.replace(JOINED, " ")] if cells(piece) <= room else piece.split(JOINED):
            longer = f"{lines[-1]} {word}" if lines else margin + word
            if lines and cells(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(margin + word)
    return lines
