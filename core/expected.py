"""What is given from Python code: as the core has it, or an error that says what was expected and what came.

A sheet's mistakes are facts with a file and a line (`errors`); these are sentences, for who reads a traceback. What is
taken is made plain at once, a float of NumPy a float, so that whatever is written of it later can be read again.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from math import isfinite
from numbers import Integral, Real

import numpy as np

from nntutor.core.foreign import clean

MOST_WHOLE = 2**63 - 1
"""The greatest whole number that a problem file may hold."""
_SHOWN = 41  # letters of what came


def spelled(value: object) -> str:
    """What came, short and in one line: a number, a text or None as it is, of anything else its type."""
    if value is None or isinstance(value, str | bool | Real):
        try:
            return clean(repr(value[:_SHOWN] if isinstance(value, str) else value), _SHOWN)
        except ValueError:  # an integer of more digits than Python prints
            return "…"
    return f"of type {type(value).__name__}"


def one_of(what: str, found: object, allowed: Sequence[str | None]) -> None:
    """ValueError where `what` is none of those that it may be."""
    if not (found is None or isinstance(found, str)) or found not in allowed:
        raise ValueError(f"{what} is {spelled(found)}: expected one of {', '.join(map(repr, allowed))}")


def a(kind: type | tuple[type, ...], what: str, found: object, expected: str) -> None:
    """TypeError where `what` is something else altogether."""
    if not isinstance(found, kind):
        raise TypeError(f"{what} is {spelled(found)}: expected {expected}")


def text(what: str, found: object) -> str:
    """ValueError for what is no text, or one that no file can hold."""
    if not isinstance(found, str):
        raise ValueError(f"{what} is {spelled(found)}: expected a text")
    try:
        found.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} is {spelled(found)}: expected a text without halves of surrogate pairs") from None
    return str(found)


def flag(what: str, found: object) -> bool:
    """ValueError for what is neither True nor False: a text such as "no" would count as True."""
    if not isinstance(found, bool | np.bool_):
        raise ValueError(f"{what} is {spelled(found)}: expected True or False")
    return bool(found)


def number(what: str, found: object, fits: Callable[[float], bool] = isfinite, where: str = "") -> float:
    """ValueError for what is no finite number, or none that fits. where: which ones do, in words."""
    value = _real(found)
    if value is None or not isfinite(value) or not fits(value):
        raise ValueError(f"{what} is {spelled(found)}: expected a number{' ' * bool(where)}{where}")
    return value


def whole(what: str, found: object, least: int, other: str = "") -> int:
    """ValueError for what is no whole number from `least` on. other: what it may be besides."""
    value = int(found) if isinstance(found, Integral) and not isinstance(found, bool) else _real(found)
    if value is None or not least <= value <= MOST_WHOLE or value != int(value):
        most = f" to {MOST_WHOLE}" if value is not None and value > MOST_WHOLE else ""
        raise ValueError(f"{what} is {spelled(found)}: expected {other}a whole number from {least}{most}")
    return int(value)


def index(what: str, found: object) -> int:
    """What counts something, as Python counts. TypeError for what is no whole number."""
    try:
        return int(operator.index(found))  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{what} is {spelled(found)}: expected a whole number") from None


def _real(found: object) -> float | None:
    if not isinstance(found, Real) or isinstance(found, bool):
        return None
    try:
        return float(found)
    except OverflowError:
        return None
