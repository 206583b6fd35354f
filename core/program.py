"""A plan compiled: the one list of NumPy calls that the recorded pass and the fast loop both run.

An `Engine` holds the memory of one problem: all weights in one flat vector (what learns first), the
gradients and the optimizer's state beside it, and for each size of batch the arrays of a pass. Memory is
allocated once; a run makes none. Because recording is running the same list once and copying the
memory, a recorded iteration and a fast one are equal bit for bit.

Numbers are told apart by (kind, layer); weights and their gradients are views of the flat vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from nntutor.core import rules
from nntutor.core.formula import Compiler, Mul, Name, Op
from nntutor.core.mistakes import mistake
from nntutor.core.network import Array, Network, Problem, frozen
from nntutor.core.optimizers import OPTIMIZERS, Optimizer
from nntutor.core.plan import Plan, Shape
from nntutor.core.surface import calls, surface
from nntutor.core.symbols import Ref

Key = tuple[str, int]
_LINE = 8  # doubles in a cache line: every array starts on one


@dataclass(frozen=True, eq=False)
class State:
    """What an iteration starts from: the flat weights and the optimizer's flat state.

    done: iterations behind it. params (…, weights and biases); slots (states, …, what learns).
    Leading axes, where there are any, are many networks at once.
    """

    done: int
    params: Array
    slots: Array


@dataclass(frozen=True)
class Layout:
    """Where each layer's weights and bias lie in the flat vector; what learns comes first."""

    places: dict[Key, tuple[int, tuple[int, ...]]]
    learning: int
    size: int

    @classmethod
    def of(cls, shape: Shape) -> Layout:
        places: dict[Key, tuple[int, tuple[int, ...]]] = {}
        at = 0
        learning = 0
        for wanted in (True, False):
            for number, layer in enumerate(shape.layers, 1):
                if layer.learns == wanted:
                    places["weight", number] = (at, (layer.units, layer.inputs))
                    at += layer.units * layer.inputs
                if layer.bias and layer.bias_learns == wanted:
                    places["bias", number] = (at, (layer.units,))
                    at += layer.units
            if wanted:
                learning = at
        return cls(places, learning, at)

    def view(self, flat: Any, kind: str, layer: int) -> Any:
        """The part of a flat vector (…, size) that is this layer's weights or bias."""
        start, shape = self.places[kind, layer]
        return flat[..., start : start + prod(shape)].reshape((*flat.shape[:-1], *shape))

    def parameter(self, flat: Any, ref: Ref) -> tuple[Any, tuple[int, ...]]:
        """The array in a flat vector that holds a weight or bias, and the place in it."""
        part = "weight" if ref.input else "bias"
        place = (ref.unit - 1, ref.input - 1) if ref.input else (ref.unit - 1,)
        return self.view(flat, part, ref.layer), place

    def segment(self, layer: int) -> slice:
        """The part of the flat vector that a layer's learning weights and bias take up."""
        spans = [
            (start, start + prod(shape))
            for (_, number), (start, shape) in self.places.items()
            if number == layer and start < self.learning
        ]
        return slice(min(a for a, _ in spans), max(b for _, b in spans))

    def flat(self, network: Network) -> Array:
        """All weights and biases of a network in one read-only vector."""
        vector = np.zeros(self.size)
        for number, layer in enumerate(network.layers, 1):
            self.view(vector, "weight", number)[...] = layer.weights
            if layer.bias is not None:
                self.view(vector, "bias", number)[...] = layer.bias
        return frozen(vector)

    def network(self, flat: Array, like: Network) -> Network:
        """The network with the layers of `like` whose weights and biases stand in a flat vector (size,)."""
        return Network(
            tuple(
                replace(
                    layer,
                    weights=self.view(flat, "weight", number),
                    bias=None if layer.bias is None else self.view(flat, "bias", number),
                )
                for number, layer in enumerate(like.layers, 1)
            )
        )


class Arena:
    """One block of memory with named arrays in it, each on a cache line of its own."""

    def __init__(self, shapes: dict[Key, tuple[int, ...]]) -> None:
        self.shapes = shapes
        self.starts: dict[Key, int] = {}
        at = 0
        for key, shape in shapes.items():
            self.starts[key] = at
            at += -(-prod(shape) // _LINE) * _LINE
        self.size = at
        block = np.zeros(at + _LINE)
        skip = (-block.ctypes.data // 8) % _LINE
        self.block = block[skip : skip + at]

    def __getitem__(self, key: Key) -> Any:
        return self.view(self.block, key)

    def view(self, block: Any, key: Key) -> Any:
        """The array called `key` in this arena's block or in a copy of it."""
        start, shape = self.starts[key], self.shapes[key]
        return block[start : start + prod(shape)].reshape(shape)


class Engine:
    """The memory of one problem and the programs that run in it, one for each size of batch.

    `many` networks of the same shape can be trained at once: their weights are rows of one array.
    """

    def __init__(self, problem: Problem, mistake: str = "", many: int | None = None) -> None:
        self.problem = problem
        self.mistake = mistake
        self.original = self
        self.lead: tuple[int, ...] = () if many is None else (many,)
        shape = Shape.of(problem, problem.batch_size, mistake)
        self.layout = Layout.of(shape)
        self.states = tuple(name for name, _ in OPTIMIZERS[problem.optimizer.name].states)
        learning = (*self.lead, self.layout.learning)
        shapes: dict[Key, tuple[int, ...]] = {("params", 0): (*self.lead, self.layout.size)}
        # What learns is a part of params; the numbers made for it are vectors of the same length.
        for name in ("grad", *(name for name, _ in shape.made if name != "new")):
            shapes[name, 0] = learning
        shapes["rate_beta1k", 0] = shapes["rate_beta2k", 0] = ()
        self.arena = Arena(shapes)
        self.params = self.arena["params", 0]
        self._corrects = bool(OPTIMIZERS[problem.optimizer.name].corrected)
        self._programs: dict[int, Program] = {}
        self._epoch, self._order = -1, problem.epoch_order(0)

    def twin(self) -> Engine:
        """The same programs in other memory."""
        twin = Engine(self.problem, self.mistake, self.lead[0] if self.lead else None)
        twin.original = self.original
        return twin

    def start(self) -> State:
        """The state before the first iteration."""
        params = np.broadcast_to(self.layout.flat(self.problem.network), (*self.lead, self.layout.size))
        return State(0, frozen(params), frozen(np.zeros((len(self.states), *self.lead, self.layout.learning))))

    def load(self, state: State) -> None:
        self.params[...] = state.params
        for row, name in enumerate(self.states):
            self.arena[name, 0][...] = state.slots[row]

    def save(self, done: int) -> State:
        """The state now, after `done` iterations, as a value of its own."""
        slots = [self.arena[name, 0] for name in self.states]
        none = np.zeros((0, *self.lead, self.layout.learning))
        return State(done, frozen(self.params), frozen(np.stack(slots) if slots else none))

    def program(self, samples: int) -> Program:
        """The compiled plan for a batch of this many samples."""
        if samples not in self._programs:
            self._programs[samples] = Program(self, samples)
        return self._programs[samples]

    @property
    def same_samples(self) -> bool:
        """Whether every iteration uses the same samples in the same order."""
        return self.problem.epoch_iterations == 1 and not self.problem.shuffle

    def prepare(self, iteration: int) -> Program:
        """The program of iteration `iteration` with its samples and its powers of β in place."""
        problem, data = self.problem, self.problem.samples
        epoch, place = divmod(iteration - 1, problem.epoch_iterations)
        first = place * problem.batch_size
        last = first + problem.batch_length(iteration)
        program = self.program(last - first)
        if problem.shuffle:
            if self._epoch != epoch:
                self._epoch, self._order = epoch, problem.epoch_order(epoch + 1)
            np.take(data.inputs, self._order[first:last], 0, program.inputs)
            np.take(data.targets, self._order[first:last], 0, program.targets)
        else:
            program.inputs[...] = data.inputs[first:last]
            program.targets[...] = data.targets[first:last]
        self.set_powers(iteration)
        return program

    def set_powers(self, iteration: int) -> None:
        """β₁ᵏ and β₂ᵏ, for the optimizers that correct."""
        if self._corrects:
            optimizer = self.problem.optimizer
            self.arena["rate_beta1k", 0][()] = optimizer.rate("rate_beta1k", iteration)
            self.arena["rate_beta2k", 0][()] = optimizer.rate("rate_beta2k", iteration)


class Program:
    """The calls of one iteration for one size of batch.

    sums[l] and outs[l] are the calls of layer l + 1's net and out, error_ops those of E, backward the rest,
    update included.
    """

    def __init__(self, engine: Engine, samples: int) -> None:
        self.engine = engine
        problem = engine.problem
        self.plan = Plan(Shape.of(problem, samples, engine.mistake))
        layers = self.plan.shape.layers
        lead, outputs = engine.lead, layers[-1].units
        shapes: dict[Key, tuple[int, ...]] = {
            ("out", 0): (samples, layers[0].inputs),
            ("target", 0): (samples, outputs),
            ("unit_error", 0): (*lead, samples, outputs),
            ("error", 0): lead,
        }
        if problem.error == "softmax-ce":
            shapes["prob", 0] = (*lead, samples, outputs)
            shapes["max_net", 0] = shapes["max_prob", 0] = (*lead, samples, 1)
        for number, layer in enumerate(layers, 1):
            kinds = ["net", "out"]
            if number >= self.plan.first_learning:
                merged = number == len(layers) and self.plan.loss.delta is not None
                kinds += ["delta"] if merged else ["out_grad", "slope", "delta"]
            for kind in kinds:
                shapes[kind, number] = (*lead, samples, layer.units)
        self.arena = Arena(shapes)
        self.inputs = self.arena["out", 0]
        self.targets = self.arena["target", 0]
        self.error = self.arena["error", 0]
        passed = range(0) if problem.surface else range(1, len(layers) + 1)
        self.sums = [self._sums(number) for number in passed]
        self.outs = [self._outs(number) for number in passed]
        self.error_ops = self._error()
        self.backward = self._backward()
        self.ops: list[Op] = [*self.forward_ops(), *self.backward]

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

    # --- compiling -------------------------------------------------------------------------------

    def _weights(self, layer: int) -> Any:
        return self.engine.layout.view(self.engine.params, "weight", layer)

    def _bias(self, layer: int) -> Any | None:
        if not self.plan.shape.layers[layer - 1].bias:
            return None
        return self.engine.layout.view(self.engine.params, "bias", layer)

    def _names(self, layer: int) -> Callable[[str], Any]:
        """The arrays behind the names of the trees of one layer's units."""
        shared = ("target", "prob", "max_net", "max_prob")
        return lambda key: self.arena[key, 0 if key in shared else layer]

    def _write(self, ops: list[Op], layer: int, **trees: Any) -> None:
        """Trees over one layer's arrays, each into the array of its name."""
        for kind, tree in trees.items():
            target = self.arena[kind, 0 if kind == "unit_error" else layer]
            compiler = Compiler(self._names(layer))
            compiler.into(tree, target)
            ops += compiler.ops

    def _sums(self, layer: int) -> list[Op]:
        inputs, net = self.arena["out", layer - 1], self.arena["net", layer]
        return rules.net_ops(self._weights(layer), self._bias(layer), inputs, net)

    def _outs(self, layer: int) -> list[Op]:
        ops: list[Op] = []
        self._write(ops, layer, out=self.plan.activation(layer).out)
        return ops

    def _error(self) -> list[Op]:
        if self.plan.shape.surface:
            return calls(surface(self.plan.shape.surface).error, self._variables(), self.error)
        last = len(self.plan.shape.layers)
        ops: list[Op] = []
        if self.plan.shape.error == "softmax-ce":
            ops += rules.softmax_ops(self.arena["net", last], self.arena["prob", 0], np.empty)
            for kind, layer in (("net", last), ("prob", 0)):
                ops += rules.largest_ops(self.arena[kind, layer], self.arena[f"max_{kind}", 0])
        self._write(ops, last, unit_error=self.plan.loss.unit_error)
        divisor = self.plan.loss.divisor * self.plan.shape.samples
        ops += rules.error_ops(self.arena["unit_error", 0], self.error, divisor)
        return ops

    def _variables(self) -> list[Any]:
        """Where the point on a surface lies: one array a variable."""
        return [self.engine.params[..., place] for place in range(self.engine.layout.size)]

    def _backward(self) -> list[Op]:
        if self.plan.shape.surface:
            gradients = self.engine.arena["grad", 0]
            ops: list[Op] = []
            for place, slope in enumerate(surface(self.plan.shape.surface).slopes):
                ops += calls(slope, self._variables(), gradients[..., place])
            self._update(ops, slice(0, self.engine.layout.learning))
            return ops
        wrong = mistake(self.plan.shape.mistake)
        layers = self.plan.shape.layers
        learning = slice(0, self.engine.layout.learning)
        ops = []
        for number in range(len(layers), self.plan.first_learning - 1, -1):
            self._deltas(ops, number)
            self._gradients(ops, number)
            if wrong.update_first and layers[number - 1].learns:
                self._update(ops, self.engine.layout.segment(number))
        if not wrong.update_first and self.plan.first_learning <= len(layers):
            self._update(ops, learning)
        return ops

    def _deltas(self, ops: list[Op], number: int) -> None:
        last = len(self.plan.shape.layers)
        if number == last and self.plan.loss.delta:
            self._write(ops, number, delta=self.plan.loss.delta)
            return
        if number == last:
            self._write(ops, number, out_grad=self.plan.loss.out_grad)
        else:
            above = number + 1
            out_grad = self.arena["out_grad", number]
            ops += rules.sent_back_ops(self._weights(above), self.arena["delta", above], out_grad)
        delta = Mul(Name("out_grad"), Name("slope"))
        self._write(ops, number, slope=self.plan.activation(number).slope, delta=delta)

    def _gradients(self, ops: list[Op], number: int) -> None:
        layer = self.plan.shape.layers[number - 1]
        gradients = self.engine.arena["grad", 0]
        delta = self.arena["delta", number]
        if layer.learns:
            weights = self.engine.layout.view(gradients, "weight", number)
            ops += rules.weight_gradient_ops(delta, self.arena["out", number - 1], weights)
        if layer.bias_learns:
            ops += rules.bias_gradient_ops(delta, self.engine.layout.view(gradients, "bias", number))

    def _update(self, ops: list[Op], part: slice) -> None:
        """The mean over the samples and the optimizer's rule, on a part of the flat vectors."""
        optimizer: Optimizer = self.engine.problem.optimizer
        flat = {
            name: array[..., part]
            for name, array in (
                *((kind, self.engine.arena[kind, 0]) for kind in self._flat_kinds()),
                ("weight", self.engine.params),
            )
        }
        flat["new"] = flat["weight"]
        if self.plan.shape.samples > 1:
            count = np.array(float(self.plan.shape.samples))
            ops.append((np.divide, (flat["grad"], count, flat["grad"])))

        def array(key: str) -> Any:
            if key in ("rate_beta1k", "rate_beta2k"):
                return self.engine.arena[key, 0]
            if key.startswith("rate_"):
                return np.float64(optimizer.rate(key, 1))
            return flat[key.removesuffix("_old")]

        for kind, tree in self.plan.shape.made:
            compiler = Compiler(array)
            compiler.into(tree, flat[kind])
            ops += compiler.ops

    def _flat_kinds(self) -> Iterable[str]:
        return (kind for kind, _ in self.engine.arena.shapes if kind not in ("params", "rate_beta1k", "rate_beta2k"))
