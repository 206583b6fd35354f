"""A problem trained until it is solved, with what a remark may need to know of the way there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine, Program
from nntutor.core.engine.training import replay, run
from nntutor.core.notation.evaluating import Compiler
from nntutor.core.problems.network import Problem
from nntutor.core.rules.rulebook import Rulebook, right
from nntutor.core.rules.sums import ErrorSum

ITERATIONS, SECONDS = 10_000, 5.0
STEPPED = 200
"""Iterations that are looked at one by one; of later ones E is known every so many."""
_MOST_APART = 250
_SHARE = 0.01
"""Of E before it, or of the best constant answer's: what counts as solved where targets are no classes."""


class Whole:
    """All samples of a problem at once, under any weights."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._engine = Engine(replace(problem, batch="full", shuffle=False))
        self._program: Program = self._engine.prepare(1)
        self._values = np.unique(problem.samples.targets)
        self._goal = _SHARE * (constant_error(problem) or self.error(self._engine.start().params))

    def error(self, params: Array) -> float:
        """E of all samples."""
        self._pass(params)
        return float(self._program.error)

    def outs(self, layer: int) -> Array:
        """(samples, units): a layer's out as the last pass left it."""
        return frozen(self._program.arena["out", layer])

    def solved(self, params: Array) -> bool:
        """Whether every output is on its target's side, or E small where targets are no classes."""
        error = self.error(params)
        targets, values = self.problem.samples.targets, self._values
        if self.problem.surface or not np.isfinite(error):
            return False
        if self.problem.error == "softmax-ce":
            shares = self._program.arena["prob", 0]
            return bool((shares.argmax(axis=1) == targets.argmax(axis=1)).all())
        if len(values) == 2:
            outputs, middle = self.outs(len(self.problem.network.layers)), values.mean()
            return bool(((outputs > middle) == (targets > middle)).all())
        return error <= self._goal

    def _pass(self, params: Array) -> None:
        self._engine.params[...] = params
        with np.errstate(all="ignore"):
            self._program.run_forward()


@dataclass(frozen=True, eq=False)
class Trained:
    """iterations, errors: E of all samples after so many iterations, from 0 on. solved_in: the first after which all is
    solved; diverged: the first in which a number is not finite. state: the last one."""

    iterations: Array
    errors: Array
    solved_in: int | None
    diverged: int | None
    state: State

    @property
    def error(self) -> float:
        """E at the end."""
        return float(self.errors[-1])

    @property
    def done(self) -> int:
        return self.state.done


def trained(problem: Problem, iterations: int = ITERATIONS, seconds: float = SECONDS) -> Trained:
    """The problem trained for so many iterations, so long, or until it is solved."""
    whole, engine = Whole(problem), Engine(problem)
    state, ends = engine.start(), perf_counter() + seconds
    at, errors, diverged = [0], [whole.error(state.params)], None
    solved = 0 if whole.solved(state.params) else None
    while state.done < iterations and solved is None and diverged is None and perf_counter() < ends:
        few = 1 if state.done < STEPPED else min(_MOST_APART, state.done // 4)
        before, chunk = state, run(engine, state, min(few, iterations - state.done))
        state, diverged = chunk.state, chunk.diverged
        at.append(state.done)
        errors.append(whole.error(state.params))
        if whole.solved(state.params):
            solved = _first_solved(engine, whole, before, state.done)
    return Trained(np.array(at, float), np.array(errors), solved, diverged, state)


def _first_solved(engine: Engine, whole: Whole, before: State, last: int) -> int:
    """The first iteration after which it is solved, of those after `before` up to `last`, halving what is left."""
    low = before.done
    while last - low > 1:
        middle = (low + last) // 2
        if whole.solved(replay(engine, before, middle).params):
            last = middle
        else:
            low = middle
    return last


def constant_error(problem: Problem) -> float:
    """E of the best answer that is the same for all samples: each output's mean, or its median."""
    if problem.surface or not len(problem.samples):
        return 0.0
    targets, book = problem.samples.targets, right(problem.shape(len(problem.samples)))
    return min(_summed(book, targets, best) for best in (targets.mean(axis=0), np.median(targets, axis=0)))


def _summed(book: Rulebook, targets: Array, answer: Array) -> float:
    """E without penalties, where every sample is answered alike."""
    assert isinstance(book.total, ErrorSum)
    alike, made = np.broadcast_to(answer, targets.shape), np.empty_like(targets)
    compiler = Compiler({"out": alike, "prob": alike, "target": targets}.__getitem__)
    compiler.into(book.textbook or book.unit_error, made)
    with np.errstate(all="ignore"):
        for call, arrays in compiler.ops:
            call(*arrays)
    return float(np.nansum(made) / book.total.divisor)  # 0·ln 0 is 0
