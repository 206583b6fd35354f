"""The whole table in one command: the screen here and over SSH, slow lines, the place kept, training, the record.

`python bench/run.py [runs]`. Ratios first: ours over what stands beside it, measured in turn, medians. Needs the
`test` extra; sshd, PyTorch, scikit-learn and micrograd are taken where they are installed.
"""

from __future__ import annotations

import screen  # first: it finds the terminals and the SSH server of the tests
import speed  # and this before NumPy is loaded: it sets one thread

# isort: split
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import course
import lines
import links
import saving
import table
from links import Server
from table import Row, milliseconds

from nntutor.core.engine.program import Engine
from nntutor.core.engine.seeds import from_seeds
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.training import Runner
from nntutor.core.problems.settings import varied
from nntutor.lessons.course import builtin

SEEDS, ITERATIONS, ALONE = 256, 2000, 8
RECORDED, RUN_ON = 500, 9_500


def seeds() -> Iterator[Row]:
    """XOR from many seeds, trained together as stacked arrays, beside one after another (a few of them, scaled up)."""
    problem = builtin.open("xor-drawn")
    began = time.perf_counter()
    Runner(*from_seeds(problem, range(SEEDS))).chunk(ITERATIONS)
    together = time.perf_counter() - began
    began = time.perf_counter()
    for seed in range(ALONE):
        alone = Engine(varied(problem, {"seed": seed}))
        Runner(alone, alone.start()).chunk(ITERATIONS)
    apart = (time.perf_counter() - began) * SEEDS / ALONE
    yield Row(f"{SEEDS} seeds × {ITERATIONS} of XOR together", [f"{together:.2f} s"], "one after another",
              [f"{apart:.1f} s"], [together / apart])  # fmt: skip


def record() -> Iterator[Row]:
    """A recorded iteration of the 2-2-2 example, and jumps among 10 000 iterations."""
    timeline = Timeline.start(builtin.open("two-two-two"))
    began = time.perf_counter()
    for iteration in range(1, RECORDED + 1):
        timeline = timeline.to(iteration)
    each = (time.perf_counter() - began) / RECORDED
    timeline.extended(timeline.runner().chunk(RUN_ON))
    jumps = []
    for iteration in range(137, RECORDED + RUN_ON, 631):
        began = time.perf_counter()
        timeline = timeline.to(iteration, 24)
        jumps.append(time.perf_counter() - began)
    most = max(jumps)
    yield Row("a recorded iteration of 2-2-2", [milliseconds(each)], "target", ["1 ms"], [each / 0.001])
    yield Row("a jump among 10 000 iterations, the longest", [milliseconds(most)], "target", ["50 ms"], [most / 0.05])


def everything(server: Server | None, runs: int) -> Iterator[Row]:
    yield from screen.rows(server, runs)
    if server is not None:
        yield from lines.rows(server)
    yield from saving.rows()
    yield from speed.rows(runs)
    yield from seeds()
    yield from record()
    yield from course.rows(server)


def main(runs: int) -> None:
    names = ", ".join(f"{name} {version(name.lower())}" for name in ("NumPy", "Textual"))
    print(f"{platform.machine()}, Python {platform.python_version()}, {names}; medians of {runs} paired runs\n")
    with tempfile.TemporaryDirectory() as folder:
        if not links.HERE:
            _tabulate(None, runs, links.MISSING)
            return
        try:
            with links.serving(Path(folder)) as server:
                _tabulate(server, runs, "")
        except links.NoServer as error:
            _tabulate(None, runs, f"sshd does not start here: {error}")


def _tabulate(server: Server | None, runs: int, missing: str) -> None:
    table.heading()
    for row in everything(server, runs):
        table.show(row)
    if missing:
        print(f"\nNothing over SSH: {missing}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
