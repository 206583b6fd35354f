"""Arrays for plots say what they claim to say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems

from nntutor.core.analysis.plot_data import (
    error_curve,
    error_of_all,
    gradient_sizes,
    params_at,
    regions,
    surface_grid,
    surface_over,
)
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import after
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import builtin

ERRORS = st.lists(st.floats(0, 1e6) | st.just(float("nan")) | st.just(float("inf")), max_size=300).map(np.array)


@given(ERRORS, st.integers(1, 60))
def test_an_error_curve_keeps_the_ends_and_the_extremes(errors: np.ndarray, columns: int) -> None:
    iterations, values = error_curve(errors.astype(float), columns)
    finite = np.flatnonzero(np.isfinite(errors.astype(float)))
    assert len(iterations) == len(values) <= 2 * columns + 2
    assert (np.diff(iterations) > 0).all()
    np.testing.assert_array_equal(values, errors.astype(float)[iterations.astype(int) - 1])
    if len(finite):
        assert (iterations[0], iterations[-1]) == (finite[0] + 1, finite[-1] + 1)
        assert values.min() == errors[finite].min() and values.max() == errors[finite].max()


def separating() -> Problem:
    layer = Layer("sigmoid", np.array([[4.0, 0.0]]), np.array([0.0]))
    return Problem(Network((layer,)), Samples.of([[-1.0, 0.0], [1.0, 0.0]], [[0.0], [1.0]]), Optimizer("sgd", 0.5))


def test_regions_are_the_networks_outputs_with_the_first_row_on_top() -> None:
    problem = separating()
    trace = Timeline.start(problem).trace
    seen = regions(problem, trace.before, (-1.0, 1.0), (-2.0, 2.0), 5, 3)
    assert seen.shape == (3, 5, 1)
    np.testing.assert_allclose(seen[0, :, 0], 1 / (1 + np.exp(-4 * np.linspace(-1, 1, 5))), rtol=1e-14)
    np.testing.assert_array_equal(seen[0], seen[2])
    # Looking changed nothing.
    assert trace.error == Timeline.start(problem).trace.error


def test_an_error_surface_is_e_over_two_weights(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    first, second = Ref("weight", 1, 1, 1), Ref("weight", 2, 1, 1)
    x, y = np.meshgrid([0.15, 1.0], [0.4, -1.0])
    heights = surface_over(two_two_two, first, second, x, y)
    assert heights.shape == (2, 2)
    assert heights[0, 0] == trace.error
    assert heights[1, 1] == Timeline.start(two_two_two).edit(first, 1.0).edit(second, -1.0).trace.error


def test_a_grid_of_heights_has_its_first_row_on_top_and_is_e_where_it_was_worked_out() -> None:
    problem = builtin.open("regression")
    refs = Ref("weight", 1, 1, 1), Ref("weight", 1, 1, 0)
    grid = surface_grid(problem, *refs, (-1.0, 3.0), (0.0, 2.0), 40, 60)
    assert grid.shape == (40, 60)
    x, y = np.meshgrid(np.linspace(-1.0, 3.0, 60), np.linspace(2.0, 0.0, 40))
    exact = surface_over(problem, *refs, x, y)
    corners = np.ix_([0, -1], [0, -1])
    np.testing.assert_allclose(grid[corners], exact[corners], rtol=1e-12)
    assert np.abs(grid - exact).max() < 0.02 * exact.max()
    bowl = builtin.open("ravine")
    grid = surface_grid(bowl, Ref("weight", 1, 1, 1), Ref("weight", 1, 1, 2), (-1.0, 3.0), (0.0, 2.0), 40, 60)
    np.testing.assert_array_equal(grid, surface_over(bowl, Ref("weight", 1, 1, 1), Ref("weight", 1, 1, 2), x, y))


def test_weights_at_a_step_are_new_as_far_as_they_have_been_made(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    step = trace.plan.index(Ref("new", 2, 1, 1))
    assert step is not None
    for at, done in ((step - 1, False), (step, True)):
        view, place = trace.parameter(params_at(trace, at).params, Ref("weight", 2, 1, 1))
        assert view[place] == trace["w5⁺" if done else "w5"]
    assert (params_at(trace, len(trace)).params == after(trace).params).all()


def test_gradient_sizes_have_one_bar_a_layer(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    sizes = gradient_sizes(trace)
    np.testing.assert_allclose(sizes[0], np.mean([abs(trace[f"∂E/∂w{number}"]) for number in (1, 2, 3, 4)]))
    first, last = two_two_two.network.layers
    still = Network((Layer(first.activation, first.weights, first.bias, learn=False), last))
    assert np.isnan(gradient_sizes(Timeline.start(Problem(still, two_two_two.samples, Optimizer())).trace)[0])


@given(problems(settings=True))
def test_the_error_of_all_samples_is_that_of_a_full_batch_whatever_an_iteration_takes(problem: Problem) -> None:
    whole = Timeline.start(replace(problem, batch="full", shuffle=False)).trace.error
    np.testing.assert_allclose(error_of_all(Timeline.start(problem).trace), whole, rtol=1e-13)
