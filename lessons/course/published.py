"""Published worked examples, recomputed: what a source prints beside what comes out here.

An example is a problem file with `[[figure]]` tables below it. A figure says where the number stands (`at`, a
formula over symbols and iterations, as in "δ_o1@1"), how the source prints it (`printed`) and what an independent
script made of it (`recomputed`); `mistake` when it comes out of a run with that mistake; `stale` when the source is
known to be wrong there, with the key of the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import isfinite
from pathlib import Path

from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.files.problem import parse
from nntutor.core.problems.network import Problem
from nntutor.lessons.course.holes import HoleError, value
from nntutor.lessons.course.model import AuthorError

FOLDER = Path(__file__).parent.parent / "published"
TOLERANCE = 1e-12
_KEYS = {"at", "printed", "recomputed", "mistake", "stale"}


@dataclass(frozen=True)
class Figure:
    """One number of a published example; "" where a source does not have it."""

    at: str
    printed: str = ""
    recomputed: str = ""
    mistake: str = ""
    stale: str = ""

    @property
    def shown(self) -> str:
        return self.printed or self.recomputed


@dataclass(frozen=True)
class Example:
    """A published example: its problem and its figures."""

    id: str
    problem: Problem
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Result:
    """A figure and what comes out here."""

    figure: Figure
    computed: float

    @property
    def agrees(self) -> bool:
        """Whether what should agree does: all that is given, but not what is known to be stale."""
        expected = [self.figure.recomputed, "" if self.figure.stale else self.figure.printed]
        return all(agrees(text, self.computed) for text in expected if text)

    @property
    def difference(self) -> float:
        return self.computed - float(self.figure.shown)


def agrees(text: str, computed: float) -> bool:
    """Whether a number, rounded to the digits of a figure, is that figure; 17 digits may differ by 1e-12."""
    if not isfinite(computed):
        return False
    wanted = Decimal(text)
    if abs(float(wanted) - computed) <= TOLERANCE:
        return True
    return Decimal(computed).quantize(Decimal((0, (1,), int(wanted.as_tuple().exponent)))) == wanted


@cache
def examples() -> tuple[Example, ...]:
    """All published examples that ship, by name."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.toml")))


def read(path: Path) -> Example:
    """One example from its file. A mistake in it is an AuthorError."""
    source = path.read_text(encoding="utf-8")
    head, mark, tail = source.partition("[[figure]]")
    problem = parse(head, path.name, path.parent)
    tables = tomllib.loads(mark + tail).get("figure", [])
    for table in tables:
        if not {"at"} < set(table) <= _KEYS:
            raise AuthorError(path.name, 0, f"figure {table}: expected `at` and some of {sorted(_KEYS)}")
    return Example(path.stem, problem, tuple(Figure(**table) for table in tables))


def results(example: Example) -> Iterator[Result]:
    """The figures of an example, recomputed, in their order."""
    runs: dict[str, Timeline] = {}

    def trace_of(mistake: str) -> Callable[[str | None, int | None], Trace]:
        def trace(_: str | None, iteration: int | None) -> Trace:
            timeline = runs.get(mistake) or Timeline.start(example.problem, mistake)
            runs[mistake] = timeline.to(iteration or 1)
            return runs[mistake].trace

        return trace

    for one in example.figures:
        try:
            yield Result(one, value(one.at, one.at, trace_of(one.mistake)))
        except HoleError as error:
            raise AuthorError(f"{example.id}.toml", 0, str(error)) from error
