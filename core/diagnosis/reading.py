"""Where VALUES come from: a file, standard input, or a dict in Python; which form they have is seen from them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np

from nntutor.core.arrays import is_masked
from nntutor.core.diagnosis.archive import ARRAY, MAGIC, unpacked
from nntutor.core.diagnosis.text import Named, checked, named, parsed
from nntutor.core.diagnosis.written import exact
from nntutor.core.errors import NotValues, TooLarge, Unreadable
from nntutor.core.files.text import decoded, opened

LIMIT = 10**6
_STDIN = "<stdin>"
_GIVEN = "<values>"


def read(where: str | Path, stdin: BinaryIO | None = None) -> tuple[list[Named], str]:
    """All that a file, or standard input ("-"), gives, and what messages call it. Raises ProblemErrors."""
    name = _STDIN if str(where) == "-" else str(where)
    too_large = TooLarge(name, None, "1 MB")
    if str(where) == "-":
        data = _from(stdin or (sys.stdin.buffer if sys.stdin else None), too_large)
    else:
        with opened(Path(where), name, LIMIT, too_large) as file:
            data = file.read()
    if data.startswith(MAGIC):
        return checked(list(unpacked(data, name)), name), name
    if data.startswith(ARRAY):
        raise NotValues(name, None, "npy", "")
    return parsed(decoded(data, name), name), name


def _from(stream: BinaryIO | None, too_large: TooLarge) -> bytes:
    if stream is None:
        raise Unreadable(_STDIN, None, "closed")
    data = stream.read(LIMIT + 1)
    if data is None:
        raise Unreadable(_STDIN, None, "silent")
    if len(data) > LIMIT:
        raise too_large
    return data


def of_mapping(values: Mapping[str, object]) -> tuple[list[Named], str]:
    """Numbers and arrays by their names; what holds texts is read as written. Raises NotValues."""
    return checked([_of(str(name), value) for name, value in values.items()], _GIVEN), _GIVEN


def _of(name: str, value: object) -> Named:
    detach = getattr(value, "detach", None)  # a tensor of PyTorch that is learned
    value = detach() if callable(detach) else value
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError, RuntimeError):
        raise NotValues(_GIVEN, None, "ragged", name) from None
    if array.dtype.kind in "US":
        return named(name, array.tolist(), _GIVEN)
    if array.dtype.kind not in "fiu" or is_masked(value):
        raise NotValues(_GIVEN, None, "kind", name)
    return Named(name, exact(array))
