"""Rows of the learner's file that cannot be used: each set aside by itself, with its reason, and the others used."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import tempfile
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

import damaging
import formerly
import pytest
import screens

from nntutor.core.engine.edits import MOST_EDITS, Edit
from nntutor.core.notation.symbols import Ref
from nntutor.lessons.language import words as all_words
from nntutor.lessons.learner import processes, rows, saving
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui.desk import Desk

ONE = Place("lesson", "cycle", "", "main", {}, 3, 7, "", {"digits": 6, "page": 0}, b"x" * 64, b"")
OTHER = replace(ONE, name="wall", step=5)
OWN = replace(ONE, what="problem", name="own", problem="title = 'own'\n" * 3, params=b"y" * 400)
EDITED = replace(ONE, edits={"main": (Edit(3, Ref("weight", 1, 1, 2), 0.5), Edit(1, Ref("set_depth"), 2.0))})


def left(home: Path, *places: Place) -> None:
    for place in places:
        store = Store.open(home)
        store.save(place)
        store.close()


def put(home: Path, sql: str) -> None:
    with sqlite3.connect(home / "progress.sqlite") as connection:
        connection.execute(sql)
    connection.close()


def asked(home: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "progress.sqlite") as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


# (what is put into the newest row, what is to blame)
NONSENSE = [
    ("UPDATE place SET stop = CAST(X'C1FF' AS TEXT) WHERE id = 2", "text"),
    ("UPDATE place SET name = X'00' WHERE id = 2", "text"),
    ("UPDATE place SET settings = '[]' WHERE id = 2", "settings"),
    ("UPDATE place SET settings = '{\"page\": -5}' WHERE id = 2", "settings"),
    ("UPDATE place SET settings = '{\"trail\": [[1, 2, 3]]}' WHERE id = 2", "settings"),
    ('UPDATE place SET settings = \'{"places": {"main": [1, 0]}}\' WHERE id = 2', "settings"),
    ('UPDATE place SET settings = \'{"places": {"main": [0, 1]}}\' WHERE id = 2', "settings"),
    ("UPDATE place SET settings = '{' WHERE id = 2", "settings"),
    ("UPDATE place SET params = X'00010203040506' WHERE id = 2", "weights"),
    ("UPDATE place SET iteration = 1000000000, since = 1000000000 WHERE id = 2", "place"),
    ("UPDATE place SET step = 'x' WHERE id = 2", "place"),
    ("UPDATE edit SET iteration = 1000000000 WHERE number = 0", "edits"),
    ("UPDATE edit SET ref = '[]' WHERE number = 1", "edits"),
    ("UPDATE edit SET value = 'a lot' WHERE number = 1", "edits"),
    ("UPDATE edit SET value = 'nan' WHERE number = 1", "edits"),
    ("UPDATE edit SET value = '-inf' WHERE number = 1", "edits"),
]


@pytest.mark.parametrize(("sql", "part"), NONSENSE)
def test_a_row_of_nonsense_is_set_aside_by_itself_and_the_one_before_it_is_used(
    tmp_path: Path, sql: str, part: str
) -> None:
    left(tmp_path, OTHER, EDITED)
    put(tmp_path, sql)
    store = Store.open(tmp_path)
    assert store.latest() == OTHER and store.saving
    path = str(tmp_path / "progress.sqlite")
    assert store.told == [("progress.row_aside", {"part": part, "name": path})]
    store.close()
    assert asked(tmp_path, "SELECT id, reason FROM aside") == [(2, part)]
    assert asked(tmp_path, "SELECT count(*) FROM edit WHERE place = 2") == [(2,)]
    again = Store.open(tmp_path)
    assert again.latest() == OTHER and not again.told


def test_of_a_session_whose_last_row_is_nonsense_the_row_before_it_is_used(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(OTHER)
    store.save(ONE)
    store.close()
    put(tmp_path, "UPDATE place SET settings = '[]' WHERE name = 'cycle'")
    assert Store.open(tmp_path).latest() == OTHER


def test_what_fails_halfway_is_undone_and_told(tmp_path: Path) -> None:
    left(tmp_path, ONE)
    connection = sqlite3.connect(tmp_path / "progress.sqlite", isolation_level=None)
    with pytest.raises(ZeroDivisionError), saving.whole(connection):
        connection.execute("DELETE FROM place")
        _ = 1 / 0
    assert connection.execute("SELECT count(*) FROM place").fetchone() == (1,)
    connection.close()


def test_more_edits_than_a_run_holds_are_not_made_again(tmp_path: Path) -> None:
    """Each is run again at a start: a file with many would never let it end."""
    most = tuple(Edit(1, Ref("rate_eta"), float(number)) for number in range(MOST_EDITS))
    place = replace(ONE, edits={"main": most, "other": most})
    left(tmp_path, OTHER, place)
    store = Store.open(tmp_path)
    assert store.latest() == place
    store.close()
    put(tmp_path, f"UPDATE edit SET number = number + {MOST_EDITS}, run = 'main' WHERE run = 'other'")
    store = Store.open(tmp_path)
    assert store.latest() == OTHER and store.told[0][1]["part"] == "edits"


@pytest.mark.parametrize("sql", ["UPDATE kept SET body = X'00'", "DELETE FROM kept"])
def test_a_text_that_is_another_one_than_was_kept_is_not_taken_for_it(tmp_path: Path, sql: str) -> None:
    left(tmp_path, OTHER, OWN)
    put(tmp_path, sql)
    store = Store.open(tmp_path)
    assert store.latest() == OTHER and [facts["part"] for _, facts in store.told] == ["kept"]


def test_a_lesson_whose_row_is_nonsense_begins_anew_and_stays_finished(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.save(ONE)
    store.mark_done("cycle")
    store.close()
    put(tmp_path, "UPDATE place SET settings = '[]'")
    store = Store.open(tmp_path)
    desk = Desk(store)
    assert desk.open_lesson("cycle").place == (1, 1) and desk.home().done == {"cycle"}
    assert "settings" in desk.message(all_words.load("en")) and desk.message(all_words.load("en")) == ""


def kept_session(home: Path, lesson: str) -> None:
    store = Store.open(home)
    session = screens.pressed(screens.of_lesson(lesson), "step")
    Desk(store).keep(replace(session, study=None), session)
    store.close()


FAR = [
    ("a change at an iteration that is never waited for", "edits", {"main": (Edit(10**7, Ref("rate_eta"), 0.5),)}),
    ("a place far behind the weights that are kept", "since", {}),
]


@pytest.mark.parametrize(("what", "how", "edits"), FAR)
def test_what_takes_too_many_iterations_to_be_back_at_is_refused(
    tmp_path: Path, what: str, how: str, edits: dict[str, tuple[Edit, ...]]
) -> None:
    kept_session(tmp_path, "hidden-delta")
    store = Store.open(tmp_path)
    place = store.latest()
    assert place is not None
    far = replace(place, edits=edits) if edits else replace(place, since=place.iteration, iteration=10**7)
    store.save(far)
    store.close()
    desk = Desk(Store.open(tmp_path))
    assert desk.begin(None, None) is None
    assert all_words.load("en").say("progress.part_far") in desk.message(all_words.load("en"))


@pytest.mark.parametrize("problem", ["", "not = toml = at all", "[[layer]]\nunits = 1\n", "error = 'none'"])
def test_a_problem_that_cannot_be_read_is_set_aside_and_the_session_before_it_gone_on_with(
    tmp_path: Path, problem: str
) -> None:
    kept_session(tmp_path, "hidden-delta")
    left(tmp_path, replace(OWN, problem=problem))
    desk = Desk(Store.open(tmp_path))
    opening = desk.begin(None, None)
    assert opening is not None and opening.study.name == "hidden-delta"
    assert all_words.load("ko").say("progress.part_problem") in desk.message(all_words.load("ko"))
    assert asked(tmp_path, "SELECT name, reason FROM aside") == [("own", "problem")]


def test_every_reason_has_its_words() -> None:
    code = Path(rows.__file__).parents[2]
    sources = [*code.glob("lessons/learner/*.py"), *code.glob("tui/*.py")]
    named = {part for one in sources for part in re.findall(r'Unfit\("(\w+)"\)', one.read_text(encoding="utf-8"))}
    for language in all_words.LANGUAGES:
        assert named | {"edits", "problem"} == {
            key.removeprefix("part_") for key, _ in all_words.load(language).group("progress") if key.startswith("part")
        }


@pytest.mark.parametrize("what", [b"CREATE", b"place INTEGER", b"place (", b"body BLOB", b"reason TEXT", b"finished ("])
def test_a_file_whose_tables_are_described_in_no_utf8_is_set_aside_as_a_whole(tmp_path: Path, what: bytes) -> None:
    left(tmp_path, ONE)
    path = tmp_path / "progress.sqlite"
    path.write_bytes(path.read_bytes().replace(what, b"\xc1" + what[1:], 1))
    store = Store.open(tmp_path)
    assert store.saving and [key for key, _ in store.told] == ["progress.set_aside"]


# --- what is newest ------------------------------------------------------------------------------------


def test_the_newest_session_is_gone_on_with_whatever_the_clocks_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that is set back an hour from session to session turns no order round."""
    hours = count(0, -1)
    monkeypatch.setattr("time.time", lambda: 2.1e9 + 3600 * next(hours))
    third = replace(ONE, name="xor")
    for at, place in enumerate((ONE, OTHER, third, OWN, replace(ONE, step=9), replace(OTHER, step=9))):
        left(tmp_path, place)
        store = Store.open(tmp_path)
        assert list(store.begun())[-1] == (place.name if place.what == "lesson" else third.name)
        assert store.latest() == place
        store.close()
        if at >= 4:
            assert Store.open(tmp_path).reached(place.name) == place
    store = Store.open(tmp_path)
    assert list(store.begun()) == ["xor", "cycle", "wall"]
    for number in range(30):
        left(tmp_path, replace(OWN, name=f"own {number}"))
    names = [name for (name,) in asked(tmp_path, "SELECT name FROM place WHERE what = 'problem' ORDER BY id")]
    assert names == [f"own {number}" for number in range(9, 30)]  # twenty that are gone, and the last one


def test_another_machines_session_from_the_future_is_gone(tmp_path: Path) -> None:
    left(tmp_path, ONE)
    put(tmp_path, "UPDATE place SET host = 'elsewhere', pid = 7, at = 2e9 * 2")
    assert Store.open(tmp_path).latest() == ONE
    assert processes.alive("elsewhere", 7, "", 4e9) is False


def test_a_turn_of_nonsense_does_not_win_for_ever(tmp_path: Path) -> None:
    left(tmp_path, ONE)
    put(tmp_path, "UPDATE place SET turn = 9223372036854775807")
    left(tmp_path, OTHER)
    store = Store.open(tmp_path)
    assert store.latest() == OTHER


# --- what is no longer needed --------------------------------------------------------------------------


def test_sessions_that_resume_nothing_prune_too_and_texts_go_with_their_rows(tmp_path: Path) -> None:
    for number in range(60):
        left(tmp_path, replace(OWN, name=f"own {number}", problem=f"title = 'own {number}'", edits=EDITED.edits))
        left(tmp_path, replace(ONE, name=f"lesson {number % 3}", step=number + 1))
    counts = {table: asked(tmp_path, f"SELECT count(*) FROM {table}")[0][0] for table in ("place", "edit", "kept")}
    assert counts["place"] == 20 + 3  # of those that are gone the last twenty, and the newest of each lesson
    # Weights of 400 bytes are in all of them, once.
    owns = asked(tmp_path, "SELECT count(*) FROM place WHERE what = 'problem'")[0][0]
    assert counts["kept"] == owns + 1 and counts["edit"] == 2 * owns  # type: ignore[operator]
    store = Store.open(tmp_path)
    for number in range(3):
        place = store.reached(f"lesson {number}")
        assert place is not None and place.step == 58 + number


def test_of_weights_that_are_kept_by_their_hash_the_old_ones_go_with_the_next(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    for number in range(5):
        store.save(replace(OWN, params=bytes([number]) * 400))
    assert asked(tmp_path, "SELECT count(*) FROM kept") == [(2,)]  # the problem's text, and the last weights
    store.close()


def test_of_two_starts_at_once_one_goes_on_with_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left(tmp_path, ONE)
    one, other = Store.open(tmp_path), Store.open(tmp_path)
    used = one._used

    def meanwhile(connection: sqlite3.Connection, number: int) -> Place | None:
        assert other.latest() == ONE
        return used(connection, number)

    monkeypatch.setattr(one, "_used", meanwhile)
    assert one.latest() is None


# --- files of the version before -----------------------------------------------------------------------


def test_a_file_of_the_version_before_is_brought_over_without_loss(tmp_path: Path) -> None:
    places = [formerly.as_version_1(place) for place in (EDITED, OTHER, OWN)]
    formerly.version_1(tmp_path, places, ["cycle"])
    store = Store.open(tmp_path)
    assert not store.told and store.saving
    assert store.latest() == places[2] and store.reached("cycle") == places[0] and store.reached("wall") == places[1]
    assert store.done() == {"cycle"} and store.setting("theme") == "light"
    store.close()
    assert asked(tmp_path, "SELECT count(*) FROM sqlite_master WHERE name IN ('place_1', 'reached_1')") == [(0,)]
    assert asked(tmp_path, "PRAGMA user_version") == [(3,)] and asked(tmp_path, "PRAGMA page_size") == [(512,)]


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("UPDATE place SET settings = '[]' WHERE name = 'own'", "settings"),
        ('UPDATE place SET edits = \'{"main": [[1000000000, ["rate_eta"], "0x1p+0"]]}\' WHERE name = \'own\'', "edits"),
        ("UPDATE place SET problem = CAST(X'C1' AS TEXT) WHERE name = 'own'", "problem"),
        ("UPDATE reached SET place = '[]' WHERE lesson = 'cycle'", "place"),
    ],
)
def test_a_row_of_the_version_before_that_cannot_be_used_stays_with_its_reason(
    tmp_path: Path, sql: str, part: str
) -> None:
    formerly.version_1(tmp_path, [formerly.as_version_1(place) for place in (ONE, OTHER, OWN)], ["cycle"])
    put(tmp_path, sql)
    store = Store.open(tmp_path)
    assert [facts["part"] for _, facts in store.told] == [part]
    assert store.reached("wall") == OTHER and store.done() == {"cycle"}
    store.close()
    table = f"{sql.split()[1]}_1"
    assert asked(tmp_path, f"SELECT reason FROM {table} WHERE reason IS NOT NULL") == [(part,)]
    assert not Store.open(tmp_path).told


def test_a_version_before_that_cannot_be_brought_over_now_is_left_as_it_is(tmp_path: Path, disk) -> None:  # type: ignore[no-untyped-def]
    formerly.version_1(tmp_path, [ONE])
    disk.full = True
    store = Store.open(tmp_path)
    assert store.note is not None and not store.saving
    assert asked(tmp_path, "PRAGMA user_version") == [(1,)]
    disk.full = False
    store.retry()
    assert store.saving and store.reached("cycle") == ONE


# --- whatever the file holds ---------------------------------------------------------------------------


@pytest.mark.parametrize("seeds", [(3, 4, 6, 7), (5, 8, 9, 11)])  # of either kind of damage, all that may come of it
def test_whatever_a_file_holds_every_lesson_opens_and_what_is_well_stays(seeds: tuple[int, ...]) -> None:
    for seed in seeds:
        with tempfile.TemporaryDirectory() as home:
            assert damaging.damage(Path(home), seed).total() == 1


def test_a_file_in_which_a_running_tutor_of_a_version_before_keeps_its_place_is_left_to_it(tmp_path: Path) -> None:
    formerly.version_1(tmp_path, [OTHER])

    def by_the_older(sql: str, *given: object) -> object:
        with sqlite3.connect(tmp_path / "progress.sqlite") as connection:
            found = connection.execute(sql, given).fetchone()
        connection.close()
        return found

    alive = "UPDATE place SET host = ?, pid = ?, began = ?, at = ?"
    by_the_older(alive, socket.gethostname(), os.getpid(), processes.began_at(os.getpid()), time.time())
    store = Store.open(tmp_path)
    store.save(ONE)
    assert not store.saving and store.note is not None and store.note[0] == "progress.older"
    assert by_the_older("SELECT count(*) FROM reached") == (1,)  # its tables are as they were
    by_the_older("UPDATE place SET pid = 0")
    store.retry()
    assert store.saving and store.note is None
    store.close()
    later = Store.open(tmp_path)
    assert later.latest() == ONE and later.reached(OTHER.name) is not None


def test_a_program_that_is_killed_while_it_brings_a_file_over_has_lost_nothing(tmp_path: Path) -> None:
    """All of it is one transaction: a copy of the file at any moment is one version or the other."""
    formerly.version_1(tmp_path, [ONE, OTHER])
    copies, plain = [], sqlite3.connect

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
            done = super().execute(sql, *given)  # type: ignore[arg-type]
            if sql.startswith(("ALTER", "CREATE", "INSERT", "DROP", "COMMIT", "PRAGMA user_version =", "VACUUM")):
                copy = tmp_path / f"copy-{len(copies)}"
                shutil.copytree(tmp_path, copy, ignore=shutil.ignore_patterns("copy-*"))
                copies.append(copy)
            return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *given, **named: plain(*given, factory=Watched, **named))
        Store.open(tmp_path).close()
    assert len(copies) > 10
    for copy in copies:
        store = Store.open(copy)
        assert store.reached("cycle") == ONE and store.reached("wall") == OTHER and not store.told
        store.close()
