"""The lessons held to what the screen, the record and both languages ask of them; for authors and for the tests.

`python -m nntutor.tui.lint [LESSON …]` prints one line for each finding: file, line, what is wrong and what was
expected. It plays every lesson, so it lives here and not below.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from nntutor.core.notation.style import Style
from nntutor.core.rules.mistakes.spelling import is_known
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.catalog import catalog_file
from nntutor.lessons.course.model import AuthorError, Lesson, Text
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint_end, lint_prose, lint_questions
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.rows import row_cells
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import moves
from nntutor.tui.state.session import Home, Opened, Press, Ran, Session, Typed, asking
from nntutor.tui.state.study import Position, Study
from nntutor.tui.state.update import update

STOPS = (6, 18)
SIZES = ((80, 24), (120, 40), (40, 12))


def findings(lesson: Lesson, sizes: Sequence[tuple[int, int]] = SIZES) -> Iterator[AuthorError]:
    """Everything that is wrong with a lesson, in both languages, played at each of these sizes."""
    file = catalog_file(lesson.id)
    if not STOPS[0] <= len(lesson.stops) <= STOPS[1]:
        yield AuthorError(file, 0, f"{len(lesson.stops)} stops; expected {STOPS[0]} to {STOPS[1]}")
    for run in lesson.runs:
        if run.mistake and not is_known(run.mistake):
            yield AuthorError(
                file, 0, f"run “{run.id}”: mistake “{run.mistake}”; expected one of {', '.join(MISTAKES)}"
            )
            return
    texts: dict[str, Text] = {}
    for language in LANGUAGES:
        try:
            texts[language] = load.text(lesson.id, language)
        except AuthorError as error:
            yield error
    try:
        study = opened(lesson)
    except AuthorError as error:
        yield error
        return
    yield from _places(lesson, study, file)
    yield from lint_questions.findings(lesson, study)
    for language, text in texts.items():
        for stop in lesson.stops:
            yield from lint_prose.at_stop(lesson, study, stop, text, language)
        yield from lint_prose.of_questions(text, language)
    if len(texts) == len(LANGUAGES):
        yield from lint_end.findings(lesson, texts)
        for language in LANGUAGES:
            yield from lint_prose.of_end(texts[language], language)
        yield from lint_prose.alike(lesson, texts)
        for language in LANGUAGES:
            for size in sizes:
                first = language == LANGUAGES[0] and size == sizes[0]
                yield from _played(study, language, size, texts[language], first)


def opened(lesson: Lesson) -> Study:
    """The lesson at its first stop."""
    problems = {run.id: builtin.of_run(run) for run in lesson.runs}
    return moves.opened(lesson.id, lesson, problems, {run.id: run.mistake for run in lesson.runs})


def _places(lesson: Lesson, study: Study, file: str) -> Iterator[AuthorError]:
    latest: dict[str, Position] = {}
    for stop in lesson.stops:
        place = study.place_of(stop)
        if place is None:
            yield AuthorError(file, 0, f"stop “{stop.id}”: no step of run “{stop.run}” makes {stop.at}")
            continue
        if place < latest.get(stop.run, Position(1, 1)):
            yield AuthorError(file, 0, f"stop “{stop.id}” stands before the stop above it; expected a later step")
        latest[stop.run] = place
    main = lesson.main
    if main is not None and main.symbol and study.trace.find(main.symbol) is None:
        yield AuthorError(file, 0, f"[main] symbol “{main.symbol}”: the first run has no such number")


def _played(begun: Study, language: str, size: tuple[int, int], text: Text, first: bool) -> Iterator[AuthorError]:
    """The lesson plays from its first to its last stop by space alone, and every screen can be drawn."""
    lesson = begun.lesson
    assert lesson is not None
    session = Session(Home(load.lessons()), language, Style.UNICODE, lesson.digits, *size)
    session = update(session, Opened(begun), extents)
    for _ in range(20 * len(lesson.stops)):
        study = session.study
        assert study is not None
        rows = page.rows(session)
        drawn = "\n".join("".join(piece.text for piece in row) for row in rows)
        place = text.stops[lesson.stops[study.stop or 0].id].line
        if len(rows) != size[1] or any(row_cells(row) > size[0] for row in rows):
            yield AuthorError(text.file, place, f"the screen does not fit {size[0]} × {size[1]}")
            return
        if "{{" in drawn:
            yield AuthorError(text.file, place, f"a hole is left on the screen at {size[0]} × {size[1]}")
            return
        if study.finished:
            if first:
                yield from _unopened(lesson, study)
            return
        session = ran(update(session, Typed(" ") if asking(session) else Press("continue"), extents))
    last = lesson.stops[session.study.last].id if session.study else ""
    yield AuthorError(catalog_file(lesson.id), 0, f"space does not lead past stop “{last}”")


def _unopened(lesson: Lesson, study: Study) -> Iterator[AuthorError]:
    """The questions before the last stop that are always to open by themselves, and have not."""
    for number, stop in enumerate(lesson.stops[:-1]):
        question = lesson.question(stop.id)
        if question is not None and question.always and number not in study.closed:
            reason = f"question at stop “{stop.id}”: space goes on without it; expected it to open by itself"
            yield AuthorError(catalog_file(lesson.id), 0, reason)


def ran(session: Session) -> Session:
    """The session once its run in the background, if there is one, has ended."""
    study = session.study
    if study is None or study.running is None:
        return session
    for chunk in study.chunks(1.0):
        session = update(session, Ran(study.running.number, chunk), extents)
    return ran(session)  # where it has led, another one may have begun


def main(wanted: list[str]) -> int:
    """Print what is wrong with these lessons, or with all; the exit status."""
    found = list(load.broken())
    for lesson in load.lessons():
        if not wanted or lesson.id in wanted:
            found += findings(lesson)
    if not wanted:
        found += lint_prose.of_glossary()
    for error in found:
        print(error)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
