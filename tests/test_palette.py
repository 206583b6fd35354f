"""The list of commands has everything that can be had by its name, finds it so, and does what the key would."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import screens
from screens import update

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load, search
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.pages.palette import listed
from nntutor.tui.state import palette
from nntutor.tui.state.commands import COMMANDS, RUNNING, STUDY
from nntutor.tui.state.palette import Entry, found
from nntutor.tui.state.session import THEMES, Home, Press, Session, Typed, Wanted
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.update import carried_out
from nntutor.tui.state.views import views

LESSONS = load.lessons()


def opened(session: Session, query: str = "") -> Session:
    return update(screens.pressed(session, "palette"), Typed(query))


def at_home(language: str = "en") -> Session:
    return Session(Home(LESSONS), language)


def of(session: Session, group: str) -> list[Entry]:
    return [one for one in found(session) if one.group == group]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("query", "group", "name"),
    [
        ("adam", "lesson", "adam"),
        ("matrices", "view", "matrices"),
        ("행렬", "view", "matrices"),
        ("light", "theme", "light"),
        ("한국어", "language", "ko"),
        ("Korean", "language", "ko"),
        ("영어", "language", "en"),
        ("why", "ask", "why"),
        ("조ㅛ", "ask", "why"),
        ("gradient check", "ask", "check"),
        ("undo", "change", "undo"),
    ],
)
def test_what_is_typed_finds_the_thing_of_that_name_first(query: str, group: str, name: str, language: str) -> None:
    session = opened(screens.of_lesson("xor", language), query)
    best = found(session)[0]
    assert (best.group, best.name) == (group, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_found_by_each_of_its_names(language: str) -> None:
    session = opened(screens.of_lesson("xor", language))
    every = {name[:40]: entry for entry in found(session) for name in entry.names}
    for name, entry in every.items():
        asked = update(replace(session, palette=None), Press("palette"))
        assert entry.name in [one.name for one in found(update(asked, Typed(name)))], (entry, name)


def test_a_name_that_begins_with_what_is_typed_comes_before_one_that_has_it_further_on() -> None:
    lesson = screens.of_lesson("xor")
    every = found(opened(lesson))
    mixed = 0
    for query in {name[:2] for one in every for name in one.names if name[:2].isalpha()}:
        typed = opened(lesson, query)
        for group in {one.group for one in every}:
            begins = [any(search.place(name, query) == 0 for name in one.names) for one in of(typed, group)]
            assert begins == sorted(begins, reverse=True), (query, group)
            mixed += len(set(begins)) == 2
    assert mixed


@pytest.mark.parametrize("running", [False, True])
def test_every_command_that_may_be_given_is_listed_and_no_other(running: bool) -> None:
    session = screens.of_lesson("cycle")
    session = screens.pressed(session, "run", "continue") if running else session
    where = RUNNING if running else STUDY
    listed = {one.name for one in found(opened(session)) if one.group not in ("view", "lesson", "theme", "language")}
    assert listed == {one.action for one in COMMANDS if where in one.where and one.group and one.action != "palette"}
    assert bool(of(opened(session), "lesson")) is not running


def test_a_lesson_a_view_a_theme_and_a_language_are_had_from_the_list() -> None:
    session = screens.of_lesson("hidden-delta")
    assert screens.pressed(opened(session, "momentum"), "continue").wanted == Wanted("momentum")
    seen = screens.pressed(opened(session, "matrices"), "continue")
    assert seen.study is not None and seen.study.view == "matrices" and seen.palette is None
    assert session.study is not None
    assert [one.name for one in of(opened(session), "view")] == list(views(session.study))
    for theme in THEMES:
        assert screens.pressed(opened(session, theme), "continue").theme == theme
    assert screens.pressed(opened(session, "Korean"), "continue").language == "ko"
    assert screens.pressed(opened(at_home("ko"), "english"), "continue").language == "en"
    assert screens.pressed(opened(at_home(), "vanishing"), "continue").wanted == Wanted("vanishing")
    assert not of(opened(replace(session, colours=0)), "theme"), "without colours there is none to choose"


def test_a_line_that_is_being_typed_is_not_thrown_away_for_a_lesson() -> None:
    typing = update(screens.pressed(screens.of_lesson("hidden-delta"), "goto"), Typed("w5"))
    after = screens.pressed(opened(typing, "adam"), "continue")
    assert after.wanted is None and after.study is not None and after.study.panel == typing.study.panel  # type: ignore[union-attr]
    assert "A line is being typed" in screens.lines(after)[-1]


@pytest.mark.parametrize(
    ("size", "style", "language"),
    [
        ((80, 24), Style.UNICODE, "en"),
        ((120, 40), Style.ASCII, "ko"),
        ((200, 60), Style.UNICODE, "ko"),
        ((40, 12), Style.ASCII, "en"),
        ((40, 12), Style.UNICODE, "ko"),
    ],
)
def test_each_row_of_the_list_is_its_entry_and_no_name_is_cut(
    size: tuple[int, int], style: Style, language: str
) -> None:
    session = replace(opened(screens.of_lesson("xor", language)), style=style, width=size[0], height=size[1])
    entries, look = found(session), look_of(session)
    seen = set()
    for picked in range(len(entries)):
        assert session.palette is not None
        shown = listed(session, words_with_keys(session), entries, look)
        lines = screens.lines(session)
        assert picked in {one.item for one in shown}
        for y, one in enumerate(shown, 3):
            if one.item is not None and cells(look.plain(entries[one.item].names[0])) < size[0] - 10:
                assert look.plain(entries[one.item].names[0]) in lines[y]
                assert entries[one.item].key in lines[y]
            seen.add(one.item)
        session = screens.pressed(session, "unit_next")
    assert seen >= set(range(len(entries)))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_the_picked_one_does_is_said_whole(size: tuple[int, int]) -> None:
    session = replace(opened(screens.of_lesson("xor")), width=size[0], height=size[1])
    for entry in found(session):
        said = " ".join(" ".join(screens.lines(session)).replace("│", " ").split())
        assert all(word in said for word in entry.about[0].split()), entry
        session = screens.pressed(session, "unit_next")


def test_what_is_found_is_looked_for_once_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Session] = []
    every = palette.entries
    monkeypatch.setattr(palette, "entries", lambda session: (looked.append(session), every(session))[1])
    session = opened(screens.of_lesson("xor"), "e")
    screens.lines(session)
    for action in (Press("unit_next"), Press("unit_next"), Typed("a"), Press("unit_previous")):
        looked.clear()
        session = update(session, action)
        screens.lines(session)
        assert len(looked) == 1, action


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_titles_of_lessons_begin_in_one_column(language: str) -> None:
    for size in ((40, 60), (80, 60), (120, 60)):
        session = replace(opened(at_home(language)), width=size[0], height=size[1])
        rows = [line for line in screens.lines(session) if re.match(r" [ ▸] +\d+  \S", line)]
        assert len(rows) == len(LESSONS)
        assert len({re.match(r" [ ▸] +\d+  ", line).end() for line in rows}) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("page", ["help", "glossary", "bug"])
def test_what_is_picked_over_a_page_that_covers_the_screen_is_seen_or_told(page: str) -> None:
    """A view was changed below the glossary, where nobody saw it."""
    covered = screens.pressed(screens.of_lesson("wall", known=True), page)
    before = screens.lines(covered)
    for entry in of(opened(covered), "view"):
        assert screens.lines(carried_out(covered, entry, extents)) != before, entry.name


def test_what_is_picked_over_the_glossary_of_the_list_does_what_it_says() -> None:
    read = screens.pressed(at_home(), "glossary")
    for entry in found(opened(read)):
        after = carried_out(read, entry, extents)
        changed = after.wanted or (after.theme, after.language, after.mouse) != (read.theme, read.language, read.mouse)
        at_its_place = entry.name == "glossary" or (entry.group in ("theme", "language") and not changed)
        assert changed or at_its_place or screens.lines(after) != screens.lines(read), entry.name
