"""What a name on the command line stands for: a lesson, a problem that ships, a file, standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.model import Lesson
from nntutor.tui.arguments import Arguments
from nntutor.tui.usage import UsageError, near

if TYPE_CHECKING:
    from nntutor.core.problems.network import Problem
    from nntutor.lessons.learner.sources import Source


def target(given: Arguments) -> tuple[Lesson | None, Problem, str]:
    """The lesson, if it is one, the problem, and the mistake that it is run with."""
    name = given.what or ""
    lesson = load.named(name)
    if lesson is not None:
        run = lesson.runs[0]
        if given.run is not None:
            names = [run.id for run in lesson.runs]
            if given.run not in names:
                raise UsageError("no_run", lesson=name, name=given.run, expected=names)
            run = lesson.run(given.run)
        return lesson, builtin.of_run(run), run.mistake
    if given.run is not None:
        raise UsageError("run_of_problem", name=name)
    return None, problem(name, given.problem), ""


def problem(name: str, sheet: str | None) -> Problem:
    """A problem by its path, from standard input, or by the name of one that ships.

    sheet: the file of the rest, where `name` holds a network alone.
    """
    from nntutor.core.files.problem import read

    if sheet is not None:
        from nntutor.core.files.model import read_model

        return read(sheet, model=read_model(name))
    if builtin.is_path(name):
        return read(name)
    if name not in builtin.names():
        lessons, problems = [lesson.id for lesson in load.lessons()], list(builtin.names())
        raise near("no_target", name, [*lessons, *problems], lessons=lessons, problems=problems)
    return builtin.open(name)


def problem_to_keep(name: str, sheet: str | None) -> tuple[Problem, Source | None]:
    """A problem, and what the place keeps of its file; None where it keeps the problem written out."""
    from nntutor.core.files.problem import parse, text_of
    from nntutor.lessons.learner import sources

    if sheet is not None:
        from nntutor.core.files.model import read_model

        network = read_model(name)
        text, file, folder = text_of(sheet)
        return parse(text, file, folder, network), sources.of_file(text, folder, name)
    if not builtin.is_path(name):
        return problem(name, sheet), None
    text, file, folder = text_of(name)
    return parse(text, file, folder), sources.of_file(text, folder)
