"""Samples from a CSV file: columns of numbers, named in the problem file.

A file is read a piece at a time, so that 50 MB take little more memory than their numbers do. The numbers of a plain
piece are made all at once (`plain_cells`); whatever is not plain is looked at cell by cell, which finds what is wrong
and where, or that nothing is.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import BinaryIO
from unicodedata import normalize

import numpy as np

from nntutor.core.arrays import Array
from nntutor.core.errors import (
    DoubleColumn,
    Exceeds,
    ExtraCells,
    MissingColumn,
    NoSamples,
    NotANumber,
    NotFinite,
    TooLarge,
    UnclosedQuote,
    nearest,
)  # fmt: skip
from nntutor.core.files import plain_cells
from nntutor.core.files.text import decoded, opened
from nntutor.core.foreign import UNSEEN, clean
from nntutor.core.problems.network import Samples

CSV_LIMIT = 50 * 10**6
MOST_NUMBERS = CSV_LIMIT // 2
"""As many as the longest file has, at a digit and a comma each; of columns that are taken twice, fewer."""
MOST_LINE = 10**6
MOST_CELL = csv.field_size_limit()
_COPIED = {ord("−"): "-", ord("–"): "-", **UNSEEN}
"""What a number that is copied from a page has for a minus, and around it."""
_DELIMITERS = (",", ";", "\t")
_SEPARATOR = re.compile(r"sep=.?", re.IGNORECASE)  # a line that Excel writes above all others
_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_PIECE = MOST_CELL // 2  # so that none of its lines has to be measured
_KEPT = 64
"""So many pieces are more than the arrays take that one passes through. A block as large, given back once, makes the
allocator of Linux keep as much; else it gives each of them back, and half the time goes into asking for pages again."""
_SHOWN = 12  # columns and letters of each that a message names
_LETTERS = 40


def read_csv(path: Path, name: str, inputs: Sequence[str], targets: Sequence[str]) -> Samples:
    """Columns of numbers of a CSV file. Raises the ProblemErrors that it imports.

    name: how the file is called in messages. Cells are set apart by commas, semicolons or tabs, whichever the first
    row that is neither empty nor behind a # shows; where that row is all numbers, columns are called 1, 2, ….
    """
    columns = list(map(_name, (*inputs, *targets)))
    with opened(path, name, CSV_LIMIT, TooLarge(name, None, "50 MB")) as file:
        lines = _Lines(file, name)
        first = _first(lines)
        rows = _Rows(lines, name, _delimiter(first, columns))
        cells = _cells(first, rows.delimiter)
        headless = _is_headless(cells, columns)
        heading = [f"{at}" for at in range(1, len(cells) + 1)] if headless else list(map(_name, next(rows, [])))
        if not any(heading):
            raise NoSamples(name, None)
        places = _places(heading, columns, name, lines.count + headless)
        given, wanted = _Growing(len(inputs)), _Growing(len(targets))
        for numbers in _numbers(rows, heading, places):
            given.add(numbers[:, : len(inputs)])
            wanted.add(numbers[:, len(inputs) :])
    if not given.count:
        raise NoSamples(name, None)
    return Samples(given.whole(), wanted.whole())


def _first(lines: _Lines) -> str:
    """The first line that says something, which is not taken; those before it are."""
    while lines.fill():
        line = lines.ahead()[0]
        told = line.strip()
        if told and not told.startswith("#") and not _SEPARATOR.fullmatch(told):
            return line
        next(lines)
    return ""


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line, as far as it has them: a quote may go on in the next."""
    try:
        return list(map(_name, next(csv.reader([line], delimiter=delimiter), [])))
    except csv.Error:  # a cell too long, which is said when it is read
        return []


def _name(cell: str) -> str:
    """What a column is called: the same name in the composed letters of one system and the parts of another."""
    return normalize("NFC", cell.strip())


def _delimiter(line: str, columns: list[str]) -> str:
    """What sets the cells of a line apart: what finds most of the columns that are asked for, then most cells."""
    found = {delimiter: _cells(line, delimiter) for delimiter in _DELIMITERS}
    return max(found, key=lambda one: (sum(column in found[one] for column in columns), len(found[one])))


def _is_headless(cells: list[str], columns: list[str]) -> bool:
    """Whether a first row is one of the data: all numbers, and not what the columns are called."""
    places = [f"{at}" for at in range(1, len(cells) + 1)]
    named = all(column in cells for column in columns) and not all(column in places for column in columns)
    return bool(cells) and not named and all(_NUMBER.fullmatch(cell) for cell in cells)


def _places(heading: list[str], columns: list[str], name: str, line: int) -> list[int]:
    place, times = {column: at for at, column in enumerate(heading)}, Counter(heading)
    for column in columns:
        if column not in place:
            known = ", ".join(clean(one, _LETTERS) for one in heading[:_SHOWN])
            raise MissingColumn(name, line, column, nearest(column, heading), known)
        if times[column] > 1:
            raise DoubleColumn(name, line, column)
    return [place[column] for column in columns]


class _Growing:
    """Rows of numbers that come piece by piece, in memory that grows where it is."""

    def __init__(self, columns: int) -> None:
        self._array, self._columns, self.count = np.empty((0, columns)), columns, 0

    def add(self, rows: Array) -> None:
        end = self.count + len(rows)
        if end > len(self._array):
            self._array.resize((max(end, len(self._array) * 17 // 16), self._columns), refcheck=False)
        self._array[self.count : end] = rows
        self.count = end

    def whole(self) -> Array:
        """All rows, read-only; nothing can be added after that."""
        self._array.resize((self.count, self._columns), refcheck=False)
        self._array.setflags(write=False)
        return self._array


# --- numbers ---------------------------------------------------------------------------------------------


def _numbers(rows: _Rows, heading: list[str], places: list[int]) -> Iterator[Array]:
    """The numbers in these columns, (rows, columns) at a time."""
    once = list(dict.fromkeys(places))
    again = [once.index(place) for place in places]
    lines, room = rows.lines, MOST_NUMBERS
    np.empty(_KEPT * _PIECE, np.uint8)
    while lines.fill():
        before = lines.count
        found = _plain(lines, rows.delimiter, len(heading), once)
        if found is None:
            found = _odd(rows, heading, once)
        room -= len(found) * len(places)
        if room < 0:
            raise Exceeds(rows.name, before + 1, "numbers", MOST_NUMBERS)
        yield found[:, again] if len(again) > len(once) else found


def _plain(lines: _Lines, delimiter: str, columns: int, places: list[int]) -> Array | None:
    """The numbers of what is left of a piece, which is taken then; None where anything is odd."""
    if lines.longest > MOST_CELL:
        return None
    found = plain_cells.numbers(lines.text(), delimiter, columns, places)
    if found is not None:
        lines.skip()
    return found


def _odd(rows: _Rows, heading: list[str], places: list[int]) -> Array:
    """The same cell by cell. The last row ends where it ends, in the next piece perhaps."""
    found = []
    while rows.lines.left and (row := next(rows, None)) is not None:
        if any(cell.strip() for cell in row):
            _refuse_more(row, heading, rows)
            found.append([_number(row, place, heading, rows) for place in places])
    return np.array(found).reshape(-1, len(places))


def _refuse_more(row: list[str], heading: list[str], rows: _Rows) -> None:
    """Raise for cells beyond the head. Empty ones are left there by spreadsheets, and move no other cell."""
    if any(cell.strip() for cell in row[len(heading) :]):
        raise ExtraCells(rows.name, rows.lines.count, len(heading), len(row))


def _number(row: list[str], place: int, heading: list[str], rows: _Rows) -> float:
    cell = row[place].translate(_COPIED).strip() if place < len(row) else ""
    number = plain_cells.number(cell)
    if number is None:
        what = "comma" if _NUMBER.fullmatch(cell.replace(",", ".", 1)) else "text"
        raise NotANumber(rows.name, rows.lines.count, what, heading[place], clean(cell, _LETTERS))
    if not isfinite(number):
        raise NotFinite(rows.name, rows.lines.count, heading[place], clean(cell, _LETTERS))
    return number


# --- lines and rows --------------------------------------------------------------------------------------


class _Lines(Iterator[str]):
    """The lines of a file, one after another, read a piece at a time.

    count: how many have been taken; left: those of the piece that have not; row: those taken since somebody last
    cleared it; longest: no line of the piece has more letters; ended: whether one more was asked for than there are.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._rest = file, name, b""
        self._text, self._piece, self._at = "", list[str](), 0
        self.count, self.row, self.longest, self.ended, self.left = 0, list[str](), 0, False, 0

    def text(self) -> str:
        """The lines of the piece that have not been taken, each with its end."""
        return "\n".join([*self.ahead(), ""]) if self._at else self._text

    def ahead(self) -> list[str]:
        """The same without their ends."""
        if not self._piece:  # which most pieces are never asked for
            self._piece = self._text.split("\n")[:-1]
        return self._piece[self._at :] if self._at else self._piece

    def fill(self) -> bool:
        """Read on where no line is left; whether there is one."""
        while not self.left:
            data = self._rest + self._file.read(_PIECE)
            if not data:
                return False
            end = self._end(data)
            self._rest = data[end:]
            if len(self._rest) > MOST_LINE:
                raise self._too_long(data.count(b"\n", 0, end))
            text = decoded(data[:end], self._name, self.count).replace("\r\n", "\n").replace("\r", "\n")
            self._text = text if text.endswith("\n") or not text else text + "\n"
            self._piece, self._at, self.left = [], 0, self._text.count("\n")
            self.longest = len(text) if len(text) <= MOST_CELL else max(map(len, self.ahead()))
            if self.longest > MOST_LINE:
                raise self._too_long(next(at for at, line in enumerate(self.ahead()) if len(line) == self.longest))
        return True

    def _end(self, data: bytes) -> int:
        """Where the last whole line ends."""
        if len(data) == len(self._rest):  # nothing came after it
            return len(data)
        end = data.rfind(b"\n") + 1
        # The \r at the very end may be half of \r\n.
        return end or data.rfind(b"\r", 0, len(data) - 1) + 1

    def _too_long(self, before: int) -> Exceeds:
        return Exceeds(self._name, self.count + before + 1, "line", MOST_LINE)

    def skip(self) -> None:
        """Take all lines of the piece."""
        self.count, self.left = self.count + self.left, 0

    def __next__(self) -> str:
        if not self.fill():
            self.ended = True
            raise StopIteration
        if not self._piece:
            self.ahead()
        line = self._piece[self._at] + "\n"
        self.count, self._at, self.left = self.count + 1, self._at + 1, self.left - 1
        self.row.append(line)
        return line


class _Rows(Iterator[list[str]]):
    """The rows of a CSV text, which may be several lines long."""

    def __init__(self, lines: _Lines, name: str, delimiter: str) -> None:
        self.lines, self.name, self.delimiter = lines, name, delimiter
        self._reader = csv.reader(lines, delimiter=delimiter)
        self._cell = re.compile(_CELL.replace(",", delimiter))

    def __next__(self) -> list[str]:
        self.lines.row.clear()
        first = self.lines.count + 1
        try:
            row = next(self._reader)
        except csv.Error:
            raise Exceeds(self.name, first + self._lines_before(MOST_CELL), "cell", MOST_CELL) from None
        if self.lines.ended:
            raise UnclosedQuote(self.name, first + self._lines_before(CSV_LIMIT))
        return row

    def _lines_before(self, most: int) -> int:
        """How many lines of the row stand before its first cell that is not whole, or of more letters than `most`."""
        text, at = "".join(self.lines.row), 0
        while (found := self._cell.match(text, at)) and found.end() - at <= most:
            at = found.end()
        return text.count("\n", 0, at)


_CELL = r'(?:"[^"]*(?:""[^"]*)*"[^,\n]*|(?!")[^,\n]*)[,\n]'
