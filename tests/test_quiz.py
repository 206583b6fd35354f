"""`nntutor quiz`: questions on plain lines, and sheets. What is typed here is what a learner types."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from nntutor.core.notation.figures import figure
from nntutor.lessons.course.asking import Asking
from nntutor.lessons.course.practice import LEVELS, exercise
from nntutor.lessons.course.questions import HINTS
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.export import latex_letters
from nntutor.lessons.learner.places import Store
from nntutor.tui import cli

Quiz = Callable[..., str]
SEED = 7
once = cache(exercise)


@pytest.fixture(autouse=True, scope="module")
def _an_exercise_is_drawn_once() -> Iterator[None]:
    """A sheet draws dozens of them, and these tests ask for the same sheets again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nntutor.tui.quiz.exercise", once)
        yield


@pytest.fixture
def quiz(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object) -> Quiz:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    for name in ("LC_ALL", "LC_MESSAGES", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def asked(*arguments: str, typed: str = "", status: int = 0) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert cli.main(["quiz", *arguments]) == status
        written = capsys.readouterr()
        return written.err if status else written.out

    return asked


def right(name: str, seed: int = SEED, level: int = 1) -> str:
    return figure(once(SERIES[name], seed, LEVELS[level]).asked[-1].right, 5)


def slip(name: str, mistake: str, seed: int = SEED) -> str:
    slips = once(SERIES[name], seed, LEVELS[1]).asked[-1].slips
    return figure(next(one.value for one in slips if one.mistake == mistake), 5)


def test_what_is_right_is_said_with_its_formula_and_counted(quiz: Quiz) -> None:
    said = quiz("hidden-delta", "--seed", f"{SEED}", "--count", "1", typed=f"{right('hidden-delta')}\n")
    assert "Right: δ_h" in said and "seed 7" in said and "Right at once: 1." in said
    assert re.search(r"δ_h\d = .*·h\d·\(1 − h\d\) = .* = ", said)


@pytest.mark.parametrize(
    ("series", "typed", "said"),
    [
        ("hidden-delta", right("hidden-delta"), "Right: δ_h"),
        ("hidden-delta", "?\n?\n?\n?", "The answer: δ_h"),
        ("hidden-delta", "", "Skipped."),
        ("bug-backward", "1\n2\n3", "The first wrong one is"),
    ],
)
def test_how_it_ended_is_kept_before_it_is_said(
    quiz: Quiz, monkeypatch: pytest.MonkeyPatch, series: str, typed: str, said: str
) -> None:
    monkeypatch.setattr(Store, "answered", lambda _, skill, outcome: print(f"kept {skill}"))
    before, after = quiz(series, "--seed", f"{SEED}", "--count", "1", typed=f"{typed}\n").split(f"kept {series}")
    assert said in after and said not in before


def test_the_next_problem_of_a_series_shows_less_after_what_was_right_at_once(quiz: Quiz) -> None:
    typed = f"{right('hidden-delta')}\n"
    said = quiz("hidden-delta", "--seed", f"{SEED}", "--count", "2", typed=typed)
    two = once(SERIES["hidden-delta"], SEED + 1, LEVELS[2])
    first, second = said.split("2 of 2.")
    assert "slope_h" in first.split("> ")[0]
    assert f"{two.trace.symbol(two.chain[-2])} = ?" in second


def test_the_same_seed_asks_the_same_in_whatever_language(quiz: Quiz) -> None:
    given = [quiz("--seed", "3", "--count", "1", "--lang", one).splitlines()[4].split(": ")[1] for one in ("en", "ko")]
    assert given[0] == given[1]


def test_each_hint_says_more_and_the_last_one_is_the_answer(quiz: Quiz) -> None:
    said = quiz("7", "--seed", f"{SEED}", "--count", "1", typed="?\n" * len(HINTS))
    nudge, rule, figures, answer = said.split("> ?\n")[1:]
    assert "What came back for h" in nudge and "·h" in rule and "0." not in rule
    assert "0." in figures and right("hidden-delta") not in figures
    assert f"The answer: δ_h2 = {right('hidden-delta')}" in answer or right("hidden-delta") in answer
    assert "Answer shown: 1." in said


def test_a_wrong_answer_that_no_slip_gives_brings_the_next_hint(quiz: Quiz) -> None:
    said = quiz("7", "--seed", f"{SEED}", "--count", "1", typed="17\n18\n")
    assert "17 is not it.\nWhat came back" in said and "18 is not it.\nδ_h" in said


def test_a_slip_is_named_and_the_question_stays_open(quiz: Quiz) -> None:
    typed = f"{slip('hidden-delta', 'product-for-elementwise')}\n{right('hidden-delta')}\n"
    said = quiz("7", "--seed", f"{SEED}", "--count", "1", typed=typed)
    assert "is what a well-known slip gives" in said and "After help: 1." in said


def test_an_empty_line_skips_and_quit_ends(quiz: Quiz) -> None:
    said = quiz("7", "--seed", "1", "--count", "3", typed="\nquit\n")
    assert "Skipped.\n" in said and "Skipped: 1." in said and "3 of 3" not in said
    assert "No question was answered." in quiz("7", typed="")
    assert "Skipped: 5." in quiz("7", typed="esc\n" * 5)


@pytest.mark.parametrize("typed", ["9**9**9", "9" * 5000, "δ", "1e999", "__import__('os')", "\x00\x1b[2J"])
def test_hostile_answers_are_refused_and_cost_nothing(quiz: Quiz, typed: str) -> None:
    said = quiz("7", "--seed", "1", "--count", "1", typed=f"{typed}\n")
    assert "cannot be read as a number" in said and "\x1b" not in said


def test_a_line_that_is_too_short_is_no_try(quiz: Quiz) -> None:
    asking = Asking(once(SERIES["hidden-delta"], SEED, "network").asked[0])
    short = figure(asking.asked.right, 1)
    again, verdict = asking.answer(short)
    assert (verdict.kind, again) == ("digits", asking)
    assert again.answer(figure(asking.asked.right, 4))[0].outcome == "right"


def test_korean_is_asked_in_korean_and_ended_in_it(quiz: Quiz) -> None:
    said = quiz("은닉층", "--lang", "ko", status=2)
    assert "은닉층" in said
    said = quiz("hidden-delta", "--lang", "ko", "--seed", f"{SEED}", typed=f"{right('hidden-delta')}\n끝\n")
    assert "맞았습니다. δ_h" in said and "바로 맞힌 문제: 1." in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["start"], "has no problems to practise"), (["hidden"], "did you mean"), (["--sheet", "pdf"], "md, tex"),
        (["--solutions"], "goes with a sheet"), (["--count", "0"], "whole number"), (["--count", "101"], "to 100"),
        (["--seed", "x"], "whole number"),
    ],
)  # fmt: skip
def test_wrong_use_says_what_was_expected(quiz: Quiz, arguments: list[str], reason: str) -> None:
    assert reason in quiz(*arguments, status=2)


@pytest.mark.parametrize(
    ("lesson", "asks"), [("xor", "A whole iteration of 2-2-1"), ("13", "The delta of a leaky ReLU")]
)
def test_a_lesson_without_a_series_of_its_own_asks_that_of_its_stops(quiz: Quiz, lesson: str, asks: str) -> None:
    said = quiz(lesson, "--seed", "2", "--count", "2")
    assert f"1 of 2. {asks}\n" in said
    refused = quiz("by-hand", status=2)
    assert "“by-hand” has no problems to practise; these have: wall, " in refused
    assert "old-weights" in refused, "whose problems are bugs"


# --- sheets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["md", "tex"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_sheet_has_a_blank_for_each_question_and_its_solutions_every_step(
    quiz: Quiz, format: str, language: str
) -> None:
    arguments = ("--sheet", format, "--seed", "5", "--lang", language)
    blank, solved = quiz(*arguments), quiz(*arguments, "--solutions")
    mark = {"md": r"\_\_\_", "tex": r"\underline"}[format]
    problems = [once(one, 5 + at, LEVELS[1 + at // len(SERIES)]) for at, one in enumerate([*SERIES.values()] * 3)]
    assert blank.count(mark + (r"\_" * 9 if format == "md" else "")) == sum(len(one.asked) for one in problems)
    assert mark not in solved
    for one in problems if format == "md" else ():
        value = figure(one.asked[-1].right, 6)
        assert f"{value}`" in solved


def test_the_solutions_are_those_of_the_same_seed(quiz: Quiz) -> None:
    blank, solved = (quiz("8", "--sheet", "md", "--seed", "9", *more) for more in ((), ("--solutions",)))
    assert [line for line in blank.splitlines() if line.startswith("`")] == [
        line for line in solved.splitlines() if line.startswith("`")
    ]


def test_latex_is_whole_and_has_korean_where_there_is_some(quiz: Quiz) -> None:
    english, korean = (quiz("--sheet", "tex", "--seed", "5", "--solutions", "--lang", one) for one in ("en", "ko"))
    assert "kotex" in korean and "kotex" not in english
    for page in (english, korean):
        assert page.startswith("\\documentclass") and page.rstrip().endswith("\\end{document}")
        assert page.count("{") == page.count("}")
    assert not re.search("[^\\x00-\\x7f]", english)
    assert not re.sub(latex_letters.HANGUL, "", re.sub("[\\x00-\\x7f]", "", korean))


def test_every_problem_of_a_sheet_can_be_told_in_ascii(quiz: Quiz) -> None:
    assert quiz("--sheet", "md", "--seed", "5", "--solutions", "--ascii").isascii()
    assert quiz("--seed", "5", "--ascii", typed="17\n?\n?\n?\n" * 5).isascii()
