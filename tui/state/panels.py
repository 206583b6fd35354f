"""What can be open over the prose: one value a panel.

A new one is a class here, its keys in in_panel.py, its drawing in a file of drawing/panels/ (or, where it covers the
whole screen, of drawing/pages/) with a row in the table there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from nntutor.lessons.export.formats import FORMATS
from nntutor.lessons.language.words import Note
from nntutor.tui.state.written import EMPTY, Written

if TYPE_CHECKING:
    from nntutor.core.notation.symbols import Ref
    from nntutor.lessons.course.asking import Asking as Question
    from nntutor.lessons.course.bugs import Hunting
    from nntutor.lessons.course.questions import Verdict

KINDS_OF_FILES = (*FORMATS, "svg")
"""What can be exported: iterations in any format, and the screen."""
_PICKING = ("unit_next", "unit_previous", "step", "back")


@dataclass(frozen=True)
class Panel:
    """takes: the commands that mean something here, beside those that do in every panel. toggle: the one that opened
    it and closes it again."""

    takes: ClassVar[tuple[str, ...]] = ()
    toggle: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class Line(Panel):
    """A line being typed, and what was wrong with it when it was sent."""

    line: Written = EMPTY
    wrong: Note | None = None

    takes: ClassVar[tuple[str, ...]] = ("continue", "backspace")

    @property
    def text(self) -> str:
        return self.line.text


@dataclass(frozen=True)
class Scrolled(Panel):
    """A page over the whole screen, scrolled down by so many rows."""

    top: int = 0

    takes: ClassVar[tuple[str, ...]] = (*_PICKING, "continue", "phase_next", "phase_previous", "first", "last")


@dataclass(frozen=True)
class Why(Panel):
    """The operands of the step at hand, one of them picked."""

    picked: int = 0

    takes: ClassVar[tuple[str, ...]] = (*_PICKING, "continue", "backspace")
    toggle = "why"


@dataclass(frozen=True)
class Checking(Panel):
    """The gradient check of one number; ε is 10 to this power."""

    ref: Ref
    power: int = -4

    takes: ClassVar[tuple[str, ...]] = ("more", "less", "double", "halve", "continue")
    toggle = "check"

    @property
    def h(self) -> float:
        return float(10.0**self.power)


@dataclass(frozen=True)
class Choosing(Panel):
    """How many iterations to run."""

    picked: int = 0

    takes: ClassVar[tuple[str, ...]] = (*_PICKING, "continue", "run")


@dataclass(frozen=True)
class Exporting(Panel):
    """What is at hand set down: in which format; whole: the run so far, else this iteration."""

    picked: int = 0
    whole: bool = False

    takes: ClassVar[tuple[str, ...]] = (*_PICKING, "continue", "run", "check")
    toggle = "export"

    @property
    def format(self) -> str:
        return KINDS_OF_FILES[self.picked]


@dataclass(frozen=True)
class Asking(Line):
    """Where to go to, the error to run down to, or the learner's own numbers, by `what`: goto, goal, yours."""

    what: str


@dataclass(frozen=True)
class Editing(Line):
    """A new value for the given number at `ref` (None: none is at hand): a number, an expression, or "symbol = …"."""

    ref: Ref | None

    takes: ClassVar[tuple[str, ...]] = (*Line.takes, "unit_next", "unit_previous")


@dataclass(frozen=True)
class Answering(Line):
    """A number that is asked for. verdict: what the answer before is worth; None where a hint came after it.

    given: the numbers that it is made of, where the screen has none of them; empty for a number of the place. seed:
    that they were drawn from, 0 for none. here: whether they are of the run at hand, in another iteration, and not of
    another network. skill: what an answer is kept under; empty for nothing. stop: whose question it is. by_itself: no
    key has asked for it, so space goes on without an answer. rung: which one of how many that are asked one after the
    other, from 1.
    """

    question: Question
    verdict: Verdict | None = None
    given: tuple[Ref, ...] = ()
    seed: int = 0
    here: bool = False
    skill: str = ""
    stop: int | None = None
    by_itself: bool = False
    rung: tuple[int, int] = (1, 1)


@dataclass(frozen=True, kw_only=True)
class Picking(Panel):
    """The question of a stop with choices. picked: the one at hand, −1 for none; told: the one that something is said
    of. right: those that are, of which all are to be marked. outcome: one of asking.OUTCOMES once it has ended, while
    what is right is read."""

    choices: int
    right: frozenset[int]
    stop: int
    skill: str
    marked: frozenset[int] = frozenset()
    picked: int = -1
    told: int = -1
    tries: int = 0
    outcome: str = ""
    by_itself: bool = False

    takes: ClassVar[tuple[str, ...]] = (*_PICKING, "continue", "help")

    @property
    def several(self) -> bool:
        return len(self.right) > 1


@dataclass(frozen=True)
class Marking(Line):
    """An iteration with a mistake in it, whose first wrong line is to be marked. picked: one of its lines, from 1.

    unread: what was typed and named none of them.
    """

    hunting: Hunting
    picked: int = 1
    unread: str = ""

    takes: ClassVar[tuple[str, ...]] = (*Line.takes, "unit_next", "unit_previous")

    def moved(self, by: int) -> Marking:
        """With a line so many further picked, or the last one in that way."""
        return replace(self, picked=min(max(self.picked + by, 1), len(self.hunting.bug.trace)))


@dataclass(frozen=True, kw_only=True)
class Marked(Scrolled):
    """Which line it was, and what shows it."""

    hunting: Hunting


@dataclass(frozen=True)
class Helping(Scrolled):
    """The page of keys."""

    toggle = "help"


@dataclass(frozen=True)
class Reading(Scrolled):
    """The glossary."""

    toggle = "glossary"
