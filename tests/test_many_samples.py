"""A full batch of more samples than any lesson has: the memory that it takes, and that its numbers are the same."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nntutor.core.analysis import plot_data
from nntutor.core.analysis.gradient_check import check_all
from nntutor.core.engine import parts as parts_room
from nntutor.core.engine.parts import MANY, parts
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, record
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples, draw
from nntutor.core.rules.optimizers import Optimizer

COUNT = 2 * MANY
PER_SAMPLE = 8 * 16  # the numbers of one sample below but its inputs and target: net, out and what goes back


def _problem(count: int = COUNT, **other: object) -> Problem:
    random = np.random.default_rng(0)
    layers = (
        Layer("sigmoid", draw("xavier", 2, 2, 0, 1), np.zeros(2)),
        Layer("sigmoid", draw("xavier", 1, 2, 0, 2), None),
    )
    inputs = random.uniform(-2, 2, (count, 2))
    samples = Samples.of(inputs, inputs.prod(axis=1, keepdims=True) > 0)
    return replace(Problem(Network(layers), samples, Optimizer("sgd", 0.5), batch="full"), **other)  # type: ignore[arg-type]


def _most(what: Callable[[], object]) -> int:
    """Bytes of what has been allocated at most, beside what was there."""
    gc.collect()
    tracemalloc.start()
    try:
        what()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _recorded(problem: Problem) -> Trace:
    engine = Engine(problem)
    return record(engine, engine.start())


def test_a_record_takes_its_numbers_once() -> None:
    problem = _problem()

    def recorded() -> None:
        trace = _recorded(problem)
        assert np.isfinite(trace.error_after) and not trace.diverged

    assert _most(recorded) < 1.4 * PER_SAMPLE * COUNT


def test_stepping_on_keeps_one_record() -> None:
    timeline = Timeline.start(_problem())

    def stepped() -> None:
        for iteration in range(1, 4):
            plot_data.params_at(timeline.trace_of(iteration), 10**6)

    assert _most(stepped) < 1.6 * PER_SAMPLE * COUNT


def test_a_check_takes_little_beside_the_record() -> None:
    trace = _recorded(_problem())
    assert _most(lambda: list(check_all(trace))) < 40_000_000


def test_a_map_of_many_weights_takes_little() -> None:
    problem, x = _problem(), np.linspace(-1, 1, 400)
    assert _most(lambda: plot_data.surface_over(problem, Ref("weight", 1, 1, 1), Ref("weight", 1, 1, 2), x, x)) < 10**8


@pytest.mark.parametrize(
    "other",
    [{}, {"over_samples": "sum"}, {"l2": 0.1}, {"l2": 0.1, "over_samples": "sum"}, {"input_gradient": True}],
    ids=str,
)
def test_parts_add_up_to_the_whole(other: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    problem = _problem(30, **other)
    whole = _recorded(problem)
    after, checks = whole.error_after, list(check_all(whole))
    curve = plot_data.error_over(whole, Ref("weight", 1, 1, 1), np.linspace(-1, 1, 9))
    for name, few in (("MANY", 10), ("_PART", 8), ("_LEAST", 4)):
        monkeypatch.setattr(parts_room, name, few)
    again = _recorded(problem)
    assert len(parts(again.plan.shape)) == (1 if len(other) == 2 else 4)
    assert again.error_after == pytest.approx(after, rel=1e-14)
    assert plot_data.error_over(again, Ref("weight", 1, 1, 1), np.linspace(-1, 1, 9)) == pytest.approx(curve, rel=1e-13)
    for one, other_one in zip(checks, check_all(again), strict=True):
        assert (one.symbol, one.verdict, one.gradient) == (other_one.symbol, other_one.verdict, other_one.gradient)
        assert one.verdict == "agrees" and other_one.numeric == pytest.approx(one.numeric, rel=1e-6, abs=1e-9)


def test_a_record_of_many_is_run_as_one_of_few() -> None:
    problem = _problem(MANY + 1)
    trace, engine = _recorded(problem), Engine(replace(problem, batch="full", shuffle=True))
    shuffled = record(engine, engine.start())
    assert trace.samples == range(MANY + 1) and sorted(shuffled.samples) == list(trace.samples)
    assert shuffled.error == pytest.approx(trace.error, rel=1e-12)
    assert (trace.array("out") == problem.samples.inputs).all()
    timeline = Timeline.start(problem)
    assert timeline.trace_of(3).error < timeline.trace_of(1).error
    assert timeline.trace_of(1).error_after == pytest.approx(timeline.trace_of(2).error, rel=1e-12)
