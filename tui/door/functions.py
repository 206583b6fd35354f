"""What can be done with a problem from Python, and the types that it is done with.

Each function is a few lines over `core` and `lessons`. A mistake that nntutor can name is an NntutorError: its fields
are the facts, and the sentence that the command line would print is its note, which Python prints below a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from nntutor.core import expected
from nntutor.core.analysis.gradient_check import Check, check_all
from nntutor.core.arrays import Array, Frozen
from nntutor.core.diagnosis import diagnosing, reading
from nntutor.core.diagnosis.diagnosing import Diagnosis
from nntutor.core.engine.program import Engine
from nntutor.core.engine.step import Operand, Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.engine.training import run
from nntutor.core.errors import NntutorError, ProblemError
from nntutor.core.files import problem as files
from nntutor.core.files import writing
from nntutor.core.files.model import read_model
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems import models
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.mistakes.spelling import is_known
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import Optimizer
from nntutor.lessons.course import builtin, published
from nntutor.lessons.course.published import Result
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.language import error_text, words

_PATH = (str, Path)
_VALUES = (Mapping, str, Path, type(None))
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Training(Frozen):
    """What a training left.

    problem: what was trained. network: the same layers with the weights and biases after the last iteration.
    errors (iterations,): E of each iteration's samples with the weights before its update. diverged: the iteration,
    from 1, in which a number stopped being finite, which is then the last one; else None.
    """

    problem: Problem
    network: Network
    errors: Array
    diverged: int | None

    def __repr__(self) -> str:
        return f"<training of {len(self.errors)} iterations>"


def _said(function: Callable[P, T]) -> Callable[P, T]:
    """The function, whose named mistakes carry their sentence as a note."""

    @wraps(function)
    def said(*given: P.args, **named: P.kwargs) -> T:
        try:
            return function(*given, **named)
        except NntutorError as error:
            error.add_note(error_text.sentence(error, words.load("en")))
            raise

    return said


@_said
def read(where: str | Path, model: str | Path | None = None) -> Problem:
    """The problem in a file, or one that comes with nntutor.

    where: a path, "-" for standard input, or a name of `problems()`. A text without a dot and a slash is a name.
    model: the path of an ONNX file with the network (extra `onnx`), where the file has the rest alone. Raises
    ProblemError, with file and line, for a file that cannot be used; NntutorError for an unknown name; TypeError for
    what is no path.
    """
    expected.a(_PATH, "where", where, "a path, or a name of nntutor.problems()")
    if model is not None:
        expected.a(_PATH, "model", model, "a path")
        return files.read(where, model=read_model(model))
    if isinstance(where, Path) or builtin.is_path(where):
        return files.read(where)
    return builtin.open(where)


@_said
def parse(text: str) -> Problem:
    """The problem in the text of a problem file; a CSV file that it names is looked for in the current folder.

    Raises ProblemError, with the line; TypeError for what is no text.
    """
    expected.a(str, "text", text, "the text of a problem file; nntutor.read takes its path")
    return files.parse(text, "<text>", Path())


@_said
def problem_of(module: Any, inputs: Any, targets: Any, loss: Any = None, optimizer: Any = None) -> Problem:
    """The problem of training a network of another library on these samples, all of them in each iteration.

    module: an nn.Sequential of PyTorch, or a fitted MLPClassifier or MLPRegressor of scikit-learn; neither library is
    imported. inputs (samples, inputs); targets (samples, outputs), (samples,) for one output or for classes. loss: a
    loss of PyTorch or the name of an error, none for scikit-learn; optimizer: one of PyTorch that has made no step yet,
    or an `Optimizer`. Raises NntutorError for what cannot be stepped through.
    """
    return models.problem_of(module, inputs, targets, loss, optimizer)


def write(problem: Problem) -> str:
    """The text of a problem file that reads back to the same problem, every number in full.

    Raises ValueError where a number is not finite, which no problem file can hold; TypeError for what is no problem.
    """
    _a_problem(problem)
    return writing.write(problem)


def problems() -> tuple[str, ...]:
    """The names of the problems that come with nntutor, sorted."""
    return builtin.names()


def trace(problem: Problem, iteration: int = 1, mistake: str = "") -> Trace:
    """The record of one iteration, from 1: every number, and for every number the step that made it.

    mistake: the name of a classic error that the iterations are run with ("updated-weights", …), "" for none.
    The iterations before it are run, not recorded. Raises ValueError where there is no such iteration, because it is
    below 1 or training diverges before it, and for an unknown mistake; TypeError for what is no problem.
    """
    _a_problem(problem)
    iteration = expected.whole("iteration", iteration, 1)
    expected.a(str, "mistake", mistake, "a text")
    if mistake and not is_known(mistake, len(problem.network.layers)):
        raise ValueError(f"mistake {expected.spelled(mistake)}: expected one of {', '.join(MISTAKES)}")
    found = next(iterations(problem, iteration, iteration, mistake))
    if found.iteration != iteration:
        raise ValueError(f"iteration {iteration}: training diverges in iteration {found.iteration}")
    return found


def train(problem: Problem, iterations: int, goal: float | None = None) -> Training:
    """Run `iterations` iterations from the problem's own weights, at full speed.

    goal: stop at the first iteration whose E is that small. Stops in the iteration in which training diverges.
    Raises ValueError for less than 1 iteration and for a goal that is no number; TypeError for what is no problem.
    """
    _a_problem(problem)
    iterations = expected.whole("iterations", iterations, 1)
    engine = Engine(problem)
    aim = None if goal is None else expected.number("goal", goal)
    chunk = run(engine, engine.start(), iterations, goal=aim)
    network = engine.layout.network(chunk.state.params, problem.network)
    return Training(problem, network, chunk.errors, chunk.diverged)


@_said
def check(problem: Problem, iteration: int = 1) -> tuple[Check, ...]:
    """The gradients of one iteration against central differences: one Check for each weight and bias that learns,
    and for each input where the problem asks for ∂E/∂x.

    Raises NntutorError for the perceptron's rule, which is no derivative, and for given gradients, which have no E;
    ValueError as `trace` does.
    """
    return tuple(check_all(trace(problem, iteration)))


@_said
def diagnose(
    problem: Problem,
    values: Mapping[str, object] | str | Path | None = None,
    iteration: int = 1,
    tolerance: float = 0.0,
) -> Diagnosis:
    """Your own numbers against the right ones, and the mistake that gives exactly them.

    values: numbers and arrays (of NumPy, or tensors) by their names, symbols ("δ_h1", "dE/dw5", "E@2") or arrays of a
    layer ("dW1", "db1", "z1", "a1", "W1_new"), rows and columns either way; or the path of a file as `nntutor diagnose`
    takes it. None: what hinders the training. iteration: of names without @. tolerance: a share of the right number
    that is allowed besides. Raises ProblemError for what cannot be read or is no number of the problem; ValueError for
    an iteration below 1 and a tolerance below 0; TypeError for what is no problem, and for values of another kind.
    """
    _a_problem(problem)
    iteration = expected.whole("iteration", iteration, 1)
    tolerance = expected.number("tolerance", tolerance, (0.0).__le__, "from 0")
    expected.a(_VALUES, "values", values, "numbers by their names, as {'dW1': …}, or a path")
    if values is None:
        return diagnosing.diagnose(problem, None, iteration=iteration)
    named, file = reading.of_mapping(values) if isinstance(values, Mapping) else reading.read(values)
    return diagnosing.diagnose(problem, named, file, iteration, tolerance)


def verify() -> dict[str, tuple[Result, ...]]:
    """The published worked examples, by name: each figure as its source prints it, beside what comes out here."""
    return {example.id: tuple(published.results(example)) for example in published.examples()}


def _a_problem(problem: object) -> None:
    expected.a(Problem, "problem", problem, "a Problem, as nntutor.read gives it")


__all__ = [
    "Check",
    "Diagnosis",
    "Layer",
    "Network",
    "NntutorError",
    "Operand",
    "Optimizer",
    "Problem",
    "ProblemError",
    "Ref",
    "Result",
    "Samples",
    "Step",
    "Timeline",
    "Trace",
    "Training",
    "check",
    "diagnose",
    "parse",
    "problem_of",
    "problems",
    "read",
    "trace",
    "train",
    "verify",
    "write",
]
