"""What each key does, as a new session: no terminal, no file."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import numpy as np
import pytest
import screens
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.analysis import perceptron
from nntutor.core.notation.symbols import Style
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import builtin, load
from nntutor.tui import lint
from nntutor.tui.state import keys, moves, runs
from nntutor.tui.state.keys import BINDINGS, DEFAULT
from nntutor.tui.state.korean import _LEADS, TWO_SET, jamo, plain
from nntutor.tui.state.panels import Asking, Editing
from nntutor.tui.state.session import Home, Opened, Press, Ran, Session, Typed, asking, update


def place(session: Session) -> tuple[int, int]:
    assert session.study is not None
    return session.study.place


def typed(session: Session, text: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "goto"), Typed(text)), "continue")


@settings(max_examples=12)
@given(
    problems(),
    st.lists(st.sampled_from([name for name in BINDINGS if name not in ("leave", "palette")]), max_size=25),
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
    assert session.study is not None and isinstance(session.study.panel, Asking)
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
    session = lint.ran(session)
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
    session = lint.ran(screens.pressed(update(session, Typed("0.2")), "continue"))
    assert session.study is not None
    errors = session.study.timeline.errors
    assert errors[-1] <= 0.2 < errors[-2]


def test_a_rate_that_diverges_is_shown_where_it_happens_and_can_be_stepped_back_from() -> None:
    problem = builtin.open("one-unit")
    session = screens.of_problem(problem)
    for _ in range(8):
        session = screens.pressed(session, "double")
    session = screens.pressed(session, "run", "step", "step", "continue")
    session = lint.ran(session)
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


def edit(session: Session, text: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "edit"), Typed(text)), "continue")


def test_an_expression_says_what_would_follow_and_then_does() -> None:
    session = typed(screens.of_lesson("hidden-delta"), "o2")
    shown = update(screens.pressed(session, "edit"), Typed("w8 = 2·w5"))
    assert shown.study is not None
    promised = next(line for line in screens.lines(shown) if line.startswith(" then:"))
    after = screens.pressed(shown, "continue")
    assert after.study is not None and after.study.panel is None
    assert after.study.trace["w8"] == 2 * after.study.trace["w5"]
    assert f"{shown.study.trace['o2']:.4f} → {after.study.trace['o2']:.4f}" in promised
    assert f"E {shown.study.trace.error:.4f} → {after.study.trace.error:.4f}" in promised
    assert place(after) == place(session)
    assert screens.pressed(after, "undo").study.trace["w8"] == shown.study.trace["w8"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("w99 = 3", "no “w99”"),
        ("h1 = 3", "h1"),
        ("w1 = 1/0", "1/0"),
        ("w1 = so", "so"),
        ("η = -1", "-1"),
        ("depth = 1000", "1000"),
        ("depth = 2.5", "2.5"),
        ("batch = 0", "0"),
        ("seed = -1", "-1"),
    ],
)
def test_what_cannot_be_set_is_said_and_nothing_changes(text: str, reason: str) -> None:
    session = screens.of_lesson("hidden-delta")
    refused = edit(session, text)
    assert refused.study is not None and isinstance(refused.study.panel, Editing) and refused.study.panel.wrong
    told = [line for line in screens.lines(refused) if reason in line and "=" not in line.partition("“")[0]]
    assert told, screens.lines(refused)
    assert refused.study.timeline.edits == ()
    assert screens.lines(screens.pressed(refused, "escape")) == screens.lines(session)


def test_the_glossary_opens_at_the_term_of_the_step_and_closes_where_it_was() -> None:
    session = typed(screens.of_lesson("hidden-delta"), "∂E/∂w8")
    page = screens.lines(screens.pressed(session, "glossary"))
    assert page[2].startswith(" gradient") and "기울기" in page[2]
    korean = screens.lines(screens.pressed(session, "glossary", "language"))
    assert korean[2].startswith(" 기울기") and "gradient" in korean[2]
    assert screens.lines(screens.pressed(session, "glossary", "continue", "glossary")) == screens.lines(session)
    home = Session(Home(load.lessons()))
    assert screens.lines(screens.pressed(home, "glossary", "last", "escape")) == screens.lines(home)


def test_the_list_is_searched_in_both_languages_and_shows_what_matches() -> None:
    home = Session(Home(load.lessons()))
    for query, word in (("xor", "xor"), ("모멘텀", "모멘텀"), ("momentum", "momentum"), ("택", "xor")):
        found = update(screens.pressed(home, "search"), Typed(query))
        matching = [lesson.id for lesson in load.lessons() if load.matches(lesson.id, word)]
        assert [found.home.lessons[n].id for n in found.home.found] == matching
        assert screens.pressed(found, "continue").wanted == matching[0]
    nothing = update(screens.pressed(home, "search"), Typed("zzzz"))
    assert nothing.home.found == () and screens.pressed(nothing, "continue").wanted is None
    assert screens.lines(screens.pressed(nothing, "escape")) == screens.lines(home)


def test_n_and_b_go_to_the_next_and_the_previous_lesson() -> None:
    ids = [lesson.id for lesson in load.lessons()]
    session = screens.of_lesson(ids[3])
    assert screens.pressed(session, "lesson_next").wanted == ids[4]
    assert screens.pressed(session, "lesson_previous").wanted == ids[2]
    for end, key in ((ids[0], "lesson_previous"), (ids[-1], "lesson_next")):
        session = screens.pressed(screens.of_lesson(end), key)
        assert session.wanted is None and session.study is not None and session.study.note is not None


def test_many_seeds_are_trained_in_the_background_and_can_be_stopped() -> None:
    session = screens.of_lesson("xor")
    assert session.study is not None and session.study.lesson is not None
    number = next(n for n, stop in enumerate(session.study.lesson.stops) if stop.view == "seeds")
    for _ in range(number):
        session = screens.pressed(lint.ran(session), "continue")
    study = session.study
    assert study is not None and study.running is not None and study.running.seeds
    chunk = runs.runner(study).chunk(20, 10.0)
    session = update(session, Ran(study.running.number, chunk))
    assert session.study is not None and session.study.running is not None
    stopped = screens.pressed(session, "escape").study
    assert stopped is not None and stopped.running is None and stopped.seeds is not None
    assert stopped.seeds.state.done == 20
    assert stopped.place == study.place


def test_the_circle_of_the_perceptron_is_found_and_named_when_it_closes() -> None:
    session = screens.of_lesson("wall")
    study = session.study
    assert study is not None
    session = replace(session, study=replace(study, run="xor", view="plane"))
    xor = perceptron.end(study.timelines["xor"].problem)
    assert xor is not None and not xor.learned
    session = typed(session, f"iteration {xor.last - 1}")
    assert not any("turn" in line and str(xor.updates) in line for line in screens.lines(session))
    session = typed(session, f"iteration {xor.last}")
    lines = screens.lines(session)
    told = [line for line in lines if f"iteration {xor.first}" in line or f"iteration {xor.last}" in line]
    weights = [line.partition("w1")[2] for line in told if "w1" in line]
    assert len(weights) == 2 and weights[0] == weights[1]


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


@pytest.mark.parametrize("letters", ["wec", "rl", "dkr", "rkqt", "ghk", "rnp", "dud", "eho", "hml", "sml"])
def test_a_syllable_sent_whole_is_the_keys_that_were_typed(letters: str) -> None:
    typed = "".join({letter: one for one, letter in TWO_SET.items()}[letter] for letter in letters)
    assert "".join(plain(one) for one in typed) == letters
    expected = tuple(action for letter in letters for action in keys.actions(DEFAULT, letter, letter))
    for one in typed:
        assert jamo(one) == one
    whole = next((chr(code) for code in range(0xAC00, 0xD7A4) if jamo(chr(code)) == typed), None)
    if whole is not None:
        assert plain(whole) == letters
        assert keys.actions(DEFAULT, whole, whole) == expected


def test_every_syllable_is_of_jamo_that_have_a_key() -> None:
    for code in range(0xAC00, 0xD7A4):
        assert all(one in TWO_SET for one in jamo(chr(code)))
        # Unicode's own decomposition has the same lead.
        assert unicodedata.normalize("NFD", chr(code))[0] == chr(0x1100 + _LEADS.index(jamo(chr(code))[0]))


def test_every_command_is_reachable_with_the_korean_input_method_on() -> None:
    for action, bound in BINDINGS.items():
        for key in bound:
            if len(key) == 1 and key.isalpha():
                sent = {one for one, letter in TWO_SET.items() if letter == key}
                assert sent, key
                assert all(keys.action(DEFAULT, "", one) == action for one in sent)
    # Shift leaves most jamo as they are, so a shifted letter must not mean anything of its own.
    assert not any(len(key) == 1 and key.isupper() for bound in BINDINGS.values() for key in bound)


# --- the check ---------------------------------------------------------------------------------------


def verdict(session: Session) -> str:
    """All that the panel of the check says."""
    return " ".join(" ".join(screens.lines(session)).split())


def scaled(weight: float, value: float) -> Session:
    """A tanh unit fed with a number that nobody scaled, the check open on its weight."""
    network = Network((Layer("tanh", np.array([[weight]]), None),))
    problem = Problem(network, Samples.of([[value]], [[1.0]]), Optimizer("sgd", 0.1))
    return screens.pressed(typed(screens.of_problem(problem), "dE/dw1"), "check")


def test_where_the_usual_epsilon_is_too_coarse_the_check_names_one_that_serves() -> None:
    session = scaled(3e-4, 1000.0)
    assert "too coarse or too fine; try 1e-6." in verdict(session)
    session = screens.pressed(session, "less", "less")
    assert "They agree: the gradient is right." in verdict(session)
    session = screens.pressed(session, *["less"] * 8)
    assert "try 1e-6." in verdict(session)


def test_no_epsilon_makes_a_wrong_gradient_right_or_hides_that_it_is_wrong(two_two_two: Problem) -> None:
    study = moves.opened("problem", None, {"main": two_two_two}, {"main": "updated-weights"})
    session = update(Session(Home(load.lessons()), "en", Style.UNICODE, 4, 80, 24), Opened(study))
    session = screens.pressed(typed(session, "dE/dw1"), "check")
    for _ in range(10):
        assert "They differ: the gradient is wrong." in verdict(session)
        session = screens.pressed(session, "less")


def test_a_check_that_cannot_see_says_why_in_both_languages() -> None:
    sharp = Network((Layer("tanh", np.array([[1.0]]), np.array([-(2.0**53)])),))
    problem = Problem(sharp, Samples.of([[2.0**53]], [[0.5]]), Optimizer("sgd", 0.1))
    session = screens.pressed(typed(screens.of_problem(problem), "dE/dw1"), "check")
    assert "E bends too sharply here for differences to decide." in verdict(session)
    assert "너무 급하게 굽어서" in verdict(screens.pressed(session, "language"))
    assert "Both are smaller" in verdict(scaled(1.0, 1000.0))
