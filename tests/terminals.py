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

import pyte

COMMAND = [sys.executable, "-c", "import sys; from nntutor.tui.cli import main; sys.exit(main())"]
RIGHT, LEFT, DOWN, UP = b"\x1b[C", b"\x1b[D", b"\x1b[B", b"\x1b[A"
# What the emulator does not know: it would print the ends of private sequences.
_UNKNOWN = re.compile(rb"\x1b\[[<>=?][\d;]*(?:\$p|u|\$y)")
_OPEN: list[Terminal] = []
_LEFT_OUT = ("NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


class Terminal:
    """A program on a pseudo-terminal; `screen` holds what it has drawn, read so far.

    answers: whether the cursor's place is told when the program asks for it, as terminals do.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        command: list[str] | None = None,
        size: tuple[int, int] = (80, 24),
        answers: bool = True,
        **environment: str,
    ) -> None:
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            clean = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
            clean |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "NNTUTOR_HOME": str(home), **environment}
            whole = command or [*COMMAND, *arguments]
            os.execvpe(whole[0], whole, clean)
        _OPEN.append(self)
        self.emulator = pyte.Screen(*size)
        if answers:
            self.emulator.write_process_input = lambda text: self.send(text.encode())  # type: ignore[method-assign]
        self._stream = pyte.ByteStream(self.emulator)
        self.last = b""
        self._size(*size)

    def _size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def resize(self, width: int, height: int) -> None:
        self._size(width, height)
        self.emulator.resize(height, width)

    def send(self, keys: bytes) -> None:
        os.write(self.fd, keys)

    def receive(self, longest: float) -> bytes:
        """The next chunk within `longest` seconds, drawn; nothing where the program is silent or gone."""
        ready, _, _ = select.select([self.fd], [], [], longest)
        try:
            data = os.read(self.fd, 65536) if ready else b""
        except OSError:
            return b""
        self._stream.feed(_UNKNOWN.sub(b"", data))
        return data

    def read(self, quiet: float = 0.3, longest: float = 10.0) -> bytes:
        """Everything up to the first silence of `quiet` seconds."""
        data, began = b"", time.monotonic()
        while time.monotonic() - began < longest:
            chunk = self.receive(quiet if data else longest)
            if not chunk:
                break
            data += chunk
        return data

    def until(self, text: str, longest: float = 15.0) -> str:
        """Read until the screen shows the text; the screen."""
        ends = time.monotonic() + longest
        while text not in self.text() and time.monotonic() < ends:
            self.receive(0.05)
        assert text in self.text(), f"{text!r} does not come up:\n{self.text()}"
        return self.text()

    def press(self, keys: bytes) -> bytes:
        self.send(keys)
        return self.read(0.15, 2.0)

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.emulator.display]

    def text(self) -> str:
        return "\n".join(self.lines())

    def end(self, number: int) -> int:
        """Send a signal; the exit status, as `wait` gives it."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> int:
        """The exit status once the program has ended (negative: by that signal); what it wrote is `last`."""
        self.last = self.read(0.3, 5.0)
        ends = time.monotonic() + 15
        done, status = os.waitpid(self.pid, os.WNOHANG)
        while done == 0 and time.monotonic() < ends:
            self.last += self.receive(0.05)
            done, status = os.waitpid(self.pid, os.WNOHANG)
        if done == 0:
            self.kill()
            raise AssertionError(f"the program does not end:\n{self.text()}")
        self._close()
        return os.waitstatus_to_exitcode(status)

    def kill(self) -> None:
        """SIGKILL, and nothing more is read: what stood on the screen is what `text` gives."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self._close()

    def _close(self) -> None:
        os.close(self.fd)
        _OPEN.remove(self)


def sweep() -> None:
    """End what a failed test has left running."""
    for terminal in list(_OPEN):
        terminal.kill()
