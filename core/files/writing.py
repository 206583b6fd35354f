"""A problem back as data and as a file that reads to the same problem."""

from __future__ import annotations

from math import isfinite

import numpy as np

from nntutor.core.problems.network import Given, Problem, draw
from nntutor.core.rules.optimizers import KEYS, RATES, Optimizer


def as_json(problem: Problem) -> dict[str, object]:
    """The problem by the keys of its file, weights filled in: plain lists and numbers."""
    found = without_samples(problem)
    if not problem.passes:
        return found
    return {**found, "sample": samples(problem, 0, len(problem.samples))}


def samples(problem: Problem, first: int, last: int) -> list[dict[str, object]]:
    """Samples `first` to `last` (from 0, the last not among them), as `as_json` has them."""
    given, wanted = problem.samples.inputs[first:last], problem.samples.targets[first:last]
    return [{"input": one, "target": other} for one, other in zip(given.tolist(), wanted.tolist(), strict=True)]


def without_samples(problem: Problem) -> dict[str, object]:
    """`as_json` but for the samples, of which there may be millions."""
    about: dict[str, object] = {"title": problem.title, "source": problem.source}
    chosen = {"optimizer": _optimizer(problem.optimizer)}
    penalty = {key: getattr(problem, key) for key in ("l1", "l2") if getattr(problem, key)}
    if problem.given is not None:
        return {**about, **penalty, **chosen, "given": _given(problem, problem.given)}
    if problem.surface:
        start = problem.network.layers[0].weights[0].tolist()
        return {**about, **chosen, "surface": {"name": problem.surface, "start": start}}
    layers = []
    for layer in problem.network.layers:
        slope = {"slope": layer.slope} if layer.activation == "leaky-relu" else {}
        layers.append(
            {
                "activation": layer.activation,
                **slope,
                "weights": layer.weights.tolist(),
                "bias": False if layer.bias is None else layer.bias.tolist(),
                "learn": layer.learn,
                "learn_bias": layer.learn_bias,
            }
        )
    return {
        **about,
        "error": problem.error,
        "batch": problem.batch,
        "shuffle": problem.shuffle,
        "seed": problem.seed,
        **{key: getattr(problem, key) for key in _UNLESS_USUAL if getattr(problem, key) != getattr(Problem, key)},
        **chosen,
        "layer": layers,
    }


_UNLESS_USUAL = ("over_outputs", "over_samples", "l1", "l2", "input_gradient")


def _optimizer(optimizer: Optimizer) -> dict[str, object]:
    """Its name, its rates, and its forms where they are not as usual."""
    rates, usual = RATES[optimizer.name], Optimizer()
    said = [one for one in KEYS[optimizer.name] if one in rates or getattr(optimizer, one) != getattr(usual, one)]
    return {"name": optimizer.name, **{key: getattr(optimizer, key) for key in said}}


def _given(problem: Problem, given: Given) -> dict[str, object]:
    weights: list[object] = problem.network.layers[0].weights[0].tolist()
    state = {"state": {name: values.tolist() for name, values in given.state}} if given.state else {}
    return {
        "weights": weights,
        "gradients": given.gradients.tolist(),
        **state,
        "first_iteration": given.first_iteration,
    }


def write(problem: Problem, drawn: bool = False) -> str:
    """A problem file that reads back to the same problem, every number in full.

    drawn: weights that a seed gave stand there as how they were drawn, so that another seed draws others. ValueError
    where a number is not finite.
    """
    data = as_json(problem)
    if drawn and problem.passes:
        data["layer"] = _as_drawn(problem)
    lines = [f"{key} = {_toml(value)}" for key, value in data.items() if not isinstance(value, list | dict)]
    for name, tables in (
        ("[optimizer]", [data["optimizer"]]),
        ("[surface]", [data["surface"]] if problem.surface else []),
        ("[given]", [data["given"]] if problem.given else []),
        ("[[layer]]", data.get("layer", [])),
        ("[[sample]]", data.get("sample", [])),
    ):
        assert isinstance(tables, list)
        for table in tables:
            lines += ["", name, *(f"{key} = {_toml(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _as_drawn(problem: Problem) -> list[dict[str, object]]:
    """The tables of the layers, without the weights that their rule draws from the problem's seed."""
    tables = without_samples(problem)["layer"]
    assert isinstance(tables, list)
    for number, (layer, table) in enumerate(zip(problem.network.layers, tables, strict=True), 1):
        of = (layer.units, layer.inputs, problem.seed, number)
        if layer.initial and np.array_equal(draw(layer.initial, *of), layer.weights):
            del table["weights"]
            table |= {"units": layer.units, "initial": layer.initial}
    return tables


def _escaped(letter: str) -> str:
    """As TOML escapes it, whatever a terminal that shows the file could obey included."""
    if letter.isprintable():
        return f"\\{letter}" if letter in '"\\' else letter
    return f"\\u{ord(letter):04x}" if letter <= "\uffff" else f"\\U{ord(letter):08x}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(map(_escaped, value)) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"a number of the problem is {value}: expected finite ones")
    return repr(value)
