"""Faults put into the program one at a time, and whether a test notices.

    python bench/mutants.py [--count N] [--seed S] [--room ROOM] [--file PATH]
    python bench/mutants.py --again      only those that the last run left unnoticed

Where the faults go is drawn by the seed: half of them in equal parts over the rooms, half by the length of their code,
inside of a room spread evenly over its lines. All happens in a copy of the tree. For each fault those tests run that
call the function it is in, the ones that see least of the program first, until one fails or their time is spent;
which test calls what is measured once and kept in .mutants/ until code or tests change. A test that never ends has
noticed. bench/equivalent.toml names faults that change nothing; they are told and not counted.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from faults import Fault, faults

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutants"
# The first that fits.
ROOMS = {
    "core": "core/", "progress": "lessons/learner/", "lessons": "lessons/", "state": "tui/state/",
    "drawing": "tui/drawing/", "terminal": "tui/terminal/", "app": "tui/",
}  # fmt: skip
# How much of what the whole suite takes: before further files of tests are even read, and for one fault in all.
FIRST, BUDGET = 0.005, 0.1
MEMORY = 6 << 30  # a list that grows for ever ends here
PYTEST = ("-m", "pytest", "-o", "addopts=", "-p", "no:xdist", "-p", "no:cacheprovider", "-p", "seen")


@dataclass(frozen=True)
class Outcome:
    """What became of a fault. by: the test that noticed it, or how; empty when none did."""

    fault: Fault
    room: str
    by: str
    tests: int
    seconds: float


class Tree:
    """A copy of the tree in which faults are tried, with the tests that see each function."""

    def __init__(self, root: Path) -> None:
        self.root = root
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in filter(None, subprocess.check_output(listed, cwd=ROOT, text=True).split("\0")):
            if (ROOT / name).is_file():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, root / name)
        shutil.copytree(ROOT / ".dev", root / ".dev", symlinks=True)  # made by .ci/check.py
        self.code = {str(path.relative_to(root)): path.read_bytes() for path in _code(root)}
        self.tests = self._measured()
        self.whole = sum(one["seconds"] for one in self.tests.values())

    def _environment(self, **given: str) -> dict[str, str]:
        paths = [str(self.root / ".dev"), str(self.root / "bench"), str(self.root / ".follow")]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **given}

    def _measured(self) -> dict[str, dict]:
        """What each test calls. Test modules are measured anew when they, or anything but a test, changed."""
        shared = hashlib.sha256()
        modules = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if name.startswith("tests/test_"):
                modules[name] = path
            elif name.startswith(("core/", "lessons/", "tui/")) or (
                path.parent.name == "tests" and path.suffix == ".py"
            ):
                shared.update(path.read_bytes() if path.is_file() else b"")
        keys = {name: hashlib.sha256(shared.digest() + path.read_bytes()).hexdigest() for name, path in modules.items()}
        file = KEPT / "seen.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        stale = [name for name in modules if kept.get(name, {}).get("key") != keys[name]]
        if stale:
            print(f"measuring which test calls what: {len(stale)} files of tests", flush=True)
            for name, tests in self._seen(stale).items():
                kept[name] = {"key": keys[name], "tests": tests}
            KEPT.mkdir(exist_ok=True)
            file.write_text(json.dumps({name: kept[name] for name in modules}))
        return {test: found for name in modules for test, found in kept[name]["tests"].items()}

    def _seen(self, modules: Sequence[str]) -> dict[str, dict[str, dict]]:
        (self.root / ".follow").mkdir()
        shutil.copy2(self.root / "bench" / "follow.py", self.root / ".follow" / "sitecustomize.py")
        into = self.root / "seen.json"
        places = {
            "SEEN": str(into),
            "SEEN_ROOT": os.path.realpath(self.root),
            "SEEN_BELOW": str(self.root / "below.txt"),
        }
        ended = subprocess.run([sys.executable, *PYTEST, *modules], cwd=self.root, env=self._environment(**places),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)  # fmt: skip
        shutil.rmtree(self.root / ".follow")
        if not into.exists():
            sys.exit(f"mutants: the tests do not run:\n{ended.stdout}")
        found = json.loads(into.read_text())
        for test in found["failed"]:
            print(f"fails without any fault, left out: {test}")
        parts: dict[str, dict[str, dict]] = {name: {} for name in modules}
        for test, one in found["tests"].items():
            parts[test.partition("::")[0]][test] = one
        return parts

    def seeing(self, fault: Fault) -> list[str]:
        """The tests that call the function; for what runs at import those that call anything of the file, or of one
        that imports it. The ones that see least of the program come first."""  # fmt: skip
        wanted = {f"{fault.path}:{fault.function}"} if fault.function else self._of_file(fault.path)
        found = [test for test, one in self.tests.items() if not wanted.isdisjoint(one["sees"])]
        if not found and not fault.function:
            importers = set().union(*(self._of_file(path) for path in self._importers(fault.path)))
            found = [test for test, one in self.tests.items() if not importers.isdisjoint(one["sees"])]
        return sorted(found, key=lambda test: (len(self.tests[test]["sees"]), self.tests[test]["seconds"], test))

    def _of_file(self, path: str) -> set[str]:
        return {own for one in self.tests.values() for own in one["sees"] if own.startswith(f"{path}:")}

    def _importers(self, path: str) -> Iterator[str]:
        module = "nntutor." + path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        package, _, name = module.rpartition(".")
        for other, source in self.code.items():
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.ImportFrom):
                    names = [alias.name for alias in node.names]
                    if node.module == module or (node.module == package and name in names):
                        yield other

    def try_out(self, number: int, fault: Fault) -> Outcome:
        began = time.perf_counter()
        first, rest = self._parts(self.seeing(fault))
        path, source = self.root / fault.path, self.code[fault.path]
        kept = path.stat()
        path.write_bytes(fault.put_into(source))
        # No two faults of a file have the same time, or the bytecode of one could be taken for the other's.
        os.utime(path, (number + 1, number + 1))
        try:
            by = next(filter(None, (self._noticed(part) for part in (first, rest) if part)), "")
        finally:
            path.write_bytes(source)
            os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
        return Outcome(fault, room(fault.path), by, len(first) + len(rest), time.perf_counter() - began)

    def _parts(self, tests: Sequence[str]) -> tuple[list[str], list[str]]:
        """What comes first, and what follows as long as there is time; one test at least, however long it takes."""
        first: list[str] = []
        rest: list[str] = []
        spent = 0.0
        for test in tests:
            spent += self.tests[test]["seconds"]
            if spent < FIRST * self.whole:
                first.append(test)
            elif spent < BUDGET * self.whole or not (first or rest):
                rest.append(test)
        return first, rest

    def _noticed(self, tests: Sequence[str]) -> str:
        """The test that fails, or what happened instead of an ending; empty when all pass."""
        wanted = self.root / "wanted.json"
        wanted.write_text(json.dumps({test: self.tests[test]["seconds"] for test in tests}))
        modules = sorted({test.partition("::")[0] for test in tests})
        limit = 60 + 10 * sum(self.tests[test]["seconds"] for test in tests)
        process = subprocess.Popen(
            [sys.executable, *PYTEST, "-v", "-x", "--tb=no", "--no-header", *modules], cwd=self.root, text=True,
            env=self._environment(WANTED=str(wanted), PYTHONDONTWRITEBYTECODE="1"), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            return "it does not end"
        finally:
            _end(process)
        if process.returncode == 0:
            return ""
        if process.returncode < 0:
            last = said.rpartition("tests/")[2].partition(" ")[0]
            return f"{signal.Signals(-process.returncode).name} in tests/{last}"
        told = [
            line.partition(" ")[2].partition(" - ")[0]
            for line in said.splitlines()
            if line.startswith(("FAILED ", "ERROR "))
        ]
        return told[0] if told else f"status {process.returncode}"


def _end(process: subprocess.Popen[str]) -> None:
    """The process and what it started; what has a terminal of its own ends with that."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _code(root: Path) -> list[Path]:
    return sorted(path for folder in ("core", "lessons", "tui") for path in (root / folder).rglob("*.py"))


def room(path: str) -> str:
    return next(name for name, folder in ROOMS.items() if path.startswith(folder))


def drawn(code: dict[str, bytes], count: int, seed: int, skipped: Callable[[Fault], bool]) -> Iterator[Fault]:
    """count faults by the seed; beyond these whatever is skipped and was drawn nevertheless."""
    rooms: dict[str, dict[str, int]] = defaultdict(dict)
    for path, source in code.items():
        rooms[room(path)][path] = sum(1 for line in source.splitlines() if line.strip())
    whole = sum(sum(files.values()) for files in rooms.values())
    for name in ROOMS:
        if files := rooms.get(name):
            share = (1 / len(rooms) + sum(files.values()) / whole) / 2
            yield from _in_room(code, files, max(1, round(share * count)), random.Random(f"{seed} {name}"), skipped)


def _in_room(code: dict[str, bytes], files: dict[str, int], count: int, chance: random.Random,
             skipped: Callable[[Fault], bool]) -> Iterator[Fault]:  # fmt: skip
    lines = [path for path, length in files.items() for _ in range(length)]
    left: dict[str, list[Callable[[], Fault]]] = {}
    step, start = len(lines) / count, chance.random()
    for number in range(count):
        path = lines[int((number + start) * step)]
        if path not in left:
            left[path] = faults(path, code[path])
            chance.shuffle(left[path])
        while left[path]:
            fault = left[path].pop()()
            if not _is_a_program(fault.put_into(code[path])):
                continue
            yield fault
            if not skipped(fault):
                break


def again(code: dict[str, bytes], outcomes: Sequence[dict]) -> list[Fault]:
    """What was unnoticed, found again by its name: lines may have come before it."""
    names = {(one["fault"]["path"], *(one["fault"][key] for key in ("where", "was", "became")))
             for one in outcomes if not one["by"]}  # fmt: skip
    every = (make() for path in sorted({name[0] for name in names} & code.keys()) for make in faults(path, code[path]))
    return [fault for fault in every if (fault.path, *fault.name) in names]


def _is_a_program(source: bytes) -> bool:
    try:
        compile(source, "", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def equivalents() -> dict[tuple[str, str, str], str]:
    """Why each fault that changes nothing does not, by its name."""
    listed = tomllib.loads((ROOT / "bench" / "equivalent.toml").read_text(encoding="utf-8"))
    return {(one["where"], one["was"], one["became"]): one["why"] for one in listed.get("fault", [])}


def _told(fault: Fault) -> str:
    return f"{fault.path}:{fault.line} {fault.where}: `{_short(fault.was)}` became `{_short(fault.became)}`"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89]}…"


def score(outcomes: Sequence[Outcome], same: Sequence[Fault]) -> str:
    """The table of docs/bench.md."""
    rows = ["| room | faults | noticed |  | change nothing |", "| --- | --- | --- | --- | --- |"]
    for name in (*ROOMS, "all"):
        here = [one for one in outcomes if name in (one.room, "all")]
        noticed = sum(1 for one in here if one.by)
        nothing = sum(1 for one in same if name in (room(one.path), "all"))
        if here:
            rows.append(f"| {name} | {len(here)} | {noticed} | {noticed / len(here):.0%} | {nothing or ''} |")
    return "\n".join(rows)


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--count", type=int, default=150)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--room", choices=ROOMS)
    asked.add_argument("--file")
    asked.add_argument("--again", action="store_true")
    given = asked.parse_args()
    known, last = equivalents(), KEPT / "last.json"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("mutants: ended"))
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Tree(Path(folder))
        code = {path: source for path, source in tree.code.items()
                if given.room in (None, room(path)) and given.file in (None, path)}  # fmt: skip
        if given.again:
            found = again(code, json.loads(last.read_text()))
        else:
            found = list(drawn(code, given.count, given.seed, lambda fault: fault.name in known))
        same = [fault for fault in found if fault.name in known]
        tried = [fault for fault in found if fault.name not in known]
        outcomes = []
        for number, fault in enumerate(tried):
            outcomes.append(one := tree.try_out(number, fault))
            print(f"{number + 1:>3}/{len(tried)} {one.seconds:5.1f} s  {_told(fault)}\n"
                  f"{'':15}{one.by or f'UNNOTICED by {one.tests} tests'}", flush=True)  # fmt: skip
            KEPT.mkdir(exist_ok=True)
            (KEPT / ("again.json" if given.again else "last.json")).write_text(
                json.dumps([asdict(one) for one in outcomes])
            )
    for fault in same:
        print(f"changes nothing: {_told(fault)}: {known[fault.name]}")
    for one in outcomes:
        if not one.by:
            print(f"unnoticed: {_told(one.fault)}")
    table = score(outcomes, same)
    (KEPT / "score.md").write_text(table + "\n")
    print(table)


if __name__ == "__main__":
    main()
