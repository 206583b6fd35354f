"""Which sessions still live: a place is resumed only when the process that kept it has ended."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

# A row of another machine (a home folder shared by several) counts as in use for this long, in seconds.
FOREIGN_SECONDS = 24 * 3600


def began_at(pid: int) -> str:
    """When a process began, so that a number that is used again is told apart; empty where not known."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def alive(host: str, pid: int, began: str, at: float) -> bool:
    """Whether the session of a row may still be running; the number 0 says that it has ended."""
    if pid <= 0:
        return False
    if host != socket.gethostname():
        return time.time() - at < FOREIGN_SECONDS
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return not began or began_at(pid) in ("", began)
