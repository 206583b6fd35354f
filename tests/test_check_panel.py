"""What the panel of the gradient check says: of the gradient, and of the ε that the learner has chosen."""

from __future__ import annotations

import numpy as np
import screens

from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.tui.state.session import Session, Typed


def checking(problem: Problem, mistake: str = "") -> Session:
    """The check open on the first weight's gradient."""
    session = screens.pressed(screens.of_problem(problem, mistake=mistake), "goto")
    return screens.pressed(screens.update(session, Typed("dE/dw1")), "continue", "check")


def tanh_unit(weight: float, value: float, target: float = 1.0, bias: float | None = None) -> Problem:
    network = Network((Layer("tanh", np.array([[weight]]), None if bias is None else np.array([bias])),))
    return Problem(network, Samples.of([[value]], [[target]]), Optimizer("sgd", 0.1))


def said(session: Session) -> str:
    """All that stands on the screen, in one line."""
    return " ".join(" ".join(screens.lines(session)).split())


def test_where_the_usual_epsilon_is_too_coarse_the_check_names_one_that_serves() -> None:
    session = checking(tanh_unit(3e-4, 1000.0))
    assert "too coarse or too fine; try 1e-6." in said(session)
    session = screens.pressed(session, "less", "less")
    assert "They agree: the gradient is right." in said(session)
    session = screens.pressed(session, *["less"] * 8)
    assert "try 1e-6." in said(session)


def test_no_epsilon_makes_a_wrong_gradient_right_or_hides_that_it_is_wrong(two_two_two: Problem) -> None:
    session = checking(two_two_two, "updated-weights")
    for _ in range(10):
        assert "They differ: the gradient is wrong." in said(session)
        session = screens.pressed(session, "less")


def test_a_check_that_cannot_see_says_why_in_both_languages() -> None:
    sharp = checking(tanh_unit(1.0, 2.0**53, 0.5, bias=-(2.0**53)))
    assert "E bends too sharply here for differences to decide." in said(sharp)
    assert "너무 급하게 굽어서" in said(screens.pressed(sharp, "language"))
    flat = checking(tanh_unit(1.0, 1000.0))
    assert "Both are smaller than differences of E can show." in said(flat)
    assert "볼 수 없을 만큼 둘 다 작습니다" in said(screens.pressed(flat, "language"))
