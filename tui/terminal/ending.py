"""How the tutor ends and is suspended: which signals it answers, with which status, whether a shell can bring it back.

Stock Textual dies by SIGTERM and SIGHUP with the terminal in a mess, and a process that stops itself where no shell
waits for it would hang for good. What is imported here is imported before anything else: it is kept short.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

INTERRUPTED = 128 + signal.SIGINT
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGXCPU", "SIGUSR1", "SIGUSR2")
SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
"""Each ends the tutor with the status 128 + n, the place kept and the terminal as it was.

SIGXCPU is what a server sends at `ulimit -t`; the last two mean nothing here, and would end the process all the same.
"""
HUNG_UP = 128 + getattr(signal, "SIGHUP", 1)
"""The status after the terminal has gone."""
GRACE = 3.0
"""Seconds in which the tutor can end by itself: it cannot while it computes, or where the terminal takes nothing."""
# What Textual's driver writes when it ends: paste marks, line wrap, sizes in band, the other screen, cursor, focus.
_LEFT = b"\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"

MOUSE_OFF = b"\x1b[?1006l\x1b[?1000l"
"""Takes back that the mouse is reported."""


class Watch:
    """Takes the signals that end the program in a thread of its own, so that nothing that it computes holds them up.

    leave: asks the tutor to end with a status, from any thread; RuntimeError where it has ended. stops: what ctrl+c
    stops instead, from any thread; whether there was something. drawn: whether the terminal shows the tutor. mouse:
    whether it reports the mouse. changing: held while that changes. Where nobody is to be asked, or nothing comes of
    it, the process ends here.
    """

    leave: Callable[[int], object] | None = None
    stops: Callable[[], bool] | None = None
    drawn = mouse = False
    _modes: Any = None

    def __init__(self) -> None:
        self.changing = _thread.allocate_lock()

    def begin(self) -> None:
        """From here on, and in threads that begin later. What whoever started us ignores (nohup) stays ignored."""
        if sys.platform != "win32":
            taken = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
            signal.pthread_sigmask(signal.SIG_BLOCK, taken)
            _thread.start_new_thread(self._take, (taken,))

    def touches_terminal(self) -> None:
        """Its modes are about to be changed: those of now will be put back."""
        if sys.platform != "win32":
            import termios

            try:
                self._modes = termios.tcgetattr(0)
            except termios.error:
                self._modes = None

    def _take(self, taken: list[signal.Signals]) -> None:
        if sys.platform != "win32":
            number = signal.sigwait(taken)
            while number == signal.SIGINT and self.stops is not None and self.stops():
                number = signal.sigwait(taken)
            status = 128 + number
            try:
                if self.leave is not None:
                    self.leave(status)
                    time.sleep(GRACE)
            except RuntimeError:
                pass
            self._put_back()
            os._exit(status)

    def _put_back(self) -> None:
        """The terminal as it was, unless it is somebody else's now or takes nothing. Whoever draws draws no more."""
        # Never released: who comes later would change the terminal again.
        self.changing.acquire(timeout=0.5)
        if sys.platform != "win32" and self._modes is not None and in_front():
            import select
            import termios

            try:
                terminal, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, 2)  # what waits in another thread to be written would come after what is put back
                if self.drawn and select.select([], [terminal], [], 0.1)[1]:
                    os.write(terminal, MOUSE_OFF * self.mouse + _LEFT)
                    termios.tcflush(0, termios.TCIFLUSH)  # answers that a shell would show as typed
                termios.tcsetattr(0, termios.TCSANOW, self._modes)
            except (OSError, termios.error):
                pass


WATCH = Watch()


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
    from pathlib import Path

    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
