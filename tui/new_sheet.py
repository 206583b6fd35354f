"""`nntutor new`: a problem file to start from, written to standard output or to a file that is not there yet."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from nntutor.core.foreign import clean
from nntutor.lessons.language import words as words_room
from nntutor.tui import arguments
from nntutor.tui.arguments import Arguments
from nntutor.tui.output import Output
from nntutor.tui.usage import UsageError

_SHEETS = Path(words_room.__file__).parent.parent / "sheets"


def run(given: Arguments, out: Output) -> int:
    """Write it; the exit status. UsageError for a file that is there already, or cannot be written."""
    if given.what in (None, "-"):
        out.write(sheet(out.words.language))
        return 0
    name = str(given.what)
    # A file takes any language, whatever this terminal shows.
    _create(name, sheet(given.language or arguments.language((), os.environ)))
    out.lines(iter([out.words.say("cli.written", name=clean(name))]))
    return 0


def sheet(language: str) -> str:
    """The file with its comments in a language."""
    return (_SHEETS / f"{language}.toml").read_text(encoding="utf-8")


def _create(name: str, text: str) -> None:
    """A new file, whole or not at all."""
    try:
        with open(name, "x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:  # ctrl+c as well
                with suppress(OSError):
                    os.unlink(name)
                raise
    except FileExistsError:
        raise UsageError("exists", name=name) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError("not_written", name=name, reason=reason) from None
