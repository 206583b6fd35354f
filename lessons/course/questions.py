"""A number that is asked for, and what an answer is worth: right, short of digits, a classic mistake by name, or wrong.

Knows no screen, and says nothing: what is said of a verdict is `posing/posed.py`. An answer in words is understood in
every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from math import floor, isfinite, log10

from nntutor.core.analysis.by_hand import by_hand
from nntutor.core.analysis.mistaken import Mistaken, at_step, on_the_way, step_of
from nntutor.core.engine.step import Step
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.formula import names
from nntutor.core.notation.symbols import SYMBOL, Ref
from nntutor.core.notation.typed import Reading, readings, said_to_be
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES

_MOST_STEPS = 300
"""Of a larger iteration only mistakes in the asked step itself are looked for."""
_NEARLY = 1 + 1e-9
_NEAR = 0.02
"""Of a number, how far off it is taken for rounding: three digits on the way through an iteration cost so much."""
CARRIED = 2
"""Digits more than those that are asked for which the numbers on the way need."""
FORMS = ("number", "sign", "larger")
_SIDES = {"+": 1, "-": -1, "−": -1, ">": 1, "<": -1, "0": 0, "=": 0, "＋": 1, "－": -1, "＞": 1, "＜": -1}
_SIDES_IN_WORDS = {"above": 1, "below": -1, "even": 0}
HINTS = ("nudge", "rule", "figures", "answer")
"""What helps, in this order."""


@dataclass(frozen=True)
class Verdict:
    """kind: "right", "digits" (right as far as it goes, but too short), "mistake", "near" (within _NEAR of it, as where
    numbers on the way have been rounded), "wrong", "another" (said to be another number than the asked one) or
    "unreadable".

    value: what was read. mistakes: those that give it, as the table of mistakes spells them. sign: whether only the
    sign is wrong. symbol: of "another", which number it is said to be, as it was typed.
    """

    kind: str
    value: float | None = None
    mistakes: tuple[str, ...] = ()
    sign: bool = False
    symbol: str = ""


@dataclass(frozen=True, eq=False)
class Asked:
    """The number behind `ref` of a recorded iteration, asked for in one of FORMS.

    "number": to so many significant digits. "sign": + or −. "larger": whether it is above (>) or below (<) the number
    behind `than`. given: numbers that are told with the question. seen: the last step whose number stands beside the
    question, 0 for none. KeyError where the iteration makes no such number.
    """

    trace: Trace
    ref: Ref
    digits: int = 3
    form: str = "number"
    than: Ref | None = None
    given: tuple[Ref, ...] = ()
    seen: int = 0

    @cached_property
    def step(self) -> Step:
        return step_of(self.trace, self.ref)

    @property
    def right(self) -> float:
        return self.step.value

    @cached_property
    def rights(self) -> tuple[float, ...]:
        """What is right: the number itself, and what it is by hand where rounding alone has made it another."""
        found = by_hand(self.trace, self.ref)
        return (self.right,) if found is None else (self.right, found.value)

    @property
    def is_far(self) -> bool:
        """Whether numbers that are not given have to be worked out on the way."""
        return bool(self.given) and not set(self.step.named) <= set(self.given)

    @property
    def side(self) -> int:
        """What is right where no number is asked for: 1 for + and >, −1 for − and <, 0 for neither."""
        other = step_of(self.trace, self.than).value if self.than is not None else 0.0
        return (self.right > other) - (self.right < other)

    @cached_property
    def slips(self) -> tuple[Mistaken, ...]:
        """What mistakes in this very step make of it."""
        return self._told_apart(at_step(self.trace, self.ref))

    @cached_property
    def earlier_slips(self) -> tuple[Mistaken, ...]:
        """What mistakes on the way to it make of it, after all that is seen; also in what is given and can be made of
        what else is given."""
        if len(self.trace) > _MOST_STEPS:
            return ()
        seen = (self.trace.ref(self.seen),) if self.seen else ()
        return self._told_apart(on_the_way(self.trace, self.ref, (*self._first_given, *seen)))

    @property
    def _first_given(self) -> tuple[Ref, ...]:
        """The given numbers that cannot be made of others that are given: nobody slips on the way to these."""
        return tuple(ref for ref in self.given if not self._is_made_of_given(ref))

    def _is_made_of_given(self, ref: Ref) -> bool:
        index = self.trace.index_of(ref)
        return index is not None and set(names(self.trace.step(index).formula)) <= set(self.given)

    def _told_apart(self, found: Iterator[Mistaken]) -> tuple[Mistaken, ...]:
        return tuple(one for one in found if isfinite(one.value) and not agree(one.value, self.right, self.digits))


def unit_of(value: float, digits: int) -> float:
    """What one of the last of so many significant digits of a number is worth; of 0, of as many decimals."""
    return float(10.0 ** (floor(log10(abs(value))) - digits + 1)) if value else 10.0**-digits


def agree(given: float, right: float, digits: int) -> bool:
    """Whether a number is another, or that one rounded to so many digits, to within one unit of the last."""
    rounded = float(f"{right:.{digits - 1}e}")
    return min(abs(given - right), abs(given - rounded)) <= unit_of(right, digits) * _NEARLY


def judged(asked: Asked, text: str) -> Verdict:
    """What a typed answer is worth.

    Mistakes in the asked step, on its right operands, are looked for first; then those on the way to it. All that
    agree with the answer are named.
    """
    if asked.form != "number":
        side = _side(asked.form, text)
        return Verdict("unreadable") if side is None else Verdict("right" if side == asked.side else "wrong")
    found = readings(text)
    if not found:
        return Verdict("unreadable")
    if another := _another(asked, text):
        return Verdict("another", symbol=another)
    for reading in found:
        if any(agree(reading.value, right, asked.digits) for right in asked.rights):
            return Verdict("right", reading.value)
    for reading in found:
        if reading.value and reading.digits and _rounds_to(reading, asked.right):
            return Verdict("digits", reading.value)
    for reading in found:
        if named := _named(reading, asked.slips, asked.digits):
            return Verdict("mistake", reading.value, named)
    for reading in found:
        if named := _named(reading, asked.earlier_slips, asked.digits):
            return Verdict("mistake", reading.value, named)
    for reading in found:
        if abs(reading.value - asked.right) <= _NEAR * abs(asked.right):
            return Verdict("near", reading.value)
    value = found[0].value
    return Verdict("wrong", value, sign=agree(-value, asked.right, asked.digits))


def _side(form: str, text: str) -> int | None:
    """The side that a sign or a word of any language names; None where it names none."""
    bare = text.strip()
    return _SIDES[bare] if bare in _SIDES else _in_words(form).get(bare.rstrip(".").lower())


@cache
def _in_words(form: str) -> dict[str, int]:
    return {
        word: side
        for language in LANGUAGES
        for name, side in _SIDES_IN_WORDS.items()
        for word in words.load(language).say(f"side.{form}_{name}").split(", ")
    }


def _another(asked: Asked, text: str) -> str:
    """The symbol that an answer is said to be the number of, where that is not the one asked for; else nothing.

    A weight's own symbol stands for its new value too, and one without a sample for that of any.
    """
    named = [name for name in said_to_be(text) if SYMBOL.fullmatch(name)]
    own = {asked.ref, asked.ref._replace(sample=-1)}
    if asked.ref.kind == "new":
        own.add(asked.ref._replace(kind="weight"))
    return named[0] if named and own.isdisjoint(map(asked.trace.names.find, named)) else ""


def _rounds_to(reading: Reading, value: float) -> bool:
    """Whether a number as it was written is the value rounded to as many places."""
    return abs(reading.value - value) <= reading.unit / 2 * _NEARLY


def _named(reading: Reading, slips: tuple[Mistaken, ...], digits: int) -> tuple[str, ...]:
    """The mistakes that give an answer; of a shorter one two digits are enough."""
    return tuple(
        one.mistake
        for one in slips
        if agree(reading.value, one.value, digits) or (reading.digits >= 2 and _rounds_to(reading, one.value))
    )
