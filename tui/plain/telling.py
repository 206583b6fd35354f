"""What there is to tell after a command: what of the session is another now, in the order in which one needs it."""

from __future__ import annotations

from nntutor.core.foreign import clean
from nntutor.lessons.course import load
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import look_of, run_name
from nntutor.tui.plain import home, panels
from nntutor.tui.plain.saying import note_lines, prose_lines
from nntutor.tui.plain.spoken import words_of
from nntutor.tui.plain.step import step_line
from nntutor.tui.plain.views.table import view_lines
from nntutor.tui.state.overlays import Practice
from nntutor.tui.state.panels import Marking
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import Study

_PICTURES = ("network", "steps", "matrices")
"""Views that every step has: told when they are asked for. What another view shows, a stop speaks of."""


def told(before: Session | None, after: Session) -> list[str]:
    """What a command has changed, in sentences; that nothing has, where that is so."""
    words = words_of(after)
    lines = [after.home.message] if after.home.message and (before is None or _message_is_new(before, after)) else []
    if after.palette is not None:
        return [*lines, *panels.palette_lines(after, words)]
    if after.search is not None:
        return [*lines, *panels.search_lines(after, words)]
    if _is_covered(after):
        return [*lines, *_covered(before, after, words)] or [words.say("plain.same")]
    if after.visit is not None and (before is None or _review(before) is not after.visit.practice):
        return [*lines, *_visit(after, after.visit.practice, words)]
    if before is not None and (_is_covered(before) or (before.visit is not None and after.visit is None)):
        return [*lines, *_uncovered(before, after, words)]
    if after.study is None:
        lines += _home(before, after, words)
    else:
        lines += _study(before, after, after.study, words)
    if not lines and before is not None and before.search is not None and after.study is not before.study:
        return everything(after)  # what was found is where one is
    return lines or [words.say("plain.closed" if before is not None and _open(before) else "plain.same")]


def _is_covered(session: Session) -> bool:
    """Whether problems or the end of a lesson lie over what there is."""
    return session.practice is not None or session.ending is not None


def _covered(before: Session | None, after: Session, words: Words) -> list[str]:
    """What is another now of what lies over the list or the lesson, and a note that came with it."""
    # Another door: few starts have something there.
    from nntutor.tui.plain.over import over_lines

    old, study = before.study if before is not None else None, after.study
    noted = study is not None and old is not None and study.note is not old.note
    lines = note_lines(after, study, words, look_of(after)) if study is not None and noted else []
    if before is not None and _over(before) == _over(after):
        return lines
    return [*lines, *over_lines(before, after, words)]


def _over(session: Session) -> tuple[object, ...]:
    return session.practice, session.ending, session.language


def _review(session: Session) -> Practice | None:
    """The review for one question of which a lesson is open."""
    return None if session.visit is None else session.visit.practice


def _visit(session: Session, review: Practice, words: Words) -> list[str]:
    """The lesson that has been opened for a question of a review, and the question; of a bug only that."""
    # Another door: few starts have something due.
    from nntutor.tui.drawing.pages.practice import in_lesson

    study = session.study
    assert study is not None
    panel, title = study.panel, load.described(study.name, session.language)[0]
    place = [] if isinstance(panel, Marking) else _place(session, study, words)
    asked = [] if panel is None else panels.panel_lines(session, study, panel, words, look_of(session))
    return [f"{in_lesson(review, words, title)}.", *place, *asked]


def _uncovered(before: Session, after: Session, words: Words) -> list[str]:
    """What lay below, told again: another lesson that has been opened, or the place."""
    if after.study is not None and after.study is not before.study:
        return _study(None, after, after.study, words)
    return everything(after)


def everything(session: Session) -> list[str]:
    """What the screen shows all the time: the title, the place, what is said there."""
    words = words_of(session)
    if _is_covered(session):
        return _covered(None, session, words)
    if session.study is None:
        return home.home_lines(session, words)
    return [*_title(session, session.study, words), *_place(session, session.study, words)]


def view(session: Session) -> list[str]:
    """The view at hand."""
    assert session.study is not None
    return view_lines(session.study, words_of(session), look_of(session))


def _open(session: Session) -> bool:
    """Whether something was open that has been closed."""
    panel = session.study.panel if session.study is not None else session.home.reading
    return any(one is not None for one in (session.palette, session.search, panel))


def _message_is_new(before: Session, after: Session) -> bool:
    return after.home.message != before.home.message


def _home(before: Session | None, after: Session, words: Words) -> list[str]:
    now = after.home
    if now.reading is not None:
        return panels.glossary_lines(after, now.reading, words)
    if now.anew and (before is None or not before.home.anew):
        return [words.say("home.anew")]
    if before is None or before.study is not None or before.language != after.language:
        return home.home_lines(after, words)
    return [home.picked_line(after, words)] if now.picked != before.home.picked else []


def _study(before: Session | None, after: Session, study: Study, words: Words) -> list[str]:
    look, old = look_of(after), before.study if before is not None else None
    lines = note_lines(after, study, words, look) if old is None or study.note is not old.note else []
    if before is None or old is None or (old.name, before.language) != (study.name, after.language):
        lines += _title(after, study, words)
    else:
        lines += _run(study, words) if old.run != study.run else []
        # Another run that nobody has changed has nothing “again”.
        was = old.own(old.run) if old.run == study.run else True
        lines += _changed(study, words) if was != study.own(study.run) else []
    if before is None or old is None or _shown(before, old) != _shown(after, study):
        lines += _place(after, study, words, _heard(before))
    elif old.view != study.view or old.seeds_here is not study.seeds_here:
        lines += view_lines(study, words, look)
    panel = study.panel
    if panel is not None and (old is None or panel is not old.panel):
        lines += panels.panel_lines(after, study, panel, words, look)
    return lines


def _shown(session: Session, study: Study) -> tuple[object, ...]:
    """What the place tells; a change of it has to be told."""
    timeline = study.timeline
    return (study.run, study.place, study.stop, session.digits, session.language, timeline.edits, study.name, study.act)


def _place(session: Session, study: Study, words: Words, heard: tuple[list[str], list[str]] = ([], [])) -> list[str]:
    """The step, what is said there, and at a stop the view that it speaks of; what has just been heard only once."""
    step, view = _picture(session, study, words)
    return [
        *(step if step != heard[0] else []),
        *prose_lines(session, study, words),
        *(view if view != heard[1] else []),
    ]


def _picture(session: Session, study: Study, words: Words) -> tuple[list[str], list[str]]:
    """The step, and the view that a stop speaks of."""
    look = look_of(session)
    speaks = study.lesson is not None and study.stop is not None and study.view not in _PICTURES
    return [step_line(study, words, look)], view_lines(study, words, look) if speaks else []


def _heard(before: Session | None) -> tuple[list[str], list[str]]:
    return ([], []) if before is None or before.study is None else _picture(before, before.study, words_of(before))


def _title(session: Session, study: Study, words: Words) -> list[str]:
    """What is studied: the lesson and what it is about, the network, the run."""
    speech, problem = Speech(words, session.style), study.timeline.problem
    if study.lesson is None:
        name = speech.title(study.timeline.original) or clean(study.name)
        lines = [words.say("plain.problem", title=name)] if name else []
    else:
        title, about = load.described(study.lesson.id, session.language)
        lines = [words.say("plain.lesson", number=study.lesson.number, title=title, about=about)]
    lines.append(words.say("plain.network", about=speech.about(problem)))
    return [*lines, *_run(study, words), *([] if study.own(study.run) else _changed(study, words))]


def _run(study: Study, words: Words) -> list[str]:
    """What the run at hand is called, where there are several."""
    name = run_name(words, study.run) if len(study.timelines) > 1 else ""
    return [words.say("plain.run", run=name)] if name else []


def _changed(study: Study, words: Words) -> list[str]:
    """Whether something in the run at hand has been changed."""
    return [words.say("plain.own" if study.own(study.run) else "plain.changed")]
