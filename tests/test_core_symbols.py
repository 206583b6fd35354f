"""Names: every number's symbol leads back to it, in both spellings, in a network of any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.notation.formula import Mul, Name
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.symbols import STATES, SYMBOL, Names, Ref, Style

SIZES = st.lists(st.integers(1, 12), min_size=2, max_size=5).map(tuple)
RATES = ("rate_eta", "rate_mu", "rate_rho", "rate_eps", "rate_beta1", "rate_beta2", "rate_beta1k", "rate_beta2k")
PER_WEIGHT = ("weight", "grad", "change", "new", "mhat", "vhat", *STATES)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[Names, Ref]:
    """A network's names and the address of one of its numbers."""
    sizes = draw(SIZES)
    names = Names(sizes, draw(st.booleans()))
    sample = draw(st.integers(0, 120)) if names.many else -1
    kind = draw(
        st.sampled_from(("out", "target", "prob", "net", "unit_error", "out_grad", "slope", "delta", *PER_WEIGHT))
    )
    if draw(st.integers(0, 9)) == 0:
        return names, Ref(draw(st.sampled_from((*RATES, "error"))))
    layer = draw(st.integers(0 if kind == "out" else 1, names.last))
    if kind in ("target", "prob", "unit_error"):
        layer = names.last
    unit = draw(st.integers(1, sizes[layer]))
    if kind in PER_WEIGHT:
        return names, Ref(kind, layer, unit, draw(st.integers(0, sizes[layer - 1])))
    return names, Ref(kind, layer, unit, 0, sample)


@given(numbers())
def test_every_symbol_is_found_again_in_both_spellings(number: tuple[Names, Ref]) -> None:
    names, ref = number
    for style in (Style.UNICODE, Style.ASCII):
        symbol = names.symbol(ref, style)
        assert names.find(symbol) == ref
        match = SYMBOL.match(symbol)
        assert match is not None and match[0] == symbol
        assert style is Style.UNICODE or symbol.isascii()


@given(numbers(), numbers())
def test_a_formula_takes_the_longest_name(one: tuple[Names, Ref], other: tuple[Names, Ref]) -> None:
    names, ref = one
    if other[0] != names:
        other = one
    for style in (Style.UNICODE, Style.ASCII):
        written = f"{names.symbol(ref, style)}*{names.symbol(other[1], style)}"
        assert parse(written, names.find) == Mul(Name(ref), Name(other[1]))


@given(SIZES, st.booleans())
def test_no_two_numbers_share_a_symbol(sizes: tuple[int, ...], many: bool) -> None:
    names = Names(sizes, many)
    weights = [
        Ref(kind, layer, unit, source)
        for kind in ("weight", "new", "grad")
        for layer in range(1, len(sizes))
        for unit in range(1, sizes[layer] + 1)
        for source in range(sizes[layer - 1] + 1)
    ]
    units = [
        Ref(kind, layer, unit, 0, 0)
        for kind in ("net", "out", "slope", "delta", "out_grad")
        for layer in range(1, len(sizes))
        for unit in range(1, sizes[layer] + 1)
    ]
    for style in Style:
        symbols = [names.symbol(ref, style) for ref in (*weights, *units)]
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
    assert Names(sizes, many=True).symbol(ref) == (f"{unicode}[0]" if ref.sample >= 0 else unicode)


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
