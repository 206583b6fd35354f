"""What a problem is before anything runs: drawn weights, and whose turn each sample is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.arrays import frozen
from nntutor.core.problems.network import Layer, Network, Problem, Samples, draw
from nntutor.core.rules.optimizers import Optimizer


@given(
    st.sampled_from(("xavier", "he", "uniform")),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 99),
    st.integers(1, 4),
)
def test_weights_are_drawn_row_by_row_from_seed_and_layer(
    kind: str, units: int, inputs: int, seed: int, layer: int
) -> None:
    limit = {"xavier": math.sqrt(6 / (inputs + units)), "he": math.sqrt(6 / inputs), "uniform": 1.0}[kind]
    random = np.random.default_rng([seed, layer])
    rows = [[-limit + 2 * limit * random.random() for _ in range(inputs)] for _ in range(units)]
    drawn = draw(kind, units, inputs, seed, layer)
    np.testing.assert_allclose(drawn, rows, rtol=0, atol=4e-16 * limit)
    assert np.abs(drawn).max() <= limit and not drawn.flags.writeable
    if kind == "uniform":
        again = 2 * np.random.default_rng([seed, layer]).random((units, inputs)) - 1
        np.testing.assert_array_equal(drawn, again)


def test_zeros_are_zeros_and_layers_differ() -> None:
    assert not draw("zeros", 2, 3, 7, 1).any()
    assert (draw("uniform", 2, 2, 7, 1) != draw("uniform", 2, 2, 7, 2)).all()


def problem(count: int, batch: object, shuffle: bool, seed: int) -> Problem:
    network = Network((Layer("identity", np.ones((1, 1)), None),))
    samples = Samples(np.arange(count, dtype=float)[:, None], np.zeros((count, 1)))
    return Problem(network, samples, Optimizer(), "half-squared", batch, shuffle, seed)  # type: ignore[arg-type]


COUNTS = st.integers(1, 12)
BATCHES = st.one_of(st.sampled_from(("online", "full")), st.integers(1, 15))


@given(COUNTS, BATCHES, st.booleans(), st.integers(0, 9), st.integers(0, 5))
def test_every_epoch_uses_every_sample_once(count: int, batch: object, shuffle: bool, seed: int, epoch: int) -> None:
    one = problem(count, batch, shuffle, seed)
    size = {"online": 1, "full": count}.get(batch, batch)  # type: ignore[call-overload]
    length = math.ceil(count / min(size, count))
    assert one.epoch_iterations == length
    batches = [one.samples_of(epoch * length + place + 1) for place in range(length)]
    used = [sample for part in batches for sample in part]
    assert sorted(used) == list(range(count))
    assert all(len(part) == min(size, count) for part in batches[:-1]) and 1 <= len(batches[-1]) <= size
    if not shuffle:
        assert used == list(range(count))


@given(COUNTS, BATCHES, st.integers(0, 9), st.lists(st.integers(1, 200), min_size=1, max_size=8))
def test_samples_are_a_function_of_seed_and_iteration_alone(
    count: int, batch: object, seed: int, iterations: list[int]
) -> None:
    one, other = problem(count, batch, True, seed), problem(count, batch, True, seed)
    asked = [one.samples_of(iteration) for iteration in iterations]
    assert [other.samples_of(iteration) for iteration in reversed(iterations)] == asked[::-1]


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 40))
def test_samples_are_counted_with_what_is_left_of_each_epoch(rows: int, batch: int, iterations: int) -> None:
    one = problem(rows, batch, False, 0)
    used = sum(len(one.samples_of(iteration)) for iteration in range(1, iterations + 1))
    assert one.seen_after(iterations) == used and one.iterations_within(used) == iterations
    assert one.iterations_within(used + len(one.samples_of(iterations + 1)) - 1) == iterations


def test_shuffling_gives_each_epoch_and_each_seed_an_order_of_its_own() -> None:
    orders = {problem(12, "full", True, seed).samples_of(epoch) for seed in range(3) for epoch in range(1, 5)}
    assert len(orders) == 12


def test_arrays_are_frozen_copies() -> None:
    given_ = np.asfortranarray(np.ones((2, 3)))
    layer = Layer("tanh", given_, [1, 2])  # type: ignore[arg-type]
    given_[0, 0] = 9
    assert layer.weights[0, 0] == 1 and layer.weights.flags.c_contiguous and layer.bias is not None
    for array in (layer.weights, layer.bias, frozen([1.0])):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="units"):
        Network((Layer("tanh", np.ones((2, 3)), None), Layer("tanh", np.ones((1, 3)), None)))
    with pytest.raises(ValueError, match="bias"):
        Layer("tanh", np.ones((2, 3)), np.ones(3))
    with pytest.raises(ValueError, match="pair"):
        Samples.of([[1.0]], [[1.0], [2.0]])


LINEAR = Layer("identity", np.array([[0.5, -0.5]]), None)
LAYERS: list[dict[str, Any]] = [
    {"activation": "sigmoyd"}, {"activation": None}, {"initial": "zero"}, {"slope": "0.1"}, {"slope": float("nan")},
    {"weights": np.zeros((0, 2))}, {"weights": np.zeros((1, 0))}, {"weights": np.zeros(2)},
    {"weights": np.array([[1 + 2j, 0]])}, {"weights": np.array([[None, 1]])}, {"weights": [["0.1", "0.2"]]},
    {"weights": np.ma.masked_array([[0.5, -0.5]], [[False, True]])}, {"bias": np.zeros(2)},
]  # fmt: skip
PROBLEMS: list[dict[str, Any]] = [
    {"error": "mean-squared"}, {"error": "bce"}, {"error": "perceptron"}, {"over_outputs": "average"},
    {"error": "softmax-ce", "over_outputs": "mean"}, {"over_samples": ""}, {"over_samples": "average"},
    {"batch": 0}, {"batch": -1}, {"batch": 1.5}, {"batch": "all"}, {"batch": None}, {"batch": True},
    {"seed": -1}, {"seed": 1.5}, {"seed": None}, {"l1": -1.0}, {"l2": float("nan")}, {"l2": "0.1"},
    {"samples": Samples.of([[1, 2, 3]], [[1]])}, {"samples": Samples.of([[1, 2]], [[1, 2]])},
    {"samples": Samples.of(np.zeros((0, 2)), np.zeros((0, 1)))},
]  # fmt: skip
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("Adam", {}), ("sgd", {"learning_rate": -0.1}), ("sgd", {"learning_rate": float("nan")}),
    ("sgd", {"learning_rate": "0.1"}), ("momentum", {"momentum": 1.0}), ("momentum", {"form": "keras"}),
    ("adam", {"epsilon": 0}), ("adam", {"epsilon_at": "under"}), ("rmsprop", {"epsilon_at": "hat"}),
    ("sgd", {"decay": -1.0}),
]  # fmt: skip


@pytest.mark.parametrize("changes", LAYERS, ids=str)
def test_no_layer_is_made_of_what_cannot_be(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|must be"):
        replace(LINEAR, **changes)


@pytest.mark.parametrize("changes", PROBLEMS, ids=str)
def test_no_problem_is_made_of_what_cannot_be(changes: dict[str, Any]) -> None:
    usual = {"network": Network((LINEAR,)), "samples": Samples.of([[1, 2]], [[1]]), "optimizer": Optimizer()}
    with pytest.raises(ValueError, match=r"expected|for a network"):
        Problem(**usual | changes)


@pytest.mark.parametrize(("name", "rates"), OPTIMIZERS, ids=str)
def test_no_optimizer_is_made_of_what_cannot_be(name: str, rates: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Optimizer(name, **rates)


def test_what_may_be_is_taken_in_any_type_that_numbers_have() -> None:
    samples = Samples.of(np.ma.masked_array([[1, 2]]), np.array([[True]]))
    problem = Problem(Network((LINEAR,)), samples, Optimizer("sgd", np.float32(0.5), momentum=2.0), batch=np.int64(1))
    assert problem.batch_size == 1 and problem.samples.inputs.tolist() == [[1, 2]]
    with pytest.raises(ValueError, match="at least one layer"):
        Network(())
