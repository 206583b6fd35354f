"""What is known of numbers that a program has printed: NumPy leaves out the noughts that a whole array ends in."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from nntutor.core.diagnosis.text import Named
from nntutor.core.diagnosis.written import Written

_LONG, _SHORT, _LEAST, _FEWER = 6, 4, 3, 2  # decimals; so many fewer than long ones have are short
_FEW = 2  # numbers in full, at least
_START = re.compile(r"[Wb][0-9]+")  # what a training begins with was typed, and is as short as somebody typed it


def in_full(found: list[Named]) -> list[Named]:
    """The same, with no digits missing of numbers that are short among such as were printed in full; itself where there
    are none.

    [0.36] is 0.36000000 there, as 0.36 is after `round(…, 4)`, and [0.] is no rounding of 0.3 in any print; in numbers
    that people copied 0.36 may well be one, so it is short only where no fewer are long.
    """
    sizes = {one.name: one.written.values.size for one in found}
    noughts = {one.name for one in found if not one.written.values.any()}
    ends = {one.name: _decimals(one.written) for one in found if sizes[one.name] and one.written.half.any()}
    longest = max(ends.values(), default=0)
    long = [name for name, count in ends.items() if count >= min(_LONG, longest)]
    bare = {one.name for one in found if one.written.pointed and ends.get(one.name, _LONG) <= _SHORT}
    short = {name for name, count in ends.items() if count <= min(_SHORT, longest - _FEWER)} | bare
    made = {name for name in short - bare - noughts if not _START.fullmatch(name)}
    if sum(sizes[name] for name in long) < max(_FEW, sum(sizes[name] for name in made)):
        short = bare
    most = min((ends[name] for name in long), default=0)
    if not short or most < _LEAST:
        return found
    half = 0.5 * 10.0**-most
    return [replace(one, written=one.written.within(half)) if one.name in short else one for one in found]


def _decimals(written: Written) -> int:
    """How many decimals an array was written with."""
    least = float(written.half.min())
    return round(-np.log10(2 * least)) if 0 < least < np.inf else 0
