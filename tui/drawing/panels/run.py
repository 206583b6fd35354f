"""How many iterations to run, and how far a run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, look_of, title_row
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import Piece, Row, bar, row_cells, wrapped
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Pointed, Session
from nntutor.tui.state.signs import non_text_key
from nntutor.tui.state.study import SEED_ITERATIONS, SEEDS, Running, Study

if TYPE_CHECKING:
    from nntutor.tui.state.panels import Choosing

_BAR = 40


def rows(session: Session, study: Study, panel: Choosing, words: Words) -> list[Row]:
    width = session.width
    further = [words.say("run.goal")]
    if study.has_seeds:
        further.append(words.say("run.seeds", seeds=SEEDS, count=SEED_ITERATIONS))
    choices = (*(f"{count:,}".replace(",", words.say("run.thousands")) for count in RUNS), *further)
    pieces = [choice(text, number, number == panel.picked) for number, text in enumerate(choices)]
    how = [(Piece(f" {line}", "dim"),) for line in wrapped(words.say("run.how"), width - 2)]
    return [title_row(words.say("run.title")), *in_rows(Piece(f" {words.say('run.ask')} "), pieces, width), *how]


def keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "back", "step"), "choose"),
        (non_text_key(session, "continue"), "run"),
        (non_text_key(session, "escape"), "close"),
    ]


def in_rows(head: Piece, choices: list[Piece], width: int) -> list[Row]:
    """What is asked and the choices after it, in as many rows as they take; none is cut where a row has room for it."""
    rows: list[list[Piece]] = [[head]]
    for choice in choices:
        if row_cells(tuple(rows[-1])) + cells(choice.text) + 2 > width:
            rows.append([Piece(" ")])
        rows[-1] += [Piece("  " if len(rows[-1]) > 1 or rows[-1][0] is head else ""), choice]
    return [tuple(row) for row in rows]


def choice(text: str, number: int, picked: bool) -> Piece:
    click = Pointed("row", number)
    return Piece(f"[{text}]", "picked", click) if picked else Piece(f" {text} ", click=click)


def progress(session: Session, study: Study, running: Running, words: Words) -> list[Row]:
    """How far the run on its way has come."""
    look = look_of(session)
    if running.seeds:
        return _seeding(study, running, words, session.width, look)
    newest, errors = study.on_its_way.newest, study.on_its_way.errors
    known = len(errors) > 0 and study.trace.problem.given is None
    error = look.figure(float(errors[-1])) if known else "?"
    title = _title(words.say("run.going", iteration=newest, error=error), session.width)
    if running.goal is not None:
        return [*title, (Piece(f" {words.say('run.until', error=look.figure(running.goal))}"),)]
    return [*title, _progress((newest - running.begun) / max(1, running.target - running.begun), session.width, look)]


def _title(text: str, width: int) -> list[Row]:
    return [(Piece(f" {line}", "bold"),) for line in wrapped(text, width - 2)]


def progress_keys(session: Session) -> Keys:
    return [(non_text_key(session, "escape"), "stop")]


def _seeding(study: Study, running: Running, words: Words, width: int, look: Look) -> list[Row]:
    assert study.seeds is not None
    done = study.seeds.state.done
    begun = running.target - SEED_ITERATIONS
    count = int(study.seeds.solved.sum())
    return [
        *_title(words.say("seeds.going", iteration=done, count=count, of=SEEDS), width),
        _progress((done - begun) / SEED_ITERATIONS, width, look),
    ]


def _progress(share: float, width: int, look: Look) -> Row:
    return (Piece(" "), bar(share, min(_BAR, width - 2), look))
