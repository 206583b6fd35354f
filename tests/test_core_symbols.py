"""Names: every number's symbol leads back to it, in both spellings, in a network of any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import NETWORK_SIZES, OLD, numbers, numbers_of, problems

from nntutor.core.engine.plan import Plan
from nntutor.core.notation import formula
from nntutor.core.notation.formula import Mul, Name
from nntutor.core.notation.kinds import GRADIENT, KINDS, Per
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import SYMBOL, Names, Ref, short
from nntutor.core.problems.network import Problem
from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.core.rules.optimizers import OPTIMIZERS, Method, rule

# The contract's words for steps ("Order of steps").
WORDS = {
    "net", "out", "probability", "error", "out-gradient", "slope", "delta", "gradient", "state", "corrected", "change",
    "update",
}  # fmt: skip


@given(numbers())
def test_every_symbol_is_found_again_in_both_spellings(number: tuple[Names, Ref]) -> None:
    names, ref = number
    for style in (Style.UNICODE, Style.ASCII):
        symbol = names.symbol(ref, style)
        # The state before an update is written like the one after it, which is the one that is found.
        assert names.find(symbol) == (ref._replace(kind=KINDS[ref.kind].before) if ref.kind in OLD else ref)
        match = SYMBOL.match(symbol)
        assert match is not None and match[0] == symbol
        assert style is Style.UNICODE or symbol.isascii()


@given(numbers(), numbers())
def test_a_formula_takes_the_longest_name(one: tuple[Names, Ref], other: tuple[Names, Ref]) -> None:
    names, ref = one
    if other[0] != names:
        other = one
    for style in (Style.UNICODE, Style.ASCII):
        one_symbol, other_symbol = names.symbol(ref, style), names.symbol(other[1], style)
        expected = Mul(Name(names.find(one_symbol)), Name(names.find(other_symbol)))
        assert parse(f"{one_symbol}*{other_symbol}", names.find) == expected


@given(NETWORK_SIZES, st.booleans())
def test_no_two_numbers_share_a_symbol(sizes: tuple[int, ...], many: bool) -> None:
    names = Names(sizes, many)
    refs = [ref for kind in KINDS if kind not in OLD for ref in numbers_of(names, kind, samples=2)]
    for style in Style:
        symbols = [names.symbol(ref, style) for ref in refs]
        assert len(set(symbols)) == len(symbols)


def test_weights_are_numbered_by_layer_then_unit_then_source() -> None:
    names = Names((2, 2, 2))
    order = [Ref("weight", layer, unit, source) for layer in (1, 2) for unit in (1, 2) for source in (1, 2)]
    assert [names.symbol(ref) for ref in order] == [f"w{number}" for number in range(1, 9)]
    assert names.symbol(Ref("weight", 1, 2, 0)) == "b_h2"


@pytest.mark.parametrize(
    ("sizes", "ref", "unicode", "ascii_"),
    [
        ((2, 2, 2), Ref("delta", 1, 1, 0, 0), "δ_h1", "delta_h1"),
        ((2, 2, 2), Ref("out_grad", 1, 1, 0, 0), "∂E/∂h1", "dE/dh1"),
        ((2, 2, 2), Ref("grad", 2, 1, 1), "∂E/∂w5", "dE/dw5"),
        ((2, 2, 2), Ref("change", 2, 1, 1), "Δw5", "step_w5"),
        ((2, 2, 2), Ref("new", 2, 1, 1), "w5⁺", "w5_new"),
        ((2, 2, 2), Ref("mhat", 2, 1, 1), "m̂_w5", "mhat_w5"),
        ((2, 2, 2), Ref("vhat", 1, 1, 0), "v̂_b_h1", "vhat_b_h1"),
        ((2, 2, 2), Ref("unit_error", 2, 1, 0, 0), "E_o1", "E_o1"),
        ((2, 3, 3, 1), Ref("out", 2, 3, 0, 0), "h2_3", "h2_3"),
        ((2, 1), Ref("out", 1, 1, 0, 0), "o1", "o1"),
    ],
)
def test_symbols_are_spelled_as_the_contract_says(sizes: tuple[int, ...], ref: Ref, unicode: str, ascii_: str) -> None:
    names = Names(sizes)
    assert (names.symbol(ref), names.symbol(ref, Style.ASCII)) == (unicode, ascii_)
    assert Names(sizes, numbers_samples=True).symbol(ref) == (f"{unicode}[0]" if ref.sample >= 0 else unicode)


@pytest.mark.parametrize(
    "text",
    [
        "w0", "w9", "w05", "x3", "x0", "h3", "o3", "h1_1", "b_x1", "net_x1", "t3", "δ_x1", "E_h1", "q1",
        "", "w", "w1[0]",
        "δ_h1[]", "δ_h1[01]", "E[0]", "w" + "9" * 5000, "δ_h1[" + "9" * 5000 + "]", "w١",
    ],
)  # fmt: skip
def test_what_is_no_symbol_of_the_network_is_not_found(text: str) -> None:
    assert Names((2, 2, 2)).find(text) is None


@given(st.text(max_size=30))
def test_looking_for_any_text_raises_nothing(text: str) -> None:
    Names((2, 3, 2)).find(text)


# --- the table -------------------------------------------------------------------------------------


def test_every_gradient_is_the_gradient_of_a_number_of_the_same_place() -> None:
    assert GRADIENT == {"weight": "grad", "out": "out_grad", "net": "delta"}
    for of, gradient in GRADIENT.items():
        assert KINDS[gradient].per is KINDS[of].per
        assert KINDS[gradient].signed


def test_what_an_iteration_starts_from_was_made_by_a_step_of_the_one_before() -> None:
    carried = {name: kind.before for name, kind in KINDS.items() if kind.before}
    assert carried["weight"] == "new" and len(carried) > 1
    for name, before in carried.items():
        assert KINDS[before].word and KINDS[before].per is KINDS[name].per is Per.WEIGHT


def test_every_state_has_a_kind_for_what_it_was_before_the_update() -> None:
    states = {name for name, kind in KINDS.items() if kind.word == "state"}
    assert states == {state for name in OPTIMIZERS for state, _ in rule(Method(name)).states}
    assert {f"{state}_old" for state in states} == OLD


@given(problems(), st.sampled_from(tuple(MISTAKES)), st.integers(1, 3))
def test_every_kind_in_a_plan_is_in_the_table_and_every_kind_made_has_a_contract_word(
    problem: Problem, mistake: str, samples: int
) -> None:
    plan = Plan(problem.shape(samples, mistake))
    for index in range(1, len(plan) + 1):
        ref = plan.ref(index)
        assert KINDS[ref.kind].word in WORDS
        assert {name.kind for name in formula.names(plan.formula(ref, tuple(range(samples))))} <= set(KINDS)


@pytest.mark.parametrize(
    ("kind", "unicode", "ascii_"),
    [
        ("delta", "δ", "delta"), ("out_grad", "∂E", "dE"), ("mhat", "m̂", "mhat"), ("change", "Δ", "step"),
        ("unit_error", "E", "E"), ("net", "net", "net"), ("rate_eps", "ε", "eps"), ("out", "", ""), ("new", "", ""),
    ],
)  # fmt: skip
def test_a_kind_by_itself_is_called_by_what_its_symbols_begin_with(kind: str, unicode: str, ascii_: str) -> None:
    assert (short(kind), short(kind, Style.ASCII)) == (unicode, ascii_)


@given(numbers())
def test_the_symbol_of_a_number_begins_with_what_its_kind_is_called(number: tuple[Names, Ref]) -> None:
    names, ref = number
    for style in Style:
        assert names.symbol(ref, style).startswith(short(ref.kind, style))
