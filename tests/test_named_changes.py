"""What a change is called and where it counts from: in the line in which it is typed, in what is told of it, beside the
run's name. In both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
import screens
from test_changes import LESSONS, near_stops
from test_following import at, screen, typed

from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.formula import names
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.settings import NUMBERS
from nntutor.core.rules.optimizers import RATE_FIELDS, Optimizer
from nntutor.lessons.course import builtin
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing.canvas.keyline import run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.saying import called
from nntutor.tui.drawing.step.formula import operand_figure
from nntutor.tui.drawing.views.parabola import bowl
from nntutor.tui.plain import panels
from nntutor.tui.state import edit_line, edits
from nntutor.tui.state.panels import Editing

SPOKEN = [pytest.param(one, LANGUAGES[one.number % len(LANGUAGES)], id=one.id) for one in LESSONS]
"""Each lesson in one language, as it comes."""


@pytest.mark.parametrize(("lesson", "language"), SPOKEN)
def test_a_line_says_of_every_number_at_which_iteration_it_is_what_it_says(lesson: Lesson, language: str) -> None:
    """What stands behind "now" is the number that the screen shows at the place, and else the iteration is named."""
    said, look = words.load(language), Look()
    for stop in near_stops(lesson):
        session = at(screens.of_lesson(lesson.id, language, known=True), stop.id)
        study = session.study
        assert study is not None
        for ref in edits.editable(study):
            first, value = edits.since(study, ref), operand_figure(edits.value_now(study, ref), look)
            now = first == study.timeline.iteration
            key = "edit.now" if now else "edit.now_then"
            session = replace(session, study=replace(study, panel=Editing(ref)))
            assert said.say(key, value=value, iteration=first) in screen(session), ref
            assert session.study is not None and isinstance(session.study.panel, Editing)
            (told,) = panels.panel_lines(session, session.study, session.study.panel, said, look)
            assert value in told and (str(first) in told or now)
            if now and ref.kind not in {**NUMBERS, **RATE_FIELDS}:
                assert value == operand_figure(study.trace.value(ref), look)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_number_typed_alone_is_for_one_that_the_screen_shows(lesson: Lesson) -> None:
    for stop in near_stops(lesson):
        study = at(screens.of_lesson(lesson.id, known=True), stop.id).study
        assert study is not None
        ref, shown = edit_line.at_hand(study), names(study.step.full)
        weight = study.step.ref._replace(kind="weight")
        if ref is None or ref == weight or ref.kind in {**NUMBERS, **RATE_FIELDS}:
            continue
        givens = [one for one in shown if one.kind not in RATE_FIELDS and edits.can_be_set(study, one)]
        assert ref in givens or not givens, (stop.id, ref, givens)


def test_in_the_formula_of_a_delta_the_weight_on_the_way_back_is_offered() -> None:
    study = screens.pressed(at(screens.of_lesson("xor", known=True), "not-stuck"), "edit").study
    assert study is not None and isinstance(study.panel, Editing)
    assert study.panel.ref == study.trace.find("w6")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_setting_has_a_name_in_each_language_and_is_set_by_the_name_that_is_shown(
    lesson: Lesson, language: str
) -> None:
    said = words.load(language)
    session = screens.of_lesson(lesson.id, language, size=(120, 40), known=True)
    assert session.study is not None
    main = edits.main_ref(session.study)
    if main is None or main.kind not in NUMBERS:
        return
    name = called(said, NUMBERS[main.kind])
    changed = screens.pressed(session, "less")
    assert f"{name} " in screen(changed)
    assert language == "en" or NUMBERS[main.kind] not in screen(changed)
    value = edits.value_now(session.study, main) - 1
    study = typed(session, f"{name} = {value}").study
    assert study is not None and edits.value_now(study, main) == value


def test_every_setting_that_a_learner_may_vary_is_named() -> None:
    for language in LANGUAGES:
        given = dict(words.load(language).group("setting_name"))
        assert set(given) == set(NUMBERS.values()), language
    assert not set(dict(words.load("ko").group("setting_name")).values()) & set(NUMBERS.values())


@pytest.mark.parametrize(("lesson", "language"), SPOKEN)
def test_a_number_set_to_what_it_is_leaves_everything_as_it_was(lesson: Lesson, language: str) -> None:
    for stop in near_stops(lesson):
        session = at(screens.of_lesson(lesson.id, language, size=(120, 40), known=True), stop.id)
        study = session.study
        assert study is not None
        for ref in edits.editable(study)[:: 1 + len(edits.editable(study)) // 10]:
            if study.hides(ref, study.timeline):
                continue  # that it stays would give it away
            after = edits.edited(study, ref, edits.value_now(study, ref))
            assert after.timelines == study.timelines and after.place == study.place
            assert after.note is not None and after.note[0] == "edit.same"
            told = screen(replace(session, study=after))
            symbol = called(words.load(language), edits.symbol_of(study, ref))
            assert re.search(rf"(?<!\S){re.escape(symbol)}( stays |[은는] .*그대로)", told), told[-200:]


@pytest.mark.parametrize(("language", "stays"), [("en", "does not move"), ("ko", "제자리")])
def test_where_learning_stands_still_nothing_is_said_to_creep(language: str, stays: str) -> None:
    """By a rate of 0, and at the bottom, whatever the rate."""
    session = at(screens.of_lesson("descent", language, size=(120, 40), known=True), "creeping")
    still, bottom = screens.pressed(session, "less"), typed(session, "t1 = 1")
    regimes = dict(words.load(language).group("regime"))
    assert bottom.study is not None
    for one in (still, typed(bottom, f"w1 = {1 / bottom.study.trace['x1']}"), typed(still, "η = 0")):
        assert stays in screen(one)
        for regime in set(regimes.values()) - {stays}:
            assert f" {regime} " not in " ".join(screens.lines(one)[:4])


def test_a_weight_that_has_left_its_start_is_not_said_to_stay_since_a_target_makes_that_the_bottom() -> None:
    session = at(screens.of_lesson("descent", known=True), "creeping")
    landed = typed(typed(session, "η = 1/4"), "t1 = 1")
    assert landed.study is not None
    assert (landed.study.trace["w1"], landed.study.trace["w1⁺"]) == (2, 0.5)
    assert "does not move" not in screen(landed) and " lands " in " ".join(screens.lines(landed)[:4]) + " "


@pytest.mark.parametrize("line", ["w1⁺ = 3", "w1_new = 3", "o1 = 3"])
def test_a_number_that_is_computed_is_refused_and_no_other_one_set_in_its_place(line: str) -> None:
    """`w1⁺ = 3` set w1, and w1⁺ was another number."""
    session = at(screens.of_lesson("descent", known=True), "move")
    after = typed(session, line)
    assert session.study is not None and after.study is not None
    assert after.study.trace["w1"] == session.study.trace["w1"]
    assert "is computed, so it cannot be set" in screen(after)


def test_rows_that_stay_wrong_at_a_rate_of_nought_are_not_said_to_be_right() -> None:
    session = typed(at(screens.of_lesson("wall", known=True), "cycle"), "η = 0")
    assert "From iteration 1 on nothing moves, though not every row is right" in screen(session)
    assert "✗" in screen(session) and "on every row is right" not in screen(session)


def test_what_a_rate_does_is_said_by_what_it_did() -> None:
    """The verdict over the bowl, held to the moves themselves: how far each is from the bottom."""
    study = screens.of_lesson("descent", known=True).study
    assert study is not None
    for eighth in range(12):
        session = typed(screens.of_lesson("descent", known=True), f"η = {eighth / 8}")
        for _ in range(2):
            session = screens.pressed(session, "iteration_next")
        assert session.study is not None
        timeline = session.study.timeline
        ref = Ref("weight", 1, 1, 1)
        places = [timeline.trace_of(iteration).value(ref) for iteration in (1, 2, 3)]
        lowest, regime = bowl(timeline.trace, ref, places[0])
        far = [place - lowest for place in places]
        moved = {
            "stays": places[0] == places[1],
            "creeps": 0 < far[1] / far[0] < 1,
            "lands": abs(far[1]) < 1e-9,
            "crosses": -1 < far[1] / far[0] < 0,
            "swings": abs(far[1] + far[0]) < 1e-9,
            "diverges": far[1] / far[0] < -1 - 1e-9,
        }
        assert [name for name, so in moved.items() if so] == [regime]


@pytest.mark.parametrize(
    "optimizer", [Optimizer("momentum", 0.3), Optimizer("adam", 3.0), Optimizer("sgd", 0.3, decay=0.9)]
)
def test_what_plain_descent_would_do_is_not_said_of_another_rule(optimizer: Optimizer) -> None:
    """Momentum swings where plain descent creeps, Adam never runs off, and decay comes to another place."""
    problem = replace(builtin.open("one-weight"), optimizer=optimizer)
    lowest, regime = bowl(Timeline.start(problem).trace, Ref("weight", 1, 1, 1), 0.5)
    assert regime == "" and lowest == 2.0


@pytest.mark.parametrize("start", [1.0, 1e7, -1e9, 1e12])
def test_what_a_rate_does_is_the_same_however_far_away_it_begins(start: float) -> None:
    trace = Timeline.start(builtin.open("one-weight")).trace
    ref = Ref("weight", 1, 1, 1)
    lowest, regime = bowl(trace, ref, 0.5)
    far, there = bowl(trace, ref, start)
    assert there == regime and far == pytest.approx(lowest, abs=1e-9 * abs(start))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_run_is_called_by_what_another_rate_would_make_of_it(language: str) -> None:
    """A name stands beside the run after every change: it names a given number, or what no rate makes false."""
    said = words.load(language)
    regimes = set(dict(said.group("regime")).values())
    for lesson in LESSONS:
        for run in lesson.runs:
            name = said.entries.get(f"run_name.{run.id}", "")
            assert name not in regimes, (lesson.id, name)
            if name.startswith("η "):
                assert Fraction(name[2:]) == builtin.of_run(run).optimizer.learning_rate


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_that_a_run_has_been_changed_is_said_with_its_name_or_in_a_word_alone(lesson: Lesson, language: str) -> None:
    session = screens.of_lesson(lesson.id, language, size=(120, 40), known=True)
    assert session.study is not None
    after = screens.pressed(session, "double")
    study = after.study
    assert study is not None
    if study.own(study.run):
        return  # nothing learns there
    first, said = screens.lines(after)[0], words.load(language)
    name = run_name(said, study.run) if len(study.timelines) > 1 else ""
    told = said.say("status.changed", run=name) if name else said.say("status.changed_alone")
    assert f" · {told} " in first
    assert ("(" in told) == bool(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_to_be_taken_back_in_several_runs_was_the_same_in_all_of_them(language: str) -> None:
    session = at(screens.of_lesson("sgd", language, size=(120, 40)), "hundred")
    session = at(screens.pressed(session, "double"), "full-late")
    session = typed(session, "η = 0.4")
    said = words.load(language)
    told = screen(screens.pressed(session, "reset"))
    assert "η 0.4 → 0.05" in told
    assert said.say("edit.in_some", count=2) not in told
    assert said.say("edit.others", count=1) in told
    alike = screen(screens.pressed(typed(at(session, "hundred"), "η = 0.4"), "reset"))
    assert said.say("edit.in_some", count=2) in alike
    assert said.say("edit.others", count=1) not in alike
