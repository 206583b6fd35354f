"""The first line: what is studied, and the place. Others read its end, so its form is a contract."""

from __future__ import annotations

from nntutor.core.engine.trace import Trace
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut

# The sign that something is left out, and what is before and after it.
_LEAST_HEAD = 3
_LEAST_CUT = 4  # beside the name of a run its number is enough


def status_row(trace: Trace, index: int, title: str, run: str, words: Words, width: int, look: Look) -> Row:
    """`title · run … iteration 1 · backward · step 24/39 · E 0.2984`; E is ? until its step.

    Too narrow: the title is cut, then the run's name goes, then E, then the phase; `…` stands for what is left out.
    """
    error = trace.find("E")
    shown = "?"
    if error is not None and trace.known(error, index):
        shown = look.figure(trace.error)
    iteration = f"{words.say('status.iteration')} {trace.iteration}"
    phase = words.say(f"phase.{trace.plan.phase(index)}")
    step = f"{words.say('status.step')} {index}/{len(trace)}"
    between = look.line(" · ")
    parts = ((iteration, phase, step, f"E {shown}"), (iteration, phase, step), (iteration, step), (step,))
    places = [between.join(part) for part in parts]
    place = next((text for text in places if cells(text) + _LEAST_HEAD <= width), cut(places[-1], width))
    head = _head(title, f"{between}{run}" if run else "", width - cells(place) - 1, look, place != places[0])
    return (Piece(head, "title"), Piece(" " * (width - cells(head) - cells(place))), Piece(place))


def _head(title: str, run: str, room: int, look: Look, less: bool) -> str:
    """The title and the run, the title cut where there is no room for both; it ends in a sign where something is
    left out. less: something of the place is."""
    dots = look.line("…")
    for text in (f" {title}{run}", f"{title}{run}"):
        if cells(text) + less * cells(dots) <= room:
            return text + dots * less
    short = room - 1 - cells(dots) - cells(run)
    if run and short >= _LEAST_CUT:
        return cut(f" {title}", short).rstrip() + dots + run
    return cut(f" {title}", max(0, room - 1 - cells(dots))).rstrip() + dots if room > 0 else ""
