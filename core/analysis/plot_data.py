"""Plain arrays for plots: what a picture shows, before anybody draws it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.known import of_record
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import Compiler
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem, Samples
from nntutor.core.rules.activations import activation
from nntutor.core.rules.surfaces import surface

Span = tuple[float, float]


def error_curve(errors: Array, columns: int) -> tuple[Array, Array]:
    """Iterations (from 1) and E for a plot of `columns` columns: at most two points a column.

    Each column keeps its smallest and its largest value in their order; values that are not finite are
    left out.
    """
    iterations = np.flatnonzero(np.isfinite(errors))
    if len(iterations) > 2 * columns:
        parts = np.array_split(iterations, columns)
        picked = {int(part[pick(errors[part])]) for part in parts for pick in (np.argmin, np.argmax)}
        iterations = np.array(sorted({int(iterations[0]), *picked, int(iterations[-1])}))
    return frozen(iterations + 1), frozen(errors[iterations])


# Asked for by every step that leaves the weights as they are; two sizes for the answer and for each unit that is drawn.
@lru_cache(maxsize=32)
def regions(
    problem: Problem, state: State, across: Span, up: Span, columns: int, rows: int, layer: int | None = None
) -> Array:
    """Out over the plane of two inputs, of a layer or of the last: (rows, columns, units), the first row at the top.

    The problem must have two inputs.
    """
    out = _forward(problem, state, _grid(across, up, columns, rows))[-1 if layer is None else layer - 1]
    return frozen(out.reshape(rows, columns, -1))


def _grid(across: Span, up: Span, columns: int, rows: int) -> Array:
    x, y = np.meshgrid(np.linspace(*across, columns), np.linspace(up[1], up[0], rows))
    return np.column_stack([x.ravel(), y.ravel()])


def _forward(problem: Problem, state: State, inputs: Array) -> list[Array]:
    """The out of every layer for any inputs (samples, inputs)."""
    targets = np.zeros((len(inputs), problem.network.sizes[-1]))
    asked = replace(problem, samples=Samples(inputs, targets), batch="full", shuffle=False)
    engine = Engine(asked)
    engine.load(State(0, state.params, state.slots))
    program = engine.prepare(1)
    with np.errstate(all="ignore"):
        program.run_forward()
    return [program.arena["out", number] for number in range(1, len(problem.network.layers) + 1)]


def gradient_sizes(trace: Trace) -> Array:
    """One number a layer: the mean size of ∂E/∂w over its weights; nan for a layer without gradients."""
    sizes = []
    for number in range(1, len(trace.problem.network.layers) + 1):
        try:
            sizes.append(_mean_size(trace.array("grad", number)))
        except KeyError:
            sizes.append(np.nan)
    return frozen(sizes)


def layers_moved(trace: Trace, begun: Trace) -> Array:
    """One number a layer: how far its weights, before the iteration, are from where they began, on average.

    begun: iteration 1 of the same run, whose weights may have been set by hand.
    """
    numbers = range(1, len(trace.problem.network.layers) + 1)
    with np.errstate(all="ignore"):
        moves = [trace.array("weight", number) - begun.array("weight", number) for number in numbers]
    return frozen([_mean_size(move) for move in moves])


def _mean_size(array: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.mean(np.abs(array)))


def plane_points(problem: Problem, state: State, inputs: Array, layer: int) -> Array:
    """(points, units): the out of a layer for points of the plane of inputs."""
    return frozen(_forward(problem, state, inputs)[layer - 1])


@lru_cache(maxsize=8)  # a text asks for it again and again, of the same weights
def right_side(problem: Problem, state: State) -> Array:
    """(samples, outputs): whether each output is on the same side of ½ as its target."""
    outputs = _forward(problem, state, problem.samples.inputs)[-1]
    return frozen((outputs >= 0.5) == (problem.samples.targets >= 0.5))


@of_record  # a race asks for it at every step
def error_of_all(trace: Trace) -> float:
    """E of all samples, with the weights as they are before the iteration, however few of them it takes."""
    problem = trace.problem
    if len(trace.samples) == len(problem.samples):
        return trace.error
    return float(_errors(problem, problem.samples, trace.before.params))


def surface_over(problem: Problem, first: Ref, second: Ref, x: Array, y: Array) -> Array:
    """E of all samples at many values of two weights at once, the others as given; of the shape of x and y."""
    if problem.surface:
        at = (x, y) if (first.input, second.input) == (1, 2) else (y, x)
        return frozen(surface(problem.surface).heights(*at))
    engine = Engine(problem)
    params = np.repeat(engine.start().params[None], x.size, axis=0)
    for ref, values in ((first, x), (second, y)):
        view, place = engine.layout.parameter(params, ref)
        view[(..., *place)] = values.ravel()
    return frozen(_errors(problem, problem.samples, params).reshape(x.shape))


def _errors(problem: Problem, samples: Samples, params: Array) -> Array:
    """E of samples under weights (size,) or each row of (networks, size), of many samples some at a time."""
    networks = len(params) if params.ndim == 2 else None
    engine = Engine(replace(problem, samples=samples, batch="full", shuffle=False), networks=networks)
    engine.params[...] = params
    return engine.error_of(samples.inputs, samples.targets)


def surface_grid(problem: Problem, first: Ref, second: Ref, across: Span, up: Span, rows: int, columns: int) -> Array:
    """E over a plane of two weights: (rows, columns), the first row at the upper end.

    A surface is worked out at every point; a network's E, which is smooth, at every fourth row and second column,
    and what lies between is on straight lines.
    """
    every = (1, 1) if problem.surface else (4, 2)
    fewer = [max(2, -(-count // step)) for count, step in zip((rows, columns), every, strict=True)]
    ends = (up[1], up[0]), across
    y, x = (np.linspace(*span, count) for span, count in zip(ends, fewer, strict=True))
    heights = surface_over(problem, first, second, *np.meshgrid(x, y))
    if problem.surface:
        return heights
    for axis, (count, known) in enumerate(zip((rows, columns), fewer, strict=True)):
        at = np.linspace(0.0, known - 1, count)
        below = np.minimum(at.astype(int), known - 2)
        share = at - below
        low, high = np.take(heights, below, axis), np.take(heights, below + 1, axis)
        share = share[:, None] if axis == 0 else share
        with np.errstate(all="ignore"):  # between two that have overflowed is nothing to be seen
            heights = low + (high - low) * share
    return frozen(heights)


def error_over(trace: Trace, weight: Ref, values: Array) -> Array:
    """E of the iteration's samples at many values of one weight, the others as they are."""
    if trace.problem.surface and trace.problem.network.sizes[0] == 1:
        return frozen(surface(trace.problem.surface).heights(values))
    samples = Samples(trace.array("out"), trace.array("target"))
    params = np.repeat(trace.before.params[None, :], len(values), axis=0)
    view, place = trace.parameter(params, weight)
    view[(..., *place)] = values
    return frozen(_errors(trace.problem, samples, params))


def activation_curve(name: str, leak: float, nets: Array) -> tuple[Array, Array]:
    """out and slope of an activation at many nets."""
    trees = activation(name, leak)
    out, slope = np.empty_like(nets), np.empty_like(nets)
    arrays = {"net": nets, "out": out}
    with np.errstate(all="ignore"):
        for tree, target in ((trees.out, out), (trees.slope, slope)):
            compiler = Compiler(arrays.__getitem__)
            compiler.into(tree, target)
            for function, arguments in compiler.ops:
                function(*arguments)
    return frozen(out), frozen(slope)


@of_record  # as of `right_side`, which knows weights again by the state that they are in
def params_at(trace: Trace, step: int) -> State:
    """The weights as they stand after a step of the iteration: new ones as far as they have been made."""
    made = [
        ref
        for number, layer in enumerate(trace.plan.shape.layers, 1)
        for unit in range(1, layer.units + 1)
        for source in layer.sources
        if trace.known(ref := Ref("new", number, unit, source), step)
    ]
    if not made:
        return trace.before
    params = trace.before.params.copy()
    for ref in made:
        view, place = trace.parameter(params, ref)
        view[place] = trace.value(ref)
    return State(trace.before.done, frozen(params), trace.before.slots)
