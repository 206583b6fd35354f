"""Where Rosenblatt's rule ends: all is right, or its weights come back in a cycle. What is said of that, and shown."""

from __future__ import annotations

from functools import lru_cache

from nntutor.core.analysis import perceptron
from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.state.study import Study

FEW = 8  # samples up to here are labelled and judged one by one


def label(problem: Problem, sample: int, look: Look) -> str:
    """A sample's inputs as a point; nothing where there are many."""
    if len(problem.samples) > FEW:
        return ""
    return point(problem.samples.inputs[sample], look)


def point(inputs: Array, look: Look) -> str:
    """Inputs as a point."""
    return "(" + ",".join(look.figure(float(value)) for value in inputs) + ")"


def older(study: Study) -> Array | None:
    """The line to show as a ghost: the one that comes back in a cycle; else the one before this update."""
    found = _end(study)
    iteration = study.timeline.iteration
    if found is not None and not found.learned and iteration >= found.last:
        return study.timeline.trace_of(found.first).before.params
    return study.trace.before.params


@lru_cache(maxsize=16)
def _ended(problem: Problem, start: State) -> perceptron.End | None:
    return perceptron.end(problem, start)


def _end(study: Study) -> perceptron.End | None:
    """Where Rosenblatt's rule ends from here."""
    return _ended(*study.timeline.begun) if study.trace.problem.error == "perceptron" else None


def cycle(study: Study, words: Words, look: Look, width: int) -> list[Row]:
    """Once a cycle has closed, both turns' weights in two lines, and what that means; or that nothing moves."""
    found = _end(study)
    iteration = study.timeline.iteration
    rests = found is not None and (found.learned or not found.updates)
    if found is None or iteration < (found.first if rests else found.last):
        return []
    if rests:
        said = words.say("cycle.learned" if found.learned else "cycle.stuck", iteration=found.first)
        return _lines(said, "bold", width)
    rows: list[Row] = []
    for which in (found.first, found.last):
        trace = study.timeline.trace_of(which)
        names = [Ref("weight", 1, 1, source) for source in (1, 2, 0)]
        shown = "   ".join(f"{trace.symbol(ref, look.style)} {look.figure(trace.value(ref))}" for ref in names)
        head = words.say("cycle.before", iteration=which, row=label(trace.problem, trace.samples[0], look))
        rows += _lines(f"{head}   {shown}", "operand", width)
    return [*rows, *_lines(words.say("cycle.closed", updates=found.updates), "bold", width)]


def _lines(said: str, style: str, width: int) -> list[Row]:
    return [(Piece(f" {line}", style),) for line in wrapped(said, width - 1)]
