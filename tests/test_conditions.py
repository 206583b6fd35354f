"""Words that follow the record: conditions in the texts of lessons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.lessons.course import conditions
from nntutor.lessons.course.conditions import ConditionError, chosen, variants

NUMBERS = {"a": 1.0, "b": 2.0, "c": 2.0, "nan": float("nan")}


def compare(left: str, right: str) -> int | None:
    first, second = NUMBERS[left], NUMBERS[right]
    if first != first or second != second:
        return None
    return (first > second) - (first < second)


def said(text: str, own: bool = True, here: bool = True) -> str:
    return chosen(text, compare, {"own": own, "unbroken": own, "here": here}.__getitem__)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One {{if a < b}}two{{else}}three{{end}}.", "One two."),
        ("One {{if a > b}}two{{elif b = c}}three{{else}}four{{end}}.", "One three."),
        ("One{{if a > b}} two{{end}}.", "One."),
        ("One {{if a > b}}two{{end}} three.", "One three."),
        ("{{if a<b}}One {{if b != c}}two{{else}}{{a|3}} = {{b}}{{end}}.{{end}}", "One {{a|3}} = {{b}}."),
        ("{{if a >= b or b >= c}}1{{end}}{{if a <= b and not b = c}}2{{end}}{{if b ≥ c and c ≤ b}}3{{end}}", "13"),
        ("{{if not a = b and b ≠ a}}yes{{end}}", "yes"),
        ("{{if nan = nan}}1{{end}}{{if nan < a}}2{{end}}{{if nan != a}}3{{end}}", "3"),
        ("{{if own}}claim{{else}}none{{end}} {{if not own}}changed{{end}}", "claim"),
        ("{{if always}}true{{else}}never{{end}}", "true"),
        ("{{if own or missing = 1}}not asked{{end}}", "not asked"),
        ("{{if unbroken and a < b}}After 5 moves{{end}} {{if not here}}there{{else}}here{{end}}", "After 5 moves here"),
        ("{{end:first}} {{if a < b}}{{end:last}}{{end}}", "{{end:first}} {{end:last}}"),
        ("{{ if a < b }} spaced {{ end }} out", "spaced out"),
    ],
)
def test_the_branches_that_are_true_are_said(text: str, shown: str) -> None:
    assert said(text) == shown


def test_without_the_lessons_own_numbers_its_claims_are_not_said() -> None:
    assert said("{{if own}}It is 3.{{end}} Press r.", own=False) == "Press r."
    assert said("{{if unbroken}}After 5 moves it{{else}}It{{end}} is 3.", own=False) == "It is 3."
    assert said("It is 3{{if here}} now{{end}}.", here=False) == "It is 3."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{if a < b}}One.", "expected {{end}} before the stop ends"),
        ("One.{{end}}", "no {{if …}} before it"),
        ("{{else}}One.", "no {{if …}} before it"),
        ("{{if a}}One.{{end}}", "“a”; expected a comparison"),
        ("{{if}}One.{{end}}", "“”; expected a comparison"),
        ("{{if a < b < c}}One.{{end}}", "expected a comparison"),
        ("{{if a < }}One.{{end}}", "expected a comparison"),
        ("{{if a < b or}}One.{{end}}", "“”; expected a comparison"),
        ("{{if a < b}}1{{else}}2{{else}}3{{end}}", "expected {{end}} after {{else}}"),
        ("{{if a < b}}1{{else}}2{{elif own}}3{{end}}", "expected {{end}} after {{else}}"),
        ("{{if a < b}}1{{else a}}2{{end}}", "expected {{else}} alone"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        said(text)
    assert reason in str(caught.value)


OUTCOMES = ("a < b", "b = c", "not a < b", "own", "own and a > b", "a != c or own", "unbroken", "not here and b = c")


@st.composite
def texts(draw: st.DrawFn, depth: int = 2) -> str:
    """Texts with conditions in one another."""
    word = draw(st.sampled_from(["one", "two ", " three", "four."]))
    if not depth or draw(st.booleans()):
        return word
    condition = draw(st.sampled_from(OUTCOMES))
    middle = f"{{{{elif {draw(st.sampled_from(OUTCOMES))}}}}}{draw(texts(depth - 1))}" if draw(st.booleans()) else ""
    last = f"{{{{else}}}}{draw(texts(depth - 1))}" if draw(st.booleans()) else ""
    return f"{word}{{{{if {condition}}}}}{draw(texts(depth - 1))}{middle}{last}{{{{end}}}}{draw(texts(depth - 1))}"


@given(texts(), st.integers(-1, 1), st.integers(-1, 1), st.integers(-1, 1), st.data())
def test_every_text_that_can_be_shown_is_among_the_variants(
    text: str, first: int, second: int, third: int, data: st.DataObject
) -> None:
    own = data.draw(st.booleans())
    so = {"own": own, "unbroken": own or data.draw(st.booleans()), "here": data.draw(st.booleans())}
    outcome = {("a", "b"): first, ("b", "c"): second, ("a", "c"): third}
    shown = chosen(text, lambda left, right: outcome[left, right], so.__getitem__)
    assert shown in variants(text)
    assert "{{" not in shown
    assert "  " not in shown


def test_a_text_has_no_other_variants_than_those_that_can_be_shown() -> None:
    text = "{{if a < b}}1{{elif a = b}}2{{else}}3{{end}}{{if own}}4{{end}}{{if unbroken}}5{{end}}"
    assert sorted(variants(text)) == sorted(one + rest for one in "123" for rest in ("45", "5", ""))


def test_a_text_with_more_comparisons_than_can_be_tried_is_refused() -> None:
    many = "".join(f"{{{{if a{number} < b}}}}x{{{{end}}}}" for number in range(conditions.MOST_COMPARED + 1))
    with pytest.raises(ConditionError, match="9 comparisons"):
        variants(many)
