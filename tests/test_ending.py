"""How the tutor ends, rests and comes back: signals, job control, and where no shell waits for it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from links import Server
from terminals import COMMAND, RIGHT, Terminal

from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk

RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1004l")


def opened(home: Path) -> Terminal:
    terminal = Terminal(home, "learn", "hidden-delta")
    terminal.until("? keys")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    return terminal


def resumes(home: Path) -> None:
    """The next start would go on at the place that the screen has shown."""
    store = Store.open(home)
    try:
        opening = Desk(store).resume()
    finally:
        store.close()
    assert opening is not None and opening.study.place == (1, 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU])
def test_a_signal_ends_it_with_its_status_and_the_terminal_as_it_was(tmp_path: Path, number: signal.Signals) -> None:
    terminal = opened(tmp_path)
    assert terminal.end(number) == 128 + number
    assert all(sequence in terminal.last for sequence in RESTORED)
    resumes(tmp_path)


def test_ctrl_c_ends_it_as_an_interrupt_does(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    terminal.send(b"\x03")
    assert terminal.wait() == 128 + signal.SIGINT
    assert all(sequence in terminal.last for sequence in RESTORED)
    resumes(tmp_path)


def test_a_run_on_its_way_does_not_hold_the_end_up(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "cycle")
    terminal.until("? keys")
    for keys, shown in ((b"r", "10 000"), (b"\x1b[D", "10 000"), (b"\r", ":"), (b"1e-30\r", "esc")):
        terminal.send(keys)
        terminal.until(shown)
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM


def shell(home: Path) -> tuple[Terminal, int]:
    """The tutor at its second step, started from a shell with job control; its process."""
    terminal = Terminal(home, command=["bash", "--norc", "--noprofile", "-i"], PS1="ready> ")
    terminal.until("ready>")
    terminal.send(f"{shlex.join(COMMAND)} learn hidden-delta\r".encode())
    terminal.until("? keys")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    terminal.read(longest=2.0)  # the rest of the screen, where it has not come yet
    children = Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read_text().split()
    return terminal, int(children[0])


def state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def stopped(process: int) -> bool:
    ends = time.monotonic() + 10
    while state(process) != "T" and time.monotonic() < ends:
        time.sleep(0.02)
    return state(process) == "T"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc what a process does")
def test_it_rests_however_it_is_told_to_and_comes_back_to_the_same_screen(tmp_path: Path) -> None:
    terminal, process = shell(tmp_path)
    for how in ("ctrl+z", "SIGTSTP", "SIGSTOP"):
        before = terminal.lines()
        if how == "ctrl+z":
            terminal.send(b"\x1a")
        else:
            os.kill(process, getattr(signal, how))
        assert stopped(process)
        terminal.until("Stopped")
        if how != "SIGSTOP":  # nobody is asked before it
            assert "step 2/39" not in terminal.text() and "fg brings it back" in terminal.text()
        terminal.send(b"bg\r")
        terminal.read()
        assert stopped(process)
        terminal.send(b"fg\r")
        terminal.until("step 2/39")
        terminal.until("? keys")
        terminal.read(longest=2.0)
        assert terminal.lines() == before
    for step in range(3, 9):
        terminal.send(RIGHT)
        terminal.until(f"step {step}/39")
    terminal.send(b"q")
    terminal.until("enter open")
    terminal.send(b"q")
    terminal.until("ready>")
    terminal.send(b"echo status $?\r")
    terminal.until("status 0")
    terminal.kill()


def test_without_a_shell_to_come_back_from_it_does_not_stop(server: Server, tmp_path: Path) -> None:
    terminal = server.tutor(tmp_path, "learn", "hidden-delta")
    terminal.until("? keys")
    terminal.send(b"\x1a")
    terminal.until("No shell waits")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    assert terminal.end(signal.SIGTERM) != 0


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc who started the first of a group")
@pytest.mark.parametrize(
    ("how", "waits"),
    [
        ({"process_group": 0}, True),  # as a shell with job control starts it
        ({"start_new_session": True}, False),  # as sshd starts a command
    ],
)
def test_a_shell_waits_where_the_parent_is_of_the_same_session_and_another_group(
    how: dict[str, object], waits: bool
) -> None:
    asked = "from nntutor.tui.terminal.ending import has_shell; print(has_shell())"
    for command in ([sys.executable, "-c", asked], ["sh", "-c", '"$@"; true', "sh", sys.executable, "-c", asked]):
        told = subprocess.run(command, capture_output=True, text=True, check=True, **how)  # type: ignore[call-overload]
        assert told.stdout.strip() == str(waits), command


def test_a_parent_that_has_joined_the_group_is_no_shell_that_waits() -> None:
    """It would be stopped together with the tutor."""
    asked = "from nntutor.tui.terminal.ending import has_shell; input(); print(has_shell())"
    joins = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {asked!r}], stdin=subprocess.PIPE, process_group=0)\n"
        "os.setpgid(0, child.pid)\n"
        "child.communicate(b'\\n')\n"
    )
    told = subprocess.run([sys.executable, "-c", joins], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_no_process_is_left_when_the_terminal_is_closed(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    os.close(terminal.fd)
    terminal.fd = os.open(os.devnull, os.O_RDWR)
    ends = time.monotonic() + 10
    while terminal.status() is None and time.monotonic() < ends:
        time.sleep(0.02)
    assert terminal.status() == 128 + signal.SIGHUP
    terminal.kill()
    resumes(tmp_path)


DURING = """
import importlib.abc, os, sys
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), {number})
sys.meta_path.insert(0, Finder())
from nntutor.tui.command import main
sys.exit(main())
"""
MODULES = ("nntutor.tui.cli", "nntutor.lessons.course.load", "nntutor.tui.app", "numpy", "textual.drivers.linux_driver")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def modes(terminal: Terminal) -> list[object]:
    """The terminal's modes without its speed and its control characters."""
    return list(termios.tcgetattr(terminal.fd)[:4])


def ended(terminal: Terminal) -> int | None:
    """Its status once it has ended; its terminal can still be asked."""
    ends = time.monotonic() + 15
    while terminal.status() is None and time.monotonic() < ends:
        terminal.receive(0.01)
    return terminal.status()


@pytest.mark.parametrize(("module", "number"), list(zip(MODULES, STOPS * 2, strict=False)))
def test_a_signal_while_it_is_loaded_ends_it_without_a_word(
    tmp_path: Path, module: str, number: signal.Signals
) -> None:
    code = DURING.format(module=module, number=int(number))
    terminal = Terminal(tmp_path, command=[sys.executable, "-c", code, "learn", "hidden-delta"])
    assert terminal.wait() == 128 + number
    assert terminal.last == b""


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        *zip(("\x1b[?1049h", "\x1b[?7l", "hidden layer"), STOPS, strict=True),
        *((shown, signal.SIGTERM) for shown in ("\x1b[?1049h", "hidden layer")),
    ],
)
def test_a_signal_while_it_starts_gives_the_terminal_back(tmp_path: Path, number: signal.Signals, shown: str) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    before = modes(terminal)
    while shown.encode() not in terminal.recent:
        assert terminal.receive(15)
    os.kill(terminal.pid, number)
    assert ended(terminal) == 128 + number
    assert modes(terminal) == before
    terminal.read(0.05, 0.2)
    wrote = bytes(terminal.recent)
    # What hides the cursor may not have come to be written at all.
    assert wrote.count(b"\x1b[?1049l") == 1 and wrote.rindex(b"\x1b[?25h") > wrote.rfind(b"\x1b[?25l")
    assert b"Traceback" not in wrote


STARTING = """
import os, sys, time
sys.setswitchinterval(1e-6)
from nntutor.tui.command import main
from nntutor.tui.terminal.textual_private import UnixDriver
hide = UnixDriver._enable_bracketed_paste
def slow(self):
    os.kill(os.getpid(), {number})
    ends = time.monotonic() + {seconds}
    while time.monotonic() < ends:
        hide(self)
UnixDriver._enable_bracketed_paste = slow
sys.exit(main())
"""


# A start that is soon done is waited for; one that takes longer writes where nobody reads it.
@pytest.mark.parametrize(("number", "seconds"), [*((number, 0.1) for number in STOPS), (signal.SIGTERM, 1.0)])
def test_what_a_start_still_writes_does_not_come_after_what_is_put_back(
    tmp_path: Path, number: signal.Signals, seconds: float
) -> None:
    code = STARTING.format(number=int(number), seconds=seconds)
    terminal = Terminal(tmp_path, "learn", "hidden-delta", code=code)
    assert terminal.wait() == 128 + number
    assert terminal.last.rindex(b"\x1b[?2004l") > terminal.last.rindex(b"\x1b[?2004h")
    assert terminal.last.endswith(b"\x1b[?1004l")


BUSY = """
import sys
from nntutor.tui import app
from nntutor.tui.command import main
from nntutor.tui.terminal import ending
ending.GRACE = 0.2
take = app.Tutor._take
def busy(self, key, character):
    while character == "x":
        pass
    take(self, key, character)
app.Tutor._take = busy
sys.exit(main())
"""


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "ctrl+c"])
def test_a_tutor_that_never_comes_to_an_end_is_ended(tmp_path: Path, how: str) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", code=BUSY)
    before = modes(terminal)
    terminal.until("? keys")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    terminal.send(b"x")
    number = signal.SIGINT if how == "ctrl+c" else getattr(signal, how)
    if how == "ctrl+c":
        terminal.send(b"\x03")
    else:
        os.kill(terminal.pid, number)
    assert ended(terminal) == 128 + number
    assert modes(terminal) == before
    terminal.read(0.05, 0.2)
    assert all(sequence in terminal.recent for sequence in RESTORED)
    resumes(tmp_path)


def test_a_paste_whose_end_never_comes_leaves_ctrl_c(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    terminal.send(b"\x1b[200~abc")
    terminal.send(RIGHT)
    terminal.send(b"\x03")
    assert terminal.wait() == 128 + signal.SIGINT
    resumes(tmp_path)


def test_and_after_a_while_every_key(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    terminal.send(b"\x1b[200~")
    for _ in range(8):
        if "step 2/39" in terminal.text():
            terminal.press(RIGHT)
    terminal.until("step 3/39")
    terminal.end(signal.SIGTERM)


FAULTY = """
import sys
from nntutor.tui import app, cli
take = app.Tutor._take
def faulty(self, key, character):
    if character == "x":
        raise RuntimeError("boom")
    take(self, key, character)
app.Tutor._take = faulty
sys.exit(cli.main())
"""


def test_a_mistake_of_ours_gives_the_terminal_back_and_is_one_line(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", code=FAULTY)
    terminal.until("? keys")
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    terminal.send(b"x")
    assert terminal.wait() == 2
    assert all(sequence in terminal.last for sequence in RESTORED)
    said = terminal.last.rpartition(RESTORED[3])[2].decode().strip()
    assert said.startswith("nntutor: ") and "boom" in said and len(said.splitlines()) == 1
    resumes(tmp_path)


UNDRAWN = """
import sys
from nntutor.tui import cli
from nntutor.tui.drawing.pages import page
rows, broken = page.rows, []
def faulty(session):
    if broken or session.study.place.step == 2:
        broken.append(session)
        raise RuntimeError("boom")
    return rows(session)
page.rows = faulty
sys.exit(cli.main())
"""


def test_where_not_even_the_line_about_a_mistake_can_be_drawn_it_ends_as_well(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", code=UNDRAWN)
    terminal.until("? keys")
    terminal.send(RIGHT)
    assert terminal.wait() == 2
    assert all(sequence in terminal.last for sequence in RESTORED)
    said = terminal.last.rpartition(RESTORED[3])[2].decode().strip()
    assert said.startswith("nntutor: ") and "boom" in said and len(said.splitlines()) == 1
    assert "boom" in (tmp_path / "report-1.txt").read_text()
    resumes(tmp_path)


def test_bytes_that_are_no_text_and_keys_that_no_keyboard_has_are_passed_over(tmp_path: Path) -> None:
    terminal = opened(tmp_path)
    for odd in (b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[99999999u", b"\x1b[200~\xff\x00\xfe\x1b[201~", "실".encode()[:2],
                b"\x1b[?62;22c", b"\x1b]11;rgb:00/00/00\x07", b"\x1b[0n"):  # fmt: skip
        terminal.send(odd)
        terminal.read(longest=0.3)
    terminal.send(RIGHT)
    terminal.until("step 3/39")
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM


INTERRUPTED = """
import sys
class Stopped:
    def find_spec(self, name, *rest):
        if name == sys.argv[1]:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stopped())
from nntutor.tui.command import main
"""


@pytest.mark.parametrize("name", ["nntutor.tui.terminal.textual_settings", "nntutor.tui.terminal.ending"])
def test_ctrl_c_before_the_signals_are_taken_ends_without_a_word(name: str) -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED, name], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (128 + signal.SIGINT, "")
