"""Every lesson on the screen, in turn with the minimal app: opened, gone through by → and space, its views.

`python bench/course.py [LESSON …]` measures only these rows. A stop that a run leads to (2000 iterations, 256
seeds) is not a keypress's work: the time of its key is left out, its bytes are counted.
"""

from __future__ import annotations

import screen  # first: it finds the terminals and the SSH server of the tests

# isort: split
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

import table
from links import Server
from table import Row, milliseconds, spread
from terminals import RIGHT

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson

SPACE, VIEW = b" ", b"v"
NAMES = {RIGHT: "→", SPACE: "space, to the next stop", VIEW: "v, another view"}
ARROWS, A_RUN = 12, 0.15


@dataclass
class Taken:
    """Keys of one kind: ratios and seconds of those that are timed, bytes of all."""

    ratios: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    base: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, other: Taken) -> None:
        self.ratios += other.ratios
        self.seconds += other.seconds
        self.base += other.base
        self.sizes += other.sizes


def keys_of(stops: int) -> list[bytes]:
    """On by space, at each stop a few numbers on, then every view."""
    keys: list[bytes] = []
    for stop in range(stops):
        keys += [SPACE] if stop else []
        keys += [RIGHT] * max(1, ARROWS // stops)
    return keys + [VIEW] * 6


def measure(side: Server | None, lesson: Lesson) -> dict[bytes, Taken]:
    found = {key: Taken() for key in NAMES}
    with tempfile.TemporaryDirectory() as home:
        pair = [
            screen.start(side, home, command) for command in (screen.MINIMAL, [*screen.NNTUTOR, "learn", lesson.id])
        ]
        for key in keys_of(len(lesson.stops)):
            base, taken = pair[0].key(RIGHT)[0], found[key]
            seconds, size = pair[1].key(key, 0.1)
            taken.sizes.append(size)
            if size and not (key == SPACE and seconds > A_RUN):
                taken.ratios.append(seconds / base)
                taken.seconds.append(seconds)
                taken.base.append(base)
        for program in pair:
            program.end()
    return found


def rows(server: Server | None, wanted: list[str] | None = None) -> Iterator[Row]:
    everything: list[dict[bytes, Taken]] = [{key: Taken() for key in NAMES} for _ in screen.sides(server)]
    for lesson in load.lessons():
        if wanted and lesson.id not in wanted:
            continue
        found = [measure(side, lesson) for side in screen.sides(server)]
        for all_, here in zip(everything, found):
            for key, taken in here.items():
                all_[key].add(taken)
        yield _row(f"→ in `{lesson.id}`", [one[RIGHT] for one in found])
    for key, name in NAMES.items():
        yield _row(f"all lessons: {name}", [one[key] for one in everything])
        yield Row(f"all lessons: {name}, bytes", [spread(one[key].sizes) for one in everything])
        worst = [max(one[key].ratios) for one in everything]
        longest = [milliseconds(max(one[key].seconds)) for one in everything]
        yield Row(f"all lessons: {name}, the slowest", longest, "minimal Textual app", (), worst)


def _row(name: str, sides_: list[Taken]) -> Row:
    return Row(
        name,
        [f"{milliseconds(statistics.median(one.seconds))}, {statistics.median(one.sizes):.0f} B" for one in sides_],
        "minimal Textual app",
        [milliseconds(statistics.median(one.base)) for one in sides_],
        [statistics.median(one.ratios) for one in sides_],
    )


if __name__ == "__main__":
    table.heading()
    for row in rows(None, sys.argv[1:]):
        table.show(row)
