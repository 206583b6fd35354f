"""When a skill is asked again: the longer it has been known, the later (Leitner 1972)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

BOXES = (1, 1, 3, 7, 16, 35, 90)
"""Days until a skill of each box is due; what was only ever skipped is in the first one."""
MOST = 3
"""Questions of a review."""
DAY = 86400.0
_SHOWN = "rr"


class Kept(Protocol):
    """What is known of a skill."""

    @property
    def box(self) -> int: ...
    @property
    def at(self) -> float: ...
    @property
    def results(self) -> str: ...


def is_due(skill: Kept, now: float) -> bool:
    """Whether a skill is to be asked again.

    A clock that was set back leaves answers in the future: how long ago they were nobody knows, so they are due.
    """
    passed = now - skill.at
    return passed >= BOXES[skill.box] * DAY or passed < -DAY


def is_known(skill: Kept, now: float) -> bool:
    """Whether a skill has been shown twice in a row, at once and alone, and is not to be asked again yet."""
    return skill.results.endswith(_SHOWN) and not is_due(skill, now)


def due(skills: Mapping[str, Kept], known: Collection[str], now: float, most: int = MOST) -> list[str]:
    """The names of those that are due, of questions that there still are: the lowest box first, then the oldest."""
    found = [name for name, skill in skills.items() if name in known and is_due(skill, now)]
    return sorted(found, key=lambda name: (skills[name].box, skills[name].at, name))[:most]
