"""Clicks in a lesson or problem: on a row of what is open, a view's name, a phase, a step, a number."""

from __future__ import annotations

from dataclasses import replace

from nntutor.core.engine.plan import PHASES
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language.words import note
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Choosing, Line, Marking, Picking, Why
from nntutor.tui.state.runs import choices
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.study import Study
from nntutor.tui.state.views import shown, views
from nntutor.tui.state.written import EMPTY


def meant_in_study(session: Session, study: Study, at: Pointed) -> tuple[Session, tuple[str, ...]]:
    """See `pointing.meant`. A line that is being typed is not thrown away, and a run goes on."""
    if isinstance(study.panel, Line):
        return replace(session, study=replace(study, note=note("study.typing"))), ()
    match at.what, at.which:
        case "view", str(view) if view in views(study):
            return replace(session, study=shown(study, view)), ()
        case "phase", str(phase) if study.running is None:
            return session, _to_phase(study, phase)
        case "step", int(step) if study.running is None and step <= len(study.trace):
            study = replace(study, panel=None)
            return replace(session, study=moves.to(study, study.timeline.iteration, step)), ()
        case "number", Ref() as ref if study.running is None:
            return _why(session, study, ref)
    return session, ()


def _to_phase(study: Study, phase: str) -> tuple[str, ...]:
    """The keys that lead to the nearest place of a phase; to the one at hand, none."""
    plan, step = study.trace.plan, study.timeline.step
    way = 1 if PHASES.index(phase) > PHASES.index(plan.phase(step)) else -1
    presses, at = 0, step
    while plan.phase(at) != phase:
        following = plan.next_phase(at, way)
        if following is None:
            return ()
        presses, at = presses + 1, following
    return ("phase_next" if way > 0 else "phase_previous",) * presses


def _why(session: Session, study: Study, ref: Ref) -> tuple[Session, tuple[str, ...]]:
    """Of the number at hand its operands; of an operand, and of any other number, the step that made it."""
    if ref == study.step.ref:
        return session, () if isinstance(study.panel, Why) else ("why",)
    operands = [operand.ref for operand in study.step.operands]
    panel = Why(operands.index(ref)) if ref in operands else None
    return replace(session, study=moves.to_maker(replace(study, panel=panel, note=None), ref)), ()


def picked(session: Session, study: Study, row: int) -> Session | None:
    """The session with that row of the open panel picked; None where there is none."""
    panel = study.panel
    if isinstance(panel, Why) and row < len(study.step.operands):
        return replace(session, study=replace(study, panel=Why(row)))
    if isinstance(panel, Marking) and row < len(panel.hunting.bug.trace):
        return replace(session, study=replace(study, panel=replace(panel, picked=row + 1, line=EMPTY)))
    if isinstance(panel, Choosing) and row < choices(study):
        return replace(session, study=replace(study, panel=Choosing(row)))
    if isinstance(panel, Picking) and row < panel.choices and not panel.outcome:
        return replace(session, study=replace(study, panel=replace(panel, picked=row)))
    return None
