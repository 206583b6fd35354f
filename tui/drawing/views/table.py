"""The views by name."""

from __future__ import annotations

from collections.abc import Callable

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.views import inequalities, nudge, seeds
from nntutor.tui.drawing.views import moves as tables
from nntutor.tui.drawing.views.contours import contours
from nntutor.tui.drawing.views.layers import layers
from nntutor.tui.drawing.views.parabola import parabola
from nntutor.tui.drawing.views.plane import plane, planes
from nntutor.tui.drawing.views.race import race
from nntutor.tui.drawing.views.slopes import slopes
from nntutor.tui.state.study import Study

Picture = Callable[[Study, Words, int, int, Look], list[Row]]

PICTURES: dict[str, Picture] = {
    "plane": plane,
    "planes": planes,
    "inequalities": inequalities.inequalities,
    "parabola": parabola,
    "slopes": slopes,
    "nudge": nudge.nudge,
    "layers": layers,
    "contours": contours,
    "race": race,
    "moves": tables.moves,
    "seeds": seeds.seeds,
}
"""Every picture by the name of its view."""
