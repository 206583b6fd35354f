"""What a lesson is made of: frozen data, read from the catalog and the texts by `load`.

A lesson holds no sentence and no number of its own: its stops name steps of a recorded iteration, and the
prose of a stop (`Text`) has holes that are filled from that record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from nntutor.core.foreign import clean

_LONGEST = 2000  # letters of what is wrong with a lesson: names of ours may be listed in it

VIEWS = (
    "network", "matrices", "curve", "runs", "plane", "planes", "inequalities", "parabola", "slopes", "nudge",
    "layers", "contours", "race", "moves", "seeds", "steps",
)  # fmt: skip
"""What a stop may show.

network: the picture of the network; steps: the record of this iteration as a table; matrices; curve: E by iteration;
runs: two runs in two columns; plane: the plane of two inputs, with borders and regions; planes: the same beside the
plane of two hidden units; inequalities: what each row asks of one unit; parabola: E over one weight with the moves
so far; slopes: the activation and its slope at the working point; nudge: a weight moved a little and what follows,
factor by factor; layers: the size of the gradient, layer by layer; contours: E over two weights with the path; race:
the same with the paths of all runs, at as many samples touched; moves: what the optimizer makes for each weight;
seeds: many networks from many seeds.
"""


class AuthorError(Exception):
    """A mistake in a lesson's own files: file, line (0: unknown), what is wrong and what was expected."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        self.file = file
        self.line = line
        self.reason = reason
        where = f"{file}:{line}" if line else file
        super().__init__(clean(f"{where}: {reason}", _LONGEST))


@dataclass(frozen=True, slots=True)
class Run:
    """One problem run in a lesson, by the rules or with one named mistake; `changes`: settings other than its own."""

    id: str
    problem: str
    mistake: str = ""
    changes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where the lesson speaks: a step, named by its symbol, of one iteration of one run.

    sets_view: it says so itself; else it has that of the stop before.
    """

    id: str
    run: str
    iteration: int
    at: str
    view: str = "network"
    sets_view: bool = False


CHECK, DONE = "check", "done"


@dataclass(frozen=True, slots=True)
class Question:
    """What a lesson asks at a stop.

    A number by its symbol, to so many digits: of the stop's own iteration, later than the stop, or of iteration
    `iteration` of its run, or of a shipped problem (0: the first). form: "number", its "sign" alone, or whether it is
    "larger" than another one. Or a problem of a series of fresh ones (`practice`), another one each time. always: it
    opens by itself also where another one has in the same phase. choices: what can be chosen, by name, each with the
    condition under which it is right; its words stand in the texts (`Posing`). several: all that are right are to be
    marked, one after another. until: an act, done once this condition holds, or (CHECK) the gradient check is open;
    its choices, if it has some, follow. way: commands and edits that do it, astray: some that do not, for the linter.
    rungs: questions about numbers that are asked in its place, one after the other.
    """

    stop: str
    ask: str = ""
    digits: int = 3
    problem: str = ""
    iteration: int = 0
    series: str = ""
    form: str = "number"
    than: str = ""
    always: bool = False
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    several: bool = False
    until: str = ""
    way: tuple[str, ...] = ()
    astray: tuple[str, ...] = ()
    rungs: tuple[Question, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """What the texts say beside what is asked, by name; of a question that has none everything is in the record."""
        return (*((DONE,) if self.until else ()), *self.choices)


@dataclass(frozen=True, slots=True)
class End:
    """What a lesson ends with.

    formulas: numbers whose formulas are to be kept, by their symbols, of iteration `iteration` of run `run` ("": the
    first). series: what is practised, where it teaches none of its own. say: its stop that asks for words, answered by
    the same as the question of the end; "" for none.
    """

    formulas: tuple[str, ...] = ()
    run: str = ""
    iteration: int = 1
    series: tuple[str, ...] = ()
    say: str = ""


END_TEXTS = ("point", "question", "answer")
"""The words that a lesson ends with: what it says in one line, a question in words, a model answer."""


@dataclass(frozen=True, slots=True)
class Tunable:
    """What `+` and `-` change in a lesson.

    The number behind `symbol`: `by` is added, or it is multiplied by `times`, or it goes through `values`. Or a
    setting: depth, seed, batch. Or, `runs`, they go through the lesson's runs. The number is changed from the first
    iteration on, so that what has been run is run again with it.
    """

    symbol: str = ""
    by: float = 0.0
    times: float = 0.0
    values: tuple[float, ...] = ()
    setting: str = ""
    runs: bool = False

    def up(self, value: float) -> float:
        """The number after `+`."""
        if self.values:
            return min((one for one in self.values if one > value), default=value)
        return value * self.times if self.times else round(value + self.by, 12)

    def down(self, value: float) -> float:
        """The number after `-`."""
        if self.values:
            return max((one for one in self.values if one < value), default=value)
        return value / self.times if self.times else round(value - self.by, 12)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """One sitting: its runs, and its stops in the order of their steps."""

    id: str
    number: int
    part: int
    minutes: int
    iterations: int
    """How many iterations `trace` prints of it."""
    optional: bool
    runs: tuple[Run, ...]
    stops: tuple[Stop, ...]
    main: Tunable | None
    digits: int
    """Significant digits shown unless the learner asks for more."""
    targets: str
    """The step at which the targets first appear; "" when they are never hidden."""
    published: Mapping[str, str]
    """Figures as a book printed them, by symbol; for holes such as {{published:E}}."""
    source: str
    """Where the published figures come from."""
    questions: tuple[Question, ...] = ()
    """At most one for each stop."""
    end: End = End()

    @property
    def views(self) -> tuple[str, ...]:
        """The views that its stops ask for, each once."""
        return tuple(dict.fromkeys(stop.view for stop in self.stops))

    def question(self, stop: str) -> Question | None:
        """What is asked at a stop, or None."""
        return next((one for one in self.questions if one.stop == stop), None)

    def run(self, id: str) -> Run:
        """The run of that name; KeyError where the lesson has none."""
        for run in self.runs:
            if run.id == id:
                return run
        raise KeyError(id)


@dataclass(frozen=True, slots=True)
class Prose:
    """The text of one stop, holes and all, and the line of its file on which it starts."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Option:
    """What can be chosen, and what is said once it has been."""

    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Posing:
    """The words of a question: what is asked, and by name what can be chosen."""

    asks: str
    options: Mapping[str, Option]
    line: int


@dataclass(frozen=True, slots=True)
class Text:
    """A lesson in one language: its title, what it is about, the prose of each stop, and END_TEXTS.

    questions: by stop, the words of those that need some.
    """

    title: str
    about: str
    stops: Mapping[str, Prose]
    file: str
    end: Mapping[str, Prose] = field(default_factory=lambda: MappingProxyType({}))
    questions: Mapping[str, Posing] = field(default_factory=lambda: MappingProxyType({}))
