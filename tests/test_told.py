"""What learners met: the words that a change made false, and what is said in their place."""

from __future__ import annotations

import re

import pytest
import screens
from test_following import at, screen, typed

from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint
from nntutor.tui.state.session import Session, Typed

# Lesson, stop, what is changed there (an action, or a line typed at `e`), what was said, what is said then.
TOLD = [
    ("start", "answer", "t1 = 5", "too low by 2", "too high by 2"),
    ("start", "slope", "t1 = 5", "below 0 because E falls", "above 0 because E rises"),
    ("start", "against", "t1 = 5", "w1 goes up", "w1 goes down"),
    ("start", "nudge", "more", "With w1 at 3 it is", "With w1 at 3.001 it is"),
    ("start", "better", "η = 0.5", "the slopes were enough", "η is too large"),
    ("start", "answer", "t1 = 5", "2만큼 작습니다", "2만큼 큽니다"),
    ("wall", "gap", "t1 = 1", "too high", "(right)"),
    (
        "wall",
        "line",
        "w2 = -5",
        "everything went up. After this row w1 = 1, w2 = 1",
        "everything went up. After this row w1 = 1, w2 = −4",
    ),
    ("wall", "learned", "w1 = -1", "From iteration 19 on", "Rows with ✓ so far: 3 of 4"),
    ("wall", "cycle", "w1 = 5", "Read the two lines below", "that is a cycle"),
    ("wall", "learned", "w1 = -1", "반복 19부터", "지금까지 4행 가운데 3행이 맞습니다"),
    ("by-hand", "second", "w3 = 0", "That is NAND", "h2 has the weights 0 and"),
    ("by-hand", "one-line", "w5 = 2", "all rows have ✓", "Rows with ✓: 3 of 4"),
    ("by-hand", "answer", "b_o1 = 0.5", "Hence the ✓ of this row", "Hence the ✗ of this row"),
    ("by-hand", "one-line", "w5 = 2", "모든 행에 ✓ 표시가 있습니다", "4행 가운데 3행이 맞습니다"),
    ("descent", "slope", "w1 = 3", "Negative: the curve falls", "Positive: the curve rises"),
    ("descent", "again", "η = 1e-9", "before the move it was", "It is still −6"),
    ("descent", "again", "η = 1e-9", "−6에서 −3이", "기울기는 여전히 −6"),
    ("deeper", "learns", "depth = 9", "all is well", "layer h1 moved by no more than"),
    ("deeper", "learns", "depth = 9", "학습이 잘됩니다", "만큼만 움직였습니다"),
    ("output-delta", "after", "t1 = 1", "w7과 w8은 올라갔습니다", "w7과 w8도 올라갔습니다"),
    ("descent", "creeping", "double", "creeps towards its goal", "w1 is at the bottom"),
    ("descent", "double", "double", "Here η = 0.125", "Here η = 0.25"),
    ("descent", "lands", "halve", "It lands at the bottom", "The bottom is at 2"),
    ("descent", "crosses", "more", "crosses to the other side, but ends nearer", "and ends no nearer"),
    ("descent", "swings", "less", "it swings", "E goes from"),
    ("descent", "diverges", "less", "it diverges", "it does not diverge"),
    ("descent", "diverges", "less", "발산합니다", "발산하지 않습니다"),
    ("neuron", "slope", "w1 = -1", "past its steepest part", "before its steepest part"),
    ("neuron", "update", "t1 = 1", "down, since o1 was too high", "up, since o1 was too low"),
    ("neuron", "and-learned", "w1 = -9", "every answer is on the right side", "of 4 answers are on the right side"),
    ("neuron", "update", "t1 = 1", "너무 컸으므로 줄어듭니다", "너무 작았으므로 커집니다"),
    ("old-weights", "too-small", "η = 0", "w1 goes the same way", "w1 moves in neither run"),
    ("old-weights", "too-small", "η = 1e-12", "it is 17 % smaller", "they hardly differ"),
    ("old-weights", "witness", "η = 1e-12", "어느 것이 그 결과와 맞을까요", "거의 같아서 가려내기 어렵습니다"),
    ("relu", "no-slope", "b_h1 = 2", "Here δ_h1 is 0 and 0", "Here one is on, and δ_h1 is 0.5152 and"),
    ("sgd", "wanders", "η = 0", "does not come to rest", "with η = 0 move 1000 hardly shows it"),
    ("sgd", "full-late", "η = 0.2", "takes E from", "leaves E near"),
    ("momentum", "zigzag", "η = 0", "0.09: it creeps", "0: it stays"),
    ("momentum", "first", "η = 0", "한 걸음 갔습니다", "0이어서 움직이지 않았습니다"),
    ("momentum", "zigzag", "η = 0", "작아서 조금씩만 갑니다", "0이어서 움직이지 않습니다"),
]


def after(session: Session, change: str) -> Session:
    if "=" not in change:
        return lint.ran(screens.pressed(session, change))
    return lint.ran(typed(session, change))


@pytest.mark.parametrize(("lesson", "stop", "change", "before", "then"), TOLD)
def test_in_place_of_what_a_change_makes_false_stands_what_is_so_then(
    lesson: str, stop: str, change: str, before: str, then: str
) -> None:
    language = "ko" if re.search("[가-힣]", before) else "en"
    session = at(screens.of_lesson(lesson, language, size=(120, 40)), stop)
    assert before in screen(session)
    assert then not in screen(session)
    changed = at(after(session, change), stop)
    assert then in screen(changed)
    assert before not in screen(changed)
    assert before in screen(at(screens.pressed(changed, "reset"), stop))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_target_that_a_lesson_hides_is_not_told_when_another_takes_its_place(language: str) -> None:
    session = screens.of_lesson("forward", language)
    assert session.study is not None and not session.study.targets_shown
    own = f"{session.study.timeline.original.samples.targets[0, 0]:g}"
    asked = screens.update(screens.pressed(session, "edit"), Typed("t1 = 0.625"))
    first = typed(session, "t1 = 0.625")
    second = typed(first, "t1 = 0.75")
    for shown, told in (
        (asked, "t1 ? → 0.625"),
        (first, "t1 ? → 0.625"),
        (second, "t1 0.625 → 0.75"),
        (screens.pressed(second, "undo"), "t1 0.75 → 0.625"),
        (screens.pressed(first, "undo"), "t1 0.625 → ?"),
        (screens.pressed(first, "reset"), "t1 0.625 → ?"),
    ):
        assert told in screen(shown)
        assert not re.search(rf"(?<![\d.]){re.escape(own)}(?![\d])", screen(shown))
    assert f"t1 {own} → 0.625" in screen(typed(at(session, "targets"), "t1 = 0.625"))


def test_a_target_set_out_of_reach_is_told_so() -> None:
    session = at(screens.of_lesson("output-delta"), "gap")
    assert "out of reach: the last activation, sigmoid" in screen(typed(session, "t1 = 5"))
    assert "out of reach" not in screen(typed(session, "t1 = 1"))
    assert "out of reach" not in screen(typed(session, "x1 = 5"))
