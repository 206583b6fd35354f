"""A disk that can be filled and emptied under SQLite, as its own error has it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

_WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE", "CREATE", "VACUUM")


class Disk:
    """full: whether what is written from now on finds room."""

    def __init__(self) -> None:
        self.full = False

    def connecting(self) -> Callable[..., sqlite3.Connection]:
        """SQLite's `connect` for files on this disk."""
        disk, plain = self, sqlite3.connect

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *given: object) -> sqlite3.Cursor:
                disk.refuse(sql)
                return super().execute(sql, *given)  # type: ignore[arg-type]

            def executescript(self, sql: str) -> sqlite3.Cursor:
                disk.refuse(sql)
                return super().executescript(sql)

        return lambda *given, **named: plain(*given, factory=Connection, **named)

    def refuse(self, sql: str) -> None:
        if self.full and sql.lstrip().startswith(_WRITES):
            raise sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The disk of every file that is opened in this test."""
    found = Disk()
    monkeypatch.setattr(sqlite3, "connect", found.connecting())
    return found
