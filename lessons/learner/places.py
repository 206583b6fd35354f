"""The place of a learner, kept at every step: what it takes to be back with the same numbers.

One row for each lesson or problem of a session, so two sessions at once do not disturb each other; a start takes over
the newest session that is gone. A row that cannot be used is set aside by itself. The file: `waiting`.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from nntutor.lessons.learner import answers, rows
from nntutor.lessons.learner.answers import TESTED, Answer, Skill
from nntutor.lessons.learner.database import row_aside
from nntutor.lessons.learner.processes import alive
from nntutor.lessons.learner.pruning import NEWEST, TURN, prune
from nntutor.lessons.learner.rows import COLUMNS, Unfit
from nntutor.lessons.learner.rows import Place as Place
from nntutor.lessons.learner.saving import whole
from nntutor.lessons.learner.waiting import Waiting


class Store(Waiting):
    """The places, and what has been learned, in the file."""

    def __init__(self, home: Path | None) -> None:
        super().__init__(home)
        self._refused: set[int] = set()
        self._given = 0  # the row of the place that was read last

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

    def answered(self, skill: str, outcome: str) -> None:
        """Keep how a question about a skill has ended."""
        self._answers += 1
        self._wait("answer", f"{self._answers}", Answer(skill, outcome, time.time()))
