"""Gradients by hand: optimizers alone, from a state and a count that somebody gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from math import copysign, sqrt

import numpy as np
import pytest
import screens
from hypothesis import given as by
from hypothesis import strategies as st
from strategies import share
from test_problem import refusal, same

from nntutor.core.analysis.gradient_check import check_all
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Runner
from nntutor.core.errors import NoError
from nntutor.core.files import writing
from nntutor.core.files.problem import parse
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Given, Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import DEFAULT_RATE, EPSILON_AT, FORMS, OPTIMIZERS, Optimizer
from nntutor.lessons.export.formats import RECORDS
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.export.write import write
from nntutor.lessons.language.words import load
from nntutor.tui.bookmarks import fingerprint
from nntutor.tui.cli import main
from nntutor.tui.state.edit_line import parse_edit
from nntutor.tui.state.panels import Editing
from nntutor.tui.state.written import written

SHEET = """\
[optimizer]
name = "adam"
learning_rate = 0.1
[given]
weights = [1.0, 2.0]
gradients = [[0.1, 0.1], [0.3, 0.0]]
state = { m = [0.5, 0.1], v = [0.1, 0.2] }
first_iteration = 2
"""


@st.composite
def hands(draw: st.DrawFn, name: str) -> Problem:
    """Gradients of a few weights under an optimizer in any form, from any state."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    optimizer = Optimizer(
        name,
        DEFAULT_RATE[name],
        epsilon=0.01,
        form=draw(st.sampled_from(FORMS)) if name == "momentum" else "velocity",
        epsilon_at=draw(st.sampled_from(EPSILON_AT if name == "adam" else EPSILON_AT[:2])),
        correct=draw(st.booleans()) or name != "adam",
        decay=draw(st.sampled_from((0.0, 0.1))),
    )
    count = draw(st.integers(1, 4))
    state = tuple((key, random.random(count)) for key, _ in optimizer.rule.states if draw(st.booleans()))
    found = Given(random.uniform(-1, 1, (draw(st.integers(1, 4)), count)), state, draw(st.integers(1, 5)))
    layer = Layer("identity", random.uniform(-1, 1, (1, count)), None)
    nothing = Samples(np.zeros((0, count)), np.zeros((0, 1)))
    rate = st.sampled_from((0.0, 0.25))
    return Problem(Network((layer,)), nothing, optimizer, l1=draw(rate), l2=draw(rate), given=found)


def moved(problem: Problem, place: int) -> Iterator[tuple[float, dict[str, float]]]:
    """A weight and its state after each iteration, by the contract's formulas in plain Python."""
    o, found = problem.optimizer, problem.given
    assert found is not None
    w = float(problem.network.layers[0].weights[0, place])
    state = {"m": 0.0, "v": 0.0, "s": 0.0} | {key: float(values[place]) for key, values in found.state}
    eta, mu, eps = o.learning_rate, o.momentum, o.epsilon
    for iteration in range(1, 7):
        row = found.gradients[min(iteration, len(found.gradients)) - 1]
        g = float(row[place]) + problem.l2 * w + problem.l1 * (copysign(1, w) if w else 0)
        k = found.first_iteration + iteration - 1

        def over(root: float) -> float:
            return sqrt(root + eps) if o.epsilon_at == "inside" else sqrt(root) + eps

        match o.name:
            case "sgd":
                move = -eta * g
            case "momentum":
                state["v"] = {
                    "velocity": mu * state["v"] - eta * g,
                    "torch": mu * state["v"] + g,
                    "average": mu * state["v"] + (1 - mu) * g,
                }[o.form]
                move = state["v"] if o.form == "velocity" else -eta * state["v"]
            case "nesterov":
                state["v"] = mu * state["v"] - eta * g
                move = mu * state["v"] - eta * g
            case "adagrad":
                state["s"] += g * g
                move = -eta * g / over(state["s"])
            case "rmsprop":
                state["s"] = o.rho * state["s"] + (1 - o.rho) * g * g
                move = -eta * g / over(state["s"])
            case _:
                state["m"] = o.beta1 * state["m"] + (1 - o.beta1) * g
                state["v"] = o.beta2 * state["v"] + (1 - o.beta2) * g * g
                one, two = (1 - o.beta1**k, 1 - o.beta2**k) if o.correct else (1.0, 1.0)
                if o.epsilon_at == "hat" and o.correct:
                    move = -eta * (sqrt(two) / one) * state["m"] / (sqrt(state["v"]) + eps)
                else:
                    move = -eta * (state["m"] / one) / over(state["v"] / two)
        w = w + move - eta * o.decay * w
        yield w, dict(state)


@pytest.mark.parametrize("name", OPTIMIZERS)
@share(0.5)
@by(data=st.data())
def test_weights_move_as_in_plain_python_whatever_is_given(name: str, data: st.DataObject) -> None:
    problem = data.draw(hands(name))
    place = Timeline.start(problem)
    for weight in range(problem.network.layers[0].inputs):
        for iteration, (expected, state) in enumerate(moved(problem, weight), 1):
            trace = place.to(iteration).trace
            np.testing.assert_allclose(trace[f"w{weight + 1}⁺"], expected, rtol=1e-12, atol=1e-14)
            for name, _ in problem.optimizer.rule.states:
                np.testing.assert_allclose(trace[f"{name}_w{weight + 1}"], state[name], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", OPTIMIZERS)
@share(0.25)
@by(data=st.data())
def test_a_file_of_given_gradients_reads_back_and_runs_as_it_is_stepped(name: str, data: st.DataObject) -> None:
    problem = data.draw(hands(name))
    again = parse(writing.write(problem), "x")
    assert same(problem, again)
    engine = Engine(problem)
    ran = Runner(engine, engine.start()).chunk(6)
    assert ran.diverged is None and np.isnan(ran.errors).all()
    place = Timeline.start(problem).to(6)
    assert place.trace.array("new", 1).tobytes() == engine.layout.view(ran.state.params, "weight", 1).tobytes()
    for step in place.trace:
        assert evaluate(step.formula, place.trace.value) == step.value
        assert step.phase == "update"


def test_other_gradients_state_or_count_are_another_problem() -> None:
    problem = parse(SHEET, "x")
    assert problem.given is not None
    for other in (
        replace(problem.given, gradients=np.array([[0.1, 0.1], [0.3, 0.1]])),
        replace(problem.given, state=problem.given.state[:1]),
        replace(problem.given, first_iteration=3),
    ):
        assert fingerprint(replace(problem, given=other)) != fingerprint(problem)


def test_there_is_no_e_and_what_asks_for_it_is_told_so() -> None:
    problem = parse(SHEET, "x")
    trace = Timeline.start(problem).trace
    assert np.isnan(trace.error) and np.isnan(trace.error_after) and not trace.diverged
    assert trace.find("E") is None
    with pytest.raises(NoError):
        list(check_all(trace))
    out = StringIO()
    write(out, "json", problem, iterations(problem, 1, 2), load("en"))
    first = json.loads(out.getvalue())["iterations"][0]
    assert (first["error"], first["error_after"], first["samples"], first["forward"]) == (None, None, [], [])
    assert first["gradients"] == [{"weights": [[0.1, 0.1]], "bias": None}]
    operands = {one["symbol"]: one for step in first["steps"] for one in step["operands"]}
    assert (operands["∂E/∂w1"]["iteration"], operands["∂E/∂w1"]["step"]) == (None, None)
    for format in RECORDS:
        for steps in (True, False):
            report = StringIO()
            write(report, format, problem, iterations(problem, 1, 2), load("ko"), steps=steps)
            assert "nan" not in report.getvalue().replace("nntutor", "")


def test_check_refuses_given_gradients_in_one_line(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    sheet = tmp_path / "hand.toml"
    sheet.write_text(SHEET)
    assert main(["check", str(sheet), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("nntutor: Gradients are given here by hand, so there is no E")


def test_the_tutor_shows_moves_and_steps_and_no_e() -> None:
    session = screens.of_problem(parse(SHEET, "x"))
    for action in ("view", "view", "check", "run", "escape", "step"):
        session = screens.pressed(session, action)
        lines = screens.lines(session)
        assert len(lines) == 24 and " E " not in lines[0]
    assert session.study is not None and session.study.view == "moves"


def test_a_given_penalty_can_be_edited_and_a_given_gradient_is_changed_in_the_file() -> None:
    problem = replace(parse(SHEET, "x"), l2=0.1)
    place = Timeline.start(problem).edit(Ref("rate_l2"), 0.4).to(2)
    changed = Timeline.start(replace(problem, l2=0.4)).to(2)
    assert place.trace["w1⁺"] == changed.trace["w1⁺"] and not place.is_original
    assert place.undo().trace["w1⁺"] == Timeline.start(problem).to(2).trace["w1⁺"]
    study = screens.of_problem(problem).study
    assert study is not None
    typed = [Editing(None, line=written(line)) for line in ("dE/dw1 = 3", "λ₂ = −1", "λ₂ = 0.2", "λ₁ = 0.2")]
    said = [parse_edit(study, panel) for panel in typed]
    assert [one[0] if isinstance(one, tuple) else one.ref for one in said] == [
        "edit.in_file", "edit.out_of_range", Ref("rate_l2"), "edit.not_used",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[0.3, 0.0]", "[0.3]", "x.toml:6: row 2 of “gradients” has 1 number; expected 2."),
        ("[[0.1, 0.1], [0.3, 0.0]]", "[0.1, 0.1]", "expected rows of numbers, one row for each iteration"),
        ("gradients = [[0.1, 0.1], [0.3, 0.0]]", "", "x.toml:4: “gradients” is missing."),
        ("weights = [1.0, 2.0]", "", "x.toml:4: “weights” is missing."),
        ("m = [0.5, 0.1]", "m = [0.5]", "x.toml:7: “m” has 1 entry; expected 2."),
        ("m = [0.5, 0.1]", "s = [0.5, 0.1]", "x.toml:7: unknown key “s”; expected one of: m, v."),
        ("v = [0.1, 0.2]", "v = [0.1, -0.2]", "x.toml:7: “v” is -0.2; expected a number of at least 0."),
        ("first_iteration = 2", "first_iteration = 0", "x.toml:8: “first_iteration” is 0"),
        ("[optimizer]", 'error = "mse"\n[optimizer]', "x.toml:1: “error” and “[given]” exclude each other"),
        ("[given]", "[[layer]]\nunits = 1\n[given]", "“[[layer]]” and “[given]” exclude each other"),
        ("[given]", '[surface]\nname = "bowl"\n[given]', "“[surface]” and “[given]” exclude each other"),
    ],
)
def test_a_bad_table_of_given_gradients_is_refused_with_its_line(old: str, new: str, expected: str) -> None:
    assert old in SHEET
    assert expected in refusal(SHEET.replace(old, new, 1)).replace("sheet.toml", "x.toml")
