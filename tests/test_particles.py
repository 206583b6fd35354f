"""Korean particles agree with how the symbol, number or word before them is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.lessons.language.particles import agreeing, disagreeing
from nntutor.lessons.language.words import Words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{}}은 작습니다", ["{{}}은"]),
        ("{{}}수 작습니다", []),
        ("{symbol}를 봅니다", ["{symbol}를"]),
        ("{unit}의 값은 0.5입니다", []),
        ("h1이 커지면 h1가 커지면", ["h1가"]),
        ("δ_o1은 작고 δ_o1는 큽니다", ["δ_o1는"]),
        ("E는 줄고 E은 늡니다", ["E은"]),
        ("out(1 − out)을 곱하고 out(1 − out)를 곱합니다", ["out)를"]),
        ("**w5**를 보고 **w5**을 봅니다", ["w5을"]),
        ("4여야 4이어야 3이어야 3여야", ["4이어야", "3여야"]),
        ("0.934라고 0.934이라고 0.93이라고 0.93라고", ["0.934이라고", "0.93라고"]),
        ("1로 1으로 3으로 3로 8로 ½로", ["1으로", "3로"]),
        ("0.5였습니다 0.5이었습니다 0.1이었습니다", ["0.5이었습니다"]),
        ("17%는 17%은 o1²은 o1[0]은 w5⁺는", ["17%은"]),
        ("XOR이라는 벽, net이 크고 net가 작고", ["net가"]),
        ("gradient는 큽니다", ["gradient는"]),
        ("nntutor를 nntutor을 NNTUTOR_HOME으로 NNTUTOR_HOME로", ["nntutor을", "NNTUTOR_HOME로"]),
        ("가중합(net)은 수입니다", []),
        ("0.001만큼 움직이고 8개의 가중치는 2보다 크고 2이고 3고", ["3고"]),
    ],
)
def test_particles_that_do_not_agree_are_found(text: str, found: list[str]) -> None:
    assert [place for place, _ in disagreeing(text)] == found


@pytest.mark.parametrize(
    ("word", "pair", "form"),
    [
        ("0.5", "은/는", "는"),
        ("−0.3", "이/가", "이"),
        ("4.951e-5", "을/를", "를"),
        ("0.1", "으로/로", "로"),
        ("0.0", "으로/로", "으로"),
        ("2", "와/과", "와"),
        ("2", "과/와", "와"),
        ("3", "이어야/여야", "이어야"),
        ("2", "이라고/라고", "라고"),
        ("2", "이면/면", "이면"),
        ("12%", "은/는", "는"),
        ("o1²", "은/는", "은"),
        ("inf", "은/는", "는"),
        ("m\N{COMBINING CIRCUMFLEX ACCENT}", "은/는", "은"),
        ("값", "은/는", "은"),
    ],
)
def test_the_form_that_agrees_is_taken(word: str, pair: str, form: str) -> None:
    assert agreeing(word, pair) == form


@pytest.mark.parametrize("pair", ["은", "은/을", "가/나", "은/는/이"])
def test_what_is_no_pair_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match=pair):
        agreeing("1", pair)


def test_a_fact_of_the_words_takes_its_particle() -> None:
    said = Words("ko", {"a": "{symbol|은/는} {value|으로/로}"})
    assert said.say("a", symbol="w5", value="0.1") == "w5는 0.1로"
    assert said.say("a", symbol="w6", value="0.3") == "w6은 0.3으로"


@given(st.floats(-1e6, 1e6), st.sampled_from(["은/는", "이/가", "을/를", "과/와", "으로/로", "이라/라", "이었다/였다"]))
def test_what_is_taken_for_a_number_is_what_the_check_asks_for(number: float, pair: str) -> None:
    word = f"{number:.4g}"
    taken, (first, second) = agreeing(word, pair), pair.split("/")
    other = second if taken == first else first
    assert not list(disagreeing(word + taken))
    assert [found for found, _ in disagreeing(word + other)] == [word + other]
