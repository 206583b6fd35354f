"""Running and stepping: one list of calls, the same bits, and the same end where numbers end."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.engine import training
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import Runner, replay, run
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.activations import ACTIVATIONS
from nntutor.core.rules.optimizers import OPTIMIZERS, Optimizer


def bits(state: State) -> tuple[int, bytes, bytes]:
    return state.done, state.params.tobytes(), state.slots.tobytes()


def recorded(problem: Problem, most: int, mistake: str = "") -> list[Trace]:
    """Records one after the other, up to the one that diverges, with nothing run in between."""
    engine = Engine(problem, mistake)
    traces = [record(engine, engine.start())]
    while len(traces) < most and not traces[-1].diverged:
        traces.append(record(engine, after(traces[-1])))
    return traces


@given(
    problems(),
    st.sampled_from(("", "updated-weights")),
    st.lists(st.integers(1, 12), min_size=1, max_size=5),
    st.sampled_from((None, 1e-5)),
)
def test_a_run_cut_in_any_way_reaches_bitwise_the_recorded_states(
    problem: Problem, mistake: str, chunks: list[int], pause: float | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if pause is not None:
            patch.setattr(training, "CHECKPOINT_SECONDS", pause)
        traces = recorded(problem, sum(chunks), mistake)
        engine = Engine(problem, mistake)
        runner = Runner(engine, engine.start())
        errors: list[float] = []
        for count in chunks:
            chunk = runner.chunk(count)
            errors += chunk.errors.tolist()
            for state in (*chunk.checkpoints, chunk.state):
                assert bits(state) == bits(after(traces[state.done - 1]))
            assert chunk.diverged == (len(errors) if traces[len(errors) - 1].diverged else None)
            if chunk.diverged:
                break
        np.testing.assert_array_equal(errors, [trace.error for trace in traces])


@given(problems(), st.integers(1, 12), st.integers(1, 12))
def test_a_replay_from_any_state_on_the_way_is_bitwise_the_same(problem: Problem, behind: int, ahead: int) -> None:
    traces = recorded(problem, behind + ahead)
    assume(len(traces) == behind + ahead and not traces[-1].diverged)
    engine = Engine(problem)
    engine.prepare(40)  # an engine that comes from elsewhere
    assert bits(replay(engine, after(traces[behind - 1]), behind + ahead)) == bits(after(traces[-1]))


@given(problems(), st.integers(1, 10), st.integers(1, 4))
def test_many_networks_at_once_are_each_one_alone(problem: Problem, count: int, many: int) -> None:
    """NumPy multiplies a stack of matrices by another route than one matrix, so not to the last bit."""
    single = Engine(problem)
    assume(not recorded(problem, count)[-1].diverged)
    start = single.start()
    random = np.random.default_rng(count)
    params = start.params + random.uniform(-0.5, 0.5, (many, start.params.size)) * (np.arange(many)[:, None] > 0)
    engine = Engine(problem, networks=many)
    together = Runner(engine, State(0, params, engine.start().slots)).chunk(count)
    assert together.errors.shape[1:] == (many,)
    for row in range(many):
        alone = Runner(single, State(0, params[row].copy(), start.slots)).chunk(len(together.errors))
        np.testing.assert_allclose(together.errors[: len(alone.errors), row], alone.errors, rtol=1e-9, atol=1e-12)


WILD = st.sampled_from((1e1, 1e3, 1e30, 1e100, 1e154, 1e200, 1e308))


@st.composite
def wild(draw: st.DrawFn) -> Problem:
    """Problems that blow up: huge rates, huge inputs, activations without bounds."""
    unbounded = tuple(name for name in ACTIVATIONS if name != "tanh")
    problem = draw(problems(errors=("half-squared", "mse", "bce", "softmax-ce"), activations=unbounded))
    problem = replace(problem, optimizer=replace(problem.optimizer, learning_rate=draw(WILD)))
    scale = draw(st.sampled_from((1.0, 1.0, 1e80, 1e160, 1e300)))
    inputs = problem.samples.inputs * np.where(np.arange(len(problem.samples)) % 2, scale, 1.0)[:, None]
    return replace(problem, samples=Samples(inputs, problem.samples.targets))


def dead_for_others() -> Problem:
    """E of sample 1 overflows after its own update, while the others find the unit switched off."""
    layers = (Layer("relu", np.array([[1.0, -1.0]]), None), Layer("identity", np.array([[1.0]]), None))
    samples = Samples.of([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], [[5.0], [0.0], [0.0]])
    return Problem(Network(layers), samples, Optimizer("sgd", 1e100))


def penalized_without_end() -> Problem:
    """Outputs stay between 0 and 1 while the penalty drives the weights, and with them E, beyond all bounds."""
    network = Network((Layer("sigmoid", np.array([[1.0, -1.0]]), None),))
    return Problem(network, Samples.of([[0.0, 1.0]], [[1.0]]), Optimizer("sgd", 1e-34), l2=1e40)


@given(wild(), st.lists(st.integers(1, 15), min_size=1, max_size=3))
@example(dead_for_others(), [20])
@example(penalized_without_end(), [1] * 40)
def test_divergence_is_found_in_the_iteration_where_it_happens(problem: Problem, chunks: list[int]) -> None:
    """Stepping, running in any chunks, and jumping all end in the same iteration, with the same bits."""
    most = sum(chunks)
    traces = recorded(problem, most)
    diverged = len(traces) if traces[-1].diverged else None
    engine = Engine(problem)
    runner = Runner(engine, engine.start())
    for count in chunks:
        chunk = runner.chunk(count)
        if chunk.diverged is not None:
            break
    assert chunk.diverged == diverged
    assert bits(runner.state) == bits(after(traces[-1]))
    jumped = Timeline.start(problem).to(most)
    assert jumped.diverged == diverged
    assert jumped.iteration == (diverged or most)
    if diverged:
        assert jumped.trace.diverged and len(jumped.errors) == diverged
        # The lesson goes on: back is possible, and on ends at the last step of this iteration.
        assert jumped.to(diverged, 10**6).forward(5).step == len(jumped.trace)
        assert jumped.back(2).iteration <= diverged
        assert jumped.to(10**9).iteration == diverged
        with pytest.raises(IndexError):
            jumped.trace_of(diverged + 1)
        at = jumped.trace.diverges_at
        values = [step.value for step in jumped.trace]
        finite = np.isfinite(values)
        assert at == (None if finite.all() else int(np.argmin(finite)) + 1)


def test_a_net_that_overflows_behind_a_saturated_unit_is_seen_by_running_and_stepping() -> None:
    """σ(∞) is 1, E and all weights stay finite: only the net is not."""
    network = Network((Layer("sigmoid", np.array([[1e200]]), None),))
    samples = Samples.of([[1.0], [1e200], [1.0]], [[1.0]] * 3)
    problem = Problem(network, samples, Optimizer("sgd", 0.1))
    engine = Engine(problem)
    chunk = run(engine, engine.start(), 300)
    assert chunk.diverged == 2 and np.isfinite(chunk.errors).all()
    place = Timeline.start(problem).to(2)
    assert place.trace.diverged and place.trace.diverges_at == 1
    assert place.trace["net_o1"] == np.inf and place.trace["o1"] == 1


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("rate", [1e160, 1e200])
def test_a_move_to_finite_weights_whose_error_overflows_is_seen_by_running(rate: float, count: int) -> None:
    """Every number of the iteration is finite; E after the move, which a run does not work out, is not."""
    network = Network((Layer("identity", np.array([[1.0]]), None),))
    problem = Problem(network, Samples.of([[1.0], [0.0]], [[0.0], [0.0]]), Optimizer("sgd", rate))
    trace = Timeline.start(problem).trace
    assert trace.diverged and np.isfinite(trace["w1⁺"]) and not np.isfinite(trace.error_after)
    engine = Engine(problem)
    assert run(engine, engine.start(), count).diverged == 1


def test_large_but_finite_numbers_are_no_divergence() -> None:
    """e^1000 inside σ overflows on the way to a number that is right."""
    network = Network((Layer("sigmoid", np.array([[-1000.0]]), None),))
    problem = Problem(network, Samples.of([[1.0], [2.0]], [[1.0], [0.0]]), Optimizer("sgd", 0.5))
    engine = Engine(problem)
    chunk = run(engine, engine.start(), 50)
    assert chunk.diverged is None and len(chunk.errors) == 50
    assert not Timeline.start(problem).to(51).trace.diverged


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_weights_that_are_not_finite_from_the_start_diverge_at_once(name: str) -> None:
    network = Network((Layer("sigmoid", np.array([[np.inf]]), None),))
    engine = Engine(Problem(network, Samples.of([[1.0]], [[1.0]]), Optimizer(name, 0.5)))
    assert run(engine, engine.start(), 9).diverged == 1


@given(problems(everything_learns=True, optimizers=("sgd",)), st.integers(1, 40))
def test_a_goal_ends_the_run_at_the_first_iteration_that_reaches_it(problem: Problem, wanted: int) -> None:
    traces = recorded(problem, 40)
    assume(len(traces) >= wanted)
    goal = traces[wanted - 1].error
    first = next(number for number, trace in enumerate(traces, 1) if trace.error <= goal or trace.diverged)
    engine = Engine(problem)
    chunk = run(engine, engine.start(), 60, goal=goal)
    assert len(chunk.errors) == chunk.state.done == first
    assert bits(chunk.state) == bits(after(traces[first - 1]))


def test_a_goal_reached_before_the_run_diverges_is_reached() -> None:
    network = Network((Layer("identity", np.array([[1.1]]), None),))
    problem = Problem(network, Samples.of([[1.0], [0.1]], [[0.0], [0.11]]), Optimizer("sgd", 1e3))
    engine = Engine(problem)
    free = run(engine, engine.start(), 400)
    assert free.diverged is not None
    goal = float(free.errors[:3].min())
    ended = run(engine, engine.start(), 400, goal=goal)
    assert ended.diverged is None and ended.errors[-1] == goal


def test_a_run_stops_when_its_time_is_over_and_leaves_checkpoints_about_evenly(two_two_two: Problem) -> None:
    engine = Engine(two_two_two)
    runner = Runner(engine, engine.start())
    chunk = runner.chunk(10**7, seconds=0.15)
    assert 0 < len(chunk.errors) < 10**7
    assert len(chunk.checkpoints) >= 3
    dones = [state.done for state in chunk.checkpoints]
    assert all(earlier < later for earlier, later in pairwise(dones))
    on = runner.chunk(5)
    assert on.state.done == chunk.state.done + 5
    assert bits(replay(engine, chunk.checkpoints[1], on.state.done)) == bits(on.state)


def test_a_run_of_no_iterations_changes_nothing(two_two_two: Problem) -> None:
    engine = Engine(two_two_two)
    chunk = run(engine, engine.start(), 0)
    assert bits(chunk.state) == bits(engine.start()) and len(chunk.errors) == 0


def test_what_a_run_leaves_cannot_be_written_to(two_two_two: Problem) -> None:
    engine = Engine(two_two_two)
    chunk = run(engine, engine.start(), 3)
    for array in (chunk.errors, chunk.state.params, chunk.state.slots):
        assert not array.flags.writeable
