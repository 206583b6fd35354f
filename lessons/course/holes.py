"""Holes to numbers: `{{δ_h1|+}}` in a text becomes +0.008771, taken from the record that the screen reads.

A hole is any formula of the core's grammar. Besides symbols it knows `size:3`, the mean size of the gradients of
layer 3; `moved:3`, how far that layer's weights have moved since the start (mean); `touched:all`, samples touched so
far; `end:first`, `end:last`, `end:updates` of a run of Rosenblatt's rule. A name in it may say where to look: `E@2`
in iteration 2, `wrong:E` in the run called wrong, `published:E` in the lesson's printed figures (alone in its hole,
since it is a text). After `|` stand `+` for the sign of positive numbers too, and a number of significant digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nntutor.core.engine.trace import Trace
from nntutor.core.errors import FormulaError
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.figures import figure
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.symbols import SYMBOL, Style
from nntutor.lessons.course.model import AuthorError, Lesson, Stop, Text
from nntutor.lessons.language.ascii import ascii_look

__all__ = ["HoleError", "TraceOf", "ascii_look", "fill", "said"]

HOLE = re.compile(r"\{\{(.*?)\}\}")
OPTIONS = re.compile(r"(\+?)(\d*)")
# A name: where to look, then a symbol or what follows from a run, as in `wrong:E@2` or `xor:end:first`.
PLACED = re.compile(
    rf"(?:(?P<run>[a-z][a-z-]*):)??(?:(?P<what>size|moved|end|touched):(?P<which>[a-z0-9]+)|(?P<symbol>{SYMBOL.pattern}))"
    r"(?:@(?P<at>\d+))?"
)

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
        run, iteration = match["run"], int(match["at"]) if match["at"] else None
        try:
            trace = trace_of(run, iteration)
            if match["what"]:
                values.append(derived(trace, match["what"], match["which"]))
            else:
                values.append(_named(trace, match["symbol"]))
        except KeyError as error:
            named = f"run “{run}”" if run and error.args == (run,) else f"“{match[0]}”"
            raise HoleError(hole, f"there is no {named} here") from error
        return f"x{len(values)}"

    formula = PLACED.sub(look_up, source)
    try:
        return evaluate(parse(formula, lambda name: int(name[1:]) - 1), values.__getitem__)
    except FormulaError as error:
        raise HoleError(hole, f"not a formula: {error}") from error


def _named(trace: Trace, symbol: str) -> float:
    ref = trace.find(symbol)
    if ref is None:
        raise KeyError(symbol)
    return trace.value(ref)


def derived(trace: Trace, what: str, which: str) -> float:
    """A number that follows from an iteration and its run; KeyError where there is none."""
    # Few lessons say such numbers: the others start without these.
    from nntutor.core.analysis.perceptron import end
    from nntutor.core.analysis.plot_data import gradient_sizes, layers_moved

    if what == "end":
        found = end(trace.problem)
        if found is None:
            raise KeyError(which)
        return float({"first": found.first, "last": found.last, "updates": found.updates}[which])
    if what == "touched":
        return float(trace.iteration * trace.problem.batch_size)
    sizes = gradient_sizes(trace) if what == "size" else layers_moved(trace)
    if not which.isdecimal() or not 1 <= int(which) <= len(sizes):
        raise KeyError(which)
    return float(sizes[int(which) - 1])
