"""Ctrl+c, and the other signals that end the program, while lines are read: a run is stopped by the first of them.

Elsewhere ctrl+c ends the program with 130. The watch (terminal/ending.py) takes signals in a thread of its own; a read
that waits for a line in this one is woken by a signal that means nothing else.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from nntutor.tui.terminal.ending import INTERRUPTED, WATCH

_WAKES = getattr(signal, "SIGALRM", None)


class Ended(BaseException):
    """A signal has come that ends the program; the argument is the status."""


class Interrupts:
    """stopped: whether ctrl+c has come since the run began."""

    def __init__(self) -> None:
        self.stopped = False
        self._running = False
        self._status = INTERRUPTED

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While lines are read. Raises Ended in the thread that reads."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = [number for number in (signal.SIGINT, _WAKES) if number is not None]
        numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # as with nohup
        before = {number: signal.signal(number, self._came) for number in numbers}
        WATCH.stops, WATCH.leave = self._stops, self._leave
        try:
            yield
        finally:
            WATCH.stops, WATCH.leave = None, None
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def during_run(self) -> Iterator[None]:
        """While a run is on its way."""
        self.stopped, self._running = False, True
        try:
            yield
        finally:
            self._running = False

    def _stops(self) -> bool:
        """Whether there is a run to stop: a second ctrl+c ends the program, even where the run does not answer."""
        if not self._running or self.stopped:
            return False
        self.stopped = True
        return True

    def _came(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT or not self._stops():
            raise Ended(self._status if number != signal.SIGINT else INTERRUPTED)

    def _leave(self, status: int) -> None:
        """From the thread of the watch."""
        self._status = status
        if sys.platform != "win32":
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
