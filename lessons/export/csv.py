"""Iterations as CSV: a line a step, or a line an iteration."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.export.steps import filled

STEP_COLUMNS = (
    "iteration", "index", "phase", "kind", "layer", "unit", "input", "sample",
    "symbol", "formula", "substituted", "value",
)  # fmt: skip


class _Line:
    """A file of one line: what the csv module writes can be read back and passed on."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text = text


def trace_csv(traces: Iterable[Trace], style: Style, steps: bool) -> Iterator[str]:
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
                step.layer,
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
            trace.array("weight", number, bias).ravel().tolist()
            for bias in (False, True)
            for number, layer in enumerate(trace.problem.network.layers, 1)
            if not bias or layer.bias is not None
        ]
        errors = (trace.error, trace.error_after)
        shown = map(repr, errors) if trace.problem.given is None else ("", "")
        yield [trace.iteration, *shown, *map(repr, chain(*arrays))]


def _parameters_of(trace: Trace) -> Iterator[Ref]:
    """All weights, then all biases, layer by layer."""
    layers = trace.problem.network.layers
    for number, layer in enumerate(layers, 1):
        for unit in range(1, layer.units + 1):
            yield from (Ref("weight", number, unit, source) for source in range(1, layer.inputs + 1))
    for number, layer in enumerate(layers, 1):
        if layer.bias is not None:
            yield from (Ref("weight", number, unit) for unit in range(1, layer.units + 1))
