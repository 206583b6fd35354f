"""Whatever is typed: too long, in no language, with controls, or nothing that means anything; and a mistake of ours."""

from __future__ import annotations

import itertools
import random

import pytest
from plain import Talk

from nntutor.lessons.course import load
from nntutor.tui.plain import loop
from nntutor.tui.plain.spoken import vocabulary
from nntutor.tui.state import runs
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.session import Session

LESSONS = load.lessons()


def test_a_line_that_is_too_long_is_refused_whole(talk: Talk) -> None:
    lines = talk.lines("learn", "hidden-delta", typed=f"edit w5 = {'1' * 5000}\nstep\n")
    assert [line for line in lines if line.startswith("A line holds 1000 letters")]
    assert not talk.kept().study.timeline.edits and talk.kept().study.place == (1, 2)


def test_what_is_typed_cannot_reach_the_terminal_but_as_text(talk: Talk) -> None:
    lines = talk.lines("learn", "hidden-delta", typed="\x1b[31mstep\x07\n\u202eedit\n")
    assert "> [31mstep" in lines and not [line for line in lines if "\u202e" in line or "\x07" in line]


def test_the_language_is_changed_in_the_middle_of_a_lesson(talk: Talk) -> None:
    assert talk.after("learn", "hidden-delta", say="언어 ko")[0].startswith("7번 수업")
    assert talk.after("learn", "hidden-delta", say="t; t")[0].startswith("Lesson 7")


def test_what_plays_is_told_step_by_step_to_the_iterations_end(talk: Talk) -> None:
    lines = talk.after("learn", "forward", say="play")
    steps = [line for line in lines if line.startswith("Step ")]
    assert lines[0] == steps[0]  # not that nothing has changed, which stood before it
    place = talk.kept().study
    assert place.timeline.step == len(place.trace) == len(steps) + 1 and place.playing is None
    assert [line.split()[1] for line in steps] == [str(number) for number in range(2, len(steps) + 2)]


def test_in_ascii_nothing_else_is_written(talk: Talk) -> None:
    lines = talk("learn", "hidden-delta", "--ascii", say="continue; ; ; look; check; run 100; view curve; why")
    assert "\n".join(lines).isascii()
    assert (
        "delta_h1 = (delta_o1*w5 + delta_o2*w7)*h1*(1 - h1)"
        in talk.after("learn", "hidden-delta", "--ascii", say="goto delta_h1")[0]
    )


def test_a_fault_in_a_telling_is_said_and_ends_nothing(
    talk: Talk, mistakes: list[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    told_before = loop.telling.told

    def boom(before: Session | None, after: Session) -> list[str]:
        if after.study is not None and after.study.place.step == 3:
            raise RuntimeError("boom")
        return told_before(before, after)

    monkeypatch.setattr(loop.telling, "told", boom)
    lines = talk("learn", "hidden-delta", say="step; step; back; step")
    assert "A mistake of nntutor's own: the last key has done nothing." in "\n".join(lines)
    assert talk.status == 0 and [str(one) for one in mistakes] == ["boom"]
    mistakes.clear()


AFTER = ("", "1", "0", "w5 = 0.3", "w1 = 0", "delta_h1", "until 0.1", "100", "curve", "seeds", "9", "ko", "-1", "1e-8",
         "depth = 3", "iteration 40", "x", "왜", "until nan", "999999999", "xor")  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_typed_is_answered_and_ends_nothing(seed: int, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_LONGEST", 10_000)  # one down to an error that is never reached takes its time
    rng = random.Random(seed)
    known = [word for word, action in vocabulary(DEFAULT).items() if action not in ("quit", "leave", "list")]
    typed = [f"{rng.choice([*known, ''])} {rng.choice(AFTER)}".strip() for _ in range(40)]
    lines = talk.lines("learn", rng.choice(LESSONS).id, typed="\n".join(typed) + "\n")
    assert talk.status == 0 and sum(line.startswith("> ") for line in lines) >= len(typed)
    for line, following in itertools.pairwise(lines):
        assert not (line.startswith("> ") and following.startswith("> ")), line
