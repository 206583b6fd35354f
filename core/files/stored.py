"""Weights that lie in a file of arrays: `model.npz:W1`, `model.safetensors:fc1.weight`.

Such files come from anywhere. They are read by hand: no object is ever unpickled, nothing in them is run, and what a
header claims is held to the bytes that are there before memory is asked for.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zlib
from math import prod
from pathlib import Path

import numpy as np

from nntutor.core.arrays import Array, frozen
from nntutor.core.errors import NotStored, TooLarge
from nntutor.core.files.npy import array_of, unpacked
from nntutor.core.files.text import opened
from nntutor.core.foreign import clean

MOST_BYTES = 50_000_000
"""Of a file, and of each array in it."""
MOST_HEADER = 1_000_000
MOST_ARRAYS = 10_000
_REFERENCE = re.compile(r"(.+\.(npz|safetensors)):(.+)", re.DOTALL | re.IGNORECASE)
_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1",
}  # fmt: skip
_SAID = 8


class _Damaged(Exception):
    """Not what its name says; what hostile files and broken ones come to."""


def is_reference(value: object) -> bool:
    """Whether a value of a problem file names an array in another file."""
    return isinstance(value, str) and _REFERENCE.fullmatch(value) is not None


def path_of(reference: str) -> str:
    """The file that a reference names."""
    found = _REFERENCE.fullmatch(reference)
    assert found is not None
    return found[1]


class Stored:
    """The files of arrays that a problem file names, relative to its folder; each is read once."""

    def __init__(self, file: str, folder: Path) -> None:
        self._file, self._folder = file, folder
        self._data: dict[str, bytes] = {}

    def array(self, reference: str, line: int | None) -> Array:
        """The array behind a reference. Raises NotStored, and what `text.opened` raises for the file."""
        found = _REFERENCE.fullmatch(reference)
        assert found is not None
        name, kind, wanted = found[1], found[2].lower(), found[3]
        if name not in self._data:
            self._data[name] = self._read(name, line)
        try:
            values = (_from_npz if kind == "npz" else _from_safetensors)(self._data[name], wanted)
        except _Missing as error:
            raise NotStored(self._file, line, "name", clean(wanted), error.names) from None
        except (_Damaged, *_BROKEN):
            raise NotStored(self._file, line, "file", clean(name), kind) from None
        with np.errstate(all="ignore"):
            array = frozen(values)
        if not array.size or not np.isfinite(array).all():
            raise NotStored(self._file, line, "numbers", clean(reference), "")
        return array

    def _read(self, name: str, line: int | None) -> bytes:
        shown = f"{self._file}: {clean(name)}" if line is None else f"{self._file}:{line}: {clean(name)}"
        too_large = TooLarge(shown, None, f"{MOST_BYTES // 10**6} MB")
        with opened(self._folder / name, shown, MOST_BYTES, too_large) as file:
            return file.read()


class _Missing(Exception):
    """There is no such array; the names of those that there are, some of many."""

    def __init__(self, names: list[str]) -> None:
        shown = [clean(name) for name in names[:_SAID]]
        self.names = ", ".join([*shown, *(["…"] if len(names) > _SAID else [])])
        super().__init__(self.names)


_BROKEN = (
    ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError, EOFError,
    OSError, RuntimeError, NotImplementedError, struct.error, zlib.error,
)  # fmt: skip
"""What the readers of others raise for a file that is broken, or made to break them."""


def _from_npz(data: bytes, wanted: str) -> np.ndarray:
    if data.count(b"PK\x01\x02") > MOST_ARRAYS:
        raise _Damaged
    import zipfile  # few problems name a file of arrays

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if f"{wanted}.npy" not in names:
                raise _Missing([name.removesuffix(".npy") for name in names])
            info = archive.getinfo(f"{wanted}.npy")
            if (
                info.file_size > MOST_BYTES or names.count(info.filename) > 1
            ):  # which of two, every reader says otherwise
                raise _Damaged
            return _npy(unpacked(archive, info, MOST_BYTES + 1))
    except zipfile.BadZipFile:
        raise _Damaged from None


def _npy(data: bytes) -> np.ndarray:
    values = array_of(data, "fiu")
    if values.ndim > 2 or not values.size:
        raise _Damaged
    return values


def _from_safetensors(data: bytes, wanted: str) -> np.ndarray:
    """A tensor: eight bytes with the length of a JSON header, the header, then the numbers (README of safetensors)."""
    (length,) = struct.unpack_from("<Q", data)
    if length > min(MOST_HEADER, len(data) - 8):
        raise _Damaged
    header = json.loads(data[8 : 8 + length].decode("utf-8"), object_pairs_hook=_once)
    if not isinstance(header, dict):
        raise _Damaged
    if wanted not in header or wanted == "__metadata__":
        raise _Missing([name for name in header if name != "__metadata__"])
    entry = header[wanted]
    start, end = entry["data_offsets"]
    shape = entry["shape"]
    if not all(type(one) is int and one >= 0 for one in (start, end, *shape)) or end > len(data) - 8 - length:
        raise _Damaged
    values = _shaped(data[8 + length + start : 8 + length + end], np.dtype(_DTYPES[entry["dtype"]]), tuple(shape))
    if entry["dtype"] == "BF16":  # the upper half of a float32
        return (values.astype("<u4") << 16).view("<f4")
    return values


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object in which no name stands twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Damaged
    return found


def _shaped(data: bytes, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """Exactly these bytes as an array."""
    if (
        len(shape) > 2
        or prod(shape) > MOST_BYTES // 8
        or any(count < 1 for count in shape)
        or prod(shape) * dtype.itemsize != len(data)
    ):
        raise _Damaged
    return np.frombuffer(data, dtype).reshape(shape)
