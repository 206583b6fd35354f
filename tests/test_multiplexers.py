"""Inside real multiplexers: tmux and GNU screen show the lesson, pass the size on, and may vanish at any moment."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from terminals import COMMAND, RIGHT, Terminal

ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("TMUX", "STY", "NO_COLOR", "LC_ALL")}


class Tmux:
    """A server of its own with one window, in which the tutor runs."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self._tmux = ["tmux", "-u", "-L", f"nntutor-{os.getpid()}-{home.name}", "-f", os.devnull]
        start = f"exec env NNTUTOR_HOME={home} LANG=C.UTF-8 {shlex.join([*COMMAND, *arguments])}"
        self.run("new-session", "-d", "-x", "80", "-y", "24", start)

    def run(self, *command: str) -> str:
        done = subprocess.run([*self._tmux, *command], capture_output=True, text=True, timeout=20, check=False,
                              env=ENVIRONMENT)  # fmt: skip
        return done.stdout

    def lines(self) -> list[str]:
        return self.run("capture-pane", "-p").splitlines()

    def until(self, shown: Callable[[list[str]], bool]) -> list[str]:
        ends = time.monotonic() + 15
        while not shown(lines := self.lines()):
            assert time.monotonic() < ends, "\n".join(lines)
            time.sleep(0.05)
        return lines


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Tmux]:
    if not shutil.which("tmux"):
        pytest.skip("no tmux on this machine (Debian: apt-get install tmux)")
    tmux = Tmux(tmp_path, "learn", "hidden-delta")
    tmux.until(lambda lines: "? keys" in lines[-1])
    yield tmux
    tmux.run("kill-server")


def ends_with(place: str) -> Callable[[list[str]], bool]:
    return lambda lines: bool(lines) and lines[0].rstrip().endswith(place)


def test_a_lesson_is_taken_in_tmux_at_every_size_and_back(opened: Tmux) -> None:
    opened.run("send-keys", "Space")
    before = opened.until(ends_with("iteration 1 · step 21/39 · E 0.2984"))
    for width, height in ((20, 5), (250, 80), (40, 12), (120, 40)):
        opened.run("resize-window", "-x", str(width), "-y", str(height))
        lines = opened.until(lambda lines: "step 21/39" in lines[0] and len(lines) >= height - 1)  # noqa: B023
        assert max(map(len, lines)) <= width
    opened.run("resize-window", "-x", "80", "-y", "24")
    opened.until(lambda lines: lines == before)
    opened.run("send-keys", "Right")
    opened.until(ends_with("step 22/39 · E 0.2984"))


def test_what_tmux_shows_is_the_same_with_the_korean_keyboard(opened: Tmux) -> None:
    opened.run("send-keys", "-l", "ㅅ")
    opened.until(ends_with("반복 1 · 순전파 · 단계 1/39 · E ?"))
    opened.run("send-keys", "-l", "t")
    opened.until(ends_with("iteration 1 · step 1/39 · E ?"))


def test_when_tmux_is_killed_the_next_start_is_at_the_same_step(tmp_path: Path, opened: Tmux) -> None:
    for step in range(2, 6):
        opened.run("send-keys", "Right")
        opened.until(ends_with(f"step {step}/39 · E ?"))
    opened.run("kill-server")
    again = Terminal(tmp_path)
    again.until("step 5/39")
    again.kill()


def test_a_lesson_is_taken_in_gnu_screen(tmp_path: Path) -> None:
    if not shutil.which("screen"):
        pytest.skip("no GNU screen on this machine (Debian: apt-get install screen)")
    sockets = tmp_path / "sockets"
    sockets.mkdir(mode=0o700)
    inside = ["screen", "-c", os.devnull, "-U", *COMMAND, "learn", "hidden-delta"]
    terminal = Terminal(tmp_path, command=inside, SCREENDIR=str(sockets))
    terminal.until("? keys")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    terminal.send("ㅅ".encode())
    for shown in ("단계 2/39 · E ?", "h1 = σ(net_h1)", "? 키"):  # it passes a screen on row by row
        terminal.until(shown)
    assert "│" not in terminal.text()
    terminal.resize(40, 12)
    terminal.read(0.5, 3.0)
    terminal.until("단계 2/39")
    terminal.resize(80, 24)
    terminal.read(0.5, 3.0)
    terminal.send(b"t")
    terminal.until("iteration 1 · step 2/39 · E ?")
    # A screen whose terminal is gone would wait for another one.
    subprocess.run(["screen", "-X", "quit"], env={**ENVIRONMENT, "SCREENDIR": str(sockets)}, check=True)
    assert terminal.wait() == 0
