"""Training in float32 as people write it with NumPy, on problems without end, and what they print of it.

The formulas are written out here a second time, so that nothing is asked of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import diagnosing
import numpy as np

from nntutor.core.diagnosis import reading
from nntutor.core.diagnosis.diagnosing import compared
from nntutor.core.diagnosis.text import parsed
from nntutor.core.engine.program import Engine, Program
from nntutor.core.engine.trace import after, record
from nntutor.core.notation.evaluating import written_by
from nntutor.core.problems.network import Network, Problem
from nntutor.core.rules.optimizers import DEFAULT_RATE, OPTIMIZERS, Optimizer

FORMS = ("arrays", "prints", "lists", "tensors")
_ONE, _HALF = np.float32(1), np.float32(0.5)


def problem(random: np.random.Generator) -> Problem:
    """One of `diagnosing`, with an optimizer of its own; every other one with up to thirty inputs and samples."""
    one = diagnosing.problem(random)
    name = str(random.choice(OPTIMIZERS))
    one = replace(one, optimizer=Optimizer(name, DEFAULT_RATE[name], epsilon=1e-10 if name == "adagrad" else 1e-8))
    if random.random() < 0.5:
        return one
    first, *others = one.network.layers
    wide = int(random.integers(5, 30))
    first = replace(first, weights=random.uniform(-1, 1, (first.units, wide)))
    count = int(random.integers(1, 30))
    at = random.integers(0, len(one.samples), count)
    samples = replace(one.samples, inputs=random.uniform(-3, 3, (count, wide)), targets=one.samples.targets[at])
    return replace(one, network=Network((first, *others)), samples=samples)


def _act(kind: str, z: Any, slope: float) -> Any:
    match kind:
        case "sigmoid":
            return _ONE / (_ONE + np.exp(-z))
        case "tanh":
            return np.tanh(z)
        case "relu":
            return np.maximum(z, np.float32(0))
        case "leaky-relu":
            return np.where(z > 0, z, np.float32(slope) * z)
    return z


def _slope(kind: str, z: Any, a: Any, slope: float) -> Any:
    match kind:
        case "sigmoid":
            return a * (_ONE - a)
        case "tanh":
            return _ONE - a * a
        case "relu":
            return (z > 0).astype(np.float32)
        case "leaky-relu":
            return np.where(z > 0, _ONE, np.float32(slope))
    return np.ones_like(z)


def trained(one: Problem, iterations: int) -> Iterator[dict[str, Any]]:
    """Every array of each iteration by its name."""
    layers = one.network.layers
    w = [layer.weights.astype(np.float32) for layer in layers]
    b = [None if layer.bias is None else layer.bias.astype(np.float32) for layer in layers]
    states: dict[tuple[str, int, str], Any] = {}
    for k in range(1, iterations + 1):
        at = list(one.samples_of(k))
        x, t = one.samples.inputs[at].astype(np.float32), one.samples.targets[at].astype(np.float32)
        made: dict[str, Any] = {}
        outs, nets = [x], []
        for number, layer in enumerate(layers, 1):
            z = outs[-1] @ w[number - 1].T
            if b[number - 1] is not None:
                z = z + b[number - 1]
            nets.append(z)
            outs.append(_act(layer.activation, z, layer.slope))
            made[f"z{number}"], made[f"a{number}"] = z, outs[-1]
        error, delta, there = _error(one, nets[-1], outs[-1], t)
        if one.error == "bce":
            a = outs[-1]
            made[f"dA{len(layers)}"] = back = -(t / a - (_ONE - t) / (_ONE - a)) / np.float32(t.shape[1])
            delta = back * a * (_ONE - a) if k % 2 else delta
        made["E"] = error
        if there is not None:
            made[f"a{len(layers)}"] = there
        for number in range(len(layers), 0, -1):
            layer = layers[number - 1]
            if number < len(layers):
                back = delta @ w[number]
                made[f"dA{number}"] = back
                delta = back * _slope(layer.activation, nets[number - 1], outs[number], layer.slope)
            made[f"delta{number}"] = delta
            made[f"dW{number}"] = delta.T @ outs[number - 1] / np.float32(len(at))
            if b[number - 1] is not None:
                made[f"db{number}"] = delta.sum(axis=0) / np.float32(len(at))
        for number in range(1, len(layers) + 1):
            w[number - 1] = made[f"W{number}_new"] = _moved(
                one.optimizer, w[number - 1], made[f"dW{number}"], k, states, (number, "W"), made
            )
            if b[number - 1] is not None:
                b[number - 1] = made[f"b{number}_new"] = _moved(
                    one.optimizer, b[number - 1], made[f"db{number}"], k, states, (number, "b"), made
                )
        yield made


def _error(one: Problem, z: Any, a: Any, t: Any) -> tuple[Any, Any, Any]:
    """E, δ of the last layer, and what softmax makes."""
    last = one.network.layers[-1]
    slope = _slope(last.activation, z, a, last.slope)
    count, outputs = np.float32(len(t)), np.float32(t.shape[1])
    match one.error:
        case "half-squared":
            return (_HALF * (t - a) ** 2).sum() / count, (a - t) * slope, None
        case "mse":
            return ((t - a) ** 2).mean(), np.float32(2) * (a - t) / outputs * slope, None
        case "bce":
            return (-(t * np.log(a) + (_ONE - t) * np.log(_ONE - a))).mean(), (a - t) / outputs, None
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -(t * np.log(p)).sum() / count, p - t, p


def _moved(o: Optimizer, w: Any, g: Any, k: int, states: dict[Any, Any], key: tuple[int, str], made: Any) -> Any:
    def f(value: float) -> Any:
        return np.float32(value)

    def state(name: str, new: Any) -> Any:
        states[name, *key] = made[f"{name}{key[1]}{key[0]}"] = new
        return new

    def old(name: str) -> Any:
        return states.get((name, *key), np.zeros_like(g))

    eta = f(o.learning_rate)
    match o.name:
        case "sgd":
            return w - eta * g
        case "momentum":
            return w + state("v", f(o.momentum) * old("v") - eta * g)
        case "nesterov":
            v = state("v", f(o.momentum) * old("v") - eta * g)
            return w + f(o.momentum) * v - eta * g
        case "adagrad":
            return w - eta * g / (np.sqrt(state("s", old("s") + g * g)) + f(o.epsilon))
        case "rmsprop":
            s = state("s", f(o.rho) * old("s") + f(1 - o.rho) * g * g)
            return w - eta * g / (np.sqrt(s) + f(o.epsilon))
    m = state("m", f(o.beta1) * old("m") + f(1 - o.beta1) * g)
    v = state("v", f(o.beta2) * old("v") + f(1 - o.beta2) * g * g)
    m_hat, v_hat = m / f(1 - o.beta1**k), v / f(1 - o.beta2**k)
    return w - eta * m_hat / (np.sqrt(v_hat) + f(o.epsilon))


def told(made: dict[str, Any], form: str, random: np.random.Generator) -> dict[str, Any] | str:
    """Some of the arrays as somebody gives them: as they are, or a text."""
    some = {name: array for name, array in made.items() if random.random() < 0.7} or made
    if form == "arrays":
        return some
    with np.printoptions(threshold=10**9):
        return "\n".join(f"{name} = {_spelled(array, form)}" for name, array in some.items())


def right_ones(seed: int) -> bool:
    """One sheet of right numbers. AssertionError, with some that are called wrong, where it is not called right."""
    random = np.random.default_rng([seed, 5])
    one, last = problem(random), int(random.integers(1, 4))
    with np.errstate(all="ignore"):
        made = list(trained(one, last))[-1]
    given = told(made, FORMS[seed % len(FORMS)], random)
    found = compared(one, parsed(given, "") if isinstance(given, str) else reading.of_mapping(given)[0], "", last)
    assert found.verdict == "right", [value for value in found.values if not value.agrees][:3]
    return True


def _spelled(array: Any, form: str) -> str:
    if form == "prints":
        return str(array)
    if form == "lists":
        return str(np.asarray(array).tolist())
    four = {"float": "{:.4f}".format}
    return f"tensor({np.array2string(np.asarray(array), separator=', ', formatter=four, threshold=10**9)})"  # type: ignore[arg-type]


def mistaken(one: Problem, mistake: str, iteration: int) -> dict[str, Any]:
    """Arrays that a mistake makes, where every number is rounded to float32 as soon as it is made."""
    engine = Engine(one, mistake)
    state = engine.start()
    for _ in range(iteration):
        trace = record(engine, state, run=_rounded)
        state = after(trace)
    found = {}
    for layer in range(1, len(one.network.layers) + 1):
        for name, kind, bias in (*diagnosing.ARRAYS, ("new", "new", False)):
            with suppress(KeyError):
                array = trace.array(kind, layer, bias).astype(np.float32)
                found[f"W{layer}_new" if name == "new" else f"{name}{layer}"] = array
    return found


def _rounded(program: Program) -> None:
    for given in (program.engine.params, program.inputs, program.targets):
        given[...] = given.astype(np.float32)
    for function, arguments in program.ops:
        function(*arguments)
        made = written_by((function, arguments))
        made[...] = made.astype(np.float32)
