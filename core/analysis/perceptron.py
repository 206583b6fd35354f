"""Where Rosenblatt's rule ends: it gets every row right, or it comes back to where it was.

The rule has no other end on a few rows of 0 and 1: its weights move on a grid, and the same weights before the
same row lead to the same updates for ever. Finding that place is all this room does; the updates themselves are
iterations like any other (error "perceptron").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.problems.network import Problem

_LIMIT = 10_000


@dataclass(frozen=True)
class End:
    """How it ends. learned: every row is right from iteration `first` on; `last` is the end of that epoch.

    Otherwise the weights before iteration `last` are those before iteration `first`, and the same row is next;
    `updates` of the iterations between changed a weight: none where nothing moves though a row is wrong.
    """

    learned: bool
    first: int
    last: int
    updates: int


def end(problem: Problem, start: State | None = None, limit: int = _LIMIT) -> End | None:
    """The end of a problem's training from `start` on; None where it is not reached within `limit` iterations."""
    engine = Engine(problem)
    state = start or engine.start()
    engine.load(state)
    epoch = problem.epoch_iterations
    seen: dict[tuple[bytes, int], int] = {}
    changes: list[int] = []
    quiet = state.done + 1
    with np.errstate(all="ignore"):
        for iteration in range(state.done + 1, state.done + 1 + limit):
            before = engine.params.tobytes()
            # A rule that has learned comes back to the same weights as well: that is no cycle.
            if iteration - quiet >= epoch:
                return End(True, quiet, iteration - 1, len(changes))
            earlier = seen.setdefault((before, (iteration - 1) % epoch), iteration)
            if earlier != iteration and not problem.shuffle:
                return End(False, earlier, iteration, sum(earlier <= change < iteration for change in changes))
            program = engine.prepare(iteration)
            program.run()
            changed = engine.params.tobytes() != before
            if changed:
                changes.append(iteration)
            if changed or program.error != 0:  # with a rate of 0 a wrong answer moves nothing
                quiet = iteration + 1
    return None
