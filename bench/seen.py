"""A pytest plugin of bench/mutants.py: which functions each test calls, and the tests of one fault in their order.

Asked for a map (SEEN names the file to write), it notes every function of the project that a test calls, in this
process and in those that the test starts (follow.py). What a cache keeps from an earlier test would not be called
again, so the caches are emptied before each test.
Given a list (WANTED names it), only its tests are run, in its order, and each is ended after a while.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest
from follow import own

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PATIENCE, LEAST = 10, 60  # times what a test took when nothing was wrong, and seconds at least

_called: dict[int, CodeType] = {}


def _note(frame: FrameType, event: str, argument: object) -> None:
    _called[id(frame.f_code)] = frame.f_code


def _trace() -> None:
    threading.settrace(_note)
    sys.settrace(_note)


class Map:
    """Notes for every test what it calls and how long it takes."""

    def __init__(self, into: Path) -> None:
        self.into = into
        self.sees: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        _empty_caches()
        _called.clear()
        _trace()
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.sees[item.nodeid] |= {name for code in [*_called.values()] if (name := own(code, ROOT))}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        below = Path(os.environ["SEEN_BELOW"])
        for line in below.read_text(encoding="utf-8").splitlines() if below.exists() else ():
            test, _, name = line.partition("\t")
            if test in self.seconds:
                self.sees[test].add(name)
        found = {test: {"seconds": round(self.seconds[test], 3), "sees": sorted(self.sees[test])}
                 for test in self.seconds if test not in self.failed}  # fmt: skip
        self.into.write_text(json.dumps({"tests": found, "failed": sorted(self.failed)}), encoding="utf-8")


class Wanted:
    """Only these tests, in this order."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = {item.nodeid: item for item in items}
        items[:] = [found[name] for name in self.seconds if name in found]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Nobody catches the signal: whatever runs for ever ends here with the process."""
        signal.alarm(int(max(LEAST, PATIENCE * self.seconds[item.nodeid])))

    def pytest_sessionfinish(self) -> None:
        signal.alarm(0)


def _empty_caches() -> None:
    for name, module in [*sys.modules.items()]:
        if name.startswith("nntutor."):
            for value in [*vars(module).values()]:
                if callable(empty := getattr(value, "cache_clear", None)):
                    empty()


def _stop_at_the_first_example() -> None:
    """That a random test fails is enough; the smallest example for it is not looked for."""
    from hypothesis import Phase, settings

    settings.register_profile("faults", settings(), phases=(Phase.explicit, Phase.generate))
    settings.load_profile("faults")


def pytest_configure(config: pytest.Config) -> None:
    from nntutor import core

    if not os.path.realpath(core.__file__ or "").startswith(ROOT):
        raise pytest.UsageError(f"the tests would import {core.__file__}, not the copy in {ROOT}")
    if into := os.environ.get("SEEN"):
        config.pluginmanager.register(Map(Path(into)))
    if wanted := os.environ.get("WANTED"):
        _stop_at_the_first_example()
        config.pluginmanager.register(Wanted(json.loads(Path(wanted).read_text(encoding="utf-8"))))
