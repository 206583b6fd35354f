"""Keys while a panel is open: what each kind of panel makes of those that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nntutor.lessons.language.words import note
from nntutor.tui.state import edit_line, moves, runs
from nntutor.tui.state.keys import WAYS, scrolled
from nntutor.tui.state.panels import (
    KINDS_OF_FILES,
    Answering,
    Asking,
    Checking,
    Choosing,
    Editing,
    Exporting,
    Marked,
    Marking,
    Panel,
    Picking,
    Scrolled,
    Why,
)  # fmt: skip
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Export, Extents, Session
from nntutor.tui.state.study import Study

_POWERS = (-14, 0)


def in_panel(session: Session, study: Study, panel: Panel, name: str, extents: Extents) -> Session:
    """The session after a key that the panel takes, or that every panel takes."""
    if name in ("escape", "leave", panel.toggle) and not isinstance(panel, Answering | Marking | Picking):
        return replace(session, study=replace(study, panel=None))
    if isinstance(panel, Exporting) and name in ("continue", "check"):
        wanted = Export(panel.format, panel.whole, to_clipboard=name == "check")
        return replace(session, study=replace(study, panel=None), export=wanted)
    if isinstance(panel, Scrolled):
        last = extents.last_top(session)
        if isinstance(panel, Marked) and name == "continue" and panel.top >= last:
            return replace(session, study=replace(study, panel=None))
        top = scrolled(panel.top, name, extents.rows_seen(session), last)
        return replace(session, study=replace(study, panel=replace(panel, top=top)))
    return replace(session, study=KEYS[type(panel)](study, panel, name))


def _why(study: Study, panel: Why, name: str) -> Study:
    operands = study.step.operands
    if name == "backspace":
        return moves.back_on_trail(study)
    if not operands:
        return replace(study, note=note("why_panel.nothing"))
    if name == "continue":
        return moves.jump(study, panel.picked)
    return replace(study, panel=Why((panel.picked + WAYS[name]) % len(operands)))


def _checking(study: Study, panel: Checking, name: str) -> Study:
    if name == "continue":
        return replace(study, panel=None)
    low, high = _POWERS
    power = panel.power + (1 if name in ("more", "double") else -1)
    if not low <= power <= high:
        return replace(study, note=note("edit.no_further", symbol="ε", value=panel.h))
    return replace(study, panel=Checking(panel.ref, power))


def _choosing(study: Study, panel: Choosing, name: str) -> Study:
    if name != "continue":
        return replace(study, panel=Choosing((panel.picked + WAYS.get(name, 1)) % runs.choices(study)))
    if panel.picked == len(RUNS):
        return replace(study, panel=Asking("goal"))
    return runs.run_seeds(study) if panel.picked > len(RUNS) else runs.run_on(study, RUNS[panel.picked])


def _exporting(study: Study, panel: Exporting, name: str) -> Study:
    if name == "run":
        return replace(study, panel=replace(panel, whole=not panel.whole))
    return replace(study, panel=replace(panel, picked=(panel.picked + WAYS[name]) % len(KINDS_OF_FILES)))


def _asking(study: Study, panel: Asking, name: str) -> Study:
    if panel.what == "yours":
        # Another door: few studies have numbers of the learner's own.
        from nntutor.tui.state import yours

        return yours.taken(study, panel.text)
    return moves.go_to(study, panel.text) if panel.what == "goto" else runs.run_until(study, panel.text)


def _editing(study: Study, panel: Editing, name: str) -> Study:
    return edit_line.set_as_typed(study, panel) if name == "continue" else edit_line.another(study, panel, WAYS[name])


def _answering(study: Study, panel: Answering, name: str) -> Study:
    # Another door: few starts ask.
    from nntutor.tui.state import answers

    return answers.committed(study, panel) if name == "continue" else answers.skipped(study, panel)


def _marking(study: Study, panel: Marking, name: str) -> Study:
    # Another door: few starts look for a bug.
    from nntutor.tui.state import marking

    return marking.pressed(study, panel, name)


def _picking(study: Study, panel: Picking, name: str) -> Study:
    from nntutor.tui.state import choices

    return choices.pressed(study, panel, name)


KEYS: dict[type[Panel], Callable[[Study, Any, str], Study]] = {
    Why: _why,
    Checking: _checking,
    Choosing: _choosing,
    Exporting: _exporting,
    Asking: _asking,
    Editing: _editing,
    Answering: _answering,
    Marking: _marking,
    Picking: _picking,
}
"""What a panel does with a key that it takes. Those that are scrolled need nothing of their own."""
