"""Where we are among iterations and steps, and how we got there.

A `Timeline` is a frozen value: a place, and the edits that were made. Going back is another place in
the same history. What is costly to make again (records, states on the way, errors) lies in a store
that timelines of the same history share: it only remembers, so whether something is in it or has to be
replayed changes how long an answer takes, never the answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.edits import Edit, changes, effective, is_fit, is_given, with_edits, with_given, with_settings
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import Chunk, Runner, replay, run, tracked
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS

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
        self.earlier: Timeline | None = None
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
            if (missing := iteration - 1 - self.newest) > 0 and self.diverged is None:
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
            self._bytes -= self._records.popitem(last=False)[1].size

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


@dataclass(frozen=True, eq=False)
class Timeline:
    """A place, iteration and step (both from 1), in the histories between edits, oldest first."""

    original: Problem
    mistake: str = ""
    histories: tuple[History, ...] = ()
    iteration: int = 1
    step: int = 1
    edits: tuple[Edit, ...] = ()
    undone: tuple[Edit, ...] = ()

    def __repr__(self) -> str:
        return f"<timeline at step {self.step} of iteration {self.iteration}, {len(self.edits)} edits>"

    @classmethod
    def start(cls, problem: Problem, mistake: str = "") -> Timeline:
        """The first step of the first iteration."""
        return cls(problem, mistake, (History(problem, mistake, None, frozenset()),))

    @classmethod
    def resumed(
        cls, problem: Problem, mistake: str, edits: tuple[Edit, ...], iteration: int, step: int, state: State
    ) -> Timeline:
        """A place as it was left, from the state before its iteration; nothing before it is run again.

        slots may have any shape. ValueError for the state of another network than the problem with these edits.
        """
        behind = tuple(edit for edit in effective(edits) if edit.iteration <= iteration)
        given = with_edits(problem, behind)
        here = frozenset(edit.ref for edit in behind if edit.iteration == iteration)
        own = Engine(given, mistake).start()
        if (state.params.size, state.slots.size) != (own.params.size, own.slots.size):
            raise ValueError("the state of another network")
        history = History(given, mistake, replace(state, slots=state.slots.reshape(own.slots.shape)), here)
        return cls(problem, mistake, (history,), iteration, 1, behind)._with(edits, ()).to(iteration, step)

    @property
    def problem(self) -> Problem:
        """The problem as it is in the current iteration, edits included."""
        return self._history_of(self.iteration).engine.problem

    @property
    def is_original(self) -> bool:
        """Whether every given number is as the original problem has it."""
        return not changes(self.original, self.edits)

    @property
    def is_unbroken(self) -> bool:
        """Whether no given number has been changed on the way: what is at the place came of its iterations alone."""
        return self.is_original or all(edit.iteration == 1 for edit in self.in_force)

    @property
    def in_force(self) -> tuple[Edit, ...]:
        """The edits that no other one has made forgotten, by iteration."""
        return effective(self.edits)

    @property
    def trace(self) -> Trace:
        return self.trace_of(self.iteration)

    def trace_of(self, iteration: int) -> Trace:
        """The record of any iteration (from 1); those before it are run where they have not been.

        IndexError for an iteration after the one in which training diverged.
        """
        history = self._history_of(iteration)
        if history.reach(iteration) != iteration:
            raise IndexError(iteration)
        return history.trace(iteration)

    def _history_of(self, iteration: int) -> History:
        for history in reversed(self.histories):
            if history.first <= iteration:
                return history
        return self.earlier._history_of(iteration)

    def missing(self, iteration: int) -> int:
        """How many iterations are run again before the record of one can be made that lies before a resumed place."""
        oldest = self.histories[0]
        known = iteration if iteration >= oldest.first else oldest.earlier.newest if oldest.earlier else 0
        return max(0, iteration - 1 - known)

    @property
    def earlier(self) -> Timeline:
        """What came before a resumed place: run again only when somebody goes there."""
        oldest = self.histories[0]
        if oldest.earlier is None:
            edits = tuple(edit for edit in effective(self.edits) if edit.iteration < oldest.first)
            oldest.earlier = Timeline.start(self.original, self.mistake)._with(edits, ())
        return oldest.earlier

    @property
    def begun(self) -> tuple[Problem, State]:
        """The problem and the state from which the newest iteration is reached without an edit."""
        history = self.histories[-1]
        if len(self.histories) == 1 and history.start.done and not history.edited:  # resumed on the way
            return self.earlier.begun
        return history.engine.problem, history.start

    @property
    def newest(self) -> int:
        """The last iteration that has been run."""
        return self.histories[-1].newest

    @property
    def diverged(self) -> int | None:
        """The iteration in which training stopped being finite."""
        return self.histories[-1].diverged

    @property
    def errors(self) -> Array:
        """E of iterations 1 to the newest; nan where a resumed place has not looked yet."""
        ends = [history.start.done for history in self.histories[1:]] + [self.newest]
        before = self.histories[0].earlier
        known = np.full(self.histories[0].start.done, np.nan)
        if before is not None:
            known[: before.newest] = before.errors[: len(known)]
        parts = [history.errors[: end - history.start.done] for history, end in zip(self.histories, ends, strict=True)]
        return frozen(np.concatenate([known, *parts]))

    def path(self, refs: tuple[Ref, ...], last: int) -> Array:
        """(last, refs): weights as they were before iterations 1 to `last`; run where they have not been.

        Fewer rows where training diverges before.
        """
        last = self._history_of(last).reach(last)
        before = min(last, self.histories[0].start.done)
        parts = [self.earlier.path(refs, before)] if before else []
        ends = [history.start.done for history in self.histories[1:]] + [last]
        for history, end in zip(self.histories, ends, strict=True):
            if history.first <= min(end, last):
                parts.append(history.path(refs, min(end, last)))
        return frozen(np.concatenate(parts))

    def errors_until(self, last: int) -> Array:
        """E of iterations 1 to `last`; run where they have not been, fewer where training diverges before."""
        self._history_of(last).reach(last + 1)
        before = min(last, self.histories[0].start.done)
        if before:
            self.earlier.errors_until(before)
        return self.errors[:last]

    # --- moving ----------------------------------------------------------------------------------

    def forward(self, count: int = 1) -> Timeline:
        """`count` steps on, into the next iterations; a diverged iteration is the last."""
        place = self
        for _ in range(count):
            if place.step < len(place.trace):
                place = replace(place, step=place.step + 1)
            elif not place.trace.diverged:
                place = place.to(place.iteration + 1)
            else:
                break
        return place

    def back(self, count: int = 1) -> Timeline:
        """`count` steps back, down to the first step of all."""
        place = self
        for _ in range(count):
            if place.step > 1:
                place = replace(place, step=place.step - 1)
            elif place.iteration > 1:
                earlier = replace(place, iteration=place.iteration - 1)
                place = replace(earlier, step=len(earlier.trace))
            else:
                break
        return place

    def to(self, iteration: int, step: int = 1) -> Timeline:
        """The place at (iteration, step), or the nearest that there is; iterations not yet run are run."""
        iteration = max(iteration, 1)
        iteration = self._history_of(iteration).reach(iteration)
        moved = replace(self, iteration=iteration)
        return replace(moved, step=min(max(step, 1), len(moved.trace)))

    # --- running ---------------------------------------------------------------------------------

    def runner(self) -> Runner:
        """Runs on from the newest iteration in memory of its own, so that it may run beside the screen."""
        history = self.histories[-1]
        return Runner(history.engine.fork(), history.state_before(history.newest + 1))

    def extended(self, chunk: Chunk) -> bool:
        """Take in a chunk if it starts where the newest iteration ends; whether it did."""
        history = self.histories[-1]
        ours = chunk.engine.original is history.engine
        if not ours or chunk.state.done - len(chunk.errors) != history.newest or history.diverged is not None:
            return False
        history.extend(chunk)
        return True

    # --- editing ---------------------------------------------------------------------------------

    def edit(self, ref: Ref, value: float) -> Timeline:
        """A given number of the current iteration replaced; it is run again, later ones are forgotten.

        ref: a weight or bias before the iteration, an input, a target, a rate, or a setting (depth, seed, batch),
        which always counts from iteration 1. KeyError for others; ValueError for a setting or target that cannot be.
        """
        if ref.kind in NUMBERS:
            with_given(self.problem, ref, value)
            return self._with((*self.edits, Edit(1, ref, float(value))), ())
        if not is_given(self.problem, ref):
            raise KeyError(ref)
        if not is_fit(self.problem, ref, value):
            raise ValueError(value)
        return self._with((*self.edits, Edit(self.iteration, ref, float(value))), ())

    def undo(self) -> Timeline:
        """Without the last edit."""
        return self._with(self.edits[:-1], (*self.undone, self.edits[-1])) if self.edits else self

    def undo_all(self) -> Timeline:
        """Without any edit, as many times undone."""
        return self._with((), (*self.undone, *reversed(self.edits)))

    def redo(self) -> Timeline:
        """With the edit that was undone last."""
        return self._with((*self.edits, self.undone[-1]), self.undone[:-1]) if self.undone else self

    def edited(self, edits: tuple[Edit, ...]) -> Timeline:
        """The same place under these edits instead of its own. KeyError, IndexError where they do not fit."""
        return self._with(edits, ())

    def _with(self, edits: tuple[Edit, ...], undone: tuple[Edit, ...]) -> Timeline:
        """The same place under other edits; histories that no change reaches are kept."""
        old, new = effective(self.edits), effective(edits)
        same = 0
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        changed = [edit.iteration for edit in (*old[same:], *new[same:])]
        if not changed:
            return replace(self, edits=edits, undone=undone)
        reach = min(changed)
        kept = tuple(history for history in self.histories if history.first < reach)
        if not kept:
            resumed = self.histories[0].unedited or self.histories[0]
            again = {edit.ref for edit in new if edit.iteration == reach}
            if not (1 < reach == resumed.first and resumed.edited <= again):  # else nothing before it is run again
                resumed, reach = History(self.original, self.mistake, None, frozenset()), 1
            kept = (resumed,)
        for iteration in sorted({edit.iteration for edit in new if edit.iteration >= reach}):
            kept = self._edited(kept, iteration, [edit for edit in new if edit.iteration == iteration])
        place = replace(self, histories=kept, edits=edits, undone=undone)
        return place.to(self.iteration, self.step)

    def _edited(self, kept: tuple[History, ...], iteration: int, edits: list[Edit]) -> tuple[History, ...]:
        """The histories up to an iteration, and one that starts there with these edits."""
        base = kept[-1]
        base.reach(iteration)
        before, settings = base.state_before(iteration), dict[str, float]()
        problem, params, slots, layout = base.engine.problem, before.params.copy(), before.slots, base.engine.layout
        for edit in edits:
            if edit.ref.kind == "weight":
                part = "weight" if edit.ref.input else "bias"
                place = (edit.ref.unit - 1, edit.ref.input - 1)[: 2 if edit.ref.input else 1]
                if (part, edit.ref.layer) in layout.places:
                    layout.view(params, part, edit.ref.layer)[place] = edit.value
                continue
            if edit.ref.kind not in NUMBERS:
                problem = with_given(problem, edit.ref, edit.value)
            else:
                settings[NUMBERS[edit.ref.kind]] = edit.value
                former, problem = problem.network, with_settings(problem, self.original, settings)
                started = (fresh := Engine(problem, self.mistake)).start()
                params = layout.kept(params, former, fresh.layout, started.params, problem.network)
                layout, slots = fresh.layout, started.slots
        state = State(before.done, frozen(params), slots)
        history = History(problem, self.mistake, state, frozenset(edit.ref for edit in edits))
        if 1 < iteration == base.first:
            history.unedited, history.earlier = base, base.earlier
        return (*(one for one in kept if one.first < iteration), history)
