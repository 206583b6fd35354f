"""The app through Textual's pilot: keys reach the session, the screen shows it, runs end, places are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import pytest
from screens import update
from textual import events
from textual.pilot import Pilot

from nntutor.core.notation.style import Style
from nntutor.lessons.learner.places import Store
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.state.panels import Checking
from nntutor.tui.state.practising import reviewed
from nntutor.tui.state.session import Opened, Ran, Session
from nntutor.tui.terminal.pace import FRAMES, Pace


def tutor(home: Path, lesson: str | None = None) -> Tutor:
    desk = Desk(Store.open(home))
    session = Session(desk.home(), "en", Style.UNICODE)
    opening = desk.begin(lesson, None)
    if opening is not None:
        session = update(session, Opened(opening.study, opening.digits))
    return Tutor(session, desk)


def first_line(app: Tutor) -> str:
    return "".join(segment.text for segment in app._page.render_line(0))


def shown(app: Tutor) -> list[str]:
    return [str(app._page.render_line(y).text) for y in range(24)]


async def settled(pilot: Pilot[int], app: Tutor) -> None:
    """Until no run is on its way."""
    for _ in range(400):
        await pilot.pause(0.02)
        study = app.session.study
        if study is None or study.running is None:
            return
    pytest.fail("the run does not end")


async def until(so: Callable[[], bool]) -> None:
    for _ in range(500):
        if so():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it does not come to that")


async def running(pilot: Pilot[int], app: Tutor, until_below: str) -> None:
    """Begin a run until E is below a number, which it never is.

    Keys that are pressed meanwhile are sent: after each that it presses Textual's pilot waits up to two seconds for a
    process at rest.
    """
    await pilot.press("r", "left", "enter", *until_below)
    app.simulate_key("enter")
    await until(lambda: on_its_way(app))


def on_its_way(app: Tutor) -> bool:
    return app.session.study is not None and app.session.study.running is not None


async def stopped(app: Tutor) -> None:
    app.simulate_key("escape")
    await until(lambda: not on_its_way(app))


async def test_a_lesson_is_opened_from_the_list_stepped_through_and_left(tmp_path: Path) -> None:
    app = tutor(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("/", *"hidden-delta", "enter", "space", "right")
        assert first_line(app).endswith("iteration 1 · step 22/39 · E 0.2984")
        await pilot.press("ㅅ")
        assert first_line(app).endswith("반복 1 · 역전파 · 단계 22/39 · E 0.2984")
        await pilot.press("left", "q")
        assert app.session.study is None
        await pilot.press("q")
    assert app.return_value == 0


async def test_a_run_keeps_the_screen_alive_and_ends_at_its_place(tmp_path: Path) -> None:
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r", "right", "right", "enter")
        await settled(pilot, app)
        assert "iteration 1001" in first_line(app)


async def test_a_run_stops_at_once_when_told_to(tmp_path: Path) -> None:
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await running(pilot, app, "1e-30")
        await asyncio.sleep(0.2)
        await stopped(app)
        study = app.session.study
        assert study is not None and study.running is None
        assert 1 < study.timeline.iteration < 1_000_000  # the longest run there is
        await pilot.press("right", "left")


async def test_an_error_to_run_down_to_can_be_typed_where_it_is_picked(tmp_path: Path) -> None:
    """Its 0 took every change back, and the e of 1e-3 opened the line for another weight."""
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("+", "r", *["right"] * 4, *"0.2", "enter")
        await settled(pilot, app)
        study = app.session.study
        assert study is not None and study.timeline.edits and study.timeline.iteration > 1
        assert study.trace["E"] < 0.2


async def test_a_run_that_another_lesson_begins_with_is_carried_out_after_one_here(tmp_path: Path) -> None:
    """Each lesson counts its runs from 1: the second one was taken for the first, and stood at its beginning."""
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r", "enter")
        await settled(pilot, app)
        await pilot.press("slash", *"own seed", "enter")
        await settled(pilot, app)
        assert "XOR" in first_line(app) and "iteration 2000" in first_line(app)


async def test_a_run_below_a_question_of_a_review_goes_on_when_that_is_over(tmp_path: Path) -> None:
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await running(pilot, app, "1e-30")
        app.session = reviewed(app.session, ("hidden-delta.wait",))
        app.simulate_key("enter")
        await until(lambda: app.session.visit is not None)
        app.simulate_key("escape")
        await until(lambda: app.session.visit is None)
        study = app.session.study
        assert study is not None and study.running is not None
        newest = study.timeline.newest
        await until(lambda: app.session.study is not None and app.session.study.timeline.newest > newest)
        await stopped(app)


async def test_a_run_stands_still_while_a_key_is_answered_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, chunks = tutor(tmp_path, "cycle"), []
    later, press = app.call_later, app._press

    def counted(*what: object) -> bool:
        chunks.extend(one for one in what if isinstance(one, Ran))
        return later(*what)  # type: ignore[arg-type]

    def slow(key: str, character: str | None) -> None:
        before = len(chunks)
        sleep(0.25)
        meanwhile.append(len(chunks) - before)
        press(key, character)

    meanwhile: list[int] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("end")
        await running(pilot, app, "1e-300")
        monkeypatch.setattr(app, "call_later", counted)
        monkeypatch.setattr(app, "_press", slow)
        for count_of_keys in (1, 2):
            app.post_message(events.Key("full_stop", "."))
            await until(lambda so_many=count_of_keys: len(meanwhile) == so_many)  # type: ignore[misc]
        seen = len(chunks)
        await until(lambda: len(chunks) - seen > 2)
        assert max(meanwhile) <= 2
        await stopped(app)


async def test_text_is_typed_and_pasted_into_go_to(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(":", "ㅈ", "5", "enter")
        assert "step 32/39" in first_line(app)
        await pilot.press(":", *"h1", "backspace", "2", "enter")
        assert "step 4/39" in first_line(app)
        await pilot.press(":", "escape", "x", "e", "p")
        assert "step 4/39" in first_line(app)


async def test_enter_that_the_terminal_has_made_a_line_end_of_is_enter(tmp_path: Path) -> None:
    """So it comes when it is typed while the tutor starts; it was lost, where space was not."""
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+j")
        assert "step 21/39" in first_line(app)
        await pilot.press(":", *"24", "ctrl+j")
        assert "step 24/39" in first_line(app)


async def test_resizing_keeps_the_place(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space")
        for size in ((20, 5), (120, 40), (1, 1), (250, 80), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.02)
        assert first_line(app).endswith("step 21/39 · E 0.2984")


async def test_a_size_that_comes_back_before_it_was_painted_is_the_size(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        app._pace = Pace(asked=monotonic(), waiting=(1, 1, 1), answers=True)  # the line is slow
        for size in ((60, 20), (80, 24)):
            await pilot.resize_terminal(*size)
        assert (app.session.width, app.session.height) == (80, 24)


async def test_the_list_of_commands_is_searched_and_one_is_carried_out(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("space", ";", *"gradient check", "enter")
        study = app.session.study
        assert app.session.palette is None and study is not None and isinstance(study.panel, Checking)
        await pilot.press("escape", "ctrl+p", *"ㅣ무혐ㅎㄷ", "down", "up", "enter")
        assert app.session.language == "ko"


async def test_the_list_of_commands_closes_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    for lesson in (None, "hidden-delta"):
        app = tutor(tmp_path, lesson)
        async with app.run_test(size=(80, 24)) as pilot:
            before = shown(app)
            await pilot.press(";")
            assert shown(app) != before
            await pilot.press(*"nosuchcommand", "enter", "down", "backspace", "q", "escape")
            assert shown(app) == before


async def test_the_next_start_is_at_the_same_step_with_the_same_numbers(tmp_path: Path) -> None:
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r", "enter")
        await settled(pilot, app)
        await pilot.press("left", "left", ">")
        study = app.session.study
        assert study is not None
        left = (study.place, study.trace.error, study.step.value, study.timeline.edits)
        shown = [str(app._page.render_line(y).text) for y in range(20)]
    again = Desk(Store.open(tmp_path))
    # The first session's process is this one; a start of another process takes the row over.
    place = again._store.reached("cycle")
    assert place is not None
    app = tutor(tmp_path, "cycle")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        study = app.session.study
        assert study is not None
        assert (study.place, study.trace.error, study.step.value, study.timeline.edits) == left
        assert [str(app._page.render_line(y).text) for y in range(20)] == shown
        await pilot.press("{")
        assert study.place != app.session.study.place  # type: ignore[union-attr]


async def test_a_key_repaints_only_rows_that_changed(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        painted: list[object] = []
        original = app._page.refresh
        app._page.refresh = lambda *regions, **more: (painted.extend(regions), original(*regions, **more))[1]  # type: ignore[assignment,method-assign]
        await pilot.press("right")
        assert painted and all(region.height == 1 for region in painted)  # type: ignore[attr-defined]
        painted.clear()
        await pilot.press("escape")
        await asyncio.sleep(0.05)
        assert not painted


async def test_while_keys_come_without_end_frames_are_drawn_and_all_else_has_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        now, moments = monotonic(), count()
        monkeypatch.setattr("nntutor.tui.app.monotonic", lambda: now + next(moments) / (10 * FRAMES))
        drawn: list[int] = []
        turns: list[int] = []
        original = app._page.render_line
        app._page.render_line = lambda y: (drawn.append(app.message_queue_size), original(y))[1]  # type: ignore[method-assign]
        for _ in range(200):
            app.post_message(events.Key("full_stop", "."))
        asyncio.get_running_loop().call_soon(lambda: turns.append(app.message_queue_size))
        await pilot.pause()
        assert max(drawn) > 50, "not only the last frame"
        assert turns[0] > 50, "a run's chunk would have come in"


async def test_what_plays_has_a_clock_that_any_key_stops(tmp_path: Path) -> None:
    app = tutor(tmp_path, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        assert app._ticking._timer is None
        await pilot.press("a", ">", ">")
        study = app.session.study
        assert study is not None and app._ticking._timer is not None
        for _ in range(200):
            if app.session.study is not None and app.session.study.place != study.place:
                break
            await pilot.pause(0.05)
        assert app.session.study is not None and app.session.study.place != study.place
        await pilot.press("f")  # a key that means nothing otherwise
        assert app.session.study.playing is None and app._ticking._timer is None
