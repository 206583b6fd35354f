"""The learner's file, and what waits until it can be written.

One SQLite file in the platform's state folder (NNTUTOR_HOME overrides). Nothing here may stop the tutor: a file that
cannot be used is set aside, and what cannot be written waits here and is tried again, which `note` says as long as it
is so.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar

from nntutor.lessons.language.words import Note
from nntutor.lessons.learner import answers, folders
from nntutor.lessons.learner.answers import Answer
from nntutor.lessons.learner.database import (
    BUSY_MILLISECONDS,
    LAST_MILLISECONDS,
    Unusable,
    opened,
    readable,
    reason,
)
from nntutor.lessons.learner.processes import began_at
from nntutor.lessons.learner.rows import Place, Row
from nntutor.lessons.learner.saving import Edits, put, whole

_NAME = "progress.sqlite"
_LEFT_ALONE = {"newer": "progress.newer", "older": "progress.older", "link": "progress.link"}
T = TypeVar("T")


def path() -> Path:
    """The file itself, whether it is there or not."""
    return folders.state() / _NAME


def exists() -> bool:
    """Whether there is a file, or may be one where nobody lets us look; looking at it must not make one."""
    try:
        return path().is_file()
    except (OSError, RuntimeError):
        return True


class Waiting:
    """The file, and what waits for it.

    note: why nothing is saved, as long as it is so. told: what there is to say once.
    """

    def __init__(self, home: Path | None) -> None:
        self.note: Note | None = None
        self.told: list[Note] = []
        self._home = home
        self._connection: sqlite3.Connection | None = None
        self._good = False  # whether the connection is one that the last save did not fail on
        self._where: Path | None = None
        self._made = False  # whether there was no file, and nothing has come into ours yet
        self._file: tuple[object, ...] = ()  # which file and log the connection is to, whatever their names
        self._session = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        self._began = began_at(os.getpid())
        # By kind and name, the oldest first: places, lessons that are finished, settings, answers.
        self._waiting: dict[tuple[str, str], Place | Answer | str] = {}
        self._answers = 0
        # This session's rows, and the edits that each has.
        self._rows: dict[tuple[str, str], tuple[int, Edits]] = {}

    @property
    def saving(self) -> bool:
        return self._good and self.note is None

    @classmethod
    def open(cls, home: Path | None = None) -> Self:
        """Open or make the file; one that cannot be used is set aside under a name that is told."""
        store = cls(home)
        store._connect(LAST_MILLISECONDS)
        return store

    def _connect(self, milliseconds: int) -> None:
        before = self._connection
        where: Path | None = None
        try:
            home = folders.state() if self._home is None else self._home
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            where = self._where = home / _NAME
            self._made = self._made or not where.exists()
            self._connection, told = opened(where, milliseconds)
        except Unusable as error:
            self.note = (_LEFT_ALONE.get(str(error), "progress.unsaved"), {"name": str(where), "reason": str(where)})
            return
        except (sqlite3.Error, OSError, RuntimeError) as error:
            self.note = ("progress.unsaved", {"reason": reason(error)})
            if before is None and where is not None:
                self._connection = readable(where)
            return
        self.note, self._good, self._file = None, True, _identity(where)
        self.told += [one for one in told if not (self._made and one[0] == "progress.emptied")]
        self._made = False
        if before is not None:
            before.close()

    def keep_setting(self, name: str, value: str) -> None:
        self._wait("setting", name, value)

    def setting(self, name: str) -> str:
        """What was kept last, in whichever session; "" for nothing."""

        def read(connection: sqlite3.Connection) -> str:
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
            return "" if row is None else str(row[0])

        return self._read(read, "")

    def _wait(self, kind: str, name: str, what: Place | Answer | str) -> None:
        self._waiting.pop((kind, name), None)
        self._waiting[kind, name] = what
        self.retry()

    def retry(self) -> None:
        """Write what waits; where that fails, `note` says why until it works."""
        if self._file != _identity(self._where):
            self._good = False  # another program has taken the file or its log away: what went there would be lost
            self._rescue()
        if not self._good:
            self._connect(BUSY_MILLISECONDS)
        if not self._good or self._connection is None or not self._waiting:
            return
        mine = dict(self._rows)
        try:
            with whole(self._connection) as connection:
                for (kind, name), what in self._waiting.items():
                    if isinstance(what, Place):
                        mine[kind, name] = put(connection, what, self._whose(), mine.get((kind, name)))
                    elif isinstance(what, Answer):
                        answers.put(connection, what)
                    elif kind == "finished":
                        connection.execute("INSERT OR IGNORE INTO finished VALUES (?)", (name,))
                    else:
                        connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, what))
        except (sqlite3.Error, OSError) as error:
            self._good = "locked" in str(error) or "busy" in str(error)
            self.note = ("progress.unsaved", {"reason": reason(error)})
            return
        self._rows = mine
        self._waiting.clear()
        self.note = None

    def _rescue(self) -> None:
        """What is in a log that has lost its name goes into its file; only after that may another one be begun."""
        if self._connection is not None and self._file[:1] == _identity(self._where)[:1]:
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint")
            self._connection.close()
            self._connection = None

    def _whose(self) -> Row:
        return self._session, socket.gethostname(), os.getpid(), self._began

    def close(self) -> None:
        """Keep what has not been written yet, and leave the place to the next start, on whichever machine."""
        if self._waiting:
            with suppress(sqlite3.Error):
                if self._connection is not None:
                    self._connection.execute(f"PRAGMA busy_timeout = {LAST_MILLISECONDS}")
            self.retry()
        if self._connection is None:
            return
        with suppress(sqlite3.Error):
            if self.saving:  # else it would be waited for once more
                self._connection.execute("UPDATE place SET pid = 0 WHERE session = ?", (self._session,))
        self._connection.close()
        self._connection, self._good = None, False

    def _read(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        if self._connection is None:
            return otherwise
        try:
            return work(self._connection)
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            if "locked" not in str(error) and "busy" not in str(error):
                self._good = False
                self.note = self.note or ("progress.unsaved", {"reason": reason(error)})
        return otherwise


def _identity(path: Path | None) -> tuple[object, ...]:
    """Tells a file, its log and the log's index from others that have their names later, and the file from itself once
    another program has written into it: ours goes into the log."""
    if path is None:
        return ()
    name = os.fspath(path)  # at every key: paths would take longer than the questions
    return _inode(name, whole=True), _inode(f"{name}-wal"), _inode(f"{name}-shm")


def _inode(name: str, whole: bool = False) -> object:
    """whole: whether the file is another one once it has been written."""
    try:
        found = os.stat(name)
    except OSError:
        return None
    return found.st_dev, found.st_ino, whole and (found.st_size, found.st_mtime_ns)
