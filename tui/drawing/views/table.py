"""The views: all that `v` goes through and a lesson can ask for. A new one is a file here and a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.views.contours import contours
from nntutor.tui.drawing.views.curve import curve
from nntutor.tui.drawing.views.inequalities import inequalities
from nntutor.tui.drawing.views.layers import layers
from nntutor.tui.drawing.views.matrices import matrices
from nntutor.tui.drawing.views.moves import moves
from nntutor.tui.drawing.views.network import network
from nntutor.tui.drawing.views.nudge import nudge
from nntutor.tui.drawing.views.parabola import parabola
from nntutor.tui.drawing.views.plane import plane, planes
from nntutor.tui.drawing.views.race import race
from nntutor.tui.drawing.views.runs import runs
from nntutor.tui.drawing.views.seeds import seeds
from nntutor.tui.drawing.views.slopes import slopes
from nntutor.tui.state import views
from nntutor.tui.state.study import Study

Draw = Callable[[Study, Words, int, int, Look], list[Row]]
"""At most `height` rows of at most `width` cells. A place where a view has nothing to show may be asked for it too."""


class View(NamedTuple):
    """margin: cells left free at the right. beside: whether it stands in the second column of a wide screen."""

    draw: Draw
    margin: int = 1
    beside: bool = False


VIEWS: dict[str, View] = {
    "network": View(network, margin=0),
    "matrices": View(matrices, margin=0, beside=True),
    "curve": View(curve, beside=True),
    "runs": View(runs, margin=0),
    "plane": View(plane),
    "planes": View(planes),
    "inequalities": View(inequalities),
    "parabola": View(parabola),
    "slopes": View(slopes),
    "nudge": View(nudge),
    "layers": View(layers),
    "contours": View(contours),
    "race": View(race),
    "moves": View(moves, beside=True),
    "seeds": View(seeds),
}
"""By the names that lessons use (lessons.course.model.VIEWS)."""


def drawn(name: str, study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """A view in at most width × height cells."""
    view = VIEWS[name]
    return view.draw(study, words, width - view.margin, height, look)


def side_by_side(study: Study) -> tuple[str, str]:
    """The two views of a wide screen: the one that is chosen, with the curve or the matrices at its right."""
    usual = views.views(study)
    side = [name for name in usual if VIEWS[name].beside]
    if study.view in side:
        return usual[0], study.view
    return study.view, "curve" if study.reached_here > 1 else side[0]
