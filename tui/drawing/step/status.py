"""The first line: what is studied, and the place. Others read its end, so its form is a contract."""

from __future__ import annotations

from nntutor.core.engine.plan import PHASES
from nntutor.core.engine.trace import Trace
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, cut, row_cells
from nntutor.tui.state.session import Pointed

# The sign that something is left out, and what is before and after it.
_LEAST_HEAD = 3
_GAP = 2  # cells between title and place
_LEAST_TITLE = 16  # with less of it, and no name of a run beside it, E goes first
_LEAST_CUT = 5  # beside the name of a run its number is enough, and the sign


def status_row(
    trace: Trace, index: int, title: str, run: str, words: Words, width: int, look: Look, strip: bool = False
) -> Row:
    """`title · run … iteration 1 · backward · step 24/39 · E 0.2984`; E is ? until its step.

    Too narrow: the phase goes, the title is cut, then E goes, then the iteration, at last the run's name. `…` stands
    for what is left out of the title or of E. strip: on a wide screen all phases stand in the middle, this one marked.
    """
    title, run = look.plain(title), look.plain(run)
    phases = [words.say(f"phase.{phase}") for phase in PHASES]
    places = _places(trace, index, words.say(f"phase.{trace.plan.phase(index)}"), words, look)
    # By the longest that they come to in this iteration, so that nothing comes and goes from step to step.
    widest = [cells(place) for place in _places(trace, len(trace), max(phases, key=cells), words, look)]
    tail = f"{look.line(' · ')}{run}" if run else ""
    row = _with_strip(trace, index, f" {title}{tail}", words, width - widest[1]) if strip else ()
    if row:
        return (*row, Piece(" " * (width - row_cells(row) - cells(places[1]))), *_clickable(trace, places[1]))
    number = _number(widest, cells(title) + 1, cells(tail), width)
    place = cut(places[number], width)
    head = _head(title, tail, width - cells(place) - _GAP, look, number > 1)
    return (Piece(head, "title"), Piece(" " * (width - cells(head) - cells(place))), *_clickable(trace, place))


def _clickable(trace: Trace, place: str) -> Row:
    """The place, in which a click on E leads to its step."""
    before, mark, figure = place.rpartition("E ")
    error = trace.find("E")
    if not mark or error is None:
        return (Piece(place),)
    return Piece(before), Piece(mark + figure, click=Pointed("number", error))


def _places(trace: Trace, index: int, phase: str, words: Words, look: Look) -> list[str]:
    """The place, from whole to the least of it."""
    error = trace.find("E")
    shown = f"E {look.figure(trace.error) if error is not None and trace.known(error, index) else '?'}"
    iteration = f"{words.say('status.iteration')} {trace.iteration}"
    step = f"{words.say('status.step')} {index}/{len(trace)}"
    height = (shown,) if trace.problem.given is None else ()
    parts = ((iteration, phase, step, *height), (iteration, step, *height), (iteration, step), (step,))
    return [look.line(" · ").join(part) for part in parts]


def _number(widest: list[int], title: int, run: int, width: int) -> int:
    """Which of the places leaves room to the title and the run: one that is whole, else to as much as says enough."""
    for number, place in enumerate(widest[:2]):
        if title + run + _GAP + place <= width:
            return number
    for number, least in ((1, _LEAST_CUT if run else _LEAST_TITLE), (2, _LEAST_CUT), (3, _LEAST_CUT)):
        if min(title, least) + run + _GAP + widest[number] <= width:
            return number
    return next((number for number in range(1, 4) if widest[number] + _LEAST_HEAD <= width), 3)


def _with_strip(trace: Trace, index: int, head: str, words: Words, width: int) -> Row:
    """The title, and the phases where both stand in `width` cells; nothing where they do not."""
    here = trace.plan.phase(index)
    strip: list[Piece] = []
    for phase in PHASES:
        name, marked, click = words.say(f"phase.{phase}"), phase == here, Pointed("phase", phase)
        strip.append(Piece(f"[{name}]" if marked else f" {name} ", phase if marked else "dim", click))
    row = (Piece(head, "title"), *strip)
    spare = width - row_cells(row)
    if spare < 2 * _GAP:
        return ()
    return (row[0], Piece(" " * (spare - _GAP)), *row[1:])


def _head(title: str, run: str, room: int, look: Look, less: bool) -> str:
    """The title and the run, the title cut where there is no room for both; it ends in a sign where something is
    left out. less: something of the place is."""
    dots = look.line("…")
    for text in (f" {title}{run}", f"{title}{run}"):
        if cells(text) + less * cells(dots) <= room:
            return text + dots * less
    short = room - cells(dots) - cells(run)
    if run and short + cells(dots) >= _LEAST_CUT:
        return cut(f" {title}", short).rstrip() + dots + run
    return cut(f" {title}", max(0, room - cells(dots))).rstrip() + dots if room > 0 else ""
