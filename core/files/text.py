"""Reading text that somebody else wrote: refused unread where it is too large, never waited for."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from nntutor.core.errors import IsFolder, NoFile, NotUtf8, ProblemError, TooLarge, Unreadable

# Opening a pipe nobody writes to would wait for ever; and Windows would take ctrl+z for the end of the text.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_text(path: Path, name: str, limit: int, too_large: TooLarge) -> str:
    """The UTF-8 text of a file of at most `limit` bytes; `name` is what messages call it.

    Raises NoFile, IsFolder, Unreadable, `too_large` and NotUtf8.
    """
    try:
        with os.fdopen(os.open(path, _READING), "rb") as file:
            info = os.fstat(file.fileno())
            if stat.S_ISDIR(info.st_mode):
                raise IsFolder(name, None)
            if not (stat.S_ISREG(info.st_mode) or stat.S_ISFIFO(info.st_mode)):
                raise Unreadable(name, None, "not a file")
            if sys.platform != "win32" and stat.S_ISFIFO(info.st_mode):
                os.set_blocking(file.fileno(), True)
            if info.st_size > limit:
                raise too_large
            return decoded(limited(file, limit, too_large), name)
    except FileNotFoundError:
        raise NoFile(name, None) from None
    except IsADirectoryError:
        raise IsFolder(name, None) from None
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError | ValueError) -> ProblemError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Unreadable(name, None, " ".join(reason.split()))


def limited(file: BinaryIO, limit: int, too_large: TooLarge) -> bytes:
    """All bytes of a stream that has at most `limit`."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise too_large
    return data


def decoded(data: bytes, name: str) -> str:
    """UTF-8 with or without a byte order mark. Raises NotUtf8 with the line of the first wrong byte."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8(name, data.count(b"\n", 0, error.start) + 1) from None
