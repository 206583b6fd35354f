"""A sheet to fill in: every number of the iterations by its symbol, as `nntutor diagnose` reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nntutor.core.diagnosis.text import UNKNOWN
from nntutor.core.engine.trace import Trace
from nntutor.lessons.language.speech import Speech


def lines(traces: Iterable[Trace], speech: Speech) -> Iterator[str]:
    """A line for each step, its phase as a comment before it."""
    yield f"# {speech.say('diagnosis.fill_in', unknown=UNKNOWN)}"
    for trace in traces:
        phase = ""
        for index in range(1, len(trace) + 1):
            if trace.plan.phase(index) != phase:
                phase = trace.plan.phase(index)
                yield f"\n# {speech.say('cli.iteration', iteration=trace.iteration)}: {speech.say(f'phase.{phase}')}"
            at = f"@{trace.iteration}" if trace.iteration > 1 else ""
            yield f"{trace.symbol(trace.ref(index), speech.style)}{at} = {UNKNOWN}"
