"""VALUES as a NumPy archive. Nothing in it is ever run: what is not plain numbers is refused by its heading."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np

from nntutor.core.diagnosis.text import MOST_NUMBERS, Named
from nntutor.core.diagnosis.written import exact
from nntutor.core.errors import NotValues, TooManyNumbers
from nntutor.core.files import npy

MAGIC = b"PK\x03\x04", b"PK\x05\x06"
"""What an archive begins with, and what one without anything does."""
ARRAY = b"\x93NUMPY"
"""What a single array begins with, which has no name."""
_MOST_BYTES = 8 * MOST_NUMBERS + 10_000


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
                content = npy.unpacked(archive, info, room + 1)
                room -= len(content)
                yield Named(info.filename.removesuffix(".npy"), exact(_array(content, info.filename, file)))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise NotValues(file, None, "npz", str(error)) from None


def _array(content: bytes, name: str, file: str) -> np.ndarray:
    """The numbers behind a heading that says no more than there is."""
    try:
        return npy.array_of(content, "fiub")
    except npy.NoNumbers:
        raise NotValues(file, None, "kind", name) from None
    except ValueError as error:
        raise NotValues(file, None, "npz", f"{name}: {error}") from None
