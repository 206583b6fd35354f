"""What is kept of a learner's answers: of each skill its box, when it was asked last, and the last results.

Nothing that comes in is trusted; a row that cannot be used counts as not there. Two sessions at once both keep theirs,
because an answer is added to what the file has by then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite

from nntutor.lessons.learner.review import BOXES, DAY

TESTED = "tested "
"""Before a lesson's name: the setting that says that a test stands for it."""
MOST_NAME = 100
"""Letters of a skill's name; a longer one is none of ours."""
RESULTS = {"right": "r", "helped": "h", "shown": "s", "skipped": "-"}
"""How a question ended, by one letter."""
_KEPT = 8


@dataclass(frozen=True)
class Skill:
    """box: from 0, for what was only skipped, up; at: seconds since 1970 of the last answer; results: newest last."""

    box: int = 0
    at: float = 0.0
    results: str = ""


@dataclass(frozen=True)
class Answer:
    """A question about a skill has ended."""

    skill: str
    outcome: str
    at: float


def after(skill: Skill, answer: Answer) -> Skill:
    """The skill after an answer: a box up when it was right at once, else down to the first one (Leitner 1972).

    What was skipped stays in its box and comes back a day later, or when it was due anyway.
    """
    results = (skill.results + RESULTS[answer.outcome])[-_KEPT:]
    if answer.outcome == "skipped":
        tomorrow = answer.at - (BOXES[skill.box] - 1) * DAY
        return replace(skill, at=tomorrow if skill.at > answer.at else max(skill.at, tomorrow), results=results)
    box = min(max(skill.box, 1) + 1, len(BOXES) - 1) if answer.outcome == "right" else 1
    return Skill(box, answer.at, results)


def put(connection: sqlite3.Connection, answer: Answer) -> None:
    """An answer added to what the file knows of its skill; within a transaction."""
    row = connection.execute("SELECT box, at, results FROM skill WHERE name = ?", (answer.skill,)).fetchone()
    kept = after((fitting(*row) if row is not None else None) or Skill(), answer)
    set_down(connection, answer.skill, kept)


def set_down(connection: sqlite3.Connection, name: str, skill: Skill) -> None:
    connection.execute("INSERT OR REPLACE INTO skill VALUES (?, ?, ?, ?)", (name, skill.box, skill.at, skill.results))


def read(connection: sqlite3.Connection) -> dict[str, Skill]:
    """All skills whose rows can be used."""
    found = {}
    for name, *values in connection.execute("SELECT name, box, at, results FROM skill ORDER BY name"):
        skill = fitting(*values) if isinstance(name, str) and len(name) <= MOST_NAME else None
        if skill is not None:
            found[name] = skill
    return found


def fitting(box: object, at: object, results: object) -> Skill | None:
    """A skill of values from a file; None for what cannot be."""
    if not isinstance(box, int) or isinstance(box, bool) or not 0 <= box < len(BOXES):
        return None
    if not isinstance(at, int | float) or isinstance(at, bool) or not isfinite(at) or abs(at) > 2**40:
        return None
    if not isinstance(results, str) or len(results) > _KEPT or set(results) - set(RESULTS.values()):
        return None
    return Skill(box, float(at), results)


def tested(connection: sqlite3.Connection) -> frozenset[str]:
    """The lessons that a test stands for."""
    return tests_in(str(name) for (name,) in connection.execute("SELECT name FROM setting WHERE value != ''"))


def tests_in(settings: Iterable[str]) -> frozenset[str]:
    """The lessons that settings of these names say so of."""
    return frozenset(name.removeprefix(TESTED) for name in settings if name.startswith(TESTED))
