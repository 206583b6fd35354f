"""A lesson's catalog file, read into a frozen lesson.

Every mistake in a file is an `AuthorError` that names file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nntutor.core.errors import NotToml
from nntutor.core.files.toml import Lines, trusted
from nntutor.lessons.course.conditions import ALWAYS
from nntutor.lessons.course.fields import Fields
from nntutor.lessons.course.model import VIEWS, AuthorError, End, Lesson, Question, Run, Stop, Tunable


def catalog_file(id: str) -> str:
    """What messages call the catalog's file of a lesson."""
    return f"lessons/catalog/{id}.toml"


def parse(source: str, id: str) -> Lesson:
    """The lesson called `id` from the text of its file. AuthorError for whatever is wrong with it."""
    file = catalog_file(id)
    try:
        data = trusted(source, file)
    except NotToml as error:
        raise AuthorError(file, error.line or 0, f"not TOML: {error.detail}") from error
    lines = Lines(source)
    table = Fields(data, file, lines)
    runs = [_run(one) for one in table.readers("run")]
    stops = _stops(table.readers("stop"), runs)
    published = table.strings("published")
    main = table.reader("main")
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
        questions=_questions(table.readers("question"), [stop.id for stop in stops]),
        end=_end(table.reader("end"), [stop.id for stop in stops], [run.id for run in runs]),
    )
    table.done()
    if lesson.published and not lesson.source:
        raise AuthorError(table.file, lines.find("published", 0, "") or 0, "published figures need their source")
    if not lesson.runs or not lesson.stops:
        raise AuthorError(table.file, 1, "a lesson needs at least one [[run]] and one [[stop]]")
    _unique([run.id for run in runs], "run", table.file, lines)
    _unique([stop.id for stop in stops], "stop", table.file, lines)
    return lesson


def _run(table: Fields) -> Run:
    run = Run(
        table.text("id"),
        table.text("problem"),
        table.text("mistake", ""),
        MappingProxyType(dict(table.table("set") or {})),
    )
    table.done()
    return run


def _stops(tables: list[Fields], runs: list[Run]) -> tuple[Stop, ...]:
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
        own = table.text("view", "")
        view = own or view
        if view not in VIEWS:
            raise AuthorError(table.file, table.line, f"view “{view}”; expected one of {', '.join(VIEWS)}")
        stops.append(Stop(table.text("id"), run, iteration, table.text("at"), view, bool(own)))
        table.done()
    return tuple(stops)


def _questions(tables: list[Fields], stops: list[str]) -> tuple[Question, ...]:
    found: list[Question] = []
    for table in tables:
        one = _question(table, table.text("stop"))
        wrong = (
            f"there is no stop “{one.stop}”" if one.stop not in stops
            else f"stop “{one.stop}” has a question already" if any(one.stop == other.stop for other in found)
            else ""
        )  # fmt: skip
        if wrong:
            raise AuthorError(table.file, table.line, wrong)
        found.append(one)
    return tuple(found)


def _question(table: Fields, stop: str, is_rung: bool = False) -> Question:
    marks = _choices(table, "marks")
    one = Question(
        stop,
        table.text("ask", ""),
        table.whole("digits", 3),
        table.text("problem", ""),
        table.whole("iteration", 0),
        table.text("series", ""),
        table.text("form", "number"),
        table.text("than", ""),
        table.flag("always"),
        marks or _choices(table, "choices"),
        bool(marks),
        table.text("until", ""),
        table.texts("way"),
        table.texts("astray"),
        tuple(_question(rung, stop, is_rung=True) for rung in table.inner("rungs")),
    )
    table.done()
    wrong = (
        "a rung needs `ask`" if is_rung and not one.ask
        else "a question needs one of `ask`, `series`, `choices`, `marks`, `until`, `rungs`"
        if sum(map(bool, (one.ask, one.series, one.choices or one.until, one.rungs))) != 1
        else "`until` and `way` and `astray` go together"
        if len({bool(part) for part in (one.until, one.way, one.astray)}) > 1
        else f"{len(one.choices)} choices; expected 2 to 6" if one.choices and not 2 <= len(one.choices) <= 6
        else "`problem` and `iteration` go with `ask`" if (one.problem or one.iteration) and not one.ask
        else f"iteration {one.iteration}; expected 1 or later" if one.iteration < 0
        else f"form “{one.form}”; expected number, sign or larger" if one.form not in ("number", "sign", "larger")
        else "`than` goes with the form larger, and it with `than`" if bool(one.than) != (one.form == "larger")
        else f"{one.digits} digits; expected 2 to 6" if not 2 <= one.digits <= 6
        else ""
    )  # fmt: skip
    if wrong:
        raise AuthorError(table.file, table.line, wrong)
    return one


def _end(table: Fields | None, stops: list[str], runs: list[str]) -> End:
    if table is None:
        return End()
    end = End(
        table.texts("formulas"), table.text("run", ""), table.whole("iteration", 1), table.texts("series"),
        table.text("say", ""),
    )  # fmt: skip
    table.done()
    if end.say and end.say not in stops:
        raise AuthorError(table.file, table.line, f"there is no stop “{end.say}”")
    if end.run and end.run not in runs:
        raise AuthorError(table.file, table.line, f"there is no run “{end.run}”")
    return end


def _choices(table: Fields, key: str) -> Mapping[str, str]:
    """Each name with the condition under which it is right; `true` and `false` stand for always and never."""
    found = {}
    for name, value in (table.table(key) or {}).items():
        if not isinstance(value, str | bool):
            raise AuthorError(table.file, table.line, f"choice “{name}” should be a condition, true or false")
        found[name] = value if isinstance(value, str) else ALWAYS if value else ""
    return MappingProxyType(found)


def _main(table: Fields) -> Tunable:
    values = table.numbers("values")
    main = Tunable(
        table.text("symbol", ""),
        table.number("by", 0.0),
        table.number("times", 0.0),
        values,
        table.text("setting", ""),
        table.flag("runs"),
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


def _unique(ids: list[str], table: str, file: str, lines: Lines) -> None:
    for n, id in enumerate(ids):
        if id in ids[:n]:
            raise AuthorError(file, lines.find(table, n, "") or 0, f"“{id}” is taken already")
