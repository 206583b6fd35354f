"""Arrays for plots say what they claim to say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.network import Layer, Network, Problem, Samples
from nntutor.core.optimizers import Optimizer
from nntutor.core.series import error_curve, error_surface, gradient_sizes, regions
from nntutor.core.symbols import Ref
from nntutor.core.timeline import Timeline

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
    before = trace.error
    surface = error_surface(trace, first, second, (0.15, 1.0), (-1.0, 0.4), (4, 3))
    assert surface.shape == (4, 3)
    assert surface[0, 0] == before == trace.error
    moved = Timeline.start(two_two_two).edit(first, 1.0).edit(second, -1.0)
    assert surface[-1, -1] == moved.trace.error


def test_gradient_sizes_have_one_bar_a_layer(two_two_two: Problem) -> None:
    trace = Timeline.start(two_two_two).trace
    sizes = gradient_sizes(trace)
    np.testing.assert_allclose(sizes[0], np.mean([abs(trace[f"∂E/∂w{number}"]) for number in (1, 2, 3, 4)]))
    first, last = two_two_two.network.layers
    still = Network((Layer(first.activation, first.weights, first.bias, learn=False), last))
    assert np.isnan(gradient_sizes(Timeline.start(Problem(still, two_two_two.samples, Optimizer())).trace)[0])
