"""A problem and its questions in one look and one language: what is given, what is asked, what an answer is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import KINDS
from nntutor.core.notation.spelling import by_cases
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import again
from nntutor.lessons.course.practice import Exercise
from nntutor.lessons.course.questions import CARRIED, Asked, Verdict
from nntutor.lessons.export.steps import DIGITS, Shown, latex_number
from nntutor.lessons.language import why
from nntutor.lessons.language.mistakes import PARTS, name_of, told
from nntutor.lessons.language.speech import Speech, method
from nntutor.lessons.language.words import Words

_WIDTH = 88


@dataclass(frozen=True)
class Posed:
    """One question as it is said."""

    speech: Speech
    asked: Asked

    @property
    def _shown(self) -> Shown:
        return Shown(self.speech, self.asked.trace, self.asked.step, False, cases=True)

    @property
    def symbol(self) -> str:
        return self._shown.symbol

    @property
    def value(self) -> str:
        """What is right, to the digits that are shown of results."""
        return self._shown.value

    @property
    def question(self) -> str:
        if self.asked.form == "sign":
            return self.speech.say("question.ask_sign", symbol=self.symbol)
        if self.asked.than is not None:
            than = self.asked.trace.symbol(self.asked.than, self.speech.style)
            return self.speech.say("question.ask_larger", symbol=self.symbol, than=than)
        key, more = "question.ask_far" if self.asked.is_far else "question.ask", self.asked.digits + CARRIED
        return self.speech.say(key, symbol=self.symbol, digits=self.asked.digits, more=more)

    def hint(self, which: str) -> str:
        """One of HINTS as a sentence."""
        shown = self._shown
        match which:
            case "nudge":
                return why.sentence(self.speech.words, self.asked.trace, self.asked.step, self.speech.style)
            case "rule":
                return f"{self.symbol} = {shown.formula(_WIDTH)}"
            case "figures":
                return f"{self.symbol} = {shown.figures(_WIDTH)}"
        return self.speech.say("question.answer", symbol=self.symbol, value=self.value)

    def given(self, refs: Iterable[Ref], seed: int, here: bool) -> str:
        """The numbers that it is made of, in a row: of another network than the one at hand, or another iteration.

        seed: what the network was drawn from, 0 for none.
        """
        listed = numbers(self.speech, self.asked.trace, [(ref, self._value(ref)) for ref in refs])
        given = ", ".join(f"{symbol} = {shown}" for symbol, shown in listed)
        if here:
            return self.speech.say("question.iteration", iteration=self.asked.trace.iteration, given=given)
        return self.speech.say("question.drawn" if seed else "question.elsewhere", given=given, seed=seed)

    def _value(self, ref: Ref) -> float:
        trace = self.asked.trace
        return Asked(trace, ref).right if ref.kind == "change" else trace.value(ref)

    @property
    def worked(self) -> str:
        """The formula, the same with figures, and what comes out; said once the question is closed."""
        shown = self._shown
        made = [one for one in (shown.formula(_WIDTH), shown.figures(_WIDTH)) if one != self.value]
        if by_cases(self.asked.step.full):  # in one row “else 0 = 1 if” would be read as one
            made = [f"({one})" for one in made]
        return f"{' = '.join((self.symbol, *made))} {shown.equals} {self.value}"

    def told(self, verdict: Verdict, parts: Sequence[str] = PARTS) -> Iterator[str]:
        """What is said of an answer, of a slip these parts; the hint that a wrong one brings is said besides."""
        given = "" if verdict.value is None else figure(verdict.value, DIGITS, style=self.speech.style)
        match verdict.kind:
            case "right":
                yield self.speech.say("question.right", symbol=self.symbol, value=self.value)
            case "digits":
                yield self.speech.say("question.digits", digits=self.asked.digits)
            case "near":
                facts = {"given": given, "digits": self.asked.digits, "more": self.asked.digits + CARRIED}
                yield self.speech.say("question.near", **facts)
            case "another":
                yield self.speech.say("question.another", symbol=self.symbol, given=verdict.symbol)
            case "unreadable" if self.asked.form == "number":
                yield self.speech.say("question.unreadable")
            case "unreadable":
                yield self.speech.say(f"question.signs_{self.asked.form}")
            case "wrong" if self.asked.form != "number":
                yield self.speech.say("question.other")
            case "wrong":
                yield self.speech.say("question.sign" if verdict.sign else "question.wrong", given=given)
            case "mistake":
                yield from self._slips(verdict.mistakes, given, parts)

    def _slips(self, mistakes: tuple[str, ...], given: str, parts: Sequence[str]) -> Iterator[str]:
        """What was done, why it is tempting and what is right; of several that give the same number, each."""
        found: dict[str, str] = {}
        for mistake in mistakes:  # in several forms: what is said of it in any
            name = name_of(mistake)
            found[name] = name if name in found else mistake
        yield self.speech.say("question.slip" if len(found) == 1 else "question.slips", given=given)
        for mistake in found.values():
            yield self.speech.plain(" ".join(told(self.speech.words, mistake, parts)))


def heading(speech: Speech, exercise: Exercise) -> str:
    """What a problem practises, as a noun."""
    return speech.plain(skill(speech.words, exercise.series.id))


def skill(words: Words, name: str) -> str:
    """What an answer is kept under, as a noun."""
    base, form = again.rung(name)
    found = again.of_stop(base)
    if found is None:
        noun = words.say(f"series.{base}")
    else:
        noun = words.say("practice.of_stop", lesson=found[0].number, question=again.number_of(*found))
    return words.say(f"practice.rung_{form}", skill=noun) if form else noun


def about(speech: Speech, exercise: Exercise) -> str:
    """What network it is, in one line: sizes, activation, error, optimizer."""
    return network(speech, exercise.trace.problem)


def network(speech: Speech, problem: Problem) -> str:
    """The same of a problem."""
    return speech.plain(" · ".join(_about(speech, problem)))


def _about(speech: Speech, problem: Problem) -> Iterator[str]:
    yield "-".join(map(str, problem.network.sizes))
    kinds = dict.fromkeys(layer.activation for layer in problem.network.layers)
    yield ", ".join(speech.words.say(f"activation_name.{kind}") for kind in kinds)
    yield speech.words.say(f"error_name.{problem.error}")
    yield speech.words.say(f"optimizer_name.{method(problem)}")


def given(speech: Speech, exercise: Exercise) -> Iterator[tuple[str, str]]:
    """The numbers that are given."""
    yield from numbers(speech, exercise.trace, [(ref, exercise.value(ref)) for ref in exercise.given])


def numbers(speech: Speech, trace: Trace, given: Iterable[tuple[Ref, float]]) -> Iterator[tuple[str, str]]:
    """Each number as its symbol and its figure; a state of before says so, beside β stands k, and what a leaky ReLU
    lets through, where no slope of its layer is given."""
    listed = list(given)
    for ref, value in listed:
        yield _symbol(speech, trace, ref), _figure(speech, value)
    if any(ref.kind in ("rate_beta1", "rate_beta2") for ref, _ in listed):
        yield "k", str(trace.iteration)
    known = {ref.layer for ref, _ in listed if ref.kind == "slope"}
    for number in sorted({ref.layer for ref, _ in listed} - known - {0}):
        layer = trace.problem.network.layers[number - 1]
        if layer.activation == "leaky-relu":
            yield _leaking(speech), _figure(speech, layer.slope)


def _leaking(speech: Speech) -> str:
    slope = speech.say("question.slope")
    return (
        rf"\text{{{slope}}}\,(\mathrm{{net}} \le 0)"
        if speech.style is Style.LATEX
        else speech.plain(f"{slope} (net ≤ 0)")
    )


def _symbol(speech: Speech, trace: Trace, ref: Ref) -> str:
    symbol = trace.symbol(ref, speech.style)
    if KINDS[ref.kind].before and ref.kind != "weight":
        before = speech.say("question.before")
        return rf"{symbol}\text{{ ({before})}}" if speech.style is Style.LATEX else f"{symbol} ({before})"
    return symbol


def _figure(speech: Speech, value: float) -> str:
    # What twelve digits do not show is the rounding of a few sums: numbers that were drawn even stand so.
    shown = figure(float(f"{value:.12g}"), DIGITS, style=speech.style)
    return latex_number(shown) if speech.style is Style.LATEX else shown


def worked(speech: Speech, exercise: Exercise) -> Iterator[Shown]:
    """The steps from what is given to what is asked, each made of numbers that are there by then."""
    trace = exercise.trace
    known, waiting = set(exercise.given), [one.ref for one in exercise.asked] or list(exercise.chain)
    steps: dict[Ref, Step] = {}
    while waiting:
        ref = waiting.pop()
        if ref in known or ref in steps or (trace.index_of(ref) is None and ref not in exercise.chain):
            continue
        step = Asked(trace, ref).step
        steps[ref] = replace(step, full=step.formula)
        waiting += names(step.formula)
    for step in sorted(steps.values(), key=lambda step: step.index):
        yield Shown(speech, trace, step, False, cases=True)
