"""The learner's file: opened, made, looked at, set aside when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

_APPLICATION = 0x6E6E7475  # "nntu"
_VERSION = 1
# How long a step, and the first and the last thing a session does, wait for a file that another one has locked.
BUSY_MILLISECONDS = 100
LAST_MILLISECONDS = 2000

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
SETTINGS = "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT)"


class Unusable(Exception):
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
        is_empty(connection)
    except Unusable as error:
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


def connected(path: Path) -> sqlite3.Connection:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    elif not path.is_file():
        raise Unusable("broken")
    with suppress(OSError):
        path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=LAST_MILLISECONDS / 1000, isolation_level=None)
    try:
        complete = not is_empty(connection) and is_complete(connection)
        # A killed process loses nothing with a write-ahead log; where there is none, SQLite keeps its own way.
        log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        if not complete:  # else nothing is written: a full disk must not keep a file from being read
            connection.executescript(_SCHEMA)
        look(connection)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    except (sqlite3.Error, Unusable) as error:
        connection.close()
        # What the machine refuses (a lock, no room, no right to write) says nothing against the file.
        if isinstance(error, sqlite3.OperationalError) and "no such" not in str(error):
            raise
        raise error if isinstance(error, Unusable) else Unusable("broken") from error
    return connection


def is_complete(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there that every file has."""
    found = connection.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('place', 'reached')")
    return bool(found.fetchone()[0] == 2)


def log_ahead(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):  # another start is about it
            raise


def look(connection: sqlite3.Connection) -> None:
    for table in ("place", "reached"):
        connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()


def readable(path: Path) -> sqlite3.Connection | None:
    """The file to read from only, as it is where nothing can be written beside it; None where that fails too."""
    for how in ("mode=ro", "mode=ro&immutable=1"):
        try:
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
        except sqlite3.Error:
            continue
        try:
            is_empty(connection)
            look(connection)
        except (sqlite3.Error, Unusable):
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
    if application != _APPLICATION:
        raise Unusable("foreign")
    if version > _VERSION:
        raise Unusable("newer")
    if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise Unusable("broken")
    return False


def set_aside(path: Path) -> Path | None:
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


def reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
