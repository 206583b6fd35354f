"""Every lesson on a real pseudo-terminal, in turn with the minimal app: opening it, stepping, going on, its views.

`python bench/lessons.py [LESSON …]` prints the table. 80 × 24, 256 colours; a key's time ends with the last byte
before silence. A stop that a run leads to (2000 iterations, 256 seeds) is not a keypress's work: its time is left
out, its bytes are counted.
"""

from __future__ import annotations

import statistics
import sys
import tempfile

from screen import Program, commands

from nntutor.lessons import load

ARROW, SPACE, VIEW = b"\x1b[C", b" ", b"v"
ARROWS, A_RUN = 12, 0.15


def keys_of(stops: int) -> list[bytes]:
    """On by space, at each stop a few numbers on, then every view."""
    keys: list[bytes] = []
    for stop in range(stops):
        keys += [SPACE] if stop else []
        keys += [ARROW] * max(1, ARROWS // stops)
    return keys + [VIEW] * 6


def measure(lesson: str, stops: int) -> None:
    command = [*commands()["nntutor"], "learn", lesson]
    with tempfile.TemporaryDirectory() as home:
        pair, opened = [], []
        for started in (commands()["minimal"], command):
            pair.append(Program.start(started, home))
            opened.append(pair[-1].until_quiet(pair[-1].began, 0.6)[0])
        ratios, sizes, worst = [], [], (0.0, "")
        for key in keys_of(stops):
            base = pair[0].key(ARROW)[0]
            seconds, size = pair[1].key(key, 0.1)
            sizes.append(size)
            if size and seconds < A_RUN:
                ratios.append(seconds / base)
                worst = max(worst, (seconds / base, {ARROW: "→", SPACE: "space", VIEW: "v"}[key]))
        for program in pair:
            program.end()
    sizes.sort()
    print(
        f"  {lesson:14} {opened[1] / opened[0]:8.2f} {statistics.median(ratios):8.2f} {worst[0]:8.2f} {worst[1]:6}"
        f" {sizes[len(sizes) // 2]:8} {sizes[-1 - len(sizes) // 20]:8} {sizes[-1]:8}",
        flush=True,
    )


def main(wanted: list[str]) -> None:
    print("                 × minimal                          bytes a key")
    print(f"  {'lesson':14} {'opening':>8} {'a key':>8} {'most':>8} {'at':6} {'median':>8} {'95 %':>8} {'most':>8}")
    for lesson in load.lessons():
        if not wanted or lesson.id in wanted:
            measure(lesson.id, len(lesson.stops))


if __name__ == "__main__":
    main(sys.argv[1:])
