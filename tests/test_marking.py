"""A bug in the tutor: its lines, the one that is marked, the nudges, and what shows it; nothing gives it away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import screens
from plain import Talk

from nntutor.core.notation.style import Style
from nntutor.lessons.course.bugs import HUNTS, Bug, Hunting, seeded
from nntutor.lessons.language import words
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.learner.places import Store
from nntutor.lessons.posing.posed_bug import PosedBug
from nntutor.tui.desk import Desk
from nntutor.tui.quiz import asked_of
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Marked, Marking
from nntutor.tui.state.session import Action, Opened, Pointed, Press, Session, Typed
from nntutor.tui.state.study import Study

SIZES = [(80, 24), (40, 12)]
STOPS = [("cycle", "lower"), ("old-weights", "moral"), ("momentum", "push"), ("adam", "uncorrected")]


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def panel(session: Session) -> Marking:
    found = study_of(session).panel
    assert isinstance(found, Marking)
    return found


def bug(session: Session) -> Bug:
    return panel(session).hunting.bug


def opened(lesson: str = "cycle", language: str = "en", size: tuple[int, int] = (80, 24)) -> Session:
    return screens.pressed(screens.of_lesson(lesson, language, size=size), "bug")


def marked(session: Session, line: str) -> Session:
    return screens.pressed(screens.update(session, Typed(line)), "continue")


def text(session: Session) -> str:
    return "\n".join(screens.lines(session))


def flowing(session: Session) -> str:
    return " ".join(text(session).split())


@pytest.mark.parametrize(("lesson", "stop"), STOPS)
def test_the_question_of_a_stop_opens_one_of_its_lesson(lesson: str, stop: str) -> None:
    session = screens.of_lesson(lesson)
    study = study_of(session)
    assert study.lesson is not None
    number = [one.id for one in study.lesson.stops].index(stop)
    there = screens.update(session, Opened(moves.arrived_at(study, number)))
    here = screens.pressed(there, "ask")
    asked = study.lesson.question(stop)
    assert asked is not None and bug(here).hunt is HUNTS[asked.series]
    assert bug(here).hunt.lesson == ("cycle" if lesson == "old-weights" else lesson)


@pytest.mark.parametrize(("lesson", "hunt"), [("xor", "bug-backward"), ("momentum", "bug-momentum")])
def test_the_command_opens_one_of_the_lesson_or_of_the_optimizer_at_hand(lesson: str, hunt: str) -> None:
    assert bug(opened(lesson)).hunt.id == hunt


@pytest.mark.parametrize(
    ("lesson", "language", "size"), [("cycle", "en", (80, 24)), ("momentum", "en", (40, 12)), ("adam", "ko", (40, 12))]
)
def test_every_line_is_shown_and_nothing_says_which_mistake_it_is(
    lesson: str, language: str, size: tuple[int, int]
) -> None:
    session, said = opened(lesson, language, size), words.load(language)
    one, seen = bug(session), []
    spoken = {said.say(f"mistake.{one.mistake}.{part}") for part in ("did", "tempting", "right")}
    for index in range(1, len(one.trace) + 1):
        assert panel(session).picked == index
        (row,) = [line for line in screens.lines(session) if line.startswith(" ▸")]
        assert f" {index}  {one.trace.symbol(one.trace.ref(index))} = " in row
        seen.append(flowing(session))
        if one.trace.ref(index).kind == "delta":
            step = one.trace.step(index)
            assert f" {step.symbol} = {step.text}" in screens.lines(session)  # below the list, of lines that are there
        session = screens.pressed(session, "unit_next")
    seen += [flowing(screens.update(session, Typed("?"))), flowing(marked(session, "1"))]
    for shown in seen:
        assert one.mistake not in shown and not [sentence for sentence in spoken if sentence in shown]
        assert said.say("bug.rule") not in shown and said.say("kind.out_gradient_wrong") not in shown


@pytest.mark.parametrize("size", SIZES)
def test_the_line_is_found_by_the_arrows_by_its_number_and_by_its_symbol(size: tuple[int, int]) -> None:
    session = opened("adam", size=size)
    one = bug(session)
    by_arrows = screens.pressed(session, *["unit_next"] * (one.line - 1), "continue")
    for done in by_arrows, marked(session, str(one.line)), marked(session, one.step.symbol):
        study = study_of(done)
        assert isinstance(study.panel, Marked)
        assert study.answered is not None
        assert (study.answered.skill, study.answered.outcome) == ("bug-adam", "right")
        whole, after = flowing(done), done
        while study_of(after).panel is not None:
            after = screens.pressed(after, "continue")
            whole += flowing(after)
        assert "Right: line" in whole and "By the rule:" in whole and "Gradient check at w" in whole
        assert study_of(after).place == study_of(session).place


def test_a_wrong_mark_leaves_a_sign_and_brings_a_nudge_and_the_third_tells() -> None:
    session = opened()
    wrong = len(bug(session).trace)
    once = marked(session, str(wrong))
    assert f" ▸✗{wrong}  " in text(once) and "one before it is wrong already" in text(once)
    assert "It is in this phase: backward" in text(once)
    twice = marked(once, "1")
    assert "It is a number of this kind" in text(twice) and "✗ 1  " in text(twice)
    told = marked(twice, "2")
    assert isinstance(study_of(told).panel, Marked) and "The first wrong one is line" in text(told)
    answered = study_of(told).answered
    assert answered is not None and answered.outcome == "shown"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "only earlier than by the rule: the first wrong number comes after it"),
        ("ko", "앞당겨졌을 뿐 수는 맞습니다"),
    ],
)
def test_of_an_update_that_came_too_early_only_the_number_is_called_right(language: str, told: str) -> None:
    """Whoever saw that the weights are updated before the hidden deltas was told that this line is right."""
    one = seeded(HUNTS["bug-backward"], "updated-weights", 4)
    hunting = Hunting(one).mark(one.line_of("w5") or 0)
    posed = PosedBug(Speech(words.load(language), Style.UNICODE), one)
    assert hunting.marked < one.line and told in next(posed.told(hunting))
    assert all(told not in next(posed.told(Hunting(one).mark(line))) for line in (1, one.line - 5, one.line + 1))


def test_a_nudge_that_is_asked_for_is_seen_after_a_click_on_what_does_not_count() -> None:
    """The click's word stood in its place, and the next nudge was the answer."""
    session = screens.update(opened(), Pointed("phase", "update"))
    assert study_of(session).note is not None
    nudged = screens.update(session, Typed("?"))
    assert panel(nudged).hunting.hints == 1 and "It is in this phase: backward" in text(nudged)


def test_what_names_no_line_is_said_and_letters_of_commands_are_text() -> None:
    session = marked(opened(), "w99")
    assert "“w99” is no line of this iteration" in text(session) and not panel(session).text
    assert panel(session).hunting.tries == 0
    session = screens.update(session, Typed("n"))
    assert panel(session).text == "n"
    assert "A line is being typed" in text(screens.pressed(session, "view"))
    assert "no line" not in text(screens.update(marked(session, ""), Typed("?")))


def test_pages_turn_and_stop_at_both_ends() -> None:
    session = opened()
    assert panel(screens.pressed(session, "unit_previous", "earlier")).picked == 1
    assert 1 < panel(screens.pressed(session, "later")).picked < len(bug(session).trace)
    assert panel(screens.pressed(session, *["later"] * 9)).picked == len(bug(session).trace)


def test_in_ascii_every_sign_is_ascii() -> None:
    session = screens.pressed(screens.of_lesson("adam", style=Style.ASCII, size=(60, 16)), "bug")
    for one in (session, marked(session, "1"), marked(session, "foo"), marked(session, str(bug(session).line))):
        assert text(one).isascii(), text(one)


def test_how_it_ended_is_kept_and_another_one_comes_next(tmp_path: Path) -> None:
    desk = Desk(Store.open(tmp_path))
    session = screens.pressed(screens.of_lesson("cycle"), "bug")
    first, actions = bug(session), (Typed(str(bug(session).line)), Press("continue"), Press("escape"), Press("bug"))
    for action in (*actions, Press("escape")):
        before: Action = action
        session = desk.keep(session, screens.update(session, before))
        if action == Press("bug"):
            assert bug(session).trace.problem is not first.trace.problem
    (name, skill), *more = Store.open(tmp_path).skills().items()
    assert (name, skill.results, more) == ("bug-backward", "r-", [])
    assert study_of(session).panel is None and "Skipped." in text(session)


def test_each_session_begins_with_other_numbers_and_their_seed_asks_for_them_again() -> None:
    seen = []
    for seed in (11, 12):
        session = screens.pressed(replace(screens.of_lesson("momentum"), seed=seed), "bug")
        told = screens.pressed(marked(session, str(bug(session).line)), "last")
        assert f"seed {seed}" in text(session) and session.seed == seed + 1
        assert f"`nntutor quiz bug-momentum --seed {seed}` asks for this one again." in flowing(told)
        assert asked_of(["bug-momentum"]) == [bug(session).hunt]
        seen.append([bug(session).trace.value(ref) for ref in bug(session).given])
    assert seen[0] != seen[1]


def test_line_by_line_it_is_told_marked_and_explained(talk: Talk) -> None:
    session = opened("momentum")
    said = "\n".join(talk("momentum", say=f"bug; 99; 1; help; {bug(session).line}; step"))
    assert "1. net_o1 = w1·x1 + w2·x2" in said and "“99” is no line" in said
    assert "Line 1, net_o1, is right" in said and "of this kind" in said and "Right: line 10, v_w1" in said
    assert said.count("Given: x1 = ") == 1 and "Gradient check at w1" in said
    assert "Skipped." in talk.after("momentum", say="bug; ")[0]
