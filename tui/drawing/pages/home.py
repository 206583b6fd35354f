"""The list of lessons. Drawn before NumPy is loaded, so it knows nothing of the core."""

from __future__ import annotations

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language.cells import cells
from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import (
    Piece,
    Row,
    ended,
    first_around,
    fitted,
    kept,
    padded_row,
    shortened,
    wrapped,
)
from nntutor.tui.state.session import Session, has_place
from nntutor.tui.state.signs import non_text_key, sign


def home_page(session: Session, words: Words) -> list[Row]:
    """Parts and lessons, the picked one with what it is about, and the keys."""
    look = look_of(session)
    home, width = session.home, session.width
    title = f" {words.say('course.title')} · {words.say('course.about')}"
    head = [shortened((Piece(look.line(title), "title"),), width, look), rule(width, look)]
    body: list[Row] = []
    picked_row, part = 0, None
    for number, lesson in enumerate(home.lessons):
        if lesson.part != part:
            part = lesson.part
            body.append((Piece(f" {words.say(f'part.{part}')}", "bold"),))
        if number == home.picked:
            picked_row = len(body)
        body.append(_lesson_row(session, words, lesson, number == home.picked, look))
    about = wrapped(load.described(home.lessons[home.picked].id, session.language)[1], width - 4)
    if home.message:
        about = wrapped(home.message, width - 4)
    elif home.anew:
        about = wrapped(words.say("home.anew"), width - 4)
    elif not home.done and not home.begun and home.picked == 0:
        about += wrapped(words.say("home.welcome"), width - 4)
    if home.broken and not home.message:
        about += [line for error in home.broken for line in wrapped(words.say("home.broken", error=error), width - 4)]
    low: list[Row] = [(), *[(Piece(f"  {line}", "note" if home.message or home.anew else ""),) for line in about]]
    room = session.height - len(head) - 1
    low = kept(low, max(0, room - 3), look)
    shown = max(1, room - len(low))
    top = first_around(picked_row, shown, len(body))
    below = len(body) > top + shown
    body = body[top : top + shown]
    if top and body:
        body[0] = (*fitted(body[0], width - 2), Piece(look.line(" ▲"), "dim"))
    if below and body:
        body[-1] = (*fitted(body[-1], width - 2), Piece(look.line(" ▼"), "dim"))
    rows = [*head, *body, *low]
    rows += [()] * (session.height - 1 - len(rows))
    return [*rows[: session.height - 1], key_line(_keys(session), words, width)]


def _lesson_row(session: Session, words: Words, lesson: Lesson, picked: bool, look: Look) -> Row:
    home = session.home
    title = load.described(lesson.id, session.language)[0]
    minutes = words.say("home.minutes", minutes=lesson.minutes)
    begun = dict(home.begun)
    state = ""
    if lesson.id in home.done:
        state = words.say("home.done")
    elif lesson.optional and lesson.id not in begun:
        state = words.say("home.optional")
    elif lesson.id in begun:
        state = words.say("home.begun", stop=begun[lesson.id] + 1, stops=len(lesson.stops))
    mark = look.line("▸") if picked else " "
    right = f" {minutes:>7}  {state}"
    room = min(max(20, min(session.width - 30, 46)), session.width - cells(right))
    left = padded_row((Piece(ended(f" {mark} {lesson.number:2d}  {look.plain(title)}", room, look)),), room)
    text = "".join(piece.text for piece in left) + right
    style = "picked" if picked else ""
    return (Piece(text + " " * max(0, min(session.width, 78) - cells(text)), style),)


def _keys(session: Session) -> Keys:
    return [
        (non_text_key(session, "unit_previous", "unit_next"), "choose"),
        (non_text_key(session, "continue"), "open"),
        *([(sign(session, "reset"), "anew")] if has_place(session.home) else []),
        *((sign(session, action), action) for action in ("search", "glossary", "language")),
        (sign(session, "leave"), "quit"),
    ]
