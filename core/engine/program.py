"""A plan compiled: the one list of NumPy calls that the recorded pass and the fast loop both run.

An `Engine` holds the memory of one problem: all weights in one flat vector (what learns first), the
gradients and the optimizer's state beside it, and for each size of batch the arrays of a pass. Memory is
allocated once; a run makes none. Because recording is running the same list once and copying the
memory, a recorded iteration and a fast one are equal bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nntutor.core.arrays import frozen
from nntutor.core.engine.memory import Arena, Key, Layout, Part, State
from nntutor.core.engine.plan import Plan
from nntutor.core.notation.evaluating import Compiler, Op
from nntutor.core.notation.formula import Expr, Name, Sum
from nntutor.core.problems.network import Problem
from nntutor.core.rules.contractions import Contraction
from nntutor.core.rules.mistakes.spelling import rulebook, spelled
from nntutor.core.rules.optimizers import Rule

T = TypeVar("T")
# Numbers of the last layer's units alone.
_OF_OUTPUTS = frozenset({"target", "unit_error", "prob", "max_net", "max_prob"})


class Engine:
    """The memory of one problem and the programs that run in it, one for each size of batch.

    `networks` of the same shape can be trained at once: their weights are rows of one array. `apart`: each of them has
    inputs and targets of its own; who asks for that fills them in.
    """

    def __init__(self, problem: Problem, mistake: str = "", networks: int | None = None, apart: bool = False) -> None:
        self.problem = problem
        self.mistake = spelled(mistake)
        self.original = self
        self.batch_shape: tuple[int, ...] = () if networks is None else (networks,)
        self.apart = apart
        self.shape = problem.shape(problem.batch_size, mistake)
        self.book = rulebook(self.shape)
        self.layout = Layout.of(self.shape)
        self.states = self.book.states
        self._counts = self.book.counts
        learning = (*self.batch_shape, self.layout.learning)
        shapes: dict[Key, tuple[int, ...]] = {("params", 0): (*self.batch_shape, self.layout.size)}
        # What learns is a part of params; the numbers made for it are vectors of the same length.
        for name in ("grad", *(name for name in self.book.made if name != "new")):
            shapes[name, 0] = learning
        shapes["rate_beta1k", 0] = shapes["rate_beta2k", 0] = ()
        self.arena = Arena(shapes)
        self.params = self.arena["params", 0]
        self._programs: dict[int, Program] = {}
        self._epoch, self._order = 0, np.empty(0, np.intp)

    def fork(self) -> Engine:
        """The same programs in other memory."""
        networks = self.batch_shape[0] if self.batch_shape else None
        fork = Engine(self.problem, self.mistake, networks, self.apart)
        fork.original = self.original
        return fork

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

    def program(self, samples: int) -> Program:
        """The compiled plan for a batch of this many samples."""
        if samples not in self._programs:
            self._programs[samples] = Program(self, samples)
        return self._programs[samples]

    @property
    def same_samples(self) -> bool:
        """Whether every iteration uses the same samples in the same order."""
        return self.problem.epoch_iterations == 1 and not self.problem.shuffle and self.problem.given is None

    def prepare(self, iteration: int) -> Program:
        """The program of iteration `iteration` with its samples and its powers of β in place."""
        problem, data = self.problem, self.problem.samples
        epoch, first, last = problem.batch_place(iteration)
        program = self.program(last - first)
        if problem.shuffle:
            order = self._order_of(epoch)[first:last]
            np.take(data.inputs, order, 0, program.inputs)
            np.take(data.targets, order, 0, program.targets)
        else:
            program.inputs[...] = data.inputs[first:last]
            program.targets[...] = data.targets[first:last]
        if problem.given is not None:
            self.arena["grad", 0][...] = problem.given.gradient(iteration)
        self.set_powers(iteration)
        return program

    def samples(self, iteration: int) -> tuple[int, ...]:
        """`Problem.samples_of`, without drawing the order of an epoch again that is at hand."""
        epoch, first, last = self.problem.batch_place(iteration)
        return tuple(self._order_of(epoch)[first:last].tolist() if self.problem.shuffle else range(first, last))

    def _order_of(self, epoch: int) -> NDArray[np.intp]:
        if self._epoch != epoch:
            self._epoch, self._order = epoch, self.problem.epoch_order(epoch)
        return self._order

    def set_powers(self, iteration: int) -> None:
        """β₁ᵏ and β₂ᵏ, for the rules that read them."""
        if self._counts:
            for kind in ("rate_beta1k", "rate_beta2k"):
                self.arena[kind, 0][()] = self.rate(kind, iteration)

    def rate(self, kind: str, iteration: int) -> float:
        """The value of a rate in an iteration, as the rulebook counts it."""
        return self.problem.rate(kind, iteration + self.book.count)


class Program:
    """The calls of one iteration for one size of batch.

    sums[l] and outs[l] are the calls of layer l + 1's net and out, error_ops those of E, backward the rest,
    update included. It is also the memory that the rules' sums are compiled in (`rules.contractions.Memory`).
    """

    def __init__(self, engine: Engine, samples: int) -> None:
        self.engine = engine
        self.plan = Plan(engine.problem.shape(samples, engine.mistake))
        self.arena = Arena(self._shapes())
        self.inputs = self.arena["out", 0]
        self.targets = self.arena["target", 0]
        # Where there is no E it is no number, and none of those that are looked at.
        self.error = np.full(engine.batch_shape, np.nan) if self.plan.shape.given else self.arena["error", 0]
        passed = range(1, self.plan.shape.last + 1) if self.plan.shape.passes else range(0)
        self.sums = [self.plan.book.layers[number - 1].net.ops(number, self.plan.shape, self) for number in passed]
        self.outs = [self._outs(number) for number in passed]
        self.error_ops = self._error()
        self.backward = self._backward()
        self.ops: list[Op] = [*self.forward_ops(), *self.backward]

    def _shapes(self) -> dict[Key, tuple[int, ...]]:
        """The arrays of a pass."""
        shape, book, lead = self.plan.shape, self.plan.book, self.engine.batch_shape
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
            back = book.layers[number - 1].kinds if number >= shape.first_back else ()
            for kind in ("net", "out", *back):
                shapes[kind, number] = (*lead, samples, layer.units)
        return shapes

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

    def _flat(self, kind: str) -> Any:
        return self.engine.params if kind in ("weight", "new") else self.engine.arena[kind.removesuffix("_old"), 0]

    def _part(self, kind: str, part: slice) -> Any:
        return self._flat(kind)[..., part]

    # --- compiling -------------------------------------------------------------------------------

    def _write(self, ops: list[Op], layer: int, kind: str, rule: Expr | Contraction | None) -> None:
        """A rule of a layer's units, into the array of its kind; a sum writes there by itself."""
        if rule is None:
            return
        if not isinstance(rule, Expr):
            ops += rule.ops(layer, self.plan.shape, self)
            return
        compiler = Compiler(lambda key: self.unit(key, layer))
        compiler.into(rule, self.unit(kind, layer))
        ops += compiler.ops

    def _outs(self, layer: int) -> list[Op]:
        ops: list[Op] = []
        self._write(ops, layer, "out", self.plan.book.layers[layer - 1].out)
        return ops

    def _error(self) -> list[Op]:
        book, last = self.plan.book, self.plan.shape.last
        ops: list[Op] = []
        if self.plan.shape.passes:
            self._write(ops, last, "prob", book.probability)
            self._write(ops, last, "unit_error", book.unit_error)
        self._write(ops, last, "error", book.total)
        return ops

    def _backward(self) -> list[Op]:
        book, layers = self.plan.book, self.plan.shape.layers
        at_once = book.update_first or book.reads_gradients
        ops: list[Op] = []
        for number in range(len(layers), self.plan.shape.first_back - 1, -1):
            rules = book.layers[number - 1]
            if self.plan.shape.passes:
                for kind in rules.kinds:
                    self._write(ops, number, kind, getattr(rules, kind))
            if layers[number - 1].learns and not self.plan.shape.given:
                ops += rules.gradient.ops(number, self.plan.shape, self)
            if layers[number - 1].bias_learns:
                ops += rules.bias_gradient.bias_ops(number, self.plan.shape, self)
            if number == 1:
                self._write(ops, 0, "out_grad", book.input_gradient)
            if at_once:
                self._divide(ops, self.engine.layout.parts(number))
            if book.update_first:
                self._update(ops, self.engine.layout.parts(number))
        everything = self.engine.layout.parts()
        if not (at_once or self.plan.shape.given):
            self._divide(ops, everything)
        if not book.update_first:
            self._update(ops, everything)
        return ops

    def _divide(self, ops: list[Op], parts: list[Part]) -> None:
        """From the sums over the samples to gradients: divided, and what a penalty adds."""
        for divisor, part in self._joined(parts, self._divisor):
            if divisor != 1:
                gradient = self._flat("grad")[..., part]
                ops.append((np.divide, (gradient, np.array(float(divisor)), gradient)))
        for kind, layer, _ in parts:
            added = self.plan.book.layers[layer - 1].gradient.added if kind == "weight" else ()
            if added:
                self._compile(ops, Sum((Name("grad"), *added)), "grad", partial(self.weights, layer=layer))

    def _update(self, ops: list[Op], parts: list[Part]) -> None:
        """The optimizer's rule on these parts of the flat vectors."""
        for rule, part in self._joined(parts, self._update_rule):
            for kind, tree in rule.made:
                self._compile(ops, tree, kind, partial(self._part, part=part))

    def _compile(self, ops: list[Op], tree: Expr, kind: str, array: Callable[[str], Any]) -> None:
        """A tree over weights and rates into the array of its kind."""
        compiler = Compiler(lambda key: self.rate(key) if key.startswith("rate_") else array(key))
        compiler.into(tree, array(kind))
        ops += compiler.ops

    def _divisor(self, kind: str, layer: int) -> float:
        rules = self.plan.book.layers[layer - 1]
        return (rules.gradient if kind == "weight" else rules.bias_gradient).divisor

    def _update_rule(self, kind: str, layer: int) -> Rule:
        rules = self.plan.book.layers[layer - 1]
        return rules.update if kind == "weight" else rules.bias_update

    @staticmethod
    def _joined(parts: list[Part], of: Callable[[str, int], T]) -> list[tuple[T, slice]]:
        """What `of` says of each part, with the slice of the flat vectors that it holds for.

        Parts that stand side by side and have the same rule are one call.
        """
        joined: list[tuple[T, slice]] = []
        for kind, layer, part in parts:
            said = of(kind, layer)
            if joined and joined[-1][0] == said and joined[-1][1].stop == part.start:
                joined[-1] = (said, slice(joined[-1][1].start, part.stop))
            else:
                joined.append((said, part))
        return joined
