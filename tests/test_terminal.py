"""What only a real terminal shows: the program on a pseudo-terminal, killed, refused, without colours."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
from pathlib import Path

import pytest
from terminals import COMMAND, RIGHT, Terminal


def test_a_killed_tutor_starts_again_at_the_same_step(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.read()
    for _ in range(6):
        terminal.press(RIGHT)
    assert terminal.end(signal.SIGKILL) == -signal.SIGKILL
    again = Terminal(tmp_path)
    screen = again.read().decode()
    assert "step 7/39" in screen
    os.write(again.fd, b"q")
    again.read()
    os.write(again.fd, b"q")
    assert again.wait() == 0


def test_a_step_writes_at_most_2_kilobytes_and_silence_nothing(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.read()
    sizes = [len(terminal.press(RIGHT)) for _ in range(40)]
    assert 0 < max(sizes) <= 2048
    ready, _, _ = select.select([terminal.fd], [], [], 1.0)
    assert not ready
    terminal.end(signal.SIGTERM)


@pytest.mark.parametrize("how", ["variable", "option"])
def test_without_colour_not_one_colour_is_sent(tmp_path: Path, how: str) -> None:
    if how == "variable":
        terminal = Terminal(tmp_path, "learn", "hidden-delta", NO_COLOR="1")
    else:
        terminal = Terminal(tmp_path, "--no-color", "learn", "hidden-delta")
    data = terminal.read()
    for _ in range(24):
        data += terminal.press(RIGHT)
    terminal.end(signal.SIGTERM)
    codes = {code for group in re.findall(rb"\x1b\[([\d;]*)m", data) for code in group.split(b";") if code}
    assert codes <= {b"0", b"1", b"2", b"4", b"7", b"22", b"24", b"27", b"39", b"49"}, codes


def test_a_linux_console_gets_ascii(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", TERM="linux")
    screen = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", terminal.read().decode())
    assert "net_h1 = w1*x1 + w2*x2 + b_h1" in screen and screen.isascii()
    terminal.end(signal.SIGTERM)


@pytest.mark.parametrize(("column", "wide"), [(3, True), (2, False), (None, False)])
def test_a_terminal_that_draws_ambiguous_glyphs_wide_gets_ascii(tmp_path: Path, column: int | None, wide: bool) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", LANG="ko_KR.UTF-8", answers=False)
    asked = b""
    while b"\x1b[6n" not in asked:
        chunk = terminal.receive(15)
        assert chunk, "the terminal is not asked"
        asked += chunk
    # A key that is pressed while the terminal is asked is not lost.
    terminal.send(RIGHT + (b"" if column is None else b"\x1b[1;%dR" % column))
    screen = terminal.until("? 키")  # the last row
    assert "2/39" in screen
    assert ("──────" in screen) is not wide
    terminal.end(signal.SIGTERM)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_is_refused_in_one_line(tmp_path: Path, term: str) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", TERM=term)
    status = terminal.wait()
    assert status == 2
    lines = terminal.last.decode().strip().splitlines()
    assert len(lines) == 1 and "nntutor trace" in lines[0]


def test_without_a_terminal_the_tutor_is_refused_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "learn"], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, "NNTUTOR_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "nntutor trace" in done.stderr
