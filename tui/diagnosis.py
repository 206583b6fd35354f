"""A person's own numbers read and compared: told by `nntutor diagnose`, shown beside ours by `nntutor open`."""

from __future__ import annotations

from collections.abc import Mapping

from nntutor.core.diagnosis import reading
from nntutor.core.diagnosis.diagnosing import beside, diagnose
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.lessons.export import diagnosis_json
from nntutor.lessons.export.diagnosis import Answer
from nntutor.tui.arguments import Arguments
from nntutor.tui.output import Output
from nntutor.tui.state.study import Yours
from nntutor.tui.state.yours import by_step


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


def own_numbers(problem: Problem, values: str, out: Output) -> Mapping[tuple[int, Ref], Yours]:
    """The numbers of VALUES by the number that each is compared with. Raises the ProblemErrors of `diagnose`."""
    named, file = reading.read(values)
    with out.progress() as tell:
        return by_step(problem, beside(problem, named, file, progress=tell))
