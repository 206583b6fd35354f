"""Problem files: what is read, what is refused and in which words, and that writing reads back."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.errors import Exceeds, NntutorError, OutOfRange
from nntutor.core.files import writing
from nntutor.core.files.layers import MOST_UNITS
from nntutor.core.files.problem import parse, read
from nntutor.core.problems.network import Problem, draw
from nntutor.core.rules.optimizers import KEYS, OPTIMIZERS, Optimizer
from nntutor.lessons.course import builtin
from nntutor.lessons.language import error_text
from nntutor.lessons.language.words import load

GOOD = """\
title = "A sheet"
[optimizer]
learning_rate = 0.5

[[layer]]
weights = [[0.15, 0.20], [0.25, 0.30]]
bias = [0.35, 0.35]

# [[layer]]
[[layer]]
weights = [[0.40, 0.45]]
learn_bias = false

[[sample]]
input = [0.05, 0.10]
target = [0.01]

[[sample]]
input = [1, 2]
target = [1]
"""


def refusal(text: str, folder: Path | None = None) -> str:
    """The one line that refuses a text, in English; the Korean one must be a line as well."""
    with pytest.raises(NntutorError) as caught:
        parse(text, "sheet.toml", folder)
    for language in ("en", "ko"):
        sentence = error_text.sentence(caught.value, load(language))
        assert "\n" not in sentence and "{" not in sentence.replace("{…}", "")
    return error_text.sentence(caught.value, load("en"))


def same(one: Problem, other: Problem) -> bool:
    return writing.as_json(one) == writing.as_json(other)


def writable(problem: Problem) -> Problem:
    """The problem as a file can say it: a penalty needs a slope, and a form its optimizer."""
    name, usual = problem.optimizer.name, Optimizer()
    said = {key: getattr(usual, key) for key in ("form", "epsilon_at", "correct") if key not in KEYS[name]}
    rates = {"l1": 0.0, "l2": 0.0} if problem.error == "perceptron" else {}
    return replace(problem, optimizer=replace(problem.optimizer, **said), **rates)


@given(problems(settings=True))
def test_a_problem_written_out_reads_back_the_same(problem: Problem) -> None:
    problem = writable(problem)
    again = parse(writing.write(problem), "x")
    assert same(problem, again)
    assert replace(again.shape(2), layers=()) == replace(problem.shape(2), layers=())
    assert (again.l1, again.l2, again.optimizer.decay) == (problem.l1, problem.l2, problem.optimizer.decay)


@pytest.mark.parametrize("name", builtin.names())
def test_every_shipped_problem_opens_and_reads_back(name: str) -> None:
    problem = builtin.open(name)
    assert problem.title
    assert same(problem, parse(writing.write(problem), name))


LEARNED = ("two-two-two", "two-two-two-output", "sibling", "one-unit", "xor", "flowers", "neuron-and", "neuron-or")


@pytest.mark.parametrize("name", LEARNED)
def test_a_shipped_problem_learns(name: str) -> None:
    from nntutor.core.engine.timeline import Timeline

    problem = builtin.open(name)
    errors = Timeline.start(problem).runner().chunk(1500).errors
    assert errors[-20:].mean() < 0.2 * errors[:20].mean()


def test_defaults_are_those_of_the_contract() -> None:
    problem = parse("[[layer]]\nunits = 3\n[[layer]]\nunits = 1\n[[sample]]\ninput = [1, 2]\ntarget = [0]\n", "x")
    assert (problem.error, problem.batch, problem.shuffle, problem.seed) == ("half-squared", "online", False, 0)
    assert (problem.optimizer.name, problem.optimizer.learning_rate) == ("sgd", 0.5)
    first, second = problem.network.layers
    assert first.activation == "sigmoid" and first.initial == "uniform"
    # The contract's own words for initial weights, worked out again here.
    expected = 2 * np.random.default_rng([0, 1]).random((3, 2)) - 1
    np.testing.assert_allclose(first.weights, expected, rtol=0, atol=1e-15)
    assert second.bias is not None and not second.bias.any()
    for name, rate in (("momentum", 0.1), ("nesterov", 0.1), ("adagrad", 0.01), ("rmsprop", 0.01), ("adam", 0.01)):
        other = parse(GOOD.replace("learning_rate = 0.5", f'name = "{name}"'), "x")
        assert other.optimizer.learning_rate == rate
        assert other.optimizer.epsilon == (1e-10 if name == "adagrad" else 1e-8)


@pytest.mark.parametrize(("initial", "limit"), [("xavier", (6 / 5) ** 0.5), ("he", (6 / 2) ** 0.5), ("uniform", 1.0)])
def test_initial_weights_are_uniform_within_their_limit(initial: str, limit: float) -> None:
    weights = draw(initial, 3, 2, 7, 2)
    expected = (2 * np.random.default_rng([7, 2]).random(6) - 1).reshape(3, 2) * limit
    np.testing.assert_allclose(weights, expected, rtol=1e-15)
    assert not draw("zeros", 3, 2, 7, 2).any()


@pytest.mark.parametrize("batch", ["online", "full", 2, 3, 50])
@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_uses_every_sample_once(batch: str | int, shuffle: bool) -> None:
    from dataclasses import replace

    problem = replace(builtin.open("flowers"), batch=batch, shuffle=shuffle)
    each = problem.epoch_iterations
    for epoch in range(3):
        used = [index for at in range(each) for index in problem.samples_of(epoch * each + at + 1)]
        assert sorted(used) == list(range(150))
        assert (used == list(range(150))) is not shuffle
    assert problem.samples_of(5) == problem.samples_of(5)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("learning_rate", "learning_rat", "sheet.toml:3: unknown key “learning_rat”"),
        ("learning_rate", "learning_rat", "Did you mean “learning_rate”?"),
        ("0.5\n", '"fast"\n', "sheet.toml:3: “learning_rate” is “fast”; expected a number."),
        ("0.5\n", "true\n", "sheet.toml:3: “learning_rate” is true; expected a number."),
        ("0.5\n", "-1\n", "sheet.toml:3: “learning_rate” is -1"),
        ("0.5\n", '0.5\nname = "adm"\n', "sheet.toml:4: “name” is “adm”; expected one of: sgd"),
        ("0.5\n", "0.5\nbeta1 = 0.9\n", "sheet.toml:4: unknown key “beta1”"),
        ("0.5\n", '0.1\nname = "momentum"\nmomentum = 1\n', "sheet.toml:5: “momentum” is 1"),
        ("0.15, 0.20", "0.15", "sheet.toml:6: row 1 of “weights” has 1 number; expected 2"),
        ("0.40, 0.45", "0.4, 0.5, 0.6", "sheet.toml:11: row 1 of “weights” has 3 numbers; expected 2"),
        ("[0.40, 0.45]", "[0.4], [0.5]", "sheet.toml:11: “weights” has 2 rows of 1 number and looks transposed"),
        ("[0.40, 0.45]", "[0.4], [0.5]", "expected 1 row of 2 numbers: a row for each unit"),
        ("[0.40, 0.45]", "[0.4, 1, 1], [0.5, 1, 1]", "sheet.toml:11: row 1 of “weights” has 3 numbers; expected 2"),
        ("[0.40, 0.45]", "[0.4], [0.5], [0.6]", "sheet.toml:11: row 1 of “weights” has 1 number; expected 2"),
        ("[0.40, 0.45]", "[0.4, 1, 1], [0.5]", "sheet.toml:11: row 1 of “weights” has 3 numbers; expected 2"),
        ("[0.40, 0.45]", "[0.4], [0.5]", "For a row for each input write inputs_first = true."),
        (
            "[0.40, 0.45]]",
            "[0.4, 0.45]]\ninputs_first = true",
            "sheet.toml:11: “weights” has 1 row of 2 numbers and looks transposed; under inputs_first = true expected "
            "2 rows of 1 number",
        ),
        (
            "[0.40, 0.45]]",
            "[0.4, 1], [0.5]]\ninputs_first = true",
            "sheet.toml:11: row 2 of “weights” has 1 number; expected 2.",
        ),
        (
            "[0.40, 0.45]]",
            "[0.4], [0.5], [1]]\ninputs_first = true",
            "sheet.toml:11: “weights” has 3 entries; expected 2.",
        ),
        ("weights = [[0.40, 0.45]]", "units = 1\ninputs_first = true", "sheet.toml:12: “weights” is missing."),
        ("0.40, 0.45", '0.4, "a"', "sheet.toml:11: “weights” is “a”"),
        ("0.40, 0.45", "0.4, nan", "sheet.toml:11: “weights” holds nan; expected finite numbers."),
        ("0.40, 0.45", "0.4, 1" + "0" * 400, "sheet.toml:11: “weights” holds 1000"),
        ("[0.35, 0.35]", "[0.35]", "sheet.toml:7: “bias” has 1 entry; expected 2."),
        ("[0.35, 0.35]", "true", "sheet.toml:7: “bias” is true; expected a list of numbers, or false"),
        ("learn_bias = false", "learn_bias = 0", "sheet.toml:12: “learn_bias” is 0; expected true or false."),
        ("learn_bias = false", "slope = 0.1", "sheet.toml:12: unknown key “slope”"),
        ("learn_bias = false", 'initial = "he"', "sheet.toml:12: “initial” and “weights” exclude each other"),
        ("learn_bias = false", "units = 2", "sheet.toml:12: “weights” has 1 entry; expected 2."),
        ("input = [1, 2]", "input = [1]", "sheet.toml:19: “input” has 1 entry; expected 2."),
        ("input = [1, 2]", "inputs = [1, 2]", "sheet.toml:19: unknown key “inputs”"),
        ("target = [1]", "", "sheet.toml:18: “target” is missing."),
        ("target = [0.01]", "target = [0.01, 1]", "“target” has 1 entry; expected 2."),
        ('title = "A sheet"', "title = 3", "sheet.toml:1: “title” is 3; expected a text in quotes."),
        (
            'title = "A sheet"',
            "title = 1979-05-27",
            "sheet.toml:1: “title” is 1979-05-27; expected a text in quotes.",
        ),
        (
            'title = "A sheet"',
            'title = [true, "a", 07:32:00]',
            "sheet.toml:1: “title” is [true, “a”, 07:32:00]; expected a text in quotes.",
        ),
        ('title = "A sheet"', "batch = 0", "sheet.toml:1: “batch” is 0; expected a whole number of at least 1."),
        ('title = "A sheet"', "batch = 'all'", "sheet.toml:1: “batch” is “all”; expected one of: online, full"),
        ('title = "A sheet"', "seed = -1", "sheet.toml:1: “seed” is -1"),
        ('title = "A sheet"', "error = 'bc'", "Did you mean “bce”?"),
        ('title = "A sheet"', "error = 'softmax-ce'", "sheet.toml:16: target [0.01] does not suit"),
        ('title = "A sheet"', "error = 'perceptron'", "needs activation “step” in the last layer"),
        ('title = "A sheet"', "format = 2", "sheet.toml:1: “format” is 2; expected 1"),
        ('title = "A sheet"', "l2 = -1", "sheet.toml:1: “l2” is -1; expected a number of at least 0."),
        ('title = "A sheet"', "over_samples = 'avg'", "Did you mean “mean”?"),
        ('title = "A sheet"', "over_outputs = ''", "sheet.toml:1: “over_outputs” is “”; expected one of: sum, mean."),
        ("0.5\n", "0.5\nform = 'torch'\n", "sheet.toml:4: unknown key “form”"),
        ("0.5\n", "0.5\nform = 'torch'\n", "“form” belongs to other optimizers: momentum."),
        ("0.5\n", "0.5\nname = 'nesterov'\nform = 'torch'\n", "sheet.toml:5: unknown key “form”"),
        ("0.5\n", "0.5\nname = 'rmsprop'\nepsilon_at = 'hat'\n", "sheet.toml:5: “epsilon_at” is “hat”"),
        ("0.5\n", "0.5\nname = 'adam'\ncorrect = 1\n", "sheet.toml:5: “correct” is 1; expected true or false."),
        ("0.5\n", "0.5\ndecay = -1\n", "sheet.toml:4: “decay” is -1; expected a number of at least 0."),
        ("0.5\n", "0.5\nweight_decay = 0.1\n", "Did you mean “decay”?"),
        ('title = "A sheet"', "surfaces = 1", "sheet.toml:1: unknown key “surfaces”"),
        ('title = "A sheet"', 'data = "a.csv"', "sheet.toml:1: “data” and “[[sample]]” exclude each other"),
        ('title = "A sheet"', "a = " + "[" * 3000, "sheet.toml:1: more than 16 brackets"),
        ('title = "A sheet"', 'title = """', "not TOML"),
        ("[0.05, 0.10]", "[0.05, 0.10", "sheet.toml:16: not TOML"),
        ("[0.05, 0.10]", "[]", "sheet.toml:15: “input” is []; expected a list of numbers."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line_with_its_place(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert expected in refusal(GOOD.replace(old, new, 1))


def under(error: str, activation: str, head: str) -> str:
    """A sheet of one sample with this error, last activation and head."""
    text = f'{head}\nerror = "{error}"\n[[layer]]\nweights = [[1.0]]\nactivation = "{activation}"\n'
    return text + "[[sample]]\ninput = [1]\ntarget = [1]\n"


def test_keys_that_an_error_has_no_use_for_are_refused_where_they_stand() -> None:
    for error, activation in (("softmax-ce", "identity"), ("perceptron", "step")):
        said = refusal(under(error, activation, '\nover_outputs = "mean"'))
        assert said == (
            f"sheet.toml:2: error “{error}” is a sum over the outputs; expected “sum”. "
            "A mean is for half-squared, mse and bce."
        )
        assert parse(under(error, activation, 'over_outputs = "sum"'), "x").over_outputs == "sum"
    for key in ("l1", "l2"):
        said = refusal(under("perceptron", "step", f"{key} = 0.5"))
        assert said.startswith(f"sheet.toml:1: “{key}” adds to E, but the rule of error “perceptron” is no slope")
        assert parse(under("perceptron", "step", f"{key} = 0"), "x").l1 == 0
        assert getattr(parse(under("mse", "relu", f"{key} = 0.5"), "x"), key) == 0.5
        on_surface = f'{key} = 0.5\n[surface]\nname = "ravine"\n'
        assert f"sheet.toml:1: “{key}” and “[surface]” exclude each other" in refusal(on_surface)


def test_one_row_per_input_is_the_same_matrix_the_other_way_round() -> None:
    plain = parse(GOOD, "x")
    text = GOOD.replace("[[0.15, 0.20], [0.25, 0.30]]", "[[0.15, 0.25], [0.20, 0.30]]\ninputs_first = true")
    turned = text.replace("[[0.40, 0.45]]", "[[0.40], [0.45]]\ninputs_first = true")
    assert same(parse(turned, "x"), plain)


def test_every_optimizer_takes_its_own_forms_and_no_others() -> None:
    forms = {"form": '"torch"', "epsilon_at": '"inside"', "correct": "false", "decay": "0.5"}
    for name in OPTIMIZERS:
        for key, value in forms.items():
            text = GOOD.replace("learning_rate = 0.5", f'name = "{name}"\n{key} = {value}')
            if key in KEYS[name]:
                assert str(getattr(parse(text, "x").optimizer, key)).lower() == value.strip('"')
            else:
                assert f"sheet.toml:4: unknown key “{key}”" in refusal(text)
    assert KEYS["nesterov"] == ("learning_rate", "momentum", "decay")


def test_no_layer_no_sample_no_file() -> None:
    assert "no layers" in refusal("[[sample]]\ninput = [1]\ntarget = [1]\n")
    assert "no samples" in refusal("[[layer]]\nunits = 1\n")
    assert "no samples" in refusal("")
    assert "sheet.toml:1: “data” is “”; expected the path" in refusal('data = ""\n[[layer]]\nunits = 1\n')
    assert "units" in refusal("[[layer]]\nunits = 100000\n[[sample]]\ninput = [1]\ntarget = [1]\n")
    wide = "[[layer]]\nunits = 9999\n" * 3 + "[[sample]]\ninput = [1]\ntarget = [1]\n"
    assert "at most 20000000" in refusal(wide)


def test_no_line_is_better_than_a_wrong_one() -> None:
    text = 'layer = [{weights = [[1, 2]]}]\n[[sample]]\ninput = [1]\ntarget = [1]\ntitle = """\n[[layer]]\n"""\n'
    assert refusal(text).startswith("sheet.toml:5: unknown key “title”")
    inline = "layer = [{weights = [[1, 2]]}]\n[[sample]]\ninput = [1]\ntarget = [1]\n"
    assert refusal(inline).startswith("sheet.toml: row 1 of “weights”")


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        ("x,y\n1,2\n", '["x", "z"]', "data.csv:1: no column “z”; expected one of: x, y."),
        ("x,y\n1,2\n3,blue\n", '["x", "y"]', "data.csv:3: column “y” holds “blue”; expected a number."),
        ("x,y\n1\n", '["x", "y"]', "data.csv:2: column “y” holds “”; expected a number."),
        ("x,y\n1,inf\n", '["x", "y"]', "data.csv:2: “y” holds inf; expected finite numbers."),
        ("x,y\n", '["x", "y"]', "no samples"),
        ("", '["x", "y"]', "data.csv: no samples"),
    ],
)
def test_a_bad_csv_is_refused_with_its_line(tmp_path: Path, rows: str, columns: str, expected: str) -> None:
    (tmp_path / "data.csv").write_text(rows)
    text = f'data = "data.csv"\ninputs = {columns}\ntargets = ["x"]\n[[layer]]\nunits = 1\n'
    assert expected in refusal(text, tmp_path)


def test_files_that_are_no_problem_files_are_refused_unread(tmp_path: Path) -> None:
    zeros = tmp_path / "zeros.toml"
    with zeros.open("wb") as file:
        file.truncate(100 * 2**20)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b'title = "x"\nsource = "\xe9"\n')
    cases = {
        str(tmp_path): "folder",
        str(tmp_path / "none.toml"): "no such file",
        str(zeros): "larger than 1 MB",
        str(latin): "latin.toml:2: not UTF-8",
        "/dev/zero": "not a file",
        "nul\0.toml": "cannot be read",
    }
    for where, expected in cases.items():
        with pytest.raises(NntutorError) as caught:
            read(where)
        assert expected in error_text.sentence(caught.value, load("en"))
    with pytest.raises(NntutorError) as caught:
        read("-", io.BytesIO(b"0" * 2_000_000))
    assert "larger than 1 MB" in error_text.sentence(caught.value, load("en"))


@pytest.mark.parametrize("units", [MOST_UNITS + 1, 2**63 - 1, 2**63, 2**64])
def test_too_many_units_are_called_too_many(units: int) -> None:
    with pytest.raises(OutOfRange) as caught:
        parse(f"[[layer]]\nunits = {units}\n[[sample]]\ninput = [1]\ntarget = [1]\n", "x")
    sentence = error_text.sentence(caught.value, load("en"))
    assert sentence == f"x:2: “units” is {units}; expected at most {MOST_UNITS}."


def test_a_layer_whose_weights_are_listed_has_no_more_units_either() -> None:
    rows = "[1], " * (MOST_UNITS + 1)
    with pytest.raises(Exceeds, match="units") as caught:
        parse(f"[[layer]]\nweights = [{rows}]\n[[sample]]\ninput = [1]\ntarget = [1]\n", "x")
    assert caught.value.line == 2 and caught.value.limit == MOST_UNITS


def test_a_mark_of_byte_order_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert same(read(path), parse(GOOD, "x"))
    assert same(read("-", io.BytesIO(GOOD.encode())), parse(GOOD, "x"))


@share(3.75)
@given(st.data())
def test_no_mutation_of_a_file_brings_anything_but_a_problem_or_one_line(data: st.DataObject) -> None:
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        piece = data.draw(
            st.one_of(
                st.text(max_size=6), st.sampled_from(["[[", "]]", "=", '"', "nan", "1e999", "{}", "[]", "-", "\n"])
            )
        )
        text = text[:at] + piece + text[at + cut :]
    try:
        parse(text, "sheet.toml", None)
    except NntutorError as error:
        for language in ("en", "ko"):
            assert "\n" not in error_text.sentence(error, load(language))
