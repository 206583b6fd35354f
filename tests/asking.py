"""Answers held to their verdicts: right ones in every spelling, and every slip on fresh problems; from a seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import floor, isfinite, log10

import numpy as np

from nntutor.core.analysis.mistaken import at_step, spellings
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, record
from nntutor.core.notation.figures import figure
from nntutor.lessons.course import builtin
from nntutor.lessons.course.bugs import HUNTS, Bug, bug
from nntutor.lessons.course.practice import LEVELS, exercise
from nntutor.lessons.course.questions import Asked, agree, judged
from nntutor.lessons.course.series import SERIES

WAYS = ("%g", "%e", "as shown", "comma", "fraction", "expression", "power of ten", "with its symbol", "in parentheses")


def spelled(value: float, digits: int, way: str) -> str:
    """A value, to so many digits at least, in one of WAYS."""
    short = f"{value:.{digits}g}"
    places = max(0, digits - 1 - floor(log10(abs(value))))
    return {
        "%g": short,
        "%e": f"{value:.{digits - 1}E}",
        "as shown": figure(value, digits),
        "comma": f"{value:.{places}f}".replace(".", ","),
        "fraction": f"{value * 8:.{digits + 2}g} / 8",
        "expression": f"{value / 0.4:.{digits + 2}g}*0.4",
        "power of ten": f"{value:.{digits - 1}e}".replace("e", "·10^"),
        "with its symbol": f"net_h1 = {short}".replace("-", "−"),
        "in parentheses": f"({short})",
    }[way]


def right_answers(count: int, seed: int) -> Counter[str]:
    """No right answer is called wrong. AssertionError with the one that is."""
    draw = np.random.default_rng([seed, 1])
    trace = Timeline.start(builtin.open("sibling")).trace
    found: Counter[str] = Counter()
    for _ in range(count):
        value = float((draw.random() * 2 - 1) * 10.0 ** draw.integers(-6, 6))
        asked = Asked(trace, trace.ref(1), int(draw.integers(1, 7)))
        asked.__dict__["step"] = replace(trace.step(1), value=value)
        way = WAYS[int(draw.integers(len(WAYS)))]
        text = spelled(value, asked.digits + int(draw.integers(0, 4)), way)
        assert judged(asked, text).kind == "right", (value, asked.digits, text)
        found[way] += 1
    return found


def slips(count: int, seed: int) -> Counter[str]:
    """On so many problems of each series each mistake in the asked step is recognised, and none is right."""
    found: Counter[str] = Counter()
    for one in range(count):
        for at, series in enumerate(SERIES.values()):
            level = LEVELS[1 + (one + at) % (len(LEVELS) - 1)]
            for asked in exercise(series, seed * 1000 + one, level).asked:
                for slip in at_step(asked.trace, asked.ref):
                    if not isfinite(slip.value):
                        continue
                    where = (series.id, seed * 1000 + one, level, slip)
                    assert not agree(slip.value, asked.right, asked.digits), where
                    assert slip.mistake in judged(asked, f"{slip.value:#.6g}").mistakes, where
                    found[series.id] += 1
    return found


def bugs(count: int, seed: int) -> Counter[str]:
    """So many bugs of each mistake: the first wrong line is seen, the check says so, and nothing else explains it."""
    found: Counter[str] = Counter()
    for hunt, mistake in [(one, mistake) for one in HUNTS.values() for mistake in one.mistakes]:
        for one in (bug(replace(hunt, mistakes=(mistake,)), seed * 1000 + number) for number in range(count)):
            where = (mistake, one.seed)
            ours, right = (shown(trace, one) for trace in (one.trace, one.right))
            assert ours[: one.line - 1] == right[: one.line - 1] and ours[one.line - 1] != right[one.line - 1], where
            assert one.check.verdict == ("agrees" if one.step.phase == "update" else "differs"), where
            others = (other for other in spellings() if other.partition(":")[0] != one.mistake)
            assert not [other for other in others if explains(other, one)], where
            found[mistake] += 1
    return found


def explains(mistake: str, one: Bug) -> bool:
    """Whether a mistake gives every line of a bug to the digits that are shown."""
    other = record(Engine(one.trace.problem, mistake), one.right.before)
    return all(other.index_of(step.ref) for step in one.trace) and shown(other, one) == shown(one.trace, one)


def shown(trace: Trace, one: Bug) -> list[str]:
    """The figures of a record in the order of the bug's lines."""
    return [figure(trace.value(one.trace.ref(index)), 4) for index in range(1, len(one.trace) + 1)]
