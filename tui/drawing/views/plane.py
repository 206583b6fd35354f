"""What the pictures of the lessons show: each reads the study's record and gives the numbers to a drawing.

A picture shows what is known at the place and nothing later, like every other part of the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from nntutor.core.analysis import perceptron
from nntutor.core.analysis.plot_data import (
    activation_curve,
    error_over,
    gradient_sizes,
    params_at,
    plane_points,
    regions,
    surface_grid,
    surface_over,
)
from nntutor.core.arrays import Array
from nntutor.core.engine.program import State
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.surfaces import calls, surface
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, beside, cut
from nntutor.tui.drawing.charts.bars import Bar, bars_rows
from nntutor.tui.drawing.charts.contours import Path, contour_rows, plane_of, sign_row
from nntutor.tui.drawing.charts.curves import activation_rows, parabola_rows
from nntutor.tui.drawing.charts.plane import Border, Spot, plane_rows
from nntutor.tui.drawing.views import moves as tables
from nntutor.tui.state.study import Study, racers

Picture = Callable[[Study, Words, int, int, Look], list[Row]]

_FEW = 8  # samples up to here are labelled and judged one by one
_RACERS = ("operand", "result", "bold", "positive", "negative", "note")
_MOST_MOVES = 10_000


# --- the plane of inputs ---------------------------------------------------------------------------


def plane(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """Samples, the lines of the units that see the inputs, and the region where the answer is 1."""
    trace = study.trace
    problem = trace.problem
    if problem.network.sizes[0] != 2 or problem.surface:
        return _none(words, width)
    state = params_at(trace, study.timeline.step)
    told = _cycle(study, words, look, width)
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
    if network.sizes[:2] != (2, 2) or trace.problem.surface:
        return plane(study, words, width, height, look)
    state = params_at(trace, study.timeline.step)
    left = (width - 2) // 2
    across, up = _span(trace.problem.samples.inputs)
    inputs = plane_rows(
        _spots(study, state), _borders(study, state), None, across, up, left, height, look, words.say("views.plane")
    )
    seen = _seen(study)
    hidden = plane_points(trace.problem, state, trace.problem.samples.inputs, 1)
    spots = [
        Spot(float(hidden[n, 0]), float(hidden[n, 1]), _label(trace.problem, n), _positive(trace.problem, n),
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


def _label(problem: Problem, sample: int) -> str:
    if len(problem.samples) > _FEW:
        return ""
    return "(" + ",".join(f"{value:g}" for value in problem.samples.inputs[sample]) + ")"


def _positive(problem: Problem, sample: int) -> bool:
    return bool(problem.samples.targets[sample, 0] >= 0.5)


def _spots(study: Study, state: State) -> list[Spot]:
    problem = study.trace.problem
    inputs = problem.samples.inputs
    outputs = plane_points(problem, state, inputs, len(problem.network.layers))[:, 0]
    few = len(inputs) <= _FEW
    return [
        Spot(
            float(x),
            float(y),
            _label(problem, n),
            _positive(problem, n),
            bool((outputs[n] >= 0.5) == _positive(problem, n)) if few else None,
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
        old = _older(study)
        if old is not None:
            lines.insert(0, _line(trace, old, 1, "", ghost=True))
    return lines


def _older(study: Study) -> Array | None:
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
    history = study.timeline.histories[-1]
    return _ended(history.engine.problem, history.start) if study.trace.problem.error == "perceptron" else None


def _cycle(study: Study, words: Words, look: Look, width: int) -> list[Row]:
    """Once a cycle has closed, both turns' weights in two lines, and what that means; or that all is right."""
    found = _end(study)
    iteration = study.timeline.iteration
    if found is None or iteration < (found.first if found.learned else found.last):
        return []
    if found.learned:
        said = words.say("cycle.learned", iteration=found.first)
        return [(Piece(cut(f" {said}", width), "bold"),)]
    rows: list[Row] = []
    for which in (found.first, found.last):
        trace = study.timeline.trace_of(which)
        names = [Ref("weight", 1, 1, source) for source in (1, 2, 0)]
        shown = "   ".join(f"{trace.symbol(ref, look.style)} {look.figure(trace.value(ref))}" for ref in names)
        head = words.say("cycle.before", iteration=which, row=_label(trace.problem, trace.samples[0]))
        rows.append((Piece(cut(f" {head}   {shown}", width), "operand"),))
    rows.append((Piece(cut(f" {words.say('cycle.closed', updates=found.updates)}", width), "bold"),))
    return rows


def _seen(study: Study) -> list[int]:
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


# --- one variable ----------------------------------------------------------------------------------


def parabola(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """E over one weight, the moves so far, the tangent where we stand."""
    trace = study.trace
    ref = _variables(trace)[0]
    if trace.index_of(ref._replace(kind="grad")) is None:
        return _none(words, width)
    moves = _path(study, (ref,))[:, 0]
    gradient = ref._replace(kind="grad")
    slope = trace.value(gradient) if trace.known(gradient, study.timeline.step) and len(moves) else None
    if trace.known(ref._replace(kind="new"), study.timeline.step):
        slope = None
    eta = trace.problem.optimizer.learning_rate
    near = np.array([-1.0, 0.0, 1.0]) + moves[0]
    below, here, above = error_over(trace, ref, near)
    curvature = float(above - 2 * here + below)
    label, lowest = "", float(moves[0])
    if np.isfinite(curvature) and curvature > 0:
        lowest = float(moves[0] - (above - below) / 2 / curvature)
        label = words.say(f"regime.{_regime(eta * curvature)}")
    reach = 1.4 * max(abs(float(moves[0]) - lowest), 0.5)
    across = (lowest - reach, lowest + reach)
    names = (trace.symbol(ref, look.style), "E")

    def values(x: Array) -> Array:
        return error_over(trace, ref, x)

    symbol = "eta" if look.ascii else "η"
    title = f"{symbol} {look.figure(eta)}"
    return parabola_rows(values, moves, slope, across, width, height, look, title, label, names)


def _regime(share: float) -> str:
    """What plain descent does in a bowl, by η·E″."""
    for edge, below, at_edge in ((1.0, "creeps", "lands"), (2.0, "crosses", "swings")):
        if abs(share - edge) < 1e-9:
            return at_edge
        if share < edge:
            return below
    return "diverges"


def slopes(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """The activation of the unit at hand and its slope, with the working point."""
    trace, ref = study.trace, study.step.ref
    if trace.problem.surface:
        return _none(words, width)
    number = ref.layer if ref.unit and ref.layer else len(trace.problem.network.layers)
    unit = ref.unit or 1
    layer = trace.problem.network.layers[number - 1]
    sample = ref.sample if ref.sample >= 0 else trace.samples[0] if trace.samples else 0
    net = Ref("net", number, unit, 0, sample)
    known = trace.known(net, study.timeline.step)
    at_net = trace.value(net) if known else None

    def out(x: Array) -> Array:
        return activation_curve(layer.activation, layer.slope, x)[0]

    def slope(x: Array) -> Array:
        return activation_curve(layer.activation, layer.slope, x)[1]

    reach = 6.0 if at_net is None or not np.isfinite(at_net) else min(60.0, max(6.0, 1.2 * abs(at_net)))
    nets = np.linspace(-reach, reach, 601)
    sizes = slope(nets)
    top = int(np.argmax(sizes))
    name = trace.names.unit(number, unit)
    title = words.say(f"activation_name.{layer.activation}")
    return activation_rows(
        out, slope, at_net, (name, trace.symbol(Ref("slope", number, unit), look.style)), width, height, look, title,
        (-reach, reach), (float(nets[top]), float(sizes[top])),
    )  # fmt: skip


# --- layer by layer --------------------------------------------------------------------------------


def layers(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """How large each layer's gradient is, as far as it has been found, and the slopes multiplied on the way."""
    trace, step = study.trace, study.timeline.step
    shape = trace.plan.shape.layers
    sizes = gradient_sizes(trace)
    last = len(shape)
    found = [_layer_found(trace, number, step) for number in range(1, last + 1)]
    bars = []
    for number in range(1, last + 1):
        label = trace.names.unit(number, 1).partition("_")[0] if last > 2 else trace.names.unit(number, 1)
        label = words.say("views.out_short") if number == last else label
        beside_it = float(sizes[-1] * 0.25 ** (last - number)) if found[-1] else None
        known = found[number - 1]
        bars.append(
            Bar(
                label,
                float(sizes[number - 1]) if known else float("nan"),
                beside_it,
                study.step.ref.layer == number,
                known,
            )
        )
    moved = None
    if study.timeline.iteration > 1:
        moved = [
            float(np.mean(np.abs(trace.array("weight", number) - layer.weights)))
            for number, layer in enumerate(trace.problem.network.layers, 1)
        ]
    line = _product(trace, step, words, look, width)
    power, title = "0.25^n" if look.ascii else "0.25ⁿ", words.say("views.gradient_size")
    gone = words.say("views.moved")
    drawn = bars_rows(bars, width, height - len(line), look, title, "", power, True, moved, gone)
    return [*drawn, *line]


def _layer_found(trace: Trace, number: int, step: int) -> bool:
    layer = trace.plan.shape.layers[number - 1]
    return bool(layer.sources) and trace.known(Ref("grad", number, layer.units, layer.sources[-1]), step)


def _product(trace: Trace, step: int, words: Words, look: Look, width: int) -> list[Row]:
    """The slopes along unit 1 of every hidden layer, from the output back, and their product."""
    sample = trace.samples[0] if trace.samples else 0
    factors = []
    for number in range(len(trace.plan.shape.layers) - 1, 0, -1):
        ref = Ref("slope", number, 1, 0, sample)
        if trace.index_of(ref) is None or not trace.known(ref, step):
            break
        factors.append(trace.value(ref))
    if not factors:
        return []
    dot = "*" if look.ascii else "·"
    dot = f" {dot} " if len(factors) < 6 else dot
    product = float(np.prod(factors))
    shown = dot.join(look.figure(factor, digits=2) for factor in factors)
    head = words.say("views.slopes_product")
    return [(Piece(cut(f" {head} {shown} = {look.figure(product, digits=2)}", width), "result"),)]


# --- two variables ---------------------------------------------------------------------------------


def _variables(trace: Trace) -> tuple[Ref, ...]:
    """The first weights that learn, at most two: what E is drawn over."""
    found = []
    for number, layer in enumerate(trace.plan.shape.layers, 1):
        for unit in range(1, layer.units + 1):
            found += [Ref("weight", number, unit, source) for source in layer.sources]
            if len(found) >= 2:
                return tuple(found[:2])
    return tuple(found) or (Ref("weight", 1, 1, 1),)


def _path(study: Study, refs: tuple[Ref, ...], run: str = "", last: int = 0) -> Array:
    """(moves + 1, refs): the weights from the start to the place, or of another run up to before iteration `last`."""
    timeline = study.timelines[run or study.run]
    if last:
        return timeline.path(refs, max(1, min(last, _MOST_MOVES)))
    path = timeline.path(refs, min(timeline.iteration, _MOST_MOVES))
    trace = study.trace
    new = [ref._replace(kind="new") for ref in refs]
    if all(trace.known(ref, timeline.step) for ref in new) and trace.index_of(new[0]) is not None:
        path = np.vstack([path, [[trace.value(ref) for ref in new]]])
    return path


def contours(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """E over two weights and the way so far; on a surface also the signs of the steep slope, and the velocity."""
    trace = study.trace
    refs = _variables(trace)
    if len(refs) < 2 or _parameters(trace) > 2:
        return _none(words, width)
    points = _path(study, refs)
    signs = _signs(study, points, words, width, look)
    path = Path(points, "", "operand", arrows=_velocity(study, refs, points))
    return [*_contours(study, refs, [path], width, height - len(signs), look, ""), *signs]


def _parameters(trace: Trace) -> int:
    return int(trace.before.params.size)


def _contours(
    study: Study, refs: tuple[Ref, ...], paths: list[Path], width: int, height: int, look: Look, title: str
) -> list[Row]:
    trace = study.trace
    minimum = surface(trace.problem.surface).minimum if trace.problem.surface else _lowest(trace, refs)
    every = np.vstack([path.points[np.isfinite(path.points).all(axis=1)] for path in paths])
    across, up = plane_of(every, minimum, 0.25)

    def values(*plane: Any) -> Array:
        return _heights(trace.problem, *refs, *plane)

    axes = (trace.symbol(refs[0], look.style), trace.symbol(refs[1], look.style))
    lowest, levels = (minimum[0], minimum[1]), 8 if len(paths) == 1 else 5
    return contour_rows(values, paths, lowest, across, up, width, height, look, title, axes, levels)


_heights = lru_cache(maxsize=16)(surface_grid)


def _lowest(trace: Trace, refs: tuple[Ref, ...]) -> tuple[float, ...]:
    """The lowest point of a bowl over two weights, from six heights: exact where E is a quadratic."""
    x = np.array([0.0, 1.0, -1.0, 0.0, 0.0, 1.0])
    y = np.array([0.0, 0.0, 0.0, 1.0, -1.0, 1.0])
    e0, ex, em, ey, en, exy = surface_over(trace.problem, refs[0], refs[1], x, y)
    slope = np.array([(ex - em) / 2, (ey - en) / 2])
    mixed = exy - ex - ey + e0
    bend = np.array([[ex - 2 * e0 + em, mixed], [mixed, ey - 2 * e0 + en]])
    try:
        lowest = np.linalg.solve(bend, -slope)
    except np.linalg.LinAlgError:
        return 0.0, 0.0
    return float(lowest[0]), float(lowest[1])


def _signs(study: Study, points: Array, words: Words, width: int, look: Look) -> list[Row]:
    """The signs of ∂E/∂w2 at the points so far."""
    problem = study.trace.problem
    if not problem.surface or len(points) < 2:
        return []
    slope = np.empty(len(points))
    with np.errstate(all="ignore"):
        for function, arguments in calls(
            surface(problem.surface).slopes[1], (points[:, 0].copy(), points[:, 1].copy()), slope
        ):
            function(*arguments)
    known = slope if study.trace.known(Ref("grad", 1, 1, 2), study.timeline.step) else slope[:-1]
    if len(points) > study.timeline.iteration:
        known = known[: study.timeline.iteration]
    symbol = study.trace.symbol(Ref("grad", 1, 1, 2), look.style)
    head = f" {symbol}: "
    return [(Piece(head, "dim"), *sign_row([float(value) for value in known], width - len(head), look))]


def _velocity(study: Study, refs: tuple[Ref, ...], points: Array) -> tuple[tuple[float, float, float, float], ...]:
    """Where the velocity points, once it has been made."""
    trace = study.trace
    found = [ref._replace(kind="v") for ref in refs]
    if trace.problem.optimizer.name not in ("momentum", "nesterov") or trace.index_of(found[0]) is None:
        return ()
    if not all(trace.known(ref, study.timeline.step) for ref in found) or not np.isfinite(points[-1]).all():
        return ()
    return ((float(points[-1, 0]), float(points[-1, 1]), trace.value(found[0]), trace.value(found[1])),)


def race(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """All runs on this problem at as many samples touched as the one at hand: their paths, or their errors."""
    from nntutor.tui.drawing.pages.page import run_name

    trace = study.trace
    names = racers(study)
    refs = _variables(trace)
    moves = study.timeline.iteration - 1
    done = trace.index_of(Ref("new", *refs[-1][1:])) is not None and trace.known(
        Ref("new", *refs[-1][1:]), study.timeline.step
    )
    touched = (moves + done) * max(1, trace.problem.batch_size)
    planar = _parameters(trace) <= 2 and len(refs) == 2
    paths, errors, lines = [], [], []
    for number, name in enumerate(names):
        timeline = study.timelines[name]
        made = touched // max(1, timeline.problem.batch_size)
        title = run_name(words, name.rpartition("-")[2])
        mark = chr(ord("A") + number)
        if planar:
            points = _path(study, refs, name, made + 1)
            made = len(points) - 1
            paths.append(Path(points, mark, _RACERS[number % len(_RACERS)]))
        else:
            errors.append(timeline.errors_until(made + 1))
            made = len(errors[-1]) - 1
        error = _error_at(study, name, made)
        rate = look.figure(timeline.problem.optimizer.learning_rate)
        lines.append(tables.Racer(mark, title, rate, made, error, name == study.run))
    legend = tables.racer_rows(lines, touched, words, width, look, samples=bool(trace.samples))
    if planar:
        return [*legend, *_contours(study, refs, paths, width, height - len(legend), look, "")]
    from nntutor.tui.drawing.charts.plots import curves_rows

    title, log = words.say("views.error_curve"), words.say("views.log_scale")
    marks = [line.mark for line in lines]
    return [*legend, *curves_rows(errors, marks, width, height - len(legend), look, title, log)]


def _error_at(study: Study, run: str, moves: int) -> float:
    """E after so many moves: of all samples, so that runs with other batches can be compared."""
    timeline = study.timelines[run]
    try:
        trace = timeline.trace_of(moves + 1)
    except IndexError:
        return float("nan")
    refs = _variables(trace)
    if len(trace.problem.samples) == len(trace.samples) or _parameters(trace) > 2:
        return trace.error
    point = [trace.value(ref) for ref in refs]
    return float(surface_over(trace.problem, refs[0], refs[1], np.array([point[0]]), np.array([point[1]]))[0])


def _none(words: Words, width: int) -> list[Row]:
    return [(), (Piece(cut(f"  {words.say('views.not_here')}", width), "dim"),)]


PICTURES: dict[str, Picture] = {
    "plane": plane,
    "planes": planes,
    "inequalities": tables.inequalities,
    "parabola": parabola,
    "slopes": slopes,
    "nudge": tables.nudge,
    "layers": layers,
    "contours": contours,
    "race": race,
    "moves": tables.moves,
    "seeds": tables.seeds,
}
"""Every picture by the name of its view."""
