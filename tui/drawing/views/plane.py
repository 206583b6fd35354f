"""The plane of inputs, and of two hidden units: samples, lines, and the region where the answer is 1."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nntutor.core.analysis import perceptron
from nntutor.core.analysis.plot_data import (
    params_at,
    plane_points,
    regions,
    right_side,
)
from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside, wrapped
from nntutor.tui.drawing.charts.plane import Border, Spot, plane_rows
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study

_FEW = 8  # samples up to here are labelled and judged one by one


def plane(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """Samples, the lines of the units that see the inputs, and the region where the answer is 1."""
    trace = study.trace
    problem = trace.problem
    if problem.network.sizes[0] != 2 or not problem.passes:
        return nothing(words, width)
    state = params_at(trace, study.timeline.step)
    told = cycle(study, words, look, width)
    across, up = _span(problem.samples.inputs)
    rough = regions(problem, state, across, up, 48, 24)[:, :, 0]
    drawn = plane_rows(
        _spots(study, state),
        _borders(study, state),
        rough,
        across,
        up,
        width,
        height - len(told),
        look,
    )
    return [*drawn, *told]


def planes(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """The plane of inputs, and beside it the plane of the two hidden units."""
    trace = study.trace
    network = trace.problem.network
    if network.sizes[:2] != (2, 2) or not trace.problem.passes:
        return plane(study, words, width, height, look)
    state = params_at(trace, study.timeline.step)
    left = (width - 2) // 2
    across, up = _span(trace.problem.samples.inputs)
    inputs = plane_rows(
        _spots(study, state), _borders(study, state), None, across, up, left, height, look, words.say("views.plane")
    )
    seen = seen_samples(study)
    hidden = plane_points(trace.problem, state, trace.problem.samples.inputs, 1)
    spots = [
        Spot(float(hidden[n, 0]), float(hidden[n, 1]), label(trace.problem, n), _positive(trace.problem, n),
             here=n == study.step.ref.sample)
        for n in seen
    ]  # fmt: skip
    weights, place = trace.parameter(state.params, Ref("weight", 2, 1, 1))
    bias = network.layers[1].bias is not None
    shift = float(trace.parameter(state.params, Ref("weight", 2, 1, 0))[0][0]) if bias else 0.0
    line = Border(float(weights[0, 0]), float(weights[0, 1]), shift, "o1")
    span = (-0.5, 1.5)
    second = plane_rows(
        spots, [line], None, span, span, width - 2 - left, height, look, words.say("views.hidden_plane"), ("h1", "h2")
    )
    assert place is not None
    return beside(inputs, second, left)


def _span(points: Array) -> tuple[tuple[float, float], tuple[float, float]]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum(0.35 * (high - low), 0.25)
    return (
        (float(low[0] - margin[0]), float(high[0] + margin[0])),
        (float(low[1] - margin[1]), float(high[1] + margin[1])),
    )


def label(problem: Problem, sample: int) -> str:
    """A sample's inputs as a point; nothing where there are many."""
    if len(problem.samples) > _FEW:
        return ""
    return "(" + ",".join(f"{value:g}" for value in problem.samples.inputs[sample]) + ")"


def _positive(problem: Problem, sample: int) -> bool:
    return bool(problem.samples.targets[sample, 0] >= 0.5)


def _spots(study: Study, state: State) -> list[Spot]:
    problem = study.trace.problem
    inputs = problem.samples.inputs
    right = right_side(problem, state)[:, 0]
    few = len(inputs) <= _FEW
    return [
        Spot(
            float(x),
            float(y),
            label(problem, n),
            _positive(problem, n),
            bool(right[n]) if few else None,
            few and len(study.trace.samples) < len(inputs) and n in study.trace.samples,
        )
        for n, (x, y) in enumerate(inputs)
    ]


def _line(trace: Trace, params: Array, unit: int, label: str, ghost: bool = False) -> Border:
    weights, _ = trace.parameter(params, Ref("weight", 1, unit, 1))
    bias = trace.problem.network.layers[0].bias is not None
    shift = float(trace.parameter(params, Ref("weight", 1, unit, 0))[0][unit - 1]) if bias else 0.0
    return Border(float(weights[unit - 1, 0]), float(weights[unit - 1, 1]), shift, label, ghost)


def _borders(study: Study, state: State) -> list[Border]:
    trace = study.trace
    units = trace.problem.network.layers[0].units
    if units > 4:
        return []
    lines = [_line(trace, state.params, unit, trace.names.unit(1, unit)) for unit in range(1, units + 1)]
    if units == 1 and len(trace.problem.network.layers) == 1:
        old = older(study)
        if old is not None:
            lines.insert(0, _line(trace, old, 1, "", ghost=True))
    return lines


def older(study: Study) -> Array | None:
    """The line to show as a ghost: the one that comes back in a cycle; else the one before this update."""
    found = _end(study)
    iteration = study.timeline.iteration
    if found is not None and not found.learned and iteration >= found.last:
        return study.timeline.trace_of(found.first).before.params
    return study.trace.before.params


@lru_cache(maxsize=16)
def _ended(problem: Problem, start: State) -> perceptron.End | None:
    return perceptron.end(problem, start)


def _end(study: Study) -> perceptron.End | None:
    """Where Rosenblatt's rule ends from here."""
    return _ended(*study.timeline.begun) if study.trace.problem.error == "perceptron" else None


def cycle(study: Study, words: Words, look: Look, width: int) -> list[Row]:
    """Once a cycle has closed, both turns' weights in two lines, and what that means; or that all is right."""
    found = _end(study)
    iteration = study.timeline.iteration
    if found is None or iteration < (found.first if found.learned else found.last):
        return []
    if found.learned:
        said = words.say("cycle.learned", iteration=found.first)
        return _lines(said, "bold", width)
    rows: list[Row] = []
    for which in (found.first, found.last):
        trace = study.timeline.trace_of(which)
        names = [Ref("weight", 1, 1, source) for source in (1, 2, 0)]
        shown = "   ".join(f"{trace.symbol(ref, look.style)} {look.figure(trace.value(ref))}" for ref in names)
        head = words.say("cycle.before", iteration=which, row=label(trace.problem, trace.samples[0]))
        rows += _lines(f"{head}   {shown}", "operand", width)
    return [*rows, *_lines(words.say("cycle.closed", updates=found.updates), "bold", width)]


def _lines(said: str, style: str, width: int) -> list[Row]:
    return [(Piece(f" {line}", style),) for line in wrapped(said, width - 1)]


def seen_samples(study: Study) -> list[int]:
    """The samples whose hidden units have been worked out up to the place."""
    problem, trace = study.trace.problem, study.trace
    seen: set[int] = set()
    for iteration in range(1, study.timeline.iteration):
        seen.update(problem.samples_of(iteration))
        if len(seen) == len(problem.samples):
            break
    for sample in trace.samples:
        if trace.known(Ref("out", 1, problem.network.layers[0].units, 0, sample), study.timeline.step):
            seen.add(sample)
    return sorted(seen)
