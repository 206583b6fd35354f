"""What a lesson is made of: frozen data, read from the catalog and the texts by `load`.

A lesson holds no sentence and no number of its own: its stops name steps of a recorded iteration, and the
prose of a stop (`Text`) has holes that are filled from that record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VIEWS = ("network", "matrices", "curve", "runs")
"""What a stop may show; `runs` is the two-column view of two runs in step."""


class AuthorError(Exception):
    """A mistake in a lesson's own files: file, line (0: unknown), what is wrong and what was expected."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        self.file = file
        self.line = line
        self.reason = reason
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {reason}")


@dataclass(frozen=True, slots=True)
class Run:
    """One problem run in a lesson, by the rules or with one named mistake."""

    id: str
    problem: str
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the lesson speaks: a step, named by its symbol, of one iteration of one run."""

    id: str
    run: str
    iteration: int
    at: str
    view: str = "network"


@dataclass(frozen=True, slots=True)
class Main:
    """The number that `+` and `-` change in a lesson: `by` is added, or it is multiplied by `times`."""

    symbol: str
    by: float = 0.0
    times: float = 0.0

    def up(self, value: float) -> float:
        """The number after `+`."""
        return value * self.times if self.times else round(value + self.by, 12)

    def down(self, value: float) -> float:
        """The number after `-`."""
        return value / self.times if self.times else round(value - self.by, 12)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sitting: its runs, and its stops in the order of their steps."""

    id: str
    number: int
    part: int
    minutes: int
    iterations: int
    runs: tuple[Run, ...]
    stops: tuple[Stop, ...]
    main: Main | None
    digits: int
    """Significant digits shown unless the learner asks for more."""
    targets: str
    """The step at which the targets first appear; "" when they are never hidden."""
    published: Mapping[str, str]
    """Figures as a book printed them, by symbol; for holes such as {{published:E}}."""
    source: str
    """Where the published figures come from."""

    def run(self, id: str) -> Run:
        """The run of that name; KeyError where the lesson has none."""
        for run in self.runs:
            if run.id == id:
                return run
        raise KeyError(id)


@dataclass(frozen=True, slots=True)
class Prose:
    """The text of one stop, holes and all, and the line of its file on which it starts."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """A lesson in one language: its title, what it is about, and the prose of each stop."""

    title: str
    about: str
    stops: Mapping[str, Prose]
    file: str
