"""Start-up, steps, silence and memory on a real pseudo-terminal and over SSH, in turn with a minimal Textual app.

80 × 24, TERM=xterm-256color, COLORTERM unset. A time ends with the last byte before silence. A start is timed from
the newline that lets a waiting shell go on, on both sides: over SSH the connection is open by then, so that it is
the program that is timed and not the greeting of the server. Bytes are what the terminal gets; over SSH, what the
client prints.
"""

from __future__ import annotations

import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from links import Server
from table import Row, milliseconds, paired, spread
from terminals import RIGHT, Program

NNTUTOR = [str(Path(sys.executable).parent / "nntutor")]
MINIMAL = [sys.executable, str(HERE / "minimal.py")]
# It says which process the program will be, and waits for a newline.
_GATE = ["sh", "-c", 'stty -echo; echo "pid $$."; read go; exec "$@"', "sh"]
_QUIET = 0.4
STEPS = 60
IDLE = 5.0


class Answering(Program):
    """A terminal that says how bright it is and where its cursor stands, as nearly every one does: a first start waits
    for that."""

    def _take(self, data: bytes) -> None:
        if b"\x1b]11;?" in data:
            self.send(b"\x1b]11;rgb:0000/0000/0000\x1b\\")
        if count := data.count(b"\x1b[6n"):
            self.send(b"\x1b[1;1R" * count)


@dataclass
class Started:
    """A program with its first screen; pid is its own also where `program` is an SSH client."""

    program: Program
    pid: int
    seconds: float
    size: int

    def key(self, key: bytes, quiet: float = 0.06) -> tuple[float, int]:
        since = time.perf_counter()
        self.program.send(key)
        seconds, data = self.program.timed(since, quiet, 1.0)
        return seconds, len(data)

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes in use."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))

    def end(self) -> None:
        # Its own end first: a place counts as left when its process is gone, not when the client is.
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.program.kill()


def start(server: Server | None, home: str, command: list[str], quiet: float = _QUIET) -> Started:
    """A program on this machine's pseudo-terminal, or at the other end of a connection."""
    gated = [*_GATE, *command]
    place = Path(home)
    program = Answering(place, command=gated if server is None else server.tutors(place, gated))
    said, ends = b"", time.perf_counter() + 20
    while b"." not in said and time.perf_counter() < ends:
        said += program.receive(0.5)
    pid = int(said.partition(b"pid ")[2].partition(b".")[0])
    since = time.perf_counter()
    program.send(b"\n")
    seconds, data = program.timed(since, quiet, 10.0)
    return Started(program, pid, seconds, len(data))


def sides(server: Server | None) -> list[Server | None]:
    """This machine, and the connection where there is one."""
    return [None] if server is None else [None, server]


def rows(server: Server | None, runs: int) -> Iterator[Row]:
    yield from starts(server, runs)
    yield from used(server)


def starts(server: Server | None, runs: int) -> Iterator[Row]:
    """First screens, each beside the minimal app's that was started just before it."""
    names = {
        "first screen, `nntutor`": NNTUTOR,
        "first screen, `nntutor learn hidden-delta`": [*NNTUTOR, "learn", "hidden-delta"],
        "first screen, back at a place": NNTUTOR,
    }
    for name, command in names.items():
        found: list[tuple[list[Started], list[Started]]] = []
        for side in sides(server):
            ours: list[Started] = []
            base: list[Started] = []
            for _ in range(runs):
                with tempfile.TemporaryDirectory() as home:
                    if name.endswith("place"):
                        _leave_a_place(side, home)
                    for programs, started in ((base, MINIMAL), (ours, command)):
                        programs.append(start(side, home, started))
                        programs[-1].end()
            found.append((ours, base))
        yield _starts_row(name, found)


def _starts_row(name: str, found: list[tuple[list[Started], list[Started]]]) -> Row:
    def told(programs: list[Started]) -> str:
        return f"{milliseconds(statistics.median(one.seconds for one in programs))}, {programs[0].size} B"

    return Row(
        name,
        [told(ours) for ours, _ in found],
        "minimal Textual app",
        [told(base) for _, base in found],
        [paired([one.seconds for one in ours], [one.seconds for one in base]) for ours, base in found],
    )


def _leave_a_place(side: Server | None, home: str) -> None:
    program = start(side, home, [*NNTUTOR, "learn", "hidden-delta"])
    for _ in range(6):
        program.key(RIGHT)
    program.end()


def used(server: Server | None) -> Iterator[Row]:
    """Keys to the two programs in turn: time to the last byte, bytes; then silence, and memory."""
    base, times, ours, theirs = "minimal Textual app", [], [], []
    still: list[tuple[list[tuple[int, float]], list[float]]] = []
    for side in sides(server):
        with tempfile.TemporaryDirectory() as home:
            pair = [start(side, home, command) for command in ([*NNTUTOR, "learn", "hidden-delta"], MINIMAL)]
            taken: list[list[tuple[float, int]]] = [[], []]
            for _ in range(STEPS):
                for program, results in zip(pair, taken, strict=True):
                    results.append(program.key(RIGHT))
            ours.append(taken[0])
            theirs.append(taken[1])
            times.append(paired([one[0] for one in taken[0]], [one[0] for one in taken[1]]))
            still.append(([_silent(program) for program in pair], [program.memory() for program in pair]))
            for program in pair:
                program.end()

    def middle(results: list[tuple[float, int]], part: int) -> float:
        return statistics.median(one[part] for one in results)

    yield Row(
        "a step (→), key to last byte",
        [milliseconds(middle(one, 0)) for one in ours],
        base,
        [milliseconds(middle(one, 0)) for one in theirs],
        times,
    )
    yield Row(
        "a step (→), bytes: median / 95 % / most",
        [spread([key[1] for key in one]) for one in ours],
        base,
        [spread([key[1] for key in one]) for one in theirs],
        [middle(a, 1) / middle(b, 1) for a, b in zip(ours, theirs)],
    )
    yield Row(
        "memory",
        [f"{mine:.0f} MB" for _, (mine, _) in still],
        base,
        [f"{its:.0f} MB" for _, (_, its) in still],
        [mine / its for _, (mine, its) in still],
    )
    yield Row(
        f"silence of {IDLE:.0f} s: bytes, of a processor",
        [_share(mine) for (mine, _), _ in still],
        base,
        [_share(its) for (_, its), _ in still],
    )


def _silent(program: Started) -> tuple[int, float]:
    """Bytes written, and the share of a processor, while nobody presses a key."""
    before, since, size = program.cpu(), time.perf_counter(), 0
    while (left := since + IDLE - time.perf_counter()) > 0:
        size += len(program.program.receive(left))
    return size, (program.cpu() - before) / IDLE


def _share(silent: tuple[int, float]) -> str:
    return f"{silent[0]} B, {silent[1]:.1%}"
