"""The mistakes the core can name: facts, not sentences (the words have those, in each language).

NntutorError
├── FormulaError            a formula that cannot be read
├── NotDifferentiable       a gradient check of the perceptron's rule
├── NotScripted             iterations that no script can make
├── NoError                 E of gradients that are given
├── NotRead                 a network of another library that cannot be stepped through
├── UnknownName             no problem or lesson is called so
└── ProblemError            a problem file that cannot be used: which file, which line
    ├── NoFile, IsFolder, Unreadable, TooLarge, NotUtf8, NotToml, Exceeds
    ├── UnknownKey, MissingKey, BothGiven
    ├── WrongType, WrongChoice, OutOfRange, NotFinite
    ├── WrongShape, Uneven, Transposed, NoLayers, NoSamples, TooManyWeights
    ├── NeedsActivation, WrongTargets, NotUnder
    ├── NotStored, NotModel
    ├── MissingColumn, DoubleColumn, ExtraCells, NotANumber, UnclosedQuote
    └── NotValues, TooManyNumbers, UnknownValue, MisfitValue: a person's own numbers
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, dataclass_transform

from nntutor.core.foreign import LONGEST, clean


def nearest(name: str, names: Sequence[str]) -> str:
    """The likeliest of these names for one that is not among them, or empty."""
    from difflib import get_close_matches  # needed for a mistake, not for a start

    near = get_close_matches(name[:LONGEST], names[:LONGEST], 1)
    return near[0] if near else ""


class NntutorError(Exception):
    """Any mistake that nntutor can name."""

    def facts(self) -> dict[str, object]:
        """What is to be said about it, by the names that the sentences use; every text is clean."""
        return {}


@dataclass_transform(eq_default=False)
class _Facts(NntutorError):
    """Annotated names are arguments, as in a dataclass; making thirty dataclasses would cost a start 5 ms."""

    _names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._names = (*cls._names, *cls.__annotations__)

    def __init__(self, *facts: object, **named: object) -> None:
        given = dict(zip(self._names, facts, strict=False)) | named
        if len(facts) + len(named) != len(given) or given.keys() != set(self._names):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._names)}")
        vars(self).update(given)

    def facts(self) -> dict[str, object]:
        said = {name: getattr(self, name) for name in self._names}
        return {name: clean(fact) if isinstance(fact, str) else fact for name, fact in said.items()}

    def __str__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.facts().items())})"


class FormulaError(_Facts):
    """`text` cannot be read at `position` (from 0), where `expected` was expected."""

    text: str
    position: int
    expected: str


class NotDifferentiable(NntutorError):
    """Rosenblatt's rule is no derivative, so there is no slope to compare it with."""


class NotScripted(_Facts):
    """what: a code that the words spell out: mistake, perceptron (PyTorch alone), rule."""

    what: str


class NoError(NntutorError):
    """Gradients are given by hand, so there is no E to look at or to check them against."""


class NotRead(_Facts):
    """A network of another library that cannot be stepped through. what: a code that the words spell out (layer, loss,
    …); found: what it is."""

    what: str
    found: str


class UnknownName(_Facts):
    """No `what` ("problem", "lesson") is called `name`; `nearest` is the likeliest one, or empty."""

    what: str
    name: str
    nearest: str


class ProblemError(_Facts):
    """A problem file that cannot be used. line: from 1, None where it is not known."""

    file: str
    line: int | None


class NoFile(ProblemError):
    pass


class IsFolder(ProblemError):
    pass


class Unreadable(ProblemError):
    """reason: a code that the words spell out (not_file, silent, closed), or what the system says."""

    reason: str


class TooLarge(ProblemError):
    limit: str


class NotUtf8(ProblemError):
    pass


class NotToml(ProblemError):
    detail: str


class Exceeds(ProblemError):
    """More than `limit` of `what`, by a code that the words spell out (keys, layers, units, …)."""

    what: str
    limit: int


class UnknownKey(ProblemError):
    """nearest: the key that is meant, or empty; allowed: all that may stand here.

    hint: a code that the words spell out where there is more to say of it, or empty; place: where that key belongs.
    """

    key: str
    nearest: str
    allowed: str
    hint: str
    place: str


class MissingKey(ProblemError):
    key: str


class BothGiven(ProblemError):
    """Two keys that exclude each other."""

    key: str
    other: str


class WrongType(ProblemError):
    """expected: a code that the words spell out (number, numbers, matrix, …)."""

    key: str
    expected: str
    found: str


class WrongChoice(ProblemError):
    """nearest: the value that is meant, or empty; hint: a code that the words spell out where no single one is."""

    key: str
    found: str
    allowed: str
    nearest: str
    hint: str


class OutOfRange(ProblemError):
    """expected: a range as people write it: "at least 0", spelled by a code; limit: where the range ends."""

    key: str
    expected: str
    found: str
    limit: int


class NotFinite(ProblemError):
    key: str
    found: str


class WrongShape(ProblemError):
    """How many numbers were expected and how many there are; row: which row, 0 for the whole."""

    key: str
    row: int
    expected: int
    found: int


class Uneven(WrongShape):
    """A row that is longer or shorter than the others are to be."""


class Transposed(ProblemError):
    """A matrix that fits only the other way round: its rows, and how many numbers each of them has.

    what: how it was to be read, by a code that the words spell out (units_first, inputs_first).
    """

    key: str
    rows: int
    columns: int
    what: str


class NoLayers(ProblemError):
    pass


class NoSamples(ProblemError):
    pass


class TooManyWeights(ProblemError):
    found: int
    limit: int


class NeedsActivation(ProblemError):
    """This error needs that activation in the last layer."""

    error: str
    needed: str
    found: str


class NotUnder(ProblemError):
    """A key that this error has no use for; what: why, by a code that the words spell out (mean, penalty)."""

    what: str
    key: str
    error: str


class WrongTargets(ProblemError):
    """Targets that this error cannot use."""

    error: str
    found: str


class NotStored(ProblemError):
    """An array in another file that cannot be used. what: name, file or numbers; allowed: the names that there are, or
    what kind of file it should be."""

    what: str
    found: str
    allowed: str


class NotModel(ProblemError):
    """A network in a file of its own that cannot be read. what: a code that the words spell out (node, setting,
    elsewhere, …); found: what it is."""

    what: str
    found: str


class MissingColumn(ProblemError):
    column: str
    nearest: str
    allowed: str


class DoubleColumn(ProblemError):
    column: str


class UnclosedQuote(ProblemError):
    """line: where the quote opens."""


class ExtraCells(ProblemError):
    """A row with `cells` cells below a head of `columns`: which number belongs to which column is not known."""

    columns: int
    cells: int


class NotANumber(ProblemError):
    """what: `text`, or `comma` for a number with a decimal comma."""

    what: str
    column: str
    found: str


class NotValues(ProblemError):
    """Own numbers that cannot be read: `what` by a code that the words spell out (json, number, elided, …)."""

    what: str
    found: str


class TooManyNumbers(ProblemError):
    limit: int


class UnknownValue(ProblemError):
    """No number of the problem is called so. what: a code that the words spell out (name, iteration, sample)."""

    what: str
    key: str
    nearest: str


class MisfitValue(ProblemError):
    """Numbers in a shape that fits nothing."""

    key: str
    found: str
    shapes: str
