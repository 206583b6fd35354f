"""What is open over the prose: the table of panels, each with what it draws and the keys that its row shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.panels import check, edit, goto, run, why
from nntutor.tui.state.commands import ROW
from nntutor.tui.state.panels import Asking, Checking, Choosing, Editing, Panel, Why
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign
from nntutor.tui.state.study import Study


class Drawing(NamedTuple):
    """rows: from the session, the study, the panel and the words; keys: from the session."""

    rows: Callable[[Session, Study, Any, Words], list[Row]]
    keys: Callable[[Session], Keys]


PANELS: dict[type[Panel], Drawing] = {
    Why: Drawing(why.rows, why.keys),
    Checking: Drawing(check.rows, check.keys),
    Choosing: Drawing(run.rows, run.keys),
    Editing: Drawing(edit.rows, edit.keys),
    Asking: Drawing(goto.rows, goto.keys),
}
"""Those that cover the whole screen are in pages/page.py."""


def panel_rows(session: Session, study: Study, words: Words, height: int) -> list[Row] | None:
    """The open panel in at most `height` rows, or the progress of a run; None where nothing is open."""
    if study.running is not None:
        return run.progress(session, study, study.running, words)
    if study.panel is None:
        return None
    return PANELS[type(study.panel)].rows(session, study, study.panel, words)[:height]


def keys_here(session: Session, study: Study) -> Keys:
    """The keys of the place: of a run on its way, of the open panel, or of the lesson."""
    if study.running is not None:
        return run.progress_keys(session)
    if study.panel is not None:
        return PANELS[type(study.panel)].keys(session)
    return [(_shown(session, actions), word) for actions, word in ROW if _meant(study, actions[0])]


def _shown(session: Session, actions: tuple[str, ...]) -> str:
    return non_text_key(session, *actions) if actions == ("backspace",) else sign(session, *actions)


def _meant(study: Study, action: str) -> bool:
    """Whether a key of the lesson's row does something here."""
    if action == "backspace":
        return bool(study.trail)
    return action != "more" or (study.lesson is not None and study.lesson.main is not None)
