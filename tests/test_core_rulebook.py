"""The rulebook: every mistake and every setting is a change of it, and the laws hold for what it then says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import prod, sqrt

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shown import ALL, SECOND, SHOWN, square
from strategies import problems, share

from nntutor.core.engine.plan import Plan
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Step, Trace, after, record
from nntutor.core.engine.training import Runner
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import Div, Expr, Mul, Name, Neg, Num, Sub, Sum, call, children, names, rebuild
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.mistakes.table import is_known, rulebook, spelled
from nntutor.core.rules.optimizers import EPSILON_AT, FORMS, Optimizer
from nntutor.core.rules.rulebook import right
from nntutor.lessons.course import builtin

EPSILON = 2.0**-52


def magnitude(expr: Expr) -> Expr:
    """The tree with all that is subtracted added, and no sign left: the sum of the sizes of its terms."""
    match expr:
        case Sub(a, b):
            return Sum((magnitude(a), magnitude(b)))
        case Neg(a):
            return magnitude(a)
        case Name():
            return call("abs", expr)
        case Num(value):
            return Num(abs(value))
    return rebuild(expr, tuple(magnitude(part) for part in children(expr)))


def leaves(expr: Expr) -> int:
    return sum(leaves(part) for part in children(expr)) or 1


def assert_formula_is_value(step: Step, trace: Trace) -> None:
    """Law 1: bit for bit where the rule is a tree, within the contract's bound where it is a sum."""
    found = evaluate(step.formula, trace.value)
    if isinstance(trace.plan.rule(step.ref), Expr):
        np.testing.assert_equal(found, step.value, err_msg=step.symbol)
    elif np.isfinite(step.value):
        bound = (leaves(step.formula) + 2) * EPSILON * size(step.formula, trace)
        assert abs(found - step.value) <= bound, (step.symbol, found, step.value)


def size(formula: Expr, trace: Trace) -> float:
    """The sum of the sizes of a formula's terms; where it divides by a sum, it is off as that sum is."""
    match formula:
        case Div(_, Sum(terms)):
            total = evaluate(formula.b, trace.value)
            parts = sum(abs(evaluate(term, trace.value)) for term in terms)
            return abs(evaluate(formula, trace.value)) * parts / abs(total)
    return evaluate(magnitude(formula), trace.value)


def assert_fast_is_recorded(problem: Problem, mistake: str, count: int) -> None:
    engine = Engine(problem, mistake)
    state = engine.start()
    for _ in range(count):
        trace = record(engine, state)
        state = after(trace)
        if trace.diverged:
            break
    fast = Engine(problem, mistake)
    chunk = Runner(fast, fast.start()).chunk(count)
    ran = chunk.state
    assert chunk.diverged == (trace.iteration if trace.diverged else None)
    assert (ran.params.tobytes(), ran.slots.tobytes()) == (state.params.tobytes(), state.slots.tobytes())


def assert_laws(problem: Problem, mistake: str) -> None:
    trace = Timeline.start(problem, mistake).to(2).trace
    for step in trace:
        assert_formula_is_value(step, trace)
        for operand in names(step.formula):
            made = trace.index_of(operand)
            assert made is None or made < step.index, (step.symbol, operand)
    assert_fast_is_recorded(problem, mistake, 4)


@share(2)
@given(problem=problems(settings=True), mistake=st.sampled_from(ALL), data=st.data())
def test_the_laws_hold_for_a_mistaken_rulebook_in_all_layers_and_in_one(
    problem: Problem, mistake: str, data: st.DataObject
) -> None:
    layer = data.draw(st.integers(0, len(problem.network.layers)))
    assert_laws(problem, f"{mistake}@{layer}" if layer else mistake)


@pytest.mark.parametrize("mistake", ALL)
def test_the_laws_hold_for_a_mistake_where_it_shows_and_where_layers_are_wider_than_two(mistake: str) -> None:
    problem = SHOWN[mistake].problem
    assert_laws(problem, mistake)
    assert_laws(wide(problem, 1), mistake)
    assert_laws(wide(problem, 3), f"{mistake}@2")


def wide(problem: Problem, count: int) -> Problem:
    """The problem with 4 inputs, three layers of 3 units and so many samples."""
    random = np.random.default_rng(3)
    hidden, *_, last = (layer.activation for layer in problem.network.layers)
    layers = tuple(
        Layer(kind, random.uniform(-1, 1, (3, inputs)), random.uniform(-1, 1, 3))
        for kind, inputs in ((hidden, 4), (hidden, 3), (last, 3))
    )
    targets = random.uniform(0, 1, (count, 3))
    samples = Samples(random.uniform(-1, 1, (count, 4)), targets / targets.sum(axis=1, keepdims=True))
    return replace(problem, network=Network(layers), samples=samples, batch="full")


@given(problems(settings=True), st.lists(st.sampled_from(ALL), min_size=2, max_size=3, unique=True))
def test_the_laws_hold_for_several_mistakes_at_once(problem: Problem, mistakes: list[str]) -> None:
    assert_laws(problem, "+".join(mistakes))


@given(problems(settings=True))
def test_the_laws_hold_for_every_setting(problem: Problem) -> None:
    assert_laws(problem, "")


# --- told from the right one ---------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", ALL)
def test_a_mistake_is_told_from_the_right_rule_at_the_number_that_it_changes_first(mistake: str) -> None:
    shown = SHOWN[mistake]
    at = 2 if mistake in SECOND else 1
    good, wrong = (Timeline.start(shown.problem, name).to(at).trace for name in ("", mistake))
    # In the order of the right iteration: a mistaken one may have another.
    differing = [
        step.symbol for step in good
        if wrong.index_of(step.ref) is None or abs(wrong.value(step.ref) - step.value) > 1e-9
    ]  # fmt: skip
    assert differing[0] == shown.first
    made = next(step for step in wrong if step.symbol == shown.symbol)
    assert f"{made.symbol} = {made.text}" == shown.formula


def test_a_wrong_count_is_in_the_powers_of_beta() -> None:
    problem = square(optimizer="adam")
    beta = problem.optimizer.beta1
    for mistake, power in (("count-from-zero", 0), ("", 1), ("count-from-two", 2)):
        assert Timeline.start(problem, mistake).trace["β₁ᵏ"] == beta**power
    trace = Timeline.start(problem, "count-from-two").to(3).trace
    assert trace["m̂_w5"] == trace["m_w5"] / (1 - beta**4)


def test_a_mistake_in_one_layer_leaves_the_others_rules() -> None:
    shape = square().shape(2)
    for number in (1, 2):
        wrong = rulebook(replace(shape, mistake=f"bias-left-out@{number}"))
        changed = [one != other for one, other in zip(wrong.layers, right(shape).layers, strict=True)]
        assert changed == [number == 1, number == 2]


def lone() -> Problem:
    """1-1-1 of one sample, without biases, the output linear: what most mistakes need is not there."""
    layers = (Layer("sigmoid", np.array([[0.7]]), None), Layer("identity", np.array([[-0.4]]), None))
    return Problem(Network(layers), Samples.of([[0.6]], [[0.2]]), Optimizer("sgd", 0.4))


UNMADE = {
    "": (lone(), """bias-left-out bias-subtracted inputs-swapped target-in-slope mask-always-one no-output-slope
        outputs-mean-for-sum:error outputs-sum-for-mean:back error-for-gap:total error-sent-back:gap
        output-error-reused:gap-same one-path:same one-path:last paths-mean paths-crossed product-for-elementwise
        other-input:next other-delta:next transposed batch-sum batch-mean mean-twice:deltas last-sample-only:divided
        one-bias-for-all bias-mean-twice bias-not-updated no-correction count-from-two no-square momentum-sign:move
        momentum-late:plain sign@1 no-hidden-slope@2 loss-sent-back@2"""),
    "two": (square(), "other-input:previous batch-mean error-sent-back:gradient error-sent-back:everywhere"),
    "bce": (square("bce"), "error-sent-back:gap softmax-diagonal no-output-slope@2 slope-of-error:gap"),
    "softmax": (square("softmax-ce"), "slope-besides-cross-entropy@1 activation-left-out@2 exp-sign@2"),
    "relu": (square(hidden="relu", last="tanh"), "slope-at-net@1 slope-twice@1 slope-of-error:turned"),
    "average": (replace(square(), optimizer=Optimizer("momentum", form="average")), "momentum-average added"),
    "inside": (replace(square(), optimizer=Optimizer("adam", epsilon_at="inside")), "epsilon-inside"),
    "uncorrected": (replace(square(), optimizer=Optimizer("adam", correct=False)), "no-correction count-from-zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(UNMADE))
def test_a_mistake_that_cannot_be_made_changes_nothing(name: str) -> None:
    problem, mistakes = UNMADE[name]
    shape = problem.shape(problem.batch_size)
    for mistake in mistakes.split():
        assert rulebook(replace(shape, mistake=mistake)) == right(shape), mistake


def test_a_surface_knows_only_mistakes_of_the_update() -> None:
    """As nothing is passed forward or sent back there."""
    shape = replace(builtin.open("race-ravine"), optimizer=Optimizer("sgd")).shape(0)
    made = {one for one in ALL if rulebook(replace(shape, mistake=one)) != right(shape)}
    assert made == {"added", "no-rate", "rate-twice"}


def test_mistakes_are_spelled_by_name_variant_and_layer_and_the_old_name_is_known() -> None:
    for text in ("batch-sum", "one-path:last", "no-hidden-slope@1", "one-path:first@2+sign"):
        assert spelled(text) == text and is_known(text)
    assert spelled("uncorrected") == "no-correction"
    assert spelled("uncorrected@2+sign") == "no-correction@2+sign"
    assert not any(map(is_known, ("", "none", "one-path:middle", "sign@one", "sign+", "batch sum")))


def test_a_way_back_through_gradients_has_them_whole() -> None:
    """The divisor is not forgotten, though all gradients are divided at once elsewhere."""
    trace = Timeline.start(square(), "gradient-for-weight").trace
    delta, out = trace.array("delta", 2), trace.array("out", 1)
    np.testing.assert_allclose(trace.array("out_grad", 1), delta @ (delta.T @ out / 2), rtol=1e-13)


# --- settings, by an independent library and in plain Python -------------------------------------------

DERIVABLE = ("half-squared", "mse", "bce", "softmax-ce")
OUT: dict[str, Callable[..., object]] = {
    "sigmoid": lambda net, slope: 1 / (1 + anp.exp(-net)),
    "tanh": lambda net, slope: anp.tanh(net),
    "identity": lambda net, slope: net,
}


def error_of(problem: Problem, inputs: np.ndarray, targets: np.ndarray) -> Callable[[list[np.ndarray]], float]:
    """E as a function of all weights, then all biases, with the reductions and penalties that the problem asks for."""

    def error(parameters: list[np.ndarray]) -> float:
        count = len(problem.network.layers)
        out = inputs
        for layer, weights, bias in zip(problem.network.layers, parameters[:count], parameters[count:], strict=True):
            net = anp.dot(out, weights.T) + bias
            out = OUT[layer.activation](net, layer.slope)
        if problem.error in ("half-squared", "mse"):
            each = (targets - out) ** 2 * (0.5 if problem.error == "half-squared" else 1)
        elif problem.error == "bce":
            each = -targets * anp.log(out) - (1 - targets) * anp.log(1 - out)
        else:
            each = -targets * (net - anp.log(anp.sum(anp.exp(net), axis=1, keepdims=True)))
        usual = "sum" if problem.error in ("half-squared", "softmax-ce") else "mean"
        total = anp.sum(each) / (targets.shape[1] if (problem.over_outputs or usual) == "mean" else 1)
        total = total / (len(inputs) if problem.over_samples == "mean" else 1)
        squares = sum(anp.sum(weights**2) for weights in parameters[:count])
        sizes = sum(anp.sum(anp.abs(weights)) for weights in parameters[:count])
        return total + problem.l2 / 2 * squares + problem.l1 * sizes

    return error


@given(problems(errors=DERIVABLE, activations=tuple(OUT), everything_learns=True, settings=True))
def test_gradients_under_any_reduction_and_penalty_are_those_of_a_library(problem: Problem) -> None:
    trace = Timeline.start(problem).trace
    layers = range(1, len(problem.network.layers) + 1)
    weights = [trace.array("weight", number).copy() for number in layers]
    biases = [np.zeros(layer.units) if layer.bias is None else layer.bias.copy() for layer in problem.network.layers]
    error = error_of(problem, trace.array("out", 0), trace.array("target"))
    np.testing.assert_allclose(trace.error, error([*weights, *biases]), rtol=1e-12, atol=1e-13)
    found = autograd.grad(error)([*weights, *biases])
    for number, layer in zip(layers, problem.network.layers, strict=True):
        np.testing.assert_allclose(trace.array("grad", number), found[number - 1], rtol=1e-9, atol=1e-11)
        for unit in range(1, layer.units + 1) if layer.bias is not None else ():
            gradient = trace.value(Ref("grad", number, unit, 0))
            np.testing.assert_allclose(gradient, found[len(weights) + number - 1][unit - 1], rtol=1e-9, atol=1e-11)


def momentum(o: Optimizer, gradients: list[float]) -> Iterator[float]:
    """Moves of the three forms, in plain Python."""
    v = 0.0
    for g in gradients:
        match o.form:
            case "velocity":
                v = o.momentum * v - o.learning_rate * g
                yield v
            case "torch":
                v = o.momentum * v + g
                yield -o.learning_rate * v
            case "average":
                v = o.momentum * v + (1 - o.momentum) * g
                yield -o.learning_rate * v


def adam(o: Optimizer, gradients: list[float]) -> Iterator[float]:
    m = v = 0.0
    for k, g in enumerate(gradients, 1):
        m = o.beta1 * m + (1 - o.beta1) * g
        v = o.beta2 * v + (1 - o.beta2) * g * g
        one, two = (1 - o.beta1**k, 1 - o.beta2**k) if o.correct else (1.0, 1.0)
        match o.epsilon_at:
            case "outside":
                yield -o.learning_rate * (m / one) / (sqrt(v / two) + o.epsilon)
            case "inside":
                yield -o.learning_rate * (m / one) / sqrt(v / two + o.epsilon)
            case "hat":
                rate = o.learning_rate * (sqrt(two) / one)
                yield -rate * m / (sqrt(v) + o.epsilon)


@pytest.mark.parametrize("decay", [0.0, 0.2])
@pytest.mark.parametrize(
    ("optimizer", "plain"),
    [
        *((Optimizer("momentum", 0.1, form=form), momentum) for form in FORMS),
        *(
            (Optimizer("adam", 0.1, epsilon=0.05, epsilon_at=at, correct=correct), adam)
            for at in EPSILON_AT
            for correct in (True, False)
            if correct or at != "hat"
        ),
    ],
)
def test_every_form_of_an_optimizer_moves_as_in_plain_python(
    optimizer: Optimizer, plain: Callable[[Optimizer, list[float]], Iterator[float]], decay: float
) -> None:
    layer = Layer("identity", np.array([[0.8]]), np.array([0.3]))
    problem = Problem(Network((layer,)), Samples.of([[1.5]], [[-0.4]]), replace(optimizer, decay=decay))
    traces = [Timeline.start(problem).to(iteration).trace for iteration in range(1, 6)]
    for parameter, decays in (("w1", decay), ("b_o1", 0.0)):
        moves = plain(optimizer, [trace[f"∂E/∂{parameter}"] for trace in traces])
        for trace, move in zip(traces, moves, strict=True):
            before = trace[parameter]
            expected = before + move - optimizer.learning_rate * decays * before
            np.testing.assert_allclose(trace[f"{parameter}⁺"], expected, rtol=1e-12, atol=1e-15)


def test_a_penalty_is_added_once_and_never_divided_by_the_samples() -> None:
    problem = replace(square(), l2=0.5, l1=0.25)
    plain, trace = Timeline.start(square()).trace, Timeline.start(problem).trace
    weights = np.concatenate([layer.weights.ravel() for layer in problem.network.layers])
    added = 0.25 * np.sum(weights**2) + 0.25 * np.sum(np.abs(weights))
    np.testing.assert_allclose(trace.error - plain.error, added, rtol=1e-12)
    assert trace["∂E/∂b_h1"] == plain["∂E/∂b_h1"] and trace["δ_h1[0]"] == plain["δ_h1[0]"]
    np.testing.assert_allclose(trace["∂E/∂w1"] - plain["∂E/∂w1"], 0.5 * weights[0] + 0.25, rtol=1e-12)


def test_a_rulebook_is_the_same_value_for_the_same_shape_and_costs_nothing_the_second_time() -> None:
    shape = square().shape(2)
    assert rulebook(shape) is rulebook(square().shape(2))
    assert Plan(shape).book is rulebook(shape)
    assert right(shape) == right(shape)


def test_the_divisor_of_a_mean_over_outputs_stands_in_the_slope_and_in_the_error() -> None:
    mean, total = (Timeline.start(replace(square(), over_outputs=over)).trace for over in ("mean", "sum"))
    assert mean["∂E/∂o1[0]"] == total["∂E/∂o1[0]"] / 2
    np.testing.assert_allclose(mean.error, total.error / 2, rtol=1e-15)
    assert mean["E_o1[0]"] == total["E_o1[0]"]
    assert isinstance(mean.step(mean.index_of(Ref("delta", 2, 1, 0, 0)) or 0).formula, Mul)
    assert prod(mean.array("delta", 2).shape) == 4
