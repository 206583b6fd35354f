"""A lesson that plays: a step a tick, slower and faster, and stopped by any key, which does nothing else."""

from __future__ import annotations

import pytest
import screens
from screens import update

from nntutor.tui.state.commands import COMMANDS
from nntutor.tui.state.session import Session, Tick, Typed


def playing() -> Session:
    return screens.pressed(screens.of_lesson("hidden-delta"), "play")


def test_it_plays_step_by_step_through_stops_to_the_end_of_the_iteration() -> None:
    session, by_hand = playing(), screens.of_lesson("hidden-delta")
    for _ in range(1000):
        assert session.study is not None and by_hand.study is not None
        assert (session.study.place, session.study.last) == (by_hand.study.place, by_hand.study.last)
        if session.study.playing is None:
            break
        session, by_hand = update(session, Tick(1)), screens.pressed(by_hand, "step")
    assert session.study is not None and session.study.playing is None
    assert session.study.place == (1, len(session.study.trace))
    after = update(screens.pressed(session, "play"), Tick(2))
    assert after.study is not None and after.study.place == (2, 1) and after.study.playing is not None


def test_a_tick_of_what_plays_no_more_does_nothing() -> None:
    session = screens.pressed(playing(), "escape", "play")
    after = update(session, Tick(1))
    assert session.study is not None and after.study is not None and after.study.place == session.study.place


def test_it_goes_slower_and_faster_within_bounds() -> None:
    for name, end in (("halve", 4.0), ("double", 0.25)):
        study = screens.pressed(playing(), *[name] * 5).study
        assert study is not None and study.playing is not None and study.playing.seconds == end


@pytest.mark.parametrize("action", [one.action for one in COMMANDS if one.action not in ("halve", "double")])
def test_any_other_key_stops_and_does_nothing_else(action: str) -> None:
    session = screens.pressed(update(playing(), Tick(1)), action)
    still = screens.pressed(screens.of_lesson("hidden-delta"), "step")
    assert session.study is not None and session.study.playing is None
    assert screens.lines(session) == screens.lines(still)


def test_what_is_pasted_stops_it_too() -> None:
    study = update(playing(), Typed("x")).study
    assert study is not None and study.playing is None
