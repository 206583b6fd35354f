"""How much of a problem is left out for a learner: less is shown after what was right at once."""

from __future__ import annotations

from functools import lru_cache

from nntutor.lessons.course.practice import LEVELS, Exercise, exercise
from nntutor.lessons.course.series import SERIES

LAST_LEVEL = len(LEVELS) - 1
_BY = {"right": 1, "shown": -1}


def first_level(box: int) -> int:
    """Where one begins with a skill, as a place in LEVELS: the higher its box, the less is shown."""
    return min(max(box - 1, 1), LAST_LEVEL)


def next_level(level: int, outcome: str) -> int:
    """The level of the next problem: less is shown after what was right at once, more after what had to be shown."""
    return min(max(level + _BY.get(outcome, 0), 1), LAST_LEVEL)


@lru_cache(maxsize=16)  # a page is drawn many times, and drawing numbers that tell mistakes apart takes its time
def problem(series: str, seed: int, level: int) -> Exercise:
    """The problem of a series by its name."""
    return exercise(SERIES[series], seed, LEVELS[level])
