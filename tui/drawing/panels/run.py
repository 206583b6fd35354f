"""How many iterations to run, and how far a run has come."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of, title_row
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row
from nntutor.tui.state import runs
from nntutor.tui.state.panels import Choosing
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import SEED_ITERATIONS, SEEDS, Running, Study

_BAR = 40


def rows(session: Session, study: Study, panel: Choosing, words: Words) -> list[Row]:
    row = [Piece(f" {words.say('run.ask')} ", "")]
    further = [words.say("run.goal")]
    if runs.has_seeds(study):
        further.append(words.say("run.seeds", seeds=SEEDS, count=SEED_ITERATIONS))
    for number, choice in enumerate((*(f"{count:,}".replace(",", " ") for count in RUNS), *further)):
        row += [Piece("  "), _choice(choice, number == panel.picked)]
    return [title_row(words.say("run.title")), tuple(row), (Piece(f" {words.say('run.how')}", "dim"),)]


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "back", "step"), "choose"),
        (non_text_key(session, "continue"), "run"),
        (non_text_key(session, "escape"), "close"),
    ]


def _choice(text: str, picked: bool) -> Piece:
    return Piece(f"[{text}]", "picked") if picked else Piece(f" {text} ")


def progress(session: Session, study: Study, running: Running, words: Words) -> list[Row]:
    """How far the run on its way has come."""
    look = look_of(session)
    if running.seeds:
        return _seeding(study, running, words, look)
    newest, errors = study.timeline.newest, study.timeline.errors
    error = look.figure(float(errors[-1])) if len(errors) else "?"
    title = title_row(words.say("run.going", iteration=newest, error=error))
    if running.goal is not None:
        return [title, (Piece(f" {words.say('run.until', error=look.figure(running.goal))}"),)]
    return [title, _bar((newest - running.begun) / max(1, running.target - running.begun), look)]


def progress_keys(session: Session) -> Keys:
    return [(non_text_key(session, "escape"), "stop")]


def _seeding(study: Study, running: Running, words: Words, look: Look) -> list[Row]:
    assert study.seeds is not None
    done = study.seeds.state.done
    begun = running.target - SEED_ITERATIONS
    count = int(study.seeds.solved.sum())
    return [
        title_row(words.say("seeds.going", iteration=done, count=count, of=SEEDS)),
        _bar((done - begun) / SEED_ITERATIONS, look),
    ]


def _bar(share: float, look: Look) -> Row:
    done = round(_BAR * min(1.0, max(0.0, share)))
    return (Piece(f" {look.line('█') * done}{look.line('·') * (_BAR - done)}"),)
