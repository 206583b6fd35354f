"""What comes from a terminal or a browser, whatever it is: Textual's own reader ends the program on bytes that are no
text and on reports of keys that no keyboard has. Here they are passed over, and the next key is read.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Callable
from time import monotonic

from textual import events
from textual.message import Message

from nntutor.tui.terminal.answers import BEGUN, CUT, OPEN, WHOLE, Report, parted
from nntutor.tui.terminal.pastes import INTERRUPT, Pastes
from nntutor.tui.terminal.textual_private import XTermParser

ROOM = 200
"""Keys that may wait to be taken. Whoever ends the program should not have to wait behind a megabyte of them."""
_PATIENCE = 1.0
"""Seconds in which the rest of an answer comes, or never."""


class Listener:
    """Makes messages of bytes and of silence, and outlives all of them.

    new_parser: makes what turns text into messages; send: takes those.
    """

    def __init__(self, new_parser: Callable[[], XTermParser], send: Callable[[Message], None]) -> None:
        self._new_parser, self._send = new_parser, send
        self._decode = getincrementaldecoder("utf-8")(errors="ignore").decode
        self._parser, self._pastes = new_parser(), Pastes()
        self._held = self._open = ""  # the beginning of an answer; an escape that was handed on and may be one's
        self._last = 0.0

    def hear(self, data: bytes) -> bool:
        """Take what came, or nothing where it is silent; whether ctrl+c was in it."""
        interrupted = False
        for text, report in parted(self._ended(self._decode(data), monotonic())):
            interrupted |= self._keys(WHOLE.sub("", text))
            if report is not None:
                self._send(_event(report))
        return interrupted

    def _ended(self, text: str, now: float) -> str:
        """The text, behind what was held back; without the beginning of an answer whose end has not come yet."""
        if now - self._last > _PATIENCE:
            self._held = self._open = ""
        if not text:
            return ""
        self._last = now
        if self._open and CUT.match(self._open + text):
            text, self._parser = self._open + text, self._new_parser()  # the escape that waits in it is no key
            self._open = ""
        text = self._held + text
        found = BEGUN.search(text)
        self._held = found[0] if found else ""
        return text.removesuffix(self._held)

    def _keys(self, text: str) -> bool:
        """Hand on what is typed or pasted; whether ctrl+c was in it."""
        text = self._pastes.passed(text, monotonic())
        if text:
            self._open = next((one for one in OPEN if (self._open + text).endswith(one)), "")
        if not self._passed_on(text):
            self._parser, self._pastes = self._new_parser(), Pastes()
        return INTERRUPT in text

    def _passed_on(self, text: str) -> bool:
        """Whether the parser could make something of the text; one that could not is of no more use."""
        try:
            if text:
                for message in self._parser.feed(text):
                    self._send(message)
            for message in self._parser.tick():
                self._send(message)
        except (ValueError, OverflowError, LookupError, TypeError):
            return False
        return True


def _event(report: Report) -> events.MouseEvent:
    """The report as Textual would tell it."""
    kind = {0: events.MouseDown, 1: events.MouseScrollDown, -1: events.MouseScrollUp}[report.wheel]
    x, y = report.column, report.row
    return kind(None, x, y, 0, 0, 0 if report.wheel else 1, False, False, False, screen_x=x, screen_y=y)
