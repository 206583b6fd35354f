"""What is kept and no longer needed, taken out of the file: it must not grow with every session."""

from __future__ import annotations

import sqlite3

from nntutor.lessons.learner.processes import alive

# Whatever a damaged row holds there: a number above is no turn of ours, and the next one must have room.
TURN = "CASE WHEN typeof(turn) = 'integer' AND turn < 9007199254740992 THEN turn ELSE 0 END"
NEWEST = f"{TURN} DESC"
# Rows of sessions that are gone, beside the newest one of each lesson; and rows that were set aside.
_KEPT_ROWS = 20
_KEPT_ASIDE = 100
_NAMED = " UNION ALL ".join(
    f"SELECT {column} FROM {table} WHERE typeof({column}) = 'text'"
    for table in ("place", "aside")
    for column in ("problem", "params", "slots")
)


def prune(connection: sqlite3.Connection, session: str) -> None:
    """Rows of sessions that are gone, the oldest first; cheap where there are few."""
    if connection.execute("SELECT count(*) FROM place").fetchone()[0] <= _KEPT_ROWS:
        return
    lessons, gone, others = set(), 0, []
    found = connection.execute("SELECT id, session, what, name, host, pid, began, at FROM place ORDER BY " + NEWEST)
    for number, whose, what, name, *process in found.fetchall():
        newest = what == "lesson" and name not in lessons
        if what == "lesson":
            lessons.add(name)
        if newest or whose == session:
            continue
        gone += 1
        if gone > _KEPT_ROWS and not alive(*process):
            others.append((number,))
    if not others:
        return
    connection.executemany("DELETE FROM place WHERE id = ?", others)
    connection.execute(
        "DELETE FROM aside WHERE id NOT IN (SELECT id FROM aside ORDER BY id DESC LIMIT ?)", (_KEPT_ASIDE,)
    )
    connection.execute("DELETE FROM edit WHERE place NOT IN (SELECT id FROM place UNION ALL SELECT id FROM aside)")
    sweep(connection)


def sweep(connection: sqlite3.Connection) -> None:
    """Texts and weights that no row names."""
    connection.execute(f"DELETE FROM kept WHERE hash NOT IN ({_NAMED})")
