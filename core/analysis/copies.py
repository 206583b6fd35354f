"""Many copies of one iteration side by side: each with one number moved, or with every number shaken a little.

What E does when a number moves, and how much of that is only rounding, are both seen by running the compiled list
again. Copies share its calls, so a hundred of a small network cost little more than one; how many run at once follows
from the memory that one takes.

Shaken means that numbers are off by some of their last places, up or down at random, as Monte Carlo arithmetic has it
(Parker 1997; Vignes 1993 called it CESTAC). How far E and the gradients then stray bounds what rounding has done to
them, and no formula of backpropagation is needed to know it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.engine.parts import parts
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import Op, written_by
from nntutor.core.notation.kinds import GRADIENT
from nntutor.core.notation.symbols import Ref
from nntutor.core.progress import Progress, untold

_BYTES, _MOST = 16_000_000, 160  # of the copies that run at once
_SHAKEN, _ROOM = 8, 4096
# A result is off by half a last place at most, by a quarter as a rule; shaken it is by two to four.
_PLACES = 2 * float(np.finfo(np.float64).eps)
# By so much of itself, or of 1, a net may move before its activation bends; under softmax, whose nets are seen from
# one another, always of 1.
_STRAIGHT = 1 / 64


@dataclass(frozen=True, eq=False)
class Moves:
    """What moves of numbers did.

    error: E (numbers, moves). reach: how far any net moved, over how far it may before its activation bends
    (numbers, moves). kink: how far any unit with a kink moved, over half its way to the kink (numbers, moves). The
    last two are 0 for moves that are not watched.
    """

    error: Array
    reach: Array
    kink: Array


@dataclass(frozen=True, eq=False)
class Rounding:
    """How far E and the gradients of one kind stray when all numbers are shaken; gradient is an array as theirs."""

    error: float
    gradient: Array


class Copies:
    """At most `wanted` copies of the iteration that a trace records, for the moves of one kind of number.

    That kind is the one of `like`: weights and biases, or the out or net of one layer.
    """

    def __init__(self, trace: Trace, like: Ref, wanted: int, progress: Progress = untold) -> None:
        self._trace, self._like = trace, like
        self._progress, self._done, self._of = progress, 0.0, 0
        self._parts, sizes = parts(trace.plan.shape), trace.problem.network.sizes
        most = self._parts[0][0].stop
        # Per unit its net, its out and what goes back; per weight itself, its gradient and what the optimizer makes.
        one = 8 * most * (sizes[0] + sizes[-1] + 5 * sum(sizes[1:])) + 4 * trace.before.params.nbytes
        most_copies = _MOST if len(self._parts) == 1 else _SHAKEN  # of parts, more would only leave the cache
        self.count = max(1, min(wanted, most_copies, _BYTES // one))
        self._engine = Engine(trace.problem, trace.mistake, networks=self.count, apart=True)
        self._rows: slice | None = None
        self._numbered = np.arange(self._engine.layout.size)
        self._random = np.random.default_rng(0)
        self._strays = self._factors = np.empty(0)

    def place(self, ref: Ref) -> tuple[int, ...]:
        """Where a number, or its gradient, lies in the array of its kind."""
        if ref.kind == "weight":
            numbered, place = self._engine.layout.parameter(self._numbered, ref)
            return (int(numbered[place]),)
        return self._trace.samples.index(ref.sample), ref.unit - 1

    def moved(self, refs: Sequence[Ref], values: Array, watched: Any, shaken: Any) -> Moves:
        """The numbers at `refs` set to `values` (numbers, moves), each alone.

        watched, shaken (moves,): of which the nets are looked at, and in which all numbers are shaken as well.
        """
        places = np.repeat([self.place(ref) for ref in refs], values.shape[1], 0)
        wanted, watches, shakes = values.ravel(), np.tile(watched, len(refs)), np.tile(shaken, len(refs))
        made = np.zeros((3, len(wanted)))
        self._of += len(wanted)
        for start in range(0, len(wanted), self.count):
            some = slice(start, start + self.count)
            with np.errstate(all="ignore"):
                rows = np.flatnonzero(watches[some]), np.flatnonzero(shakes[some])
                made[:, some] = self._moved(places[some], wanted[some], *rows)
        return Moves(*made.reshape(3, *values.shape))

    def rounding(self) -> Rounding:
        """The straying of the iteration as it is, backward pass and all."""
        kind, layer = GRADIENT[self._like.kind], self._like.layer
        right = self._trace.gradient if kind == "grad" else self._trace.array(kind, layer)
        error, gradient = np.zeros(()), np.zeros(right.shape)
        self._of += len(runs := range(0, _SHAKEN, self.count)) * self.count
        for _ in runs:
            total, summed = np.zeros(()), np.zeros(())
            self._engine.load(self._trace.before)
            self._engine.set_powers(self._trace.iteration)
            self._shake(self._engine.params)
            params = self._engine.params.copy()
            with np.errstate(all="ignore"):
                for rows, share in self._parts:
                    self._load(rows)
                    self._engine.params[...] = params
                    self._shake_all()
                    self._tell(self.count)
                    total = total + share * self._program.error
                    if kind == "grad":
                        summed = summed + share * self._engine.arena[kind, 0]
                    else:
                        strays = np.abs(self._program.arena[kind, layer] - right[rows]).max(axis=0)
                        gradient[rows] = np.maximum(gradient[rows], strays)
                error = np.maximum(error, np.abs(total - self._trace.error).max())
                if kind == "grad":
                    gradient = np.maximum(gradient, np.abs(summed - right).max(axis=0))
        return Rounding(float(error), gradient)

    # --- a run of the copies -------------------------------------------------------------------------

    def _load(self, rows: slice) -> None:
        """The program of a part of the samples, with what the iteration starts from."""
        self._engine.load(self._trace.before)
        self._program = program = self._engine.program(rows.stop - rows.start)
        program.inputs[...] = self._trace.array("out")[rows]
        program.targets[...] = self._trace.array("target")[rows]
        if self._rows != rows:
            self._rows, last = rows, len(self._trace.plan.shape.layers)
            self._nets = [self._trace.array("net", number)[rows] for number in range(1, last + 1)]
            self._straight = [_STRAIGHT * np.maximum(1, np.abs(net)) for net in self._nets]
            if self._trace.plan.book.probability is not None:
                self._straight[-1] = np.full_like(self._nets[-1], _STRAIGHT)

    def _shake(self, array: Any, by: float = 1.0) -> None:
        """Every number off by some last places, or by so many times as much."""
        if array.size + _ROOM > self._strays.size:
            spread = self._random.uniform(-1, 1, array.size + _ROOM)
            self._strays = _PLACES * (spread + np.copysign(1, spread))
            self._factors = 1 + self._strays
        # Others each time from the same store: making them anew would cost more than the arithmetic.
        first = int(self._random.integers(_ROOM))
        some = slice(first, first + array.size)
        array *= (self._factors[some] if by == 1 else 1 + by * self._strays[some]).reshape(array.shape)

    def _moved(self, places: Any, values: Array, watched: Any, shaken: Any) -> Array:
        """E, reach and kink of up to `count` copies."""
        like, copies, made = self._like, np.arange(len(values)), np.zeros((3, len(values)))
        values, params = values.copy(), self._engine.params
        params[...] = self._trace.before.params
        if like.kind == "weight":
            params[copies, places[:, 0]] = values
        for array in (values, params):
            self._shake_some(array, shaken)
        params = params.copy()
        for rows, share in self._parts:
            self._load(rows)
            program = self._program
            self._engine.params[...] = params
            for array in (program.inputs, program.targets):
                self._shake_some(array, shaken)
            program.run_forward()
            if like.kind != "weight":
                here = np.flatnonzero((rows.start <= places[:, 0]) & (places[:, 0] < rows.stop))
                place = copies[here], places[here, 0] - rows.start, places[here, 1]
                program.arena[like.kind, like.layer][place] = values[here]
                program.run_forward(like.layer + (like.kind == "out"), from_net=like.kind == "net")
            self._tell(len(values))
            made[0] += share * program.error[: len(values)]
            made[1:, watched] = np.maximum(made[1:, watched], self._reached(watched))
        return made

    def _tell(self, copies: int) -> None:
        """That a part of the samples has been passed through so many times."""
        self._done += copies / len(self._parts)
        self._progress(round(self._done), self._of)

    def _shake_some(self, array: Any, copies: Any) -> None:
        part = array[copies]
        self._shake(part)
        array[copies] = part

    def _reached(self, rows: Any) -> tuple[Array, Array]:
        """reach and kink of the copies in these rows, as they were run last."""
        reach, kink = np.zeros(len(rows)), np.zeros(len(rows))
        layers = zip(self._nets, self._straight, self._trace.plan.book.layers, strict=True)
        for number, (net, straight, rules) in enumerate(layers, 1):
            move = np.abs(self._program.arena["net", number][rows] - net)
            reach = np.maximum(reach, (move / straight).max(axis=(1, 2), initial=0))
            if rules.kink:
                near = np.where(move > 0, 2 * move / np.abs(net), 0)
                kink = np.maximum(kink, near.max(axis=(1, 2), initial=0))
        return reach, kink

    def _shake_all(self) -> None:
        """What lies in memory run once, in which every number, given or made, is shaken; the weights have been."""
        program = self._program
        for array in (program.inputs, program.targets):
            self._shake(array)
        self._shaking(program.forward_ops())
        if self._trace.plan.book.probability is not None:
            # p − t is the slope where the targets sum to 1, and a file's may be off by some last digits.
            off = float(np.abs(program.targets.sum(axis=-1) - 1).max())
            self._shake(program.unit("prob", 1), 2 * off / _PLACES)
        self._shaking(program.backward)

    def _shaking(self, ops: Sequence[Op]) -> None:
        for op in ops:
            function, arguments = op
            function(*arguments)
            self._shake(written_by(op))
