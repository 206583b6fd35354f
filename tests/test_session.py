"""What each key does, as a new session: no terminal, no file."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from screens import update
from strategies import problems, share

from nntutor.core.analysis import perceptron
from nntutor.core.errors import NntutorError
from nntutor.core.files.problem import parse
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import OPTIMIZERS, RATE_FIELDS, RATES, Optimizer
from nntutor.lessons.course import builtin, load
from nntutor.lessons.language import words
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.plain.views import numbers
from nntutor.tui.state import keys, moves, runs
from nntutor.tui.state.keys import BINDINGS, DEFAULT
from nntutor.tui.state.korean import _LEADS, TWO_SET, jamo, plain
from nntutor.tui.state.panels import Asking, Checking, Editing, Line
from nntutor.tui.state.session import Home, Message, Opened, Press, Ran, Resized, Session, Typed, Wanted, asking
from nntutor.tui.state.study import SEED_ITERATIONS, Study
from nntutor.tui.state.views import seen_errors, views


def place(session: Session) -> tuple[int, int]:
    assert session.study is not None
    return session.study.place


def typed(session: Session, text: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "goto"), Typed(text)), "continue")


@share(0.3)
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


def test_the_first_line_ends_with_the_place_and_hides_e_until_its_step() -> None:
    session = screens.of_lesson("hidden-delta")
    assert screens.lines(session)[0].endswith("iteration 1 · step 1/39 · E ?")
    session = typed(session, "delta_h1")
    assert place(session) == (1, 24)
    assert screens.lines(session)[0].endswith("iteration 1 · step 24/39 · E 0.2984")
    session = screens.pressed(session, "language")
    assert screens.lines(session)[0].endswith("반복 1 · 역전파 · 단계 24/39 · E 0.2984")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("w5", (1, 32)), ("24", (1, 24)), ("step 3", (1, 3)), ("iteration 40", (40, 1)), ("δ_o1", (1, 14)),
     ("반복 3", (3, 1)), ("E", (1, 11)), ("dE/dw5", (1, 18)), ("w5_new", (1, 32))],
)  # fmt: skip
def test_go_to_finds_steps_iterations_and_symbols(text: str, expected: tuple[int, int]) -> None:
    assert place(typed(screens.of_lesson("hidden-delta"), text)) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("-3", "Step -3? This iteration has 39 steps."),
        ("step 1e3", "Step 1e3? This iteration has 39 steps."),
        ("iteration 99999999", "Iterations are whole numbers from 1 to"),
        ("iteration 2.5", "Iterations are whole numbers from 1 to"),
    ],
)
def test_of_a_number_that_no_step_or_iteration_has_it_is_said_which_there_are(text: str, told: str) -> None:
    """Not that the network has no such symbol."""
    assert told in "\n".join(screens.lines(typed(screens.of_lesson("hidden-delta", known=True), text)))


@pytest.mark.parametrize("text", ["w99", "step 40", "iteration 0", "nonsense", "x1", "η", "9" * 30])
def test_go_to_says_what_it_could_not_find_and_stays(text: str) -> None:
    session = typed(screens.of_lesson("hidden-delta"), text)
    assert session.study is not None and isinstance(session.study.panel, Asking)
    assert session.study.panel.wrong is not None
    assert place(session) == (1, 1)
    assert len(screens.lines(session)) == 24


def test_a_place_far_off_is_reached_by_a_run_and_a_near_one_at_once() -> None:
    near = typed(screens.of_lesson("cycle"), "iteration 30")
    assert near.study is not None and near.study.running is None and place(near) == (30, 1)
    far = typed(screens.of_lesson("cycle"), "iteration 3000")
    assert far.study is not None and far.study.running is not None and place(far) == (1, 1)
    there = lint.ran(far)
    assert there.study is not None and place(there) == (3000, 1)
    assert there.study.trace.error == far.study.timeline.to(3000).trace.error


def test_why_jumps_to_the_maker_across_iterations_and_backspace_comes_back() -> None:
    session = typed(screens.of_lesson("hidden-delta"), "iteration 2")
    session = screens.pressed(session, "why", "continue")
    assert place(session) == (1, 36)
    assert any("w1" in line for line in screens.lines(session))
    session = screens.pressed(session, "escape", "backspace")
    assert place(session) == (2, 1)


def test_backspace_goes_back_through_every_jump() -> None:
    session = typed(screens.of_lesson("hidden-delta"), "iteration 4")
    places = [place(session)]
    for down in (0, 2, 0, 0):
        session = screens.pressed(session, "why", *["unit_next"] * down, "continue", "escape")
        places.append(place(session))
    assert len(set(places)) == len(places)
    for expected in reversed(places[:-1]):
        session = screens.pressed(session, "backspace")
        assert place(session) == expected


@pytest.mark.parametrize("panel", ["why", "run", "edit", "palette"])
def test_a_list_goes_round_in_both_ways(panel: str) -> None:
    first = screens.pressed(typed(screens.of_lesson("hidden-delta"), "∂E/∂h1"), panel)
    seen, session = [screens.lines(first)], screens.pressed(first, "unit_next")
    while (now := screens.lines(session)) != seen[0]:
        assert now not in seen
        seen.append(now)
        session = screens.pressed(session, "unit_next")
    assert len(seen) > 2 and screens.lines(screens.pressed(first, "unit_previous")) == seen[-1]


def test_however_often_epsilon_is_changed_it_moves_the_number_and_is_not_above_1() -> None:
    session = screens.pressed(typed(screens.of_lesson("hidden-delta"), "w5"), "check")
    for key in ("less", "more"):
        session = screens.pressed(session, *[key] * 50)
        assert session.study is not None and isinstance(session.study.panel, Checking)
        weight, step = session.study.trace["w5"], session.study.panel.h
        assert weight - step < weight < weight + step and step <= 1


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


@pytest.mark.parametrize("action", keys.BINDINGS)
def test_while_a_run_is_on_its_way_a_key_stops_it_or_leaves_everything_in_its_place(action: str) -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "step", "continue")
    before, after = session.study, screens.pressed(session, action).study
    assert before is not None and before.running is not None and after is not None
    if action in ("escape", "leave", "run", "continue"):
        assert after.running is None
    else:
        assert after.running is before.running and after.timelines is before.timelines
        assert (after.run, after.zoom, after.trail) == (before.run, before.zoom, before.trail)


def test_going_back_takes_nothing_from_the_curve() -> None:
    session = lint.ran(screens.pressed(screens.of_lesson("cycle"), "run", "continue"))
    assert session.study is not None
    seen = seen_errors(session.study)
    back = screens.pressed(session, *["iteration_previous"] * 5).study
    assert back is not None and back.place[0] == session.study.place[0] - 5
    assert list(seen_errors(back)) == list(seen)


@pytest.mark.parametrize("key", ["escape", "leave", "run", "continue"])
def test_each_key_that_stops_a_run_stops_it_and_does_no_more(key: str) -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "continue")
    stopped = screens.pressed(session, key)
    assert stopped.study is not None and stopped.study.running is None and stopped.study.panel is None
    assert screens.pressed(screens.pressed(session, "help"), key).study.running is None  # type: ignore[union-attr]


def test_while_a_run_is_on_its_way_one_can_look_about_and_not_move() -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "continue")
    assert screens.pressed(session, "digits").digits != session.digits
    assert screens.pressed(session, "view").study.view != session.study.view  # type: ignore[union-attr]
    assert "Keys" in screens.lines(screens.pressed(session, "help"))[0]
    assert screens.pressed(session, "language").language == "ko"
    for key in ("step", "back", "unit_next", "phase_next", "goto", "edit", "more", "reset", "lesson_next", "glossary"):
        assert screens.pressed(session, key) is session, key


def jumped_and_gone_on(name: str) -> tuple[Study, Session]:
    """A jump at the first stop whose next one is in another run, and the session at that one."""
    start = screens.of_lesson(name)
    assert start.study is not None and start.study.lesson is not None
    stops = start.study.lesson.stops
    number = next(n for n, stop in enumerate(stops[1:]) if stop.run != stops[n].run)
    session = replace(start, study=moves.brought_to(start.study, number))
    jumps = (screens.pressed(session, "why", *["unit_next"] * down, "continue", "escape") for down in range(9))
    jumped = next(one for one in jumps if one.study is not None and one.study.trail)
    after = lint.ran(screens.pressed(jumped, "continue", "continue"))
    assert session.study is not None and after.study is not None and after.study.run != session.study.run
    return session.study, after


@pytest.mark.parametrize("name", ["xor", "descent", "deeper", "adam"])
def test_backspace_comes_back_to_the_run_that_a_jump_has_left(name: str, tmp_path: Path) -> None:
    """It went to that iteration and step of the run at hand, in another network too."""
    left, session = jumped_and_gone_on(name)
    for one in (session, screens.resumed(tmp_path, session)):
        back = lint.ran(screens.pressed(one, "backspace")).study
        assert back is not None and (back.run, back.place, back.trail) == (left.run, left.place, ())
        assert back.trace.value(back.step.ref) == left.trace.value(left.step.ref)


def gone_to(session: Session, text: str) -> Session:
    return lint.ran(screens.pressed(update(screens.pressed(session, "goto"), Typed(text)), "continue"))


@pytest.mark.parametrize(
    ("symbol", "keys"),
    [
        ("step 5", ("iteration_previous",)),
        ("step 1", ("back",)),
        ("step 1", ("zoom", "back")),
        ("step 1", ("unit_previous",)),
        ("net_h1", ("why", "unit_next", "unit_next", "continue")),
        ("step 5", ("stop_previous",)),
    ],
)
def test_what_lies_far_before_a_resumed_place_is_run_again_in_the_background(
    symbol: str, keys: tuple[str, ...], tmp_path: Path
) -> None:
    """It was run while the key waited, for seconds where the place was far."""
    session = gone_to(gone_to(screens.of_lesson("cycle"), "iteration 2000"), symbol)
    expected = lint.ran(screens.pressed(session, *keys)).study
    resumed = screens.resumed(tmp_path, session)
    going = screens.pressed(resumed, *keys)
    assert expected is not None and resumed.study is not None and going.study is not None
    if expected.place.iteration > 1:
        assert going.study.running is not None and going.study.place == resumed.study.place
        stopped = screens.pressed(going, "escape").study
        assert stopped is not None and stopped.running is None and stopped.place == resumed.study.place
    after = lint.ran(going).study
    assert after is not None and (after.place, after.stop) == (expected.place, expected.stop)
    assert [step.value for step in after.trace] == [step.value for step in expected.trace]


@pytest.mark.parametrize("before", [(), ("w1 = 0.25",), ("w1 = 0.25", "x1 = 0.5")])
def test_a_change_in_the_iteration_of_a_new_start_runs_nothing_before_it(
    before: tuple[str, ...], tmp_path: Path
) -> None:
    """Each letter of the line ran all of it again, for the preview: seconds where the place was far."""
    session = gone_to(screens.of_lesson("cycle"), "iteration 500")
    for line in before:
        session = edit(session, line)
    resumed = screens.resumed(tmp_path, session)
    for line in (*before, "w2 = 0.75", "w2 = 0.5", "t1 = 0.5"):
        session, resumed = edit(session, line), edit(resumed, line)
        same(resumed, session)
    for key in ("undo", "undo", "redo"):
        session, resumed = screens.pressed(session, key), screens.pressed(resumed, key)
        same(resumed, session)
    assert resumed.study is not None and resumed.study.timeline.histories[0].first == 500
    session, resumed = (lint.ran(screens.pressed(one, "iteration_previous")) for one in (session, resumed))
    same(resumed, session)
    session, resumed = (lint.ran(screens.pressed(one, "iteration_next", "undo", "undo")) for one in (session, resumed))
    same(resumed, session)


def same(one: Session, other: Session) -> None:
    """The same place with the same numbers."""
    assert one.study is not None and other.study is not None
    assert one.study.place == other.study.place
    assert [step.value for step in one.study.trace] == [step.value for step in other.study.trace]


def test_in_why_backspace_goes_back_to_the_number_that_was_asked_about() -> None:
    session = screens.pressed(typed(screens.of_lesson("hidden-delta"), "iteration 2"), "why")
    there = screens.pressed(session, "continue", "continue")
    assert place(there) != place(session)
    again = screens.pressed(there, "backspace", "backspace")
    assert screens.lines(again)[:-1] == screens.lines(session)[:-1]
    assert "no jump" in screens.lines(again)[-1]


def test_while_a_number_is_set_up_and_down_lead_to_the_others_and_round() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), "edit")
    refs = []
    while not refs or panel_of(session).ref != refs[0]:
        refs.append(panel_of(session).ref)
        session = screens.pressed(session, "unit_next")
    assert len(refs) > 2
    assert panel_of(screens.pressed(session, "unit_previous")).ref == refs[-1]


def panel_of(session: Session) -> Editing:
    assert session.study is not None and isinstance(session.study.panel, Editing)
    return session.study.panel


def test_where_the_network_does_not_fit_no_view_is_shown_twice_in_a_row() -> None:
    small = replace(screens.of_problem(builtin.open("deep")), width=60)
    seen = [screens.lines(screens.pressed(small, *["view"] * count))[2:14] for count in range(4)]
    # The network stands for its matrices, with a line above them that says so.
    assert seen[0][1:8] == seen[3][:7] and seen[0] != seen[1] != seen[2] != seen[0]
    wide = replace(screens.of_problem(builtin.open("two-two-two")), width=60)
    seen = [screens.lines(screens.pressed(wide, *["view"] * count))[2:14] for count in range(5)]
    assert seen[0] == seen[4] and len({tuple(one) for one in seen}) == 4


def test_a_run_down_to_an_error_ends_at_the_first_iteration_that_reaches_it() -> None:
    session = screens.pressed(screens.of_lesson("cycle"), "run", "back", "continue")
    assert asking(session)
    session = lint.ran(screens.pressed(update(session, Typed("0.2")), "continue"))
    assert session.study is not None
    errors = session.study.timeline.errors
    assert errors[-1] <= 0.2 < errors[-2]


@pytest.mark.parametrize("left", [0, 40, 90])
@pytest.mark.parametrize("first", [3, 40, 60])
def test_a_run_down_to_an_error_ends_there_also_where_that_has_been_run_before(
    left: int, first: int, tmp_path: Path
) -> None:
    """From before it; left: the program ended there in between, so that what is before is to be run again."""
    session = screens.of_problem(builtin.open("two-two-two"))
    assert session.study is not None
    goal = float(session.study.timeline.errors_until(120)[first - 1])
    if left:
        session = screens.resumed(tmp_path, replace(session, study=moves.to(session.study, left, 1)))
        assert session.study is not None
    there = lint.ran(replace(session, study=runs.run_on(moves.to(session.study, 1, 1), 1000, goal)))
    assert there.study is not None and there.study.place.iteration == first


def test_a_run_over_what_lies_before_a_resumed_place_keeps_no_key_waiting(tmp_path: Path) -> None:
    session = screens.of_problem(builtin.open("two-two-two"))
    assert session.study is not None
    far = runs.run_on(session.study, 1000)
    session = screens.resumed(tmp_path, lint.ran(replace(session, study=far)))
    assert session.study is not None
    begun = runs.run_on(moves.to(session.study, 3, 1), 500)
    assert begun.running is not None and begun.place.iteration == 3
    ended = lint.ran(replace(session, study=begun)).study
    assert ended is not None and ended.place.iteration == 503 and ended.note is not None
    assert ended.note[1]["count"] == 500


def test_a_run_before_a_divergence_that_has_been_seen_ends_where_it_was_asked_to() -> None:
    steep = Problem(Network((Layer("identity", [[0.5]], None),)), Samples([[1.0]], [[0.0]]), Optimizer("sgd", 2.5))
    session = screens.of_problem(steep)
    assert session.study is not None
    timeline = session.study.timeline.to(10_000)
    assert timeline.diverged is not None and timeline.diverged > 20
    begun = replace(session.study, timelines={session.study.run: timeline.to(1)})
    assert runs.run_on(begun, 10).place.iteration == 11
    above = runs.run_on(begun, 1000, float(timeline.errors[0]) / 2)
    assert above.place.iteration == timeline.diverged


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
    session = screens.pressed(session, "reset")
    assert session.study is not None and session.study.trace.error == 2.0
    assert not session.study.timeline.edits


def test_undo_and_redo_of_a_change() -> None:
    session = screens.pressed(screens.of_lesson("start"), "more", "undo")
    assert session.study is not None and session.study.trace["w1"] == 3.0
    session = screens.pressed(session, "redo")
    assert session.study is not None and session.study.trace["w1"] == 3.001


def edit(session: Session, text: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "edit"), Typed(text)), "continue")


@pytest.mark.parametrize("value", [-0.5, 0.0, 0.25, 1.0, 1.5])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_rate_can_be_set_to_what_a_file_may_say_and_to_nothing_else(name: str, value: float) -> None:
    def source(line: str) -> str:
        sample = "[[layer]]\nweights = [[0.5]]\n[[sample]]\ninput = [1]\ntarget = [1]"
        return f'[optimizer]\nname = "{name}"\n{line}\n{sample}'

    session = screens.of_problem(parse(source(""), "file"))
    assert session.study is not None
    for kind, field in RATE_FIELDS.items():
        if field not in RATES[name]:
            continue
        symbol = session.study.trace.symbol(Ref(kind))
        set_ = edit(session, f"{symbol} = {value}").study
        try:
            allowed = parse(source(f"{field} = {value}"), "file").optimizer
        except NntutorError:
            assert set_ is not None and not set_.timeline.edits
        else:
            assert set_ is not None and set_.timeline.problem.optimizer == allowed


@pytest.mark.parametrize("text", ["w5 = 2", "η = 0.125", "x1 = -1", "t2 = 0"])
def test_where_two_runs_are_compared_a_change_is_made_in_both(text: str) -> None:
    """So that what parts them is the mistake alone: before the update both make the same of everything."""
    before = screens.of_lesson("old-weights").study
    study = edit(screens.of_lesson("old-weights"), text).study
    assert study is not None and before is not None
    right, wrong = (one.trace_of(1) for one in study.timelines.values())
    assert right.error == wrong.error
    assert (right.array("new", 2) == wrong.array("new", 2)).all() and not (
        right.array("new", 1) == wrong.array("new", 1)
    ).all()
    assert (right.error, right.error_after) != (before.trace.error, before.trace.error_after)


def test_of_two_runs_that_are_compared_one_may_end_before_the_other() -> None:
    """What stands beside it is drawn and told as far as there is something; a change counts where there is a place."""
    session = screens.of_lesson("old-weights")
    assert session.study is not None
    far = typed_number(session, "η = 1e308")
    assert far.study is not None
    ends = {run: one.to(11).iteration for run, one in far.study.timelines.items()}
    assert ends["wrong"] < ends["main"] == 11
    far = replace(far, study=replace(moves.to(far.study, 11, 1), view="runs"))
    there = typed_number(far, "w2 = 0.5")
    for one in (far, screens.pressed(far, "last"), screens.pressed(far, "last", "check"), there):
        assert one.study is not None and screens.lines(one)
        assert numbers.runs(one.study, words.load("en"), Look())
    assert there.study is not None
    assert [len(one.edits) for one in there.study.timelines.values()] == [2, 1]
    back = screens.pressed(there, "undo")
    assert back.study is not None
    assert [len(one.edits) for one in back.study.timelines.values()] == [1, 1]
    on = screens.pressed(back, "redo", "undo", "undo")
    assert on.study is not None and all(one.is_original for one in on.study.timelines.values())


def typed_number(session: Session, line: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "edit"), Typed(line)), "continue")


def test_after_a_setting_many_seeds_are_of_the_network_at_hand() -> None:
    def seeded(session: Session) -> Study:
        session = screens.pressed(session, "run", "unit_previous", "continue", "escape")
        assert session.study is not None and session.study.seeds is not None
        return session.study

    layers = '[[layer]]\nunits = 2\ninitial = "xavier"\n' * 2
    session = screens.of_problem(parse(f"{layers}[[sample]]\ninput = [0, 1]\ntarget = [1, 0]", "file"))
    first = seeded(session)
    session = edit(replace(session, study=first), "depth = 3")
    assert session.study is not None and session.study.seeds is None, "what was found of another network is gone"
    again = seeded(session)
    assert again.seeds is not None and again.seeds.engine.problem is again.timeline.problem


def test_a_depth_is_undone_at_a_step_that_the_network_before_it_does_not_have() -> None:
    before = screens.of_lesson("hidden-delta")
    deeper = typed(edit(before, "depth = 3"), "w16")
    assert deeper.study is not None and before.study is not None
    assert deeper.study.step.ref.layer > len(before.study.timeline.problem.network.layers)
    undone = screens.pressed(deeper, "undo")
    assert undone.study is not None and undone.study.timeline.problem is before.study.timeline.problem
    assert len(screens.lines(undone)) == 24


def test_an_expression_says_what_would_follow_and_then_does() -> None:
    session = typed(screens.of_lesson("hidden-delta"), "E")
    shown = update(screens.pressed(session, "edit"), Typed("w8 = 2·w5"))
    assert shown.study is not None
    promised = screens.lines(shown)[-4:]
    after = screens.pressed(shown, "continue")
    assert after.study is not None and after.study.panel is None
    assert after.study.trace["w8"] == 2 * after.study.trace["w5"]
    said = " ".join(line.strip() for line in screens.lines(after)[-1:])
    errors = f"E {shown.study.trace.error:.4f} → {after.study.trace.error:.4f}"
    assert said.endswith(f"w8 0.55 → 0.8, from iteration 1 on: {errors}")
    assert said in " ".join(line.removeprefix(" then:").strip() for line in promised)
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
    for key in ("glossary", "help"):
        assert screens.lines(screens.pressed(home, key))[0] == " Glossary"
        assert screens.lines(screens.pressed(home, key, "last", "escape")) == screens.lines(home)


def test_the_list_is_searched_in_both_languages_and_shows_what_matches() -> None:
    home = Session(Home(load.lessons()))
    for query, word in (("xor", "xor"), ("모멘텀", "momentum"), ("momentum", "momentum"), ("택", "xor")):
        found = update(screens.pressed(home, "search"), Typed(query))
        assert screens.pressed(found, "continue").wanted == Wanted(word)
    nothing = update(screens.pressed(home, "search"), Typed("zzzz"))
    assert screens.pressed(nothing, "continue").wanted is None
    assert screens.lines(screens.pressed(nothing, "escape")) == screens.lines(home)


def test_n_and_b_go_to_the_next_and_the_previous_lesson() -> None:
    ids = [lesson.id for lesson in load.lessons()]
    session = screens.of_lesson(ids[3])
    assert screens.pressed(session, "lesson_next").wanted == Wanted(ids[4])
    assert screens.pressed(session, "lesson_previous").wanted == Wanted(ids[2])
    for end, key in ((ids[0], "lesson_previous"), (ids[-1], "lesson_next")):
        session = screens.pressed(screens.of_lesson(end), key)
        assert session.wanted is None and session.study is not None and session.study.note is not None


@pytest.mark.parametrize("iteration", [1, 3, 8])
@pytest.mark.parametrize("key", ["more", "less"])
def test_another_run_is_looked_at_after_as_many_samples(iteration: int, key: str) -> None:
    session = typed(screens.of_lesson("sgd"), f"iteration {iteration}")
    other = lint.ran(screens.pressed(session, key)).study
    assert session.study is not None and other is not None and other.run != session.study.run
    touched, batch = iteration * session.study.timeline.problem.batch_size, other.timeline.problem.batch_size
    assert touched - batch < other.timeline.iteration * batch <= touched


def test_a_stop_that_shows_many_seeds_has_them_where_a_long_way_leads_there() -> None:
    session = screens.of_lesson("xor")
    lesson = session.study.lesson
    number = next(n for n, stop in enumerate(lesson.stops) if stop.view == "seeds")
    found = screens.update(session, Opened(moves.at_stop(moves.begun(lesson), number)))  # as from a search
    assert found.study.running is not None and not found.study.running.seeds
    there = lint.ran(found).study
    assert there.stop == number and there.seeds is not None and there.seeds.state.done > 0


def test_many_seeds_are_trained_in_the_background_and_can_be_stopped() -> None:
    session = screens.of_lesson("xor")
    assert session.study is not None and session.study.lesson is not None
    number = next(n for n, stop in enumerate(session.study.lesson.stops) if stop.view == "seeds")
    for _ in range(number):
        session = screens.pressed(lint.ran(session), "continue")
    study = session.study
    assert study is not None and study.running is not None and study.running.seeds
    chunk = study.runner().chunk(20, 10.0)
    session = update(session, Ran(study.running.number, chunk))
    assert session.study is not None and session.study.running is not None
    stopped = screens.pressed(session, "escape").study
    assert stopped is not None and stopped.running is None and stopped.seeds is not None
    assert stopped.seeds.state.done == 20
    assert stopped.place == study.place


def seeds_seen() -> Session:
    """Many seeds trained, at the stop that shows them."""
    study = screens.of_lesson("xor").study
    assert study is not None and study.lesson is not None
    number = next(n for n, stop in enumerate(study.lesson.stops) if stop.view == "seeds")
    return lint.ran(replace(screens.of_lesson("xor"), study=moves.at_stop(study, number)))


def test_seeds_that_are_trained_are_seen_where_no_stop_asks_for_them(tmp_path: Path) -> None:
    """The menu offered them, and the picture of the network came in place of the one that the text speaks of."""
    study = screens.of_lesson("relu").study
    assert study is not None and study.lesson is not None and "seeds" not in study.lesson.views
    number = next(n for n, one in enumerate(study.lesson.stops) if one.id == "swap")
    there = lint.ran(replace(screens.of_lesson("relu"), study=moves.at_stop(study, number)))
    session = lint.ran(screens.pressed(there, "run", "back", "continue"))
    study = session.study
    assert study is not None and study.view == "seeds" and study.running is None and "seeds" in views(study)
    assert any("●●●●" in row for row in screens.lines(session))
    again = screens.resumed(tmp_path, session).study
    assert again is not None and again.view == "seeds" and again.running is not None and again.running.seeds
    other = screens.pressed(session, "more").study
    assert other is not None and other.run != study.run and other.view == "layers", "of its stop, as there are no seeds"


def test_seeds_of_a_problem_of_ones_own_are_seen() -> None:
    session = lint.ran(screens.pressed(screens.of_problem(builtin.open("xor-drawn")), "run", "back", "continue"))
    assert session.study is not None and session.study.view == "seeds" and session.study.seeds_here is not None


def test_a_stop_that_shows_many_seeds_has_them_where_a_run_has_led_to_it() -> None:
    """Its text said “here are many networks at once”, and the picture to press r."""
    study = seeds_seen().study
    assert study is not None and study.running is None and study.view == "seeds"
    assert study.seeds is not None and study.seeds.state.done == SEED_ITERATIONS
    assert study.note is not None and study.note[0] == "seeds.done"


def test_the_next_start_looks_at_what_was_looked_at_and_not_at_the_seeds(tmp_path: Path) -> None:
    session = screens.pressed(seeds_seen(), "view")
    assert session.study is not None and session.study.view != "seeds" and session.study.seeds is not None
    again = screens.resumed(tmp_path, session).study
    assert again is not None and (again.view, again.running) == (session.study.view, None)


def test_many_seeds_stand_only_in_the_run_whose_numbers_they_were_trained_from() -> None:
    """Under “main” stood what had been found of “stuck”, or “press r and choose the seeds” where `r` has none."""
    for session in (seeds_seen(), screens.of_lesson("xor")):
        study = session.study
        assert study is not None and study.lesson is not None
        for number in {stop.run: number for number, stop in enumerate(study.lesson.stops)}.values():
            there = lint.ran(replace(session, study=moves.at_stop(replace(study, running=None), number))).study
            assert there is not None
            drawn = bool(there.timeline.problem.network.layers[0].initial)
            assert ("seeds" in views(there)) == drawn
            looked = replace(session, study=replace(there, view="seeds"))
            after = update(looked, Press("zoom")).study
            assert after is not None and (after.view == "seeds") == drawn


def test_many_seeds_of_a_rate_that_is_taken_back_from_another_run_are_not_shown() -> None:
    session = seeds_seen()
    assert session.study is not None
    number, first = session.study.stop, screens.lines(screens.without_note(session))
    assert number is not None
    session = lint.ran(screens.pressed(edit(session, "η = 0.1"), "escape"))
    session = lint.ran(screens.pressed(session, "run", "continue"))
    assert session.study is not None and session.study.seeds is not None, "trained anew"
    session = lint.ran(replace(session, study=moves.at_stop(session.study, 0)))
    session = lint.ran(screens.pressed(session, "reset"))
    assert session.study is not None
    session = lint.ran(replace(session, study=moves.at_stop(session.study, number)))
    assert screens.lines(screens.without_note(session)) == first


def test_a_change_in_one_run_leaves_what_has_been_seen_of_another() -> None:
    session = screens.of_lesson("xor", known=True)
    study = session.study
    assert study is not None and study.lesson is not None
    runs = [stop.run for stop in study.lesson.stops]
    study = moves.to(moves.to(study, 50, 1), 1, 1)
    curve = seen_errors(study).tolist()
    other = replace(session, study=moves.at_stop(study, runs.index("equal")))
    changed = edit(other, "w1 = 0.75").study
    assert changed is not None and changed.run == "equal"
    again = moves.at_stop(changed, 0)
    assert len(curve) == 50 and seen_errors(again).tolist() == curve


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


def test_a_message_stands_until_the_next_key() -> None:
    session = update(screens.of_lesson("hidden-delta"), Message("The disk is full."))
    assert any("The disk is full." in line for line in screens.lines(session))
    assert not any("The disk is full." in line for line in screens.lines(screens.pressed(session, "step")))


def test_another_size_shows_the_text_from_its_beginning() -> None:
    session = screens.of_lesson("hidden-delta", size=(40, 12))
    for size in ((34, 12), (42, 10), (80, 24)):
        turned = screens.pressed(session, "continue")
        assert screens.lines(turned) != screens.lines(session) and turned.study is not None and turned.study.page == 1
        assert screens.lines(update(turned, Resized(*size))) == screens.lines(
            screens.of_lesson("hidden-delta", size=size)
        )


def test_digits_language_view_and_zoom_go_round() -> None:
    session = screens.of_lesson("hidden-delta")
    assert [screens.pressed(session, *["digits"] * n).digits for n in range(5)] == [4, 6, 9, 17, 4]
    views = [screens.pressed(session, *["view"] * n).study.view for n in range(5)]  # type: ignore[union-attr]
    assert views == ["network", "steps", "matrices", "curve", "network"]
    zoomed = screens.pressed(session, "zoom", "step")
    assert place(zoomed) == (1, 4)
    assert place(screens.pressed(zoomed, "step", "step")) == (1, 11)


def test_the_list_opens_the_picked_lesson_and_q_comes_back_to_it() -> None:
    session = Session(Home(load.lessons()))
    session = screens.pressed(session, "unit_next", "unit_next", "continue")
    assert session.wanted == Wanted(load.lessons()[2].id)
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


@pytest.mark.parametrize("opened", ["edit", "goto"])
def test_a_line_that_is_too_long_is_not_cut_to_another_number(opened: str) -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), opened)
    for text in ("0.25", "+0.001" * 41):
        session = update(session, Typed(text))
    assert session.study is not None and isinstance(session.study.panel, Line)
    assert session.study.panel.text == "0.25"
    assert "100 letters" in " ".join(screens.lines(session))
    session = update(session, Typed("+1"))
    assert session.study is not None and isinstance(session.study.panel, Line)
    assert (session.study.panel.text, session.study.panel.wrong) == ("0.25+1", None)
