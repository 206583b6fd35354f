"""The end of a lesson, held to what the page asks of it: all its words, formulas that the record has, nothing typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nntutor.lessons.course.catalog import catalog_file
from nntutor.lessons.course.model import END_TEXTS, AuthorError, Lesson, Text
from nntutor.lessons.course.practice import ref_of
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.posing import lesson_end
from nntutor.tui.drawing.canvas.rows import wrapped

_WIDTH, _POINT = 78, 2
_DECIMAL = re.compile(r"\d+[.]\d+")


def findings(lesson: Lesson, texts: Mapping[str, Text]) -> Iterator[AuthorError]:
    """Everything that is wrong with the end of a lesson."""
    file = catalog_file(lesson.id)
    if not lesson.end.formulas:
        yield AuthorError(file, 0, "[end] has no formulas; expected the symbols of those to be kept")
    for name in set(lesson.end.series) - set(SERIES):
        yield AuthorError(file, 0, f"[end]: there is no series “{name}”; expected one of {', '.join(SERIES)}")
    for symbol in lesson.end.formulas:
        if not _is_made(lesson, symbol):
            yield AuthorError(file, 0, f"[end]: no step of its iteration makes {symbol}")
    for text in texts.values():
        for name in END_TEXTS:
            if name not in text.end:
                yield AuthorError(text.file, 0, f"the end has no “### {name}”")
            else:
                prose = text.end[name]
                yield from (AuthorError(text.file, prose.line, f"“{name}”: {one}") for one in _wrong(name, prose.text))


def _is_made(lesson: Lesson, symbol: str) -> bool:
    trace = lesson_end.record(lesson.id)
    try:
        return trace.index_of(ref_of(trace, symbol)) is not None or symbol.startswith("Δ")
    except KeyError:
        return False


def _wrong(name: str, text: str) -> Iterator[str]:
    if "{{" in text:
        yield "holes stand in the texts of stops only"
    for typed in _DECIMAL.findall(text):
        yield f"{typed} is typed; expected words, for the numbers stand in the formulas"
    if name == "point" and len(wrapped(text, _WIDTH)) > _POINT:
        yield f"more than {_POINT} rows at {_WIDTH} cells; expected one sentence"
    if signs := re.findall(r"[^\x20-\x7e가-힣]", ascii_look(text)):
        yield f"{signs[0]} has no ASCII spelling"
