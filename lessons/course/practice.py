"""Fresh problems from a seed: series for one skill each, in levels that show less and less.

A problem is a network with drawn numbers and a chain of steps, the last of which is what the series is about. Numbers
are drawn until the classic mistakes can be told apart to the digits asked. Where the steps before are shown they come
out even, so that paper is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from math import isclose, isfinite, log
from zlib import crc32

import numpy as np

from nntutor.core.analysis.mistaken import at_step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.formula import names
from nntutor.core.notation.kinds import KINDS, PER_SAMPLE, PER_WEIGHT
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.course.questions import Asked, agree

LEVELS = ("shown", "last", "two", "network")
"""How much is left out: nothing; the last step; the last two; everything but the network."""
_DRAWS = 150
_ENOUGH = 4  # after so many draws, what agrees exactly is taken to agree whatever is drawn
_NONE = 1e-12  # what rounding leaves of a 0
_POWERS = {"rate_beta1k": "rate_beta1", "rate_beta2k": "rate_beta2"}


class Draw:
    """Numbers from a seed, the same ones on every machine."""

    def __init__(self, *seeds: int) -> None:
        self._random = np.random.default_rng(seeds).random

    def of(self, values: Sequence[float]) -> float:
        return values[int(self._random() * len(values))]

    def signed(self, values: Sequence[float]) -> float:
        return self.of((*values, *(-value for value in values)))

    def unit(self, count: int) -> int:
        return 1 + int(self._random() * count)


@dataclass(frozen=True)
class Series:
    """One skill. problem: from a draw, with even numbers or without. chain: the symbols of its steps, the asked last.

    lesson: the one that teaches it. kinds: the kinds of steps (`why.kind`) that ask for the same skill. iterations:
    which ones may be asked about.
    """

    id: str
    lesson: str
    problem: Callable[[Draw, bool], Problem]
    chain: Callable[[Draw], tuple[str, ...]]
    kinds: tuple[str, ...]
    iterations: tuple[int, ...] = (1,)
    digits: int = 3


@dataclass(frozen=True, eq=False)
class Exercise:
    """A problem of a series: its record, the steps of its chain, and how much of them is left out (one of LEVELS)."""

    series: Series
    seed: int
    level: str
    trace: Trace
    chain: tuple[Ref, ...]

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """What is to be worked out, in order."""
        return tuple(Asked(self.trace, ref, self.series.digits, given=self.given) for ref in self._left_out)

    @property
    def _left_out(self) -> tuple[Ref, ...]:
        count = {"shown": 0, "two": 2}.get(self.level, 1)
        return self.chain[len(self.chain) - count :]

    def value(self, ref: Ref) -> float:
        """The number behind an address, also of a step of the chain that the record has none of."""
        return Asked(self.trace, ref).right if ref in self.chain else self.trace.value(ref)

    @cached_property
    def given(self) -> tuple[Ref, ...]:
        """The numbers that are shown: all that the network has, or those that the chain is made of.

        Where nothing is left out the chain is what is worked out. The powers of β are no given numbers, but β and the
        count of the iteration are.
        """
        if self.level == "network":
            return _of_network(self.trace, self.chain[-1])
        asked = set(self._left_out or self.chain)
        used = (key for ref in self.chain for key in names(Asked(self.trace, ref).step.formula))
        shown = (ref for ref in self.chain if ref not in asked)
        return given_numbers(ref for ref in (*used, *shown) if ref not in asked)


def given_numbers(refs: Iterable[Ref]) -> tuple[Ref, ...]:
    """These numbers, each once, with β in place of its power."""
    return tuple(dict.fromkeys(ref._replace(kind=_POWERS.get(ref.kind, ref.kind)) for ref in refs))


def _of_network(trace: Trace, asked: Ref) -> tuple[Ref, ...]:
    """Inputs, weights, targets, rates, and what the optimizer remembers of the asked weight."""
    problem, samples = trace.problem, trace.samples
    layers, last = problem.network.layers, len(problem.network.layers)
    refs = [Ref("out", 0, unit, 0, sample) for sample in samples for unit in range(1, layers[0].inputs + 1)]
    for number, layer in enumerate(layers, 1):
        sources = (*range(1, layer.inputs + 1), *((0,) if layer.bias is not None else ()))
        refs += [Ref("weight", number, unit, source) for unit in range(1, layer.units + 1) for source in sources]
    refs += [Ref("target", last, unit, 0, sample) for sample in samples for unit in range(1, layers[-1].units + 1)]
    if asked.kind in PER_WEIGHT and asked.kind != "grad":
        refs += _of_optimizer(trace, asked)
    return tuple(dict.fromkeys(refs))


def _of_optimizer(trace: Trace, asked: Ref) -> list[Ref]:
    """What the update of a weight reads, up to what is asked: rates, and what is remembered of the weight."""
    refs: dict[Ref, None] = {}
    for kind, tree in trace.plan.book.layers[asked.layer - 1].update.made:
        for key in names(tree):
            if key.startswith("rate_"):
                refs[Ref(_POWERS.get(key, key))] = None
            elif KINDS[key].before:
                refs[asked._replace(kind=key)] = None
        if kind == asked.kind:
            break
    return list(refs)


def exercise(series: Series, seed: int, level: str) -> Exercise:
    """The problem of a series, a seed and a level: of a few draws the first on which no two answers agree, or the one
    on which fewest do."""
    best: tuple[tuple[int, int, int], Exercise] | None = None
    for number in range(_DRAWS):
        made = _drawn(series, seed, level, number)
        score = _confusions(made)
        if best is None or score < best[0]:
            best = score, made
        if not any(score) or (number >= _ENOUGH and not any(best[0][:2])):
            break
    assert best is not None
    return best[1]


def _drawn(series: Series, seed: int, level: str, number: int) -> Exercise:
    draw = Draw(seed, crc32(series.id.encode()), LEVELS.index(level), number)
    chain = series.chain(draw)
    iteration = int(draw.of(series.iterations))
    trace = Timeline.start(series.problem(draw, level != "network")).to(iteration).trace
    return Exercise(series, seed, level, trace, tuple(ref_of(trace, symbol) for symbol in chain))


def ref_of(trace: Trace, symbol: str) -> Ref:
    """The address of a symbol, also of a Δw that is no step of its own. KeyError for none of this network."""
    ref = trace.names.find(symbol)
    if ref is None:
        raise KeyError(symbol)
    return ref._replace(sample=trace.samples[0]) if ref.kind in PER_SAMPLE and ref.sample < 0 else ref


def _confusions(made: Exercise) -> tuple[int, int, int]:
    """How many mistakes agree to the digits asked with what is right; how many with one another, nearly and exactly.

    A 0 hides whatever is multiplied by it.
    """
    hidden = near = same = 0
    hidden += sum(
        abs(made.value(ref)) < _NONE for ref in (*made.chain, *made.given) if ref.kind not in ("target", "weight")
    )
    for asked in made.asked or (Asked(made.trace, made.chain[-1], made.series.digits),):
        values = [one.value for one in at_step(made.trace, asked.ref) if isfinite(one.value)]
        hidden += sum(agree(value, asked.right, asked.digits) for value in values)
        for one, other in combinations(values, 2):
            if isclose(one, other, rel_tol=1e-9):
                same += 1
            elif agree(one, other, asked.digits) or agree(other, one, asked.digits):
                near += 1
    return hidden, near, same


# --- networks ----------------------------------------------------------------------------------------

_INPUTS = (0.2, 0.4, 0.5, 0.6, 0.8, 1.2, 1.5, 2.0)
_WEIGHTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_OUTS = (0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9)
_TARGETS = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
_RATES = (0.2, 0.4, 0.5, 2.0)


def _sigmoids(*sizes: int) -> Callable[[Draw, bool], Problem]:
    """Sigmoid layers; even: the biases are such that every output is a short number."""

    def problem(draw: Draw, even: bool) -> Problem:
        inputs = np.array([draw.signed(_INPUTS) for _ in range(sizes[0])])
        outs, layers = inputs, []
        for before, units in pairwise(sizes):
            weights = np.array([[draw.signed(_WEIGHTS) for _ in range(before)] for _ in range(units)])
            bias = np.array([draw.signed(_WEIGHTS) for _ in range(units)])
            if even:
                wanted = np.array([draw.of(_OUTS) for _ in range(units)])
                bias = np.array([log(out / (1 - out)) for out in wanted]) - weights @ outs
                outs = wanted
            layers.append(Layer("sigmoid", weights, bias))
        targets = [[draw.of([t for t in _TARGETS if t != float(out)]) for out in outs[: sizes[-1]]]]
        return Problem(Network(tuple(layers)), Samples.of([inputs], targets), Optimizer("sgd", draw.of(_RATES)))

    return problem


def _perceptron(draw: Draw, even: bool) -> Problem:
    """One step unit that answers wrongly, so that Rosenblatt's rule changes it."""
    inputs, weights = ([draw.signed(values) for _ in range(2)] for values in (_INPUTS, _WEIGHTS))
    bias = draw.signed(_WEIGHTS)
    target = float(np.dot(weights, inputs) + bias < 0)
    network = Network((Layer("step", np.array([weights]), np.array([bias])),))
    optimizer = Optimizer("sgd", draw.of(_RATES))
    return Problem(network, Samples.of([inputs], [[target]]), optimizer, error="perceptron")


def _rectified(draw: Draw, even: bool) -> Problem:
    """2-2-1 with leaky ReLU and a linear output: every number comes out even by itself."""
    inputs = [draw.signed(_INPUTS) for _ in range(2)]
    hidden = np.array([[draw.signed(_WEIGHTS) for _ in range(2)] for _ in range(2)])
    last = np.array([[draw.signed(_WEIGHTS) for _ in range(2)]])
    bias = np.array([draw.signed(_WEIGHTS) for _ in range(2)])
    layers = (Layer("leaky-relu", hidden, bias, slope=draw.of((0.1, 0.2))), Layer("identity", last, np.zeros(1)))
    target = draw.signed(_INPUTS)
    return Problem(Network(layers), Samples.of([inputs], [[target]]), Optimizer("sgd", draw.of(_RATES)))


def _linear(name: str, inputs: int = 2, batch: int = 1) -> Callable[[Draw, bool], Problem]:
    """One linear unit without a bias and an optimizer: slopes and what is made of them come out even by themselves."""

    def problem(draw: Draw, even: bool) -> Problem:
        weights = [[draw.signed((0.5, 1.0, 1.5, 2.0)) for _ in range(inputs)]]
        rows = [[draw.signed((1.0, 2.0, 0.5, 3.0)) for _ in range(inputs)] for _ in range(max(3, batch))]
        targets = [[draw.signed((1.0, 2.0, 3.0, 4.0))] for _ in rows]
        rate = 0.001 if name == "adam" else draw.of((0.1, 0.2))
        optimizer = Optimizer(name, rate, momentum=draw.of((0.5, 0.8, 0.9)))
        return Problem(
            Network((Layer("identity", np.array(weights), None),)), Samples.of(rows, targets), optimizer, batch=batch
        )

    return problem


# --- the table ---------------------------------------------------------------------------------------


def _at_output(*symbols: str, units: int = 2) -> Callable[[Draw], tuple[str, ...]]:
    def chain(draw: Draw) -> tuple[str, ...]:
        unit = draw.unit(units)
        return tuple(symbol.format(unit) for symbol in symbols)

    return chain


def _weight(*symbols: str, first: int, units: int = 2) -> Callable[[Draw], tuple[str, ...]]:
    """Symbols with {w} for a weight, counted from `first`, of two into each unit, and {u} for its unit."""

    def chain(draw: Draw) -> tuple[str, ...]:
        unit, source = draw.unit(units), draw.unit(2)
        return tuple(symbol.format(w=f"w{first + 2 * (unit - 1) + source - 1}", u=unit) for symbol in symbols)

    return chain


_FULL, _ONE = _sigmoids(2, 2, 2), _sigmoids(2, 2, 1)


def _outs(draw: Draw, even: bool) -> Problem:
    """Forward, what comes in is to be even, not what comes out."""
    return _FULL(draw, False)


_MOVE = _at_output("∂E/∂w1", "w1⁺", units=1)
_DELTA = _at_output("∂E/∂o{0}", "slope_o{0}", "δ_o{0}")
_ALONE = _at_output("∂E/∂o1", "slope_o1", "δ_o1", units=1)
_CHANGE = _weight("δ_o{u}", "∂E/∂{w}", "Δ{w}", first=5)
_HIDDEN = _at_output("∂E/∂h{0}", "slope_h{0}", "δ_h{0}")
_WHOLE = _weight("δ_o1", "∂E/∂h{u}", "δ_h{u}", "∂E/∂{w}", "Δ{w}", first=1)
_VELOCITY = _weight("∂E/∂{w}", "v_{w}", first=1, units=1)
_DEEP, _CHAIN = (_at_output("∂E/∂h1_{0}", "slope_h1_{0}", "δ_h1_{0}", units=count) for count in (2, 1))
_RULE = _weight("∂E/∂{w}", "{w}⁺", first=1, units=1)
_BATCH = _weight("δ_o1[3]", "∂E/∂{w}", first=1, units=1)
_MEAN, _SQUARE = (_weight(f"{one}_{{w}}", f"{hat}_{{w}}", first=1, units=1) for one, hat in (("m", "m̂"), ("v", "v̂")))
_FORWARD_KINDS = ("net_hidden", "net_output", "out_sigmoid", "out_tanh", "out_relu", "out_leaky_relu")
_UPDATE_KINDS = ("gradient_weight", "update", "update_bias", "change_sgd")

SERIES = {
    one.id: one
    for one in (
        Series("perceptron", "wall", _perceptron, _RULE, ()),
        Series("descent-step", "descent", _linear("sgd", 1), _MOVE, ()),
        Series("neuron-delta", "neuron", _sigmoids(2, 1), _ALONE, ()),
        Series("forward", "forward", _outs, _at_output("net_h{}", "h{}"), _FORWARD_KINDS),
        Series("output-delta", "output-delta", _FULL, _DELTA, ("out_gradient_output", "delta_output")),
        Series("update", "output-delta", _FULL, _CHANGE, _UPDATE_KINDS),
        Series("hidden-delta", "hidden-delta", _FULL, _HIDDEN, ("out_gradient_hidden", "delta_hidden")),
        Series("iteration", "cycle", _ONE, _WHOLE, ()),
        Series("deep-delta", "deeper", _sigmoids(2, 2, 2, 1), _DEEP, ()),
        Series("chain-delta", "vanishing", _sigmoids(1, 1, 1, 1), _CHAIN, ()),
        Series("leaky-delta", "relu", _rectified, _HIDDEN, ()),
        Series("batch-slope", "sgd", _linear("sgd", batch=4), _BATCH, ()),
        Series("velocity", "momentum", _linear("momentum"), _VELOCITY, ("state_momentum", "state_nesterov"), (2, 3)),
        Series("adam-mean", "adam", _linear("adam"), _MEAN, ("state_adam_m", "corrected_m"), (2, 3)),
        Series("adam-square", "adam", _linear("adam"), _SQUARE, ("state_adam_v", "corrected_v"), (2, 3)),
    )
}
"""All series by their names, in the order of the course."""
_SKILLS = {kind: one.id for one in SERIES.values() for kind in one.kinds}


def series_of_lesson(lesson: Lesson) -> tuple[str, ...]:
    """The names of those that a lesson teaches, the hardest last; where it teaches none, those that it asks for."""
    taught = tuple(one.id for one in SERIES.values() if one.lesson == lesson.id)
    asked = dict.fromkeys(one.series for one in lesson.questions if one.series in SERIES)
    return taught or tuple(asked)


def practised_after(lesson: Lesson) -> tuple[str, ...]:
    """Those that are practised at a lesson's end: its own, else the nearest ones."""
    return lesson.end.series or series_of_lesson(lesson)


def skill_of(kind: str) -> str:
    """The series that practises a kind of step; nothing where there is none."""
    return _SKILLS.get(kind, "")
