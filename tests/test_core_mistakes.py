"""The table of mistakes: each is told from the right rules where it should be, and the laws hold for what it makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lawful import assert_laws
from shown import ALL, SECOND, SHOWN, deep, square
from strategies import problems

from nntutor.core.engine.timeline import Timeline
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.mistakes.spelling import is_known, rulebook, spelled
from nntutor.core.rules.optimizers import Optimizer
from nntutor.core.rules.rulebook import right
from nntutor.lessons.course import builtin


@given(problem=problems(settings=True), mistake=st.sampled_from(ALL), data=st.data())
def test_the_laws_hold_for_a_mistaken_rulebook_in_all_layers_and_in_one(
    problem: Problem, mistake: str, data: st.DataObject
) -> None:
    layer = data.draw(st.integers(0, len(problem.network.layers)))
    assert_laws(problem, f"{mistake}@{layer}" if layer else mistake)


@pytest.mark.parametrize("mistake", ALL)
def test_the_laws_hold_for_a_mistake_where_it_shows_and_where_layers_are_wider_than_two(mistake: str) -> None:
    problem = SHOWN[mistake].problem
    assert_laws(problem, mistake)
    shape = wide(problem).shape(3)
    assert rulebook(replace(shape, mistake=mistake)) != right(shape), "it can be made there"
    assert_laws(wide(problem), mistake)


def wide(problem: Problem) -> Problem:
    """The problem with 4 inputs, layers of 3 units and 3 samples."""
    random = np.random.default_rng(3)
    layers = tuple(
        Layer(layer.activation, random.uniform(-1, 1, (3, inputs)), random.uniform(-1, 1, 3))
        for layer, inputs in zip(problem.network.layers, (4, 3, 3), strict=False)
    )
    targets = random.uniform(0, 1, (3, 3))
    samples = Samples(random.uniform(-1, 1, (3, 4)), targets / targets.sum(axis=1, keepdims=True))
    return replace(problem, network=Network(layers), samples=samples, batch="full")


@given(problems(settings=True), st.lists(st.sampled_from(ALL), min_size=2, max_size=3, unique=True))
def test_the_laws_hold_for_several_mistakes_at_once(problem: Problem, mistakes: list[str]) -> None:
    assert_laws(problem, "+".join(mistakes))


# --- told from the right one ---------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", ALL)
def test_a_mistake_is_told_from_the_right_rule_at_the_number_that_it_changes_first(mistake: str) -> None:
    shown = SHOWN[mistake]
    at = 2 if mistake in SECOND else 1
    good, wrong = (Timeline.start(shown.problem, name).to(at).trace for name in ("", mistake))
    # In the order of the right iteration: a mistaken one may have another.
    differing = [
        step.symbol for step in good
        if wrong.index_of(step.ref) is None or abs(wrong.value(step.ref) - step.value) > 1e-9
    ]  # fmt: skip
    assert differing[0] == shown.first
    made = next(step for step in wrong if step.symbol == shown.symbol)
    assert f"{made.symbol} = {made.text}" == shown.formula


def under(*given: object, **named: object) -> Problem:
    """The square under another optimizer."""
    return replace(square(), optimizer=Optimizer(*given, **named))  # type: ignore[arg-type]


# Under another optimizer, another error or in another depth than SHOWN has: the mistake, and what it makes there.
ELSEWHERE = [
    ("net-negated", square("softmax-ce"), "p1[0] = 1/(1 + exp(net_o1[0] − net_o2[0]))"),
    ("net-negated", square("softmax-ce"), "E_o1[0] = −t1[0]·ln(p1[0])"),
    ("exp-sign@2", square("bce"), "E_o1[0] = −t1[0]·ln(o1[0]) − (1 − t1[0])·ln(1 − o1[0])"),
    ("factor-two:missing", square("bce"), "δ_o1[0] = ½·(o1[0] − t1[0])/2"),
    ("error-sent-back:everywhere", deep(), "∂E/∂h1_1[0] = ∂E/∂h2_1[0]·w5 + ∂E/∂h2_2[0]·w7"),
    ("output-error-reused:delta-sum", deep(), "∂E/∂h1_1[0] = δ_o1[0] + δ_o2[0]"),
    ("value-for-delta", square("softmax-ce"), "∂E/∂h1[0] = p1[0]·w5 + p2[0]·w7"),
    ("own-output-for-input", square("softmax-ce", batch=1), "∂E/∂w5 = δ_o1·p1"),
    ("product-for-elementwise", square(batch=1), "δ_o1 = ∂E/∂o1·slope_o1 + ∂E/∂o2·slope_o2"),
    ("transposed+input-left-out", square(batch=1), "∂E/∂w6 = δ_o2"),
    ("added", under("adam", decay=0.1), "w5⁺ = w5 − Δw5 − η·λ·w5"),
    ("no-rate", under("sgd", decay=0.1), "w5⁺ = w5 − ∂E/∂w5 − η·λ·w5"),
    ("rate-twice", under("nesterov"), "Δw5 = μ·v_w5 − η²·∂E/∂w5"),
    ("momentum-average", under("momentum", form="torch"), "v_w5 = μ·v_w5 + (1 − μ)·∂E/∂w5"),
    ("momentum-rate-twice:move", under("nesterov"), "Δw5 = η·μ·v_w5 − η·∂E/∂w5"),
    ("momentum-rate-twice:share", under("momentum", form="average"), "v_w5 = η·μ·v_w5 + (1 − μ)·∂E/∂w5"),
    ("momentum-late:plain", under("momentum", form="torch"), "Δw5 = −η·v_w5"),
    ("momentum-sign:gradient", under("momentum", form="torch"), "v_w5 = μ·v_w5 − ∂E/∂w5"),
    ("no-correction", under("adam", epsilon_at="hat"), "Δw5 = −η·m_w5/(√(v_w5) + ε)"),
    (
        "correction-without-power", under("adam", epsilon_at="hat"),
        "Δw5 = −η·√(1 − β₂)·m_w5/((1 − β₁)·(√(v_w5) + ε))",
    ),
    ("no-square", under("adagrad"), "s_w5 = s_w5 + ∂E/∂w5"),
    ("no-root", under("rmsprop", epsilon_at="inside"), "Δw5 = −η·∂E/∂w5/(s_w5 + ε)"),
    ("epsilon-inside", under("rmsprop"), "Δw5 = −η·∂E/∂w5/√(s_w5 + ε)"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "problem", "formula"), ELSEWHERE)
def test_a_mistake_is_made_wherever_there_is_room_for_it(mistake: str, problem: Problem, formula: str) -> None:
    assert formula in [f"{step.symbol} = {step.text}" for step in Timeline.start(problem, mistake).trace]
    assert_laws(problem, mistake)


def test_a_late_velocity_is_made_after_the_move() -> None:
    symbols = [step.symbol for step in Timeline.start(under("momentum"), "momentum-late").trace]
    assert symbols.index("Δw5") < symbols.index("v_w5") < symbols.index("w5⁺")


def test_a_wrong_count_is_in_the_powers_of_beta() -> None:
    problem = square(optimizer="adam")
    beta = problem.optimizer.beta1
    for mistake, power in (("count-from-zero", 0), ("", 1), ("count-from-two", 2)):
        assert Timeline.start(problem, mistake).trace["β₁ᵏ"] == beta**power
    trace = Timeline.start(problem, "count-from-two").to(3).trace
    assert trace["m̂_w5"] == trace["m_w5"] / (1 - beta**4)


def test_a_mistake_in_one_layer_leaves_the_others_rules() -> None:
    shape = square().shape(2)
    for number in (1, 2):
        wrong = rulebook(replace(shape, mistake=f"bias-left-out@{number}"))
        changed = [one != other for one, other in zip(wrong.layers, right(shape).layers, strict=True)]
        assert changed == [number == 1, number == 2]


def lone() -> Problem:
    """1-1-1 of one sample, without biases, the output linear: what most mistakes need is not there."""
    layers = (Layer("sigmoid", np.array([[0.7]]), None), Layer("identity", np.array([[-0.4]]), None))
    return Problem(Network(layers), Samples.of([[0.6]], [[0.2]]), Optimizer("sgd", 0.4))


def narrow() -> Problem:
    """2-1-2: one hidden unit, whose own index is that of the first output."""
    random = np.random.default_rng(4)
    layers = tuple(Layer("sigmoid", random.uniform(-1, 1, size), None) for size in ((1, 2), (2, 1)))
    return replace(square(), network=Network(layers))


UNMADE = {
    "": (lone(), """bias-left-out bias-subtracted inputs-swapped target-in-slope mask-always-one no-output-slope
        outputs-mean-for-sum:error outputs-sum-for-mean:back error-for-gap:total error-sent-back:gap
        output-error-reused:gap-same one-path:same one-path:last paths-mean paths-crossed product-for-elementwise
        other-input:next other-delta:next transposed batch-sum batch-mean mean-twice:deltas last-sample-only:divided
        one-bias-for-all bias-mean-twice bias-not-updated no-correction count-from-two no-square momentum-sign:move
        momentum-late:plain sign@1 no-hidden-slope@2 loss-sent-back@2 loss-sent-back:output"""),
    "narrow": (narrow(), "one-path:same output-error-reused:gap-same output-error-reused:delta-same transposed"),
    "two": (square(), "other-input:previous batch-mean error-sent-back:gradient error-sent-back:everywhere"),
    "bce": (square("bce"), "error-sent-back:gap softmax-diagonal no-output-slope@2 slope-of-error:gap"),
    "softmax": (square("softmax-ce"), "slope-besides-cross-entropy@1 activation-left-out@2 exp-sign@2"),
    "relu": (square(hidden="relu", last="tanh"), "slope-at-net@1 slope-twice@1 slope-of-error:turned"),
    "average": (replace(square(), optimizer=Optimizer("momentum", form="average")), "momentum-average added"),
    "inside": (replace(square(), optimizer=Optimizer("adam", epsilon_at="inside")), "epsilon-inside"),
    "uncorrected": (replace(square(), optimizer=Optimizer("adam", correct=False)), "no-correction count-from-zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(UNMADE))
def test_a_mistake_that_cannot_be_made_changes_nothing(name: str) -> None:
    problem, mistakes = UNMADE[name]
    shape = problem.shape(problem.batch_size)
    for mistake in mistakes.split():
        assert rulebook(replace(shape, mistake=mistake)) == right(shape), mistake


def test_a_surface_knows_only_mistakes_of_the_update() -> None:
    """As nothing is passed forward or sent back there."""
    shape = replace(builtin.open("race-ravine"), optimizer=Optimizer("sgd")).shape(0)
    made = {one for one in ALL if rulebook(replace(shape, mistake=one)) != right(shape)}
    assert made == {"added", "no-rate", "rate-twice"}


def test_mistakes_are_spelled_by_name_variant_and_layer_and_the_old_name_is_known() -> None:
    for text in ("batch-sum", "one-path:last", "no-hidden-slope@1", "one-path:first@2+sign"):
        assert spelled(text) == text and is_known(text)
    assert spelled("uncorrected") == "no-correction"
    assert spelled("uncorrected@2+sign") == "no-correction@2+sign"
    assert not any(map(is_known, ("", "none", "one-path:middle", "sign@one", "sign+", "batch sum")))


def test_a_way_back_through_gradients_has_them_whole() -> None:
    """The divisor is not forgotten, though all gradients are divided at once elsewhere."""
    trace = Timeline.start(square(), "gradient-for-weight").trace
    delta, out = trace.array("delta", 2), trace.array("out", 1)
    np.testing.assert_allclose(trace.array("out_grad", 1), delta @ (delta.T @ out / 2), rtol=1e-13)
