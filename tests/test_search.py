"""A word that stands somewhere in the course is found there, and what is found leads to where it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import screens
from hypothesis import example, given
from hypothesis import strategies as st
from screens import update
from strategies import share

from nntutor.lessons.course import glossary, load, search
from nntutor.lessons.course.search import found
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.learner.places import Store
from nntutor.tui import lint
from nntutor.tui.desk import Desk
from nntutor.tui.state.panels import Reading
from nntutor.tui.state.session import Home, Opened, Session, Typed, Wanted

LESSONS = load.lessons()
SAID = [
    (language, lesson, number) for language in LANGUAGES for lesson in LESSONS for number in range(len(lesson.stops))
]


def searched(session: Session, query: str) -> Session:
    return update(screens.pressed(session, "search"), Typed(query))


def holds(text: str, query: str) -> bool:
    return re.sub(r"\s", "", query).casefold() in re.sub(r"\s", "", text).casefold()


@share(2)
@given(data=st.data())
def test_any_words_of_any_stop_are_found_at_that_stop(data: st.DataObject) -> None:
    language, lesson, number = data.draw(st.sampled_from(SAID))
    spoken = re.split(r"\{\{.*?\}\}|\*\*", load.text(lesson.id, language).stops[lesson.stops[number].id].text)
    whole = data.draw(st.sampled_from([part for part in spoken if part.strip()]))
    start = data.draw(st.integers(0, len(whole) - 1))
    query = whole[start : start + data.draw(st.integers(3, 20))].strip()
    if not query:
        return
    query = data.draw(st.sampled_from([query, query.upper(), query.replace(" ", ""), " ".join(query)]))
    places = found((query,), data.draw(st.sampled_from(LANGUAGES)))
    assert (lesson.id, number) in {(place.lesson, place.number) for place in places}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_asked_or_to_be_done_at_a_stop_is_found_there(language: str) -> None:
    """“절반으로” stands in what is to be done at a stop of descent and nowhere else: it was said to be nowhere."""
    for lesson in LESSONS:
        for stop, asked in load.text(lesson.id, language).questions.items():
            query = re.split(r"\{\{.*?\}\}|\*\*", asked.asks)[0].strip()[-20:]
            number = [one.id for one in lesson.stops].index(stop)
            assert (lesson.id, number) in {(place.lesson, place.number) for place in found((query,), language)}, query
    assert found(("절반으로",), "ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_summaries_terms_and_what_steps_are_called_are_found(language: str) -> None:
    said = words.load(language)
    for lesson in LESSONS:
        for text in load.described(lesson.id, language):
            assert (lesson.id, None) in {(place.lesson, place.number) for place in found((text,), "en")}, text
    for number, term in enumerate(glossary.terms()):
        for text in (term.name[language], term.about[language])[: 1 + (number % 4 == 0)]:
            assert ("", number) in {(place.lesson, place.number) for place in found((text,), "ko")}, text
    for key in search._first_of_kind():
        text = said.say(f"kind.{key}")
        assert found((text,), language), (key, text)
    for number in range(6):
        assert found((said.say(f"part.{number}"),), language)


@pytest.mark.parametrize(
    "query", ["관성", "체인", "연쇄", "델타", "미분", "학습률", "오차역전파", "오차 역전파", "Back Propagation", "δ_h1"]
)
def test_words_that_a_student_searches_for_are_somewhere(query: str) -> None:
    places = found((query,), "ko")
    assert places
    assert all(holds(place.text[place.at :], query.split()[0]) for place in places), "each place shows the word"


@given(st.text(max_size=8))
@example(",")
@example(".")
@example(";")
def test_nothing_is_found_that_does_not_hold_the_words(query: str) -> None:
    parts = query.split()
    for place in found((query,), "en") if parts else ():
        assert all(holds(place.text, part) for part in parts)
        assert holds(place.text[place.at :], parts[0])


def test_the_first_place_of_a_kind_of_step_has_such_a_step() -> None:
    assert {kind for kind, _ in words.load("en").group("kind")} >= search._first_of_kind().keys()
    lesson, number = search._first_of_kind()["delta_hidden"]
    stop = next(one for one in LESSONS if one.id == lesson).stops[number]
    assert stop.at.startswith("δ_h")


# --- on the screen ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12), (30, 10)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_enter_leads_to_the_lesson_at_the_stop(language: str, size: tuple[int, int], tmp_path: Path) -> None:
    home = Session(Home(LESSONS), language, width=size[0], height=size[1])
    query = {"en": "zigzag", "ko": "지그재그"}[language]
    asked = searched(home, query)
    places = found((query,), language)
    at = next(n for n, place in enumerate(places) if place.lesson and place.number)
    picked = screens.pressed(asked, *["unit_next"] * at)
    assert sum(query in line for line in screens.lines(picked)) >= 1
    wanted = screens.pressed(picked, "continue").wanted
    assert wanted == Wanted(places[at].lesson, stop=places[at].number)
    store = Store.open(tmp_path)
    study = Desk(store).open_lesson(wanted.lesson, stop=wanted.stop)
    store.close()
    opened = lint.ran(update(picked, Opened(study))).study
    assert opened is not None and opened.stop == wanted.stop
    assert not opened.finished and opened.visited < len(study.lesson.stops) - 1, "looking up reads nothing"


def test_from_the_glossary_over_a_lesson_a_word_leads_to_a_term_a_stop_here_or_another_lesson() -> None:
    session = screens.pressed(screens.of_lesson("xor", known=True), "glossary")
    term = next(n for n, one in enumerate(glossary.terms()) if "learning rate" in one.name["en"])
    places = found(("learning rate",), "en")
    down = next(n for n, place in enumerate(places) if not place.lesson)
    there = screens.pressed(searched(session, "learning rate"), *["unit_next"] * down, "continue")
    assert there.study is not None and isinstance(there.study.panel, Reading)
    assert screens.lines(there)[2].startswith(f" {glossary.terms()[term].name['en']}")
    own = load.text("xor", "en").stops["equal"].text.split(".")[0].split("{{")[0].split("**")[0].strip()
    hit = next(n for n, place in enumerate(found((own,), "en")) if place.lesson == "xor" and place.number)
    here = screens.pressed(searched(session, own), *["unit_next"] * hit, "continue")
    assert here.wanted is None and here.study is not None
    assert here.study.lesson.stops[here.study.stop].id == "equal"
    closed = screens.pressed(searched(session, "x"), "escape")
    assert screens.lines(closed) == screens.lines(session)
    assert screens.pressed(searched(screens.of_lesson("xor", known=True), "vanishing"), "continue").wanted == Wanted(
        "vanishing"
    )


def test_what_is_nowhere_is_said_to_be_nowhere_and_enter_leads_nowhere() -> None:
    session = searched(Session(Home(LESSONS)), "zzzz")
    assert any("“zzzz” stands in no lesson" in line for line in screens.lines(session))
    assert screens.pressed(session, "continue", "unit_next").wanted is None
    assert any("Titles, texts" in line for line in screens.lines(screens.pressed(session, *["backspace"] * 4)))


def test_a_word_typed_with_the_korean_input_method_on_is_found_as_well() -> None:
    assert screens.pressed(searched(Session(Home(LESSONS)), "택"), "continue").wanted == Wanted("xor")


# What the list of lessons stands without: each would be read or compiled at every start.
DOORS = (
    "numpy", "nntutor.lessons.course.search", "nntutor.lessons.course.glossary", "nntutor.lessons.language.particles",
    "nntutor.core.files.bounds", "nntutor.core.notation.formula", "nntutor.core.notation.symbols",
    "nntutor.tui.drawing.pages.covers", "nntutor.tui.drawing.pages.palette", "nntutor.tui.state.palette",
    "nntutor.tui.state.panels", "nntutor.tui.state.writing",
)  # fmt: skip


def test_the_list_of_lessons_loads_nothing_that_is_asked_for_by_a_later_key() -> None:
    code = (
        "import sys; from nntutor.tui import app; from nntutor.tui.drawing import extents; "
        "from nntutor.tui.drawing.pages import page; from nntutor.tui.state.session import Home, Session, Press; "
        "from nntutor.tui.state.update import update; from nntutor.lessons.course import load; "
        "page.rows(update(Session(Home(load.lessons())), Press('step'), extents)); "
        f"print(*(set(sys.modules) & {set(DOORS)}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "\n"
    assert all(find_spec(name) for name in DOORS)


def test_what_is_shown_of_a_stop_is_said_under_one_condition() -> None:
    (here,) = (one for one in found(("went up",), "en") if (one.lesson, one.number) == ("output-delta", 13))
    assert "went up" in here.text and "went down" not in here.text
    assert here.text[here.at :].startswith("went up")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_is_one_line_and_begins_with_a_word(language: str) -> None:
    for query in ("E", "w1", "η", "o1"):
        for one in found((query,), language):
            assert "\n" not in one.text and one.text[:1] not in " ,.;:"
            assert re.sub(r"\s", "", one.text[one.at :]).casefold().startswith(query.casefold())
