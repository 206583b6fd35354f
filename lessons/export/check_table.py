"""The gradient check of a whole iteration as a table: a row for every weight that learns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite

from nntutor.core.analysis.gradient_check import Check, H, check_all
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.symbols import Ref, Style
from nntutor.lessons.language.cells import padded
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words

_WIDTHS = (7, 13, 13, 15, 15, 8)
_COLUMNS = ("upper", "lower", "numeric", "gradient", "relative")


class Table:
    """The check of several iterations as lines of text; once written, `failed` counts what disagrees."""

    def __init__(self, words: Words, style: Style = Style.UNICODE) -> None:
        self._speech = Speech(words, style)
        self.failed = self.counted = self.below = self.kinks = self.unseen = 0

    def lines(self, traces: Iterable[Trace]) -> Iterator[str]:
        say = self._speech.say
        yield say("check_table.title", h=figure(H, style=self._speech.style))
        for trace in traces:
            yield ""
            yield say("cli.iteration", iteration=trace.iteration)
            if not isfinite(trace.error):
                self.unseen += 1
                yield say("check_table.diverged", iteration=trace.iteration)
                break
            names = [say(f"check_table.{name}") for name in _COLUMNS]
            yield self._row(say("cli.symbol"), *names, say("check_table.verdict"))
            for check in check_all(trace):
                yield self._check(trace, check)
        yield ""
        yield from self._summary()

    def _check(self, trace: Trace, check: Check) -> str:
        style = self._speech.style
        return self._row(
            trace.symbol(check.ref, style),
            figure(check.upper, 10, style=style),
            figure(check.lower, 10, style=style),
            figure(check.numeric, 9, style=style),
            figure(check.gradient, 9, style=style),
            figure(check.relative, 2, style=style),
            self._verdict(trace, check),
        )

    def _verdict(self, trace: Trace, check: Check) -> str:
        say = self._speech.say
        if not check.counted:
            self.kinks += 1
            units = (trace.names.find(name) for name in check.kinks)
            shown = [trace.symbol(unit or Ref("error"), self._speech.style) for unit in units]
            return say("check_table.kink", units=", ".join(shown[:3]) + self._speech.plain("…" * (len(shown) > 3)))
        if not check.agrees:
            self.failed += 1
            self.counted += 1
            return say("check_table.differs")
        if check.below:
            self.below += 1
            return say("check_table.below")
        self.counted += 1
        return say("check_table.agrees")

    def _summary(self) -> Iterator[str]:
        say = self._speech.say
        if self.failed:
            yield say("check_table.some_differ", count=self.failed, total=self.counted)
        elif self.counted:
            yield say("check_table.all_agree", count=self.counted)
        elif not (self.below or self.kinks or self.unseen):
            yield say("check_table.nothing")
        if self.below:
            yield say("check_table.below_count", count=self.below)
        if self.kinks:
            yield say("check_table.kink_count", count=self.kinks)

    def _row(self, *columns: str) -> str:
        *first, verdict = columns
        return " ".join(padded(text, width) for text, width in zip(first, _WIDTHS, strict=True)) + f" {verdict}"
