"""The laws of the design, over random problems."""

from __future__ import annotations

from itertools import pairwise

import independent
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.analysis.gradient_check import check, check_all
from nntutor.core.engine.plan import Plan
from nntutor.core.engine.program import Engine, Program, State
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Step, Trace, after
from nntutor.core.engine.training import Runner, replay
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Mul, Sum, names
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.symbols import Ref, Style
from nntutor.core.problems.network import Problem

SUMS = ("net", "error", "out_grad", "grad", "prob")


def term_sizes(step: Step, trace: Trace) -> tuple[int, float]:
    """How many terms the step's sum has, and the sum of their sizes."""
    sums = [step.formula] if isinstance(step.formula, Sum) else []
    top = step.formula
    while hasattr(top, "a"):
        top = top.a
        if isinstance(top, Sum):
            sums.append(top)
    if step.ref.kind == "prob":
        return trace.problem.network.sizes[-1], 1.0
    if not sums:
        return 1, 0.0
    return len(sums[0].terms), sum(abs(evaluate(term, trace.value)) for term in sums[0].terms)


def slope_of(step: Step, problem: Problem) -> float:
    return problem.network.layers[step.ref.layer - 1].slope if step.ref.layer else 0.0


@given(problems(), st.integers(1, 4))
def test_a_formula_evaluated_on_its_operands_is_the_value(problem: Problem, iteration: int) -> None:
    trace = Timeline.start(problem).to(iteration).trace
    for step in trace:
        operands = {operand.symbol: operand.value for operand in step.operands}
        own = evaluate(step.formula, trace.value)
        written = text(tokens(step.formula, trace.names.symbol))
        other = independent.value(written, operands, slope_of(step, problem))
        count, size = term_sizes(step, trace)
        if step.ref.kind in SUMS and count > 1:
            bound = (count + 2) * 2.0**-52 * size
            assert abs(own - step.value) <= bound, (step.symbol, own, step.value)
            assert abs(other - step.value) <= bound, (step.symbol, other, step.value)
        else:
            assert own == step.value, (step.symbol, written)
            assert other == step.value, (step.symbol, written)


@given(problems())
def test_a_formula_read_from_its_text_is_the_same_formula(problem: Problem) -> None:
    trace = Timeline.start(problem).to(2).trace
    for step in trace:
        for style in (Style.UNICODE, Style.ASCII):
            written = text(tokens(step.formula, lambda ref, style=style: trace.symbol(ref, style), style))
            if "leaky" in written:
                continue
            again = parse(written, trace.find)
            # The state before and after an update have one symbol; in its own formula the old one is meant.
            meaning = {trace.symbol(ref): ref for ref in names(step.formula)}
            found = evaluate(again, lambda ref, meaning=meaning: trace.value(meaning[trace.symbol(ref)]))
            assert found == evaluate(step.formula, trace.value), written


@given(problems(), st.sampled_from(("", "updated-weights")), st.integers(1, 5))
def test_no_operand_is_read_before_it_is_made(problem: Problem, mistake: str, samples: int) -> None:
    plan = Plan(problem.shape(samples, mistake))
    for index in range(1, len(plan) + 1):
        ref = plan.ref(index)
        assert plan.index(ref) == index
        for tree in (plan.formula(ref, tuple(range(samples))), plan.full(ref, tuple(range(samples)))):
            for operand in names(tree):
                made = plan.index(operand)
                assert made is None or made < index, (ref, operand)


@given(problems(errors=("half-squared", "mse", "bce", "softmax-ce")), st.integers(1, 3))
def test_gradients_are_central_differences(problem: Problem, iteration: int) -> None:
    trace = Timeline.start(problem).to(iteration).trace
    assume(np.isfinite(trace.error))
    for found in check_all(trace):
        assert found.verdict != "differs", found


@given(problems(errors=("half-squared", "mse"), activations=("sigmoid", "tanh", "identity")))
def test_what_is_sent_back_to_a_unit_is_the_slope_of_its_own_output(problem: Problem) -> None:
    trace = Timeline.start(problem).trace
    for step in trace:
        if step.ref.kind in ("out_grad", "delta"):
            nudged = step.ref._replace(kind="out" if step.ref.kind == "out_grad" else "net")
            assert check(trace, nudged).verdict in ("agrees", "below"), step.symbol


@given(problems(), st.integers(0, 60), st.integers(1, 90))
def test_forward_then_back_is_the_same_place_and_computes_nothing(problem: Problem, start: int, count: int) -> None:
    begun = Timeline.start(problem).forward(start)
    assume(begun.diverged is None)
    there = begun.forward(count)
    ran: list[int] = []
    original = Program.run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Program, "run", lambda self: (ran.append(1), original(self))[1])
        again = there.back(count if there.diverged is None else 0)
        value = again.trace.step(again.step).value
    if there.diverged is None:
        assert (again.iteration, again.step) == (begun.iteration, begun.step)
        np.testing.assert_equal(value, begun.trace.step(begun.step).value)
    assert not ran


def states_equal(one: State, other: State) -> bool:
    return one.params.tobytes() == other.params.tobytes() and one.slots.tobytes() == other.slots.tobytes()


@given(problems(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_running_and_stepping_reach_bitwise_the_same_weights(problem: Problem, chunks: list[int]) -> None:
    engine = Engine(problem)
    runner = Runner(engine, engine.start())
    errors = np.concatenate([runner.chunk(count).errors for count in chunks])
    total = sum(chunks)
    place = Timeline.start(problem)
    for iteration in range(1, total + 1):
        place = place.to(iteration)
        assert place.trace.error == errors[iteration - 1]
    assume(place.diverged is None)
    assert states_equal(after(place.trace), runner.state)
    assert states_equal(replay(engine, engine.start(), total), runner.state)


@given(problems(everything_learns=True), st.integers(1, 12))
def test_many_networks_at_once_are_each_one_alone(problem: Problem, count: int) -> None:
    engine = Engine(problem, many=3)
    start = engine.start()
    params = np.array(start.params)
    params[1] *= 0.5
    params[2] += 0.1
    together = Runner(engine, State(0, params, start.slots)).chunk(count)
    single = Engine(problem)
    for row in range(3):
        slots = single.start().slots
        alone = Runner(single, State(0, params[row].copy(), slots)).chunk(count)
        np.testing.assert_allclose(together.errors[:, row], alone.errors, rtol=1e-9, atol=1e-12)


@given(problems())
def test_a_resumed_place_goes_on_as_if_it_had_never_been_left(problem: Problem) -> None:
    place = Timeline.start(problem).to(3, 2)
    assume(place.diverged is None)
    again = Timeline.resumed(problem, "", (), 3, 2, place.trace.before)
    for one, other in ((place, again), (place.to(5), again.to(5)), (place.to(1), again.to(1))):
        assert [step.value for step in one.trace] == [step.value for step in other.trace]
        assert [o.step for s in one.trace for o in s.operands] == [o.step for s in other.trace for o in s.operands]


@given(problems(), st.lists(st.tuples(st.integers(1, 4), st.floats(-2, 2)), min_size=1, max_size=4))
def test_undoing_every_edit_brings_the_old_numbers_back(problem: Problem, edits: list[tuple[int, float]]) -> None:
    place = Timeline.start(problem)
    seen = [place.to(4)]
    weight = Ref("weight", 1, 1, 1)
    for iteration, value in edits:
        assume(seen[-1].diverged is None)
        edited = seen[-1].to(iteration).edit(weight, value)
        assert edited.trace.value(weight) == value
        assert edited.trace.maker(weight) is None
        assert edited.newest == edited.iteration
        seen.append(edited)
    for earlier, later in reversed(list(pairwise(seen))):
        back = later.undo()
        again = back.redo()
        for iteration in range(1, 5):
            assert back.trace_of(iteration).error == earlier.trace_of(iteration).error
            assert again.trace_of(iteration).error == later.trace_of(iteration).error


@given(problems(), st.integers(2, 6))
def test_a_maker_is_the_step_that_made_the_number(problem: Problem, iteration: int) -> None:
    place = Timeline.start(problem).to(iteration)
    for step in place.trace:
        for operand in step.operands:
            if operand.step is not None and operand.iteration is not None:
                maker = place.trace_of(operand.iteration).step(operand.step)
                np.testing.assert_equal(maker.value, operand.value)
                assert maker.symbol.partition("[")[0].rstrip("⁺") == operand.symbol.partition("[")[0]


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_a_figure_shows_no_false_digit(value: float, digits: int) -> None:
    shown = float(figure(value, digits, style=Style.ASCII))
    assert shown == float(f"{value:.{digits - 1}e}")


def test_hidden_deltas_use_the_weights_from_before_the_update(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    used = [operand.ref for operand in trace.step(22).operands]
    assert Ref("weight", 2, 1, 1) in used and not any(ref.kind == "new" for ref in used)
    assert isinstance(trace.step(24).formula, Mul)
