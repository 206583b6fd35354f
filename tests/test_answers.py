"""What is kept of a learner's answers: every one of every session, whatever the file, the disk and the clock do."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from disks import Disk
from test_learner_file import PLACE

from nntutor.lessons.export import progress
from nntutor.lessons.learner import database, review, waiting
from nntutor.lessons.learner.answers import Answer, Skill, after, fitting
from nntutor.lessons.learner.places import Store
from nntutor.tui import cli

DAY = 86400.0
CHILD = """
import sys
from pathlib import Path
from nntutor.lessons.learner.places import Store
store = Store.open(Path(sys.argv[1]))
for number in range(100000):
    store.answered(f"skill-{number}", "right")
    print(number, flush=True)
"""


def sql(home: Path, *statements: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "progress.sqlite") as connection:
        found = [row for one in statements for row in connection.execute(one).fetchall()]
    connection.close()
    return found


def skills(home: Path) -> dict[str, Skill]:
    store = Store.open(home)
    found = store.skills()
    store.close()
    return found


def answered(home: Path, *outcomes: str, skill: str = "update") -> Store:
    store = Store.open(home)
    for outcome in outcomes:
        store.answered(skill, outcome)
    return store


# --- boxes and dates -----------------------------------------------------------------------------------


def test_right_at_once_goes_a_box_up_anything_else_to_the_first_and_skipped_stays() -> None:
    skill = Skill()
    for outcome, box in (
        ("skipped", 0),
        ("right", 2),
        ("right", 3),
        ("skipped", 3),
        ("helped", 1),
        ("right", 2),
        ("shown", 1),
    ):
        skill = after(skill, Answer("update", outcome, 5.0))
        assert skill.box == box
    assert skill.results == "-rr-hrs"
    for _ in range(20):
        skill = after(skill, Answer("update", "right", 5.0))
    assert skill.box == len(review.BOXES) - 1 and skill.results == "r" * 8


def test_a_week_later_what_was_hard_is_asked_and_what_was_right_twice_is_not_before() -> None:
    hard = after(Skill(), Answer("", "shown", 0.0))
    easy = after(after(Skill(), Answer("", "right", 0.0)), Answer("", "right", 0.0))
    kept = {"hidden-delta": hard, "update": easy, "gone": hard}
    known = ("hidden-delta", "update")
    assert review.due(kept, known, 0.5 * DAY) == []
    assert review.due(kept, known, 6 * DAY) == ["hidden-delta"]
    assert review.due(kept, known, 7 * DAY) == ["hidden-delta", "update"]


def test_no_more_than_three_are_asked_and_the_lowest_boxes_first() -> None:
    kept = {f"{box}": Skill(box, float(-box)) for box in (3, 1, 2, 0, 4)}
    assert review.due(kept, kept, 1000 * DAY) == ["0", "1", "2"]


def test_a_clock_that_was_set_back_puts_nothing_off() -> None:
    ahead = Skill(1, 1000 * DAY)
    assert review.is_due(ahead, 10 * DAY) and not review.is_due(ahead, 1000 * DAY - 3600)


# --- the file ------------------------------------------------------------------------------------------


def test_an_answer_is_there_for_the_next_session(tmp_path: Path) -> None:
    before = time.time()
    answered(tmp_path, "shown", "right").close()
    (name, skill), *more = skills(tmp_path).items()
    assert (name, skill.box, skill.results, more) == ("update", 2, "sr", [])
    assert before <= skill.at <= time.time()


def test_two_sessions_at_once_keep_the_answers_of_both(tmp_path: Path) -> None:
    one, other = Store.open(tmp_path), Store.open(tmp_path)
    for outcome in ("shown", "right", "helped"):
        one.answered("update", outcome)
        other.answered("update", "right")
    assert one.skills() == other.skills()
    assert one.skills()["update"].results == "srrrhr"


def test_an_answer_that_cannot_be_written_waits_counts_already_and_is_not_lost(tmp_path: Path, disk: Disk) -> None:
    store = answered(tmp_path, "right")
    disk.full = True
    store.answered("update", "shown")
    store.answered("forward", "right")
    assert store.note is not None and store.skills()["update"].results == "rs"
    disk.full = False
    store.retry()
    assert store.note is None
    store.close()
    assert {name: skill.results for name, skill in skills(tmp_path).items()} == {"forward": "r", "update": "rs"}


def test_no_answer_that_was_reported_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().split()]
    process.wait()
    process.stdout.close()
    assert len(skills(tmp_path)) > max(told)


def as_version_2(home: Path) -> None:
    store = Store.open(home)
    store.save(PLACE)
    store.mark_done("cycle")
    store.close()
    sql(home, "DROP TABLE skill", "PRAGMA user_version = 2")


def test_a_file_of_the_version_before_gets_what_it_lacks_and_keeps_what_it_has(tmp_path: Path) -> None:
    as_version_2(tmp_path)
    answered(tmp_path, "right").close()
    assert sql(tmp_path, "PRAGMA user_version") == [(3,)]
    store = Store.open(tmp_path)
    assert not store.told and store.reached("cycle") == PLACE and store.done() == {"cycle"}
    assert store.skills()["update"].box == 2


def test_on_a_full_disk_a_file_of_the_version_before_is_still_read(tmp_path: Path, disk: Disk) -> None:
    as_version_2(tmp_path)
    disk.full = True
    store = answered(tmp_path, "right")
    assert store.note is not None and store.reached("cycle") == PLACE
    assert store.skills() == {"update": store.skills()["update"]}
    disk.full = False
    store.retry()
    assert store.note is None and skills(tmp_path)["update"].results == "r"


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    answered(tmp_path, "right").close()
    sql(tmp_path, "PRAGMA user_version = 99")
    store = answered(tmp_path, "shown")
    assert store.note is not None and store.note[0] == "progress.newer"
    store.close()
    assert sql(tmp_path, "SELECT results FROM skill") == [("r",)]


@pytest.mark.parametrize(
    "values",
    [
        "'update', -1, 0, ''", "'update', 7, 0, ''", "'update', 'x', 0, ''", "'update', 1.5, 0, ''",
        "'update', 1, 9e999, ''",        "'update', 1, 'x', ''", "'update', 1, 0, 'xyz'", "'update', 1, 0, 'rrrrrrrrr'",
        "'update', 1, 0, NULL",
        "'update', 1, 0, X'72'", "NULL, 1, 0, 'r'", "X'7570', 1, 0, 'r'", "printf('%.*c', 200, 'x'), 1, 0, 'r'",
        "'update', NULL, NULL, NULL", "'update', 1, 1e300, 'r'",
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_as_if_it_were_not_there(tmp_path: Path, values: str) -> None:
    answered(tmp_path, "right", skill="forward").close()
    sql(tmp_path, f"INSERT INTO skill VALUES ({values})")
    assert list(skills(tmp_path)) == ["forward"]
    answered(tmp_path, "right").close()
    assert skills(tmp_path)["update"] == Skill(2, skills(tmp_path)["update"].at, "r")


@pytest.mark.parametrize("values", [(True, 0.0, ""), (1, True, ""), (1, float("nan"), ""), (1, 0.0, None)])
def test_values_of_another_kind_make_no_skill(values: tuple[object, object, object]) -> None:
    assert fitting(*values) is None


# --- to a file and from one ----------------------------------------------------------------------------


def run(patch: pytest.MonkeyPatch, home: Path, *arguments: str, typed: str = "") -> int:
    patch.setenv("NNTUTOR_HOME", str(home))
    patch.setenv("LC_ALL", "en_US.UTF-8")
    patch.setattr(sys, "stdin", io.StringIO(typed))
    return cli.main(arguments)


def test_what_was_learned_goes_to_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there, file = tmp_path / "here", tmp_path / "there", tmp_path / "learned.json"
    store = answered(here, "shown", "right")
    store.mark_done("cycle")
    store.close()
    answered(there, "helped", skill="forward").close()
    assert run(monkeypatch, here, "progress", "--export", str(file)) == 0
    assert run(monkeypatch, there, "progress", "--import", str(file)) == 0
    assert skills(there) == {"forward": skills(there)["forward"], **skills(here)}
    assert Store.open(there).done() == {"cycle"}
    assert "Taken in: 1 finished lesson, 1 skill." in capsys.readouterr().out


def test_of_a_skill_that_is_known_here_too_the_later_answer_counts(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    assert store.merge(frozenset(), {"update": Skill(3, 100.0, "rr")})
    assert store.merge(frozenset(), {"update": Skill(1, 50.0, "s"), "forward": Skill(1, 50.0, "s")})
    assert store.skills() == {"update": Skill(3, 100.0, "rr"), "forward": Skill(1, 50.0, "s")}


@pytest.mark.parametrize("text", ["", "{}", "[1]", "null", "{" * 5000, "[" * 100_000, '{"format": "nntutor-trace"}'])
def test_what_is_no_such_file_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    assert run(monkeypatch, tmp_path, "progress", "--import", str(file)) == 2
    assert "is no file of" in capsys.readouterr().err
    assert not waiting.exists()


def test_entries_that_cannot_be_are_left_out() -> None:
    entries = [
        {"skill": "update", "box": 2, "at": 5, "results": "rs"},
        {"skill": "update\x1b", "box": 2, "at": 5, "results": ""},
        {"skill": 7}, {"skill": "a", "box": 9, "at": 5, "results": ""},
        {"skill": "x" * 200, "box": 1, "at": 5, "results": ""},
        7, None,
    ]  # fmt: skip
    whole = {"format": progress.FORMAT, "version": 1, "finished": ["cycle", 7], "skills": entries}
    assert progress.read(json.dumps(whole)) == (frozenset({"cycle"}), {"update": Skill(2, 5.0, "rs")})
    with pytest.raises(progress.NotProgress, match="newer"):
        progress.read(json.dumps({**whole, "version": 2}))


@pytest.mark.parametrize(
    ("typed", "gone"), [("yes\n", True), ("예\n", True), ("no\n", False), ("", False), ("\n", False)]
)
def test_everything_is_forgotten_only_after_a_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, gone: bool
) -> None:
    store = answered(tmp_path, "right")
    store.mark_done("cycle")
    store.save(PLACE)
    store.keep_setting("theme", "light")
    store.close()
    assert run(monkeypatch, tmp_path, "reset", typed=typed) == 0
    store = Store.open(tmp_path)
    assert (not store.skills(), not store.done(), store.reached("cycle") is None) == (gone,) * 3
    assert store.setting("theme") == "light"


def test_a_session_that_is_open_meanwhile_goes_on_keeping_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path)
    store.save(PLACE)
    assert run(monkeypatch, tmp_path, "reset", typed="yes\n") == 0
    store.save(PLACE)
    assert store.saving and store.reached("cycle") == PLACE


def test_looking_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (["progress"], ["reset"], ["progress", "--export", "-"]):
        assert run(monkeypatch, tmp_path, *arguments) == 0
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_used_is_told_and_no_export_is_lost_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    answered(tmp_path / "home", "right").close()
    assert run(monkeypatch, tmp_path / "home", "progress", "--export", str(kept)) == 0
    before = kept.read_text()
    for damaged in (tmp_path / "one", tmp_path / "two"):
        damaged.mkdir()
        (damaged / "progress.sqlite").write_text("no database")
    # Once it has been set aside, and where there never was one, there is nothing to export; the earlier one is.
    for home in ("one", "one", "none"):
        assert run(monkeypatch, tmp_path / home, "progress", "--export", str(kept)) == 2
        assert "nothing was exported: " in capsys.readouterr().err and kept.read_text() == before
    assert run(monkeypatch, tmp_path / "two", "progress") == 0
    assert "It was set aside as " in capsys.readouterr().out


def test_of_a_folder_in_which_nobody_lets_us_look_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path, **_: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    answered(tmp_path, "right").close()
    with monkeypatch.context() as closed:
        closed.setattr(waiting, "path", lambda: tmp_path / ("a" * 300))
        closed.setattr(database, "is_link", refused)
        assert run(monkeypatch, tmp_path, "progress") == 0
        assert "Nothing can be saved: this is not allowed here." in capsys.readouterr().out
        assert run(monkeypatch, tmp_path, "progress", "--export", str(tmp_path / "kept.json")) == 2
        assert "nothing was exported: " in capsys.readouterr().err


def test_an_export_goes_over_nothing_but_an_export_and_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(tmp_path / "home", "right").close()
    sheet, kept = tmp_path / "sheet.toml", tmp_path / "kept.json"
    sheet.write_text("title = 'mine'")
    assert run(monkeypatch, tmp_path / "home", "progress", "--export", str(sheet)) == 2
    assert sheet.read_text() == "title = 'mine'" and "is there already" in capsys.readouterr().err
    for _ in range(2):
        assert run(monkeypatch, tmp_path / "home", "progress", "--export", str(kept)) == 0
    before = kept.read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert run(monkeypatch, tmp_path / "home", "progress", "--export", str(kept)) == 2
    assert kept.read_text() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "kept.json", "sheet.toml"]


def test_an_export_has_as_long_a_name_as_there_can_be_and_a_circle_of_links_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long, circle = tmp_path / ("a" * 255), tmp_path / "circle"
    assert run(monkeypatch, tmp_path / "home", "progress", "--export", str(long)) == 0
    assert progress.read(long.read_text()) == (frozenset(), {})
    circle.symlink_to("circle")
    assert run(monkeypatch, tmp_path / "home", "progress", "--export", str(circle / "kept.json")) == 2
    said = capsys.readouterr().err
    assert "kept.json cannot be written: " in said and len(said.splitlines()) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_an_export_waits_for_no_reader_and_names_what_it_cannot_write_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe, home = tmp_path / "pipe", tmp_path / "home"
    os.mkfifo(pipe)
    said = {}
    for name in (str(pipe), str(tmp_path), "/dev/full"):
        assert run(monkeypatch, home, "progress", "--export", name) == 2
        said[name] = capsys.readouterr().err
        assert said[name].startswith(f"nntutor: {name} cannot be written: ") and said[name].count("\n") == 1
    assert "nobody reads" in said[str(pipe)]
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run(monkeypatch, home, "progress", "--export", str(pipe)) == 0
    assert progress.read(os.read(reader, 10_000).decode()) == (frozenset(), {})
    os.close(reader)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe"]


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout here")
def test_an_export_into_a_pipe_whose_reader_has_ended_is_quiet(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "nntutor", "progress", "--export", "/dev/stdout"],
        stdout=writer, stderr=subprocess.PIPE, env={**os.environ, "NNTUTOR_HOME": str(tmp_path / "home")}, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_quiz_keeps_each_answer_and_the_next_one_shows_less_of_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path, "quiz", "7", "--count", "2", typed="esc\n?\n?\n?\n?\n") == 0
    assert skills(tmp_path)["hidden-delta"].results == "-s"
    capsys.readouterr()
    store = Store.open(tmp_path)
    assert store.merge(frozenset(), {"hidden-delta": Skill(5, time.time() + 1, "rrrr")})
    store.close()
    assert run(monkeypatch, tmp_path, "quiz", "7", "--count", "1") == 0
    assert "x1 = " in capsys.readouterr().out
    assert run(monkeypatch, tmp_path, "progress") == 0
    assert "5/6" in capsys.readouterr().out
