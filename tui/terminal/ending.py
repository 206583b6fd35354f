"""How the tutor ends and is suspended: which signals it answers, with which status, whether a shell can bring it back.

Stock Textual dies by SIGTERM and SIGHUP with the terminal in a mess, and a process that stops itself where no shell
waits for it would hang for good.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

INTERRUPTED = 128 + signal.SIGINT
SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))
"""Each ends the tutor with the status 128 + n, the place kept and the terminal as it was."""
HUNG_UP = 128 + getattr(signal, "SIGHUP", 1)
"""The status after the terminal has gone."""


def in_front() -> bool:
    """Whether the terminal is ours: a shell that continues us in the background keeps it."""
    if sys.platform == "win32" or sys.__stderr__ is None:
        return True
    try:
        return os.tcgetpgrp(sys.__stderr__.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return True


def has_shell() -> bool:
    """Whether a shell with job control waits for this program, so that ctrl+z can be followed by `fg`.

    It does where the first of our process group has a parent of the same terminal session in another group; over
    `ssh host nntutor` there is none (POSIX calls the group orphaned).
    """
    if sys.platform == "win32":
        return False
    try:
        leader = os.getpgrp()
        parent = os.getppid() if leader == os.getpid() else _parent(leader)
        return os.getsid(parent) == os.getsid(0) and os.getpgid(parent) != leader
    except (OSError, ValueError, IndexError):  # not to be read here
        return False


def stop() -> None:
    """Stop this process until a shell continues it."""
    if sys.platform != "win32":
        os.kill(os.getpid(), signal.SIGSTOP)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
