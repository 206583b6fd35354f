"""Over a real SSH connection to this machine: the screen, a cut line, plain output, terminals and locales."""

from __future__ import annotations

import signal
import subprocess
import time
from itertools import product
from pathlib import Path

import pytest
from links import Server
from terminals import COMMAND, RIGHT

from nntutor.tui.arguments import language
from nntutor.tui.terminal import capabilities
from nntutor.tui.terminal.probe import Answers


def test_a_lesson_is_taken_over_ssh_and_left(server: Server, tmp_path: Path) -> None:
    terminal = server.tutor(tmp_path, "learn", "hidden-delta")
    terminal.until("step 1/39")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    terminal.send(b"q")
    terminal.until("XOR")
    terminal.send(b"q")
    assert terminal.wait() == 0
    assert b"\x1b[?1049l" in terminal.last


def test_a_cut_connection_loses_nothing(server: Server, tmp_path: Path) -> None:
    terminal = server.tutor(tmp_path, "learn", "hidden-delta")
    terminal.until("step 1/39")
    for step in range(2, 7):
        terminal.send(RIGHT)
        terminal.until(f"step {step}/39")
    assert terminal.end(signal.SIGKILL) == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while True:
        again = server.tutor(tmp_path)
        again.read()
        screen = again.text()
        again.end(signal.SIGTERM)
        if "step 6/39" in screen:
            return
        assert time.monotonic() < deadline, screen
        time.sleep(0.2)  # the server notices the cut line a moment later


def test_a_trace_needs_no_terminal(server: Server, tmp_path: Path) -> None:
    remote = server.command("env", f"NNTUTOR_HOME={tmp_path}", *COMMAND, "trace", "hidden-delta", "--format", "csv")
    done = subprocess.run(remote, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0 and done.stderr == ""
    local = subprocess.run([*COMMAND, "trace", "hidden-delta", "--format", "csv"], capture_output=True, text=True,
                           check=True)  # fmt: skip
    assert done.stdout == local.stdout


# Each terminal once, each locale twice: over a line every start is a cold one. Of all pairs the next test is.
LOCALES = {
    "xterm": "C", "xterm-256color": "ko_KR.UTF-8", "screen": "C", "tmux-256color": "ko_KR.UTF-8",
    "linux": "C.UTF-8", "vt100": "C.UTF-8",
}  # fmt: skip


def is_plain(term: str, lang: str) -> bool:
    return term == "linux" or lang == "C"


@pytest.mark.parametrize(("term", "lang"), LOCALES.items())
def test_the_first_screen_stands_in_any_terminal(server: Server, tmp_path: Path, term: str, lang: str) -> None:
    terminal = server.tutor(tmp_path, "learn", "hidden-delta", term=term, lang=lang)
    screen = terminal.until("net_h1 = ")
    assert ("반복 1" if lang.startswith("ko") else "iteration 1") in screen
    assert ("δ" in screen or "·" in screen) is not is_plain(term, lang)
    assert terminal.end(signal.SIGTERM) != 0


def test_terminal_and_locale_decide_what_is_drawn_and_in_which_language() -> None:
    for term, lang in product(LOCALES, set(LOCALES.values())):
        environment = {"TERM": term, "LANG": lang, "LC_ALL": "", "COLORTERM": ""}
        assert capabilities.picked(environment, False, Answers).ascii is is_plain(term, lang), environment
        assert language([], environment) == ("ko" if lang.startswith("ko") else "en")


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_is_refused_over_ssh(server: Server, tmp_path: Path, term: str) -> None:
    terminal = server.tutor(tmp_path, "learn", "hidden-delta", term=term)
    assert terminal.wait() == 2
    assert "nntutor trace" in terminal.last.decode()


def test_keys_typed_ahead_are_all_taken(server: Server, tmp_path: Path) -> None:
    terminal = server.tutor(tmp_path, "learn", "hidden-delta")
    time.sleep(0.1)
    terminal.send(RIGHT * 7)
    terminal.until("step 8/39")
    terminal.end(signal.SIGTERM)
