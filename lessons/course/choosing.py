"""A question with choices: which of them is right under the record at hand, and its words with their figures.

Conditions and holes are those of the stop's prose, read as if they stood there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from nntutor.core.notation.style import Style
from nntutor.lessons.course import holes
from nntutor.lessons.course.holes import Asked, TraceOf
from nntutor.lessons.course.model import AuthorError, Lesson, Prose, Question, Stop, Text

_YES = "1"


@dataclass(frozen=True)
class Place:
    """Where it is asked: the lesson's stop, its records, and whether a word of conditions is true of a run."""

    lesson: Lesson
    stop: Stop
    trace_of: TraceOf
    asked: Asked

    def holds(self, condition: str) -> bool:
        """Whether a condition is true here; one that speaks of numbers that there are not is not."""
        if not condition:
            return False
        text = Text("", "", {}, self.lesson.id)
        return self._said(text, f"{{{{if {condition}}}}}{_YES}{{{{end}}}}", whole=False) == _YES

    def filled(self, text: Text, prose: str, digits: int, style: Style) -> str:
        """A piece of the question's words; sentences that cannot be said of a changed network are left out."""
        return self._said(text, prose, digits, style, whole=False)

    def _said(self, text: Text, prose: str, digits: int = 4, style: Style = Style.UNICODE, whole: bool = True) -> str:
        piece = replace(text, stops=MappingProxyType({self.stop.id: Prose(prose, 0)}))
        return holes.said(self.lesson, piece, self.stop, self.trace_of, digits, style, self.asked, whole=whole)


def right(question: Question, place: Place) -> frozenset[int]:
    """Which choices are right, from 0; none where the question has no answer, as after a change.

    Of several that are to be marked at least two are, and not all; of others exactly one.
    """
    try:
        found = [number for number, condition in enumerate(question.choices.values()) if place.holds(condition)]
    except AuthorError:
        return frozenset()
    fits = 1 < len(found) < len(question.choices) if question.several else len(found) == 1
    return frozenset(found if fits else ())
