"""The plan of an iteration: which number is made when, and by which formula.

A plan follows from shapes alone and holds no number. Steps are found by arithmetic: section after
section, each of which knows how many steps it has, which number its n-th step makes, and at which
place a number is made. Nothing here is listed out, so a network with a million steps costs no more
than one with forty.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from nntutor.core.engine.sections import Deltas, Errors, Forward, PerWeight, Section
from nntutor.core.notation.formula import Expr, Mul, bind
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.rules.contractions import Contraction, unit_meaning, weight_meaning
from nntutor.core.rules.mistakes.spelling import rulebook
from nntutor.core.rules.rulebook import Rulebook
from nntutor.core.rules.shape import Shape

PHASES = ("forward", "error", "backward", "update")


@dataclass(frozen=True)
class Plan:
    """The steps of one iteration of a network of this shape. Indices of steps count from 1."""

    shape: Shape
    book: Rulebook = field(init=False, repr=False, compare=False)
    sections: tuple[Section, ...] = field(init=False, repr=False, compare=False)
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _makers: dict[tuple[str, int], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", rulebook(self.shape))
        sections = tuple(section for section in self._sections() if len(section))
        object.__setattr__(self, "sections", sections)
        object.__setattr__(self, "_starts", (0, *accumulate(len(section) for section in sections)))
        makers = {made: number for number, section in enumerate(sections) for made in section.makes}
        object.__setattr__(self, "_makers", makers)

    def _sections(self) -> Iterator[Section]:
        shape, book = self.shape, self.book
        if shape.given:
            made = tuple(name for name, _ in book.layers[0].update.made)
            yield PerWeight(1, 1, shape.layers[0].sources, made, "update")
            return
        yield Forward(tuple(layer.units for layer in shape.layers), shape.samples)
        yield Errors(shape.last, shape.outputs, shape.samples, book.probability is not None)
        updates = []
        for number in range(shape.last, shape.first_back - 1, -1):
            layer, rules = shape.layers[number - 1], book.layers[number - 1]
            # A δ that sums over its layer's units comes after all that it sums.
            split = [rules.kinds] if isinstance(rules.delta, Expr) else [rules.kinds[:-1], rules.kinds[-1:]]
            for kinds in split:
                yield Deltas(number, layer.units, shape.samples, kinds)
            yield PerWeight(number, layer.units, layer.sources, ("grad",), "backward")
            if number == 1 and book.input_gradient is not None:
                yield Deltas(0, layer.inputs, shape.samples, ("out_grad",))
            made = tuple(name for name, _ in rules.update.made)
            update = PerWeight(number, layer.units, layer.sources, made, "update")
            if book.update_first:
                yield update
            else:
                updates.append(update)
        yield from updates

    def __len__(self) -> int:
        return self._starts[-1]

    def section(self, index: int) -> int:
        """Which section the step `index` belongs to, from 0."""
        return bisect_right(self._starts, index - 1) - 1

    def span(self, section: int) -> tuple[int, int]:
        """The first and the last step of a section."""
        return self._starts[section] + 1, self._starts[section + 1]

    def ref(self, index: int) -> Ref:
        """What step `index` makes; its sample is the position in the batch."""
        if not 1 <= index <= len(self):
            raise IndexError(f"step {index}: expected 1 to {len(self)}")
        section = self.section(index)
        return self.sections[section].ref(index - 1 - self._starts[section])

    def phase(self, index: int) -> str:
        return self.sections[self.section(index)].phase

    def index(self, ref: Ref) -> int | None:
        """The step that makes a number; None for what is given. The sample is the position in the batch."""
        if ref.kind == "out" and ref.layer == 0:
            return None
        number = self._makers.get((ref.kind, ref.layer))
        if number is None:
            return None
        section = self.sections[number]
        if isinstance(section, PerWeight) and not section.has(ref):
            return None
        return self._starts[number] + 1 + section.place(ref)

    def makes_the_same(self, other: Plan) -> bool:
        """Whether another plan of the same network makes these numbers too, and no more, by whichever formulas."""
        return self._makers.keys() == other._makers.keys()

    # --- where one can stand ---------------------------------------------------------------------

    def turn(self, index: int, way: int, same: Callable[[int], object]) -> int | None:
        """The first step of the next (way 1) or previous (way −1) run of steps for which `same` agrees.

        Going back from inside a run leads to its own first step. None where there is no other run.
        """
        mark = same(index)
        if way > 0:
            while index < len(self):
                index += 1
                if same(index) != mark:
                    return index
            return None
        if index > 1 and same(index - 1) != mark:
            index -= 1
        elif index == 1:
            return None
        mark = same(index)
        while index > 1 and same(index - 1) == mark:
            index -= 1
        return index

    def next_unit(self, index: int, way: int) -> int | None:
        return self.turn(index, way, lambda at: (self.section(at), *self.ref(at)[1:3], self.ref(at).sample))

    def next_phase(self, index: int, way: int) -> int | None:
        """The first step of the next or previous phase, section by section where a phase is long."""
        section = self.section(index)
        phases = [part.phase for part in self.sections]
        if way > 0:
            later = [at for at in range(section + 1, len(phases)) if phases[at] != phases[section]]
            return self.span(later[0])[0] if later else None
        first = section
        while first > 0 and phases[first - 1] == phases[section]:
            first -= 1
        if index > self.span(first)[0]:
            return self.span(first)[0]
        if first == 0:
            return None
        first -= 1
        while first > 0 and phases[first - 1] == phases[first]:
            first -= 1
        return self.span(first)[0]

    def group_end(self, index: int) -> int:
        """The last step of the group that `index` is in: forward of a layer, error, deltas, gradients, update."""
        section = self.section(index)
        part = self.sections[section]
        if not isinstance(part, Forward):
            return self.span(section)[1]
        ref = self.ref(index)
        units = self.shape.layers[ref.layer - 1].units
        return self._starts[section] + 1 + part.place(ref._replace(kind="out", unit=units))

    def group_start(self, index: int) -> int:
        section = self.section(index)
        part = self.sections[section]
        if not isinstance(part, Forward):
            return self.span(section)[0]
        return self._starts[section] + 1 + part.place(self.ref(index)._replace(kind="net", unit=1))

    # --- formulas ----------------------------------------------------------------------------------

    def formula(self, ref: Ref, samples: Sequence[int]) -> Expr:
        """The tree of the step that makes `ref`; samples are the data's indices, as in `ref` itself."""
        found = self.rule(ref)
        if isinstance(found, Expr):
            return bind(found, self._meaning(ref))
        return found.formula(ref, self.shape, samples)

    def rule(self, ref: Ref) -> Expr | Contraction:
        """What the rulebook says of a number: a tree over its unit or weight, or a sum."""
        book = self.book
        match ref.kind:
            case "error" if book.total is not None:
                return book.total
            case "unit_error":
                return book.unit_error
            case "prob" if book.probability is not None:
                return book.probability
            case "out_grad" if not ref.layer and book.input_gradient is not None:
                return book.input_gradient
        rules = book.layers[ref.layer - 1]
        found: Expr | Contraction | None = {
            "net": rules.net,
            "out": rules.out,
            "out_grad": rules.out_grad,
            "slope": rules.slope,
            "delta": rules.delta,
            "grad": rules.gradient if ref.input else rules.bias_gradient,
        }.get(ref.kind)
        return found or dict((rules.update if ref.input else rules.bias_update).made)[ref.kind]

    def _meaning(self, ref: Ref) -> Callable[[str], Expr]:
        return weight_meaning(ref) if ref.kind in PER_WEIGHT else unit_meaning(ref, self.shape.outputs)

    def full(self, ref: Ref, samples: Sequence[int]) -> Expr:
        """The same with slopes and the sums sent back written out, for people to read."""
        rule = self.rule(ref)
        if ref.kind != "delta" or not isinstance(rule, Expr):
            return self.formula(ref, samples)
        known = {
            kind: self.formula(ref._replace(kind=kind), samples) for kind in self.book.layers[ref.layer - 1].kinds[:-1]
        }
        meaning = self._meaning(ref)
        return _flattened(bind(rule, lambda key: known.get(key) or meaning(key)))

    def textbook(self, ref: Ref) -> Expr | None:
        """The form that books print, where the step's own form is a safer one."""
        if ref.kind == "unit_error" and self.book.textbook is not None:
            return bind(self.book.textbook, self._meaning(ref))
        if ref.kind == "prob" and self.book.probability is not None:
            return self.book.probability.textbook(ref, self.shape)
        return None


def _flattened(tree: Expr) -> Expr:
    """A product whose last factor is a product, as one product from left to right."""
    if isinstance(tree, Mul) and isinstance(tree.b, Mul):
        return Mul(_flattened(Mul(tree.a, tree.b.a)), tree.b.b)
    return tree
