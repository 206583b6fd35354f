"""= stands where the figures on the screen give the result on the screen, rounded as it is, ≈ where they nearly do."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from test_changes import LESSONS, near_stops
from test_core_formula import deeper
from test_following import at

from nntutor.core.notation.formula import Call, Expr, Mul, Name, Neg, Num, Square, Sub, Sum, call, product
from nntutor.core.notation.parsing import parse
from nntutor.core.notation.redoing import equals
from nntutor.core.notation.style import Style
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words
from nntutor.tui.drawing.canvas.keyline import look_of
from nntutor.tui.plain.step import formula

FIGURES = ("0.3", "-1.25", "0.007", "2", "-0.999900", "1.00000", "12.5e-7", "0", "1e6")


def exactly(expr: Expr, figures: dict[str, str]) -> Fraction:
    """The same in fractions."""
    match expr:
        case Name(key):
            return Fraction(figures[str(key)])
        case Num(value):
            return Fraction(repr(value))
        case Neg(a):
            return -exactly(a, figures)
        case Sum(terms):
            return sum((exactly(term, figures) for term in terms), Fraction(0))
        case Sub(a, b):
            return exactly(a, figures) - exactly(b, figures)
        case Mul(a, b):
            return exactly(a, figures) * exactly(b, figures)
        case Square(a):
            return exactly(a, figures) ** 2
        case Call("max", args):
            return max(exactly(arg, figures) for arg in args)
    raise TypeError(expr)


def gives(value: Fraction, shown: str) -> bool:
    """Whether a value is what is shown, but for half of its last digit, and for no more than a rounding to four."""
    result, power = Fraction(shown), Decimal(shown).as_tuple().exponent
    assert isinstance(power, int)
    return abs(value - result) <= min(Fraction(10) ** power / 2, abs(result) / 2000)


def trees() -> st.SearchStrategy[Expr]:
    def larger(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        some = st.lists(parts, min_size=2, max_size=3).map(tuple)
        two = st.one_of(st.builds(Sub, parts, parts), st.builds(Mul, parts, parts))
        return st.one_of(two, some.map(Sum), parts.map(Neg), parts.map(Square), some.map(lambda a: Call("max", a)))

    names = st.sampled_from(FIGURES).map(Name)
    return st.recursive(st.one_of(names, st.sampled_from((Num(0.5), Num(2.0)))), larger, max_leaves=6)


@given(trees(), st.integers(1, 12))
def test_the_sign_is_that_of_the_same_sum_in_fractions(expr: Expr, digits: int) -> None:
    value = exactly(expr, dict(zip(FIGURES, FIGURES, strict=True)))
    shown = f"{float(value):.{digits}g}"
    assert (equals(expr, str, shown, Style.UNICODE) == "=") == gives(value, shown)


@given(st.recursive(st.sampled_from(FIGURES).map(Name), deeper, max_leaves=6), st.sampled_from(FIGURES))
def test_every_function_of_formulas_is_worked_out(expr: Expr, shown: str) -> None:
    assert equals(expr, str, shown, Style.ASCII) in ("=", "~")


@pytest.mark.parametrize(
    ("line", "shown", "sign"),
    [
        ("0 + (-0.0100000)", "-0.01000", "="),
        ("0 + (-0.00999990)", "-0.01000", "="),
        ("1000/(1 - 0.999)", "1e6", "="),
        ("1.90625 - 0.125*(-0.375)", "1.953", "="), ("1.90625 - 0.125*(-0.375)", "1.954", "≈"),
        ("0.5*0.7", "0.4", "≈"),
        ("1.90625 - 0.125*(-0.375)", "1.953125", "="),
        ("0.25*0.25*0.25*0.25*0.23*0.24*0.25*0.18*0.23", "2.1e-6", "≈"),
        ("1/3", "0.3333", "="), ("1/3", "0.333", "≈"), ("1/3*3", "1", "="), ("0.1 + 0.2", "0.3", "="),
        ("sigmoid(0)", "0.5", "="), ("sigmoid(40)", "1", "="), ("tanh(0)", "0", "="), ("sqrt(0.01)", "0.1", "="),
        ("exp(0)", "1", "="), ("ln(1)", "0", "="), ("tanh(20)", "1", "="), ("exp(1e9)", "inf", "="),
    ],
)  # fmt: skip
def test_the_sign_is_that_of_the_sum_on_paper(line: str, shown: str, sign: str) -> None:
    tree = parse(line, lambda name: None)
    assert equals(tree, str, shown, Style.UNICODE) == sign
    assert equals(tree, str, shown, Style.LATEX) == sign.replace("≈", r"\approx")


def test_a_leaky_slope_and_a_step_are_worked_out_as_well() -> None:
    assert equals(Call("leaky", (Name("-2"),), 0.01), str, "-0.02", Style.UNICODE) == "="
    assert equals(call("step", Name("0")), str, "1", Style.UNICODE) == "="
    assert equals(product(Name("3"), call("sign", Name("-2"))), str, "-3", Style.UNICODE) == "="


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_on_the_screen_and_in_a_line_stands_the_sign_of_the_figures_beside_it(lesson: Lesson) -> None:
    """Read off the screen, where nothing is left out, and worked out in fractions where it has no function."""
    for stop in near_stops(lesson):
        session = at(screens.of_lesson(lesson.id, size=(120, 40), known=True), stop.id)
        study = session.study
        assert study is not None
        line = formula(study, words.load("en"), look_of(session)).partition(" (as books")[0].rstrip(".")
        *_, figures, sign, result = re.split(" (=|≈) ", line)
        shown = [row.strip() for row in screens.lines(session)]
        assert any(row.startswith(f"{sign} {result}") for row in shown), (line, shown)
        if "more terms" in figures or re.search("[a-zσ√|]", figures.replace("e", "")):
            continue
        tree = parse(figures.replace("−", "-").replace("½", "0.5"), lambda name: None)
        try:
            value = exactly(tree, {})
        except TypeError:
            continue
        assert (sign == "=") == gives(value, result.replace("−", "-")), line
