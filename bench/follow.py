"""Notes the functions of the project that a program calls which a test of bench/mutants.py has started.

Laid as `sitecustomize` where every Python that a test starts finds it. The program may be killed at any moment, so
each function is written down as it is called for the first time.
"""

from __future__ import annotations

import os
import sys
import threading
from functools import cache
from types import CodeType, FrameType


def own(code: CodeType, root: str) -> str | None:
    """path:qualified name, of a function of the project; what is written inside of it counts as itself."""
    path = _path(code.co_filename, root)
    if not path.startswith(("core/", "lessons/", "tui/")) or code.co_name == "<module>":
        return None
    return f"{path}:{code.co_qualname.partition('.<locals>')[0]}"


@cache
def _path(file: str, root: str) -> str:
    return os.path.relpath(os.path.realpath(file), root)


def follow(test: str, root: str, into: str) -> None:
    seen: dict[int, CodeType] = {}  # the codes are held, or another could get the number of one
    notes = open(into, "a", buffering=1, encoding="utf-8")  # noqa: SIM115 — until the process ends

    def note(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if id(code) not in seen:
            seen[id(code)] = code
            if (name := own(code, root)) is not None:
                notes.write(f"{test}\t{name}\n")

    threading.settrace(note)
    sys.settrace(note)


if __name__ == "sitecustomize" and "PYTEST_CURRENT_TEST" in os.environ:
    follow(os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0], os.environ["SEEN_ROOT"], os.environ["SEEN_BELOW"])
