"""What of a session may be gone after an action, brought to what is there: a picked row, a page, how far down one
has scrolled, a view.

Places fit by themselves: a timeline is at none that is not there. Keys, sizes, edits, languages and what was kept
change the rest from everywhere, so it is held here, once, and no key need think of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nntutor.tui.state.session import Extents, Session

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.tui.state.panels import Panel
    from nntutor.tui.state.study import Study


def fitted(session: Session, extents: Extents) -> Session:
    """The session, with nothing picked or looked at that is not there."""
    listed, home, study = session.palette, session.home, session.study
    if listed is not None and listed.picked:
        from nntutor.tui.state import palette

        picked = _within(listed.picked, len(palette.found(session)))
        if picked != listed.picked:
            session = replace(session, palette=replace(listed, picked=picked))
    over = session.practice or session.ending
    if over is not None and over.top:
        top = _within(over.top, extents.last_top(session) + 1)
        return _scrolled(session, top)  # what is below is as it was
    if study is None:
        if home.reading:
            top = _within(home.reading, extents.last_top(session) + 1)
            session = replace(session, home=replace(home, reading=top))
        return session
    if study.panel is not None:
        study = _in_panel(session, study, study.panel, extents)
    if study.page and study.panel is None:  # what is open hides the prose, whose pages are counted when it is seen
        study = replace(study, page=_within(study.page, extents.prose_pages(session)))
    study = _study(study)
    return session if study is session.study else replace(session, study=study)


def _scrolled(session: Session, top: int) -> Session:
    """What lies over the list or the lesson, scrolled down so far."""
    if session.practice is not None:
        return replace(session, practice=replace(session.practice, top=top))
    assert session.ending is not None
    return replace(session, ending=replace(session.ending, top=top))


def _in_panel(session: Session, study: Study, panel: Panel, extents: Extents) -> Study:
    from nntutor.tui.state.panels import Scrolled, Why

    if isinstance(panel, Scrolled) and panel.top:
        return replace(study, panel=replace(panel, top=_within(panel.top, extents.last_top(session) + 1)))
    if isinstance(panel, Why) and panel.picked:
        return replace(study, panel=Why(_within(panel.picked, len(study.step.operands))))
    return study


def _study(study: Study) -> Study:
    from nntutor.tui.state.views import view_at, views

    if study.view not in views(study):
        asked = study.lesson.stops[study.stop].view if study.lesson is not None and study.stop is not None else ""
        view = view_at(study, asked)
        study = replace(study, view=view if view in views(study) else views(study)[0])
    if study.act is not None and not _at(study, study.act.stop):
        study = replace(study, act=None)
    return study


def _at(study: Study, number: int) -> bool:
    """Whether the place at hand is that of a stop, and this the one that the lesson has come to."""
    assert study.lesson is not None
    stop = study.lesson.stops[number]
    return number == study.last and study.run == stop.run and study.place == study.place_of(stop)


def _within(picked: int, count: int) -> int:
    """The nearest of `count`, from 0."""
    return max(0, min(picked, count - 1))
