"""One table of a file, read key by key: every type, shape and range is looked at, and what is wrong has its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from math import isfinite

from nntutor.core.errors import (
    MissingKey,
    NotFinite,
    NotStored,
    OutOfRange,
    UnknownKey,
    WrongChoice,
    WrongType,
)  # fmt: skip
from nntutor.core.expected import MOST_WHOLE
from nntutor.core.files.stored import Stored, is_reference
from nntutor.core.files.toml import Lines
from nntutor.core.foreign import clean

Table = Mapping[str, object]


class Fields:
    """One table of the file: takes values out by key and says what is wrong with them."""

    def __init__(
        self, file: str, lines: Lines, table: Table, name: str = "", number: int = 0, stored: Stored | None = None
    ) -> None:
        self.file = file
        self._stored = stored
        self._lines, self._table, self._name, self._number = lines, table, name, number

    def line(self, key: str) -> int | None:
        return self._lines.find(self._name, self._number, key)

    def has(self, key: str) -> bool:
        return key in self._table

    def get(self, key: str, default: object) -> object:
        return self._table.get(key, default)

    def beside(self, *allowed: str) -> str | None:
        """The first key that is none of these."""
        return next((key for key in self._table if key not in allowed), None)

    def only(self, *allowed: str) -> None:
        if (key := self.beside(*allowed)) is not None:
            from nntutor.core.files import hints  # where something is wrong

            word, code, place = hints.of_key(key, self._name, allowed)
            raise UnknownKey(self.file, self.line(key), key, word, ", ".join(allowed), code, place)

    def wrong_type(self, key: str, expected: str, value: object) -> WrongType:
        return WrongType(self.file, self.line(key), key, expected, _spelled(value))

    def wrong_choice(self, key: str, value: str, allowed: Sequence[str]) -> WrongChoice:
        from nntutor.core.files import hints

        word, code, _ = hints.of_value(key, value, allowed)
        return WrongChoice(self.file, self.line(key), key, _spelled(value), ", ".join(allowed), word, code)

    def text(self, key: str, default: str) -> str:
        value = self._table.get(key, default)
        if not isinstance(value, str):
            raise self.wrong_type(key, "text", value)
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        value = self.text(key, default)
        if value not in allowed:
            raise self.wrong_choice(key, value, allowed)
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong_type(key, "flag", value)
        return value

    def whole(self, key: str, default: int, at_least: int, at_most: int = MOST_WHOLE) -> int:
        value = self._table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong_type(key, "whole", value)
        if value < at_least:
            raise OutOfRange(self.file, self.line(key), key, f"at_least_{at_least}", _spelled(value), at_least)
        if value > at_most:
            raise OutOfRange(self.file, self.line(key), key, "at_most", _spelled(value), at_most)
        return value

    def number(
        self,
        key: str,
        default: float,
        low: float | None = None,
        above: float | None = None,
        below: float | None = None,
    ) -> float:
        found = self._table.get(key, default)
        value = self._finite(key, found, "number")
        if low is not None and below is not None and not low <= value < below:
            raise OutOfRange(self.file, self.line(key), key, "share", _spelled(found), 1)
        if low is not None and value < low:
            raise OutOfRange(self.file, self.line(key), key, "at_least_0", _spelled(found), 0)
        if above is not None and value <= above:
            raise OutOfRange(self.file, self.line(key), key, "above_0", _spelled(found), 0)
        return value

    def _finite(self, key: str, value: object, expected: str) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self.wrong_type(key, expected, value)
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            raise NotFinite(self.file, self.line(key), key, _spelled(value))
        return number

    def numbers(self, key: str, or_false: bool = False) -> list[float]:
        if key not in self._table:
            raise MissingKey(self.file, self.line(""), key)
        value = self._given(key, 1)
        expected = "numbers_or_false" if or_false else "numbers"
        if not isinstance(value, list) or not value:
            raise self.wrong_type(key, expected, value)
        return [self._finite(key, one, expected) for one in value]

    def _given(self, key: str, dimensions: int) -> object:
        """What stands under a key; of weights and a bias, where it names an array in another file, that."""
        value = self._table[key]
        if self._stored is None or key not in ("weights", "bias") or not is_reference(value):
            return value
        array = self._stored.array(str(value), self.line(key))
        if array.ndim != dimensions:
            raise NotStored(self.file, self.line(key), f"shape_{key}", str(value), str(array.shape))
        return array.tolist()

    def matrix(self, key: str, expected: str = "matrix") -> list[list[float]]:
        value = self._given(key, 2)
        if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
            raise self.wrong_type(key, expected, value)
        return [[self._finite(key, one, expected) for one in row] for row in value]

    def words(self, key: str) -> list[str]:
        if key not in self._table:
            raise MissingKey(self.file, self.line("data"), key)
        value = self._table[key]
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            raise self.wrong_type(key, "columns", value)
        return list(value)

    def table(self, key: str) -> Fields:
        value = self._table.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong_type(key, "table", value)
        return Fields(self.file, self._lines, value, key, 0, self._stored)

    def tables(self, key: str) -> list[Fields]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong_type(key, "tables", value)
        return [Fields(self.file, self._lines, one, key, number, self._stored) for number, one in enumerate(value)]


def _spelled(value: object) -> str:
    """A value of the file, short, in one line, as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, str):
        return f"“{clean(value, 41)}”"
    if isinstance(value, list):
        return clean(f"[{', '.join(map(_spelled, value[:41]))}]", 41)
    if isinstance(value, date | time):
        return value.isoformat()
    try:
        return clean(repr(value), 41)
    except ValueError:  # an integer of more digits than Python prints
        return "…"
