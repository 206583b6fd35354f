"""What a typed line means: a command and what follows it, one of what is listed, or the answer to what is asked.

A line becomes the keys that do it on the screen, so nothing can be done in lines that keys could not do.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from nntutor.lessons.language.words import note
from nntutor.tui.plain.choices import chosen, chosen_from
from nntutor.tui.plain.following import AFTER, alone
from nntutor.tui.plain.meaning import Meant
from nntutor.tui.plain.spoken import OWN, action_of, is_word, spoken, vocabulary
from nntutor.tui.state.commands import COMMANDS, HOME, PANEL, STUDY, allowed
from nntutor.tui.state.panels import Answering, Checking, Editing, Line, Marking, Panel, Picking, Reading
from nntutor.tui.state.session import Press, Session, Typed

_PASSED: dict[type[Panel], tuple[str, ...]] = {
    Checking: ("more", "less", "halve", "double"),
    Reading: ("unit_next", "unit_previous", "first", "last"),
    Picking: ("continue", "unit_next", "unit_previous", "help"),
}
"""What an open panel is asked with; any other command closes it first, so that nothing that is open changes a word."""
_SIGNS = ("goto", "search")
"""Commands whose key stands before its text without a space: `:w5`, `/chain`."""


def meant(session: Session, line: str) -> Meant:
    """What a line means at the place of the session."""
    text = line.strip()
    if action_of(session.keymap, text) in OWN:
        return _command(session, text)
    if asks(session):
        return _answer(session, text)
    picked = chosen(session, text) if text else None
    if picked is None and text.isdecimal() and (count := chosen_from(session)):
        return Meant(wrong=note("plain.no_such", text=text, names="1" if count == 1 else f"1–{count}"))
    return Meant(picked) if picked is not None else _command(session, text)


def asks(session: Session) -> bool:
    """Whether a line has been asked for: what is no command is then the answer."""
    if session.search is not None:
        return not session.search.query
    if session.practice is not None and session.palette is None:
        return session.practice.asks
    return session.palette is None and session.study is not None and isinstance(session.study.panel, Line)


def _answer(session: Session, text: str) -> Meant:
    panel = session.study.panel if session.study is not None else None
    action = action_of(session.keymap, text) if text else "escape"
    if (not text or action == "continue") and session.practice is None and isinstance(panel, Answering):
        return Meant((Typed(" "),))  # “continue” is no answer, and goes on wherever a question opens by itself
    if action == "escape" or (action == "continue" and session.practice is not None):
        return Meant((Press("escape"),))
    if isinstance(panel, Editing) and (wrong := alone(session, text)) is not None:
        return Meant(wrong=wrong)
    asked = session.practice is not None or isinstance(panel, Answering | Marking)
    if asked and action == "leave":
        return Meant((*([] if session.visit is not None else [Press("escape")]), Press("leave")))
    if asked and action == "help":
        return Meant((Typed("?"),))
    if session.search is not None:
        return Meant((Typed(text),))
    return _command(session, text) if _is_command(session, text) else Meant((Typed(text), Press("continue")))


def _is_command(session: Session, text: str) -> bool:
    """Whether a line begins with the word of a command; a key of one sign may name a number, and is the answer."""
    action, rest = _parted(session, text)
    said = text.split()[: len(text.split()) - len(rest.split())]
    return is_word(" ".join(said)) and _is_here(session, action)


def _command(session: Session, text: str) -> Meant:
    """A command by its word or key, and what follows it."""
    action, rest = _parted(session, text) if text else ("continue", "")
    if not action and "=" in text and _is_here(session, "edit"):
        action, rest = "edit", text  # as it is typed where a number is asked for
    if not _is_here(session, action):
        return _unknown(session, text)
    if rest and action not in AFTER:
        return Meant(wrong=note("plain.takes_nothing", word=spoken(action, session.language)[0], text=rest))
    if not rest and _passed(session, action):
        return Meant((Press(action),))
    if (closing := _closing(session, action)) is None:
        return Meant(wrong=note("plain.asked_first", word=spoken(action, session.language)[0]))
    if rest or action == "open":
        found = AFTER[action](session, rest)
        return found if found.wrong else replace(found, actions=(*closing, *found.actions))
    if action == "list":
        return Meant((*closing, Press("leave"))) if session.study is not None else Meant(closing, "repeat")
    if action in (*OWN, "help"):  # at home the key of help opens the glossary
        return Meant(closing, action)
    return Meant((*closing, Press(action)))


def _parted(session: Session, text: str) -> tuple[str, str]:
    """The command at the beginning of a text, by as many words as make one, and the rest; no command: empty."""
    sign = action_of(session.keymap, text[0])
    if sign in _SIGNS and not text[0].isalnum():
        return sign, text[1:].strip()
    parts = text.split()
    for count in range(len(parts), 0, -1):
        if action := action_of(session.keymap, " ".join(parts[:count])):
            return action, " ".join(parts[count:])
    return "", text


def _is_here(session: Session, action: str) -> bool:
    """Whether a command means something here."""
    if session.ending is not None and session.practice is None and action in ("why", "lesson_next", "lesson_previous"):
        return True
    return action in OWN or allowed(action, HOME if session.study is None else STUDY)


def _passed(session: Session, action: str) -> bool:
    study = session.study
    if session.practice is not None:
        return action in ("continue", "step", "escape") and not session.practice.asks
    if session.ending is not None:
        return action in ("continue", "why", "ask", "lesson_next", "lesson_previous", "escape", "ending")
    if study is None:
        return session.home.reading is not None and action in _PASSED[Reading]
    return study.panel is not None and action in _PASSED.get(type(study.panel), ())


def _closing(session: Session, action: str) -> tuple[Press, ...] | None:
    """The keys that close what is open before a command; None where a review would go on by them, to other numbers."""
    study, listed = session.study, session.palette is not None or session.search is not None
    panel = session.home.reading is not None if study is None else study.panel is not None
    if session.practice is not None or session.ending is not None:
        # What is due is put off as a whole; below it may be the end of a lesson.
        puts_off = (Press("palette"),) if session.practice is not None else ()
        return (*puts_off, *((Press("escape"),) if session.ending is not None else ()))
    if not listed and study is not None and (session.visit is not None or isinstance(study.panel, Picking)):
        if session.visit is not None and action in ("list", "open"):
            return () if session.visit.study is None else (Press("leave"),)
        if isinstance(study.panel, Picking):  # every key does that by itself, and one that only looks does not
            return (Press("escape"),) if session.visit is None and action in ("list", "open", "leave") else ()
        if isinstance(study.panel, Answering | Marking):
            return () if action in OWN or allowed(action, PANEL) else None
    # One key closes one of them.
    return (Press("escape"),) * (listed + panel)


def here(session: Session) -> tuple[str, ...]:
    """The commands that may be given here, in the order of the table."""
    return (*(command.action for command in COMMANDS if _is_here(session, command.action)), *OWN)


def _unknown(session: Session, text: str) -> Meant:
    known = vocabulary(session.keymap).items()
    words = [word for word, action in known if len(word) > 1 and _is_here(session, action)]
    near = get_close_matches(text.lower(), words, n=1, cutoff=0.6)
    if near:
        return Meant(wrong=note("plain.unknown_near", text=text, near=near[0]))
    there_are = ", ".join(spoken(action, session.language)[0] for action in here(session))
    return Meant(wrong=note("plain.unknown", text=text, words=there_are))
