"""The plane of inputs, and of two hidden units: samples, lines, and the region where the answer is 1."""

from __future__ import annotations

import numpy as np

from nntutor.core.analysis.plot_data import (
    params_at,
    plane_points,
    regions,
    right_side,
)
from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.activations import activation
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.dots import Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside
from nntutor.tui.drawing.charts.plane import Answers, Border, Spot, plane_rows
from nntutor.tui.drawing.views.cycle import FEW, cycle, label, older
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study

_BESIDE, _SMALL = 64, 5  # cells from which on small planes stand beside, and their rows
_TOLD = ("weight", "new", "net", "out")


def plane(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """Samples, the lines of the units that see the inputs, and the region where the answer is 1."""
    trace = study.trace
    problem = trace.problem
    if problem.network.sizes[0] != 2 or not problem.passes:
        return nothing(words, width)
    state = params_at(trace, study.timeline.step)
    told = cycle(study, words, look, width)
    tall = height - len(told)
    units, wide = _units(study, state, width, tall, look), _main(study, width, tall)
    across, up = _span(problem.samples.inputs)
    deep = len(problem.network.layers) > 1
    drawn = plane_rows(
        _spots(study, state, look),
        _borders(study, state, deep),
        _answers(study, state),
        across,
        up,
        wide,
        tall,
        look,
        edge=deep,
    )
    return [*(beside(drawn, units, wide) if units else drawn), *told]


def _main(study: Study, width: int, height: int) -> int:
    """Cells of the plane of the answer, where planes of the hidden units stand beside it."""
    deep = len(study.trace.problem.network.layers) > 1
    return width * 3 // 5 if deep and width >= _BESIDE and height >= _SMALL else width


def _units(study: Study, state: State, width: int, height: int, look: Look) -> list[Row]:
    """A small plane for each unit of the first hidden layer, one below the other; how many have no room."""
    trace, problem = study.trace, study.trace.problem
    room = width - _main(study, width, height) - 2
    if room <= 0:
        return []
    shown = [unit for unit in range(1, problem.network.sizes[1] + 1) if not _asked(trace, unit)]
    fit = shown[: max(1, height // _SMALL)]
    if not fit:
        return []
    spare = int(len(fit) < len(shown))
    across, up = _span(problem.samples.inputs)
    rows: list[Row] = []
    for number, unit in enumerate(fit):
        tall = (height - spare) * (number + 1) // len(fit) - len(rows)
        line = _line(trace, state.params, unit, "")
        answers = _of_unit(problem, state, unit)
        rows += plane_rows([], [line], answers, across, up, room, tall, look, trace.names.unit(1, unit, look.style))
    return [*rows, *([(Piece(look.more(len(shown) - len(fit)), "dim"),)] if spare else [])]


def _asked(trace: Trace, unit: int = 0) -> bool:
    """Whether a picture would tell a number that is hidden: one of a unit of the first layer, or any."""
    return any(ref.kind in _TOLD and (not unit or (ref.layer, ref.unit) == (1, unit)) for ref in trace.hidden)


def _answers(study: Study, state: State) -> Answers | None:
    """The answer over the plane; None where it would tell a number that is hidden."""
    if _asked(study.trace):
        return None

    def answers(across: Span, up: Span, rows: int, columns: int) -> Array:
        return regions(study.trace.problem, state, across, up, columns, rows)[:, :, 0]

    return answers


def _of_unit(problem: Problem, state: State, unit: int) -> Answers:
    """The out of a unit of the first layer over the plane, from 0 to 1, ½ at its line."""
    first = problem.network.layers[0]
    # From here to 1 the out at net 0 is in the middle, of activations that go below 0.
    lowest = max(activation(first.activation, first.slope).least, -1.0)

    def answers(across: Span, up: Span, rows: int, columns: int) -> Array:
        out = regions(problem, state, across, up, columns, rows, 1)[:, :, unit - 1]
        return frozen((out - lowest) / (1 - lowest))

    return answers


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
        _spots(study, state, look),
        _borders(study, state, False),
        None,
        across,
        up,
        left,
        height,
        look,
        words.say("views.plane"),
    )
    seen = seen_samples(study)
    hidden = plane_points(trace.problem, state, trace.problem.samples.inputs, 1)
    spots = [
        Spot(float(hidden[n, 0]), float(hidden[n, 1]), label(trace.problem, n, look),
             _positive(trace.problem, n), here=n == study.step.ref.sample)
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


def _positive(problem: Problem, sample: int) -> bool:
    return bool(problem.samples.targets[sample, 0] >= 0.5)


def _spots(study: Study, state: State, look: Look) -> list[Spot]:
    problem = study.trace.problem
    inputs = problem.samples.inputs
    right = right_side(problem, state)[:, 0]
    few, hidden = len(inputs) <= FEW, _asked(study.trace)
    return [
        Spot(
            float(x),
            float(y),
            label(problem, n, look),
            _positive(problem, n),
            bool(right[n]) if few and not hidden else None,
            few and len(study.trace.samples) < len(inputs) and n in study.trace.samples,
        )
        for n, (x, y) in enumerate(inputs)
    ]


def _line(trace: Trace, params: Array, unit: int, label: str, ghost: bool = False, dim: bool = False) -> Border:
    weights, _ = trace.parameter(params, Ref("weight", 1, unit, 1))
    bias = trace.problem.network.layers[0].bias is not None
    shift = float(trace.parameter(params, Ref("weight", 1, unit, 0))[0][unit - 1]) if bias else 0.0
    return Border(float(weights[unit - 1, 0]), float(weights[unit - 1, 1]), shift, label, ghost, dim)


def _borders(study: Study, state: State, dim: bool) -> list[Border]:
    trace = study.trace
    units = trace.problem.network.layers[0].units
    if units > 4:
        return []
    lines = [_line(trace, state.params, unit, trace.names.unit(1, unit), dim=dim)
             for unit in range(1, units + 1) if not _asked(trace, unit)]  # fmt: skip
    if units == 1 and len(trace.problem.network.layers) == 1:
        old = older(study)
        if old is not None:
            lines.insert(0, _line(trace, old, 1, "", ghost=True))
    return lines


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
