"""The learner's file: opened, made, looked at, set aside when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nntutor.lessons.language.words import Note

_APPLICATION = 0x6E6E7475  # "nntu"
_VERSION = 3
# How long a step, and the first and the last thing a session does, wait for a file that another one has locked.
BUSY_MILLISECONDS = 100
LAST_MILLISECONDS = 2000
# Seconds in which another start, which has made the file, has surely put its tables there.
_MAKING = 1.0
# A key writes some pages of this size, not of the usual 4096 bytes. They gather in the log, which is folded into the
# file when the session ends: for so many pages no key has to.
_PAGE = 512
_LOGGED = 8000
# The latest way of writing that a file may name in its header: SQLite takes one with a later way for reading alone.
_WRITTEN = b"\2"
_LEFT_ALONE = ("newer", "older", "link")
_BESIDE = ("-wal", "-shm", "-journal")

# kept: texts and weights by the hash of what they are, each once. finished: lessons. aside: rows of `place` that could
# not be used, with the reason; their edits stay. edit: as they came, without an index, so that a key adds to one page.
# One transaction: of two first starts at once, neither sees half of the other's tables.
_PLACE = (
    "turn INTEGER", "session TEXT", "host TEXT", "pid INTEGER", "began TEXT", "at REAL", "what TEXT", "name TEXT",
    "problem TEXT", "folder TEXT", "digest TEXT", "run TEXT", "iteration INTEGER", "step INTEGER", "stop TEXT",
    "since INTEGER", "settings TEXT", "params BLOB", "slots BLOB",
)  # fmt: skip
_COLUMNS = {
    "place": ("id INTEGER PRIMARY KEY AUTOINCREMENT", *_PLACE),
    "aside": ("id INTEGER PRIMARY KEY", *_PLACE, "reason TEXT"),
    "edit": ("place INTEGER", "run TEXT", "number INTEGER", "iteration INTEGER", "ref TEXT", "value TEXT"),
    "kept": ("hash TEXT PRIMARY KEY", "body BLOB"),
    "finished": ("lesson TEXT PRIMARY KEY",),
    "setting": ("name TEXT PRIMARY KEY", "value TEXT"),
    "skill": ("name TEXT PRIMARY KEY", "box INTEGER", "at REAL", "results TEXT"),
}
# The version that brought a table, where it was not the one before.
_SINCE = {"skill": 3}
_TABLES = "".join(f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(columns)});" for name, columns in _COLUMNS.items())
_OURS = f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION};"


class Unusable(Exception):
    """A file that is broken, somebody else's (foreign), from a newer version, in use by an older one, or a link; the
    argument says which."""


def condition(path: Path) -> str:
    """What state the file is in, without touching it: fine, missing, unreadable, broken, foreign, newer or link."""
    try:
        if is_link(path):
            return "link"
        if not path.exists():
            return "missing"
        # A read-only connection to a file that keeps a write-ahead log would leave that log behind where there is none.
        log = path.with_name(f"{path.name}-wal").exists()
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{'mode=ro' if log else 'immutable=1'}", uri=True)
    except (sqlite3.Error, OSError):
        return "unreadable"
    try:
        is_empty(connection)
        _is_ours(path)
    except Unusable as error:
        return str(error)
    except sqlite3.OperationalError as error:
        return "broken" if _is_to_blame(error) else "unreadable"
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return "broken"
    except OSError:
        return "unreadable"
    finally:
        connection.close()
    return "fine"


def is_link(path: Path) -> bool:
    """Whether the file, or one that SQLite keeps beside it, lies elsewhere: nobody there has asked to be written to."""
    return any(path.with_name(path.name + ending).is_symlink() for ending in ("", *_BESIDE))


def opened(path: Path, milliseconds: int) -> tuple[sqlite3.Connection, list[Note]]:
    """The file, made where there is none, and what there is to say: that one which could not be used was set aside.

    Raises Unusable("newer"), "older" and "link" for what is left alone, and what the machine refuses.
    """
    with _held(path.parent, milliseconds):
        try:
            return connected(path, milliseconds)
        except Unusable as error:
            if str(error) in _LEFT_ALONE:
                raise
    with _held(path.parent, milliseconds, alone=True):
        try:
            return connected(path, milliseconds)  # another start has been quicker
        except Unusable as error:
            if str(error) in _LEFT_ALONE:
                raise
        aside = set_aside(path)
        if aside is None:
            raise PermissionError(None, str(path))
        connection, _ = connected(path, milliseconds)
        return connection, [("progress.set_aside", {"name": str(aside)})]


@contextmanager
def _held(folder: Path, milliseconds: int, alone: bool = False) -> Iterator[None]:
    """While one start sets a file aside (alone) no other one opens it: what it then saved would go with that file.

    Where the system has no such lock, or somebody keeps it too long, there is none.
    """
    if sys.platform == "win32":  # a file in use cannot be set aside there
        yield
        return
    import fcntl

    until, held = time.monotonic() + milliseconds / 1000, -1
    with suppress(OSError):
        held = os.open(folder, os.O_RDONLY)
        while True:
            try:
                fcntl.flock(held, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    break
                time.sleep(0.005)
    try:
        yield
    finally:
        if held >= 0:
            os.close(held)


def connected(path: Path, milliseconds: int) -> tuple[sqlite3.Connection, list[Note]]:
    told: list[Note] = []
    if is_link(path):
        raise Unusable("link")
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600))
    elif not path.is_file():
        raise Unusable("broken")
    elif emptied := _emptied(path):
        told.append(emptied)
    elif _is_ours(path):
        with suppress(OSError):
            path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=milliseconds / 1000, isolation_level=None)
    connection.text_factory = _lenient
    try:
        left = _prepare(connection)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    except (sqlite3.Error, Unusable, UnicodeDecodeError) as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError) and not _is_to_blame(error):
            raise
        raise error if isinstance(error, Unusable) else Unusable("broken") from error
    return connection, [*told, *(row_aside(part, path) for part in left)]


def _is_to_blame(error: sqlite3.OperationalError) -> bool:
    """Whether the file is: what the machine refuses (a lock, no room, no right to write) says nothing against it."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR


def _emptied(path: Path) -> Note | None:
    """What is said of a file that is there with nothing in it, unless another start is making it just now.

    Raises Unusable where it has a log: SQLite would throw away what may be all that is left.
    """
    found, log = path.stat(), path.with_name(f"{path.name}-wal")
    if found.st_size:
        return None
    if log.exists() and log.stat().st_size:
        raise Unusable("broken")
    return ("progress.emptied", {"name": str(path)}) if abs(time.time() - found.st_mtime) > _MAKING else None


def row_aside(part: str, path: Path) -> Note:
    """What is said of a row that could not be used."""
    return "progress.row_aside", {"part": part, "name": str(path)}


def _lenient(text: bytes) -> str:
    """Bytes that are no text must not keep the rows beside them from being read; `rows` refuses theirs."""
    return text.decode(errors="surrogateescape")


def _is_ours(path: Path) -> bool:
    """By the first bytes, before SQLite lays its own files beside it. Raises Unusable("newer"), and "broken" for one
    that SQLite would read and never write."""
    with path.open("rb") as file:
        head = file.read(100)
    ours = not head or head[68:72] == _APPLICATION.to_bytes(4, "big")
    if head and ours and int.from_bytes(head[60:64], "big") > _VERSION:
        raise Unusable("newer")
    if ours and head[18:19] > _WRITTEN:
        raise Unusable("broken")
    return ours


def _prepare(connection: sqlite3.Connection) -> list[str]:
    """Ready for this version; what is to blame in each row of the version before that could not be brought over."""
    left: list[str] = []
    empty = is_empty(connection)
    if empty:
        connection.execute(f"PRAGMA page_size = {_PAGE}")
    # A killed process loses nothing with a write-ahead log; where there is none, SQLite keeps its own way.
    log_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOGGED}")
    if not empty and connection.execute("PRAGMA user_version").fetchone()[0] == 1:
        from nntutor.lessons.learner import older

        try:
            left = older.brought_over(connection, _TABLES, _OURS)
        except older.InUse:
            raise Unusable("older") from None
        _small_pages(connection)
    elif empty or not is_complete(
        connection
    ):  # else nothing is written: a full disk must not keep a file from being read
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} {_OURS} COMMIT;")
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint")  # now, not at the key that would fill the log
    look(connection)
    return left


def _small_pages(connection: sqlite3.Connection) -> None:
    """Best of all; where another session holds the file, its pages stay as they are."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA page_size = {_PAGE}")
        connection.execute("VACUUM")
    log_ahead(connection)


def is_complete(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there that every file has."""
    found = connection.execute(f"SELECT count(*) FROM sqlite_master WHERE name IN {tuple(_COLUMNS)}")
    return bool(found.fetchone()[0] == len(_COLUMNS))


def log_ahead(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):  # another start is about it
            raise


def look(connection: sqlite3.Connection) -> None:
    """Raises OperationalError, "no such", where a table or a column of the file's version is not there, whatever else
    is sound."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for table, columns in _COLUMNS.items():
        if _SINCE.get(table, 0) > version:
            continue
        names = ", ".join(column.split()[0] for column in columns)
        connection.execute(f"SELECT {names} FROM {table} LIMIT 1").fetchone()


def readable(path: Path) -> sqlite3.Connection | None:
    """The file to read from only, as it is where nothing can be written beside it; None where that fails too."""
    try:
        if is_link(path):
            return None
    except OSError:  # a folder in which nobody lets us look
        return None
    for how in ("mode=ro", "mode=ro&immutable=1"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
        except sqlite3.Error:
            continue
        connection.text_factory = _lenient
        try:
            is_empty(connection)
            look(connection)
        except (sqlite3.Error, Unusable, UnicodeDecodeError):
            connection.close()
            continue
        return connection
    return None


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing is in the file yet; Unusable where what is in it is not ours, or broken."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables and not application:
        return True
    # Views and triggers are programs, which need never end: none of them is ours.
    programs = connection.execute("SELECT count(*) FROM sqlite_master WHERE type IN ('view', 'trigger')").fetchone()[0]
    if application != _APPLICATION or programs:
        raise Unusable("foreign")
    if not 0 <= version <= _VERSION:  # four bytes with a sign
        raise Unusable("newer")
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise Unusable("broken")
    return False


def set_aside(path: Path) -> Path | None:
    """The file and its log under another name, which is given back."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in range(100):
        aside = path.with_name(f"{path.name}.set-aside-{stamp}{f'-{number}' if number else ''}")
        if aside.exists() or aside.is_symlink():
            continue
        try:
            path.rename(aside)
        except OSError:
            return None
        for ending in _BESIDE:
            with suppress(OSError):
                path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
        return aside
    return None


def reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
