"""Keys over lines that are slow, late, or still for a while, with a training running all the time.

What counts is the screen: an emulator draws what the SSH client prints, and the time ends when it shows what the key
changes. On the minimal app's line nothing else is on its way.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from links import Line, Server, slow
from screen import MINIMAL
from table import Row
from terminals import LEFT, RIGHT, Terminal

KEYS, STALLS = 10, 3
RATE, DELAY, STALL = 25_000.0, 0.3, 3.0
END, MORE_DIGITS, NEXT_VIEW = b"\x1b[F", b".", b"v"


class Training:
    """Lesson `cycle` at its last step, with a run towards an error that it takes long to reach."""

    def __init__(self, server: Server, home: Path) -> None:
        self.terminal = server.tutor(home, "learn", "cycle")
        self.terminal.until("step 1/39", 60.0)
        self.terminal.send(END)
        self.terminal.until("step 39/39", 60.0)

    def ready(self) -> None:
        """The run is on its way; the longest that there is ends after some time, and is started again."""
        if "esc stops" in self.terminal.text():
            return
        for keys, then in ((b"\x1b", " q back"), (b"r", "enter run"), (LEFT, "enter run"), (b"\r", "E"),
                           (b"1e-300\r", "esc stops")):  # fmt: skip
            self.terminal.send(keys)
            # An escape is told from the beginning of a sequence by the silence after it.
            listen(self.terminal, 0.4)
            self.terminal.until(then, 30.0)

    def shown(self, key: bytes) -> str:
        """What the key changes and a frame of the run does not: the digits of E in the first row, the picture."""
        lines = self.terminal.lines()
        return lines[0] if key == MORE_DIGITS else "\n".join(lines[2:14])


class Counting:
    """The minimal app: its number."""

    def __init__(self, server: Server, home: Path) -> None:
        self.terminal = server.tutor(home, command=MINIMAL)
        self.terminal.until("Count", 60.0)

    def ready(self) -> None:
        pass

    def shown(self, key: bytes) -> str:
        return self.terminal.text()


Watched = Training | Counting


def listen(terminal: Terminal, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        terminal.receive(left)


def changes(watched: Watched, key: bytes, longest: float = 60.0) -> float:
    """Seconds from a key to its change on the screen."""
    before, since = watched.shown(key), time.perf_counter()
    watched.terminal.send(key)
    while watched.shown(key) == before:
        watched.terminal.receive(0.5)
        if time.perf_counter() - since > longest:
            raise TimeoutError(f"the key is not answered:\n{watched.terminal.text()}")
    return time.perf_counter() - since


def rows(server: Server) -> Iterator[Row]:
    keys_of = {Training: (MORE_DIGITS,), Counting: (RIGHT,)}
    for what, rate, delay in (
        (f"{RATE / 1000:.0f} KB/s, training runs: key to change", RATE, 0.0),
        (f"{DELAY * 1000:.0f} ms late each way, training runs: key", 0.0, DELAY),
    ):
        found = [_pressed(server, kind, keys, rate, delay) for kind, keys in keys_of.items()]
        yield _row(what, found)
    found = [_pressed(server, Training, (NEXT_VIEW,), RATE, 0.0), _pressed(server, Counting, (RIGHT,), RATE, 0.0)]
    yield _row(f"{RATE / 1000:.0f} KB/s, training runs: v to change", found)
    found = [_after_a_stall(server, kind, keys[0]) for kind, keys in keys_of.items()]
    yield _row(f"still for {STALL:.0f} s, training runs: after it", found)


def _row(what: str, found: list[list[float]]) -> Row:
    told = [f"{statistics.median(one):.2f} s, worst {max(one):.2f}" for one in found]
    ratio = statistics.median(found[0]) / statistics.median(found[1])
    return Row(what, ["", told[0]], "minimal app, same line", ["", told[1]], [None, ratio])


def _on_a_line(server: Server, kind: Callable[[Server, Path], Watched], rate: float, delay: float,
               work: Callable[[Watched, Line], list[float]]) -> list[float]:  # fmt: skip
    with tempfile.TemporaryDirectory() as home, slow(server, rate, delay) as (far, line):
        watched = kind(far, Path(home))
        try:
            return work(watched, line)
        finally:
            watched.terminal.kill()


def _pressed(
    server: Server, kind: Callable[[Server, Path], Watched], keys: tuple[bytes, ...], rate: float, delay: float
) -> list[float]:
    def work(watched: Watched, line: Line) -> list[float]:
        times = []
        for number in range(KEYS):
            watched.ready()
            listen(watched.terminal, 0.37)  # not in step with the frames of the run
            times.append(changes(watched, keys[number % len(keys)]))
        return times

    return _on_a_line(server, kind, rate, delay, work)


def _after_a_stall(server: Server, kind: Callable[[Server, Path], Watched], key: bytes) -> list[float]:
    """Seconds from the end of the stall to the change of a key pressed at its beginning."""

    def work(watched: Watched, line: Line) -> list[float]:
        times = []
        for _ in range(STALLS):
            watched.ready()
            listen(watched.terminal, 0.37)
            line.stall(STALL)
            times.append(changes(watched, key) - STALL)
        return times

    return _on_a_line(server, kind, RATE, 0.0, work)


if __name__ == "__main__":
    sys.exit("run bench/run.py")
