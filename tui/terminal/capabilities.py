"""What this terminal can do, found out without touching it: environment, encoding, streams.

Nothing is sent to the terminal and nothing waits for an answer, so it is safe in a pipe as well. The choice of
the look lives here too, for plain output and for the tutor, because the command line and `nntutor doctor` must
agree on it; only the width of glyphs has to be asked for, by whoever is handed in to do so.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TextIO

from nntutor.tui.terminal.probe import Answers, Keys
from nntutor.tui.terminal.textual_settings import served

SIGNS = "δ∂Δ⁺½²√ησμ₁ᵏ·−…≈m̂"
"""Signs of formulas; an output that cannot encode one of them gets ASCII names."""
FILES = 12
"""Files that the tutor needs open beside the terminal: the event loop's, the place with its log, a module."""
TYPEWRITERS = ("", "dumb", "unknown")
"""Names of terminals that cannot move their cursor, in lower case; for Rich as well, whatever their case."""
# Monochrome by their names, for systems without descriptions of terminals; those of DEC up to the VT510.
_MONOCHROME = re.compile(r"vt[1-5]\d\d?(-.*)?|.*-m(ono)?")


def can_encode(stream: TextIO | None, text: str) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def terminal(environment: Mapping[str, str]) -> str:
    """What the terminal says it is; those of Windows say nothing, and need not."""
    return environment.get("TERM", "") or ("windows" if sys.platform == "win32" else "")


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


@dataclass(frozen=True, slots=True)
class LookChoice:
    """The look of the tutor's screen; why: what decided for ASCII, "" for the Unicode look; keys typed meanwhile.

    silent: the terminal was asked and did not answer.
    """

    why: str = ""
    typed: Keys = ()
    silent: bool = False

    @property
    def ascii(self) -> bool:
        return bool(self.why)


def picked(environment: Mapping[str, str], asked: bool, glyph: Callable[[], Answers]) -> LookChoice:
    """The look of the tutor's screen; `glyph` asks the terminal how wide it draws one, where its locale makes that
    worth while."""
    if asked:
        return LookChoice("asked")
    if served(environment):
        return LookChoice()
    if screen_wants_ascii(environment):
        if environment.get("TERM") == "linux":
            return LookChoice("console")
        return LookChoice("locale" if plain_locale(environment) else "encoding")
    if not east_asian(environment):
        return LookChoice()
    answers = glyph()
    wide = answers.widths[:1] > (1,)
    return LookChoice("wide" if wide else "", answers.typed, answers.asked and not answers.widths)


def has_terminal() -> bool:
    """Whether standard input, output and error are all terminals."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    try:
        return all(stream is not None and stream.isatty() for stream in streams)
    except ValueError:
        return False


def moves_cursor(environment: Mapping[str, str]) -> bool:
    """Whether the terminal says that it is more than a typewriter, and one that knows the sequences of today.

    A name without a description is believed: those of new terminals have none on older machines.
    """
    term = terminal(environment)
    own, described = _described()
    return term.lower() not in TYPEWRITERS and (described is None or term != own or described.moves)


def encoding() -> str:
    """How what Textual writes is encoded, as Python spells it."""
    return getattr(sys.__stderr__, "encoding", "") or ""


def lacking(environment: Mapping[str, str]) -> str:
    """What the screen cannot be shown without, or "": terminals, cursor control, UTF-8 where Textual writes, files.

    A browser has all but the last.
    """
    if served(environment):
        return "" if _may_open(FILES) else "files"
    if not has_terminal():
        return "terminal"
    if not moves_cursor(environment):
        return "cursor"
    if encoding().lower().replace("-", "").replace("_", "") != "utf8":
        return "utf8"
    return "" if _may_open(FILES) else "files"


def _may_open(count: int) -> bool:
    """Whether so many more files may be open at once."""
    opened: list[int] = []
    try:
        while len(opened) < count:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    finally:
        for one in opened:
            os.close(one)
    return True


def colours(environment: Mapping[str, str], wanted: bool = True) -> int:
    """How many colours may be used: 0, 16, 256, or 2²⁴."""
    term = "browser" if served(environment) else terminal(environment)
    if not wanted or environment.get("NO_COLOR") or term.lower() in TYPEWRITERS:
        return 0
    if term in ("windows", "browser"):  # every console that Textual can draw on
        return 1 << 24
    own, described = _described()
    found = described.colours if described is not None and term == own else None
    if found == 0 or (found is None and _MONOCHROME.fullmatch(term)):
        return 0
    if (found or 0) > 256 or (_says_true_colour(environment) and not _multiplexed(environment)):
        return 1 << 24
    # Descriptions speak of 8 colours where the bright ones are there as well: xterm, screen, the Linux console.
    return 256 if found == 256 or "256" in term else 16


def _says_true_colour(environment: Mapping[str, str]) -> bool:
    return environment.get("COLORTERM", "").lower() in ("truecolor", "24bit")


def _multiplexed(environment: Mapping[str, str]) -> bool:
    """Whether COLORTERM may be a word of the terminal around tmux or screen, which passes on less."""
    return bool(multiplexers(environment)) or environment.get("TERM", "").startswith(("tmux", "screen"))


@dataclass(frozen=True, slots=True)
class _Description:
    """What terminfo says of a terminal: how many colours it has; whether ECMA-48's sequences move its cursor."""

    colours: int
    moves: bool


@cache
def _described() -> tuple[str, _Description | None]:
    """This process's TERM, and its description; None where there is none.

    Asked once: curses sticks to the first terminal that it is asked about.
    """
    term = os.environ.get("TERM", "")
    try:
        import curses

        curses.setupterm(term, 1)
        place = curses.tigetstr("cup") or b""
        return term, _Description(max(0, curses.tigetnum("colors")), b"\x1b[" in place or b"\x9b" in place)
    except Exception:  # no curses on this system, no such terminal, a description that is broken
        return term, None


def over_ssh(environment: Mapping[str, str]) -> bool:
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def multiplexers(environment: Mapping[str, str]) -> tuple[str, ...]:
    """tmux, screen, both where one runs inside the other, or none."""
    return tuple(name for name, sign in (("tmux", "TMUX"), ("screen", "STY")) if environment.get(sign))


def under_mosh(processes: Path = Path("/proc"), number: int | None = None) -> bool:
    """Whether mosh started the shell: it leaves no trace in the environment, only among the parents."""
    number = os.getppid() if number is None else number
    try:
        while number > 1:
            name, _, rest = (processes / str(number) / "stat").read_text().rpartition(") ")
            if name.endswith("(mosh-server"):
                return True
            number = int(rest.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return False
