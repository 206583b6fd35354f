"""Find the bug: an iteration recorded under one mistake of the table, in which the first wrong line is to be marked.

Numbers are drawn until that line really is another one to the digits that are shown, and no other mistake of the table
gives all lines. The iterations before are right, so a mistake that shows in a later one only is looked for there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from zlib import crc32

import numpy as np

from nntutor.core.analysis.gradient_check import Check, check
from nntutor.core.analysis.mistaken import at_step, step_of
from nntutor.core.engine.program import Engine
from nntutor.core.engine.step import Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, record
from nntutor.core.notation.kinds import GRADIENT, KINDS, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course.practice import given_numbers
from nntutor.lessons.course.questions import agree
from nntutor.lessons.course.series import Draw

DIGITS = 3
"""Significant digits in which the first wrong line differs from the right one, and from every other mistake."""
NUDGES = ("phase", "kind", "answer")
"""What helps, in this order: in which phase and layer it is, what kind of number, which line."""
_DRAWS = 200
_NONE = 1e-12  # what rounding leaves of a 0
_GIVEN = {"out": 0, "weight": 1, "target": 2}
_CHECKED = {gradient: kind for kind, gradient in GRADIENT.items()} | {"slope": "net"}


@dataclass(frozen=True)
class Hunt:
    """One skill: an iteration of such a problem, under one of these mistakes.

    lesson: the one that it belongs to. optimizer: of the problems in which it can be asked as well. iteration: which
    one is recorded.
    """

    id: str
    lesson: str
    optimizer: str
    problem: Callable[[Draw], Problem]
    mistakes: tuple[str, ...]
    iteration: int = 1


@dataclass(frozen=True, eq=False)
class Bug:
    """An iteration of a hunt: as it was recorded under the mistake, and as it should be from the same numbers."""

    hunt: Hunt
    seed: int
    trace: Trace
    right: Trace

    @property
    def mistake(self) -> str:
        """Its name in the table, without variant and layer."""
        return self.trace.mistake.partition("@")[0].partition(":")[0]

    @cached_property
    def line(self) -> int:
        """The first wrong line: the step, from 1, whose number the right rules do not give; all before it agree.

        0 where the numbers hide the mistake.
        """
        return next((index for index in range(1, len(self.trace) + 1) if not self.is_right(index)), 0)

    def is_right(self, index: int) -> bool:
        """Whether a line has the number that the right rules give."""
        ref = self.trace.ref(index)
        return self.trace.value(ref) == self.right.value(ref)

    @property
    def step(self) -> Step:
        """The first wrong line."""
        return self.trace.step(self.line)

    @property
    def rule(self) -> Step:
        """The same line as the right rules make it."""
        return step_of(self.right, self.trace.ref(self.line))

    @cached_property
    def check(self) -> Check:
        """The gradient check of what that line is about: a unit's out or net, or the weight that it moves."""
        ref = self.trace.ref(self.line)
        kind = "weight" if ref.kind in PER_WEIGHT else _CHECKED[ref.kind]
        return check(self.trace, ref._replace(kind=kind))

    @property
    def given(self) -> tuple[Ref, ...]:
        """Every number that some line uses and none makes: inputs, weights, targets, rates, what is remembered."""
        used = (operand.ref for step in self.trace for operand in step.operands)
        found = given_numbers(ref for ref in used if self.trace.index_of(ref) is None)
        return tuple(sorted(found, key=lambda ref: _GIVEN.get(ref.kind, len(_GIVEN) + bool(KINDS[ref.kind].before))))

    def line_of(self, text: str) -> int | None:
        """The line that is named by its number or by what it makes; None for none."""
        if text.isdecimal():
            return int(text) if len(text) <= 4 and 1 <= int(text) <= len(self.trace) else None
        ref = self.trace.find(text)
        if ref is None:
            return None
        found = self.trace.index_of(ref)
        return self.trace.index_of(ref._replace(kind="new")) if found is None and ref.kind == "weight" else found


@dataclass(frozen=True)
class Hunting:
    """A bug while it is looked for. marks: the lines that have been marked; marked: the last one, 0 where something
    else was done after it. tries, hints, outcome: as of a question (`asking`)."""

    bug: Bug
    marks: tuple[int, ...] = ()
    marked: int = 0
    tries: int = 0
    hints: int = 0
    outcome: str = ""

    def mark(self, line: int) -> Hunting:
        """The same after a line has been marked; a wrong one brings the next nudge, but not the same one twice."""
        if line in self.marks:
            return replace(self, marked=line)
        marked = replace(self, marks=(*self.marks, line), marked=line)
        if line == self.bug.line:
            return replace(marked, outcome="helped" if self.tries or self.hints else "right")
        return replace(marked, tries=self.tries + 1)._nudged()

    def hint(self) -> Hunting:
        """The same with the next nudge, asked for; the last one is the answer."""
        return replace(self, marked=0)._nudged()

    def skip(self) -> Hunting:
        return replace(self, outcome="skipped")

    def _nudged(self) -> Hunting:
        hints = self.hints + 1
        return replace(self, hints=hints, outcome="shown" if hints == len(NUDGES) else "")

    @property
    def nudge(self) -> str:
        """The one that was given last, one of NUDGES; empty for none."""
        return NUDGES[self.hints - 1] if self.hints else ""

    @property
    def too_late(self) -> bool:
        """Whether the marked line is behind the one that is looked for."""
        return self.marked > self.bug.line


def bug(hunt: Hunt, seed: int) -> Bug:
    """The bug of a hunt and a seed: the first draw of it that can be told."""
    made = _drawn(hunt, seed, 0)
    for number in range(1, _DRAWS):
        if _tells(made):
            break
        made = _drawn(hunt, seed, number)
    return made


def _drawn(hunt: Hunt, seed: int, number: int) -> Bug:
    name = crc32(hunt.id.encode())
    mistake = hunt.mistakes[Draw(seed, name).unit(len(hunt.mistakes)) - 1]
    return seeded(hunt, mistake, seed, number)


def seeded(hunt: Hunt, mistake: str, seed: int, number: int = 0) -> Bug:
    """The iteration of a draw with this mistake in it, whether it can be told there or not."""
    problem = hunt.problem(Draw(seed, crc32(hunt.id.encode()), number))
    right = Timeline.start(problem).to(hunt.iteration).trace
    return Bug(hunt, seed, record(Engine(problem, mistake), right.before), right)


def _tells(made: Bug) -> bool:
    """Whether the first wrong line is another one to the digits asked, and all lines are those of this mistake alone.

    A 0 hides whatever is multiplied by it.
    """
    if not made.line or any(abs(one.value) < _NONE for one in made.right if one.phase != "update"):
        return False
    ref, value = made.step.ref, made.step.value
    if agree(value, made.right.value(ref), DIGITS):
        return False
    others = (other.mistake for other in at_step(made.right, ref) if agree(other.value, value, DIGITS))
    return not any(_explains(other, made) for other in others if other.partition(":")[0] != made.mistake)


def _explains(mistake: str, made: Bug) -> bool:
    """Whether another mistake gives every line."""
    other = record(Engine(made.trace.problem, mistake), made.right.before)
    return all(
        other.index_of(step.ref) is not None and agree(other.value(step.ref), step.value, DIGITS) for step in made.trace
    )


# --- the problems --------------------------------------------------------------------------------------


def _square(draw: Draw) -> Problem:
    """2-2-2 without biases: two paths to each hidden unit, and rows and columns that fit for one another."""
    weights = (np.array([[draw.signed(_WEIGHTS) for _ in range(2)] for _ in range(2)]) for _ in range(2))
    layers = tuple(Layer("sigmoid", matrix, None) for matrix in weights)
    inputs, targets = ([draw.signed(_INPUTS) for _ in range(2)], [draw.of(_TARGETS) for _ in range(2)])
    return Problem(Network(layers), Samples.of([inputs], [targets]), Optimizer("sgd", draw.of((0.5, 2.0, 3.0))))


def _line(optimizer: Callable[[Draw], Optimizer], scale: float = 1.0) -> Callable[[Draw], Problem]:
    """One linear unit of two inputs, another sample in each iteration; scale: of inputs and targets."""

    def problem(draw: Draw) -> Problem:
        weights = np.array([[draw.signed((0.5, 1.0, 1.5, 2.0)) for _ in range(2)]])
        rows = [[scale * draw.signed((0.5, 1.0, 2.0, 3.0)) for _ in range(2)] for _ in range(3)]
        targets = [[scale * draw.signed((1.0, 2.0, 3.0, 4.0))] for _ in rows]
        return Problem(Network((Layer("identity", weights, None),)), Samples.of(rows, targets), optimizer(draw))

    return problem


_WEIGHTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_INPUTS = (0.5, 0.6, 0.8, 1.2, 1.5, 2.0)
_TARGETS = (0.1, 0.2, 0.4, 0.6, 0.8, 0.9)
_SMALL = 0.001
"""Of inputs and targets: gradients are about 1e-6 then, where it shows on which side of the root ε stands."""

HUNTS = {
    one.id: one
    for one in (
        Hunt(
            "bug-backward", "cycle", "sgd", _square,
            (
                "sign", "no-output-slope", "slope-at-net", "slope-at-net@1", "no-hidden-slope", "error-sent-back",
                "paths-crossed", "one-path", "one-path:last", "updated-weights", "rate-twice",
            ),
        ),
        Hunt(
            "bug-momentum", "momentum", "momentum",
            _line(lambda draw: Optimizer("momentum", draw.of((0.1, 0.2)), momentum=draw.of((0.5, 0.8, 0.9)))),
            ("momentum-average", "rate-twice"), 2,
        ),
        # In iteration 2 a count from 0 is what a correction without a power is.
        Hunt(
            "bug-adam", "adam", "adam", _line(lambda draw: Optimizer("adam", draw.of((0.001, 0.002))), _SMALL),
            ("no-correction", "epsilon-inside", "count-from-zero"), 3,
        ),
    )
}  # fmt: skip
"""All hunts by their names, in the order of the course."""
