"""What is written can be read: texts in a problem file, numbers in a formula."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nntutor.core.files import writing
from nntutor.core.files.problem import parse
from nntutor.core.notation import parsing
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.spelling import number
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin


@given(st.text(max_size=20), st.text(alphabet='"\\\n\t\x7fa', max_size=8))
def test_a_title_and_a_source_of_any_characters_come_back(title: str, source: str) -> None:
    problem = replace(builtin.open("two-two-two"), title=title, source=source)
    again = parse(writing.write(problem), "again.toml")
    assert (again.title, again.source) == (title, source)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from((Style.UNICODE, Style.ASCII)))
def test_a_number_of_a_formula_is_read_as_itself(value: float, style: Style) -> None:
    found = parsing.parse(number(value, style), lambda symbol: None)
    assert evaluate(found, lambda ref: 0.0) == value
