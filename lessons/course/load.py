"""Files to lessons: the catalog says what there is, the texts say it in words.

Every lesson has files of its own, so that a broken one leaves the others as they are.

Reads TOML and Markdown only, so that the list of lessons can stand on the screen before NumPy is loaded.
Every mistake in a file is an `AuthorError` that names file and line.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from nntutor.lessons.course.model import VIEWS, AuthorError, Lesson, Main, Prose, Run, Stop, Text
from nntutor.lessons.language.words import LANGUAGES

HERE = Path(__file__).parent.parent

Table: TypeAlias = dict[str, object]


@cache
def _read() -> tuple[tuple[Lesson, ...], tuple[AuthorError, ...]]:
    found: list[Lesson] = []
    broken: list[AuthorError] = []
    for path in sorted((HERE / "catalog").glob("*.toml")):
        try:
            found.append(parse(path.read_text(encoding="utf-8"), path.stem))
        except AuthorError as error:
            broken.append(error)
        except (OSError, UnicodeDecodeError) as error:
            broken.append(AuthorError(catalog_file(path.stem), 0, f"cannot be read: {error}"))
    found.sort(key=lambda lesson: lesson.number)
    return tuple(found), tuple(broken)


def lessons() -> tuple[Lesson, ...]:
    """All lessons whose files can be used, in course order."""
    return _read()[0]


def broken() -> tuple[AuthorError, ...]:
    """What is wrong with the files of the others."""
    return _read()[1]


def find(id: str) -> Lesson | None:
    """The lesson of that name, or None. AuthorError where its own file is broken."""
    for error in broken():
        if error.file == catalog_file(id):
            raise error
    return next((lesson for lesson in lessons() if lesson.id == id), None)


def catalog_file(id: str) -> str:
    """What messages call the catalog's file of a lesson."""
    return f"lessons/catalog/{id}.toml"


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


def matches(id: str, query: str) -> bool:
    """Whether a lesson's id, title or what it is about holds every word of a query, in any language."""
    spoken = " ".join([id, *(part for language in LANGUAGES for part in described(id, language))]).lower()
    return all(word in spoken for word in query.lower().split())


def parse(source: str, id: str) -> Lesson:
    """The lesson called `id` from the text of its file."""
    file = catalog_file(id)
    try:
        data: Table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        reason = re.sub(r" ?\(at .*\)", "", str(error))
        raise AuthorError(file, int(found[1]) if found else 0, f"not TOML: {reason}") from error
    return _lesson(_Reader(data, file, 1), id, _headers(source))


def read(source: str, file: str, lesson: Lesson) -> Text:
    """The words of a lesson from its Markdown: a title, what it is about, one part for each stop."""
    title, about, here = "", "", ""
    parts: dict[str, tuple[int, list[str]]] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("## "):
            here = line[3:].strip()
            if here in parts:
                raise AuthorError(file, number, f"stop “{here}” stands here a second time")
            if here not in {stop.id for stop in lesson.stops}:
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
    if list(parts) != [stop.id for stop in lesson.stops]:
        missing = [stop.id for stop in lesson.stops if stop.id not in parts]
        what = f"no text for stop “{missing[0]}”" if missing else "stops stand in another order than in the catalog"
        raise AuthorError(file, end, what)
    prose = {}
    for id, (line_number, body) in parts.items():
        joined = " ".join(" ".join(body).split())
        if not joined:
            raise AuthorError(file, line_number, f"stop “{id}” says nothing")
        prose[id] = Prose(joined, line_number)
    return Text(title, about, MappingProxyType(prose), file)


def _lesson(table: _Reader, id: str, lines: dict[str, list[int]]) -> Lesson:
    runs = [_run(one) for one in table.readers("run", lines)]
    stops = _stops(table.readers("stop", lines), runs)
    published = table.strings("published", lines)
    main = table.reader("main", lines)
    lesson = Lesson(
        id=id,
        number=table.whole("number"),
        part=table.whole("part"),
        minutes=table.whole("minutes"),
        iterations=table.whole("iterations", 1),
        optional=table.flag("optional"),
        runs=tuple(runs),
        stops=stops,
        main=None if main is None else _main(main),
        digits=table.whole("digits", 4),
        targets=table.text("targets", ""),
        source=published.pop("source", ""),
        published=MappingProxyType(published),
    )
    table.done()
    if lesson.published and not lesson.source:
        raise AuthorError(table.file, lines["published"][0], "published figures need their source")
    if not lesson.runs or not lesson.stops:
        raise AuthorError(table.file, 1, "a lesson needs at least one [[run]] and one [[stop]]")
    _unique([run.id for run in runs], table.file, lines.get("run", []))
    _unique([stop.id for stop in stops], table.file, lines.get("stop", []))
    return lesson


def _run(table: _Reader) -> Run:
    run = Run(
        table.text("id"),
        table.text("problem"),
        table.text("mistake", ""),
        MappingProxyType(dict(table.table("set") or {})),
    )
    table.done()
    return run


def _stops(tables: list[_Reader], runs: list[Run]) -> tuple[Stop, ...]:
    """The stops in order; one that says no run, iteration or view has those of the stop before it."""
    stops: list[Stop] = []
    run, iteration, view = runs[0].id if runs else "", 1, "network"
    latest: dict[str, int] = {}
    for table in tables:
        run = table.text("run", run)
        if run not in {one.id for one in runs}:
            raise AuthorError(table.file, table.line, f"there is no run “{run}”")
        iteration = table.whole("iteration", iteration)
        if iteration < latest.get(run, 1):
            expected = f"expected {latest.get(run, 1)} or later, for that is where the stop before it stands"
            raise AuthorError(table.file, table.line, f"iteration {iteration} of run “{run}”; {expected}")
        latest[run] = iteration
        view = table.text("view", view)
        if view not in VIEWS:
            raise AuthorError(table.file, table.line, f"view “{view}”; expected one of {', '.join(VIEWS)}")
        stops.append(Stop(table.text("id"), run, iteration, table.text("at"), view))
        table.done()
    return tuple(stops)


def _main(table: _Reader) -> Main:
    values = table.numbers("values")
    main = Main(
        table.text("symbol", ""),
        table.number("by", 0.0),
        table.number("times", 0.0),
        values,
        table.text("setting", ""),
        table.flag("runs"),
        table.flag("whole"),
    )
    table.done()
    ways = sum((bool(main.by), bool(main.times), bool(main.values), bool(main.setting), main.runs))
    if ways != 1:
        raise AuthorError(table.file, table.line, "[main] needs one of `by`, `times`, `values`, `setting`, `runs`")
    if not main.symbol and not (main.setting or main.runs):
        raise AuthorError(table.file, table.line, "“symbol” is missing")
    if main.setting and main.setting not in ("depth", "seed", "batch"):
        raise AuthorError(table.file, table.line, f"setting “{main.setting}”; expected depth, seed or batch")
    return main


class _Reader:
    """One table of the catalog, read key by key; what nobody asked for is a mistake."""

    def __init__(self, table: Table, file: str, line: int) -> None:
        self.file = file
        self.line = line
        self._table = dict(table)

    def _take(self, key: str, default: object = None) -> object:
        value = self._table.pop(key, default)
        if value is None:
            raise AuthorError(self.file, self.line, f"“{key}” is missing")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str):
            raise AuthorError(self.file, self.line, f"“{key}” should be a string")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise AuthorError(self.file, self.line, f"“{key}” should be a whole number")
        return value

    def number(self, key: str, default: float) -> float:
        value = self._take(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise AuthorError(self.file, self.line, f"“{key}” should be a number")
        return float(value)

    def table(self, key: str) -> Table | None:
        value = self._table.pop(key, None)
        if value is not None and not isinstance(value, dict):
            raise AuthorError(self.file, self.line, f"“{key}” should be a table")
        return value

    def flag(self, key: str) -> bool:
        value = self._table.pop(key, False)
        if not isinstance(value, bool):
            raise AuthorError(self.file, self.line, f"“{key}” should be true or false")
        return value

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, int | float) for one in value):
            raise AuthorError(self.file, self.line, f"“{key}” should be a list of numbers")
        return tuple(float(one) for one in value)

    def strings(self, key: str, lines: dict[str, list[int]]) -> dict[str, str]:
        """A table of strings, {} where it is missing."""
        found = {}
        line = (lines.get(key) or [self.line])[0]
        for name, value in (self.table(key) or {}).items():
            if not isinstance(value, str):
                raise AuthorError(self.file, line, f"“{key}.{name}” should be a string")
            found[name] = value
        return found

    def reader(self, key: str, lines: dict[str, list[int]]) -> _Reader | None:
        """The table [key], or None."""
        table = self.table(key)
        return None if table is None else _Reader(table, self.file, (lines.get(key) or [self.line])[0])

    def readers(self, key: str, lines: dict[str, list[int]]) -> list[_Reader]:
        """The tables [[key]], each with its line."""
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise AuthorError(self.file, self.line, f"“{key}” should be written as [[{key}]]")
        numbers = lines.get(key, [])
        return [
            _Reader(table, self.file, numbers[place] if place < len(numbers) else self.line)
            for place, table in enumerate(value)
        ]

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._table:
            raise AuthorError(self.file, self.line, f"unknown key “{key}”")


def _headers(source: str) -> dict[str, list[int]]:
    """The lines on which [name] or [[name]] stands, for each name."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("["):
            found.setdefault(line.partition("#")[0].strip().strip("[]"), []).append(number)
    return found


def _unique(ids: list[str], file: str, lines: list[int]) -> None:
    for n, id in enumerate(ids):
        if id in ids[:n]:
            raise AuthorError(file, lines[n] if n < len(lines) else 0, f"“{id}” is taken already")
