"""`trace --format numpy` and `torch`: programs that make the numbers of the record."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shown import ALL, SHOWN, square
from strategies import problems, share
from test_core_mistakes import ELSEWHERE
from test_core_mistakes import wide as wide_of
from test_given import SHEET, hands

from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NotScripted
from nntutor.core.files.problem import on_surface, parse
from nntutor.core.notation.kinds import KINDS, Per
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import OPTIMIZERS, Optimizer
from nntutor.core.rules.surfaces import SURFACES, surface
from nntutor.lessons.course import builtin, load
from nntutor.lessons.export import torch_script
from nntutor.lessons.export.formats import SCRIPTS
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.export.write import write
from nntutor.lessons.language import words
from nntutor.tui import cli

RUNS = [(lesson.id, run.id) for lesson in load.lessons() for run in lesson.runs]
PREFIX = {"v": "v_", "m": "m_", "s": "s_", "mhat": "mhat_", "vhat": "vhat_", "change": "step_", "grad": "d", "new": ""}
UNITS = {"net": "net", "out": "out", "slope": "slope", "out_grad": "dE_dout", "delta": "delta"}
INPUTS = {"out_grad": "dE_dx"}
OUTPUTS = {"prob": "p", "unit_error": "E_o"}


def script(problem: Problem, first: int = 1, last: int = 3, mistake: str = "", format: str = "numpy") -> str:
    text = io.StringIO()
    write(text, format, problem, iterations(problem, first, first, mistake), words.load("en"), last=last)
    return text.getvalue()


def printed(output: str) -> list[dict[str, Any]]:
    """What a script printed: for each iteration the numbers by name."""
    found: list[dict[str, Any]] = []
    for line in output.splitlines():
        name, _, value = line.partition(" = ")
        if name.startswith("iteration "):
            found.append({"iteration": int(name.split()[1])})
        else:
            found[-1][name] = json.loads(value.replace("nan", "NaN").replace("inf", "Infinity"))
    return found


def run_here(text: str) -> list[dict[str, Any]]:
    output = io.StringIO()
    with redirect_stdout(output), np.errstate():
        exec(compile(text, "script.py", "exec"), {})
    return printed(output.getvalue())


def compared(made: dict[str, Any], trace: Trace) -> Iterator[tuple[object, object]]:
    """What the steps of an iteration make, as the script printed it and as the record has it: arrays or one number."""
    refs = [trace.ref(step) for step in range(1, len(trace) + 1)]
    if not trace.problem.passes:
        yield from ((made[f"{PREFIX[ref.kind]}w{ref.input}"], trace.value(ref)) for ref in refs if ref.kind != "error")
    else:
        for kind, layer, part in dict.fromkeys((*ref[:2], min(ref.input, 1)) for ref in refs if ref.kind != "error"):
            if KINDS[kind].per is Per.WEIGHT:
                yield made[f"{PREFIX[kind]}{'W' if part else 'b'}{layer}"], trace.array(kind, layer, not part)
            else:
                name = OUTPUTS.get(kind) or (f"{UNITS[kind]}{layer}" if layer else INPUTS[kind])
                yield made[name], trace.array(kind, layer)
    if any(ref.kind == "error" for ref in refs):
        yield made["E"], trace.error


def bits(values: object) -> bytes:
    array = np.array(values, float)
    return np.where(np.isnan(array), np.nan, array).tobytes()


def agrees(problem: Problem, first: int = 1, last: int = 3, mistake: str = "") -> None:
    """Every step of every iteration has the value that the script prints, bit for bit, and nothing else is printed."""
    traces = list(iterations(problem, first, last, mistake))
    made = run_here(script(problem, first, last, mistake))
    assert [one["iteration"] for one in made] == [trace.iteration for trace in traces]
    for one, trace in zip(made, traces, strict=True):
        for ours, recorded in compared(one, trace):
            assert bits(ours) == bits(recorded), (trace.iteration, ours, recorded)
        if problem.given is None:
            assert bits(one.pop("error_after")) == bits(trace.error_after)
        assert sum(np.size(value) for value in one.values()) == len(trace) + len(("iteration",))


@given(problems(settings=True))
def test_a_numpy_script_prints_every_number_of_the_record_bit_for_bit(problem: Problem) -> None:
    agrees(problem)


@pytest.mark.parametrize(("lesson", "run"), RUNS)
def test_every_run_of_a_lesson_is_a_numpy_script(lesson: str, run: str) -> None:
    of = load.named(lesson)
    assert of is not None
    agrees(builtin.of_run(of.run(run)), 1, 3, of.run(run).mistake)


@pytest.mark.parametrize("name", builtin.names())
def test_so_is_every_problem_that_comes_with_nntutor_and_from_a_later_iteration_on(name: str) -> None:
    agrees(builtin.open(name), 17, 19)


@pytest.mark.parametrize("mistake", ALL)
def test_so_is_a_mistake_where_layers_are_wider_than_two(mistake: str) -> None:
    agrees(replace(wide_of(SHOWN[mistake].problem), input_gradient=True, l2=0.1), 1, 2, mistake)


@pytest.mark.parametrize(("mistake", "problem", "_"), ELSEWHERE)
def test_so_is_a_mistake_wherever_there_is_room_for_it(mistake: str, problem: Problem, _: str) -> None:
    agrees(problem, 1, 2, mistake)


@given(problems(settings=True), st.lists(st.sampled_from(ALL), min_size=2, max_size=3, unique=True))
def test_so_are_several_mistakes_at_once(problem: Problem, mistakes: list[str]) -> None:
    assume(len(problem.samples) % problem.batch_size == 0)
    agrees(problem, 1, 2, "+".join(mistakes))


@pytest.mark.parametrize("mistake", ["mean-twice:deltas", "mean-twice:gradients", "last-sample-only"])
def test_a_last_batch_that_has_rules_of_its_own_is_refused(mistake: str) -> None:
    problem = wide(2, 3, 2, False)
    agrees(problem)
    with pytest.raises(NotScripted):
        script(problem, mistake=mistake)


def on(name: str, optimizer: str) -> Problem:
    return on_surface(name, surface(name).start, Optimizer(optimizer, 0.01))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", SURFACES)
def test_so_is_a_descent_on_a_surface(name: str, optimizer: str) -> None:
    agrees(on(name, optimizer), 2, 5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@share(0.1)
@given(st.data())
def test_so_are_gradients_by_hand(optimizer: str, data: st.DataObject) -> None:
    agrees(data.draw(hands(optimizer)), 2, 5)


def test_so_are_gradients_by_hand_from_a_state_and_a_count_on() -> None:
    agrees(parse(SHEET, "hand.toml"))


@pytest.mark.parametrize("error", LOSSES)
def test_so_is_a_network_that_is_held_and_whose_inputs_are_asked_for(error: str) -> None:
    agrees(held(error))


def held(error: str) -> Problem:
    """Nothing learns, and E is differentiated by the inputs."""
    problem = square(error, last="step" if error == "perceptron" else "sigmoid")
    layers = tuple(replace(layer, learn=False) for layer in problem.network.layers)
    return replace(problem, network=Network(layers), input_gradient=True)


def wide(units: int, samples: int, batch: int, shuffle: bool) -> Problem:
    """A network whose sums are long: the order in which they are taken shows in the last bits."""
    random = np.random.default_rng(units)
    sizes = (units, units + 3, 5)
    layers = [
        Layer("tanh", random.uniform(-0.3, 0.3, (after, before)), random.uniform(-1, 1, after))
        for before, after in pairwise(sizes)
    ]
    data = Samples(random.uniform(-1, 1, (samples, units)), random.uniform(-1, 1, (samples, 5)))
    return Problem(Network(tuple(layers)), data, Optimizer("sgd", 0.01), "mse", batch, shuffle, l1=0.01, l2=0.1)


@pytest.mark.parametrize(
    ("units", "samples", "batch", "shuffle"), [(40, 33, 16, False), (17, 90, 90, True), (70, 3, 1, True)]
)
def test_long_sums_are_taken_in_the_order_of_the_record(units: int, samples: int, batch: int, shuffle: bool) -> None:
    agrees(wide(units, samples, batch, shuffle), 1, 2)


@pytest.mark.parametrize("name", ["two-two-two", "xor"])
def test_a_script_runs_as_it_is(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a process of its own, without nntutor, from what the command prints."""
    assert cli.main(["trace", name, "--iterations", "2", "--format", "numpy", "--lang", "ko"]) == 0
    (tmp_path / "script.py").write_text(capsys.readouterr().out, encoding="utf-8")
    command = [sys.executable, "-W", "error", "-I", str(tmp_path / "script.py")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    made = printed(ended.stdout)
    traces = list(iterations(builtin.open(name), 1, 2))
    assert [bits(one["error_after"]) for one in made] == [bits(trace.error_after) for trace in traces]
    assert made[1]["W1"] == traces[1].array("new", 1).tolist()


def test_a_script_ends_where_training_diverges() -> None:
    layers = (Layer("identity", np.array([[2.0]]), None),)
    problem = Problem(Network(layers), Samples.of([[3.0]], [[1.0]]), Optimizer("sgd", 1e200))
    assert len(run_here(script(problem, last=50))) < 50
    agrees(problem, last=50)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_rule_that_pytorch_does_not_have_is_written_out(optimizer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(torch_script._OPTIMIZERS, optimizer)
    written = script(on("beale", optimizer), format="torch")
    assert f'torch.optim has no “name = "{optimizer}"”' in written and "torch.optim." not in written


@pytest.mark.parametrize("format", SCRIPTS)
def test_a_comment_speaks_of_a_bias_where_the_layer_has_one(format: str) -> None:
    for name, has_one in (("one-weight", False), ("two-two-two", True)):
        assert ("plus the bias" in script(builtin.open(name), format=format)) is has_one


def test_a_title_stays_a_comment_whatever_it_says() -> None:
    """Python takes an encoding from a comment in the first two lines; in UTF-7 a comment could hold a line end."""
    title = "coding: utf-7\n+AAo-raise SystemExit('obeyed')\r\x0cprint(1)\u2028# \u202e"
    problem = replace(builtin.open("two-two-two"), title=title, source=title)
    for format in SCRIPTS:
        text = script(problem, format=format)
        assert text.replace("\n", "").isprintable()
        compile(text.encode(), "script.py", "exec")
        assert not re.search(r"coding[:=]", "".join(text.splitlines(keepends=True)[:2]))
    assert run_here(script(problem)) == run_here(script(builtin.open("two-two-two")))


# --- PyTorch -----------------------------------------------------------------------------------------


def near(problem: Problem, text: str) -> None:
    """Where there is PyTorch: what it prints is what NumPy prints, but for rounding."""
    for one, other in zip(run_here(text), run_here(script(problem)), strict=True):
        for name, value in one.items():
            np.testing.assert_allclose(value, other[name], rtol=1e-12, atol=1e-12, err_msg=name)


@given(problems(settings=True))
def test_a_torch_script_is_a_program_or_refused(problem: Problem) -> None:
    if problem.error == "perceptron":
        with pytest.raises(NotScripted):
            script(problem, format="torch")
        return
    text = script(problem, format="torch")
    compile(text, "script.py", "exec")
    if find_spec("torch") is not None:
        near(problem, text)


def test_autograd_goes_to_the_inputs_where_they_are_asked_for() -> None:
    problem = builtin.open("two-two-two")
    for asked in (True, False):
        text = script(replace(problem, input_gradient=asked), format="torch")
        assert all(
            (line in text) == asked for line in ("x.detach().requires_grad_()", "dE_dx = x.grad", '"dE_dx": dE_dx')
        )


@pytest.mark.parametrize(
    ("setting", "optimizer"),
    [
        ("form", Optimizer("momentum", 0.1, form="average")),
        ("epsilon_at", Optimizer("rmsprop", 0.1, epsilon_at="inside")),
        ("epsilon_at", Optimizer("adam", 0.1, epsilon_at="hat")),
        ("correct", Optimizer("adam", 0.1, correct=False)),
        ("decay", Optimizer("sgd", 0.1, decay=0.1)),
        ("momentum = 0", Optimizer("nesterov", 0.1, momentum=0.0)),
    ],
)
def test_a_setting_that_torch_does_not_have_is_named_in_one_line(setting: str, optimizer: Optimizer) -> None:
    text = script(replace(builtin.open("two-two-two"), optimizer=optimizer), format="torch")
    assert [line for line in text.splitlines() if line.startswith("# torch.optim") and setting in line]
    assert "optimizer.step" not in text and "torch.no_grad()" in text
    # What PyTorch has takes tensors: a root of rates alone is one of a number of Python's.
    assert "torch.sqrt(1 - beta" not in text
    if find_spec("torch") is not None:
        near(replace(builtin.open("two-two-two"), optimizer=optimizer), text)


@pytest.mark.parametrize("optimizer", [*map(Optimizer, OPTIMIZERS), Optimizer("adam", 0.1, decay=0.1)])
def test_an_optimizer_that_torch_has_is_used(optimizer: Optimizer) -> None:
    problem = replace(builtin.open("two-two-two"), optimizer=optimizer)
    assert "optimizer.step()" in script(problem, format="torch")
    # It cannot begin with what was remembered.
    assert ("optimizer.step()" in script(problem, 3, 4, format="torch")) == (not optimizer.rule.states)


@pytest.mark.parametrize("given", [["old-weights", "--run", "wrong"], ["wall"]])
def test_what_autograd_does_not_find_is_refused_in_one_line(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["trace", *given, "--format", "torch"]) == cli.WRONG
    out, error = capsys.readouterr()
    assert out == "" and error.startswith("nntutor: ") and error.count("\n") == 1 and "format numpy" in error


def test_so_are_gradients_by_hand_of_which_there_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hand.toml").write_text(SHEET, encoding="utf-8")
    assert cli.main(["trace", str(tmp_path / "hand.toml"), "--format", "torch"]) == cli.WRONG
    out, error = capsys.readouterr()
    assert out == "" and error.startswith("nntutor: ") and error.count("\n") == 1 and "format numpy" in error
