"""Lines taken by the real loop in this process: what the tests of the tutor without a screen start from."""

from __future__ import annotations

import io
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from nntutor.lessons.learner.places import Store
from nntutor.tui import cli
from nntutor.tui.desk import Desk, Opening


@dataclass
class Talk:
    """A home, and what is said in it."""

    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    home: Path
    status: int = 0

    def __call__(self, *arguments: str, say: str = "") -> list[str]:
        """The lines that `nntutor … --plain` writes when these lines are typed, parted by `; `; with those lines."""
        return self.lines(*arguments, typed="".join(f"{line}\n" for line in say.split("; ")) if say else "")

    def lines(self, *arguments: str, typed: str) -> list[str]:
        self.patch.setattr(sys, "stdin", io.StringIO(typed))
        self.status = cli.main([*arguments, "--plain"])
        written = self.capture.readouterr()
        assert written.err == ""
        assert "\x1b" not in written.out
        return written.out.splitlines()

    def after(self, *arguments: str, say: str) -> list[str]:
        """What the last of the lines typed is answered."""
        lines = self(*arguments, say=say)
        asked = [at for at, line in enumerate(lines) if line.startswith("> ")]
        return lines[asked[say.count("; ")] + 1 : asked[say.count("; ") + 1]]

    def kept(self) -> Opening:
        """Where the tutor goes on, with or without a screen."""
        store = Store.open(self.home)
        try:
            opening = Desk(store).resume()
        finally:
            store.close()
        assert opening is not None
        return opening


class FirstSeed:
    """In place of the system's chance: every session begins with the seed that sessions without a terminal have."""

    def randrange(self, first: int, _: int) -> int:
        return first


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Talk:
    for name in ("LC_ALL", "LC_MESSAGES", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(random, "SystemRandom", FirstSeed)
    return Talk(monkeypatch, capsys, tmp_path / "home")
