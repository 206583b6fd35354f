"""Arrays as NumPy saves them, from anywhere: no object is unpickled, and a heading is held to what follows it."""

from __future__ import annotations

import io
import warnings
from math import prod
from tokenize import TokenError
from typing import TYPE_CHECKING

import numpy as np
from numpy.lib import format as npy

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_HEADING = 10_000
_PACKED = (0, 8)  # as it is, or deflated: what NumPy writes
_BROKEN = (ValueError, SyntaxError, TypeError, OverflowError, RecursionError, MemoryError, TokenError)
"""What NumPy's reader of headings raises for one that is broken, or made to break it."""


class NoNumbers(ValueError):
    """An array of something else than numbers."""


def unpacked(archive: ZipFile, info: ZipInfo, most: int) -> bytes:
    """A file of an archive, at most so many bytes of it.

    Raises NotImplementedError for one that is packed in no way of NumPy's, and what `zipfile` raises for a broken one.
    """
    if info.compress_type not in _PACKED:
        raise NotImplementedError(f"compression {info.compress_type}")
    with archive.open(info) as member:
        return member.read(most)


def array_of(data: bytes, kinds: str) -> np.ndarray:
    """The array of a .npy file; kinds: the letters of the dtypes that it may have, as `dtype.kind` has them.

    Raises NoNumbers for other dtypes and ValueError for whatever is broken.
    """
    stream = io.BytesIO(data)
    try:
        with warnings.catch_warnings(action="ignore"):  # a heading of Python 2 is read and spoken of
            version = npy.read_magic(stream)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
            if read is None:
                raise ValueError(f"version {version}")
            shape, in_columns, kind = read(stream, max_header_size=_HEADING)
        if kind.hasobject or kind.kind not in kinds:
            raise NoNumbers
        if any(size < 0 for size in shape) or prod(shape) * kind.itemsize != len(data) - stream.tell():
            raise ValueError("its heading says another size")
        return np.frombuffer(data, kind, offset=stream.tell()).reshape(shape, order="F" if in_columns else "C")
    except NoNumbers:
        raise
    except _BROKEN as error:
        raise ValueError(str(error)) from None
