"""What a diagnosis promises, held to it on problems without end; used by tests and bench.

Two promises: right numbers are never called wrong, however they are written; and every mistake of the table that
changes one of the given numbers is named first or among those that explain them equally well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from nntutor.core.diagnosis import places
from nntutor.core.diagnosis import sheet as sheets
from nntutor.core.diagnosis.agreement import judge as judged
from nntutor.core.diagnosis.candidates import Candidate, candidates
from nntutor.core.diagnosis.diagnosing import compared
from nntutor.core.diagnosis.runs import Runs, recorded
from nntutor.core.diagnosis.search import Search
from nntutor.core.diagnosis.sheet import Numbers
from nntutor.core.diagnosis.text import parsed
from nntutor.core.engine.trace import Trace
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import DEFAULT_RATE, OPTIMIZERS, Optimizer

LAST = {"bce": "sigmoid", "softmax-ce": "identity"}
ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky-relu", "identity")
# What people give: arrays of a layer by their name, the kind, whether of the biases.
ARRAYS = (
    ("z", "net", False), ("a", "out", False), ("delta", "delta", False), ("dW", "grad", False), ("db", "grad", True),
    ("W", "weight", False), ("b", "weight", True),
)  # fmt: skip


def problem(random: np.random.Generator) -> Problem:
    """A problem of 1-1 to 4-8-8-3."""
    depth = random.integers(1, 4)
    widest = (8, 8)[: depth - 1]
    sizes = [int(random.integers(1, most + 1)) for most in (4, *widest, 3)]
    error = str(random.choice(["half-squared", "mse", "bce", "softmax-ce"]))
    layers = []
    for place in range(depth):
        kind = LAST.get(error, "") if place == depth - 1 else ""
        layers.append(
            Layer(
                kind or str(random.choice(ACTIVATIONS)),
                random.uniform(-1, 1, (sizes[place + 1], sizes[place])),
                random.uniform(-1, 1, sizes[place + 1]) if random.random() < 0.8 else None,
            )
        )
    count = int(random.integers(1, 5))
    targets = random.random((count, sizes[-1]))
    if error == "softmax-ce":
        targets = np.eye(sizes[-1])[random.integers(0, sizes[-1], count)]
    name = str(random.choice(OPTIMIZERS))
    return Problem(
        Network(tuple(layers)),
        Samples(random.uniform(-1.5, 1.5, (count, sizes[0])), targets),
        Optimizer(name, DEFAULT_RATE[name], epsilon=1e-10 if name == "adagrad" else 1e-8),
        error,
        "full" if random.random() < 0.6 else "online",
    )


def told(trace: Trace, random: np.random.Generator, digits: int | None = None) -> str:
    """The numbers of an iteration as somebody prints them: symbol by symbol, or as arrays, which may lie turned."""
    if random.random() < 0.5:
        places = [index for index in range(1, len(trace) + 1) if random.random() < 0.7] or [len(trace)]
        return "\n".join(
            f"{trace.symbol(trace.ref(index))}@{trace.iteration} = {_number(trace.value(trace.ref(index)), digits)}"
            for index in places
        )
    return "\n".join(_arrays(trace, digits, bool(random.random() < 0.5), bool(random.random() < 0.5)))


def _arrays(trace: Trace, digits: int | None, turned: bool, sampled: bool) -> Iterator[str]:
    at = trace.iteration
    yield f"E@{at} = {_number(trace.error, digits)}"
    for layer in range(1, len(trace.problem.network.layers) + 1):
        for name, kind, bias in ARRAYS:
            for new in ("", "_new") if kind == "weight" else ("",):
                try:
                    array = trace.array("new" if new else kind, layer, bias)
                except KeyError:
                    continue
                turn = sampled if kind in ("net", "out", "delta") else turned
                shown = array.T if turn and array.ndim == 2 else array
                yield f"{name}{layer}{new}@{at} = {_printed(shown, digits)}"


def _number(value: float, digits: int | None) -> str:
    return repr(value) if digits is None else f"{value:.{digits}g}"


def _printed(array: np.ndarray, digits: int | None) -> str:
    precision = 17 if digits is None else digits
    return np.array2string(array, precision=precision, floatmode="maxprec", threshold=10**9, max_line_width=75)


def assert_right(random: np.random.Generator) -> None:
    """Right numbers of 4 to 17 digits are called right."""
    one, last = problem(random), int(random.integers(1, 4))
    [trace] = recorded(one, "", (last,))
    text = told(trace, random, int(random.integers(4, 18)))
    found = compared(one, parsed(text, "right.txt"), "right.txt", last)
    assert found.verdict == "right", (found.parts, text)


def is_named(one: Problem, mistake: Candidate, random: np.random.Generator) -> bool | None:
    """Whether a mistake is among the best explanations of its own numbers; None where none of them is wrong."""
    last = int(random.integers(1, 3))
    [trace] = recorded(one, mistake.spelled, (last,))
    found = compared(one, parsed(told(trace, random), "wrong.txt"), "wrong.txt", last)
    if found.verdict == "right":
        return None
    return any(entry.ids == (mistake.id,) for entry in found.mistakes[: found.tied])


def unnamed(one: Problem, random: np.random.Generator, tried: list[Candidate]) -> tuple[Counter[str], list[str]]:
    """The same of every mistake on one sheet of numbers: how often each was named, and those that were not."""
    last = int(random.integers(1, 3))
    [trace] = recorded(one, "", (last,))
    sheet = sheets.sheet(places.blocks(parsed(told(trace, random), "right.txt"), one, last, "right.txt"), one)
    runs, judge, named, lost = Runs(one, sheet), judged(sheet, {last: trace}, 0.0), Counter[str](), list[str]()
    right = runs.made("")
    for mistake in tried:
        made = runs.made(mistake.spelled)
        values = np.where(made.there, made.values, right.values)
        exact = Numbers(values, np.zeros(len(values)), np.full(len(values), 1e-9))
        search = Search(runs, judge, exact, tried, None)
        if search.agrees.all():
            continue
        entries = search.entries()
        best = [entry for entry in entries if entry.explains == entries[0].explains]
        named[mistake.id] += 1
        if not any(entry.parts[0].id == mistake.id for entry in best):
            lost.append(mistake.spelled)
    return named, lost


def right_ones(count: int, start: int) -> Counter[str]:
    """`count` sheets of right numbers from one seed. AssertionError where one is called wrong."""
    random = np.random.default_rng([start, 1])
    for _ in range(count):
        assert_right(random)
    return Counter({"right": count})


def mistaken_ones(count: int, start: int) -> Counter[str]:
    """Every mistake on `count` problems, one of them read from text; how often each was there and named."""
    random = np.random.default_rng([start, 2])
    found: Counter[str] = Counter()
    for _ in range(count):
        one = problem(random)
        tried = candidates(one, numeric=False)
        if not tried:
            continue
        named, lost = unnamed(one, random, tried)
        assert not lost, (lost, one)
        mistake = tried[int(random.integers(len(tried)))]
        assert is_named(one, mistake, random) is not False, (mistake.spelled, one)
        found += named
    return found


def beside_0(activation: str) -> str:
    """A problem whose hidden net is 0 by hand and 3e-17 in floats."""
    return f"""
[[layer]]
activation = "{activation}"
weights = [[0.5, -0.3]]
bias = [0.1]
[[layer]]
activation = "identity"
weights = [[1]]
[[sample]]
input = [1, 2]
target = [0.5]
"""
