"""The file that keeps a learner's place: exact, private, shared between sessions, never in the way."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntutor.core.engine.edits import Edit
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.learner import database, folders, processes, waiting
from nntutor.lessons.learner.places import Place, Store

ODD = np.array([0.1, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1 / 3])
PLACE = Place(
    "lesson", "cycle", "", "main",
    {"main": (Edit(3, Ref("weight", 1, 1, 2), 1 / 3), Edit(4, Ref("rate_eta"), 5e-324)),
     "other": (Edit(1, Ref("set_depth"), 3.0),)},
    41, 7, "why", {"digits": 6, "view": "curve", "zoom": True}, ODD.tobytes(), ODD[:3].tobytes(),
)  # fmt: skip

CHILD = """
import sys, time
from pathlib import Path
from nntutor.lessons.learner.places import Place, Store
store = Store.open(Path(sys.argv[1]))
for step in range(1, 100000):
    store.save(Place("lesson", "cycle", "", "main", {}, 1, step, "", {}, b"x" * 64, b""))
    print(step, flush=True)
    time.sleep(0.002)
"""


def spoiled(path: Path, how: str) -> None:
    """A file of ours made into another kind of file."""
    if how == "broken":
        path.write_bytes(b"no database at all" * 100)
        return
    number = {"foreign": "application_id = 7", "newer": "user_version = 99"}[how]
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA {number}")
    connection.close()


def child(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(home)], stdout=subprocess.PIPE, text=True)


def changed(home: Path, column: str, value: object) -> None:
    """Something else in every row."""
    with sqlite3.connect(home / "progress.sqlite") as connection:
        connection.execute(f"UPDATE place SET {column} = ?", (value,))
    connection.close()


def gone(home: Path) -> None:
    """Make every row belong to a process that is no more."""
    changed(home, "pid", 999999999)


def left(home: Path, step: int) -> None:
    """A session that was here and has ended."""
    store = Store.open(home)
    store.save(replace(PLACE, step=step))
    store.close()


def resumed(home: Path) -> Place | None:
    """What another start goes on with."""
    store = Store.open(home)
    place = store.latest()
    store.close()
    return place


def test_a_place_comes_back_bit_for_bit(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(PLACE)
    assert store.reached("cycle") == PLACE
    store.close()
    gone(tmp_path)
    assert Store.open(tmp_path).latest() == PLACE


@pytest.mark.parametrize("mode", [0o755, 0o775])
def test_a_folder_that_was_there_keeps_its_mode_and_the_files_in_it_are_the_learners_alone(
    tmp_path: Path, mode: int
) -> None:
    tmp_path.chmod(mode)
    store = Store.open(tmp_path)
    store.save(PLACE)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == mode
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    store.close()


def test_the_folder_and_the_file_are_the_learners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        home = tmp_path / "deep" / "home"
        Store.open(home).save(PLACE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in home.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_living_sessions_row_is_left_alone_and_a_dead_ones_is_taken_once(tmp_path: Path) -> None:
    process = child(tmp_path)
    assert process.stdout is not None
    process.stdout.readline()
    assert Store.open(tmp_path).latest() is None
    process.kill()
    process.wait()
    process.stdout.close()
    first, second = Store.open(tmp_path), Store.open(tmp_path)
    assert first.latest() is not None
    assert second.latest() is None


def test_of_several_sessions_the_newest_one_is_gone_on_with(tmp_path: Path) -> None:
    for step in (3, 1, 2):
        left(tmp_path, step)
    place = resumed(tmp_path)
    assert place is not None and place.step == 2


def test_the_file_does_not_grow_with_every_session(tmp_path: Path) -> None:
    counts = []
    for number in range(1, 81):
        left(tmp_path, number)
        if number % 40 == 0:
            place = resumed(tmp_path)
            assert place is not None and place.step == number
            with sqlite3.connect(tmp_path / "progress.sqlite") as connection:
                counts += connection.execute("SELECT count(*) FROM place").fetchone()
            connection.close()
    assert counts[0] == counts[1] < 40


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only there it is known when a process began")
def test_a_process_that_has_the_number_of_one_that_is_gone_is_told_apart(tmp_path: Path) -> None:
    living = Store.open(tmp_path)
    living.save(PLACE)
    assert resumed(tmp_path) is None
    changed(tmp_path, "began", "1")
    assert resumed(tmp_path) == PLACE
    living.close()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only there it is known that a process has ended")
def test_a_killed_process_that_nobody_has_asked_for_has_ended(tmp_path: Path) -> None:
    """In a container whose first process asks for none, a tutor that was killed keeps its number for ever."""
    store = Store.open(tmp_path)
    store.save(PLACE)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as killed:
        changed(tmp_path, "pid", killed.pid)
        changed(tmp_path, "began", processes.began_at(killed.pid))
        assert resumed(tmp_path) is None
        killed.kill()
        os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)
        assert Path(f"/proc/{killed.pid}").exists() and resumed(tmp_path) == PLACE
    store.close()


@pytest.mark.parametrize(("hours", "taken"), [(0, False), (20, False), (30, True)])
def test_another_machines_session_is_left_alone_for_a_day(tmp_path: Path, hours: int, taken: bool) -> None:
    """Whether it still runs cannot be known from here."""
    store = Store.open(tmp_path)
    store.save(PLACE)
    changed(tmp_path, "host", "elsewhere")
    changed(tmp_path, "at", time.time() - hours * 3600)
    assert (resumed(tmp_path) is not None) == taken
    store.close()


def test_nothing_that_was_reported_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    for pause in (0.01, 0.05, 0.11):
        process = child(tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in process.stdout.read().split()] or [1]
        process.wait()
        process.stdout.close()
        place = Store.open(tmp_path).latest()
        assert place is not None and place.step >= max(told)


def test_two_sessions_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    one, other = Store.open(tmp_path), Store.open(tmp_path)
    for step in range(1, 50):
        one.save(Place("lesson", "forward", "", "main", {}, 1, step, "", {}))
        other.save(Place("lesson", "start", "", "main", {}, 2, step, "", {}))
    one.mark_done("forward")
    other.mark_done("start")
    assert one.note is None and other.note is None
    third = Store.open(tmp_path)
    assert third.done() == {"forward", "start"}
    assert third.reached("forward").step == third.reached("start").step == 49  # type: ignore[union-attr]


def _broken(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)


def _text(path: Path) -> None:
    path.write_text("this is no database at all, but it is long enough to be read as one" * 40)


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.commit()
    connection.close()


def _truncated(path: Path) -> None:
    store = Store.open(path.parent)
    for step in range(50):
        store.save(Place("lesson", f"l{step}", "", "main", {}, 1, step, "", {}, b"x" * 4000, b""))
    store.close()
    path.write_bytes(path.read_bytes()[:6000])


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("spoil", [_broken, _text, _foreign, _truncated, _folder])
def test_a_file_that_cannot_be_used_is_set_aside_under_a_name_that_is_shown(tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    spoil(tmp_path / "progress.sqlite")
    store = Store.open(tmp_path)
    assert store.saving
    ((key, facts),) = store.told
    assert key == "progress.set_aside" and Path(str(facts["name"])).exists()
    store.save(PLACE)
    assert store.reached("cycle") == PLACE


def test_two_files_of_one_second_are_set_aside_under_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database.time, "strftime", lambda form: "20260102-030405")
    path, names = tmp_path / "progress.sqlite", []
    for content in ("one", "two", "three"):
        path.write_text(content)
        aside = database.set_aside(path)
        assert aside is not None and aside.read_text() == content
        names.append(aside.name.removeprefix("progress.sqlite.set-aside-20260102-030405"))
    assert names == ["", "-1", "-2"]


def test_a_home_that_cannot_be_written_is_noted_and_everything_works_unsaved(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    store = Store.open(blocked / "home")
    assert not store.saving and store.note is not None and store.note[0] == "progress.unsaved"
    store.save(PLACE)
    store.mark_done("cycle")
    assert store.latest() is None and store.done() == {"cycle"} and store.reached("cycle") == PLACE
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), sqlite3.DatabaseError("malformed")])
def test_a_file_that_fails_while_it_is_open_is_opened_anew_for_the_next_save(
    tmp_path: Path, error: sqlite3.Error
) -> None:
    store = Store.open(tmp_path)
    sound = store._connection
    assert sound is not None

    class Failing:
        def execute(self, *_: object) -> None:
            raise error

        def close(self) -> None:
            sound.close()

    store._connection = Failing()  # type: ignore[assignment]
    store.save(PLACE)
    assert store.note is not None and str(error) in str(store.note[1]["reason"])
    store.save(PLACE)
    assert store.note is None and Store.open(tmp_path).reached("cycle") == PLACE


def test_a_locked_file_does_not_hold_the_screen_up(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    other = sqlite3.connect(tmp_path / "progress.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.save(PLACE)
    assert store.note is not None and "locked" in str(store.note[1]["reason"])
    assert Store.open(tmp_path).reached("cycle") is None
    other.execute("COMMIT")
    other.close()
    store.retry()
    assert store.note is None and Store.open(tmp_path).reached("cycle") == PLACE


def test_what_a_locked_file_has_not_taken_is_kept_when_the_session_ends(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(replace(PLACE, step=1))
    other = sqlite3.connect(tmp_path / "progress.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.save(replace(PLACE, step=2))
    other.execute("COMMIT")
    other.close()
    store.close()
    place = resumed(tmp_path)
    assert place is not None and place.step == 2


def test_the_end_waits_once_for_a_file_that_stays_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LAST_MILLISECONDS", 500)
    store = Store.open(tmp_path)
    store.save(replace(PLACE, step=1))
    other = sqlite3.connect(tmp_path / "progress.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store.save(replace(PLACE, step=2))
    began = time.monotonic()
    store.close()
    assert time.monotonic() - began < 0.9
    other.execute("COMMIT")
    other.close()


@pytest.mark.parametrize(
    ("platform", "state", "configuration"),
    [
        ("linux", "xdg-state/nntutor", "xdg-config/nntutor"),
        ("darwin", "home/Library/Application Support/nntutor", "home/Library/Application Support/nntutor"),
        ("win32", "local/nntutor", "roaming/nntutor"),
    ],
)
def test_the_folders_follow_platform_and_environment(
    platform: str, state: str, configuration: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    variables = {
        "HOME": "home", "XDG_STATE_HOME": "xdg-state", "XDG_CONFIG_HOME": "xdg-config", "LOCALAPPDATA": "local",
        "APPDATA": "roaming",
    }  # fmt: skip
    for name, place in variables.items():
        monkeypatch.setenv(name, str(tmp_path / place))
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("NNTUTOR_HOME", raising=False)
    assert folders.state() == tmp_path / state
    assert folders.configuration() == tmp_path / configuration
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path / "a"))
    assert folders.state() == folders.configuration() == tmp_path / "a"


def test_the_folders_have_their_place_below_home_where_no_variable_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("NNTUTOR_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert folders.state() == tmp_path / ".local/state/nntutor"
    assert folders.configuration() == tmp_path / ".config/nntutor"


def test_where_there_is_no_file_no_lesson_is_finished(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path / "none"))
    assert not waiting.exists()


@pytest.mark.parametrize("how", ["fine", "broken", "foreign", "newer", "missing"])
def test_the_condition_of_the_file_is_told_without_touching_it(tmp_path: Path, how: str) -> None:
    path = tmp_path / "progress.sqlite"
    if how != "missing":
        Store.open(tmp_path).close()
    if how not in ("fine", "missing"):
        spoiled(path, how)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert database.condition(path) == how
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_file_in_use_is_fine(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(PLACE)
    assert database.condition(tmp_path / "progress.sqlite") == "fine"
    store.close()


def test_a_start_writes_nothing_into_a_file_that_is_complete(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(PLACE)
    store.close()
    before = (tmp_path / "progress.sqlite").read_bytes()
    store = Store.open(tmp_path)
    log = tmp_path / "progress.sqlite-wal"
    assert not log.exists() or log.stat().st_size == 0
    store.close()
    assert (tmp_path / "progress.sqlite").read_bytes() == before
