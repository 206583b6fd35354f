"""Rows of styled text: what every drawing gives and the page paints. Lengths are cells, not characters."""

from __future__ import annotations

import re
from typing import NamedTuple

from nntutor.lessons.language.cells import cells


class Piece(NamedTuple):
    """Text in one style; the style is a name ("operand", "dim", …) that the looks turn into colours."""

    text: str
    style: str = ""


Row = tuple[Piece, ...]

# Where a line is being typed: a sign, for terminals that cannot reverse a blank.
CURSOR = Piece("_", "picked")


def row_cells(row: Row) -> int:
    total = 0
    for text, _ in row:
        total += cells(text)
    return total


def cut(text: str, width: int) -> str:
    """As much of a text as fits into `width` cells."""
    if cells(text) <= width:
        return text
    used = 0
    for place, letter in enumerate(text):
        used += cells(letter)
        if used > width:
            return text[:place]
    return text


def fitted(row: Row, width: int) -> Row:
    """The row cut to at most `width` cells."""
    if row_cells(row) <= width:
        return row
    result = []
    for piece in row:
        text = cut(piece.text, width)
        if text:
            result.append(Piece(text, piece.style))
        width -= cells(text)
        if width <= 0:
            break
    return tuple(result)


def changed_span(before: Row, after: Row) -> tuple[int, int]:
    """The first and one past the last cell in which two rows differ; (0, 0) where they show the same."""
    same = next((n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(before), len(after)) if same is None else same
    start = row_cells(before[:same])
    old, new = _spread(before[same:]), _spread(after[same:])
    length = max(len(old), len(new))
    old += [_BLANK] * (length - len(old))
    new += [_BLANK] * (length - len(new))
    differing = [at for at in range(length) if old[at] != new[at]]
    return (start + differing[0], start + differing[-1] + 1) if differing else (0, 0)


_BLANK = (" ", "")


def _spread(row: Row) -> list[tuple[str, str]]:
    """What stands in each cell; a wide letter stands in both of its cells."""
    spread: list[tuple[str, str]] = []
    for text, style in row:
        if text.isascii():
            spread += [(letter, style) for letter in text]
            continue
        for letter in text:
            width = cells(letter)
            if width == 0 and spread:
                spread[-1] = (spread[-1][0] + letter, style)
                continue
            spread.append((letter, style))
            if width == 2:
                spread.append((letter, "second half"))
    return spread


def padded_row(row: Row, width: int) -> Row:
    """The row cut or filled up with spaces to exactly `width` cells."""
    row = fitted(row, width)
    missing = width - row_cells(row)
    return (*row, Piece(" " * missing)) if missing else row


def beside(left: list[Row], right: list[Row], width: int, gap: int = 2) -> list[Row]:
    """Two drawings side by side, the left one `width` cells wide."""
    height = max(len(left), len(right))
    left = left + [()] * (height - len(left))
    right = right + [()] * (height - len(right))
    return [(*padded_row(one, width), Piece(" " * gap), *other) for one, other in zip(left, right, strict=True)]


# A short formula in parentheses, out(1 − out), is read in one piece.
_PARENTHESES = re.compile(r"\([^() ]{1,6}( [^() ]{1,6}){1,4}\)")
_JOINED = "\N{NO-BREAK SPACE}"
BOLD = "**"


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces; a word that is longer is broken where it must.

    The marks of bold terms, **so**, take up no cell.
    """
    width = max(1, width)
    text = _PARENTHESES.sub(lambda match: match[0].replace(" ", _JOINED), text)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if _shown(word) > width:
            word = word.replace(_JOINED, " ").replace(BOLD, "")
            while cells(word) > width:
                lines += [line] if line else []
                line = ""
                head = cut(word, width) or word[0]
                lines.append(head)
                word = word[len(head) :].lstrip()
        if not line:
            line = word
        elif _shown(line) + 1 + _shown(word) <= width:
            line += " " + word
        else:
            lines.append(line)
            line = word
    return [one.replace(_JOINED, " ") for one in ([*lines, line] if line else lines)]


def _shown(text: str) -> int:
    return cells(text) - len(BOLD) * text.count(BOLD)
