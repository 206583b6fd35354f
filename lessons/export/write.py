"""Iterations written out: JSON for programs, CSV for spreadsheets, reports for people.

This room says which iterations there are and how each format is reached; it writes JSON and CSV itself and
leaves what people read to `report`. Everything is written as it is made, one iteration after the other, so
that a long export takes no more memory than a short one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Protocol

import numpy as np

from nntutor.core.engine.program import Engine, State
from nntutor.core.engine.trace import Step, Trace, after, record
from nntutor.core.engine.training import Runner, replay
from nntutor.core.notation.figures import substituted
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.symbols import Ref, Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.export import report
from nntutor.lessons.language.words import Words

FORMATS = ("text", "md", "tex", "json", "csv")
STEP_COLUMNS = (
    "iteration", "index", "phase", "kind", "layer", "unit", "input", "sample",
    "symbol", "formula", "substituted", "value",
)  # fmt: skip
# A run towards the first iteration is cut into pieces of about so many seconds, and what it kept is let go.
_PIECE = 0.5


class Out(Protocol):
    """Whatever text can be written to."""

    def write(self, text: str, /) -> object: ...


def iterations(problem: Problem, first: int = 1, last: int = 1, mistake: str = "") -> Iterator[Trace]:
    """The records of iterations `first` to `last`; one that diverges is the last, even where it lies before `first`.

    What lies before `first` is run without being recorded.
    """
    engine = Engine(problem, mistake)
    state = _before(engine, first)
    while state.done < last:
        trace = record(engine, state)
        yield trace
        if trace.diverged:
            return
        state = after(trace)


def _before(engine: Engine, iteration: int) -> State:
    """The state before an iteration, or before the one that diverges on the way there."""
    runner = Runner(engine, engine.start())
    while (missing := iteration - 1 - runner.state.done) > 0:
        behind = runner.state
        chunk = runner.chunk(missing, seconds=_PIECE)
        if chunk.diverged is not None:
            return replay(engine, behind, chunk.diverged - 1)
    return runner.state


def write(
    out: Out,
    format: str,
    problem: Problem,
    traces: Iterable[Trace],
    words: Words,
    style: Style = Style.UNICODE,
    steps: bool = True,
) -> None:
    """Write iterations in one of FORMATS; `steps` False writes each iteration as a whole."""
    match format:
        case "json":
            pieces = _json(problem, traces, steps)
        case "csv":
            pieces = _csv(traces, style, steps)
        case _:
            pieces = report.pieces(format, problem, traces, words, style, steps)
    for piece in pieces:
        out.write(piece)


# --- JSON --------------------------------------------------------------------------------------------

Json = dict[str, object]


def _json(problem: Problem, traces: Iterable[Trace], steps: bool) -> Iterator[str]:
    from nntutor.core.files.writing import as_json

    yield '{"format": "nntutor-trace", "version": 1,\n'
    yield f' "problem": {_dumps(as_json(problem))},\n "iterations": ['
    for place, trace in enumerate(traces):
        yield ",\n  " if place else "\n  "
        whole = _dumps(iteration_json(trace))
        if not steps:
            yield whole
            continue
        yield f'{whole[:-1]},\n   "steps": ['
        symbol = cache(trace.symbol)
        for step in trace:
            yield ",\n    " if step.index > 1 else "\n    "
            yield _dumps(step_json(step, trace, symbol))
        yield "\n   ]}"
    yield "\n ]}\n"


def _dumps(value: object) -> str:
    # Numbers that JSON does not have were made strings before; one that slipped through would be a mistake of ours.
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


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
    passed = range(0) if trace.problem.surface else layers
    found: Json = {
        "iteration": trace.iteration,
        "samples": list(trace.samples),
        "before": [_parameters(trace, "weight", layer) for layer in layers],
        "forward": [{kind: _array(trace, kind, layer) for kind in ("net", "out")} for layer in passed],
    }
    if trace.problem.error == "softmax-ce":
        found["probabilities"] = _array(trace, "prob")
    found |= {
        "error": number(trace.error),
        "backward": [{"delta": _array(trace, "delta", layer)} for layer in passed],
        "gradients": [_parameters(trace, "grad", layer) for layer in layers],
        "optimizer": {
            state: [_parameters(trace, state, layer) for layer in layers]
            for state, _ in trace.problem.optimizer.rule.states
        },
        "after": [_parameters(trace, "new", layer) for layer in layers],
        "error_after": number(trace.error_after),
    }
    if trace.diverged:
        found["diverged"] = True
    return found


def _array(trace: Trace, kind: str, layer: int = 0) -> list[object] | None:
    try:
        return _numbers(trace.array(kind, layer))
    except KeyError:
        return None


def _parameters(trace: Trace, kind: str, layer: int) -> Json:
    return {"weights": _array(trace, kind, layer), "bias": _array(trace, f"bias:{kind}", layer)}


def step_json(step: Step, trace: Trace, symbol: Callable[[Ref], str]) -> Json:
    """One step, its formula spelled in full; `symbol` spells a name."""
    formula = text(tokens(step.formula, symbol))
    return {
        "index": step.index,
        "phase": step.phase,
        "kind": step.kind,
        "layer": None if step.ref.kind == "error" else step.layer,
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


def filled(step: Step, trace: Trace, style: Style = Style.UNICODE) -> str:
    """A step's formula with figures of 9 significant digits for its names."""

    def leaf(ref: Ref) -> str:
        figures = substituted(trace.value(ref))
        return figures.replace("−", "-") if style is Style.ASCII else figures

    return text(tokens(step.formula, leaf, style))


# --- CSV ---------------------------------------------------------------------------------------------


class _Line:
    """A file of one line: what the csv module writes can be read back and passed on."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text


def _csv(traces: Iterable[Trace], style: Style, steps: bool) -> Iterator[str]:
    line = _Line()
    writer = csv.writer(line, lineterminator="\n")
    for row in _step_rows(traces, style) if steps else _iteration_rows(traces, style):
        writer.writerow(row)
        yield line.text


def _step_rows(traces: Iterable[Trace], style: Style) -> Iterator[tuple[object, ...]]:
    yield STEP_COLUMNS
    for trace in traces:

        def symbol(ref: Ref, trace: Trace = trace) -> str:
            return trace.symbol(ref, style)

        for step in trace:
            yield (
                trace.iteration,
                step.index,
                step.phase,
                step.kind,
                None if step.ref.kind == "error" else step.layer,
                step.unit,
                step.input,
                step.sample,
                symbol(step.ref),
                text(tokens(step.formula, symbol, style)),
                filled(step, trace, style),
                repr(step.value),
            )


def _iteration_rows(traces: Iterable[Trace], style: Style) -> Iterator[list[object]]:
    """One row an iteration: its E, E after its update, and the weights that its E was made with."""
    for place, trace in enumerate(traces):
        if not place:
            yield [
                "iteration",
                "error",
                "error_after",
                *(trace.symbol(ref, style) for ref in _parameters_of(trace)),
            ]
        arrays = [
            trace.array(kind, layer).ravel().tolist()
            for kind in ("weight", "bias")
            for layer in range(1, len(trace.problem.network.layers) + 1)
            if kind == "weight" or trace.problem.network.layers[layer - 1].bias is not None
        ]
        yield [trace.iteration, repr(trace.error), repr(trace.error_after), *map(repr, chain(*arrays))]


def _parameters_of(trace: Trace) -> Iterator[Ref]:
    """All weights, then all biases, layer by layer."""
    layers = trace.problem.network.layers
    for number, layer in enumerate(layers, 1):
        for unit in range(1, layer.units + 1):
            yield from (Ref("weight", number, unit, source) for source in range(1, layer.inputs + 1))
    for number, layer in enumerate(layers, 1):
        if layer.bias is not None:
            yield from (Ref("weight", number, unit) for unit in range(1, layer.units + 1))
