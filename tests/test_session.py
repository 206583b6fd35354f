"""What each key does, as a new session: no terminal, no file."""

from __future__ import annotations

import pytest
import screens
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.network import Problem
from nntutor.lessons import load, shipped
from nntutor.tui import keys
from nntutor.tui import study as at
from nntutor.tui.session import Home, Press, Ran, Session, Typed, asking, update


def place(session: Session) -> tuple[int, int]:
    assert session.study is not None
    return session.study.place


def typed(session: Session, text: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "goto"), Typed(text)), "continue")


def ran(session: Session) -> Session:
    """Carry the background run out to its end, as the app's worker does."""
    study = session.study
    assert study is not None and study.running is not None
    runner = study.timeline.runner()
    while session.study is not None and session.study.running is not None:
        missing = study.running.target - runner.state.done
        chunk = runner.chunk(missing, 0.05, study.running.goal)
        session = update(session, Ran(study.running.number, chunk))
        if chunk.diverged:
            break
    return session


@settings(max_examples=12)
@given(
    problems(),
    st.lists(st.sampled_from([name for name in keys.BINDINGS if name not in ("leave", "palette")]), max_size=25),
)
def test_no_sequence_of_keys_breaks_the_session(problem: Problem, actions: list[str]) -> None:
    session = screens.of_problem(problem)
    for action in actions:
        session = update(session, Press(action))
        if asking(session):
            session = update(session, Typed("w1"))
        if session.study is not None and session.study.running is not None:
            session = update(session, Press("escape"))
        assert len(screens.lines(session)) == 24


@settings(max_examples=12)
@given(problems(), st.integers(1, 80), st.booleans())
def test_steps_on_and_steps_back_give_the_same_screen(problem: Problem, count: int, zoom: bool) -> None:
    session = screens.of_problem(problem)
    if zoom:
        session = screens.pressed(session, "zoom", "step")
    seen = [screens.lines(session)[:-1]]
    for _ in range(count):
        session = screens.pressed(session, "step")
        if session.study is not None and session.study.timeline.diverged:
            return
        seen.append(screens.lines(session)[:-1])
    # The curve keeps what has been run, so only the first view is compared.
    for expected in reversed(seen[:-1]):
        session = screens.pressed(session, "back")
        assert screens.lines(session)[:-1] == expected


def test_the_first_line_ends_with_the_place_and_hides_e_until_its_step() -> None:
    session = screens.of_lesson("hidden-delta")
    assert screens.lines(session)[0].endswith("iteration 1 · forward · step 1/39 · E ?")
    session = typed(session, "delta_h1")
    assert place(session) == (1, 24)
    assert screens.lines(session)[0].endswith("iteration 1 · backward · step 24/39 · E 0.2984")
    session = screens.pressed(session, "language")
    assert screens.lines(session)[0].endswith("반복 1 · 역전파 · 단계 24/39 · E 0.2984")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("w5", (1, 32)), ("24", (1, 24)), ("step 3", (1, 3)), ("iteration 40", (40, 1)), ("δ_o1", (1, 14)),
     ("반복 3", (3, 1)), ("E", (1, 11)), ("dE/dw5", (1, 18)), ("w5_new", (1, 32))],
)  # fmt: skip
def test_go_to_finds_steps_iterations_and_symbols(text: str, expected: tuple[int, int]) -> None:
    assert place(typed(screens.of_lesson("hidden-delta"), text)) == expected


@pytest.mark.parametrize("text", ["w99", "step 40", "iteration 0", "nonsense", "x1", "η", "9" * 30])
def test_go_to_says_what_it_could_not_find_and_stays(text: str) -> None:
    session = typed(screens.of_lesson("hidden-delta"), text)
    assert session.study is not None and isinstance(session.study.panel, at.Asking)
    assert session.study.panel.wrong is not None
    assert place(session) == (1, 1)
    assert len(screens.lines(session)) == 24


def test_why_jumps_to_the_maker_across_iterations_and_backspace_comes_back() -> None:
    session = typed(screens.of_lesson("hidden-delta"), "iteration 2")
    session = screens.pressed(session, "why", "continue")
    assert place(session) == (1, 36)
    assert any("w1" in line for line in screens.lines(session))
    session = screens.pressed(session, "escape", "trail")
    assert place(session) == (2, 1)


def test_a_run_ends_where_it_was_asked_to_and_is_bitwise_what_stepping_gives() -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "continue")
    session = ran(session)
    assert session.study is not None and session.study.running is None
    assert place(session)[0] == 11
    stepped = typed(screens.of_lesson("cycle"), "iteration 11")
    assert stepped.study is not None
    assert stepped.study.trace.error == session.study.trace.error


def test_a_run_stops_when_told_to() -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "step", "step", "step", "continue")
    assert session.study is not None and session.study.running is not None
    runner = session.study.timeline.runner()
    session = update(session, Ran(session.study.running.number, runner.chunk(50)))
    session = screens.pressed(session, "escape")
    assert session.study is not None and session.study.running is None
    # Iteration 1 had been recorded before the fifty that were run.
    assert place(session)[0] == 51
    stale = update(session, Ran(1, runner.chunk(50)))
    assert place(stale)[0] == 51


def test_a_run_down_to_an_error_ends_at_the_first_iteration_that_reaches_it() -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "back", "continue")
    assert asking(session)
    session = ran(screens.pressed(update(session, Typed("0.2")), "continue"))
    assert session.study is not None
    errors = session.study.timeline.errors
    assert errors[-1] <= 0.2 < errors[-2]


def test_a_rate_that_diverges_is_shown_where_it_happens_and_can_be_stepped_back_from() -> None:
    problem = shipped.open("one-unit")
    session = screens.of_problem(problem)
    for _ in range(8):
        session = screens.pressed(session, "double")
    session = screens.pressed(session, "run", "step", "step", "continue")
    session = ran(session)
    assert session.study is not None and session.study.timeline.diverged is not None
    assert place(session)[0] == session.study.timeline.diverged
    assert "no longer finite" in " ".join(screens.lines(session)[-3:])
    before = place(session)
    assert place(screens.pressed(session, "step", "step"))[0] == before[0]
    assert place(screens.pressed(session, "iteration_previous"))[0] == before[0] - 1


def test_the_nudge_of_the_first_lesson_moves_e_and_zero_takes_it_back() -> None:
    session = typed(screens.of_lesson("start"), "E")
    session = screens.pressed(session, "more")
    assert session.study is not None
    # E = ½(9 − 7.002)², from the curriculum's lesson `start`.
    assert session.study.trace["w1"] == 3.001
    assert session.study.trace.error == pytest.approx(1.996002, rel=1e-12)
    session = screens.pressed(session, "own")
    assert session.study is not None and session.study.trace.error == 2.0
    assert not session.study.timeline.edits


def test_undo_and_redo_of_a_change() -> None:
    session = screens.pressed(screens.of_lesson("start"), "more", "undo")
    assert session.study is not None and session.study.trace["w1"] == 3.0
    session = screens.pressed(session, "redo")
    assert session.study is not None and session.study.trace["w1"] == 3.001


def test_digits_language_view_and_zoom_go_round() -> None:
    session = screens.of_lesson("hidden-delta")
    assert [screens.pressed(session, *["digits"] * n).digits for n in range(5)] == [4, 6, 9, 17, 4]
    views = [screens.pressed(session, *["view"] * n).study.view for n in range(4)]  # type: ignore[union-attr]
    assert views == ["network", "matrices", "curve", "network"]
    zoomed = screens.pressed(session, "zoom", "step")
    assert place(zoomed) == (1, 4)
    assert place(screens.pressed(zoomed, "step", "step")) == (1, 11)


def test_the_list_opens_the_picked_lesson_and_q_comes_back_to_it() -> None:
    session = Session(Home(load.lessons()))
    session = screens.pressed(session, "unit_next", "unit_next", "continue")
    assert session.wanted == load.lessons()[2].id
    opened = screens.of_lesson(load.lessons()[2].id)
    home = screens.pressed(opened, "leave")
    assert home.study is None and home.home.picked == 2
    assert screens.pressed(home, "leave").leaving


def test_every_command_is_reachable_with_the_korean_input_method_on() -> None:
    for action, bound in keys.BINDINGS.items():
        for key in bound:
            if len(key) == 1 and key.isalpha():
                jamo = {jamo for jamo, letter in keys.TWO_SET.items() if letter == key}
                assert jamo, key
                assert all(keys.action("", one) == action for one in jamo)
    # Shift leaves most jamo as they are, so a shifted letter must not mean anything of its own.
    assert not any(len(key) == 1 and key.isupper() for bound in keys.BINDINGS.values() for key in bound)
