"""What `nntutor doctor` finds out, as one frozen value: everything that it says follows from this alone.

Only `found` looks around (environment, streams, folder, and the terminal itself through `probe`), so that every
sentence and every piece of advice can be tested without a terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from locale import LC_CTYPE, setlocale
from locale import Error as LocaleError
from pathlib import Path
from shutil import get_terminal_size
from sqlite3 import DatabaseError
from statistics import median

from nntutor.core.errors import NntutorError
from nntutor.core.foreign import clean
from nntutor.lessons.language import error_text
from nntutor.lessons.language.words import load
from nntutor.lessons.learner import database, folders, waiting
from nntutor.tui.state import keymap
from nntutor.tui.terminal import background, capabilities, probe
from nntutor.tui.terminal.capabilities import LookChoice
from nntutor.tui.terminal.probe import Answers
from nntutor.tui.usage import UsageError

GLYPHS = ("δ", "→", "▶", "█", "⠿", "가", "m̂")
_TIMES = 5
_SECONDS = 1.0
_LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """size: columns and rows, zeros where unknown; files: pairs of a word's key and a path; see also `Answers`.

    moves: whether TERM is of a terminal with a cursor to move; program: the terminal's own name where it tells it;
    light: whether the background is, None where nobody says so; theme: of the next start;
    progress: see `lessons.progress.condition`;
    keymap: what is wrong with the file of keys, or nothing.
    """

    term: str
    program: str
    terminal: bool
    moves: bool
    starts: bool
    size: tuple[int, int]
    colours: int
    encoding: str
    signs: bool
    locale: str
    installed: bool
    ssh: bool
    mosh: bool
    multiplexers: tuple[str, ...]
    look: LookChoice
    light: bool | None
    theme: str
    language: str
    files: tuple[tuple[str, str], ...]
    folder: str
    writable: bool
    progress: str
    keymap: str
    answers: Answers

    @property
    def widths(self) -> Mapping[str, int]:
        """In cells, by glyph; empty where they are not known."""
        return dict(zip(GLYPHS, self.answers.widths, strict=False))

    @property
    def milliseconds(self) -> tuple[float, float] | None:
        """Median and worst time from a question to its answer."""
        times = [1000 * time for time in self.answers.times]
        return (median(times), max(times)) if times else None

    @property
    def korean(self) -> bool:
        return self.language == "ko" or self.locale.startswith("ko")


def found(environment: Mapping[str, str], language: str, ascii_asked: bool, color: bool) -> Facts:
    """Look around; takes as long as the terminal takes to answer, about a second where it is silent."""
    starts, locale = not capabilities.lacking(environment), capabilities.locale(environment)
    answers = _asked(environment)
    light = background.told(environment) if answers.light is None else answers.light
    size = get_terminal_size(fallback=(0, 0))
    folder, file = _places()
    return Facts(
        term=clean(capabilities.terminal(environment)),
        program=clean(_program(environment)),
        terminal=capabilities.has_terminal(),
        moves=capabilities.moves_cursor(environment),
        starts=starts,
        size=(size.columns, size.lines),
        colours=capabilities.colours(environment, color),
        encoding=capabilities.encoding(),
        signs=capabilities.can_encode(sys.__stderr__, capabilities.SIGNS),
        locale=clean(locale),
        installed=_installed(locale),
        ssh=capabilities.over_ssh(environment),
        mosh=capabilities.under_mosh(),
        multiplexers=capabilities.multiplexers(environment),
        look=capabilities.picked(environment, ascii_asked, lambda: answers),  # its glyph is the first of ours
        light=light,
        theme=background.at_start(_setting(file, "theme"), _setting(file, "background") or background.NAMES[light]),
        language=language,
        files=(("progress_file", _path(file)), ("keymap_file", _path(keymap.path() if file else None))),
        folder=_path(folder),
        writable=folder is not None and _writable(folder),
        progress=database.condition(file) if file else "missing",
        keymap=_keymap_fault(language),
        answers=answers,
    )


def _asked(environment: Mapping[str, str]) -> Answers:
    if not (capabilities.has_terminal() and capabilities.moves_cursor(environment)):
        return Answers()
    # Bytes of UTF-8 would be drawn as several signs each.
    glyphs = GLYPHS if not capabilities.lacking(environment) else ()
    return probe.ask(glyphs, _TIMES, background.may_be_asked(environment), _SECONDS)


def _setting(file: Path | None, name: str) -> str:
    """What the learner's file keeps, without touching it; "" for nothing."""
    try:
        connection = database.readable(file) if file is not None and file.is_file() else None
    except OSError:  # no name for a file
        return ""
    if connection is None:
        return ""
    with closing(connection), suppress(DatabaseError):
        row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return "" if row is None else str(row[0])
    return ""


def _program(environment: Mapping[str, str]) -> str:
    """The terminal's own name, which iTerm2 sends over SSH as well; tmux puts its own in the place of another."""
    name = environment.get("LC_TERMINAL", "") or environment.get("TERM_PROGRAM", "")
    return "" if name == "tmux" else name


def _installed(name: str) -> bool:
    """Whether the C library knows the locale. (Python itself goes on without it; tmux and others do not.)"""
    before = setlocale(LC_CTYPE)
    try:
        setlocale(LC_CTYPE, name)
    except (LocaleError, ValueError):
        return False
    finally:
        setlocale(LC_CTYPE, before)
    return True


def _places() -> tuple[Path | None, Path | None]:
    """Where state is kept: the folder and the file; nothing where there is no home folder."""
    try:
        return folders.state(), waiting.path()
    except RuntimeError:
        return None, None


def _path(path: Path | None) -> str:
    return clean(str(path or ""), _LONGEST_PATH)


def _keymap_fault(language: str) -> str:
    """What is wrong with the learner's own keys, or nothing."""
    words = load(language)
    try:
        keymap.read()
    except UsageError as error:
        return words.say(f"cli.{error.key}", **error.facts)
    except NntutorError as error:
        return error_text.sentence(error, words)
    except (OSError, RuntimeError):
        return ""
    return ""


def _writable(folder: Path) -> bool:
    """Whether the folder can be written, or made where it is not there yet."""
    try:
        there = next(place for place in (folder, *folder.parents) if place.exists())
    except OSError:
        return False
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
