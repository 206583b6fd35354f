"""A lesson's prose held to what it may say, to the room that it has, to its language, and to the other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.style import Style
from nntutor.lessons.course import claims, conditions, glossary, holes
from nntutor.lessons.course.model import AuthorError, Lesson, Stop, Text
from nntutor.lessons.language import particles
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing.canvas.rows import wrapped
from nntutor.tui.state import keys
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.study import Study

WIDTH, ROWS, LAST_ROW = 78, 5, 68
NUDGE = "0.001"

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_DECIMAL = re.compile(r"\d+\.\d+")
_LOOSE = re.compile(r"\S* [,.:;)]")
_NAMED_KEYS = {"space", "enter", "esc", "backspace", "home", "end", "pgup", "pgdn", "→", "←", "↓", "↑"}


def at_stop(lesson: Lesson, study: Study, stop: Stop, text: Text, language: str) -> Iterator[AuthorError]:
    """What is wrong with the text of a stop."""
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


def of_questions(text: Text, language: str) -> Iterator[AuthorError]:
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
    yield from style(bare, language)


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


STYLES = {"ko": korean}
"""What a language asks of its prose besides; one that has no row, nothing."""


def style(text: str, language: str) -> Iterator[str]:
    """What is wrong with prose in a language, its holes empty."""
    return STYLES[language](text) if language in STYLES else iter(())


def of_end(text: Text, language: str) -> Iterator[AuthorError]:
    """What is wrong with the words of a lesson's end."""
    for prose in text.end.values():
        yield from (AuthorError(text.file, prose.line, reason) for reason in style(prose.text, language))


def alike(lesson: Lesson, texts: dict[str, Text]) -> Iterator[AuthorError]:
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


def of_glossary() -> Iterator[AuthorError]:
    """What is wrong with the glossary."""
    for place, term in enumerate(glossary.terms(), 1):
        for language in LANGUAGES:
            for text in (term.name[language], term.about[language]):
                for reason in style(text, language):
                    yield AuthorError(glossary.FILE, 0, f"term {place}: {reason}")
