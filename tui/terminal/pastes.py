"""Pastes that end: a terminal marks where one begins and where it ends, and until the end every key is text.

A mark can get lost on its way (a line that broke, a program that printed one). So a paste ends by itself when it is
silent, when it takes too long for what is typed, and at ctrl+c; of one without end only the beginning is kept.
"""

from __future__ import annotations

BEGIN, END = "\x1b[200~", "\x1b[201~"
SILENCE, LONGEST = 2.0, 10.0
"""Seconds after the last letter, and in all while no more come at once than are typed."""
BURST = 64
"""So many letters at once are no keys: a paste goes on, however long it takes."""
MOST = 100_000
"""Letters that are handed on; no line that is typed here is that long."""
INTERRUPT = "\x03"
# Neither is text; and in a paste without end, answers of the terminal and arrow keys would be taken for other keys.
_NO_TEXT = {0x1B: None, 0x03: None}


class Pastes:
    """Hands on what the terminal sends, and ends what it leaves open. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._last, self._room = 0.0, 0
        self._tail = ""  # the end of what was handed on, or, in a paste, what may be the beginning of its mark

    def passed(self, text: str, now: float) -> str:
        """What the reader of keys gets of the text, or of silence; of a paste its text alone."""
        given = self._overdue(now)
        while text:
            before, text = self._inside(text, now) if self._began is not None else self._outside(text, now)
            given += before
        return given

    def _overdue(self, now: float) -> str:
        """The mark of the end, where the paste should have had one by now."""
        if self._began is None or (now - self._last < SILENCE and now - self._began < LONGEST):
            return ""
        self._began, self._tail = None, ""
        return END

    def _outside(self, text: str, now: float) -> tuple[str, str]:
        whole, known = self._tail + text, len(self._tail)
        found = whole.find(BEGIN)
        if found < 0:
            self._tail = whole[-len(BEGIN) + 1 :]
            return text, ""
        end = found + len(BEGIN) - known
        self._began, self._last, self._room, self._tail = now, now, MOST, ""
        return text[:end], text[end:]

    def _inside(self, text: str, now: float) -> tuple[str, str]:
        whole, self._last = self._tail + text, now
        if len(text) >= BURST:
            self._began = now
        found = whole.find(END)
        after = found + len(END)
        if found < 0 and len(text) < BURST:  # not every terminal takes it out of what it pastes
            found = after = whole.find(INTERRUPT)
        if found >= 0:
            self._began, self._tail = None, ""
            return whole[: min(found, self._room)].translate(_NO_TEXT) + END, whole[after:]
        # What may be half of a mark waits for the other half.
        self._tail = next((END[:size] for size in range(len(END) - 1, 0, -1) if whole.endswith(END[:size])), "")
        whole = whole.removesuffix(self._tail)[: self._room]
        self._room -= len(whole)
        return whole.translate(_NO_TEXT), ""
