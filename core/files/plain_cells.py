"""The numbers of a piece of a CSV text, all cells at once: where cells begin and end, and decimals in whole arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nntutor.core.arrays import Array

_Places = npt.NDArray[np.intp]
_Mask = npt.NDArray[np.bool_]
_Bytes = npt.NDArray[np.uint8]

_NEWLINE, _SPACE, _QUOTE, _PLUS, _MINUS, _POINT, _ZERO, _E = b'\n "+-.0e'
_LOWER = np.uint8(0x20)
_DIGITS = 15
_POWERS = np.array([float(f"1e{power}") for power in range(23)])
"""A whole number of 15 digits is exact, and so are these: what one of them makes of the other is the float nearest to
the decimal, as a reader of single numbers has it."""
_SPACES = 8  # around a number, until it is looked at by itself


def numbers(text: str, delimiter: str, columns: int, places: Sequence[int]) -> Array | None:
    """The cells at these places of whole rows, (rows, places), without rows that are blank; None where a cell is no
    number, a row has another cell than its head has, or a quote is anywhere but around a cell.

    text: lines that end in "\\n"; columns: how many cells the head has.
    """
    # A row ends before the first cell, and of the digits of a number as many are looked at as the longest one has.
    data = np.frombuffer(b" " * _DIGITS + b"\n" + text.encode(), np.uint8)
    breaks = _breaks(data, delimiter)
    if breaks is None:
        return None
    rows = np.flatnonzero(data[breaks] == _NEWLINE)
    first, last = rows[:-1] + 1, rows[1:]
    ink = _count((data != _NEWLINE) & (data != _SPACE) & (data != ord(delimiter)))
    inked = ink[breaks[last]] > ink[breaks[first - 1]]
    if not inked.all():
        first, last = first[inked], last[inked]
    if not len(first):
        return np.empty((0, len(places)))
    cells = last - first + 1
    if cells.min() <= max(places):
        return None
    longer = cells > columns
    if (ink[breaks[last[longer]]] > ink[breaks[first[longer] + columns - 1]]).any():
        return None
    at = (first[:, None] + np.array(places)).ravel()
    found = _values(data, breaks[at - 1] + 1, breaks[at])
    return found if found is None else found.reshape(-1, len(places))


def number(cell: str) -> float | None:
    """The number in a cell without spaces around it, inf and nan among them; None where it holds none."""
    try:
        # Python reads 1_000, and the digits of every script.
        return float(cell) if cell.isascii() and "_" not in cell else None
    except ValueError:
        return None


def _breaks(data: _Bytes, delimiter: str) -> _Places | None:
    """Where cells end: at each delimiter and newline outside of quotes."""
    ends = (data == ord(delimiter)) | (data == _NEWLINE)
    quotes = np.flatnonzero(data == _QUOTE)
    if not len(quotes) or not ends[quotes - 1].any():  # a quote inside of a cell is a letter
        return np.flatnonzero(ends)
    before = quotes[::2] - 1
    if len(quotes) % 2 or not (ends[before] | (data[before] == _QUOTE)).all():
        return None
    return np.flatnonzero(ends & ~np.logical_xor.accumulate(data == _QUOTE))


def _count(mask: _Mask) -> npt.NDArray[np.int32]:
    """Before each place and at the end, how many of those before it are true."""
    counts = np.zeros(len(mask) + 1, np.int32)
    np.cumsum(mask, out=counts[1:])
    return counts


def _values(data: _Bytes, start: _Places, end: _Places) -> Array | None:
    """The numbers in these cells; None where one is none."""
    quoted = data[start] == _QUOTE
    if quoted.any():
        if (data[end[quoted] - 1] != _QUOTE).any():
            return None
        start, end = start + quoted, end - quoted
    for _ in range(_SPACES):
        leading = (data[start] == _SPACE) & (start < end)
        start = start + leading
        trailing = (data[end - 1] == _SPACE) & (start < end)
        end = end - trailing
        if not leading.any() and not trailing.any():
            break
    found, plain = np.empty(len(start)), end - start <= _DIGITS + len("-.")
    plain &= 2 * plain.sum() >= len(plain)  # for a few, the whole piece need not be looked through
    found[plain], plain[plain] = _decimals(data, start[plain], end[plain])
    if not plain.all():
        odd, text = np.flatnonzero(~plain), data.tobytes()
        cells = list(map(text.__getitem__, map(slice, start[odd].tolist(), end[odd].tolist())))
        try:
            found[odd] = np.fromiter(map(float, cells), float, len(cells))
        except ValueError:
            return None
        if b"_" in b" ".join(cells):  # 1_000, which Python reads
            return None
    return found if np.isfinite(found).all() else None


def _decimals(data: _Bytes, start: _Places, end: _Places) -> tuple[Array, _Mask]:
    """Of each cell its number, and whether it is a decimal of few digits: where not, the number means nothing."""
    negative, start = _signed(data, start)
    plain, power = np.ones(len(start), bool), np.zeros(len(start), np.intp)
    many, first = _within((data | _LOWER) == _E, start, end)
    if many.any():
        marked = np.flatnonzero(many)
        minus, begins = _signed(data, first[marked] + 1)
        exponent, plain[marked] = _whole(data, begins, end[marked])
        power[marked] = np.where(minus, -exponent, exponent)
        end = np.where(many > 0, first, end)
    many, first = _within(pointed := data == _POINT, start, end)
    if many.any():
        plain &= many <= 1
        power -= np.where(many > 0, end - 1 - first, 0)
        before = _count(pointed)
        data, start, end = data[~pointed], start - before[start], end - before[end]
    found, whole = _whole(data, start, end)
    if power.any():
        plain &= abs(power) < len(_POWERS)
        small = _POWERS[abs(power).clip(0, len(_POWERS) - 1)]
        found = np.where(power < 0, found / small, found * small)
    return np.where(negative, -found, found), plain & whole


def _signed(data: _Bytes, start: _Places) -> tuple[_Mask, _Places]:
    """Of each cell whether it has a minus sign, and where it begins without a sign."""
    sign = data[start]
    negative = sign == _MINUS
    return negative, start + (negative | (sign == _PLUS))


def _within(mask: _Mask, start: _Places, end: _Places) -> tuple[_Places, _Places]:
    """How many bytes of each cell are true, and where the first one stands."""
    if not mask.any():  # as most pieces have no exponent
        return np.zeros_like(start), start
    before = _count(mask)
    return before[end] - before[start], np.append(np.flatnonzero(mask), 0)[before[start]]


def _whole(data: _Bytes, start: _Places, end: _Places) -> tuple[Array, _Mask]:
    """Of each cell the whole number that its digits are, and whether it holds nothing else, and few of them."""
    digits = end - start
    plain = (digits > 0) & (digits <= _DIGITS)
    found = np.zeros(len(start))
    for at in range(int(digits[plain].max(initial=0))):
        digit = data[end - 1 - at] - np.uint8(_ZERO)
        digit[digits <= at] = 0
        plain &= digit <= 9
        found += digit * _POWERS[at]
    return found, plain
