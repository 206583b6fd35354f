"""Questions with choices, played: one is right, in words that fit, and nothing beside them gives it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nntutor.lessons.course.model import Question
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui.drawing.pages import page
from nntutor.tui.drawing.panels import choices
from nntutor.tui.state.panels import Picking
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import words_with_keys

_SIZES = ((80, 24), (40, 12))


def findings(session: Session, question: Question) -> Iterator[str]:
    """What is wrong with a question that has just been opened, or was to be."""
    study = session.study
    panel = study.panel if study is not None else None
    if study is None or not isinstance(panel, Picking):
        yield "not exactly one of its choices is right"
        return
    for language in LANGUAGES:
        for size in _SIZES:
            here = replace(session, language=language, width=size[0], height=size[1])
            yield from (f"{reason} ({language}, {size[0]} × {size[1]})" for reason in _shown(here, panel))


def _shown(session: Session, panel: Picking) -> Iterator[str]:
    """What is wrong with it at one size, in one language."""
    assert session.study is not None
    asks, labels = choices.asked(session, session.study, panel)
    if len(set(labels)) < len(labels):
        yield "two of its choices read alike"
    if "".join(labels[panel.right].split()) in _drawn(session, panel, without=True):
        yield "the right choice stands on the screen besides"
    for number, label in enumerate(labels):
        picked, told = replace(panel, picked=number), replace(panel, told=number)
        said = choices.told(session, session.study, told, words_with_keys(session))
        for one, texts in ((picked, (asks, label)), (told, (said,))):
            drawn = _drawn(session, one)
            if lost := next((text for text in texts if "".join(text.split()) not in drawn), ""):
                yield f"“{lost}” has no room"


def _drawn(session: Session, panel: Picking, without: bool = False) -> str:
    """The letters of the screen with the panel as it is, or without what can be chosen."""
    assert session.study is not None
    rows = page.rows(replace(session, study=replace(session.study, panel=panel)))
    kept = (row for row in rows if not (without and any(piece.click is not None for piece in row)))
    return "".join("".join(piece.text for row in kept for piece in row).split())
