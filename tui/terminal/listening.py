"""What comes from a terminal or a browser, whatever it is: Textual's own reader ends the program on bytes that are no
text and on reports of keys that no keyboard has. Here they are passed over, and the next key is read.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from time import monotonic

from textual.message import Message

from nntutor.tui.terminal.pastes import INTERRUPT, Pastes
from nntutor.tui.terminal.textual_private import XTermParser

ROOM = 200
"""Keys that may wait to be taken. Whoever ends the program should not have to wait behind a megabyte of them."""
# Answers to what others have asked the terminal, a shell's prompt for one: Textual would take them for keys.
_ANSWERS = re.compile(
    r"\x1b(?:\[[<=>?\d;]*[cn]|\[\?[\d;]*u|\[(?!48;)[\d;]*t|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\)"
)


class Listener:
    """Makes messages of bytes and of silence, and outlives all of them.

    new_parser: makes what turns text into messages; send: takes those.
    """

    def __init__(self, new_parser: Callable[[], XTermParser], send: Callable[[Message], None]) -> None:
        self._new_parser, self._send = new_parser, send
        self._decode = getincrementaldecoder("utf-8")(errors="ignore").decode
        self._parser, self._pastes = new_parser(), Pastes()

    def hear(self, data: bytes) -> bool:
        """Take what came, or nothing where it is silent; whether ctrl+c was in it."""
        text = self._pastes.passed(_ANSWERS.sub("", self._decode(data)), monotonic())
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
