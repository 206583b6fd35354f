"""How numbers are written: significant digits, short where exact, never a false digit."""

from __future__ import annotations

from decimal import Decimal
from math import ulp

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nntutor.core.notation.figures import figure, substituted
from nntutor.core.notation.style import Style

VALUES = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9).map(float)


@given(VALUES, st.sampled_from((1, 4, 6, 9, 17)))
def test_a_figure_is_the_value_rounded_to_its_digits(value: float, digits: int) -> None:
    shown = figure(value, digits, style=Style.ASCII)
    exact = Decimal(value)
    rounded = Decimal(f"{exact:.{digits - 1}e}")
    assert float(shown) == float(rounded)
    if digits == 17:
        assert float(shown) == value


@given(VALUES, st.sampled_from((4, 6, 9, 17)))
def test_a_rounded_figure_shows_all_its_digits_and_an_exact_one_no_zeros_behind(value: float, digits: int) -> None:
    mantissa = figure(abs(value), digits, style=Style.ASCII).partition("e")[0]
    significant = mantissa.replace(".", "").lstrip("0")
    if abs(float(figure(abs(value), digits, style=Style.ASCII)) - abs(value)) > 8 * ulp(value):
        assert len(significant) == digits
    else:
        assert "." not in mantissa or not mantissa.endswith("0")


@given(VALUES, st.sampled_from((4, 6, 9, 17)), st.sampled_from((Style.UNICODE, Style.ASCII)))
def test_a_figure_has_one_form_and_a_known_width(value: float, digits: int, style: Style) -> None:
    shown = figure(value, digits, style=style)
    assert "e+" not in shown and "e0" not in shown
    assert len(shown) <= digits + len("-0.000") + len("e-324")
    assert ("−" in shown) == (value < 0 and style is Style.UNICODE and not shown.startswith("-")) or "e" in shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.5932699921071872, 6, "0.593270"),
        (-0.03809823651655624, 6, "−0.0380982"),
        (3.510187782978851e-05, 4, "3.510e-5"),
        (0.4, 4, "0.4"),
        (0.4 + 1e-9, 4, "0.4000"),
        (1 - 1.8, 4, "−0.8"),  # −0.8 but for the rounding of the subtraction
        (0.1 + 0.2, 17, "0.30000000000000004"),
        (1 - 1e-13, 4, "1.000"),
        (2.0, 4, "2"),
        (0.0, 4, "0"),
        (10000.0, 4, "10000"),  # a whole number that people write out
        (12345.6, 4, "1.235e4"),
        (9999.96, 4, "1.000e4"),  # rounds up into one digit more
        (1e300, 4, "1e300"),
        (float("inf"), 4, "inf"),
        (float("-inf"), 4, "−inf"),
        (float("nan"), 4, "nan"),
    ],
)
def test_figures_as_people_write_them(value: float, digits: int, shown: str) -> None:
    assert figure(value, digits) == shown


def test_a_sign_is_written_where_it_is_asked_for() -> None:
    assert figure(0.25, plus=True) == "+0.25"
    assert figure(-0.25, plus=True) == "−0.25"
    assert figure(0.0, plus=True) == "0"
    assert figure(1.5e-7, 4, style=Style.LATEX) == r"1.5\cdot 10^{-7}"
    assert figure(12345.6, 4, style=Style.LATEX) == r"1.235\cdot 10^{4}"


@given(VALUES)
def test_substituted_has_nine_digits(value: float) -> None:
    assert float(substituted(value).replace("−", "-")) == float(f"{value:.9g}")


@given(VALUES)
@example(-0.0)
def test_nothing_is_a_negative_zero(value: float) -> None:
    """A product of 0 and a negative number is −0 in doubles: −(−0) is no sum that anybody writes."""
    for shown in (substituted(value), figure(value), figure(value, plus=True), figure(value, style=Style.ASCII)):
        assert float(shown.replace("−", "-")) != 0 or shown == "0"
