"""A diagnosis as a teacher says it: what agrees, what differs first, what must have been done, and why not."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.core.diagnosis.diagnosing import Diagnosis, Explanation, Start
from nntutor.core.diagnosis.remarks import Remark
from nntutor.core.diagnosis.runs import CHECK, recorded
from nntutor.core.diagnosis.sheet import Value
from nntutor.core.diagnosis.textbook import formula, shown_by
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Names, Ref
from nntutor.lessons.course import load
from nntutor.lessons.export.steps import Shown
from nntutor.lessons.export.text import WIDTH
from nntutor.lessons.language import mistakes
from nntutor.lessons.language.cells import cells, padded, paragraph
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words

_FEW = 8  # numbers that differ, and tied mistakes, that are listed
_DIGITS = (6, 9, 13, 17)


class Answer:
    """A diagnosis as lines of text."""

    def __init__(self, words: Words, style: Style = Style.UNICODE) -> None:
        self._speech = Speech(words, style)
        self._say = self._speech.say

    def lines(self, found: Diagnosis) -> Iterator[str]:
        problem = found.problem
        yield from filter(None, (self._speech.title(problem), self._speech.about(problem)))
        if found.values:
            yield ""
            yield from self._numbers(found)
            yield from self._verdict(found)
        yield from self._remarks(found)

    # --- the numbers -------------------------------------------------------------------------------

    def _numbers(self, found: Diagnosis) -> Iterator[str]:
        count = len(found.values)
        if found.verdict == "right":
            yield self._say("diagnosis.all_agree", count=count)
        else:
            yield self._say("diagnosis.some_agree", agreeing=found.agreeing, count=count)
        if found.orientation:
            yield self._say(f"diagnosis.{found.orientation.replace('-', '_')}")
        apart = [value for value in found.values if not value.agrees]
        if not apart:
            return
        if self._foreign(found):
            one, other = found.values[:2]
            yield from self._paragraph("diagnosis.other_network", first=self._beside(found, one),
                                       second=self._beside(found, other))  # fmt: skip
            return
        yield from self._before(found, apart[0])
        yield self._say("diagnosis.parts", symbol=self._symbol(found, apart[0]), where=self._where(apart[0]))
        yield ""
        yield from self._table(found, apart[:_FEW])
        if len(apart) > _FEW:
            yield f"  {self._say('diagnosis.more', count=len(apart) - _FEW)}"
        yield ""

    def _before(self, found: Diagnosis, first: Value) -> Iterator[str]:
        """What agrees before the first that differs."""
        before = found.values[: found.values.index(first)]
        if before:
            shown = ", ".join(self._symbol(found, value) for value in before[:_FEW])
            more = f" {self._say('diagnosis.more', count=len(before) - _FEW)}" if len(before) > _FEW else ""
            yield from self._paragraph("diagnosis.before", symbols=shown + more)

    @staticmethod
    def _foreign(found: Diagnosis) -> bool:
        """Whether nothing agrees and nothing explains it: it may be another network."""
        return found.verdict == "unexplained" and len(found.values) > 1 and not found.agreeing

    def _beside(self, found: Diagnosis, value: Value) -> str:
        given, right = self._figures(value)
        return self._say("diagnosis.beside", symbol=self._symbol(found, value), given=given, right=right)

    def _table(self, found: Diagnosis, values: list[Value]) -> Iterator[str]:
        head = ("", self._say("diagnosis.yours"), self._say("diagnosis.expected"))
        rows = [head, *((self._symbol(found, value), *self._figures(value)) for value in values)]
        widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            yield "  " + "  ".join(padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()

    def _figures(self, value: Value) -> tuple[str, str]:
        """Both figures with as many digits as it takes to tell them apart."""
        for digits in _DIGITS:
            pair = figure(value.given, digits, style=self._style), figure(value.right, digits, style=self._style)
            if pair[0] != pair[1]:
                break
        return pair

    @property
    def _style(self) -> Style:
        return self._speech.style

    def _symbol(self, found: Diagnosis, value: Value) -> str:
        names = Names(found.problem.network.sizes, found.problem.batch_length(value.iteration) > 1)
        symbol = names.symbol(value.place.ref, self._style)
        at = f"@{value.iteration}" if len(found.iterations) > 1 else ""
        return f"{'num_' if value.place.numeric else ''}{symbol}{at}"

    def _where(self, value: Value) -> str:
        if value.step is None:
            return self._say("diagnosis.given")
        return self._say("diagnosis.step", step=value.step, iteration=value.iteration)

    # --- what explains them ------------------------------------------------------------------------

    def _verdict(self, found: Diagnosis) -> Iterator[str]:
        tied, others = found.mistakes[: found.tied], found.mistakes[found.tied :]
        match found.verdict:
            case "explained":
                together = "_together" if len(tied[0].ids) > 1 else ""
                yield from self._explained(found, tied[0], f"diagnosis.explained{together}")
            case "partly":
                yield from self._explained(found, tied[0], "diagnosis.partly")
                yield from self._listed("diagnosis.as_good", tied[1:])
            case "ambiguous":
                yield from self._explained(found, tied[0], "diagnosis.ambiguous", tied=len(tied))
                yield from self._listed("diagnosis.as_good", tied[1:])
            case "unexplained" if not self._foreign(found):
                yield from self._paragraph("diagnosis.unexplained")
                yield from self._right_formula(found)
        yield from self._decide(found)
        if found.verdict in ("partly", "ambiguous"):
            yield from self._listed("diagnosis.others", others)

    def _explained(self, found: Diagnosis, one: Explanation, key: str, **facts: object) -> Iterator[str]:
        yield from self._paragraph(key, name=self._name(one), explains=one.explains, of=one.of, **facts)
        yield from self._formulas(found, one)
        for part in one.spelled.split("+"):
            yield from self._about(part, several=len(one.ids) > 1)

    def _name(self, one: Explanation) -> str:
        """The ids, with the layer and the form where they say something."""
        name = " + ".join(one.ids)
        more = [self._say("diagnosis.form", form=one.variant)] if one.variant else []
        if one.layers:
            more.append(self._say("diagnosis.layers", layers=", ".join(map(str, one.layers))))
        return f"{name} ({', '.join(more)})" if more else name

    def _about(self, mistake: str, several: bool) -> Iterator[str]:
        """What was done, why it is tempting, what is right, where it is taught."""
        id = mistakes.name_of(mistake)
        if several:
            yield f"{id}:"
        for said in mistakes.told(self._speech.words, mistake):
            yield from paragraph(self._speech.plain(said), WIDTH, "  ")
        lesson = mistakes.taught()[id]
        title = load.text(lesson, self._speech.words.language).title
        yield from paragraph(self._say("diagnosis.taught", title=title, lesson=lesson), WIDTH, "  ")

    def _listed(self, key: str, entries: tuple[Explanation, ...]) -> Iterator[str]:
        if not entries:
            return
        yield ""
        yield self._say(key)
        for one in entries[:_FEW]:
            yield f"  {self._say('diagnosis.one', name=self._name(one), explains=one.explains, of=one.of)}"
            for part in one.spelled.split("+"):
                did = self._speech.plain(mistakes.told(self._speech.words, part)[0])
                yield from paragraph(did, WIDTH, "    ")

    def _decide(self, found: Diagnosis) -> Iterator[str]:
        if not found.decide:
            if found.verdict == "ambiguous":
                yield ""
                yield from self._paragraph("diagnosis.undecided")
            return
        what = ", ".join(self._deciding(one, found.problem.network.sizes) for one in found.decide)
        if found.unseen:
            yield from self._paragraph("diagnosis.unseen", ids=", ".join(found.unseen), what=what)
        else:
            yield ""
            yield from self._paragraph("diagnosis.decide", what=what)

    def _deciding(self, one: str, sizes: tuple[int, ...]) -> str:
        if one.startswith("@"):
            return self._say("diagnosis.decide_iteration", iteration=one[1:])
        if one == "another sample":
            return self._say("diagnosis.decide_sample")
        ref = Names(sizes, "[" in one).find(one) or Ref("error")
        return Names(sizes, "[" in one).symbol(ref, self._style)

    # --- formulas ----------------------------------------------------------------------------------

    def _formulas(self, found: Diagnosis, one: Explanation) -> Iterator[str]:
        """The step where it begins, as it should be and as the mistake makes it."""
        start = found.first
        if start is None or start.step is None or CHECK in one.spelled:
            return
        right, wrong = (self._trace(found, start, mistake) for mistake in ("", one.spelled))
        ref = right.ref(start.step)
        made = wrong.index_of(ref)
        yield ""
        yield self._say("diagnosis.begins", symbol=right.symbol(ref, self._style), step=start.step,
                        iteration=start.iteration)  # fmt: skip
        yield from self._step(right, start.step, "diagnosis.expected")
        if made is not None:
            yield from self._step(wrong, made, "diagnosis.must_have_been")
        yield ""

    def _right_formula(self, found: Diagnosis) -> Iterator[str]:
        start = found.first
        if start is not None and start.step is not None:
            trace, ref = self._trace(found, start, ""), found.parts.place.ref if found.parts else None
            head, *step = self._step(trace, start.step, "diagnosis.expected")
            yield from ("", head)
            if ref is not None and shown_by(ref, trace.plan.book) != ref:
                said = tokens(formula(ref, found.problem), lambda one: trace.symbol(one, self._style), self._style)
                yield f"    {trace.symbol(ref, self._style)} = {text(said)}"
            yield from step

    def _trace(self, found: Diagnosis, start: Start, mistake: str) -> Trace:
        return next(recorded(found.problem, mistake, (start.iteration,)))

    def _step(self, trace: Trace, index: int, key: str) -> Iterator[str]:
        shown = Shown(self._speech, trace, trace.step(index), False)
        yield f"  {self._say(key)}"
        head = f"    {shown.symbol}"
        margin = " " * cells(head)
        room = WIDTH - cells(margin) - 3
        yield f"{head} = {shown.formula(room)}"
        figures = shown.figures(room)
        if figures != shown.value:
            yield f"{margin} = {figures}"
        yield f"{margin} {shown.equals} {shown.value}"

    # --- remarks -----------------------------------------------------------------------------------

    def _remarks(self, found: Diagnosis) -> Iterator[str]:
        for one in found.remarks:
            yield ""
            yield from self._remark(one)
        if not found.values and not found.remarks:
            yield ""
            yield from self._paragraph("diagnosis.nothing_hinders")

    def _remark(self, one: Remark) -> Iterator[str]:
        facts = {name: figure(fact, style=self._style) if isinstance(fact, float) else fact
                 for name, fact in one.facts.items()}  # fmt: skip
        said = self._say(f"remarked.{one.id.replace('-', '_')}", **facts)
        if one.iteration is not None:
            said = f"{self._say('diagnosis.at_iteration', iteration=one.iteration)} {said}"
        if one.tried is not None:
            tried = one.tried
            value = figure(tried.value, style=self._style) if isinstance(tried.value, float) else tried.value
            key = "diagnosis.try_solved" if tried.solved_in else "diagnosis.try_better"
            what = self._say(f"tried.{tried.key}", value=value)
            said += " " + self._say(key, what=what, solved_in=tried.solved_in or 0,
                                    error=figure(tried.error, style=self._style))  # fmt: skip
        yield from paragraph(said, WIDTH)

    def _paragraph(self, key: str, **facts: object) -> Iterator[str]:
        yield from paragraph(self._say(key, **facts), WIDTH)
