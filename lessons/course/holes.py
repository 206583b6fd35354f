"""Holes to numbers: `{{δ_h1|+}}` in a text becomes +0.008771, taken from the record that the screen reads.

A hole is any formula of the core's grammar. Besides symbols it knows `size:3`, the mean size of the gradients of
layer 3; `moved:3`, how far that layer's weights have moved since the start, before the update (mean); `:out` is the
last layer of both; `layers`, how many layers there are, the output among them; `touched:all`, samples touched so far;
`epoch:all`, iterations of an epoch; `end:first`, `end:last`, `end:updates` of a run of Rosenblatt's rule; `right`,
how many rows of the data have their output on the right side of ½, and `rows`, how many there are. A name in it may
say where to look: `E@2` in iteration 2, `wrong:E` in the run called wrong, `published:E` in the lesson's printed
figures (alone in its hole, since it is a text). After `|` stand `+` for the sign of positive numbers too, and a
number of significant digits; after another `|` a Korean particle in both its forms, `{{w5|은/는}}`, of which the one
that agrees is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from math import isfinite, isnan

from nntutor.core.engine.trace import Trace
from nntutor.core.errors import FormulaError
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Expr
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.redoing import equals
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import SYMBOL
from nntutor.lessons.course import conditions
from nntutor.lessons.course.conditions import MARK, ConditionError
from nntutor.lessons.course.model import AuthorError, Lesson, Stop, Text
from nntutor.lessons.language.ascii import ascii_look

OPTIONS = re.compile(r"(\+?)(\d*)")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!])\s+")
# A name: where to look, then a symbol or what follows from a run, as in `wrong:E@2` or `xor:end:first`.
PLACED = re.compile(
    rf"(?:(?P<run>[a-z][a-z-]*):)??(?:(?P<what>size|moved|end|touched|epoch):(?P<which>[a-z0-9]+)|"
    rf"(?P<counted>\b(?:right|rows|layers)\b)|(?P<symbol>{SYMBOL.pattern}))"
    r"(?:@(?P<at>\d+))?"
)

_SIZE = r"\d+(?:\.\d+)?(?:e[−-]?\d+)?"
_FACTOR = rf"(?:½|{_SIZE}|\([−-]?{_SIZE}(?: [−+-] {_SIZE})*\))²?"
# Figures with operators between them, and the figure that they give. What stands before or after may be no operator.
_WORKED = re.compile(
    rf"(?<![^\s(*])(?<![−+·/-] )(?P<worked>[−+-]?{_FACTOR}(?: ?[·/] ?{_FACTOR}| [−+-] {_FACTOR})+)"
    rf" = (?P<bold>\**)(?P<shown>[−+-]?{_SIZE})(?!\**(?:[\da-z²·/]|\.\d| ?[·/]| [−+] ?[\d(½]))"
)

TraceOf = Callable[[str | None, int | None], Trace]
"""The record of (run, iteration); None means the run, the iteration at hand."""
Asked = Callable[[str, str], bool]
"""Whether a word of `conditions.WORDS` is true of a run."""
_CHANGED = (conditions.OWN, conditions.UNBROKEN)


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
    asked: Asked = lambda word, run: True,
    whole: bool = True,
) -> str:
    """What a lesson says at a stop: the branches that are true, their holes filled.

    asked: whether a word of `conditions.WORDS` is true of a run. whole: AuthorError for a hole that does not resolve,
    as for a condition that cannot be read; else the sentences that can be said: a network that has been changed may
    lack numbers that the text speaks of.
    """
    prose = text.stops[stop.id]

    def placed(run: str | None, iteration: int | None) -> Trace:
        return trace_of(run or stop.run, iteration or stop.iteration)

    def compare(left: str, right: str) -> int | None:
        try:
            first, second = (value(side, f"{left} … {right}", placed, stop.at) for side in (left, right))
        except HoleError:
            if whole:
                raise
            return None
        return None if isnan(first) or isnan(second) else (first > second) - (first < second)

    try:
        runs = _runs(lesson, stop, prose.text)
        shown = conditions.chosen(prose.text, compare, lambda word: all(asked(word, run) for run in runs[word]))
        if whole:
            return fill(shown, placed, lesson.published, digits, style, stop.at)
        return " ".join(_sayable(shown, lambda one: fill(one, placed, lesson.published, digits, style, stop.at)))
    except (HoleError, ConditionError) as error:
        raise AuthorError(text.file, prose.line, f"stop “{stop.id}”: {error}") from error


def _sayable(text: str, filled: Callable[[str], str]) -> Iterator[str]:
    """The sentences of a text whose holes resolve."""
    for sentence in _BETWEEN_SENTENCES.split(text):
        with suppress(HoleError):
            yield filled(sentence)


def set_aside(lesson: Lesson, stop: Stop, text: Text, asked: Asked) -> bool:
    """Whether a stop keeps to itself what it has to say about the lesson's own numbers, because they have changed."""
    prose = text.stops[stop.id].text
    if not any(word in prose for word in _CHANGED):
        return False
    runs = _runs(lesson, stop, prose)
    try:
        words = [word for word in _CHANGED if word in conditions.atoms(prose)]
    except ConditionError:
        return False
    return not all(asked(word, run) for word in words for run in runs[word])


def runs_of(lesson: Lesson, stop: Stop, prose: str) -> set[str]:
    """The runs that a stop's text speaks of: its own, and those that it names."""
    named = {match["run"] for mark in MARK.findall(prose) for match in PLACED.finditer(mark)}
    return {stop.run} | {run.id for run in lesson.runs if run.id in named}


def _runs(lesson: Lesson, stop: Stop, prose: str) -> Mapping[str, set[str]]:
    """By word the runs that it asks of: the stop's own, and, but for its place, every run that the text names."""
    runs = runs_of(lesson, stop, prose)
    return {**dict.fromkeys(_CHANGED, runs), conditions.HERE: {stop.run}}


def counts_layers(text: Text) -> bool:
    """Whether something that a lesson says depends on how many layers there are."""
    marks = (mark for prose in text.stops.values() for mark in MARK.findall(prose.text))
    return any(match["counted"] == "layers" for mark in marks for match in PLACED.finditer(mark))


def fill(
    text: str,
    trace_of: TraceOf,
    published: Mapping[str, str],
    digits: int = 4,
    style: Style = Style.UNICODE,
    at: str = "",
) -> str:
    """The text with every hole filled; `digits` where a hole does not ask for its own number of digits.

    at: the number that the step at hand makes, for what depends on the weights that are new by then.
    """
    filled = MARK.sub(lambda hole: _filled(hole[1], trace_of, published, digits, style, at), text)
    filled = filled if filled == text else _WORKED.sub(_redone, filled)
    return ascii_look(filled) if style is Style.ASCII else filled


def _redone(found: re.Match[str]) -> str:
    """Figures and what they give, with ≈ between them where that is not what they give as they stand."""
    worked, shown = (found[name].replace("−", "-") for name in ("worked", "shown"))
    says = equals(parse(worked.removeprefix("+"), lambda name: None), str, shown, Style.UNICODE)
    return f"{found['worked']} {says} {found['bold']}{found['shown']}"


def bare(hole: str) -> str:
    """A hole without its particle: what has to be the same in every language."""
    head, mark, last = hole.rpartition("|")
    if not mark:
        return hole
    # Another door, as in `words`: only Korean has particles.
    from nntutor.lessons.language import particles

    return head if particles.PAIR.fullmatch(last) else hole


def _filled(hole: str, trace_of: TraceOf, published: Mapping[str, str], digits: int, style: Style, at: str) -> str:
    source = bare(hole)
    shown = _figure(source, hole, trace_of, published, digits, style, at)
    if source == hole:
        return shown
    from nntutor.lessons.language import particles

    pair = hole[len(source) + 1 :]
    try:
        return shown + particles.agreeing(shown, pair)
    except ValueError as error:
        raise HoleError(hole, f"“{pair}”; expected both forms of a particle, as in 은/는") from error


def _figure(
    source: str, hole: str, trace_of: TraceOf, published: Mapping[str, str], digits: int, style: Style, at: str
) -> str:
    source, _, options = source.partition("|")
    source = source.strip()
    if source.startswith("published:"):
        symbol = source.removeprefix("published:")
        if symbol not in published:
            raise HoleError(hole, f"the lesson has no published figure “{symbol}”")
        return published[symbol]
    match = OPTIONS.fullmatch(options.strip())
    if match is None:
        raise HoleError(hole, f"“{options}”; expected + or a number of digits or both, as in |+3")
    amount = value(source, hole, trace_of, at)
    if not isfinite(amount):
        raise HoleError(hole, "it has no value, as with 0/0 or where training has diverged")
    return figure(amount, int(match[2] or digits), plus=bool(match[1]), style=style)


def value(source: str, hole: str, trace_of: TraceOf, at: str = "") -> float:
    """The value of a formula whose names may be in several runs and iterations; at: as for `fill`."""
    values: list[float] = []

    def look_up(match: re.Match[str]) -> str:
        run, iteration = match["run"], int(match["at"]) if match["at"] else None
        try:
            trace = trace_of(run, iteration)
            if match["what"]:
                values.append(derived(trace, match["what"], match["which"], partial(trace_of, run, 1)))
            elif match["counted"]:
                here = not run and iteration is None
                values.append(counted(trace, match["counted"], at if here else ""))
            else:
                values.append(_named(trace, match["symbol"]))
        except IndexError as error:
            raise HoleError(hole, f"training diverges before “{match[0]}”") from error
        except KeyError as error:
            named = f"run “{run}”" if run and error.args == (run,) else f"“{match[0]}”"
            raise HoleError(hole, f"there is no {named} here") from error
        return f"x{len(values)}"

    formula = PLACED.sub(look_up, source)
    try:
        return evaluate(_parsed(formula), values.__getitem__)
    except FormulaError as error:
        raise HoleError(hole, f"not a formula: {error}") from error


@lru_cache(maxsize=1024)  # the same holes are filled again at every step
def _parsed(formula: str) -> Expr:
    """The formula of a hole, in which names are x1, x2, … in the order of their values."""
    return parse(formula, lambda name: int(name[1:]) - 1)


def _named(trace: Trace, symbol: str) -> float:
    ref = trace.find(symbol)
    if ref is None:
        raise KeyError(symbol)
    return trace.value(ref)


def derived(trace: Trace, what: str, which: str, begun: Callable[[], Trace]) -> float:
    """A number that follows from an iteration and its run, which has `begun`; KeyError where there is none."""
    # Few lessons say such numbers: the others start without these.
    from nntutor.core.analysis.perceptron import end
    from nntutor.core.analysis.plot_data import gradient_sizes, layers_moved

    if what == "end":
        found = end(trace.problem)
        if found is None:
            raise KeyError(which)
        return float({"first": found.first, "last": found.last, "updates": found.updates}[which])
    if what == "touched":
        return float(trace.problem.samples_in(trace.iteration))
    if what == "epoch":
        return float(trace.problem.epoch_iterations)
    sizes = gradient_sizes(trace) if what == "size" else layers_moved(trace, begun())
    number = str(len(sizes)) if which == "out" else which
    if not number.isdecimal() or not 1 <= int(number) <= len(sizes):
        raise KeyError(which)
    return float(sizes[int(number) - 1])


def counted(trace: Trace, which: str, at: str = "") -> float:
    """How many layers the network has; how many rows the data have, or how many are right under the weights before the
    iteration or, with those that are new by then, at the step that makes `at`."""
    from nntutor.core.analysis.plot_data import params_at, right_side

    if which == "layers":
        return float(len(trace.problem.network.layers))
    ref = trace.find(at) if at else None
    step = trace.index_of(ref) if ref is not None else None
    right = right_side(trace.problem, params_at(trace, step) if step else trace.before)
    return float(len(right) if which == "rows" else right.all(axis=1).sum())
