"""What this terminal answers when it is asked: how wide it draws a glyph, how soon it answers, how bright it is.

δ, ·, → and lines are one cell wide nearly everywhere and two in some terminals of East Asian locales (Unicode
Standard Annex #11). There the columns of a drawing would not stand below each other, so the ASCII look is taken.

A terminal answers in the order in which it is asked. So everything else is asked between two questions for the
cursor's place, or before one, which every terminal knows: when the last of these is answered, no answer is still on
its way, and none is left for the shell. One that does not answer the first of these is not asked another.
"""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from nntutor.tui.terminal.answers import BEGUN, WHOLE
from nntutor.tui.terminal.ending import WATCH

_GLYPH = "δ"
_PLACE = b"\x1b[6n"
_WIPED = b"\r\x1b[K"
_BACKGROUND = b"\x1b]11;?\x1b\\"
_REPORT = re.compile(rb"\x1b\[\d+;(\d+)R")
_COLOUR = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F/]+)(?:\x1b\\|\x07)")
# A line that takes 300 ms each way is still heard; nearly every terminal answers at once.
_SECONDS = 0.8
# The rest of an answer that has begun is waited for so long: what is left of it would be taken for keys.
_REST = 0.2
_SENT = {
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left", "\x1b[5~": "pageup", "\x1b[6~": "pagedown",
    " ": "space", "\r": "enter", "\n": "enter", "\x7f": "backspace",
    "\x03": "ctrl+c", "\x11": "ctrl+q", "\x1a": "ctrl+z",
}  # fmt: skip

# A sequence, with whatever a terminal may put into one, or the keys up to the next.
_PART = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[^\x1b]+")

Keys = tuple[tuple[str, str | None], ...]
"""Keys as Textual names them, each with what it sends."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back.

    asked: whether there was a terminal to ask; times: seconds from a question to its answer, empty for silence;
    widths: in cells, in the order asked, or empty; light: whether the background is, None where it was not told.
    """

    asked: bool = False
    times: tuple[float, ...] = ()
    widths: tuple[int, ...] = ()
    light: bool | None = None
    typed: Keys = ()


def glyph() -> Answers:
    """How wide the terminal draws the glyph that decides; no answer: as everywhere else."""
    return ask((_GLYPH,))


def ask(glyphs: Sequence[str] = (), times: int = 0, background: bool = False, seconds: float = _SECONDS) -> Answers:
    """Ask the terminal, `times` times only how soon it answers, less often where that takes longer than `seconds`.

    No answer is waited for longer than `seconds`.
    """
    if sys.platform == "win32":  # there are no such terminals there
        return Answers()
    import termios
    import tty

    if sys.__stdin__ is None or sys.__stderr__ is None:
        return Answers()
    source, target = sys.__stdin__.fileno(), sys.__stderr__.fileno()
    if _in_background(source):
        return Answers()
    try:
        before = termios.tcgetattr(source)
    except termios.error:
        return Answers()
    written = b"".join(_WIPED + glyph.encode() + _PLACE for glyph in glyphs)
    count = len(glyphs)
    if background:
        written = _BACKGROUND + (written or _PLACE)
        count = max(1, count)
    data, took = b"", list[float]()
    WATCH.touches_terminal()
    try:
        tty.setraw(source, termios.TCSANOW)  # not TCSAFLUSH, which throws away what was typed
        while len(took) < times and sum(took) < seconds:
            began = time.monotonic()
            os.write(target, _PLACE)
            data += _answers(source, 1, seconds)
            if len(_REPORT.findall(data)) <= len(took):
                return Answers(True, tuple(took), typed=_keys(data))
            took.append(time.monotonic() - began)
        os.write(target, written)
        data += _answers(source, count, seconds)
        if glyphs:
            os.write(target, _WIPED)
    except OSError:
        return Answers()
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
    widths = tuple(int(column) - 1 for column in _REPORT.findall(data)[len(took) :])
    return Answers(True, tuple(took), widths if len(widths) == len(glyphs) else (), _light(data), _keys(data))


def _in_background(source: int) -> bool:
    """Whether another program has the terminal; one that touches it all the same is stopped."""
    if sys.platform == "win32":
        return False
    try:
        return os.tcgetpgrp(source) != os.getpgrp()
    except OSError:  # no job control here
        return False


def _answers(source: int, count: int, seconds: float) -> bytes:
    """What came up to so many answers, or until they are late."""
    data, ends = b"", time.monotonic() + seconds
    while len(_REPORT.findall(data)) < count or _is_half(data):
        ready, _, _ = select.select([source], [], [], max(_REST * _is_half(data), ends - time.monotonic()))
        chunk = os.read(source, 1024) if ready else b""
        if not chunk:
            break
        data += chunk
    return data


def _is_half(data: bytes) -> bool:
    return BEGUN.search(data.decode("latin-1")) is not None


def _light(data: bytes) -> bool | None:
    """Whether the colour told is nearer to white than to black, weighed as the eye does (Rec. 709)."""
    found = _COLOUR.search(data)
    parts = found[1].split(b"/")[:3] if found else []
    if len(parts) < 3 or not all(parts):
        return None
    red, green, blue = (int(part, 16) / ((1 << 4 * len(part)) - 1) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5


def _keys(data: bytes) -> Keys:
    """What was typed meanwhile, without the answers, whatever they say."""
    found: list[tuple[str, str | None]] = []
    text = BEGUN.sub("", WHOLE.sub("", data.decode(errors="ignore")))
    for part in _PART.findall(text):
        if part in _SENT:
            found.append((_SENT[part], None))
        elif not part.startswith("\x1b"):
            for letter in part:
                named = _SENT.get(letter)
                found.append((named or letter, letter if letter.isprintable() else None))
    return tuple(found)
