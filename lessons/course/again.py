"""What can be asked again, by the name under which an answer is kept: a series, bugs, or the question of a stop."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from nntutor.lessons.course import load
from nntutor.lessons.course.model import AuthorError, Lesson, Question

_CHOICE, _RUNGS = ".choice", (".sign", ".larger")
"""Behind a name: what is to be chosen after an act; a rung before the value."""


def name_of(lesson: str, stop: str) -> str:
    """What is kept of the question of a stop, where it belongs to no series."""
    return f"{lesson}.{stop}"


def of_stop(name: str) -> tuple[Lesson, Question] | None:
    """The question of a stop that is kept under a name; None where it is none, or there is none such any more."""
    lesson, _, stop = name.removesuffix(_CHOICE).partition(".")
    with suppress(AuthorError):
        found = load.find(lesson)
        question = None if found is None else found.question(stop)
        chosen = question is not None and (question.choices or not name.endswith(_CHOICE))
        if found is not None and question is not None and not question.series and chosen:
            return found, question
    return None


def rung(name: str) -> tuple[str, str]:
    """What a rung is one of, and which; the name itself and nothing where it is none."""
    ending = next((one for one in _RUNGS if name.endswith(one)), "")
    return name.removesuffix(ending), ending[1:]


def with_rungs() -> Iterator[tuple[Lesson, Question]]:
    """The questions that have rungs, in the order of the course."""
    return ((lesson, one) for lesson in load.lessons() for one in lesson.questions if one.rungs)


def number_of(lesson: Lesson, question: Question) -> int:
    """The lesson's so manieth question, from 1, in the order of its stops."""
    asked = [stop.id for stop in lesson.stops if lesson.question(stop.id) is not None]
    return 1 + asked.index(question.stop)


def there_are(names: Collection[str]) -> list[str]:
    """Those names of which there still is something to ask."""
    # Another door, with NumPy behind it: few starts ask.
    from nntutor.lessons.course.bugs import HUNTS
    from nntutor.lessons.course.series import SERIES

    def is_asked(name: str) -> bool:
        return name in SERIES or name in HUNTS or of_stop(name) is not None

    return [name for name in names if is_asked(rung(name)[0]) or is_asked(name)]


def in_order(names: Collection[str]) -> list[str]:
    """The same in the order of the course: series with their rungs, bugs, questions of stops."""
    from nntutor.lessons.course.bugs import HUNTS
    from nntutor.lessons.course.series import SERIES

    taught = [*SERIES, *HUNTS]

    def place(name: str) -> tuple[int, int, str]:
        base = rung(name)[0]
        if base in taught:
            return taught.index(base), 0, name
        found = of_stop(base)
        return (len(taught), 0, name) if found is None else (len(taught) + found[0].number, number_of(*found), name)

    return sorted(there_are(names), key=place)
