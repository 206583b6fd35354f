"""What was changed and what came of it, as one thing to say: in the status line, in the preview of an edit, and at the
end of the run that a change took.

What came of it is what is known at the place before and after: the number at hand, and E where it has been made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.symbols import Names, Ref
from nntutor.core.problems.settings import NUMBERS, setting
from nntutor.lessons.language.words import Note, note

NEAR = 300
"""Going further than so many iterations is a run with progress, not a jump."""
Went = tuple[str, float | None, float | None]
"""A symbol (of a setting: its name), its value before, and after; None for one that the lesson still hides."""

Unknown = tuple[int, Ref, int]
"""Which of several is not known before its iteration has been run: its number, where it is found, the iteration."""


@dataclass(frozen=True)
class Telling:
    """A change. key: of the words; what: the given numbers that went from one value to another, from iteration `since`
    on in `runs`, of `of` that there are; in so many `others` something else.

    seen: what was known at the place before, in a network of these sizes; forgot: edits of later iterations are gone;
    step: how a key has changed it; beyond: that the outputs cannot come to it; unknown: of `what`; anew: and weights
    that were set at the beginning; places: the iteration of each of `what`, where they are not all `since`.
    """

    key: str
    what: tuple[Went, ...]
    since: int
    runs: tuple[str, ...]
    of: int
    seen: tuple[tuple[Ref, float], ...]
    sizes: tuple[int, ...]
    forgot: bool = False
    step: Note | None = None
    beyond: Note | None = None
    others: int = 0
    unknown: tuple[Unknown, ...] = ()
    anew: bool = False
    places: tuple[int, ...] = ()


def seen(timeline: Timeline) -> tuple[tuple[Ref, float], ...]:
    """What a change is judged by at the place."""
    trace, error = timeline.trace, Ref("error")
    refs = [trace.step(timeline.step).ref, *([error] if trace.known(error, timeline.step) else [])]
    return tuple((ref, trace.value(ref)) for ref in dict.fromkeys(refs))


def counterpart(ref: Ref, before: Sequence[int], after: Sequence[int]) -> Ref | None:
    """The address in a network with another count of hidden layers: what was an output's stays one, and what was a
    hidden unit's never becomes one; None where its layer is gone."""
    last = len(after) - 1
    if ref.layer == len(before) - 1:
        return ref._replace(layer=last)
    return ref if ref.layer < last else None


def _called_alike(ref: Ref, before: tuple[int, ...], after: tuple[int, ...]) -> Ref | None:
    """Its counterpart, where that is not called as another number was: weights of the outputs have other numbers."""
    there = counterpart(ref, before, after)
    same = there is not None and (there == ref or Names(before).symbol(ref) == Names(after).symbol(there))
    return there if same else None


def told(telling: Telling, timeline: Timeline, happened: Note | None) -> Note:
    """The sentence about a change, from the place after it. happened: what came of it where that is another."""
    trace, sizes = timeline.trace, timeline.problem.network.sizes
    now = [(_called_alike(ref, telling.sizes, sizes), before) for ref, before in telling.seen]
    there = [(ref, before, after) for ref, before in now if ref and (after := _value(trace, ref)) is not None]
    came = happened or tuple((trace.symbol(ref), before, after) for ref, before, after in there)
    what = list(telling.what)
    for at, ref, iteration in telling.unknown:
        if known(timeline, iteration):
            what[at] = (*what[at][:2], given_value(timeline, ref, iteration))
    places = telling.places or (telling.since,) * len(what)
    return note(
        telling.key,
        what=tuple(map(partial(_from, telling.since), what, places)) or note("edit.other_steps"),
        step=telling.step or "",
        since=telling.since,
        whose=_whose(telling),
        others=note("edit.others", count=telling.others) if telling.others else "",
        came=came or note("edit.other_steps"),
        forgot=note("edit.forgot") if telling.forgot else "",
        anew=note("edit.anew") if telling.anew else "",
        beyond=telling.beyond or "",
    )


def _from(since: int, went: Went, iteration: int) -> Went | Note:
    """A number that went from one value to another; one that did later than is said of all, with its iteration."""
    return went if iteration == since else note("edit.later", what=(went,), since=iteration)


def given_value(timeline: Timeline, ref: Ref, iteration: int) -> float:
    """What a given number or a setting is at an iteration."""
    if ref.kind in NUMBERS:
        return float(setting(timeline.problem, ref.kind))
    return timeline.trace_of(iteration).value(ref)


def known(timeline: Timeline, iteration: int) -> bool:
    """Whether an iteration can be looked at without many others that are run before it."""
    return timeline.missing(iteration) <= NEAR and iteration - 1 - timeline.newest <= NEAR


def went(old: Timeline, new: Timeline, ref: Ref, iteration: int) -> Went | None:
    """A given number in two timelines, None for what is not known yet; None where one of them has no such number."""
    try:
        before, after = (given_value(one, ref, iteration) if known(one, iteration) else None for one in (old, new))
    except (KeyError, IndexError):
        return None
    return called(old, ref), before, after


def called(timeline: Timeline, ref: Ref) -> str:
    """What a number is called; a setting, by its name."""
    return NUMBERS[ref.kind] if ref.kind in NUMBERS else timeline.trace.symbol(ref)


def _value(trace: Trace, ref: Ref) -> float | None:
    try:
        return trace.value(ref)
    except (KeyError, IndexError):
        return None


def _whose(telling: Telling) -> Note | str:
    if telling.of < 2:
        return ""
    if len(telling.runs) == telling.of:
        return note("edit.in_all")
    if len(telling.runs) == 1:
        return note("edit.in_one", run=telling.runs[0])
    return note("edit.in_some", count=len(telling.runs))
