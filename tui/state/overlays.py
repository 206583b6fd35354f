"""What lies over the list or the lesson as a page of its own: problems, and below them the end of a lesson.

What keys do with them stands in practising.py and ending.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nntutor.tui.state.panels import Answering

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.lessons.course.practice import Exercise
    from nntutor.tui.state.study import Study


@dataclass(frozen=True, eq=False)
class Practice:
    """What is asked, and the question at hand.

    purpose: "review", "practice" or "test"; only a review ends by itself. series: those that come, in turn; in a review
    also bugs and questions of stops, which are asked in their lesson (Visit). lesson: the one that is practised or
    tested. levels: by series, how much of its next problem is left out. number: the problem at hand, from 0; before a
    review is begun, -1. panel: the question; None before the first one, and beside a problem that asks nothing.
    outcomes: of the questions of this problem that have ended. closed: whether all have. top: how far the page is
    scrolled down.
    """

    purpose: str
    series: tuple[str, ...]
    seed: int
    lesson: str = ""
    levels: Mapping[str, int] = field(default_factory=dict)
    number: int = 0
    level: int = 0
    panel: Answering | None = None
    outcomes: tuple[str, ...] = ()
    closed: bool = False
    top: int = 0

    @property
    def skill(self) -> str:
        return self.series[self.number % len(self.series)]

    @property
    def problem_seed(self) -> int:
        return self.seed + self.number

    @property
    def made(self) -> Exercise:
        from nntutor.lessons.course.levels import problem

        return problem(self.skill, self.problem_seed, self.level)

    @property
    def asks(self) -> bool:
        """Whether a line is typed."""
        return self.panel is not None and not self.closed


@dataclass(frozen=True, eq=False)
class Visit:
    """A lesson that is open for a question of a review alone. practice: the review, at that question. study, digits:
    what was open before. answered: whether the question has ended."""

    practice: Practice
    study: Study | None
    digits: int
    answered: bool = False


@dataclass(frozen=True)
class Ending:
    """lesson: which one's. seed: of its problems. shown: the answers that are uncovered. top: rows scrolled down."""

    lesson: str
    seed: int
    shown: tuple[str, ...] = ()
    top: int = 0
