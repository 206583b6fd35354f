"""What a stop says is true of the numbers beside it, whatever a learner has changed."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from strategies import share

from nntutor.core.engine.trace import Trace
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.core.notation.symbols import SYMBOL
from nntutor.core.rules.optimizers import RATE_FIELDS, in_range
from nntutor.lessons.course import holes, load
from nntutor.lessons.course.model import AuthorError, Lesson, Stop
from nntutor.lessons.language import why, words
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.posing import posed
from nntutor.tui import lint
from nntutor.tui.drawing.pages import prose
from nntutor.tui.state import edits, moves
from nntutor.tui.state.session import Session, Typed
from nntutor.tui.state.study import Study, asked

LESSONS = load.lessons()
TWICE = re.compile(
    r"(\S*\d) instead of \1(?![\d.]*\d)|\b(?:E|o1)(?: goes| went| has come)? from (\S*\d)[^.;]{0,30}? to \2(?![\d.]*\d)"
)


def at(session: Session, stop: str) -> Session:
    """The session at a stop, what leads there run."""
    study = session.study
    assert study is not None
    assert study.lesson is not None
    number = next(n for n, one in enumerate(study.lesson.stops) if one.id == stop)
    return lint.ran(replace(session, study=moves.at_stop(study, number)))


def screen(session: Session) -> str:
    """The words on the screen, lines joined."""
    return re.sub(r"\s+", " ", " ".join(screens.lines(session)))


def spoken(session: Session) -> str:
    """The text at hand, without its marks."""
    assert session.study is not None
    said = prose.prose(session, session.study, words.load(session.language))
    return re.sub(r"\s+", " ", said.replace("**", "").replace("½", "0.5"))


def typed(session: Session, line: str) -> Session:
    return screens.pressed(screens.update(screens.pressed(session, "edit"), Typed(line)), "continue")


# The words of trial A: what stood beside other numbers after t1 = 0.99, and what is so then.
CLAIMS = [
    ("gap", "It is positive: o1 is too high", "It is negative: o1 is too low"),
    ("down-and-up", "is positive: o1 has to come down", "is negative: o1 has to go up"),
    ("gradient", "It goes down, since E rises with w5", "It goes up, since E falls as w5 rises"),
    ("update", "It goes down, as o1 has to", "It goes up, as o1 has to"),
    ("after", "w5 and w6 went down", "w5 and w6 went up"),
    ("gap", "양수이므로 o1이 너무 크고", "음수이므로 o1이 너무 작고"),
    ("down-and-up", "양수입니다. o1은 내려가야", "음수입니다. o1은 올라가야"),
    ("gradient", "내려가야 합니다. w5가 커지면 E도", "올라가야 합니다. w5가 커지면 E는"),
    ("update", "o1이 내려가야 하니", "o1이 올라가야 하니"),
    ("after", "w5와 w6은 내려갔고", "w5와 w6은 올라갔고"),
]


@pytest.mark.parametrize(("stop", "before", "after"), CLAIMS)
def test_the_output_layer_says_what_is_so_after_its_target_has_been_raised(stop: str, before: str, after: str) -> None:
    session = at(
        screens.of_lesson("output-delta", "en" if before.isascii() else "ko", size=(120, 40), known=True), stop
    )
    assert before in screen(session)
    assert after not in screen(session)
    changed = typed(session, "t1 = 0.99")
    assert after in screen(changed)
    assert before not in screen(changed)
    assert before in screen(screens.pressed(changed, "reset"))


# Where weights hardly move, or cross to the other side, two equal numbers stood there as if they were two.
EXTREMES = [
    ("start", "better", "0.4", "and E stays about 2"),
    ("start", "better", "1e-17", "the answer is 7, and E stays about 2"),
    ("output-delta", "after", "0", "about the same E, 0.2984"),
    ("hidden-delta", "after", "1e-9", "about the same E, 0.2984"),
    ("cycle", "lower", "1e-9", "That is hardly a change"),
    ("descent", "swings", "1e-9", "w1 stays near 0.5000, and E stays near 4.500"),
    ("descent", "say", "1/2", "the eighth move leaves E at 4.5"),
    ("momentum", "half", "0", "leaves E near 18"),
    ("sgd", "full-move", "0", "with η = 0 leaves w1 near −1"),
    ("vanishing", "crawl", "0", "E is still about 0.4822. What lets the error through is the slope"),
]


@pytest.mark.parametrize(("lesson", "stop", "rate", "told"), EXTREMES)
def test_a_number_that_stays_is_not_said_as_two(lesson: str, stop: str, rate: str, told: str) -> None:
    session = at(typed(at(screens.of_lesson(lesson, known=True), stop), f"η = {rate}"), stop)
    assert told in screen(session)
    assert not TWICE.search(screen(session))


# What stood there of a number that the change had not made, and of a way that it does not take.
UNSAID = [
    ("descent", "creeping", "w1 = 7", "times as long"),
    ("descent", "crosses", "x1 = 1", "No move goes past"),
    ("descent", "crosses", "w1 = 7", "ends nearer"),
    ("adam", "forget", "ε = 1", "since s started at 0"),
    ("adam", "mean", "β₁ = 0", "Too small"),
    ("momentum", "first", "w1 = 0", "is not the way to the goal"),
    ("momentum", "far", "η = 3", "comes to rest"),
    ("vanishing", "crawl", "η = 0", "It crawls"),
    ("vanishing", "crawl", "w1 = 0", "It crawls"),
    ("relu", "never", "w1 = 0", "as at the start"),
    ("old-weights", "too-small", "η = 0", "goes the same way"),
    ("old-weights", "new-weight", "η = 0", "the check would have caught the bug"),
    ("xor", "drop", "η = 20", "the drop"),
    ("sgd", "single-move", "η = 0", "Only this run has moved"),
    ("sgd", "full-move", "η = 3", "straight down the slope"),
    ("sgd", "counter", "η = 0", "are not straight"),
    ("momentum", "zigzag", "μ = 0.9", "it crosses"),
    ("momentum", "zigzag", "w1 = 0", "it creeps"),
    ("momentum", "why", "μ = 0.9", "stop the zigzag"),
    ("momentum", "why", "w2 = 0", "stop the zigzag"),
    ("momentum", "why", "w1 = 0", "the creeping worse"),
    ("momentum", "velocity", "μ = 0", "still moves"),
    ("momentum", "far-on", "η = 0", "is not always better"),
    ("momentum", "rate", "η = 1", "it comes down"),
    ("adam", "own-rate", "ε = 1", "is tiny"),
    ("adam", "equal", "x1 = 1e9", "a million times apart"),
    ("adam", "equal", "x1 = 200", "a million times apart"),
    ("vanishing", "far", "t1 = 1", "But at"),
    ("neuron", "with-out", "w1 = 40", "Nearly the same"),
    ("neuron", "with-net", "w1 = 40", "close to the slope"),
    ("start", "slope", "w1 = 3.9999", "because E falls when w1 rises"),
    ("wall", "by-key", "t1 = 1", "more than one solution"),
    ("by-hand", "next-row", "b_o1 = 3", "The arrow beside the line"),
    ("by-hand", "last-row", "t1 = 1", "Four rows, three places"),
    ("descent", "move", "η = 1", "the ● 1 where we are"),
    ("descent", "creeping", "x1 = 0", "The label at the top right"),
    ("descent", "double", "x1 = 0", "label"),
    ("descent", "why-lands", "x1 = 0", "Descent has arrived"),
    ("neuron", "flat", "b_o1 = -1.5", "wherever net lies"),
    ("start", "slope", "t1 = 7.001", "stays near"),
    ("neuron", "slope", "w1 = 50", "Find the ● in both plots"),
    ("xor", "start", "t1[0] = o1[0]", "for every answer is near"),
    ("xor", "not-stuck", "t1[0] = o1[0]", "small because"),
    ("xor", "not-stuck", "t1[0] = o1[0]", "That makes a plateau"),
    ("vanishing", "all", "t1 = o1", "would leave less"),
    ("adam", "sizes", "t1 = 0", "slopes differ like this"),
    ("sgd", "full-move", "η = 0", "straight down the slope"),
    ("old-weights", "witness", "w1 = 600", "agrees with that"),
    ("old-weights", "new-weight", "w1 = 600", "the check would have caught the bug"),
    ("xor", "solved", "w1 = 0; w2 = 0", "Look at the two"),
    ("xor", "wall", "η = 1e-6", "has run into the wall"),
    ("xor", "stuck", "seed = 7; η = 0", "it is stuck for as long"),
    ("vanishing", "learns-not", "η = 1e-6", "The last layers could learn"),
    ("momentum", "first", "η = 0", "the arrow at the ●"),
    ("momentum", "share", "η = 0; w2 = -1", "Across they are opposite"),
    ("momentum", "half", "η = 0.01", "alternate less"),
    ("momentum", "velocity", "η = 0", "still moves"),
    ("momentum", "push", "η = 0", "The arrow at the ●"),
    ("momentum", "nesterov", "w2 = 0", "would diverge across"),
    ("adam", "mean", "x1 = 0", "Too small"),
    ("adam", "saddle", "w1 = 0", "leads to the middle"),
    ("start", "better", "η = 1e-6", "the slopes were enough"),
    ("wall", "or", "η = 0", "each wrong row pulls it"),
    ("descent", "move", "t1 = o1; η = 3", "the arrow at the edge"),
    ("descent", "move", "w1 = 1.9; η = 1", "the arrow at the edge"),
    ("descent", "crosses", "w1 = 0", "w1 goes from"),
    ("descent", "diverges", "x1 = -1", "the same curve each time"),
    ("descent", "diverges", "η = 2/1.21; x1 = 1.1", "each move ends higher"),
    ("output-delta", "gradient", "η = 0", "It goes down"),
    ("hidden-delta", "sum", "w5 = 1e-9", "With one of the outputs left out"),
    ("cycle", "moved", "η = 0", "A steep slope makes a long step"),
]


@pytest.mark.parametrize(("lesson", "stop", "change", "claim"), UNSAID)
def test_a_claim_that_a_change_makes_false_is_left_out(lesson: str, stop: str, change: str, claim: str) -> None:
    session = at(screens.of_lesson(lesson, known=True), stop)
    assert claim in " ".join(load.text(lesson, "en").stops[stop].text.replace("**", "").split())
    for one in change.split("; "):
        session = lint.ran(typed(session, one))
    assert claim not in spoken(at(session, stop))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("change", ["η = 100", "b_o1 = 5", "t1[2] = o1[2]"])
def test_slopes_that_do_not_cancel_are_not_said_to(language: str, change: str) -> None:
    claim = {"en": "these nearly cancel", "ko": "기울기가 거의 상쇄됩니다"}[language]

    def answered(session: Session) -> str:
        return screen(screens.pressed(session, "ask", "unit_next", "unit_next", "continue"))

    session = at(screens.of_lesson("xor", language, known=True), "stuck")
    assert claim in answered(session)
    changed = answered(at(lint.ran(typed(session, change)), "stuck"))
    assert claim not in changed and {"en": "moves the other as well", "ko": "다른 답도 함께"}[language] in changed


@pytest.mark.parametrize("language", LANGUAGES)
def test_gradients_that_no_difference_of_errors_shows_are_not_told_apart_by_the_check(language: str) -> None:
    asks = {"en": "Which of the two columns is it?", "ko": "두 열 가운데 어느 쪽입니까?"}[language]
    session = at(screens.of_lesson("old-weights", language, known=True), "witness")
    assert asks in screen(screens.pressed(session, "ask", "check", "escape"))
    assert asks not in screen(screens.pressed(typed(session, "w1 = 600"), "ask", "check", "escape"))


@pytest.mark.parametrize(
    ("language", "stays", "claim"),
    [("en", "It stays.” is right", "Only a slope of 0"), ("ko", "그대로 둡니다.”", "기울기가 0일 때뿐")],
)
def test_with_no_rate_a_weight_is_not_said_to_follow_its_slope(language: str, stays: str, claim: str) -> None:
    session = typed(at(screens.of_lesson("output-delta", language, known=True), "gradient"), "η = 0")
    answered = screen(screens.pressed(session, "ask", "unit_previous", "continue"))
    assert stays in answered and claim not in answered and "η" in answered


@pytest.mark.parametrize(
    ("language", "change", "told"),
    [
        ("en", "x1 = 0", "no η moves w1: 0 brings"),
        ("ko", "x1 = 0", "η가 얼마든 w1은 움직이지 않습니다"),
        ("en", "w1 = 5", "A number was changed on the way: 0 brings"),
        ("ko", "w1 = 5", "도중에 고친 수가 있습니다"),
    ],
)
def test_an_act_that_cannot_be_done_with_the_numbers_at_hand_says_so(language: str, change: str, told: str) -> None:
    lesson = screens.of_lesson("descent", language, known=True)
    first = at(lesson, "any-weight" if change == "x1 = 0" else "double")
    session = at(typed(first, change), "double")
    assert told in spoken(screens.pressed(session, "ask"))
    assert told not in spoken(screens.pressed(at(lesson, "double"), "ask"))


@pytest.mark.parametrize(("language", "claim"), [("en", "lead to the same slope"), ("ko", "같은 기울기가 나옵니다")])
def test_a_slope_that_the_check_does_not_show_is_not_said_to_be_measured(language: str, claim: str) -> None:
    session = at(screens.of_lesson("cycle", language, known=True), "claim")
    assert claim in spoken(screens.pressed(session, "ask", "check", "escape"))
    assert claim not in spoken(screens.pressed(typed(session, "w1 = 600"), "ask", "check", "escape"))


@pytest.mark.parametrize(("bias", "arrow"), [("58", False), ("59", True), ("80", True), ("-62", True)])
def test_a_place_beyond_the_axis_is_an_arrow_in_the_picture_where_it_is_one_in_the_text(bias: str, arrow: bool) -> None:
    """Half a cell beyond its last number it was a ● still, and the text spoke of an arrow."""
    for size in ((80, 24), (100, 30)):
        session = typed(at(screens.of_lesson("neuron", size=size, known=True), "flat"), f"b_o1 = {bias}")
        picture = " ".join(screens.lines(session)[2 : size[1] // 2])
        assert ("arrow at the edge" in spoken(session), "●→" in picture or "←●" in picture) == (arrow, arrow)


# The change is made in the one run, and the other's text speaks of both.
IN_ANOTHER_RUN = [
    ("momentum", "plain", "η = 0.03", "half", "The signs alternate less"),
    ("momentum", "plain", "w2 = 0", "half", "The signs alternate less"),
    ("adam", "saddle-adam", "w2 = 5", "leaves", "a tiny slope is enough"),
    ("adam", "saddle-nesterov", "η = 1.2", "leaves", "left first"),
    ("adam", "ravine-momentum", "η = 0.16", "race-two", "does not mind"),
    ("adam", "ravine-sgd", "η = 0.32", "race-two", "advantage is gone"),
    ("momentum", "plain", "w2 = 0", "half", "with μ = 0 it led to"),
    ("momentum", "half", "w2 = 0", "far", "with μ = 0.5 it led to"),
    ("momentum", "half", "w1 = -3", "far-on", "is not always better"),
    ("momentum", "momentum", "w1 = -8", "brakes", "It notices earlier"),
    ("momentum", "half", "w1 = -8", "rate", "is ahead of"),
    ("momentum", "half", "w1 = -3", "theory", "are not long"),
    ("relu", "sigmoid", "t1 = o1", "swap", "rose from"),
    ("relu", "sigmoid", "seed = 2", "swap", "rose from"),
    ("relu", "sigmoid", "x1 = 0", "tanh-layers", "far more than the sigmoid"),
    ("relu", "sigmoid", "t1 = o1", "tanh-layers", "far more than the sigmoid"),
]


@pytest.mark.parametrize(("lesson", "run", "change", "stop", "claim"), IN_ANOTHER_RUN)
def test_what_another_run_makes_false_is_left_out(lesson: str, run: str, change: str, stop: str, claim: str) -> None:
    session = screens.of_lesson(lesson, known=True)
    assert session.study is not None
    assert claim in spoken(at(session, stop))
    there = replace(session, study=replace(session.study, run=run))
    assert claim not in spoken(at(lint.ran(typed(there, change)), stop))


@pytest.mark.parametrize("share", ["0.5", "0.9"])
def test_signs_alternate_less_than_without_momentum_whatever_momentum_the_other_run_has_been_given(share: str) -> None:
    session = lint.ran(typed(at(screens.of_lesson("momentum", known=True), "share"), f"μ = {share}"))
    assert "alternate less than without momentum" in spoken(at(session, "half"))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
def test_the_arrow_that_a_text_speaks_of_is_in_the_picture_also_where_it_is_shorter_than_a_cell(
    size: tuple[int, int],
) -> None:
    session = at(screens.of_lesson("momentum", size=size, known=True), "push")
    assert "The arrow at the ●" in spoken(session)
    assert any(re.search("●(→|.→)", line) for line in screens.lines(session))


def test_a_path_is_almost_at_the_goal_by_its_own_start_however_far_the_other_run_has_been_thrown() -> None:
    session = screens.of_lesson("momentum", known=True)
    thrown = lint.ran(typed(at(session, "zigzag"), "η = 3"))
    assert "almost at the goal" in spoken(at(thrown, "half"))
    assert "almost at the goal" not in spoken(lint.ran(typed(at(thrown, "half"), "η = 1e-6")))


@pytest.mark.parametrize(
    ("run", "stop", "claim"), [("plain", "half", "with μ = 0 it led to"), ("half", "far", "it led to")]
)
def test_where_a_weight_set_by_hand_has_led_is_not_put_down_to_the_momentum(run: str, stop: str, claim: str) -> None:
    session = screens.of_lesson("momentum", known=True)
    assert session.study is not None and claim in spoken(at(session, stop))
    study = replace(session.study, run=run)
    there = replace(session, study=moves.to(study, 5, 1))
    changed = at(typed(lint.ran(there), "w1 = 100"), stop)
    assert claim not in spoken(changed) and "set aside; 0 goes back" in screen(changed)


@pytest.mark.parametrize(("language", "claim"), [("en", "has not got far"), ("ko", "얼마 나아가지 못했습니다")])
def test_a_network_that_began_without_an_error_is_not_said_to_have_got_nowhere(language: str, claim: str) -> None:
    session = typed(at(screens.of_lesson("deeper", language, known=True), "count"), "t1 = o1")
    assert claim not in spoken(at(session, "learns"))


def test_signs_that_one_run_has_come_to_by_a_key_alternate_less_in_the_next_one_still() -> None:
    """The stop before invites the key, so that both runs have the same momentum by then."""
    session = lint.ran(screens.pressed(at(screens.of_lesson("momentum", known=True), "share"), "more"))
    assert "The signs alternate less" in spoken(at(session, "half"))


@pytest.mark.parametrize(("language", "share"), [("en", "only 0.85 of g: 850"), ("ko", "g의 0.85배인 850")])
def test_a_share_of_a_slope_is_said_in_as_many_digits_as_it_has(language: str, share: str) -> None:
    session = at(screens.of_lesson("adam", language, known=True), "mean")
    assert share in spoken(typed(session, "β₁ = 0.15"))


def test_of_two_units_that_are_on_it_is_not_said_that_one_is() -> None:
    session = typed(typed(at(screens.of_lesson("relu", known=True), "no-slope"), "b_h1 = 3"), "b_h2 = 3")
    assert "Here at least one is on" in spoken(session)


@pytest.mark.parametrize("batch", [1, 100])
def test_a_question_whose_choices_come_to_the_same_is_not_asked(batch: int) -> None:
    """“100: one for each batch” and “100: one for each sample” are both right then, and one was called wrong."""
    session = typed(at(screens.of_lesson("sgd", known=True), "four"), f"batch = {batch}")
    asked_there = screens.pressed(at(session, "hundred"), "ask")
    assert "How many updates is one epoch?" not in screen(asked_there)


# What came of several changes at the stop, where the text said what is so of one alone or of none.
AFTER_SEVERAL = [
    ("wall", "en", "line", "η = 0; t1 = 0", "should have been 0; with η at 0 nothing moved"),
    ("wall", "ko", "line", "η = 0; t1 = 0", "η가 0이어서 아무것도 움직이지 않았고"),
    ("wall", "ko", "line", "x1 = 0; x2 = 0", "바이어스만 움직였고"),
    ("wall", "en", "remember", "w1 = 0; w2 = 0; b_o1 = -1", "wrong, so the numbers will move"),
    ("wall", "en", "inequalities", "t1 = 0; w1 = 1", "A row was changed: the table has what that one asks for now"),
    ("wall", "ko", "inequalities", "x1 = 0; x2 = 1", "고친 행이 있어"),
    ("wall", "en", "inequalities", "w1 = 1; w2 = 1", "The table says which hold now. Can all four"),
    ("wall", "en", "line", "b_o1 = 5; w1 = 1", "Where net is 0 there is a line. Rows with ✓"),
    ("wall", "ko", "line", "b_o1 = 5; w1 = 1", "직선(결정 경계)입니다. 4행"),
    ("wall", "en", "chase", "w1 = 1; w2 = 1; b_o1 = 6", "The line itself now lies outside the picture."),
    ("wall", "en", "by-key", "t1 = 1", "perhaps no line parts these: 0 brings AND back."),
    ("wall", "ko", "most", "t1 = 0", "원래의 XOR로 돌아갑니다"),
    ("start", "en", "slope", "w1 = 3.9999", "−0.0004000, below 0, though this nudge goes past the lowest point."),
    ("start", "ko", "slope", "w1 = 3.9999", "0.001만큼 키우면 가장 낮은 점을 지나칩니다."),
    ("descent", "en", "double", "η = 1", "A ← or → at the edge: w1 has left the picture."),
    ("descent", "ko", "move", "η = 1", "○ 0은 있던 자리이고, 가장자리의 화살표는"),
    ("neuron", "en", "rounded", "w1 = 50", "it gives 1 (rounded)."),
    ("neuron", "en", "or", "b_o1 = 60", "never quite reaches 0 or 1 (the 1 above is rounded)."),
    ("forward", "en", "sigmoid", "b_h1 = 60", "and 1 comes out (rounded)."),
    ("forward", "ko", "first-output", "b_o1 = 60", "넣으면 반올림해서 1이 나옵니다."),
    ("forward", "en", "targets", "b_o1 = 50; b_o2 = 60", "Neither, but only because both are rounded:"),
    ("forward", "ko", "targets", "b_o1 = 50; b_o2 = 60", "반올림해서 같아졌을 뿐입니다."),
    ("forward", "en", "targets", "w7 = 0.4; w8 = 0.45", "Neither, they are equal: the sigmoid follows"),
    ("neuron", "en", "flat", "w1 = -50", "the arrow at the edge points to net = −100.1."),
    ("neuron", "ko", "flat", "w1 = -50", "net = −100.1은 가장자리의 화살표 너머에 있습니다."),
    ("descent", "en", "again", "η = 0; w1 = 7", "With η at 0 there is no move at all"),
    ("descent", "en", "creeping", "η = 1/4; t1 = 1", "w1 has come to the bottom and stays there"),
    ("old-weights", "en", "witness", "η = 1/1000", "only the later digits tell them apart"),
    ("old-weights", "en", "new-weight", "x1 = 0", "0.15 the other. It moves in neither run"),
    ("old-weights", "en", "witness", "η = 0", "are equal here, so that it cannot tell them apart"),
    ("xor", "en", "lines", "w5 = 0", "are not all it takes: here 2 of 4 rows are right"),
    ("xor", "ko", "lines", "w5 = 0", "직선만으로 되는 것은 아닙니다. 여기서는 4행 가운데 2행"),
    ("xor", "en", "bend", "η = 0", "r and watch them."),
    ("old-weights", "ko", "witness", "w1 = 600", "차이가 E에 비해 너무 작아서"),
    ("old-weights", "en", "too-small", "η = 0", "updated ones. They are equal."),
    ("old-weights", "ko", "parting", "η = 1e-12", "아홉 자리에 드러나지 않을 만큼"),
    ("old-weights", "en", "too-small", "w5 = 0.1", "The second is 2.4 times as large."),
    ("old-weights", "ko", "too-small", "w5 = 0.1", "앞의 것의 2.4배입니다"),
    ("hidden-delta", "en", "gradient", "w5 = 0; w7 = 0", "That of w1 is 0 because δ_h1 is"),
    ("hidden-delta", "ko", "gradient", "w5 = 0; w7 = 0", "δ_h1이 0이어서 w1의 기울기도 0입니다"),
    ("xor", "en", "equal", "b_h1 = 40", "out 0.6 and 0.6, and the biases are 40 and 0.2."),
    ("xor", "ko", "for-ever", "b_h1 = 40", "바이어스는 40, "),
    ("xor", "en", "same-delta", "w5 = 0; w6 = 0; b_h1 = 2", "into h2, and the biases are 2 and 0.2."),
    ("wall", "en", "learned", "η = 0", "this rule, with an η above 0, always finds one"),
    ("wall", "ko", "or", "η = 0", "어느 행도 직선을 움직이지 못합니다"),
    ("descent", "en", "swings", "η = 2/1.21; x1 = 1.1", "With η = 1.653 it swings"),
    ("descent", "ko", "move", "t1 = o1; η = 3", "● 1은 한 번 움직인 자리입니다"),
    ("neuron", "en", "and", "b_o1 = 60", "each row pulls as hard as its delta is large"),
    ("neuron", "en", "and-learned", "w1 = 2000; w2 = 2000; b_o1 = -3000", "(here it is rounded to 0)"),
    ("neuron", "ko", "and-learned", "w1 = 2000; w2 = 2000; b_o1 = -3000", "(여기서는 반올림해서 0)"),
    ("output-delta", "en", "gradient", "η = 0", "With η at 0 it stays, whatever its slope"),
    ("output-delta", "ko", "gradient", "η = 0", "η가 0이어서 기울기가 어떻든 움직이지 않습니다"),
    ("cycle", "en", "error", "x1 = 0", "It is worked out from all eight weights"),
]


@pytest.mark.parametrize(("lesson", "language", "stop", "changes", "told"), AFTER_SEVERAL)
def test_what_came_of_several_changes_is_what_is_told(
    lesson: str, language: str, stop: str, changes: str, told: str
) -> None:
    session = at(screens.of_lesson(lesson, language, known=True), stop)
    for change in changes.split("; "):
        session = lint.ran(typed(session, change))
    assert told in spoken(session)


@pytest.mark.parametrize(("language", "claim"), [("en", "Two equal units have one line"), ("ko", "직선도 하나뿐")])
def test_units_with_other_biases_are_not_said_to_be_equal(language: str, claim: str) -> None:
    session = at(screens.of_lesson("xor", language, known=True), "wall")
    assert claim in spoken(session) and claim not in spoken(typed(session, "b_h1 = 40"))


@pytest.mark.parametrize(("language", "claim"), [("en", "outside the picture"), ("ko", "그림 밖으로")])
def test_a_line_that_a_wider_picture_holds_is_not_said_to_lie_outside_of_it(language: str, claim: str) -> None:
    session = at(screens.of_lesson("wall", language, known=True), "chase")
    assert claim in spoken(session)
    for change in ("x1 = 3", "w1 = -2", "w2 = 0.5", "b_o1 = 5"):
        session = typed(session, change)
    assert "o1 ←" in screen(session) and claim not in spoken(session)


@pytest.mark.parametrize(
    ("stop", "language", "claim"),
    [
        ("learned", "en", "All rows have ✓"),
        ("learned", "ko", "모든 행에 ✓"),
        ("or-learned", "en", "Every row is right"),
        ("or-learned", "ko", "모든 행이 맞습니다"),
    ],
)
def test_rows_that_a_change_after_the_stop_made_wrong_are_not_said_to_be_right(
    stop: str, language: str, claim: str
) -> None:
    """The text stays while a run leads on; then a number is changed where the run has led."""
    session = typed(at(screens.of_lesson("wall", language, known=True), stop), "w1 = 2.5")
    assert claim in spoken(session)
    led_on = typed(lint.ran(screens.pressed(session, "run", "continue")), "b_o1 = 3")
    assert led_on.study.held is not None and "✗" in screen(led_on) and claim not in spoken(led_on)


@pytest.mark.parametrize(
    ("stop", "changes", "claim"),
    [
        ("line", "w1 = -1; w2 = -1; b_o1 = 0", "There is no line yet"),
        ("chase", "w1 = 1; w2 = 1; b_o1 = 6", "outside the picture"),
    ],
)
def test_a_line_that_a_run_has_brought_is_not_said_to_be_none_or_outside(stop: str, changes: str, claim: str) -> None:
    session = at(screens.of_lesson("wall", known=True), stop)
    for change in changes.split("; "):
        session = typed(session, change)
    assert claim in spoken(session)
    led_on = lint.ran(screens.pressed(session, "run", "continue"))
    assert led_on.study.held == session.study.stop and claim not in spoken(led_on)


@pytest.mark.parametrize("stop", ["lands", "last-row"])
def test_a_row_whose_target_was_changed_is_not_counted_among_the_filled_marks(stop: str) -> None:
    session = typed(at(screens.of_lesson("by-hand", known=True), "next-row"), "t1 = 0")
    assert "●2" not in spoken(at(session, stop)) and "two ●" not in spoken(at(session, stop))


@pytest.mark.parametrize(
    ("lesson", "stop", "changed", "told"),
    [
        ("wall", "by-key", "t1 = 1", "**0** brings AND back"),
        ("wall", "most", "t1 = 0", "**0** brings XOR back"),
        ("by-hand", "next-answer", "t1 = 0", "**0** brings XOR back"),
    ],
)
def test_what_is_to_be_done_with_the_rows_of_the_lesson_says_that_they_are_others(
    lesson: str, stop: str, changed: str, told: str
) -> None:
    session = screens.pressed(at(screens.of_lesson(lesson, known=True), stop), "ask")
    told = told.replace("**", "")
    assert told not in spoken(session) and told in spoken(typed(session, changed))


def test_more_digits_are_said_in_the_text_as_well() -> None:
    session = at(screens.of_lesson("descent", known=True), "crosses")
    more = screens.pressed(session, "digits")
    assert session.study is not None and more.digits > session.digits
    trace = session.study.trace
    moved = [trace.value(ref) for ref in (trace.find("w1⁺"),) if ref is not None]
    whole = [figure(value, more.digits) for value in moved]
    assert whole and all(one in spoken(more) and one not in spoken(session) for one in whole)


@pytest.mark.parametrize(("language", "bias"), [("en", "Then the bias is added."), ("ko", "끝에 바이어스를 더합니다.")])
def test_of_a_sum_without_a_bias_it_is_not_said_that_one_is_added(language: str, bias: str) -> None:
    for lesson, has_one in (("descent", False), ("start", True)):
        session = screens.pressed(screens.of_lesson(lesson, language, known=True), "iteration_next")
        assert session.study.step.ref.kind == "net"
        assert (bias in spoken(session)) is has_one


@pytest.mark.parametrize(("language", "less", "at_first"), [("en", "and less", "at first"), ("ko", "덜", "처음에는")])
def test_late_in_a_run_of_adam_it_is_not_said_to_move_by_the_rate_or_to_be_too_small(
    language: str, less: str, at_first: str
) -> None:
    study = at(screens.of_lesson("adam", known=True), "race-one").study
    trace = study.timelines["ravine-adam"].trace_of(51)
    assert abs(trace["Δw1"]) < trace["η"] / 10 and abs(trace["m̂_w1"] / trace["m_w1"] - 1) < 0.01
    for symbol, part in (("Δw1", less), ("m̂_w1", at_first)):
        ref = trace.find(symbol)
        assert part in why.sentence(words.load(language), trace, trace.step(trace.index_of(ref)))


def test_a_batch_of_more_samples_than_there_are_is_not_said_to_be_one() -> None:
    session = screens.of_lesson("sgd", known=True)
    assert "batch 100 → 7" in screen(typed(session, "batch = 7"))
    assert "“500” is no value that batch can have" in screen(typed(session, "batch = 500"))


@pytest.mark.parametrize(
    ("line", "language", "told"),
    [
        ("η = -2", "en", "expected a number of at least 0."),
        ("μ = 1", "en", "expected a number from 0 up to, but not, 1."),
        ("η = -2", "ko", "0 이상의 수만 됩니다."),
        ("μ = 1", "ko", "0 이상 1 미만의 수만 됩니다."),
    ],
)
def test_of_a_rate_that_cannot_be_its_own_range_is_said(line: str, language: str, told: str) -> None:
    """Of η it was said that shares are below 1, which η need not be."""
    assert told in screen(typed(screens.of_lesson("momentum", language, known=True), line))


def test_what_cannot_be_divided_is_left_out() -> None:
    for stop in ("forget", "uncorrected"):
        session = typed(at(screens.of_lesson("adam", size=(120, 40), known=True), stop), "η = 0")
        assert "nan" not in spoken(session) and " by η" not in spoken(session)
        assert len(spoken(session)) > len("RMSProp forgets")


def test_where_no_weight_has_moved_nothing_is_said_to_have_been_learned() -> None:
    session = at(typed(screens.of_lesson("cycle"), "η = 0"), "ten-thousand")
    session = at(typed(session, "t1 = 0.7"), "curve")
    assert "With η = 0 no weight has moved." in screen(session)
    assert "training" not in screen(session) and "Steep at first" not in screen(session)


def test_a_weight_that_was_typed_before_the_first_move_is_no_move() -> None:
    session = at(typed(screens.of_lesson("relu", known=True), "w1 = -3"), "sigmoid-not")
    found = re.search(r"h1 has moved by ([\de.−-]+)\.", spoken(session))
    assert session.study is not None and found is not None
    assert float(found[1]) < 0.01
    bars = screens.lines(replace(session, study=replace(session.study, view="layers")))
    assert f" {found[1]}" in next(row for row in bars if row[1:3] == "h1")


@pytest.mark.parametrize(
    ("lesson", "line", "key", "told"),
    [
        ("start", "w1 = 1e20", "more", "w1 stays 1e20"),
        ("neuron", "η = 0", "more", "η stays 0"),
        ("descent", "η = 0", "less", "η goes no further than 0"),
    ],
)
def test_a_key_that_is_too_little_for_a_number_is_not_told_as_the_end_of_what_it_may_be(
    lesson: str, line: str, key: str, told: str
) -> None:
    """0.001 more than 1e20 is 1e20, and twice 0 is 0: it was told that neither can be more."""
    assert told in screen(screens.pressed(typed(screens.of_lesson(lesson, known=True), line), key))


def test_up_and_down_again_is_the_lesson_s_own_number() -> None:
    session = at(screens.of_lesson("xor", known=True), "stuck")
    assert session.study is not None
    there = lint.ran(screens.pressed(lint.ran(screens.pressed(session, "more")), "more"))
    assert there.study is not None and there.study.trace["w4"] != session.study.trace["w4"]
    back = lint.ran(screens.pressed(lint.ran(screens.pressed(there, "less")), "less"))
    assert back.study is not None and back.study.trace["w4"] == session.study.trace["w4"]
    assert "stuck (changed)" in screen(there) and "stuck (changed)" not in screen(back)


def test_an_epoch_whose_last_batch_is_what_is_left_has_a_whole_number_of_updates() -> None:
    session = typed(at(screens.of_lesson("sgd", known=True), "four"), "batch = 3")
    asked = screen(screens.pressed(at(session, "hundred"), "ask"))
    assert "34: one for each batch." in asked and "moves 34" in asked
    single = typed(at(screens.of_lesson("sgd", known=True), "single-move"), "batch = 5")
    assert "the single one makes" not in spoken(at(single, "four"))


def test_a_run_that_takes_other_samples_at_once_is_not_told_as_the_one_that_a_text_names() -> None:
    session = typed(at(screens.of_lesson("sgd", known=True), "read"), "batch = 3")
    assert "with the full batch" not in spoken(at(session, "epoch")) and "for all it was" not in spoken(
        at(session, "one-sample")
    )
    turn = screens.pressed(at(screens.of_lesson("sgd", size=(120, 40), known=True), "counter"), "ask")
    assert "twenty samples" in screen(turn)
    assert "twenty samples" not in screen(lint.ran(typed(turn, "batch = 5")))


def test_networks_of_other_depths_are_not_compared_as_if_only_the_activation_were_another() -> None:
    session = screens.of_lesson("relu", known=True)
    for changed, told, said in (
        ("same", "swap", "rose from"),
        ("swap", "sigmoid-not", "no smaller"),
        ("same", "tanh-layers", "far more"),
    ):
        assert said in spoken(at(session, told))
        assert said not in spoken(at(typed(at(session, changed), "depth = 3"), told))


def test_where_nothing_comes_back_no_bar_is_said_to_reach_its_mark() -> None:
    session = typed(at(screens.of_lesson("vanishing", known=True), "quarter"), "b_o1 = 50")
    assert session.study is not None and not session.study.trace["∂E/∂w1"]
    assert "Here they" not in spoken(session)


def test_answers_that_differ_are_not_said_to_be_nearly_the_same() -> None:
    session = at(screens.of_lesson("xor", known=True), "stuck")
    assert "nearly the same answer" in screen(screens.pressed(session, "ask"))
    assert "nearly the same answer" not in screen(screens.pressed(typed(session, "w6 = 300"), "ask"))


def test_a_sample_is_counted_from_1_and_its_symbol_stands_beside() -> None:
    session = at(screens.of_lesson("neuron"), "and")
    assert session.study is not None
    assert "sample 1 of 4, written [0]" in screen(replace(session, study=replace(session.study, view="matrices")))


FIGURE = r"[+−]?\d+(?:\.\d+)?(?:e[−-]?\d+)?"
OPERAND = rf"(?:\(?{FIGURE}\)?|\(1 − {FIGURE}\))"
WORKED = re.compile(rf"(?<![\w.√])({OPERAND}(?: ?[·−+/] ?{OPERAND})+) = ({FIGURE})")
EXTREME = ("x1 = 20", "x1 = −20", "w1 = 1e3", "w1 = −1e3", "b_h1 = 25", "b_o1 = 25", "w5 = 1e3", "t1 = 1e6", "η = 1e3")
# In a product of four digits each, out(1 − out) lost its last ones where out is near 1.
FAR = [
    ("output-delta", "b_o1 = 4"), ("output-delta", "t1 = 0.75"), ("hidden-delta", "b_h1 = 5"),
    ("hidden-delta", "w5 = 1/3"), ("start", "w1 = 1/3"), ("descent", "w1 = 1/3"), ("neuron", "b_o1 = 4"),
    # In a product of any digits, where it is nearer to 1 than these tell.
    *((lesson.id, change) for lesson in LESSONS for change in EXTREME[:: 1 if lesson.number < 9 else 3]),
    *((lesson.id, "") for lesson in LESSONS),
]  # fmt: skip


def in_fractions(worked: str) -> Fraction:
    """What figures give as they stand: 1.00000·(1 − 1.00000) is 0, however small the number that it stands for."""
    sums = worked.replace("−", "-").replace("·", "*").replace("½", "0.5").replace("²", "**2").lstrip("+")
    return eval(re.sub(r"\d+(?:\.\d+)?(?:e-?\d+)?", r"Fraction('\g<0>')", sums), {"Fraction": Fraction})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "change"), FAR)
def test_what_the_text_works_out_gives_what_it_shows(name: str, change: str, language: str) -> None:
    session = screens.of_lesson(name, language, size=(120, 40), known=True)
    session = typed(session, change) if change else session
    study, found = session.study, 0
    for stop in study.lesson.stops if study is not None and study.lesson is not None else ():
        if study.timelines[stop.run].iteration + 100 < stop.iteration:
            continue  # far away, and no sum stands there
        for worked, result in WORKED.findall(spoken(at(session, stop.id))):
            shown, digits = float(result.replace("−", "-")), len(re.sub(r"e.*|\D", "", result).lstrip("0"))
            if worked.count("(") != worked.count(")"):
                continue  # the end of a formula with √ in it
            again = in_fractions(worked)
            unit = 10.0 ** (math.floor(math.log10(abs(shown) or 1.0)) - digits + 1)
            assert abs(again - shown) <= 0.51 * max(unit, abs(shown) * 1e-3), (stop.id, worked, result)
            found += 1
    assert found or not change or change in EXTREME


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_an_example_on_the_page_of_keys_can_be_typed(lesson: Lesson, language: str) -> None:
    session = screens.of_lesson(lesson.id, language, size=(100, 200), known=True)
    examples = re.findall(r" :(\S+(?: \d+)?)", screen(screens.pressed(session, "help")))
    assert len(examples) == 3
    for example in examples:
        gone = screens.pressed(screens.update(screens.pressed(session, "goto"), Typed(example)), "continue")
        assert gone.study is not None and gone.study.panel is None, example


@pytest.mark.parametrize(("language", "claim", "told"), [
    ("en", "the two ● lie across", "no longer those of XOR"), ("ko", "대각선으로 마주", "더는 XOR이 아닙니다"),
])  # fmt: skip
@pytest.mark.parametrize("change", ["t1 = 1", "x1 = 0.5"])
def test_of_two_points_across_is_spoken_as_long_as_the_targets_make_them(
    language: str, claim: str, told: str, change: str
) -> None:
    session = at(screens.of_lesson("wall", language), "xor")
    assert claim in spoken(session) and told not in spoken(session)
    changed = typed(session, change)
    assert claim not in spoken(changed) and told in spoken(changed)


OVERFLOWING = ("η = 1e300", "w1 = 1e200", "w2 = 1e308", "x1 = 1e200", "t1 = 1e200", "b_o1 = 1e308")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_no_text_says_that_a_number_is_infinite_or_none(lesson: Lesson, language: str) -> None:
    for change in OVERFLOWING:
        session = lint.ran(typed(screens.of_lesson(lesson.id, language, known=True), change))
        for stop in lesson.stops:
            if stop.iteration <= 60:
                assert not re.search(r"\b(?:inf|nan)\b", spoken(at(session, stop.id))), (change, stop.id)


# What was said of moves that have not been made, or that have led nowhere.
DIVERGED = [
    ("momentum", "zigzag", "Twelve moves", "열두 번 움직였고", "η = 1e300"),
    ("momentum", "first", "to the other wall", "맞은편 벽까지", "η = 1e300"),
    ("momentum", "first", "The steepest way is not", "가장 가파른 쪽이", "w1 = 1e200"),
    ("sgd", "full-move", "straight down the slope", "곧장", "η = 1e300"),
    ("sgd", "full-move", "is exact", "정확합니다", "x1 = 1e200"),
    ("sgd", "wanders", "hardly shows it", "거의 보이지", "η = 1e300"),
    ("cycle", "again", "set by hand", "직접 고친", "η = 1e300"),
    ("wall", "remember", "nothing moves", "아무것도 움직이지 않습니다", "η = 1e308"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "stop", "english", "korean", "change"), DIVERGED)
def test_what_a_run_that_has_diverged_does_not_show_is_not_said(
    name: str, stop: str, english: str, korean: str, change: str, language: str
) -> None:
    claim = english if language == "en" else korean
    session = at(screens.of_lesson(name, language, known=True), stop)
    assert claim in spoken(session) or stop in ("wanders", "again", "remember")
    assert claim not in spoken(at(lint.ran(typed(session, change)), stop))


# The same words stood beside every depth, and the stop was lost with the first layer taken away.
DEPTHS = [
    (
        "en",
        "the error of answering ½ to everything",
        "With 3 layers it has learned",
        "There are 2 here. By iteration 2000 h1",
    ),
    (
        "ko",
        "어떤 입력에든 ½이라고 답할 때의 오차",
        "층이 3개이면 학습이 됩니다",
        "은닉층이 2개 있습니다. 2000번째 반복까지 층 h1은",
    ),
]


@pytest.mark.parametrize(("language", "stuck", "learned", "counted"), DEPTHS)
def test_with_fewer_layers_the_lesson_on_vanishing_says_that_they_learn(
    language: str, stuck: str, learned: str, counted: str
) -> None:
    session = at(screens.of_lesson("vanishing", language, size=(120, 40), known=True), "learns-not")
    assert stuck in screen(session)
    session = at(session, "depth")
    for _ in range(7):
        session = lint.ran(screens.pressed(session, "less"))
    assert counted in screen(session)
    session = at(session, "learns-not")
    assert stuck not in screen(session)
    assert learned in screen(session)


@pytest.mark.parametrize("language", LANGUAGES)
def test_claims_about_the_lessons_own_numbers_are_set_aside_and_come_back(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = load.find("old-weights")
    assert lesson is not None
    stop = next(stop for stop in lesson.stops if stop.run == lesson.stops[0].run)
    original = load.text(lesson.id, language)
    prose = replace(original.stops[stop.id], text="{{if own}}Claim {{wrong:E}}.{{end}} Question?")
    text = replace(original, stops={**original.stops, stop.id: prose})
    monkeypatch.setattr(load, "text", lambda *_: text)
    told = {"en": "set aside; 0 goes back", "ko": "뺐습니다. 0 키로"}[language]
    session = at(screens.of_lesson("old-weights", language, known=True), stop.id)
    assert "Claim" in screen(session)
    assert told not in screen(session)
    # The text names the run called wrong, so that a change there counts too.
    other = replace(session.study, run="wrong")
    changed = edits.edited(other, other.trace.find("w1"), 0.3)
    for study in (edits.edited(session.study, session.study.trace.find("w1"), 0.3), replace(changed, run=stop.run)):
        aside = at(replace(session, study=replace(study, note=None)), stop.id)
        assert "Claim" not in screen(aside)
        assert "Question?" in screen(aside)
        assert told in screen(aside)
        assert "Claim" in screen(at(screens.pressed(aside, "reset"), stop.id))


@pytest.mark.parametrize(
    ("lesson", "stop", "line", "claim"),
    [
        ("hidden-delta", "from-o1", "depth = 3", "One line goes h1"),
        ("sgd", "counter", "batch = 10", "one at a time these are"),
        ("neuron", "and", "batch = 1", "all four rows"),
    ],
)
def test_of_another_network_nothing_is_said_that_speaks_of_the_lessons_own(
    lesson: str, stop: str, line: str, claim: str
) -> None:
    session = at(screens.of_lesson(lesson, size=(120, 40), known=True), stop)
    assert claim in screen(session)
    other = lint.ran(typed(session, line))
    assert claim not in screen(other) and "set aside; 0 goes back" in screen(other)
    assert claim in screen(lint.ran(screens.pressed(other, "reset")))


def test_on_a_surface_there_is_no_batch_that_would_set_the_text_aside() -> None:
    session = typed(at(screens.of_lesson("momentum", size=(120, 40), known=True), "ravine"), "batch = 2")
    assert "batch is no setting of this network" in screen(session)
    session = screens.pressed(session, "escape")
    assert "A ravine" in screen(session) and "set aside" not in screen(session)


@pytest.mark.parametrize("lesson", ["wall", "neuron", "xor"])
def test_the_rows_that_are_right_are_those_with_a_tick_in_the_picture(lesson: str) -> None:
    session = screens.of_lesson(lesson, size=(80, 40), known=True)
    seen = 0
    for stop in load.find(lesson).stops:
        session = at(session, stop.id)
        study = session.study
        if stop.view not in ("plane", "planes") or "✓" not in screen(session) + "✗":
            continue
        picture = screen(replace(session, study=replace(study, view="plane")))
        said = holes.fill("{{right}} {{rows}}", lambda *_, study=study: study.trace, {}, at=stop.at)
        drawn = (picture.count("✓"), picture.count("✗"))
        if sum(drawn) == len(study.trace.problem.samples):
            seen += 1
            assert said == f"{drawn[0]} {sum(drawn)}", stop.id
    assert seen


@pytest.mark.parametrize(
    ("lesson", "stop"), [("wall", "unit"), ("by-hand", "answer"), ("neuron", "and"), ("xor", "solved")]
)
def test_without_unicode_the_text_has_the_ticks_that_the_picture_has(lesson: str, stop: str) -> None:
    drawn = [
        Counter(re.findall(row_mark, screen(at(screens.of_lesson(lesson, style=style, known=True), stop))))
        for style, row_mark in (
            (Style.UNICODE, r"[●○](✓|✗)"),
            (Style.ASCII, rf"[Xo] ({ascii_look('✓')}|{ascii_look('✗')})\b"),
        )
    ]
    assert drawn[0] and drawn[1] == Counter({ascii_look(mark): count for mark, count in drawn[0].items()})


def typed_there(session: Session, stop: Stop, change: str) -> Session:
    """The session at a stop after a number has been typed there."""
    return at(lint.ran(typed(at(session, stop.id), change)), stop.id)


COUNTED = re.compile(r"\d (?:single )?(?:moves|iterations)\b|\d번(?!째| 수업)")
# What counts samples, and so moves, whatever the weights are; and where hundreds of networks would be trained anew.
ALWAYS_COUNTED = {("sgd", "counter"), ("sgd", "hundred"), ("sgd", "epoch"), ("xor", "seeds"), ("xor", "say")}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_no_number_is_said_to_have_come_of_moves_when_a_weight_was_set_after_them(lesson: Lesson) -> None:
    session, counts = screens.of_lesson(lesson.id, known=True), 0
    for stop in lesson.stops:
        if stop.iteration == 1 or (lesson.id, stop.id) in ALWAYS_COUNTED:
            continue
        here = at(session, stop.id)
        weight = "w2" if here.study.trace.find("w2") else "w1"
        changed = typed_there(here, stop, f"{weight} = {here.study.trace[weight] * 1.01 + 0.001}")
        assert not changed.study.timeline.is_unbroken
        for language in LANGUAGES:
            counts += bool(COUNTED.search(spoken(replace(here, language=language))))
            assert not COUNTED.search(spoken(replace(changed, language=language))), (stop.id, language)
    assert counts >= {"adam": 10, "momentum": 2}.get(lesson.id, 0)


# What stood there of training, beside a number that was typed; what is typed changes nothing of the claim's figures.
BY_HAND = [
    ("cycle", "curve", "That is training"),
    ("deeper", "learns", "So it learns"),
    ("xor", "drop", "This is the drop"),
    ("xor", "not-stuck", "They grow"),
    ("xor", "free", "free"),
    ("xor", "stuck", "hardly moved since iteration 1900"),
    ("relu", "learns", "It has learned"),
    ("vanishing", "crawl", "It crawls"),
    ("momentum", "zigzag", "They alternate"),
    ("momentum", "brakes", "It notices earlier"),
    ("momentum", "rate", "it comes down"),
    ("descent", "crosses", "ends nearer"),
    ("adam", "leaves", "left first"),
    ("adam", "beale", "AdaGrad is first"),
]


@pytest.mark.parametrize(("lesson", "stop", "claim"), BY_HAND)
def test_what_a_weight_set_by_hand_has_brought_about_is_not_put_down_to_training(
    lesson: str, stop: str, claim: str
) -> None:
    session = at(screens.of_lesson(lesson, known=True), stop)
    assert claim in spoken(session)
    study = session.study
    own = study.trace.value(study.trace.find("w1"))
    changed = typed_there(session, study.lesson.stops[study.stop], f"w1 = {own * (1 + 1e-9)}")
    assert claim not in spoken(changed)
    assert "set aside; 0 goes back" in screen(changed)
    assert claim in spoken(at(screens.pressed(changed, "reset"), stop))


@pytest.mark.parametrize(
    ("lesson", "stop", "weight"),
    [
        ("start", "better", "b_o1"),
        ("hidden-delta", "after", "w1"),
        ("descent", "creeping", "w1"),
        ("momentum", "half", "w1"),
        ("adam", "leaves", "w2"),
    ],
)
def test_what_a_move_leads_to_is_not_what_a_weight_is_set_to_after_it(lesson: str, stop: str, weight: str) -> None:
    session = at(screens.of_lesson(lesson, known=True), stop)
    later = typed(screens.pressed(session, "iteration_next"), f"{weight} = 77")
    assert not later.study.timeline.is_unbroken
    assert "0" in spoken(session) and spoken(session) == spoken(at(later, stop))


# A text is kept while a run leads on from its stop: there the plane has other ticks, the first line another E.
AT_THE_STOP = [
    ("wall", "by-key", "en", "rows with ✓ now"),
    ("wall", "by-key", "ko", "지금은 4행"),
    ("wall", "chase", "ko", "지금은 4행"),
    ("descent", "creeping", "en", "which the first line shows"),
    ("momentum", "zigzag", "ko", "첫 줄의 E"),
    ("start", "unit", "en", "The three rows above"),
    ("start", "unit", "ko", "위의 세 줄"),
    ("wall", "zero", "en", "The row at hand is (0,0), and it is wrong"),
    ("wall", "zero", "ko", "차례가 된 행은 (0,0)"),
    ("wall", "line", "en", "Rows with ✓: 1 of 4"),
    ("wall", "line", "ko", "4행 가운데 1행이"),
    ("wall", "line", "en", "the arrow beside it"),
    ("neuron", "with-out", "en", "the ratio above it"),
    ("neuron", "with-net", "ko", "표의 비율"),
    ("neuron", "with-net", "en", "one is missing"),
    ("neuron", "with-w", "en", "The last line holds"),
    ("neuron", "and", "ko", "답은 모두 0.5입니다"),
    ("forward", "rows", "en", "the same numbers as matrices"),
    ("forward", "first-output", "ko", "아직은 아무도 모릅니다"),
    ("forward", "targets", "en", "No training has touched these weights yet"),
    ("forward", "targets", "ko", "아직 학습하지 않은"),
    ("forward", "nothing-learned", "en", "not one has changed"),
    ("forward", "nothing-learned", "ko", "하나도 바뀌지 않았습니다"),
]


@pytest.mark.parametrize(("lesson", "stop", "language", "claim"), AT_THE_STOP)
def test_a_text_that_is_kept_while_a_run_leads_on_does_not_say_now(
    lesson: str, stop: str, language: str, claim: str
) -> None:
    session = at(screens.of_lesson(lesson, language, known=True), stop)
    if stop == "chase":  # as long as its numbers are the lesson's own it tells of them
        session = typed(session, "w1 = 1")
    assert claim in spoken(session)
    led_on = lint.ran(screens.pressed(session, "run", "continue"))
    assert led_on.study.held == session.study.stop
    assert claim not in spoken(led_on) and len(spoken(led_on)) > len(claim)
    assert claim in spoken(at(led_on, stop))


# --- every lesson, every stop ----------------------------------------------------------------------------

_INNERMOST = re.compile(r"\{\{if((?:(?!\{\{if).)*?)\{\{end\}\}")
_PLACE = re.compile(rf"(?:([a-z][a-z-]*):)?({SYMBOL.pattern})(?:@(\d+))?")
_SPELLED = {"·": "*", "−": "-", "²": "**2", "½": "(0.5)", "≤": "<=", "≥": ">=", "≠": "!="}


def shown(text: str, true: Callable[[str], bool]) -> str:
    """The text of the branches that are true, from the inside out: another way to it than the program's."""
    while match := _INNERMOST.search(text):
        head, *rest = re.split(r"\{\{(elif[^}]*|else)\}\}", "if" + match[1].replace("}}", "\0", 1))
        condition, body = head.split("\0", 1)
        options = [(condition[2:], body), *zip((one[4:] for one in rest[::2]), rest[1::2], strict=True)]
        said = next((body for one, body in options if not one.strip() or true(one)), "")
        text = text[: match.start()] + said + text[match.end() :]
    return re.sub(" +", " ", text).strip()


def is_true(written: str, study: Study, stop: Stop, text: str) -> bool:
    """A condition as Python reads it, its names replaced by values of the record."""
    named = {stop.run, *re.findall(r"([a-z][a-z-]*):", text)}
    own = all(study.own(run) for run in study.timelines if run in named)
    changed = [one for run in named & {*study.timelines} for one in study.timelines[run].in_force if one.iteration > 1]
    broken = [one for one in changed if one.iteration <= stop.iteration or one.ref.kind not in ("weight", "target")]

    def trace_of(run: str | None, iteration: int | None) -> Trace:
        return study.timelines[run or stop.run].trace_of(iteration or stop.iteration)

    def counted(match: re.Match[str]) -> str:
        return repr(holes.value(match[0], match[0], trace_of, stop.at))

    def value(match: re.Match[str]) -> str:
        trace = trace_of(match[1], int(match[3]) if match[3] else None)
        return f"({trace[match[2]]!r})"

    source = re.sub(
        r"\b(?:[a-z-]+:)?(?:right|rows|layers|size:\w+|moved:\w+|touched:\w+|end:\w+)(?:@\d+)?", counted, written
    )
    source = re.sub(r"\bown\b", str(own), source.replace("always", "True"))
    source = re.sub(r"\bunbroken\b", str(own or not broken), re.sub(r"\bhere\b", "True", source))
    parts = re.split(r"\b(and|or|not|True|False)\b", source)
    source = "".join(part if n % 2 else _PLACE.sub(value, part) for n, part in enumerate(parts))
    for sign, plain in _SPELLED.items():
        source = source.replace(sign, plain)
    source = re.sub(r"√(\d+)", r"sqrt(\1)", source)
    source = re.sub(r"(?<![<>!=])=(?!=)", "==", source)
    return bool(
        eval(
            source,
            {
                "inf": math.inf,
                "nan": math.nan,
                "abs": abs,
                "max": max,
                "exp": math.exp,
                "sqrt": math.sqrt,
                "ln": math.log,
                "σ": lambda net: 1 / (1 + math.exp(min(-net, 700.0))),
                "step": lambda net: float(net >= 0),
            },
        )
    )


def changes(study: Study) -> st.SearchStrategy[Study]:
    """The study after one change that the lesson allows."""
    given_numbers = st.sampled_from(edits.editable(study))
    values = st.one_of(st.floats(-2, 2), st.sampled_from([0.0, 0.5, 0.99, 1.0]))
    by_hand = st.tuples(given_numbers, values).map(
        lambda pair: study if pair[0].kind in RATE_FIELDS and not in_range(*_kind(pair)) else edits.edited(study, *pair)
    )
    by_key = st.sampled_from(["more", "less", "halve", "double"]).map(lambda how: edits.changed(study, how))
    return by_hand | by_key


def _kind(pair: tuple[object, float]) -> tuple[str, float]:
    return pair[0].kind, pair[1]


@share(0.1)
@given(data=st.data())
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_after_any_change_what_every_stop_says_is_true_of_the_record(lesson: Lesson, data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(LANGUAGES))
    stops = data.draw(st.lists(st.sampled_from(lesson.stops), min_size=1, max_size=4))
    session = at(screens.of_lesson(lesson.id, language, known=True), stops[0].id)
    session = lint.ran(replace(session, study=data.draw(changes(session.study))))
    text = load.text(lesson.id, language)
    for stop in stops:
        session = at(session, stop.id)
        assert "{{" not in screen(session)
        study = session.study
        if study.place_of(stop) != study.place or study.run != stop.run:
            continue  # the network at hand has no such step, or training diverges before it

        def trace_of(run: str | None, iteration: int | None, study: Study = study) -> Trace:
            return study.timelines[run or study.run].trace_of(iteration or study.place.iteration)

        def so(word: str, run: str, study: Study = study, stop: Stop = stop) -> bool:
            return asked(study.timelines, stop, study.run, word, run)

        try:
            said = holes.said(lesson, text, stop, trace_of, asked=so)
        except AuthorError:
            continue  # what the text speaks of is not there any more
        source = text.stops[stop.id].text
        expected = shown(source, lambda one, study=study, stop=stop, source=source: is_true(one, study, stop, source))
        assert said == holes.fill(expected, trace_of, lesson.published, 4, Style.UNICODE, stop.at)
        assert not TWICE.search(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_step_of_rosenblatts_rule_is_told_as_a_slope(language: str) -> None:
    trace = lint.opened(load.find("wall")).trace
    steps = map(trace.step, range(1, len(trace) + 1))
    told = [why.kind(trace, step) for step in steps if step.phase in ("backward", "update")]
    assert all("rosenblatt" in kind or kind == "delta_perceptron" for kind in told)
    said = words.load(language)
    slopes = {said.say(f"kind.gradient_{of}") for of in ("weight", "bias")}
    assert not slopes & {said.say(f"kind.{kind}") for kind in told}
    speech, descent = Speech(said, Style.UNICODE), said.say("optimizer_name.sgd_full")
    assert not [
        about for about in (speech.about(trace.problem), posed.network(speech, trace.problem)) if descent in about
    ]


def test_a_letter_that_is_named_after_its_sign_stands_once_without_unicode() -> None:
    assert ascii_look("η (eta), the learning rate; η = ½") == "eta, the learning rate; eta = 1/2"


@pytest.mark.parametrize(("lesson", "stop"), [("vanishing", "moved"), ("vanishing", "depth"), ("relu", "sigmoid-not")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_weight_that_was_typed_on_the_way_is_told_as_part_of_how_far_a_layer_has_moved(
    lesson: str, stop: str, language: str
) -> None:
    """The distance from the start has it in it, as the picture's column has."""
    part = {"en": "What was typed on the way", "ko": "도중에 손으로 바꾼 만큼"}[language]
    session = at(screens.of_lesson(lesson, language, known=True), stop)
    assert part not in spoken(session)
    assert part in spoken(typed(session, "w1 = 2"))
