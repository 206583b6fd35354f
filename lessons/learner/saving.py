"""A place written: one row, the edits that are new, and a text or weights that the file does not have yet."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from nntutor.lessons.learner import rows
from nntutor.lessons.learner.pruning import TURN, prune, sweep
from nntutor.lessons.learner.rows import COLUMNS, Place, Row

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.engine.edits import Edit

Edits = Mapping[str, tuple["Edit", ...]]
_WHOSE = ("session", "host", "pid", "began")
_WHAT = ("turn", "at", *COLUMNS)

# A place's text and weights are the same from key to key, and are hashed once.
_hashed = lru_cache(maxsize=4)(rows.hashed)


@contextmanager
def whole(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def put(connection: sqlite3.Connection, place: Place, whose: Row, mine: tuple[int, Edits] | None) -> tuple[int, Edits]:
    """The place in its row, which is given back with the edits that it has; mine: the same of the save before.

    A row that is there no more (another start has taken it over) is made anew.
    """
    values, bodies = rows.row(place, _hashed)
    fresh = [(name, rows.encoded(body)) for name, body in bodies.items() if not _has(connection, name)]
    connection.executemany("INSERT INTO kept VALUES (?, ?)", fresh)
    turn = connection.execute(f"SELECT coalesce(max({TURN}), 0) + 1 FROM place").fetchone()[0]
    what = (turn, time.time(), *values)
    number, edits = mine or (0, {})
    setting = ", ".join(f"{name} = ?" for name in _WHAT)
    update = f"UPDATE place SET {setting} WHERE id = ? AND session = ?"
    first = not connection.execute(update, (*what, number, whose[0])).rowcount
    if first:
        columns = (*_WHOSE, *_WHAT)
        insert = f"INSERT INTO place ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        number, edits = connection.execute(insert, (*whose, *what)).lastrowid or 0, {}
    _write_edits(connection, number, edits, place.edits)
    if fresh:
        sweep(connection)
    if first:
        prune(connection, str(whose[0]))
    return number, place.edits


def _has(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM kept WHERE hash = ?", (name,)).fetchone() is not None


def _write_edits(connection: sqlite3.Connection, number: int, before: Edits, after: Edits) -> None:
    """Only what is another one: of a hundred edits a key writes the last."""
    old, new = rows.edit_rows(before), rows.edit_rows(after)
    for run in old.keys() | new.keys():
        was, now = old.get(run, []), new.get(run, [])
        pairs = zip(was, now, strict=False)
        same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(was), len(now)))
        if len(was) > same:
            connection.execute("DELETE FROM edit WHERE place = ? AND run = ? AND number >= ?", (number, run, same))
        connection.executemany("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", ((number, *one) for one in now[same:]))
