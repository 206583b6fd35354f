"""The laws of a rulebook, asserted on a problem: formula equals value, fast equals recorded, nothing read too early."""

from __future__ import annotations

import numpy as np

from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, after, record
from nntutor.core.engine.training import Runner
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.formula import Div, Expr, Name, Neg, Num, Sub, Sum, call, children, names, rebuild
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Problem

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


def assert_formula_is_value(ref: Ref, formula: Expr, trace: Trace) -> None:
    """Law 1: bit for bit where the rule is a tree, within the contract's bound where it is a sum."""
    found, value = evaluate(formula, trace.value), trace.value(ref)
    if isinstance(trace.plan.rule(ref), Expr):
        assert repr(found) == repr(value), trace.symbol(ref)
    elif np.isfinite(value):
        bound = (leaves(formula) + 2) * EPSILON * size(formula, trace)
        assert abs(found - value) <= bound, (trace.symbol(ref), found, value)


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
    for index in range(1, len(trace) + 1):
        ref = trace.ref(index)
        formula = trace.plan.formula(ref, trace.samples)
        assert_formula_is_value(ref, formula, trace)
        for operand in names(formula):
            made = trace.index_of(operand)
            assert made is None or made < index, (trace.symbol(ref), operand)
    assert_fast_is_recorded(problem, mistake, 4)
