"""What a number would be under each mistake, without running it: the same as a run of the mistaken rules gives."""

from __future__ import annotations

import pytest

from nntutor.core.analysis.mistaken import at_step, on_the_way, spellings, step_of
from nntutor.core.engine.program import Engine
from nntutor.core.engine.timeline import Timeline
from nntutor.core.engine.trace import Trace, record
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.rules.mistakes.spelling import is_known
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.lessons.course import builtin
from nntutor.lessons.course.load import find


def traced(name: str, iteration: int = 1) -> Trace:
    return Timeline.start(builtin.open(name)).to(iteration).trace


def under(trace: Trace, symbol: str) -> dict[str, float]:
    ref = trace.find(symbol)
    assert ref is not None
    return {one.mistake: one.value for one in at_step(trace, ref)}


def adam() -> Trace:
    lesson = find("adam")
    assert lesson is not None
    return Timeline.start(builtin.of_run(lesson.run("adam"))).to(2).trace


def test_every_mistake_and_variant_is_tried_under_a_name_that_is_known() -> None:
    assert all(map(is_known, spellings()))
    assert {name.partition(":")[0] for name in spellings()} == set(MISTAKES)


@pytest.mark.parametrize(("name", "iteration"), [("sibling", 1), ("sibling", 3), ("xor-drawn", 2), ("ravine", 2)])
def test_a_number_is_what_a_run_of_the_mistaken_rules_makes(name: str, iteration: int) -> None:
    trace, compared = traced(name, iteration), 0
    runs = {one: record(Engine(trace.problem, one), trace.before) for one in spellings()}
    for index in range(1, len(trace) + 1, 3):
        for one in on_the_way(trace, trace.ref(index)):
            expected = runs[one.mistake].value(trace.ref(index))
            assert one.value == pytest.approx(expected, rel=1e-11, abs=1e-15), (one, trace.ref(index))
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("iteration", [2, 3])
def test_a_count_that_is_off_by_one_is_a_mistake_in_the_step_that_reads_the_powers(iteration: int) -> None:
    lesson = find("adam")
    assert lesson is not None
    trace = Timeline.start(builtin.of_run(lesson.run("adam"))).to(iteration).trace
    for symbol, beta, state in (("m̂_w1", 0.9, "m_w1"), ("v̂_w1", 0.999, "v_w1")):
        ref = trace.find(state)
        assert ref is not None
        for name, k in (("count-from-zero", iteration - 1), ("count-from-two", iteration + 1)):
            assert under(trace, symbol)[name] == pytest.approx(trace.value(ref) / (1 - beta**k))


def test_a_mistake_in_a_step_takes_the_right_operands() -> None:
    trace = traced("sibling")
    o, t = trace["o1"], trace["t1"]
    assert under(trace, "δ_o1").keys() & {"sign", "no-hidden-slope"} == set()  # the sign is wrong before, in ∂E/∂o1
    assert under(trace, "∂E/∂o1")["sign"] == t - o
    found = under(trace, "∂E/∂h1")
    gaps = [trace["o1"] - trace["t1"], trace["o2"] - trace["t2"]]
    assert found["error-sent-back"] == pytest.approx(gaps[0] * trace["w5"] + gaps[1] * trace["w7"])
    assert found["one-path:last"] == trace["δ_o2"] * trace["w7"]


def test_what_is_made_later_comes_from_the_mistaken_rules() -> None:
    trace = traced("sibling")
    new = under(trace, "∂E/∂h1")["updated-weights"]
    assert new == pytest.approx(trace["δ_o1"] * trace["w5⁺"] + trace["δ_o2"] * trace["w7⁺"])


def test_without_corrections_the_means_stand_in_their_place() -> None:
    trace = adam()
    assert under(trace, "m̂_w1")["no-correction"] == trace["m_w1"]
    assert under(trace, "v̂_w1")["no-correction"] == trace["v_w1"]


def test_a_change_that_is_no_step_of_its_own_has_a_formula_and_a_value() -> None:
    trace = traced("sibling")
    ref = trace.find("w5")
    assert ref is not None
    step = step_of(trace, ref._replace(kind="change"))
    assert (step.symbol, step.text) == ("Δw5", "−η·∂E/∂w5")
    assert step.value == evaluate(step.formula, trace.value) == pytest.approx(trace["w5⁺"] - trace["w5"])
    with pytest.raises(KeyError):
        step_of(trace, ref)


def test_a_run_that_is_mistaken_itself_is_compared_with_nothing() -> None:
    trace = Timeline.start(builtin.open("sibling"), "sign").trace
    assert not list(at_step(trace, trace.ref(20))) and not list(on_the_way(trace, trace.ref(20)))


def test_a_deep_network_needs_no_call_within_a_call() -> None:
    trace = traced("deep-he")
    ref = trace.find("δ_h1_1")
    assert ref is not None
    assert any(one.mistake == "updated-weights" for one in on_the_way(trace, ref))
