"""E over two weights as contours, with the path walked."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from nntutor.core.analysis.plot_data import (
    surface_grid,
    surface_over,
)
from nntutor.core.arrays import Array
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.surfaces import calls, surface
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.dots import Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.drawing.charts.contours import Landscape, Path, Relief, contour_rows, plane_of, sign_row
from nntutor.tui.drawing.views.paths import MOST_MOVES, move, nothing, parameters, path, variables
from nntutor.tui.state.study import Study

# The shorter side of the plane, as a share of the longer one: of one map, and of several small ones.
_LEAST, _FLAT = 0.42, 0.15
_LEVELS, _FEW = 8, 3


def contours(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """E over two weights and the way so far; on a surface also the signs of the steep slope, and the velocity."""
    trace = study.trace
    refs = variables(trace)
    if len(refs) < 2 or parameters(trace) > 2:
        return nothing(words, width)
    points = path(study, refs)
    signs = _signs(study, points, words, width, look)
    walked = Path(points, "", "operand", arrows=_velocity(study, refs, points))
    ground = landscape(study, refs, points, look)
    return [*contour_rows(ground, walked, width, height - len(signs), look), *signs]


def landscape(study: Study, refs: tuple[Ref, ...], points: Array, look: Look, faint: bool = False) -> Landscape:
    """E over two weights, as far as points lie on it. faint: where several ways are compared."""
    trace = study.trace
    minimum = lowest(trace.problem, refs[0], refs[1])
    across, up = plane_of(points, minimum, least=_FLAT if faint else _LEAST)

    def relief(*plane: Any) -> Relief:
        return _relief(trace.problem, refs[0], refs[1], _FEW if faint else _LEVELS, *plane)

    axes = (trace.symbol(refs[0], look.style), trace.symbol(refs[1], look.style))
    return Landscape(relief, across, up, (minimum[0], minimum[1]), axes, faint)


@lru_cache(maxsize=16)  # as long as a way leads over the same plane
def _relief(
    problem: Problem, first: Ref, second: Ref, levels: int, across: Span, up: Span, rows: int, columns: int
) -> Relief:
    return Relief.of(surface_grid(problem, first, second, across, up, rows, columns), levels)


@lru_cache(maxsize=16)
def lowest(problem: Problem, first: Ref, second: Ref) -> tuple[float, ...]:
    """The lowest point over two weights: of a surface that of its table; of a bowl from six heights, exact where E is a
    quadratic."""
    if problem.surface:
        return surface(problem.surface).minimum
    x = np.array([0.0, 1.0, -1.0, 0.0, 0.0, 1.0])
    y = np.array([0.0, 0.0, 0.0, 1.0, -1.0, 1.0])
    e0, ex, em, ey, en, exy = surface_over(problem, first, second, x, y)
    slope = np.array([(ex - em) / 2, (ey - en) / 2])
    mixed = exy - ex - ey + e0
    bend = np.array([[ex - 2 * e0 + em, mixed], [mixed, ey - 2 * e0 + en]])
    try:
        found = np.linalg.solve(bend, -slope)
    except np.linalg.LinAlgError:
        return 0.0, 0.0
    return (float(found[0]), float(found[1])) if np.isfinite(found).all() else (0.0, 0.0)


def _signs(study: Study, points: Array, words: Words, width: int, look: Look) -> list[Row]:
    """The signs of ∂E/∂w2 at the points so far."""
    slopes = steep_slopes(study, points)
    if not slopes:
        return []
    head = f" {study.trace.symbol(Ref('grad', 1, 1, 2), look.style)}: "
    return [(Piece(head, "dim"), *sign_row(slopes, width - cells(head), look))]


def steep_slopes(study: Study, points: Array) -> list[float]:
    """∂E/∂w2 of a surface at the points so far, of a long way at the newest, as far as it has been made; none where
    there is no way yet."""
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
    if move(study, points, len(points) - 1) == study.timeline.iteration:
        known = known[:-1]  # of the weights that this iteration has made
    apart = len(points) > MOST_MOVES and move(study, points, MOST_MOVES) > MOST_MOVES
    return [float(value) for value in (known[MOST_MOVES:] if apart else known)]


def _velocity(study: Study, refs: tuple[Ref, ...], points: Array) -> tuple[tuple[float, float, float, float], ...]:
    """Where the velocity points, once it has been made."""
    trace = study.trace
    found = [ref._replace(kind="v") for ref in refs]
    if trace.problem.optimizer.name not in ("momentum", "nesterov") or trace.index_of(found[0]) is None:
        return ()
    if not all(trace.known(ref, study.timeline.step) for ref in found) or not np.isfinite(points[-1]).all():
        return ()
    return ((float(points[-1, 0]), float(points[-1, 1]), trace.value(found[0]), trace.value(found[1])),)
