"""The views by the names that lessons use, each with what tells it. One that is drawn is told as well."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.state.study import Study

Tell = Callable[[Study, Words, Look], list[str]]

VIEWS = {
    "network": "network",
    "steps": "network",
    "matrices": "network",
    "curve": "curves",
    "race": "curves",
    "plane": "planes",
    "planes": "planes",
    "inequalities": "planes",
    "parabola": "bowls",
    "contours": "bowls",
    "runs": "numbers",
    "moves": "numbers",
    "nudge": "numbers",
    "layers": "numbers",
    "slopes": "numbers",
    "seeds": "numbers",
}
"""The file of this folder in which the function of that name tells it."""


def view_lines(study: Study, words: Words, look: Look) -> list[str]:
    """The view at hand in sentences."""
    tell: Tell = getattr(import_module(f"nntutor.tui.plain.views.{VIEWS[study.view]}"), study.view)
    with np.errstate(all="ignore"):  # as where it is drawn
        return [words.say("plain.view", view=words.say(f"view_name.{study.view}")), *tell(study, words, look)]
