"""Two runs in two columns: the same numbers made in two ways."""

from __future__ import annotations

from nntutor.core.engine.timeline import Timeline
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
    right, wrong = study.trace, beside(others[0], study)
    if wrong is None or _made(right) != _made(wrong):
        return nothing(words, width)
    heads = (words.say("views.run_right"), words.say("views.run_wrong"))
    return columns(right, wrong, study.timeline.step, heads, width, height, look)


def beside(other: Timeline, study: Study) -> Trace | None:
    """The iteration at hand in another run; None where that has diverged before."""
    try:
        return other.trace_of(study.timeline.iteration)
    except IndexError:
        return None


def _made(trace: Trace) -> tuple[object, ...]:
    """What the numbers of two runs must be of, to stand side by side."""
    return trace.problem.network.sizes, trace.samples
