"""How much may be on its way to the terminal, so that a slow line drops frames and never queues them.

What is written to a terminal is stored by the program, the SSH server and the line; on a slow one, every key would be
answered behind all of it. After a frame the terminal is asked where its cursor is; its answer says that the frame has
arrived. Steps at a calm pace are not asked about: they cost nothing. Terminals that never answer are left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FRAMES = 4.0
"""Frames of a run per second: more would fill a slow line and delay the keys."""
_BURST = 0.25
_WINDOW = 3
AHEAD = 3750
"""Bytes that a frame may have before it: a line of 25 KB a second passes them in `_PASSES`."""
_PASSES = 0.15
_LATE = 1.5
_PATIENCE = 1.0
_TRIES = 5


@dataclass(frozen=True)
class Pace:
    """painted: when the last frame was, in seconds; asked: when the last question was.

    waiting: the bytes of each frame that is asked about and on its way; None where it is still to be written. loose:
    those of the last frame that is not asked about.

    answers: this terminal has answered before; tries: questions asked before it ever did.
    """

    painted: float = -1e9
    waiting: tuple[int | None, ...] = ()
    loose: int = 0
    asked: float = -1e9
    answers: bool = False
    tries: int = 0

    def free(self, now: float, running: bool) -> bool:
        """Whether a frame may go out: one of a run only when nothing is on its way, any other one within a window."""
        waiting = self._open(now)
        if not running:
            ahead = sum(size or 0 for size in waiting) + self._loose(now)
            return not self.answers or (len(waiting) < _WINDOW and ahead <= AHEAD)
        silent = not self.answers and now - self.painted >= _PATIENCE
        return (not waiting or silent) and self.late(now)

    def late(self, now: float) -> bool:
        """Whether so long nothing was painted that a frame goes out although keys wait."""
        return now - self.painted >= 1 / FRAMES

    def asks(self, now: float, running: bool) -> bool:
        """Whether the frame that goes out now is asked about: in runs and bursts, where the terminal may answer."""
        return (running or now - self.painted < _BURST) and self._asking

    def sent(self, now: float, asked: bool) -> Pace:
        """After a frame, asked about or not."""
        if not asked:
            return replace(self, painted=now, loose=0)
        tries, waiting = self.tries if self.answers else self.tries + 1, self._open(now)
        waiting = waiting if None in waiting else (*waiting, None)  # what is still to be written is one frame
        return Pace(now, waiting, self._loose(now), now, self.answers, tries)

    def written(self, size: int, now: float) -> tuple[Pace, bool]:
        """After a frame has been written, of so many bytes; whether it is asked about.

        That was to be so, or it is too large for what comes after it.
        """
        asked = None in self.waiting
        if not asked and (size <= AHEAD or not self._asking):
            return replace(self, loose=size), False
        pace = self if asked else self.sent(now, asked=True)
        return replace(pace, waiting=tuple(size if one is None else one for one in pace.waiting)), True

    def answered(self) -> Pace:
        """After an answer; one that nobody has asked for says nothing."""
        return replace(self, waiting=self.waiting[1:], answers=True) if self.waiting else self

    def due(self, now: float) -> float:
        """Seconds until what is on its way counts as lost."""
        return max(0.0, self.asked + _LATE - now)

    def expects(self, now: float) -> bool:
        """Whether an answer may still come that a shell would show as typed."""
        return bool(self._open(now)) and now - self.asked < _PATIENCE

    def _loose(self, now: float) -> int:
        return self.loose if now - self.painted < _PASSES else 0

    @property
    def _asking(self) -> bool:
        """Whether this terminal answers, or may."""
        return self.answers or self.tries < _TRIES

    def _open(self, now: float) -> tuple[int | None, ...]:
        return self.waiting if now - self.asked < _LATE else ()
