"""What a Unix terminal sends, read in a thread that no input can end, and how its modes are changed and put back."""

from __future__ import annotations

import os
import selectors
import signal
import sys
from time import monotonic

from nntutor.tui.terminal.ending import MOUSE_OFF, WATCH
from nntutor.tui.terminal.listening import ROOM, Listener
from nntutor.tui.terminal.textual_private import UnixDriver

assert sys.platform != "win32"  # where it is, Textual's own driver is taken

# How long a lone escape waits for the rest of an arrow key; the reader also looks this often whether it should end.
_SECONDS = 0.1


# Seconds that ctrl+c may wait to be taken, as every key does.
_PATIENCE = 1.0


class TerminalDriver(UnixDriver):
    """Reads keys in a thread of its own, as its base does, and outlives all of them."""

    def write(self, data: str) -> None:
        self.written += len(data.encode("utf-8", "replace"))
        super().write(data)

    def start_application_mode(self) -> None:
        with WATCH.changing:
            WATCH.touches_terminal()
            WATCH.drawn = True
            super().start_application_mode()  # type: ignore[no-untyped-call]
            if self.mouse_reported:  # before a shell had the terminal
                self.report_mouse(True)

    def stop_application_mode(self) -> None:
        with WATCH.changing:
            if self.mouse_reported:
                self.write(MOUSE_OFF.decode())
            super().stop_application_mode()

    def close(self) -> None:
        with WATCH.changing:
            super().close()
            WATCH.drawn = False  # no sooner: what ends it has waited to be written

    def run_input_thread(self) -> None:
        listener, asked = Listener(self.new_parser, self.process_message), None
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if asked is not None and monotonic() - asked > _PATIENCE:
                    os.kill(os.getpid(), signal.SIGINT)  # ctrl+c was typed, and the app does not come to it
                    asked = None
                if self.untaken > ROOM:
                    self.exit_event.wait(0.005)  # let the terminal hold back what is pasted or typed ahead
                    continue
                ready = selector.select(_SECONDS)
                data = self._read() if ready else b""
                if ready and not data:
                    os.kill(os.getpid(), signal.SIGHUP)  # the terminal is gone
                    return
                if listener.hear(data):
                    asked = monotonic()

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 1024)
        except OSError:
            return b""
