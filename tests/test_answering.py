"""`p`: the next number is asked for before it is shown; while it is open nothing answers it."""

from __future__ import annotations

from pathlib import Path

import pytest
import screens
from plain import Talk

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.questions import HINTS, Asked
from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk
from nntutor.tui.state.panels import Answering
from nntutor.tui.state.session import Press, Session, Typed
from nntutor.tui.state.study import Study


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def question(session: Session) -> Asked:
    panel = study_of(session).panel
    assert isinstance(panel, Answering)
    return panel.question.asked


def answered(session: Session, *texts: str) -> Session:
    for text in texts:
        session = screens.pressed(screens.update(session, Typed(text)), *([] if text == "?" else ["continue"]))
    return session


def asked(lesson: str = "hidden-delta", symbol: str = "δ_h1", **named: object) -> Session:
    """The question about a number, from the step before it."""
    session = screens.of_lesson(lesson, **named)  # type: ignore[arg-type]
    session = answered(screens.pressed(session, "goto"), symbol)
    return screens.pressed(session, "back", "ask")


def text(session: Session) -> str:
    return "\n".join(screens.lines(session))


def test_the_next_number_is_asked_for_and_the_place_stays_before_it() -> None:
    session = asked()
    assert question(session).step.symbol == "δ_h1"
    assert study_of(session).step.symbol == "slope_h1"
    assert "δ_h1 = ? To 3 significant digits." in text(session)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
@pytest.mark.parametrize("lesson", ["hidden-delta", "momentum", "xor"])
def test_while_a_question_is_open_nothing_on_the_screen_answers_it(lesson: str, size: tuple[int, int]) -> None:
    session, looked = screens.of_lesson(lesson, size=size), 0
    session = screens.pressed(session, "iteration_next", "last", "iteration_previous", "first")
    for _ in range(0, len(study_of(session).trace), 3):
        trace, place = study_of(session).trace, study_of(session).timeline.step
        known = {figure(trace.value(trace.ref(index))) for index in range(1, place + 1)}
        known |= {figure(operand.value) for step in trace for operand in step.operands if operand.step is None}
        here = screens.pressed(session, "ask")
        value = figure(question(here).right).lstrip("−")
        if len(value) > 4 and not {value, f"−{value}"} & known:
            for one in (here, answered(here, "?"), answered(here, "?", "?"), answered(here, "17")):
                assert value not in text(one), text(one)
            looked += 1
        session = screens.pressed(session, "step", "step", "step")
    assert looked > 3 or lesson == "momentum"


def test_what_is_right_goes_on_to_the_number_and_says_how_far_off_it_was() -> None:
    session = asked()
    right = question(session).right
    after = answered(session, f"{right:.3g}".replace(".", ","))
    assert study_of(after).panel is None and study_of(after).step.symbol == "δ_h1" and not study_of(after).hidden
    assert f"Right: δ_h1 = {figure(right)}." in text(after) and "off by" in text(after)
    assert study_of(after).answered is not None and study_of(after).answered.outcome == "right"


def test_a_wrong_answer_stays_open_and_its_slip_is_named() -> None:
    session = asked(symbol="∂E/∂h1")
    slip = next(one for one in question(session).slips if one.mistake == "one-path")
    after = answered(session, f"{slip.value:.4g}")
    assert study_of(after).place == study_of(session).place
    assert "is what a well-known slip gives" in text(after)
    done = answered(after, f"{question(session).right:.4g}")
    assert study_of(done).answered is not None and study_of(done).answered.outcome == "helped"


def test_each_hint_says_more_and_the_last_shows_the_number() -> None:
    session, seen = asked(), []
    for _ in HINTS[:-1]:
        session = answered(session, "?")
        seen.append(text(session))
    assert "What came back for h1" in seen[0] and "(δ_o1·w5" in seen[1] and "0.4" in seen[2].split(" : ")[1]
    session = answered(session, "?")
    assert study_of(session).panel is None and study_of(session).step.symbol == "δ_h1"
    assert study_of(session).answered is not None and study_of(session).answered.outcome == "shown"


def test_escape_skips_and_leaves_the_place_as_it_was() -> None:
    session = asked()
    after = screens.pressed(session, "escape")
    assert study_of(after).place == study_of(session).place and study_of(after).panel is None
    assert not study_of(after).hidden and "Skipped. p asks again." in text(after)
    assert question(screens.pressed(after, "ask")).ref == question(session).ref


@pytest.mark.parametrize("typed", ["", "9**9**9", "letters", "1e999", "w5", "p", "½½"])
def test_what_is_no_number_is_said_so_and_is_no_try(typed: str) -> None:
    session = answered(asked(), typed)
    assert "cannot be read as a number" in " ".join(text(session).split())
    panel = study_of(session).panel
    assert isinstance(panel, Answering) and panel.question.tries == 0 and not panel.text


def test_letters_of_commands_are_text_and_other_keys_say_why_not() -> None:
    session = screens.update(asked(), Typed("0.5"))
    assert study_of(screens.pressed(session, "view")).panel == study_of(session).panel
    assert "A line is being typed" in text(screens.pressed(session, "view"))


def test_after_the_last_step_the_first_of_the_next_iteration_is_asked_for() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), "last", "ask")
    assert question(session).step.symbol == "net_h1" and question(session).trace.iteration == 2
    after = answered(session, f"{question(session).right:.6g}")
    assert study_of(after).place == (2, 1)


def test_where_there_is_no_next_number_it_says_so() -> None:
    session = screens.of_problem(builtin.open("one-weight"))
    session = answered(screens.pressed(session, "edit"), "eta = 1e200")
    for _ in range(4):
        session = screens.pressed(session, "iteration_next", "last")
    said = text(screens.pressed(session, "ask"))
    assert "cannot be asked for" in said or "no next number" in said


@pytest.mark.parametrize("lesson", [lesson.id for lesson in load.lessons()])
def test_every_lesson_can_be_asked_about_at_any_place(lesson: str) -> None:
    for style in Style.UNICODE, Style.ASCII:
        session = screens.of_lesson(lesson, "ko", style)
        for way in ("ask", "last", "iteration_next", "phase_next"):
            session = screens.pressed(session, way) if way != "ask" else session
            here = screens.pressed(session, "ask")
            if not isinstance(study_of(here).panel, Answering):
                continue
            for _ in HINTS:
                assert style is Style.UNICODE or not set(text(here)) & set("δ∂·−½σ⁺")
                here = answered(here, "?")
            assert study_of(here).panel is None


def test_an_answer_is_kept_when_it_is_there(tmp_path: Path) -> None:
    desk = Desk(Store.open(tmp_path))
    session = asked()
    for action in (Typed(f"{question(session).right:.4g}"), Press("continue"), Press("ask"), Press("escape")):
        session = desk.keep(session, screens.update(session, action))
    other = Store.open(tmp_path)  # the first one is not closed: it may have been killed
    (name, skill), *more = other.skills().items()  # after δ_h1 comes ∂E/∂h2, which is the same skill
    assert (name, skill.box, skill.results, more) == ("hidden-delta", 2, "r-", [])


def test_line_by_line_it_is_asked_and_answered_in_words(talk: Talk) -> None:
    lines = "\n".join(talk("7", say="go to delta_h1; back; predict; 17; help; 0,008771"))
    assert "δ_h1 = ? To 3 significant digits." in lines and "17 is not it." in lines
    assert "(δ_o1·w5 + δ_o2·w7)" in lines and "Right: δ_h1 = " in lines and "Step 24 of 39" in lines
    assert "Skipped." in talk.after("7", say="go to delta_h1; back; ask; ")[0]
