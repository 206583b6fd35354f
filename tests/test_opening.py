"""The desk: a lesson is opened where it was left, with the numbers and the settings that it had."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from screens import update

from nntutor.lessons.language import words as all_words
from nntutor.lessons.learner.places import Store
from nntutor.tui import lint
from nntutor.tui.desk import Desk
from nntutor.tui.state.session import Home, Opened, Session, Typed


def kept(tmp_path: Path, session: Session) -> Session:
    """The session after its place was saved and the lesson opened again by another desk."""
    desk = Desk(Store.open(tmp_path))
    desk.keep(replace(session, study=None), session)
    assert session.study is not None
    study = Desk(Store.open(tmp_path)).open_lesson(session.study.name)
    again = update(replace(session, study=None), Opened(study))
    return replace(again, digits=session.digits)


def without_note(session: Session) -> Session:
    assert session.study is not None
    return replace(session, study=replace(session.study, note=None))


@pytest.mark.parametrize("lesson", [lesson.id for lesson in lint.load.lessons()])
def test_every_lesson_is_opened_again_at_the_step_where_it_was_left(tmp_path: Path, lesson: str) -> None:
    session = screens.of_lesson(lesson)
    for _ in range(6):
        session = lint.ran(screens.pressed(session, "continue"))
    session = screens.pressed(session, "step")
    again = kept(tmp_path, session)
    assert session.study is not None and again.study is not None
    assert (again.study.run, again.study.place, again.study.stop) == (
        session.study.run,
        session.study.place,
        session.study.stop,
    )
    assert screens.lines(without_note(again)) == screens.lines(without_note(session))


def test_the_next_start_has_the_digits_the_language_and_the_way_back_of_the_last_one(tmp_path: Path) -> None:
    session = screens.pressed(
        screens.of_lesson("hidden-delta", "ko"), "digits", "continue", "why", "continue", "escape"
    )
    assert session.study is not None and len(session.study.trail) == 1
    desk = Desk(Store.open(tmp_path))
    desk.keep(replace(session, study=None), session)
    desk.close(session)
    opening = Desk(Store.open(tmp_path)).begin(None, None)
    assert opening is not None and (opening.digits, opening.language) == (session.digits, "ko")
    again = replace(session, study=opening.study)
    assert screens.lines(screens.pressed(again, "backspace")) == screens.lines(screens.pressed(session, "backspace"))


def test_a_setting_that_changes_the_networks_shape_is_kept(tmp_path: Path) -> None:
    session = screens.of_lesson("deeper")
    before = session.study
    session = screens.pressed(session, "edit")
    session = screens.pressed(update(session, Typed("depth = 5")), "continue")
    assert before is not None and session.study is not None
    assert len(session.study.trace.problem.network.layers) != len(before.trace.problem.network.layers)
    again = kept(tmp_path, session)
    assert again.study is not None
    assert again.study.trace.problem.network.sizes == session.study.trace.problem.network.sizes
    assert screens.lines(without_note(again)) == screens.lines(without_note(session))
    undone = screens.pressed(again, "undo").study
    assert undone is not None
    assert undone.trace.problem.network.sizes == before.trace.problem.network.sizes


def test_each_run_keeps_its_own_changes(tmp_path: Path) -> None:
    session = screens.of_lesson("adam")
    study = session.study
    assert study is not None
    first, second, *_ = (run for run in study.timelines if run.startswith("ravine"))
    session = replace(session, study=replace(study, run=first))
    session = screens.pressed(session, "double")
    assert session.study is not None
    session = replace(session, study=replace(session.study, run=second))
    session = screens.pressed(session, "halve", "halve")
    again = kept(tmp_path, session)
    assert again.study is not None and session.study is not None
    edits = {run: one.edits for run, one in again.study.timelines.items()}
    assert edits == {run: one.edits for run, one in session.study.timelines.items()}
    assert len(edits[first]) == 1 and len(edits[second]) == 2


def test_a_place_of_another_network_leads_to_its_stop(tmp_path: Path) -> None:
    session = lint.ran(screens.pressed(screens.of_lesson("hidden-delta"), "continue", "continue"))
    assert session.study is not None
    store = Store.open(tmp_path)
    desk = Desk(store)
    desk.keep(Session(Home(())), session)
    place = store.reached("hidden-delta")
    assert place is not None
    store.save(replace(place, params=b"\0" * 8))
    study = Desk(store).open_lesson("hidden-delta")
    assert study.stop == session.study.stop


def reached(tmp_path: Path) -> tuple[Store, Session]:
    """A place at the third stop of a lesson, kept."""
    session = lint.ran(screens.pressed(screens.of_lesson("hidden-delta"), "continue", "continue"))
    store = Store.open(tmp_path)
    Desk(store).keep(Session(Home(())), session)
    return store, session


def test_a_lesson_with_other_numbers_is_resumed_at_its_nearest_stop_and_says_so(tmp_path: Path) -> None:
    store, session = reached(tmp_path)
    place = store.reached("hidden-delta")
    assert place is not None and session.study is not None
    store.save(replace(place, step=place.step + 1, settings={**place.settings, "numbers": 1}))
    study = Desk(store).open_lesson("hidden-delta")
    assert study.stop == session.study.stop
    assert study.note is not None and study.note[0] == "progress.lesson_changed"


def test_where_the_stop_is_gone_too_the_last_one_before_the_place_is_the_nearest(tmp_path: Path) -> None:
    store, session = reached(tmp_path)
    place = store.reached("hidden-delta")
    assert place is not None and session.study is not None
    store.save(replace(place, step=place.step + 1, stop="renamed", settings={**place.settings, "numbers": 1}))
    assert Desk(store).open_lesson("hidden-delta").stop == session.study.stop


def test_a_lesson_that_is_there_no_more_leads_to_the_list_and_is_named(tmp_path: Path) -> None:
    store, _ = reached(tmp_path)
    place = store.reached("hidden-delta")
    assert place is not None
    store.save(replace(place, name="removed"))
    store.close()
    desk = Desk(Store.open(tmp_path))
    assert desk.begin(None, None) is None
    words = all_words.load("en")
    assert "removed" in desk.message(words)
    assert desk.message(words) == ""


def test_a_disk_that_fills_up_is_told_once_and_the_lesson_goes_on(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    desk = Desk(store)
    before = screens.of_lesson("hidden-delta")

    class Full:
        def execute(self, *_: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    store._connection = Full()  # type: ignore[assignment]
    after = desk.keep(before, screens.pressed(before, "step"))
    assert "disk is full" in after.home.message
    assert any("disk is full" in line for line in screens.lines(after))
    again = screens.pressed(after, "step")
    assert desk.keep(after, again) is again
    assert again.study is not None and again.study.place == (1, 3)


def test_a_lesson_opened_again_from_the_list_is_where_the_next_start_is(tmp_path: Path) -> None:
    store, session = reached(tmp_path)
    desk = Desk(store)
    out = replace(session, study=None)
    desk.keep(out, session)
    desk.keep(session, out)
    desk.keep(out, session)
    store.close()
    place = Store.open(tmp_path).latest()
    assert place is not None and place.name == "hidden-delta"


def test_the_curve_is_there_again_after_a_restart(tmp_path: Path) -> None:
    session = lint.ran(screens.pressed(screens.of_lesson("cycle"), "run", "step", "continue"))
    session = screens.pressed(session, "view", "view")
    assert session.study is not None and session.study.view == "curve" and session.study.place[0] > 100
    again = kept(tmp_path, session)
    assert screens.lines(without_note(again))[:14] == screens.lines(without_note(session))[:14]
