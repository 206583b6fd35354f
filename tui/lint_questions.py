"""The questions of a lesson, played: right in every spelling, each slip by its name, nothing that gives them away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isfinite

from nntutor.core.analysis.mistaken import at_step
from nntutor.core.engine.trace import Trace
from nntutor.core.errors import NntutorError
from nntutor.core.notation.figures import figure
from nntutor.lessons.course import builtin
from nntutor.lessons.course.bugs import HUNTS
from nntutor.lessons.course.catalog import catalog_file
from nntutor.lessons.course.model import AuthorError, Lesson, Question
from nntutor.lessons.course.questions import Asked, agree, judged
from nntutor.lessons.course.series import SERIES
from nntutor.tui import lint_acts, lint_choices
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import moves, runs
from nntutor.tui.state.panels import Answering
from nntutor.tui.state.session import Home, Opened, Press, Session
from nntutor.tui.state.study import Study
from nntutor.tui.state.update import update


def findings(lesson: Lesson, study: Study) -> Iterator[AuthorError]:
    """Everything that is wrong with a lesson's questions; study: the lesson at its first stop."""
    ids = [stop.id for stop in lesson.stops]
    for question in sorted(lesson.questions, key=lambda question: ids.index(question.stop)):
        try:
            study = _arrived(moves.at_stop(study, ids.index(question.stop)))
        except (NntutorError, KeyError) as error:
            yield _at(lesson, question, f"cannot be asked: {error}")
            continue
        for one in question.rungs or (question,):
            alone = replace(lesson, questions=(one,))
            yield from (_at(lesson, one, reason) for reason in _wrong(alone, replace(study, lesson=alone), one))


def _at(lesson: Lesson, question: Question, reason: str) -> AuthorError:
    return AuthorError(catalog_file(lesson.id), 0, f"question at stop “{question.stop}”: {reason}")


def _wrong(lesson: Lesson, there: Study, question: Question) -> Iterator[str]:
    if question.series:
        if question.series not in (*SERIES, *HUNTS):
            yield f"there is no series “{question.series}”; expected one of {', '.join((*SERIES, *HUNTS))}"
        return
    if question.problem and question.problem not in builtin.names():
        yield f"there is no problem “{question.problem}”"
        return
    try:
        session = _asking(lesson, there)
    except (NntutorError, KeyError) as error:
        yield f"cannot be asked: {error}"
        return
    if question.until:
        yield from lint_acts.findings(session, question)
        session = lint_acts.gone_on(session, question)
    if question.choices:
        yield from lint_choices.findings(session, question)
    if question.choices or question.until:
        return
    panel = session.study.panel if session.study is not None else None
    asked = panel.question.asked if isinstance(panel, Answering) else None
    if (
        asked is None
        or (asked.digits, asked.form) != (question.digits, question.form)
        or asked.step.symbol != question.ask
    ):
        yield f"no later step of the iteration makes {question.ask}"
        return
    yield from _mistaken(asked) if asked.form == "number" else _undecided(asked)
    shown = figure(asked.right, asked.digits + 1).lstrip("−")
    for one in (session, _hinted(session, 1), _hinted(session, 2)):
        rows = ["".join(piece.text for piece in row) for row in page.rows(one)]
        if shown in "\n".join(rows) and not _is_known(there.trace, shown, there.timeline.step):
            yield f"{question.ask} stands on the screen while it is asked for"
            return


def _mistaken(asked: Asked) -> Iterator[str]:
    """What is wrong with the verdicts."""
    if not isfinite(asked.right) or not asked.right:
        yield f"its answer is {asked.right}; expected a number that is not 0"
        return
    for text in spellings(asked.right, asked.digits):
        if judged(asked, text).kind != "right":
            yield f"{text} is called {judged(asked, text).kind}"
    for slip in at_step(asked.trace, asked.ref):
        if not isfinite(slip.value):
            continue
        if agree(slip.value, asked.right, asked.digits):
            yield f"mistake “{slip.mistake}” gives what is right, {figure(asked.right)}; expected other numbers"
        elif slip.mistake not in judged(asked, f"{slip.value:#.6g}").mistakes:
            yield f"mistake “{slip.mistake}” is not recognised"


def _undecided(asked: Asked) -> Iterator[str]:
    """What is wrong with the verdicts where a sign is asked for."""
    signs = {"sign": "+−", "larger": "><"}[asked.form]
    if asked.side == 0:
        yield "its answer is neither; expected numbers that differ"
    elif [judged(asked, sign).kind for sign in signs] != ["right", "wrong"][:: asked.side]:
        yield f"its answer is {asked.right}, and {signs[0]} is called {judged(asked, signs[0]).kind}"


def spellings(value: float, digits: int) -> tuple[str, ...]:
    """A number in ten ways in which people write it."""
    short, long = f"{value:.{digits}g}", f"{value:.{digits + 3}g}"
    return (
        short, long, short.replace(".", ","), short.replace("-", "−"), f" {short} ", f"x = {short}",
        f"{value:.{digits}e}", f"{value:.{digits}e}".replace("e", "·10^"), f"{value * 8:.{digits + 2}g}/8",
        f"{value / 0.4:.{digits + 2}g}*0.4",
    )  # fmt: skip


def _arrived(study: Study) -> Study:
    """The study once its run to a far stop has ended."""
    running = study.running
    if running is not None:
        for chunk in study.chunks(1.0):
            study = runs.ran(study, running.number, chunk)
    return study


def _asking(lesson: Lesson, study: Study) -> Session:
    session = update(Session(Home((lesson,)), "en"), Opened(study), extents)
    return update(session, Press("ask"), extents)


def _hinted(session: Session, count: int) -> Session:
    study = session.study
    if study is None or not isinstance(study.panel, Answering):
        return session
    question = study.panel.question
    for _ in range(count):
        question = question.hint()
    return replace(session, study=replace(study, panel=replace(study.panel, question=question)))


def _is_known(trace: Trace, shown: str, step: int) -> bool:
    """Whether a number that is known there has the same figure."""
    made = (figure(trace.value(trace.ref(index))).lstrip("−") for index in range(1, step + 1))
    return any(one.startswith(shown) or shown.startswith(one) for one in made)
