"""Reading text that somebody else wrote: refused unread where it is too large, never waited for."""

from __future__ import annotations

import io
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import BinaryIO, cast

from nntutor.core.errors import IsFolder, NoFile, NotUtf8, TooLarge, Unreadable

WAIT = 5.0
"""Seconds that a pipe may keep silent, all its silences together."""

# Opening a pipe nobody writes to would wait for ever; and Windows would take ctrl+z for the end of the text.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_text(path: Path, name: str, limit: int, too_large: TooLarge) -> str:
    """The UTF-8 text of a file of at most `limit` bytes; `name` is what messages call it.

    Raises NotUtf8 and what `opened` raises.
    """
    with opened(path, name, limit, too_large) as file:
        return decoded(file.read(), name)


@contextmanager
def opened(path: Path, name: str, limit: int, too_large: TooLarge) -> Iterator[BinaryIO]:
    """A file as a stream of at most `limit` bytes; what goes wrong while it is read is said in one line as well.

    Raises NoFile, IsFolder, Unreadable and `too_large`.
    """
    try:
        with _Bounded(_descriptor(path, name), name, limit, too_large) as raw:
            yield cast(BinaryIO, io.BufferedReader(raw, 2**16))
    except FileNotFoundError:
        raise NoFile(name, None) from None
    except IsADirectoryError:
        raise IsFolder(name, None) from None
    except OSError as error:
        raise _unreadable(name, error) from None


def _descriptor(path: Path, name: str) -> int:
    try:
        return os.open(path, _READING)
    except ValueError as error:
        raise _unreadable(name, error) from None


class _Bounded(io.RawIOBase):
    """The bytes of an open file, up to a limit; a pipe that keeps silent is waited for a short time."""

    def __init__(self, descriptor: int, name: str, limit: int, too_large: TooLarge) -> None:
        self._descriptor, self._name, self._left, self._too_large = descriptor, name, limit, too_large
        self._patience = WAIT
        info = os.fstat(descriptor)
        pipe = stat.S_ISFIFO(info.st_mode)
        if stat.S_ISDIR(info.st_mode):
            raise self._refused(IsFolder(name, None))
        if not (stat.S_ISREG(info.st_mode) or pipe):
            raise self._refused(Unreadable(name, None, "not_file"))
        if info.st_size > limit:
            raise self._refused(too_large)
        self._waits = pipe and sys.platform != "win32"  # which has no way to wait for a pipe

    def _refused(self, error: Exception) -> Exception:
        self.close()
        return error

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise self._too_large
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        while True:
            if self._waits:
                self._wait()
            try:
                return os.read(self._descriptor, size)
            except BlockingIOError:
                self._wait()

    def _wait(self) -> None:
        began = monotonic()
        ready, _, _ = select.select([self._descriptor], [], [], self._patience)
        self._patience = max(0.0, self._patience - (monotonic() - began))
        if not ready:
            raise Unreadable(self._name, None, "silent")


def _unreadable(name: str, error: OSError | ValueError) -> Unreadable:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Unreadable(name, None, " ".join(reason.split()))


def standard_input(stream: BinaryIO | None, name: str, limit: int, too_large: TooLarge) -> str:
    """The text on standard input, which is waited for as long as its writer takes. Raises as `read_text` does."""
    if stream is None:
        raise Unreadable(name, None, "closed")
    try:
        data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None
    if data is None:
        raise Unreadable(name, None, "silent")
    if len(data) > limit:
        raise too_large
    return decoded(data, name)


def decoded(data: bytes, name: str, before: int = 0) -> str:
    """UTF-8 with or without a byte order mark. Raises NotUtf8 with the line of the first wrong byte.

    before: lines of the file that stand before these.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8(name, before + data.count(b"\n", 0, error.start) + 1) from None
