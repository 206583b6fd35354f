"""A problem over the whole screen: what is given, what is asked, what is typed, what is said of it.

The line that is typed stands below what is said, which is scrolled where it has no room.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.course.practice import Exercise
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.lessons.language.words import load as load_words
from nntutor.lessons.posing import lesson_end, posed
from nntutor.lessons.posing.lesson_end import Said
from nntutor.lessons.posing.posed import Posed
from nntutor.tui.drawing.canvas.keyline import Keys, key_line, look_of, rule
from nntutor.tui.drawing.canvas.rows import Piece, Row, row_cells, shortened
from nntutor.tui.drawing.canvas.saying import said as said_note
from nntutor.tui.drawing.canvas.typed import typed
from nntutor.tui.drawing.pages.ending import rows_of
from nntutor.tui.drawing.pages.prose import WIDEST
from nntutor.tui.drawing.panels.answer import hint, verdict
from nntutor.tui.state.overlays import Practice
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, words_with_keys

_HEAD = 2


def practice_page(session: Session, words: Words) -> list[Row]:
    """The whole screen."""
    practice, look, width = _practice(session), look_of(session), session.width
    text, line = _text(session, words), _line(session, words)
    room = _room(session, line)
    shown = text[practice.top : practice.top + room]
    marks = _marks(practice.top, len(text) - practice.top - len(shown), session)
    named = (Piece(f" {title(practice, Speech(words, session.style))}", "title"),)
    head = (*shortened(named, width - row_cells(marks), look), *marks)
    body = [*shown, *([()] if line and len(shown) < room else []), *line]
    body += [()] * (room + len(line) - len(body))
    return [head, rule(width, look), *body, key_line(_keys(session, practice, bool(marks)), words, width)]


def last_top(session: Session) -> int:
    words = words_with_keys(session)
    return max(0, len(_text(session, words)) - _room(session, _line(session, words)))


def title(practice: Practice, speech: Speech) -> str:
    """What the problem is for, which one it is, its seed."""
    facts: dict[str, object] = {"number": practice.number + 1, "of": len(practice.series)}
    if practice.lesson:
        facts["title"] = load.described(practice.lesson, speech.words.language)[0]
    if practice.number < 0:
        return speech.say("practice.due")
    return speech.say(f"practice.{practice.purpose}", seed=practice.problem_seed, **facts)


def in_lesson(practice: Practice, words: Words, title: str) -> str:
    """The title of a lesson that is open for one question of a review."""
    return words.say("practice.visit", number=practice.number + 1, of=len(practice.series), title=title)


def _practice(session: Session) -> Practice:
    assert session.practice is not None
    return session.practice


def _marks(above: int, below: int, session: Session) -> Row:
    look = look_of(session)
    signs = ((sign, count) for sign, count in (("▲", above), ("▼", below)) if count > 0)
    return tuple(Piece(f" {look.line(sign)} {count}", "dim") for sign, count in signs)


def _room(session: Session, line: list[Row]) -> int:
    return max(1, session.height - _HEAD - len(line) - 1)


def _line(session: Session, words: Words) -> list[Row]:
    practice = _practice(session)
    if not practice.asks or practice.panel is None:
        return []
    return typed(Piece(" : ", "key"), practice.panel.line, session.width, look_of(session))


def _text(session: Session, words: Words) -> list[Row]:
    practice, drawn = _practice(session), list[Row]()
    for style, one in told(practice, Speech(words, session.style)):
        rows = rows_of(one, min(session.width, WIDEST))
        drawn += [tuple(piece._replace(style=style or piece.style) for piece in row) for row in rows]
    panel = practice.panel
    if panel is not None and panel.wrong is not None:
        wrong = said_note(panel.wrong, words, look_of(session))
        drawn += [
            (Piece(f"{row[0].text}", "warning"),) for row in rows_of(Said("text", wrong), min(session.width, WIDEST))
        ]
    return drawn


def told(practice: Practice, speech: Speech) -> Iterator[tuple[str, Said]]:
    """What there is to say, and how it is coloured: the problem, what has been answered, the question, the verdict."""
    if practice.number < 0:
        names = ", ".join(speech.plain(posed.skill(speech.words, name)) for name in practice.series)
        yield "", Said("text", speech.say("practice.due_names", names=names))
        yield "", Said("text", speech.say("practice.due_how"))
        return
    if practice.closed and practice.panel is not None:  # what became of it first: the solution may be long
        yield "bold", Said("text", Posed(speech, practice.panel.question.asked).question)
        yield from (("warning", one) for one in judged(practice, speech))
        yield from (("", one) for one in outcome(practice, speech))
        yield "", Said("title", speech.say("practice.problem"))
    yield from (("", one) for one in asked(practice, speech))
    if practice.closed:
        yield from (("", one) for one in worked(practice, speech))
    else:
        yield from (("warning", one) for one in judged(practice, speech))


def asked(practice: Practice, speech: Speech) -> Iterator[Said]:
    """The problem at hand and its questions up to the one that is open."""
    made = practice.made
    yield Said("text", f"{posed.heading(speech, made)} ({posed.about(speech, made)})")
    yield Said("text", lesson_end.given(speech, made))
    done = len(practice.outcomes)
    if not practice.closed:
        for one in made.asked[:done]:
            yield Said("text", Posed(speech, one).worked)
    if made.asked and not practice.closed:
        yield Said("title", Posed(speech, made.asked[done]).question)


def judged(practice: Practice, speech: Speech) -> Iterator[Said]:
    """What is said of the answer before, and the hint that was given last."""
    if practice.panel is None:
        return
    said = Posed(speech, practice.panel.question.asked)
    yield from (Said("text", line) for line in verdict(said, practice.panel))
    if not practice.closed:
        yield from (Said("text", line) for line in hint(said, practice.panel))


def outcome(practice: Practice, speech: Speech) -> Iterator[Said]:
    """What comes of a test that has ended."""
    if practice.purpose == "test":
        yield Said("text", speech.say("practice.passed" if practice.outcomes == ("right",) else "practice.not_passed"))


def worked(practice: Practice, speech: Speech) -> Iterator[Said]:
    """The problem worked."""
    yield Said("title", speech.say("practice.worked"))
    yield from _solution(speech.words.language, speech.style, practice.made)


@lru_cache(maxsize=2)  # drawn at every key that scrolls
def _solution(language: str, style: Style, made: Exercise) -> tuple[Said, ...]:
    return tuple(lesson_end.solution(Speech(load_words(language), style), made))


def _keys(session: Session, practice: Practice, scrolls: bool) -> Keys:
    on, close = non_text_key(session, "continue"), non_text_key(session, "escape")
    more = [(non_text_key(session, "unit_previous", "unit_next"), "more")] if scrolls else []
    if practice.number < 0:
        return [(on, "continue"), (close, "later")]
    if not practice.asks:
        return [*more, (on, "continue"), (close, "close")]
    if practice.purpose == "review":
        later = non_text_key(session, "palette")
        return [(on, "answer"), *more, (later, "later"), ("?", "hint"), (close, "skip")]
    hints = [("?", "hint")] if practice.purpose == "practice" else []
    return [(on, "answer"), *more, *hints, (close, "close")]
