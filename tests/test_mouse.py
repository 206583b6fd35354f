"""The mouse on a real terminal: nothing is sent before it is turned on, and it is taken back however the tutor ends."""

from __future__ import annotations

import shlex
import signal
from collections.abc import Callable
from pathlib import Path

from terminals import COMMAND, Terminal
from test_browser_driver import Below
from test_browser_driver import below as below

from nntutor.tui.terminal.ending import MOUSE_OFF
from nntutor.tui.terminal.textual_private import MOUSE_ON

ON, OFF = MOUSE_ON.encode(), MOUSE_OFF
MODES = (b"\x1b[?1000", b"\x1b[?1002", b"\x1b[?1003", b"\x1b[?1006", b"\x1b[?1015", b"\x1b[?1016")


def click(terminal: Terminal, text: str, wheel: int = 0) -> None:
    """Press and let go of the left button on the first text like this, or turn the wheel there."""
    y, line = next((y, line) for y, line in enumerate(terminal.lines()) if text in line)
    at = f"{line.index(text) + 1 + len(text) // 2};{y + 1}"
    button = {1: 65, -1: 64, 0: 0}[wheel]
    terminal.send(f"\x1b[<{button};{at}M".encode() + f"\x1b[<0;{at}m".encode() * (not wheel))


def opened(home: Path, *arguments: str, size: tuple[int, int] = (140, 44)) -> Terminal:
    terminal = Terminal(home, *(arguments or ("learn", "hidden-delta")), size=size)
    terminal.until("? keys")
    return terminal


def test_not_a_byte_more_is_sent_where_it_is_off_and_reports_are_no_keys(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    terminal.send(b"\x1b[C")
    terminal.until("step 2/39")
    terminal.read(0.3, 2.0)
    before = terminal.text()
    click(terminal, "steps")
    terminal.send(b"\x1b[<65;10;10M")
    assert terminal.read(0.3, 1.0) == b"" and terminal.text() == before
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert not any(mode in terminal.recent for mode in MODES)


def test_what_is_clicked_is_done_and_the_terminal_gets_its_mouse_back(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    terminal.send(b"m")
    terminal.until("The mouse is on")
    assert terminal.recent.count(ON) == 1 and b"\x1b[?1003" not in terminal.recent
    click(terminal, "backward  update")
    terminal.until("step 12/39")
    click(terminal, "matrices")
    terminal.until("[matrices]")
    terminal.send(b"m")
    terminal.until("The mouse is off")
    assert terminal.recent.count(OFF) == 1
    terminal.send(b"mq")
    terminal.until("↓ choose")
    click(terminal, "Start")  # a heading: nothing
    click(terminal, "Reading the numbers", wheel=1)
    click(terminal, "Reading the numbers")
    terminal.until("1 of")
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert terminal.recent.count(OFF) == 2 and terminal.recent.rindex(OFF) < terminal.recent.rindex(b"\x1b[?1049l")
    again = opened(tmp_path)  # it is kept
    assert again.recent.count(ON) == 1
    again.send(b"\x03")
    assert again.wait() == 130 and again.recent.count(OFF) == 1


def test_a_shell_gets_a_terminal_without_it_and_fg_has_it_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, command=["bash", "--norc", "--noprofile", "-i"], PS1="ready> ")
    terminal.until("ready>")
    terminal.send(f"{shlex.join(COMMAND)} learn hidden-delta\r".encode())
    terminal.until("? keys")
    terminal.send(b"m")
    terminal.until("The mouse is on")
    terminal.send(b"\x1a")
    terminal.until("Stopped")
    assert (terminal.recent.count(ON), terminal.recent.count(OFF)) == (1, 1)
    terminal.send(b"fg\r")
    terminal.until("The mouse is on")
    terminal.read(0.3, 2.0)
    assert (terminal.recent.count(ON), terminal.recent.count(OFF)) == (2, 1)
    terminal.send(b"q")
    terminal.until("q quit")
    terminal.send(b"q")
    terminal.until("ready>")
    terminal.read(0.3, 2.0)
    assert terminal.recent.count(OFF) == 2
    terminal.kill()


STUCK = """
import sys, time
from nntutor.tui.app import Tutor
from nntutor.tui.terminal import ending
ending.GRACE = 0.2
typed = Tutor._take
def stuck(self, key, character):
    if key == "x":
        time.sleep(60)
    typed(self, key, character)
Tutor._take = stuck
from nntutor.tui.command import main
sys.exit(main())
"""


def test_where_the_tutor_cannot_end_by_itself_the_mouse_is_taken_back_all_the_same(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", code=STUCK)
    terminal.until("? keys")
    terminal.send(b"m")
    terminal.until("The mouse is on")
    terminal.send(b"x")
    terminal.read(0.2, 0.5)
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert OFF in terminal.last


def test_in_a_browser_it_is_on_from_the_start(below: Callable[..., Below]) -> None:
    tutor = below()
    seen = tutor.until("q quit")
    while ON not in tutor.sent:
        assert tutor._read()
    y, line = next((y, line) for y, line in enumerate(seen.splitlines()) if "10" in line)
    tutor.send(f"\x1b[<0;{line.index('10') + 1};{y + 1}M".encode())
    tutor.until("? keys")
    tutor.send(b"m")
    tutor.until("The mouse is off")
    assert OFF in tutor.sent
