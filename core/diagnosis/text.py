"""VALUES as text: JSON, CSV with a head, or lines `name = value` with numbers as NumPy prints them."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nntutor.core.diagnosis.written import NoNumber, Ragged, Written, written
from nntutor.core.errors import DoubleColumn, ExtraCells, NotValues, TooManyNumbers
from nntutor.core.foreign import UNSEEN

MOST_NUMBERS = 100_000
"""Numbers of one file: more than anybody compares, few enough for every mistake to be tried on them."""
UNKNOWN = "?"
"""What stands for a number that somebody has not got: of a sheet to fill in, not all need be."""
_DEPTH = 3
_LONG, _SHORT = 15, 2  # significant digits
_TENTH, _HUNDREDTH = 0.05, 0.005  # half a unit of 0.0, 0.00

_NAMED = re.compile(r"\s*(?P<name>[^\s=:\[\](){}#][^\s=:(){}#]*)\s*(?:=|:(?!\s*\\))\s*(?P<value>.*)", re.DOTALL)
_KERAS = re.compile(r"<tf\.[^=<]*shape=\([^()]*\),?\s*dtype=\w+,\s*numpy=")  # before an array or a number
_WRAPPED = re.compile(
    r"\b(?:np\.|numpy\.|torch\.|tf\.)?(?:array|Array|tensor|Tensor|matrix|float32|float64|Parameter)\s*\("
)
_DTYPE = re.compile(r",\s*(?:dtype|device|grad_fn|requires_grad|shape)\s*=(?:\s*\([^()]*\)|[^,\])]*)(?=[,)])")
_BEFORE = re.compile(r"\s*(?:sep=.\n\s*)?", re.IGNORECASE)  # Excel's first line, which says what sets cells apart
_COMMA = re.compile(r"[+\-−]?\d+,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_BETWEEN = re.compile(r"[\s\[\]()]+")
_TOKEN = re.compile(r"[\[\]]|[^\s,\[\]]+")


@dataclass(frozen=True, eq=False)
class Named:
    """What was given under a name: as it was typed, and the line of the file, None where that is not known.

    commas: the text, where each comma in it may have been meant as a decimal sign.
    """

    name: str
    written: Written
    line: int | None = None
    commas: str = ""


def parsed(text: str, file: str) -> list[Named]:
    """Everything that a text gives, in its order. Raises NotValues, ExtraCells, DoubleColumn and TooManyNumbers."""
    text = text.translate(UNSEEN).replace("\r\n", "\n").replace("\r", "\n")
    start = text.lstrip()
    head = _head(text)
    if start.startswith("{"):
        found = list(_of_json(text, file))
    elif head is not None:
        found = list(_of_csv(text, *head, file))
    else:
        found = list(_of_lines(text, file))
    return checked(found, file)


def _with_short_ones_exact(found: list[Named]) -> list[Named]:
    """In what a program wrote in full, 0.0 and 0.5 are no roundings: these doubles have no more digits.

    All of at most two digits are none where three numbers have 15 digits or more, those are more, and nearly all
    numbers are of the one or the other kind; else 0.0 is as near as numbers beside it. Of an array its longest entry
    counts for all.
    """
    digits = [one.written.digits for one in found]
    sizes = [one.written.values.size for one in found]
    long, short, noughts = (
        sum(size for count, size in zip(digits, sizes, strict=True) if least <= count <= most)
        for least, most in ((_LONG, sys.maxsize), (1, _SHORT), (0, 0))
    )
    if long < 3 or long <= short or long + short + noughts < 0.9 * sum(sizes):
        return _with_noughts_as_near(found)
    return [
        replace(one, written=one.written.exactly) if count <= _SHORT else one
        for one, count in zip(found, digits, strict=True)
    ]


def _with_noughts_as_near(found: list[Named]) -> list[Named]:
    """The same, each 0, 0.0 or [0. 0.] as near as most other numbers, or arrays, were written: it shows no digits.

    0 in a table of three decimals, as Excel or `round(…, 3)` leaves it, is 0.0003 as well, and no 0.03.
    """
    halves: dict[bool, Counter[float]] = {False: Counter(), True: Counter()}
    for one in found:
        half = float(one.written.half.min(initial=1.0))
        if half <= _TENTH and one.written.values.any():
            near = 0.0 if one.written.digits >= _LONG else half
            halves[bool(one.written.shape)][near] += one.written.values.size
    common = {}
    for arrays, counted in halves.items():
        longer = Counter({half: count for half, count in counted.items() if half < _TENTH})  # 0.5 may have been typed
        if counted:
            common[arrays] = (longer or counted).most_common(1)[0][0]
    if not common:
        return found
    return [_as_near(one, common.get(bool(one.written.shape), next(iter(common.values())))) for one in found]


def _as_near(one: Named, half: float) -> Named:
    mine = one.written
    least = float(mine.half.min(initial=1.0))
    if mine.values.any() or (least < _TENTH and (least or mine.shape)):  # 0 alone is exact so far, as an array is
        return one
    # In a print it may have been rounded before: `printed` asks how it is meant.
    return replace(one, written=mine.within(max(half, _HUNDREDTH) if mine.pointed else half))


def checked(found: list[Named], file: str) -> list[Named]:
    """The same, no name given twice, and not too many numbers. Raises NotValues and TooManyNumbers."""
    if not found:
        raise NotValues(file, None, "nothing", "")
    if sum(one.written.values.size for one in found) > MOST_NUMBERS:
        raise TooManyNumbers(file, None, MOST_NUMBERS)
    seen: set[str] = set()
    for one in found:
        if one.name in seen:
            raise NotValues(file, one.line, "twice", one.name)
        seen.add(one.name)
    return _with_short_ones_exact(found)


def named(name: str, tree: object, file: str, line: int | None = None, single: bool = False) -> Named:
    """A name with its numbers. Raises NotValues where they are none."""
    try:
        return Named(name.strip(), written(tree, single), line)
    except NoNumber as error:
        found = str(error)
        what = "elided" if "..." in found or "…" in found else "comma" if _COMMA.fullmatch(found.strip()) else "number"
        raise NotValues(file, line, what, name if what == "elided" else f"{found}") from None
    except Ragged:
        raise NotValues(file, line, "ragged", name) from None


# --- JSON ----------------------------------------------------------------------------------------------


def _of_json(text: str, file: str) -> Iterator[Named]:
    try:
        pairs = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise NotValues(file, error.lineno, "json", error.msg) from None
    except RecursionError:
        raise NotValues(file, None, "flat", "[[[…") from None
    for name, tree in pairs.items:
        if not _flat_enough(tree, _DEPTH):
            raise NotValues(file, None, "flat", name)
        yield named(name, tree, file)


class _Pairs:
    """A JSON object with its names as often as they are there."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        self.items = pairs


def _flat_enough(tree: object, depth: int) -> bool:
    if isinstance(tree, list):
        return depth > 0 and all(_flat_enough(branch, depth - 1) for branch in tree)
    return isinstance(tree, str)


# --- CSV -----------------------------------------------------------------------------------------------


def _head(text: str) -> tuple[int, str] | None:
    """Where the head of a CSV text begins and what sets its cells apart; None of a text that is none."""
    before = _BEFORE.match(text)
    at = before.end() if before else 0
    line = text[at:].partition("\n")[0]
    for delimiter in ",;\t":
        if {"symbol", "value"} <= {cell.strip().strip('"') for cell in line.split(delimiter)}:
            return at, delimiter
    return None


def _of_csv(text: str, start: int, delimiter: str, file: str) -> Iterator[Named]:
    rows, before = csv.reader(io.StringIO(text[start:]), delimiter=delimiter), text.count("\n", 0, start)
    try:
        head = [cell.strip() for cell in next(rows)]
        for name in ("symbol", "value", "iteration"):
            if head.count(name) > 1:
                raise DoubleColumn(file, before + rows.line_num, name)
        places = head.index("symbol"), head.index("value")
        at = head.index("iteration") if "iteration" in head else None
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if any(cell.strip() for cell in row[len(head) :]):  # 0,5 is 0 and 5 there: what is whose is not known
                raise ExtraCells(file, before + rows.line_num, len(head), len(row))
            if len(row) <= max(places):
                raise NotValues(file, before + rows.line_num, "line", delimiter.join(row))
            name = row[places[0]].strip()
            iteration = row[at].strip() if at is not None and at < len(row) else ""
            if iteration and "@" not in name:
                name += f"@{iteration}"
            yield named(name, row[places[1]], file, before + rows.line_num)
    except csv.Error as error:
        raise NotValues(file, before + rows.line_num, "csv", str(error)) from None


# --- lines ---------------------------------------------------------------------------------------------


def _of_lines(text: str, file: str) -> Iterator[Named]:
    for first, statement in _statements(text.replace("Parameter containing:", "")):  # before a tensor of PyTorch
        match = _NAMED.fullmatch(statement)
        if match is None:
            raise NotValues(file, first, "line", statement.strip())
        value = match["value"]
        # A tensor is of float32 where its print does not say otherwise.
        single = "float32" in value or ("tensor(" in value and "float64" not in value)
        if value.strip() == UNKNOWN:
            continue
        if _COMMA.fullmatch(value.strip()):  # a list has brackets: this one might fit as two numbers
            raise NotValues(file, first, "comma", value.strip())
        one = named(match["name"], _printed(value, match["name"], file, first), file, first, single)
        decimal = all(_COMMA.fullmatch(item) for item in _BETWEEN.split(value) if "," in item)
        yield replace(one, commas=value.strip()) if "," in value and decimal else one


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each name with all that belongs to it: on until its brackets are closed and a number has come."""
    kept: _Statement | None = None
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.partition("#")[0].rstrip()
        if not bare.strip():
            continue
        if kept is not None and kept.whole:
            yield kept.first, kept.said
            kept = None
        kept = kept or _Statement(number)
        kept.add(bare)
    if kept is not None:
        yield kept.first, kept.said


class _Statement:
    """Lines that belong together; each is looked at once, so that many of them take no longer than they are."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._lines: list[str] = []
        self._begun, self._open = False, [0, 0]

    @property
    def said(self) -> str:
        return "\n".join(self._lines)

    @property
    def whole(self) -> bool:
        return self._begun and max(self._open) <= 0 and not self._lines[-1].endswith("=")

    def add(self, line: str) -> None:
        self._lines.append(line)
        value = line
        if len(self._lines) <= 2:  # no name goes on over a line, and its sign is the next thing
            match = _NAMED.fullmatch(self.said)
            value, self._open = match["value"] if match else self.said, [0, 0]
        self._begun = bool(value.strip())
        for at, (opened, closed) in enumerate((("[", "]"), ("(", ")"))):
            self._open[at] += value.count(opened) - value.count(closed)


def _printed(value: str, name: str, file: str, line: int) -> object:
    """Numbers as NumPy, or PyTorch, prints them, as lists of texts."""
    bare = _WRAPPED.sub(" ", _DTYPE.sub("", _KERAS.sub(" ", value))).replace(")", " ").strip().rstrip(";>")
    stack: list[list[object]] = [[]]
    for token in _TOKEN.findall(bare):
        if token == "[":
            stack.append([])
            if len(stack) > _DEPTH + 1:
                raise NotValues(file, line, "flat", name)
        elif token == "]":
            if len(stack) == 1:
                raise NotValues(file, line, "brackets", name)
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    if len(stack) > 1:
        raise NotValues(file, line, "brackets", name)
    [whole] = stack
    if not whole:
        raise NotValues(file, line, "line", name)
    if any(token in ("...", "…") for token in _TOKEN.findall(bare)):
        raise NotValues(file, line, "elided", name)
    return whole[0] if len(whole) == 1 else whole
