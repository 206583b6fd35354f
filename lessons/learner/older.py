"""Files of the version before, brought over: every row that can be used; the others stay, with the reason.

A file in which that version still keeps a place is left to it: what it saved from then on would find no table.
"""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Callable

from nntutor.lessons.learner import rows
from nntutor.lessons.learner.processes import alive
from nntutor.lessons.learner.rows import Body, Row, Unfit


class InUse(Exception):
    """A session of the version before is still running on this machine."""


_SESSION = "session, host, pid, began, at"
_PLACES = (
    f"SELECT rowid, {_SESSION}, what, name, problem, run, edits, iteration, step, stop, settings, params, slots"
    " FROM place_1 ORDER BY at"
)
_REACHED = "SELECT rowid, lesson, place, params, slots FROM reached_1 WHERE place IS NOT NULL ORDER BY at"


def brought_over(connection: sqlite3.Connection, tables: str, ours: str) -> list[str]:
    """All of it or nothing; the parts to blame in rows that stay where they are, under the names with _1.

    Lessons that were left come before the sessions: a start goes on with a session. Raises InUse.
    """
    left: list[str] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 1:  # another start may have done it meanwhile
            whose = connection.execute("SELECT host, pid, began, at FROM place").fetchall()
            if any(one[0] == socket.gethostname() and alive(*one) for one in whose):
                raise InUse
            for name in ("place", "reached"):
                connection.execute(f"ALTER TABLE {name} RENAME TO {name}_1")
                connection.execute(f"ALTER TABLE {name}_1 ADD COLUMN reason TEXT")
            for statement in (*tables.split(";"), *ours.split(";")):
                connection.execute(statement)
            _lessons(connection)
            _sessions(connection)
            connection.execute("INSERT OR IGNORE INTO finished SELECT lesson FROM reached_1 WHERE done = 1")
            for name in ("place_1", "reached_1"):
                parts = connection.execute(f"SELECT reason FROM {name} WHERE reason IS NOT NULL").fetchall()
                left += [part for (part,) in parts]
                if not parts:
                    connection.execute(f"DROP TABLE {name}")
        connection.execute("COMMIT")
        return left
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _lessons(connection: sqlite3.Connection) -> None:
    for rowid, lesson, place, params, slots in connection.execute(_REACHED).fetchall():

        def values(place: str = place, lesson: str = lesson, params: bytes = params, slots: bytes = slots) -> Row:
            run, edits, iteration, step, stop, settings = json.loads(place)
            return ("lesson", lesson, "", run, edits, iteration, step, stop, settings, params, slots)

        _take(connection, "reached_1", rowid, ("", "", 0, "", 0.0), values)


def _sessions(connection: sqlite3.Connection) -> None:
    for rowid, *values in connection.execute(_PLACES).fetchall():
        _take(connection, "place_1", rowid, tuple(values[:5]), lambda values=values: tuple(values[5:]))  # type: ignore[misc]


def _take(connection: sqlite3.Connection, table: str, rowid: int, session: Row, values: Callable[[], Row]) -> None:
    """One row of the version before as one of this; where it cannot be used, with the reason beside it."""
    try:
        place, edits, bodies = _read(values())
    except (Unfit, ValueError, TypeError, RecursionError) as error:
        part = str(error) if isinstance(error, Unfit) else "place"
        connection.execute(f"UPDATE {table} SET reason = ? WHERE rowid = ?", (part, rowid))
        return
    turn = connection.execute("SELECT count(*) + 1 FROM place").fetchone()[0]
    marks = ",".join("?" * (6 + len(place)))
    insert = f"INSERT INTO place (turn, {_SESSION}, {','.join(rows.COLUMNS)}) VALUES ({marks})"
    number = connection.execute(insert, (turn, *session, *place)).lastrowid
    kept = ((name, rows.encoded(body)) for name, body in bodies.items())
    connection.executemany("INSERT OR IGNORE INTO kept VALUES (?, ?)", kept)
    connection.executemany("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", ((number, *one) for one in edits))


def _read(values: Row) -> tuple[Row, list[Row], dict[str, Body]]:
    what, name, problem, run, edits, *others, settings, params, slots = values
    try:
        old = [
            (one_run, number, iteration, json.dumps(ref), value)
            for one_run, ones in json.loads(str(edits)).items()
            for number, (iteration, ref, value) in enumerate(ones)
        ]
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Unfit("edits") from None
    text = str(problem).encode(errors="surrogateescape")
    found = rows.place(
        (what, name, "own" if problem else "", "", "", run, *others, 0, settings, params, slots), old, lambda _: text
    )
    place, bodies = rows.row(found, rows.hashed)
    edited = [one for ones in rows.edit_rows(found.edits).values() for one in ones]
    return place, edited, bodies
