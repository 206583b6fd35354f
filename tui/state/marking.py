"""Find the bug: an iteration with a mistake in it, one line after another, of which the first wrong one is marked.

It is another network than the one at hand, so the place stays where it is. Whoever has found the line, or been told
it, reads what shows it.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.lessons.course.bugs import HUNTS, Hunt, Hunting, bug
from nntutor.lessons.language.words import note
from nntutor.tui.state.keys import WAYS
from nntutor.tui.state.panels import Marked, Marking
from nntutor.tui.state.study import Study, kept
from nntutor.tui.state.written import EMPTY


def asked(study: Study, seed: int) -> Study:
    """A bug of the lesson at hand; else of the optimizer at hand; else one of backpropagation."""
    optimizer = study.timeline.problem.optimizer.name
    own = [one for one in HUNTS.values() if one.lesson == study.name]
    alike = [one for one in HUNTS.values() if one.optimizer == optimizer]
    return opened(study, (*own, *alike, *HUNTS.values())[0], seed)


def opened(study: Study, hunt: Hunt, seed: int) -> Study:
    """The bug of a hunt and a seed."""
    return replace(study, panel=Marking(Hunting(bug(hunt, seed))), note=None)


def pressed(study: Study, panel: Marking, name: str) -> Study:
    """What a key does to it."""
    if name in ("unit_next", "unit_previous"):
        return replace(study, panel=panel.moved(WAYS[name]))
    return _marked(study, panel) if name == "continue" else _skipped(study, panel)


def helped(study: Study, panel: Marking) -> Study:
    """The next nudge, the last of which is the answer."""
    return _after(study, panel, panel.hunting.hint())


def _marked(study: Study, panel: Marking) -> Study:
    """The line that is typed, or the picked one, marked."""
    text = panel.text.strip()
    line = panel.hunting.bug.line_of(text) if text else panel.picked
    if line is None:
        return replace(study, panel=replace(panel, line=EMPTY, unread=text))
    return _after(study, replace(panel, picked=line), panel.hunting.mark(line))


def _after(study: Study, panel: Marking, hunting: Hunting) -> Study:
    if hunting.outcome:
        return replace(_kept(study, hunting), panel=Marked(hunting=hunting))
    return replace(study, panel=replace(panel, hunting=hunting, line=EMPTY, wrong=None, unread=""), note=None)


def _skipped(study: Study, panel: Marking) -> Study:
    return replace(_kept(study, panel.hunting.skip()), panel=None, note=note("quiz.skipped"))


def _kept(study: Study, hunting: Hunting) -> Study:
    return kept(study, hunting.bug.hunt.id, hunting.outcome, None)
