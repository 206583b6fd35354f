"""What `nntutor doctor` says: the test card, the facts, and last, where the eye rests, what to do about them."""

from __future__ import annotations

from collections.abc import Iterator

from nntutor.lessons.language.cells import paragraph
from nntutor.lessons.language.words import CALLED, Words
from nntutor.tui.doctor import advice, testcard
from nntutor.tui.doctor.facts import GLYPHS, Facts

_WIDEST = 80
_MARGIN = "    "


def card(facts: Facts, words: Words, ascii_only: bool) -> Iterator[str]:
    """The test card, as wide as the terminal, at most 80 cells. Nothing that was found stands in it."""
    yield from testcard.lines(words, _width(facts), ascii_only, facts.colours, _shows_card(facts))


def lines(facts: Facts, words: Words, ascii_only: bool) -> Iterator[str]:
    """The report below the card, as wide as that."""
    width = _width(facts)
    yield f"\n{words.say('doctor.title')}"
    for name, value in _facts(facts, words, ascii_only):
        yield from _hanging(f"{words.say(f'doctor.{name}')}: {value}", width)
    yield f"\n{words.say('doctor.advice')}"
    well = "doctor.well" if _shows_card(facts) else "doctor.well_so_far"
    said = list(advice.sentences(facts, words)) or [words.say(well)]
    for sentence in said:
        text, *commands = sentence.splitlines()
        yield from _hanging(f"- {text}", width)
        # A command stands whole on a line of its own, to be copied; the terminal may break it.
        yield from (f"{_MARGIN}  {command.strip()}" for command in commands)


def _width(facts: Facts) -> int:
    return min(facts.size[0] or _WIDEST, _WIDEST)


def _shows_card(facts: Facts) -> bool:
    return facts.terminal and bool(facts.term) and facts.term != "dumb"


def _hanging(text: str, width: int) -> list[str]:
    first, *rest = paragraph(text, width, _MARGIN) or [""]
    return [first[2:], *rest]


def _facts(facts: Facts, words: Words, ascii_only: bool) -> Iterator[tuple[str, str]]:
    """Pairs of a word's key and what was found."""
    say = words.say

    def yes(value: bool) -> str:
        return say("doctor.yes" if value else "doctor.no")

    unknown, none = say("doctor.unknown"), say("doctor.none")
    yield "terminal", f"{facts.term or none}{f' ({facts.program})' if facts.program else ''}"
    yield "tutor", yes(facts.starts) if facts.starts or facts.terminal else say("doctor.no_terminal")
    yield "size", unknown if 0 in facts.size else f"{facts.size[0]} x {facts.size[1]}"
    yield "colours", say("doctor.true_colour") if facts.colours > 256 else f"{facts.colours}"
    yield "encoding", facts.encoding or unknown
    yield "unicode", yes(facts.signs)
    yield "locale", facts.locale or none
    yield "ssh", f"{yes(facts.ssh)}{', mosh' if facts.mosh else ''}"
    yield "multiplexer", _named_multiplexers(facts, words) or none
    yield "round_trip", _round_trip(facts, words)
    if facts.widths:
        yield "wide", ", ".join(f"{_named(glyph, ascii_only)}={facts.widths[glyph]}" for glyph in GLYPHS)
    yield "background", unknown if facts.light is None else say("doctor.light" if facts.light else "doctor.dark")
    if facts.colours:
        yield "theme", say(f"theme_name.{facts.theme}")
    look = say("doctor.look_ascii" if facts.look.ascii else "doctor.look_unicode")
    yield "look", f"{look} ({say(f'doctor.why_{facts.look.why}')})" if facts.look.why else look
    yield "language", CALLED[facts.language][0]
    for name, path in facts.files:
        yield name, path or unknown


def _round_trip(facts: Facts, words: Words) -> str:
    if facts.milliseconds is None:
        return words.say("doctor.silent" if facts.answers.asked else "doctor.not_asked")
    times = words.say("doctor.times", median=_short(facts.milliseconds[0]), worst=_short(facts.milliseconds[1]))
    # The nearest screen answers, and these keep one of their own on this side of the line.
    nearest = _named_multiplexers(facts, words) or ("mosh" if facts.mosh else "")
    return f"{times} ({words.say('doctor.answered_by', name=nearest)})" if nearest else times


def _named_multiplexers(facts: Facts, words: Words) -> str:
    return ", ".join(words.say(f"doctor.{name}") for name in facts.multiplexers)


def _short(milliseconds: float) -> str:
    return f"{milliseconds:.{2 if milliseconds < 1 else 1 if milliseconds < 10 else 0}f}"


def _named(glyph: str, ascii_only: bool) -> str:
    return "+".join(f"U+{ord(letter):04X}" for letter in glyph) if ascii_only else glyph
