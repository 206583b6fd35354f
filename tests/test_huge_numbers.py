"""Numbers of every size: what overflows is inf in the record, and never a warning on the learner's terminal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.analysis import plot_data
from nntutor.core.analysis.perceptron import end
from nntutor.core.arrays import Array
from nntutor.core.engine.timeline import Timeline
from nntutor.core.errors import ProblemError, WrongTargets
from nntutor.core.files import writing
from nntutor.core.files.problem import on_surface, parse
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Network, Problem, Samples
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import OPTIMIZERS, Optimizer
from nntutor.core.rules.surfaces import SURFACES, surface
from nntutor.lessons.export import write
from nntutor.lessons.export.check_table import Table
from nntutor.lessons.export.formats import FORMATS
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.language.words import load

WORDS = load("en")
POWERS = st.sampled_from((0, 0, 308, 308, 300, 160, 100, 20, -20, -160, -320, -400))
MOST = np.finfo(np.float64).max


def sized(array: Array, power: int) -> Array:
    """The array with numbers so many powers of ten larger, none of them infinite."""
    with np.errstate(all="ignore"):
        return np.clip(array * 10.0 ** (power / 2) * 10.0 ** (power / 2), -MOST, MOST)


@st.composite
def huge(draw: st.DrawFn, all_settings: bool = False) -> Problem:
    """A problem some of whose numbers are far too large, or too small, to reckon with."""
    problem = draw(problems(settings=all_settings))
    layers = tuple(
        replace(
            layer,
            weights=sized(layer.weights, draw(POWERS)),
            bias=None if layer.bias is None else sized(layer.bias, draw(POWERS)),
            slope=float(sized(np.array(layer.slope), draw(POWERS))),
        )
        for layer in problem.network.layers
    )
    rates = {
        key: float(sized(np.array(getattr(problem.optimizer, key)), draw(POWERS)))
        for key in ("learning_rate", "epsilon")
    }
    rates["epsilon"] = max(rates["epsilon"], float(np.nextafter(0, 1)))
    return replace(
        problem,
        network=Network(layers),
        samples=Samples.of(*(sized(one, draw(POWERS)) for one in (problem.samples.inputs, problem.samples.targets))),
        optimizer=replace(problem.optimizer, **rates),
        l1=float(sized(np.array(problem.l1), draw(POWERS))),
        l2=float(sized(np.array(problem.l2), draw(POWERS))),
    )


def trained(problem: Problem) -> None:
    """Stepped through, run, looked at."""
    timeline = Timeline.start(problem).forward(40).back(3)
    timeline.extended(timeline.runner().chunk(20))
    timeline = timeline.to(9)
    timeline.path((Ref("weight", 1, 1, 1),), 5)
    trace = timeline.trace
    assert (trace.diverges_at is not None) == trace.diverged or not np.isfinite(trace.error_after)
    plot_data.error_curve(timeline.errors, 30)
    plot_data.gradient_sizes(trace)
    plot_data.layers_moved(trace, trace)
    plot_data.error_over(trace, Ref("weight", 1, 1, 1), np.array([-1e300, 0.0, 1.0]))
    if problem.network.sizes[0] == 2 and not problem.surface:
        plot_data.regions(problem, trace.before, (-1, 1), (-1, 1), 4, 3)
        plot_data.surface_grid(problem, Ref("weight", 1, 1, 1), Ref("weight", 1, 1, 2), (-1, 1), (-1e200, 1e200), 5, 7)
    for layer in problem.network.layers:
        plot_data.activation_curve(layer.activation, layer.slope, np.array([-1e308, -1.0, 0.0, 1e308]))
    if problem.error == "perceptron":
        end(problem, limit=50)


def exported(problem: Problem, format: str) -> None:
    if format == "torch" and problem.error == "perceptron":
        return
    write.write(StringIO(), format, problem, iterations(problem, 1, 2), WORDS)
    write.write(StringIO(), format, problem, iterations(problem, 6, 6), WORDS, steps=False)
    if format == "text" and problem.error != "perceptron":
        assert list(Table(WORDS).lines(problem, iterations(problem, 1, 1)))
    with suppress(ProblemError):  # targets that an error cannot use
        parse(writing.write(problem), "x")


ANY_FORMAT = st.sampled_from(FORMATS)


@share(2)
@given(huge(all_settings=True))
def test_no_number_that_is_too_large_is_a_warning_in_training(problem: Problem) -> None:
    """Warnings are errors here."""
    trained(problem)


@share(1)
@given(huge(), ANY_FORMAT)
def test_nor_in_an_export(problem: Problem, format: str) -> None:
    exported(problem, format)


@pytest.mark.parametrize("error", LOSSES)
def test_nor_in_a_file_whose_targets_are_too_large(error: str) -> None:
    activation = LOSSES[error].last or "identity"
    layer = f'[[layer]]\nactivation = "{activation}"\nweights = [[0.1], [0.2]]\n'
    text = f'error = "{error}"\n{layer}[[sample]]\ninput = [1]\ntarget = [1e308, 1e308]\n'
    with suppress(WrongTargets):
        trained(parse(text, "x"))


@given(st.sampled_from(SURFACES), st.sampled_from(OPTIMIZERS), st.lists(POWERS, min_size=3, max_size=3), ANY_FORMAT)
def test_nor_in_a_descent_on_a_surface(name: str, optimizer: str, powers: list[int], format: str) -> None:
    start = [float(sized(np.array(one), power)) for one, power in zip((1.5, -0.7), powers[1:], strict=True)]
    rate = float(sized(np.array(0.1), powers[0]))
    problem = on_surface(name, start[: surface(name).variables], Optimizer(optimizer, rate))
    trained(problem)
    exported(problem, format)
