"""How many pictures may be on their way to the terminal, so that a slow line drops frames and never queues them.

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
_LATE = 1.5
_PATIENCE = 1.0
_TRIES = 5


@dataclass(frozen=True)
class Pace:
    """painted: when the last frame was, in seconds; waiting: questions on their way; asked: when the last one was.

    answers: this terminal has answered before; tries: questions asked before it ever did.
    """

    painted: float = -1e9
    waiting: int = 0
    asked: float = -1e9
    answers: bool = False
    tries: int = 0

    def free(self, now: float, running: bool) -> bool:
        """Whether a frame may go out: one of a run only when nothing is on its way, any other one within a window."""
        waiting = self._open(now)
        if not running:
            return not self.answers or waiting < _WINDOW
        silent = not self.answers and now - self.painted >= _PATIENCE
        return (waiting == 0 or silent) and self.late(now)

    def late(self, now: float) -> bool:
        """Whether so long nothing was painted that a frame goes out although keys wait."""
        return now - self.painted >= 1 / FRAMES

    def asks(self, now: float, running: bool) -> bool:
        """Whether the frame that goes out now is asked about: in runs and bursts, where the terminal may answer."""
        return (running or now - self.painted < _BURST) and (self.answers or self.tries < _TRIES)

    def sent(self, now: float, asked: bool) -> Pace:
        """After a frame, asked about or not."""
        if not asked:
            return replace(self, painted=now)
        tries = self.tries if self.answers else self.tries + 1
        return Pace(now, self._open(now) + 1, now, self.answers, tries)

    def answered(self) -> Pace:
        """After an answer; one that nobody has asked for says nothing."""
        return replace(self, waiting=self.waiting - 1, answers=True) if self.waiting else self

    def due(self, now: float) -> float:
        """Seconds until what is on its way counts as lost."""
        return max(0.0, self.asked + _LATE - now)

    def expects(self, now: float) -> bool:
        """Whether an answer may still come that a shell would show as typed."""
        return self._open(now) > 0 and now - self.asked < _PATIENCE

    def _open(self, now: float) -> int:
        return self.waiting if now - self.asked < _LATE else 0
