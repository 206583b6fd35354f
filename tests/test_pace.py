"""How many frames may be on their way: never more than the window, and never none for good."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from nntutor.tui.terminal.pace import AHEAD, FRAMES, Pace

moments = st.lists(
    st.tuples(st.floats(0, 2), st.booleans(), st.sampled_from(["frame", "answer"])), min_size=1, max_size=60
)
BURST = [(0.1, False, "frame")] * 20
FRESH, ANSWERING = Pace(), Pace(answers=True)


def played(events: list[tuple[float, bool, str]], pace: Pace = FRESH) -> list[tuple[float, Pace, bool]]:
    """(moment, the pace then, whether a frame went out) as a terminal and a session go on."""
    now, told = 0.0, []
    for passed, running, what in events:
        now += passed
        sent = what == "frame" and pace.free(now, running)
        if what == "answer":
            pace = pace.answered()
        elif sent:
            pace = pace.sent(now, pace.asks(now, running))
        told.append((now, pace, sent))
    return told


@given(moments)
@example(BURST)
def test_no_more_is_on_its_way_than_the_window_holds(events: list[tuple[float, bool, str]]) -> None:
    """A key's frame comes after three others at most; after five where no terminal has answered yet."""
    assert all(len(pace.waiting) <= 3 for _, pace, _ in played(events, ANSWERING))
    assert all(len(pace.waiting) <= 5 for _, pace, _ in played(events))


@given(st.lists(st.tuples(st.floats(0.0, 0.5), st.integers(0, 20_000) | st.none()), max_size=30), st.booleans())
@example([(0.01, 4000), (0.01, 1), (0.01, 1)], False)
@example([(0.01, 3000), (0.01, 700), (0.01, 700)], False)
@example([(0.26, 1)] * 8, True)
def test_before_a_key_s_frame_no_more_is_on_its_way_than_a_slow_line_passes_at_once(
    frames: list[tuple[float, int | None]], running: bool
) -> None:
    """frames: seconds until each, and its bytes; None: the oldest arrives. A run's frame has nothing before it."""
    pace, now, line = ANSWERING, 0.0, list[tuple[bool, float, int]]()
    for passed, size in frames:
        now += passed
        # What is not asked about goes by itself, and what has not come for long is lost.
        line = [one for one in line if (now - one[1] < 0.15 if not one[0] else pace.due(now) > 0)]
        if size is None:
            come = next((at for at, one in enumerate(line) if one[0]), -1)  # and what went before it
            pace, line = pace.answered(), line[come + 1 :]
        elif pace.free(now, running):
            assert sum(bytes for _, _, bytes in line) <= (0 if running else AHEAD)
            asked = pace.asks(now, running)
            pace, told = pace.sent(now, asked).written(size, now)
            line.append((told, now, size))


@given(moments)
def test_frames_of_a_run_keep_their_distance(events: list[tuple[float, bool, str]]) -> None:
    last = None
    for now, _, sent in played([(passed, True, what) for passed, _, what in events]):
        if sent:
            assert last is None or now - last >= 1 / FRAMES - 1e-9
            last = now


@given(moments)
def test_whatever_was_lost_a_frame_may_go_out_once_it_is_late(events: list[tuple[float, bool, str]]) -> None:
    now, pace, _ = played(events)[-1]
    assert pace.free(now + pace.due(now) + 1e-6, running=False)


def test_a_run_waits_for_the_answer_to_its_last_frame() -> None:
    pace = Pace().sent(0.0, asked=True).answered().sent(1.0, asked=True)
    assert not pace.free(1.5, running=True)
    assert pace.answered().free(1.5, running=True)


@given(moments)
def test_leaving_waits_a_second_for_an_answer_and_no_longer(events: list[tuple[float, bool, str]]) -> None:
    now, pace, _ = played(events)[-1]
    assert pace.expects(pace.asked) == bool(pace.waiting)
    assert not pace.expects(max(now, pace.asked + 1.0) + 1e-6)


def test_a_run_shows_a_frame_every_second_where_the_terminal_never_answers() -> None:
    pace = Pace()
    for now in range(10):
        assert pace.free(float(now), running=True)
        pace = pace.sent(float(now), pace.asks(float(now), running=True))


def test_a_terminal_that_never_answers_holds_no_key_up_and_is_soon_left_alone() -> None:
    pace, now = Pace(), 0.0
    for _ in range(20):
        now += 0.1
        assert pace.free(now, running=False)
        pace = pace.sent(now, pace.asks(now, running=False))
    assert not pace.asks(now + 0.1, running=False) and not pace.expects(now + 2)


def test_steps_at_a_calm_pace_are_not_asked_about() -> None:
    assert not Pace().sent(0.0, asked=False).asks(1.0, running=False)
    assert Pace().sent(0.0, asked=False).asks(0.1, running=False)


def test_an_answer_that_nobody_asked_for_says_nothing() -> None:
    assert Pace().answered() == Pace()
