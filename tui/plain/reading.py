"""Lines as they are typed: each after a prompt, none longer than is kept, and written where nobody sees them typed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TextIO

from nntutor.core.foreign import typed
from nntutor.tui.output import Output

PROMPT = "> "
LONGEST = 1000
"""Letters of a line; a longer one is refused, and no more of it is kept."""


def is_a_person() -> bool:
    """Whether lines are typed at a terminal, which shows them itself."""
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:
        return False


def read(out: Output) -> Iterator[str | None]:
    """Each line of standard input, after a prompt; None for one that is too long. Where nobody types, it is written."""
    stream, echoes = sys.stdin, not is_a_person()
    if stream is not None and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    while True:
        out.prompt(PROMPT)
        line = _line(stream, LONGEST + 2)
        if echoes or not line:
            out.write(f"{typed(line, LONGEST)}\n")
        if not line:
            return
        if len(line.rstrip("\r\n")) > LONGEST:
            while line and not line.endswith("\n"):
                line = _line(stream, LONGEST)
            yield None
        else:
            yield line


def _line(stream: TextIO | None, most: int) -> str:
    """A line or as much of it; nothing at the end, and where the terminal has gone."""
    try:
        return stream.readline(most) if stream is not None else ""
    except (OSError, ValueError):
        return ""
