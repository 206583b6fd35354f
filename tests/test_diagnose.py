"""Public threads on wrong backpropagation, rebuilt: each person is told their mistake, in one command."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nntutor.tui import arguments, cli, output

pytestmark = pytest.mark.usefixtures("unhurried")
CASES = Path(__file__).parent / "cases"
# Mistakes, in which layers, and at which number they begin; or the remarks where the numbers are right.
TOLD: dict[str, tuple[list[str], list[int] | None, str]] = {
    "02-mean-taken-twice": (["mean-twice"], [1], "δ_h1[0]"),
    "05-updated-weights": (["updated-weights"], None, "∂E/∂h1"),
    "07-error-not-delta": (["error-sent-back"], None, "∂E/∂h1"),
    "17-mse-without-the-2": (["factor-two"], None, "∂E/∂o1"),
    "19-batch-sum": (["batch-sum"], None, "∂E/∂w5"),
    "24-adam-correction-without-power": (["correction-without-power"], None, "m̂_w1"),
    "26-sign-of-the-gradient": (["sign"], None, "∂E/∂o1"),
    "33-slope-at-the-net-input": (["slope-at-net"], None, "slope_o1"),
    "36-minus-in-the-wrong-place": (["bias-subtracted", "batch-sum"], None, "net_o1[0]"),
}


def files(case: str) -> tuple[str, str]:
    return str(CASES / case / "problem.toml"), str(CASES / case / "values.json")


@pytest.mark.parametrize("case", list(TOLD))
def test_the_mistake_of_a_thread_is_named(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    ids, layers, symbol = TOLD[case]
    assert cli.main(["diagnose", *files(case), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    best = found["mistakes"][0]
    assert (found["verdict"], best["ids"], best["layers"]) == ("explained", ids, layers)
    assert best["explains"] == best["of"] == len(found["values"])
    assert found["first"]["symbol"] == symbol and found["decide"] == []


def test_two_mistakes_that_nothing_tells_apart_are_both_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With softmax the deltas of a sample add up to 0, which is also what each bias starts from."""
    assert cli.main(["diagnose", *files("12-one-bias-gradient-for-all-units"), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "ambiguous" and found["decide"] == []
    assert [(one["ids"], one["variant"]) for one in found["mistakes"][:3]] == [
        (["one-bias-for-all"], None), (["one-bias-for-all"], "mean"), (["bias-value-for-gradient"], None),
    ]  # fmt: skip


def test_where_there_is_no_mistake_it_is_told_what_hinders(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", *files("29-dead-relu-xor"), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["first"], found["mistakes"]) == ("right", None, [])
    dead = next(one for one in found["remarks"] if one["id"] == "dead-units")
    assert (dead["iteration"], dead["symbol"]) == (1, "h1") and dead["try"]["solved_in"]
    assert {"slope-of-output", "plateau", "kink"} <= {one["id"] for one in found["remarks"]}


def test_the_answer_shows_both_formulas_with_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", *files("07-error-not-delta"), "--lang", "en"]) == 1
    said = capsys.readouterr().out
    assert "21 of 45 numbers agree." in said
    assert "The first number that differs is ∂E/∂h1, step 35 of iteration 1." in said
    assert "∂E/∂h1 = δ_o1·w10 + δ_o2·w13 + δ_o3·w16" in said
    assert "∂E/∂h1 = (o1 − t1)·w10 + (o2 − t2)·w13 + (o3 − t3)·w16" in said
    assert "0.660527" in said and "0.113951" in said and "error-sent-back" in said
    assert cli.main(["diagnose", *files("07-error-not-delta"), "--lang", "ko"]) == 1
    assert "처음 달라지는 값은 ∂E/∂h1입니다" in capsys.readouterr().out
    assert cli.main(["diagnose", *files("07-error-not-delta"), "--ascii"]) == 1
    assert capsys.readouterr().out.isascii()


# --- what is refused -------------------------------------------------------------------------------------


def refused(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    """The one line on standard error; nothing was printed."""
    assert cli.main(["diagnose", *given]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("nntutor: ") and said.err.count("\n") == 1
    return said.err


REFUSED = {
    "nonsense = 1": "“nonsense” is no number of this problem",
    "dw1 = [[1 2] [3 4]]": "Did you mean “dW1”?",
    "dW1 = [[1 2 3] [4 5 6]]": "has the shape 2 × 3, which fits nothing in this network; expected 2 × 2",
    "dW1 = [[1 2 ... 3 4]]": "shortened",
    "o1 = many": "“many” is no number",
    "": "no numbers",
    "E = 1\nE = 2": ":2: “E” is given twice",
    "hello \x1b[2J": "cannot be read",
    "E@12345 = 1": "at most 10 000",
}


@pytest.mark.parametrize("text", list(REFUSED))
@pytest.mark.parametrize("format", ["text", "json"])
def test_what_cannot_be_used_is_one_line(
    text: str, format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text(text, encoding="utf-8")
    assert REFUSED[text] in refused(capsys, "two-two-two", str(tmp_path / "mine.txt"), "--format", format)
    assert "\x1b" not in refused(capsys, "two-two-two", str(tmp_path / "mine.txt"), "--lang", "ko")


@pytest.mark.parametrize("name", ["delta_o1", "x1", "t1", "out_1"])
@pytest.mark.parametrize("problem", ["[surface]\nname = 'beale'", "[given]\nweights = [1.0]\ngradients = [[0.1]]"])
def test_numbers_of_samples_are_none_where_there_are_no_samples(
    problem: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "none.toml").write_text(problem)
    (tmp_path / "mine.txt").write_text(f"{name} = 1")
    assert "is no number of this problem" in refused(capsys, str(tmp_path / "none.toml"), str(tmp_path / "mine.txt"))


def test_files_and_options_that_cannot_be_used_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large.txt").write_bytes(b"1" * 1_000_001)
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    np.savez(tmp_path / "object.npz", dW1=np.array([{}], dtype=object))
    assert "larger than 1 MB" in refused(capsys, "two-two-two", str(tmp_path / "large.txt"))
    assert "not UTF-8" in refused(capsys, "two-two-two", str(tmp_path / "bytes.txt"))
    assert "holds no plain numbers" in refused(capsys, "two-two-two", str(tmp_path / "object.npz"))
    assert "no such file" in refused(capsys, "two-two-two", str(tmp_path / "none.txt"))
    assert "this is a folder" in refused(capsys, "two-two-two", str(tmp_path))
    assert "which problem" in refused(capsys)
    assert "both standard input" in refused(capsys, "-", "-")
    for option in (["--tolerance", "2"], ["--tolerance", "-1"], ["--iteration", "0"], ["--iteration", "99999"]):
        assert option[0] in refused(capsys, "two-two-two", *option)
    assert "expected one of text, json" in refused(capsys, "two-two-two", "--format", "csv")


def test_numbers_of_another_network_are_asked_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("net_h1 = 0.9123\nh1 = 0.111\no1 = 0.4321", encoding="utf-8")
    assert cli.main(["diagnose", "two-two-two", str(tmp_path / "mine.txt")]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "Is this the same network? net_h1 is 0.9123, expected 0.3775; h1 is" in said


@pytest.mark.parametrize(
    ("activation", "weight", "target", "values"),
    [("gelu", "1e308", "0.5", None), ("softplus", "1.0", "1e308", "E = 1e999"), ("identity", "1e308", "1.0", "E = inf"),
     ("step", "1e308", "-1e308", "W1_new = [[1 2] [3 4]]")],
)  # fmt: skip
def test_numbers_beyond_all_doubles_are_told_without_a_warning(
    activation: str, weight: str, target: str, values: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sheet.toml").write_text(
        f"l1 = 1e308\n[[layer]]\nactivation = '{activation}'\nweights = [[{weight}, {weight}], [{weight}, -0.5]]\n"
        f"[[sample]]\ninput = [1e154, 1.0]\ntarget = [{target}, 0.3]\n"
    )
    (tmp_path / "mine.txt").write_text(values or "")
    own = [str(tmp_path / "mine.txt")] if values else []
    assert cli.main(["diagnose", str(tmp_path / "sheet.toml"), *own, "--iterations", "30"]) in (0, 1)
    told = capsys.readouterr()
    assert told.out and not told.err


def test_values_may_come_by_standard_input() -> None:
    """As `python mine.py | nntutor diagnose sheet.toml -`."""
    code = "import sys; from nntutor.tui.command import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code, "diagnose", "two-two-two", "-", "--lang", "en"],
        input="dW2 = [[ 0.08216704  0.08266763]\n       [-0.02260254 -0.02274024]]\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing parts: 4 numbers agree." in done.stdout


def test_without_values_the_training_is_remarked_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diagnose", "xor-equal", "--format", "json", "--iterations", "500"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["values"], found["verdict"], found["first"], found["mistakes"]) == ([], None, None, [])
    assert found["remarks"][0]["id"] == "equal-start" and found["remarks"][0]["try"]["key"] == "initial"
    assert cli.main(["diagnose", "two-two-two", "--lang", "en"]) == 0
    assert "Nothing that is known here holds this training back." in capsys.readouterr().out


def test_a_sheet_to_fill_in_is_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trace", "xor", "--values", "--from", "2", "--iterations", "2"]) == 0
    sheet = capsys.readouterr().out
    assert {"δ_h1[3]@2 = ?", "E@2 = ?", "w1⁺@2 = ?"} <= set(sheet.splitlines())
    (tmp_path / "mine.txt").write_text(sheet, encoding="utf-8")
    assert "no numbers" in refused(capsys, "xor", str(tmp_path / "mine.txt"))
    assert cli.main(["trace", "xor", "--values", "--ascii"]) == 0
    filled = capsys.readouterr().out.replace("\nE = ?", "\nE = 0.77")
    assert filled.isascii()
    (tmp_path / "mine.txt").write_text(filled, encoding="utf-8")
    assert cli.main(["diagnose", "xor", str(tmp_path / "mine.txt"), "--format", "json"]) == 1
    assert [one["symbol"] for one in json.loads(capsys.readouterr().out)["values"]] == ["E"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_told_how_far_a_long_search_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", _Terminal())
    with output.Output(arguments.Arguments(), "en").progress() as tell:
        tell(3, 40)
    assert "looking for the mistake: 3 of 40" in sys.stderr.getvalue() and sys.stderr.getvalue().endswith("\r\x1b[K")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with output.Output(arguments.Arguments(), "en").progress() as tell:
        tell(3, 40)
    assert sys.stderr.getvalue() == ""


def test_a_terminal_is_told_how_far_the_way_to_a_late_iteration_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "_PATIENCE", 0.0)
    monkeypatch.setattr(sys, "stderr", _Terminal())
    assert cli.main(["trace", "xor", "--from", "3000", "--no-steps"]) == 0
    assert "running: iteration 2999 of 2999" in sys.stderr.getvalue() and sys.stderr.getvalue().endswith("\r\x1b[K")


def test_a_terminal_is_told_how_far_a_check_is_in_place_of_a_line_and_not_within_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(output, "_PATIENCE", -1.0)
    both = _Terminal()
    monkeypatch.setattr(sys, "stderr", both)
    monkeypatch.setattr(sys, "stdout", both)
    assert cli.main(["check", "xor"]) == 0
    told = both.getvalue()
    assert "checking: forward pass " in told and "\r\x1b[K" in told
    for line in told.split("\n"):  # what stands of a line is what has been written into it
        assert "checking" not in line.split("\r\x1b[K")[-1]
    assert cli.main(["check", "xor", "--format", "json"]) == 0
    listed = both.getvalue()[len(told) :]
    assert "checking" not in listed


def test_a_number_that_no_step_makes_is_told_by_a_formula_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = "[[layer]]\nweights = [[0.5]]\n[[sample]]\ninput = [1]\ntarget = [1]\n"
    (tmp_path / "one.toml").write_text(f'error = "bce"\n{layer}', encoding="utf-8")
    (tmp_path / "mine.txt").write_text("a1 = 0.6224593\ndA1 = 0.77", encoding="utf-8")
    assert cli.main(["diagnose", str(tmp_path / "one.toml"), str(tmp_path / "mine.txt")]) == 1
    said = capsys.readouterr().out
    assert "∂E/∂o1 = δ_o1/(o1·(1 − o1))" in said and "δ_o1 = o1 − t1" in said
