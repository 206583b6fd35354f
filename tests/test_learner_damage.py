"""A learner's file that is damaged inside, or that this machine may read and not write."""

from __future__ import annotations

import os
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from nntutor.lessons.learner import database
from nntutor.lessons.learner.places import Place, Store


def place(lesson: str) -> Place:
    return Place("lesson", lesson, "", "main", {}, 3, 7, "", {}, b"x" * 4000, b"")


def test_a_file_whose_inside_is_damaged_is_set_aside(tmp_path: Path) -> None:
    """Its first pages, which say whose it is, are sound, and so are the first rows."""
    store = Store.open(tmp_path)
    for number in range(40):
        store.save(place(f"lesson-{number}"))
    store.close()
    path = tmp_path / "progress.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    assert database.condition(path) == "broken"
    store = Store.open(tmp_path)
    assert store.saving and [key for key, _ in store.told] == ["progress.set_aside"]
    store.save(place("cycle"))
    assert store.reached("cycle") == place("cycle")
    store.close()


def test_a_file_that_has_been_emptied_says_so_and_its_log_is_not_thrown_away(tmp_path: Path) -> None:
    path, log = tmp_path / "progress.sqlite", tmp_path / "progress.sqlite-wal"
    path.touch()
    os.utime(path, (1, 1))
    store = Store.open(tmp_path)
    assert store.saving and store.told == [("progress.emptied", {"name": str(path)})]
    store.save(place("cycle"))
    kept = log.read_bytes()  # as after a kill: the place is in the log alone
    store.close()
    path.write_bytes(b"")
    log.write_bytes(kept)
    again = Store.open(tmp_path)
    assert again.saving and [key for key, _ in again.told] == ["progress.set_aside"]
    again.close()
    assert [one.read_bytes() for one in tmp_path.glob("*.set-aside-*-wal")] == [kept]
    third = Store.open(tmp_path)
    assert not third.told
    third.close()


def the_next_save_makes_it_anew(store: Store, folder: Path) -> None:
    """It says that the file was set aside, and the next start has what was saved then."""
    store.save(replace(place("cycle"), step=9))
    assert store.saving and [key for key, _ in store.told] == ["progress.set_aside"]
    store.close()
    other = Store.open(folder)
    assert other.reached("cycle") == replace(place("cycle"), step=9) and not other.told
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a file in use cannot be emptied there")
def test_a_file_that_is_emptied_while_it_is_used_is_made_anew_at_the_next_save(tmp_path: Path) -> None:
    """What is written to its log after that would be part of nothing."""
    store = Store.open(tmp_path)
    store.save(place("cycle"))
    (tmp_path / "progress.sqlite").write_bytes(b"")
    the_next_save_makes_it_anew(store, tmp_path)


@pytest.mark.parametrize(
    "program",
    [
        "DROP TABLE finished; CREATE VIEW finished AS WITH RECURSIVE n(lesson) AS (SELECT 1 UNION ALL SELECT lesson + 1"
        " FROM n) SELECT lesson FROM n",
        "CREATE TRIGGER t AFTER UPDATE ON place BEGIN DELETE FROM place; END",
    ],
)
def test_a_file_with_programs_in_it_is_another_ones(tmp_path: Path, program: str) -> None:
    """A view may have no end, and then every start would wait for it."""
    Store.open(tmp_path).close()
    path = tmp_path / "progress.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(program)
    connection.close()
    assert database.condition(path) == "foreign"
    store = Store.open(tmp_path)
    assert store.saving and [key for key, _ in store.told] == ["progress.set_aside"]
    store.close()


def test_a_file_that_may_be_read_and_not_written_gives_its_places_and_says_that_it_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path)
    store.save(place("cycle"))
    store.mark_done("wall")
    store.close()
    path = tmp_path / "progress.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # as on a disk that cannot have a log beside the file
    connection.close()
    plain = sqlite3.connect

    def guarded(name: object, **given: object) -> sqlite3.Connection:
        if given.get("uri"):
            return plain(name, **given)  # type: ignore[call-overload,no-any-return]
        return plain(f"{Path(str(name)).as_uri()}?mode=ro", uri=True, **given)  # type: ignore[call-overload,no-any-return]

    with monkeypatch.context() as reading_only:
        reading_only.setattr(database.sqlite3, "connect", guarded)
        store = Store.open(tmp_path)
        assert not store.saving and store.note is not None and store.note[0] == "progress.unsaved"
        assert store.latest() == place("cycle") == store.reached("cycle") and store.done() == {"wall"}
        store.save(place("wall"))
        assert store.note is not None and store.note[0] == "progress.unsaved"
        store.close()
    assert Store.open(tmp_path).reached("wall") is None


@pytest.mark.parametrize("byte", [18, 47])
def test_a_file_that_sqlite_would_never_write_is_set_aside_as_it_is(tmp_path: Path, byte: int) -> None:
    """Its header names a later way of writing, or a later form: else every start would say that nothing is saved."""
    store = Store.open(tmp_path)
    store.save(place("cycle"))
    store.close()
    path = tmp_path / "progress.sqlite"
    data = bytearray(path.read_bytes())
    data[byte] = 0x40
    path.write_bytes(data)
    assert database.condition(path) == "broken"
    store = Store.open(tmp_path)
    store.save(place("wall"))
    assert store.saving and [key for key, _ in store.told] == ["progress.set_aside"]
    assert [one.read_bytes() for one in tmp_path.glob("*.set-aside-*")] == [data]
    store.close()


@pytest.mark.parametrize("content", ["nonsense", "half", "zeros inside"])
def test_a_file_that_another_program_writes_into_is_looked_at_again_before_the_next_save(
    tmp_path: Path, content: str
) -> None:
    """Ours goes into the log beside it, which is worth nothing without it."""
    store = Store.open(tmp_path)
    store.save(place("cycle"))
    path = tmp_path / "progress.sqlite"
    data = path.read_bytes()
    new = {"nonsense": b"no database" * 400, "half": data[: len(data) // 2], "zeros inside": data[:1000] + bytes(7000)}
    with path.open("r+b") as file:
        file.write(new[content])
        file.truncate()
    the_next_save_makes_it_anew(store, tmp_path)


def test_of_two_starts_that_find_a_broken_file_the_second_takes_what_the_first_has_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "progress.sqlite"
    path.write_bytes(b"no database" * 400)
    tried = database.connected

    def while_another_starts(path: Path, milliseconds: int) -> object:
        try:
            return tried(path, milliseconds)
        except database.Unusable:
            monkeypatch.setattr(database, "connected", tried)
            connection, _ = database.opened(path, 0)
            connection.execute("INSERT INTO finished VALUES ('wall')")
            connection.close()
            raise

    monkeypatch.setattr(database, "connected", while_another_starts)
    store = Store.open(tmp_path)
    assert store.saving and store.done() == {"wall"}
    store.close()
