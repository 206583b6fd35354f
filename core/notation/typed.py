"""A number as somebody types it: every spelling that people use, and what each can be read as.

Comma and point, fractions, powers of ten, expressions of figures and functions, but no names. Whatever is typed, what
comes back has been read within the bounds of `parsing`, or nothing has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from math import isfinite

from nntutor.core.errors import FormulaError
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.parsing import NUMBER, parse

MOST_LETTERS = 200
"""Letters of an answer; no number and no product that is worked out by hand needs as many."""
_MOST_READINGS = 16
_SMALLEST = -400  # a power of ten that is 0 already
# The letters of full width that a Korean or Chinese keyboard sends.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("−"): "-", ord("–"): "-", ord("⁻"): "-"}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FRACTION = re.compile("([0-9]*)([¼½¾⅐-⅞])")
_POWER = re.compile(r"(?<=[0-9])\s*[·×*]\s*10\s*(?:\^\s*\(?\s*([-+]?[0-9]{1,4})\s*\)?|(-?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,4}))")
_MARKED = re.compile("[0-9]*(?:[.,][0-9]+)+")
_PLAIN = re.compile(rf"[-+\s]*({NUMBER.pattern})\s*")


@dataclass(frozen=True)
class Reading:
    """One number that a text can be read as.

    digits: how many significant ones were written, and `unit`, what one of the last of them is worth; 0 for both where
    it is a fraction or an expression, which has as many as anybody wants.
    """

    value: float
    digits: int = 0
    unit: float = 0.0


def readings(text: str) -> tuple[Reading, ...]:
    """All that a typed number can be read as, the likeliest first; none where it cannot be read or is not finite."""
    if len(text) > MOST_LETTERS:
        return ()
    found = (_read(spelling) for spelling in islice(_spellings(_bare(text)), _MOST_READINGS))
    return tuple(dict.fromkeys(reading for reading in found if reading is not None))


def said_to_be(text: str) -> tuple[str, ...]:
    """What a typed number is said to be the same as: of "δ_h1 = 0.3·0.5 = 0.15" δ_h1 and 0.3·0.5."""
    return tuple(part.strip() for part in _sides(text)[:-1])


def _sides(text: str) -> list[str]:
    return re.split("[=≈]", text.translate(_WIDE))


def _bare(text: str) -> str:
    """The same in the letters of the grammar, without what stands before it: "δ_h1 = 0,5" is 0,5."""
    text = _sides(text)[-1].strip().rstrip(".,")
    text = _POWER.sub(lambda power: f"e{power[1] or power[2].translate(_RAISED)}", text)
    return _FRACTION.sub(_fraction, text)


def _fraction(match: re.Match[str]) -> str:
    """1½ as (1+1/2), which is what is meant beside a sign or a product."""
    above, _, below = unicodedata.normalize("NFKC", match[2]).partition("\N{FRACTION SLASH}")
    return f"({match[1] or 0}+{above}/{below})"


def _spellings(text: str) -> Iterator[str]:
    """The text with its commas and points read as decimal signs or as marks of thousands."""
    marked = list(_MARKED.finditer(text))
    choices = [_numbers(match[0]) for match in marked]
    ends = [0, *(match.end() for match in marked)]
    between = [text[end : match.start()] for end, match in zip(ends, marked, strict=False)]
    for numbers in product(*choices):
        pairs = zip(between, numbers, strict=True)
        yield "".join(part for pair in pairs for part in pair) + text[ends[-1] :]


def _numbers(text: str) -> tuple[str, ...]:
    """What a number with commas or points in it can be; nothing where they stand as in no number."""
    last = max(text.rfind("."), text.rfind(","))
    mark = text[last]
    whole, after = text[:last], text[last + 1 :]
    if not any(sign in whole for sign in ".,"):
        both = mark == "," and len(after) == 3 and whole.strip("0")
        return (f"{whole}.{after}", whole + after) if both else (f"{whole}.{after}",)
    other = ",."[mark == ","]
    if mark not in whole and _grouped(whole, other):
        return (f"{whole.replace(other, '')}.{after}",)
    return (text.replace(mark, ""),) if _grouped(text, mark) else ()


def _grouped(text: str, mark: str) -> bool:
    """Whether a whole number stands in groups of three, as 1,234,567."""
    return re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+", text) is not None


def _read(text: str) -> Reading | None:
    try:
        value = evaluate(parse(text, lambda name: None), lambda name: 0.0)
    except FormulaError:
        return None
    if not isfinite(value):
        return None
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return Reading(value)
    mantissa, _, exponent = plain[1].lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = len((whole + decimals).lstrip("0"))
    return Reading(value, max(digits, 1), 10.0 ** max(int(exponent or 0) - len(decimals), _SMALLEST))
