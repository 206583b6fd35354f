"""The end of a lesson: a text of its own that is scrolled, its answers uncovered one by one."""

from __future__ import annotations

from functools import lru_cache

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.lessons.language.words import load as load_words
from nntutor.lessons.posing import lesson_end
from nntutor.lessons.posing.lesson_end import Said
from nntutor.tui.drawing.canvas.keyline import Keys
from nntutor.tui.drawing.canvas.rows import Piece, Row, wrapped
from nntutor.tui.drawing.pages import texts
from nntutor.tui.state.ending import answers
from nntutor.tui.state.overlays import Ending
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import non_text_key, sign, words_with_keys

_STYLES = {"title": "bold", "text": "", "row": "", "answer": "result"}
_INDENT = {"title": 1, "text": 1, "row": 4, "answer": 4}


def ending_page(session: Session, words: Words) -> list[Row]:
    """The whole screen."""
    ending = _ending(session)
    title = words.say("ending.title", title=lesson_title(session, ending))
    return texts.page(
        session, words, title, _rows(session, words), ending.top, _keys(session, ending), _first(session, ending)
    )


def last_top(session: Session) -> int:
    return texts.last_top(session, len(_rows(session, words_with_keys(session))))


def answer_top(session: Session) -> int:
    """How far down the answer that was uncovered last is seen whole, where it has room."""
    ending, row = _ending(session), 0
    for one in said(session, words_with_keys(session)):
        if ending.shown and one.answer == ending.shown[-1]:
            return max(0, row - 4)
        row += len(rows_of(one, texts.width(session)))
    return 0


def lesson_title(session: Session, ending: Ending) -> str:
    """The number and the title of the lesson whose end it is."""
    return f"{_lesson(ending).number} {load.described(ending.lesson, session.language)[0]}"


def _ending(session: Session) -> Ending:
    assert session.ending is not None
    return session.ending


def _lesson(ending: Ending) -> Lesson:
    lesson = load.find(ending.lesson)
    assert lesson is not None
    return lesson


def _rows(session: Session, words: Words) -> list[Row]:
    drawn: list[Row] = []
    for one in said(session, words):
        drawn += rows_of(one, texts.width(session))
    return drawn[1:]


def said(session: Session, words: Words) -> tuple[Said, ...]:
    """What there is to say; after the last lesson the end of the course too."""
    ending = _ending(session)
    lesson = _said(words.language, session.style, ending.lesson, ending.seed, ending.shown)
    if ending.lesson != session.home.lessons[-1].id:
        return lesson
    return (*lesson, *lesson_end.course(Speech(words, session.style), session.home.skills))


@lru_cache(maxsize=4)  # drawn at every key, and numbers are worked out for it
def _said(language: str, style: Style, lesson: str, seed: int, shown: tuple[str, ...]) -> tuple[Said, ...]:
    found = load.find(lesson)
    assert found is not None
    return tuple(lesson_end.said(Speech(load_words(language), style), found, seed, shown))


def rows_of(one: Said, width: int) -> list[Row]:
    """One paragraph; a title stands below an empty row."""
    indent = _INDENT[one.kind]
    lines = wrapped(one.text, max(10, width - indent - 1))
    drawn: list[Row] = [(Piece(" " * indent + line, _STYLES[one.kind]),) for line in lines]
    return [(), *drawn] if one.kind == "title" else drawn


def _first(session: Session, ending: Ending) -> Keys:
    return [(sign(session, "ask"), "practise")] if len(answers(ending.lesson)) > 1 else []


def _keys(session: Session, ending: Ending) -> Keys:
    left = [one for one in answers(ending.lesson) if one not in ending.shown]
    return [
        *([(sign(session, "lesson_next"), "next_lesson")] if ending.lesson != session.home.lessons[-1].id else []),
        (sign(session, "why"), "uncover" if left else "cover"),
        (non_text_key(session, "escape"), "close"),
    ]
