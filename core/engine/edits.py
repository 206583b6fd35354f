"""Given numbers replaced: what may be edited, and which of a list of edits are in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import PENALTIES, Problem, Samples
from nntutor.core.problems.settings import NUMBERS, setting, varied
from nntutor.core.rules.losses import LOSSES
from nntutor.core.rules.optimizers import RATE_FIELDS

MOST_EDITS = 500
"""Edits of one run: each is made again at every further one, and at every start."""


@dataclass(frozen=True)
class Edit:
    """From iteration `iteration` on, the given number at `ref` is `value`."""

    iteration: int
    ref: Ref
    value: float


def effective(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits in force, by iteration: one made at an earlier iteration forgets those at later ones."""
    standing: list[Edit] = []
    for edit in edits:
        while standing and standing[-1].iteration > edit.iteration:  # what stands is sorted, so the later ones are last
            standing.pop()
        standing.append(edit)
    return tuple(standing)


def is_given(problem: Problem, ref: Ref) -> bool:
    """Whether the problem has such a number and no step makes it."""
    layers, data = problem.network.layers, problem.samples
    match ref.kind:
        case "weight" if 1 <= ref.layer <= len(layers):
            layer = layers[ref.layer - 1]
            first = 1 if layer.bias is None else 0
            return 1 <= ref.unit <= layer.units and first <= ref.input <= layer.inputs
        case "out":
            return ref.layer == 0 and 1 <= ref.unit <= layers[0].inputs and 0 <= ref.sample < len(data)
        case "target":
            return ref.layer == len(layers) and 1 <= ref.unit <= layers[-1].units and 0 <= ref.sample < len(data)
    # Without decay, or a penalty, the rules have no λ: what is not there is not given either.
    if ref.kind in PENALTIES or ref.kind == "rate_decay":
        return problem.rate(ref.kind, 1) > 0
    return ref.kind in RATE_FIELDS


def changes(problem: Problem, edits: tuple[Edit, ...]) -> bool:
    """Whether edits leave any given number other than the problem has it: not where each was set back.

    A weight edited after iteration 1 always counts: what it was came of training.
    """
    standing = effective(edits)
    if any(edit.iteration > 1 and edit.ref.kind == "weight" for edit in standing):
        return True
    last = {(edit.iteration, edit.ref): edit for edit in standing}
    try:
        return any(given(problem, edit.ref) != edit.value for edit in last.values())
    except IndexError:
        return True


def given(problem: Problem, ref: Ref) -> float:
    """The given number, or the setting, at `ref`. IndexError where the problem has none such."""
    if ref.kind in NUMBERS:
        return float(setting(problem, ref.kind))
    if ref.kind in RATE_FIELDS or ref.kind in PENALTIES:
        return problem.rate(ref.kind, 1)
    if ref.kind == "weight":
        layer = problem.network.layers[ref.layer - 1]
        bias = layer.bias if layer.bias is not None else ()
        return float(layer.weights[ref.unit - 1, ref.input - 1] if ref.input else bias[ref.unit - 1])
    data = problem.samples.targets if ref.kind == "target" else problem.samples.inputs
    return float(data[ref.sample, ref.unit - 1])


def changed_with(problem: Problem, ref: Ref) -> tuple[Ref, ...]:
    """The given numbers that setting one changes: itself; of targets that add up to 1 the others of its sample too."""
    if ref.kind != "target" or problem.error != "softmax-ce":
        return (ref,)
    units = range(1, problem.samples.targets.shape[1] + 1)
    return ref, *(ref._replace(unit=unit) for unit in units if unit != ref.unit)


def is_fit(problem: Problem, ref: Ref, value: float) -> bool:
    """Whether the error can use this value, as a file may hold it: where it could not, δ would be no slope of E."""
    unfit = LOSSES[problem.error].unfit
    if ref.kind != "target" or unfit is None:
        return True
    row = problem.samples.targets[ref.sample].copy()
    _set_target(problem, row, ref.unit - 1, value)
    return not unfit(row[None]).any()


def _set_target(problem: Problem, row: Array, unit: int, value: float) -> None:
    """One target of a sample set; where they add up to 1, the others share what is left as they did before."""
    row[unit] = value
    others = np.arange(len(row)) != unit
    if problem.error == "softmax-ce" and 0 <= value <= 1 and others.any():
        rest = row[others].sum()
        row[others] = row[others] / rest * (1 - value) if rest > 0 else (1 - value) / others.sum()


def with_settings(problem: Problem, original: Problem, settings: Mapping[str, float]) -> Problem:
    """The problem with all its settings (by name): as the original has them, not as one after the other leaves them.

    So a depth that is set back is the original's again, with the layers that another one had taken off.
    """
    there = varied(original, settings)
    return replace(problem, network=there.network, batch=there.batch, seed=there.seed)


def with_edits(problem: Problem, edits: Iterable[Edit]) -> Problem:
    """The problem with every input, target, rate and setting of the edits."""
    made, settings = problem, dict[str, float]()
    for edit in edits:
        if edit.ref.kind in NUMBERS:
            settings[NUMBERS[edit.ref.kind]] = edit.value
            made = with_settings(made, problem, settings)
        elif edit.ref.kind != "weight":
            made = with_given(made, edit.ref, edit.value)
    return made


def with_given(problem: Problem, ref: Ref, value: float) -> Problem:
    """The problem with one input, target, rate or setting replaced."""
    if ref.kind in NUMBERS:
        return varied(problem, {NUMBERS[ref.kind]: value})
    if ref.kind in PENALTIES:
        return replace(problem, **{PENALTIES[ref.kind]: value})  # type: ignore[arg-type]
    if ref.kind in RATE_FIELDS:
        return replace(problem, optimizer=problem.optimizer.with_rate(RATE_FIELDS[ref.kind], value))
    inputs, targets = problem.samples.inputs.copy(), problem.samples.targets.copy()
    if ref.kind == "out" and ref.layer == 0:
        inputs[ref.sample, ref.unit - 1] = value
    elif ref.kind == "target":
        _set_target(problem, targets[ref.sample], ref.unit - 1, value)
    else:
        raise KeyError(ref)
    return replace(problem, samples=Samples(inputs, targets))
