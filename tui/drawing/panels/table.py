"""The table of panels: each with what it draws and the keys that its row shows."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.state.panels import Answering, Asking, Checking, Choosing, Editing, Exporting, Panel, Picking, Why
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import Study

PANELS: dict[type[Panel], str] = {
    Why: "why", Checking: "check", Choosing: "run", Editing: "edit", Asking: "goto", Answering: "answer",
    Exporting: "export", Picking: "choices",
}  # fmt: skip
"""The file of this folder with its `rows(session, study, panel, words)` and `keys(session)`. Those that cover the whole
screen are in pages/page.py."""


def _drawing(panel: Panel) -> ModuleType:
    """Loaded when the panel is first opened: a start draws none."""
    return import_module(f"nntutor.tui.drawing.panels.{PANELS[type(panel)]}")


def rows(session: Session, study: Study, panel: Panel, words: Words, height: int) -> list[Row]:
    """What a panel draws; of a question that has been answered the least, where all of it is more than `height`."""
    drawing = _drawing(panel)
    rows: list[Row] = drawing.rows(session, study, panel, words)
    if len(rows) > height and isinstance(panel, Answering) and panel.verdict and not panel.text:
        rows = drawing.least(session, panel, words, height)
    return rows


def keys(session: Session, panel: Panel) -> Keys:
    """The keys that mean something in a panel."""
    found: Keys = _drawing(panel).keys(session)
    return found
