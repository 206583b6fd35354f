"""The whole table: training beside hand-written loops, the recorded iteration, and the screen."""

from __future__ import annotations

import sys
import time

import screen
import speed

from nntutor.core.program import Engine
from nntutor.core.timeline import Timeline
from nntutor.core.training import Runner
from nntutor.core.variants import from_seeds, varied
from nntutor.lessons import shipped

SEEDS, ITERATIONS, ALONE = 256, 2000, 8


def seeds() -> None:
    """XOR from many seeds, trained together as stacked arrays, beside one after another (a few of them, scaled up)."""
    problem = shipped.open("xor-drawn")
    began = time.perf_counter()
    Runner(*from_seeds(problem, range(SEEDS))).chunk(ITERATIONS)
    together = time.perf_counter() - began
    began = time.perf_counter()
    for seed in range(ALONE):
        alone = Engine(varied(problem, {"seed": seed}))
        Runner(alone, alone.start()).chunk(ITERATIONS)
    apart = (time.perf_counter() - began) * SEEDS / ALONE
    print(f"{SEEDS} seeds x {ITERATIONS} iterations of XOR: {together:.2f} s together (at most 3), {apart:.1f} s apart")


def record() -> None:
    """A recorded iteration of the 2-2-2 example, and jumps among 10 000 iterations."""
    timeline = Timeline.start(shipped.open("two-two-two"))
    began = time.perf_counter()
    for iteration in range(1, 501):
        timeline = timeline.to(iteration)
    each = (time.perf_counter() - began) / 500
    timeline.extended(timeline.runner().chunk(9_500))
    jumps = []
    for iteration in range(137, 10_000, 631):
        began = time.perf_counter()
        timeline = timeline.to(iteration, 24)
        jumps.append(time.perf_counter() - began)
    print(f"\na recorded iteration of 2-2-2, steps unseen: {each * 1000:.3f} ms (at most 1)")
    print(f"a jump among 10 000 iterations: at most {max(jumps) * 1000:.1f} ms (at most 50)\n")


if __name__ == "__main__":
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    speed.main(runs)
    seeds()
    record()
    screen.main(runs)
