"""Why something cannot be read or written, as systems and SQLite say it, which is in English, told in the language.

What stands in no table here is told as it was said.
"""

from __future__ import annotations

import errno
import os

_CAUSES = {
    "no_room": ("ENOSPC", "EDQUOT", "database or disk is full"),
    "not_allowed": ("EACCES", "EPERM"),
    "read_only": ("EROFS", "attempt to write a readonly database"),
    "not_there": ("ENOENT",),
    "is_a_folder": ("EISDIR",),
    "no_folder": ("ENOTDIR",),
    "no_home": ("Could not determine home directory.",),
    "is_there": ("EEXIST",),
    "too_large": ("EFBIG",),
    "too_long": ("ENAMETOOLONG",),
    "defective": ("EIO", "disk I/O error"),
    "closed": ("EBADF",),
    "locked": ("database is locked",),
    "damaged": ("database disk image is malformed", "file is not a database"),
    "port_taken": ("EADDRINUSE",),
}
"""Under [cause]: names of errno, or sentences of SQLite and of pathlib."""


def cause(said: str) -> str:
    """The word under [cause] for what a system has said; empty where there is none."""
    return next((word for word, names in _CAUSES.items() if said in map(_sentence, names)), "")


def _sentence(name: str) -> str:
    number = getattr(errno, name, None)
    return name if number is None else os.strerror(number)
