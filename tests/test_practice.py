"""Series of fresh problems: the same from the same seed, and drawn so that a slip can be told from what is right."""

from __future__ import annotations

from functools import cache

import pytest

from nntutor.core.analysis.mistaken import at_step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import names
from nntutor.core.notation.style import Style
from nntutor.lessons.course import load, practice
from nntutor.lessons.course.practice import LEVELS, Exercise, exercise
from nntutor.lessons.course.questions import agree, judged
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.language import words
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.posing import lesson_end, posed
from nntutor.lessons.posing.posed import Posed

SEEDS = range(1, 4)
SHORT = ("descent-step", "output-delta", "update", "hidden-delta", "iteration", "velocity", "neuron-delta")


@cache
def drawn(name: str, seed: int, level: str) -> Exercise:
    return exercise(SERIES[name], seed, level)


def problems(name: str, *levels: str) -> list[Exercise]:
    return [drawn(name, seed, level) for level in levels or LEVELS for seed in SEEDS]


def shown(one: Exercise) -> list[str]:
    return [f"{one.trace.symbol(ref)} = {figure(one.value(ref), 9)}" for ref in one.given]


@pytest.mark.parametrize("name", SERIES)
def test_a_seed_gives_the_same_problem_and_another_seed_another(name: str) -> None:
    for level in LEVELS:
        assert shown(drawn(name, 1, level)) != shown(drawn(name, 2, level))
    level = LEVELS[list(SERIES).index(name) % len(LEVELS)]  # each takes its turn
    assert shown(exercise(SERIES[name], 1, level)) == shown(drawn(name, 1, level))


@pytest.mark.parametrize("name", SERIES)
def test_a_series_belongs_to_a_lesson_and_ends_in_what_is_asked(name: str) -> None:
    assert load.find(SERIES[name].lesson) is not None
    for one in problems(name):
        assert len(one.asked) == {"shown": 0, "two": 2}.get(one.level, 1)
        assert not one.asked or one.asked[-1].ref == one.chain[-1]
        assert not {asked.ref for asked in one.asked} & set(one.given)


@pytest.mark.parametrize("name", SERIES)
def test_no_mistake_in_the_step_gives_what_is_right_and_each_is_recognised(name: str) -> None:
    for one in problems(name):
        for asked in one.asked:
            for slip in at_step(asked.trace, asked.ref):
                assert not agree(slip.value, asked.right, asked.digits), (one.seed, one.level, slip)
                assert slip.mistake in judged(asked, f"{slip.value:#.6g}").mistakes
            assert judged(asked, f"{asked.right:.6g}").kind == "right"
            assert abs(asked.right) > 1e-9  # nobody types what rounding leaves of a 0


def test_it_is_drawn_on_where_few_draws_tell_all_mistakes_from_what_is_right() -> None:
    """A mask of the gradient is right wherever net and what comes back have one sign, and two more are on the way."""
    for asked in exercise(SERIES["leaky-delta"], 9017015, "two").asked:
        assert not any(agree(slip.value, asked.right, asked.digits) for slip in at_step(asked.trace, asked.ref))


@pytest.mark.parametrize(
    ("name", "seed", "level"),
    [("perceptron", 373, "network"), ("perceptron", 696, "last"), ("leaky-delta", 934, "network"),
     ("leaky-delta", 279, "last"), ("iteration", 38, "network")],
)  # fmt: skip
def test_no_net_is_0_on_paper_and_a_little_beside_it_in_the_record(name: str, seed: int, level: str) -> None:
    """0.5·0.6 + 0.3·(−1) + 0 is 0, and a step unit gives 1: with rounding left below it the record said 0."""
    trace = exercise(SERIES[name], seed, level).trace
    for number in range(1, len(trace.problem.network.layers) + 1):
        assert (abs(trace.array("net", number)) > 1e-9).all()


@pytest.mark.parametrize("name", SHORT)
def test_where_the_steps_before_are_shown_the_numbers_come_out_even(name: str) -> None:
    for one in problems(name, "shown", "last", "two"):
        for ref in (*one.given, *one.chain):
            assert round(one.value(ref), 10) == pytest.approx(one.value(ref), abs=1e-12), one.trace.symbol(ref)


@pytest.mark.parametrize("name", SERIES)
def test_what_is_shown_is_enough_to_work_out_what_is_asked(name: str) -> None:
    powers = {"rate_beta1k", "rate_beta2k"}  # of a rate that is shown, and of the count of the iteration
    for one in problems(name, "last", "two"):
        known = set(one.given)
        for asked in one.asked:
            assert {key for key in names(asked.step.formula) if key.kind not in powers} <= known
            known.add(asked.ref)


@pytest.mark.parametrize("name", ["output-delta", "hidden-delta", "iteration", "forward"])
def test_from_the_network_alone_the_whole_iteration_can_be_worked_out(name: str) -> None:
    for one in problems(name, "network"):
        again = Timeline.start(one.trace.problem).trace
        made = {ref for ref in one.given if again.index_of(ref) is not None}
        assert not made and len(one.given) >= 12


@pytest.mark.parametrize(
    ("scores", "taken", "draws"),
    [
        ([(2, 0, 0), (1, 5, 5), (0, 0, 0), (0, 0, 0)], 2, 3),  # the first on which no two answers agree
        ([(2, 0, 0), (1, 0, 0), (1, 3, 0)], 1, practice._DRAWS),  # else the one on which fewest do
        ([(0, 0, 2), (0, 0, 1), (0, 0, 1)], 1, 5),  # what agrees exactly each time agrees whatever is drawn
    ],
)
def test_of_several_draws_the_one_that_tells_most_apart_is_taken(
    monkeypatch: pytest.MonkeyPatch, scores: list[tuple[int, int, int]], taken: int, draws: int
) -> None:
    made: list[Exercise] = []

    def confusions(one: Exercise) -> tuple[int, int, int]:
        made.append(one)
        return scores[min(len(made), len(scores)) - 1]

    monkeypatch.setattr(practice, "_confusions", confusions)
    assert exercise(SERIES["descent-step"], 1, "last") is made[taken] and len(made) == draws


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_slope_that_is_1_or_0_is_told_a_learner_as_it_is_on_the_screen(language: str) -> None:
    speech = Speech(words.load(language), Style.UNICODE)
    hints = [
        Posed(speech, asked).hint(which)
        for seed in SEEDS
        for asked in drawn("leaky-delta", seed, "two").asked
        for which in ("rule", "figures")
    ]
    ends = [one.text for lesson in load.lessons() for one in lesson_end.said(speech, lesson, 1, ("1", "2", "3"))]
    assert not [line for line in (*hints, *ends) if "step(" in line]
    assert "slope_h1_1 = 1 if net_h1_1 > 0 else 0" in ends


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_a_leaky_relu_lets_through_is_given_where_its_slope_is_asked_for(language: str) -> None:
    speech = Speech(words.load(language), Style.UNICODE)
    for one in problems("leaky-delta"):
        given = dict(posed.given(speech, one))
        assert (given.get(f"{speech.say('question.slope')} (net ≤ 0)") is None) == any(
            "slope_h" in name for name in given
        )
        assert speech.say("activation_name.leaky-relu") in posed.about(speech, one)
