"""Files to lessons: the catalog says what there is, the texts say it in words.

Every lesson has files of its own, so that a broken one leaves the others as they are.

Reads TOML and Markdown only, so that the list of lessons can stand on the screen before NumPy is loaded.
Every mistake in a file is an `AuthorError` that names file and line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import overload

from nntutor.lessons.course import catalog
from nntutor.lessons.course.catalog import catalog_file
from nntutor.lessons.course.model import END_TEXTS, AuthorError, Lesson, Option, Posing, Prose, Question, Text

_ITEM = re.compile(r"- ([a-z-]+): (.+)")
HERE = Path(__file__).parent.parent
_END = "the end: "
"""Before the name of a part that belongs to no stop."""


class _Course(Sequence[Lesson]):
    """All lessons in course order, read when one is asked for: a lesson that is opened needs no file of another."""

    @overload
    def __getitem__(self, at: int) -> Lesson: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Lesson]: ...
    def __getitem__(self, at: int | slice) -> Lesson | Sequence[Lesson]:
        return _read()[0][at]

    def __len__(self) -> int:
        return len(_read()[0])


_COURSE = _Course()


@cache
def _files() -> dict[str, Path]:
    """By the id of a lesson, its file in the catalog."""
    return {path.stem: path for path in sorted((HERE / "catalog").glob("*.toml"))}


@cache
def _one(id: str) -> Lesson | AuthorError:
    """The lesson of one of these files, or what is wrong with it."""
    try:
        return catalog.parse(_files()[id].read_text(encoding="utf-8"), id)
    except AuthorError as error:
        return error
    except (OSError, UnicodeDecodeError) as error:
        return AuthorError(catalog_file(id), 0, f"cannot be read: {error}")


@cache
def _read() -> tuple[tuple[Lesson, ...], tuple[AuthorError, ...]]:
    all = [_one(id) for id in _files()]
    found = sorted((one for one in all if isinstance(one, Lesson)), key=lambda lesson: lesson.number)
    return tuple(found), tuple(one for one in all if isinstance(one, AuthorError))


def lessons() -> Sequence[Lesson]:
    """All lessons whose files can be used, in course order; they are read when they are looked at."""
    return _COURSE


def broken() -> tuple[AuthorError, ...]:
    """What is wrong with the files of the others."""
    return _read()[1]


def find(id: str) -> Lesson | None:
    """The lesson of that name, or None; no other is read. AuthorError where its file is broken."""
    one = _one(id) if id in _files() else None
    if isinstance(one, AuthorError):
        raise one
    return one


def named(name: str) -> Lesson | None:
    """The lesson of that id, or of that number in the list, or None. AuthorError as for `find`."""
    return find(name) or next((lesson for lesson in lessons() if str(lesson.number) == name), None)


@cache
def text(id: str, language: str) -> Text:
    """The words of one lesson in one language. AuthorError where its file cannot be used."""
    lesson = find(id)
    if lesson is None:
        raise KeyError(id)
    file = f"lessons/text/{language}/{id}.md"
    try:
        source = (HERE / "text" / language / f"{id}.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuthorError(file, 0, f"cannot be read: {error}") from error
    return read(source, file, lesson)


def described(id: str, language: str) -> tuple[str, str]:
    """Title and what it is about, for lists: of a lesson whose text is broken its id, and what is wrong."""
    try:
        words = text(id, language)
    except AuthorError as error:
        return id, str(error)
    return words.title, words.about


def read(source: str, file: str, lesson: Lesson) -> Text:
    """The words of a lesson from its Markdown: a title, what it is about, a part for each stop, its end (`###`)."""
    title, about, here = "", "", ""
    worded = [f"{one.stop}?" for one in lesson.questions if one.options]
    parts: dict[str, tuple[int, list[str]]] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("### "):
            here = line[4:].strip()
            if here not in END_TEXTS or _END + here in parts:
                expected = ", ".join(END_TEXTS)
                raise AuthorError(file, number, f"“{here}” of the end; expected each of {expected} once")
            here = _END + here
            parts[here] = (number, [])
        elif line.startswith("## "):
            here = line[3:].strip()
            if here in parts:
                raise AuthorError(file, number, f"stop “{here}” stands here a second time")
            if here not in {*worded, *(stop.id for stop in lesson.stops)}:
                raise AuthorError(file, number, f"the catalog has no stop “{here}” in lesson “{lesson.id}”")
            parts[here] = (number, [])
        elif line.startswith("# "):
            if title:
                raise AuthorError(file, number, "a second title; a lesson has one")
            title = line[2:].strip()
        elif here:
            parts[here][1].append(line)
        elif not title and line.strip():
            raise AuthorError(file, number, "expected the title first, as “# Title”")
        else:
            about = f"{about} {line.strip()}".strip()
    end = len(source.splitlines())
    if not title or not about:
        raise AuthorError(file, end, "expected a title and, below it, what the lesson is about")
    asked = {name: parts.pop(name, (0, [])) for name in worded}
    stops = [id for id in parts if not id.startswith(_END)]
    if stops != [stop.id for stop in lesson.stops] or not all(line for line, _ in asked.values()):
        missing = [stop.id for stop in lesson.stops if stop.id not in parts]
        missing += [name for name, (line, _) in asked.items() if not line]
        what = f"no text for stop “{missing[0]}”" if missing else "stops stand in another order than in the catalog"
        raise AuthorError(file, end, what)
    prose = {}
    for id, (line_number, body) in parts.items():
        joined = " ".join(" ".join(body).split())
        if not joined:
            raise AuthorError(file, line_number, f"{'' if id.startswith(_END) else 'stop '}“{id}” says nothing")
        prose[id] = Prose(joined, line_number)
    last = {id.removeprefix(_END): prose.pop(id) for id in list(prose) if id.startswith(_END)}
    by_stop = {one.stop: one for one in lesson.questions}
    posed = {name[:-1]: _posing(file, *part, by_stop[name[:-1]]) for name, part in asked.items()}
    return Text(title, about, MappingProxyType(prose), file, MappingProxyType(last), MappingProxyType(posed))


def _posing(file: str, line: int, body: list[str], question: Question) -> Posing:
    """What is asked, then an item for each thing that can be chosen: its name and words, and below it what is said."""
    asks, items = list[str](), list[tuple[str, str, list[str]]]()
    for row in body:
        if item := _ITEM.fullmatch(row):
            items.append((item[1], item[2].strip(), []))
        elif row.strip():
            (items[-1][2] if items else asks).append(row.strip())
    if not asks or [name for name, *_ in items] != list(question.options):
        expected = ", ".join(question.options)
        raise AuthorError(
            file, line, f"“{question.stop}?”: expected a question, and the items {expected}, in this order"
        )
    options = {name: Option(label, " ".join(said)) for name, label, said in items}
    if bare := next((name for name, one in options.items() if not one.said), ""):
        raise AuthorError(file, line, f"“{question.stop}?”: nothing is said of “{bare}”; expected it below the item")
    return Posing(" ".join(asks), MappingProxyType(options), line)
