"""One table of commands, one of panels, one of views: what is in them works, and nothing works that is not in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import screens
from screens import update

from nntutor.lessons.course import load
from nntutor.lessons.course.model import VIEWS
from nntutor.lessons.language import words
from nntutor.tui.drawing.pages.covers import COVERS
from nntutor.tui.drawing.panels.table import PANELS
from nntutor.tui.drawing.views import table
from nntutor.tui.state import in_panel, in_study
from nntutor.tui.state.commands import COMMANDS, HELP, ROW, Where, allowed
from nntutor.tui.state.panels import Line, Panel, Scrolled
from nntutor.tui.state.session import Home, Press, Session, Typed

ACTIONS = [command.action for command in COMMANDS]
# These mean the same wherever they are given (update.py).
ALWAYS = {"language", "theme", "mouse", "palette", "search"}


def panels(kind: type[Panel] = Panel) -> Iterator[type[Panel]]:
    """Every kind of panel that can be open."""
    for one in kind.__subclasses__():
        yield from panels(one) if one.__subclasses__() else (one,)


def test_the_panels_are_all_found() -> None:
    assert len(list(panels())) >= 7


def test_every_panel_is_drawn_and_every_one_that_is_not_scrolled_has_keys_of_its_own() -> None:
    long = {one for one in panels() if issubclass(one, Scrolled)}
    assert long <= set(COVERS)
    assert set(PANELS) == set(panels()) - set(COVERS)
    assert set(in_panel.KEYS) == set(panels()) - long


def test_every_view_that_a_lesson_can_name_is_drawn_and_no_other() -> None:
    assert set(table.VIEWS) == set(VIEWS)


def test_every_command_of_a_lesson_calls_one_function() -> None:
    called = [*in_study.ON_STUDY, *in_study.ON_SESSION]
    assert len(called) == len(set(called))
    assert set(called) | ALWAYS == {action for action in ACTIONS if allowed(action, Where.STUDY)}


def test_no_key_is_given_twice_and_no_name_is_an_older_one() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert not {command.formerly for command in COMMANDS} & set(ACTIONS)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_command_has_its_words_and_stands_once_on_the_page_of_keys(language: str) -> None:
    known = words.load(language)
    assert all(known.has(f"help.{word}") for _, word in HELP)
    assert all(known.has(f"keys.{word}") for _, word in ROW)
    shown = [action for actions, _ in HELP for action in actions]
    assert shown == [command.action for command in COMMANDS if command.help]


# --- where a command means something -------------------------------------------------------------------


def at_home() -> Iterator[Session]:
    home = Session(Home(load.lessons(), picked=2))
    yield home
    yield update(screens.pressed(home, "search"), Typed("e"))
    yield screens.pressed(home, "glossary", "continue")


def in_lesson() -> Iterator[Session]:
    session = screens.of_lesson("hidden-delta")
    yield session
    yield screens.pressed(session, "continue", "why", "continue", "escape", "step", "more")
    yield screens.pressed(session, "unit_next", "phase_next", "last", "iteration_next", "more", "undo")
    lesson = screens.of_lesson(load.lessons()[3].id)
    yield screens.pressed(lesson, "glossary", "escape", "lesson_next")
    yield screens.pressed(replace(lesson, wanted=None), "zoom")


def running() -> Iterator[Session]:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "continue")
    yield session
    yield screens.pressed(session, "help")


def opened() -> Iterator[Session]:
    """Each panel, where it has something to do."""
    session = screens.pressed(screens.of_lesson("hidden-delta"), "continue", "why", "continue", "escape")
    yield from (screens.pressed(session, action) for action in ("why", "check", "run", "export"))
    for action in ("goto", "edit", "ask"):
        yield update(screens.pressed(session, action), Typed("7"))
    yield screens.pressed(screens.of_lesson("hidden-delta"), "continue", "ask", "unit_next")
    bug = screens.pressed(session, "bug", "unit_next")
    yield update(bug, Typed("7"))
    told = screens.pressed(bug, *["unit_next", "continue"] * 3)
    yield screens.pressed(replace(told, height=10), "unit_next", "unit_next")
    for action in ("help", "glossary"):
        page = replace(screens.pressed(session, action), height=10)
        yield screens.pressed(page, "continue", "continue")


def does_something(session: Session, action: str) -> bool:
    """Whether a command changes what can be seen, kept or asked for."""
    after = update(session, Press(action))
    if after.mouse != session.mouse:
        return True
    if (after.wanted, after.leaving, after.theme) != (session.wanted, session.leaving, session.theme):
        return True
    return screens.lines(after) != screens.lines(session) or _panel(after) != _panel(session)


def _panel(session: Session) -> object:
    return None if session.study is None else (session.study.panel, session.study.running, session.study.trail)


@pytest.mark.parametrize(
    ("places", "where"), [(at_home, Where.HOME), (in_lesson, Where.STUDY), (running, Where.RUNNING)]
)
def test_a_command_means_something_where_the_table_says_so_and_nowhere_else(places: object, where: Where) -> None:
    sessions = list(places())  # type: ignore[operator]
    for action in ACTIONS:
        means = any(does_something(session, action) for session in sessions)
        assert means == allowed(action, where), (action, where)


def test_in_every_panel_each_key_does_its_work_or_says_why_not() -> None:
    seen = set()
    for session in opened():
        assert session.study is not None
        panel = session.study.panel
        assert panel is not None
        seen.add(type(panel))
        for action in ACTIONS:
            assert does_something(session, action), (type(panel), action)
    assert seen == set(panels())


@pytest.mark.parametrize("panel", ["why", "check", "run", "help", "glossary"])
@pytest.mark.parametrize(
    "action", ["run", "view", "edit", "check", "why", "more", "goto", "stop_previous", "phase_next"]
)
def test_a_key_that_a_panel_does_not_take_closes_it_and_does_its_work(panel: str, action: str) -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), *["continue"] * 8)
    inside = screens.pressed(session, panel, *(["continue"] if panel == "why" else []))
    assert inside.study is not None and inside.study.panel is not None
    if action in (*inside.study.panel.takes, inside.study.panel.toggle):
        return
    closed = screens.pressed(replace(inside, study=replace(inside.study, panel=None)), action)
    assert screens.lines(screens.pressed(inside, action)) == screens.lines(closed)


def test_where_a_jump_or_a_way_back_is_not_to_be_had_it_is_said() -> None:
    session = screens.pressed(screens.of_lesson("forward"), "why", "continue")
    assert "given: no step makes it" in screens.lines(session)[-1]
    assert "no jump" in screens.lines(screens.pressed(session, "backspace"))[-1]
    choose = screens.pressed(session, "unit_next")
    assert "given" not in screens.lines(choose)[-1], "the answer stands until the next key"
    smallest = screens.pressed(screens.of_lesson("cycle"), *["continue"] * 4, "check", *["less"] * 20)
    assert "ε goes no further" in screens.lines(smallest)[-1]
    typing = screens.pressed(session, "escape", "goto")
    assert "A line is being typed" in screens.lines(screens.pressed(typing, "step"))[-1]
    again = update(screens.pressed(typing, "step"), Typed("w5"))
    assert "A line is being typed" not in screens.lines(again)[-1]


def test_while_a_line_is_typed_only_the_commands_that_the_table_allows_have_keys() -> None:
    assert {command.action for command in COMMANDS if command.typed} | {"palette"} == {
        action for action in ACTIONS if allowed(action, Where.TYPING)
    }
    assert all(set(one.takes) <= {a for a in ACTIONS if allowed(a, Where.TYPING)} for one in Line.__subclasses__())


@pytest.mark.parametrize("action", ["back", "unit_previous", "phase_previous", "iteration_previous", "first", "last"])
def test_a_key_that_leads_nowhere_says_so_and_the_text_stays(action: str) -> None:
    session = screens.pressed(screens.of_lesson("momentum"), *(["last"] if action == "last" else []))
    here = screens.pressed(session, action)
    assert here.study is not None and session.study is not None
    assert (here.study.place, here.study.stop, here.study.held) == (
        session.study.place,
        session.study.stop,
        session.study.held,
    )
    assert here.study.note is not None and here.study.note[0].startswith("study.")
