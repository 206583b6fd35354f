"""The line that is being typed, wherever it is asked for: in the list of commands, in the search, in a panel.

What it is for is decided there; how it is written, and which lines were typed there earlier, is decided here.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from nntutor.core import foreign
from nntutor.lessons.language.words import note
from nntutor.tui.state import written
from nntutor.tui.state.korean import LETTERS
from nntutor.tui.state.panels import Answering, Asking, Editing, Line, Marking, Panel
from nntutor.tui.state.session import Action, Palette, Press, Search, Session, Typed
from nntutor.tui.state.written import Written

_LONGEST, _LONGEST_QUERY = 100, 40
_EARLIER = 50
_PAGES = {"earlier": -8, "later": 8}
_ALSO = {"unit_previous": "earlier", "unit_next": "later"}


def typed(session: Session, action: Action) -> Session | None:
    """The session after a letter or an edit of the line at hand, which there must be; None for any other action."""
    match action:
        case Typed(text):
            return _inserted(session, text)
        case Press(name) if (edit := _edit(session, name)) is not None:
            panel, line = _panel(session), _line(session)
            if isinstance(panel, Marking) and edit in _PAGES:  # of its lines
                return _with_panel(session, panel.moved(_PAGES[edit]))
            after = written.edited(line, edit, earlier(session))
            if after == line and edit in ("earlier", "later"):
                return _nothing(session, edit)
            return _with(session, after)
    return None


def remembered(session: Session) -> Session:
    """The session that knows the line at hand as one that has been sent; each is known once."""
    text, kind = _line(session).text, _kind(session)
    if not text.strip():
        return session
    lines = (*(one for one in earlier(session) if one != text), text)[-_EARLIER:]
    return replace(session, typed=MappingProxyType({**session.typed, kind: lines}))


def earlier(session: Session) -> tuple[str, ...]:
    """The lines that were sent here, the oldest first."""
    return session.typed.get(_kind(session), ())


def _edit(session: Session, name: str) -> str | None:
    """The edit that an action is; the arrows up and down are, where they have nothing to choose from."""
    panel = _panel(session)
    if isinstance(panel, Line) and name not in panel.takes and session.practice is None:
        name = _ALSO.get(name, name)
    return name if name in written.KEYS else None


def _panel(session: Session) -> Panel | None:
    """The panel with the line at hand; None where it is the list of commands or the search that has it."""
    if session.palette is not None or session.search is not None:
        return None
    if session.practice is not None:
        return session.practice.panel
    return None if session.study is None else session.study.panel


def _kind(session: Session) -> str:
    if session.palette is not None:
        return "palette"
    panel = _panel(session)
    if isinstance(panel, Asking):
        return panel.what
    if isinstance(panel, Answering | Marking):
        return "answer"
    return "edit" if isinstance(panel, Editing) else "search"


def _line(session: Session) -> Written:
    query = session.palette or session.search
    if query is not None:
        return query.line
    panel = _panel(session)
    assert isinstance(panel, Line)
    return panel.line


def _with(session: Session, line: Written) -> Session:
    """The session with another line; of what is found for another text the first is picked."""
    if session.palette is not None:
        return replace(session, palette=replace(session.palette, line=line, picked=_picked(session.palette, line)))
    if session.search is not None:
        return replace(session, search=replace(session.search, line=line, picked=_picked(session.search, line)))
    panel = _panel(session)
    assert isinstance(panel, Line)
    wrong = panel.wrong if line.text == panel.text else None
    return _with_panel(session, replace(panel, line=line, wrong=wrong))


def _with_panel(session: Session, panel: Line) -> Session:
    if session.practice is not None:
        assert isinstance(panel, Answering)
        return replace(session, practice=replace(session.practice, panel=panel))
    assert session.study is not None
    return replace(session, study=replace(session.study, panel=panel, note=None))


def _picked(found: Palette | Search, line: Written) -> int:
    return found.picked if line.text == found.query else 0


def _inserted(session: Session, text: str) -> Session:
    """The line with what is typed or pasted. A query takes what has room; a number that is cut would be another one."""
    line, panel = _line(session), _panel(session)
    if isinstance(panel, Answering | Marking) and text.strip() == "?":
        return _helped(session, panel)
    if isinstance(panel, Answering) and session.practice is None and text == " " and not line.text:
        return _passed(session, panel)
    if not isinstance(panel, Line):
        room = max(0, _LONGEST_QUERY - len(line.text))
        return _with(session, written.inserted(line, foreign.typed(text, room)))
    if isinstance(panel, Asking) and panel.what == "yours":
        text = "; ".join(text.splitlines())  # as its lines are told apart in one
    # A jamo alone is a letter's key; a whole syllable may belong to a word such as 반복.
    clean = "".join(LETTERS.get(letter, letter) for letter in foreign.typed(text, _LONGEST + 1))
    if len(line.text) + len(clean) > _LONGEST:
        return _with_panel(session, replace(panel, wrong=note("edit.too_long", most=_LONGEST)))
    return _with(session, written.inserted(line, clean))


def _helped(session: Session, panel: Answering | Marking) -> Session:
    """The next hint: a question mark is no part of a number."""
    from nntutor.tui.state import answers, marking, practising

    if session.practice is not None:
        return practising.helped(session, session.practice)
    study = session.study
    assert study is not None
    helped = marking.helped(study, panel) if isinstance(panel, Marking) else answers.helped(study, panel)
    return replace(session, study=helped)


def _passed(session: Session, panel: Answering) -> Session:
    """On without an answer: a space is no beginning of a number."""
    from nntutor.tui.state import by_itself
    from nntutor.tui.state.in_study import ended

    study = session.study
    assert study is not None
    return ended(study, replace(session, study=by_itself.passed(study, panel)))


def _nothing(session: Session, edit: str) -> Session:
    """That there is no other line; a list has no room to say it."""
    if session.study is None or session.practice is not None or _panel(session) is None:
        return session
    return replace(
        session, study=replace(session.study, note=note("line.no_earlier" if edit == "earlier" else "line.no_later"))
    )
