"""The published examples as a table: printed, computed, difference, source."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import published
from nntutor.lessons.course.published import Example, Result
from nntutor.lessons.language.cells import padded, paragraph
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words

_WIDTH = 79
_WIDTHS = (13, 23, 22, 9)


class Report:
    """The whole comparison as lines of text; once written, `disagreeing` counts what should agree and does not."""

    def __init__(self, words: Words, style: Style = Style.UNICODE) -> None:
        self._speech = Speech(words, style)
        self.counted = self.stale = self.disagreeing = 0

    def lines(self) -> Iterator[str]:
        for example in published.examples():
            yield from self._example(example)
        say = self._speech.say
        yield from paragraph(say("verify.recomputed"), _WIDTH)
        yield ""
        if self.disagreeing:
            summary = say("verify.some_differ", count=self.disagreeing)
        else:
            summary = say("verify.all_agree", count=self.counted, stale=self.stale)
        yield from paragraph(summary, _WIDTH)

    def _example(self, example: Example) -> Iterator[str]:
        say = self._speech.say
        yield from paragraph(self._speech.plain(f"{example.id}: {self._speech.title(example.problem)}"), _WIDTH)
        yield from paragraph(self._speech.source(example.problem), _WIDTH)
        names = ("quantity", "published", "computed", "difference")
        yield self._row(*(say(f"verify.{name}") for name in names), say("cli.verdict"))
        mistake = stale = ""
        for result in published.results(example):
            if result.figure.mistake != mistake:
                mistake = result.figure.mistake
                name = self._speech.words.say(f"mistake_name.{mistake}")
                yield f" {say('verify.after_mistake', mistake=name)}"
            yield self._result(result)
            if result.figure.stale and result.figure.stale != stale:
                yield from paragraph(say(f"stale.{result.figure.stale}"), _WIDTH, "   ")
            stale = result.figure.stale
        yield ""

    def _result(self, result: Result) -> str:
        one, style = result.figure, self._speech.style
        verdict = "differs"
        if not result.agrees:
            self.disagreeing += 1
            self.counted += 1
        elif one.stale:
            verdict = "stale"
            self.stale += 1
        else:
            verdict = "agrees"
            self.counted += 1
        exact = len(one.shown.lstrip("-0.")) > 12
        return self._row(
            self._speech.plain(one.at),
            self._signed(one.shown) + ("" if one.printed else " *"),
            self._signed(repr(result.computed)) if exact else figure(result.computed, 12, style=style),
            figure(result.difference, 2, plus=True, style=style),
            self._speech.say(f"verify.{verdict}"),
        )

    def _signed(self, number: str) -> str:
        return self._speech.plain("−" + number[1:]) if number.startswith("-") else number

    def _row(self, *columns: str) -> str:
        *first, verdict = columns
        return " " + " ".join(padded(text, width) for text, width in zip(first, _WIDTHS, strict=True)) + f" {verdict}"
