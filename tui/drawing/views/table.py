"""The views: all that `v` goes through and a lesson can ask for. A new one is a file here and a row."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

import numpy as np

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.views.network import network
from nntutor.tui.state.study import Study

Draw = Callable[[Study, Words, int, int, Look], list[Row]]
"""At most `height` rows of at most `width` cells. A place where a view has nothing to show may be asked for it too."""


class View(NamedTuple):
    """margin: cells left free at the right."""

    draw: Draw
    margin: int = 1


def _of(file: str, name: str = "") -> Draw:
    """The drawing in a file of this folder, loaded when it is first asked for: a start draws one view of sixteen."""

    def draw(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
        drawing: Draw = getattr(import_module(f"nntutor.tui.drawing.views.{file}"), name or file)
        return drawing(study, words, width, height, look)

    return draw


VIEWS: dict[str, View] = {
    "network": View(network, margin=0),
    "steps": View(_of("steps"), margin=0),
    "matrices": View(_of("matrices"), margin=0),
    "curve": View(_of("curve")),
    "runs": View(_of("runs"), margin=0),
    "plane": View(_of("plane")),
    "planes": View(_of("plane", "planes")),
    "inequalities": View(_of("inequalities")),
    "parabola": View(_of("parabola")),
    "slopes": View(_of("slopes")),
    "nudge": View(_of("nudge")),
    "layers": View(_of("layers")),
    "contours": View(_of("contours")),
    "race": View(_of("race")),
    "moves": View(_of("moves")),
    "seeds": View(_of("seeds")),
}
"""By the names that lessons use (lessons.course.model.VIEWS)."""


def drawn(name: str, study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    """A view in at most width × height cells; nothing where its margin takes them all."""
    view = VIEWS[name]
    with np.errstate(all="ignore"):  # a learner may set numbers without end; what is drawn of them says so
        return view.draw(study, words, width - view.margin, height, look) if width > view.margin else []
