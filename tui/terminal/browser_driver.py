"""A browser in place of the terminal: the tutor as a process below textual-serve, or below its own command.

Both talk through the process's pipes, in packets: a letter, the length in four bytes, the content. D holds what a
terminal would send and be sent, M an object in JSON. Textual's own driver ends without a word where a packet is none,
and goes on for good when the server is gone.
"""

from __future__ import annotations

import json
import os
import selectors
import sys
from contextlib import suppress
from threading import Event, Thread
from typing import Any

from textual.app import App
from textual.messages import ExitApp

from nntutor.tui.terminal.ending import HUNG_UP, WATCH
from nntutor.tui.terminal.listening import ROOM, Listener
from nntutor.tui.terminal.textual_private import OpenDriver

_READY = b"__GANGLION__\n"  # what textual-serve waits for
_SECONDS = 0.1  # a lone escape waits so long for the rest of an arrow key
_MOST = 1000
"""Columns and rows that are believed."""
_HEAD = 5
_PIECE, _ROOM = 256, 1 << 20
"""Bytes that are handed on at once, and that may wait to be; what a page sends beyond is dropped."""
_AGAIN = 0.005  # seconds until it is looked whether the tutor takes more
_BEGIN = "\x1b[?1049h\x1b[?25l\x1b[?2004h"  # another screen, no cursor, marks around a paste


class BrowserDriver(OpenDriver):
    """Reads packets in a thread of its own, and ends the tutor when the tab is closed or the server gone."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(
            app, debug=debug, mouse=mouse, size=size or _believed(os.environ.get("COLUMNS"), os.environ.get("ROWS"))
        )
        self.exit_event = Event()
        self._reader = Thread(target=self._read_packets, name="browser-input")
        self._waiting = bytearray()

    @property
    def is_web(self) -> bool:
        return True

    # --- to the browser --------------------------------------------------------------------------

    def write(self, data: str) -> None:
        content = data.encode("utf-8", "replace")
        self.written += len(content)
        self._send(b"D", content)

    def _send(self, letter: bytes, content: bytes) -> None:
        with suppress(OSError):  # the server is gone: what is read says so
            _write(letter + len(content).to_bytes(4, "big") + content)

    def start_application_mode(self) -> None:
        _write(_READY)
        self.write(_BEGIN)
        self.resized(*(self.screen_size or _believed(None, None)))
        self._reader.start()

    def disable_input(self) -> None:
        self.exit_event.set()

    def stop_application_mode(self) -> None:
        self.exit_event.set()
        self._reader.join(1.0)  # what it would hand on has nobody who takes it
        self._send(b"M", b'{"type": "exit"}')

    # --- from the browser ------------------------------------------------------------------------

    def _read_packets(self) -> None:
        listener, data = Listener(self.new_parser, self.process_message), b""
        assert sys.__stdin__ is not None
        source = sys.__stdin__.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(source, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                self._hand_on(listener)
                if not selector.select(_AGAIN if self._waiting else _SECONDS):
                    if not self._waiting:
                        listener.hear(b"")
                    continue
                more = os.read(source, 65536)
                if not more:
                    self._gone()
                    return
                data += more
                while len(data) >= _HEAD and len(data) >= (end := _HEAD + int.from_bytes(data[1:_HEAD], "big")):
                    self._take(listener, data[:1], data[_HEAD:end])
                    data = data[end:]

    def _hand_on(self, listener: Listener) -> None:
        """So much of what was typed as the tutor has room for; the server's word never waits behind it."""
        while self._waiting and self.untaken <= ROOM and not self.exit_event.is_set():
            piece = bytes(self._waiting[:_PIECE])
            del self._waiting[:_PIECE]
            listener.hear(piece)

    def _take(self, listener: Listener, letter: bytes, content: bytes) -> None:
        if letter == b"D":
            self._waiting += content[: _ROOM - len(self._waiting)]
            self._hand_on(listener)
            return
        with suppress(ValueError, AttributeError):
            told = json.loads(content)
            match told.get("type"):
                case "resize":
                    self.resized(*_believed(told.get("width"), told.get("height")))
                case "quit":
                    self._gone()

    def _gone(self) -> None:
        """Nobody looks any more: the tutor ends as it does when a terminal has gone."""
        if WATCH.leave is None:  # not there yet
            self.send_message(ExitApp())
        else:
            with suppress(RuntimeError):
                WATCH.leave(HUNG_UP)


def _believed(width: object, height: object) -> tuple[int, int]:
    """What a browser says of its size, where that can be; else that of a terminal."""
    sides = (str(width), str(height))
    if all(side.isdecimal() and len(side) < 5 and 0 < int(side) <= _MOST for side in sides):
        return int(sides[0]), int(sides[1])
    return 80, 24


def _write(data: bytes) -> None:
    assert sys.__stdout__ is not None
    os.write(sys.__stdout__.fileno(), data)
