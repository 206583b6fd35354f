"""Find the bug: what is drawn can be told, one line is the first wrong one, and the check says what it is."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from asking import explains, shown

from nntutor.core.analysis.mistaken import spellings
from nntutor.core.problems.network import Problem
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import load
from nntutor.lessons.course.bugs import HUNTS, NUDGES, Bug, Hunt, Hunting, bug, seeded
from nntutor.lessons.course.series import Draw
from nntutor.lessons.language.mistakes import taught

EVERY = [(hunt, mistake) for hunt in HUNTS.values() for mistake in hunt.mistakes]
SEEDS = range(1, 3)
_SHARE = 16


@cache
def drawn(hunt: Hunt, mistake: str, seed: int) -> Bug:
    return bug(replace(hunt, mistakes=(mistake,)), seed)


def test_every_mistake_that_the_curriculum_names_is_drawn() -> None:
    named = {
        "updated-weights", "error-sent-back", "no-output-slope", "no-hidden-slope", "slope-at-net", "sign",
        "paths-crossed", "one-path", "rate-twice", "momentum-average", "no-correction", "epsilon-inside",
        "count-from-zero",
    }  # fmt: skip
    assert {drawn(*one, 1).mistake for one in EVERY} == named <= set(MISTAKES)
    for hunt in HUNTS.values():
        assert load.find(hunt.lesson) is not None
        assert len({bug(hunt, seed).mistake for seed in range(1, 6)}) > 1


@pytest.mark.parametrize(("hunt", "mistake"), EVERY)
def test_the_first_wrong_line_is_seen_in_its_figure_and_every_line_before_it_agrees(hunt: Hunt, mistake: str) -> None:
    for seed in SEEDS:
        one = drawn(hunt, mistake, seed)
        ours, right = shown(one.trace, one), shown(one.right, one)
        assert one.trace.mistake == mistake and not one.right.mistake
        assert ours[: one.line - 1] == right[: one.line - 1] and ours[one.line - 1] != right[one.line - 1]
        assert (one.step.text != one.rule.text) == (mistake != "count-from-zero")


@pytest.mark.parametrize(("hunt", "mistake"), EVERY)
def test_the_check_shows_a_wrong_gradient_and_clears_one_that_a_wrong_update_uses(hunt: Hunt, mistake: str) -> None:
    for seed in SEEDS:
        one = drawn(hunt, mistake, seed)
        updates = one.step.phase == "update"
        assert one.check.verdict == ("agrees" if updates else "differs")
        assert updates == (taught()[one.mistake] in ("descent", "momentum", "adam"))


def test_numbers_that_hide_the_mistake_are_drawn_again() -> None:
    backward = HUNTS["bug-backward"]

    def problem(draw: Draw) -> Problem:
        return replace(backward.problem(draw), optimizer=Optimizer("sgd", draw.of((1e-7, 2.0))))

    def rate(one: Bug) -> float:
        return one.trace.problem.optimizer.learning_rate

    hunt = replace(backward, problem=problem, mistakes=("updated-weights",))
    hidden = [seed for seed in range(1, 9) if rate(seeded(hunt, "updated-weights", seed)) == 1e-7]
    assert hidden and {rate(bug(hunt, seed)) for seed in hidden} == {2.0}


@pytest.mark.parametrize(("hunt", "mistake"), EVERY)
def test_no_other_mistake_of_the_table_gives_these_lines(hunt: Hunt, mistake: str) -> None:
    one, at = drawn(hunt, mistake, 1), EVERY.index((hunt, mistake))
    # A share of the table for each; `bench/soak.py bugs` takes all of it.
    others = [other for other in spellings()[at::_SHARE] if other.partition(":")[0] != one.mistake]
    assert not [other for other in others if explains(other, one)] and explains(mistake, one)


@pytest.mark.parametrize(("hunt", "mistake"), EVERY)
def test_marking_the_line_is_right_and_marking_any_other_is_not(hunt: Hunt, mistake: str) -> None:
    one = drawn(hunt, mistake, 1)
    ends = {line: Hunting(one).mark(line).outcome for line in range(1, len(one.trace) + 1)}
    assert ends.pop(one.line) == "right" and set(ends.values()) == {""}


def test_a_wrong_mark_brings_the_next_nudge_and_the_last_one_tells() -> None:
    one = drawn(HUNTS["bug-backward"], "one-path", 1)
    begun = Hunting(one)
    first, second = begun.mark(1), begun.mark(1).mark(39)
    assert (begun.nudge, first.nudge, second.nudge) == ("", *NUDGES[:2])
    assert (first.too_late, second.too_late) == (False, True)
    assert first.mark(1) == first and second.mark(1).mark(39).outcome == ""  # a line is marked once
    assert second.mark(one.line).outcome == "helped" and second.mark(2).outcome == "shown"
    assert begun.hint().mark(one.line).outcome == "helped" and begun.skip().outcome == "skipped"
    assert begun.hint().hint().hint().outcome == "shown"


def test_a_line_is_named_by_its_number_or_by_what_it_makes_in_either_spelling() -> None:
    one = drawn(HUNTS["bug-backward"], "one-path", 1)
    assert one.line_of("22") == one.line_of("∂E/∂h1") == one.line_of("dE/dh1") == one.line
    assert one.trace.ref(one.line_of("w5") or 0) == one.trace.ref(one.line_of("w5_new") or 0)
    assert [one.line_of(text) for text in ("0", "40", "99999", "x1", "η", "w9", "?", "", "²")] == [None] * 9


def test_the_numbers_are_those_of_the_seed() -> None:
    hunt = HUNTS["bug-adam"]
    first, again, other = (shown(one.trace, one) for one in (bug(hunt, 3), bug(hunt, 3), bug(hunt, 4)))
    assert first == again != other
