"""Parts of rows as the fewest bytes that a terminal needs for them: a slow line is to pass a screen in no time.

From one style to the next only what differs is written, over all parts, and the colour of letters not for blanks. In a
part that ends its row, blanks are erased and gone past, not spelled out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from nntutor.lessons.language.cells import cells, even

_RESET = "\x1b[m"
_GAP, _END = re.compile(" {9,}"), re.compile(r"\x1b\[K\x1b\[\d+C\Z")
_COLOURS = {"3": "letters", "9": "letters", "4": "ground", "10": "ground"}  # by all but the last digit
_LINED = frozenset("4789")  # underlined, reversed, …: seen in blanks too

Ink = Mapping[str, str]
"""What is set of a style, and the numbers that set it (SGR)."""


class Part(NamedTuple):
    """Cells of row y from cell x on, and where the row ends."""

    x: int
    y: int
    strip: Strip
    width: int


def cropped(strip: Strip, x: int, end: int) -> Strip:
    """Cells x to end - 1 of a row, each with the mark above it (m̂), which Strip.crop gives to the cell that follows."""
    part = strip.crop(x, end)
    if even(strip.text):
        return part
    before, after = _marks(part), _marks(strip.crop(end))
    if not (before or after):  # as in most rows of Korean, whose letters are wide
        return part
    segments = list(part)
    if before:
        segments[0] = Segment(segments[0].text[len(before) :], segments[0].style)
    if after and segments:
        segments[-1] = Segment(segments[-1].text + after, segments[-1].style)
    return Strip(segments, part.cell_length)


def _marks(strip: Strip) -> str:
    """What takes no cell at the beginning."""
    return "".join(takewhile(lambda letter: cells(letter) == 0, strip.text))


def written(parts: Iterable[Part], console: Console) -> str:
    """The parts as a terminal is told them; it is left without a style, as it was."""
    texts: list[str] = []
    ink: Ink = {}
    for x, y, strip, width in parts:
        ending = x + strip.cell_length == width
        texts.append(f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H")
        for segment in strip:
            wanted = _ink(segment.style, console) if segment.style else {}
            if segment.text.isspace():
                wanted = _of_blanks(ink, wanted)
            texts += [
                _turned(ink, wanted),
                _GAP.sub(_past, segment.text) if ending and not segment.style else segment.text,
            ]
            ink = wanted
        if ending:
            texts[-1] = _END.sub("\x1b[K", texts[-1])
    return "".join(texts) + (_RESET if ink else "")


@lru_cache(maxsize=256)
def _ink(style: Style, console: Console) -> Ink:
    """What a style sets, as Rich writes it for this terminal."""
    numbers = Strip([Segment("x", style)]).render(console).partition("x")[0].strip("\x1b[m").split(";")
    found: dict[str, str] = {}
    while numbers and numbers[0]:
        length = {"5": 3, "2": 5}[numbers[1]] if numbers[0] in ("38", "48") else 1
        found[_COLOURS.get(numbers[0][:-1], numbers[0])] = ";".join(numbers[:length])
        del numbers[:length]
    return found


def _of_blanks(before: Ink, wanted: Ink) -> Ink:
    """What is to be set for blanks: of the ink that is there all may stay but their ground and what is seen in them."""
    if not _LINED.isdisjoint((*before, *wanted)) or ("ground" in before and "ground" not in wanted):
        return wanted
    return {**before, **{name: wanted[name] for name in ("ground",) if name in wanted}}


def _turned(before: Ink, wanted: Ink) -> str:
    """What turns one ink into another."""
    if before == wanted:
        return ""
    if not wanted:
        return _RESET
    if before.keys() <= wanted.keys():
        numbers = [number for name, number in wanted.items() if before.get(name) != number]
    else:
        numbers = ["0", *wanted.values()]
    return f"\x1b[{';'.join(numbers)}m"


def _past(gap: re.Match[str]) -> str:
    """Erases all that follows in the row (EL), and moves to the right (CUF)."""
    return f"\x1b[K\x1b[{len(gap[0])}C"
