"""What comes after a lesson: its end, practice, the test that stands for it, and what a start asks again."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from plain import Talk

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.course.practice import LEVELS
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.learner.answers import Skill
from nntutor.lessons.learner.places import Store
from nntutor.lessons.learner.review import DAY
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.rows import row_cells
from nntutor.tui.drawing.pages import page, practice
from nntutor.tui.faults import Faults
from nntutor.tui.state import moves
from nntutor.tui.state.overlays import Practice
from nntutor.tui.state.practising import reviewed
from nntutor.tui.state.session import Home, Pointed, Press, Session, Typed, Wanted

HIDDEN = 7


def at_list(skills: dict[str, Skill] | None = None, size: tuple[int, int] = (80, 24), language: str = "en") -> Session:
    home = Home(load.lessons(), picked=HIDDEN, skills=skills or {})
    return Session(home, language, Style.UNICODE, width=size[0], height=size[1], seed=77)


def practice_of(session: Session) -> Practice:
    assert session.practice is not None
    return session.practice


def right(session: Session) -> str:
    """What is right, as one would type it."""
    panel = practice_of(session).panel
    assert panel is not None
    return figure(panel.question.asked.right, 5)


def typed(session: Session, text: str) -> Session:
    return screens.pressed(screens.update(session, Typed(text)), "continue")


def solved(session: Session) -> Session:
    """Every question of the problem at hand answered."""
    while practice_of(session).asks:
        session = typed(session, right(session))
    return session


def shown(session: Session) -> str:
    return " ".join(" ".join(screens.lines(session)).split())


# --- a problem -----------------------------------------------------------------------------------------


def test_a_slip_is_named_and_hints_come_one_by_one() -> None:
    session = screens.pressed(reviewed(at_list(), ("hidden-delta",)), "continue")
    panel = practice_of(session).panel
    assert panel is not None
    slip = panel.question.asked.slips[0]
    wrong = typed(session, figure(slip.value, 6))
    assert "well-known slip" in shown(wrong) and practice_of(wrong).asks
    for _ in range(3):
        session = screens.update(session, Typed("?"))
        assert practice_of(session).asks
    assert right(session)[:4] not in shown(session)
    session = screens.update(session, Typed("?"))
    assert session.result is not None and (session.result.skill, session.result.outcome) == ("hidden-delta", "shown")
    assert "Worked" in shown(session)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_where_the_title_has_no_room_it_still_says_that_rows_go_on(language: str) -> None:
    session = at_list(size=(40, 12), language=language)
    for number, lesson in enumerate(load.lessons()):
        picked = replace(session, home=replace(session.home, picked=number))
        there = screens.pressed(picked, "ending", "ask")
        if there.practice is None:
            continue
        wrong = typed(there, "zz") if practice_of(there).asks else there
        below = practice.last_top(wrong) - practice_of(wrong).top
        head = screens.lines(wrong)[0]
        assert ("▼" in head) == (below > 0), (lesson.id, head)
        assert ("▲" in head) == (practice_of(wrong).top > 0), (lesson.id, head)
        assert row_cells(page.rows(wrong)[0]) <= 40


def test_practice_shows_less_after_what_is_right_and_more_after_what_is_shown() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), "ending", "ask")
    seen = []
    for end in (solved, solved, solved, solved, lambda one: screens.pressed(helped(one), "unit_next"), solved):
        made = practice_of(session).made
        seen.append(made.level)
        assert made.series.id == "hidden-delta"
        session = screens.pressed(end(session), "continue")
    assert seen == [*LEVELS, LEVELS[3], LEVELS[2]]


def helped(session: Session) -> Session:
    for _ in range(4):
        session = screens.update(session, Typed("?"))
    return session


@pytest.mark.parametrize(("size", "language"), [((80, 24), "en"), ((40, 12), "ko")])
def test_a_problem_can_be_read_whole_at_any_size(size: tuple[int, int], language: str) -> None:
    session = screens.pressed(at_list(size=size, language=language), "ask")
    for one in (session, typed(session, "12345")):
        top, seen = one, list[str]()
        while True:
            rows = page.rows(top)
            assert len(rows) == size[1] and all(row_cells(row) <= size[0] for row in rows)
            seen += ["".join(piece.text for piece in row) for row in rows]
            down = screens.pressed(top, "unit_next")
            if practice_of(down).top == practice_of(top).top:
                break
            top = down
        assert "t2 = " in "".join(seen) and "b_o2" in "".join(seen)


# --- a test --------------------------------------------------------------------------------------------


def test_the_hardest_question_stands_for_a_lesson(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    desk = Desk(store)
    before = screens.pressed(replace(at_list(), home=replace(desk.home(), picked=HIDDEN)), "ask")
    assert practice_of(before).made.level == "network"
    session = desk.keep(before, solved(before))
    assert "counts as done" in shown(session)
    session = desk.keep(session, screens.pressed(session, "continue"))
    assert session.practice is None and session.wanted is None
    assert "✓ by a test" in shown(session)
    store.close()
    again = Store.open(tmp_path)
    assert Desk(again).home().tested == again.done() == {"hidden-delta"}
    again.mark_done("hidden-delta")  # read to its end since
    assert Desk(again).home().tested == frozenset() and again.done() == {"hidden-delta"}
    again.close()


@pytest.mark.parametrize("answer", ["slip", "12345", "?"])
def test_a_test_that_is_not_passed_says_what_was_wrong_and_opens_the_lesson(answer: str) -> None:
    session = screens.pressed(at_list(), "ask")
    panel = practice_of(session).panel
    assert panel is not None
    text = figure(panel.question.asked.slips[0].value, 6) if answer == "slip" else answer
    session = screens.update(session, Typed("?")) if text == "?" else typed(session, text)
    assert not practice_of(session).asks and session.result is not None and session.result.passed == ""
    assert {"slip": "well-known slip", "12345": "12345 is not it", "?": "Not yet."}[answer] in shown(session)
    session = screens.pressed(session, "continue")
    assert session.wanted == Wanted("hidden-delta")
    left = screens.pressed(screens.pressed(at_list(), "ask"), "escape")
    assert left.practice is None and left.wanted is None and left.result is None


def test_a_number_that_is_too_short_or_none_decides_no_test() -> None:
    session = screens.pressed(at_list(), "ask")
    panel = practice_of(session).panel
    assert panel is not None
    for text in ("half", figure(panel.question.asked.right, 1)):
        assert practice_of(typed(session, text)).asks


# --- the end of a lesson -------------------------------------------------------------------------------


def test_space_after_the_last_stop_leads_to_the_end_of_the_lesson_and_on() -> None:
    session = screens.of_lesson("forward")
    assert session.study is not None and session.study.lesson is not None
    for _ in session.study.lesson.stops[1:]:
        session = screens.pressed(session, "continue")
        assert session.ending is None
    last = screens.pressed(session, "continue")
    assert last.ending is not None and "The end of lesson 5" in shown(last)
    assert "net_h1 = w1·x1 + w2·x2 + b_h1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775" in shown(last)
    while last.ending is not None:
        last = screens.pressed(last, "continue")
    assert last.study is not None and last.study.note is not None
    following = screens.pressed(last, "ending", "lesson_next")
    assert following.wanted == Wanted("output-delta") and following.ending is None


def test_answers_are_uncovered_one_by_one_and_each_is_in_sight() -> None:
    session = screens.pressed(at_list(), "ending")
    covered = text_of(session)
    for heads in (("δ_h", "∂E"), ("slope_h",), ("net_h1",), ("One good answer",)):
        before, session = session, screens.pressed(session, "why")
        assert len(text_of(session)) > len(text_of(before))
        assert any(head in shown(session) for head in heads)
    assert text_of(screens.pressed(session, "why")) == covered


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_forty_columns_the_keys_of_the_end_are_those_that_do_something(language: str) -> None:
    session = screens.pressed(at_list(size=(40, 12), language=language), "ending")
    for _ in range(5):
        keys = screens.lines(session)[-1].split()
        assert {"p", "w", "esc"} <= set(keys), keys
        session = screens.pressed(session, "why")


def text_of(session: Session) -> str:
    """The whole page."""
    assert session.ending is not None
    return " ".join(screens.lines(replace(session, height=300, width=100, ending=replace(session.ending, top=0))))


def test_the_stop_that_asks_for_words_has_its_answer_at_a_key() -> None:
    session = screens.of_lesson("hidden-delta")
    assert session.study is not None and session.study.lesson is not None
    session = replace(session, study=moves.at_stop(session.study, len(session.study.lesson.stops) - 1))
    assert "One good answer: h1 feeds both outputs" in shown(screens.pressed(session, "ending"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
def test_the_end_of_the_course_says_what_is_held_and_what_was_hard(language: str, size: tuple[int, int]) -> None:
    skills = {"update": Skill(3, 0.0, "rr"), "hidden-delta": Skill(1, 0.0, "s"), "velocity": Skill(2, 0.0, "r")}
    session = at_list(skills, size, language)
    last = len(session.home.lessons) - 1
    session = screens.pressed(replace(session, home=replace(session.home, picked=last)), "ending", "last")
    assert all(row_cells(row) <= size[0] for row in page.rows(session))
    text = text_of(session)
    held, hard, neither = {
        "en": (
            "now: One change of a weight (lesson 6).",
            "you: The delta of a hidden unit (lesson 7).",
            "of momentum (",
        ),
        "ko": ("것: 가중치 하나의 변화량(6번 수업).", "것: 은닉층의 델타(7번 수업).", "모멘텀의 속도("),
    }[language]
    assert held in text and hard in text and neither not in text
    assert held not in text_of(screens.pressed(at_list(skills, size, language), "ending"))


def test_a_click_on_what_lies_below_does_nothing() -> None:
    for session in (screens.pressed(at_list(), "ending"), reviewed(at_list(), ("update",))):
        assert screens.update(session, Pointed("row", 3)) is session


def test_a_mistake_of_ours_in_a_problem_leaves_the_list_below_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistakes: list[Exception]
) -> None:
    def boom(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    monkeypatch.setattr(practice, "told", boom)
    bad = screens.pressed(at_list(), "ask")
    session, _ = Faults().drawn(RuntimeError("boom"), Press("ask"), None, bad)
    assert session.practice is None and session.study is None and session.home.message
    mistakes.clear()


# --- line by line --------------------------------------------------------------------------------------


def test_line_by_line_a_start_asks_what_is_due_and_a_named_lesson_does_not(talk: Talk) -> None:
    store = Store.open(talk.home)
    assert store.merge(frozenset(), {"update": Skill(1, time.time() - 2 * DAY, "s")})
    store.close()
    due = "It is time to be asked once more: One change of a weight."
    assert due not in talk("learn", "forward", say="list; quit")
    lines = talk("learn", say="continue; 12345; ?; ; quit")
    asked = lines.index(due)
    assert [line for line in lines if line.startswith("Once more, 1 of 1 · seed ")]
    assert "12345 is not it." in lines[asked:] and lines[-3].startswith("Picked: ")
    store = Store.open(talk.home)
    assert store.skills()["update"].results == "s-"
    store.close()
    assert due not in talk("learn", say="quit")  # not again on the same day


def test_line_by_line_the_end_of_a_lesson_uncovers_its_answers_and_practises(talk: Talk) -> None:
    lines = talk("learn", "hidden-delta", say="f; why; why; why; why; quit")
    last = [at for at, line in enumerate(lines) if line.startswith("> why")]
    assert all("slope_h" in " ".join(lines[at : at + 3]) for at in last[:2])
    words = lines[last[-1] + 1 :]
    assert words[0].startswith("One good answer: h1 feeds both outputs")
    practice = talk.after("learn", "hidden-delta", say="f; ask")
    assert practice[0].startswith("Practice, problem 1 · The hidden layer has no target")
    assert talk.after("learn", "hidden-delta", say="f; close")[0].startswith("Lesson 7")
