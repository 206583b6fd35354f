"""What keeping the place adds to a step: a real place, in a real file, as the app keeps it after every action."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from table import Row, microseconds

from nntutor.core.notation.style import Style
from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.state.session import Opened, Press, Session
from nntutor.tui.state.update import update

STEPS = 300


def rows() -> Iterator[Row]:
    for lesson in ("hidden-delta", "deeper"):
        times = sorted(_kept(lesson))
        middle, most = statistics.median(times), times[-1 - len(times) // 20]
        yield Row(f"keeping the place, a step of `{lesson}`", [f"{microseconds(middle)}, 95 % {microseconds(most)}"],
                  "target", ["2 ms"], [middle / 0.002])  # fmt: skip


def _kept(lesson: str) -> list[float]:
    """Seconds of each save while a lesson is stepped through."""
    with tempfile.TemporaryDirectory() as home:
        desk = Desk(Store.open(Path(home)))
        session = Session(desk.home(), "en", Style.UNICODE)
        session = update(session, Opened(desk.open_lesson(lesson)), extents)
        times, way = [], "step"
        while len(times) < STEPS:
            after = update(session, Press(way), extents)
            if after.study is None or session.study is None or after.study.place == session.study.place:
                way = "back" if way == "step" else "step"  # the end of the lesson, or its beginning
                continue
            began = time.perf_counter()
            session = desk.keep(session, after)
            times.append(time.perf_counter() - began)
        desk.close(session)
    return times
