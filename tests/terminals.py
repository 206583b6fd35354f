"""Programs on real pseudo-terminals, with an emulator that says what a person would see; used by tests and bench."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

import loaded
import pyte
from wcwidth import wcwidth

COMMAND = [sys.executable, "-c", loaded.MAIN]
RIGHT, LEFT, DOWN, UP = b"\x1b[C", b"\x1b[D", b"\x1b[B", b"\x1b[A"
# What the emulator does not know: it would print the ends of private sequences.
_UNKNOWN = re.compile(rb"\x1b\[[<>=?][\d;]*(?:\$p|u|\$y)")
# A sequence of which only the beginning has come.
_HALF = re.compile(rb"\x1b(?:\[[\d;<>=?$]*)?\Z")
_RECENT = 4_000_000
_OPEN: list[Program] = []
# What the one who starts the tests has set is not what the program is tried with. Without bytecode, or with other
# frames per second, a start would also take another time than the learner's.
_LEFT_OUT = (
    "NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT",
    "TEXTUAL_FPS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED",
)  # fmt: skip


class Program:
    """A program on a pseudo-terminal. What it writes is read and not drawn, so that reading takes no time.

    The tutor, or other code of Python, begins with everything loaded (loaded.py) unless it is `cold`, a command with
    nothing.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: list[str] | None = None,
        code: str = loaded.MAIN,
        cold: bool = False,
        size: tuple[int, int] = (80, 24),
        **environment: str,
    ) -> None:
        clean = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        clean |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "NNTUTOR_HOME": str(home), **environment}
        self._fork: loaded.Fork | None = None
        self.began = time.perf_counter()
        if command is None and not cold and loaded.serves(environment):
            self.fd, inside = pty.openpty()
            fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            self._fork = loaded.Fork(code, arguments, clean, [inside])
            os.close(inside)
            self.pid = self._fork.pid
        else:
            self.pid, self.fd = pty.fork()
            if self.pid == 0:
                whole = command or [sys.executable, "-c", code, *arguments]
                os.execvpe(whole[0], whole, clean)
        _OPEN.append(self)
        self.size = size
        self.last = b""
        self._status: int | None = None
        self.resize(*size)

    def resize(self, width: int, height: int) -> None:
        self.size = (width, height)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def send(self, keys: bytes) -> None:
        """Write all of it; what the program writes meanwhile is taken in, so that neither waits for the other."""
        while keys:
            readable, writable, _ = select.select([self.fd], [self.fd], [], 10.0)
            if not readable and not writable:
                raise TimeoutError(f"the program takes no more keys; {len(keys)} bytes are left")
            if writable:
                # A terminal has room for a few kilobytes of what is typed; more would block.
                keys = keys[os.write(self.fd, keys[:512]) :]
            elif not self.receive(0):
                raise EOFError("the program is gone")

    def receive(self, longest: float) -> bytes:
        """The next chunk within `longest` seconds; nothing where the program is silent or gone."""
        ready, _, _ = select.select([self.fd], [], [], longest)
        try:
            data = os.read(self.fd, 65536) if ready else b""
        except OSError:
            return b""
        self._take(data)
        return data

    def _take(self, data: bytes) -> None:
        """What is done with a chunk."""

    def read(self, quiet: float = 0.3, longest: float = 10.0) -> bytes:
        """Everything up to the first silence of `quiet` seconds."""
        return self.timed(time.perf_counter(), quiet, longest)[1]

    def timed(self, since: float, quiet: float, longest: float) -> tuple[float, bytes]:
        """Seconds from `since` to the last byte before silence, and what was written."""
        data, last, ends = b"", since, time.perf_counter() + longest
        while time.perf_counter() < ends:
            chunk = self.receive(quiet if data else longest)
            if not chunk:
                break
            data, last = data + chunk, time.perf_counter()
        return last - since, data

    def press(self, keys: bytes) -> bytes:
        self.send(keys)
        return self.read(0.15, 2.0)

    def text(self) -> str:
        """What the screen shows, where that is known."""
        return ""

    def end(self, number: int) -> int:
        """Send a signal; the exit status, as `wait` gives it."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> int:
        """The exit status once the program has ended (negative: by that signal); what it wrote is `last`."""
        self.last = self.read(0.3, 5.0)
        ends = time.monotonic() + 15
        status = self.status()
        while status is None and time.monotonic() < ends:
            self.last += self.receive(0.05)
            status = self.status()
        if status is None:
            self.kill()
            raise AssertionError(f"the program does not end:\n{self.text()}")
        while rest := self.receive(0):  # written between the last look and the end
            self.last += rest
        self.close()
        return status

    def status(self) -> int | None:
        """How the program has ended, or None while it runs."""
        if self._fork is not None:
            return self._fork.wait(0)
        if self._status is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = os.waitstatus_to_exitcode(status) if done else None
        return self._status

    def strike(self) -> None:
        """SIGKILL; what it has written can still be read."""
        if self._fork is not None:
            self._fork.end()
        elif self.status() is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self._status = -signal.SIGKILL

    def kill(self) -> None:
        """SIGKILL, and nothing more is read: what stood on the screen is what `text` gives."""
        self.strike()
        self.close()

    def close(self) -> None:
        os.close(self.fd)
        _OPEN.remove(self)


class Glass(pyte.Screen):
    """The emulator's screen; it is bare when a program goes to the alternate one, and when it comes back."""

    def set_mode(self, *modes: int, **how: bool) -> None:
        super().set_mode(*modes, **how)
        self._bared(modes, how)

    def reset_mode(self, *modes: int, **how: bool) -> None:
        super().reset_mode(*modes, **how)
        self._bared(modes, how)

    def _bared(self, modes: tuple[int, ...], how: dict[str, bool]) -> None:
        if how.get("private") and 1049 in modes:
            self.erase_in_display(2)


class Terminal(Program):
    """A program on a pseudo-terminal with a screen: `emulator` holds what it has drawn, read so far.

    answers: whether the cursor's place is told when the program asks for it, as terminals do. recent: the end of
    what was written.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: list[str] | None = None,
        code: str = loaded.MAIN,
        cold: bool = False,
        size: tuple[int, int] = (80, 24),
        answers: bool = True,
        **environment: str,
    ) -> None:
        self.emulator = Glass(*size)
        self._answers: list[str] = []
        if answers:
            self.emulator.write_process_input = lambda text: self._answers.append(text)  # type: ignore[method-assign]
        self._stream = pyte.ByteStream(self.emulator)
        self._half, self.recent = b"", bytearray()
        super().__init__(home, *arguments, command=command, code=code, cold=cold, size=size, **environment)

    def resize(self, width: int, height: int) -> None:
        super().resize(width, height)
        # The emulator would take lines away at the top; terminals do at the bottom, where the cursor is not there.
        for y in range(height, self.emulator.lines):
            self.emulator.buffer.pop(y, None)
        self.emulator.lines = min(height, self.emulator.lines)
        self.emulator.resize(height, width)

    def _take(self, data: bytes) -> None:
        self.recent += data
        del self.recent[:-_RECENT]
        data = self._half + data
        found = _HALF.search(data)
        self._half = found[0] if found else b""
        self._stream.feed(_UNKNOWN.sub(b"", data.removesuffix(self._half)))
        # Sending reads what comes meanwhile, which the emulator can take only now that it is done with this.
        answers, self._answers = "".join(self._answers), []
        if answers:
            self.send(answers.encode())

    def until(self, text: str, longest: float = 15.0) -> str:
        """Read until the screen shows the text; the screen."""
        ends, shown = time.monotonic() + longest, self.text()
        while text not in shown and time.monotonic() < ends:
            if self.receive(0.05):
                shown = self.text()
        assert text in shown, f"{text!r} does not come up:\n{shown}"
        return shown

    def cells(self, y: int) -> list[pyte.screens.Char]:
        """A row as it is seen: of a wide glyph that is half overwritten the other half is blank."""
        row = [self.emulator.buffer[y][x] for x in range(self.emulator.columns)]
        for x, cell in enumerate(row):
            stub = x > 0 and wcwidth(row[x - 1].data[:1] or " ") == 2
            cut = wcwidth(cell.data[:1] or " ") == 2 and (x + 1 == len(row) or row[x + 1].data != "")
            if cut or (cell.data == "" and not stub):
                row[x] = cell._replace(data=" ")
        return list(map(seen, row))

    def line(self, y: int) -> str:
        return "".join(cell.data for cell in self.cells(y)).rstrip()

    def lines(self) -> list[str]:
        return [self.line(y) for y in range(self.emulator.lines)]

    def text(self) -> str:
        return "\n".join(self.lines())


def seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    """A cell as an eye has it: of a blank one without a line only the ground."""
    letters = cell.data != " " or cell.reverse or cell.underscore
    return cell if letters else cell._replace(fg="default", bold=False)


def sweep() -> None:
    """End what a failed test has left running."""
    for program in list(_OPEN):
        program.kill()
