"""Keys in a lesson or problem: which function each command calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from nntutor.lessons.course.model import CHECK
from nntutor.lessons.language.words import note
from nntutor.tui.state import edit_line, edits, moves, playing, runs, views
from nntutor.tui.state.commands import Where, allowed
from nntutor.tui.state.in_panel import in_panel
from nntutor.tui.state.panels import Asking, Checking, Choosing, Exporting, Helping, Line, Panel, Picking, Reading, Why
from nntutor.tui.state.session import DIGITS, Action, Extents, Press, Ran, Session, Tick, Wanted, unfinished
from nntutor.tui.state.study import Study

_AT_AN_END = {
    "back": "study.beginning",
    "unit_previous": "study.beginning",
    "phase_previous": "study.beginning",
    "first": "study.first_step",
    "last": "study.last_step",
    "iteration_previous": "study.first_iteration",
}
_STOPS_A_RUN = ("escape", "leave", "run", "continue")
_LOOKS = ("view", "digits")
"""What is to be chosen stays open below these: a view of numbers may be what tells."""


def in_study(session: Session, study: Study, action: Action, extents: Extents) -> Session:
    """The session after an action while a lesson or problem is open."""
    match action:
        case Ran(number, chunk):
            return replace(session, study=runs.ran(study, number, chunk))
        case Tick(number):
            asking = _by_itself(session, study) if playing.is_on(study, number) else None
            return asking or replace(session, study=playing.ticked(study, number))
        case Press(name) if study.running is not None and name in _STOPS_A_RUN:
            return replace(session, study=runs.stopped(study))
        case Press(name) if _allowed(study, name):
            return ended(study, _acted(_pressed(session, study, name, extents)))
    return session


def _acted(session: Session) -> Session:
    """The session after a key, which may have done what is asked for."""
    if session.study is None or session.study.act is None:
        return session
    # Another door, as for `_asked`.
    from nntutor.tui.state import acts

    return replace(session, study=acts.after(session.study))


def ended(before: Study, session: Session) -> Session:
    """The session after a key that may have gone on from the last stop: then the end of the lesson is open."""
    study = session.study
    if study is None or study.note != moves.LESSON_DONE or before.note in moves.ENDED:
        return session
    # Another door, as for `_ending`.
    from nntutor.tui.state import ending

    if study.name == session.home.lessons[-1].id:  # no lesson comes after it
        session = replace(session, study=replace(study, note=moves.COURSE_DONE))
    return ending.opened(session, study.name)


def _allowed(study: Study, name: str) -> bool:
    """Whether a command may be given here."""
    if study.running is not None and not allowed(name, Where.RUNNING):
        return False
    return allowed(name, Where.STUDY) or (study.panel is not None and _taken(study.panel, name))


def _taken(panel: Panel, name: str) -> bool:
    """Whether an open panel takes a command."""
    return allowed(name, Where.PANEL) or name in (*panel.takes, panel.toggle)


def _pressed(session: Session, study: Study, name: str, extents: Extents) -> Session:
    """What a key does: to the open panel, or in its stead; a line that is being typed is not thrown away."""
    if study.panel is not None and _taken(study.panel, name):
        return in_panel(session, replace(study, note=None), study.panel, name, extents)
    if isinstance(study.panel, Line):
        return replace(session, study=replace(study, note=note("study.typing")))
    is_kept = isinstance(study.panel, Picking) and name in _LOOKS
    if study.panel is not None and not is_kept:  # else what has been worked out to draw it serves this key too
        study = replace(study, panel=None)
        session = replace(session, study=study)
    if name in ON_STUDY:
        return replace(session, study=_told(study, ON_STUDY[name](study), name))
    return ON_SESSION[name](session, study, extents)


def _told(before: Study, after: Study, name: str) -> Study:
    """A way that leads no further says so."""
    if name not in _AT_AN_END or after.place != before.place or after.note is not None or after.running is not None:
        return after
    return replace(after, note=note(_AT_AN_END[name]))


# --- what only the study is needed for -----------------------------------------------------------------


def _opens(panel: Panel) -> Callable[[Study], Study]:
    return lambda study: replace(study, panel=panel, note=None)


def _left(study: Study, on: bool) -> Study:
    """Without what is to be done, where something is."""
    if study.act is None:
        return replace(study, note=None)
    from nntutor.tui.state import acts

    return acts.left(study, study.act, on)


def _parting(study: Study) -> Study:
    # Another door: few studies have numbers of the learner's own.
    from nntutor.tui.state import yours

    return yours.parting(study)


ON_STUDY: dict[str, Callable[[Study], Study]] = {
    "stop_previous": moves.go_back,
    "step": moves.step_on,
    "back": moves.step_back,
    "unit_next": partial(moves.unit, way=1),
    "unit_previous": partial(moves.unit, way=-1),
    "phase_next": partial(moves.phase, way=1),
    "phase_previous": partial(moves.phase, way=-1),
    "iteration_next": partial(moves.iteration, way=1),
    "iteration_previous": partial(moves.iteration, way=-1),
    "first": partial(moves.ends, last=False),
    "last": partial(moves.ends, last=True),
    "goto": _opens(Asking("goto")),
    "why": _opens(Why()),
    "parting": _parting,
    "edit": edit_line.editing,
    "more": partial(edits.changed, how="more"),
    "less": partial(edits.changed, how="less"),
    "halve": partial(edits.changed, how="halve"),
    "double": partial(edits.changed, how="double"),
    "reset": edits.reset,
    "undo": edits.undone,
    "redo": edits.redone,
    "run": lambda study: replace(study, panel=Choosing(runs.first_choice(study)), note=None),
    "export": _opens(Exporting()),
    "zoom": moves.zoomed,
    "play": playing.begun,
    "help": _opens(Helping()),
    "backspace": moves.back_on_trail,
    "escape": lambda study: _left(study, on=False),
}


# --- what the session is needed for --------------------------------------------------------------------


def _continue(session: Session, study: Study, extents: Extents) -> Session:
    """The rest of the prose, then the question of the stop, then the next stop."""
    if study.page + 1 < extents.prose_pages(session):
        return replace(session, study=replace(study, page=study.page + 1))
    if study.act is not None:
        return replace(session, study=_left(study, on=True))
    return _by_itself(session, study) or replace(session, study=moves.go_on(study))


def _by_itself(session: Session, study: Study) -> Session | None:
    """With the question of the stop open; None where none opens by itself."""
    if not session.questions or study.lesson is None or not study.lesson.questions:
        return None
    # Another door, as for `_asked`.
    from nntutor.tui.state import by_itself

    opened = by_itself.opened(session, study)
    return None if opened is None else _drawn(session, opened)


def _asked(session: Session, study: Study, extents: Extents) -> Session:
    # Another door: few starts ask.
    from nntutor.tui.state import answers

    return _drawn(session, answers.asked(study, session.seed))


def _checked(session: Session, study: Study, extents: Extents) -> Session:
    """The check of the number at hand; what a stop has it opened for is done by it, whether or not it was asked for."""
    checked = moves.checking(study)
    asks = study.held is None and study.question is not None and study.question.until == CHECK
    opened = _by_itself(session, study) if asks and isinstance(checked.panel, Checking) else None
    if opened is None or opened.study is None:
        return replace(session, study=checked)
    return replace(opened, study=replace(opened.study, panel=checked.panel))


def _bug(session: Session, study: Study, extents: Extents) -> Session:
    # Another door: few starts look for a bug.
    from nntutor.tui.state import marking

    return _drawn(session, marking.asked(study, session.seed))


def _drawn(session: Session, study: Study) -> Session:
    """The session with a question open: the next one is drawn from another seed."""
    return replace(session, study=study, seed=session.seed + 1)


def _ending(session: Session, study: Study, extents: Extents) -> Session:
    """The end of the lesson; at the stop that asks for words, its answer there."""
    if study.lesson is None:
        return replace(session, study=replace(study, note=note("ending.none")))
    # Another door: few keys lead there.
    from nntutor.tui.state import ending

    if study.asks_for_words and study.note not in moves.ENDED:
        session = ending.opened(session, study.name, (ending.WORDS,))
        assert session.ending is not None
        return replace(session, ending=replace(session.ending, top=extents.answer_top(session)))
    return ending.opened(session, study.name)


def _view(session: Session, study: Study, extents: Extents) -> Session:
    seen = extents.seen(session)
    if not seen:
        return replace(session, study=replace(study, note=note("study.too_low")))
    return replace(session, study=views.next_view(study, extents.has_picture(session), seen))


def _digits(session: Session, study: Study, extents: Extents) -> Session:
    place = DIGITS.index(session.digits) if session.digits in DIGITS else -1
    digits = DIGITS[(place + 1) % len(DIGITS)]
    told = study.note if study.running is not None else note("study.digits", count=digits)
    return replace(session, digits=digits, study=replace(study, note=told))


def _questions(session: Session, study: Study, extents: Extents) -> Session:
    said = note("questions.off" if session.questions else "questions.on")
    return replace(session, questions=not session.questions, study=replace(study, note=said))


def _glossary(session: Session, study: Study, extents: Extents) -> Session:
    return replace(session, study=replace(study, panel=Reading(extents.term_top(session)), note=None))


def _leave(session: Session, study: Study, extents: Extents) -> Session:
    home = session.home
    if study.lesson is not None:
        home = replace(home, picked=unfinished(home.lessons, home.done, study.name))
    return replace(session, study=None, home=home)


def _other_lesson(session: Session, study: Study, extents: Extents, way: int) -> Session:
    """The lesson after or before this one."""
    ids = [lesson.id for lesson in session.home.lessons]
    place = ids.index(study.name) + way if study.name in ids else -1
    if not 0 <= place < len(ids):
        return replace(session, study=replace(study, note=note("study.no_other_lesson")))
    return replace(session, wanted=Wanted(ids[place]), home=replace(session.home, picked=place))


ON_SESSION: dict[str, Callable[[Session, Study, Extents], Session]] = {
    "continue": _continue,
    "ask": _asked,
    "bug": _bug,
    "check": _checked,
    "view": _view,
    "digits": _digits,
    "questions": _questions,
    "glossary": _glossary,
    "ending": _ending,
    "lesson_next": partial(_other_lesson, way=1),
    "lesson_previous": partial(_other_lesson, way=-1),
    "leave": _leave,
}
