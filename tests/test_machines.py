"""Any sequence of what a learner can do, held to a training from nothing and to a session just opened.

The timeline remembers much (records, states on the way, errors, histories between edits) and the session more;
whatever has been done before, the answers are to be those of the shortest way to the place.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from nothing import FromNothing, editable, seen
from strategies import problems, share

from nntutor.core.engine import timeline as timelines
from nntutor.core.engine.edits import Edit
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Chunk
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS
from nntutor.core.rules.mistakes import MISTAKES

# --- the timeline -----------------------------------------------------------------------------------


class TimelineMachine(RuleBasedStateMachine):
    """Edits (often several in one iteration), undo, redo, steps, jumps, runs and restarts, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.late: Chunk | None = None

    def teardown(self) -> None:
        self.patch.undo()

    @initialize(
        problem=problems(errors=("half-squared", "mse"), activations=("sigmoid", "tanh")),
        mistake=st.sampled_from(("", *MISTAKES)),
        forgetful=st.booleans(),
    )
    def begin(self, problem: Problem, mistake: str, forgetful: bool) -> None:
        if forgetful:
            self.patch.setattr(timelines, "KEPT_BYTES", 2000)
            self.patch.setattr(timelines, "CHECKPOINT_BYTES", 2000)
            self.patch.setattr(timelines, "_STEPPED_CHECKPOINT", 3)
        self.place, self.model = Timeline.start(problem, mistake), FromNothing(problem, mistake)
        self.here = (1, 1)

    @rule(iteration=st.integers(1, 5), step=st.integers(1, 60))
    def go(self, iteration: int, step: int) -> None:
        self.place = self.place.to(iteration, step)
        self.here = (iteration, step)

    @rule(count=st.integers(1, 60), on=st.booleans())
    def steps(self, count: int, on: bool) -> None:
        iteration, step = self.place.iteration, self.place.step
        for _ in range(count):
            if on:
                step += 1
                if step > len(self.model.trace(iteration)):
                    iteration, step = iteration + 1, 1
            elif (iteration, step) != (1, 1):
                step -= 1
                if step < 1:
                    iteration, step = iteration - 1, len(self.model.trace(iteration - 1))
        self.place = self.place.forward(count) if on else self.place.back(count)
        self.here = (iteration, step)

    @rule(changes=st.lists(st.tuples(st.integers(0, 99), st.floats(0, 1)), min_size=1, max_size=3), left=st.booleans())
    def edit(self, changes: list[tuple[int, float]], left: bool) -> None:
        """One number or several in this iteration; `left`: and out, and in again."""
        for number, part in changes:
            offered = editable(self.place.problem, self.place.iteration)
            self._edited(*offered[number % len(offered)], part)
        if left:
            self.restart()

    @precondition(lambda self: self.model.done)
    @rule(part=st.floats(0, 1), iteration=st.none() | st.integers(1, 5))
    def edit_the_same_again(self, part: float, iteration: int | None) -> None:
        """In the same iteration, or in another one."""
        if iteration is not None:
            self.go(iteration, 1)
        last = self.model.done[-1].ref
        for ref, most in editable(self.place.problem, self.place.iteration):
            if ref == last:
                self._edited(ref, most, part)

    def _edited(self, ref: Ref, most: float, part: float) -> None:
        self.place = self.place.edit(ref, part * most)
        self.model.edit(Edit(self.place.iteration, ref, part * most))
        assert self.place.trace.value(ref) == part * most
        assert self.place.newest == self.place.iteration, "later iterations are forgotten"

    @rule(kind=st.sampled_from(tuple(NUMBERS)), value=st.integers(1, 4))
    def set(self, kind: str, value: int) -> None:
        if kind == "set_depth" and len(self.place.problem.network.layers) == 1:
            with pytest.raises(ValueError):
                self.place.edit(Ref(kind), value)
            return
        self.place = self.place.edit(Ref(kind), value)
        self.model.edit(Edit(1, Ref(kind), value))

    @precondition(lambda self: self.model.done or self.model.undone)
    @rule(back=st.integers(0, 4), on=st.integers(0, 4))
    def undo_and_redo(self, back: int, on: int) -> None:
        for there in [False] * back + [True] * on:
            self.place = self.place.redo() if there else self.place.undo()
            (self.model.redo if there else self.model.undo)()
            self.the_place_is_where_it_was_left()  # where an iteration has fewer steps, at its last one

    @rule()
    def restart(self) -> None:
        old = self.place
        self.place = Timeline.resumed(old.original, old.mistake, old.edits, old.iteration, old.step, old.trace.before)
        self.model.undone = []

    @rule(count=st.integers(1, 8), late=st.booleans())
    def run(self, count: int, late: bool) -> None:
        """Beside the screen: `late`, what it did is heard of only when other things have happened."""
        newest, chunk = self.place.newest, self.place.runner().chunk(count)
        if late:
            self.late, chunk = chunk, self.late
        taken = chunk is not None and self.place.extended(chunk)
        assert late or (taken and self.place.newest == newest + count)

    @rule(last=st.integers(1, 8))
    def look(self, last: int) -> None:
        assert seen(self.place.trace_of(last)) == seen(self.model.trace(last))
        ref = Ref("weight", 1, 1, 1)
        expected = [self.model.trace(iteration) for iteration in range(1, last + 1)]
        assert self.place.errors_until(last).tolist() == [trace.error for trace in expected]
        assert self.place.path((ref,), last).tolist()[:last] == [[trace.value(ref)] for trace in expected]

    @invariant()
    def the_place_is_where_it_was_left(self) -> None:
        iteration, step = self.here
        self.here = (iteration, min(step, len(self.place.trace)))
        assert (self.place.iteration, self.place.step) == self.here

    @invariant()
    def the_numbers_are_those_of_a_training_from_nothing(self) -> None:
        assert seen(self.place.trace) == seen(self.model.trace(self.place.iteration))
        self.model.trace(max(1, self.place.newest))
        for iteration, error in enumerate(self.place.errors, 1):
            assert np.isnan(error) or error == self.model.trace(iteration).error


TestTimeline = TimelineMachine.TestCase
TestTimeline.settings = share(2)
