"""What lies over the list or the lesson, told: problems, and the end of a lesson."""

from __future__ import annotations

from collections.abc import Iterable

from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import Words
from nntutor.lessons.posing.lesson_end import Said
from nntutor.lessons.posing.posed import Posed
from nntutor.tui.drawing.pages import ending, practice
from nntutor.tui.state.ending import answers
from nntutor.tui.state.overlays import Practice
from nntutor.tui.state.session import Session

_HOW = {"review": "plain.answer_how", "practice": "plain.practice_how", "test": "plain.test_how"}


def over_lines(before: Session | None, after: Session, words: Words) -> list[str]:
    """What is another now of it."""
    if after.practice is not None:
        was = before.practice if before is not None and before.language == after.language else None
        return _practice(was, after.practice, Speech(words, after.style), words)
    assert after.ending is not None
    was_over = before is not None and before.practice is not None
    if before is not None and before.ending is not None and before.language == after.language and not was_over:
        return _uncovered(before, after, words)
    title = words.say("ending.title", title=ending.lesson_title(after, after.ending))
    if was_over:
        return [f"{title}.", _how(after, words)]
    return [f"{title}.", *(one.text for one in ending.said(after, words)), _how(after, words)]


def _uncovered(before: Session, after: Session, words: Words) -> list[str]:
    """The answers that have been uncovered since."""
    assert before.ending is not None and after.ending is not None
    new = set(after.ending.shown) - set(before.ending.shown)
    return [*(one.text for one in ending.said(after, words) if one.answer in new), _how(after, words)]


def _how(session: Session, words: Words) -> str:
    assert session.ending is not None
    lesson = session.ending.lesson
    following = "" if lesson == session.home.lessons[-1].id else words.say("plain.ending_next")
    how = "plain.ending_how" if len(answers(lesson)) > 1 else "plain.ending_how_words"
    return words.say(how, next=following)


def _practice(was: Practice | None, now: Practice, speech: Speech, words: Words) -> list[str]:
    if now.number < 0:
        return [one.text for _, one in practice.told(now, speech)]
    fresh = was is None or (was.number, was.purpose, was.seed) != (now.number, now.purpose, now.seed)
    lines = [f"{practice.title(now, speech)}."] if fresh else []
    if fresh:
        lines += _texts(practice.asked(now, speech))
    else:
        lines += _texts(practice.judged(now, speech))
        assert was is not None
        lines += _between(was, now, speech)
    if now.closed:
        lines += _texts(practice.outcome(now, speech))
        lines += _texts(practice.worked(now, speech))
        return [*lines, words.say("plain.practice_next")]
    return [*lines, words.say(_HOW[now.purpose])]


def _between(was: Practice, now: Practice, speech: Speech) -> list[str]:
    """The question of the same problem that has been answered, worked, and the next one."""
    if len(was.outcomes) == len(now.outcomes) or now.closed:
        return []
    asked, number = now.made.asked, len(now.outcomes)
    return [Posed(speech, asked[number - 1]).worked, Posed(speech, asked[number]).question]


def _texts(said: Iterable[Said]) -> list[str]:
    return [one.text for one in said]
