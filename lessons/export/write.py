"""Iterations written out in any format, as they are made: a long export takes no more memory than a short one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.export import report
from nntutor.lessons.export.csv import trace_csv
from nntutor.lessons.export.json import trace_json
from nntutor.lessons.export.numpy_script import NumpyScript
from nntutor.lessons.export.script import Script
from nntutor.lessons.export.torch_script import TorchScript
from nntutor.lessons.language.speech import Speech
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
    last: int | None = None,
) -> None:
    """Write iterations in one of `formats.FORMATS`, as `pieces` has them."""
    for piece in pieces(format, problem, traces, words, style, steps, last):
        out.write(piece)


def pieces(
    format: str,
    problem: Problem,
    traces: Iterable[Trace],
    words: Words,
    style: Style = Style.UNICODE,
    steps: bool = True,
    last: int | None = None,
) -> Iterator[str]:
    """Iterations in one of `formats.FORMATS`, piece by piece; `steps` False: each iteration as a whole.

    last: the iteration up to which a script goes, so that those after the first need not be recorded for it.
    """
    match format:
        case "json":
            return trace_json(problem, traces, steps)
        case "csv":
            return trace_csv(traces, style, steps)
        case "numpy" | "torch":
            return _script(format, traces, last, words, style)
    return report.pieces(format, problem, traces, words, style, steps)


def _script(format: str, traces: Iterable[Trace], last: int | None, words: Words, style: Style) -> Iterator[str]:
    """The lines of a script; NotScripted, before the first of them, where there is none for these iterations."""
    kinds: dict[str, type[Script]] = {"numpy": NumpyScript, "torch": TorchScript}
    traces = iter(traces)
    first = next(traces)
    end = max((trace.iteration for trace in traces), default=first.iteration) if last is None else last
    script = kinds[format](first, end, Speech(words, style))
    return (f"{line}\n" for line in [*script.lines()])
