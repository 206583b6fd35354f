"""Pastes: each is handed on as it came, and none takes the keys for longer than is stated."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntutor.tui.terminal.pastes import BEGIN, BURST, END, INTERRUPT, LONGEST, MOST, SILENCE, Pastes

LETTERS = st.text("ab\x1b[20~", max_size=8)
PASTED = LETTERS.filter(lambda text: END not in text + END[:-1])
KEYS = LETTERS.filter(lambda text: BEGIN not in text + BEGIN[:-1])


@given(st.lists(st.tuples(KEYS, PASTED), max_size=4), KEYS, st.data())
def test_what_is_marked_rightly_is_handed_on_as_it_came(
    pairs: list[tuple[str, str]], last: str, data: st.DataObject
) -> None:
    """However a line has cut it; but no escapes, which would be taken for keys."""
    whole = "".join(keys + BEGIN + pasted + END for keys, pasted in pairs) + last
    wanted = "".join(keys + BEGIN + pasted.replace("\x1b", "") + END for keys, pasted in pairs) + last
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pastes = Pastes()
    assert "".join(pastes.passed(whole[a:b], 0) for a, b in pairwise([0, *cuts, len(whole)])) == wanted


@pytest.mark.parametrize("wait", [SILENCE, SILENCE + 5])
@pytest.mark.parametrize("half", ["", END[:4]])
def test_a_paste_that_falls_silent_has_ended(wait: float, half: str) -> None:
    pastes = Pastes()
    assert pastes.passed(f"a{BEGIN}b{half}", 10) == f"a{BEGIN}b"
    assert pastes.passed("", 10 + SILENCE / 2) == ""
    assert pastes.passed("", 10 + wait) == END
    assert pastes.passed("c", 10 + wait) == "c"


def test_keys_that_are_pressed_meanwhile_do_not_make_it_longer_than_the_longest() -> None:
    pastes, ends = Pastes(), 0
    pastes.passed(BEGIN, 0)
    handed = [(second, pastes.passed("x", second)) for second in range(int(LONGEST) + 3)]
    ends = [second for second, text in handed if END in text]
    assert ends == [int(LONGEST)] and handed[-1][1] == "x"


def test_a_paste_that_a_slow_line_takes_long_for_does_not_become_keys() -> None:
    pastes = Pastes()
    pastes.passed(BEGIN, 0)
    handed = "".join(pastes.passed("q" * BURST, second) for second in range(3 * int(LONGEST)))
    assert handed == "q" * len(handed) and pastes.passed(END, 3 * LONGEST) == END


def test_an_interrupt_ends_it_at_once_and_is_a_key() -> None:
    pastes = Pastes()
    assert pastes.passed(f"{BEGIN}ab", 0) == f"{BEGIN}ab"
    assert pastes.passed(f"c{INTERRUPT}d", 0.1) == f"c{END}{INTERRUPT}d"


def test_an_interrupt_in_a_whole_paste_is_no_key() -> None:
    assert Pastes().passed(f"{BEGIN}a{INTERRUPT}b{END}", 0) == f"{BEGIN}ab{END}"


def test_an_interrupt_amid_more_than_is_typed_is_no_key() -> None:
    """What is left of the paste would become keys, or the shell's once the tutor has ended."""
    pastes = Pastes()
    handed = pastes.passed(BEGIN + "a" * BURST + INTERRUPT, 0) + pastes.passed("b" * BURST + INTERRUPT + "c", 0.1)
    assert handed == BEGIN + "a" * BURST + "b" * BURST + "c" and pastes.passed(END, 0.2) == END


def test_of_a_paste_without_end_only_the_beginning_is_kept() -> None:
    pastes = Pastes()
    pastes.passed(BEGIN, 0)
    assert sum(len(pastes.passed("x" * 1024, 1)) for _ in range(MOST // 512)) == MOST
    assert pastes.passed(END, 1) == END
