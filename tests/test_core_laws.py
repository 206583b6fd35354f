"""Law 1, law 7 and provenance where they are hardest: mistakes, edits, last batches, safe and written-out forms."""

from __future__ import annotations

from dataclasses import replace

import independent
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.engine.step import Step
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import Call, Expr, Sum, children, names
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import Optimizer

EPSILON = 2.0**-52
CONTRACTED = ("net", "out_grad", "delta", "grad", "error")  # delta: of a product of matrices in its place


def terms(step: Step) -> tuple[Expr, ...]:
    """The terms of the step's sum over units or samples; one where it has none."""
    tree = step.formula
    while not isinstance(tree, Sum) and children(tree):
        tree = children(tree)[0]
    if step.ref.kind not in CONTRACTED or not isinstance(tree, Sum):
        return (step.formula,)
    sources = sum(ref.kind == "weight" and ref.input > 0 for ref in names(tree))
    return (step.formula,) if step.ref.kind == "net" and sources == 1 else children(tree)


def bound(step: Step, trace: Trace) -> float | None:
    """How far the contract lets a formula stand from the entry of the array; None: not by a bit."""
    if step.ref.kind == "prob":
        outputs = trace.problem.network.sizes[-1]
        return None if outputs <= 2 else (outputs + 2) * EPSILON * abs(step.value)
    parts = terms(step)
    if len(parts) == 1:
        return None
    return (len(parts) + 2) * EPSILON * sum(abs(evaluate(part, trace.value)) for part in parts)


@share(0.5)
@given(
    problems(),
    st.sampled_from(("", *MISTAKES)),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_the_value_is_the_formula_of_the_operands_read_three_ways(
    problem: Problem, mistake: str, iteration: int, edit: int
) -> None:
    place = Timeline.start(problem, mistake).to(iteration)
    if edit and place.diverged is None:
        edits = (Ref("weight", 1, 1, 1), Ref("rate_eta"), Ref("out", 0, 1, 0, place.trace.samples[0]))
        place = place.edit(edits[edit - 1], 0.75)
    trace = place.trace
    for step in trace:
        allowed = bound(step, trace)
        own = {operand.ref: operand.value for operand in step.operands}
        meaning = {trace.names.symbol(ref): ref for ref in own}
        slope = problem.network.layers[step.ref.layer - 1].slope if step.ref.layer else 0.01
        written = text(tokens(step.formula, trace.names.symbol))
        values = [
            evaluate(step.formula, own.__getitem__),
            independent.value(written, {symbol: own[ref] for symbol, ref in meaning.items()}, slope),
        ]
        for style in (Style.UNICODE, Style.ASCII):
            spelled = text(tokens(step.formula, lambda ref, style=style: trace.symbol(ref, style), style))
            again = sloped(parse(spelled, trace.find), slope)
            found = {trace.find(symbol): own[ref] for symbol, ref in meaning.items()}
            values.append(evaluate(again, found.__getitem__))
        for value in values:
            if allowed is None:
                np.testing.assert_equal(value, step.value, err_msg=f"{step.symbol} = {written}")
            elif np.isfinite(step.value):
                assert abs(value - step.value) <= allowed, (step.symbol, written, value, step.value)


def sloped(expr: Expr, slope: float) -> Expr:
    """Text says leaky(…) and not its slope, which belongs to the layer."""
    if isinstance(expr, Call) and expr.func == "leaky":
        return Call("leaky", expr.args, slope)
    return expr


@given(problems(), st.integers(1, 4))
def test_the_written_out_form_and_the_books_form_say_the_same(problem: Problem, iteration: int) -> None:
    place = Timeline.start(problem).to(iteration)
    assume(place.diverged is None and not place.trace.diverged)
    for step in place.trace:
        full = evaluate(step.full, place.trace.value)
        np.testing.assert_allclose(full, step.value, rtol=1e-9, atol=1e-11)
        if step.textbook is not None:
            book = evaluate(step.textbook, place.trace.value)
            # The books' form may overflow or meet ln 0; where it does not, it agrees.
            if np.isfinite(book):
                np.testing.assert_allclose(book, step.value, rtol=1e-6, atol=1e-9)


@given(problems(), st.sampled_from((0.0, 3.0, 1e3)))
def test_nothing_before_the_update_depends_on_how_the_update_is_made(problem: Problem, rate: float) -> None:
    """Law 7: the deltas are taken through the weights from before, whatever becomes of the weights."""
    one = Timeline.start(problem).trace
    other = Timeline.start(replace(problem, optimizer=Optimizer("sgd", rate))).trace
    for step in one:
        if step.phase == "update":
            break
        np.testing.assert_equal(other.value(step.ref), step.value)
        assert not any(operand.ref.kind == "new" for operand in step.operands)


@given(problems(errors=("half-squared",), activations=("sigmoid",), optimizers=("sgd",), everything_learns=True))
def test_taking_updated_weights_shows_in_the_hidden_deltas_and_nowhere_above(problem: Problem) -> None:
    right, wrong = (Timeline.start(problem, mistake).trace for mistake in ("", "updated-weights"))
    last = len(problem.network.layers)
    np.testing.assert_array_equal(right.array("delta", last), wrong.array("delta", last))
    np.testing.assert_array_equal(right.array("new", last), wrong.array("new", last))
    for number in range(1, last):
        expected = wrong.array("delta", number + 1) @ wrong.array("new", number + 1) * wrong.array("slope", number)
        np.testing.assert_allclose(wrong.array("delta", number), expected, rtol=1e-12, atol=1e-15)


@given(problems(), st.integers(1, 7), st.integers(1, 7))
def test_a_number_was_made_where_it_is_said_to_be(problem: Problem, iteration: int, edited: int) -> None:
    place = Timeline.start(problem).to(edited)
    assume(place.diverged is None and not place.trace.diverged)
    weight = Ref("weight", 1, 1, 1)
    place = place.edit(weight, 0.625).to(iteration)
    assume(place.diverged is None and not place.trace.diverged)
    trace = place.trace
    for step in trace:
        for operand in step.operands:
            if operand.step is None or operand.iteration is None:
                assert operand.iteration is None and operand.step is None
                old = operand.ref.kind == "weight" or operand.ref.kind.endswith("_old")
                given_ = operand.ref.kind in ("out", "target") or operand.ref.kind.startswith("rate_")
                assert given_ or (
                    old and (trace.iteration == 1 or operand.ref in trace.edited or stays(problem, operand.ref))
                )
                continue
            made = place.trace_of(operand.iteration).step(operand.step)
            assert (
                operand.iteration == trace.iteration and made.index < step.index
            ) or operand.iteration == trace.iteration - 1
            np.testing.assert_equal(made.value, operand.value)
            same = {"weight": "new"}.get(operand.ref.kind, operand.ref.kind.removesuffix("_old"))
            kept = operand.ref if operand.iteration == trace.iteration else operand.ref._replace(kind=same)
            assert made.ref == kept
    assert (trace.producer(weight) is None) == (iteration == 1 or iteration == edited or stays(problem, weight))


def stays(problem: Problem, ref: Ref) -> bool:
    layer = problem.network.layers[ref.layer - 1]
    return not (layer.learn if ref.input else layer.bias_learns)


@share(0.5)
@given(problems(), st.integers(1, 9))
def test_samples_symbols_and_arrays_speak_of_the_same_numbers(problem: Problem, iteration: int) -> None:
    place = Timeline.start(problem).to(iteration)
    trace = place.trace
    assert trace.samples == problem.samples_of(trace.iteration)
    np.testing.assert_array_equal(trace.array("out", 0), problem.samples.inputs[list(trace.samples)])
    np.testing.assert_array_equal(trace.array("target"), problem.samples.targets[list(trace.samples)])
    for step in trace:
        np.testing.assert_equal(trace.value(step.ref), step.value)
        assert trace.index_of(step.ref) == step.index
        assert trace.find(step.symbol) == step.ref
        assert trace.find(trace.symbol(step.ref, Style.ASCII)) == step.ref
        assert trace.known(step.ref, step.index) and not trace.known(step.ref, step.index - 1)
        for operand in step.operands:
            assert trace.known(operand.ref, step.index - 1)
        if step.sample is not None:
            row = trace.samples.index(step.sample)
            entry = trace.array(step.ref.kind, step.ref.layer)[row, step.ref.unit - 1]
            np.testing.assert_equal(entry, step.value)
        elif step.ref.layer:
            array = trace.array(step.ref.kind, step.ref.layer, bias=not step.ref.input)
            assert not array.flags.writeable
            entry = array[step.ref.unit - 1, step.ref.input - 1] if step.ref.input else array[step.ref.unit - 1]
            np.testing.assert_equal(entry, step.value)


@given(problems())
def test_numbers_that_are_not_there_are_key_errors(problem: Problem) -> None:
    trace = Timeline.start(problem).trace
    sizes = problem.network.sizes
    wrong = [
        Ref("weight", 0, 1, 1), Ref("weight", len(sizes), 1, 1), Ref("weight", 1, sizes[1] + 1, 1),
        Ref("weight", 1, 0, 1),
        Ref("weight", 1, 1, sizes[0] + 1), Ref("weight", 1, 1, -1), Ref("net", 0, 1, 0, trace.samples[0]),
        Ref("out", 1, 0, 0, trace.samples[0]), Ref("out", 0, 1, 0, 99),
        Ref("out", 1, sizes[1] + 1, 0, trace.samples[0]),
        Ref("nothing", 1, 1, 1), Ref("delta", len(sizes), 1, 0, trace.samples[0]),
    ]  # fmt: skip
    for ref in wrong:
        try:
            found = trace.value(ref)
        except KeyError:
            continue
        raise AssertionError((ref, found))
