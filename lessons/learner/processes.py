"""Which sessions still live: a place is resumed only when the process that kept it has ended."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

# A row of another machine (a home folder shared by several) counts as in use for this long, in seconds.
FOREIGN_SECONDS = 24 * 3600
_ENDED = ("Z", "X")
# Windows' own numbers (winnt.h, winerror.h, minwinbase.h).
_QUERY_LIMITED_INFORMATION, _ACCESS_DENIED, _STILL_ACTIVE = 0x1000, 5, 259


def began_at(pid: int) -> str:
    """When a process began, so that a number that is used again is told apart; empty where not known."""
    return _told(pid, 19)


def _told(pid: int, field: int) -> str:
    """What the system tells of a process behind its name (proc(5), stat); empty where not known."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[field]
    except (OSError, IndexError):
        return ""


def alive(host: object, pid: object, began: object, at: object) -> bool:
    """Whether the session of a row may still be running; the number 0 says that it has ended, nonsense too."""
    if not (isinstance(pid, int) and 0 < pid < 2**31 and isinstance(at, int | float)):
        return False
    if host != socket.gethostname():
        return abs(time.time() - at) < FOREIGN_SECONDS
    # One that has ended keeps its number until its parent asks, which the first process of a container may never do.
    return _is_running(pid) and _told(pid, 0) not in _ENDED and (not began or began_at(pid) in ("", began))


def _is_running(pid: int) -> bool:
    """Whether there is a process of that number, whoever's it is; it hears nothing of the question."""
    if sys.platform == "win32":  # there, signal 0 is ctrl+c
        import ctypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        process = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, pid)
        if process is None:
            return ctypes.get_last_error() == _ACCESS_DENIED
        code = ctypes.c_ulong()
        known = kernel.GetExitCodeProcess(ctypes.c_void_p(process), ctypes.byref(code))
        kernel.CloseHandle(ctypes.c_void_p(process))
        return not known or code.value == _STILL_ACTIVE
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
