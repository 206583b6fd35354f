"""A bug asked on lines: its lines are told once, then one is named, until it is found, told or skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nntutor.lessons.course.bugs import Hunting
from nntutor.lessons.posing.posed_bug import PosedBug
from nntutor.tui.plain.spoken import action_of
from nntutor.tui.state.keys import DEFAULT


def asked_on_lines(
    said: PosedBug, lines: Iterator[str | None], write: Callable[[str], None], keep: Callable[[str], None]
) -> str:
    """How it ended, as a question ends (`asking`), which is kept before it is said; empty where the lines have."""
    for sentence in _posed(said):
        write(sentence)
    hunting = Hunting(said.bug)
    for line in lines:
        text = "…" if line is None else line.strip()
        action = action_of(DEFAULT, text) if text and not text.isdecimal() else "" if text else "escape"
        if action in ("quit", "leave"):
            return ""
        if action == "escape":
            keep("skipped")
            write(said.speech.say("quiz.skipped"))
            return "skipped"
        number = said.bug.line_of(text)
        if action == "help":
            hunting = hunting.hint()
        elif number is None:
            write(said.no_line(text))
            continue
        else:
            hunting = hunting.mark(number)
        if hunting.outcome:
            keep(hunting.outcome)
        for sentence in _told(said, hunting):
            write(sentence)
        if hunting.outcome:
            return hunting.outcome
    return ""


def _posed(said: PosedBug) -> Iterator[str]:
    """The iteration line by line, and what is asked of it."""
    yield said.about
    given = ", ".join(f"{symbol} = {figure}" for symbol, figure in said.given)
    yield said.speech.say("question.given", given=given)
    yield from (said.line(shown) for shown in said.lines)
    yield said.speech.say("bug.ask")
    yield said.speech.say("bug.how_line")


def _told(said: PosedBug, hunting: Hunting) -> Iterator[str]:
    """What is said of a mark or of a hint, and once it is over which line it was and what shows it."""
    yield from said.told(hunting)
    if hunting.outcome:
        yield said.ended(hunting.outcome != "shown")
        yield from said.explained
