"""The pages that cover the whole screen, the list of lessons or the lesson: which panel is drawn by which."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.pages import ending, glossary, help, marking, practice
from nntutor.tui.state.panels import Helping, Marked, Marking, Reading
from nntutor.tui.state.session import Session


class Long(NamedTuple):
    """A page that can be scrolled: what it draws, and how far down it goes."""

    rows: Callable[[Session, Words], list[Row]]
    last_top: Callable[[Session], int]


GLOSSARY = Long(glossary.glossary_page, glossary.last_top)
PRACTICE = Long(practice.practice_page, practice.last_top)
ENDING = Long(ending.ending_page, ending.last_top)
COVERS: dict[type, Long] = {
    Helping: Long(help.help_page, help.last_top),
    Marking: Long(marking.marking_page, lambda session: 0),
    Marked: Long(marking.marked_page, marking.last_top),
    Reading: GLOSSARY,
}
