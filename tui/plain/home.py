"""The list of lessons, and the words that can be typed, as sentences."""

from __future__ import annotations

from nntutor.lessons.course import load
from nntutor.lessons.language.words import Words
from nntutor.tui.plain.spoken import OWN, spoken
from nntutor.tui.state.commands import HELP, HOME, STUDY, allowed
from nntutor.tui.state.session import Home, Session
from nntutor.tui.state.signs import SIGNS


def home_lines(session: Session, words: Words) -> list[str]:
    """Every lesson with its number, then the one that is picked."""
    lines, part = [words.say("course.title") + ": " + words.say("course.about") + "."], -1
    for at, lesson in enumerate(session.home.lessons):
        if lesson.part != part:
            part = lesson.part
            lines.append(f"{words.say(f'part.{part}')}.")
        lines.append(_lesson(session, at, words))
    lines += [words.say("home.broken", error=error) for error in session.home.broken]
    return [*lines, words.say("plain.waits"), picked_line(session, words)]


def picked_line(session: Session, words: Words) -> str:
    """The lesson that is picked, and what it is about."""
    at = session.home.picked
    about = load.described(session.home.lessons[at].id, session.language)[1]
    return words.say("plain.picked", text=f"{_lesson(session, at, words)} {about}")


def _lesson(session: Session, at: int, words: Words) -> str:
    lesson = session.home.lessons[at]
    facts = {
        "number": lesson.number,
        "title": load.described(lesson.id, session.language)[0],
        "minutes": words.say("home.minutes", minutes=lesson.minutes),
        "state": f"{_state(session.home, at, words)}.",
    }
    return words.say("plain.listed", **facts)


def _state(home: Home, at: int, words: Words) -> str:
    lesson, begun = home.lessons[at], dict(home.begun)
    if lesson.id in home.tested:
        return words.say("home.tested")
    if lesson.id in home.done:
        return words.say("home.done")
    if lesson.id in begun:
        return words.say("home.begun", stop=begun[lesson.id] + 1, stops=len(lesson.stops))
    return words.say("home.optional" if lesson.optional else "home.new")


def help_lines(session: Session, words: Words) -> list[str]:
    """Every command that may be given here: its words, its keys, what it does; then what may follow a word."""
    where = HOME if session.study is None else STUDY
    lines = [words.say("plain.help")]
    for actions, about in HELP:
        here = [action for action in actions if allowed(action, where) and action not in ("theme", "palette", "mouse")]
        if here:
            key = "plain.help_play" if about == "play" else f"help.{about}"  # in lines nothing waits a second
            facts = {"words": _named(here, session.language), "about": f"{words.say(key)}."}
            keys = _keys(session, here)
            lines.append(
                words.say("plain.help_line", keys=keys, **facts) if keys else words.say("plain.help_own", **facts)
            )
    for action in OWN:
        said = words.say(f"plain.help_{action}")
        lines.append(words.say("plain.help_own", words=_named([action], session.language), about=f"{said}."))
    return [*lines, words.say("plain.help_after")]


def _keys(session: Session, actions: list[str]) -> str:
    """The first key of each, by its name: signs such as arrows are not read out."""
    keys = (session.keymap.keys[action][0] for action in actions if session.keymap.keys[action])
    return ", ".join(SIGNS.get(key, key) for key in keys)


def _named(actions: list[str], language: str) -> str:
    return ", ".join(spoken(action, language)[0] for action in actions)
