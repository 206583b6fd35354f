"""What the largest files that are read cost: seconds and megabytes of `nntutor trace --no-steps`, a process each.

    python bench/limits.py

The CSV files are as long as one may be; the problem files have as many letters as one may have, in each of the kinds
that have cost more than their letters at some time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from hostile import TOML

from nntutor.core.files.csv import CSV_LIMIT
from nntutor.core.files.problem import LIMIT

PROBLEM = """data = "data.csv"
inputs = ["a", "b"]
targets = ["c"]
[[layer]]
units = 2
[[layer]]
units = 1
"""
HEADING = "a,b,c\n"
RANDOM = Random(1)
ROWS: dict[str, Callable[[int], str]] = {
    "CSV of digits": lambda at: f"{at % 2},{at % 3},{at % 2}",
    "CSV of six places": lambda at: f"{RANDOM.random():.6f},{RANDOM.gauss(0, 1):.6f},{at % 2}",
    "CSV of all places": lambda at: f"{RANDOM.random()!r},{RANDOM.gauss(0, 1)!r},{RANDOM.random()!r}",
    "CSV with quotes": lambda at: f'"{at % 7}",{at % 5},"{at % 2}"',
    "CSV with words": lambda at: f'{at % 7},"some, words",{at % 5},{at % 2}',
    "CSV without a number": lambda at: f"{at},{at},none",
}


def csv_file(path: Path, row: Callable[[int], str]) -> None:
    room = CSV_LIMIT - len(HEADING)
    with path.open("w") as file:
        file.write(HEADING)
        for line in (row(at) + "\n" for at in count()):
            room -= len(line)
            if room < 0:
                break
            file.write(line)


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    for name, row in ROWS.items():
        csv_file(folder / "data.csv", row)
        (folder / "problem.toml").write_text(PROBLEM)
        yield name, folder / "problem.toml"
    for name, kind in TOML.items():
        (folder / "kind.toml").write_text(kind(LIMIT)[:LIMIT])
        yield f"TOML: {name}", folder / "kind.toml"


def cost(path: Path) -> tuple[float, float, float, int]:
    """Seconds by the clock and of the processor, megabytes at most, exit status."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "nntutor", "trace", str(path), "--no-steps"]
    process = os.posix_spawn(
        sys.executable,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)],
    )
    _, status, used = os.wait4(process, 0)
    took = time.perf_counter() - began
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> None:
    print(f"{'file':<32}{'seconds':>9}{'processor':>11}{'MB':>7}{'status':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, path in files(Path(folder)):
            seconds, processor, most, status = cost(path)
            print(f"{name:<32}{seconds:>9.2f}{processor:>11.2f}{most:>7.0f}{status:>8}", flush=True)


if __name__ == "__main__":
    main()
