"""Where we are among iterations and steps, and how we got there.

A `Timeline` is a frozen value: a place, and the edits that were made. Going back is another place in
the same history. What is costly to make again lies in a `History`, which timelines of the same one share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nntutor.core import expected
from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.edits import Edit, changes, effective, is_fit, is_given, with_edits, with_given, with_settings
from nntutor.core.engine.history import History
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace
from nntutor.core.engine.training import Chunk, Runner
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS
from nntutor.core.rules.mistakes.spelling import is_known


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
        """The first step of the first iteration. TypeError for what is no problem, ValueError for no mistake."""
        expected.a(Problem, "problem", problem, "a Problem, as nntutor.read gives it")
        expected.a(str, "mistake", mistake, "a text")
        if mistake and not is_known(mistake, len(problem.network.layers)):
            raise ValueError(f"mistake {expected.spelled(mistake)}: there is none such")
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
        earlier: Timeline = oldest.earlier
        return earlier

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
        """`count` steps on, into the next iterations; a diverged iteration is the last.

        TypeError for what is no whole number.
        """
        place = self
        for _ in range(expected.index("count", count)):
            if place.step < len(place.trace):
                place = replace(place, step=place.step + 1)
            elif not place.trace.diverged:
                place = place.to(place.iteration + 1)
            else:
                break
        return place

    def back(self, count: int = 1) -> Timeline:
        """`count` steps back, down to the first step of all. TypeError for what is no whole number."""
        place = self
        for _ in range(expected.index("count", count)):
            if place.step > 1:
                place = replace(place, step=place.step - 1)
            elif place.iteration > 1:
                earlier = replace(place, iteration=place.iteration - 1)
                place = replace(earlier, step=len(earlier.trace))
            else:
                break
        return place

    def to(self, iteration: int, step: int = 1) -> Timeline:
        """The place at (iteration, step), or the nearest that there is; iterations not yet run are run.

        TypeError for what is no whole number.
        """
        iteration, step = max(expected.index("iteration", iteration), 1), expected.index("step", step)
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
        which always counts from iteration 1. KeyError for others; ValueError for a setting or target that cannot be
        and for what is no finite number; TypeError for what is no Ref.
        """
        expected.a(Ref, "ref", ref, "a Ref, as trace.find gives it")
        value = expected.number("value", value)
        if ref.kind in NUMBERS:
            with_given(self.problem, ref, value)
            return self._with((*self.edits, Edit(1, ref, value)), ())
        if not is_given(self.problem, ref):
            raise KeyError(ref)
        if not is_fit(self.problem, ref, value):
            raise ValueError(value)
        return self._with((*self.edits, Edit(self.iteration, ref, value)), ())

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
