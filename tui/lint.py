"""The lessons held to what the screen, the record and both languages ask of them; for authors and for the tests.

`python -m nntutor.tui.lint [LESSON …]` prints one line for each finding: file, line, what is wrong and what was
expected. It plays every lesson, so it lives here and not below.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import Style
from nntutor.core.rules.mistakes.spelling import is_known
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.lessons.course import builtin, claims, conditions, glossary, holes, load
from nntutor.lessons.course.catalog import catalog_file
from nntutor.lessons.course.model import AuthorError, Lesson, Stop, Text
from nntutor.lessons.language import particles
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint_end, lint_questions
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.rows import row_cells, wrapped
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import keys, moves
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.session import Home, Opened, Press, Ran, Session, Typed, asking
from nntutor.tui.state.study import Position, Study
from nntutor.tui.state.update import update

STOPS = (6, 18)
WIDTH, ROWS, LAST_ROW = 78, 5, 68
NUDGE = "0.001"
SIZES = ((80, 24), (120, 40), (40, 12))

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_DECIMAL = re.compile(r"\d+\.\d+")
_LOOSE = re.compile(r"\S* [,.:;)]")
_NAMED_KEYS = {"space", "enter", "esc", "backspace", "home", "end", "pgup", "pgdn", "→", "←", "↓", "↑"}


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
            yield from _prose(lesson, study, stop, text, language)
        yield from _posings(text, language)
    if len(texts) == len(LANGUAGES):
        yield from lint_end.findings(lesson, texts)
        for prose in texts["ko"].end.values():
            yield from (AuthorError(texts["ko"].file, prose.line, reason) for reason in korean(prose.text))
        yield from _same(lesson, texts)
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


def _prose(lesson: Lesson, study: Study, stop: Stop, text: Text, language: str) -> Iterator[AuthorError]:
    prose = text.stops[stop.id]

    def wrong(what: str) -> AuthorError:
        return AuthorError(text.file, prose.line, f"stop “{stop.id}”: {what}")

    try:
        variants = conditions.variants(prose.text)
    except conditions.ConditionError as error:
        yield wrong(str(error))
        return
    for word, sentence in claims.unconditioned(prose.text, language):
        yield wrong(
            f"“{word}” in “{sentence}” is a claim; expected it in a condition, as in {{{{if δ_o1 > 0}}}}…{{{{end}}}}"
        )
    yield from map(wrong, dict.fromkeys(reason for variant in variants for reason in _unfilled(variant, language)))
    for sentence in claims.counted(prose.text, language):
        yield wrong(f"“{sentence}” counts what led here; expected it in {{{{if unbroken}}}}…{{{{end}}}}")
    for sentence in claims.dated(prose.text, language):
        yield wrong(f"“{sentence}” is so at the stop alone; expected it in {{{{if here}}}}…{{{{end}}}}")
    for hole in _ends(prose.text):
        yield wrong(f"{{{{{hole}}}}} is the end of the lesson's own run; expected it in {{{{if own}}}}")
    if study.place_of(stop) is None:
        return
    trace_of = _trace_of(study, stop)
    for hole in _moved(trace_of(None, None), stop, variants):
        yield wrong(f"{{{{{hole}}}}} is of after the move; expected {{{{E}}}} beside it, which the first line shows")
    try:
        for compared in conditions.atoms(prose.text):
            for side in () if isinstance(compared, str) else (compared.left, compared.right):
                holes.value(side, side, trace_of, stop.at)
        for style in (Style.UNICODE, Style.ASCII):
            filled = (holes.fill(one, trace_of, lesson.published, lesson.digits, style, stop.at) for one in variants)
            found = next((reason for said in filled for reason in _filled(said, style)), None)
            if found:
                yield wrong(found)
                return
    except holes.HoleError as error:
        yield wrong(str(error))


def _posings(text: Text, language: str) -> Iterator[AuthorError]:
    """What is wrong with the words of questions; whether they fit is seen when these are played."""
    for stop, posing in text.questions.items():
        said = (part for option in posing.options.values() for part in (option.label, option.said))
        for prose in (posing.asks, *said):
            for reason in _unfilled(prose, language):
                yield AuthorError(text.file, posing.line, f"“{stop}?”: {reason}")


def _ends(text: str) -> Iterator[str]:
    """The holes that tell where a run ends (`end:…`) and are said after a change too.

    These count from the start that the problem has: weights set in iteration 5 lead elsewhere and are no part of it.
    """
    free = conditions.free_of(conditions.parsed(text), conditions.OWN)
    yield from (mark for mark in conditions.MARK.findall(free) if "end:" in mark)


def _moved(trace: Trace, stop: Stop, variants: tuple[str, ...]) -> Iterator[str]:
    """The holes of E with the new weights, said where weights move without E with the old ones."""
    ref = trace.find(stop.at)
    if ref is None or trace.step(trace.index_of(ref) or 1).phase != "update":
        return
    after = f"E@{stop.iteration + 1}"
    for variant in variants:
        shown = [mark.partition("|")[0] for mark in conditions.MARK.findall(variant)]
        if after in shown and "E" not in shown and f"E@{stop.iteration}" not in shown:
            yield after
            return


def _unfilled(variant: str, language: str) -> Iterator[str]:
    """What is wrong with a text that can be shown, its holes empty."""
    bare = conditions.MARK.sub(lambda hole: "{{}}" if holes.bare(hole[1]) == hole[1] else "{{}}수", variant)
    for typed in set(_DECIMAL.findall(bare)) - {NUDGE}:
        yield f"{typed} is typed; expected a hole such as {{{{E}}}}"
    for loose in _LOOSE.findall(bare):
        yield f"“{loose}”: a space stands before the sign; mind line breaks around a condition"
    for term in _BOLD.findall(bare):
        if is_key(term) and not exists(term):
            yield f"there is no key “{term}”"
    if language == "ko":
        yield from korean(bare)


def _filled(said: str, style: Style) -> Iterator[str]:
    """What is wrong with a text that can be shown, its holes filled."""
    if not said:
        yield "nothing is left to say where its conditions are false"
    lines = wrapped(said, WIDTH)
    if len(lines) > ROWS or (len(lines) == ROWS and cells(lines[-1].replace("**", "")) > LAST_ROW):
        yield f"{len(lines)} rows at {WIDTH} cells; expected {ROWS}, the last of at most {LAST_ROW} cells"
    if style is Style.ASCII and (signs := re.findall(r"[^\x20-\x7e가-힣]", said)):
        yield f"{signs[0]} has no ASCII spelling"


def _trace_of(study: Study, stop: Stop) -> holes.TraceOf:
    def trace_of(run: str | None, iteration: int | None) -> Trace:
        return study.timelines[run or stop.run].trace_of(iteration or stop.iteration)

    return trace_of


def is_key(term: str) -> bool:
    """Whether a bold term can only be meant as a key."""
    return term in _NAMED_KEYS or (len(term) == 1 and term.isascii() and not term.isdigit() and not term.isupper())


def exists(key: str) -> bool:
    """Whether something happens at this key."""
    return key in _NAMED_KEYS or keys.action(DEFAULT, key, key) is not None


def korean(text: str) -> Iterator[str]:
    """What is wrong with Korean prose, its holes empty: particles that do not agree, another style than 합니다."""
    for found, expected in particles.disagreeing(text):
        yield f"“{found}”: a particle that does not agree; expected {expected}"
    for ending in re.findall(r"[가-힣]*[다요까](?=[.?])", text):
        if not ending.endswith(("니다", "니까", "까요", "보세요")):
            yield f"“{ending}”: expected the style of 합니다"


def _same(lesson: Lesson, texts: dict[str, Text]) -> Iterator[AuthorError]:
    """All languages show the same numbers, under the same conditions."""
    pieces = {language: _pieces(lesson, text) for language, text in texts.items()}
    for name, (source, _) in pieces[LANGUAGES[0]].items():
        for language in LANGUAGES[1:]:
            prose, line = pieces[language][name]
            if lost := _marks(source) ^ _marks(prose):
                marks = ", ".join(f"{{{{{mark}}}}}" for mark in sorted(lost))
                reason = f"stop “{name}”: {marks} stands in one language only; expected in both"
                yield AuthorError(texts[language].file, line, reason)


def _pieces(lesson: Lesson, text: Text) -> dict[str, tuple[str, int]]:
    """By name what stands at the stops and in the questions, each with its line."""
    posed = {
        f"{stop}?": (
            " ".join((one.asks, *(f"{option.label} {option.said}" for option in one.options.values()))),
            one.line,
        )
        for stop, one in text.questions.items()
    }
    return {**{stop.id: (text.stops[stop.id].text, text.stops[stop.id].line) for stop in lesson.stops}, **posed}


def _marks(text: str) -> set[str]:
    """The holes of a text without their particles, and its conditions."""
    marks = {holes.bare(mark) for mark in conditions.MARK.findall(text)}
    return {mark.replace("elif ", "if ") for mark in marks} - {"else", "end"}


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
    return session


def of_glossary() -> Iterator[AuthorError]:
    """What is wrong with the glossary."""
    for place, term in enumerate(glossary.terms(), 1):
        for text in (term.name["ko"], term.about["ko"]):
            for reason in korean(text):
                yield AuthorError(glossary.FILE, 0, f"term {place}: {reason}")


def main(wanted: list[str]) -> int:
    """Print what is wrong with these lessons, or with all; the exit status."""
    found = list(load.broken())
    for lesson in load.lessons():
        if not wanted or lesson.id in wanted:
            found += findings(lesson)
    if not wanted:
        found += of_glossary()
    for error in found:
        print(error)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
