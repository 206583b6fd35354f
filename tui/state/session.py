"""The whole state of the screen as one frozen value, and what each action makes of it.

`update(session, action)` gives the next session and touches nothing: no widget, no file, no clock. Which
lesson is opened, what is saved, how a run is carried out in the background is the app's; it reads the
session and sends actions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nntutor.core.notation.symbols import Style
from nntutor.lessons.course import load
from nntutor.lessons.language import words
from nntutor.tui.state import korean
from nntutor.tui.state.keys import DEFAULT, Keymap
from nntutor.tui.state.korean import TWO_SET

if TYPE_CHECKING:  # the list of lessons stands before the core and NumPy are loaded
    from nntutor.core.engine.training import Chunk
    from nntutor.lessons.course.model import Lesson
    from nntutor.tui.state.study import Study

DIGITS = (4, 6, 9, 17)
THEMES = ("standard", "light", "contrast", "safe")


@dataclass(frozen=True)
class Press:
    """A key that means something, by its action's name (see keys.BINDINGS)."""

    action: str


@dataclass(frozen=True)
class Typed:
    """Text typed or pasted into the line that is being asked for."""

    text: str


@dataclass(frozen=True)
class Resized:
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
class Told:
    """Something to tell the learner: a key of the words, or a sentence ready to show."""

    text: str


Action = Press | Typed | Resized | Opened | Ran | Told


@dataclass(frozen=True)
class Home:
    """The list of lessons, one of them picked. done: ids of finished ones; begun: id -> stop reached.

    broken: what is wrong with lessons that cannot be opened. query: what is being searched for, None: nothing.
    reading: the glossary is open, scrolled down by so many rows.
    """

    lessons: tuple[Lesson, ...]
    picked: int = 0
    done: frozenset[str] = frozenset()
    begun: tuple[tuple[str, int], ...] = ()
    told: str = ""
    broken: tuple[str, ...] = ()
    query: str | None = None
    reading: int | None = None

    @property
    def found(self) -> tuple[int, ...]:
        """Which lessons are shown: all, or those that are searched for."""
        if not self.query:
            return tuple(range(len(self.lessons)))
        # With the Korean input method on, "xor" arrives as 택.
        queries = (self.query, korean.plain(self.query))
        return tuple(
            number
            for number, lesson in enumerate(self.lessons)
            if any(load.matches(lesson.id, query) for query in queries)
        )


@dataclass(frozen=True)
class Palette:
    """The list of commands, what is searched for in it, and which of those found is picked."""

    query: str = ""
    picked: int = 0


@dataclass(frozen=True, eq=False)
class Session:
    """Everything that is on the screen.

    study is None while the list is shown. wanted: the lesson that the learner asked to open, which the
    app then opens. leaving: the learner wants out. palette: the list of commands, where it is open. colours: how many
    the terminal has; 0: none in any theme.
    """

    home: Home
    language: str = "en"
    style: Style = Style.UNICODE
    digits: int = 4
    width: int = 80
    height: int = 24
    study: Study | None = None
    wanted: str | None = None
    leaving: bool = False
    palette: Palette | None = None
    keymap: Keymap = DEFAULT
    theme: str = THEMES[0]
    colours: int = 16


def update(session: Session, action: Action) -> Session:
    """The session after an action."""
    match action:
        case Resized(width, height):
            resized = replace(session, width=width, height=height)
            if session.study is not None and (width, height) != (session.width, session.height):
                resized = replace(resized, study=replace(session.study, page=0))  # its pages are others now
            return _read_on(session, resized)
        case Opened(study):
            digits = study.lesson.digits if study.lesson is not None else session.digits
            return replace(session, study=study, wanted=None, digits=action.digits or digits)
        case Press("language"):
            return _read_on(session, replace(session, language="ko" if session.language == "en" else "en"))
        case Press("theme"):
            return _themed(session)
        case Told(text):
            return replace(session, home=replace(session.home, told=text), wanted=None)
    if session.palette is not None and not isinstance(action, Ran):
        return _in_palette(session, session.palette, action)
    if action == Press("palette"):
        return replace(session, palette=Palette())
    if session.study is None:
        return _at_home(session, action)
    study = session.study
    if isinstance(action, Press) and session.home.told:
        session = replace(session, home=replace(session.home, told=""))
    return _in_study(session, study, action)


def _in_palette(session: Session, palette: Palette, action: Action) -> Session:
    """The list of commands: what is typed searches it, and the one that is picked is carried out."""
    from nntutor.tui.drawing.pages.palette import found

    commands = found(session)
    way = {Press("unit_next"): 1, Press("unit_previous"): -1}.get(action, 0) if isinstance(action, Press) else 0
    match action:
        case Typed(text):
            palette = Palette((palette.query + _printable(text))[:40])
        case Press("trail"):
            palette = Palette(palette.query[:-1])
        case Press("escape" | "palette"):
            return replace(session, palette=None)
        case Press("continue") if commands:
            return update(replace(session, palette=None), Press(commands[palette.picked][0]))
    if way and commands:
        palette = replace(palette, picked=(palette.picked + way) % len(commands))
    return replace(session, palette=palette)


def _themed(session: Session) -> Session:
    """The next theme and its name; without colours, that there are none."""
    if session.colours:
        theme = THEMES[(THEMES.index(session.theme) + 1) % len(THEMES)]
        return _noted(replace(session, theme=theme), f"theme.{theme}")
    return _noted(session, "theme.none")


def _noted(session: Session, key: str) -> Session:
    """A note where there is room for one: what is open in its place stays in sight."""
    study = session.study
    if study is None:
        told = words.load(session.language).say(key)
        return replace(session, home=replace(session.home, told=told))
    return session if study.panel is not None else replace(session, study=replace(study, note=(key, {})))


def _at_home(session: Session, action: Action) -> Session:
    home = replace(session.home, told="")
    if home.reading is not None:
        return replace(session, home=_reading(session, home, action))
    found = home.found
    at = found.index(home.picked) if home.picked in found else 0
    match action:
        case Typed(text) if home.query is not None:
            home = replace(home, query=(home.query + _printable(text))[:40])
        case Press("trail") if home.query is not None:
            home = replace(home, query=home.query[:-1])
        case Press("escape"):
            home = replace(home, query=None)
        case Press("search"):
            home = replace(home, query="")
        case Press("glossary" | "help"):
            home = replace(home, reading=0)
        case Press("unit_next" | "step"):
            at += 1
        case Press("unit_previous" | "back"):
            at -= 1
        case Press("first" | "phase_previous"):
            at = 0
        case Press("last" | "phase_next"):
            at = len(found)
        case Press("continue") if found:
            return replace(session, home=replace(home, query=None), wanted=home.lessons[found[at]].id)
        case Press("leave"):
            return replace(session, leaving=True)
    found = home.found if home.found != found else found
    picked = found[max(0, min(at, len(found) - 1))] if found else home.picked
    return replace(session, home=replace(home, picked=picked))


def _reading(session: Session, home: Home, action: Action) -> Home:
    """The glossary over the list of lessons."""
    from nntutor.tui.drawing.pages.glossary import last_top

    match action:
        case Press("escape" | "leave" | "glossary" | "help"):
            return replace(home, reading=None)
        case Press(name):
            return replace(home, reading=_scrolled(home.reading or 0, name, session.height, last_top(session)))
    return home


def _read_on(before: Session, after: Session) -> Session:
    """The glossary, where it is open, stays at its term when the lines are others."""
    home, study = after.home, after.study
    if study is None and home.reading is None:
        return after
    from nntutor.tui.state.panels import Reading

    if study is not None and not isinstance(study.panel, Reading):
        return after
    from nntutor.tui.drawing.pages.glossary import same_term

    if study is None:
        return replace(after, home=replace(home, reading=same_term(before, after, home.reading or 0)))
    assert isinstance(study.panel, Reading)
    return replace(after, study=replace(study, panel=Reading(same_term(before, after, study.panel.top))))


def _scrolled(top: int, name: str, height: int, last: int) -> int:
    """A page scrolled by a key."""
    way = {"unit_next": 1, "unit_previous": -1, "step": 1, "back": -1, "first": -last, "last": last}.get(name, 0)
    if name in ("continue", "phase_next"):
        way = height - 4
    elif name == "phase_previous":
        way = 4 - height
    return min(last, max(0, top + way))


def _in_study(session: Session, study: Study, action: Action) -> Session:
    from nntutor.tui.drawing.pages import page
    from nntutor.tui.state import runs, views
    from nntutor.tui.state.panels import Reading

    match action:
        case Ran(number, chunk):
            return replace(session, study=runs.ran(study, number, chunk))
        case Typed(text):
            return replace(session, study=_typed(study, text))
        case Press(name):
            pass
        case _:
            return session
    if study.running is not None:
        if name in ("escape", "leave", "run", "continue"):
            return replace(session, study=runs.stopped(study))
        if name not in ("digits", "view", "help", "language"):
            return session
    if study.panel is not None:
        return _in_panel(session, study, name)
    if name == "digits":
        place = DIGITS.index(session.digits) if session.digits in DIGITS else -1
        return replace(session, digits=DIGITS[(place + 1) % len(DIGITS)])
    if name in ("lesson_next", "lesson_previous"):
        return _other_lesson(session, study, 1 if name == "lesson_next" else -1)
    if name == "glossary":
        from nntutor.tui.drawing.pages.glossary import top_of

        return replace(session, study=replace(study, panel=Reading(top_of(session)), note=None))
    if name == "leave":
        picked = [n for n, lesson in enumerate(session.home.lessons) if lesson.id == study.name]
        home = replace(session.home, picked=picked[0] if picked else session.home.picked)
        return replace(session, study=None, home=home)
    if name == "view":
        return replace(session, study=views.next_view(study, page.has_picture(session)))
    if name == "continue" and study.page + 1 < page.prose_pages(session):
        return replace(session, study=replace(study, page=study.page + 1))
    return replace(session, study=_pressed(study, name))


def _other_lesson(session: Session, study: Study, way: int) -> Session:
    """The lesson after or before this one."""
    from nntutor.tui.state import panels

    ids = [lesson.id for lesson in session.home.lessons]
    place = ids.index(study.name) + way if study.name in ids else -1
    if not 0 <= place < len(ids):
        return replace(session, study=replace(study, note=panels.note("study.no_other_lesson")))
    return replace(session, wanted=ids[place], home=replace(session.home, picked=place))


def _pressed(study: Study, name: str) -> Study:
    """A key outside any panel."""
    from nntutor.tui.state import edits, moves, panels
    from nntutor.tui.state.panels import Asking, Choosing, Helping, Why

    match name:
        case "continue":
            return moves.go_on(study)
        case "step":
            return moves.step_on(study)
        case "back":
            return moves.step_back(study)
        case "unit_next" | "unit_previous":
            return moves.unit(study, 1 if name == "unit_next" else -1)
        case "phase_next" | "phase_previous":
            return moves.phase(study, 1 if name == "phase_next" else -1)
        case "iteration_next" | "iteration_previous":
            return moves.iteration(study, 1 if name == "iteration_next" else -1)
        case "first" | "last":
            return moves.ends(study, name == "last")
        case "goto":
            return replace(study, panel=Asking("goto"), note=None)
        case "why":
            return replace(study, panel=Why(), note=None)
        case "check":
            return moves.checking(study)
        case "run":
            return replace(study, panel=Choosing(), note=None)
        case "edit":
            return edits.editing(study)
        case "help" | "search":
            return replace(study, panel=Helping(), note=None)
        case "more" | "less" | "halve" | "double":
            return edits.changed(study, name)
        case "own":
            return edits.own(study)
        case "undo":
            return edits.undone(study)
        case "redo":
            return edits.redone(study)
        case "zoom":
            return replace(study, zoom=not study.zoom, note=panels.note(f"study.zoom_{'off' if study.zoom else 'on'}"))
        case "trail":
            return moves.back_on_trail(study)
        case "escape":
            return replace(study, note=None)
    return study


def _in_panel(session: Session, study: Study, name: str) -> Session:
    """A key while a panel is open: the panel's own keys, and escape or q to close it."""
    from nntutor.tui.state import edits, moves, runs
    from nntutor.tui.state.panels import Asking, Checking, Choosing, Editing, Helping, Reading, Why
    from nntutor.tui.state.runs import RUNS

    if name in ("escape", "leave"):
        return replace(session, study=replace(study, panel=None))
    panel = study.panel
    way = {"unit_next": 1, "unit_previous": -1, "step": 1, "back": -1}.get(name, 0)
    match panel:
        case Why(picked):
            operands = study.step.operands
            if name == "continue" and operands:
                return replace(session, study=moves.jump(study, picked))
            if name == "trail":
                return replace(session, study=moves.back_on_trail(study))
            if name == "why":
                return replace(session, study=replace(study, panel=None))
            if way and operands:
                picked = (picked + way) % len(operands)
                return replace(session, study=replace(study, panel=Why(picked)))
        case Checking(ref, power):
            change = {"more": 1, "less": -1, "double": 1, "halve": -1}.get(name, 0)
            if change:
                panel = Checking(ref, min(0, max(-14, power + change)))
                return replace(session, study=replace(study, panel=panel))
            if name in ("check", "continue"):
                return replace(session, study=replace(study, panel=None))
        case Choosing(picked):
            choices = len(RUNS) + 1 + runs.has_seeds(study)
            if name == "continue":
                if picked == len(RUNS):
                    return replace(session, study=replace(study, panel=Asking("goal")))
                if picked > len(RUNS):
                    return replace(session, study=runs.run_seeds(study))
                return replace(session, study=runs.run_on(study, RUNS[picked]))
            if name == "run":
                way = 1
            if way:
                picked = (picked + way) % choices
                return replace(session, study=replace(study, panel=Choosing(picked)))
        case Helping(top):
            from nntutor.tui.drawing.pages import page

            if name == "help":
                return replace(session, study=replace(study, panel=None))
            top = _scrolled(top, name, session.height, page.help_last_top(session))
            return replace(session, study=replace(study, panel=Helping(top)))
        case Reading(top):
            from nntutor.tui.drawing.pages.glossary import last_top

            if name == "glossary":
                return replace(session, study=replace(study, panel=None))
            top = _scrolled(top, name, session.height, last_top(session))
            return replace(session, study=replace(study, panel=Reading(top)))
        case Editing():
            return replace(session, study=edits.edit_pressed(study, panel, name))
        case Asking():
            return replace(session, study=_answered(study, panel, name))
    return session


def asking(session: Session) -> bool:
    """Whether a line is being typed, so that keys are text."""
    if session.palette is not None:
        return True
    if session.study is None:
        return session.home.query is not None and session.home.reading is None
    from nntutor.tui.state.panels import Asking, Editing

    return isinstance(session.study.panel, Asking | Editing)


def _typed(study: Study, text: str) -> Study:
    from nntutor.tui.state.panels import Asking, Editing

    # A jamo alone is a letter's key; a whole syllable may belong to a word such as 반복.
    clean = "".join(TWO_SET.get(letter, letter) for letter in _printable(text))
    if isinstance(study.panel, Editing):
        return replace(study, panel=Editing(study.panel.ref, (study.panel.text + clean)[:100]))
    if not isinstance(study.panel, Asking):
        return study
    return replace(study, panel=Asking(study.panel.what, (study.panel.text + clean)[:100]))


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:100]


def _answered(study: Study, panel: object, name: str) -> Study:
    from nntutor.tui.state import moves, runs
    from nntutor.tui.state.panels import Asking

    assert isinstance(panel, Asking)
    if name == "trail":
        return replace(study, panel=Asking(panel.what, panel.text[:-1]))
    if name != "continue":
        return study
    if panel.what == "goto":
        return moves.go_to(study, panel.text)
    return runs.run_until(study, panel.text)
