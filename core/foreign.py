"""Text that comes from outside: titles, cells, names, arguments, settings of the environment, what is typed.

Data stays what it is. Where it is shown it is text and nothing else: a terminal would obey a control character, an
override of the direction turns around what stands beside it, a line end breaks a row. This room alone says what of
it may stand where.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 300
"""Letters of a foreign text in a message or a heading."""
_READ = 8 * LONGEST
UNSEEN: dict[int, str | None] = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
"""Letters of no width, which come along with what is copied from a page on the web."""
_APART = re.compile(r"\s*[\t-\r\x85\u2028\u2029]\s*")
# Variation selectors: whether a sign is drawn as text or as a picture, which terminals count in cells differently.
_SELECTORS = frozenset(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def clean(text: str, most: int = LONGEST) -> str:
    """A foreign text as one line of at most `most` letters in which nothing is obeyed.

    Spaces and line ends become one space, what takes no cell goes, any other control is a question mark.
    """
    text = text.lstrip()[: most + _READ]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _harmless(text))
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def visible(text: str) -> str:
    """A text for the screen or the terminal, in which no letter does anything; it takes as many cells as before."""
    return text if text.isprintable() else _harmless(text)


def lines(text: str) -> str:
    """The same for several lines."""
    return text if text.replace("\n", "").isprintable() else "\n".join(map(visible, text.split("\n")))


def typed(text: str, most: int) -> str:
    """What of a typed or pasted text can stand in a line; what stood in two lines or cells stays two words."""
    apart = _APART.sub(" ", text[: most + _READ].strip("\t\r\n"))
    return "".join(letter for letter in apart if letter.isprintable())[:most]


def _harmless(text: str) -> str:
    return "".join(map(_instead, text))


def _instead(letter: str) -> str:
    if letter.isprintable():
        return "" if letter in _SELECTORS else letter
    match unicodedata.category(letter):
        case "Zs":
            return letter
        case "Cf":  # joiners, marks of direction, overrides
            return ""
    if letter.isspace():
        return " "
    return "??" if unicodedata.east_asian_width(letter) in "WF" else "?"
