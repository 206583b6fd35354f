"""Sessions without a terminal: what the tests of session and drawing start from."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import groupby
from pathlib import Path

from nntutor.core.notation.style import Style
from nntutor.core.problems.network import Problem
from nntutor.lessons.course import builtin, load
from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.hues import AT_HAND
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import moves
from nntutor.tui.state.session import Action, Home, Opened, Press, Session
from nntutor.tui.state.study import Study
from nntutor.tui.state.update import update as updated


def update(session: Session, action: Action) -> Session:
    """The session after an action, on the screen as it is drawn."""
    return updated(session, action, extents)


def of_lesson(
    name: str,
    language: str = "en",
    style: Style = Style.UNICODE,
    size: tuple[int, int] = (80, 24),
    *,
    known: bool = False,
    asks: bool = False,
) -> Session:
    """A lesson at its first stop. known: what other tests have run of it is not run again; for one that only looks.

    asks: its questions open by themselves; else as if each had been closed before.
    """
    study = _known(name) if known else _opened(name)
    assert study.lesson is not None
    study = study if asks else replace(study, closed=frozenset(range(len(study.lesson.stops))))
    return update(Session(Home(load.lessons()), language, style, 4, *size), Opened(study))


def _opened(name: str) -> Study:
    lesson = load.find(name)
    assert lesson is not None
    problems = {run.id: builtin.of_run(run) for run in lesson.runs}
    return moves.opened(name, lesson, problems, {run.id: run.mistake for run in lesson.runs})


_known = cache(_opened)


def of_problem(
    problem: Problem, style: Style = Style.UNICODE, size: tuple[int, int] = (80, 24), mistake: str = ""
) -> Session:
    """A problem at its first step."""
    study = moves.opened("problem", None, {"main": problem}, {"main": mistake} if mistake else {})
    return update(Session(Home(load.lessons()), "en", style, 4, *size), Opened(study))


def pressed(session: Session, *actions: str) -> Session:
    for action in actions:
        session = update(session, Press(action))
    return session


def lines(session: Session) -> list[str]:
    return ["".join(piece.text for piece in row) for row in page.rows(session)]


def rules(rows: tuple[Row, ...]) -> list[int]:
    """Which rows are a line across the screen; names may stand in it."""
    return [
        at
        for at, row in enumerate(rows)
        if row and row[0].style == row[-1].style == "edge" and {row[0].text[0], row[-1].text[-1]} <= {"─", "-"}
    ]


def marked(rows: list[Row]) -> list[str]:
    """What is marked as at hand, each mark whole, whatever of it can be clicked."""
    joined = [
        ("".join(piece.text for piece in pieces).strip(), style)
        for row in rows
        for style, pieces in groupby(row, key=lambda piece: piece.style)
    ]
    return [text for text, style in joined if style in AT_HAND]


def without_note(session: Session) -> Session:
    assert session.study is not None
    return replace(session, study=replace(session.study, note=None))


def kept(home: Path, session: Session) -> Session:
    """The session after its place was saved and the lesson opened again by another desk."""
    assert session.study is not None
    store = Store.open(home)
    Desk(store).keep(replace(session, study=None), session)
    store.close()
    store = Store.open(home)
    study = Desk(store).open_lesson(session.study.name)
    store.close()
    again = update(replace(session, study=None), Opened(study))
    return replace(again, digits=session.digits)


def resumed(home: Path, session: Session) -> Session:
    """The session after its program has ended and another one has gone on where it was."""
    study = session.study
    assert study is not None
    store = Store.open(home)
    desk = Desk(store)
    if study.lesson is None:
        desk.begin(None, study.timeline.original)
    desk.keep(replace(session, study=None), session)
    store.close()
    store = Store.open(home)
    desk = Desk(store)
    again = desk.resume()
    store.close()
    assert again is not None
    size = session.width, session.height
    after = Session(session.home, again.language, session.style, 4, *size, questions=session.questions)
    return update(after, Opened(again.study, again.digits))
