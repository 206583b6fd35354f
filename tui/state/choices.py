"""The question of a stop with choices: opened, chosen from, helped with, skipped.

At first nothing is picked, so that the key which goes on does so. A wrong choice is told why it is tempting and what is
right; the panel stays until what is said of the right one has been read. Where several are right each is marked by
itself.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.engine.trace import Trace
from nntutor.lessons.course import again, choosing
from nntutor.lessons.course.model import Question
from nntutor.lessons.language.words import note
from nntutor.tui.state import moves
from nntutor.tui.state.keys import WAYS
from nntutor.tui.state.panels import Picking
from nntutor.tui.state.study import Study, asked, kept, said_of


def of_stop(study: Study, question: Question) -> Picking | None:
    """The panel of the question of the stop at hand; None where no choice is right, as after a change."""
    assert study.stop is not None
    right = choosing.right(question, place(study, study.stop))
    if not right:
        return None
    return Picking(choices=len(question.choices), right=right, stop=study.stop, skill=skill(study, question))


def skill(study: Study, question: Question) -> str:
    """What is kept under for a question that belongs to its stop alone, and to no series."""
    return again.name_of(study.name, question.stop)


def place(study: Study, number: int) -> choosing.Place:
    """A stop of the lesson with its records as they are now."""
    assert study.lesson is not None
    stop = study.lesson.stops[number]

    def trace_of(run: str | None, iteration: int | None) -> Trace:
        return said_of(study.timelines, stop, run or stop.run, iteration or stop.iteration)

    def so(word: str, run: str) -> bool:
        return asked(study.timelines, stop, study.run, word, run)

    return choosing.Place(study.lesson, stop, trace_of, so)


def pressed(study: Study, panel: Picking, name: str) -> Study:
    """The study after a key that the panel takes."""
    if panel.outcome or name in ("escape", "leave"):
        return _left(study, panel, on=name == "continue")
    if name in WAYS:
        first = 0 if WAYS[name] > 0 else panel.choices - 1
        picked = first if panel.picked < 0 else (panel.picked + WAYS[name]) % panel.choices
        return replace(study, panel=replace(panel, picked=picked))
    if name == "help":
        return _ended(study, replace(panel, told=min(panel.right), marked=panel.right), "shown")
    if panel.picked < 0:
        return _left(study, panel, on=True)
    return _chosen(study, replace(panel, picked=-1, told=panel.picked), panel.picked)


def _chosen(study: Study, panel: Picking, number: int) -> Study:
    if number not in panel.right:
        return replace(study, panel=replace(panel, tries=panel.tries + 1))
    panel = replace(panel, marked=panel.marked | {number})
    if panel.marked < panel.right:
        return replace(study, panel=panel)
    return _ended(study, panel, "helped" if panel.tries else "right")


def _ended(study: Study, panel: Picking, outcome: str) -> Study:
    """What is right is said, and how it ended is kept at once."""
    panel = replace(panel, picked=-1, outcome=outcome)
    study = kept(study, panel.skill, outcome, panel.stop)
    return replace(study, panel=panel, settled=study.settled | {panel.stop})


def _left(study: Study, panel: Picking, on: bool) -> Study:
    """The panel closed; on where the key goes on and no other had asked."""
    if not panel.outcome:
        study = kept(study, panel.skill, "skipped", panel.stop)
    study = replace(study, panel=None, note=None if panel.outcome else note("answer.skipped"))
    return moves.go_on(study) if on and panel.by_itself else study
