"""The record of one iteration: every number, and for every number the step that made it.

Recording runs the compiled list once and keeps a copy of the memory. Steps are built when somebody
looks at them, by arithmetic from the plan; nothing is computed a second time, so a step's formula and
its value come from the same pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from nntutor.core import expected
from nntutor.core.arrays import Array
from nntutor.core.engine.memory import State
from nntutor.core.engine.parts import MANY
from nntutor.core.engine.plan import Plan
from nntutor.core.engine.program import Engine, Program
from nntutor.core.engine.step import Operand, Operands, Step
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import KINDS, PER_OPTIMIZER, PER_SAMPLE, PER_WEIGHT, SIGNED, Per
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.network import Problem


@dataclass(frozen=True, eq=False)
class Trace:
    """The record of iteration `iteration` (from 1) of a problem.

    `samples` are the data's indices of the samples used. `edited`: the given numbers that somebody set
    before this iteration, so that no earlier step made them. `hidden`: numbers that count as not known, made or not.
    """

    problem: Problem
    iteration: int
    samples: Sequence[int]
    mistake: str
    before: State
    edited: frozenset[Ref]
    _engine: Engine
    _program: Program
    _shared: Array
    _pass: Array
    hidden: frozenset[Ref] = frozenset()
    _arrays: dict[tuple[str, int, bool], Array] = field(init=False, default_factory=dict)  # that were asked for

    def __repr__(self) -> str:
        return f"<trace of iteration {self.iteration}: {len(self)} steps, E {figure(self.error)}>"

    @property
    def plan(self) -> Plan:
        return self._program.plan

    @cached_property
    def names(self) -> Names:
        return Names(self.problem.network.sizes, len(self.samples) > 1)

    @property
    def size(self) -> int:
        """Bytes that the record takes up."""
        return int(self._shared.nbytes + self._pass.nbytes + self.before.params.nbytes + self.before.slots.nbytes)

    @cached_property
    def _rows(self) -> range | dict[int, int]:
        """By sample its row; samples one after another, of which there may be millions, need no table."""
        return self.samples if isinstance(self.samples, range) else {one: row for row, one in enumerate(self.samples)}

    def row(self, sample: int) -> int:
        """The place of a sample in the batch, from 0. ValueError where it is not in it."""
        if sample not in self._rows:
            raise ValueError(sample)
        return self._rows.index(sample) if isinstance(self._rows, range) else self._rows[sample]

    def __len__(self) -> int:
        return len(self.plan)

    def __iter__(self) -> Iterator[Step]:
        return (self.step(index) for index in range(1, len(self) + 1))

    # --- numbers ---------------------------------------------------------------------------------

    def array(self, kind: str, layer: int = 0, bias: bool = False) -> Array:
        """All numbers of a kind at once, read-only. KeyError where this iteration has none.

        A kind per sample: (samples, units); of "out", layer 0 is the inputs; what only outputs have takes no layer.
        A kind per weight: (units, inputs), with `bias` those of the biases: (units,).
        """
        wanted = kind, layer, bias
        try:
            if wanted not in self._arrays:
                self._arrays[wanted] = self._array(*wanted)
            return self._arrays[wanted]
        except (KeyError, TypeError):  # no key at all is one that is not there
            said = f"{expected.spelled(kind)} in layer {expected.spelled(layer)}"
            raise KeyError(f"iteration {self.iteration} has no {said}") from None

    def _array(self, kind: str, layer: int, bias: bool) -> Array:
        if kind in PER_WEIGHT:
            part = "bias" if bias else "weight"
            return self._whole(self._engine.layout.view(self._flat(kind, part, layer), part, layer))
        return self._whole(self._program.arena.view(self._pass, (kind, layer if KINDS[kind].per is Per.UNIT else 0)))

    def _flat(self, kind: str, part: str, layer: int) -> Any:
        """The flat vector of a kind per weight; KeyError where this layer's part is not in it."""
        start, _ = self._engine.layout.places[part, layer]
        if kind == "weight":
            return self.before.params
        if kind == "new":
            return self._engine.arena.view(self._shared, ("params", 0))
        if start >= self._engine.layout.learning:
            raise KeyError(kind)
        if was := KINDS[kind].before:
            return dict(zip(self._engine.states, self.before.slots, strict=True))[was]
        return self._engine.arena.view(self._shared, (kind, 0))

    @staticmethod
    def _whole(array: Any) -> Array:
        array.setflags(write=False)
        return array  # type: ignore[no-any-return]

    @property
    def gradient(self) -> Array:
        """∂E/∂ of all that learns, in one vector; KeyError where nothing does."""
        return self._whole(self._engine.arena.view(self._shared, ("grad", 0)))

    def value(self, ref: Ref) -> float:
        """The number at an address. KeyError where this iteration has no such number."""
        if ref.kind in PER_OPTIMIZER:
            return self._engine.rate(ref.kind, self.iteration)
        if ref.kind == "error":
            if self.plan.shape.given:
                raise KeyError(ref)
            return self.error
        if ref.unit < 1 or ref.input < 0:
            raise KeyError(ref)
        try:
            if ref.kind in PER_SAMPLE:
                return float(self.array(ref.kind, ref.layer)[self.row(ref.sample), ref.unit - 1])
            if ref.kind == "new" and self.index_of(ref) is None:
                raise KeyError(ref)
            array = self.array(ref.kind, ref.layer, bias=ref.input == 0)
            return float(array[ref.unit - 1, ref.input - 1] if ref.input else array[ref.unit - 1])
        except (IndexError, ValueError) as error:
            raise KeyError(ref) from error

    def values(self, ref: Ref) -> Array:
        """The numbers at an address that has arrays in place of what differs."""
        shape = np.broadcast_shapes(*map(np.shape, ref[1:]))
        if not shape:
            return np.asarray(self.value(ref))
        kind, layer, unit, source, sample = ref
        if kind in PER_SAMPLE:
            found: Array = self.array(kind, layer)[self._rows_of(sample), np.asarray(unit) - 1]
            return found
        made = np.empty(shape)
        for number in np.unique(layer).tolist():
            at = np.broadcast_to(layer == number, shape)
            units, sources = (np.broadcast_to(field, shape)[at] - 1 for field in (unit, source))
            made[at] = self.array(kind, number)[units, sources]
        return made

    def _rows_of(self, samples: Any) -> Any:
        """The places of one sample or an array of them in the batch."""
        if isinstance(self._rows, range):
            return samples - self._rows.start
        return np.reshape([self._rows[sample] for sample in np.ravel(samples).tolist()], np.shape(samples))

    def __getitem__(self, symbol: str) -> float:
        """The number behind a symbol in either spelling. KeyError where there is none; TypeError for no text."""
        ref = self.find(symbol)
        if ref is None:
            raise KeyError(f"no number of iteration {self.iteration} is called {expected.spelled(symbol)}")
        return self.value(ref)

    @property
    def error(self) -> float:
        """E; nan where gradients are given, for there is none."""
        if self.plan.shape.given:
            return float("nan")
        return float(self._program.arena.view(self._pass, ("error", 0)))

    @cached_property
    def error_after(self) -> float:
        """E of the same samples with the new weights."""
        after = State(self.iteration, self._engine.arena.view(self._shared, ("params", 0)), self.before.slots)
        return self.error_under(after)

    def error_under(self, state: State) -> float:
        """E of this iteration's samples under other weights, of many samples some at a time."""
        if len(self.samples) <= MANY:
            return self.error_at(state)
        with self._engine.alone:
            self._engine.params[...] = state.params
            return float(self._engine.error_of(self.array("out"), self.array("target")))

    def error_at(self, state: State, nudged: Ref | None = None, by: float = 0.0) -> float:
        """E of this iteration's samples under other weights, or with one out or net moved by `by`."""
        with self._engine.alone, np.errstate(all="ignore"):
            program = self._engine.prepare(self.iteration)
            self._engine.params[...] = state.params
            program.run_forward()
            if nudged is not None:
                array = program.arena[nudged.kind, nudged.layer]
                array[self.row(nudged.sample), nudged.unit - 1] += by
                if nudged.kind == "net":
                    program.run_forward(nudged.layer, from_net=True)
                else:
                    program.run_forward(nudged.layer + 1)
            return float(program.error)

    @property
    def _last(self) -> Program:  # the one that has been run last, which may not have the memory of the record
        return self._engine.program(len(self.samples))

    def sample_error(self, sample: int) -> float:
        """E of one sample alone, without a penalty, as the last forward pass left it."""
        errors = self._last.arena["unit_error", 0][self.row(sample)]
        return float(errors.mean() if self.plan.shape.over_outputs == "mean" else errors.sum())

    def nets(self) -> list[Array]:
        """A copy of every layer's net as the last forward pass left it, (samples, units) each."""
        return [self._last.arena["net", number].copy() for number, _ in enumerate(self.plan.shape.layers, 1)]

    def outputs(self) -> Array:
        """A copy of the outputs, or softmax's shares, as the last forward pass left them: (samples, outputs)."""
        softmax = self.plan.book.probability is not None
        copied: Array = self._last.arena[("prob", 0) if softmax else ("out", len(self.plan.shape.layers))].copy()
        return copied

    def parameter(self, flat: Any, ref: Ref) -> tuple[Any, tuple[int, ...]]:
        """The array in a flat vector that holds a weight or bias, and the place in it."""
        return self._engine.layout.parameter(flat, ref)

    @cached_property
    def diverged(self) -> bool:
        """Whether any number of the iteration is not finite."""
        for block in (self._shared, self._pass, self.before.params):
            if not np.isfinite(block).all():
                return True
        return not (self.plan.shape.given or np.isfinite(self.error_after))

    @cached_property
    def diverges_at(self) -> int | None:
        """The first step whose number is not finite; None where there is none."""
        if not self.diverged:
            return None
        return next((step for step in range(1, len(self) + 1) if not self._finite(step)), None)

    def _finite(self, index: int) -> bool:
        return bool(np.isfinite(self.value(self.ref(index))))

    # --- steps -----------------------------------------------------------------------------------

    def _of_data(self, ref: Ref) -> Ref:
        """A plan's address (position in the batch) as a data address (index in the data)."""
        return ref._replace(sample=self.samples[ref.sample]) if ref.sample >= 0 else ref

    def _of_batch(self, ref: Ref) -> Ref:
        return ref._replace(sample=self.row(ref.sample)) if ref.sample >= 0 else ref

    def ref(self, index: int) -> Ref:
        """What the step at `index` (from 1) makes. IndexError outside 1..len."""
        return self._of_data(self.plan.ref(index))

    def step(self, index: int) -> Step:
        """The step at `index` (from 1). IndexError outside 1..len; TypeError for what is no whole number."""
        index = expected.index("step", index)
        if index not in self._steps:
            self._steps.clear()  # the one at hand is asked for again and again, by every part of a screen
            self._steps[index] = self._step(index)
        return self._steps[index]

    @cached_property
    def _steps(self) -> dict[int, Step]:
        return {}

    def _step(self, index: int) -> Step:
        ref = self.ref(index)
        formula = self.plan.formula(ref, self.samples)
        used = names(formula)
        return Step(
            index,
            self.iteration,
            self.plan.phase(index),
            ref,
            self.names.symbol(ref),
            formula,
            self.plan.full(ref, self.samples) if ref.kind == "delta" else formula,
            self.plan.textbook(ref),
            self.value(ref),
            tuple(map(self.operand, used)) if isinstance(used, tuple) else Operands(used, self.operand),
        )

    def operand(self, ref: Ref) -> Operand:
        iteration, step = self.producer(ref) or (None, None)
        return Operand(ref, self.names.symbol(ref), self.value(ref), iteration, step)

    def index_of(self, ref: Ref) -> int | None:
        """The step of this iteration that makes a number; None for what is given (or is not there)."""
        if ref.sample >= 0 and ref.sample not in self._rows:
            return None
        return self.plan.index(self._of_batch(ref))

    def known(self, ref: Ref, index: int) -> bool:
        """Whether the number is given, or made at or before step `index`, and not hidden."""
        if ref.kind == "error" and self.plan.shape.given:
            return False
        made = self.index_of(ref)
        return (made is None or made <= index) and ref not in self.hidden

    def hiding(self, refs: frozenset[Ref]) -> Trace:
        """The same record, in which these numbers count as not known."""
        return replace(self, hidden=refs)

    def producer(self, ref: Ref) -> tuple[int, int] | None:
        """(iteration, step) that made a number, across iterations; None for what nobody made."""
        made = self.index_of(ref)
        if made is not None:
            return self.iteration, made
        before = KINDS[ref.kind].before
        if not before or self.iteration == 1 or ref in self.edited:
            return None
        step = self._plan_before.index(ref._replace(kind=before))
        return None if step is None else (self.iteration - 1, step)

    @cached_property
    def _plan_before(self) -> Plan:
        """The plan of the iteration before, whose batch may be of another size."""
        length = self.problem.batch_length(self.iteration - 1)
        return Plan(self.problem.shape(length, self.mistake))

    def find(self, text: str) -> Ref | None:
        """The address behind a symbol; without brackets the iteration's first sample is meant.

        None where there is no such number; TypeError for what is no text.
        """
        expected.a(str, "symbol", text, "a text, such as 'delta_h1'")
        ref = self.names.find(text)
        if ref is None:
            return None
        if ref.kind in PER_SAMPLE and ref.sample < 0:
            if not self.samples:
                return None
            ref = ref._replace(sample=self.samples[0])
        try:
            self.value(ref)
        except KeyError:
            return None
        return ref

    def symbol(self, ref: Ref, style: Style = Style.UNICODE) -> str:
        return self.names.symbol(ref, style)

    def signed(self, ref: Ref) -> bool:
        """Whether a number is shown with its + sign. Beside m, v is no velocity but a mean square, as s is."""
        return ref.kind in SIGNED and not (ref.kind == "v" and "m" in self.plan.book.made)


def record(
    engine: Engine,
    before: State,
    edited: frozenset[Ref] = frozenset(),
    run: Callable[[Program], object] = Program.run,
) -> Trace:
    """Run the iteration after `before` once and keep everything. run: how, where it is not as it should be."""
    iteration = before.done + 1
    program = engine.prepare(iteration)
    engine.load(before)
    with np.errstate(all="ignore"):
        run(program)
    shared, one_pass = engine.arena.block.copy(), engine.handed_over(program)
    return Trace(
        engine.problem,
        iteration,
        engine.samples(iteration),
        engine.mistake,
        before,
        edited,
        engine,
        program,
        shared,
        one_pass,
    )


def after(trace: Trace) -> State:
    """The state that the iteration leaves: new weights, new optimizer state."""
    engine = trace._engine
    params = engine.arena.view(trace._shared, ("params", 0))
    slots = [engine.arena.view(trace._shared, (name, 0)) for name in engine.states]
    stacked = np.stack(slots) if slots else np.zeros((0, engine.layout.learning))
    for array in (params, stacked):
        array.setflags(write=False)
    return State(trace.iteration, params, stacked)
