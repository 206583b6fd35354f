"""The place of a learner, kept at every step: what it takes to be back with the same numbers.

One SQLite file in the platform's state folder (NNTUTOR_HOME overrides). One row for each lesson or problem of a
session, so two sessions at once do not disturb each other; a start takes over the newest session that is gone.
Nothing here may stop the tutor: a row that cannot be used is set aside by itself, a file by itself, and what cannot
be written waits here and is tried again, which `note` says as long as it is so.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from nntutor.lessons.language.words import Note
from nntutor.lessons.learner import answers, folders, rows
from nntutor.lessons.learner.answers import TESTED, Answer, Skill
from nntutor.lessons.learner.database import (
    BUSY_MILLISECONDS,
    LAST_MILLISECONDS,
    Unusable,
    opened,
    readable,
    reason,
    row_aside,
)
from nntutor.lessons.learner.processes import alive, began_at
from nntutor.lessons.learner.pruning import NEWEST, TURN, prune
from nntutor.lessons.learner.rows import COLUMNS, Row, Unfit
from nntutor.lessons.learner.rows import Place as Place
from nntutor.lessons.learner.saving import Edits, put, whole

_NAME = "progress.sqlite"
_LEFT_ALONE = {"newer": "progress.newer", "older": "progress.older", "link": "progress.link"}
T = TypeVar("T")


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
        self._file: tuple[object, ...] = ()  # which file and log the connection is to, whatever their names
        self._session = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        self._began = began_at(os.getpid())
        # By kind and name, the oldest first: places, lessons that are finished, settings, answers.
        self._waiting: dict[tuple[str, str], Place | Answer | str] = {}
        self._answers = 0
        # This session's rows, and the edits that each has.
        self._rows: dict[tuple[str, str], tuple[int, Edits]] = {}
        self._refused: set[int] = set()
        self._given = 0  # the row of the place that was read last

    @property
    def saving(self) -> bool:
        return self._good and self.note is None

    @classmethod
    def open(cls, home: Path | None = None) -> Store:
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
        self.told += told
        if before is not None:
            before.close()

    # --- saving ----------------------------------------------------------------------------------

    def save(self, place: Place) -> None:
        """Keep this session's place, now or as soon as it can be."""
        self._wait(place.what, place.name, place)

    def mark_done(self, lesson: str) -> None:
        self._wait("finished", lesson, "")
        if self.setting(TESTED + lesson):
            self._wait("setting", TESTED + lesson, "")

    def mark_tested(self, lesson: str) -> None:
        """A lesson counts as finished by its hardest question alone."""
        self._waiting.pop(("setting", TESTED + lesson), None)
        self._waiting["setting", TESTED + lesson] = "yes"
        self._wait("finished", lesson, "")

    def keep_setting(self, name: str, value: str) -> None:
        self._wait("setting", name, value)

    def answered(self, skill: str, outcome: str) -> None:
        """Keep how a question about a skill has ended."""
        self._answers += 1
        self._wait("answer", f"{self._answers}", Answer(skill, outcome, time.time()))

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

    # --- the place -------------------------------------------------------------------------------

    def latest(self) -> Place | None:
        """The place of the newest session that is gone; its rows become this session's, where rows can be written.

        What cannot be used is set aside, and the next newest is looked at, of the same session or of another.
        """

        def read(connection: sqlite3.Connection) -> Place | None:
            found = connection.execute("SELECT id, session, host, pid, began, at FROM place ORDER BY " + NEWEST)
            for number, session, *whose in found.fetchall():
                if session in (self._session, "") or number in self._refused:
                    continue
                place = None if alive(*whose) else self._used(connection, number)
                if place is not None and self._take(connection, number, session, place):
                    return place
            return None

        return self._read(read, None)

    def reached(self, lesson: str) -> Place | None:
        """Where a lesson was left, whichever session it was."""
        waits = self._waiting.get(("lesson", lesson))
        if isinstance(waits, Place):
            self._given = 0
            return waits

        def read(connection: sqlite3.Connection) -> Place | None:
            found = connection.execute(
                "SELECT id FROM place WHERE what = 'lesson' AND name = ? ORDER BY " + NEWEST, (lesson,)
            )
            places = (self._used(connection, number) for (number,) in found.fetchall() if number not in self._refused)
            return next((place for place in places if place is not None), None)

        return self._read(read, None)

    def begun(self) -> dict[str, tuple[str, int]]:
        """By lesson, the stop at which it was left and the furthest (-1: not known); the lesson left last is last."""

        def read(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
            found = connection.execute("SELECT name, stop, settings FROM place WHERE what = 'lesson' ORDER BY " + TURN)
            return [(str(name), str(stop), rows.visited(settings)) for name, stop, settings in found.fetchall()]

        waiting = [
            (one.name, one.stop, rows.whole(one.settings.get("visited")))
            for one in self._waiting.values()
            if isinstance(one, Place) and one.what == "lesson"
        ]
        left: dict[str, tuple[str, int]] = {}
        nothing: list[tuple[str, str, int]] = []
        for name, stop, visited in (*self._read(read, nothing), *waiting):
            left.pop(name, None)
            left[name] = stop, visited
        return left

    def refuse(self, place: Place, part: str) -> None:
        """Set aside the row of a place that was given out last and cannot be opened; part: what of it is to blame."""
        number = self._given
        self._waiting.pop((place.what, place.name), None)
        self._rows.pop((place.what, place.name), None)
        if number not in self._refused:
            self._read(lambda connection: self._set_aside(connection, number, part), None)

    def leave(self, place: Place) -> None:
        """Let go of a row that was taken over: it stays for a later start as it is."""
        mine = self._rows.pop((place.what, place.name), None)
        if mine is not None:
            self._read(
                lambda connection: connection.execute(
                    "UPDATE place SET session = session || ':left', pid = 0 WHERE id = ?", mine[:1]
                ),
                None,
            )

    def _used(self, connection: sqlite3.Connection, number: int) -> Place | None:
        """The place of a row; a row that cannot be used is set aside."""

        def body(name: str) -> bytes:
            found = connection.execute("SELECT body FROM kept WHERE hash = ?", (name,)).fetchone()
            if found is None or not isinstance(found[0], bytes) or rows.hashed(found[0]) != name:
                raise Unfit("kept")
            return found[0]

        values = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM place WHERE id = ?", (number,)).fetchone()
        edits = connection.execute(
            "SELECT run, number, iteration, ref, value FROM edit WHERE place = ? ORDER BY run, number", (number,)
        ).fetchall()
        try:
            self._given = number
            return rows.place(values, edits, body)
        except Unfit as error:
            self._set_aside(connection, number, str(error))
            return None

    def _set_aside(self, connection: sqlite3.Connection, number: int, part: str) -> None:
        self._refused.add(number)
        self.told.append(row_aside(part, Path(connection.execute("PRAGMA database_list").fetchone()[2])))
        with suppress(sqlite3.OperationalError), whole(connection):
            connection.execute("INSERT INTO aside SELECT *, ? FROM place WHERE id = ?", (part, number))
            connection.execute("DELETE FROM place WHERE id = ?", (number,))

    def _take(self, connection: sqlite3.Connection, number: int, session: object, place: Place) -> bool:
        """A session's rows become this one's, where the file takes that now; False where another start has them."""
        with suppress(sqlite3.OperationalError), whole(connection):
            taken = connection.execute(
                "UPDATE place SET session = ?, host = ?, pid = ?, began = ? WHERE CAST(session AS BLOB) = ?",
                (*self._whose(), str(session).encode(errors="surrogateescape")),
            )
            if not taken.rowcount:
                return False
            self._rows[place.what, place.name] = (number, place.edits)
            prune(connection, self._session)
        return True

    # --- what holds everywhere -------------------------------------------------------------------

    def done(self) -> frozenset[str]:
        """The ids of the lessons that have been finished."""

        def read(connection: sqlite3.Connection) -> frozenset[str]:
            return frozenset(str(lesson) for (lesson,) in connection.execute("SELECT lesson FROM finished"))

        waiting = frozenset(name for kind, name in self._waiting if kind == "finished")
        return self._read(read, frozenset[str]()) | waiting

    def tested(self) -> frozenset[str]:
        """The ids of those that have been finished by a test."""
        waiting = (name for (kind, name), what in self._waiting.items() if kind == "setting" and what)
        return self._read(answers.tested, frozenset[str]()) | answers.tests_in(waiting)

    def skills(self) -> dict[str, Skill]:
        """What is known of each skill, with the answers that wait."""
        nothing: dict[str, Skill] = {}
        found = dict(self._read(answers.read, nothing))
        for what in self._waiting.values():
            if isinstance(what, Answer):
                found[what.skill] = answers.after(found.get(what.skill, Skill()), what)
        return found

    def merge(self, finished: frozenset[str], skills: dict[str, Skill]) -> bool:
        """Take in what was learned elsewhere: of a skill that is known here too, the later answer counts.

        Whether it could be written.
        """

        def written(connection: sqlite3.Connection) -> bool:
            with whole(connection):
                mine = answers.read(connection)
                connection.executemany("INSERT OR IGNORE INTO finished VALUES (?)", ((name,) for name in finished))
                for name, skill in skills.items():
                    if name not in mine or mine[name].at < skill.at:
                        answers.set_down(connection, name, skill)
            return True

        return self.saving and self._read(written, False)

    def forget(self) -> bool:
        """Take out places, finished lessons and skills; settings stay. Whether it could be done."""

        def emptied(connection: sqlite3.Connection) -> bool:
            with whole(connection):
                for table in ("place", "aside", "edit", "kept", "finished", "skill"):
                    connection.execute(f"DELETE FROM {table}")
                connection.execute("DELETE FROM setting WHERE name GLOB ?", (f"{TESTED}*",))
            return True

        self._waiting.clear()
        self._rows.clear()
        return self.saving and self._read(emptied, False)

    def setting(self, name: str) -> str:
        """What was kept last, in whichever session; "" for nothing."""

        def read(connection: sqlite3.Connection) -> str:
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
            return "" if row is None else str(row[0])

        return self._read(read, "")

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
            if self._good:
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
    """Tells a file, its log and the log's index from others that have their names later, and from an emptied one."""
    return () if path is None else tuple(_inode(path.with_name(path.name + ending)) for ending in ("", "-wal", "-shm"))


def _inode(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, path.name == _NAME and not found.st_size
