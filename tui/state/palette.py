"""The list of commands: everything that can be had by its name, commands, views, lessons, themes and languages, and
what of it is found.

What picking one does stands in update.py. Mouse, keys and plain lines ask here for what is in the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from nntutor.lessons.language import words
from nntutor.lessons.language.cells import at_right
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.state import korean
from nntutor.tui.state.commands import COMMANDS, HOME, RUNNING, STUDY, Command
from nntutor.tui.state.session import THEMES, Session
from nntutor.tui.state.signs import sign, words_with_keys

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.tui.state.study import Study


@dataclass(frozen=True)
class Entry:
    """One of what can be picked.

    group: its word under [command_group]. name: the action, the view, the id of a lesson, a theme, a language. names:
    what it is called, the shown one first. about: what it does or is about, in the learner's language and in others.
    """

    group: str
    name: str
    names: tuple[str, ...]
    about: tuple[str, ...]
    key: str = ""


def entries(session: Session) -> tuple[Entry, ...]:
    """All that can be picked at the place, by groups."""
    running = session.study is not None and session.study.running is not None
    found = [*_commands(session), *_views(session)]
    if not running:
        found += _lessons(session)
    return (*found, *_themes(session), *_languages(session))


def found(session: Session) -> tuple[Entry, ...]:
    """Those that are searched for, the best first; those of a group stay together. Found once a session."""
    if session not in _FOUND:
        _FOUND[session] = _searched(session)
    return _FOUND[session]


_FOUND: WeakKeyDictionary[Session, tuple[Entry, ...]] = WeakKeyDictionary()


def _searched(session: Session) -> tuple[Entry, ...]:
    query = "" if session.palette is None else session.palette.query
    if not query.strip():
        return entries(session)
    # With the Korean input method on, "why" arrives as 조ㅛ.
    queries = tuple(dict.fromkeys((query, korean.plain(query))))
    ranked = [(rank, one) for one in entries(session) if (rank := _rank(one, queries)) is not None]
    best: dict[str, int] = {}
    for rank, one in ranked:
        best[one.group] = min(rank, best.get(one.group, rank))
    groups = sorted(best, key=best.__getitem__)
    return tuple(one for _, one in sorted(ranked, key=lambda hit: (groups.index(hit[1].group), hit[0])))


@lru_cache(maxsize=4096)
def _rank(entry: Entry, queries: tuple[str, ...]) -> int | None:
    """How well an entry is found: by its whole name, by how one begins, in one, in what is said of it; None: not."""
    # Another door: nothing is searched before something is searched for.
    from nntutor.lessons.course import search

    called = [search.place(name, query) for query in queries for name in entry.names]
    if any(search.same(name, query) for query in queries for name in entry.names):
        return 0
    if 0 in called:
        return 1
    if any(at is not None for at in called):
        return 2
    said = any(search.place(text, query) is not None for query in queries for text in entry.about)
    return 3 if said else None


def _named(key: str, session: Session) -> tuple[str, ...]:
    """What is said under a key, in the learner's language and in the others."""
    others = [words.load(language).say(key) for language in LANGUAGES if language != session.language]
    return (words_with_keys(session).say(key), *others)


def _commands(session: Session) -> Iterator[Entry]:
    for command in COMMANDS:
        if command.group and command.action != "palette" and _is_here(command, session.study):
            key, about = sign(session, command.action), words_with_keys(session).say(f"help.{command.help}")
            names = (*_named(f"command.{command.action}", session), command.action)
            yield Entry(command.group, command.action, names, (about,), key)


def _is_here(command: Command, study: Study | None) -> bool:
    if study is None:
        return HOME in command.where and command.home_list
    return (RUNNING if study.running is not None else STUDY) in command.where


def _views(session: Session) -> Iterator[Entry]:
    if session.study is None:
        return
    from nntutor.tui.state.views import views

    for view in views(session.study):
        yield Entry("view", view, (*_named(f"view_name.{view}", session), view), _named(f"view_about.{view}", session))


def _lessons(session: Session) -> Iterator[Entry]:
    from nntutor.lessons.course import load

    wide = max(len(str(lesson.number)) for lesson in session.home.lessons) if session.home.lessons else 0
    for lesson in session.home.lessons:
        said = [load.described(lesson.id, language) for language in (session.language, *LANGUAGES)]
        titles, about = zip(*said, strict=True)
        number = at_right(str(lesson.number), wide)
        names = (f"{number}  {titles[0]}", *titles, lesson.id, str(lesson.number))
        yield Entry("lesson", lesson.id, names, about)


def _themes(session: Session) -> Iterator[Entry]:
    for theme in THEMES if session.colours else ():
        names = _named(f"theme_name.{theme}", session)
        yield Entry("theme", theme, (*names, theme), _named(f"theme.{theme}", session))


def _languages(session: Session) -> Iterator[Entry]:
    for language in LANGUAGES:
        names = (words.CALLED[language][0], *_named(f"language_name.{language}", session))
        yield Entry("language", language, (*names, language), _named("help.language", session))
