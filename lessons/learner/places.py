"""The place of a learner, kept at every step: what it takes to be back with the same numbers.

One SQLite file in the platform's state folder (NNTUTOR_HOME overrides). One row per session, so two
sessions at once do not disturb each other; a start takes over the newest row whose process is gone.
Nothing here may stop the tutor: a file that cannot be used is set aside, a disk that cannot be written is
noted, and everything works unsaved.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nntutor.lessons.language.words import Note
from nntutor.lessons.learner import folders
from nntutor.lessons.learner.database import (
    LAST_MILLISECONDS,
    SETTINGS,
    Unusable,
    connected,
    readable,
    reason,
    set_aside,
)
from nntutor.lessons.learner.processes import alive, began_at

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.engine.edits import Edit

_NAME = "progress.sqlite"
_KEPT_ROWS = 20
T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """All that is needed to be back at the same step.

    what: lesson, problem or list. problem: TOML text of a problem of the user's own. edits: those of every run that
    has some. settings: whatever JSON can hold. params and slots: weights and optimizer state before the iteration,
    float64, little endian.
    """

    what: str
    name: str
    problem: str
    run: str
    edits: Mapping[str, tuple[Edit, ...]]
    iteration: int
    step: int
    stop: str
    settings: Mapping[str, object] = field(default_factory=dict)
    params: bytes = b""
    slots: bytes = b""


def path() -> Path:
    """The file itself, whether it is there or not."""
    return folders.state() / _NAME


def exists() -> bool:
    """Whether there is a file; looking at it must not make one."""
    try:
        return path().is_file()
    except (OSError, RuntimeError):
        return False


class Store:
    """The file, or nothing where it cannot be had: then `note` says why and nothing is saved."""

    def __init__(
        self, path: Path | None, connection: sqlite3.Connection | None, note: Note | None, read_only: bool = False
    ) -> None:
        self.path = path
        self._read_only = read_only
        self.note = note
        self._connection = connection
        self._unsaved: Place | None = None
        self._session = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        self._began = began_at(os.getpid())

    @property
    def saving(self) -> bool:
        return self._connection is not None and not self._read_only

    @classmethod
    def open(cls, home: Path | None = None) -> Store:
        """Open or make the file; one that cannot be used is set aside under a name that the note gives."""
        try:
            place = folders.state() if home is None else home
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = place / _NAME
            with suppress(OSError):
                place.chmod(0o700)
        except (OSError, RuntimeError) as error:
            return cls(None, None, ("progress.unsaved", {"reason": reason(error)}))
        try:
            return cls(path, connected(path), None)
        except Unusable:
            aside = set_aside(path)
            if aside is None:
                return cls(path, None, ("progress.unsaved", {"reason": str(path)}))
            try:
                return cls(path, connected(path), ("progress.set_aside", {"name": str(aside)}))
            except (sqlite3.Error, OSError, Unusable) as error:
                return cls(path, None, ("progress.unsaved", {"reason": reason(error)}))
        except (sqlite3.Error, OSError) as error:
            return cls(path, readable(path), ("progress.unsaved", {"reason": reason(error)}), read_only=True)

    # --- the place -------------------------------------------------------------------------------

    def save(self, place: Place) -> None:
        """Keep this session's place. A save that finds the file locked is made good by the next one, or at the end."""
        if not self.saving:
            return
        edits = _edits_out(place.edits)
        settings = json.dumps(dict(place.settings))
        row = (
            self._session, socket.gethostname(), os.getpid(), self._began, time.time(), place.what, place.name,
            place.problem, place.run, edits, place.iteration, place.step, place.stop, settings, place.params,
            place.slots,
        )  # fmt: skip

        def write(connection: sqlite3.Connection) -> bool:
            connection.execute(f"INSERT OR REPLACE INTO place VALUES ({','.join('?' * len(row))})", row)
            if place.what == "lesson":
                kept = json.dumps([place.run, edits, place.iteration, place.step, place.stop, settings])
                connection.execute(
                    "INSERT INTO reached (lesson, at, place, params, slots) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (lesson) DO UPDATE SET at = excluded.at, place = excluded.place,"
                    " params = excluded.params, slots = excluded.slots",
                    (place.name, time.time(), kept, place.params, place.slots),
                )
            return True

        self._unsaved = None if self._try(write, False) else place

    def latest(self) -> Place | None:
        """The place of the newest session that is gone; its row becomes this session's, where rows can be written."""

        def read(connection: sqlite3.Connection) -> Place | None:
            connection.execute("BEGIN IMMEDIATE" if self.saving else "BEGIN")
            try:
                rows = connection.execute(
                    "SELECT session, host, pid, began, at, what, name, problem, run, edits, iteration, step,"
                    " stop, settings, params, slots FROM place ORDER BY at DESC"
                ).fetchall()
                gone = [row for row in rows if row[0] != self._session and not alive(*row[1:5])]
                for row in gone[_KEPT_ROWS:] if self.saving else ():
                    connection.execute("DELETE FROM place WHERE session = ?", (row[0],))
                if not gone:
                    return None
                first = gone[0]
                if self.saving:
                    connection.execute(
                        "UPDATE place SET session = ?, host = ?, pid = ?, began = ? WHERE session = ?",
                        (self._session, socket.gethostname(), os.getpid(), self._began, first[0]),
                    )
                return _place(first[5:])
            finally:
                connection.execute("COMMIT")

        return self._try(read, None)

    # --- lessons --------------------------------------------------------------------------------

    def reached(self, lesson: str) -> Place | None:
        """Where a lesson was left, whichever session it was."""

        def read(connection: sqlite3.Connection) -> Place | None:
            row = connection.execute(
                "SELECT place, params, slots FROM reached WHERE lesson = ? AND place IS NOT NULL", (lesson,)
            ).fetchone()
            if row is None:
                return None
            run, edits, iteration, step, stop, settings = json.loads(row[0])
            return _place(("lesson", lesson, "", run, edits, iteration, step, stop, settings, row[1], row[2]))

        return self._try(read, None)

    def mark_done(self, lesson: str) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO reached (lesson, done, at) VALUES (?, 1, ?) ON CONFLICT (lesson) DO UPDATE SET done = 1",
                (lesson, time.time()),
            )

        self._try(write, None)

    def done(self) -> frozenset[str]:
        """The ids of the lessons that have been finished."""

        def read(connection: sqlite3.Connection) -> frozenset[str]:
            rows = connection.execute("SELECT lesson FROM reached WHERE done = 1")
            return frozenset(str(row[0]) for row in rows)

        return self._try(read, frozenset())

    # --- what holds everywhere -------------------------------------------------------------------

    def setting(self, name: str) -> str:
        """What was kept last, in whichever session; "" for nothing."""

        def read(connection: sqlite3.Connection) -> str:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'setting'").fetchone() is None:
                return ""
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
            return "" if row is None else str(row[0])

        return self._try(read, "")

    def keep_setting(self, name: str, value: str) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(SETTINGS)
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

        self._try(write, None)

    def close(self) -> None:
        """Keep what a locked file has not taken yet, and leave the place to the next start, on whichever machine."""
        if self._connection is None:
            return
        with suppress(sqlite3.Error):
            if self.saving:
                self._connection.execute(f"PRAGMA busy_timeout = {LAST_MILLISECONDS}")
                if self._unsaved is not None:
                    self.save(self._unsaved)
                self._connection.execute("UPDATE place SET pid = 0 WHERE session = ?", (self._session,))
            self._connection.close()
        self._connection = None

    def _try(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        if self._connection is None:
            return otherwise
        try:
            return work(self._connection)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                self._fail(error)
        except (sqlite3.Error, OSError, ValueError, TypeError, KeyError) as error:
            self._fail(error)
        return otherwise

    def _fail(self, error: Exception) -> None:
        """Say it once; a full disk may have room again at the next step, so saving goes on being tried."""
        if self.note is None:
            self.note = ("progress.unsaved", {"reason": reason(error)})


def _edits_out(edits: Mapping[str, tuple[Edit, ...]]) -> str:
    rows = {run: [[edit.iteration, list(edit.ref), edit.value.hex()] for edit in ones] for run, ones in edits.items()}
    return json.dumps(rows)


def _edits_in(text: str) -> dict[str, tuple[Edit, ...]]:
    runs = json.loads(text)
    if not runs:
        return {}
    from nntutor.core.engine.edits import Edit
    from nntutor.core.notation.symbols import Ref

    return {
        run: tuple(Edit(iteration, Ref(*ref), float.fromhex(value)) for iteration, ref, value in rows)
        for run, rows in runs.items()
    }


def _place(row: tuple[object, ...]) -> Place:
    what, name, problem, run, edits, iteration, step, stop, settings, params, slots = row
    return Place(
        str(what), str(name), str(problem), str(run), _edits_in(str(edits)), int(str(iteration)),
        int(str(step)), str(stop), json.loads(str(settings)), bytes(params), bytes(slots),  # type: ignore[call-overload]
    )  # fmt: skip
