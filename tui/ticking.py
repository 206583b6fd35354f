"""The one clock of the tutor: it ticks while a lesson plays, and is not there otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.timer import Timer

    from nntutor.tui.state.study import Playing, Study


class Ticking:
    """The timer of what plays, begun again at another pace."""

    def __init__(self, pump: MessagePump, tick: Callable[[int], None]) -> None:
        self._pump, self._tick = pump, tick
        self._timer: Timer | None = None
        self._of: Playing | None = None

    @property
    def stopped_by(self) -> tuple[str, ...]:
        """What a key that means nothing means here: while a lesson plays, that it stops."""
        return () if self._of is None else ("escape",)

    def keep(self, study: Study | None) -> None:
        """Tick for what plays, or not at all."""
        playing = study.playing if study is not None else None
        if playing == self._of:
            return
        self._of = playing
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if playing is not None:
            self._timer = self._pump.set_interval(playing.seconds, partial(self._tick, playing.number))
