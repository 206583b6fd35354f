"""Sessions without a terminal: what the tests of session and drawing start from."""

from __future__ import annotations

from nntutor.core.notation.symbols import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin, load
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import moves
from nntutor.tui.state.session import Action, Home, Opened, Press, Session
from nntutor.tui.state.update import update as updated


def update(session: Session, action: Action) -> Session:
    """The session after an action, on the screen as it is drawn."""
    return updated(session, action, extents)


def of_lesson(
    name: str, language: str = "en", style: Style = Style.UNICODE, size: tuple[int, int] = (80, 24)
) -> Session:
    """A lesson at its first stop."""
    lesson = load.find(name)
    assert lesson is not None
    problems = {run.id: builtin.of_run(run) for run in lesson.runs}
    study = moves.opened(name, lesson, problems, {run.id: run.mistake for run in lesson.runs})
    return update(Session(Home(load.lessons()), language, style, 4, *size), Opened(study))


def of_problem(problem: Problem, style: Style = Style.UNICODE, size: tuple[int, int] = (80, 24)) -> Session:
    """A problem at its first step."""
    study = moves.opened("problem", None, {"main": problem}, {})
    return update(Session(Home(load.lessons()), "en", style, 4, *size), Opened(study))


def pressed(session: Session, *actions: str) -> Session:
    for action in actions:
        session = update(session, Press(action))
    return session


def lines(session: Session) -> list[str]:
    return ["".join(piece.text for piece in row) for row in page.rows(session)]
