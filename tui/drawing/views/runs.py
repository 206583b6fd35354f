"""Two runs in two columns: the same numbers made in two ways."""

from __future__ import annotations

from nntutor.core.engine.trace import Trace
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.step.columns import columns
from nntutor.tui.drawing.views.matrices import matrices
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study


def runs(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    others = [timeline for name, timeline in study.timelines.items() if name != study.run]
    if not others:
        return matrices(study, words, width, height, look)
    iteration, index = study.place
    right, wrong = study.trace, others[0].trace_of(iteration)
    if _made(right) != _made(wrong):
        return nothing(words, width)
    heads = (words.say("views.run_right"), words.say("views.run_wrong"))
    return columns(right, wrong, index, heads, width, height, look)


def _made(trace: Trace) -> tuple[object, ...]:
    """What the numbers of two runs must be of, to stand side by side."""
    return trace.problem.network.sizes, trace.samples
