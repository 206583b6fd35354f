"""What has been found of a record, kept as long as the record: that may be large, so nothing else may hold it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from nntutor.core.engine.trace import Trace

P = ParamSpec("P")
T = TypeVar("T")
_MOST = 8  # answers of one function about one record


def of_record(function: Callable[Concatenate[Trace, P], T]) -> Callable[Concatenate[Trace, P], T]:
    """The function with its last answers about each record; none of them may hold the record."""
    answers: WeakKeyDictionary[Trace, dict[Any, T]] = WeakKeyDictionary()

    @wraps(function)
    def known(trace: Trace, /, *args: P.args, **kwargs: P.kwargs) -> T:
        of, asked = answers.setdefault(trace, {}), (args, tuple(kwargs.items()))
        if asked not in of:
            if len(of) == _MOST:
                of.pop(next(iter(of)), None)
            of[asked] = function(trace, *args, **kwargs)
        return of[asked]

    return known
