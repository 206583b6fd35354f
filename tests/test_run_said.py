"""What a run that has been asked for says at its end: how far it came, and why not further. In both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import screens
from test_changes import LESSONS
from test_following import at, screen, typed
from test_named_changes import SPOKEN

from nntutor.core.files.problem import parse
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES, note
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.saying import said
from nntutor.tui.state import moves, runs
from nntutor.tui.state.panels import Choosing
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Session, Typed

NEAR = 120


def ran(session: Session, count: int) -> Session:
    """The session after `r` and a choice, what it asks for run."""
    asked = screens.pressed(session, "run")
    assert asked.study is not None and isinstance(asked.study.panel, Choosing)
    asked = replace(asked, study=replace(asked.study, panel=Choosing(RUNS.index(count))))
    return lint.ran(screens.pressed(asked, "continue"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_run_that_ends_before_its_count_says_why(lesson: Lesson, language: str) -> None:
    """At the next stop of the lesson; said again where the iterations have been run already."""
    why = words.load(language).say("run.at_stop")
    for stop, following in zip(lesson.stops, lesson.stops[1:], strict=False):
        ahead = following.iteration - stop.iteration
        if following.run != stop.run or not 0 < ahead < 100 or following.iteration > NEAR:
            continue
        first = at(screens.of_lesson(lesson.id, language), stop.id)
        if first.study is None or not runs.learns(first.study):
            continue
        before = first
        for _ in range(2):
            session = ran(before, 100)
            assert session.study is not None and session.study.place.iteration == following.iteration
            assert session.study.note is not None and session.study.note[1]["count"] == ahead
            assert why.lstrip(". ") in screen(session)
            before = replace(session, study=replace(moves.to(session.study, *first.study.place), last=first.study.last))


@pytest.mark.parametrize(("language", "stays", "moved"), [("en", "E stays", "→"), ("ko", "그대로", "→")])
def test_an_error_that_stays_is_not_told_as_two(language: str, stays: str, moved: str) -> None:
    still = ran(at(screens.of_lesson("momentum", language), "ravine"), 10)
    told = lint.ran(typed(still, "η = 0"))
    assert moved in screens.lines(still)[-1]
    again = ran(told, 10)
    assert stays in screens.lines(again)[-1] and moved not in screens.lines(again)[-1]
    slow = ran(at(screens.of_lesson("xor", language), "wall"), 10)
    before, after = re.findall(r"0\.\d+", screens.lines(slow)[-1])
    assert before != after


def test_a_run_that_has_its_count_gives_no_reason() -> None:
    session = ran(screens.of_problem(builtin.open("two-two-two")), 10)
    assert session.study is not None and session.study.note is not None
    assert session.study.note[1]["stop"] == ""


def test_a_run_without_e_says_nothing_of_it() -> None:
    given = parse("[given]\nweights = [1.0]\ngradients = [[0.1]]\n", "given.toml")
    end = screen(ran(screens.of_problem(given), 10))
    assert "10 iterations" in end
    assert "nan" not in end


def asked(problem: Problem, goal: str) -> Session:
    """A run down to what is typed, carried out."""
    session = screens.pressed(screens.of_problem(problem), "run", *["step"] * len(RUNS), "continue")
    return lint.ran(screens.pressed(screens.update(session, Typed(goal)), "continue"))


@pytest.mark.parametrize(
    ("goal", "told"),
    [("0", "1 iteration"), ("0,5", "1 iteration"), ("-1", "E is never below 0"), ("inf", "“inf” is not a number")],
)
def test_a_run_goes_down_to_every_error_that_there_is(goal: str, told: str) -> None:
    """A perceptron comes to 0; that was called no number, as a decimal comma was."""
    assert told in screen(asked(builtin.open("gate-and"), goal))


@pytest.mark.parametrize(("goal", "at_stop"), [("0.2", False), ("0.99·E", False), ("1e-9", True)])
def test_a_run_that_comes_down_to_its_error_before_the_next_stop_is_not_said_to_be_there(
    goal: str, at_stop: bool
) -> None:
    session = at(screens.of_lesson("cycle"), "ten-thousand")
    session = screens.pressed(session, "run", *["step"] * len(RUNS), "continue")
    session = lint.ran(screens.pressed(screens.update(session, Typed(goal)), "continue"))
    study = session.study
    assert study is not None and study.note is not None
    assert (study.place.iteration == 10_000) == bool(study.note[1]["stop"]) == at_stop


@pytest.mark.parametrize(("lesson", "language"), SPOKEN)
def test_the_errors_of_a_run_are_said_as_those_of_other_samples_where_they_are(lesson: Lesson, language: str) -> None:
    """Which went from one to the other by learning, and which by what is asked."""
    session = at(screens.of_lesson(lesson.id, language), lesson.stops[-1].id)
    study = session.study
    assert study is not None
    if not runs.learns(study):
        return
    begun = study.place.iteration
    after = ran(session, 10).study
    assert after is not None
    if after.timeline.diverged is not None:
        return
    problem = study.timeline.problem
    alike = problem.samples_of(begun) == problem.samples_of(after.place.iteration)
    assert after.note is not None
    key, facts = after.note
    assert (key == "run.done") == alike
    errors = after.timeline.errors
    ends = (errors[begun - 1], errors[after.place.iteration - 1])
    assert (facts["went"][0][1:] if alike else (facts["before"], facts["after"])) == ends
    told = said(note(key, **facts), words.load(language), Look())
    digits = range(4, 17) if alike else (4,)
    assert any(all(Look().figure(float(end), digits=many) in told for end in ends) for many in digits)


@pytest.mark.parametrize("lesson", [one for one in LESSONS if "seeds" in one.views], ids=lambda lesson: lesson.id)
def test_where_many_seeds_are_looked_at_r_runs_them_on(lesson: Lesson) -> None:
    """The text of such a stop says so of the key."""
    for stop in lesson.stops[-4:]:
        session = at(screens.of_lesson(lesson.id), stop.id)
        asked = screens.pressed(session, "run").study
        assert asked is not None and isinstance(asked.panel, Choosing)
        assert (asked.panel.picked > len(RUNS)) == (stop.view == "seeds")
        if stop.view == "seeds":
            running = screens.pressed(session, "run", "continue").study
            assert running is not None and running.running is not None and running.running.seeds


def fell_to(session: Session, goal: str) -> Session:
    """The session after a run down to an E."""
    asked = screens.pressed(session, "run")
    assert asked.study is not None
    asked = replace(asked, study=replace(asked.study, panel=Choosing(len(RUNS))))
    return lint.ran(screens.pressed(screens.update(screens.pressed(asked, "continue"), Typed(goal)), "continue"))


@pytest.mark.parametrize(("language", "told"), [("en", "at most"), ("ko", "이하")])
def test_a_run_down_to_an_error_ends_at_that_error_and_so_it_is_called(language: str, told: str) -> None:
    session = at(screens.of_lesson("descent", language), "creeping")
    assert session.study is not None
    there = gone_to(session, iteration_of(session) + 3)
    assert there.study is not None
    ended = fell_to(session, repr(there.study.timeline.trace["E"]))
    assert iteration_of(ended) == iteration_of(session) + 3
    said = words.load(language).say
    assert all(told in one for one in (said("run.goal"), said("run.until", error="0.01"), said("run.goal_ask")))


def gone_to(session: Session, iteration: int) -> Session:
    assert session.study is not None
    return replace(session, study=moves.to(session.study, iteration, session.study.place.step))


def iteration_of(session: Session) -> int:
    assert session.study is not None
    return session.study.place.iteration


def test_a_run_down_to_an_error_ends_where_it_was_reached_before() -> None:
    """Where the iterations had been run already it went past them all, and one further."""
    first = at(screens.of_lesson("descent"), "creeping")
    fresh = fell_to(first, "0.001")
    again = fell_to(gone_to(ran(at(screens.of_lesson("descent"), "creeping"), 100), 5), "0.001")
    assert iteration_of(fresh) == iteration_of(again) == 8
    assert screen(fresh) == screen(again) and "3 iterations: E 0.01758 → 0.0002747" in screen(again)
    further = fell_to(gone_to(ran(at(screens.of_lesson("descent"), "creeping"), 10), 5), "1e-20")
    assert iteration_of(further) == 36


def test_a_run_before_a_divergence_that_is_known_comes_as_far_as_it_was_asked() -> None:
    """It went to where training diverges, whatever was asked for."""
    session = typed(at(screens.of_lesson("descent"), "creeping"), "η = 1")
    diverged = ran(session, 1000)
    assert iteration_of(diverged) > 300 and "has diverged" in screen(diverged)
    back = gone_to(diverged, 5)
    short = ran(back, 10)
    assert iteration_of(short) == 15 and "10 iterations: E " in screen(short) and "has diverged" not in screen(short)
    assert iteration_of(ran(back, 1000)) == iteration_of(diverged) and "has diverged" in screen(ran(back, 1000))
    down = fell_to(back, "1e6")
    assert iteration_of(down) == 6 and "has diverged" not in screen(down)
