"""The gradient check of iterations as JSON: one object, streamed, every number in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite

from nntutor.core.analysis.gradient_check import Check, check_all
from nntutor.core.engine.trace import Trace
from nntutor.core.files.writing import as_json
from nntutor.core.problems.network import Problem
from nntutor.core.progress import Progress, untold
from nntutor.lessons.export.json import Json, dumps, number


class Listing:
    """The check of several iterations as pieces of text; once written, `disagreeing` counts what disagrees."""

    def __init__(self, progress: Progress = untold) -> None:
        self.disagreeing, self._progress = 0, progress

    def pieces(self, problem: Problem, traces: Iterable[Trace]) -> Iterator[str]:
        yield '{"format": "nntutor-check", "version": 1,\n'
        yield f' "problem": {dumps(as_json(problem))},\n "iterations": ['
        for place, trace in enumerate(traces):
            yield ",\n  " if place else "\n  "
            yield from self._iteration(trace)
        yield "\n ]}\n"

    def _iteration(self, trace: Trace) -> Iterator[str]:
        """One iteration; one that diverged has nothing to check."""
        seen = isfinite(trace.error)
        head: Json = {"iteration": trace.iteration, "error": number(trace.error)}
        yield dumps(head if seen else {**head, "diverged": True})[:-1] + ', "checks": ['
        for place, check in enumerate(check_all(trace, self._progress) if seen else ()):
            self.disagreeing += check.verdict == "differs"
            yield (",\n    " if place else "\n    ") + dumps(_check_json(check))
        yield "]}"


def _check_json(check: Check) -> Json:
    ref = check.ref
    return {
        "symbol": check.symbol,
        "layer": ref.layer,
        "unit": ref.unit,
        "input": ref.input or None,
        "sample": ref.sample if ref.sample >= 0 else None,
        "h": number(check.h),
        "numeric": number(check.numeric),
        "error": number(check.error),
        "gradient": number(check.gradient),
        "relative": number(check.relative),
        "verdict": check.verdict,
        "kinks": list(check.kinks),
    }
