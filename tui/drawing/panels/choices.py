"""The question of a stop with choices, what can be chosen, and what is said of the one that was.

Where there is little room the one at hand stands there alone, counted, and what is said takes the place of what is
asked; before that, how many there are. In a list none is: a number beside a label could be read as a factor of it.
"""

from __future__ import annotations

from nntutor.lessons.course import load
from nntutor.lessons.course.model import DONE, Option
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of
from nntutor.tui.drawing.canvas.lists import chosen
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.state import choices
from nntutor.tui.state.panels import Picking
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import Study

_ROOMY = (60, 20)


def rows(session: Session, study: Study, panel: Picking, words: Words) -> list[Row]:
    said, width = told(session, study, panel, words), session.width
    asks, labels = asked(session, study, panel)
    style = "note" if panel.outcome else "warning"
    if session.width >= _ROOMY[0] and session.height >= _ROOMY[1]:
        listed = [row for number, label in enumerate(labels) for row in _option(session, panel, label, number)]
        return [
            *_lines(asks, width, "" if panel.outcome else "bold"),
            *([] if panel.outcome else listed),
            *_lines(said, width, style),
        ]
    head = _lines(said, width, style) if said and panel.picked < 0 else _lines(asks, width, "bold")
    if panel.outcome:
        return head
    if panel.picked < 0:
        return [*head, *_lines(words.say("choice.below", count=len(labels)), width, "")]
    label = f"({panel.picked + 1}/{len(labels)}) {labels[panel.picked]}"
    return [*head, *_option(session, panel, label, panel.picked)]


def asked(session: Session, study: Study, panel: Picking) -> tuple[str, tuple[str, ...]]:
    """What is asked, and what can be chosen."""
    asks, options = _posing(session, study, panel)
    return _filled(session, study, panel, asks), tuple(_filled(session, study, panel, one.label) for one in options)


def told(session: Session, study: Study, panel: Picking, words: Words) -> str:
    """Whether what was chosen is right, and why; empty where nothing has been chosen."""
    if panel.told < 0:
        return ""
    _, options = _posing(session, study, panel)
    told = sorted(panel.right) if panel.outcome == "shown" else [panel.told]
    label = ", ".join(_filled(session, study, panel, options[number].label) for number in told)
    said = dict.fromkeys(_filled(session, study, panel, options[number].said) for number in told)
    return " ".join((words.say(f"choice.{_verdict(panel)}", label=label), *said))


def _verdict(panel: Picking) -> str:
    if panel.told not in panel.right:
        return "other"
    if panel.several and not panel.outcome:
        return "more"
    return "shown" if panel.outcome == "shown" else "right"


def _posing(session: Session, study: Study, panel: Picking) -> tuple[str, list[Option]]:
    """The words of what is asked, which after an act is what is said once it is done, and of what can be chosen."""
    assert study.lesson is not None
    posing = load.text(study.lesson.id, session.language).questions[study.lesson.stops[panel.stop].id]
    asks = posing.options[DONE].said if DONE in posing.options else posing.asks
    return asks, [option for name, option in posing.options.items() if name != DONE]


def _filled(session: Session, study: Study, panel: Picking, prose: str) -> str:
    assert study.lesson is not None
    text = load.text(study.lesson.id, session.language)
    return choices.place(study, panel.stop).filled(text, prose, session.digits, session.style)


def _option(session: Session, panel: Picking, label: str, number: int) -> list[Row]:
    at_hand = number == panel.picked
    mark = look_of(session).line("▸") if at_hand else " "
    marked = f"[{'x' if number in panel.marked else ' '}] " if panel.several else ""
    lead = f" {mark} {marked}"
    click = Pointed("row", number)
    lines = wrapped(label, session.width - len(lead) - 1)
    rows: list[Row] = [
        (Piece((lead if at == 0 else " " * len(lead)) + line, "", click),) for at, line in enumerate(lines)
    ]
    return [chosen(row, session.width) for row in rows] if at_hand else rows


def _lines(text: str, width: int, kind: str) -> list[Row]:
    return [(Piece(f" {line}", kind),) for line in wrapped(text, width - 2)] if text else []


def keys(session: Session) -> Keys:
    panel = session.study.panel if session.study is not None else None
    assert isinstance(panel, Picking)
    on = (non_text_key(session, "continue"), "continue")
    if panel.outcome:
        return [on]
    chosen = (non_text_key(session, "continue"), "answer") if panel.picked >= 0 else on
    choose = (non_text_key(session, "unit_previous", "unit_next"), "choose")
    return [choose, chosen, ("?", "hint"), (non_text_key(session, "escape"), "skip")]
