"""What a key writes, and what becomes of it on a disk that fills up, and where nothing may be written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import disks
import numpy as np
import pytest
import screens
from disks import Disk

from nntutor.core.files.problem import parse, text_of
from nntutor.core.problems.network import Network, Problem, Samples
from nntutor.lessons.course import builtin
from nntutor.lessons.language import words as all_words
from nntutor.lessons.learner import database, sources
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui import bookmarks
from nntutor.tui.desk import Desk
from nntutor.tui.state.session import Home, Opened, Session, Typed

PLACE = Place("lesson", "cycle", "", "main", {}, 3, 7, "", {"digits": 6}, b"x" * 64, b"")
_IO = Path("/proc/self/io")


# --- what a key writes ---------------------------------------------------------------------------------


def written() -> int:
    """Bytes that this process has handed to the system so far, SQLite's pages and their heads among them."""
    return int(next(line for line in _IO.read_text().splitlines() if line.startswith("wchar")).split()[1])


def opened(home: Path, problem: Problem, source: sources.Source | None = None) -> tuple[Desk, Session]:
    """A problem of one's own at its first step, which is kept."""
    desk = Desk(Store.open(home))
    opening = desk.begin(None, problem, source)
    assert opening is not None
    session = screens.update(Session(Home(())), Opened(opening.study))
    return desk, desk.keep(Session(Home(())), session)


def large() -> Problem:
    """A problem whose text takes 160 KB, and whose weights take 10 KB."""
    flowers = builtin.open("flowers")
    inputs, targets = flowers.samples.inputs.repeat(12, axis=0), flowers.samples.targets.repeat(12, axis=0)
    first, last = flowers.network.layers
    wide = Network((
        replace(first, weights=first.weights.repeat(25, axis=0), bias=None),
        replace(last, weights=last.weights.repeat(25, axis=1)),
    ))  # fmt: skip
    return replace(flowers, network=wide, samples=Samples(inputs, targets), batch="online", title="large")


def many(session: Session, way: int) -> str:
    return ("step", "iteration_next", "back", "phase_next", "view", "iteration_next", "more")[way % 7]


def nudged(session: Session, way: int) -> str:
    return "more"


@pytest.mark.skipif(not _IO.exists(), reason="only there it is counted what a process writes")
@pytest.mark.parametrize(
    ("problem", "ways", "count"), [(large, many, 70), (lambda: builtin.open("two-two-two"), nudged, 250)]
)
def test_a_key_writes_at_most_4_kb_whatever_the_data(
    tmp_path: Path, problem: Callable[[], Problem], ways: Callable[[Session, int], str], count: int
) -> None:
    desk, session = opened(tmp_path, problem())
    session = screens.pressed(session, "last")
    assert session.study is not None
    lines = tuple((1, f"δ_o1 = 0.{number}; delta_h1 = {number}") for number in range(99))
    session = replace(session, study=replace(session.study, typed=lines))  # more than is kept
    most = 0
    for number in range(count):
        after = screens.pressed(session, ways(session, number))
        before = written()
        session = desk.keep(session, after)
        most = max(most, written() - before)
    assert 0 < most <= 4096
    assert session.study is not None
    place = Store.open(tmp_path).latest()
    assert place is None  # it is this living session's
    desk.close(session)
    again = Desk(Store.open(tmp_path)).begin(None, None)
    assert again is not None and again.study.place == session.study.place
    assert again.study.timeline.edits == session.study.timeline.edits
    assert again.study.trace.before.params.tobytes() == session.study.trace.before.params.tobytes()


@pytest.mark.parametrize("way", ["killed", "ended"])
def test_weights_that_are_not_kept_at_each_key_are_the_same_bit_for_bit(tmp_path: Path, way: str) -> None:
    desk, session = opened(tmp_path, large())
    for action in ("iteration_next", "iteration_next", "more", "iteration_next", "iteration_next", "back"):
        session = desk.keep(session, screens.pressed(session, action))
    before = session.study
    assert before is not None and before.trace.before.params.nbytes > 1000
    with sqlite3.connect(tmp_path / "progress.sqlite") as connection:
        ((since, bytes_of_weights),) = connection.execute("SELECT since, length(params) FROM place").fetchall()
        connection.execute("UPDATE place SET pid = 0")
    connection.close()
    assert (since, bytes_of_weights) == (1, 0)
    if way == "ended":
        desk.close(session)
        with sqlite3.connect(tmp_path / "progress.sqlite") as connection:
            assert connection.execute("SELECT since FROM place").fetchall() == [(before.place.iteration,)]
        connection.close()
    opening = Desk(Store.open(tmp_path)).begin(None, None)
    assert opening is not None and opening.study.place == before.place
    assert opening.study.trace.before.params.tobytes() == before.trace.before.params.tobytes()
    assert opening.study.trace.error == before.trace.error


def test_weights_far_from_those_that_are_kept_are_kept_themselves(tmp_path: Path) -> None:
    problem = replace(large(), batch="full")
    _, session = opened(tmp_path, problem)
    study = session.study
    assert study is not None
    near = bookmarks.weights(study, None)
    assert near.params == b""
    far = replace(study, timelines={"main": study.timeline.to(40)})
    assert bookmarks.work(problem) * 39 > 1_000_000
    kept = bookmarks.weights(far, near)
    assert kept.iteration == 40 and kept.params == far.trace.before.params.tobytes()
    assert bookmarks.weights(replace(far, timelines={"main": far.timeline.to(41)}), kept) is kept
    edited = screens.update(screens.pressed(replace(session, study=far), "edit"), Typed("η = 0.25"))
    edited = screens.pressed(edited, "continue")
    assert edited.study is not None and edited.study.timeline.edits
    assert bookmarks.weights(edited.study, kept) is not kept


# --- a CSV file ----------------------------------------------------------------------------------------

CSV = "a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"
TOML = """title = "mine"
data = "data.csv"
inputs = ["a", "b"]
targets = ["y"]

[[layer]]
units = 2

[[layer]]
units = 1
"""


def with_csv(home: Path) -> Session:
    """A session on a problem with a CSV file, which has ended two steps on."""
    folder = home / "work"
    folder.mkdir()
    (folder / "data.csv").write_text(CSV)
    (folder / "mine.toml").write_text(TOML)
    text, file, where = text_of(folder / "mine.toml")
    desk, session = opened(home, parse(text, file, where), sources.of_file(text, where))
    for _ in range(2):
        session = desk.keep(session, screens.pressed(session, "iteration_next"))
    desk.close(session)
    return session


def test_of_a_csv_file_the_path_and_the_hash_are_kept_and_not_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = with_csv(tmp_path)
    monkeypatch.chdir("/")
    opening = Desk(Store.open(tmp_path)).begin(None, None)
    assert opening is not None and session.study is not None
    assert opening.study.place == session.study.place == (3, 1)
    assert opening.study.trace.error == session.study.trace.error
    store = Store.open(tmp_path)
    with sqlite3.connect(tmp_path / "progress.sqlite") as connection:
        ((folder, digest),) = connection.execute("SELECT folder, digest FROM place").fetchall()
        assert [body.decode() for (body,) in connection.execute("SELECT body FROM kept")] == [TOML]
    connection.close()
    assert folder == str(tmp_path / "work") and digest == sources.digest([tmp_path / "work" / "data.csv"])
    store.close()


def test_a_csv_file_that_is_gone_is_named_and_its_place_waits_for_it(tmp_path: Path) -> None:
    with_csv(tmp_path)
    csv = tmp_path / "work" / "data.csv"
    csv.rename(tmp_path / "elsewhere.csv")
    for language in all_words.LANGUAGES:
        desk = Desk(Store.open(tmp_path))
        assert desk.begin(None, None) is None
        assert str(csv) in desk.message(all_words.load(language))
        desk.close(Session(Home(())))
    (tmp_path / "elsewhere.csv").rename(csv)
    opening = Desk(Store.open(tmp_path)).begin(None, None)
    assert opening is not None and opening.study.place == (3, 1)


@pytest.mark.parametrize(("content", "begins"), [(CSV.replace("1,1,0", "1,1,1"), True), ("a,b\n", False)])
def test_a_csv_file_that_has_changed_is_begun_anew_or_named(tmp_path: Path, content: str, begins: bool) -> None:
    with_csv(tmp_path)
    csv = tmp_path / "work" / "data.csv"
    csv.write_text(content)
    desk = Desk(Store.open(tmp_path))
    opening = desk.begin(None, None)
    if not begins:
        assert opening is None and str(csv) in desk.message(all_words.load("en"))
        return
    assert opening is not None and opening.study.place == (1, 1)
    assert opening.study.note is not None and opening.study.note[0] == "progress.data_changed"
    assert opening.study.timeline.original.samples.targets[-1, 0] == 1


@pytest.mark.parametrize("damaged", [False, True])
def test_of_several_files_the_one_that_has_changed_is_named(tmp_path: Path, damaged: bool) -> None:
    csv, weights = tmp_path / "data.csv", tmp_path / "model.npz"
    csv.write_text(CSV)
    np.savez(weights, w=np.ones((1, 2)))
    text = TOML.replace("units = 1", 'weights = "model.npz:w"')
    desk, session = opened(tmp_path, parse(text, "mine.toml", tmp_path), sources.of_file(text, tmp_path))
    desk.close(session)
    np.savez(weights, w=np.ones((3, 3)) if damaged else np.zeros((1, 2)))
    desk = Desk(Store.open(tmp_path))
    opening = desk.begin(None, None)
    assert (opening is None) == damaged
    note = opening and opening.study.note
    said = str(note[1]["name"]) if note else desk.message(all_words.load("en"))
    assert str(weights) in said and str(csv) not in said


# --- a disk that fills up ------------------------------------------------------------------------------


def test_what_is_done_while_the_disk_is_full_is_kept_when_there_is_room(tmp_path: Path, disk: Disk) -> None:
    store = Store.open(tmp_path)
    disk.full = True
    for lesson in ("cycle", "wall"):
        store.save(replace(PLACE, name=lesson))
    store.mark_done("cycle")
    store.keep_setting("theme", "light")
    assert store.note is not None and not store.saving
    assert store.reached("cycle") == PLACE and store.done() == {"cycle"} and set(store.begun()) == {"cycle", "wall"}
    disk.full = False
    store.save(replace(PLACE, step=8))
    assert store.note is None and store.saving
    other = Store.open(tmp_path)
    assert other.reached("wall") == replace(PLACE, name="wall") and other.reached("cycle") == replace(PLACE, step=8)
    assert other.done() == {"cycle"} and other.setting("theme") == "light"


def test_a_start_on_a_full_disk_saves_as_soon_as_there_is_room(tmp_path: Path, disk: Disk) -> None:
    disk.full = True
    store = Store.open(tmp_path)
    assert store.note is not None and "full" in str(store.note[1]["reason"])
    store.save(PLACE)
    assert store.note is not None
    disk.full = False
    store.retry()
    assert store.note is None and Store.open(tmp_path).reached("cycle") == PLACE


def test_a_file_that_a_start_on_a_full_disk_has_left_empty_is_not_told_to_be_lost(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_MAKING", -1)  # as if time had gone by
    monkeypatch.setattr(disks, "_WRITES", (*disks._WRITES, "PRAGMA journal_mode"))  # a new file's first bytes
    disk.full = True
    store = Store.open(tmp_path)
    store.save(PLACE)
    disk.full = False
    store.retry()
    assert store.saving and store.told == []
    for name in ("", "-wal", "-shm"):
        (tmp_path / f"progress.sqlite{name}").unlink(missing_ok=True)
    (tmp_path / "progress.sqlite").touch()
    store.save(PLACE)
    assert [key for key, _ in store.told] == ["progress.emptied"]


def test_what_waits_is_tried_once_more_at_the_end(tmp_path: Path, disk: Disk) -> None:
    store = Store.open(tmp_path)
    disk.full = True
    store.save(PLACE)
    disk.full = False
    store.close()
    assert Store.open(tmp_path).latest() == PLACE


FILLING = """
import resource, signal, sys
from dataclasses import replace
from pathlib import Path
from nntutor.lessons.learner.places import Place, Store
place = Place("lesson", "cycle", "", "main", {}, 1, 1, "", {}, b"x" * 64, b"")
home, full_at_start = Path(sys.argv[1]), sys.argv[2] == "start"
def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
if full_at_start:
    room(0)
store = Store.open(home)
told = []
for step in range(1, 400):
    if step == 20:
        room(1 << 14)
    if step in (200, 390):
        room(resource.RLIM_INFINITY)
    if step == 300:
        room(1 << 15)
    store.save(replace(place, step=step))
    told.append(store.note is None)
    if told[-1]:
        shown = step
    other = Store.open(home) if step % 10 == 0 else None
    if other is not None:
        found = other.reached("cycle")
        print(step, told[-1], found.step if found else 0)
        other.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a file's size is limited there by no call")
@pytest.mark.parametrize("when", ["start", "later"])
def test_on_a_disk_that_fills_and_empties_nothing_that_was_shown_as_saved_is_lost(tmp_path: Path, when: str) -> None:
    """Each write that does not fit is refused by the system itself; another session reads what is there."""
    given = [sys.executable, "-c", FILLING, str(tmp_path), when]
    done = subprocess.run(given, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    saved = [int(found) for step, told, found in lines if told == "True"]
    assert saved == [int(step) for step, told, _ in lines if told == "True"]
    states = [told for _, told, _ in lines]
    assert {"True", "False"} == set(states[:30]) and states[-1] == "True"


@pytest.mark.skipif(sys.platform == "win32", reason="a file in use cannot be taken away there")
@pytest.mark.parametrize("how", ["deleted", "renamed"])
def test_a_file_that_is_taken_away_is_made_anew_at_the_next_save(tmp_path: Path, how: str) -> None:
    store = Store.open(tmp_path)
    store.save(PLACE)
    for ending in ("", "-wal", "-shm"):
        path = tmp_path / f"progress.sqlite{ending}"
        if how == "deleted":
            path.unlink()
        else:
            path.rename(tmp_path / f"kept.sqlite{ending}")
    store.save(replace(PLACE, step=9))
    assert store.note is None
    other = Store.open(tmp_path)
    assert other.reached("cycle") == replace(PLACE, step=9)


@pytest.mark.parametrize("endings", [("-wal",), ("-wal", "-shm")])
def test_of_a_log_that_is_taken_away_nothing_is_lost(tmp_path: Path, endings: tuple[str, ...]) -> None:
    store = Store.open(tmp_path)
    store.mark_done("wall")
    store.save(PLACE)
    for ending in endings:
        (tmp_path / f"progress.sqlite{ending}").unlink()
    store.save(replace(PLACE, step=9))
    assert store.note is None
    other = Store.open(tmp_path)
    assert other.reached("cycle") == replace(PLACE, step=9)
    assert other.done() == {"wall"}


# --- what is left alone --------------------------------------------------------------------------------


def told(store: Store) -> str:
    return Desk(store).message(all_words.load("en"))


def test_a_file_of_a_newer_version_is_left_alone_and_that_is_said(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(PLACE)
    store.close()
    path = tmp_path / "progress.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    path.chmod(0o640)
    before = path.read_bytes()
    store = Store.open(tmp_path)
    store.save(replace(PLACE, step=9))
    assert not store.saving and "newer" in told(store) and str(path) in told(store)
    store.close()
    assert [one.name for one in tmp_path.iterdir()] == ["progress.sqlite"]
    assert path.read_bytes() == before and path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_is_not_followed_and_that_is_said(tmp_path: Path, ending: str, there: bool) -> None:
    home, target = tmp_path / "home", tmp_path / "target"
    home.mkdir()
    if ending:
        Store.open(home).close()
    if there:
        target.write_text("somebody's letter")
        target.chmod(0o644)
    link = home / f"progress.sqlite{ending}"
    link.symlink_to(target)
    store = Store.open(home)
    store.save(PLACE)
    assert not store.saving and "symbolic link" in told(store)
    store.close()
    assert target.exists() == there and link.is_symlink()
    if there:
        assert target.read_text() == "somebody's letter" and target.stat().st_mode & 0o777 == 0o644
    link.unlink()
    store = Store.open(home)
    assert store.saving
    store.close()


def test_when_the_link_is_gone_saving_goes_on_in_the_same_session(tmp_path: Path) -> None:
    (tmp_path / "progress.sqlite").symlink_to(tmp_path / "elsewhere")
    store = Store.open(tmp_path)
    store.save(PLACE)
    (tmp_path / "progress.sqlite").unlink()
    store.retry()
    assert store.saving and Store.open(tmp_path).reached("cycle") == PLACE


def test_the_list_of_lessons_says_what_was_set_aside(tmp_path: Path) -> None:
    (tmp_path / "progress.sqlite").write_text("no database " * 500)
    given = {**os.environ, "NNTUTOR_HOME": str(tmp_path), "NNTUTOR_LANG": "en"}
    command = [sys.executable, "-m", "nntutor.tui.cli", "lessons"]
    first, second = (subprocess.run(command, env=given, capture_output=True, text=True, check=True) for _ in range(2))
    assert "progress.sqlite.set-aside" in first.stdout and "set-aside" not in second.stdout
