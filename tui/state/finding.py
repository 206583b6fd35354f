"""Keys while something is searched for, from the list of lessons, a lesson or the glossary."""

from __future__ import annotations

from dataclasses import replace

from nntutor.lessons.course import search
from nntutor.lessons.course.search import Found
from nntutor.tui.state import korean
from nntutor.tui.state.keys import WAYS
from nntutor.tui.state.panels import Reading
from nntutor.tui.state.session import Action, Extents, Press, Search, Session, Wanted


def found(session: Session) -> tuple[Found, ...]:
    """Where what is searched for stands."""
    query = "" if session.search is None else session.search.query
    # With the Korean input method on, "xor" arrives as 택.
    return search.found(tuple(dict.fromkeys((query, korean.plain(query)))), session.language) if query.strip() else ()


def finding(session: Session, asked: Search, action: Action, extents: Extents) -> Session:
    """The session after an action while something is searched for."""
    match action:
        case Press("escape"):
            return replace(session, search=None)
        case Press("continue") if places := found(session):
            return _led(replace(session, search=None), places[min(asked.picked, len(places) - 1)], extents)
        case Press("unit_next" | "unit_previous" as name) if places := found(session):
            asked = replace(asked, picked=(asked.picked + WAYS[name]) % len(places))
    return replace(session, search=asked)


def _led(session: Session, place: Found, extents: Extents) -> Session:
    """Where what was found leads: into the glossary, to a lesson as it was left, or to its stop."""
    study = session.study
    if not place.lesson:
        top = extents.top_of(session, place.number or 0)
        if study is None:
            return replace(session, home=replace(session.home, reading=top))
        return replace(session, study=replace(study, panel=Reading(top), note=None))
    if study is not None and study.lesson is not None and study.name == place.lesson and place.number is not None:
        from nntutor.tui.state import moves

        return replace(session, study=moves.at_stop(replace(study, panel=None), place.number))
    home = session.home
    picked = [number for number, lesson in enumerate(home.lessons) if lesson.id == place.lesson]
    home = replace(home, picked=picked[0] if picked else home.picked, reading=None)
    return replace(session, home=home, wanted=Wanted(place.lesson, stop=place.number))
