"""The picture of the network; where it does not fit, its matrices, and a line that says so."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut
from nntutor.tui.drawing.step.diagram import diagram
from nntutor.tui.drawing.views.paths import nothing
from nntutor.tui.state.study import Study


def network(study: Study, words: Words, width: int, height: int, look: Look) -> list[Row]:
    if not study.trace.problem.passes:
        return nothing(words, width)
    drawn = diagram(study.trace, study.at_hand, width - 1, height, look, study.targets_shown)
    if drawn is not None:
        return drawn
    # Another door, as in the table: most networks fit.
    from nntutor.tui.drawing.views.matrices import matrices

    said: Row = (Piece(f" {cut(words.say('views.too_large'), width - 1)}", "dim"),)
    return [said, *matrices(study, words, width, height - 1, look)]
