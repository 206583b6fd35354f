"""Every mistake that can be made in a problem, each way and in each layer, without those that change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from nntutor.core.diagnosis.runs import CHECK
from nntutor.core.problems.network import Problem
from nntutor.core.rules.mistakes.spelling import mistaken
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.rulebook import LayerRules, Rulebook, right
from nntutor.core.rules.shape import Shape

# What a rulebook changes, in the order of an iteration's steps.
_FORWARD, _ERROR, _BACKWARD, _GRADIENT, _UPDATE = range(5)
_FIELDS = (
    (_FORWARD, ("net", "out")), (_BACKWARD, ("out_grad", "slope", "delta")), (_GRADIENT, ("gradient", "bias_gradient")),
    (_UPDATE, ("update", "bias_update")),
)  # fmt: skip
OUTPUT_CHECKS = ("sum", "mean")


@dataclass(frozen=True, eq=False)
class Candidate:
    """A mistake made in one way: in all layers (layer 0) or in one.

    spelled: as `rules.mistakes` writes it. place: in the order of the table, whole networks before layers. book: the
    rules with it, None for what is in no rulebook. sections: what of an iteration they change; first: where in an
    iteration, as a number that grows with its steps.
    """

    id: str
    variant: str | None
    layer: int
    spelled: str
    place: int
    book: Rulebook | None
    sections: frozenset[int]
    first: tuple[int, int]


def candidates(problem: Problem, numeric: bool) -> list[Candidate]:
    """All of them, in the order in which they are tried. numeric: numerical gradients were given."""
    found = list(_of_shape(problem.shape(problem.batch_size)))
    if numeric:
        # Of one sample the sum is the mean.
        for of in OUTPUT_CHECKS if problem.batch_size > 1 else (None,):
            sections, first = frozenset({_GRADIENT}), (_GRADIENT, 0)
            spelled = f"{CHECK}:{of}" if of else CHECK
            found.append(Candidate(CHECK, of, 0, spelled, len(found), None, sections, first))
    return found


@lru_cache(maxsize=8)
def _of_shape(shape: Shape) -> tuple[Candidate, ...]:
    """Those that are in a rulebook."""
    ours = right(shape)
    found: list[Candidate] = []
    seen: dict[tuple[str, str | None], list[Rulebook]] = {}
    for id, variant, layer, spelled in [*_spellings([0]), *_spellings(range(1, shape.last + 1))]:
        book = mistaken(ours, shape, spelled)
        known = seen.setdefault((id, variant), [ours])
        if book in known:
            continue
        known.append(book)
        changed = list(_changed(ours, book))
        if not changed:
            continue
        sections = frozenset(section for section, _ in changed)
        found.append(Candidate(id, variant, layer, spelled, len(found), book, sections, min(changed)))
    return tuple(found)


def _spellings(layers: Iterable[int]) -> Iterator[tuple[str, str | None, int, str]]:
    for id, mistake in MISTAKES.items():
        for variant, layer in product(mistake.variants, layers):
            if layer == 0 or not mistake.whole:
                form = None if variant == "all" else variant
                name = f"{id}:{form}" if form else id
                yield id, form, layer, f"{name}@{layer}" if layer else name


def _changed(ours: Rulebook, book: Rulebook) -> Iterator[tuple[int, int]]:
    """What differs: its section, and how far into it the layer comes."""
    last = len(ours.layers)
    for number, (one, other) in enumerate(zip(ours.layers, book.layers, strict=True), 1):
        for section, fields in _FIELDS:
            if _differ(one, other, fields):
                yield section, number if section == _FORWARD else last - number
    if (ours.probability, ours.unit_error, ours.total) != (book.probability, book.unit_error, book.total):
        yield _ERROR, 0
    if ours.update_first != book.update_first:
        yield _BACKWARD, 1
    if ours.count != book.count:
        yield _UPDATE, 0


def _differ(one: LayerRules, other: LayerRules, fields: tuple[str, ...]) -> bool:
    return any(getattr(one, field) != getattr(other, field) for field in fields)
