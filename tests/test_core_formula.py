"""Formulas: what is spelled can be read, means the same, and nothing that people type ends in a traceback."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nntutor.core.errors import FormulaError
from nntutor.core.notation.evaluating import Compiler, evaluate
from nntutor.core.notation.formula import Call, Div, Expr, Mul, Name, Neg, Num, Square, Sub, Sum, keys, names
from nntutor.core.notation.parsing import MOST_CHAINED, MOST_LETTERS, MOST_NESTED, MOST_NODES, parse, size
from nntutor.core.notation.spelling import text, tokens
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import Names, Ref

NAMES = Names((2, 2, 2))
REFS = {
    "x1": Ref("out", 0, 1), "w1": Ref("weight", 1, 1, 1), "∂E/∂w5": Ref("grad", 2, 1, 1), "δ_h1": Ref("delta", 1, 1),
    "b_h1": Ref("weight", 1, 1, 0), "E": Ref("error"), "β₁ᵏ": Ref("rate_beta1k"), "w5⁺": Ref("new", 2, 1, 1),
}  # fmt: skip
VALUES = dict(zip(REFS.values(), (0.3, -1.25, 7e-3, -2.0, 1.5, 0.125, 0.81, -0.0625), strict=True))


def deeper(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    some = st.lists(parts, min_size=1, max_size=4).map(tuple)
    unary = st.sampled_from(("σ", "tanh", "relu", "leaky", "step", "exp", "ln", "√", "abs"))
    return st.one_of(
        parts.map(Neg),
        parts.map(Square),
        some.map(Sum),
        st.builds(Sub, parts, parts),
        st.builds(Mul, parts, parts),
        st.builds(Div, parts, parts),
        st.builds(lambda func, part: Call(func, (part,)), unary, parts),
        st.builds(lambda part, below: Call("above", (part,), below), parts, st.sampled_from((0.0, 0.01, -0.5, 3.0))),
        st.lists(parts, min_size=2, max_size=4).map(lambda args: Call("max", tuple(args))),
    )


LEAVES = st.sampled_from(tuple(REFS.values())).map(Name) | st.sampled_from((0.0, 0.5, 1.0, 2.0, 0.01, 1e-9, 3e20)).map(
    Num
)
TREES = st.recursive(LEAVES, deeper, max_leaves=12)


@given(TREES, st.sampled_from((Style.UNICODE, Style.ASCII)))
def test_a_tree_is_read_back_from_its_text_with_the_same_value(tree: Expr, style: Style) -> None:
    written = text(tokens(tree, lambda ref: NAMES.symbol(ref, style), style))
    assert style is Style.UNICODE or written.isascii()
    np.testing.assert_equal(
        evaluate(parse(written, NAMES.find), VALUES.__getitem__), evaluate(tree, VALUES.__getitem__)
    )


@given(TREES)
def test_a_tree_filled_with_figures_is_read_back_with_the_same_value(tree: Expr) -> None:
    written = text(tokens(tree, lambda ref: repr(VALUES[ref]).replace("-", "−", VALUES[ref] < 0)))
    again = parse(written, NAMES.find)
    assert names(again) == ()
    np.testing.assert_equal(evaluate(again, VALUES.__getitem__), evaluate(tree, VALUES.__getitem__))


@given(TREES)
def test_arrays_are_computed_as_entries_are(tree: Expr) -> None:
    """The compiled calls, on three entries at once, give each entry's own value, bit for bit."""
    rows = {ref: np.array([value, -value, value * 3]) for ref, value in VALUES.items()}
    kept = {ref: row.copy() for ref, row in rows.items()}
    target = np.empty(3)
    compiler = Compiler(rows.__getitem__)
    with np.errstate(all="ignore"):
        compiler.into(tree, target)
        for function, arguments in compiler.ops:
            function(*arguments)
    for place in range(3):
        np.testing.assert_equal(target[place], evaluate(tree, lambda ref, place=place: float(kept[ref][place])))
    for ref, row in rows.items():
        np.testing.assert_array_equal(row, kept[ref])


@given(TREES, st.sampled_from(tuple(REFS.values())))
def test_arrays_may_be_overwritten_with_what_is_made_of_them(tree: Expr, written: Ref) -> None:
    rows = {ref: np.array([value, -value, value * 3]) for ref, value in VALUES.items()}
    kept = {ref: row.copy() for ref, row in rows.items()}
    compiler = Compiler(rows.__getitem__)
    with np.errstate(all="ignore"):
        compiler.into(tree, rows[written])
        for function, arguments in compiler.ops:
            function(*arguments)
    for place in range(3):
        expected = evaluate(tree, lambda ref, place=place: float(kept[ref][place]))
        np.testing.assert_equal(rows[written][place], expected)


@given(TREES)
def test_every_number_is_asked_for_once_for_each_time_that_it_is_written(tree: Expr) -> None:
    asked: list[Ref] = []

    def value(ref: Ref) -> float:
        asked.append(ref)
        return VALUES[ref]

    evaluate(tree, value)
    assert asked == list(keys(tree))


@given(
    st.lists(
        st.sampled_from((Square, lambda part: Call("leaky", (part,)), lambda part: Call("above", (part,)), Neg)),
        min_size=1,
        max_size=12,
    )
)
def test_work_grows_with_the_formula_and_not_with_what_is_made_of_it(chain: list[Callable[[Expr], Expr]]) -> None:
    """A chain of operations that read their operand twice is made once, entry by entry and as arrays."""
    tree: Expr = Name(REFS["x1"])
    for operation in chain:
        tree = operation(tree)
    asked: list[Ref] = []
    evaluate(tree, lambda ref: asked.append(ref) or 0.5)
    assert len(asked) == 1
    compiler = Compiler(lambda ref: np.array([0.5, -0.5]))
    compiler.into(tree, np.empty(2))
    assert len(compiler.ops) <= 2 * len(chain)


def reads(source: str, find: Callable[[str], object] = NAMES.find) -> None:
    try:
        tree = parse(source, find)
    except FormulaError as error:
        assert 0 <= error.position <= len(source)
        return
    evaluate(tree, lambda ref: 1.0)
    for style in Style:
        text(tokens(tree, lambda ref, style=style: NAMES.symbol(ref, style), style))
    assert hash(tree) == hash(tree)


PIECES = ("x1", "w5⁺", "δ_h1", "∂E/∂w5", "1", ".5", "½", "1e9", "1e999", "+", "−", "-", "·", "*", "/", "²", "^2", "(",
          ")", ",", "√", "σ(", "max(", "leaky(", "exp", " ", "E", "e", "₁", "[0]", "[", "9" * 30)  # fmt: skip


@given(st.text(max_size=25))
@example("")
@example("1..2")
@example("x1 x1")
def test_any_text_is_a_formula_or_a_named_error(source: str) -> None:
    reads(source)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_pieces_are_a_formula_or_a_named_error(source: str) -> None:
    reads(source)


@pytest.mark.parametrize(
    "open_", ["(", "√", "√(", "−", "-", "+", "σ(", "max(1,", "1-", "1+", "2*", "1/", "x1-(", "√√(", "abs(-"]
)
@pytest.mark.parametrize("close", ["1", "", ")"])
def test_no_depth_and_no_length_exhausts_the_reader(open_: str, close: str) -> None:
    for count in (10, 49, 60, 3000):
        reads(open_ * count + "1" + close * count)
    reads("x1" + "²" * 3000)
    reads("w" + "9" * 5000)


def test_a_number_that_is_no_number_any_more_is_refused() -> None:
    with pytest.raises(FormulaError) as refused:
        parse("1 + 1e999", NAMES.find)
    assert (refused.value.position, refused.value.expected) == (4, "number")
    assert evaluate(parse("1e308", NAMES.find), VALUES.__getitem__) == 1e308


def test_a_figure_of_a_power_of_ten_stands_in_parentheses_where_it_is_squared() -> None:
    said = {"2e-7": "(2e-7)²", "12e-7": "(12e-7)²", "0.5": "0.5²", "−0.5": "(−0.5)²", "w1": "w1²"}
    assert {one: text(tokens(Square(Name("x")), lambda _, one=one: one)) for one in said} == said


def test_a_negative_figure_stands_in_parentheses_beside_another_only() -> None:
    x = Name("x")
    said = {
        Call("σ", (x,)): "σ(−2)",
        x: "−2",
        Mul(Num(3.0), x): "3·(−2)",
        Sum((x, Num(1.0))): "(−2) + 1",
        Neg(x): "−(−2)",
    }
    for formula, expected in said.items():
        assert text(tokens(formula, lambda _: "−2")) == expected


def test_parentheses_deeper_than_any_formula_has_are_read() -> None:
    assert evaluate(parse("(" * 40 + "2" + ")" * 40, NAMES.find), VALUES.__getitem__) == 2
    assert evaluate(parse("+".join(["x1"] * 900), NAMES.find), lambda ref: 1.0) == 900


@pytest.mark.parametrize(
    ("source", "most"),
    [
        (lambda count: " " * (count - 1) + "1", MOST_LETTERS),
        (lambda count: "+".join(["1"] * (count - 1)), MOST_NODES),
        (lambda count: "(" * (count - 1) + "1" + ")" * (count - 1), MOST_NESTED),
        (lambda count: "σ(" * (count - 1) + "1" + ")" * (count - 1), MOST_NESTED),
        (lambda count: "√" * (count - 1) + "1", MOST_NESTED),
        (lambda count: "1" + "²" * count, MOST_CHAINED),
        (lambda count: "1" + "-1" * count, MOST_CHAINED),
    ],
)
def test_a_formula_is_bounded_in_letters_in_nodes_and_in_depth(source: Callable[[int], str], most: int) -> None:
    tree = parse(source(most), NAMES.find)
    assert size(tree)[0] <= MOST_CHAINED and size(tree)[1] <= MOST_NODES
    evaluate(tree, VALUES.__getitem__)
    with pytest.raises(FormulaError):
        parse(source(most + 1), NAMES.find)


@pytest.mark.parametrize("source", ["1_000", "١٢", "１２", "1٢", "1e٣", "۱.۵", "०"])
def test_a_number_is_written_with_the_ten_digits_and_nothing_between_them(source: str) -> None:
    with pytest.raises(FormulaError):
        parse(source, NAMES.find)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("2 − 3 − 4", -5), ("2/4/2", 0.25), ("2·3/4·5", 7.5), ("−2²", -4), ("(−2)²", 4), ("½·3²", 4.5), ("2 - -3", 5),
        ("max(1, 4, 2)", 4), ("√(9)", 3), ("√9", 3), ("abs(−3)", 3), ("step(0)", 1), ("relu(−1)", 0),
        ("leaky(−1)", -0.01), ("1 if 0 > 0 else 0", 0), ("1 if 2 − 1 > 0 else 0.3", 1),
        ("3·(1 if −1 > 0 else −0.5)", -1.5),
        ("1 if 0 ≥ 0 else 0", 1), ("1 if −1 >= 0 else 0 ", 0),
        ("σ(0)", 0.5), ("exp(0) + ln(1)", 1), ("1e-3·1e3", 1), (".5 + 1.", 1.5), ("2^2^2", 16),
    ],
)  # fmt: skip
def test_the_grammar_is_the_contracts(source: str, value: float) -> None:
    assert evaluate(parse(source, NAMES.find), VALUES.__getitem__) == value


@given(st.integers(2, 400), st.integers(2, 12))
def test_a_long_sum_says_how_many_terms_it_left_out(count: int, most: int) -> None:
    tree = Sum(tuple(Name(Ref("out", 0, 1)) for _ in range(count)))
    shown = tokens(tree, NAMES.symbol, most=most)
    left = sum(token.key is not None for token in shown)
    assert left == min(count, most)
    assert (f"{count - most} more" in text(shown)) == (count > most)


def test_wide_layers_do_not_exhaust_a_formula() -> None:
    units = tuple(Name(Ref("net", 2, unit)) for unit in range(1, 3001))
    tree = Sub(Call("max", units), Sum(units))
    assert evaluate(tree, lambda ref: 1.0) == 1 - 3000
    assert text(tokens(tree, Names((1, 1, 3000)).symbol)).count("net_o") == 6000
