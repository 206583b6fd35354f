"""Any sequence of what a learner can do, held to a training from nothing and to a session just opened.

The timeline remembers much (records, states on the way, errors, histories between edits) and the session more;
whatever has been done before, the answers are to be those of the shortest way to the place.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import screens
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from nothing import FromNothing, editable, seen
from screens import update
from strategies import problems, share

from nntutor.core.engine import history as histories
from nntutor.core.engine.edits import Edit
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Chunk, Runner
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import NUMBERS
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import RANGES, in_range
from nntutor.lessons.course import load
from nntutor.lessons.language.cells import cells
from nntutor.tui import lint
from nntutor.tui.state import study as at
from nntutor.tui.state import views
from nntutor.tui.state.commands import COMMANDS
from nntutor.tui.state.panels import Why
from nntutor.tui.state.session import Action, Home, Opened, Press, Ran, Resized, Session, Tick, Typed

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
            self.patch.setattr(histories, "KEPT_BYTES", 2000)
            self.patch.setattr(histories, "CHECKPOINT_BYTES", 2000)
            self.patch.setattr(histories, "_STEPPED_CHECKPOINT", 3)
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
        if ref.kind in RANGES and not in_range(ref.kind, part * most):
            with pytest.raises(ValueError, match="expected a number"):
                self.place.edit(ref, part * most)
            return
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
TestTimeline.settings = share(0.5)


# --- the session ------------------------------------------------------------------------------------

MOVES = (
    "continue", "step", "back", "unit_next", "unit_previous", "phase_next", "phase_previous", "iteration_next",
    "iteration_previous", "first", "last", "backspace", "stop_previous",
)  # fmt: skip
CHANGES = ("more", "less", "halve", "double", "reset", "undo", "redo")
LOOKS = ("view", "zoom", "digits", "language")
SET = (
    "w1 = 0.5", "w2 = 2·w2", "w1 = 0.25", "η = 0.125", "x1 = 0.5", "t1 = 0.25", "b_h1 = 1", "batch = 2", "seed = 3",
    "depth = 2", "w99 = 1", "E = 0",
)  # fmt: skip
PLACES = ("iteration 1", "iteration 2", "iteration 4", "step 1", "step 7", "E", "w1", "net_o1", "w99")
PANELS = ("why", "check", "run", "goto", "edit", "help", "glossary", "palette", "search")
ACTIONS = tuple(Press(command.action) for command in COMMANDS)
TEXTS = tuple(map(Typed, (*SET, *PLACES, "0.01", "1e-30", "xor", "w", "9" * 120, "가", "")))
PICKS = ("unit_next", "unit_previous", "continue", "backspace")
SIZES = (80, 24), (120, 40), (40, 12), (30, 10), (1, 1), (1, 24), (80, 1), (2, 3), (20, 5), (110, 60)
SIZED = tuple(Resized(*size) for size in SIZES)
TICK = "a second of what plays"
RAN = "a chunk of the run on its way"


def settled(session: Session) -> Session:
    """With no run on its way: one that trains is at its end, one of many seeds is stopped."""
    study = session.study
    seeds = study is not None and study.running is not None and study.running.seeds
    return screens.pressed(session, "escape") if seeds else lint.ran(session)


def facts(study: at.Study) -> tuple[object, ...]:
    """What a learner has made of a lesson, seen or not."""
    runs = {run: (one.iteration, one.step, one.edits) for run, one in study.timelines.items()}
    here = (study.run, study.stop, study.visited, study.view, study.zoom, study.page, study.trail, study.reached_here)
    return (*here, runs)


at_rest = precondition(lambda self: self.rests())


class SessionMachine(RuleBasedStateMachine):
    """Keys and typed lines in any order, in any lesson."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(
        of=st.sampled_from([lesson.id for lesson in load.lessons()]) | problems(),
        size=st.sampled_from(SIZED),
        style=st.sampled_from(Style),
    )
    def begin(self, of: str | Problem, size: Resized, style: Style) -> None:
        self.session = Session(Home(load.lessons()), style=style, width=size.width, height=size.height)
        self.open(of)

    def open(self, of: str | Problem) -> None:
        """A lesson or a problem; its runs are kept once more, untouched."""
        study, other = ((screens.of_lesson if isinstance(of, str) else screens.of_problem)(of).study for _ in range(2))
        assert study is not None and other is not None
        self.of, self.untouched = of, other.timelines
        self.runner: tuple[int, Runner] = (0, study.runner())
        self.session = update(self.session, Opened(study))

    @property
    def study(self) -> at.Study:
        assert self.session.study is not None
        return self.session.study

    def trained(self, run: str, timeline: Timeline) -> Timeline:
        """The same place of a run with nothing remembered of how it was reached."""
        again = self.untouched[run]
        if timeline.edits:
            again = Timeline.start(timeline.original, timeline.mistake)
        for edit in timeline.edits:
            again = again.to(edit.iteration).edit(edit.ref, edit.value)
        if self.study.running is not None and run == self.study.run:
            again.errors_until(timeline.newest)
        return again.to(timeline.iteration, timeline.step)

    def rests(self) -> bool:
        """In a lesson or problem with nothing open over it and nothing running."""
        study, session = self.session.study, self.session
        over = session.palette or session.search or session.practice or session.ending
        return study is not None and not (study.panel or study.running or study.playing or over)

    @rule(
        actions=st.lists(
            st.sampled_from(ACTIONS) | st.sampled_from((*TEXTS, *SIZED, RAN, TICK)), min_size=5, max_size=30
        )
    )
    def do_anything(self, actions: list[Action | str]) -> None:
        """Whatever a learner and a terminal can do, in a lesson, in a panel, in the list, while a run is on its way."""
        for action in actions:
            if action == TICK:
                self.session = update(self.session, Tick(self.session.study.plays if self.session.study else 0))
            elif isinstance(action, str):
                self.ran()
            else:
                self.session = update(self.session, action)
            wanted, self.session = self.session.wanted, replace(self.session, leaving=False)
            if wanted is not None:
                self.open(wanted.lesson)  # as the app does
            self.screen()
            self.all_is_there()

    def all_is_there(self) -> None:
        """Places, and what is picked."""
        study = self.session.study
        for one in study.timelines.values() if study else ():
            assert 1 <= one.step <= len(one.trace) and one.iteration <= (one.diverged or one.iteration)
        if study and isinstance(study.panel, Why):
            assert study.panel.picked < max(1, len(study.step.operands))

    def ran(self) -> None:  # as the app has it from the background
        study = self.session.study
        if study is None or (running := study.running) is None:
            return
        if self.runner[0] != running.number:
            self.runner = running.number, study.runner()
        runner = self.runner[1]
        chunk = runner.chunk(min(max(0, running.target - runner.state.done), 40), goal=running.goal)
        self.session = update(self.session, Ran(running.number, chunk))

    @precondition(lambda self: not self.rests())
    @rule()
    def rest(self) -> None:
        """Back in the lesson, with nothing open and nothing running."""
        self.session = screens.pressed(self.session, *["escape"] * 5)
        if self.session.study is None:
            self.open(self.of)
        assert self.rests()

    def press(self, *actions: str) -> None:
        for action in actions:
            before = self.study
            self.session = settled(screens.pressed(self.session, action))
            now = self.study
            self.all_is_there()
            if (now.run, now.place, now.stop) != (before.run, before.place, before.stop):
                assert now.page == 0, "another text begins with its first page"
            if now.run == before.run and now.timeline.edits != before.timeline.edits:
                assert now.reached_here <= now.timeline.iteration, "later iterations are forgotten"
                if now.trace.problem.network.sizes == before.trace.problem.network.sizes:
                    assert now.step.ref[:4] == before.step.ref[:4], "the step makes the same number"

    @at_rest
    @rule(actions=st.lists(st.sampled_from((*MOVES, *CHANGES, *LOOKS)), min_size=1, max_size=8))
    def press_keys(self, actions: list[str]) -> None:
        self.press(*actions)

    @at_rest
    @rule(lines=st.lists(st.sampled_from(SET), min_size=1, max_size=2), after=st.sampled_from(("", *CHANGES)))
    def set(self, lines: list[str], after: str) -> None:
        for line in lines:
            self.press("edit")
            self.session = update(self.session, Typed(line))
            self.press("continue", "escape")
        if after:
            self.press(after)
        assert after != "reset" or not any(one.edits for one in self.study.timelines.values())

    @at_rest
    @rule(line=st.sampled_from(PLACES))
    def go(self, line: str) -> None:
        self.press("goto")
        self.session = update(self.session, Typed(line))
        self.press("continue", "escape")

    @at_rest
    @rule(down=st.integers(0, 3), back=st.booleans())
    def jump_and_come_back(self, down: int, back: bool) -> None:
        place = self.study.place
        self.press("why", *["unit_next"] * down, "continue", "escape")
        if back and self.study.place != place:
            self.press("backspace")
            assert self.study.place == place

    @at_rest
    @rule(place=st.sampled_from(MOVES), keys=st.lists(st.sampled_from(PICKS), min_size=5, max_size=30))
    def ask_why(self, place: str, keys: list[str]) -> None:
        self.press(place, "why", *keys, "escape")

    @at_rest
    @rule(size=st.sampled_from(SIZED))
    def resize(self, size: Resized) -> None:
        same = (self.session.width, self.session.height) == (size.width, size.height)
        self.session = update(self.session, size)
        assert same or self.study.page == 0, "its pages are others now"

    @at_rest
    @rule()
    def run(self) -> None:
        self.press("run", "continue")

    @at_rest
    @rule(panel=st.sampled_from(PANELS), keys=st.lists(st.sampled_from(("unit_next", "unit_previous")), max_size=4))
    def look_into(self, panel: str, keys: list[str]) -> None:
        """What is opened and closed leaves everything as it was."""
        before = facts(self.study), screens.lines(screens.without_note(self.session))
        self.press(panel)
        if panel in ("palette", "search") or self.study.panel is not None:
            self.press(*(keys if panel != "check" else ()))  # it takes neither, so they would go through the units
            self.screen()
            self.press("escape")
        assert (facts(self.study), screens.lines(screens.without_note(self.session))) == before

    @at_rest
    @rule()
    def restart(self) -> None:
        """Left and begun again: the same screen."""
        again = settled(screens.resumed(Path(self.folder.name), self.session))
        assert again.study is not None and facts(again.study) == facts(self.study)
        # Of a way that is long to run again, a curve shows only what has been run since.
        if self.study.reached_here * self.study.trace.before.params.size <= views._REPLAYED:
            assert screens.lines(screens.without_note(again)) == screens.lines(screens.without_note(self.session))
            self.session = again

    def screen(self) -> list[str]:
        """What is shown, which fits."""
        lines = screens.lines(self.session)
        assert len(lines) == self.session.height
        assert all(cells(line) <= self.session.width for line in lines)
        return lines

    @invariant()
    def the_screen_is_that_of_a_training_from_nothing(self) -> None:
        shown = self.screen()
        study = self.session.study
        if study is not None and max(max(one.iteration, one.newest) for one in study.timelines.values()) <= 300:
            trained = {run: self.trained(run, one) for run, one in study.timelines.items()}
            fresh = replace(self.session, study=replace(study, timelines=trained))
            assert screens.lines(fresh) == shown


TestSession = SessionMachine.TestCase
TestSession.settings = share(0.3)
