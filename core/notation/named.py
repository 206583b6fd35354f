"""The names of long formulas: found in whole columns, so that a sum of ten thousand terms costs no walk through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Columns:
    """The keys of `count` terms that differ in an index alone: one key for each name of a term, term after term.

    What differs from term to term is an array (count,) in its place in the key.
    """

    count: int
    keys: tuple[Any, ...]


def _last(column: Columns) -> Any:
    (key,) = column.keys
    return type(key)._make(int(one[-1]) if isinstance(one, np.ndarray) else one for one in key)


class Keys(Sequence[Any]):
    """Keys in the order of first appearance, each once, and each made when it is asked for.

    parts: a key, or the columns of many; a key is a named tuple of words and whole numbers.
    """

    def __init__(self, parts: Sequence[Any]) -> None:
        self._parts = [part if isinstance(part, Columns) else Columns(1, (part,)) for part in parts]
        fields = (field for part in self._parts for key in part.keys for field in key)
        self._words = list(dict.fromkeys(field for field in fields if isinstance(field, str)))

    @cached_property
    def _table(self) -> NDArray[np.int64]:
        """(keys, fields): all keys, a word as its place among the words."""
        every = np.concatenate([self._rows(part) for part in self._parts])
        codes, size = np.zeros(len(every), np.int64), 1
        for field in every.T:
            low, high = int(field.min()), int(field.max())
            size *= high - low + 1
            codes = codes * (high - low + 1) + (field - low)
        if size >= 2**63:
            codes = np.unique(every, axis=0, return_inverse=True)[1].ravel()
        return every[np.sort(np.unique(codes, return_index=True)[1])]

    def _rows(self, part: Columns) -> NDArray[np.int64]:
        """(count · names, fields): the keys of one part, term after term."""
        rows = np.empty((part.count, len(part.keys), len(part.keys[0])), np.int64)
        for column, key in enumerate(part.keys):
            for place, field in enumerate(key):
                rows[:, column, place] = self._words.index(field) if isinstance(field, str) else field
        return rows.reshape(-1, rows.shape[-1])

    def _made(self, rows: NDArray[np.int64]) -> list[Any]:
        example = self._parts[0].keys[0]
        spelled = [isinstance(field, str) for field in example]
        fields = [
            [self._words[at] for at in column] if word else column
            for column, word in zip(rows.T.tolist(), spelled, strict=True)
        ]
        return list(map(type(example)._make, zip(*fields, strict=True)))

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self._made(self._table[at]) if isinstance(at, slice) else self._made(self._table[[at]])[0]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._made(self._table))

    def having(self, field: str, *values: int) -> list[Any]:
        """The keys whose field of this name has one of these values."""
        place = type(self._parts[0].keys[0])._fields.index(field)
        return self._made(self._table[np.isin(self._table[:, place], values)])

    def kept(self, wanted: Callable[[Any], bool]) -> Sequence[Any]:
        """Those of the columns of which the last key is wanted."""
        columns = (Columns(part.count, (key,)) for part in self._parts for key in part.keys)
        found = [one for one in columns if wanted(_last(one))]
        return Keys(found) if found else ()

    @property
    def ends(self) -> list[Any]:
        """The last key of each column."""
        return [_last(Columns(part.count, (key,))) for part in self._parts for key in part.keys]

    def _places(self, key: Any) -> NDArray[np.intp]:
        wanted = [self._words.index(one) if one in self._words else -1 if isinstance(one, str) else one for one in key]
        return np.flatnonzero((self._table == wanted).all(axis=1))

    def __contains__(self, key: object) -> bool:
        return bool(len(self._places(key)))

    def index(self, key: Any, start: int = 0, stop: int | None = None) -> int:
        """The place of a key. ValueError where it is not there."""
        for place in self._places(key).tolist():
            if start <= place and (stop is None or place < stop):
                return int(place)
        raise ValueError(key)
