"""What can be chosen by its number, as the keys that choose it: operands, runs, what was found, commands, lessons."""

from __future__ import annotations

from nntutor.lessons.export.formats import FORMATS
from nntutor.tui.state import finding, palette
from nntutor.tui.state.commands import GROUPS
from nntutor.tui.state.expressions import named
from nntutor.tui.state.palette import Entry
from nntutor.tui.state.panels import Choosing, Exporting, Picking, Why
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Action, Press, Session
from nntutor.tui.state.study import Study

CONTINUE = Press("continue")


def chosen(session: Session, text: str) -> tuple[Action, ...] | None:
    """The keys that choose what a text names of what is listed; None where it names nothing of it, or nothing is."""
    if session.practice is not None or session.ending is not None:
        return None
    if session.study is None and session.palette is None and session.search is None:
        return None if session.home.reading is not None else lesson(session, text)
    listed, picked = _listed(session)
    number = int(text) if text.isdecimal() and len(text) <= 4 else 0
    if session.study is not None and isinstance(session.study.panel, Why) and not number:
        number = operand(session.study, text)
    if not 1 <= number <= listed:
        return None
    none_picked = (Press("unit_next"),) if picked < 0 else ()
    return (*none_picked, *moved(max(picked, 0), number - 1, listed), CONTINUE)


def chosen_from(session: Session) -> int:
    """Of how many one is chosen by its number; 0 where nothing of the kind is open."""
    return 0 if session.practice is not None or session.ending is not None else _listed(session)[0]


def _listed(session: Session) -> tuple[int, int]:
    """How many are listed, and which of them is picked, from 0."""
    study = session.study
    if session.palette is not None:
        return len(commands(session)), session.palette.picked
    if session.search is not None:
        return len(finding.found(session)), session.search.picked
    match study.panel if study is not None else None:
        case Why(picked) if study is not None:
            return len(study.step.operands), picked
        case Exporting(picked):
            return len(FORMATS), picked
        case Choosing(picked) if study is not None:
            return ways_to_run(study), picked
        case Picking(choices=count, picked=picked, outcome=""):
            return count, picked
    return 0, 0


def commands(session: Session) -> tuple[Entry, ...]:
    """What is listed of the list of commands: the rest, lessons, views and languages, has words of its own here."""
    return tuple(one for one in palette.found(session) if one.group in GROUPS)


def ways_to_run(study: Study) -> int:
    """How many there are: so many iterations, down to an error, many seeds."""
    return len(RUNS) + 1 + study.has_seeds


def moved(at: int, to: int, of: int) -> tuple[Action, ...]:
    """The keys from one of `of` to another, from 0."""
    return (Press("unit_next"),) * ((to - at) % of)


def operand(study: Study, text: str) -> int:
    """The number, from 1, of the operand that is called so; 0 for none."""
    ref = named(study, text)
    refs = [operand.ref for operand in study.step.operands]
    return refs.index(ref) + 1 if ref in refs else 0


def lesson(session: Session, text: str) -> tuple[Action, ...] | None:
    """The keys that open a lesson from the list by its number or name; None where there is none."""
    lessons = session.home.lessons
    found = next((at for at, one in enumerate(lessons) if text.lower() in (one.id, str(one.number))), None)
    return None if found is None else (Press("first"), *moved(0, found, len(lessons)), CONTINUE)
