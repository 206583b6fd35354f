"""Which mistakes give the numbers that were given: singly, in pairs, and one peeled off after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np

from nntutor.core.diagnosis.agreement import Judge
from nntutor.core.diagnosis.candidates import Candidate
from nntutor.core.diagnosis.runs import Made, Runs
from nntutor.core.diagnosis.sheet import Bools, Numbers, Sheet
from nntutor.core.notation.kinds import KINDS
from nntutor.core.progress import Progress

MOST_PAIRED = 20
"""Values of iterations beyond this are explained by single mistakes only."""
_T = TypeVar("_T")
_MOST_PARTS = 4
_BASES = 3  # singles that are gone on from, of those that reproduce the most
_MOST_PAIRS = 1500  # of two mistakes neither of which explains anything alone
_OTHERS = 8
_APART, _NEAR = 6, 1e-2  # mistakes that are judged apart, at most; how near one comes that may be meant, as a share
_PATIENCE = 10.0  # about so many seconds for all singles: else those in one layer wait until they are needed
# Digits that numbers have to show of a mistake that gives a part of them, and of two together: there are so many that
# some gives any number of fewer.
_SHOWN, _SHOWN_OF_SEVERAL = 2.0, 4.0
_FACTORS = frozenset({"factor-two", "outputs-mean-for-sum", "outputs-sum-for-mean"})

_SECTIONS = {
    "net": 0, "out": 0, "probability": 1, "error": 1, "out-gradient": 2, "slope": 2, "delta": 2, "gradient": 3,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Entry:
    """Mistakes made together, in step order, and which of the given numbers they reproduce."""

    parts: tuple[Candidate, ...]
    made: Made
    reproduced: Bools

    @property
    def explains(self) -> int:
        return int(self.reproduced.sum())

    @property
    def whole(self) -> bool:
        """Whether it reproduces all that was given."""
        return bool(self.reproduced.all())

    @property
    def spelled(self) -> str:
        return spelled(self.parts)

    @property
    def order(self) -> tuple[int, int, tuple[int, ...]]:
        """What explains most first, then singles before pairs, then as the table has them."""
        return -self.explains, len(self.parts), tuple(part.place for part in self.parts)


def spelled(parts: Iterable[Candidate]) -> str:
    return "+".join(part.spelled for part in parts)


def in_step_order(parts: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(parts, key=lambda part: (part.first, part.place)))


class Search:
    """A search for what explains one sheet of numbers."""

    def __init__(
        self,
        runs: Runs,
        judge: Judge,
        numbers: Numbers,
        candidates: Sequence[Candidate],
        progress: Progress | None,
        judge_of: Callable[[str], Judge] | None = None,
    ) -> None:
        """judge_of: the judge of what a mistake makes, where that is off by something else than what is right."""
        self._runs, self._judge, self._numbers = runs, judge, numbers
        self._candidates, self._progress, self._judge_of = candidates, progress, judge_of
        self._singles: list[Entry] | None = None
        self._sheet: Sheet = runs.sheet
        self.agrees = judge.agreeing(numbers, runs.made(""))
        self._first = _first_of(~self.agrees)

    def singles(self) -> list[Entry]:
        """All mistakes that reproduce the first number that differs, the best first."""
        if self._singles is None:
            self._singles = self._found_singles()
        return list(self._singles)

    def _found_singles(self) -> list[Entry]:
        tried = [one for one in self._candidates if self._changes(one, self._first)]
        first = self._sheet.places[self._first].iteration
        found: list[Entry] = []
        for group in _in_turn(tried) if self._runs.seconds(len(tried), first) > _PATIENCE else [tried]:
            if first > MOST_PAIRED:
                self._runs.run_at_once([one.spelled for one in group], first, self._progress)
            fits = (one for one in self._told(group) if self._fits(one, first))
            found += self._reproducing(((one,) for one in fits), ())
            if any(entry.whole for entry in found):
                break
        if self._judge_of is not None and not any(entry.whole for entry in found):
            found = self._judged_apart(sorted(found, key=lambda entry: entry.order), tried)
        return sorted(found, key=lambda entry: entry.order)

    def _judged_apart(self, found: list[Entry], tried: list[Candidate]) -> list[Entry]:
        """The same, the best and those that nearly make the first number judged by how far their own runs stray."""
        assert self._judge_of is not None
        right, at = self._runs.made(""), self._first
        given, last = self._numbers.values[at], self._sheet.places[at].iteration
        known = {entry.spelled: entry for entry in found}
        near = [
            one
            for one in tried
            if one.book is not None and one.spelled not in known
            and abs(self._runs.made(one.spelled, last).values[at] - given) <= _NEAR * abs(given)
        ]  # fmt: skip
        near.sort(key=lambda one: -self._judge.agreeing(self._numbers, self._runs.made(one.spelled, last)).sum())
        best = [entry.parts[0] for entry in found if entry.parts[0].book is not None]
        for one in (*best[:_APART], *near[:_APART]):
            judge, made = self._judge_of(one.spelled), self._runs.made(one.spelled)
            reproduced = judge.agreeing(self._numbers, made)
            digits = np.sort(np.where(self.agrees, 0.0, judge.digits(self._numbers, right)))[-2:].sum()
            if reproduced[at] and reproduced.all() and digits >= _SHOWN_OF_SEVERAL:
                known[one.spelled] = Entry((one,), made, reproduced)
        return list(known.values())

    def entries(self) -> list[Entry]:
        """The best entry, all that tie with it, and others up to eight."""
        found = self.singles()
        few = self._digits(~self.agrees) < _SHOWN_OF_SEVERAL
        if not few and (not found or not found[0].whole) and max(self._sheet.iterations) <= MOST_PAIRED:
            found += self._pairs(found)
            if not any(entry.whole for entry in found):
                found = _distinct(found + self._cross_pairs())
            found.sort(key=lambda entry: entry.order)
            found += self._chains(found)
            found.sort(key=lambda entry: entry.order)
        found = [entry for entry in found if self._is_told(entry)]
        best = sum(entry.explains == found[0].explains for entry in found) if found else 0
        return found[: max(best, _OTHERS)]

    def may_be_chance(self, entry: Entry) -> bool:
        """Whether the numbers that it explains have so few digits that some mistake is likely to give them."""
        least = _SHOWN if len(entry.parts) == 1 else _SHOWN_OF_SEVERAL
        return self._digits(entry.reproduced & ~self.agrees) < least

    def _is_told(self, entry: Entry) -> bool:
        """Whether it says more than the right rules, which give some of the numbers as well, and more than chance does.

        It begins no earlier than the numbers part: one that changes what is right before that has not been made. A
        single mistake that gives all numbers is told all the same, unless an E that is inf or nan alone differs: ln 0
        makes that in a right network.
        """
        wrong = np.flatnonzero(~self.agrees)
        errors = all(self._sheet.places[at].ref.kind in ("error", "unit_error") for at in wrong)
        if errors and not np.isfinite(self._numbers.values[wrong]).any():
            return False
        sure = (entry.whole and len(entry.parts) == 1) or not self.may_be_chance(entry)
        return sure and entry.explains > self.agrees.sum() and bool(entry.reproduced[: self._first].all())

    def _digits(self, at: Bools) -> float:
        """How many digits numbers show that differ from the right ones: the two together that show most."""
        digits = self._judge.digits(self._numbers, self._runs.made(""))
        return float(np.sort(np.where(at, digits, 0.0))[-2:].sum())

    # --- several -----------------------------------------------------------------------------------

    def _pairs(self, singles: list[Entry]) -> list[Entry]:
        """What the best singles leave over, explained by a second mistake."""
        found: list[Entry] = []
        bases: dict[bytes, list[Entry]] = {}
        for entry in singles:
            bases.setdefault(entry.made.key, []).append(entry)
        for base, *twins in list(bases.values())[:_BASES]:
            fresh = self._extended(base)
            found += fresh
            # What makes the same numbers alone may make them in company as well.
            pairs = [(twin.parts[0], _other(pair, base)) for twin in twins for pair in fresh if pair.whole]
            found += self._reproducing(pairs, (self._first,))
            if any(entry.whole for entry in found):
                break
        return _distinct(found)

    def _extended(self, base: Entry) -> list[Entry]:
        """The entry with one mistake more, which reproduces the first number that it leaves over."""
        left = _first_of(~base.reproduced)
        ids = {part.id for part in base.parts}
        fits = [one for one in self._candidates if one.id not in ids and self._changes(one, left)]
        found: list[Entry] = []
        for layered in (False, True):
            tried = self._told([one for one in fits if bool(one.layer) == layered])
            fresh = self._reproducing(((*base.parts, one) for one in tried), (self._first, left))
            found += [entry for entry in fresh if entry.explains > base.explains]
            if any(entry.whole for entry in found):
                break
        return found

    def _cross_pairs(self) -> list[Entry]:
        """Two mistakes of different sections, none of which explains anything alone."""
        right = self._runs.made("")
        able: dict[tuple[bytes, frozenset[int]], Candidate] = {}
        for one in self._candidates:
            if not one.layer and self._changes(one, self._first):
                made = self._runs.made(one.spelled)
                if not _same(made, right, self._first):
                    able.setdefault((made.key, one.sections), one)
        pairs = [pair for pair in combinations(able.values(), 2) if _apart(*pair)]
        return self._reproducing(self._told(pairs[:_MOST_PAIRS]), ())

    def _chains(self, found: list[Entry]) -> list[Entry]:
        """The best pair with a third mistake, that with a fourth."""
        chains: list[Entry] = []
        best = found[0] if found else None
        while best is not None and not best.whole and 2 <= len(best.parts) < _MOST_PARTS:
            longer = sorted(self._extended(best), key=lambda entry: entry.order)
            chains += longer
            best = longer[0] if longer else None
        return chains

    # --- trying ------------------------------------------------------------------------------------

    def _reproducing(self, tried: Iterable[tuple[Candidate, ...]], besides: tuple[int, ...]) -> list[Entry]:
        """Those of these that reproduce the first number that differs, and the others at `besides`."""
        found = []
        for parts in tried:
            ordered = in_step_order(parts)
            made = self._runs.made(spelled(ordered))
            reproduced = self._judge.agreeing(self._numbers, made)
            if reproduced[[self._first, *besides]].all():
                found.append(Entry(ordered, made, reproduced))
        return found

    def _fits(self, candidate: Candidate, iteration: int) -> bool:
        """Whether it reproduces the first number that differs: nothing after that has to be run to know."""
        made = self._runs.made(candidate.spelled, iteration)
        return bool(self._judge.agreeing(self._numbers, made)[self._first])

    def _changes(self, candidate: Candidate, at: int) -> bool:
        """Whether a mistake can change the number at a place: it is made at it or before it."""
        place = self._sheet.places[at]
        if place.iteration > 1:
            return True
        if place.numeric:
            return candidate.book is None or candidate.first[0] <= 1
        word = KINDS[place.ref.kind].word
        return bool(word) and candidate.first[0] <= _SECTIONS.get(word, 4)

    def _told(self, tried: Sequence[_T]) -> Iterator[_T]:
        """These, one after another, while it is told how far it is."""
        for done, one in enumerate(tried):
            if self._progress is not None:
                self._progress(done, len(tried))
            yield one


def verdict_of(right: bool, tied: list[Entry]) -> str:
    """What a diagnosis calls it; tied: the best entries."""
    if right:
        return "right"
    if not tied:
        return "unexplained"
    if not tied[0].whole:
        return "partly"
    return "explained" if len(unlike(tied)) == 1 else "ambiguous"


def unlike(tied: list[Entry]) -> list[Entry]:
    """Tied entries that are really different: neither the same mistake in fewer layers nor the same rules."""
    found: list[Entry] = []
    for entry in tied:
        if not any(_alike(entry, other) for other in found):
            found.append(entry)
    return found


def _alike(one: Entry, other: Entry) -> bool:
    if [(part.id, part.variant) for part in one.parts] == [(part.id, part.variant) for part in other.parts]:
        return True
    books = [(one.parts[0].book, other.parts[0].book)] if len(one.parts) == len(other.parts) == 1 else []
    return any(mine is not None and mine == theirs for mine, theirs in books)


def _in_turn(tried: list[Candidate]) -> list[list[Candidate]]:
    """Those in the whole network, then those in one layer."""
    return [[one for one in tried if bool(one.layer) == layered] for layered in (False, True)]


def _apart(one: Candidate, other: Candidate) -> bool:
    """Whether neither can hide the other: of different sections, or both a factor of ∂E/∂o."""
    return not one.sections & other.sections or (one.id != other.id and {one.id, other.id} <= _FACTORS)


def _first_of(mask: Bools) -> int:
    return int(np.argmax(mask))


def _same(one: Made, other: Made, at: int) -> bool:
    return bool(one.there[at] == other.there[at]) and one.values[at].tobytes() == other.values[at].tobytes()


def _other(pair: Entry, base: Entry) -> Candidate:
    return next(part for part in pair.parts if part not in base.parts)


def _distinct(found: list[Entry]) -> list[Entry]:
    return list({entry.spelled: entry for entry in found}.values())
