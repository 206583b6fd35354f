"""An answer to a question: right in every spelling, a classic mistake by its name, and never the other way round."""

from __future__ import annotations

import re
from dataclasses import replace

import asking
import pytest

from nntutor.core.engine.timeline import Timeline
from nntutor.core.files.problem import parse
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin
from nntutor.lessons.course.asking import Asking
from nntutor.lessons.course.practice import LEVELS, exercise
from nntutor.lessons.course.questions import Asked, Verdict, agree, judged
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.language import words
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.posing.posed import Posed


def asked(symbol: str, digits: int = 3, name: str = "sibling", change: bool = False) -> Asked:
    trace = Timeline.start(builtin.open(name)).trace
    ref = trace.find(symbol)
    assert ref is not None
    return Asked(trace, ref._replace(kind="change") if change else ref, digits)


def test_no_right_answer_is_called_wrong() -> None:
    assert set(asking.right_answers(1500, 13)) == set(asking.WAYS)


def test_what_is_right_by_hand_is_right_where_rounding_has_put_a_net_beside_0() -> None:
    text = """
    error = "perceptron"
    [[layer]]
    activation = "step"
    weights = [[0.2, 0.7]]
    bias = [-0.9]
    [[sample]]
    input = [1, 1]
    target = [0]
    """
    trace = Timeline.start(parse(text, "x")).trace
    assert trace["net_o1"] == pytest.approx(0, abs=1e-15) and trace["net_o1"] < 0
    ref = trace.find("o1")
    assert ref is not None
    for answer in ("0", "1"):
        assert judged(Asked(trace, ref), answer).kind == "right"


def test_one_unit_of_the_last_digit_is_right_and_two_are_not() -> None:
    assert agree(0.0382, 0.03806, 3) and agree(0.0381, 0.03806, 3) and agree(0.038, 0.03806, 3)
    assert not agree(0.0383, 0.03806, 3) and not agree(0.0379, 0.03806, 3)
    assert agree(0.1, 0.09996, 3) and agree(0, 0, 3) and not agree(0.01, 0, 3)


@pytest.mark.parametrize(("digits", "kind"), [(1, "digits"), (2, "digits"), (3, "digits"), (5, "right"), (6, "right")])
def test_an_answer_that_is_too_short_is_asked_for_more_digits(digits: int, kind: str) -> None:
    question = asked("δ_h1", 5)
    assert judged(question, figure(question.right, digits)).kind == kind


@pytest.mark.parametrize(
    ("symbol", "mistake"),
    [("net_h1", "bias-left-out"), ("∂E/∂o2", "sign"), ("∂E/∂h1", "error-sent-back"), ("∂E/∂h1", "weights-left-out"),
     ("∂E/∂h2", "updated-weights"), ("∂E/∂h1", "one-path"), ("∂E/∂h1", "one-path:last"),
     ("slope_h1", "no-hidden-slope"), ("∂E/∂w2", "transposed")],
)  # fmt: skip
def test_a_mistake_in_the_step_is_named(symbol: str, mistake: str) -> None:
    question = asked(symbol)
    value = next(one.value for one in question.slips if one.mistake == mistake)
    assert mistake in judged(question, figure(value, question.digits + 1)).mistakes


def test_a_mistake_on_the_way_is_named_where_none_in_the_step_gives_the_answer() -> None:
    question = asked("δ_o2")
    assert judged(question, figure(-question.right, 4)) == Verdict(
        "mistake", float(f"{-question.right:.4g}"), ("sign",)
    )


def test_nobody_slips_on_the_way_to_a_number_that_is_told_with_the_question() -> None:
    free = asked("slope_o1")
    given = replace(free, given=(free.trace.find("o1"),))
    early = [one for one in free.earlier_slips if one.mistake == "bias-left-out"]
    assert early and not any(one.mistake == "bias-left-out" for one in given.earlier_slips)
    assert judged(free, figure(early[0].value, 4)).kind == "mistake"
    assert judged(given, figure(early[0].value, 4)).kind == "wrong"


def test_all_mistakes_that_give_the_answer_are_named() -> None:
    question = asked("∂E/∂h1")
    twin = question.slips[0]
    question.__dict__["slips"] = (twin, type(twin)("another", twin.value))
    assert judged(question, figure(twin.value, 4)).mistakes == (twin.mistake, "another")


def test_an_answer_that_no_mistake_gives_is_wrong_and_only_its_sign_where_that_is_all() -> None:
    assert judged(asked("h1"), "17") == Verdict("wrong", 17.0)
    question = asked("h1")
    assert judged(question, figure(-question.right, 4)).sign


@pytest.mark.parametrize("off", [0.99, 1.015])
def test_a_number_that_was_rounded_on_the_way_is_told_so_and_is_no_try(off: float) -> None:
    question = asked("h1")
    text = figure(question.right * off, 4)
    assert judged(question, text).kind == "near"
    assert Asking(question).answer(text)[0] == Asking(question)
    assert judged(question, figure(question.right * 1.03, 4)).kind == "wrong"


def test_how_many_digits_to_carry_is_said_where_numbers_have_to_be_worked_out_on_the_way() -> None:
    near, far = (exercise(SERIES["hidden-delta"], 3, level).asked[-1] for level in ("last", "network"))
    english = Speech(words.load("en"), Style.UNICODE)
    assert Posed(english, near).question.endswith("To 3 significant digits.")
    assert Posed(english, far).question.endswith("To 3 significant digits; carry 5 on the way.")


@pytest.mark.parametrize(
    ("form", "text", "side"),
    [("sign", "양수", 1), ("sign", "음", -1), ("sign", "영", 0), ("sign", "0", 0), ("sign", " Positive. ", 1),
     ("sign", "neg", -1), ("sign", "zero", 0), ("sign", "MINUS", -1), ("sign", "plus", 1), ("sign", "above", None),
     ("larger", "above", 1), ("larger", "작다", -1), ("larger", "equal", 0), ("larger", "negative", None)],
)  # fmt: skip
def test_a_side_is_told_by_a_word_of_either_language(form: str, text: str, side: int | None) -> None:
    for symbol in ("δ_o1", "δ_o2"):
        question = replace(asked(symbol), form=form, than=asked("h1").ref if form == "larger" else None)
        kind = "unreadable" if side is None else "right" if side == question.side else "wrong"
        assert judged(question, text).kind == kind


@pytest.mark.parametrize(
    ("symbol", "before", "another"),
    [("δ_h1", "w9", "w9"), ("δ_h1", "δ_h2", "δ_h2"), ("δ_h1", "delta_o1", "delta_o1"), ("E", "η", "η"),
     ("δ_h1", "δ_h1", ""), ("δ_h1", "delta_h1", ""), ("δ_h1", "δ_h1[0]", ""), ("δ_h1", "δ", ""),
     ("δ_h1", "answer", ""), ("δ_h1", "0.3·0.5", ""), ("δ_h1", "δ_h1 = ∂E/∂h1", ""), ("δ_h1", "", ""),
     ("w5⁺", "w5", ""), ("w5⁺", "Δw5", "Δw5")],
)  # fmt: skip
def test_a_number_that_is_said_to_be_another_one_is_not_judged(symbol: str, before: str, another: str) -> None:
    question = asked(symbol)
    text = f"{before} = {figure(question.right, 6)}"
    verdict = judged(question, text)
    assert (verdict.kind, verdict.symbol) == (("another", another) if another else ("right", ""))
    if another:
        assert Asking(question).answer(text)[0] == Asking(question)
        for language in words.LANGUAGES:
            (told,) = Posed(Speech(words.load(language), Style.UNICODE), question).told(verdict)
            assert symbol in told and another in told


def test_nought_is_no_short_way_to_write_a_small_number() -> None:
    assert judged(asked("δ_h1"), "0").kind == "wrong"


def test_a_change_is_asked_for_itself() -> None:
    question = asked("w5", change=True)
    assert judged(question, f"{question.trace['w5⁺'] - question.trace['w5']:.3g}").kind == "right"
    assert judged(question, f"{question.trace['w5⁺']:.3g}").kind == "wrong"


@pytest.mark.parametrize("text", ["", "9**9**9", "9" * 100_000, "letters", "1e999"])
def test_what_cannot_be_read_is_no_answer(text: str) -> None:
    assert judged(asked("h1"), text).kind == "unreadable"


@pytest.mark.parametrize("name", ["sibling", "two-two-two", "xor-drawn"])
def test_the_right_answer_is_right_at_every_step_and_no_slip_takes_its_place(name: str) -> None:
    trace = Timeline.start(builtin.open(name)).trace
    for step in trace:
        question = Asked(trace, step.ref)
        assert judged(question, figure(step.value, 4)).kind == "right"
        assert not [one for one in question.slips if agree(one.value, question.right, 3)]


@pytest.mark.parametrize("name", sorted(SERIES))
def test_a_closed_question_tells_cases_as_its_hints_do(name: str) -> None:
    """In one row with its figures what is told by cases stands in brackets, or "else 0 = 1 if" would be one formula."""
    for one in (exercise(SERIES[name], seed, LEVELS[1]).asked[-1] for seed in range(1, 9)):
        said = Posed(Speech(words.load("en"), Style.UNICODE), one)
        assert "step(" not in said.worked
        assert not re.search(r"else [^ )]+ =", said.worked)
        assert said.hint("rule").partition(" = ")[2] in said.worked


def test_a_slope_that_is_asked_for_alone_stands_in_brackets() -> None:
    made = exercise(SERIES["leaky-delta"], 1, LEVELS[1])
    slope = Asked(made.trace, made.asked[-1].ref._replace(kind="slope"), 3)
    assert re.fullmatch(
        r"(slope_h\d) = \(1 if net_h\d > 0 else ([\d.]+)\) = \(1 if \S+ > 0 else \2\) = \S+",
        Posed(Speech(words.load("en"), Style.UNICODE), slope).worked,
    )
