"""The plan: which number is made when. Orders written out by hand, and where one can stand."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.engine.plan import PHASES, Plan
from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import KINDS
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import Optimizer

PLANS = st.builds(
    lambda problem, samples, mistake: Plan(problem.shape(samples, mistake)),
    problems(),
    st.integers(1, 5),
    st.sampled_from(("", *MISTAKES)),
)


def symbols(problem: Problem, iteration: int = 1) -> list[str]:
    return [step.symbol for step in Timeline.start(problem).to(iteration).trace]


def test_the_two_two_two_example_has_the_contracts_39_steps(two_two_two: Problem) -> None:
    assert symbols(two_two_two) == [
        "net_h1", "h1", "net_h2", "h2", "net_o1", "o1", "net_o2", "o2",
        "E_o1", "E_o2", "E",
        "∂E/∂o1", "slope_o1", "δ_o1", "∂E/∂o2", "slope_o2", "δ_o2", "∂E/∂w5", "∂E/∂w6", "∂E/∂w7", "∂E/∂w8",
        "∂E/∂h1", "slope_h1", "δ_h1", "∂E/∂h2", "slope_h2", "δ_h2", "∂E/∂w1", "∂E/∂w2", "∂E/∂w3", "∂E/∂w4",
        "w5⁺", "w6⁺", "w7⁺", "w8⁺", "w1⁺", "w2⁺", "w3⁺", "w4⁺",
    ]  # fmt: skip
    steps = list(Timeline.start(two_two_two).trace)
    assert [step.index for step in steps] == list(range(1, 40))
    assert Counter(step.phase for step in steps) == {"forward": 8, "error": 3, "backward": 20, "update": 8}
    hidden = steps[23]
    assert (hidden.kind, hidden.layer, hidden.unit, hidden.input, hidden.sample) == ("delta", 1, 1, None, 0)
    assert (steps[17].kind, steps[17].layer, steps[17].unit, steps[17].input, steps[17].sample) == (
        "gradient", 2, 1, 1, None)  # fmt: skip
    operand = hidden.operands[0]
    assert (operand.symbol, operand.iteration, operand.step) == ("∂E/∂h1", 1, 22)


def test_updating_first_moves_the_output_updates_before_the_hidden_deltas(two_two_two: Problem) -> None:
    order = [step.symbol for step in Timeline.start(two_two_two, "updated-weights").trace]
    assert len(order) == 39
    assert order.index("w8⁺") < order.index("∂E/∂h1") < order.index("w1⁺")


def small(error: str, optimizer: str, batch: object, biases: bool, hidden: int = 0) -> Problem:
    last = "identity" if error == "softmax-ce" else "sigmoid"
    sizes = (1, hidden, 2) if hidden else (1, 2)
    layers = [
        Layer(
            "tanh" if place < len(sizes) - 2 else last,
            np.full((b, a), 0.25 * (place + 1)),
            np.zeros(b) if biases else None,
        )
        for place, (a, b) in enumerate(pairwise(sizes))
    ]
    samples = Samples.of([[1.0], [-2.0], [0.5]], [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    return Problem(Network(tuple(layers)), samples, Optimizer(optimizer, 0.1), error, batch)  # type: ignore[arg-type]


def test_softmax_over_a_batch_under_adam_written_out_by_hand() -> None:
    problem = small("softmax-ce", "adam", 2, biases=True)
    forward = [f"{name}[{sample}]" for sample in (0, 1) for name in ("net_o1", "o1", "net_o2", "o2")]
    errors = [f"{name}[{sample}]" for sample in (0, 1) for name in ("p1", "p2", "E_o1", "E_o2")]
    deltas = [f"{name}[{sample}]" for sample in (0, 1) for name in ("δ_o1", "δ_o2")]
    gradients = ["∂E/∂w1", "∂E/∂b_o1", "∂E/∂w2", "∂E/∂b_o2"]
    updates = [
        step.format(weight)
        for weight in ("w1", "b_o1", "w2", "b_o2")
        for step in ("m_{}", "v_{}", "m̂_{}", "v̂_{}", "Δ{}", "{}⁺")
    ]
    assert symbols(problem) == [*forward, *errors, "E", *deltas, *gradients, *updates]
    # The epoch's last batch is the one sample that is left: no brackets.
    last = symbols(problem, 2)
    assert last[:4] == ["net_o1", "o1", "net_o2", "o2"]
    assert last[4:11] == ["p1", "p2", "E_o1", "E_o2", "E", "δ_o1", "δ_o2"]
    kinds = [step.kind for step in Timeline.start(problem).trace]
    assert kinds[-6:] == ["state", "state", "corrected", "corrected", "change", "update"]
    assert set(kinds) == {
        "net", "out", "probability", "error", "delta", "gradient", "state", "corrected", "change", "update",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("optimizer", "made"),
    [
        ("sgd", ("{}⁺",)),
        ("momentum", ("v_{}", "Δ{}", "{}⁺")),
        ("nesterov", ("v_{}", "Δ{}", "{}⁺")),
        ("adagrad", ("s_{}", "Δ{}", "{}⁺")),
        ("rmsprop", ("s_{}", "Δ{}", "{}⁺")),
        ("adam", ("m_{}", "v_{}", "m̂_{}", "v̂_{}", "Δ{}", "{}⁺")),
    ],
)
def test_each_optimizer_makes_its_numbers_weight_by_weight_last_layer_first(
    optimizer: str, made: tuple[str, ...]
) -> None:
    order = symbols(small("half-squared", optimizer, "online", biases=False, hidden=1))
    weights = ("w2", "w3", "w1")
    assert order[-len(made) * 3 :] == [step.format(weight) for weight in weights for step in made]


def test_a_layer_with_nothing_that_learns_at_or_before_it_has_no_backward_steps(two_two_two: Problem) -> None:
    first, second = two_two_two.network.layers
    still = Layer(first.activation, first.weights, first.bias, learn=False)
    order = symbols(Problem(Network((still, second)), two_two_two.samples, two_two_two.optimizer))
    assert not any(name.startswith(("∂E/∂h", "δ_h", "slope_h", "∂E/∂w1")) for name in order)
    assert order[-4:] == ["w5⁺", "w6⁺", "w7⁺", "w8⁺"]
    frozen_last = Layer(second.activation, second.weights, second.bias, learn=False)
    order = symbols(Problem(Network((first, frozen_last)), two_two_two.samples, two_two_two.optimizer))
    assert "δ_o1" in order and "∂E/∂w5" not in order and "w5⁺" not in order and "w1⁺" in order
    nothing = Timeline.start(Problem(Network((still, frozen_last)), two_two_two.samples, two_two_two.optimizer)).trace
    assert {step.phase for step in nothing} == {"forward", "error"}
    assert nothing.error_after == nothing.error


@given(PLANS)
def test_every_step_is_found_at_its_number_and_nothing_is_read_before_it_is_made(plan: Plan) -> None:
    samples = tuple(range(plan.shape.samples))
    refs = [plan.ref(index) for index in range(1, len(plan) + 1)]
    assert len(set(refs)) == len(refs)
    for index, ref in enumerate(refs, 1):
        assert plan.index(ref) == index
        trees = [plan.formula(ref, samples), plan.full(ref, samples)]
        book = plan.textbook(ref)
        for tree in trees if book is None else [*trees, book]:
            for operand in names(tree):
                made = plan.index(operand)
                assert made is None or made < index, (ref, operand)
                # Nobody makes it: then it is given, and not a number that was left out of the plan.
                given_ = operand.kind in ("weight", "target") or operand.kind.startswith("rate_")
                inputs = operand.kind == "out" and operand.layer == 0
                assert made is not None or given_ or inputs or operand.kind.endswith("_old"), (ref, operand)
    with pytest.raises(IndexError):
        plan.ref(0)
    with pytest.raises(IndexError):
        plan.ref(len(plan) + 1)


@given(PLANS)
def test_phases_come_in_the_contracts_order(plan: Plan) -> None:
    phases = [plan.phase(index) for index in range(1, len(plan) + 1)]
    seen = [phase for place, phase in enumerate(phases) if place == 0 or phases[place - 1] != phase]
    if not plan.shape.mistake:
        assert seen == [phase for phase in PHASES if phase in seen]
    assert phases == [KINDS[plan.ref(index).kind].phase for index in range(1, len(plan) + 1)]
    order = [(PHASES.index("backward"), -ref.layer) for i in range(1, len(plan) + 1) if plan.phase(i) == "backward"
             for ref in [plan.ref(i)]]  # fmt: skip
    assert order == sorted(order)


@given(PLANS)
def test_units_and_phases_can_be_walked_there_and_back(plan: Plan) -> None:
    for move in (plan.next_unit, plan.next_phase):
        starts, at = [1], 1
        while (following := move(at, 1)) is not None:
            assert following > at
            starts.append(following)
            at = following
        for earlier, later in pairwise(starts):
            assert move(later, -1) == earlier
            # From inside a run, back leads to the run's own first step, and on leads to the next run.
            for inside in range(earlier + 1, later):
                assert move(inside, -1) == earlier
                assert move(inside, 1) == later
        assert move(1, -1) is None
        assert all(move(inside, 1) is None for inside in range(starts[-1], len(plan) + 1))


@given(PLANS)
def test_a_phase_starts_where_its_name_changes(plan: Plan) -> None:
    phases = [plan.phase(index) for index in range(1, len(plan) + 1)]
    starts = [index for index in range(1, len(plan) + 1) if index == 1 or phases[index - 1] != phases[index - 2]]
    at: int | None = 1
    walked = []
    while at is not None:
        walked.append(at)
        at = plan.next_phase(at, 1)
    assert walked == starts


@given(PLANS)
def test_groups_cut_the_steps_into_runs_of_one_layer(plan: Plan) -> None:
    at = 1
    while at <= len(plan):
        end = plan.group_end(at)
        assert end >= at
        members = [plan.ref(index) for index in range(at, end + 1)]
        assert len({plan.phase(index) for index in range(at, end + 1)}) == 1
        assert len({ref.layer for ref in members}) == 1 or plan.phase(at) == "error"
        if plan.phase(at) == "forward":
            assert len({ref.sample for ref in members}) == 1
        for index in range(at, end + 1):
            assert plan.group_end(index) == end
            assert plan.group_start(index) == at
        at = end + 1


def test_groups_of_the_example(two_two_two: Problem) -> None:
    plan = Timeline.start(two_two_two).trace.plan
    ends, at = [], 1
    while at <= len(plan):
        ends.append(plan.group_end(at))
        at = ends[-1] + 1
    # Forward of the hidden and the output layer, error, output deltas and gradients, hidden ones, updates.
    assert ends == [4, 8, 11, 17, 21, 27, 31, 35, 39]
    assert [plan.next_unit(index, 1) for index in (1, 2, 3, 12, 20)] == [3, 3, 5, 15, 22]
    assert [plan.next_phase(index, 1) for index in (1, 8, 9, 12, 30, 32)] == [9, 9, 12, 32, 32, None]
