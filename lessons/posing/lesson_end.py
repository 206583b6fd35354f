"""The end of a lesson as it is said: its point, its formulas, three problems, a question in words; after the last one
what the whole course has come to.

Formulas and figures are those of the lesson's own record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.again import in_order, rung
from nntutor.lessons.course.bugs import HUNTS
from nntutor.lessons.course.levels import problem
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.course.practice import Exercise, ref_of
from nntutor.lessons.course.questions import Asked
from nntutor.lessons.course.series import SERIES, practised_after
from nntutor.lessons.export.steps import Shown
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.learner.answers import Skill
from nntutor.lessons.posing import posed
from nntutor.lessons.posing.posed import Posed

_HELD, _HARD = 3, 1
"""The box from which a skill is held: right at once twice; the box up to which it is hard."""
_FORMULA = 88
"""Letters of a formula, of a longer one terms are left out; the page breaks it where it has to."""


class Said(NamedTuple):
    """One paragraph. kind: "title", "text", "row" (below what it belongs to) or "answer"; answer: which one it is."""

    kind: str
    text: str
    answer: str = ""


def said(speech: Speech, lesson: Lesson, seed: int, shown: Collection[str]) -> Iterator[Said]:
    """The end of a lesson; shown: the answers that are uncovered, by the number of the problem or "words"."""
    words = load.text(lesson.id, speech.words.language).end
    yield Said("title", speech.say("ending.point"))
    yield Said("text", speech.plain(words["point"].text))
    yield from _formulas(speech, lesson)
    yield from _problems(speech, lesson, seed, shown)
    yield Said("title", speech.say("ending.words"))
    yield Said("text", speech.plain(words["question"].text))
    if "words" in shown:
        yield Said("answer", speech.say("ending.model", answer=speech.plain(words["answer"].text)), "words")


def _formulas(speech: Speech, lesson: Lesson) -> Iterator[Said]:
    if not lesson.end.formulas:
        return
    yield Said("title", speech.say("ending.formulas"))
    trace = record(lesson.id)
    for symbol in lesson.end.formulas:
        yield from worked(Shown(speech, trace, Asked(trace, ref_of(trace, symbol)).step, False, cases=True))


@lru_cache(maxsize=2)
def record(name: str) -> Trace:
    """The iteration whose formulas a lesson ends with."""
    lesson = load.find(name)
    assert lesson is not None
    run = lesson.run(lesson.end.run) if lesson.end.run else lesson.runs[0]
    return Timeline.start(builtin.of_run(run), run.mistake).to(lesson.end.iteration).trace


def worked(shown: Shown) -> Iterator[Said]:
    """A formula, and below it the same with figures."""
    figures = shown.figures(_FORMULA)
    yield Said("text", f"{shown.symbol} = {shown.formula(_FORMULA)}")
    middle = f"= {figures} " if figures != shown.value else ""
    if " else " in figures:  # “else 0 = 0” would be read as one
        yield Said("row", middle.rstrip())
        middle = ""
    yield Said("row", f"{middle}{shown.equals} {shown.value}")


def _problems(speech: Speech, lesson: Lesson, seed: int, shown: Collection[str]) -> Iterator[Said]:
    series = practised_after(lesson)
    if not series:
        return
    yield Said("title", speech.say("ending.problems", seed=seed))
    for number in (1, 2, 3):
        made = problem(series[(number - 1) % len(series)], seed + number - 1, number)
        yield Said("text", f"{number}. {posed.heading(speech, made)} ({posed.about(speech, made)})")
        yield Said("row", given(speech, made))
        for asked in made.asked:
            yield Said("row", Posed(speech, asked).question)
        if f"{number}" in shown:
            yield from solution(speech, made, f"{number}")


def given(speech: Speech, made: Exercise) -> str:
    """The numbers of a problem that are given, in a row."""
    return speech.say(
        "question.given", given=", ".join(f"{name} = {value}" for name, value in posed.given(speech, made))
    )


def solution(speech: Speech, made: Exercise, answer: str = "") -> Iterator[Said]:
    """The steps from what is given to what is asked."""
    for shown in posed.worked(speech, made):
        yield from (Said("answer", one.text, answer) for one in worked(shown))


# --- the end of the course ---------------------------------------------------------------------------------


def course(speech: Speech, skills: Mapping[str, Skill]) -> Iterator[Said]:
    """What one can do now, what was hard, and where to go."""
    yield Said("title", speech.say("course_end.title"))
    learned = in_order(skills)
    held = [name for name in learned if skills[name].box >= _HELD]
    hard = [name for name in learned if skills[name].box <= _HARD]
    yield Said("text", _named(speech, held, "course_end.held", "course_end.held_none"))
    yield Said("text", _named(speech, hard, "course_end.hard", "course_end.hard_none"))
    yield Said("text", speech.say("course_end.where"))


def _named(speech: Speech, names: list[str], key: str, none: str) -> str:
    """A sentence about these skills, with the lesson that teaches each; or the one for none."""
    if not names:
        return speech.say(none)
    called = (_with_lesson(speech, name) for name in names)
    return speech.say(key, names=", ".join(called))


def _with_lesson(speech: Speech, name: str) -> str:
    base = rung(name)[0]
    taught = SERIES.get(base) or HUNTS.get(base)
    lesson = None if taught is None else load.find(taught.lesson)  # of the question of a stop its name says it
    skill = speech.plain(posed.skill(speech.words, name))
    return skill if lesson is None else speech.say("course_end.skill", skill=skill, number=lesson.number)
