"""The layer at hand as tables."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.step import matrices as tables
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study


def matrices(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    if not study.trace.problem.passes:
        return nothing(words, width)
    return tables.matrices(study.trace, study.at_hand, words, width, height, look)
