"""What is known of numbers that a program has printed: NumPy leaves out the noughts that a whole array ends in."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from nntutor.core.diagnosis.text import Named
from nntutor.core.diagnosis.written import Written

_LONG, _SHORT, _LEAST = 7, 4, 3  # decimals
_FEW = 3  # arrays in full beside one that is short, at least
_START = re.compile(r"[Wb][0-9]+")  # what a training begins with was typed, and is as short as somebody typed it


def in_full(found: list[Named]) -> list[Named]:
    """The same, with no digits missing of arrays that are short among such as were printed in full; itself where there
    are none.

    [0.36] is 0.36000000 there, and [0.] is no rounding of 0.3 in any print; in numbers that people copied [0.36] may
    well be one, so it is short only where nearly all are long.
    """
    ends = {one.name: _decimals(one.written) for one in found if one.written.shape and one.written.values.size}
    long = [count for count in ends.values() if count >= _LONG]
    short = {name for name, count in ends.items() if count <= _SHORT}
    bare = {one.name for one in found if one.written.pointed} & short
    made = {name for name in short - bare if not _START.fullmatch(name)}
    if len(long) < _FEW * max(1, len(made)):
        short = bare
    most = min(long, default=max(ends.values(), default=0))
    if not short or most < _LEAST:
        return found
    half = 0.5 * 10.0**-most
    return [replace(one, written=one.written.within(half)) if one.name in short else one for one in found]


def _decimals(written: Written) -> int:
    """How many decimals an array was written with."""
    least = float(written.half.min())
    return round(-np.log10(2 * least)) if 0 < least < np.inf else 0
