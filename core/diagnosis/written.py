"""Numbers as somebody wrote them: how many digits count is a part of what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import frexp, inf, isfinite, log10

import numpy as np

from nntutor.core.arrays import Array

DOUBLE, SINGLE, HALF = 1e-9, 1e-5, 1e-3
"""By how much of itself a right number may be off that was computed in float64, float32, float16."""
GUESSED = 5e-7
"""The same of numbers that may be float32 and do not say so: little besides what rounding does to them."""
LAST_PLACES = {SINGLE: 2.0**-23, GUESSED: 2.0**-24, HALF: 2.0**-10}
"""The last place of a number of fewer digits, as a share of it."""
EDGE = 1 + 1e-6
"""Half a unit itself is half a unit, however double precision rounds it."""
_NUMBER = re.compile(r"([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,9}))?", re.ASCII)
_ROUNDED = 6  # significant digits of a float32 that was rounded: else it has eight or nine
_NOUGHTS = 2  # that show that an array was rounded: one may be there by chance
_MOST = 308  # the largest power of ten that is a double
_WORDS = {"inf": np.inf, "infinity": np.inf, "nan": np.nan}

Tree = "str | list[Tree]"


class NoNumber(ValueError):
    """A text that stands where a number is expected."""


class Ragged(ValueError):
    """Rows that are not of one length."""


@dataclass(frozen=True, eq=False)
class Written:
    """An array as it was written: its values, half a unit of each one's last digit, and how exact its numbers are.

    values and half have the same shape. relative: by how much of itself a right number of this kind may be off.
    pointed: every number ends in its point, as NumPy and PyTorch print whole ones.
    """

    values: Array
    half: Array
    relative: float = DOUBLE
    pointed: bool = False

    @property
    def digits(self) -> int:
        """How many significant digits the longest number was written with; 0 where all are 0 or not finite."""
        return max(map(_digits, self.values.ravel().tolist(), self.half.ravel().tolist()), default=0)

    @property
    def exactly(self) -> Written:
        """The same as numbers of which no digit is missing."""
        return self.within(0.0)

    def within(self, half: float) -> Written:
        """The same, each as near as this."""
        return replace(self, half=np.full(self.shape, half))

    @property
    def as_single(self) -> Written:
        """The same as numbers of float32, which NumPy's print does not say; as it is where one is none."""
        if self.relative != DOUBLE:
            return self
        with np.errstate(all="ignore"):
            singles = self.values.astype(np.float32)
            theirs = np.abs(singles - self.values) <= self.half * EDGE
        shortest = np.array([float(str(one)) for one in singles.ravel()]).reshape(self.shape)
        printed = theirs | (shortest == self.values) | np.isnan(self.values)
        return replace(self, relative=GUESSED) if printed.all() else self

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape


def _digits(value: float, half: float) -> int:
    value, unit = abs(value), 2 * half
    return int(log10(value / unit) + 1e-9) + 1 if 0 < value < inf and unit > 0 and value >= unit else 0


def written(tree: object, single: bool = False) -> Written:
    """A number, or lists of numbers, each still a text. An array's digits are those of its longest entry.

    As many decimals as that has, or, where others have fewer of them, as many significant digits; never fewer than each
    was written with. single: its numbers are float32. Raises NoNumber and Ragged.
    """
    if isinstance(tree, str):  # as below, without arrays: there may be 100 000 names
        [(value, decimals, power)], lengthened = _shortened([_parts(tree)])
        last = power - decimals
        half = 0.5 * 10.0**last if last <= _MOST else inf
        if not value and last >= 0:  # a nought alone has no digit that rounding could have left
            half = 0.0
        relative = SINGLE if single or lengthened else DOUBLE
        return Written(np.array(value), np.array(half), relative)
    parts, lengthened = _shortened([_parts(text) for text in _leaves(tree)])
    values = np.array([value for value, _, _ in parts], dtype=np.float64)
    own = np.array([power - decimals for _, decimals, power in parts], dtype=np.float64)  # places of the last digits
    with np.errstate(all="ignore"):
        first = np.floor(np.log10(np.abs(values)))
        first = np.where(np.isfinite(first), first, own)
        ends = np.maximum(np.min(own, initial=inf), np.minimum(own, first - np.max(first - own, initial=0)))
        if (place := _rounded_at(tree, parts)) is not None:
            ends = np.maximum(own, place)
        half = 0.5 * np.power(10.0, np.clip(ends, -400, 400))
    shape = _shape(tree)
    relative = SINGLE if single or lengthened else DOUBLE
    pointed = all(text.strip().endswith(".") for text in _leaves(tree))
    return Written(values.reshape(shape), half.reshape(shape), relative, pointed)


def exact(array: np.ndarray) -> Written:
    """Numbers that nobody wrote: all their digits are there."""
    values = np.array(array, dtype=np.float64)
    relative = {2: HALF, 4: SINGLE}.get(array.dtype.itemsize, DOUBLE) if array.dtype.kind == "f" else DOUBLE
    if relative == DOUBLE and _lengthened(values.ravel().tolist()):
        relative = SINGLE
    return Written(values, np.zeros(array.shape), relative)


def _lengthened(values: Iterable[float]) -> bool:
    """Whether doubles were float32 before, as those of `loss.item()`: all the bits that only doubles have are 0, and
    not all are short numbers, of which that is nothing new."""
    long = False
    for value in values:
        fraction = frexp(value)[0] if isfinite(value) else 0.0
        if not (fraction * 2.0**24).is_integer():
            return False
        long = long or not (fraction * 2.0**16).is_integer()
    return long


def _shortened(parts: list[tuple[float, int, int]]) -> tuple[list[tuple[float, int, int]], bool]:
    """Numbers as `_parts` has them, and whether doubles were float32 before.

    Where those were rounded, as by `np.round(a, 3).tolist()`, their digits are those that they had as float32.
    """
    lengthened = _lengthened(value for value, _, _ in parts)
    if not lengthened:
        return parts, False
    with np.errstate(all="ignore"):
        texts = [str(np.float32(value)) for value, _, _ in parts]
    if any(len(text.partition("e")[0].replace(".", "").strip("-0")) > _ROUNDED for text in texts):
        return parts, True
    short = [(value, *_parts(text)[1:]) for (value, _, _), text in zip(parts, texts, strict=True)]
    return [max(both, key=lambda one: one[2] - one[1]) for both in zip(parts, short, strict=True)], True


def _rounded_at(tree: object, parts: list[tuple[float, int, int]]) -> int | None:
    """The place that numbers were rounded at before NumPy or PyTorch wrote them with powers of ten, None where they
    were not: [5.590e-01 4.000e-04] is `np.round(…, 4)`, and the noughts of its small numbers say nothing.
    """
    if len({decimals for _, decimals, _ in parts}) != 1 or len({power for _, _, power in parts}) == 1:
        return None
    last, ends = [], []
    for text, (value, decimals, power) in zip(_leaves(tree), parts, strict=True):
        if value and isfinite(value):
            mantissa = text.strip().lower().partition("e")[0].replace(".", "")
            last.append(power - decimals)
            ends.append(last[-1] + len(mantissa) - len(mantissa.rstrip("0")))
    place = min(ends, default=0)
    return place if sum(max(0, place - own) for own in last) >= _NOUGHTS else None


def _parts(text: str) -> tuple[float, int, int]:
    """The value, the decimals of its mantissa, and its power of ten."""
    bare = text.strip().replace("−", "-").replace("–", "-")
    match = _NUMBER.fullmatch(bare)
    if match is None:
        word = bare.lower().lstrip("+-")
        if word not in _WORDS:
            raise NoNumber(text)
        return (-_WORDS[word] if bare.startswith("-") else _WORDS[word]), 0, 0
    value, power = float(bare), int(match[3] or 0)
    if value in (0, inf, -inf):  # no power of ten makes a nought, or what is beyond all doubles, less exact
        power = min(power, 0)
    return value, len(match[2].partition(".")[2]), power


def _leaves(tree: object) -> Iterator[str]:
    for one in _flat(tree):
        if not isinstance(one, str):
            raise NoNumber(str(one))
        yield one


def _flat(tree: object) -> Iterable[object]:
    if not isinstance(tree, list):
        yield tree
        return
    for branch in tree:
        yield from _flat(branch)


def _shape(tree: object) -> tuple[int, ...]:
    if not isinstance(tree, list):
        return ()
    shapes = {_shape(branch) for branch in tree}
    if len(shapes) != 1:
        raise Ragged
    return (len(tree), *shapes.pop())
