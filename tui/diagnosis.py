"""`nntutor diagnose`: a person's own numbers read, compared and told."""

from __future__ import annotations

from nntutor.core.diagnosis import reading
from nntutor.core.diagnosis.diagnosing import diagnose
from nntutor.core.problems.network import Problem
from nntutor.lessons.export import diagnosis_json
from nntutor.lessons.export.diagnosis import Answer
from nntutor.tui.arguments import Arguments
from nntutor.tui.output import Output


def told(problem: Problem, given: Arguments, out: Output) -> bool:
    """Say what is found, when all of it is; whether any number differs."""
    named, file = (None, "") if given.values is None else reading.read(given.values)
    with out.progress() as tell:
        found = diagnose(problem, named, file, given.iteration, given.tolerance, given.iterations, tell)
    if given.format == "json":
        out.utf8()
        out.write("".join(diagnosis_json.pieces(found)))
    else:
        out.lines(iter(list(Answer(out.words, out.style).lines(found))))
    return found.verdict not in ("right", None)
