"""A training from nothing: what the timeline answers, worked out again from iteration 1 for every question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nntutor.core.engine.edits import Edit
from nntutor.core.engine.memory import State
from nntutor.core.engine.program import Engine
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem, Samples
from nntutor.core.problems.settings import NUMBERS, varied
from nntutor.core.rules.optimizers import RATE_FIELDS


class FromNothing:
    """A training with edits and no cleverness: every question is answered from iteration 1 on."""

    def __init__(self, problem: Problem, mistake: str) -> None:
        self.problem, self.mistake = problem, mistake
        self.done: list[Edit] = []
        self.undone: list[Edit] = []
        self._known: dict[tuple[Edit, ...], list[Trace]] = {}

    def edit(self, edit: Edit) -> None:
        self.done.append(edit)
        self.undone = []

    def undo(self) -> None:
        if self.done:
            self.undone.append(self.done.pop())

    def redo(self) -> None:
        if self.undone:
            self.done.append(self.undone.pop())

    def in_force(self) -> tuple[Edit, ...]:
        kept: list[Edit] = []
        for edit in self.done:
            kept = [one for one in kept if one.iteration <= edit.iteration]
            kept.append(edit)
        return tuple(kept)

    def trace(self, iteration: int) -> Trace:
        edits = self.in_force()
        known = self._known.get(edits, [])
        if len(known) < iteration:
            known = self._known[edits] = list(self._traces(edits, iteration))
        return known[iteration - 1]

    def _traces(self, edits: tuple[Edit, ...], last: int) -> Iterator[Trace]:
        problem, engine = self.problem, Engine(self.problem, self.mistake)
        state, settings = engine.start(), dict[str, object]()
        for iteration in range(1, last + 1):
            here = [edit for edit in edits if edit.iteration == iteration]
            for edit in here:
                if edit.ref.kind == "weight":
                    params = state.params.copy()
                    array, place = engine.layout.parameter(params, edit.ref)
                    array[place] = edit.value
                    state = replace(state, params=params)
                    continue
                former = engine
                if edit.ref.kind in NUMBERS:  # those in force together, of the problem as it was
                    settings[NUMBERS[edit.ref.kind]] = edit.value
                    there = varied(self.problem, settings)
                    problem = replace(problem, network=there.network, seed=there.seed, batch=there.batch)
                else:
                    problem = given(problem, edit.ref, edit.value)
                engine = Engine(problem, self.mistake)
                state = moved(former, state, engine) if edit.ref.kind in NUMBERS else state
            yield (trace := record(engine, state, frozenset(edit.ref for edit in here)))
            state = after(trace)


def moved(former: Engine, state: State, engine: Engine) -> State:
    """The start of another network, with the numbers of the former one where both begin with the same ones."""
    old, new = former.problem.network.layers, engine.problem.network.layers
    start = engine.start()
    params = start.params.copy()
    for number, layer in enumerate(new, 1):
        place = len(old) if number == len(new) else number if number < len(old) else 0
        for unit in range(1, layer.units + 1) if place else ():
            for source in range(0 if layer.bias is not None else 1, layer.inputs + 1):
                whole = "weights" if source else "bias"
                if not np.array_equal(getattr(old[place - 1], whole), getattr(layer, whole)):
                    continue
                array, at = engine.layout.parameter(params, Ref("weight", number, unit, source))
                others, there = former.layout.parameter(state.params, Ref("weight", place, unit, source))
                array[at] = others[there]
    return replace(start, params=params)


def given(problem: Problem, ref: Ref, value: float) -> Problem:
    """The problem with something else than a weight replaced."""
    if ref.kind in RATE_FIELDS:
        return replace(problem, optimizer=replace(problem.optimizer, **{RATE_FIELDS[ref.kind]: value}))
    inputs, targets = problem.samples.inputs.copy(), problem.samples.targets.copy()
    (inputs if ref.kind == "out" else targets)[ref.sample, ref.unit - 1] = value
    if ref.kind == "target" and problem.error == "softmax-ce":
        others = [unit for unit in range(targets.shape[1]) if unit != ref.unit - 1]
        rest = targets[ref.sample, others].sum()
        for unit in others:
            targets[ref.sample, unit] *= (1 - value) / rest if rest else 0
            targets[ref.sample, unit] += 0 if rest else (1 - value) / len(others)
    return replace(problem, samples=Samples(inputs, targets))


def editable(problem: Problem, iteration: int) -> list[tuple[Ref, float]]:
    """All that may be set in an iteration, each with the most that keeps it harmless."""
    layers, rates = problem.network.layers, problem.optimizer.rule.rates
    found = [
        Ref("weight", number, unit, source)
        for number, layer in enumerate(layers, 1)
        for unit in range(1, layer.units + 1)
        for source in range(1 if layer.bias is None else 0, layer.inputs + 1)
    ]
    samples = problem.samples_of(iteration)
    found += [Ref("out", 0, unit, 0, sample) for sample in samples for unit in range(1, layers[0].inputs + 1)]
    found += [
        Ref("target", len(layers), unit, 0, sample) for sample in samples for unit in range(1, layers[-1].units + 1)
    ]
    return [(ref, 2.0) for ref in found] + [(Ref(kind), 0.9) for kind, field in RATE_FIELDS.items() if field in rates]


def seen(trace: Trace) -> tuple[object, ...]:
    """What a record holds, to the bit, and who made its weights and what its last step uses."""
    layers = range(1, len(trace.problem.network.layers) + 1)
    kinds = ("weight", "new") if trace.problem.surface else ("weight", "net", "out", "new")
    arrays = [trace.array(kind, layer).tobytes() for kind in kinds for layer in layers]
    weights = [ref for ref, _ in editable(trace.problem, trace.iteration) if ref.kind in ("weight", "out")]
    makers = [trace.producer(ref) for ref in (*weights, *(operand.ref for operand in trace.step(len(trace)).operands))]
    errors = np.array([trace.error, trace.error_after]).tobytes()
    return (trace.iteration, trace.samples, len(trace), arrays, after(trace).slots.tobytes(), makers, errors)
