"""A number as it is typed: every spelling that people use, and nothing that a hostile text could cost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.notation.typed import MOST_LETTERS, readings

NUMBERS = st.floats(1e-6, 1e6)


def values(text: str) -> list[float]:
    return [reading.value for reading in readings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.14", [0.14]), ("0,14", [0.14]), (".5", [0.5]), (",5", [0.5]), ("5.", [5.0]), ("−0.0381", [-0.0381]),
        ("-0.0381", [-0.0381]), ("+3", [3.0]), ("½", [0.5]), ("-½", [-0.5]), ("1½", [1.5]), ("-1½", [-1.5]),
        ("¾", [0.75]), ("⅓", [1 / 3]), ("3/8", [0.375]), ("1e-3", [0.001]), ("1,5e−3", [0.0015]), ("2E3", [2000.0]),
        ("3.81·10^-2", [0.0381]), ("3,81×10⁻²", [0.0381]), ("-4*10^3", [-4000.0]), ("0.14*0.4", [0.14 * 0.4]),
        ("0,14*0,4", [0.14 * 0.4]), ("0.5·(1 − 0.5)", [0.25]), ("σ(0)", [0.5]), ("1/(1 + exp(0))", [0.5]),
        ("max(1, 2)", [2.0]), ("δ_h1 = 0.5", [0.5]), ("= 0.5", [0.5]), ("0.14*0.5 = 0.07", [0.07]), ("≈0.5", [0.5]),
        ("０．５", [0.5]), ("－２", [-2.0]), (" 0.5 ", [0.5]), ("0.5.", [0.5]),
        ("1,234", [1.234, 1234.0]), ("12,345", [12.345, 12345.0]), ("0,123", [0.123]), ("1,2345", [1.2345]),
        ("1,234.5", [1234.5]), ("1.234,5", [1234.5]), ("1,234,567", [1234567.0]), ("1.234.567", [1234567.0]),
        ("1,234*2", [2.468, 2468.0]),
    ],
)  # fmt: skip
def test_every_spelling_is_read(text: str, expected: list[float]) -> None:
    assert values(text) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "δ_h1", "w5", "9**9**9", "9^9", "1e999", "-1e999", "1/0", "0/0", "exp(1000)", "inf", "nan", "--",
     "1.2.3", "1,2,3", "12,34,567", "1,234,56", "1_000", "0x10", "٣", "1 2", "()", "(", "½½½(", "1;2", "\x1b[2J", "\0",
     "__import__('os')", "𝟏", "9" * 400],
)  # fmt: skip
def test_what_is_no_number_is_none(text: str) -> None:
    assert readings(text) == ()


@pytest.mark.parametrize(
    "text",
    ["9" * 100_000, "(" * 100_000, "-" * MOST_LETTERS, "(" * MOST_LETTERS, "1,234+" * 33 + "1", "exp(" * 50, "½" * 200,
     "1e-" + "9" * 190, "2²²²²²²²²²²²²²²²²²²²²", ",".join("1" * 100), "=" * 200, "1,234*" * 33],
)  # fmt: skip
def test_no_text_costs_more_than_its_size(text: str) -> None:
    assert len(readings(text)) <= 16  # and that at all: without the bounds some of these take minutes


@given(NUMBERS, st.integers(1, 9), st.sampled_from([".", ","]), st.sampled_from(["", "-", "−"]))
def test_a_number_is_read_as_it_was_written_with_as_many_digits(
    number: float, digits: int, mark: str, sign: str
) -> None:
    written = f"{number:.{digits}g}"
    (first, *_) = readings(sign + written.replace(".", mark))
    assert first.value == (-1 if sign else 1) * float(written)
    if "." in written and "e" not in written:
        assert first.digits >= len(written.replace(".", "").lstrip("0"))
        assert abs(abs(first.value) - number) <= first.unit / 2 * (1 + 1e-9)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_as_finite_numbers_or_not_at_all(text: str) -> None:
    assert all(abs(value) < float("inf") for value in values(text))
