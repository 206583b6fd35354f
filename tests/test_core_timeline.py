"""Time: on and back, edits, replays, resumed places, runs beside the screen, and what each may cost."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nothing import seen
from strategies import problems, share

from nntutor.core.engine import history as histories
from nntutor.core.engine import training
from nntutor.core.engine.edits import given as given_number
from nntutor.core.engine.edits import is_fit
from nntutor.core.engine.program import Engine, Program
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, after
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer


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
        patch.setattr(histories, "KEPT_BYTES", kept * 2000)
        patch.setattr(histories, "CHECKPOINT_BYTES", kept * 1000)
        patch.setattr(histories, "_STEPPED_CHECKPOINT", 3)
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
    held = histories.KEPT_BYTES // size
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
        patch.setattr(histories, "KEPT_BYTES", 0)
        place = Timeline.start(problem)
        for iteration in range(1, 401):
            place = place.to(iteration)
            assert place.trace.iteration == iteration
        with counted() as ran:
            assert place.to(wanted).trace.iteration == wanted
        assert len(ran) <= 400 / 4


# --- edits: in any order they are held to a training from nothing by test_any_sequence -----------


def test_the_step_stays_or_is_the_last_one_after_an_edit(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two).to(3, 24)
    edited = place.edit(Ref("weight", 1, 1, 1), 2.0)
    assert (edited.iteration, edited.step) == (3, 24)
    assert edited.trace.producer(Ref("weight", 1, 1, 1)) is None
    assert edited.trace.producer(Ref("weight", 1, 1, 2)) == (2, 37)
    assert edited.to(4).trace.producer(Ref("weight", 1, 1, 1)) == (3, 36)
    assert edited.undo().trace.producer(Ref("weight", 1, 1, 1)) == (2, 36)


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


@given(problems(), st.integers(1, 9), st.integers(1, 30), st.booleans())
def test_a_resumed_place_is_the_place_that_was_left(problem: Problem, iteration: int, step: int, edited: bool) -> None:
    place = Timeline.start(problem).to(iteration, step)
    assume(place.diverged is None)
    if edited:
        place = place.edit(Ref("weight", 1, 1, 1), 0.375).edit(Ref("rate_eta"), 0.25)
    with counted() as ran:
        again = Timeline.resumed(problem, "", place.edits, place.iteration, place.step, place.trace.before)
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


def test_where_a_run_has_ended_nothing_of_it_is_run_again(two_two_two: Problem) -> None:
    place = Timeline.start(two_two_two)
    assert place.extended(place.runner().chunk(500))
    with counted() as ran:
        assert place.to(501).trace.iteration == 501
    assert len(ran) <= 3


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


def test_the_path_before_a_resumed_place_ends_where_it_is_asked_to(two_two_two: Problem) -> None:
    left = Timeline.start(two_two_two).to(5)
    again = Timeline.resumed(two_two_two, "", (), 5, 1, left.trace.before)
    refs = (Ref("weight", 1, 1, 1),)
    assert again.path(refs, 2).tolist() == left.path(refs, 2).tolist()


@given(problems(), st.data())
def test_a_timeline_is_original_as_long_as_every_given_number_is_the_problems_own(
    problem: Problem, data: st.DataObject
) -> None:
    begun = Timeline.start(problem)
    assert begun.is_original
    ref = data.draw(
        st.sampled_from(
            [
                Ref("weight", 1, 1, 1),
                Ref("rate_eta"),
                Ref("set_seed"),
                Ref("target", len(problem.network.layers), 1, 0, 0),
                Ref("out", 0, 1, 0, 0),
            ]
        )
    )
    own = given_number(problem, ref)
    assume(is_fit(problem, ref, own + 1))
    edited = begun.edit(ref, own + 1)
    assert not edited.is_original
    assert edited.undo().is_original
    assert edited.edit(ref, own).is_original
    assert not edited.edit(Ref("rate_eta"), 0.375).is_original


def test_a_timeline_is_unbroken_until_something_is_changed_on_the_way(two_two_two: Problem) -> None:
    begun, weight, target = Timeline.start(two_two_two), Ref("weight", 1, 1, 1), Ref("target", 2, 1, 0, 0)
    assert begun.edit(weight, 0.5).to(9).is_unbroken and begun.to(9).is_unbroken
    later = begun.to(3).edit(weight, 0.5)
    assert not later.is_unbroken and not later.to(9).edit(target, 0.5).is_unbroken and later.undo().is_unbroken
    there = begun.to(3).edit(target, 0.5)
    assert not there.is_unbroken and there.edit(target, given_number(two_two_two, target)).is_unbroken
    assert later.to(1).edit(weight, 0.25).is_unbroken  # what was set later is forgotten


def test_a_weight_set_after_training_is_no_longer_the_problems_own() -> None:
    problem = Problem(Network((Layer("sigmoid", [[0.5]], None),)), Samples([[1.0]], [[0.0]]), Optimizer())
    later = Timeline.start(problem).to(3, 1)
    assert not later.edit(Ref("weight", 1, 1, 1), 0.5).is_original
    assert (
        not later.edit(Ref("rate_eta"), 0.9).to(5, 1).edit(Ref("rate_eta"), problem.optimizer.learning_rate).is_original
    )


def test_threads_that_share_a_timeline_make_its_records_one_after_another(
    monkeypatch: pytest.MonkeyPatch, two_two_two: Problem
) -> None:
    inside, most, made = [0], [0], histories.record

    def watched(*given: Any) -> Trace:
        inside[0] += 1
        most.append(inside[0])
        time.sleep(0.002)  # another thread goes on
        inside[0] -= 1
        return made(*given)

    alone = [Timeline.start(two_two_two).to(iteration).trace.error for iteration in range(1, 9)]
    monkeypatch.setattr(histories, "record", watched)
    shared = Timeline.start(two_two_two)
    with ThreadPoolExecutor(4) as threads:
        found = [*threads.map(lambda iteration: shared.to(iteration).trace.error, range(1, 9))]
    assert found == alone and max(most) == 1


@pytest.mark.parametrize("copied", [deepcopy, lambda whole: pickle.loads(pickle.dumps(whole))])
def test_copies_go_on_as_the_first_one_does(copied: Callable[[Any], Any], two_two_two: Problem) -> None:
    """In another process too: of memory that is a part of other memory, what one has written the other reads."""
    there = Timeline.start(two_two_two).to(5)
    assert copied(there).to(9).trace.error == there.to(9).trace.error
    trace = copied(there.trace)
    assert trace.error_at(after(trace)) == there.trace.error_at(after(there.trace)) == trace.error_after
    assert (trace.nets()[1] == there.trace.nets()[1]).all()
