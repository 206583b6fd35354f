"""How wide this terminal draws a glyph of ambiguous width: one is written before the start, and the cursor asked.

δ, ·, → and lines are one cell wide nearly everywhere and two in some terminals of East Asian locales (Unicode
Standard Annex #11). There the columns of a drawing would not stand below each other, so the ASCII look is taken.
"""

from __future__ import annotations

import os
import re
import select
import sys
import time

_GLYPH = "δ"
_REPORT = re.compile(rb"\x1b\[\d+;(\d+)R")
_SECONDS = 0.5
_SENT = {b"\x1b[A": "up", b"\x1b[B": "down", b"\x1b[C": "right", b"\x1b[D": "left", b" ": "space", b"\r": "enter"}

Keys = tuple[tuple[str, str | None], ...]
"""Keys as Textual names them, each with what it sends."""


def draws_wide() -> tuple[bool, Keys]:
    """Whether the terminal draws the glyph two cells wide (no answer: it does not), and keys typed meanwhile."""
    try:
        import termios
        import tty
    except ImportError:  # no such terminals on this platform
        return False, ()
    if sys.__stdin__ is None or sys.__stderr__ is None:
        return False, ()
    source, target = sys.__stdin__.fileno(), sys.__stderr__.fileno()
    before = termios.tcgetattr(source)
    try:
        tty.setraw(source, termios.TCSANOW)  # not TCSAFLUSH, which throws away what was typed
        os.write(target, f"\r{_GLYPH}\x1b[6n".encode())
        data = _answer(source)
        os.write(target, b"\r\x1b[K")
    except OSError:
        return False, ()
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
    found = _REPORT.search(data)
    typed = data if found is None else data[: found.start()] + data[found.end() :]
    return found is not None and int(found[1]) > 2, _keys(typed)


def _answer(source: int) -> bytes:
    """What came up to the answer, or until it is late."""
    data, ends = b"", time.monotonic() + _SECONDS
    while _REPORT.search(data) is None:
        ready, _, _ = select.select([source], [], [], max(0.0, ends - time.monotonic()))
        chunk = os.read(source, 1024) if ready else b""
        if not chunk:
            break
        data += chunk
    return data


def _keys(data: bytes) -> Keys:
    found: list[tuple[str, str | None]] = []
    for part in re.findall(rb"\x1b\[[0-9;]*[ -/]*[@-~]|[^\x1b]+", data):
        if part in _SENT:
            found.append((_SENT[part], None))
        elif not part.startswith(b"\x1b"):
            for letter in part.decode(errors="ignore"):
                named = _SENT.get(letter.encode())
                found.append((named or letter, letter if letter.isprintable() else None))
    return tuple(found)
