"""A program begun in a process that has loaded everything already: for what is looked at once the program stands.

Loading is five sixths of what a start costs, and the same in each. So one process of every worker loads
(everything.py), and each program is a fork of it, with an environment, a folder and streams of its own, or a terminal.
What a start does before it stands, what Python itself takes from the environment, and how long a start takes, need a
process that begins with nothing: there a command is started.
"""

from __future__ import annotations

import atexit
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile

MAIN = "import sys; from nntutor.tui.command import main; sys.exit(main())"
# What Python and the libraries look at when they begin.
_AT_FIRST = ("PYTHON", "LC_", "ESCDELAY", "COLUMNS", "LINES", "TEXTUAL")
_HERE = Path(__file__).parent


def serves(environment: Mapping[str, str]) -> bool:
    """Whether a program that is given these variables besides is the same in a fork."""
    return not any(name.startswith(_AT_FIRST) for name in environment) and "UTF-8" in environment.get("LANG", "UTF-8")


class Fork:
    """Code that runs as `python -c` runs it. streams: a terminal, or standard input, output and error."""

    def __init__(
        self, code: str, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[int]
    ) -> None:
        self._told, far = socket.socketpair()
        with TemporaryFile() as asked, far:
            asked.write(pickle.dumps((code, list(arguments), dict(environment), os.getcwd())))
            asked.seek(0)
            socket.send_fds(_server(), [b"."], [asked.fileno(), far.fileno(), *streams])
        self.pid = _number(self._told)
        self._status: int | None = None

    def wait(self, seconds: float) -> int | None:
        """Its exit status (negative: by that signal), or None while it still runs after so long."""
        if self._status is None and select.select([self._told], [], [], seconds)[0]:
            self._status = _number(self._told)
            self._told.close()
        return self._status

    def end(self) -> None:
        """SIGKILL, where it still runs."""
        if self.wait(0) is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait(10)


def run(code: str, arguments: Sequence[str], environment: Mapping[str, str], typed: bytes) -> CompletedProcess[bytes]:
    """What a program does with what is typed, without a terminal."""
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(typed)
        given.seek(0)
        status = Fork(code, arguments, environment, [one.fileno() for one in (given, out, err)]).wait(60)
        assert status is not None, "the program does not end"
        out.seek(0)
        err.seek(0)
        return CompletedProcess(arguments, status, out.read(), err.read())


def _number(line: socket.socket) -> int:
    return int.from_bytes(line.recv(8), "big", signed=True)


@cache
def _server() -> socket.socket:
    """The line to the process that forks."""
    near, far = socket.socketpair()
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(_AT_FIRST) or name == "PYTHONPATH"
    }
    with far:
        command = [sys.executable, str(_HERE / "everything.py"), str(far.fileno())]
        server = subprocess.Popen(command, pass_fds=[far.fileno()], env={**clean, "LANG": "C.UTF-8"})
    atexit.register(server.wait)
    atexit.register(near.close)
    return near
