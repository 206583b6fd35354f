"""The whole state of the screen as one frozen value, the actions that change it, and what it asks of the screen.

Which lesson is opened, what is saved, how a run is carried out in the background is the app's; it reads the session
and sends actions. `update` (update.py) gives the next session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from nntutor.core.notation.style import Style
from nntutor.tui.state.keys import DEFAULT, Keymap
from nntutor.tui.state.written import EMPTY, Written

if TYPE_CHECKING:  # the list of lessons stands before the core and NumPy are loaded
    from nntutor.core.engine.training import Chunk
    from nntutor.lessons.course.model import Lesson
    from nntutor.lessons.learner.answers import Skill
    from nntutor.tui.state.overlays import Ending, Practice, Visit
    from nntutor.tui.state.study import Study

DIGITS = (4, 6, 9, 17)
SEEDS = 1_000_000
"""A session's first seed is below it."""
THEMES = ("standard", "light", "contrast", "safe")


@dataclass(frozen=True)
class Press:
    """A key that means something, by its action's name (see commands.COMMANDS); in a line that is being typed, also by
    the name of an edit (written.KEYS)."""

    action: str


@dataclass(frozen=True)
class Typed:
    """Text typed or pasted into the line that is being asked for."""

    text: str


@dataclass(frozen=True)
class Pointed:
    """A click, or a notch of the wheel, on what the drawing says stands there (see pointing.py).

    what: `row`, the number of it in the list that is open; `key`, one of the key row as it is written there; `view` and
    `phase`, a name; `step`, its number; `number`, a Ref; `wheel`, 1 down or -1 up.
    """

    what: str
    which: object


@dataclass(frozen=True)
class Resized:
    """The screen has this size, in cells."""

    width: int
    height: int


@dataclass(frozen=True)
class Opened:
    """A lesson or problem has been opened."""

    study: Study
    digits: int = 0  # 0: the lesson's own


@dataclass(frozen=True)
class Ran:
    """A chunk of the background run `number`."""

    number: int
    chunk: Chunk


@dataclass(frozen=True)
class Tick:
    """The next step of what plays, if it is still the time `number`."""

    number: int


@dataclass(frozen=True)
class Message:
    """Something to tell the learner: a key of the words, or a sentence ready to show."""

    text: str


Action = Press | Typed | Pointed | Resized | Opened | Ran | Tick | Message


@dataclass(frozen=True)
class Wanted:
    """A lesson that is to be opened: where it was left, anew, or at one of its stops."""

    lesson: str
    anew: bool = False
    stop: int | None = None


@dataclass(frozen=True)
class Export:
    """What is to be set down: this iteration, or (whole) the run so far; into a file, or to the clipboard.

    format: one of panels.KINDS_OF_FILES.
    """

    format: str
    whole: bool = False
    to_clipboard: bool = False


@dataclass(frozen=True)
class Result:
    """How the session's so manieth problem about a skill has ended; passed: the lesson that it stands for, or ""."""

    number: int
    skill: str
    outcome: str
    passed: str = ""


@dataclass(frozen=True)
class Home:
    """The list of lessons, one of them picked. done: ids of finished ones; tested: those of them by a test alone.

    begun: id -> stop reached. skills: what is known of each.

    broken: what is wrong with lessons that cannot be opened.
    reading: the glossary is open, scrolled down by so many rows. anew: whether the picked one is to begin anew has been
    asked.
    """

    lessons: Sequence[Lesson]
    picked: int = 0
    done: frozenset[str] = frozenset()
    begun: tuple[tuple[str, int], ...] = ()
    message: str = ""
    broken: tuple[str, ...] = ()
    reading: int | None = None
    anew: bool = False
    tested: frozenset[str] = frozenset()
    skills: Mapping[str, Skill] = field(default_factory=dict)


def unfinished(lessons: Sequence[Lesson], done: frozenset[str], name: str) -> int:
    """Where the list stands after a lesson: on it; where it is finished, on the next one that is not."""
    at = next((number for number, lesson in enumerate(lessons) if lesson.id == name), 0)
    return next((n for n in (*range(at, len(lessons)), *range(at)) if lessons[n].id not in done), at)


def has_place(home: Home) -> bool:
    """Whether the learner has been in the picked lesson, so that there is a place in it to lose."""
    lesson = home.lessons[home.picked].id
    return lesson in home.done or lesson in dict(home.begun)


@dataclass(frozen=True)
class Palette:
    """The list of commands, what is searched for in it, and which of those found is picked."""

    line: Written = EMPTY
    picked: int = 0

    @property
    def query(self) -> str:
        return self.line.text


@dataclass(frozen=True)
class Search:
    """What is searched for in the whole course, and which of the places found is picked."""

    line: Written = EMPTY
    picked: int = 0

    @property
    def query(self) -> str:
        return self.line.text


@dataclass(frozen=True, eq=False)
class Session:
    """Everything that is on the screen.

    study is None while the list is shown. wanted: the lesson that the learner asked to open, which the
    app then opens; export: what it then writes. leaving: the learner wants out. palette: the list of commands, where it
    is open; search: what is searched for. typed: by kind of line, those that were sent, for as long as the session
    lasts. colours: how many the terminal has; 0: none in any theme. mouse: whether it is listened to.
    questions: whether those of a lesson open by themselves, and it is said that a stop has one. known: skills that have
    been shown of late, so that their questions do not. practice: problems over the list or the lesson; visit: a lesson
    that is open for one of them; ending: below them, the end of a lesson over it. seed: of the next problem that is
    drawn. result: how the last one ended.
    """

    home: Home
    language: str = "en"
    style: Style = Style.UNICODE
    digits: int = 4
    width: int = 80
    height: int = 24
    study: Study | None = None
    wanted: Wanted | None = None
    export: Export | None = None
    leaving: bool = False
    palette: Palette | None = None
    search: Search | None = None
    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keymap: Keymap = DEFAULT
    theme: str = THEMES[0]
    colours: int = 16
    mouse: bool = False
    questions: bool = True
    known: frozenset[str] = frozenset()
    practice: Practice | None = None
    visit: Visit | None = None
    ending: Ending | None = None
    seed: int = 1
    result: Result | None = None

    def begins(self, character: str | None) -> bool:
        """Whether a figure is typed where the error that a run goes down to is picked: the line for it opens."""
        if not character or character not in "0123456789." or asking(self) or self.practice is not None:
            return False
        if self.ending is not None or self.study is None or self.study.panel is None:
            return False
        from nntutor.tui.state.panels import Choosing
        from nntutor.tui.state.runs import RUNS

        return isinstance(self.study.panel, Choosing) and self.study.panel.picked == len(RUNS)


def kept(session: Session, skill: str, outcome: str, passed: str = "") -> Session:
    """The session that says how a question about a skill has ended; passed: the lesson that it stands for."""
    number = 1 if session.result is None else session.result.number + 1
    return replace(session, result=Result(number, skill, outcome, passed))


class Extents(Protocol):
    """How much of a text there is room for on this screen: what scrolling and turning pages must know without drawing.

    tui/drawing/extents.py is one.
    """

    def prose_pages(self, session: Session) -> int:
        """How many pages the prose at the place takes."""

    def rows_seen(self, session: Session) -> int:
        """How many rows of a text that covers the screen are seen at once."""

    def last_top(self, session: Session) -> int:
        """How far down the page that covers the screen, the keys or the glossary, can be scrolled."""

    def answer_top(self, session: Session) -> int:
        """How far down the end of a lesson stands where the answer that was uncovered last is seen."""

    def term_top(self, session: Session) -> int:
        """Where the glossary opens: at the term of the step at hand."""

    def top_of(self, session: Session, term: int) -> int:
        """Where the glossary opens at a term."""

    def same_term(self, before: Session, after: Session, top: int) -> int:
        """Where the glossary that is at `top` before a change of language or size is to stand after it."""

    def has_picture(self, session: Session) -> bool:
        """Whether the network fits on the screen as a picture; where not, its matrices stand for it."""

    def seen(self, session: Session) -> tuple[str, ...]:
        """The views that stand on the screen: one, or two side by side."""


def asking(session: Session) -> bool:
    """Whether a line is being typed, so that keys are text."""
    if session.palette is not None or session.search is not None:
        return True
    if session.practice is not None:
        return session.practice.asks
    if session.ending is not None or session.study is None or session.study.panel is None:
        return False
    from nntutor.tui.state.panels import Line

    return isinstance(session.study.panel, Line)
