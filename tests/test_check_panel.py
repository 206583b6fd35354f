"""What the panel of the gradient check says: of the gradient, and of the ε that the learner has chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import screens

from nntutor.core.analysis.gradient_check import check
from nntutor.core.notation.kinds import GRADIENT
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import load
from nntutor.lessons.language import words
from nntutor.tui.drawing.panels import check as panel
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Checking
from nntutor.tui.state.session import Session, Typed

LESSONS = [lesson.id for lesson in load.lessons()]


def checking(problem: Problem, mistake: str = "") -> Session:
    """The check open on the first weight's gradient."""
    session = screens.pressed(screens.of_problem(problem, mistake=mistake), "goto")
    return screens.pressed(screens.update(session, Typed("dE/dw1")), "continue", "check")


def unit(
    weight: float, value: float, target: float = 1.0, bias: float | None = None, activation: str = "tanh"
) -> Problem:
    network = Network((Layer(activation, np.array([[weight]]), None if bias is None else np.array([bias])),))
    return Problem(network, Samples.of([[value]], [[target]]), Optimizer("sgd", 0.1))


def said(session: Session) -> str:
    """All that stands on the screen, in one line."""
    return " ".join(" ".join(screens.lines(session)).split())


def test_where_the_usual_epsilon_is_too_coarse_the_check_names_one_that_serves() -> None:
    session = checking(unit(3e-4, 1000.0))
    assert "too coarse or too fine; try 1e-6." in said(session)
    session = screens.pressed(session, "less", "less")
    assert "Near enough: the gradient is right." in said(session)
    session = screens.pressed(session, *["less"] * 8)
    assert "try 1e-6." in said(session)


def test_no_epsilon_makes_a_wrong_gradient_right_or_hides_that_it_is_wrong(two_two_two: Problem) -> None:
    session = checking(two_two_two, "updated-weights")
    for _ in range(10):
        assert "They differ: the gradient is wrong." in said(session)
        session = screens.pressed(session, "less")


def test_a_wrong_gradient_is_wrong_where_the_usual_epsilon_is_too_coarse_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(panel, "_check", lambda trace, ref: replace(check(trace, ref), verdict="differs"))
    assert "They differ: the gradient is wrong." in said(checking(unit(3e-4, 1000.0)))


def test_an_epsilon_that_leads_over_a_kink_is_not_counted_and_a_smaller_one_is() -> None:
    session = checking(unit(1e-5, 1.0, activation="relu"))
    assert "Not counted, too close to a kink: o1." in said(session)
    assert "Near enough: the gradient is right." in said(screens.pressed(session, "less", "less"))


@pytest.mark.parametrize(("language", "told"), [("en", "Near enough: "), ("ko", "오차 범위에서 같습니다. ")])
def test_two_numbers_whose_last_digits_differ_are_not_called_the_same(language: str, told: str) -> None:
    session = screens.of_lesson("cycle", language)
    assert session.study is not None
    session = screens.pressed(replace(session, study=moves.to(session.study, 1, 39)), "check")
    assert session.study is not None and isinstance(session.study.panel, Checking)
    shown = panel.found(session, session.study, session.study.panel, words.load(language))
    figures = dict(shown.numbers[2:4]).values()
    assert len(set(figures)) == 2 and shown.verdict.startswith(told)


def test_where_no_epsilon_serves_the_check_says_that_several_do() -> None:
    session = checking(unit(3e-11, 1e10))
    assert "several together show that the gradient is right" in said(session)
    assert "여러 ε으로 함께 보면 기울기가 옳습니다" in said(screens.pressed(session, "language"))


def test_a_check_that_cannot_see_says_why_in_both_languages() -> None:
    sharp = checking(unit(1.0, 2.0**53, 0.5, bias=-(2.0**53)))
    assert "E bends too sharply here for differences to decide." in said(sharp)
    assert "너무 급하게 굽어서" in said(screens.pressed(sharp, "language"))
    flat = checking(unit(1.0, 1000.0))
    assert "Both are 0, or too small beside E for its differences to show." in said(flat)
    assert "너무 작아서 오차의 차이로는 볼 수 없습니다" in said(screens.pressed(flat, "language"))


@pytest.mark.parametrize("name", LESSONS)
def test_the_figures_of_a_check_divide_to_the_slope_that_stands_below_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every third stop, one step of every kind: (E(+ε) − E(−ε))/2ε is the slope, and that the gradient."""
    monkeypatch.setattr(panel, "_verdict", lambda *given: ("agrees", {}))  # takes long, and has tests of its own
    session = screens.of_lesson(name, known=True)
    study = session.study
    assert study is not None and study.lesson is not None
    checked = 0
    for number in range(0, len(study.lesson.stops), 3):
        stopped = moves.at_stop(study, number)
        for step in {step.kind: step.index for step in stopped.trace if step.unit}.values():
            here = moves.checking(moves.to(stopped, stopped.timeline.iteration, step))
            if isinstance(here.panel, Checking):
                checked += 1
                numbers = [value for _, value in panel.found(session, here, here.panel, words.load("en")).numbers]
                upper, lower, slope = (float(value.replace("−", "-")) for value in numbers[:3])
                rounding = 1e-11 * (max(abs(upper), abs(lower)) / here.panel.h + abs(slope))
                assert abs((upper - lower) / (2 * here.panel.h) - slope) <= rounding, (number, here.panel.ref)
                gradient = here.trace.value(here.panel.ref._replace(kind=GRADIENT[here.panel.ref.kind]))
                assert here.timeline.mistake or abs(slope - gradient) <= 1e-3 * abs(gradient) + rounding, here.panel.ref
    assert checked or name in ("start", "by-hand", "wall")


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_on_a_low_screen_every_number_of_a_check_stands_with_its_verdict(language: str) -> None:
    session = screens.of_lesson("cycle", language, size=(40, 12), known=True)
    assert session.study is not None
    study = moves.at_stop(session.study, 3)
    session = screens.pressed(replace(session, study=study), "check")
    assert session.study is not None
    assert isinstance(session.study.panel, Checking)
    found = panel.found(session, session.study, session.study.panel, words.load(language))
    shown = [found.title, found.epsilon, found.verdict, *(part for number in found.numbers for part in number)]
    assert all(" ".join(part.split()) in said(session) for part in shown)
