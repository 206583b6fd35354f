"""A bug as it is said in one look and one language: its lines, nudges, and what shows it once it is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.foreign import clean
from nntutor.core.notation.figures import figure
from nntutor.core.notation.kinds import GRADIENT
from nntutor.lessons.course import load
from nntutor.lessons.course.bugs import Bug, Hunting
from nntutor.lessons.export.steps import DIGITS, Shown
from nntutor.lessons.language import mistakes, why
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.posing import posed

_WIDTH = 88


@dataclass(frozen=True)
class PosedBug:
    """One bug. As long as it is open, only `title`, `about`, `given` and `lines` are said, which name no mistake."""

    speech: Speech
    bug: Bug

    @property
    def title(self) -> str:
        return self.speech.say("bug.title")

    @property
    def of_seed(self) -> str:
        """The title with the seed."""
        return self.speech.say("bug.of_seed", seed=self.bug.seed)

    @property
    def again(self) -> str:
        """What asks for the same one again."""
        return self.speech.say("bug.again", hunt=self.bug.hunt.id, seed=self.bug.seed)

    @property
    def about(self) -> str:
        """Which iteration it is, and of which network."""
        iteration = self.speech.say("cli.iteration", iteration=self.bug.trace.iteration)
        return self.speech.plain(f"{iteration} · {posed.network(self.speech, self.bug.trace.problem)}")

    @property
    def given(self) -> list[tuple[str, str]]:
        """The numbers that the lines begin with."""
        trace = self.bug.trace
        return list(posed.numbers(self.speech, trace, [(ref, trace.value(ref)) for ref in self.bug.given]))

    @property
    def lines(self) -> Iterator[Shown]:
        """Each step as whoever has the bug worked it out."""
        return (self._shown(self.bug.trace, step) for step in self.bug.trace)

    def line(self, shown: Shown) -> str:
        """A step in one line, with its number."""
        return f"{shown.step.index}. {self._equation(shown)}"

    def told(self, hunting: Hunting) -> Iterator[str]:
        """What is said of the line that was marked, and the nudge; nothing of one that is right."""
        if hunting.marked and hunting.marked != self.bug.line:
            yield self.speech.say(self._missed(hunting), number=hunting.marked, symbol=self._symbol(hunting.marked))
        if not hunting.outcome and hunting.nudge:
            yield self._nudge(hunting.nudge)

    def _missed(self, hunting: Hunting) -> str:
        if hunting.too_late:
            return "bug.too_late"
        in_place = self.bug.right.index_of(self.bug.trace.ref(hunting.marked)) == hunting.marked
        return "bug.too_early" if in_place else "bug.moved_up"

    def _nudge(self, which: str) -> str:
        layers, layer = len(self.bug.trace.problem.network.layers), self.bug.step.ref.layer
        if which == "kind":
            return self.speech.say("bug.kind", noun=self.speech.plain(self._noun))
        phase = self.speech.say(f"phase.{self.bug.step.phase}")
        if layers == 1:
            return self.speech.say("bug.phase", phase=phase)
        return self.speech.say("bug.phase_and_layer", phase=phase, layer=self.speech.layer(layer, layers))

    @property
    def _noun(self) -> str:
        """What the line makes, as the right rules call it."""
        return why.noun(self.speech.words, self.bug.right, self.bug.rule)

    def no_line(self, text: str) -> str:
        """That what was typed is none."""
        count = len(self.bug.trace)
        return self.speech.say("bug.no_line", text=clean(text), count=count, symbol=self._symbol(count))

    def ended(self, found: bool) -> str:
        """Which line it is, and whether it was found."""
        key = "bug.found" if found else "bug.answer"
        return self.speech.say(key, number=self.bug.line, symbol=self._symbol(self.bug.line))

    @property
    def pair(self) -> tuple[tuple[str, Shown], tuple[str, Shown]]:
        """The first wrong line, and as it should be, each with what it is called."""
        right = replace(self.bug.rule, index=self.bug.line)
        return (
            (self.speech.say("bug.here"), self._shown(self.bug.trace, self.bug.step)),
            (self.speech.say("bug.rule"), self._shown(self.bug.right, right)),
        )

    @property
    def explained(self) -> Iterator[str]:
        """Both lines, and what shows which is right."""
        yield from (f"{called} {self._equation(shown)}" for called, shown in self.pair)
        yield from self.shown

    @property
    def shown(self) -> Iterator[str]:
        """The gradient check, the sentences of the mistake, and the lesson that teaches it."""
        yield self.checked
        for sentence in mistakes.told(self.speech.words, self.bug.mistake):
            yield self.speech.plain(sentence)
        lesson = load.find(mistakes.taught()[self.bug.mistake])
        if lesson is not None:
            title, _ = load.described(lesson.id, self.speech.words.language)
            yield self.speech.say("bug.lesson", number=lesson.number, title=title)

    @property
    def checked(self) -> str:
        """The row of the gradient check: the slope of E by differences, beside it the gradient of this iteration."""
        check, trace = self.bug.check, self.bug.trace
        gradient = trace.symbol(check.ref._replace(kind=GRADIENT[check.ref.kind]), self.speech.style)
        key = "bug.check_agrees" if check.verdict == "agrees" else "bug.check_differs"
        symbol = trace.symbol(check.ref, self.speech.style)
        return self.speech.say(
            key, symbol=symbol, gradient=gradient, slope=self._figure(check.numeric), value=self._figure(check.gradient)
        )

    def _figure(self, value: float) -> str:
        # Differences give the slope to about ten digits: what is behind them is their own rounding.
        return figure(float(f"{value:.9g}"), DIGITS, style=self.speech.style)

    def _symbol(self, line: int) -> str:
        return self.bug.trace.symbol(self.bug.trace.ref(line), self.speech.style)

    def _shown(self, trace: Trace, step: Step) -> Shown:
        # Each line is to be made of the lines before it, so that a mistake stands in its own line and in no other.
        return Shown(self.speech, trace, replace(step, full=step.formula), False, cases=True)

    @staticmethod
    def _equation(shown: Shown) -> str:
        return f"{shown.symbol} {shown.chain(_WIDTH, _WIDTH)}"
