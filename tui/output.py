"""What the commands write into: streams that may be closed, full, gone, or of another encoding."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from nntutor.core import foreign
from nntutor.lessons.language import words as words_room
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.words import Words
from nntutor.tui.arguments import Arguments
from nntutor.tui.terminal import capabilities

if TYPE_CHECKING:
    from nntutor.core.notation.style import Style


_PATIENCE = 1.0
"""Seconds of silence before it is told how far something is."""


class WriteError(Exception):
    """The output does not take what is written (a full disk, none at all); that a pipe is closed is no mistake."""


def close_quietly() -> None:
    """Let nothing be written when the interpreter closes its streams."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def let_go_of_errors() -> None:
    """Standard error with nothing in it: what a terminal that is gone did not take would change the exit status."""
    try:
        if sys.stderr is not None:
            sys.stderr.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def words_of(language: str, stream: TextIO | None) -> Words:
    """The words of a language, or the English ones where the stream cannot encode the others."""
    return words_room.load(language if can_say(language, stream) else "en")


def can_say(language: str, stream: TextIO | None) -> bool:
    """Whether a stream has the letters of a language, which its own name shows."""
    return capabilities.can_encode(stream, words_room.CALLED[language][0])


class Output:
    """Standard output in the look and the language that it can take."""

    def __init__(self, given: Arguments, language: str) -> None:
        self.ascii = given.ascii or capabilities.wants_ascii(os.environ, sys.stdout)
        self.words = words_of(language, sys.stdout)
        self._heard, self._told, self._within = monotonic(), False, False

    @property
    def style(self) -> Style:
        from nntutor.core.notation.style import Style

        return Style.ASCII if self.ascii else Style.UNICODE

    def utf8(self) -> None:
        """From here on UTF-8, whatever the locale."""
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")

    def write(self, text: str) -> None:
        """The door through which every command writes: nothing in the text is obeyed by a terminal."""
        self._sent(foreign.lines(text))

    def _sent(self, text: str) -> None:
        if sys.stdout is None:
            raise WriteError(os.strerror(errno.EBADF))
        self._take_back()
        self._heard, self._within = monotonic(), sys.stdout.isatty() and not text.endswith("\n")
        try:
            sys.stdout.write(text)
        except BrokenPipeError:
            raise
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        except OSError as error:
            raise WriteError(error.strerror) from error

    def lines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(f"{self._look(line)}\n")

    @contextmanager
    def progress(self, key: str = "cli.searching") -> Iterator[Callable[[int, int], None]]:
        """Tells on a terminal's standard error how far a long work is, and takes the line back when it is done.

        What is written meanwhile stands in its place, and is followed by as much patience again; nothing is told within
        a line that is being written.
        """
        self._heard = monotonic()

        def tell(done: int, of: int) -> None:
            seen = sys.stderr is not None and sys.stderr.isatty() and not self._within
            if seen and monotonic() - self._heard > _PATIENCE:
                self._told = True
                self._say(f"\r{self.words.say(key, done=done, of=of)}\x1b[K")

        try:
            yield tell
        finally:
            self._take_back()

    def _take_back(self) -> None:
        if self._told:
            self._told = False
            self._say("\r\x1b[K")

    @staticmethod
    def _say(text: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def prompt(self, text: str) -> None:
        """Text that asks for a line, so that whoever types it has seen all before it."""
        self.write(text)
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise WriteError(error.strerror) from error

    def painted(self, lines: Iterator[str]) -> None:
        """Lines in which nothing is foreign, with colours of our own."""
        for line in lines:
            self._sent(f"{self._look(line)}\n")

    def _look(self, line: str) -> str:
        return ascii_look(line) if self.ascii else line
