"""What `trace` prints: the JSON of the contract, field by field; CSV, text, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import replace
from decimal import Decimal
from functools import cache
from math import isclose
from typing import Any

import numpy as np
import pytest

from nntutor.core.files import writing
from nntutor.core.files.problem import parse
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem, Samples
from nntutor.lessons.course import builtin
from nntutor.lessons.export import json as json_room
from nntutor.lessons.export import write
from nntutor.lessons.export.csv import STEP_COLUMNS
from nntutor.lessons.export.formats import RECORDS
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.export.json import iteration_json
from nntutor.lessons.export.steps import DIGITS
from nntutor.lessons.language import words
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.posing.posed import network

SIX = """
error = "bce"
batch = 2
[optimizer]
name = "adam"
[[layer]]
activation = "tanh"
units = 3
initial = "xavier"
[[layer]]
activation = "leaky-relu"
slope = 0.2
units = 2
[[layer]]
units = 1
bias = false
[[sample]]
input = [0.3, -2]
target = [1]
[[sample]]
input = [1.5, 2]
target = [0]
[[sample]]
input = [-1, 0.25]
target = [0.5]
"""
MOMENTUM = """
error = "mse"
batch = "full"
[optimizer]
name = "nesterov"
[[layer]]
activation = "relu"
units = 3
[[layer]]
activation = "identity"
units = 2
learn_bias = false
[[sample]]
input = [0.3, -2]
target = [1, 2]
[[sample]]
input = [1.5, 2]
target = [0, -1]
"""
DIVERGES = """
[optimizer]
learning_rate = 1e100
[[layer]]
activation = "identity"
weights = [[3]]
[[sample]]
input = [2]
target = [1]
"""
NAMES = ("two-two-two", "two-two-two-output", "flowers", "xor", "one-unit", "bce", "nesterov", "diverges")


@cache
def problem(name: str) -> Problem:
    texts = {"bce": SIX, "nesterov": MOMENTUM, "diverges": DIVERGES}
    if name == "flowers":  # four of them are of all three kinds, and make sums that are too long for a page
        whole = builtin.open(name)
        samples = Samples(whole.samples.inputs[::40], whole.samples.targets[::40])
        return replace(whole, samples=samples, batch="full", shuffle=False)
    return parse(texts[name], name) if name in texts else builtin.open(name)


@cache
def written(
    name: str,
    format: str,
    first: int = 1,
    last: int = 2,
    language: str = "en",
    style: Style = Style.UNICODE,
    steps: bool = True,
) -> str:
    out = io.StringIO()
    traces = iterations(problem(name), first, last)
    write.write(out, format, problem(name), traces, words.load(language), style, steps)
    return out.getvalue()


@cache
def parsed(name: str, **asked: Any) -> dict[str, Any]:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(written(name, "json", **asked), parse_constant=refuse)


# --- an evaluator of formulas that knows nothing of ours ---------------------------------------------

FUNCTIONS: dict[str, Any] = {
    "σ": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0.0), "exp": np.exp,
    "ln": np.log, "root": np.sqrt, "abs": np.abs, "max": np.maximum, "step": lambda x: np.heaviside(x, 1.0),
    "leaky": lambda x: np.maximum(x, 0.2 * x),
}  # fmt: skip
PYTHON = {"·": "*", "−": "-", "²": "**2", "½": "number(0.5)"}


def evaluated(formula: str, values: dict[str, float]) -> float:
    """A formula's text worked out by Python itself, its names replaced by their values."""
    symbols = sorted(values, key=len, reverse=True)
    pattern = "|".join(
        [*map(re.escape, symbols), r"\d+\.?\d*(?:e[+-]?\d+)?", "σ|tanh|relu|exp|ln|√|abs|max|step|leaky", "."]
    )
    python = ""
    for piece in re.findall(pattern, formula):
        if piece in values:
            python += f"number({values[piece]!r})"
        elif piece[0] in "0123456789":
            python += f"number({piece})"
        else:
            python += {"√": "root"}.get(piece, PYTHON.get(piece, piece))
    names = {**FUNCTIONS, "number": np.float64, "inf": np.inf, "nan": np.nan}
    with np.errstate(all="ignore"):
        return float(eval(python, {"__builtins__": {}}, names))


def number(value: float | str) -> float:
    return float(value)


def sums(step: dict[str, Any]) -> bool:
    """Whether the step's formula holds a sum over units or samples."""
    return step["kind"] in ("net", "out-gradient", "gradient", "probability") or step["symbol"] == "E"


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_evaluates_to_its_value(name: str) -> None:
    for iteration in parsed(name)["iterations"]:
        for step in iteration["steps"]:
            values = {operand["symbol"]: number(operand["value"]) for operand in step["operands"]}
            value, again = number(step["value"]), evaluated(step["formula"], values)
            if not sums(step) or len(values) < 2 or not np.isfinite(value):
                assert again == value or (np.isnan(again) and np.isnan(value)), step
            elif step["kind"] == "probability":
                assert abs(again - value) <= (len(values) + 4) * 2**-52, step
            else:
                terms = evaluated(step["formula"].replace("−", "+"), {k: abs(v) for k, v in values.items()})
                assert abs(again - value) <= (len(values) + 2) * 2**-52 * terms, step


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_filled_in_are_the_operands_to_nine_digits(name: str) -> None:
    for step in (step for iteration in parsed(name)["iterations"] for step in iteration["steps"]):
        values = {operand["symbol"]: number(operand["value"]) for operand in step["operands"]}
        rounded = {symbol: float(f"{value:.9g}") for symbol, value in values.items()}
        assert not any(symbol in step["substituted"] for symbol in values)
        again, expected = evaluated(step["substituted"], {}), evaluated(step["formula"], rounded)
        assert again == expected or (np.isnan(again) and np.isnan(expected)), step


@pytest.mark.parametrize("name", NAMES)
def test_an_operand_is_the_value_of_the_step_that_made_it(name: str) -> None:
    made: dict[tuple[int, int], Any] = {}
    for iteration in parsed(name)["iterations"]:
        for step in iteration["steps"]:
            for operand in step["operands"]:
                if operand["step"] is not None:
                    assert made[operand["iteration"], operand["step"]] == operand["value"]
            made[iteration["iteration"], step["index"]] = step["value"]


# --- JSON against the contract -----------------------------------------------------------------------


def test_the_example_of_the_contract_is_printed_as_it_stands_there() -> None:
    trace = parsed("two-two-two", last=1)
    assert list(trace) == ["format", "version", "problem", "iterations"]
    assert (trace["format"], trace["version"]) == ("nntutor-trace", 1)
    (iteration,) = trace["iterations"]
    assert list(iteration) == [
        "iteration", "samples", "before", "forward", "error", "backward", "gradients", "optimizer", "after",
        "error_after", "steps",
    ]  # fmt: skip
    steps = iteration["steps"]
    assert [step["index"] for step in steps] == list(range(1, 40))
    assert (steps[13]["symbol"], steps[23]["symbol"]) == ("δ_o1", "δ_h1")
    assert {step["kind"] for step in steps[31:]} == {"update"}
    step = steps[23]
    assert list(step) == [
        "index", "phase", "kind", "layer", "unit", "input", "sample", "symbol", "formula", "substituted", "full",
        "value", "operands",
    ]  # fmt: skip
    operands = step.pop("operands")
    assert step == {
        "index": 24, "phase": "backward", "kind": "delta", "layer": 1, "unit": 1, "input": None, "sample": 0,
        "symbol": "δ_h1", "formula": "∂E/∂h1·slope_h1", "substituted": "0.0363503064·0.241300709",
        "full": "(δ_o1·w5 + δ_o2·w7)·h1·(1 − h1)", "value": step["value"],
    }  # fmt: skip
    assert step["value"] == pytest.approx(0.00877135468948693, abs=1e-15)
    assert operands[0] == {"symbol": "∂E/∂h1", "value": operands[0]["value"], "iteration": 1, "step": 22}


def test_an_iteration_holds_the_published_numbers() -> None:
    (iteration,) = parsed("two-two-two", last=1, steps=False)["iterations"]
    assert "steps" not in iteration
    assert iteration["samples"] == [0]
    assert iteration["before"][0] == {"weights": [[0.15, 0.2], [0.25, 0.3]], "bias": [0.35, 0.35]}
    assert iteration["forward"][1]["out"] == [pytest.approx([0.7513650695523157, 0.7729284653214625])]
    assert iteration["backward"][0]["delta"] == [pytest.approx([0.00877135468948693, 0.0099542547052172])]
    assert iteration["gradients"][1]["weights"][0] == pytest.approx([0.08216704056423077, 0.08266762784753325])
    assert iteration["gradients"][1]["bias"] is None
    assert iteration["optimizer"] == {}
    assert iteration["after"][1]["bias"] == [0.6, 0.6]
    assert iteration["error_after"] == pytest.approx(0.29102777369359933, abs=1e-12)


@pytest.mark.parametrize("few", [7, 50, 1000])
def test_the_problem_is_printed_as_read(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Its 150 samples in one piece or in several."""
    monkeypatch.setattr(json_room, "_FEW", few)
    flowers, out = builtin.open("flowers"), io.StringIO()
    write.write(out, "json", flowers, iterations(flowers), words.load("en"), steps=False)
    printed = json.loads(out.getvalue())["problem"]
    assert len(printed["sample"]) == 150 and printed == json.loads(json.dumps(writing.as_json(flowers)))
    assert printed["layer"][0]["weights"] == flowers.network.layers[0].weights.tolist()


def test_the_value_of_a_step_is_the_entry_of_the_array() -> None:
    for iteration in parsed("flowers")["iterations"]:
        rows = {sample: row for row, sample in enumerate(iteration["samples"])}
        for step in iteration["steps"]:
            layer, unit, source = step["layer"], step["unit"], step["input"]
            row = rows.get(step["sample"], -1)
            if step["kind"] in ("net", "out"):
                assert step["value"] == iteration["forward"][layer - 1][step["kind"]][row][unit - 1]
            elif step["kind"] == "delta":
                assert step["value"] == iteration["backward"][layer - 1]["delta"][row][unit - 1]
            elif step["kind"] == "probability":
                assert step["value"] == iteration["probabilities"][row][unit - 1]
            elif step["kind"] in ("gradient", "update"):
                arrays = iteration["gradients" if step["kind"] == "gradient" else "after"][layer - 1]
                held = arrays["weights"][unit - 1][source - 1] if source else arrays["bias"][unit - 1]
                assert step["value"] == held
            elif step["kind"] == "state":
                arrays = iteration["optimizer"][step["symbol"][0]][layer - 1]
                held = arrays["weights"][unit - 1][source - 1] if source else arrays["bias"][unit - 1]
                assert step["value"] == held
            elif step["symbol"] == "E":
                assert (step["value"], layer, unit, source) == (iteration["error"], None, None, None)


def test_one_iteration_begins_where_the_last_one_ended() -> None:
    first, second = parsed("flowers")["iterations"]
    assert first["after"] == second["before"]
    assert list(first["optimizer"]) == ["m", "v"]
    assert len(first["samples"]) == len(first["probabilities"]) == problem("flowers").batch_size
    held = [operand for operand in second["steps"][-1]["operands"] if operand["symbol"].startswith("b_")]
    assert held[0]["iteration"] == 1
    rates = {o["symbol"]: o for step in second["steps"] for o in step["operands"] if o["symbol"] == "β₁ᵏ"}
    assert rates["β₁ᵏ"]["value"] == pytest.approx(0.81)
    assert (rates["β₁ᵏ"]["iteration"], rates["β₁ᵏ"]["step"]) == (None, None)


def test_what_does_not_learn_is_null() -> None:
    (iteration,) = parsed("two-two-two-output", last=1)["iterations"]
    assert iteration["backward"][0] == {"delta": None}
    assert iteration["gradients"][0] == {"weights": None, "bias": None}
    assert iteration["after"][0] == iteration["before"][0]
    assert {step["layer"] for step in iteration["steps"] if step["phase"] in ("backward", "update")} == {2}
    (iteration,) = parsed("bce", last=1, steps=False)["iterations"]
    assert iteration["before"][2]["bias"] is iteration["optimizer"]["m"][2]["bias"] is None


def test_the_iteration_that_diverges_says_so_and_is_the_last() -> None:
    iterations = parsed("diverges", last=50)["iterations"]
    assert [iteration.get("diverged") for iteration in iterations] == [None] * (len(iterations) - 1) + [True]
    assert re.search(r'"-?inf"|"nan"', written("diverges", "json", last=50))
    late = parsed("diverges", first=40, last=50, steps=False)["iterations"]
    assert [iteration["diverged"] for iteration in late] == [True]


def test_of_an_array_only_what_is_not_finite_is_a_word() -> None:
    assert json_room._numbers(np.array([[1.5, np.inf], [np.nan, -0.25]])) == [[1.5, "inf"], ["nan", -0.25]]
    assert json_room._numbers(np.array([1.5, -0.25])) == [1.5, -0.25]


def test_late_iterations_are_the_same_without_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = []
    module: Any = sys.modules[iterations.__module__]
    record = module.record
    monkeypatch.setattr(module, "record", lambda *given: recorded.append(1) or record(*given))
    traces = list(iterations(problem("xor"), 40, 41))
    assert len(recorded) == 2
    whole = parsed("xor", last=41, steps=False)["iterations"]
    assert [iteration_json(trace) for trace in traces] == whole[39:]


@pytest.mark.parametrize("format", RECORDS)
@pytest.mark.parametrize("steps", [True, False])
def test_an_iteration_is_written_before_the_next_one_is_made(format: str, steps: bool) -> None:
    begun = 0
    seen = []

    def counted() -> Any:
        nonlocal begun
        for trace in iterations(problem("xor"), 1, 3):
            begun += 1
            yield trace

    class Sink:
        def write(self, text: str) -> None:
            seen.append((begun, len(text)))

    write.write(Sink(), format, problem("xor"), counted(), words.load("en"), steps=steps)
    assert {1, 2, 3} <= {count for count, _ in seen}
    assert max(size for _, size in seen) < 10_000


# --- CSV ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_csv_has_the_steps_of_the_json(name: str) -> None:
    rows = list(csv.DictReader(io.StringIO(written(name, "csv"))))
    steps = [
        {"iteration": iteration["iteration"], **step}
        for iteration in parsed(name)["iterations"]
        for step in iteration["steps"]
    ]
    assert list(rows[0]) == list(STEP_COLUMNS)
    expected = [{key: "" if step[key] is None else str(step[key]) for key in STEP_COLUMNS} for step in steps]
    assert rows == expected


@pytest.mark.parametrize(
    ("name", "symbol", "place"),
    [
        ("two-two-two", "net_h2", ("1", "2", "", "0")),
        ("two-two-two", "E_o1", ("2", "1", "", "0")),
        ("two-two-two", "E", ("", "", "", "")),  # it belongs to no layer
        ("two-two-two", "w6⁺", ("2", "1", "2", "")),
        ("nesterov", "δ_o2[1]", ("2", "2", "", "1")),
        ("nesterov", "b_h3⁺", ("1", "3", "", "")),
        ("nesterov", "E", ("", "", "", "")),
    ],
)
def test_csv_says_where_a_number_stands_and_leaves_empty_what_it_has_not(
    name: str, symbol: str, place: tuple[str, ...]
) -> None:
    rows = csv.DictReader(io.StringIO(written(name, "csv", last=1)))
    found = [tuple(row[key] for key in ("layer", "unit", "input", "sample")) for row in rows if row["symbol"] == symbol]
    assert found == [place]


def test_csv_without_steps_has_one_row_an_iteration() -> None:
    header, *rows = csv.reader(io.StringIO(written("two-two-two", "csv", steps=False)))
    assert header[:4] == ["iteration", "error", "error_after", "w1"]
    assert header[-5:] == ["w8", "b_h1", "b_h2", "b_o1", "b_o2"]
    assert rows[0][3:] == ["0.15", "0.2", "0.25", "0.3", "0.4", "0.45", "0.5", "0.55", "0.35", "0.35", "0.6", "0.6"]
    assert rows[1][1] == rows[0][2]
    assert float(rows[1][7]) == pytest.approx(0.35891647971788465, abs=1e-12)


# --- what people read --------------------------------------------------------------------------------


def test_text_shows_the_three_rows_of_a_step() -> None:
    assert (
        "  24  δ_h1 = (δ_o1·w5 + δ_o2·w7)·h1·(1 − h1)                       hidden delta\n"
        "           = (0.13849856·0.4 + (−0.038098237)·0.5)·0.59326999·(1 − 0.59326999)\n"
        "           = 0.00877135\n"
    ) in written("two-two-two", "text", last=1)


def test_latex_shows_them_with_no_more_braces_than_it_needs() -> None:
    assert (
        r"\step{\delta_{h_{1}}}{= (\delta_{o_{1}} \cdot w_{5} + \delta_{o_{2}} \cdot w_{7}) "
        r"\cdot h_{1} \cdot (1 - h_{1})}{24: hidden delta}"
        "\n"
        r"\row{= (0.13849856 \cdot 0.4 + (-0.038098237) \cdot 0.5) \cdot 0.59326999 \cdot (1 - 0.59326999)}"
        "\n"
        r"\row{= 0.00877135}"
        "\n"
    ) in written("two-two-two", "tex", last=1)


@pytest.mark.parametrize("name", ["two-two-two", "nesterov"])
def test_without_steps_each_matrix_stands_below_its_own_name(name: str) -> None:
    """Of each layer, in the order of the iteration: its weights, what they make, what they are changed to."""
    say = words.load("en").say
    blocks = re.findall(r"^  (\S.*)\n((?:    .*\n)+)", written(name, "text", last=1, steps=False), re.MULTILINE)
    shown = [(name, [row.split() for row in rows.splitlines()]) for name, rows in blocks]
    (trace,) = iterations(problem(name), 1, 1)
    network = problem(name).network
    expected: list[tuple[str, np.ndarray | None]] = []
    for layer in range(1, len(network.layers) + 1):
        expected += [
            (say("views.weights"), trace.array("weight", layer)),
            (say("views.bias"), trace.array("weight", layer, True)),
            (say("views.net"), trace.array("net", layer)),
            (say("views.out"), trace.array("out", layer)),
            (say("views.delta"), trace.array("delta", layer)),
            (say("views.gradients"), trace.array("grad", layer)),
            (
                say("export.bias_gradients"),
                trace.array("grad", layer, True) if network.layers[layer - 1].bias_learns else None,
            ),
            (say("views.new_weights"), trace.array("new", layer)),
            (say("export.new_bias"), trace.array("new", layer, True)),
        ]
    assert shown == [
        (name, [[figure(float(value), DIGITS) for value in row] for row in np.atleast_2d(array)])
        for name, array in expected
        if array is not None
    ]


@pytest.mark.parametrize(
    ("name", "told"), [("two-two-two", "optimizer_name.sgd"), ("one-unit", "optimizer_name.sgd_full")]
)
def test_only_where_not_every_sample_counts_at_once_gradient_descent_is_called_stochastic(name: str, told: str) -> None:
    for language in words.LANGUAGES:
        say = words.load(language).say
        full = replace(problem(name), batch="full" if told.endswith("full") else 1)
        out = io.StringIO()
        write.write(out, "text", full, iterations(full, last=1), words.load(language))
        assert f" · {say(told)}, η " in out.getvalue()


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_what_moves_a_perceptron_is_called_rosenblatts_rule_and_no_descent(language: str) -> None:
    speech = Speech(words.load(language), Style.UNICODE)
    rule = speech.say("optimizer_name.rosenblatt")
    for about in (speech.about(problem("gate-and")), network(speech, problem("gate-and"))):
        assert rule in about and speech.say("optimizer_name.sgd_full") not in about


@pytest.mark.parametrize(("format", "language"), [("text", "en"), ("md", "ko"), ("tex", "en"), ("text", "ko")])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [True, False])
def test_a_report_has_every_phase_and_both_errors(name: str, format: str, language: str, steps: bool) -> None:
    shown = written(name, format, last=1, language=language, steps=steps)
    say = words.load(language).say
    assert say("cli.iteration", iteration=1) in shown
    assert say("cli.error_after") in shown
    if steps:
        assert all(say(f"phase.{phase}") in shown for phase in ("forward", "error", "backward", "update"))
    assert "{" not in re.sub(r"\\[a-z]+|[{}]|.*", "", shown)


@pytest.mark.parametrize("format", ["text", "md", "csv"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [True, False])
def test_the_ascii_style_is_ascii(name: str, format: str, steps: bool) -> None:
    shown = written(name, format, style=Style.ASCII, steps=steps)
    assert shown.isascii(), re.findall(r".*[^\x00-\x7f].*", shown)[:3]


def test_a_long_sum_says_how_many_terms_are_left_out() -> None:
    sample = ", ".join(["0.5"] * 40)
    long = parse(f"[[layer]]\nunits = 2\n[[sample]]\ninput = [{sample}]\ntarget = [0, 1]\n", "long")
    for format, dots in (("text", "…"), ("md", "…"), ("tex", r"\\cdots")):
        out = io.StringIO()
        write.write(out, format, long, iterations(long), words.load("en"))
        shown = re.findall(rf"(.*){dots}\D* (\d+) more terms? left out", out.getvalue())
        assert shown and all(int(count) > 20 for _, count in shown)
        left = re.search(r"net\S*o\S*1\S*(?: |\}\{)= (.*)", out.getvalue())
        assert left is not None
        named = len(re.findall(r"w_?\{?\d+", left[1]))
        count = re.search(r"(\d+) more", left[1])
        assert count is not None and named + int(count[1]) == 40
    out = io.StringIO()
    write.write(out, "json", long, iterations(long), words.load("en"))
    assert "…" not in out.getvalue()


@pytest.mark.parametrize("name", ["two-two-two", "xor", "one-unit"])
def test_a_value_that_the_shown_figures_do_not_give_is_marked(name: str) -> None:
    shown = written(name, "text", last=6)
    triples = re.findall(r"\n +[≈=] ([^\n…]*)\n +([≈=]) ([^\n]*)", shown)
    assert triples
    for line, sign, result in triples:
        plain = result.replace("−", "-")
        digits = max(4, len(Decimal(plain).as_tuple().digits))
        again = evaluated(line, {})
        rounded = isclose(float(f"{again:.{digits}g}"), float(plain), rel_tol=1e-12)
        assert (sign == "=") == rounded, (line, sign, result)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [True, False])
def test_latex_is_balanced_and_complete(name: str, steps: bool) -> None:
    shown = written(name, "tex", steps=steps, language="ko")
    assert shown.startswith("\\documentclass") and shown.endswith("\\end{document}\n")
    assert r"\usepackage{kotex}" in shown
    begun: list[str] = []
    for kind, environment in re.findall(r"\\(begin|end)\{(\w+\*?)\}", shown):
        if kind == "begin":
            begun.append(environment)
        else:
            assert begun.pop() == environment
    assert not begun
    bare = re.sub(r"\\[\\{}$_#&%]", "", shown)
    assert bare.count("{") == bare.count("}") and bare.count("$") % 2 == 0
    assert not re.search(r"\^\{[^{}]*\}\^|\^2\^|\}\}\^\{[^}]*\}\^", bare), "two powers on one symbol"
    assert r"\left" not in shown and shown.count(r"\bigl") == shown.count(r"\bigr")
    assert not re.search(r"[^\x00-\x7f가-힣]", re.sub(r"\\title\{.*?\}\n|^.*source.*$|출처.*", "", shown))


@pytest.mark.parametrize("format", ["text", "md", "tex"])
def test_a_report_names_its_source_where_there_is_one(format: str) -> None:
    def head(problem: Problem) -> str:
        out = io.StringIO()
        write.write(out, format, problem, iterations(problem, last=1), words.load("en"))
        return out.getvalue().partition(words.load("en").say("cli.iteration", iteration=1))[0]

    told, untold = (parse(f"{source}{DIVERGES}", "told") for source in ('source = "a book of ours"\n', ""))
    assert head(told).count("a book of ours") == 1
    assert len(head(untold).splitlines()) < len(head(told).splitlines())
    assert "noindent \n" not in head(untold)


def test_each_phase_of_a_markdown_report_begins_a_table_of_its_own() -> None:
    shown = written("two-two-two", "md", last=2)
    assert shown.count("\n| ---: |") == shown.count("\n### ") > 4


def test_names_of_others_cannot_break_markdown_or_latex() -> None:
    odd = parse('title = "50% of $x_1$ & #2 | `c` ^~\\\\ {"\n' + DIVERGES, "odd")
    for format in ("md", "tex"):
        out = io.StringIO()
        write.write(out, format, odd, iterations(odd), words.load("en"))
        title = re.search(r"# (.*)" if format == "md" else r"\\title\{(.*)\}", out.getvalue())
        assert title is not None
        special = "%$#&_{" if format == "tex" else "#_{|`&$"
        assert not re.search(rf"(?<!\\)[{special}]", re.sub(r"\\text\w+\{\}", "", title[1]))
