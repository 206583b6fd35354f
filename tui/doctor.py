"""What this terminal can do, found out without touching it: environment, encoding, size.

Nothing is sent to the terminal and nothing waits for an answer, so it is safe in a pipe as well. The choice of
the look for plain output lives here too, because the command line and `doctor` must agree on it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from nntutor.lessons.words import Words

SIGNS = "δ∂Δ⁺½²√ησμ₁ᵏ·−…≈m̂"
"""Signs of formulas; an output that cannot encode one of them gets ASCII names."""
HANGUL = "가"


def can_encode(stream: TextIO | None, text: str) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def locale(environment: Mapping[str, str]) -> str:
    """The locale that was asked for; "" for none. (Python itself may have set LC_CTYPE to C.UTF-8.)"""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environment.get(name, "")
        if value and not (name == "LC_CTYPE" and value == "C.UTF-8"):
            return value
    return ""


def plain_locale(environment: Mapping[str, str]) -> bool:
    """Whether the C locale was asked for by name."""
    return locale(environment) in ("C", "POSIX")


def east_asian(environment: Mapping[str, str]) -> bool:
    """Whether terminals of this locale may draw glyphs of ambiguous width two cells wide."""
    return locale(environment)[:2] in ("ko", "ja", "zh")


def wants_ascii(environment: Mapping[str, str], stream: TextIO | None) -> bool:
    """Whether output should do without the signs that plain terminals lack."""
    return plain_locale(environment) or not can_encode(stream, SIGNS)


def screen_wants_ascii(environment: Mapping[str, str]) -> bool:
    """The same for the tutor's screen: the Linux console has few glyphs."""
    return environment.get("TERM") == "linux" or wants_ascii(environment, sys.__stderr__)


def fits_the_tutor(environment: Mapping[str, str]) -> bool:
    """Whether the screen can be shown: three terminals, cursor control, and UTF-8 where Textual writes."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    try:
        if not all(stream is not None and stream.isatty() for stream in streams):
            return False
    except ValueError:
        return False
    encoding = (getattr(sys.__stderr__, "encoding", "") or "").lower().replace("-", "").replace("_", "")
    return environment.get("TERM", "") not in ("", "dumb") and encoding == "utf8"


def colours(environment: Mapping[str, str], wanted: bool = True) -> int:
    """How many colours may be used: 0, 16, 256, or 2²⁴."""
    term = environment.get("TERM", "")
    if not wanted or environment.get("NO_COLOR") or term in ("", "dumb"):
        return 0
    if environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return 1 << 24
    return 256 if "256" in term else 16


def multiplexer(environment: Mapping[str, str]) -> str:
    if environment.get("TMUX"):
        return "tmux"
    return "screen" if environment.get("STY") else ""


def over_ssh(environment: Mapping[str, str]) -> bool:
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def lines(words: Words, ascii_asked: bool, color: bool, place: Path | None) -> Iterator[str]:
    """The report; `place` is where progress is kept."""
    environment = os.environ
    say = words.say

    def yes(value: bool) -> str:
        return say("doctor.yes" if value else "doctor.no")

    size = get_terminal_size(fallback=(0, 0))
    signs = can_encode(sys.__stderr__, SIGNS)
    ascii_look = ascii_asked or screen_wants_ascii(environment)
    facts = (
        ("terminal", f"{environment.get('TERM') or say('doctor.none')} ({yes(fits_the_tutor(environment))})"),
        ("size", f"{size.columns} x {size.lines}" if size.columns else say("doctor.unknown")),
        ("colours", str(colours(environment, color))),
        ("encoding", str(getattr(sys.__stderr__, "encoding", None) or say("doctor.unknown"))),
        ("unicode", yes(signs)),
        ("ssh", yes(over_ssh(environment))),
        ("multiplexer", multiplexer(environment) or say("doctor.none")),
        ("look", say("doctor.look_ascii" if ascii_look else "doctor.look_unicode")),
        ("language", say(f"language.{words.language}")),
        ("progress_file", str(place) if place else say("doctor.unknown")),
    )
    yield say("doctor.title")
    for name, value in facts:
        yield f"  {say(f'doctor.{name}')}: {value}"
