"""`nntutor quiz`: fresh problems asked on plain lines, or set down as a sheet.

Which problems they are follows from the lessons that are named, the seed and the count alone; how much of one is shown,
from how the one before of its series went.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.course.asking import OUTCOMES, Asking
from nntutor.lessons.course.bugs import HUNTS, Bug, Hunt, bug
from nntutor.lessons.course.levels import first_level, next_level
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.course.practice import LEVELS, Exercise, exercise
from nntutor.lessons.course.series import SERIES, Series, series_of_lesson
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.learner.places import Store
from nntutor.lessons.learner.review import is_due
from nntutor.lessons.posing import posed, worksheet
from nntutor.lessons.posing.posed import Posed
from nntutor.lessons.posing.posed_bug import PosedBug
from nntutor.tui.arguments import Arguments
from nntutor.tui.desk import Desk
from nntutor.tui.output import Output
from nntutor.tui.plain.reading import read
from nntutor.tui.plain.spoken import action_of
from nntutor.tui.quiz_bugs import asked_on_lines
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.session import SEEDS
from nntutor.tui.usage import UsageError, near

_COUNT = 5
BUGS = ("bug", "bugs", "버그")
"""What asks for bugs where a lesson is named."""


def asked_of(names: Sequence[str]) -> list[Series | Hunt]:
    """The series of these lessons, by name or number, in the order of the course, and all hunts where `bug` is named;
    where nothing is named, all series.

    Of a lesson that has none of its own, those that its stops ask. A series or a hunt may be named by itself, as where
    a problem tells its seed.
    """
    found: set[str] = set()
    for name in names:
        found |= HUNTS.keys() if name.lower() in BUGS else _own(name)
    pool: list[Series | Hunt] = [*SERIES.values(), *HUNTS.values()]
    return [one for one in pool if one.id in (found if names else SERIES)]


def _own(name: str) -> set[str]:
    """The series of one lesson, by name or number; or the one of that name."""
    lesson = load.named(name)
    if lesson is None and (name in SERIES or name in HUNTS):
        return {name}
    if lesson is None:
        raise near("no_lesson", name, [*(lesson.id for lesson in load.lessons()), BUGS[0]])
    if not _asked_in(lesson):
        raise UsageError("no_questions", name=lesson.id, expected=[one.id for one in load.lessons() if _asked_in(one)])
    return _asked_in(lesson)


def _asked_in(lesson: Lesson) -> set[str]:
    """The series that a lesson teaches or asks, else the hunts that it asks."""
    return {*series_of_lesson(lesson)} or {one.series for one in lesson.questions if one.series in HUNTS}


def sheet(given: Arguments, out: Output) -> int:
    """Problems on a sheet, each series in turn with less and less shown."""
    seed = given.seed or _seed()
    series = asked_of(given.lessons)
    count = given.count or len(series) * (len(LEVELS) - 1)
    problems = (
        _problem(series[at % len(series)], seed + at, LEVELS[1 + at // len(series) % (len(LEVELS) - 1)])
        for at in range(count)
    )
    style = Style.LATEX if given.sheet == "tex" else out.style
    for piece in worksheet.pieces(given.sheet or "", Speech(out.words, style), problems, seed, given.solutions):
        out.write(piece)
    return 0


def _problem(series: Series | Hunt, seed: int, level: str) -> Exercise | Bug:
    return bug(series, seed) if isinstance(series, Hunt) else exercise(series, seed, level)


def asked(given: Arguments, out: Output) -> int:
    """Ask on lines until all have been asked or the lines end; each outcome is kept when it is there.

    Without a seed what is due comes first, bugs among it, and of what is known less is shown; a seed asks all the same.
    """
    series, count = asked_of(given.lessons), given.count or _COUNT
    with closing(Store.open()) as store:
        skills = {} if given.seed else store.skills()
        now = time.time()
        if not given.lessons:
            series += [one for one in HUNTS.values() if one.id in skills and is_due(skills[one.id], now)]
        series.sort(key=lambda one: 1 if one.id not in skills else 0 if is_due(skills[one.id], now) else 2)
        quiz = Quiz(out, read(out), series, given.seed or _seed(), store)
        quiz.start_at({name: skill.box for name, skill in skills.items()})
        quiz.run(count)
    # What waited has been tried once more by now.
    if told := Desk(store).message(out.words, over=True):
        out.lines(iter([told]))
    return 0


def _seed() -> int:
    return random.SystemRandom().randrange(1, SEEDS)


class Quiz:
    """The questions of one sitting, and how they went."""

    def __init__(
        self, out: Output, lines: Iterator[str | None], series: Sequence[Series | Hunt], seed: int, store: Store
    ) -> None:
        self._lines, self._out, self._store = lines, out, store
        self._series, self._seed = series, seed
        self._speech = Speech(out.words, out.style)
        self._levels = dict.fromkeys((one.id for one in series), 1)
        self.outcomes: Counter[str] = Counter()

    def start_at(self, boxes: Mapping[str, int]) -> None:
        """What is in a higher box has been right at once before: less of it is shown from the start."""
        for name in self._levels:
            self._levels[name] = first_level(boxes.get(name, 0))

    def run(self, count: int) -> None:
        bugs_alone = all(isinstance(one, Hunt) for one in self._series)
        self._say("quiz.begin_bugs" if bugs_alone else "quiz.begin", count=count, seed=self._seed)
        for number in range(count):
            series = self._series[number % len(self._series)]
            outcome = self._outcome(series, number, count)
            if not outcome:
                break
            self.outcomes[outcome] += 1
            self._levels[series.id] = next_level(self._levels[series.id], outcome)
        self._tell_end()

    def _outcome(self, series: Series | Hunt, number: int, count: int) -> str:
        """How the problem of that number went; empty where the lines have ended."""
        made = _problem(series, self._seed + number, LEVELS[self._levels[series.id]])
        self._write("")
        if isinstance(made, Bug):
            said = PosedBug(self._speech, made)
            self._say("quiz.question", number=number + 1, of=count, title=said.title)
            return asked_on_lines(said, self._lines, self._write, partial(self._store.answered, series.id))
        self._say("quiz.question", number=number + 1, of=count, title=posed.heading(self._speech, made))
        self._tell(made)
        return self._went(made)

    def _went(self, made: Exercise) -> str:
        """The outcome of a problem, that of its worst question; empty where the lines have ended."""
        outcomes: tuple[str, ...] = ()
        for one in made.asked:
            outcome = self._ask(Asking(one), partial(self._kept, made, outcomes))
            if outcome in ("", "skipped"):
                return outcome
            outcomes = (*outcomes, outcome)
        return max(outcomes, key=OUTCOMES.index)

    def _kept(self, made: Exercise, before: tuple[str, ...], outcome: str) -> None:
        """Keep how a problem has ended: with its last question, or with one that is skipped."""
        if outcome == "skipped" or len(before) + 1 == len(made.asked):
            self._store.answered(made.series.id, max((*before, outcome), key=OUTCOMES.index))

    def _ask(self, asking: Asking, keep: Callable[[str], None]) -> str:
        """How a question ended; keep: it is kept before anything is said of it, so that no kill comes between."""
        said = Posed(self._speech, asking.asked)
        self._write(said.question)
        for line in self._lines:
            text = "…" if line is None else line.strip()
            action = action_of(DEFAULT, text) if text else "escape"
            if action in ("quit", "leave"):
                return ""
            if action == "escape":
                keep("skipped")
                self._say("quiz.skipped")
                return "skipped"
            hints, told = asking.hints, list[str]()
            if action == "help":
                asking = asking.hint()
            else:
                asking, verdict = asking.answer(text)
                told += said.told(verdict)
            if asking.hints > hints:
                told.append(said.hint(asking.hinted))
            if asking.outcome:
                keep(asking.outcome)
                told.append(said.worked)
            self._out.lines(iter(told))
            if asking.outcome:
                return asking.outcome
        return ""

    def _tell(self, made: Exercise) -> None:
        self._write(posed.about(self._speech, made))
        given = ", ".join(f"{symbol} = {figure}" for symbol, figure in posed.given(self._speech, made))
        self._say("question.given", given=given)

    def _tell_end(self) -> None:
        self._write("")
        if not self.outcomes:
            self._say("quiz.none")
        else:
            self._say("quiz.end", **{outcome: self.outcomes[outcome] for outcome in OUTCOMES})

    def _say(self, key: str, **facts: object) -> None:
        self._write(self._speech.say(key, **facts))

    def _write(self, sentence: str) -> None:
        self._out.lines(iter([sentence]))
