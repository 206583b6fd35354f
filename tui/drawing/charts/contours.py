"""A surface over two weights as contours, and the paths that descents take on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import sign
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.dots import Dots, Span
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, shortened
from nntutor.tui.drawing.charts.axes import Axis, Plot

_LEAST = (20, 6)
_MOST_SEGMENTS = 600
# A point farther from the start than this many times the rest is left to the edge of the picture.
_FAR = 4.0
_BESIDE = {"→": (0, 1), "←": (0, -1), "▼": (1, 0), "▲": (-1, 0)}
"""The cell where an arrow's head stands that is shorter than a cell: down, right."""


@dataclass(frozen=True)
class Relief:
    """The contours of a plane.

    edges: their heights; bands (rows, columns), the first row at the upper end: between which of them each point lies;
    crossings: of every other contour the points where it is crossed, those to be labelled first at the beginning.
    """

    edges: Array
    bands: NDArray[np.intp]
    crossings: tuple[tuple[float, tuple[tuple[int, int], ...]], ...]

    @classmethod
    def of(cls, heights: Array, levels: int) -> Relief:
        """So many levels on heights (rows, columns)."""
        edges = _levels(heights, levels)
        with np.errstate(invalid="ignore"):
            bands = np.searchsorted(edges, np.where(np.isfinite(heights), heights, np.inf))
        for array in (edges, bands):
            array.setflags(write=False)
        return cls(edges, bands, tuple((float(edge), _crossing(heights, float(edge))) for edge in edges[1::2]))


Reliefs = Callable[[Span, Span, int, int], Relief]
"""The relief of a plane: its spans, then rows and columns."""


@dataclass(frozen=True)
class Landscape:
    """What lies below the paths: a relief over the plane across × up, and its lowest point.

    axes: what both directions are called. faint: in few dots, and of the heights no numbers.
    """

    relief: Reliefs
    across: Span
    up: Span
    minimum: tuple[float, float] | None = None
    axes: tuple[str, str] = ("w1", "w2")
    faint: bool = False


@dataclass(frozen=True)
class Path:
    """points (moves + 1, 2), the first is the start. name: what marks the newest point; else a dot does.

    arrows: (x, y, dx, dy), drawn from the newest point: a velocity.
    """

    points: Array
    name: str = ""
    style: str = "operand"
    arrows: tuple[tuple[float, float, float, float], ...] = ()


def plane_of(
    points: Array, minimum: Sequence[float] | None, share: float = 0.08, least: float = 0.42
) -> tuple[Span, Span]:
    """A span around the start and as far beyond the minimum, with a margin; where the points leave it, around them too.

    So the scale stays while a path swings to and fro. One that runs away does not make the rest invisible. least: the
    shorter side, as a share of the longer one.
    """
    every = points[np.isfinite(points).all(axis=1)] if len(points) else np.zeros((0, 2))
    fixed = [every[:1]] if len(every) else []
    if minimum is not None:
        fixed.append(np.array([minimum], dtype=float))
    core = np.vstack(fixed) if fixed else np.zeros((1, 2))
    middle, reach = core.mean(axis=0), np.maximum(np.ptp(core, axis=0).max(), 0.5)
    near = every[(np.abs(every - middle) <= _FAR * reach).all(axis=1)] if len(every) else every
    swing = np.vstack([core[0], 2 * core[-1] - core[0]])
    wide = np.ptp(swing, axis=0)
    half = np.maximum(wide, least * max(float(wide.max()), 0.5)) * (0.5 + share)
    middle = core[-1]
    shown = np.vstack([middle - half, middle + half, middle + (1 + share) * (near - middle)])
    low, high = shown.min(axis=0), shown.max(axis=0)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def contour_rows(ground: Landscape, path: Path, width: int, height: int, look: Look) -> list[Row]:
    """The picture in at most width × height cells, between axes."""
    if width < _LEAST[0] or height < _LEAST[1]:
        return []
    plot = Plot(width, height, look, Axis(ground.axes[0], ground.across), Axis(ground.axes[1], ground.up))
    _drawn(plot.dots, ground, path)
    return [shortened(row, width, look) for row in plot.rows()]


def small_rows(ground: Landscape, path: Path, width: int, height: int, look: Look) -> list[Row]:
    """The same where there is no room for axes: a line at the left."""
    drawn = Dots(width - 1, height, look, ground.across, ground.up)
    _drawn(drawn, ground, path)
    return [(Piece(look.line("│"), "edge"), *row) for row in drawn.rows()]


def _drawn(drawn: Dots, ground: Landscape, path: Path) -> None:
    """The map on a canvas."""
    relief = ground.relief(drawn.across, drawn.up, *drawn.size)
    drawn.levels(relief.bands, "edge", every=2 if ground.faint else 1)
    _path(drawn, path)
    _ends(drawn, path)
    if ground.minimum is not None:
        drawn.mark(*ground.minimum, drawn.look.line("✕"), "bold")
    for arrow in path.arrows if len(path.points) else ():
        _arrow(drawn, *arrow)
    if not ground.faint:
        _heights(drawn, relief)


def _levels(heights: Array, count: int) -> Array:
    """Heights at which contours are drawn: equally far apart in their logarithm above the lowest one."""
    known = heights[np.isfinite(heights)]
    if not known.size:
        return np.empty(0)
    lowest, highest = float(known.min()), float(known.max())
    if not highest > lowest or not np.isfinite(highest - lowest):
        return np.empty(0)
    least = max(float(np.quantile(known, 0.03)) - lowest, (highest - lowest) * 1e-5)
    return np.asarray(lowest + np.geomspace(least, (highest - lowest) * 0.75, count))


def _path(drawn: Dots, path: Path) -> None:
    """The moves as lines; where there are too many to tell apart, fewer of them."""
    points = path.points
    if len(points) > _MOST_SEGMENTS:
        points = points[np.unique(np.linspace(0, len(points) - 1, _MOST_SEGMENTS).round().astype(int))]
    drawn.curve(points[:, 0], points[:, 1], path.style, glyph=path.name.lower() if drawn.look.ascii else "")


def _at_edge(drawn: Dots, point: Array) -> tuple[float, float]:
    """A point, or of one that lies outside the nearest in the picture."""
    return float(np.clip(point[0], *drawn.across)), float(np.clip(point[1], *drawn.up))


def _ends(drawn: Dots, path: Path) -> None:
    """Start, moves and the newest point; an arrow at the edge where that lies outside."""
    look, points = drawn.look, path.points
    if not len(points):
        return
    newest, style = points[-1], path.style if path.name else "result"
    if np.isfinite(newest).all() and drawn.cell(float(newest[0]), float(newest[1])) is not None:
        drawn.mark(float(newest[0]), float(newest[1]), path.name or look.line("●"), style, over=True)
    else:
        _outside(drawn, newest, path.name, style)
    drawn.mark(float(points[0, 0]), float(points[0, 1]), look.line("○"), "bold")
    if len(points) <= 40 and not path.name:
        for x, y in points[1:-1]:
            drawn.mark(float(x), float(y), look.line("•"), path.style)


def _arrow(drawn: Dots, x: float, y: float, dx: float, dy: float) -> None:
    """An arrow with its head; where it leaves the picture, the head stands at the edge, with a sign that it goes on.

    The head of one that is shorter than a cell stands beside its point, so that it is seen at every size.
    """
    drawn.line(x, y, x + dx, y + dy, "result")
    at, end = drawn.cell(x, y), drawn.cell(x + dx, y + dy)
    if end is not None and end == at and (dx or dy):
        short = max(abs(dx) / (drawn.across[1] - drawn.across[0]), abs(dy) / (drawn.up[1] - drawn.up[0]))
        way = _way(drawn, dx / short, dy / short)
        drawn.write(at[0] + _BESIDE[way][0], at[1] + _BESIDE[way][1], drawn.look.line(way), "result")
    elif end is not None:
        drawn.mark(x + dx, y + dy, drawn.look.line(_way(drawn, dx, dy)), "result")
    elif at is not None:
        ways = ((x, dx, drawn.across), (y, dy, drawn.up))
        inside = min((ends[way > 0] - at) / way for at, way, ends in ways if way and np.isfinite(way))
        drawn.mark(x + inside * dx, y + inside * dy, drawn.look.line(_way(drawn, dx, dy) + "…"), "result")


def _way(drawn: Dots, dx: float, dy: float) -> str:
    """The head of an arrow that leads so far."""
    row0, column0 = drawn.place(0.0, 0.0)
    row1, column1 = drawn.place(dx, dy)
    down, right = float(row1 - row0), float(column1 - column0)
    if abs(right) >= abs(down):
        return "→" if right >= 0 else "←"
    return "▼" if down > 0 else "▲"


def _outside(drawn: Dots, point: Array, name: str, style: str) -> None:
    """An arrow at the edge towards a point that lies outside."""
    if np.isnan(point).any():
        return
    x, y = _at_edge(drawn, point)
    dx, dy = float(np.clip(point[0] - x, -1e9, 1e9)), float(np.clip(point[1] - y, -1e9, 1e9))
    drawn.mark(x, y, drawn.look.line(_way(drawn, dx, dy)) + name, style, over=True)


def _crossing(heights: Array, edge: float) -> tuple[tuple[int, int], ...]:
    """Rows and columns of at most some 60 points where a contour is crossed from left to right.

    From the right, upper part inwards: there numbers are least in the way of the paths.
    """
    rows, columns = heights.shape
    found = np.argwhere((heights[:, :-1] < edge) != (heights[:, 1:] < edge))
    found = found[np.argsort(found[:, 0] / max(1, rows) - 0.6 * found[:, 1] / max(1, columns), kind="stable")]
    return tuple((int(row), int(column)) for row, column in found[:: max(1, len(found) // 60)])


def _heights(drawn: Dots, relief: Relief) -> None:
    """The height of every other contour, printed on it where there is room."""
    taken: list[tuple[int, int]] = []
    for edge, crossing in relief.crossings:
        text = figure(edge, 2, style=drawn.look.style)
        length = cells(text)
        for row, column in crossing:
            at = row // drawn.tall, column // drawn.broad - length // 2
            apart = all(abs(at[0] - other[0]) > 1 or abs(at[1] - other[1]) > 8 for other in taken)
            if apart and drawn.free(at[0], at[1], length):
                drawn.write(at[0], at[1], text, "dim")
                taken.append(at)
                break


def sign_row(values: Sequence[float], width: int, look: Look) -> Row:
    """The signs of as many of the last values as fit, the newest at the right; … where there have been more."""
    minus = look.line("−")
    signs = ["+" if value > 0 else minus if value < 0 else "0" for value in values]
    before = f"{sign('…', look.style)} " if len(signs) > max(0, width + 1) // 2 else ""
    count = max(0, width + 1 - cells(before)) // 2
    if not signs or not count:
        return ()
    return (*((Piece(before, "dim"),) if before else ()), Piece(" ".join(signs[-count:]), "operand"))
