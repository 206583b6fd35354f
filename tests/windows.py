"""A process made to look like one on Windows, as far as that can be done honestly on another system.

What is gone: modules, functions of `os`, signals. What is there: `sys.platform`, and of the kernel the three calls that
are used. Libraries are loaded before, as their own builds for Windows would be there. `os.name` stays, because pathlib
would make paths of it that do not exist here; nntutor does not ask for it.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import ClassVar

LIBRARIES = (
    "aiohttp.web", "argparse", "asyncio", "concurrent.futures", "csv", "ctypes", "difflib", "importlib.metadata",
    "json", "locale", "numpy", "plotext", "rich.console", "selectors", "shutil", "socket", "sqlite3", "statistics",
    "subprocess", "textual.app", "textual.drivers.headless_driver", "textual.pilot", "textual_serve.server",
    "tomllib", "zlib",
)  # fmt: skip
MODULES = ("termios", "tty", "pty", "fcntl", "curses", "_curses", "resource", "pwd", "grp", "syslog", "readline")
# What the documentation of os gives as "Availability: Unix", where code like ours could come to use it.
FUNCTIONS = (
    "getuid", "geteuid", "getgid", "getegid", "getgroups", "getpgid", "getpgrp", "getsid", "setsid", "setpgid",
    "setuid", "tcgetpgrp", "tcsetpgrp", "ttyname", "ctermid", "openpty", "forkpty", "fork", "killpg", "nice", "mkfifo",
    "mknod", "uname", "getloadavg", "chown", "lchown", "fchown", "chroot", "wait", "wait3", "wait4", "WNOHANG",
    "WIFEXITED", "set_blocking", "get_blocking", "statvfs", "posix_spawn", "sendfile", "O_NONBLOCK", "O_NOCTTY",
    "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_SYNC",
)  # fmt: skip
SIGNALS = ("SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM")


class Missing:
    """Finds that a module is not there."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


class Kernel:
    """kernel32 with some processes: by number the exit code, 259 while one runs, None for one of another user."""

    processes: ClassVar[dict[int, int | None]] = {os.getpid(): 259}
    open_handles = 0
    error = 0

    def __init__(self, name: str, use_last_error: bool = False) -> None:
        assert (name, use_last_error) == ("kernel32", True)
        self.OpenProcess = _Function(self._open)
        self.GetExitCodeProcess = _Function(self._exit_code)
        self.CloseHandle = _Function(self._close)

    def _open(self, access: int, inherit: bool, number: int) -> int | None:
        assert access == 0x1000, "PROCESS_QUERY_LIMITED_INFORMATION and no more"
        code = Kernel.processes.get(number, -1)
        if code is None or code == -1:
            Kernel.error = 5 if code is None else 87  # ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER
            return None
        Kernel.open_handles += 1
        return number

    def _exit_code(self, handle: ctypes.c_void_p, code: object) -> int:
        code._obj.value = Kernel.processes[handle.value or 0]  # type: ignore[attr-defined]
        return 1

    def _close(self, handle: ctypes.c_void_p) -> int:
        Kernel.open_handles -= 1
        return 1


class _Function:
    """A function of a library: it may be told what it gives back."""

    restype: object = ctypes.c_int

    def __init__(self, call: object) -> None:
        self._call = call

    def __call__(self, *given: object) -> object:
        return self._call(*given)  # type: ignore[operator]


def pretend() -> None:
    """From here on this process is one on Windows."""
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] in MODULES]:
        del sys.modules[name]
    sys.meta_path.insert(0, Missing())
    for name in FUNCTIONS:
        if hasattr(os, name):
            delattr(os, name)
    for name in dir(signal):
        if name.startswith("SIG") and name[3] != "_" and name not in SIGNALS:
            delattr(signal, name)
    _drive()
    os.kill = _no_signal
    ctypes.WinDLL = Kernel  # type: ignore[attr-defined]
    ctypes.get_last_error = lambda: Kernel.error  # type: ignore[attr-defined]
    sys.platform = "win32"


def _drive() -> None:
    """Textual takes its driver for Windows; a screen that nobody sees stands in for it."""
    from textual import app
    from textual.drivers.headless_driver import HeadlessDriver

    class WindowsDriver(HeadlessDriver):
        @property
        def can_suspend(self) -> bool:
            return True

    module = ModuleType("textual.drivers.windows_driver")
    module.WindowsDriver = WindowsDriver  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    app.WINDOWS = True  # type: ignore[attr-defined]


def _no_signal(number: int, sent: int) -> None:
    raise AssertionError(f"os.kill({number}, {sent}): on Windows 0 is ctrl+c, and most others end the process")
