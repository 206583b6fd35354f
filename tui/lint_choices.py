"""Questions with choices, played: one or several are right, in words that fit, and nothing gives them away."""

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

_WIDE, _NARROW = (80, 24), (40, 12)


def findings(session: Session, question: Question) -> Iterator[str]:
    """What is wrong with a question that has just been opened, or was to be."""
    study = session.study
    panel = study.panel if study is not None else None
    if study is None or not isinstance(panel, Picking):
        yield f"{'all or fewer than two' if question.several else 'not exactly one'} of its choices is right"
        return
    for language in LANGUAGES:
        for size in (_WIDE, _NARROW):
            here = replace(session, language=language, width=size[0], height=size[1])
            reasons = (*_told_besides(here, panel), *(_cut(here, panel) if size == _NARROW else ()))
            yield from (f"{reason} ({language}, {size[0]} × {size[1]})" for reason in reasons)


def _told_besides(session: Session, panel: Picking) -> Iterator[str]:
    """What tells which choice is right, before it is picked."""
    assert session.study is not None
    _, labels = choices.asked(session, session.study, panel)
    if len(set(labels)) < len(labels):
        yield "two of its choices read alike"
    if any(_tells(row, labels, panel) for row in _rows(session, panel, without=True)):
        yield "the right choice stands on the screen besides"


def _cut(session: Session, panel: Picking) -> Iterator[str]:
    """What has no room on the smallest screen; where there is more, there is more for each."""
    assert session.study is not None
    asks, labels = choices.asked(session, session.study, panel)
    shown = replace(panel, told=min(panel.right), marked=panel.right, outcome="shown")
    if "".join(choices.told(session, session.study, shown, words_with_keys(session)).split()) not in _drawn(
        session, shown
    ):
        yield "what is right has no room"
    for number, label in enumerate(labels):
        picked, told = replace(panel, picked=number), replace(panel, told=number)
        said = choices.told(session, session.study, told, words_with_keys(session))
        for one, texts in ((picked, (asks, label)), (told, (said,))):
            drawn = _drawn(session, one)
            if lost := next((text for text in texts if "".join(text.split()) not in drawn), ""):
                yield f"“{lost}” has no room"


def _tells(row: str, labels: tuple[str, ...], panel: Picking) -> bool:
    """Whether a row names all that are right, and nothing else that can be chosen."""
    named = {number for number, label in enumerate(labels) if "".join(label.split()) in row}
    return named == panel.right


def _drawn(session: Session, panel: Picking) -> str:
    """The letters of the screen with the panel as it is."""
    return "".join(_rows(session, panel))


def _rows(session: Session, panel: Picking, without: bool = False) -> list[str]:
    """The letters of its rows, with what can be chosen or without."""
    assert session.study is not None
    rows = page.rows(replace(session, study=replace(session.study, panel=panel)))
    kept = (row for row in rows if not (without and any(piece.click is not None for piece in row)))
    return ["".join("".join(piece.text for piece in row).split()) for row in kept]
