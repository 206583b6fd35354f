"""Where a word stands: titles and summaries, the text of every stop and what is asked or to be done there, what the
steps are called and why they are taken, and the glossary, in every language.

A learner who searches for a word of their book is never told that it is nowhere while it stands somewhere. The texts
are read when something is first searched for: the list of lessons has no time for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from nntutor.lessons.course import glossary, load
from nntutor.lessons.course.conditions import MARK
from nntutor.lessons.course.model import AuthorError, Lesson
from nntutor.lessons.language import words
from nntutor.lessons.language.words import FACT, LANGUAGES

_MARKED = re.compile(r"\*\*")
# What is found in these comes first: what is called so, then what is said, then what explains it.
_NAME, _TITLE, _TERM, _ABOUT, _STOP, _STEP, _MEANING = range(7)


@dataclass(frozen=True)
class Found:
    """A text in which a query stands, from place `at` on.

    lesson: where it leads, "" into the glossary. number: the stop, from 0, or the term; None: the lesson as a whole.
    """

    lesson: str
    number: int | None
    text: str
    at: int


@dataclass(frozen=True)
class _Entry:
    """A text that is searched, in one language; those of the same (lesson, number) are found once."""

    rank: int
    lesson: str
    number: int | None
    language: str
    text: str


@lru_cache(maxsize=64)
def found(queries: tuple[str, ...], language: str) -> tuple[Found, ...]:
    """Where one of these stands, best first; each place once, in this language where it stands there in it."""
    hits: dict[tuple[str, int | None], tuple[int, Found]] = {}
    for query in queries:
        for entry in _in_order(language):
            at = place(entry.text, query)
            if at is not None:
                here = (entry.lesson, entry.number)
                hits.setdefault(here, (entry.rank, Found(*here, *_part(entry.text, at))))
    return tuple(one for _, one in sorted(hits.values(), key=lambda hit: hit[0]))


def place(text: str, query: str) -> int | None:
    """Where a query begins in a text, spaces and case ignored; where its words stand apart, where the first does."""
    letters, places = _folded(text)
    for wanted in _wanted(query):
        starts = [letters.find(part) for part in wanted]
        if min(starts) >= 0:
            return places[starts[0]]
    return None


@lru_cache(maxsize=64)
def _wanted(query: str) -> tuple[tuple[str, ...], ...]:
    """What of a query must stand in a text: all of it at once, or each of its words."""
    parts = tuple(_folded(part)[0] for part in query.split())
    return (("".join(parts),), parts) if parts else ()


def same(text: str, query: str) -> bool:
    """Whether a query is all of a text, spaces and case ignored."""
    return _folded(text)[0] == _folded(query)[0]


def _part(text: str, at: int) -> tuple[str, int]:
    """Of a text only what is said under one condition (others may say the opposite), and the place in it."""
    begins = text.rfind("\n", 0, at) + 1
    part = text[begins:].partition("\n")[0]
    # What a condition leaves before its sentence is left out, unless that is what was looked for.
    shown = part[min(at - begins, len(part) - len(part.lstrip(" ,.;:"))) :]
    return shown.rstrip(), at - begins - (len(part) - len(shown))


@lru_cache(maxsize=4096)
def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """The letters that count, and where in the text each one stands."""
    pairs = [(letter, at) for at, one in enumerate(text) if not one.isspace() for letter in one.casefold()]
    return "".join(letter for letter, _ in pairs), tuple(at for _, at in pairs)


@cache
def _in_order(language: str) -> tuple[_Entry, ...]:
    """Everything, the best first: of what is called alike, what is said in this language."""
    return tuple(sorted(_entries(), key=lambda entry: (entry.rank, entry.language != language)))


@cache
def _entries() -> tuple[_Entry, ...]:
    return tuple(one for language in LANGUAGES for part in (_lessons, _steps, _terms) for one in part(language))


def _lessons(language: str) -> Iterator[_Entry]:
    parts: set[int] = set()
    for lesson in load.lessons():
        title, about = load.described(lesson.id, language)
        part = "" if lesson.part in parts else words.load(language).say(f"part.{lesson.part}")
        parts.add(lesson.part)
        yield _Entry(_NAME, lesson.id, None, language, lesson.id)
        for text in (title, part):
            yield _Entry(_TITLE, lesson.id, None, language, text)
        yield _Entry(_ABOUT, lesson.id, None, language, about)
        yield from _stops(lesson, language)


def _stops(lesson: Lesson, language: str) -> Iterator[_Entry]:
    try:
        text = load.text(lesson.id, language)
    except AuthorError:  # said where the lesson would stand
        return
    for number, stop in enumerate(lesson.stops):
        yield _Entry(_STOP, lesson.id, number, language, plain(text.stops[stop.id].text))
        if stop.id in text.questions:
            yield _Entry(_STOP, lesson.id, number, language, plain(text.questions[stop.id].asks))
        yield _Entry(_STOP, lesson.id, number, language, stop.at)


def plain(prose: str) -> str:
    """The words of a stop under every condition, a line each: figures left out, terms no longer bold."""
    return re.sub(r" *\n[ \n]*", "\n", MARK.sub(_without_figure, _MARKED.sub("", re.sub(r"\s+", " ", prose)))).strip()


def _without_figure(mark: re.Match[str]) -> str:
    return "\n" if re.match(r"\s*(?:if|elif|else|end)\b", mark[1]) else "…"


def _terms(language: str) -> Iterator[_Entry]:
    for number, term in enumerate(glossary.terms()):
        yield _Entry(_TERM, "", number, language, term.name[language])
        yield _Entry(_MEANING, "", number, language, term.about[language])


def _steps(language: str) -> Iterator[_Entry]:
    """What a step of each kind is called, and why it is taken: it leads to the first such step of the course."""
    said = words.load(language)
    for kind, (lesson, number) in _first_of_kind().items():
        for text in (said.say(f"kind.{kind}"), FACT.sub("…", said.entries[f"why.{kind}"])):
            yield _Entry(_STEP, lesson, number, language, text)


@cache
def _first_of_kind() -> dict[str, tuple[str, int]]:
    """By kind of step, the first stop at one; where there is none, the first stop of the first run that has one.

    One of the doors behind which NumPy is loaded.
    """
    from nntutor.core.engine.plan import Plan
    from nntutor.core.notation.symbols import Names
    from nntutor.lessons.course import builtin
    from nntutor.lessons.language import why

    at_stops: dict[str, tuple[str, int]] = {}
    in_runs: dict[str, tuple[str, int]] = {}
    for lesson in load.lessons():
        for run in lesson.runs:
            problem = builtin.of_run(run)
            samples = len(problem.samples_of(1))
            plan, names = Plan(problem.shape(samples, run.mistake)), Names(problem.network.sizes, samples > 1)
            own = [number for number, stop in enumerate(lesson.stops) if stop.run == run.id]
            for number in own:
                ref = names.find(lesson.stops[number].at)
                if ref is not None:
                    at_stops.setdefault(why.kind_of(problem, ref, samples > 1, run.mistake), (lesson.id, number))
            for index in range(1, len(plan) + 1):
                kind = why.kind_of(problem, plan.ref(index), samples > 1, run.mistake)
                in_runs.setdefault(kind, (lesson.id, own[0] if own else 0))
    return {**in_runs, **at_stops}
