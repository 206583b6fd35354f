"""A plan compiled: the one list of NumPy calls that the recorded pass and the fast loop both run.

An `Engine` holds the memory of one problem: all weights in one flat vector (what learns first), the
gradients and the optimizer's state beside it, and for each size of batch the arrays of a pass. Memory is
allocated once; a run makes none. Because recording is running the same list once and copying the
memory, a recorded iteration and a fast one are equal bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import Array, frozen
from nntutor.core.engine.memory import Arena, Key, Layout, State
from nntutor.core.engine.overflow import bearable
from nntutor.core.engine.parts import MANY, parts
from nntutor.core.engine.plan import Plan
from nntutor.core.engine.stages import KINDS, Stage, stages, together
from nntutor.core.notation.evaluating import Op
from nntutor.core.problems.network import Problem
from nntutor.core.rules.mistakes.spelling import rulebook, spelled
from nntutor.core.rules.rulebook import Rulebook, right
from nntutor.core.rules.shape import Shape

# Numbers of the last layer's units alone.
_OF_OUTPUTS = frozenset({"target", "unit_error", "prob", "max_net", "max_prob"})


class Engine:
    """The memory of one problem and the programs that run in it, one for each size of batch.

    `networks` of the same shape can be trained at once: their weights are rows of one array. `apart`: each of them has
    inputs and targets of its own; who asks for that fills them in. `mistakes`: each of them follows a rulebook of its
    own, the one with this mistake.
    """

    def __init__(
        self,
        problem: Problem,
        mistake: str = "",
        networks: int | None = None,
        apart: bool = False,
        mistakes: Sequence[str] = (),
    ) -> None:
        self.problem = problem
        self.mistake = spelled(mistake)
        self.mistakes = tuple(map(spelled, mistakes))
        self.original = self
        self.batch_shape: tuple[int, ...] = () if networks is None else (networks,)
        self.apart = apart
        self.shape = problem.shape(problem.batch_size, mistake)
        self.book = rulebook(self.shape)
        self.books = self.books_of(self.shape, self.book)
        self.layout = Layout.of(self.shape)
        self.states = tuple(dict.fromkeys(name for book in self.books for name in book.states))
        self._counts = any(book.counts for book in self.books)
        learning = (*self.batch_shape, self.layout.learning)
        shapes: dict[Key, tuple[int, ...]] = {("params", 0): (*self.batch_shape, self.layout.size)}
        # What learns is a part of params; the numbers made for it are vectors of the same length.
        for name in ("grad", *(name for book in self.books for name in book.made if name != "new")):
            shapes[name, 0] = learning
        shapes["rate_beta1k", 0] = shapes["rate_beta2k", 0] = (len(mistakes), 1) if mistakes else ()
        self.arena = Arena(shapes)
        self.params = self.arena["params", 0]
        self.alone = RLock()  # held by what uses the memory, where several threads may
        self._programs: dict[int, Program] = {}
        self._epoch, self._order = 0, np.empty(0, np.intp)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copied and pickled by what it is made of: arrays that are parts of others would be parts no more."""
        return Engine, (self.problem, self.mistake, self._networks, self.apart, self.mistakes)

    @property
    def _networks(self) -> int | None:
        return self.batch_shape[0] if self.batch_shape else None

    def fork(self) -> Engine:
        """The same programs in other memory."""
        fork = Engine(self.problem, self.mistake, self._networks, self.apart)
        fork.original = self.original
        return fork

    def books_of(self, shape: Shape, book: Rulebook) -> list[Rulebook]:
        """The rulebook of each network that has one of its own; else `book` alone, which is that of the shape."""
        return [rulebook(replace(shape, mistake=one)) for one in self.mistakes] or [book]

    def start(self) -> State:
        """The state before the first iteration."""
        params = np.broadcast_to(self.layout.flat(self.problem.network), (*self.batch_shape, self.layout.size))
        slots = np.zeros((len(self.states), *self.batch_shape, self.layout.learning))
        for name, values in self.problem.given.state if self.problem.given else ():
            slots[self.states.index(name)] = values
        return State(0, frozen(params), frozen(slots))

    def load(self, state: State) -> None:
        self.params[...] = state.params
        for row, name in enumerate(self.states):
            self.arena[name, 0][...] = state.slots[row]

    def save(self, done: int) -> State:
        """The state now, after `done` iterations, as a value of its own."""
        slots = [self.arena[name, 0] for name in self.states]
        none = np.zeros((0, *self.batch_shape, self.layout.learning))
        return State(done, frozen(self.params), frozen(np.stack(slots) if slots else none))

    def network_state(self, state: State, row: int) -> State:
        """The state of one of many networks, as an engine that has its rulebook alone starts from it."""
        slots = [state.slots[self.states.index(name), row] for name in self.books[row].states]
        none = np.zeros((0, self.layout.learning))
        return State(state.done, state.params[row], frozen(np.stack(slots) if slots else none))

    def program(self, samples: int) -> Program:
        """The compiled plan for a batch of this many samples."""
        if samples not in self._programs:
            self._programs[samples] = Program(self, samples)
        return self._programs[samples]

    @cached_property
    def bearable(self) -> float:
        """A size of weights up to which no forward pass over the samples can overflow; 0 where none is known."""
        return bearable(self.problem, self.book.forward == right(self.shape).forward)

    @property
    def same_samples(self) -> bool:
        """Whether every iteration uses the same samples in the same order."""
        return self.problem.epoch_iterations == 1 and not self.problem.shuffle and self.problem.given is None

    def handed_over(self, program: Program) -> Any:
        """The block of a program, for a record: a copy, or where it is large itself, and then another is compiled."""
        if program.plan.shape.samples <= MANY:
            return program.arena.block.copy()
        del self._programs[program.plan.shape.samples]
        program.forget()
        return program.arena.block

    def prepare(self, iteration: int) -> Program:
        """The program of iteration `iteration` with its samples and its powers of β in place."""
        problem, data = self.problem, self.problem.samples
        epoch, first, last = problem.batch_place(iteration)
        program = self.program(last - first)
        if problem.shuffle:
            order = self._order_of(epoch)[first:last]
            np.take(data.inputs, order, 0, program.inputs)
            np.take(data.targets, order, 0, program.targets)
        elif program.inputs is not data.inputs:
            program.inputs[...] = data.inputs[first:last]
            program.targets[...] = data.targets[first:last]
        if problem.given is not None:
            self.arena["grad", 0][...] = problem.given.gradient(iteration)
        self.set_powers(iteration)
        return program

    def error_of(self, inputs: Array, targets: Array) -> Array:
        """E of samples under the weights in place, one number a network, of many samples some at a time.

        As many samples as the problem has, where they are many, are taken to be its own.
        """
        error = np.zeros(self.batch_shape)
        with np.errstate(all="ignore"):
            for rows, share in parts(replace(self.shape, samples=len(inputs)), self._networks or 1):
                program = self.program(rows.stop - rows.start)
                if not program.arena.elsewhere:
                    program.inputs[...], program.targets[...] = inputs[rows], targets[rows]
                program.run_forward()
                error += share * program.error
        return error

    def samples(self, iteration: int) -> Sequence[int]:
        """`Problem.samples_of`, without drawing the order of an epoch again that is at hand.

        Where there are many, one after another, a range, which takes no memory.
        """
        epoch, first, last = self.problem.batch_place(iteration)
        if not self.problem.shuffle and last - first > MANY:
            return range(first, last)
        return tuple(self._order_of(epoch)[first:last].tolist() if self.problem.shuffle else range(first, last))

    def _order_of(self, epoch: int) -> NDArray[np.intp]:
        if self._epoch != epoch:
            self._epoch, self._order = epoch, self.problem.epoch_order(epoch)
        return self._order

    def set_powers(self, iteration: int) -> None:
        """β₁ᵏ and β₂ᵏ, for the rules that read them."""
        if self._counts:
            for kind in ("rate_beta1k", "rate_beta2k"):
                self.arena[kind, 0].flat = [self._rate(kind, iteration, book) for book in self.books]

    def rate(self, kind: str, iteration: int) -> float:
        """The value of a rate in an iteration, as the rulebook counts it."""
        return self._rate(kind, iteration, self.book)

    def _rate(self, kind: str, iteration: int, book: Rulebook) -> float:
        return self.problem.rate(kind, iteration + book.count)


class Program:
    """The calls of one iteration for one size of batch.

    sums[l] and outs[l] are the calls of layer l + 1's net and out, error_ops those of E, backward the rest, update
    included, compiled when it is first run: a picture goes forward only. It is also the memory that the rules' sums are
    compiled in (`rules.contractions.Memory`).
    """

    def __init__(self, engine: Engine, samples: int) -> None:
        self.engine = engine
        self.plan = Plan(engine.problem.shape(samples, engine.mistake))
        self._books = engine.books_of(self.plan.shape, self.plan.book)
        self.arena = Arena(self._shapes(), self._data())
        self.inputs = self.arena["out", 0]
        self.targets = self.arena["target", 0]
        # Where there is no E it is no number, and none of those that are looked at.
        self.error = np.full(engine.batch_shape, np.nan) if self.plan.shape.given else self.arena["error", 0]
        self._stages = every = [stages(book, self.plan.shape, engine.layout) for book in self._books]
        self.sums, self.outs = self._ops([one.nets for one in every]), self._ops([one.outs for one in every])
        self.error_ops = [op for part in self._ops([one.error for one in every]) for op in part]

    def __reduce__(self) -> tuple[Any, ...]:
        return self.engine.program, (self.plan.shape.samples,)

    def forget(self) -> None:
        """Let go of the calls and the memory of parts of formulas: this program is not run again."""
        self.sums, self.outs, self.error_ops = [], [], []
        for name in ("backward", "ops"):
            self.__dict__.pop(name, None)

    @cached_property
    def backward(self) -> list[Op]:
        return [op for part in self._ops([one.backward for one in self._stages]) for op in part]

    @cached_property
    def ops(self) -> list[Op]:
        return [*self.forward_ops(), *self.backward]

    def _shapes(self) -> dict[Key, tuple[int, ...]]:
        """The arrays of a pass."""
        shape, book, lead = self.plan.shape, self.plan.book, self.engine.batch_shape
        kinds = [{kind for one in self._books for kind in one.layers[at].kinds} for at in range(shape.last)]
        samples, outputs = shape.samples, shape.outputs
        own = lead if self.engine.apart else ()
        shapes: dict[Key, tuple[int, ...]] = {
            ("out", 0): (*own, samples, shape.layers[0].inputs),
            ("target", 0): (*own, samples, outputs),
            ("unit_error", 0): (*lead, samples, outputs),
            ("error", 0): lead,
        }
        if book.probability is not None:
            shapes["prob", 0] = (*lead, samples, outputs)
            shapes["max_net", 0] = shapes["max_prob", 0] = (*lead, samples, 1)
        if book.input_gradient is not None:
            shapes["out_grad", 0] = (*lead, samples, shape.layers[0].inputs)
        for number, layer in enumerate(shape.layers, 1):
            back = kinds[number - 1] if number >= shape.first_back else ()
            for kind in ("net", "out", *(kind for kind in KINDS if kind in back)):
                shapes[kind, number] = (*lead, samples, layer.units)
        return shapes

    def _data(self) -> dict[Key, Array]:
        """Inputs and targets where they lie, if they are many and every iteration has the same."""
        engine, samples, count = self.engine, self.engine.problem.samples, self.plan.shape.samples
        if engine.apart or engine.mistakes or not engine.same_samples or not MANY < count == len(samples):
            return {}
        return {("out", 0): samples.inputs, ("target", 0): samples.targets}

    def run(self) -> None:
        """One iteration on what lies in memory."""
        for function, arguments in self.ops:
            function(*arguments)

    def forward_ops(self, first: int = 1, from_net: bool = False) -> list[Op]:
        """The calls from layer `first` on up to E; `from_net`: its net stands, only its out is missing."""
        parts = [part for pair in zip(self.sums, self.outs, strict=True) for part in pair]
        return [op for part in parts[2 * (first - 1) + from_net :] for op in part] + self.error_ops

    def run_forward(self, first: int = 1, from_net: bool = False) -> None:
        """Forward from layer `first` on and the error: the E of what lies in memory."""
        for function, arguments in self.forward_ops(first, from_net):
            function(*arguments)

    # --- the memory of the sums --------------------------------------------------------------------

    def unit(self, kind: str, layer: int) -> Any:
        if kind == "error":
            return self.error[..., None, None]
        return self.arena[kind, 0 if kind in _OF_OUTPUTS else layer]

    def weights(self, kind: str, layer: int) -> Any:
        return self.engine.layout.view(self._flat(kind), "weight", layer)

    def bias(self, kind: str, layer: int) -> Any:
        return self.engine.layout.view(self._flat(kind), "bias", layer)

    def rate(self, kind: str) -> Any:
        if kind in ("rate_beta1k", "rate_beta2k"):
            return self.engine.arena[kind, 0]
        return np.float64(self.engine.rate(kind, 1))

    def buffer(self, shape: tuple[int, ...]) -> Any:
        return np.empty((*self.engine.batch_shape, *shape))

    def part(self, kind: str, part: slice) -> Any:
        return self._flat(kind)[..., part]

    def _flat(self, kind: str) -> Any:
        return self.engine.params if kind in ("weight", "new") else self.engine.arena[kind.removesuffix("_old"), 0]

    def _ops(self, every: list[list[Stage]]) -> list[list[Op]]:
        """The calls of each stage: of one rulebook, or of each network's, those with the same rule at once."""
        if len(every) == 1:
            return [stage.ops(self) for stage in every[0]]
        return [
            [op for stage, rows in together(list(at)) for op in stage.ops(_Rows(self, rows))]
            for at in zip(*every, strict=True)
        ]


class _Rows:
    """Some networks of a program, as its memory."""

    def __init__(self, program: Program, rows: slice) -> None:
        self._program, self._rows = program, rows

    def unit(self, kind: str, layer: int) -> Any:
        array, apart = self._program.unit(kind, layer), self._program.engine.apart
        shared = kind == "target" or (kind == "out" and not layer)
        return array if shared and not apart else array[self._rows]

    def weights(self, kind: str, layer: int) -> Any:
        return self._program.weights(kind, layer)[self._rows]

    def bias(self, kind: str, layer: int) -> Any:
        return self._program.bias(kind, layer)[self._rows]

    def part(self, kind: str, part: slice) -> Any:
        return self._program.part(kind, part)[self._rows]

    def rate(self, kind: str) -> Any:
        rate = self._program.rate(kind)
        return rate if isinstance(rate, np.float64) else rate[self._rows]

    def buffer(self, shape: tuple[int, ...]) -> Any:
        count = len(range(*self._rows.indices(self._program.engine.batch_shape[0])))
        return np.empty((count, *shape))
