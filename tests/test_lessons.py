"""Lessons and words are held to what the screen and the two languages ask of them."""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

import pytest

from nntutor.lessons import load, words

LANGUAGES = load.LANGUAGES
FORM_CHANGING = ("은", "는", "이", "가", "을", "를", "와", "과", "으로", "로", "이나", "나", "이라", "라", "이란", "란")


def cells(text: str) -> int:
    """Terminal cells: a Korean letter takes two, a combining mark none."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def rows(text: str, width: int) -> list[str]:
    """Lines as a terminal wraps them, at spaces."""
    lines = [""]
    for word in text.replace("**", "").split():
        longer = f"{lines[-1]} {word}".strip()
        if cells(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def changing_particles(text: str) -> list[str]:
    """Particles that change their form, right after a hole, a fact, a symbol, a number or a Latin word."""
    bare = text.replace("**", "").replace("`", "")
    found = []
    for match in re.finditer(r"(\S*[^\s가-힣.,;:!?·…“”‘’])[”’]?([가-힣]+)", bare):
        before, particle = match.groups()
        gloss = re.search(r"[가-힣]\([^()]*\)$", before)
        if particle in FORM_CHANGING and not gloss:
            found.append(match[0])
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{δ_h1}}은 작습니다", ["{{δ_h1}}은"]),
        ("h1이 커지면", ["h1이"]),
        ("out(1 − out)을 곱합니다", ["out)을"]),
        ("**w5**를 봅니다", ["w5를"]),
        ("{unit}의 값은 0.5입니다", []),
        ("가중합(net)은 수입니다", []),
        ("0.001만큼 움직이고 8개의 가중치는 2보다 큽니다", []),
    ],
)
def test_the_particle_linter_sees_what_it_should(text: str, found: list[str]) -> None:
    assert [part.split()[-1] for part in changing_particles(text)] == found


def test_both_languages_have_the_same_words_with_the_same_facts() -> None:
    english, korean = words.load("en"), words.load("ko")
    assert list(english.entries) == list(korean.entries)
    for key, template in english.entries.items():
        assert set(words.FACT.findall(template)) == set(words.FACT.findall(korean.entries[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_why_fits_three_rows(language: str) -> None:
    facts = {"symbol": "δ_h1", "unit": "h1", "net": "net_h1", "delta": "δ_h1", "weight": "w5", "input": "h1"}
    for key, _ in words.load(language).group("why"):
        sentence = words.load(language).say(f"why.{key}", **facts)
        assert len(rows(sentence, 78)) <= 3, (key, sentence)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_line_fits_the_screen(language: str) -> None:
    say = words.load(language).say
    keys = ("→ step", "← back", ") phase", "w why", "c check", "r run", "v view", "? keys", "q leave")
    line = "  ".join(f"{key} {say(f'keys.{name}')}" for key, name in (pair.split() for pair in keys))
    assert cells(line) <= 78, line


def test_no_korean_particle_that_changes_form_follows_a_symbol_in_the_words() -> None:
    bad = {key: found for key, text in words.load("ko").entries.items() if (found := changing_particles(text))}
    assert not bad


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_word_names_its_key(language: str) -> None:
    with pytest.raises(words.WordsError, match="no.such.key"):
        words.load(language).say("no.such.key")
    with pytest.raises(words.WordsError, match="iteration"):
        words.load(language).say("status.iteration")
