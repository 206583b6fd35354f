"""VALUES as a NumPy archive. Nothing in it is ever run: what is not plain numbers is refused by its heading."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from math import prod
from tokenize import TokenError

import numpy as np
from numpy.lib import format as npy

from nntutor.core.diagnosis.text import MOST_NUMBERS, Named
from nntutor.core.diagnosis.written import exact
from nntutor.core.errors import NotValues, TooManyNumbers

MAGIC = b"PK\x03\x04"
_HEADING = 10_000
_MOST_BYTES = 8 * MOST_NUMBERS + _HEADING


def unpacked(data: bytes, file: str) -> Iterator[Named]:
    """Every array of an archive by its name. Raises NotValues and TooManyNumbers."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            room = _MOST_BYTES
            for info in archive.infolist():
                if info.is_dir():
                    continue
                if info.file_size > room:
                    raise TooManyNumbers(file, None, MOST_NUMBERS)
                with archive.open(info) as member:
                    content = member.read(room + 1)
                room -= len(content)
                yield Named(info.filename.removesuffix(".npy"), exact(_array(content, info.filename, file)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise NotValues(file, None, "npz", str(error)) from None


def _array(content: bytes, name: str, file: str) -> np.ndarray:
    """The numbers behind a heading that says no more than there is."""
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if read is None:
            raise ValueError(f"version {version}")
        shape, fortran, kind = read(stream, max_header_size=_HEADING)
        if kind.hasobject or kind.kind not in "fiub":
            raise NotValues(file, None, "kind", name)
        if any(size < 0 for size in shape) or prod(shape) * kind.itemsize != len(content) - stream.tell():
            raise ValueError("its heading says another size")
        flat = np.frombuffer(content, kind, offset=stream.tell())
        return flat.reshape(shape, order="F" if fortran else "C")
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, TokenError) as error:
        raise NotValues(file, None, "npz", f"{name}: {error}") from None
