"""The slope of E along a number, from differences, and what that slope may be off by.

Three central differences, at h, h/2 and h/4, give the slope at h = 0 (Richardson 1911; Ridders 1982). What it may be
off by has two parts: from the bend of E, how far its last two estimates stand apart; from rounding, how far E and the
gradient stray when every number is shaken in its last places. h follows from the network: so far that no net moves
further than its activation is straight, nor half the way to its kink; from there smaller or larger, as the two parts
ask for, until the gradient beside it can be judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite, nan

import numpy as np

from nntutor.core.analysis.copies import Copies, Rounding
from nntutor.core.arrays import Array
from nntutor.core.notation.symbols import Ref

# The moves of one trial in units of h; the first two are the furthest. The last four are shaken: rounding out there
# may be another than at the place itself, where E can be 0.
_MOVES = np.array([1, -1, 1 / 2, -1 / 2, 1 / 4, -1 / 4, 1, -1, 1, -1])
_WATCHED = np.arange(len(_MOVES)) < 2
_SHAKEN = np.arange(len(_MOVES)) >= 6
# What an E that is off by 1 at each of the six makes of the slope, times h: (64·4 + 20·2 + 1)/45.
_SPREAD = 297 / 45
_TINY = float(np.finfo(np.float64).tiny)  # what is smaller may have vanished
# What is stated is so many times what is estimated.
_SURE = 4
# A gradient can be judged where the slope is off by at most this share of it.
_JUDGED = 1e-3
# Where rounding is so many times the gradient, no step will help.
_HOPELESS = 100
# The first and the largest step, in units of the number or of 1.
_FIRST, _LARGEST = 1 / 128, 1 / 4
_FAR = 8  # a net moves at most so many times as far as its activation is straight
_TRIALS = 16

MOVES = len(_MOVES)


@dataclass(frozen=True)
class Slope:
    """The slope drawn from differences at h, h/2 and h/4; bend, rounding: the parts of what it may be off by."""

    h: float
    value: float
    bend: float
    rounding: float

    @property
    def error(self) -> float:
        return self.bend + self.rounding


NONE = Slope(nan, nan, inf, inf)


@dataclass
class Search:
    """The search for a step that serves one number, whose value and gradient are given."""

    value: float
    gradient: float
    penalized: bool = False  # whether E has a kink where the number itself is 0
    best: Slope = field(default=NONE, init=False)
    confirmed: bool = field(default=False, init=False)
    _h: float = field(init=False)
    _near: float = field(default=0.0, init=False)  # the first step that came near a kink
    _jumped: float = field(default=0.0, init=False)  # the last step that moved a net too far, if over a kink
    _grew: set[bool] = field(default_factory=set, init=False)  # the ways that the step has gone

    def __post_init__(self) -> None:
        self._h = _FIRST * max(1.0, abs(self.value))

    @property
    def differs(self) -> bool:
        return abs(self.gradient - self.best.value) > self.best.error

    @property
    def judged(self) -> bool:
        return self.best is not NONE and self.best.error <= _JUDGED * self._size

    @property
    def kink(self) -> float:
        """A step at which a kink stands in the way of judging; 0 where none does."""
        return 0.0 if self.judged else self._near or (self._jumped if self.best is NONE else 0.0)

    @property
    def _size(self) -> float:
        return max(abs(self.gradient), abs(self.best.value))

    @property
    def moves(self) -> Array:
        """The values of the next trial."""
        return self.value + self._h * _MOVES

    def take(self, slope: Slope, reach: float, kink: float) -> bool:
        """Learn from a trial; whether it was the last. reach, kink: of the furthest move, as in `Moves`."""
        if self.penalized:
            kink = max(kink, 2 * self._h / abs(self.value) if self.value else inf)
        if not (isfinite(slope.error) and isfinite(reach)):
            self._h *= 2.0**-20
            return self.value + self._h == self.value or not isfinite(self.gradient)
        if reach > 2:
            self._jumped = self._h if kink >= 1 else 0.0
            self._h /= reach
            return False
        if kink >= 1:
            self._near = self._near or self._h
            self._h /= 2 * kink
            return self._h == 0
        return self._confirm(slope) if self.confirmed else self._weigh(slope, reach, kink)

    def _weigh(self, slope: Slope, reach: float, kink: float) -> bool:
        if slope.error < self.best.error:
            self.best = slope
        if self.differs:
            self.confirmed = True
            self._h = self.best.h / 3
            return False
        if self.judged or slope.rounding > _HOPELESS * self._size:
            return True
        larger = slope.rounding > slope.bend
        self._grew.add(larger)
        self._h *= 4 if larger else 1 / 4
        room = 4 * reach <= _FAR and 4 * kink < 1 and self._h <= _LARGEST * max(1.0, abs(self.value))
        return len(self._grew) > 1 or (larger and not room)

    def _confirm(self, slope: Slope) -> bool:
        """A gradient is off only by what two steps show: the slope is as uncertain as the worse of them."""
        worse = max(self.best, slope, key=lambda one: one.error)
        bend = worse.bend + abs(slope.value - self.best.value)
        self.best = replace(self.best, bend=bend, rounding=worse.rounding)
        return True


def settle(copies: Copies, rounding: Rounding, searches: dict[Ref, Search], times: float) -> None:
    """Trials of all numbers side by side until each search is over; times: what E is multiplied by."""
    left = dict(searches)
    for _ in range(_TRIALS):
        if not left:
            return
        refs = list(left)
        with np.errstate(all="ignore"):  # a number that is inf has no values beside it
            values = np.array([search.moves for search in left.values()])
        moves = copies.moved(refs, values, _WATCHED, _SHAKEN)
        strays = np.array([rounding.gradient[copies.place(ref)] for ref in refs])
        with np.errstate(all="ignore"):
            found = _slopes(values, times * moves.error, times * rounding.error, strays)
        for ref, slope, reach, kink in zip(refs, found, moves.reach.max(axis=1), moves.kink.max(axis=1), strict=True):
            if left[ref].take(slope, float(reach), float(kink)):
                del left[ref]


def _slopes(values: Array, errors: Array, stray: float, strays: Array) -> Sequence[Slope]:
    """A slope for each row of values and the E there; stray, strays: of E, and of each gradient."""
    rises, runs = (array[:, 0:6:2] - array[:, 1:6:2] for array in (errors, values))
    coarse, middle, fine = (rises / runs).T
    first, second = (4 * middle - coarse) / 3, (4 * fine - middle) / 3
    slope = (16 * second - first) / 15
    bend = np.maximum(np.abs(slope - first), np.abs(slope - second))
    out_there = np.abs(errors[:, 6:] - errors[:, [0, 1, 0, 1]]).max(axis=1)
    h = runs[:, 0] / 2
    rounding = _SPREAD * np.maximum(np.maximum(stray, out_there), _TINY) / h + strays
    return [Slope(*map(float, row)) for row in zip(h, slope, _SURE * bend, _SURE * rounding, strict=True)]
