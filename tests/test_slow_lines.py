"""Over SSH on slow, late and stalling lines: frames are dropped, not queued, and no key is lost.

Times are measured by the bench. Here the line itself says what was sent: how many bytes stand between a key and
its answer, and that a run ends when it is told to.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import links
import pytest
from links import Line, Server
from terminals import RIGHT, Terminal

RATE = 25_000
# Two frames: the one on its way when the key comes, and the key's own.
BETWEEN = 6_000


@pytest.fixture
def running(server: Server, tmp_path: Path) -> Iterator[tuple[Terminal, Line]]:
    """A run without an end in the middle of a lesson, at the far end of a slow line, with the curve growing."""
    with links.slow(server, rate=RATE) as (far, line):
        terminal = far.tutor(tmp_path, "learn", "cycle")
        terminal.until("? keys")
        for keys, shown in ((b"v", "? keys"), (b"v", "? keys"), (b"r", "10 000"), (b"\x1b[D", "10 000"), (b"\r", ":")):
            terminal.send(keys)
            terminal.read(0.3, 1.0)
            terminal.until(shown)
        terminal.send(b"1e-300\r")
        terminal.until("esc stops")
        yield terminal, line


def answered(terminal: Terminal, key: bytes, shown: str) -> int:
    """Press a key; the bytes that come until its answer is on the screen."""
    terminal.send(key)
    count, ends = 0, time.monotonic() + 15
    while shown not in terminal.text():
        assert time.monotonic() < ends, terminal.text()
        count += len(terminal.receive(0.05))
    return count


def test_a_key_during_a_run_waits_behind_one_frame_at_most(running: tuple[Terminal, Line]) -> None:
    terminal, _ = running
    for _ in range(3):
        assert answered(terminal, b"t", "반복") <= BETWEEN
        assert answered(terminal, b"t", "iteration 1") <= BETWEEN


def test_what_a_run_draws_while_the_line_stands_still_is_dropped(running: tuple[Terminal, Line]) -> None:
    terminal, line = running
    line.stall(3.0)
    time.sleep(2.5)
    assert answered(terminal, b"t", "반복") <= BETWEEN


def test_a_run_stops_when_it_is_told_to_and_the_place_is_kept(running: tuple[Terminal, Line], tmp_path: Path) -> None:
    terminal, line = running
    assert answered(terminal, b"\x1b", "stopped in iteration") <= BETWEEN
    place = terminal.lines()[0].split("iteration ")[1].split(" ")[0]
    line.cut()
    terminal.wait()
    again = Terminal(tmp_path)
    again.until(f"iteration {place} ")
    again.end(signal.SIGTERM)


def test_keys_in_a_burst_are_all_taken_and_their_frames_are_not_all_sent(server: Server, tmp_path: Path) -> None:
    with links.slow(server, rate=RATE, delay=0.05) as (far, _):
        terminal = far.tutor(tmp_path, "learn", "hidden-delta")
        terminal.until("? keys")
        steps = 30
        for _ in range(steps):
            terminal.send(RIGHT)
            time.sleep(0.03)
        count, ends = 0, time.monotonic() + 15
        while f"step {steps + 1}/39" not in terminal.text() and time.monotonic() < ends:
            count += len(terminal.receive(0.05))
        assert f"step {steps + 1}/39" in terminal.text()
        assert terminal.end(signal.SIGTERM) != 0


def test_a_late_line_loses_no_key_and_leaves_no_answer_for_the_shell(server: Server, tmp_path: Path) -> None:
    with links.slow(server, delay=0.3) as (far, _):
        inside = ["bash", "--norc", "--noprofile", "-i"]
        terminal = far.tutor(tmp_path, command=["env", "PS1=ready> ", *inside])
        terminal.until("ready>", 30)
        from shlex import join

        from terminals import COMMAND

        terminal.send(f"{join(COMMAND)} learn hidden-delta\r".encode())
        terminal.until("? keys")
        terminal.send(RIGHT * 3)
        time.sleep(0.1)
        terminal.send(RIGHT * 3)
        terminal.until("step 7/39")
        terminal.send(b"\x1b[C\x1b[Dqq")
        terminal.until("ready>")
        terminal.send(b"echo done\r")
        terminal.until("done")
        terminal.read(1.0, 3.0)
        assert "R" not in terminal.text().replace("READY", "").partition("ready>")[2]
        terminal.kill()
