"""`import nntutor`: nothing is loaded before a name is used, and every name is described on a page that is true."""

from __future__ import annotations

import ast
import copy
import doctest
import io
import os
import pickle
import re
import subprocess
import sys
import traceback
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from strategies import problems

import nntutor
from nntutor import functions
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin, published

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "python.md"
PUBLIC = [name for name in nntutor.__all__ if name != "__version__"]


def fresh(code: str, *options: str) -> str:
    """What a new process prints."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT
    )
    return done.stdout


# --- what is loaded ----------------------------------------------------------------------------------


def test_importing_nntutor_loads_nothing_and_changes_nothing() -> None:
    code = (
        "import sys, os\nmodules, variables = set(sys.modules), dict(os.environ)\nimport nntutor\n"
        "dir(nntutor), nntutor.__all__, nntutor.__version__\n"
        "print(*(name for name in sys.modules if name not in modules and name.partition('.')[0] not in"
        " (*sys.stdlib_module_names, 'nntutor')), *(name for name in sys.modules if name.startswith('nntutor.')))\n"
        "print(os.environ == variables)"
    )
    assert fresh(code).split() == ["True"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_no_thread_is_started_and_no_terminal_library_is_loaded_by_use() -> None:
    code = (
        "import sys, nntutor\n{use}\nprint(open('/proc/self/status').read().partition('Threads:')[2].split()[0],"
        " *(name for name in ('textual', 'rich', 'plotext') if name in sys.modules))"
    )
    use = "one = nntutor.read('two-two-two'); nntutor.trace(one); nntutor.train(one, 9); nntutor.check(one)"
    assert fresh(code.format(use="")).split() == ["1"]
    assert fresh(code.format(use=use)).split() == ["1"]


def test_a_type_checker_sees_the_names_that_are_loaded() -> None:
    [block] = [
        node
        for node in ast.parse((ROOT / "tui" / "door" / "__init__.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.If)
    ]
    [imported] = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert imported.module == functions.__name__
    assert [alias.name for alias in imported.names] == PUBLIC == functions.__all__
    assert set(PUBLIC) <= set(dir(nntutor))


def test_a_name_that_is_not_there_is_said_as_python_says_it() -> None:
    with pytest.raises(AttributeError, match="module 'nntutor' has no attribute 'tarce'"):
        nntutor.tarce  # noqa: B018


@pytest.mark.parametrize("module", ["nntutor", "nntutor.tui.cli"])
def test_run_as_a_module_it_is_the_command(module: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"nntutor {nntutor.__version__}\n", "")


# --- what is said about it ---------------------------------------------------------------------------


def test_the_session_of_the_page_prints_what_it_says() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 20 and not failed


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_described(name: str) -> None:
    about = getattr(nntutor, name).__doc__ or ""
    assert len(about.split()) >= 4 and not about.startswith(f"{name}("), "a docstring of its own"
    rows = [row for row in PAGE.read_text(encoding="utf-8").splitlines() if row.startswith("| `")]
    assert any(re.search(rf"`{name}\b", row.split(" | ")[0]) for row in rows)


def test_every_attribute_that_the_page_names_is_there() -> None:
    """Those of types; `error` and the like stand in the column beside the type's name."""
    problem = nntutor.read("two-two-two")
    trace = nntutor.trace(problem)
    here = {
        "Problem": problem, "Network": problem.network, "Layer": problem.network.layers[0], "Samples": problem.samples,
        "Optimizer": problem.optimizer, "Trace": trace, "Step": trace.step(1), "Operand": trace.step(1).operands[0],
        "Ref": trace.step(1).ref, "Timeline": nntutor.Timeline.start(problem),
        "Training": nntutor.train(problem, 1), "Check": nntutor.check(problem)[0],
        "Result": next(published.results(published.examples()[0])),
    }  # fmt: skip
    seen = 0
    for row in PAGE.read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"\| `(\w+)` \| (.*) \|", row)
        if found is None or found[1] not in here:
            continue
        seen += 1
        for attribute in re.findall(r"`(\w+)(?:\([\w, ]*\))?`", found[2]):
            assert hasattr(here[found[1]], attribute) or attribute == "len", (found[1], attribute)
    assert seen == len(here)


@pytest.mark.parametrize("of", [nntutor.Problem, nntutor.Optimizer, nntutor.Layer, nntutor.Network])
def test_every_setting_stands_on_the_page(of: type) -> None:
    (row,) = re.findall(rf"^\| `{of.__name__}` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {one.name for one in fields(of)} <= set(re.findall(r"`(\w+)`", row))


# --- what comes out ----------------------------------------------------------------------------------


@given(problems())
def test_training_leaves_the_weights_from_which_the_next_record_starts(problem: Problem) -> None:
    trained = nntutor.train(problem, 3)
    if trained.diverged is not None:
        return
    record = nntutor.trace(problem, 4)
    for number, layer in enumerate(trained.network.layers, 1):
        assert np.array_equal(layer.weights, record.array("weight", number))
        assert layer.bias is None or np.array_equal(layer.bias, record.array("weight", number, bias=True))
    assert list(trained.errors) == [nntutor.trace(problem, iteration).error for iteration in (1, 2, 3)]
    kept = [(layer.activation, layer.learn, layer.slope, layer.initial) for layer in problem.network.layers]
    assert kept == [(layer.activation, layer.learn, layer.slope, layer.initial) for layer in trained.network.layers]


@given(problems())
def test_a_step_spells_the_formula_that_made_it(problem: Problem) -> None:
    record = nntutor.trace(problem)
    for step in record:
        assert step.text == text(tokens(step.formula, record.symbol))
        assert step.symbol in repr(step) and step.text in repr(step)


def test_training_ends_at_its_goal() -> None:
    problem = nntutor.read("two-two-two")
    goal = float(nntutor.train(problem, 50).errors[29])
    assert len(nntutor.train(problem, 1000, goal=goal).errors) == 30


def test_a_problem_is_read_by_path_by_name_and_from_its_text(tmp_path: Path) -> None:
    shipped_one = builtin.open("sibling")
    text = nntutor.write(shipped_one)
    (tmp_path / "mine").write_text(text, encoding="utf-8")
    for problem in (
        nntutor.read("sibling"),
        nntutor.read(tmp_path / "mine"),
        nntutor.read(str(tmp_path / "mine")),
        nntutor.parse(text),
    ):
        assert nntutor.write(problem) == text
    assert "sibling" in nntutor.problems()


def test_a_problem_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    text = nntutor.write(builtin.open("sibling"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert nntutor.write(nntutor.read("-")) == text


# --- what goes wrong ---------------------------------------------------------------------------------


def test_a_mistake_that_can_be_named_carries_its_sentence() -> None:
    with pytest.raises(nntutor.NntutorError) as unknown:
        nntutor.read("two-two-too")
    assert "Did you mean “two-two-two”?" in unknown.value.__notes__[0]
    with pytest.raises(nntutor.ProblemError) as missing:
        nntutor.read(f"missing{os.sep}sheet.toml")
    assert missing.value.__notes__[0].startswith(f"missing{os.sep}sheet.toml: ")
    rosenblatt = replace(nntutor.read("gate-and"), error="perceptron")
    with pytest.raises(nntutor.NntutorError) as refused:
        nntutor.check(rosenblatt)
    assert len(refused.value.__notes__) == 1


def test_an_iteration_that_is_not_there_is_refused() -> None:
    problem = nntutor.read("two-two-two")
    wild = nntutor.read("one-weight")
    wild = replace(wild, optimizer=replace(wild.optimizer, learning_rate=1e100))
    ends = nntutor.train(wild, 100).diverged
    assert ends is not None and nntutor.trace(wild, ends).diverged
    with pytest.raises(ValueError, match=f"iteration {ends + 1}: training diverges in iteration {ends}"):
        nntutor.trace(wild, ends + 1)
    none: list[Any] = [0, -1, 1.5, float("nan"), float("inf"), None, "3", True, np.array([1, 2]), 10**400]
    for wrong in none:
        with pytest.raises(ValueError, match=r"iteration is .*: expected a whole number from 1"):
            nntutor.trace(problem, wrong)
        with pytest.raises(ValueError, match=r"iterations is .*: expected a whole number from 1"):
            nntutor.train(problem, wrong)


def test_a_mistake_is_run_by_its_name() -> None:
    problem = nntutor.read("two-two-two")
    wrong, right = nntutor.trace(problem, 2, "updated-weights"), nntutor.trace(problem, 2)
    assert wrong.error == Timeline.start(problem, "updated-weights").to(2).trace.error != right.error
    for none in ("updated-weight", "updated-weights@3", "updated-weights@-1"):  # there are two layers
        with pytest.raises(ValueError, match=r"expected one of .*updated-weights"):
            nntutor.trace(problem, mistake=none)


STRANGE: list[Any] = [
    None, 3, 2.5, True, "w5", "", b"x", [], [[1, 2], [3]], {}, {1: 2}, {"dW1": [[1, 2], [3]]},
    {"dW1": [[True, False]] * 2},
    np.array([1.0, 2.0]), np.array([["1"]]), np.array(3), np.float32(2), float("nan"), 10**400, object(), int,
    (one for one in "12"), "x" * 10**5, "\udc80", {1, 2},
]  # fmt: skip
"""What comes of a slip: each has another type, or a value that the place does not take."""


def used(of: nntutor.Problem) -> dict[str, Any]:
    """Each place at the door that takes a value, by what it does with one."""
    trace, timeline, layer = nntutor.trace(of), nntutor.Timeline.start(of), of.network.layers[0]
    ref = trace.find("w5")
    assert ref is not None
    makers = {
        f"{type(value).__name__}.{one.name}": lambda found, value=value, name=one.name: replace(value, **{name: found})
        for value in (of, layer, of.optimizer, of.network, of.samples)
        for one in fields(value)
    }
    return makers | {
        "read": nntutor.read, "model": lambda found: nntutor.read("xor", found), "parse": nntutor.parse,
        "write": nntutor.write, "trace": nntutor.trace, "iteration": lambda found: nntutor.trace(of, found),
        "mistake": lambda found: nntutor.trace(of, 1, found), "train": lambda found: nntutor.train(found, 2),
        "iterations": lambda found: nntutor.train(of, found), "goal": lambda found: nntutor.train(of, 2, found),
        "check": nntutor.check, "checked": lambda found: nntutor.check(of, found), "diagnose": nntutor.diagnose,
        "values": lambda found: nntutor.diagnose(of, found),
        "array": lambda found: nntutor.diagnose(of, {"dW1": found}),
        "at": lambda found: nntutor.diagnose(of, {"E": 1}, found),
        "within": lambda found: nntutor.diagnose(of, {"E": 1}, 1, found),
        "module": lambda found: nntutor.problem_of(found, [[1]], [[1]]),
        "network": lambda found: nntutor.Network((found,)),
        "inputs": lambda found: nntutor.Samples.of(found, [[1]]), "step": trace.step, "symbol": trace.__getitem__,
        "find": trace.find, "kind": lambda found: trace.array(found, 1),
        "layer": lambda found: trace.array("grad", found),
        "start": nntutor.Timeline.start, "mistaken": lambda found: nntutor.Timeline.start(of, found),
        "to": timeline.to, "to_step": lambda found: timeline.to(1, found), "back": timeline.back,
        "ref": lambda found: timeline.edit(found, 1), "value": lambda found: timeline.edit(ref, found),
    }  # fmt: skip


@pytest.mark.parametrize("place", sorted(used(nntutor.read("two-two-two"))))
def test_what_is_of_another_kind_is_refused_in_words_of_our_own(place: str) -> None:
    """Not by whatever breaks on it further in: the line that raises is ours, and says so on purpose."""
    use = used(nntutor.read("two-two-two"))[place]
    for strange in STRANGE:
        if place == "to" and isinstance(strange, int) and strange > 10**9:  # a place that there is, far on
            continue
        try:
            use(strange)
        except (ValueError, TypeError, KeyError, IndexError, nntutor.NntutorError) as error:
            *_, last = traceback.extract_tb(error.__traceback__)
            ours = str(ROOT) in str(Path(last.filename).resolve()) and (last.line or "").lstrip().startswith("raise ")
            assert ours, (place, strange, error)
            assert len(str(error)) < 1500 and (isinstance(error, nntutor.NntutorError) or error.args), (place, strange)


NUMPYS: list[dict[str, Any]] = [
    {"seed": np.int64(3)}, {"batch": np.int32(1)}, {"shuffle": np.bool_(True)}, {"l2": np.float32(0.1)},
    {"l1": np.float64(0.1)},
    {"input_gradient": np.bool_(True)}, {"title": np.str_("a title")}, {"l2": 1},
    {"optimizer": nntutor.Optimizer(learning_rate=np.float64(0.1))}, {"optimizer": nntutor.Optimizer(learning_rate=1)},
    {"optimizer": nntutor.Optimizer("adam", np.float32(0.1), decay=Fraction(1, 3), correct=np.bool_(False))},
]  # fmt: skip


@pytest.mark.parametrize("given", NUMPYS)
def test_a_problem_with_scalars_of_numpy_is_written_as_a_file_that_reads_back(given: dict[str, Any]) -> None:
    problem = replace(nntutor.read("two-two-two"), **given)
    text = nntutor.write(problem)
    assert nntutor.write(nntutor.parse(text)) == text
    assert nntutor.trace(nntutor.parse(text), 2).error == nntutor.trace(problem, 2).error


def test_what_no_file_can_hold_is_not_written() -> None:
    problem = nntutor.read("two-two-two")
    wild = replace(problem, samples=nntutor.Samples.of([[np.nan, 1]], [[1, 0]]))
    with pytest.raises(ValueError, match="expected finite ones"):
        nntutor.write(wild)


@pytest.mark.parametrize("name", ["two-two-two", "xor"])
def test_copies_and_what_was_pickled_are_read_only_too(name: str) -> None:
    problem = nntutor.read(name)
    trained, record = nntutor.train(problem, 3), nntutor.trace(problem)
    found = nntutor.diagnose(problem, {"E": record.error})
    for again in (copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))):
        assert again(found).verdict == "right"
        for one in (again(problem), again(trained).problem, again(nntutor.Timeline.start(problem)).original):
            layer = one.network.layers[0]
            for array in (layer.weights, layer.bias, one.samples.inputs, one.samples.targets):
                assert array is not None and not array.flags.writeable
        assert not again(trained).errors.flags.writeable
        assert [step.value for step in again(record)] == [step.value for step in record]
