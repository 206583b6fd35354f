"""Iterations as JSON: one object, streamed, every number in full."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import numpy as np

from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.files.writing import samples, without_samples
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.export.steps import filled

Json = dict[str, object]
_FEW = 1000


def trace_json(problem: Problem, traces: Iterable[Trace], steps: bool) -> Iterator[str]:
    yield '{"format": "nntutor-trace", "version": 1,\n "problem": '
    yield from _problem(problem)
    yield ',\n "iterations": ['
    for place, trace in enumerate(traces):
        yield ",\n  " if place else "\n  "
        whole = dumps(iteration_json(trace))
        if not steps:
            yield whole
            continue
        yield f'{whole[:-1]},\n   "steps": ['
        symbol = cache(trace.symbol)
        for step in trace:
            yield ",\n    " if step.index > 1 else "\n    "
            yield dumps(step_json(step, trace, symbol))
        yield "\n   ]}"
    yield "\n ]}\n"


def _problem(problem: Problem) -> Iterator[str]:
    """The problem as it was read, its samples a few at a time."""
    whole = dumps(without_samples(problem))
    if not problem.passes:
        yield whole
        return
    yield f'{whole[:-1]}, "sample": ['
    for first in range(0, len(problem.samples), _FEW):
        yield (", " if first else "") + dumps(samples(problem, first, first + _FEW))[1:-1]
    yield "]}"


def dumps(value: object) -> str:
    # Numbers that JSON does not have were made strings before; one that slipped through would be a mistake of ours.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(letter: str) -> str:
    """Exact data all the same: what no screen shows is written as JSON escapes it."""
    return letter if letter.isprintable() else json.dumps(letter)[1:-1]


def number(value: float) -> float | str:
    """A number as the trace holds it: what is not finite is a word."""
    value = float(value)
    return value if np.isfinite(value) else str(value)


def _numbers(array: np.ndarray) -> list[object]:
    if np.isfinite(array).all():
        return list(array.tolist())
    return [_numbers(row) if row.ndim else number(float(row)) for row in array]


def iteration_json(trace: Trace) -> Json:
    """An iteration as a whole, without its steps."""
    layers = range(1, len(trace.problem.network.layers) + 1)
    passed = layers if trace.problem.passes else range(0)
    found: Json = {
        "iteration": trace.iteration,
        "samples": list(trace.samples),
        "before": [_parameters(trace, "weight", layer) for layer in layers],
        "forward": [{kind: _array(trace, kind, layer) for kind in ("net", "out")} for layer in passed],
    }
    if trace.problem.error == "softmax-ce":
        found["probabilities"] = _array(trace, "prob")
    found |= {
        "error": _error(trace, trace.error),
        "backward": [{"delta": _array(trace, "delta", layer)} for layer in passed],
        **({"input_gradient": _array(trace, "out_grad")} if trace.problem.input_gradient else {}),
        "gradients": [_parameters(trace, "grad", layer) for layer in layers],
        "optimizer": {
            state: [_parameters(trace, state, layer) for layer in layers]
            for state, _ in trace.problem.optimizer.rule.states
        },
        "after": [_parameters(trace, "new", layer) for layer in layers],
        "error_after": _error(trace, trace.error_after),
    }
    if trace.diverged:
        found["diverged"] = True
    return found


def _error(trace: Trace, error: float) -> float | str | None:
    return number(error) if trace.problem.given is None else None


def _array(trace: Trace, kind: str, layer: int = 0, bias: bool = False) -> list[object] | None:
    try:
        return _numbers(trace.array(kind, layer, bias))
    except KeyError:
        return None


def _parameters(trace: Trace, kind: str, layer: int) -> Json:
    return {"weights": _array(trace, kind, layer), "bias": _array(trace, kind, layer, bias=True)}


def step_json(step: Step, trace: Trace, symbol: Callable[[Ref], str]) -> Json:
    """One step, its formula spelled in full; `symbol` spells a name."""
    formula = text(tokens(step.formula, symbol))
    return {
        "index": step.index,
        "phase": step.phase,
        "kind": step.kind,
        "layer": step.layer,
        "unit": step.unit,
        "input": step.input,
        "sample": step.sample,
        "symbol": step.symbol,
        "formula": formula,
        "substituted": filled(step, trace),
        "full": formula if step.full == step.formula else text(tokens(step.full, symbol)),
        "value": number(step.value),
        "operands": [
            {
                "symbol": operand.symbol,
                "value": number(operand.value),
                "iteration": operand.iteration,
                "step": operand.step,
            }
            for operand in step.operands
        ],
    }
