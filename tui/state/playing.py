"""The lesson that plays: a step a second, for a class or a projector, until the iteration's end or a key.

It stops where a question opens by itself (`by_itself`). The seconds are the app's, which sends a Tick for each; here is
what a tick and a key make of the study.
"""

from __future__ import annotations

from dataclasses import replace

from nntutor.tui.state import moves
from nntutor.tui.state.study import Playing, Study

SECONDS = (4.0, 2.0, 1.0, 0.5, 0.25)
"""From one step to the next, from slow to fast."""
_PACES = {"halve": -1, "double": 1}


def begun(study: Study) -> Study:
    """Playing from the place on; the first step comes after a second, so that the text at hand stays as long."""
    number = study.plays + 1
    return replace(study, playing=Playing(number, 1.0), plays=number, panel=None, note=None)


def is_on(study: Study, number: int) -> bool:
    """Whether what plays is still the time `number`."""
    return study.playing is not None and study.playing.number == number


def ticked(study: Study, number: int) -> Study:
    """One step on, and the end of it where the iteration ends; a tick of what plays no more does nothing."""
    if not is_on(study, number):
        return study
    after = moves.step_on(study)
    at_end = after.timeline.step == len(after.trace) or after.place == study.place
    return replace(after, playing=None) if at_end else after


def pressed(study: Study, name: str) -> Study:
    """Slower or faster; any other key stops, and does nothing else, so that none leads away unseen."""
    if study.playing is None or name not in _PACES:
        return replace(study, playing=None)
    at = SECONDS.index(study.playing.seconds) + _PACES[name]
    seconds = SECONDS[max(0, min(at, len(SECONDS) - 1))]
    return replace(study, playing=replace(study.playing, seconds=seconds))
