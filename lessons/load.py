"""Files to lessons: the catalog says what there is, the texts say it in words.

Reads TOML and Markdown only, so that the list of lessons can stand on the screen before NumPy is loaded.
Every mistake in a file is an `AuthorError` that names file and line.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from nntutor.lessons.model import VIEWS, AuthorError, Lesson, Main, Prose, Run, Stop, Text

HERE = Path(__file__).parent
CATALOG = "lessons/catalog.toml"
LANGUAGES = ("en", "ko")

Table: TypeAlias = dict[str, object]


@cache
def lessons() -> tuple[Lesson, ...]:
    """All lessons, in course order."""
    return parse((HERE / "catalog.toml").read_text(encoding="utf-8"))


def find(id: str) -> Lesson | None:
    """The lesson of that name, or None."""
    return next((lesson for lesson in lessons() if lesson.id == id), None)


@cache
def text(id: str, language: str) -> Text:
    """The words of one lesson in one language."""
    lesson = find(id)
    if lesson is None:
        raise KeyError(id)
    path = HERE / "text" / language / f"{id}.md"
    return read(path.read_text(encoding="utf-8"), f"lessons/text/{language}/{id}.md", lesson)


def parse(source: str, file: str = CATALOG) -> tuple[Lesson, ...]:
    """Lessons from the text of a catalog."""
    try:
        data: Table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(file, 0, f"not TOML: {error}") from error
    lines = _headers(source)
    top = _Reader(data, file, 1)
    found = tuple(
        _lesson(_Reader(table, file, _line(lines, "lesson", n)), lines, n)
        for n, table in enumerate(top.tables("lesson"))
    )
    top.done()
    _unique([lesson.id for lesson in found], file, [_line(lines, "lesson", n) for n in range(len(found))])
    return found


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


def _lesson(table: _Reader, lines: dict[str, list[int]], n: int) -> Lesson:
    start, end = table.line, _line(lines, "lesson", n + 1) or 1_000_000
    runs = [_run(_Reader(t, table.file, line)) for t, line in table.within("run", lines, start, end)]
    stops = [(_stop(_Reader(t, table.file, line)), line) for t, line in table.within("stop", lines, start, end)]
    published = table.strings("published")
    main = table.table("main")
    targets = table.text("targets", "")
    lesson = Lesson(
        id=table.text("id"),
        number=table.whole("number"),
        part=table.whole("part"),
        minutes=table.whole("minutes"),
        iterations=table.whole("iterations"),
        runs=tuple(runs),
        stops=tuple(stop for stop, _ in stops),
        main=_main(_Reader(main, table.file, start)) if main is not None else None,
        digits=table.whole("digits", 4),
        targets=targets,
        source=published.pop("source", ""),
        published=MappingProxyType(published),
    )
    table.done()
    if lesson.published and not lesson.source:
        raise AuthorError(table.file, start, "published figures need their source")
    if not lesson.runs or not lesson.stops:
        raise AuthorError(table.file, start, "a lesson needs at least one run and one stop")
    _unique([run.id for run in runs], table.file, [start] * len(runs))
    _unique([stop.id for stop, _ in stops], table.file, [line for _, line in stops])
    latest = 1
    for stop, line in stops:
        if stop.run not in {run.id for run in runs}:
            raise AuthorError(table.file, line, f"stop “{stop.id}”: this lesson has no run “{stop.run}”")
        if not latest <= stop.iteration <= lesson.iterations:
            expected = f"expected {latest} to {lesson.iterations}"
            raise AuthorError(table.file, line, f"stop “{stop.id}”: iteration {stop.iteration}; {expected}")
        latest = stop.iteration
    return lesson


def _run(table: _Reader) -> Run:
    run = Run(table.text("id"), table.text("problem"), table.text("mistake", ""))
    table.done()
    return run


def _stop(table: _Reader) -> Stop:
    stop = Stop(
        table.text("id"),
        table.text("run"),
        table.whole("iteration"),
        table.text("at"),
        table.text("view", "network"),
    )
    table.done()
    if stop.view not in VIEWS:
        raise AuthorError(table.file, table.line, f"view “{stop.view}”; expected one of {', '.join(VIEWS)}")
    return stop


def _main(table: _Reader) -> Main:
    main = Main(table.text("symbol"), table.number("by", 0.0), table.number("times", 0.0))
    table.done()
    if bool(main.by) == bool(main.times):
        raise AuthorError(table.file, table.line, "lesson.main needs either `by` or `times`")
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

    def strings(self, key: str) -> dict[str, str]:
        """A table of strings, {} where it is missing."""
        found = {}
        for name, value in (self.table(key) or {}).items():
            if not isinstance(value, str):
                raise AuthorError(self.file, self.line, f"“{key}.{name}” should be a string")
            found[name] = value
        return found

    def tables(self, key: str) -> list[Table]:
        """An array of tables, [] where it is missing."""
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise AuthorError(self.file, self.line, f"“{key}” should be written as [[{key}]]")
        return value

    def within(self, key: str, lines: dict[str, list[int]], start: int, end: int) -> list[tuple[Table, int]]:
        """The tables [[lesson.key]] of this lesson, each with its line."""
        numbers = [line for line in lines.get(f"lesson.{key}", []) if start < line < end]
        tables = self.tables(key)
        return list(zip(tables, numbers + [start] * (len(tables) - len(numbers)), strict=True))

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._table:
            raise AuthorError(self.file, self.line, f"unknown key “{key}”")


def _headers(source: str) -> dict[str, list[int]]:
    """The lines on which [[name]] stands, for each name."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("[["):
            found.setdefault(line.strip().strip("[]"), []).append(number)
    return found


def _line(lines: dict[str, list[int]], name: str, n: int) -> int:
    numbers = lines.get(name, [])
    return numbers[n] if n < len(numbers) else 0


def _unique(ids: list[str], file: str, lines: list[int]) -> None:
    for n, id in enumerate(ids):
        if id in ids[:n]:
            raise AuthorError(file, lines[n], f"“{id}” is taken already")
