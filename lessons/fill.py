"""Holes to numbers: `{{δ_h1|+}}` in a text becomes +0.008771, taken from the record that the screen reads.

A hole is any formula of the core's grammar. A name in it may say where to look: `E@2` in iteration 2,
`wrong:E` in the run called wrong, `published:E` in the lesson's printed figures (alone in its hole, since it
is a text). After `|` stand `+` for the sign of positive numbers too, and a number of significant digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nntutor.core.errors import FormulaError
from nntutor.core.figures import figure
from nntutor.core.formula import evaluate, parse
from nntutor.core.symbols import SYMBOL, Style
from nntutor.core.trace import Trace
from nntutor.lessons.look import ascii_look
from nntutor.lessons.model import AuthorError, Lesson, Stop, Text

__all__ = ["HoleError", "TraceOf", "ascii_look", "fill", "said"]

HOLE = re.compile(r"\{\{(.*?)\}\}")
OPTIONS = re.compile(r"(\+?)(\d*)")
PLACED = re.compile(rf"(?:([a-z][a-z-]*):)?({SYMBOL.pattern})(?:@(\d+))?")

TraceOf = Callable[[str | None, int | None], Trace]
"""The record of (run, iteration); None means the run, the iteration at hand."""


class HoleError(Exception):
    """A hole that does not resolve: the hole as it is written, and why."""

    def __init__(self, hole: str, reason: str) -> None:
        self.hole = hole
        self.reason = reason
        super().__init__(f"{{{{{hole}}}}}: {reason}")


def said(
    lesson: Lesson,
    text: Text,
    stop: Stop,
    trace_of: TraceOf,
    digits: int = 4,
    style: Style = Style.UNICODE,
) -> str:
    """What a lesson says at a stop, its holes filled. A hole that does not resolve is an AuthorError."""
    prose = text.stops[stop.id]

    def placed(run: str | None, iteration: int | None) -> Trace:
        return trace_of(run or stop.run, iteration or stop.iteration)

    try:
        return fill(prose.text, placed, lesson.published, digits, style)
    except HoleError as error:
        raise AuthorError(text.file, prose.line, f"stop “{stop.id}”: {error}") from error


def fill(
    text: str,
    trace_of: TraceOf,
    published: Mapping[str, str],
    digits: int = 4,
    style: Style = Style.UNICODE,
) -> str:
    """The text with every hole filled; `digits` where a hole does not ask for its own number of digits."""
    filled = HOLE.sub(lambda hole: _filled(hole[1], trace_of, published, digits, style), text)
    return ascii_look(filled) if style is Style.ASCII else filled


def _filled(hole: str, trace_of: TraceOf, published: Mapping[str, str], digits: int, style: Style) -> str:
    source, _, options = hole.partition("|")
    source = source.strip()
    if source.startswith("published:"):
        symbol = source.removeprefix("published:")
        if symbol not in published:
            raise HoleError(hole, f"the lesson has no published figure “{symbol}”")
        return published[symbol]
    match = OPTIONS.fullmatch(options.strip())
    if match is None:
        raise HoleError(hole, f"“{options}”; expected + or a number of digits or both, as in |+3")
    amount = value(source, hole, trace_of)
    return figure(amount, int(match[2] or digits), plus=bool(match[1]), style=style)


def value(source: str, hole: str, trace_of: TraceOf) -> float:
    """The value of a formula whose names may be in several runs and iterations."""
    values: list[float] = []

    def look_up(match: re.Match[str]) -> str:
        run, symbol, iteration = match[1], match[2], match[3]
        try:
            trace = trace_of(run, int(iteration) if iteration else None)
        except KeyError as error:
            raise HoleError(hole, f"there is no run “{run}”") from error
        ref = trace.find(symbol)
        if ref is None:
            raise HoleError(hole, f"there is no “{symbol}” here")
        values.append(trace.value(ref))
        return f"x{len(values)}"

    formula = PLACED.sub(look_up, source)
    try:
        return evaluate(parse(formula, lambda name: int(name[1:]) - 1), values.__getitem__)
    except FormulaError as error:
        raise HoleError(hole, f"not a formula: {error}") from error
