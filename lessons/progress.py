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
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nntutor.lessons import folders

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.timeline import Edit

_APPLICATION = 0x6E6E7475  # "nntu"
_VERSION = 1
_NAME = "progress.sqlite"
_KEPT_ROWS = 20
# A row of another machine (a home folder shared by several) counts as in use for this long, in seconds.
_FOREIGN_SECONDS = 24 * 3600
# Windows' own numbers (winnt.h, winerror.h, minwinbase.h).
_QUERY_LIMITED_INFORMATION, _ACCESS_DENIED, _STILL_ACTIVE = 0x1000, 5, 259
# How long a step, and the first and the last thing a session does, wait for a file that another one has locked.
_BUSY_MILLISECONDS = 100
_LAST_MILLISECONDS = 2000

# One transaction: of two first starts at once, neither sees half of the other's tables.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS place (
  session TEXT PRIMARY KEY, host TEXT, pid INTEGER, began TEXT, at REAL,
  what TEXT, name TEXT, problem TEXT, run TEXT, edits TEXT, iteration INTEGER, step INTEGER, stop TEXT,
  settings TEXT, params BLOB, slots BLOB
);
CREATE TABLE IF NOT EXISTS reached (lesson TEXT PRIMARY KEY, done INTEGER DEFAULT 0, at REAL, place TEXT,
  params BLOB, slots BLOB);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
COMMIT;
"""
# Made when something is kept in it: files of versions before have none.
_SETTINGS = "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT)"

Note = tuple[str, Mapping[str, object]]
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
        self._began = _began(os.getpid())

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
            return cls(None, None, ("progress.unsaved", {"reason": _reason(error)}))
        try:
            return cls(path, _connected(path), None)
        except _Unusable:
            aside = _set_aside(path)
            if aside is None:
                return cls(path, None, ("progress.unsaved", {"reason": str(path)}))
            try:
                return cls(path, _connected(path), ("progress.set_aside", {"name": str(aside)}))
            except (sqlite3.Error, OSError, _Unusable) as error:
                return cls(path, None, ("progress.unsaved", {"reason": _reason(error)}))
        except (sqlite3.Error, OSError) as error:
            return cls(path, _readable(path), ("progress.unsaved", {"reason": _reason(error)}), read_only=True)

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
                gone = [row for row in rows if row[0] != self._session and not _alive(*row[1:5])]
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
            connection.execute(_SETTINGS)
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

        self._try(write, None)

    def close(self) -> None:
        """Keep what a locked file has not taken yet, and leave the place to the next start, on whichever machine."""
        if self._connection is None:
            return
        with suppress(sqlite3.Error):
            if self.saving:
                self._connection.execute(f"PRAGMA busy_timeout = {_LAST_MILLISECONDS}")
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
            self.note = ("progress.unsaved", {"reason": _reason(error)})


class _Unusable(Exception):
    """A file that is broken, somebody else's (foreign), or from a newer version; the argument says which."""


def condition(path: Path) -> str:
    """What state the file is in, without touching it: fine, missing, unreadable, broken, foreign or newer."""
    try:
        if not path.exists():
            return "missing"
        # A read-only connection to a file that keeps a write-ahead log would leave that log behind where there is none.
        log = path.with_name(f"{path.name}-wal").exists()
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{'mode=ro' if log else 'immutable=1'}", uri=True)
    except (sqlite3.Error, OSError):
        return "unreadable"
    try:
        _is_empty(connection)
    except _Unusable as error:
        return str(error)
    except sqlite3.OperationalError:
        return "unreadable"
    except sqlite3.DatabaseError:
        return "broken"
    except OSError:
        return "unreadable"
    finally:
        connection.close()
    return "fine"


def _connected(path: Path) -> sqlite3.Connection:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    elif not path.is_file():
        raise _Unusable("broken")
    with suppress(OSError):
        path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=_LAST_MILLISECONDS / 1000, isolation_level=None)
    try:
        complete = not _is_empty(connection) and _is_complete(connection)
        # A killed process loses nothing with a write-ahead log; where there is none, SQLite keeps its own way.
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        if not complete:  # else nothing is written: a full disk must not keep a file from being read
            connection.executescript(_SCHEMA)
        _look(connection)
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    except (sqlite3.Error, _Unusable) as error:
        connection.close()
        # What the machine refuses (a lock, no room, no right to write) says nothing against the file.
        if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
            raise
        raise error if isinstance(error, _Unusable) else _Unusable("broken") from error
    return connection


def _is_complete(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there that every file has."""
    found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('place', 'reached')")
    return bool(found.fetchone()[0] == 2)


def _log_ahead(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):  # another start is about it
            raise


def _look(connection: sqlite3.Connection) -> None:
    for table in ("place", "reached"):
        connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()


def _readable(path: Path) -> sqlite3.Connection | None:
    """The file to read from only, as it is where nothing can be written beside it; None where that fails too."""
    for how in ("mode=ro", "mode=ro&immutable=1"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
        except sqlite3.Error:
            continue
        try:
            _is_empty(connection)
            _look(connection)
        except (sqlite3.Error, _Unusable):
            connection.close()
            continue
        return connection
    return None


def _is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing is in the file yet; _Unusable where what is in it is not ours, or broken."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables and not application:
        return True
    if application != _APPLICATION:
        raise _Unusable("foreign")
    if version > _VERSION:
        raise _Unusable("newer")
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise _Unusable("broken")
    return False


def _set_aside(path: Path) -> Path | None:
    """The file and its log under another name, which is given back."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(100):
        aside = path.with_name(f"{path.name}.set-aside-{stamp}{f'-{number}' if number else ''}")
        if aside.exists():
            continue
        try:
            path.rename(aside)
        except OSError:
            return None
        for ending in ("-wal", "-shm"):
            with suppress(OSError):
                path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
        return aside
    return None


def _began(pid: int) -> str:
    """When a process began, so that a number that is used again is told apart; empty where not known."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _alive(host: str, pid: int, began: str, at: float) -> bool:
    """Whether the session of a row may still be running; the number 0 says that it has ended."""
    if pid <= 0:
        return False
    if host != socket.gethostname():
        return time.time() - at < _FOREIGN_SECONDS
    return _is_running(pid) and (not began or _began(pid) in ("", began))


def _is_running(pid: int) -> bool:
    """Whether there is a process of that number, whoever's it is; it hears nothing of the question."""
    if sys.platform == "win32":  # there, signal 0 is ctrl+c
        import ctypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        process = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, pid)
        if process is None:
            return ctypes.get_last_error() == _ACCESS_DENIED
        code = ctypes.c_ulong()
        known = kernel.GetExitCodeProcess(ctypes.c_void_p(process), ctypes.byref(code))
        kernel.CloseHandle(ctypes.c_void_p(process))
        return not known or code.value == _STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _edits_out(edits: Mapping[str, tuple[Edit, ...]]) -> str:
    rows = {run: [[edit.iteration, list(edit.ref), edit.value.hex()] for edit in ones] for run, ones in edits.items()}
    return json.dumps(rows)


def _edits_in(text: str) -> dict[str, tuple[Edit, ...]]:
    runs = json.loads(text)
    if not runs:
        return {}
    from nntutor.core.symbols import Ref
    from nntutor.core.timeline import Edit

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


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
