"""A mistake of ours in a key, a run or a drawing does not end the tutor: where the session goes on, and what it says.

The session before it is gone back to. Where the same comes of the same place again, or where a resumed place cannot
be drawn, the place is moved: a step back, then to the start, then to the list. Edits and what is kept stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from nntutor.lessons.language.words import load
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.session import Action, Resized, Session

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.tui.state.study import Study


class Faults:
    """The mistakes that this run has met, by the line that raised and the place of the session."""

    def __init__(self) -> None:
        self._met: set[tuple[object, ...]] = set()
        self._reports: dict[object, str] = {}

    def instead(self, error: Exception, action: Action, good: Session | None, bad: Session) -> Iterator[Session]:
        """The sessions to go on with, nearest first, each with a line about it.

        good: the one before, None at the start; bad: the one that could not be made or drawn. What went wrong is
        written down. A new size that cannot be drawn moves no place.
        """
        report = self._report(error, action, good or bad)
        if good is not None and (not self._again(error, good) or isinstance(action, Resized)):
            calm = _calm(good)
            yield _told(replace(calm, width=bad.width, height=bad.height), "fault.kept", report)
            if (good.width, good.height) != (bad.width, bad.height):
                yield _told(calm, "fault.kept", report)
        for moved in _moved(good if good is not None and good.study is not None else bad):
            yield _told(moved, "fault.moved", report)

    def drawn(
        self, error: Exception, action: Action, good: Session | None, bad: Session
    ) -> tuple[Session, tuple[Row, ...]]:
        """The nearest of these sessions that can be drawn, and its rows. Raises `error` where none can."""
        for one in self.instead(error, action, good, bad):
            with suppress(Exception):
                return one, page.rows(one)
        raise error

    def unsaved(self, error: Exception, action: Action, session: Session) -> Session:
        """The session, saying that its place could not be saved."""
        return _told(session, "fault.unsaved", self._report(error, action, session))

    def _again(self, error: Exception, session: Session) -> bool:
        study = session.study
        place = None if study is None else (study.name, study.run, study.place)
        met = (*_raised(error), place)
        again = met in self._met
        self._met.add(met)
        return again

    def _report(self, error: Exception, action: Action, session: Session) -> str:
        """Where it is written what went wrong, once for each line that raised; empty where nothing can be written."""
        raised = _raised(error)
        if raised not in self._reports:
            from nntutor.tui import fault_report

            self._reports[raised] = fault_report.write(error, action, session)
        return self._reports[raised]


def _raised(error: Exception) -> tuple[object, ...]:
    """What was raised, and by which line."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return type(error), last and (last.tb_frame.f_code.co_filename, last.tb_lineno)


def _told(session: Session, what: str, report: str) -> Session:
    """The session with a line in the place of its note."""
    words = load(session.language)
    written = words.say("fault.report", path=report) if report else words.say("fault.no_report")
    study = session.study and replace(session.study, note=None)
    home = replace(session.home, message=f"{words.say(what)} {written}")
    return replace(session, study=study, home=home, wanted=None, leaving=False)


def _calm(session: Session) -> Session:
    """The session with nothing running, and nothing open that would cover the line."""
    home = replace(session.home, reading=None)
    session = replace(session, palette=None, search=None, practice=None, ending=None, home=home)
    if session.visit is not None:
        from nntutor.tui.state.visits import below

        session = below(session)
    study = session.study
    if study is None:
        return session
    from nntutor.tui.state.panels import Scrolled

    panel = None if isinstance(study.panel, Scrolled) else study.panel
    return replace(session, study=replace(study, running=None, playing=None, panel=panel))


def _moved(session: Session) -> Iterator[Session]:
    """The session a step before, at the start, and in the list; in the first view, with nothing open."""
    calm = _calm(session)
    if calm.study is not None:
        for move in (_step_before, _start):
            with suppress(Exception):
                yield replace(calm, study=move(_plain(calm.study)))
    yield replace(calm, study=None)


def _plain(study: Study) -> Study:
    from nntutor.tui.state.views import views

    return replace(study, panel=None, view=views(study)[0], chosen={}, zoom=False, page=0)


def _step_before(study: Study) -> Study:
    from nntutor.tui.state import moves

    return moves.step_back(study)


def _start(study: Study) -> Study:
    from nntutor.tui.state import moves

    return moves.to(study, 1, 1) if study.lesson is None else moves.at_stop(study, 0)
