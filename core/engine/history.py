"""What is remembered of one problem between one edit and the next: records, states on the way, errors.

It only remembers: whether something is in it or has to be replayed changes how long an answer takes, never the answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import Chunk, replay, run, tracked
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem

KEPT_BYTES = CHECKPOINT_BYTES = 8 * 2**20
# Stepping is slow, so a state every so many iterations that were stepped through is enough.
_STEPPED_CHECKPOINT = 64


class History:
    """What is remembered of one problem between one edit and the next.

    Iterations from `first` on are run on `problem`; `start` is the state before `first`, `edited` what
    was set there. Holds records (newest first, up to 8 MB), checkpoints and errors; of the first history of a
    resumed place `earlier` is what came before, once somebody has gone there, `unedited` that history before its
    first iteration was edited. One thread at a time makes something new, in the one memory of the engine.
    """

    def __init__(self, problem: Problem, mistake: str, start: State | None, edited: frozenset[Ref]) -> None:
        self.engine = Engine(problem, mistake)
        self.start = start or self.engine.start()
        self.edited = edited
        self.earlier: Any = None  # a Timeline, which knows histories: typed here, the imports would be a circle
        self.unedited: History | None = None
        self.checkpoints: list[State] = [self.start]
        self.errors = np.empty(0)
        self.diverged: int | None = None
        self._records: OrderedDict[int, Trace] = OrderedDict()
        self._bytes = 0
        self._paths: dict[tuple[Ref, ...], Array] = {}

    @property
    def first(self) -> int:
        return self.start.done + 1

    @property
    def newest(self) -> int:
        """The last iteration that has been run."""
        return self.start.done + len(self.errors)

    def trace(self, iteration: int) -> Trace:
        """The record of an iteration, kept or made again."""
        with self.engine.alone:
            found = self._records.get(iteration)
            if found is None:
                before, edited = self.state_before(iteration), self.edited if iteration == self.first else frozenset()
                if self._bytes > KEPT_BYTES:  # a single one, which two of would be too much
                    self._records, self._bytes = OrderedDict(), 0
                found = record(self.engine, before, edited)
                self._remember(found)
            self._records.move_to_end(iteration)
            return found

    def state_before(self, iteration: int) -> State:
        """The state that an iteration starts from; what comes before it has been run (see `reach`)."""
        done = iteration - 1
        with self.engine.alone:
            earlier = self._records.get(done)
            if earlier is not None:
                return after(earlier)
            place = bisect_right(self.checkpoints, done, key=lambda state: state.done) - 1
            return replay(self.engine, self.checkpoints[place], done)

    def reach(self, iteration: int) -> int:
        """Run on until `iteration` can be recorded; the nearest iteration that can be, where it cannot."""
        with self.engine.alone:
            missing = iteration - 1 - self.newest
            if missing > 0 and self.diverged is None:
                self.extend(run(self.engine, self.state_before(self.newest + 1), missing))
        return iteration if self.diverged is None else min(iteration, self.diverged)

    def path(self, refs: tuple[Ref, ...], last: int) -> Array:
        """(iterations, refs): weights as they were before iterations `first` to `last`; grown as it is asked for."""
        wanted = last - self.start.done
        with self.engine.alone:
            known = self._paths.get(refs, np.empty((0, len(refs))))
            if len(known) < wanted:
                fresh = tracked(self.engine, self.state_before(self.first + len(known)), refs, wanted - len(known))
                known = self._paths[refs] = np.concatenate([known, fresh])
            return known[:wanted]

    def _remember(self, trace: Trace) -> None:
        self._records[trace.iteration] = trace
        self._bytes += trace.size
        if trace.iteration == self.newest + 1:
            self.errors = np.append(self.errors, trace.error)
            if trace.diverged:
                self.diverged = trace.iteration
            if trace.iteration - self.checkpoints[-1].done > _STEPPED_CHECKPOINT:
                self.checkpoints.append(trace.before)
        while self._bytes > KEPT_BYTES and len(self._records) > 1:
            _, oldest = self._records.popitem(last=False)
            self._bytes -= oldest.size

    def extend(self, chunk: Chunk) -> None:
        """Take in a run that started at the newest state."""
        self.errors = np.concatenate([self.errors, chunk.errors])
        self.checkpoints += [*chunk.checkpoints, chunk.state]
        self.diverged = chunk.diverged
        size = sum(state.params.nbytes + state.slots.nbytes for state in self.checkpoints)
        while size > CHECKPOINT_BYTES and len(self.checkpoints) > 2:
            # Every other one goes: going back then replays twice as much at most.
            self.checkpoints = [*self.checkpoints[:-1:2], self.checkpoints[-1]]
            size = sum(state.params.nbytes + state.slots.nbytes for state in self.checkpoints)
