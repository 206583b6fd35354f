"""Time: on and back, edits against a simple model, replays, resumed places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core import timeline as timelines
from nntutor.core import training
from nntutor.core.network import Layer, Network, Problem, Samples
from nntutor.core.optimizers import Optimizer
from nntutor.core.program import Engine, Program, State
from nntutor.core.symbols import Ref
from nntutor.core.timeline import Timeline
from nntutor.core.trace import Trace, after, record


@contextmanager
def counted() -> Iterator[list[int]]:
    """How many iterations are computed, recorded or not."""
    ran: list[int] = []
    run, prepare = Program.run, Engine.prepare

    def counting(original: Callable[..., object]) -> Callable[..., object]:
        return lambda *given: (ran.append(1), original(*given))[1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Program, "run", counting(run))
        patch.setattr(Engine, "prepare", counting(prepare))
        yield ran


def seen(trace: Trace) -> tuple[object, ...]:
    """What a record holds, to the bit, and who made the operands of its first and last step."""
    layers = range(1, len(trace.problem.network.layers) + 1)
    arrays = [trace.array(kind, layer).tobytes() for kind in ("weight", "net", "out", "new") for layer in layers]
    makers = [trace.maker(operand.ref) for index in (1, len(trace)) for operand in trace.step(index).operands]
    errors = np.array([trace.error, trace.error_after]).tobytes()
    return (trace.iteration, trace.samples, len(trace), arrays, after(trace).slots.tobytes(), makers, errors)


@given(problems(), st.integers(0, 80), st.integers(1, 120))
def test_steps_on_and_steps_back_end_where_they_began_and_back_computes_nothing(
    problem: Problem, start: int, count: int
) -> None:
    begun = Timeline.start(problem).forward(start)
    before = seen(begun.trace)
    there = begun.forward(count)
    assume(not there.trace.diverged)
    with counted() as ran:
        back = there.back(count)
        assert (back.iteration, back.step) == (begun.iteration, begun.step)
        place = there
        for _ in range(count):
            place = place.back()
            assert place.trace.step(place.step).index == place.step
        assert (place.iteration, place.step) == (begun.iteration, begun.step)
    assert not ran
    assert seen(back.trace) == before
    assert Timeline.start(problem).back(5).step == 1


@given(problems(), st.lists(st.integers(1, 25), min_size=2, max_size=12), st.integers(0, 3))
def test_records_that_were_dropped_come_back_bitwise(problem: Problem, visits: list[int], kept: int) -> None:
    whole = Timeline.start(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timelines, "KEPT_BYTES", kept * 2000)
        patch.setattr(timelines, "CHECKPOINT_BYTES", kept * 1000)
        patch.setattr(timelines, "_STEPPED_CHECKPOINT", 3)
        patch.setattr(training, "CHECKPOINT_SECONDS", 1e-4)
        place = Timeline.start(problem)
        for visit in visits:
            place = place.to(visit)
            whole = whole.to(visit)
            assert seen(place.trace) == seen(whole.trace)
        np.testing.assert_array_equal(place.errors[: whole.newest], whole.errors[: place.newest])


def test_records_are_kept_up_to_eight_megabytes() -> None:
    random = np.random.default_rng(0)
    layers = (
        Layer("tanh", random.normal(0, 0.1, (150, 150)), None),
        Layer("sigmoid", random.normal(0, 0.1, (1, 150)), None),
    )
    problem = Problem(Network(layers), Samples(random.normal(size=(1, 150)), np.zeros((1, 1))), Optimizer("adam", 0.01))
    place = Timeline.start(problem)
    size = place.trace.size
    held = timelines.KEPT_BYTES // size
    assert 2 <= held <= 20
    first = place.trace.error, place.to(2).trace["w7"]
    place = place.to(held + 5)
    for iteration in range(1, held + 6):
        place.trace_of(iteration)
    with counted() as ran:
        for iteration in range(held + 5, 6, -1):
            place = place.to(iteration)
            assert place.trace.iteration == iteration
    assert not ran
    assert (place.trace_of(1).error, place.trace_of(2)["w7"]) == first


@given(problems(activations=("sigmoid", "tanh"), errors=("half-squared", "mse")), st.integers(1, 400))
@share(0.1)
def test_going_back_from_far_runs_a_small_part_of_the_way_again(problem: Problem, wanted: int) -> None:
    """However the place was reached: by steps, of which few are kept, as well as by a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timelines, "KEPT_BYTES", 0)
        place = Timeline.start(problem)
        for iteration in range(1, 401):
            place = place.to(iteration)
            assert place.trace.iteration == iteration
        with counted() as ran:
            assert place.to(wanted).trace.iteration == wanted
        assert len(ran) <= 400 / 4


# --- edits against a model ------------------------------------------------------------------------


class Model:
    """The same history without any cleverness: every question is answered from iteration 1 on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.done: list[tuple[int, Ref, float]] = []
        self.undone: list[tuple[int, Ref, float]] = []

    def edit(self, iteration: int, ref: Ref, value: float) -> None:
        self.done.append((iteration, ref, value))
        self.undone = []

    def undo(self) -> None:
        if self.done:
            self.undone.append(self.done.pop())

    def redo(self) -> None:
        if self.undone:
            self.done.append(self.undone.pop())

    def in_force(self) -> list[tuple[int, Ref, float]]:
        kept: list[tuple[int, Ref, float]] = []
        for edit in self.done:
            kept = [one for one in kept if one[0] <= edit[0]]
            kept.append(edit)
        return kept

    def trace(self, wanted: int) -> Trace:
        problem, engine = self.problem, Engine(self.problem)
        state = engine.start()
        for iteration in range(1, wanted + 1):
            touched = set()
            for at, ref, value in self.in_force():
                if at != iteration:
                    continue
                touched.add(ref)
                if ref.kind == "weight":
                    params = state.params.copy()
                    part = engine.layout.view(params, "weight" if ref.input else "bias", ref.layer)
                    part[(ref.unit - 1, ref.input - 1) if ref.input else ref.unit - 1] = value
                    state = State(state.done, params, state.slots)
                elif ref.kind == "rate_eta":
                    problem = replace(problem, optimizer=replace(problem.optimizer, learning_rate=value))
                else:
                    inputs, targets = problem.samples.inputs.copy(), problem.samples.targets.copy()
                    (inputs if ref.kind == "out" else targets)[ref.sample, ref.unit - 1] = value
                    problem = replace(problem, samples=Samples(inputs, targets))
            engine = Engine(problem)
            trace = record(engine, state, frozenset(touched))
            if trace.diverged:
                break
            state = after(trace)
        return trace


ACTIONS = st.one_of(
    st.tuples(st.just("go"), st.integers(1, 7), st.integers(1, 40)),
    st.tuples(st.just("edit"), st.integers(0, 3), st.sampled_from((-0.5, 0.25, 1.0))),
    st.tuples(st.just("undo"), st.just(0), st.just(0)),
    st.tuples(st.just("redo"), st.just(0), st.just(0)),
    st.tuples(st.just("resume"), st.just(0), st.just(0)),
)


@given(problems(errors=("half-squared", "mse"), activations=("sigmoid", "tanh")), st.lists(ACTIONS, max_size=10))
def test_any_sequence_of_edits_is_what_a_simple_model_says(
    problem: Problem, actions: list[tuple[str, int, float]]
) -> None:
    place, model = Timeline.start(problem), Model(problem)
    last = len(problem.network.layers)
    for action, number, value in actions:
        here = (place.iteration, place.step)
        if action == "go":
            place = place.to(number, int(value))
            assert place.iteration == number and place.step == min(int(value), len(place.trace))
            here = (place.iteration, place.step)
        elif action == "edit":
            sample = place.trace.samples[0]
            given_ = (
                Ref("weight", 1, 1, 1),
                Ref("rate_eta"),
                Ref("out", 0, 1, 0, sample),
                Ref("target", last, 1, 0, sample),
            )
            model.edit(place.iteration, given_[number], value)
            place = place.edit(given_[number], value)
            assert place.trace.value(given_[number]) == value
            assert place.newest == place.iteration
        elif action == "undo":
            place = place.undo()
            model.undo()
        elif action == "redo":
            place = place.redo()
            model.redo()
        else:
            place = Timeline.resumed(problem, "", place.edits, *here, place.trace.before)
            model.undone = []
        assert (place.iteration, place.step) == here
        for iteration in {1, place.iteration, 8}:
            assert seen(place.trace_of(iteration)) == seen(model.trace(iteration))
    while place.edits:
        place = place.undo()
    assert seen(place.trace) == seen(Timeline.start(problem).to(place.iteration).trace)


def test_the_step_stays_or_is_the_last_one_after_an_edit(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two).to(3, 24)
    edited = place.edit(Ref("weight", 1, 1, 1), 2.0)
    assert (edited.iteration, edited.step) == (3, 24)
    assert edited.trace.maker(Ref("weight", 1, 1, 1)) is None
    assert edited.trace.maker(Ref("weight", 1, 1, 2)) == (2, 37)
    assert edited.to(4).trace.maker(Ref("weight", 1, 1, 1)) == (3, 36)
    assert edited.undo().trace.maker(Ref("weight", 1, 1, 1)) == (2, 36)


def test_only_given_numbers_can_be_edited(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two)
    for ref in (
        Ref("net", 1, 1, 0, 0), Ref("error"), Ref("new", 1, 1, 1), Ref("weight", 3, 1, 1), Ref("weight", 1, 1, 3),
        Ref("weight", 1, 0, 1), Ref("weight", 1, 3, 0), Ref("out", 0, 1), Ref("out", 0, 3, 0, 0),
        Ref("out", 0, 1, 0, 1),
        Ref("out", 1, 1, 0, 0), Ref("target", 2, 3, 0, 0), Ref("rate_beta1k"), Ref("grad", 1, 1, 1),
    ):  # fmt: skip
        with pytest.raises(KeyError):
            place.edit(ref, 1.0)


# --- resumed ----------------------------------------------------------------------------------------


@given(problems(), st.integers(1, 9), st.integers(1, 30))
def test_a_resumed_place_is_the_place_that_was_left(problem: Problem, iteration: int, step: int) -> None:
    place = Timeline.start(problem).to(iteration, step)
    assume(place.diverged is None)
    with counted() as ran:
        again = Timeline.resumed(problem, "", (), place.iteration, place.step, place.trace.before)
        assert (again.iteration, again.step) == (place.iteration, place.step)
        assert len(again.trace) == len(place.trace)
    assert len(ran) <= 3  # nothing before it is run: one record is made, and its error after
    assert np.isnan(again.errors[: iteration - 1]).all()
    for other in (iteration, iteration + 3, 1):
        assert seen(again.to(other).trace) == seen(place.to(other).trace)


def test_what_came_before_a_resumed_place_is_run_once(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two).to(400)
    again = Timeline.resumed(two_two_two, "", (), 400, 1, place.trace.before)
    earlier = again.back()
    assert (earlier.iteration, earlier.step) == (399, 39)
    assert earlier.trace.error == place.trace_of(399).error
    with counted() as ran:
        for _ in range(38):
            earlier = earlier.back()
            assert earlier.trace.step(earlier.step).index == earlier.step
        assert earlier.forward(39).iteration == 400
    assert not ran
    np.testing.assert_array_equal(again.errors[:399], place.errors[:399])


def test_later_edits_are_still_there_after_resuming_before_them(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two).to(5).edit(Ref("weight", 1, 1, 1), 3.0).to(2, 7)
    again = Timeline.resumed(two_two_two, "", place.edits, 2, 7, place.trace.before)
    assert (again.iteration, again.step) == (2, 7)
    assert again.to(6).trace.error == place.to(6).trace.error
    assert again.undo().to(6).trace.error == Timeline.start(two_two_two).to(6).trace.error


# --- runs beside the screen ---------------------------------------------------------------------------


def test_a_runs_chunks_are_taken_in_and_stale_ones_dropped(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two)
    runner = place.runner()
    first, second = runner.chunk(10), runner.chunk(10)
    assert not place.extended(second)
    assert place.extended(first) and place.newest == 10
    assert not place.extended(first)
    assert place.extended(second) and place.newest == 20
    np.testing.assert_array_equal(place.errors, Timeline.start(two_two_two).to(21).errors[:20])
    late = place.runner().chunk(5)
    edited = place.to(20).edit(Ref("rate_eta"), 0.25)
    assert edited.trace.iteration == edited.newest == 20
    assert not edited.extended(late), "it ran on another rate, though it starts at the newest iteration"
    assert edited.extended(edited.runner().chunk(5)) and edited.newest == 25
    place.to(21).trace  # noqa: B018 — recorded
    assert place.newest == 21


def test_what_a_run_does_after_it_has_diverged_is_dropped() -> None:
    network = Network((Layer("identity", np.array([[1.0]]), None),))
    place = Timeline.start(Problem(network, Samples.of([[1.0]], [[0.0]]), Optimizer("sgd", 1e30)))
    runner = place.runner()
    first, second = runner.chunk(100), runner.chunk(100)
    assert place.extended(first) and place.diverged == len(first.errors) < 100
    assert not place.extended(second)
    assert place.newest == place.to(200).iteration == place.diverged == first.diverged


def test_a_run_goes_on_in_memory_of_its_own(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two)
    runner = place.runner()
    before = seen(place.trace)
    chunks = [runner.chunk(3)]
    assert place.to(2).trace.error == chunks[0].errors[1]
    assert seen(place.trace) == before
    chunks.append(runner.chunk(3))
    alone = Timeline.start(two_two_two).to(7)
    np.testing.assert_array_equal(np.concatenate([chunk.errors for chunk in chunks]), alone.errors[:6])


def test_places_are_kept_within_what_there_is(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two)
    assert (place.to(0, 0).iteration, place.to(-3, -3).step) == (1, 1)
    assert place.to(2, 99).step == 39
    assert place.forward(39).iteration == 2 and place.forward(39).step == 1
    assert place.forward(39).back().step == 39


@pytest.mark.parametrize("last", [1, 20, 49, 50, 60])
def test_the_errors_before_a_resumed_place_are_those_that_were_there(two_two_two: Problem, last: int) -> None:
    left = Timeline.start(two_two_two).to(50)
    again = Timeline.resumed(two_two_two, "", (), 50, 1, left.trace.before)
    assert np.array_equal(again.errors_until(last), left.errors_until(last))
    assert len(again.errors_until(last)) == last
