"""`nntutor serve` from the command line: what starts a tutor in each tab, what is said, and what cannot be."""

from __future__ import annotations

import errno
import os
import shlex
import socket
import subprocess
import sys

from nntutor.tui.arguments import Arguments
from nntutor.tui.output import Output
from nntutor.tui.usage import UsageError


def run(given: Arguments, out: Output) -> int:
    """Serve until a signal comes; the exit status. UsageError where that cannot be done."""
    try:
        from nntutor.tui.browser import page, serve
    except ModuleNotFoundError as error:
        raise UsageError("no_web") from error

    def begun() -> None:
        key = "here" if serve.is_here(given.host) else "open"
        out.prompt(f"{out.words.say(f'serve.{key}', url=_address(given))}\n")

    try:
        return serve.serve(given.host, given.port, tutor(given), page.page(out.words), begun)
    except (OSError, ValueError) as error:
        raise _refused(given, error) from error


def tutor(given: Arguments) -> str:
    """What starts a tutor, for a shell. -P: not one that lies in the folder at hand."""
    language = ["--lang", given.language] if given.language else []
    looks = [*(["--ascii"] if given.ascii else []), *([] if given.color else ["--no-color"])]
    words = [sys.executable, "-P", "-m", "nntutor", *language, *looks]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else f"exec {shlex.join(words)}"


def _address(given: Arguments) -> str:
    """What to type in a browser; where every address of this machine is meant, its name."""
    host = socket.gethostname() if _is_every(given.host) else given.host
    return f"http://{f'[{host}]' if ':' in host else host}:{given.port}"


def _is_every(host: str) -> bool:
    """Whether every address of this machine is meant, however that is written."""
    try:
        return host == "::" or not any(socket.inet_aton(host))
    except (OSError, ValueError):
        return False


def _refused(given: Arguments, error: OSError | ValueError) -> UsageError:
    number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None
    if number == errno.EADDRINUSE:
        return UsageError("port_taken", port=given.port)
    if isinstance(error, UnicodeError) or error.args[:1] == (socket.EAI_NONAME,):
        return UsageError("no_host", host=given.host)
    reason = os.strerror(number) if number else getattr(error, "strerror", None) or str(error)
    return UsageError("not_served", host=given.host, port=given.port, reason=reason)
