"""Parts of rows as the fewest bytes that a terminal needs for them: a slow line is to pass a screen in no time.

From one style to the next only what differs is written, over all parts, and the colour of letters not for blanks. In a
part that ends its row, blanks are erased and gone past, not spelled out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
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
    """Cells of row y from cell x on; ends: whether they are the last ones of the row."""

    x: int
    y: int
    segments: Iterable[Segment]
    ends: bool


def cropped(row: Iterable[Segment], x: int, end: int) -> list[Segment]:
    """Cells x to end - 1 of a row, each with the mark above it (m̂)."""
    part: list[Segment] = []
    start = 0
    for segment in row:
        text = segment.text
        stop = start + cells(text)
        if start < x or stop > end or not even(text):
            text = (
                text[max(0, x - start) : max(0, end - start)] if even(text) else _within(text, x - start, end - start)
            )
            segment = Segment(text, segment.style)
        if text:
            part.append(segment)
        if stop > end:
            break
        start = stop
    return part


def _within(text: str, start: int, end: int) -> str:
    """The letters whose first cell is one of these, and the marks above them; a mark at the beginning stands before."""
    found, at, here = "", -1, 0
    for letter in text:
        width = cells(letter)
        if width:
            at, here = here, here + width
        if start <= at < end:
            found += letter
    return found


def written(parts: Iterable[Part], console: Console) -> str:
    """The parts as a terminal is told them; it is left without a style, as it was."""
    texts: list[str] = []
    ink: Ink = {}
    for x, y, segments, ends in parts:
        texts.append(f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H")
        for text, style, _ in segments:
            wanted = _ink(style, console) if style else {}
            if text.isspace():
                wanted = _of_blanks(ink, wanted)
            if wanted is not ink:
                texts.append(_turned(ink, wanted))
                ink = wanted
            texts.append(_GAP.sub(_past, text) if ends and not style else text)
        if ends:
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
