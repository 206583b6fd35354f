"""What there is to tell, in words: figures, values that went from one to another, a note within a note."""

from __future__ import annotations

from collections.abc import Mapping

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.language.words import Note, Words
from nntutor.tui.drawing.canvas.keyline import run_name
from nntutor.tui.drawing.canvas.look import Look
from nntutor.tui.drawing.canvas.rows import wrapped

_MOST = 17  # digits, which tell any two numbers apart
_LISTED = 3
_SHORTER = dict.fromkeys(("edit.done", "edit.undone", "edit.redone", "edit.own"), "edit.short")
"""What is said instead where there is little room."""


def said(note: Note, words: Words, look: Look) -> str:
    """A note as a sentence."""
    key, facts = note
    text = words.say(key, **{name: _fact(name, fact, words, look) for name, fact in facts.items()})
    return look.plain(text)


def fitting(note: Note, words: Words, look: Look, width: int, height: int) -> list[str]:
    """A note in lines; in its shorter form where the longer one has no room. That may take more lines than `height`."""
    long = wrapped(said(note, words, look), width)
    if len(long) <= height:
        return long
    key, facts = note
    return wrapped(said((_SHORTER.get(key, key), facts), words, look), width)


def _fact(name: str, fact: object, words: Words, look: Look) -> object:
    match fact:
        case float():
            return look.figure(fact)
        case ("edit.in_one", {"run": str(run)}) if not run_name(words, run):
            return ""
        case (str(key), Mapping() as facts):
            return said((key, facts), words, look)
        case tuple():
            return _listed(fact, words, look)
        case str() if name == "run":
            return run_name(words, fact)
        case str() if name == "symbol":
            return called(words, fact)
    return fact


def called(words: Words, symbol: str) -> str:
    """A symbol, which is the same in every language; of a setting, what the language calls it."""
    key = f"setting_name.{symbol}"
    return words.say(key) if words.has(key) else symbol


def _listed(went: tuple[tuple[str, float | None, float | None] | Note, ...], words: Words, look: Look) -> str:
    """Numbers that went from one value to another, or a note of one: the first few, and how many more."""
    parts = [said(one, words, look) if len(one) == 2 else _went(*one, words, look) for one in went[:_LISTED]]
    more = len(went) - _LISTED
    return ", ".join([*parts, *([words.say("edit.more", count=more)] if more > 0 else [])])


def _went(symbol: str, before: float | None, after: float | None, words: Words, look: Look) -> str:
    symbol = called(words, symbol)
    if before is None or after is None:
        first, last = ("?" if value is None else look.figure(value) for value in (before, after))
        return f"{symbol} {first} {look.plain('→')} {last}"
    if before == after or (before != before and after != after):
        return words.say("edit.same", symbol=symbol, value=look.figure(after))
    digits = next((digits for digits in range(look.digits, _MOST) if _differ(before, after, digits)), _MOST)
    return f"{symbol} {look.figure(before, digits=digits)} {look.plain('→')} {look.figure(after, digits=digits)}"


def _differ(before: float, after: float, digits: int) -> bool:
    """Whether so many digits show that the two differ: 1000 and 1000.0 do not."""
    first, last = (float(figure(one, digits, style=Style.ASCII)) for one in (before, after))
    return first != last
