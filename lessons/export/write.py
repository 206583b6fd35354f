"""Iterations written out in any format, as they are made: a long export takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.export import report
from nntutor.lessons.export.csv import trace_csv
from nntutor.lessons.export.json import trace_json
from nntutor.lessons.language.words import Words


class Out(Protocol):
    """Whatever text can be written to."""

    def write(self, text: str, /) -> object: ...


def write(
    out: Out,
    format: str,
    problem: Problem,
    traces: Iterable[Trace],
    words: Words,
    style: Style = Style.UNICODE,
    steps: bool = True,
) -> None:
    """Write iterations in one of `formats.FORMATS`; `steps` False writes each iteration as a whole."""
    match format:
        case "json":
            pieces = trace_json(problem, traces, steps)
        case "csv":
            pieces = trace_csv(traces, style, steps)
        case _:
            pieces = report.pieces(format, problem, traces, words, style, steps)
    for piece in pieces:
        out.write(piece)
