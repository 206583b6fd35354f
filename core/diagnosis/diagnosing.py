"""The whole of a diagnosis: the given numbers beside the right ones, and what explains where they part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nntutor.core.diagnosis.agreement import Convention, Judge, in_ours, judge
from nntutor.core.diagnosis.candidates import Candidate, candidates
from nntutor.core.diagnosis.comparing import first_apart
from nntutor.core.diagnosis.deciding import told_apart, unseen
from nntutor.core.diagnosis.places import Place, bare_name, blocks
from nntutor.core.diagnosis.printed import in_full
from nntutor.core.diagnosis.remarks import Remark, on_training, on_values, rounding, summed_up, too_short
from nntutor.core.diagnosis.runs import CHECK, Made, Runs, recorded
from nntutor.core.diagnosis.search import MOST_PAIRED, Entry, Search, unlike, verdict_of
from nntutor.core.diagnosis.sheet import Numbers, Sheet, Value, sheet
from nntutor.core.diagnosis.text import Named
from nntutor.core.errors import ProblemError
from nntutor.core.notation.symbols import Names
from nntutor.core.problems.network import Problem
from nntutor.core.progress import Progress

_SHARES = ("1e-5", "1e-4", "1e-3")  # by how much numbers are off that were rounded on the way
_COMPARED = 1000  # names that are looked for in other iterations as well
ORIENTATIONS = ("units-by-inputs", "inputs-by-units")


@dataclass(frozen=True)
class Explanation:
    """Mistakes that together give the numbers that were given, in step order.

    layers: those in which they are made, None for all that can have them. variant: which of several forms. explains:
    how many of all `of` given numbers come out. spelled: as `trace` takes it.
    """

    ids: tuple[str, ...]
    layers: tuple[int, ...] | None
    variant: str | None
    explains: int
    of: int
    spelled: str


@dataclass(frozen=True)
class Start:
    """The step at which something begins."""

    symbol: str
    iteration: int
    step: int | None


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What was found.

    verdict: right, explained, ambiguous, partly, unexplained, None where nothing was given. first: where the best
    explanation begins, else the first number that differs. tied: how many of `mistakes` are equally good. decide: what
    would tell them apart. unseen: mistakes that these iterations cannot show and the next one can. orientation: how the
    weights were written, None where nothing shows it.
    """

    problem: Problem
    iterations: tuple[int, ...]
    values: tuple[Value, ...] = ()
    verdict: str | None = None
    first: Start | None = None
    mistakes: tuple[Explanation, ...] = ()
    tied: int = 0
    decide: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    orientation: str | None = None
    remarks: tuple[Remark, ...] = ()

    def __repr__(self) -> str:
        names = ", ".join(" + ".join(one.ids) for one in self.mistakes[: self.tied])
        return f"<diagnosis: {self.verdict}{f', {names}' if names else ''}; {len(self.values)} numbers>"

    @property
    def agreeing(self) -> int:
        return sum(value.agrees for value in self.values)

    @property
    def parts(self) -> Value | None:
        """The first given number that differs."""
        return next((value for value in self.values if not value.agrees), None)


@np.errstate(all="ignore")  # what a training, or own numbers, may be beyond all doubles
def diagnose(
    problem: Problem,
    given: list[Named] | None,
    file: str = "",
    iteration: int = 1,
    tolerance: float = 0.0,
    iterations: int | None = None,
    progress: Progress | None = None,
) -> Diagnosis:
    """The diagnosis of own numbers, or of the training alone where nothing is given.

    iteration: what names without @k are of. tolerance: a share of the right number that is allowed besides. iterations:
    how long to train for the remarks. Raises the ProblemErrors of `places`.
    """
    found = Diagnosis(problem, (iteration,))
    if given is not None:
        found = compared(problem, given, file, iteration, tolerance, progress)
        unknown = found.verdict in ("partly", "unexplained") and all(one.id != "by-hand" for one in found.remarks)
        if unknown and not tolerance and max(found.iterations) <= MOST_PAIRED:
            more = (
                _of_another(found, given, file)
                or summed_up(problem, found.values)
                or _rounded(problem, given, file, iteration, progress)
            )
            found = replace(found, remarks=(*found.remarks, *more))
    if found.verdict in (None, "right"):
        hindered = on_training(problem, found.iterations[0], iterations)
        return replace(found, remarks=(*found.remarks, *hindered))
    return found


@np.errstate(all="ignore")
def compared(
    problem: Problem,
    given: list[Named],
    file: str = "",
    iteration: int = 1,
    tolerance: float = 0.0,
    progress: Progress | None = None,
) -> Diagnosis:
    """The same of own numbers alone: nothing is trained."""
    return _Reader(problem, file, iteration, tolerance, progress).read(given).answer()


def _of_another(found: Diagnosis, given: list[Named], file: str) -> tuple[Remark, ...]:
    """What is to be said of numbers that are all right in another iteration, the nearest of those within reach."""
    [iteration, *more] = found.iterations
    if more or len(given) > _COMPARED:
        return ()
    bare = [replace(one, name=bare_name(one.name)) for one in given]
    for other in sorted(range(1, MOST_PAIRED + 1), key=lambda one: abs(one - iteration)):
        try:
            sheets = _sheets(found.problem, bare, file, other)
        except ProblemError:  # it has other samples
            continue
        for one in sheets:
            right = judge(one, {other: next(recorded(found.problem, "", (other,)))}, 0.0)
            made = Runs(found.problem, one).made("")
            if any(right.agreeing(one.numbers(way), made).all() for way in one.ways):
                return (Remark("other-iteration", other, facts={"other": other}),)
    return ()


def _rounded(
    problem: Problem, given: list[Named], file: str, iteration: int, progress: Progress | None
) -> tuple[Remark, ...]:
    """What is to be said of numbers that were rounded on the way: by how much they are off, and what they are then."""

    reader = _Reader(problem, file, iteration, progress=progress)

    def given_by(share: str) -> list[str] | None:
        return reader.best(given, float(share)).single_mistakes()

    if given_by(_SHARES[-1]) is None:
        return ()
    share, found = next((share, found) for share in _SHARES if (found := given_by(share)) is not None)
    facts = {"tolerance": share, "ids": ", ".join(found)}
    return (Remark("rounded-mistake" if found else "rounded", facts=facts),)


def beside(
    problem: Problem, given: list[Named], file: str = "", iteration: int = 1, progress: Progress | None = None
) -> tuple[Value, ...]:
    """Each given number beside the right one, in step order, read as `diagnose` reads them; nothing is explained.

    Mistakes are tried only where rows and columns, or short prints, may be meant either way. Raises the ProblemErrors
    of `places`.
    """
    return _Reader(problem, file, iteration, progress=progress).read(given, explained=False).values()


class _Reader:
    """Reads own numbers of a problem in the ways that they may be meant, which share the runs of mistakes."""

    def __init__(
        self, problem: Problem, file: str, iteration: int, tolerance: float = 0.0, progress: Progress | None = None
    ) -> None:
        self._problem, self._file, self._iteration = problem, file, iteration
        self._tolerance, self._progress = tolerance, progress
        self._runs: dict[tuple[Place, ...], Runs] = {}

    def read(self, given: list[Named], explained: bool = True) -> _Case:
        """As they were written; if all are right then and one mistake gives them as a print, as a print."""
        case = self._in_digits(given, explained)
        if case.wrong == 0 and (printed := in_full(given)) is not given:
            other = self._in_digits(printed, explained=False)
            if other.wrong and other.single_mistakes():
                other.printed = True
                return other
        return case

    def best(self, given: list[Named], tolerance: float | None = None) -> _Case:
        """As their names may be meant."""
        allowed = self._tolerance if tolerance is None else tolerance
        sheets = _sheets(self._problem, given, self._file, self._iteration)
        runs = [self._runs.setdefault(one.places, Runs(self._problem, one)) for one in sheets]
        cases = [_Case(self._problem, *pair, allowed, self._progress) for pair in zip(sheets, runs, strict=True)]
        if len(cases) == 1 or any(case.wrong == 0 for case in cases):
            return max(cases, key=lambda case: case.score)
        return max(cases, key=lambda case: case.score_of_mistakes)

    def _in_digits(self, given: list[Named], explained: bool) -> _Case:
        """As they are, if all are right then or, where that is asked, one mistake gives them; else as float32, if more
        of them are right so or one mistake gives them.
        """
        case = self.best(given)
        singles = [replace(one, written=one.written.as_single) for one in given]
        if case.wrong == 0 or all(one.written is other.written for one, other in zip(singles, given, strict=True)):
            return case
        if explained and case.single_mistakes() is not None:
            return case
        single = self.best(singles)
        better = single.wrong < case.wrong or (explained and single.single_mistakes() is not None)
        return single if better else case


def _sheets(problem: Problem, given: list[Named], file: str, iteration: int) -> list[Sheet]:
    """What the names may stand for."""
    # What softmax makes has a name of its own here; people call it the last layer's a.
    readings = (True, False) if problem.error == "softmax-ce" else (False,)
    sheets = [sheet(blocks(given, problem, iteration, file, shares), problem, file) for shares in readings]
    return sheets[:1] if sheets[0].places == sheets[-1].places else sheets


class _Case:
    """One sheet of given numbers, read the way that fits best."""

    def __init__(self, problem: Problem, sheet: Sheet, runs: Runs, tolerance: float, progress: Progress | None) -> None:
        self._problem, self._sheet, self._progress = problem, sheet, progress
        self._traces = {trace.iteration: trace for trace in recorded(problem, "", sheet.iterations)}
        self._judge: Judge = judge(sheet, self._traces, tolerance)
        self._runs = runs
        self._right: Made = self._runs.made("")
        self._candidates: Sequence[Candidate] = candidates(problem, bool(self._judge.numeric.any()))
        self.score, self._read = self._reading()
        self.printed = False

    def values(self) -> tuple[Value, ...]:
        way, _, search = self._read
        return tuple(self._values(self._sheet.numbers(way), search.agrees))

    def _judge_of(self, mistake: str) -> Judge:
        """What is made with a mistake in fewer digits strays in its own way."""
        made = recorded(self._problem, mistake, self._sheet.iterations)
        return judge(self._sheet, {trace.iteration: trace for trace in made}, self._judge.tolerance)

    @property
    def wrong(self) -> int:
        """How many numbers do not agree."""
        return int((~self._read[2].agrees).sum())

    @property
    def score_of_mistakes(self) -> tuple[int, int]:
        """How many numbers agree with the right ones or with one mistake's, whichever are more; how many are right."""
        search = self._read[2]
        singles, agreeing = search.singles(), int(search.agrees.sum())
        return max(agreeing, singles[0].explains if singles else 0), agreeing

    def single_mistakes(self) -> list[str] | None:
        """The single mistakes that give all numbers, none where all are right; None where there is no such mistake."""
        search = self._read[2]
        if search.agrees.all():
            return []
        return [entry.spelled for entry in search.singles() if entry.whole] or None

    def answer(self) -> Diagnosis:
        way, conventions, search = self._read
        agrees = search.agrees
        by_hand = () if agrees.all() else self._rounding(int(np.argmax(~agrees)))
        entries = [] if agrees.all() or by_hand else search.entries()
        tied = [entry for entry in entries if entry.explains == entries[0].explains]
        verdict = verdict_of(bool(agrees.all()), tied)
        decide, hidden = self._decided(verdict, tied)
        right = verdict == "right"
        remarks = on_values(self._problem, self._sheet, conventions, tied[0].spelled if tied else "", right)
        if verdict in ("explained", "ambiguous") and search.may_be_chance(tied[0]):
            remarks = (Remark("few-digits"), *remarks)
        if right:
            remarks = (*too_short(self._sheet, self._judge, self._sheet.numbers(way), self._traces), *remarks)
        remarks = (*by_hand, *remarks)
        if self.printed:
            short = self.values()[int(np.argmax(~agrees))]
            facts = {"symbol": short.symbol, "given": short.given}
            remarks = (Remark("short-print", short.iteration, short.symbol, facts=facts), *remarks)
        return Diagnosis(
            self._problem,
            self._sheet.iterations,
            self.values(),
            verdict,
            None if right else self._first(tied, agrees),
            tuple(_explanation(entry) for entry in entries),
            len(tied),
            decide,
            hidden,
            ORIENTATIONS[way[0]] if self._sheet.oriented else None,
            remarks,
        )

    def _rounding(self, first: int) -> tuple[Remark, ...]:
        """What is to be said where the first number that differs is another one by rounding alone."""
        value = self.values()[first]
        ours = self._traces[value.iteration]
        return () if value.place.numeric else rounding(ours, value.place.ref, value.given)

    def _reading(self) -> tuple[tuple[int, int], tuple[tuple[bool, bool], list[Convention], Search]]:
        """The way of reading in which most agrees with the right numbers, or with a mistake's; and how much does."""
        best: tuple[int, int] = (-1, -1)
        for way in self._sheet.ways:
            numbers, conventions = in_ours(
                self._sheet, self._traces, self._problem, self._sheet.numbers(way), self._judge, self._right
            )
            apart = self._judge_of if numbers.fewer else None
            search = Search(self._runs, self._judge, numbers, self._candidates, self._progress, apart)
            agreeing = int(search.agrees.sum())
            singles = search.singles() if len(self._sheet.ways) > 1 and not search.agrees.all() else []
            score = max(agreeing, singles[0].explains if singles else 0), agreeing
            if score > best:
                best, chosen = score, (way, conventions, search)
        return best, chosen

    def _values(self, numbers: Numbers, agrees: np.ndarray) -> list[Value]:
        names = {k: trace.names for k, trace in self._traces.items()}
        return [
            Value(
                _symbol(place, names[place.iteration]), place.iteration, step or None, float(given), float(right),
                bool(agree), place,
            )
            for place, step, given, right, agree in zip(
                self._sheet.places, self._sheet.steps, numbers.values, self._right.values, agrees, strict=True
            )
        ]  # fmt: skip

    def _decided(self, verdict: str, tied: list[Entry]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if verdict == "ambiguous":
            return told_apart(self._problem, self._sheet, unlike(tied)), ()
        if verdict != "right":
            return (), ()
        hidden = unseen(self._problem, self._sheet, self._candidates)
        return ((f"@{max(self._sheet.iterations) + 1}",) if hidden else ()), hidden

    def _first(self, tied: list[Entry], agrees: np.ndarray) -> Start:
        place = self._sheet.places[int(np.argmax(~agrees))]
        step = self._sheet.steps[int(np.argmax(~agrees))]
        shown = Start(_symbol(place, self._traces[place.iteration].names), place.iteration, step or None)
        if not tied or CHECK in tied[0].spelled:
            return shown
        return self._beginning(tied[0].spelled, place.iteration) or shown

    def _beginning(self, mistake: str, last: int) -> Start | None:
        """The first step that a mistake changes, up to an iteration in which something differs."""
        upto = range(1, last + 1) if last <= MOST_PAIRED else range(last, last + 1)
        ours, theirs = recorded(self._problem, "", tuple(upto)), recorded(self._problem, mistake, tuple(upto))
        for right, wrong in zip(ours, theirs, strict=True):
            step = first_apart([right, wrong])
            if step is not None:
                return Start(right.symbol(right.ref(step)), right.iteration, step)
        return None


def _symbol(place: Place, names: Names) -> str:
    return ("num_" if place.numeric else "") + names.symbol(place.ref)


def _explanation(entry: Entry) -> Explanation:
    layers = tuple(sorted({part.layer for part in entry.parts if part.layer}))
    variants = "+".join(part.variant for part in entry.parts if part.variant)
    return Explanation(
        tuple(part.id for part in entry.parts), layers or None, variants or None, entry.explains,
        len(entry.reproduced), entry.spelled,
    )  # fmt: skip
