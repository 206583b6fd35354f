"""Sums of thousands of terms: the same, term by term, as short ones, and no key walks through them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import screens
from hostile import lines_run
from hypothesis import given
from hypothesis import strategies as st
from strategies import problems, share

from nntutor.core.analysis import mistaken
from nntutor.core.analysis.mistaken import at_step, on_the_way, spellings
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace
from nntutor.core.notation import formula as room
from nntutor.core.notation.figures import figure
from nntutor.core.notation.formula import Expr, Name, Series, Sum, keys, names, terms_of
from nntutor.core.notation.named import Keys
from nntutor.core.notation.redoing import NEAR, equals, rounded
from nntutor.core.notation.spelling import is_number, numbers, pieces, text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Layer, Network, Problem, Samples
from nntutor.core.rules.optimizers import Optimizer
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.arriving import moved

RANDOM = np.random.default_rng(3)


@contextmanager
def made_at_once(most: int) -> Iterator[None]:
    """Sums of more terms than these are long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "_MANY", most)
        yield


def of_rows(rows: int) -> Problem:
    """One batch of so many samples."""
    layers = [Layer("sigmoid", RANDOM.normal(size=shape), RANDOM.normal(size=shape[0])) for shape in ((2, 2), (1, 2))]
    inputs = RANDOM.normal(size=(rows, 2)).round(3)
    samples = Samples(inputs, (inputs.prod(axis=1, keepdims=True) > 0).astype(float))
    return Problem(Network(tuple(layers)), samples, Optimizer("sgd", 0.5), "half-squared", "full", False, 0)


def told(trace: Trace) -> list[object]:
    """Everything that is said of the steps of an iteration, and what they are made of."""
    return [
        (step.text, text(tokens(step.full, trace.symbol)), step.value, tuple(step.operands), tuple(names(step.full)))
        for step in trace
    ]


@share(0.1)
@given(problems(settings=True), st.sampled_from(("", *spellings())))
def test_a_long_sum_is_the_short_one_term_by_term(problem: Problem, mistake: str) -> None:
    with made_at_once(1):
        long = told(Timeline.start(problem, mistake).trace)
    with made_at_once(10**6):
        assert long == told(Timeline.start(problem, mistake).trace)


@share(0.05)
@given(problems(settings=True), st.sampled_from(("error", "net", "out_grad", "grad", "delta")))
def test_a_mistake_makes_of_a_long_sum_what_it_makes_of_the_short_one(problem: Problem, kind: str) -> None:
    def slips() -> list[str]:
        mistaken._rules.cache_clear()
        mistaken._mistaken.cache_clear()
        trace = Timeline.start(problem).trace
        asked = [step.ref for step in trace if step.ref.kind == kind][-1:]
        return [repr(one) for ref in asked for one in (*at_step(trace, ref), *on_the_way(trace, ref))]

    with made_at_once(1):
        long = slips()
    with made_at_once(10**6):
        assert long == slips()


@share(0.05)
@given(problems(settings=True), st.sampled_from(("", *spellings())))
def test_the_names_and_values_of_a_long_sum_are_found_without_its_terms(problem: Problem, mistake: str) -> None:
    with made_at_once(1):
        trace = Timeline.start(problem, mistake).trace
        for step in trace:
            assert numbers(step.full) == sum(map(is_number, pieces(step.full, trace.symbol, cases=True)))
            found, expected = names(step.formula), list(dict.fromkeys(keys(step.formula)))
            assert list(found) == [*found[: len(expected)]] == expected
            if isinstance(found, Keys):
                assert [found[at] for at in range(len(found))] == expected
                assert [found.index(ref) for ref in expected] == [*range(len(expected))]
                assert all(ref in names(step.formula) for ref in expected)
                assert Ref("delta", 99, 1) not in found and step.ref not in found
                sample = expected[-1].sample
                assert found.having("sample", sample) == [ref for ref in expected if ref.sample == sample]
            if isinstance(step.formula, Sum) and isinstance(step.formula.terms, Series):
                series = step.formula.terms
                columns = [trace.values(ref) for ref in keys(series.all_at_once)]
                for at in range(series.length):
                    values = [trace.value(ref) for ref in keys(series[at])]
                    assert values == [float(np.broadcast_to(column, series.length)[at]) for column in columns]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5), st.integers(1, 17), st.integers(0, 6))
def test_doubles_say_what_figures_say_or_nothing(values: list[float], digits: int, places: int) -> None:
    """Rounded to few places they often lie half way between two figures."""
    for some in (np.array(values), np.array(values).round(places), np.array(values) / 64):
        found = rounded(some, digits)
        expected = [float(figure(value, digits, style=Style.ASCII)) for value in some.tolist()]
        assert found is None or np.abs(found - expected).max() <= NEAR * np.abs(expected).max(initial=1e-300)


def test_doubles_say_it_of_usual_numbers() -> None:
    assert rounded(RANDOM.normal(size=10_000), 8) is not None
    assert rounded(np.array([np.inf]), 6) is None and rounded(np.array([0.5]), 6) is not None


@pytest.mark.parametrize("digits", [3, 5, 8, 15])
def test_the_sign_before_the_result_of_a_long_sum_is_that_of_its_decimals(digits: int) -> None:
    """Also where it is a near thing: the sums of the figures lie about half a last digit from what is shown."""
    said = set()
    for length in range(70, 150):
        values = RANDOM.normal(size=length).round(digits + int(RANDOM.integers(-2, 2)))
        tree: Expr = Sum(terms_of(length, lambda at: Name(Ref("net", 1, 1, 0, at))))
        assert isinstance(tree, Sum) and isinstance(tree.terms, Series)

        def shown(ref: Ref, values: np.ndarray = values) -> str:
            return figure(float(values[ref.sample]), digits, style=Style.ASCII)

        result = figure(float(values.sum()), digits, style=Style.ASCII)
        exact = equals(tree, shown, result, Style.ASCII)
        assert equals(tree, shown, result, Style.ASCII, lambda ref, of=values: rounded(of[ref.sample], digits)) == exact  # type: ignore[misc]
        said.add(exact)
    assert len(said) == 2 or digits != 5


def drawn(rows: int, *pressed: str) -> int:
    """Lines of Python that the last of these keys takes at a gradient over so many rows, when all is loaded."""
    session = screens.of_problem(of_rows(rows))
    assert session.study is not None
    at = session.study.trace.index_of(Ref("grad", 2, 1, 1))
    assert at is not None
    there = moved(session.study, session.study.timeline.to(1, at))
    session = screens.pressed(replace(session, study=there), *pressed[:-1])
    assert session.study is not None

    def press() -> None:
        page.rows(screens.pressed(session, pressed[-1]))

    press()
    session.study.trace._steps.clear()  # one that comes to the step for the first time
    return lines_run(press)


@pytest.mark.parametrize("keys", ["view view", "why", "check", "edit unit_next", "ask"])
def test_a_key_at_a_step_of_many_rows_makes_no_number_of_each(keys: str) -> None:
    """A row's label in a table takes four lines, making a number of it some two hundred."""
    few, many = (drawn(rows, *keys.split()) for rows in (100, 600))
    assert many - few <= 8 * 500
