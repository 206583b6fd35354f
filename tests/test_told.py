"""What learners met: the words that a change made false, and what is said in their place."""

from __future__ import annotations

import re

import numpy as np
import pytest
import screens
from test_following import at, screen, spoken, typed
from test_session import typed as gone

from nntutor.core.notation.figures import figure
from nntutor.lessons.course import load
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES
from nntutor.tui import lint
from nntutor.tui.drawing.canvas.look import Look
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
    ("vanishing", "two", "depth = 1", "the product of 9 slopes", "With one hidden layer there is one slope"),
    ("neuron", "and-learned", "w1 = -9", "all on the right side of ½", "3 of 4 on the right side of ½"),
    (
        "xor",
        "same-delta",
        "w3 = 0.7",
        "They are the same, of course",
        "In this row they are the same, though the units are not",
    ),
    ("xor", "same-delta", "w3 = 0.7", "변화량도 같습니다", "이 행에서는 같지만 두 노드는 같지 않습니다"),
    ("neuron", "update", "w1 = -3", "down, since o1 was too high", "w1 stays near −3"),
    ("neuron", "update", "w1 = -3", "너무 컸으므로 줄어듭니다", "w1은 −3 근처 그대로입니다"),
    ("neuron", "update", "t1 = 1", "너무 컸으므로 줄어듭니다", "너무 작았으므로 커집니다"),
    ("old-weights", "too-small", "η = 1e-12", "the second is 17 % smaller", "they hardly differ"),
    ("old-weights", "parting", "η = 0", "From here on w5 is 0.4", "But w5 does not move here: it is 0.4 in both"),
    ("old-weights", "parting", "η = 0", "여기서부터 w5는", "여기서는 w5가 움직이지 않아"),
    ("old-weights", "witness", "η = 1e-12", "어느 것이 그 결과와 맞을까요", "차이가 E에 비해 너무 작아서"),
    ("relu", "no-slope", "b_h1 = 2", "Here δ_h1 is 0 and 0", "Here at least one is on, and δ_h1 is 0.5152 and"),
    ("sgd", "read", "x1[7] = 100", "is nearly round", "lesson's own numbers is set aside"),
    ("sgd", "read", "x1[7] = 100", "거의 둥글어서", "원래 숫자에 대한 설명은 뺐습니다"),
    ("sgd", "wanders", "η = 0", "does not come to rest", "here move 1000 hardly shows it"),
    ("sgd", "full-late", "η = 0.2", "takes E from", "leaves E near"),
    ("momentum", "zigzag", "η = 0", "0.09: it creeps", "0: it stays"),
    ("momentum", "first", "η = 0", "한 걸음 갔습니다", "0이어서 움직이지 않았습니다"),
    ("momentum", "zigzag", "η = 0", "작아서 조금씩만 갑니다", "0이어서 움직이지 않습니다"),
    ("momentum", "far", "μ = 0", "carries 10 times as far", "carries no farther"),
    ("momentum", "rate", "η = 0.05", "Does it?", "With μ = 0.403, η = 0.05"),
    ("momentum", "rate", "w1 = 0", "Measured", "A number was set on the way"),
    ("momentum", "rate", "η = 0.05", "정말 그럴까요?", "η = 0.05에서는 어떨까요?"),
    ("adam", "forget", "ρ = 0", "But look at their size", "The move of w2 is 1.00 η"),
    ("sgd", "one-sample", "w1 = 5", "Not even the sign", "but at another place on the map"),
    ("sgd", "one-sample", "w1 = 5", "부호마저", "지도 위의 다른 자리에서"),
    ("wall", "remember", "η = 0; w1 = -3", "so the line will move", "but with η at 0 nothing moves"),
    ("cycle", "lower", "t1 = 0.99", "Both have come nearer", "A target was changed on the way"),
    ("cycle", "lower", "t1 = 0.99", "둘 다 정답에 가까워졌습니다", "도중에 정답을 바꾸었으므로"),
    ("cycle", "curve", "η = 1e-9", "Steep at first", "E has hardly changed"),
    ("cycle", "curve", "η = 1e-9", "곡선이 가파릅니다", "E는 거의 그대로입니다"),
    ("output-delta", "slope", "w5 = 60", "It rises by 0.000187", "digits do not show it, 2.22e-16 times as far"),
    ("output-delta", "slope", "w5 = 60", "0.000187만큼 커졌으니", "자릿수로는 보이지 않을 만큼"),
    ("output-delta", "gap", "t1 = o1", "Here 0.751365 − 0.01 = +0.7414", "Here 0.751365 − 0.751365 = 0"),
    # Where the rows stand is told of the weights that the picture is drawn with, not of those that each row met.
    ("by-hand", "lands", "w2 = 0", "On the very same point", "The row (0,1) stood at (0,1)"),
    ("by-hand", "lands", "b_h1 = 5", "the mark says 2 now", "On the same point as (0,1)"),
    ("by-hand", "last-row", "b_h1 = 5", "Four rows, three places", "Could one line be enough there?"),
    ("by-hand", "lands", "w2 = 0", "똑같은 점", "(0,1) 행은 (0,1)에 있습니다"),
    ("by-hand", "last-row", "b_h1 = 5", "자리는 셋입니다", "여기서는 직선 하나로"),
]


def after(session: Session, change: str) -> Session:
    if "=" not in change:
        return lint.ran(screens.pressed(session, change))
    for line in change.split(";"):
        session = lint.ran(typed(session, line.strip()))
    return session


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


@pytest.mark.parametrize(
    ("language", "free", "enough"),
    [("en", "free", "for these rows one line is enough"), ("ko", "벗어났습니다", "직선 하나로도 충분합니다")],
)
def test_equal_units_that_get_all_rows_right_have_not_got_free(language: str, free: str, enough: str) -> None:
    """Rows that one line divides need no second one: the units are equal for ever."""
    session = screens.of_lesson("xor", language, size=(120, 40))
    equal = after(at(session, "equal"), "t1[1] = 0; t1[2] = 0")
    for stop in ("for-ever", "wall"):
        assert free not in spoken(at(equal, stop))
    assert enough in spoken(at(equal, "wall")) and enough not in spoken(at(session, "wall"))
    assert free in spoken(at(after(at(session, "wall"), "more"), "wall"))
    begun = lint.ran(gone(at(session, "free"), "iteration 1"))
    assert free not in spoken(at(after(begun, "w4 = 0.5; t1[1] = 0; t1[2] = 0"), "free"))
    assert free in spoken(at(session, "free"))


@pytest.mark.parametrize(("language", "stuck"), [("en", "it is stuck"), ("ko", "갇혀 있습니다")])
def test_a_network_that_gets_all_rows_right_is_not_stuck(language: str, stuck: str) -> None:
    session = at(screens.of_lesson("xor", language), "stuck")
    assert stuck in spoken(session)
    begun = lint.ran(gone(session, "iteration 1"))
    assert stuck not in spoken(at(after(begun, "t1[0] = 0.3; t1[1] = 0.3; t1[2] = 0.31; t1[3] = 0.32"), "stuck"))


# Lesson, stop, what is changed there, which choice is taken, what was said of it, what is said then.
CHOSEN = [
    ("xor", "same-delta", "w4 = 0.6", 1, "Equal outputs, equal weights", "equal in all. They are not"),
    ("xor", "same-delta", "w5 = 0.7", 3, "no difference that could grow", "is right. So their slopes differ"),
    ("output-delta", "gradient", "t1 = 0.99", 1, "is tempting", "E falls as w5 rises, so w5 has to rise"),
    ("output-delta", "gradient", "t1 = 0.99", 2, "so w5 has to fall", "Only a positive slope"),
    ("hidden-delta", "from-o1", "w5 = -3", 2, "what o1 wants", "would have to be above 0. ↑"),
    ("momentum", "velocity", "μ = 0", 2, "fades by μ in each iteration", "nothing of the older moves is left"),
    ("momentum", "velocity", "μ = 0", 3, "is still there", "is right. With μ = 0"),
    ("xor", "same-delta", "w4 = 0.6", 1, "변화량도 같습니다", "그런데 같지 않습니다"),
    ("output-delta", "gradient", "t1 = 0.99", 2, "w5를 줄여야", "기울기가 양수일 때뿐입니다"),
]


@pytest.mark.parametrize(("lesson", "stop", "change", "choice", "before", "then"), CHOSEN)
def test_what_is_said_of_a_choice_is_so_after_a_change(
    lesson: str, stop: str, change: str, choice: int, before: str, then: str
) -> None:
    language = "ko" if re.search("[가-힣]", before) else "en"

    def said(session: Session) -> str:
        return screen(screens.pressed(session, "ask", *["unit_next"] * choice, "continue"))

    session = at(screens.of_lesson(lesson, language, size=(120, 40)), stop)
    changed = after(session, change)
    assert before in said(session) and then not in said(session)
    assert before not in said(changed) and then in said(changed)


@pytest.mark.parametrize(
    ("language", "before", "then"),
    [("en", "17 % too small", "not what the check has measured"), ("ko", "17% 더 작습니다", "확인한 값과 다릅니다")],
)
def test_a_gradient_of_the_other_sign_is_not_said_to_be_too_small(language: str, before: str, then: str) -> None:
    def said(session: Session) -> str:
        return screen(screens.pressed(session, "ask", "check", "escape", "ask", *["unit_next"] * 2, "continue"))

    session = at(screens.of_lesson("old-weights", language, size=(120, 40)), "witness")
    assert before in said(session)
    assert then in said(after(session, "η = 5"))


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


@pytest.mark.parametrize(
    ("language", "claim"), [("en", "Here the first layer moves too"), ("ko", "여기서는 첫 번째 층도 움직입니다")]
)
def test_how_far_a_layer_has_moved_is_counted_from_where_the_run_began(language: str, claim: str) -> None:
    """A weight that was set before the first iteration has not been moved to there."""
    begun = typed(screens.of_lesson("vanishing", language, size=(120, 40)), "w1 = 60")
    session = at(begun, "moved")
    study = session.study
    assert study is not None and claim not in spoken(session)
    first, here = (study.timeline.trace_of(iteration).array("weight", 1) for iteration in (1, 200))
    assert first[0, 0] == 60.0
    (row,) = (line for line in screens.lines(session) if line[1:4] == "h1 " and "━" in line)
    assert Look().figure(float(np.mean(np.abs(here - first))), digits=2) in row


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("lesson", "stop"), [("vanishing", "moved"), ("vanishing", "depth")])
def test_how_far_a_layer_has_moved_is_the_same_in_the_text_and_in_the_picture(
    language: str, lesson: str, stop: str
) -> None:
    """Also where a weight has been set in the iteration of the stop."""
    session = typed(at(screens.of_lesson(lesson, language, known=True), stop), "w1 = 60")
    (row,) = (line for line in screens.lines(session) if line[1:4] == "h1 " and "━" in line)
    assert row.split()[-1] in spoken(session)


def test_a_target_set_out_of_reach_is_told_so() -> None:
    session = at(screens.of_lesson("output-delta"), "gap")
    assert "out of reach: the last activation, sigmoid" in screen(typed(session, "t1 = 5"))
    assert "out of reach" not in screen(typed(session, "t1 = 1"))
    assert "out of reach" not in screen(typed(session, "x1 = 5"))


@pytest.mark.parametrize(
    ("lesson", "stop", "said", "then"),
    [
        ("descent", "any-weight", "after 0 moves", "is where we stand."),
        ("descent", "slope", "is the slope at the ●", "is the slope at w1 = 0.5"),
        ("neuron", "slope", "Find the ●", "At net = 1.5"),
        ("relu", "function", "The ● is", "A unit that is on"),
        ("momentum", "far-on", "Iteration 41 is about to begin", "Each run has a map"),
        ("sgd", "single-move", "Only this run has moved", "All three runs stand side by side"),
        ("descent", "slope", "이것이 ● 자리의", "w1 = 0.5인 자리의"),
    ],
)
def test_a_text_that_a_run_leaves_behind_points_to_no_mark_of_another_place(
    lesson: str, stop: str, said: str, then: str
) -> None:
    language = "ko" if re.search("[가-힣]", said) else "en"
    session = at(screens.of_lesson(lesson, language, size=(120, 40)), stop)
    assert said in screen(session)
    run = lint.ran(screens.pressed(session, "run", "continue"))
    assert run.study is not None and run.study.timeline.iteration > 1
    assert said not in screen(run) and then in screen(run)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_is_made_of_nothing_offers_no_jump(language: str) -> None:
    session = screens.pressed(at(screens.of_lesson("neuron", language), "flat"), "why")
    said = words.load(language)
    assert said.say("why_panel.nothing") in screen(session)
    assert said.say("keys.open") not in screens.lines(session)[-1]
    there = screens.pressed(at(screens.of_lesson("neuron", language), "with-w"), "why")
    assert said.say("why_panel.nothing") not in screen(there) and said.say("keys.open") in screens.lines(there)[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_the_sheet_of_the_last_lesson_gives_can_be_read_where_its_text_says(language: str) -> None:
    session = at(screens.of_lesson("problem", language), "paper")
    assert session.study is not None and "v" in re.findall(
        r"\*\*(.)\*\*", load.text("problem", language).stops["paper"].text
    )
    seen = ""
    for _ in range(4):
        session = screens.pressed(session, "view")
        seen += screen(session)
    problem = session.study.timeline.problem
    biases = [
        float(bias) for layer in problem.network.layers for bias in (layer.bias if layer.bias is not None else ())
    ]
    assert len(biases) == 4
    assert all(f" {figure(bias, 4)} " in seen or f"[{figure(bias, 4)}]" in seen for bias in biases)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("stop", ["paper", "hand-in"])
def test_numbers_of_ones_own_are_asked_for_only_where_they_are_taken(language: str, stop: str) -> None:
    """After a change there is nothing to compare them with: 0 comes first."""
    session = at(screens.of_lesson("problem", language, known=True), stop)
    changed = typed(session, "w1 = 2")
    assert screens.pressed(changed, "parting").study.panel is None  # type: ignore[union-attr]
    assert re.search("press 0 first|0 brings these back|먼저 0 키를|0 키를 누르면 처음 수로", spoken(changed))
    assert spoken(screens.pressed(changed, "reset")) == spoken(session) != spoken(changed)


ADAM = [
    ("equal", "ε = 1", "Δw3", "as long as ε is small", "ε이 그보다 훨씬 작고"),
    ("uncorrected", "β₂ = 0.5", "Δw3", "With β₂ much nearer to 1 than β₁", "β₂가 β₁보다 1에 훨씬 가까우면"),
    ("corrected", "β₁ = 0", "m̂_w1", "only 1 − β₁ᵏ of its size", "제 크기의 1 − β₁ᵏ배"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("stop", "change", "symbol", "en", "ko"), ADAM)
def test_what_a_step_of_adam_says_of_its_size_is_so_with_other_rates(
    language: str, stop: str, change: str, symbol: str, en: str, ko: str
) -> None:
    session = typed(at(screens.of_lesson("adam", language, size=(100, 40), known=True), stop), change)
    back = screens.pressed(session, "back")
    assert symbol in "".join(screens.lines(back))
    assert (en if language == "en" else ko) in spoken(back)


def test_a_bar_is_shorter_again_only_where_one_was_before() -> None:
    session = at(screens.of_lesson("vanishing", known=True), "two")
    assert "The bar is shorter again." in spoken(session)
    assert "The bar is shorter." in spoken(at(screens.pressed(session, "less"), "two"))
