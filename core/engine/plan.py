"""The plan of an iteration: which number is made when, and by which formula.

A plan follows from shapes alone and holds no number. Steps are found by arithmetic: section after
section, each of which knows how many steps it has, which number its n-th step makes, and at which
place a number is made. Nothing here is listed out, so a network with a million steps costs no more
than one with forty.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from nntutor.core.engine.sections import Deltas, Errors, Forward, PerWeight, Section
from nntutor.core.notation.formula import Expr, Mul, Name, bind, product
from nntutor.core.notation.kinds import PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules import sums
from nntutor.core.rules.activations import Activation, activation
from nntutor.core.rules.losses import Loss, loss
from nntutor.core.rules.mistakes import mistake
from nntutor.core.rules.optimizers import made
from nntutor.core.rules.surfaces import surface

PHASES = ("forward", "error", "backward", "update")


@dataclass(frozen=True)
class LayerShape:
    """What a plan needs to know of a layer."""

    units: int
    inputs: int
    activation: str
    slope: float
    bias: bool
    learns: bool
    bias_learns: bool

    @property
    def sources(self) -> tuple[int, ...]:
        """The inputs whose weights learn, from 1, and 0 for a bias that learns, in step order."""
        if not self.learns:
            return ()
        return (*range(1, self.inputs + 1), *((0,) if self.bias_learns else ()))


@dataclass(frozen=True)
class Shape:
    """All that a plan follows from; `samples` is how many one iteration uses."""

    layers: tuple[LayerShape, ...]
    error: str
    optimizer: str
    samples: int
    mistake: str = ""
    surface: str = ""

    @classmethod
    def of(cls, problem: Problem, samples: int, mistake: str = "") -> Shape:
        layers = tuple(
            LayerShape(
                layer.units,
                layer.inputs,
                layer.activation,
                layer.slope,
                layer.bias is not None,
                layer.learn,
                layer.bias_learns,
            )
            for layer in problem.network.layers
        )
        return cls(layers, problem.error, problem.optimizer.name, samples, mistake, problem.surface)

    @property
    def made(self) -> tuple[tuple[str, Expr], ...]:
        """What the update makes for one weight, in order, with its formulas."""
        return made(self.optimizer, mistake(self.mistake).uncorrected)


@dataclass(frozen=True)
class Plan:
    """The steps of one iteration of a network of this shape. Indices of steps count from 1."""

    shape: Shape
    sections: tuple[Section, ...] = field(init=False, repr=False, compare=False)
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sections = tuple(section for section in self._sections() if len(section))
        object.__setattr__(self, "sections", sections)
        object.__setattr__(self, "_starts", (0, *accumulate(len(section) for section in sections)))

    def _sections(self) -> Iterator[Section]:
        shape = self.shape
        wrong = mistake(shape.mistake)
        made = tuple(name for name, _ in shape.made)
        last = len(shape.layers)
        yield Forward(tuple(layer.units for layer in shape.layers), shape.samples)
        yield Errors(last, shape.layers[-1].units, shape.samples, shape.error == "softmax-ce")
        updates = []
        for number in range(last, self.first_learning - 1, -1):
            layer = shape.layers[number - 1]
            kinds = ("delta",) if number == last and self.loss.delta else ("out_grad", "slope", "delta")
            yield Deltas(number, layer.units, shape.samples, kinds)
            yield PerWeight(number, layer.units, layer.sources, ("grad",), "backward")
            update = PerWeight(number, layer.units, layer.sources, made, "update")
            if wrong.update_first:
                yield update
            else:
                updates.append(update)
        yield from updates

    @property
    def first_learning(self) -> int:
        """The first layer with something that learns; one past the last where nothing does."""
        learning = (number for number, layer in enumerate(self.shape.layers, 1) if layer.learns)
        return next(learning, len(self.shape.layers) + 1)

    @property
    def loss(self) -> Loss:
        return loss(self.shape.error, self.shape.layers[-1].units)

    def activation(self, layer: int) -> Activation:
        shape = self.shape.layers[layer - 1]
        return activation(shape.activation, shape.slope)

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
            raise IndexError(index)
        section = self.section(index)
        return self.sections[section].ref(index - 1 - self._starts[section])

    def phase(self, index: int) -> str:
        return self.sections[self.section(index)].phase

    def index(self, ref: Ref) -> int | None:
        """The step that makes a number; None for what is given. The sample is the position in the batch."""
        if ref.kind == "out" and ref.layer == 0:
            return None
        for start, section in zip(self._starts, self.sections, strict=False):
            if self._makes(section, ref):
                return start + 1 + section.place(ref)
        return None

    def _makes(self, section: Section, ref: Ref) -> bool:
        match section:
            case Forward():
                return ref.kind in ("net", "out")
            case Errors():
                return ref.kind in ("prob", "unit_error", "error")
            case Deltas():
                return ref.layer == section.layer and ref.kind in section.kinds
            case PerWeight():
                made = ref.kind in section.kinds and ref.input in section.sources
                return made and ref.layer == section.layer
        return False

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

    def formula(self, ref: Ref, samples: tuple[int, ...]) -> Expr:
        """The tree of the step that makes `ref`; samples are the data's indices, as in `ref` itself."""
        layers = self.shape.layers
        last = len(layers)
        kind, number, unit = ref.kind, ref.layer, ref.unit
        match kind:
            case "net":
                layer = layers[number - 1]
                return sums.net_formula(number, unit, layer.inputs, layer.bias, ref.sample)
            case "out":
                return self._of_unit(self.activation(number).out, ref)
            case "slope":
                return self._of_unit(self.activation(number).slope, ref)
            case "prob":
                return sums.softmax_formula(last, unit, layers[-1].units, ref.sample)
            case "unit_error":
                return self._of_unit(self.loss.unit_error, ref)
            case "error" if self.shape.surface:
                return bind(surface(self.shape.surface).error, _variable)
            case "error":
                divisor = self.loss.divisor * self.shape.samples
                return sums.error_formula(last, layers[-1].units, samples, divisor)
            case "out_grad" if number == last and self.loss.out_grad:
                return self._of_unit(self.loss.out_grad, ref)
            case "out_grad":
                above = layers[number]
                weight = mistake(self.shape.mistake).sent_back if above.learns else "weight"
                return sums.sent_back_formula(number, unit, above.units, ref.sample, weight)
            case "delta" if number == last and self.loss.delta:
                return self._of_unit(self.loss.delta, ref)
            case "delta":
                return self._chained(ref)
            case "grad" if self.shape.surface:
                return bind(surface(self.shape.surface).slopes[ref.input - 1], _variable)
            case "grad":
                return sums.gradient_formula(number, unit, ref.input, samples)
        rule = dict(self.shape.made)
        return bind(rule[kind], lambda key: Name(self._of_weight(key, ref)))

    def full(self, ref: Ref, samples: tuple[int, ...]) -> Expr:
        """The same with slopes and the sums sent back written out, for people to read."""

        if ref.kind != "delta" or (ref.layer == len(self.shape.layers) and self.loss.delta):
            return self.formula(ref, samples)
        slope = self.formula(ref._replace(kind="slope"), samples)
        factors = (slope.a, slope.b) if isinstance(slope, Mul) else (slope,)
        return product(self.formula(ref._replace(kind="out_grad"), samples), *factors)

    @staticmethod
    def _chained(ref: Ref) -> Expr:
        """∂E/∂out·slope: the chain rule at one unit."""
        return Mul(Name(ref._replace(kind="out_grad")), Name(ref._replace(kind="slope")))

    def textbook(self, ref: Ref) -> Expr | None:
        """The form that books print, where the step's own form is a safer one."""
        last = len(self.shape.layers)
        if ref.kind == "unit_error" and self.loss.textbook:
            return self._of_unit(self.loss.textbook, ref)
        if ref.kind == "prob":
            return sums.softmax_textbook(last, ref.unit, self.shape.layers[-1].units, ref.sample)
        return None

    def _of_unit(self, tree: Expr, ref: Ref) -> Expr:
        def meaning(key: str) -> Expr:
            if key.startswith("max_"):
                outputs = self.shape.layers[-1].units
                return sums.largest_formula(key.removeprefix("max_"), ref.layer, outputs, ref.sample)
            return Name(ref._replace(kind=key))

        return bind(tree, meaning)

    @staticmethod
    def _of_weight(key: str, ref: Ref) -> Ref:
        return ref._replace(kind=key) if key in PER_WEIGHT else Ref(key)


def _variable(name: str) -> Expr:
    """The weight behind a surface's w1 or w2."""
    return Name(Ref("weight", 1, 1, int(name[1:])))
