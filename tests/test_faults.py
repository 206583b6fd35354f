"""A mistake of ours, put into a key, a run, a drawing or the keeping: the tutor goes on and says where it is told."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from test_app import first_line, settled, shown, tutor

from nntutor.core.engine.training import Runner
from nntutor.core.problems.network import Problem
from nntutor.lessons.learner.places import Store
from nntutor.tui import acting, bookmarks, fault_report
from nntutor.tui.app import Tutor
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.pages import page
from nntutor.tui.faults import Faults
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Asking
from nntutor.tui.state.session import Action, Extents, Press, Ran, Session

Patch = pytest.MonkeyPatch
Mistakes = list[Exception]
updated, rows = acting.update, page.rows


@pytest.fixture(autouse=True)
def home(monkeypatch: Patch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    return tmp_path


def break_update(patch: Patch, fails: Callable[[Action], bool], what: type[BaseException] = RuntimeError) -> None:
    def update(session: Session, action: Action, extents: Extents) -> Session:
        if fails(action):
            raise what("boom")
        return updated(session, action, extents)

    patch.setattr(acting, "update", update)


def break_drawing(patch: Patch, fails: Callable[[Session], bool]) -> None:
    def drawn(session: Session) -> tuple[Row, ...]:
        if fails(session):
            raise RuntimeError("boom")
        return rows(session)

    patch.setattr(page, "rows", drawn)


def at_step(*steps: int) -> Callable[[Session], bool]:
    return lambda session: session.study is not None and session.study.place.step in steps


def step(app: Tutor) -> int:
    assert app.session.study is not None
    return app.session.study.place.step


def said(app: Tutor) -> str:
    """The screen as running text."""
    return " ".join(" ".join(shown(app)).split())


def reports(home: Path) -> list[Path]:
    return sorted(home.glob("report-*.txt"))


def kept_step(home: Path) -> int:
    store = Store.open(home)
    place = store.reached("hidden-delta")
    store.close()
    assert place is not None
    return place.step


async def test_a_key_that_fails_does_nothing_and_says_where_it_is_written(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    break_update(monkeypatch, lambda action: action == Press("zoom"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "z")
        assert step(app) == 2 and "the last key has done nothing" in said(app)
        (report,) = reports(home)
        assert report.name in said(app).replace(" ", "")
        written = report.read_text()
        assert "RuntimeError: boom" in written and "zoom" in written and "step 2," in written
        assert "test_faults.py" in written and len(written.encode()) <= fault_report.LONGEST
        assert sys.platform == "win32" or report.stat().st_mode & 0o777 == 0o600
        await pilot.press("right")
        assert step(app) == 3 and "done nothing" not in said(app)
        await pilot.press("t", "z")
        assert "마지막 키는 적용되지 않았습니다" in said(app)
        assert reports(home) == [report], "the same is written down once"
    assert app.return_value is None or app.return_value == 0
    mistakes.clear()


async def test_a_key_that_fails_again_at_the_same_place_moves_the_place_and_keeps_the_changes(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    break_update(monkeypatch, lambda action: action == Press("zoom"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", ">", "right", "right")
        assert app.session.study is not None
        edits = app.session.study.timeline.edits
        await pilot.press("z")
        assert step(app) == 4
        await pilot.press("z")
        assert step(app) == 3 and "Your changes are kept" in said(app)
        assert app.session.study.timeline.edits == edits != ()
        await pilot.press("right")
        assert step(app) == 4
    assert kept_step(home) == 4
    mistakes.clear()


async def test_where_a_step_cannot_be_drawn_the_one_before_stays_and_is_kept(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    break_drawing(monkeypatch, at_step(4))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right", "right")
        assert step(app) == 3 == kept_step(home) and "step 3/39" in first_line(app)
        await pilot.press("right")
        assert step(app) == 2 == kept_step(home) and "you are at a place before it" in said(app)
        await pilot.press("end")
        assert step(app) == 39
    mistakes.clear()


@pytest.mark.parametrize(("broken", "begins"), [((5,), 4), ((4, 5), 1), (range(1, 40), 0)])
async def test_a_resumed_place_that_cannot_be_drawn_is_moved(
    monkeypatch: Patch, home: Path, mistakes: Mistakes, broken: tuple[int, ...], begins: int
) -> None:
    """A step back, else to the start of the lesson, else to the list; there the place stays kept."""
    app = tutor(home, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["right"] * 4)
    break_drawing(monkeypatch, at_step(*broken))
    app = tutor(home, "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "you are at a place before it" in said(app)
        if begins:
            assert step(app) == begins == kept_step(home)
            await pilot.press("end")
        else:
            assert app.session.study is None and kept_step(home) == 5
            await pilot.press("down", "up")
    mistakes.clear()


async def test_a_lesson_that_cannot_be_drawn_where_it_was_left_opens_at_another_place(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    break_drawing(monkeypatch, at_step(5))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        study = Desk(Store.open(home)).open_lesson("hidden-delta")
        monkeypatch.setattr(app._desk, "open_lesson", lambda *_, **__: moves.to(study, 1, 5))
        await pilot.press("enter")
        assert app.session.study is None and "the last key has done nothing" in said(app)
        await pilot.press("enter")
        assert step(app) == 4 and "hidden" in first_line(app).lower()
    mistakes.clear()


def test_a_problem_has_a_start_to_be_moved_to_as_well(two_two_two: Problem, mistakes: Mistakes) -> None:
    bad = screens.pressed(screens.of_problem(two_two_two), "iteration_next", "step", "step")
    places = [one.study and one.study.place for one in Faults().instead(RuntimeError("boom"), Press("step"), None, bad)]
    assert places == [(2, 2), (1, 1), None]
    mistakes.clear()


async def test_a_size_that_cannot_be_drawn_moves_no_place(monkeypatch: Patch, home: Path, mistakes: Mistakes) -> None:
    app = tutor(home, "hidden-delta")
    break_drawing(monkeypatch, lambda session: session.width < 30)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right")
        for width in (20, 10, 20, 10):
            await pilot.resize_terminal(width, 24)
            await pilot.pause(0.02)
            assert step(app) == 3 and app.session.width == 80
        await pilot.resize_terminal(60, 24)
        await pilot.pause(0.02)
        assert (app.session.width, step(app)) == (60, 3)
    mistakes.clear()


async def test_a_run_that_fails_in_the_background_ends_where_it_began(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "cycle")

    def chunk(*_: object) -> None:
        raise RuntimeError("boom")

    async with app.run_test(size=(80, 24)) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(Runner, "chunk", chunk)
            await pilot.press("r", "enter")
            await settled(pilot, app)
        assert "iteration 1 " in first_line(app) and "A mistake of nntutor's own" in said(app)
        assert len(reports(home)) == 1
        await pilot.press("r", "enter")
        await settled(pilot, app)
        assert "iteration 11 " in first_line(app)
    mistakes.clear()


async def test_a_chunk_that_cannot_be_taken_in_ends_the_run(monkeypatch: Patch, home: Path, mistakes: Mistakes) -> None:
    app = tutor(home, "cycle")
    break_update(monkeypatch, lambda action: isinstance(action, Ran))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("r", "right", "enter")
        await settled(pilot, app)
        assert "iteration 1 " in first_line(app) and "A mistake of nntutor's own" in said(app)
        await pilot.press("right")
        assert step(app) == 2
    mistakes.clear()


async def test_a_place_that_cannot_be_kept_is_said_and_the_session_goes_on(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    of_study = bookmarks.of_study

    def kept(session: Session, *given: object) -> object:
        if at_step(3)(session):
            raise RuntimeError("boom")
        return of_study(session, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(bookmarks, "of_study", kept)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right")
        assert step(app) == 3 and "cannot be saved here" in said(app)
        await pilot.press("right")
        assert step(app) == 4 == kept_step(home) and "cannot be saved" not in said(app)
    mistakes.clear()


async def test_what_covers_the_line_is_closed_and_a_line_being_typed_stays(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    break_update(monkeypatch, lambda action: action == Press("unit_next"))
    async with app.run_test(size=(80, 24)) as pilot:
        for opens in (";", "?", "g"):
            await pilot.press("right", opens, "down")
            assert app.session.palette is None and app.session.study is not None and app.session.study.panel is None
            assert "A mistake of nntutor's own" in said(app)
    mistakes.clear()
    app = tutor(home, "forward")
    break_drawing(
        monkeypatch,
        lambda session: (
            session.study is not None and isinstance(session.study.panel, Asking) and session.study.panel.text == "ab"
        ),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(":", "a", "b")
        study = app.session.study
        assert study is not None and isinstance(study.panel, Asking) and study.panel.text == "a"
    mistakes.clear()


async def test_where_nothing_can_be_written_nothing_is_and_the_session_goes_on(
    monkeypatch: Patch, home: Path, mistakes: Mistakes
) -> None:
    app = tutor(home, "hidden-delta")
    (home / "file").write_text("")
    monkeypatch.setenv("NNTUTOR_HOME", str(home / "file"))
    break_update(monkeypatch, lambda action: action == Press("zoom"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("z")
        assert "No report of it could be written" in said(app)
        await pilot.press("right")
        assert step(app) == 2
    assert not list(home.rglob("report*")) and (home / "file").read_text() == ""
    mistakes.clear()


def raised(text: str) -> Exception:
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        return error


def test_reports_are_few_and_short_and_never_written_through_a_link(monkeypatch: Patch, home: Path) -> None:
    other = home / "other"
    other.write_text("mine")
    os.symlink(other, home / "report-2.txt")
    os.symlink(home / "nowhere", home / "report-3.txt")
    session = tutor(home, "hidden-delta").session
    for number in range(3 * fault_report.MOST):
        path = Path(fault_report.write(raised(f"fault {number} " + "가" * 100_000), Press("step"), session))
        assert path.stat().st_size <= fault_report.LONGEST and not path.is_symlink()
        os.utime(path, ns=(number, number))
    assert len(reports(home)) == fault_report.MOST and other.read_text() == "mine"
    assert not (home / "nowhere").exists()
    session = replace(session, study=None)
    newest = fault_report.write(raised("\x1b[31m\ud800"), Press("step"), session)
    assert "the list of lessons" in Path(newest).read_text()
    (folder := home / "new" / "folder").parent.mkdir()
    monkeypatch.setenv("NNTUTOR_HOME", str(folder))
    assert Path(fault_report.write(raised("first"), Press("step"), session)).parent == folder
    assert sys.platform == "win32" or folder.stat().st_mode & 0o777 == 0o700


def test_an_interrupt_is_no_mistake(monkeypatch: Patch, home: Path) -> None:
    for what in (KeyboardInterrupt, SystemExit):
        app = tutor(home, "hidden-delta")
        break_update(monkeypatch, lambda action: True, what)
        with pytest.raises(what):
            app.become(Press("step"))
    assert not reports(home)
