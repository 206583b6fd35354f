"""The first line: what is studied, and the place. Others read its end, so its form is a contract."""

from __future__ import annotations

from nntutor.core.engine.trace import Trace
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut

# A title cut shorter than this says nothing.
_LEAST_TITLE = 12


def status_row(trace: Trace, index: int, title: str, words: Words, width: int, look: Look) -> Row:
    """`title … iteration 1 · backward · step 24/39 · E 0.2984`; E is ? until its step.

    Too narrow: the title goes, then E, then the phase.
    """
    error = trace.find("E")
    shown = "?"
    if error is not None and trace.known(error, index):
        shown = look.figure(trace.error)
    iteration = f"{words.say('status.iteration')} {trace.iteration}"
    phase = words.say(f"phase.{trace.plan.phase(index)}")
    step = f"{words.say('status.step')} {index}/{len(trace)}"
    between = look.line(" · ")
    places = [
        between.join(parts)
        for parts in (
            (iteration, phase, step, f"E {shown}"),
            (iteration, phase, step),
            (iteration, step),
            (step,),
        )
    ]
    place = next((text for text in places if cells(text) <= width), cut(places[-1], width))
    room = width - cells(place) - 1
    head = next((text for text in (f" {title}", title) if cells(text) <= room), "")
    if not head and room > _LEAST_TITLE:
        head = cut(f" {title}", room - 2).rstrip() + look.line("…")
    return (Piece(head, "title"), Piece(" " * (width - cells(head) - cells(place))), Piece(place))
