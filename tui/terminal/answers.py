"""What a terminal sends that is no key: answers to questions, and reports of the mouse; whole, or begun and not yet
ended.

A slow line cuts them anywhere. What is taken for keys of their rest would halve a rate (`<`) and reset it (`0`), so a
beginning that no key has is held back until the rest is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

WHOLE = re.compile(
    r"\x1b(?:\[[<=>?\d;]*[cn]|\[\?[\d;]*u|\[(?!48;)[\d;]*t|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\)"
)
"""Answers to what we or others have asked the terminal, a shell's prompt for one."""
BEGUN = re.compile(r"\x1b(?:\[<[\d;-]{0,40}|\]\d[^\x07\x1b]{0,200}\x1b?)\Z")
"""The beginning of one at the end of a text."""
CUT = re.compile(r"\x1b(?:\[<|\]\d)")
"""What cannot be a key any more, once it is longer than one of OPEN."""
OPEN = ("\x1b", "\x1b[", "\x1b]")
"""What may be a key, and the beginning of an answer."""
# A report of the mouse as it has been asked for (xterm's SGR): button, column and row from 1, pressed or let go.
_MOUSE = re.compile(r"\x1b\[<(\d{1,4});(\d{1,5});(\d{1,5})([Mm])")
_WHEEL, _MOVED, _HELD = 64, 32, 4 | 8 | 16


class Report(NamedTuple):
    """A click of the left button, or the wheel: 1 down, -1 up. Column and row are counted from 0."""

    column: int
    row: int
    wheel: int = 0


def parted(text: str) -> Iterator[tuple[str, Report | None]]:
    """The text between reports, each with the report that follows it; None where none does, or none that is used."""
    before, *rest = _MOUSE.split(text)
    while rest:
        button, column, row, state, after = rest[:5]
        yield before, _used(int(button), int(column) - 1, int(row) - 1, state)
        before, rest = after, rest[5:]
    yield before, None


def _used(button: int, column: int, row: int, state: str) -> Report | None:
    if state == "m" or button & (_MOVED | _HELD) or column < 0 or row < 0:
        return None
    if button & _WHEEL:
        return Report(column, row, 1 if button & 1 else -1) if button & 3 < 2 else None
    return Report(column, row) if button == 0 else None
