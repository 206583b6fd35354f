"""What can be asked again, by the name under which an answer is kept: a series, bugs, or the question of a stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from nntutor.lessons.course import load
from nntutor.lessons.course.model import AuthorError, Lesson, Question


def name_of(lesson: str, stop: str) -> str:
    """What is kept of the question of a stop, where it belongs to no series."""
    return f"{lesson}.{stop}"


def of_stop(name: str) -> tuple[Lesson, Question] | None:
    """The question of a stop that is kept under a name; None where it is none, or there is none such any more."""
    lesson, _, stop = name.partition(".")
    with suppress(AuthorError):
        found = load.find(lesson)
        question = None if found is None else found.question(stop)
        if found is not None and question is not None and not question.series:
            return found, question
    return None


def number_of(lesson: Lesson, question: Question) -> int:
    """The lesson's so manieth question, from 1, in the order of its stops."""
    asked = [stop.id for stop in lesson.stops if lesson.question(stop.id) is not None]
    return 1 + asked.index(question.stop)


def stops_of(names: Iterable[str]) -> list[str]:
    """Those of the names that are questions of stops, in the order of the course."""
    found = [(of_stop(name), name) for name in names]
    placed = sorted((one[0].number, number_of(*one), name) for one, name in found if one is not None)
    return [name for _, _, name in placed]


def there_are(names: Iterable[str]) -> Iterator[str]:
    """Those names of which there still is something to ask."""
    # Another door, with NumPy behind it: few starts ask.
    from nntutor.lessons.course.bugs import HUNTS
    from nntutor.lessons.course.practice import SERIES

    return (name for name in names if name in SERIES or name in HUNTS or of_stop(name) is not None)
