"""The view: the stops ask for one, and what the learner puts in its place stays there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import screens
from test_following import at
from test_never_lost import of, pressed

from nntutor.core.notation.symbols import short
from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.dots import Dots
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.views import table
from nntutor.tui.drawing.views.legend import MARKS
from nntutor.tui.drawing.views.nudge import Chain, whole
from nntutor.tui.state import moves, views
from nntutor.tui.state.commands import COMMANDS, Where
from nntutor.tui.state.session import Session, Typed
from nntutor.tui.state.signs import words_with_keys

STOPS = ["network", "weighted-sum", "rows", "next-layer", "order"]


def shown(session: Session, stops: list[str]) -> list[str]:
    """The view at each of these stops, one after the other."""
    found = []
    for stop in stops:
        session = at(session, stop)
        found.append(of(session).view)
    return found


def test_a_view_chosen_by_hand_stays_at_the_stops_after_it_but_where_a_stop_is_about_another() -> None:
    session = screens.of_lesson("forward", known=True)
    assert shown(session, STOPS) == ["network", "network", "matrices", "network", "network"]
    chosen = pressed(session, "view", "view", "view")
    assert shown(chosen, STOPS) == ["curve", "curve", "matrices", "curve", "curve"]
    assert of(pressed(chosen, "continue")).view == "curve"
    assert of(pressed(chosen, "continue", "step", "step", "stop_previous")).view == "curve"
    assert shown(pressed(chosen, "view"), STOPS) == ["network", "network", "matrices", "network", "network"]


def test_in_place_of_a_stops_own_view_another_stays_as_long_as_stops_ask_for_that_one() -> None:
    session = pressed(at(screens.of_lesson("forward", known=True), "rows"), "view")
    assert shown(session, STOPS) == ["network", "network", "curve", "network", "network"]


def test_where_another_view_stands_than_the_lesson_shows_a_stop_says_so_that_speaks_of_it() -> None:
    session = pressed(screens.of_lesson("wall"), "view")
    told = {stop: of(at(session, stop)).note for stop in ("rule", "cycle", "three")}
    assert {stop: note and note[0] for stop, note in told.items()} == {
        "rule": None, "cycle": "study.view_of_stop", "three": None,
    }  # fmt: skip
    assert "The lesson shows the view “plane” here" in screens.lines(at(session, "cycle"))[-1]
    assert of(at(screens.of_lesson("wall"), "cycle")).note is None


def test_a_chosen_view_comes_back_with_the_place_and_is_gone_when_the_lesson_begins_anew(tmp_path: Path) -> None:
    session = pressed(screens.of_lesson("forward", known=True), "view", "view", "view")
    assert shown(screens.kept(tmp_path, session), STOPS) == shown(session, STOPS)
    assert of(screens.of_lesson("forward", known=True)).view == "network"


@pytest.mark.parametrize("lesson", load.lessons(), ids=lambda lesson: lesson.id)
def test_at_every_stop_stands_what_it_asks_for_or_what_was_put_in_its_place(lesson: Lesson) -> None:
    session = screens.of_lesson(lesson.id, known=True)
    asked = lesson.stops[of(session).last].view
    chosen = of(pressed(session, "view"))
    for number, stop in enumerate(lesson.stops):
        study = moves.at_stop(chosen, number)
        wanted = chosen.view if stop.view == asked else stop.view
        assert study.view == (wanted if wanted in views.views(study) else asked)


@pytest.mark.parametrize("value", ["1e200", "-1e308", "1e154"])
@pytest.mark.parametrize(
    ("lesson", "symbol"), [("descent", "w1"), ("momentum", "w1"), ("momentum", "w2"), ("xor", "x1[0]")]
)
def test_every_view_is_drawn_of_numbers_without_end(lesson: str, symbol: str, value: str) -> None:
    session = screens.of_lesson(lesson, size=(120, 40), known=True)
    session = screens.update(screens.pressed(session, "edit"), Typed(f"{symbol} = {value}"))
    session = lint.ran(screens.pressed(session, "continue"))
    for _ in range(8):
        assert len(screens.lines(session)) == 40
        session = screens.pressed(session, "view")


@pytest.mark.parametrize("lesson", [one for one in load.lessons() if "race" in one.views], ids=lambda lesson: lesson.id)
def test_no_racer_has_the_letter_of_a_number_of_its_race(lesson: Lesson) -> None:
    for stop in lesson.stops:
        if stop.view != "race":
            continue
        study = of(at(screens.of_lesson(lesson.id, known=True), stop.id))
        names = moves.compared_runs(study)
        marks = MARKS[: len(names)]
        assert len(marks) == len(names) == len(set(marks))
        letters = {short(step.ref.kind) for name in names for step in study.timelines[name].trace}
        assert not letters & {*marks, *(marks.lower() if "contours" in lesson.views else "")}


_NO_WORDS = {"net", "out", "slope", "AND", "OR", "NAND", "XOR"}


@pytest.mark.parametrize("lesson", load.lessons(), ids=lambda lesson: lesson.id)
def test_a_picture_in_korean_has_no_english_word(lesson: Lesson) -> None:
    session = screens.of_lesson(lesson.id, language="ko", known=True)
    words = words_with_keys(session)
    for number, stop in enumerate(lesson.stops):
        study = moves.at_stop(of(session), number)
        rows = table.drawn(stop.view, study, words, 100, 20, Look())
        text = " ".join("".join(piece.text for piece in row) for row in rows)
        found = set(re.findall(r"[A-Za-z]{2,}", text)) - _NO_WORDS
        assert not {word for word in found if set(word) - {*MARKS, *MARKS.lower()}}, stop.id


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
@pytest.mark.parametrize("lesson", ["wall", "cycle"])
def test_no_key_does_nothing_without_a_word(lesson: str, size: tuple[int, int]) -> None:
    session = screens.of_lesson(lesson, size=size)
    silent = {
        command.action
        for command in COMMANDS
        if command.where & Where.STUDY and command.action not in ("escape", "lesson_next", "lesson_previous")
        if screens.lines(after := screens.pressed(session, command.action)) == screens.lines(session)
        if after.study == session.study
    }
    assert not silent


@pytest.mark.parametrize("lesson", ["neuron", "wall"])
@pytest.mark.parametrize("view", ["plane", "inequalities"])
def test_a_point_of_a_plane_has_the_sign_of_mathematics(lesson: str, view: str) -> None:
    session = at(screens.of_lesson(lesson), "and" if lesson == "neuron" else "unit")
    session = screens.pressed(screens.update(screens.pressed(session, "edit"), Typed("x1 = -2")), "continue")
    drawn = table.drawn(view, of(session), words_with_keys(session), 78, 12, Look())
    assert "(−2,0)" in "".join(piece.text for row in drawn for piece in row)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [69, 80])
def test_the_line_that_holds_the_chain_against_the_nudge_is_whole(language: str, width: int) -> None:
    """The text asks to compare its two numbers, and the second one was cut: `∂E/∂w =  … 1 …`."""
    session = at(screens.of_lesson("neuron", language, known=True), "with-w")
    study, words = of(session), words_with_keys(session)
    drawn = table.drawn("nudge", study, words, width, 11, Look())
    lines = ["".join(piece.text for piece in row).strip() for row in drawn]
    assert whole(study, Chain.of(study), words, Look()) in " ".join(lines), lines


def test_moves_on_a_bowl_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each was a line of its own: after 10 000 moves a step took three seconds."""
    session, drawn, curve = screens.of_lesson("descent"), [], Dots.curve

    def counted(*what: Any, **named: Any) -> None:
        drawn.append(1)
        curve(*what, **named)

    monkeypatch.setattr(Dots, "curve", counted)
    far = moves.to(replace(of(session), view="parabola"), 300, 1)
    screens.lines(replace(session, study=far))
    assert far.place.iteration == 300 and 0 < len(drawn) < 10
