"""A place as a row of the file, out and in.

Nothing that comes in is trusted: the file may be damaged, or written to by somebody else. A row that cannot be used
is Unfit by itself, and the part of it that is to blame has a name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.core.engine.edits import Edit

# A run of an hour; more would not fit the memory that keeps its errors.
MOST_ITERATIONS = 10**8
_MOST_STEPS = 10**9
# Bytes of a problem's text. Files are refused from 1 MB on; their numbers written out in full take more.
MOST_TEXT = 4 * 10**6
# What is longer is kept by its hash, so that a key does not write it again.
INLINE = 256

COLUMNS = (
    "what", "name", "problem", "folder", "digest", "run", "iteration", "step", "stop", "since", "settings", "params",
    "slots",
)  # fmt: skip
Row = tuple[object, ...]


@dataclass(frozen=True)
class Place:
    """All that is needed to be back at the same step.

    what: lesson, problem or list. problem: TOML text of a problem of the user's own; folder, digest: where its CSV
    file is looked for, and the hash of that file's content, where it has one. edits: those of every run that has some.
    settings: whatever JSON can hold. params and slots: weights and optimizer state before iteration `since` (0: the
    place's own), float64, little endian; empty with since 1: those that the problem begins with.
    """

    what: str
    name: str
    problem: str
    run: str
    edits: Mapping[str, tuple[Edit, ...]]
    iteration: int
    step: int
    stop: str
    settings: Mapping[str, object] = field(default_factory=dict)
    params: bytes = b""
    slots: bytes = b""
    since: int = 0
    folder: str = ""
    digest: str = ""


class Unfit(Exception):
    """A row that cannot be used; the argument says for which part of it: text, place, settings, weights, edits, …"""


Body = str | bytes


def encoded(body: Body) -> bytes:
    """A text or weights as they are kept."""
    return body.encode() if isinstance(body, str) else body


def hashed(body: Body) -> str:
    """The name under which a text or weights are kept."""
    from hashlib import blake2b  # the list of lessons stands without it

    return blake2b(encoded(body), digest_size=16).hexdigest()


# --- out ---------------------------------------------------------------------------------------------


def row(place: Place, hashes: Callable[[Body], str]) -> tuple[Row, dict[str, Body]]:
    """The values of COLUMNS, and what they name by its hash."""
    bodies: dict[str, Body] = {}

    def named(body: Body) -> str:
        name = hashes(body)
        bodies[name] = body
        return name

    def short(body: bytes) -> Body:
        return body if len(body) <= INLINE else named(body)

    problem = named(place.problem) if place.problem else ""
    settings = json.dumps(dict(place.settings), separators=(",", ":"))
    values = (
        place.what, place.name, problem, place.folder, place.digest, place.run, place.iteration, place.step, place.stop,
        place.since, settings, short(place.params), short(place.slots),
    )  # fmt: skip
    return values, bodies


def edit_rows(edits: Mapping[str, tuple[Edit, ...]]) -> dict[str, list[Row]]:
    """By run, the rows of its edits without the place that they belong to."""
    return {
        run: [
            (run, number, edit.iteration, json.dumps(list(edit.ref), separators=(",", ":")), edit.value.hex())
            for number, edit in enumerate(ones)
        ]
        for run, ones in edits.items()
    }


# --- in ----------------------------------------------------------------------------------------------


def place(values: Row, edits: Iterable[Row], body: Callable[[str], bytes]) -> Place:
    """The place of a row of COLUMNS; body: what is kept under a hash. Raises Unfit."""
    what, name, problem, folder, digest, run, iteration, step, stop, since, settings, params, slots = values
    texts = tuple(_text(value) for value in (what, name, folder, digest, run, stop))
    first = _whole(since, 0, MOST_ITERATIONS, "place")
    at = _whole(iteration, max(first, 1), MOST_ITERATIONS, "place")
    text = _problem(_text(problem), body)
    return Place(
        texts[0], texts[1], text, texts[4], _edits(edits), at, _whole(step, 1, _MOST_STEPS, "place"), texts[5],
        _settings(settings), _weights(params, body), _weights(slots, body), first, texts[2], texts[3],
    )  # fmt: skip


def _text(value: object) -> str:
    try:
        if isinstance(value, str) and value.encode() is not None:
            return value
    except UnicodeEncodeError:
        pass
    raise Unfit("text")


def _whole(value: object, least: int, most: int, part: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise Unfit(part)


def _problem(name: str, body: Callable[[str], bytes]) -> str:
    if not name:
        return ""
    text = body(name)
    if len(text) > MOST_TEXT:
        raise Unfit("problem")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise Unfit("problem") from None


def _weights(value: object, body: Callable[[str], bytes]) -> bytes:
    found = body(value) if isinstance(value, str) else value
    if not isinstance(found, bytes) or len(found) % 8:
        raise Unfit("weights")
    return found


def _settings(value: object) -> Mapping[str, object]:
    try:
        found = json.loads(_text(value))
    except (ValueError, RecursionError):
        raise Unfit("settings") from None
    if not isinstance(found, dict):
        raise Unfit("settings")
    for name, fits in _FITTING.items():
        if name in found and not fits(found[name]):
            raise Unfit("settings")
    return found


def visited(settings: object) -> int:
    """The furthest stop that settings know of; -1 where they cannot be read."""
    try:
        return whole(_settings(settings).get("visited"))
    except Unfit:
        return -1


def whole(value: object) -> int:
    """A number of a stop; -1 for what is none."""
    return value if isinstance(value, int) else -1


def _counts(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


_iteration = _counts(1, MOST_ITERATIONS)


def _is_place(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and _iteration(value[0]) and _counts(1, _MOST_STEPS)(value[1])


def _is_left(value: object) -> bool:
    return _is_place(value[1:] if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) else value)


def _is_line(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and _iteration(value[0]) and isinstance(value[1], str)


_FITTING: Mapping[str, Callable[[object], bool]] = {
    "digits": _counts(1, 17),
    "page": _counts(0, 10_000),
    "visited": _counts(-1, 10_000),
    "held": lambda value: value is None or _counts(0, 10_000)(value),
    "view": lambda value: isinstance(value, str),
    "chosen": lambda value: isinstance(value, dict) and all(isinstance(view, str) for view in value.values()),
    "language": lambda value: isinstance(value, str),
    "model": lambda value: isinstance(value, str),
    "places": lambda value: isinstance(value, dict) and all(map(_is_place, value.values())),
    "reached": lambda value: isinstance(value, dict) and all(map(_iteration, value.values())),
    "trail": lambda value: isinstance(value, list) and all(map(_is_left, value)),
    "typed": lambda value: isinstance(value, list) and all(map(_is_line, value)),
}


def _edits(found: Iterable[Row]) -> dict[str, tuple[Edit, ...]]:
    listed = list(found)
    if not listed:
        return {}
    from nntutor.core.engine.edits import MOST_EDITS, Edit
    from nntutor.core.notation.symbols import Ref

    runs: dict[str, list[Edit]] = {}
    for run, _, iteration, ref, value in listed:
        at = _whole(iteration, 1, MOST_ITERATIONS, "edits")
        try:
            kind, *numbers = json.loads(_text(ref))
            address = Ref(_text(kind), *(_whole(number, -1, _MOST_STEPS, "edits") for number in numbers))
            edit, ones = Edit(at, address, float.fromhex(_text(value))), runs.setdefault(_text(run), [])
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise Unfit("edits") from None
        if not isfinite(edit.value) or len(ones) == MOST_EDITS:
            raise Unfit("edits")
        ones.append(edit)
    return {run: tuple(ones) for run, ones in runs.items()}
