"""Public threads on wrong backpropagation, rebuilt: each person is told their mistake, in one command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nntutor.tui import cli

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
    assert [one["ids"] for one in found["mistakes"][:2]] == [["one-bias-for-all"], ["bias-value-for-gradient"]]


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
    assert "21 of 45 numbers agree." in said and "The first that parts is ∂E/∂h1, step 35 of iteration 1." in said
    assert "∂E/∂h1 = δ_o1·w10 + δ_o2·w13 + δ_o3·w16" in said
    assert "∂E/∂h1 = (o1 − t1)·w10 + (o2 − t2)·w13 + (o3 − t3)·w16" in said
    assert "0.660527" in said and "0.113951" in said and "error-sent-back" in said
    assert cli.main(["diagnose", *files("07-error-not-delta"), "--lang", "ko"]) == 1
    assert "처음 갈라지는 숫자는 ∂E/∂h1입니다" in capsys.readouterr().out
    assert cli.main(["diagnose", *files("07-error-not-delta"), "--ascii"]) == 1
    assert capsys.readouterr().out.isascii()
