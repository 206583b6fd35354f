"""What comes from the terminal, whatever it is: Textual's own reader ends the program on bytes that are no text and on
reports of keys that no keyboard has. Here they are passed over, and the next key is read.
"""

from __future__ import annotations

import os
import re
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from time import monotonic

from nntutor.tui.terminal.ending import WATCH
from nntutor.tui.terminal.pastes import INTERRUPT, Pastes
from nntutor.tui.terminal.textual_private import UnixDriver, XTermParser

assert sys.platform != "win32"  # where it is, Textual's own driver is taken

# How long a lone escape waits for the rest of an arrow key; the reader also looks this often whether it should end.
_SECONDS = 0.1


# Keys that may wait to be taken. Whoever ends the program should not have to wait behind a megabyte of them.
_ROOM = 200
# Seconds that ctrl+c may wait to be taken, as every key does.
_PATIENCE = 1.0
# Answers to what others have asked the terminal, a shell's prompt for one: Textual would take them for keys.
_ANSWERS = re.compile(
    r"\x1b(?:\[[<=>?\d;]*[cn]|\[\?[\d;]*u|\[(?!48;)[\d;]*t|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\)"
)


class TerminalDriver(UnixDriver):
    """Reads keys in a thread of its own, as its base does, and outlives all of them."""

    def start_application_mode(self) -> None:
        with WATCH.changing:
            WATCH.touches_terminal()
            WATCH.drawn = True
            super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        with WATCH.changing:
            super().stop_application_mode()

    def close(self) -> None:
        with WATCH.changing:
            super().close()
            WATCH.drawn = False  # no sooner: what ends it has waited to be written

    def run_input_thread(self) -> None:
        decode = getincrementaldecoder("utf-8")(errors="ignore").decode
        parser, pastes, asked = self.new_parser(), Pastes(), None
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if asked is not None and monotonic() - asked > _PATIENCE:
                    os.kill(os.getpid(), signal.SIGINT)  # ctrl+c was typed, and the app does not come to it
                    asked = None
                if self.untaken > _ROOM:
                    self.exit_event.wait(0.005)  # let the terminal hold back what is pasted or typed ahead
                    continue
                ready = selector.select(_SECONDS)
                data = self._read() if ready else b""
                if ready and not data:
                    os.kill(os.getpid(), signal.SIGHUP)  # the terminal is gone
                    return
                text = pastes.passed(_ANSWERS.sub("", decode(data)), monotonic())
                if INTERRUPT in text:
                    asked = monotonic()
                if not self._passed_on(parser, text):
                    parser, pastes = self.new_parser(), Pastes()

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 1024)
        except OSError:
            return b""

    def _passed_on(self, parser: XTermParser, text: str) -> bool:
        """Whether the parser could make something of the text; one that could not is of no more use."""
        try:
            if text:
                for message in parser.feed(text):
                    self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
        except (ValueError, OverflowError, LookupError, TypeError):
            return False
        return True
