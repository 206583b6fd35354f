"""The way that the weights have gone, for the views that draw it."""

from __future__ import annotations

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.state.study import Study

MOST_MOVES = 10_000
"""Of a way from its start, and of a race: more would have to be run again, or first, while a key waits."""
_NEWEST = 100
"""Of a longer way those that led to the place."""


def variables(trace: Trace) -> tuple[Ref, ...]:
    """The first weights that learn, at most two: what E is drawn over."""
    found = []
    for number, layer in enumerate(trace.plan.shape.layers, 1):
        for unit in range(1, layer.units + 1):
            found += [Ref("weight", number, unit, source) for source in layer.sources]
            if len(found) >= 2:
                return tuple(found[:2])
    return tuple(found) or (Ref("weight", 1, 1, 1),)


def path(study: Study, refs: tuple[Ref, ...], run: str = "", last: int = 0) -> Array:
    """(moves + 1, refs): the weights from the start to the place, without the middle of a long way (`move`); or of
    another run up to before iteration `last`, no further than a way goes."""
    timeline = study.timelines[run or study.run]
    if last:
        return timeline.path(refs, max(1, min(last, MOST_MOVES)))
    path, here = timeline.path(refs, min(timeline.iteration, MOST_MOVES)), timeline.iteration
    begun = timeline.histories[0].start.done  # what was before a resumed place would be run again, all of it
    newest = range(max(len(path), here - _NEWEST, begun) + 1, here + 1) if len(path) == MOST_MOVES else ()
    for at in map(timeline.trace_of, newest):
        path = np.vstack([path, [[at.value(ref) for ref in refs]]])
    trace = study.trace
    new = [ref._replace(kind="new") for ref in refs]
    if all(trace.known(ref, timeline.step) for ref in new) and trace.index_of(new[0]) is not None:
        path = np.vstack([path, [[trace.value(ref) for ref in new]]])
    return path


def move(study: Study, points: Array, at: int) -> int:
    """How many moves have led to a point of the way to the place; of one after a gap, counted from its end."""
    timeline, refs = study.timeline, variables(study.trace)
    new = refs[-1]._replace(kind="new")
    made = timeline.iteration - 1 + (study.trace.index_of(new) is not None and study.trace.known(new, timeline.step))
    return at if at < MOST_MOVES else made - (len(points) - 1 - at)


def parameters(trace: Trace) -> int:
    return int(trace.before.params.size)


def is_planar(trace: Trace) -> bool:
    """Whether E can be drawn over two weights, all that there are."""
    return parameters(trace) <= 2 and len(variables(trace)) == 2


def nothing(words: Words, width: int) -> list[Row]:
    return told(words.say("views.not_here"), width)


def told(text: str, width: int) -> list[Row]:
    """What is said in place of a picture."""
    return [(), *[(Piece(f"  {line}", "dim"),) for line in wrapped(text, width - 3)]]
