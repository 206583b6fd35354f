"""The process that has loaded what a program comes to load, and forks for each one that is begun (loaded.py)."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import pickle
import pkgutil
import socket
import sys
import threading
from contextlib import suppress
from types import ModuleType
from typing import NoReturn

import nntutor
from nntutor.tui.terminal import textual_settings

_LATER = (
    "nntutor.tui.terminal.browser_driver", "textual.drivers.headless_driver", "textual.drivers.web_driver",
    "textual.layouts.factory", "textual.pilot", "textual.scrollbar",
)  # fmt: skip


class _Constants(ModuleType):
    """What Textual takes from the environment when it is imported, and only some starts have in theirs."""

    @property
    def COLOR_SYSTEM(self) -> str:
        return os.environ.get("TEXTUAL_COLOR_SYSTEM", "auto")

    @property
    def DRIVER(self) -> str | None:
        return os.environ.get("TEXTUAL_DRIVER")


def load() -> None:
    from textual import constants  # once nntutor has shut its settings

    for found in pkgutil.walk_packages(nntutor.__path__, "nntutor."):
        if not found.name.startswith(("nntutor.tui.browser", "nntutor.__main__")):
            importlib.import_module(found.name)
    for name in _LATER:
        importlib.import_module(name)
    constants.__class__ = _Constants
    gc.collect()
    gc.freeze()


def serve(line: socket.socket) -> None:
    """Until nobody asks any more."""
    while True:
        asked, fds, _, _ = socket.recv_fds(line, 1, 5)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not asked:
            return
        if os.fork() == 0:
            line.close()
            keep(*fds)
        for fd in fds:
            os.close(fd)


def keep(request: int, answer: int, *streams: int) -> None:
    """Tell which process the program is and, when it has ended, how."""
    program = os.fork()
    if program == 0:
        os.close(answer)
        become(request, *streams)
    for stream in streams:
        os.close(stream)
    os.write(answer, program.to_bytes(8, "big", signed=True))
    status = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
    os.write(answer, status.to_bytes(8, "big", signed=True))
    os._exit(0)


def become(request: int, *streams: int) -> NoReturn:
    """The program, to its end."""
    with open(request, "rb") as file:
        code, arguments, environment, folder = pickle.load(file)
    if len(streams) == 1:
        os.login_tty(streams[0])
    else:
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
    open_streams()
    os.environ.clear()
    os.environ.update(environment)
    textual_settings.shut(os.environ)
    os.chdir(folder)
    sys.argv = ["-c", *arguments]
    end(ran(code))


def ran(code: str) -> int:
    """Its exit status."""
    try:
        exec(code, {"__name__": "__main__"})
        return 0
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1


def end(status: int) -> NoReturn:
    """As Python ends, but that what was loaded is not taken apart: that takes longer than a program does."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def open_streams() -> None:
    """As Python opens them where the locale is C.UTF-8."""
    sys.stdin = sys.__stdin__ = os.fdopen(0, "r", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)


if __name__ == "__main__":
    load()
    serve(socket.socket(fileno=int(sys.argv[1])))
