"""What each action makes of the session: `update(session, action, extents)` gives the next one and touches nothing,
no widget, no file, no clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nntutor.lessons.language import words
from nntutor.tui.state.at_home import at_home
from nntutor.tui.state.fitting import fitted
from nntutor.tui.state.keys import WAYS
from nntutor.tui.state.session import (
    THEMES,
    Action,
    Extents,
    Message,
    Opened,
    Palette,
    Pointed,
    Press,
    Ran,
    Resized,
    Search,
    Session,
    Tick,
    Typed,
    Wanted,
    asking,
)
from nntutor.tui.state.signs import words_with_keys

if TYPE_CHECKING:
    from nntutor.tui.state.palette import Entry
    from nntutor.tui.state.study import Study


def update(session: Session, action: Action, extents: Extents) -> Session:
    """The session after an action."""
    if session.visit is None:
        return fitted(_updated(session, action, extents), extents)
    # Another door: few starts have something due.
    from nntutor.tui.state.in_overlay import visited

    return fitted(visited(session, action, lambda: _updated(session, action, extents)), extents)


def _updated(session: Session, action: Action, extents: Extents) -> Session:
    if _stops_playing(action) and session.study is not None and session.study.playing is not None:
        from nntutor.tui.state import playing

        name = action.action if isinstance(action, Press) else ""
        return replace(session, study=playing.pressed(session.study, name))
    if isinstance(action, Press) and session.home.anew and action.action != "reset":
        session = replace(session, home=replace(session.home, anew=False))  # also where the list never sees the key
    match action:
        case Resized(width, height):
            resized = replace(session, width=width, height=height)
            if session.study is not None and (width, height) != (session.width, session.height):
                resized = replace(resized, study=replace(session.study, page=0))  # its pages are others now
            return _keep_glossary_position(session, resized, extents)
        case Opened(study):
            digits = study.lesson.digits if study.lesson is not None else session.digits
            return replace(
                session, study=study, wanted=None, search=None, practice=None, visit=None,
                ending=None, digits=action.digits or digits,
            )  # fmt: skip
        case Press("language"):
            at = words.LANGUAGES.index(session.language) + 1
            return _spoken(session, words.LANGUAGES[at % len(words.LANGUAGES)], extents)
        case Press("theme"):
            return _themed(session, THEMES[(THEMES.index(session.theme) + 1) % len(THEMES)])
        case Press("mouse"):
            session = replace(session, mouse=not session.mouse)
            return _noted(session, f"mouse.{'on' if session.mouse else 'off'}")
        case Pointed():
            # Another door: few starts have a mouse.
            from nntutor.tui.state import pointing

            session, given = pointing.meant(session, action)
            for one in given:
                session = update(session, one, extents)
            return session
        case Message(text):
            return replace(session, home=replace(session.home, message=text), wanted=None)
    if asking(session):
        # Another door: few starts type a line.
        from nntutor.tui.state import writing

        if (written := writing.typed(session, action)) is not None:
            return written
        if action == Press("continue"):
            session = writing.remembered(session)
    if session.palette is not None and not isinstance(action, Ran | Tick):
        return _in_palette(session, session.palette, action, extents)
    if session.search is not None and not isinstance(action, Ran | Tick) and action != Press("palette"):
        # Another door: the texts and what searches them are read when something is searched for.
        from nntutor.tui.state.finding import finding

        return finding(session, session.search, action, extents)
    if (session.practice is not None or session.ending is not None) and not isinstance(action, Ran | Tick):
        # Another door: problems and what they are made of are read when there are some.
        from nntutor.tui.state.in_overlay import over

        return over(session, action, extents)
    if action == Press("palette"):
        return replace(session, palette=Palette())
    if action == Press("search") and not asking(session) and (session.study is None or session.study.running is None):
        return replace(session, search=Search())
    if session.study is None:
        return at_home(session, action, extents)
    if isinstance(action, Press) and session.home.message:
        session = replace(session, home=replace(session.home, message=""))
    # One of the doors behind which NumPy is loaded: the list of lessons stands 100 ms sooner without it.
    from nntutor.tui.state.in_study import in_study

    assert session.study is not None
    return in_study(session, session.study, action, extents)


def _stops_playing(action: Action) -> bool:
    """Whether somebody did something; what a click in the key row means is asked first."""
    return isinstance(action, Press | Typed) or (isinstance(action, Pointed) and action.what != "key")


def _in_palette(session: Session, listed: Palette, action: Action, extents: Extents) -> Session:
    """The list of commands: of what is found one is picked, and carried out."""
    from nntutor.tui.state import palette

    found = palette.found(session)
    match action:
        case Press("escape" | "palette"):
            return replace(session, palette=None)
        case Press("continue") if found:
            return carried_out(replace(session, palette=None), found[listed.picked], extents)
        case Press("unit_next" | "unit_previous" as name) if found:
            return replace(session, palette=replace(listed, picked=(listed.picked + WAYS[name]) % len(found)))
    return session


def carried_out(session: Session, entry: Entry, extents: Extents) -> Session:
    """What is picked from the list of commands."""
    match entry.group:
        case "lesson":
            return _wanted(session, entry.name)
        case "view" if session.study is not None:
            return replace(session, study=_viewed(session, session.study, entry.name, extents))
        case "theme":
            return _themed(session, entry.name)
        case "language":
            return _spoken(session, entry.name, extents)
    return update(session, Press(entry.name), extents)


def _viewed(session: Session, study: Study, view: str, extents: Extents) -> Study:
    """A view by its name, where it is seen: a text over the whole screen goes, a line there is not thrown away."""
    from nntutor.lessons.language.words import note
    from nntutor.tui.state.panels import Marking, Scrolled
    from nntutor.tui.state.views import shown

    if isinstance(study.panel, Marking):
        return replace(study, note=note("study.typing"))
    told = None if extents.seen(session) else note("study.too_low")
    panel = None if isinstance(study.panel, Scrolled) else study.panel
    return replace(shown(study, view), panel=panel, note=told)


def _wanted(session: Session, lesson: str) -> Session:
    """A lesson that is to be opened where it was left; a line that is being typed is not thrown away."""
    if asking(session) and session.study is not None:
        return replace(session, study=replace(session.study, note=("study.typing", {})))
    ids = [one.id for one in session.home.lessons]
    return replace(session, home=replace(session.home, picked=ids.index(lesson)), wanted=Wanted(lesson))


def _spoken(session: Session, language: str, extents: Extents) -> Session:
    """Another language; a sentence of the one before goes where it has been read."""
    home = session.home if session.practice is not None else replace(session.home, message="")
    return _keep_glossary_position(session, replace(session, language=language, home=home), extents)


def _themed(session: Session, theme: str) -> Session:
    """A theme, and its name; without colours, that there are none."""
    if session.colours:
        return _noted(replace(session, theme=theme), f"theme.{theme}")
    return _noted(session, "theme.none")


def _noted(session: Session, key: str) -> Session:
    """A note where there is room for one: what is open in its place stays in sight."""
    study = session.study
    if study is None:
        message = words_with_keys(session).say(key)
        return replace(session, home=replace(session.home, message=message))
    return session if study.panel is not None else replace(session, study=replace(study, note=(key, {})))


def _keep_glossary_position(before: Session, after: Session, extents: Extents) -> Session:
    """The glossary, where it is open, stays at its term when the lines are others."""
    home, study = after.home, after.study
    if study is None and home.reading is not None:
        return replace(after, home=replace(home, reading=extents.same_term(before, after, home.reading)))
    if study is None or study.panel is None:
        return after
    from nntutor.tui.state.panels import Reading

    if not isinstance(study.panel, Reading):
        return after
    return replace(after, study=replace(study, panel=Reading(extents.same_term(before, after, study.panel.top))))
