"""One table of a catalog, read key by key; what nobody asked for is a mistake of its author.

Problem files have a reader of their own (`core/files/fields.py`): they are strangers', and are answered with hints.
"""

from __future__ import annotations

from typing import TypeAlias

from nntutor.core.files.toml import Lines
from nntutor.lessons.course.model import AuthorError

Table: TypeAlias = dict[str, object]


class Fields:
    """One table of the catalog, read key by key; what nobody asked for is a mistake."""

    def __init__(self, table: Table, file: str, lines: Lines, name: str = "", number: int = 0) -> None:
        self.file = file
        self._lines = lines
        self._called = name, number
        self._table = dict(table)

    @property
    def line(self) -> int:
        """Where the table stands; looked for only when something is wrong with it."""
        return self._lines.find(*self._called, "") or 1

    def _take(self, key: str, default: object = None) -> object:
        value = self._table.pop(key, default)
        if value is None:
            raise AuthorError(self.file, self.line, f"“{key}” is missing")
        return value

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._table)

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str):
            raise AuthorError(self.file, self.line, f"“{key}” should be a string")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        value = self._take(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise AuthorError(self.file, self.line, f"“{key}” should be a whole number")
        return value

    def number(self, key: str, default: float) -> float:
        value = self._take(key, default)
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise AuthorError(self.file, self.line, f"“{key}” should be a number")
        return float(value)

    def table(self, key: str) -> Table | None:
        value = self._table.pop(key, None)
        if value is not None and not isinstance(value, dict):
            raise AuthorError(self.file, self.line, f"“{key}” should be a table")
        return value

    def flag(self, key: str) -> bool:
        value = self._table.pop(key, False)
        if not isinstance(value, bool):
            raise AuthorError(self.file, self.line, f"“{key}” should be true or false")
        return value

    def numbers(self, key: str) -> tuple[float, ...]:
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, int | float) for one in value):
            raise AuthorError(self.file, self.line, f"“{key}” should be a list of numbers")
        return tuple(float(one) for one in value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, empty where it is missing."""
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise AuthorError(self.file, self.line, f"“{key}” should be a list of strings")
        return tuple(value)

    def strings(self, key: str) -> dict[str, str]:
        """A table of strings, {} where it is missing."""
        table = self.reader(key)
        return {} if table is None else {name: table.text(name) for name in table.names}

    def reader(self, key: str) -> Fields | None:
        """The table [key], or None."""
        table = self.table(key)
        return None if table is None else Fields(table, self.file, self._lines, key)

    def readers(self, key: str) -> list[Fields]:
        """The tables [[key]], each with its line."""
        tables = self._tables(key, f"written as [[{key}]]")
        return [Fields(table, self.file, self._lines, key, number) for number, table in enumerate(tables)]

    def inner(self, key: str) -> list[Fields]:
        """The tables of a list in this one, each with the line of this one."""
        return [Fields(table, self.file, self._lines, *self._called) for table in self._tables(key, "a list of tables")]

    def _tables(self, key: str, expected: str) -> list[Table]:
        value = self._table.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            raise AuthorError(self.file, self.line, f"“{key}” should be {expected}")
        return value

    def done(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._table:
            raise AuthorError(self.file, self.line, f"unknown key “{key}”")
