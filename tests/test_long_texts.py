"""The page of keys and the glossary: whole at every size, in columns where it is wide, ▲ and ▼ true."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import screens

from nntutor.core.notation.style import Style
from nntutor.lessons.course import glossary
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.language.words import load as words_of
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.lists import WIDE
from nntutor.tui.state.commands import COMMANDS, GROUPS, HELP, group_of
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import words_with_keys

SIZES = [(80, 24), (40, 12), (109, 30), (110, 30), (200, 60), (30, 7), (20, 5)]


def opened(what: str, language: str, size: tuple[int, int], style: Style = Style.UNICODE) -> Session:
    return screens.pressed(screens.of_lesson("hidden-delta", language, style, size), what)


def body(session: Session) -> list[str]:
    """The rows of the text: the left column, then the right one."""
    height, wide = session.height, session.width >= 110
    rows = screens.lines(session)[2 : height - (2 if height >= 8 else 1)]
    if not wide:
        return [row.rstrip() for row in rows]
    middle = (session.width - 3) // 2 + 3
    half = [(_cells(row, 0, middle), _cells(row, middle, session.width)) for row in rows]
    return [one.rstrip() for column in zip(*half, strict=True) for one in column]


def _cells(row: str, start: int, end: int) -> str:
    """A part of a row, by its cells."""
    from nntutor.lessons.language.cells import cells

    taken, at = "", 0
    for letter in row:
        taken += letter if start <= at < end else ""
        at += cells(letter)
    return taken


def count(session: Session, sign: str) -> int:
    """How many rows a sign says that go on."""
    height = session.height
    edge = screens.lines(session)[0] if sign == "▲" or height < 8 else screens.lines(session)[height - 2]
    found = re.search(rf"{sign} (\d+)", edge)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("what", ["help", "glossary"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_signs_count_the_rows_above_and_below_at_every_place(
    language: str, what: str, size: tuple[int, int]
) -> None:
    session = screens.pressed(opened(what, language, size), "first")
    last, seen = extents.last_top(session), extents.rows_seen(session)
    for top in sorted({0, min(1, last), last // 2, last}):
        study = session.study
        assert study is not None and study.panel is not None
        there = replace(session, study=replace(study, panel=replace(study.panel, top=top)))
        # In two columns one row more is below where a heading has been taken over to the second.
        assert count(there, "▲") == top and count(there, "▼") - (last - top) in range(1 + (size[0] >= WIDE))
        assert len(body(there)) == seen


@pytest.mark.parametrize(("size", "more"), [((80, 24), True), ((80, 100), False), ((200, 60), False)])
def test_more_is_offered_where_there_is_more(size: tuple[int, int], more: bool) -> None:
    assert (" more" in screens.lines(opened("help", "en", size))[-1]) is more


@pytest.mark.parametrize("size", SIZES[:-1], ids=str)
@pytest.mark.parametrize("what", ["help", "glossary"])
def test_turning_its_pages_shows_every_row_in_its_order(what: str, size: tuple[int, int]) -> None:
    session = screens.pressed(opened(what, "ko", size), "first")
    rows: dict[int, str] = {}
    for _ in range(1000):
        top = count(session, "▲")
        for at, row in enumerate(body(session), top):
            assert rows.setdefault(at, row) == row
        assert list(rows) == list(range(len(rows)))  # nothing was passed over
        if not count(session, "▼"):
            break
        session = screens.pressed(session, "continue")
        assert count(session, "▲") > top
    assert len(rows) == extents.last_top(session) + extents.rows_seen(session)
    whole = "".join("".join(rows.values()).split())
    if what == "glossary":
        assert all("".join(term.name["ko"].split()) in whole for term in glossary.terms())
    else:
        assert all("".join(words_of("ko").say(f"command_group.{group}").split()) in whole for group in GROUPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_stands_below_what_it_is_for(language: str) -> None:
    session = opened("help", language, (109, 200))
    say, rows = words_with_keys(session).say, body(session)
    headings = [rows.index(f" {say(f'command_group.{group}')}") for group in GROUPS]
    headings.append(rows.index(f" {say('help.signs')}"))
    assert headings == sorted(headings)
    for actions, word in HELP:
        group, first = GROUPS.index(group_of(actions[0])), say(f"help.{word}")[:20]
        places = [at for at, row in enumerate(rows) if first in row]
        if not any(session.keymap.keys[action] for action in actions):
            assert not places, "what has no key is in the list of commands alone"
            continue
        assert len(places) == 1 and headings[group] < places[0] < headings[group + 1]


def test_commands_that_share_a_line_of_the_page_of_keys_are_for_the_same() -> None:
    for actions, _ in HELP:
        assert len({group_of(action) for action in actions}) == 1
    assert {command.group for command in COMMANDS if command.help} == set(GROUPS)


def test_in_ascii_the_signs_are_plain() -> None:
    session = opened("help", "en", (80, 24), Style.ASCII)
    assert re.search(r"v \d+$", screens.lines(session)[-2].rstrip())
    assert "".join(screens.lines(session)).isascii()
