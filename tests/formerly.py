"""The learner's file as versions before kept it, so that tests can have one brought over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nntutor.lessons.learner.places import Place

_SCHEMA = """
CREATE TABLE place (
  session TEXT PRIMARY KEY, host TEXT, pid INTEGER, began TEXT, at REAL,
  what TEXT, name TEXT, problem TEXT, run TEXT, edits TEXT, iteration INTEGER, step INTEGER, stop TEXT,
  settings TEXT, params BLOB, slots BLOB
);
CREATE TABLE reached (lesson TEXT PRIMARY KEY, done INTEGER DEFAULT 0, at REAL, place TEXT, params BLOB, slots BLOB);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT);
PRAGMA application_id = 1852732533;
PRAGMA user_version = 1;
"""


def version_1(home: Path, places: Sequence[Place], done: Sequence[str] = (), clock: float = 1.7e9) -> None:
    """A file with a session for each place, in this order, all of them gone; the lessons among them are reached."""
    with sqlite3.connect(home / "progress.sqlite") as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + _SCHEMA)
        for number, place in enumerate(places):
            edits = json.dumps(
                {
                    run: [[one.iteration, list(one.ref), one.value.hex()] for one in ones]
                    for run, ones in place.edits.items()
                }
            )
            settings = json.dumps(dict(place.settings))
            row = (f"here:{number}", "here", 0, "", clock + number, place.what, place.name, place.problem, place.run,
                   edits, place.iteration, place.step, place.stop, settings, place.params, place.slots)  # fmt: skip
            connection.execute(f"INSERT INTO place VALUES ({','.join('?' * len(row))})", row)
            if place.what == "lesson":
                kept = json.dumps([place.run, edits, place.iteration, place.step, place.stop, settings])
                connection.execute(
                    "INSERT OR REPLACE INTO reached VALUES (?, ?, ?, ?, ?, ?)",
                    (place.name, place.name in done, clock + number, kept, place.params, place.slots),
                )
        connection.execute("INSERT INTO setting VALUES ('theme', 'light')")
    connection.close()


def as_version_1(place: Place) -> Place:
    """A place without what versions before did not keep."""
    return replace(place, since=0, folder="", digest="")
