"""The gradient check of a whole iteration as a table: a row for every weight that learns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import isfinite

from nntutor.core.analysis.gradient_check import Check, check_all
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.progress import Progress, untold
from nntutor.lessons.language.cells import padded
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words

_WIDTHS = (7, 7, 15, 8, 15, 8)
_COLUMNS = ("step", "numeric", "error", "gradient", "relative")


class Table:
    """The check of several iterations as lines of text; once written, `disagreeing` counts what disagrees."""

    def __init__(self, words: Words, style: Style = Style.UNICODE, progress: Progress = untold) -> None:
        self._speech, self._progress = Speech(words, style), progress
        self._verdicts: Counter[str] = Counter()
        self._diverged = False

    @property
    def disagreeing(self) -> int:
        return self._verdicts["differs"]

    def lines(self, problem: Problem, traces: Iterable[Trace]) -> Iterator[str]:
        say = self._speech.say
        yield say("check_table.title")
        yield say("check_table.how")
        if remark := self._speech.remark(problem):
            yield remark
        for trace in traces:
            yield ""
            yield say("cli.iteration", iteration=trace.iteration)
            if not isfinite(trace.error):
                self._diverged = True
                yield say("check_table.diverged", iteration=trace.iteration)
                break
            names = [say(f"check_table.{name}") for name in _COLUMNS]
            yield self._row(say("cli.symbol"), *names, say("check_table.verdict"))
            for check in check_all(trace, self._progress):
                self._verdicts[check.verdict] += 1
                yield self._check(trace, check)
        yield ""
        yield from self._summary()

    def _check(self, trace: Trace, check: Check) -> str:
        found = ((check.h, 2), (check.numeric, 9), (check.error, 2), (check.gradient, 9), (check.relative, 2))
        return self._row(
            trace.symbol(check.ref, self._speech.style),
            *(figure(value, digits, style=self._speech.style) if isfinite(value) else "-" for value, digits in found),
            self._verdict(trace, check),
        )

    def _verdict(self, trace: Trace, check: Check) -> str:
        units = (trace.names.find(name) for name in check.kinks)
        shown = [trace.symbol(unit or Ref("error"), self._speech.style) for unit in units]
        more = self._speech.plain("…" * (len(shown) > 3))
        return self._speech.say(f"check_table.{check.verdict}", units=", ".join(shown[:3]) + more)

    def _summary(self) -> Iterator[str]:
        say, found = self._speech.say, self._verdicts
        judged = found["agrees"] + found["differs"]
        if found["differs"]:
            yield say("check_table.some_differ", count=found["differs"], total=judged)
        elif judged:
            yield say("check_table.all_agree", count=judged)
        elif not (found or self._diverged):
            yield say("check_table.nothing")
        for unseen in ("below", "curved", "kink"):
            if found[unseen]:
                yield say(f"check_table.{unseen}_count", count=found[unseen])

    def _row(self, *columns: str) -> str:
        *first, verdict = columns
        return " ".join(padded(text, width) for text, width in zip(first, _WIDTHS, strict=True)) + f" {verdict}"
