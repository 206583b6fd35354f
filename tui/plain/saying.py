"""What stands below the formula: the stop's text, or why a step of this kind is taken; and the notes."""

from __future__ import annotations

from nntutor.lessons.language.words import Words
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import BOLD
from nntutor.tui.drawing.canvas.saying import said
from nntutor.tui.drawing.pages.prose import is_kept_back, prose
from nntutor.tui.state.session import Session
from nntutor.tui.state.study import Study

_OTHERWISE = {"theme.none": "plain.no_colours", "mouse.on": "plain.mouse_on", "mouse.off": "plain.mouse_off"}
"""Notes of the screen that say something else in lines."""


def prose_lines(session: Session, study: Study, words: Words) -> list[str]:
    """What is said at the place, the stop's number of all before it."""
    text = prose(session, study, words).replace(BOLD, "")
    aside = [words.say("status.set_aside")] if is_kept_back(session, study, words) else []
    number = study.stop
    if study.lesson is None or number is None:
        return [words.say("plain.why", text=text)]
    stops = study.lesson.stops
    facts = {"stop": number + 1, "stops": len(stops), "text": text}
    if study.held is not None:
        return [words.say("plain.stop_kept", iteration=stops[number].iteration, **facts), *aside]
    lines = [words.say("plain.stop", **facts), *aside]
    following = stops[number + 1 : number + 2]
    if any(stop.run == study.run and study.place_of(stop) == study.place for stop in following):
        lines.append(words.say("plain.more"))
    if session.questions and study.question is not None:
        lines.append(words.say("plain.asks"))
    return [*lines, words.say("plain.uncovers")] if study.asks_for_words else lines


def note_lines(session: Session, study: Study, words: Words, look: Look) -> list[str]:
    """What there is to tell of the last command."""
    if study.note is None:
        return []
    key, facts = study.note
    return [said((_OTHERWISE.get(key, key), facts), words, look)]
