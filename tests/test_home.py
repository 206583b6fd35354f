"""The list of lessons: what is done, what comes next, and on a wide screen what the picked lesson is about."""

from __future__ import annotations

from dataclasses import replace

import pytest
import screens

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.drawing.canvas.lists import WIDE
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.pages.home import listed
from nntutor.tui.state.session import Home, Session
from nntutor.tui.state.signs import words_with_keys

LESSONS = load.lessons()
DONE = frozenset(lesson.id for lesson in LESSONS[:3])
BEGUN = ((LESSONS[3].id, 5), (LESSONS[-1].id, len(LESSONS[-1].stops) - 2))


def home(language: str = "en", width: int = 120, height: int = 40, style: Style = Style.UNICODE) -> Session:
    return Session(Home(LESSONS, done=DONE, begun=BEGUN), language, style, width=width, height=height)


def pane(session: Session) -> list[str]:
    """What stands beside the list."""
    line = "|" if session.style is Style.ASCII else "│"
    return [row.split(line, 1)[1].strip() for row in screens.lines(session)[2:-1] if line in row]


@pytest.mark.parametrize("style", [Style.UNICODE, Style.ASCII])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(WIDE, 30), (120, 40), (200, 60)])
def test_beside_the_list_stands_the_whole_summary_and_every_stop_as_far_as_it_has_been_read(
    size: tuple[int, int], language: str, style: Style
) -> None:
    session = home(language, *size, style)
    look = look_of(session)
    for lesson in LESSONS:
        rows = pane(session)
        said = " ".join(rows)
        for text in load.described(lesson.id, language):
            assert look.plain(text) in said
        stops = [row for row in rows if row.split()[-1:] and any(part.isdecimal() for part in row.split()[:2])]
        stops = stops[-len(lesson.stops) :]
        read = len(lesson.stops) if lesson.id in DONE else dict(BEGUN).get(lesson.id, -1) + 1
        mark = words_with_keys(session).say("home.done") if style is Style.ASCII else "✓"
        assert [row.startswith(mark) for row in stops] == [number < read for number in range(len(lesson.stops))]
        for number, (row, stop) in enumerate(zip(stops, lesson.stops, strict=True), 1):
            assert f"{number}  {look.plain(stop.at)}" in row
            assert stop.iteration == 1 or str(stop.iteration) in row
        session = screens.pressed(session, "unit_next")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_no_lesson_has_is_told_in_the_list(language: str) -> None:
    numbers = {lesson.number for lesson in LESSONS}
    free = {str(number) for number in range(max(numbers))} - {str(number) for number in numbers}
    session = screens.pressed(home(language, 40), "unit_previous")
    told = [row for row in screens.lines(session) if any(number in row for number in free)]
    assert len(told) == len(free) and all(words_with_keys(session).say("part.6") in row for row in told)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(40, 12), (80, 24), (WIDE, 30), (200, 60)])
def test_each_row_of_the_list_is_its_lesson_and_the_bar_ends_where_the_list_does(
    size: tuple[int, int], language: str
) -> None:
    session = home(language, *size)
    for number, lesson in enumerate(LESSONS):
        low = page.rows(session)
        room = next((y for y, row in enumerate(low[2:-1]) if not row), len(low) - 3)
        shown = listed(session, words_with_keys(session), look_of(session), room)
        assert number in {one.item for one in shown}
        for y, one in enumerate(shown, 2):
            if one.item is not None:
                assert f"{LESSONS[one.item].number:2d}  " in screens.lines(session)[y]
        bar = [sum(cells(piece.text) for piece in row) for one in shown for row in [one.row] if one.item == number]
        assert bar == [66 if size[0] >= WIDE else size[0]], lesson
        session = screens.pressed(session, "unit_next")


@pytest.mark.parametrize("width", [80, 120])
def test_what_is_finished_is_marked_and_what_is_left_out_is_counted(width: int) -> None:
    session = home(width=width, height=16)
    lines = screens.lines(session)
    assert sum("✓ done" in line for line in lines) == sum(f"{n:2d}  " in "".join(lines) for n in range(3))
    below = next(line for line in lines if "▼" in line)
    count = int(below.split("▼")[1].split()[0])
    shown = sum(any(f" {lesson.number:2d}  " in line[:8] for line in lines) for lesson in LESSONS)
    assert shown + count == len(LESSONS)
    assert not any("▼" in line or "▲" in line for line in screens.lines(replace(session, height=60)))


def test_nothing_is_left_in_the_language_that_was_before() -> None:
    for language in LANGUAGES:
        told = screens.pressed(home(language), "theme")
        other = screens.pressed(told, "language")
        assert told.home.message and told.home.message not in "\n".join(screens.lines(other))
