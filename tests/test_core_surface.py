"""Descents on surfaces obey the laws that networks obey, and their slopes are the slopes of their heights."""

from __future__ import annotations

import json
from io import StringIO

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.analysis.gradient_check import check_all
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Runner
from nntutor.core.files import writing
from nntutor.core.files.problem import on_surface, parse
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.optimizers import DEFAULT_RATE, OPTIMIZERS, Optimizer
from nntutor.core.rules.surfaces import SURFACES, surface
from nntutor.lessons.export import iterations
from nntutor.lessons.export.write import write
from nntutor.lessons.language import words

# Written down again from their sources, for the independent library.
INDEPENDENT = {
    "parabola": lambda w: w[0] ** 2 / 2,
    "bowl": lambda w: anp.sum(w**2) / 2,
    "ravine": lambda w: (w[0] ** 2 + 20 * w[1] ** 2) / 2,
    "rotated-ravine": lambda w: (((w[0] + w[1]) / anp.sqrt(2)) ** 2 + 20 * ((w[1] - w[0]) / anp.sqrt(2)) ** 2) / 2,
    "rosenbrock": lambda w: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2,
    "beale": lambda w: sum((c - w[0] * (1 - w[1] ** i)) ** 2 for i, c in ((1, 1.5), (2, 2.25), (3, 2.625))),
    "saddle": lambda w: w[0] ** 2 / 2 + (1 - w[1] ** 2) ** 2 / 4,
}


@st.composite
def descents(draw: st.DrawFn) -> Problem:
    name = draw(st.sampled_from(SURFACES))
    start = [draw(st.floats(-2, 2)) for _ in range(surface(name).variables)]
    optimizer = draw(st.sampled_from(tuple(OPTIMIZERS)))
    rate = DEFAULT_RATE[optimizer] * draw(st.sampled_from((0.001, 0.01, 1.0)))
    return on_surface(name, start, Optimizer(optimizer, rate))


@given(descents())
def test_every_formula_gives_its_number_bit_for_bit(problem: Problem) -> None:
    for iteration in (1, 3):
        timeline = Timeline.start(problem).to(iteration)
        for step in timeline.trace:
            assert evaluate(step.formula, timeline.trace.value) == step.value or np.isnan(step.value), step.symbol


@given(descents())
def test_slopes_agree_with_an_independent_library(problem: Problem) -> None:
    trace = Timeline.start(problem).trace
    at = problem.network.layers[0].weights[0]
    height = INDEPENDENT[problem.surface]
    assert trace.error == pytest.approx(float(height(at)), rel=1e-12, abs=1e-12)
    expected = grad(height)(np.array(at))
    np.testing.assert_allclose(trace.array("grad", 1)[0], expected, rtol=1e-10, atol=1e-9)


@given(descents())
def test_slopes_agree_with_central_differences(problem: Problem) -> None:
    checks = list(check_all(Timeline.start(problem).trace))
    assert len(checks) == problem.network.sizes[0]
    assert all(check.verdict in ("agrees", "below") for check in checks)


@given(descents(), st.integers(2, 30))
def test_running_stepping_and_going_back_agree_bit_for_bit(problem: Problem, last: int) -> None:
    engine = Engine(problem)
    run = Runner(engine, engine.start()).chunk(last)
    stepped = Timeline.start(problem).to(last)
    trace = stepped.trace
    if not trace.diverged:
        assert trace.array("new", 1).tobytes() == run.state.params.tobytes()
    assert stepped.forward(5).back(5).trace.before.params.tobytes() == trace.before.params.tobytes()
    refs = tuple(Ref("weight", 1, 1, place) for place in range(1, problem.network.sizes[0] + 1))
    path = stepped.path(refs, last)
    np.testing.assert_array_equal(path[-1], stepped.trace_of(len(path)).before.params)


@pytest.mark.parametrize("name", SURFACES)
def test_the_lowest_point_is_a_lowest_point(name: str) -> None:
    found = surface(name)
    trace = Timeline.start(on_surface(name, found.minimum, Optimizer("sgd", 0.1))).trace
    assert trace.error == 0
    assert not trace.array("grad", 1).any()
    x = np.random.default_rng(1).uniform(-3, 3, (found.variables, 500))
    assert (found.heights(*x) >= 0).all()


@pytest.mark.parametrize("name", SURFACES)
def test_a_problem_file_of_a_surface_reads_back(name: str) -> None:
    problem = on_surface(name, surface(name).start, Optimizer("adam", 0.1), "a title", "a source")
    again = parse(writing.write(problem), "again.toml")
    assert writing.write(again) == writing.write(problem)
    assert again.surface == name
    assert (again.network.layers[0].weights == problem.network.layers[0].weights).all()


def test_the_trace_of_a_surface_has_the_shape_that_the_contract_says() -> None:
    out = StringIO()
    problem = on_surface("ravine", (-4, 1), Optimizer("momentum", 0.09, 0.5))
    write(out, "json", problem, iterations.iterations(problem, 1, 2), words.load("en"))
    data = json.loads(out.getvalue())
    first = data["iterations"][0]
    assert data["problem"]["surface"] == {"name": "ravine", "start": [-4.0, 1.0]}
    assert (first["forward"], first["backward"], first["samples"]) == ([], [], [])
    assert first["before"] == [{"weights": [[-4.0, 1.0]], "bias": None}]
    assert [step["phase"] for step in first["steps"]] == ["error", "backward", "backward", *["update"] * 6]
    assert first["steps"][0]["formula"] == "½·w1² + 10·w2²"
    for format in ("text", "md", "tex", "csv"):
        for steps in (True, False):
            write(out, format, problem, iterations.iterations(problem, 1, 2), words.load("ko"), steps=steps)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[surface]\nname = "ravin"', "2"),
        ('[surface]\nname = "ravine"\nstart = [1]', "3"),
        ('[surface]\nname = "ravine"\nstart = [1, nan]', "3"),
        ('[surface]\nstart = [1, 2]', "1"),
        ('[surface]\nname = "ravine"\ncolour = 1', "3"),
        ('batch = 3\n[surface]\nname = "ravine"', "1"),
        ('[surface]\nname = "ravine"\n[[layer]]\nunits = 1', "1"),
    ],
)  # fmt: skip
def test_a_bad_surface_is_refused_with_its_line(text: str, expected: str) -> None:
    from nntutor.core.errors import ProblemError

    with pytest.raises(ProblemError) as caught:
        parse(text, "a.toml")
    assert str(caught.value.line) == expected, caught.value
