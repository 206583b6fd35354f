"""`p`: the next number is asked for before it is shown; while it is open nothing answers it."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from plain import Talk

from nntutor.core.engine.timeline import Timeline
from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.model import Lesson, Question
from nntutor.lessons.course.practice import exercise
from nntutor.lessons.course.questions import HINTS, Asked
from nntutor.lessons.course.series import SERIES
from nntutor.lessons.language import mistakes, words
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.learner.places import Store
from nntutor.lessons.posing.posed import Posed
from nntutor.tui.desk import Desk
from nntutor.tui.drawing.canvas.hues import MADE
from nntutor.tui.drawing.pages import page
from nntutor.tui.plain import telling
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Answering
from nntutor.tui.state.session import Press, Resized, Session, Typed
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
    """The question about a number, from the step before it, whatever a stop there asks."""
    session = screens.of_lesson(lesson, **named)  # type: ignore[arg-type]
    own = study_of(session).lesson
    assert own is not None
    session = replace(session, study=replace(study_of(session), lesson=replace(own, questions=())))
    session = answered(screens.pressed(session, "goto"), symbol)
    return screens.pressed(session, "back", "ask")


def made_in(session: Session) -> list[str]:
    """What stands on the screen as the number at hand."""
    return [piece.text for row in page.rows(session) for piece in row if piece.style == MADE]


def text(session: Session) -> str:
    return "\n".join(screens.lines(session))


def test_the_next_number_is_asked_for_and_the_place_stays_before_it() -> None:
    session = asked()
    assert question(session).step.symbol == "δ_h1"
    assert study_of(session).step.symbol == "slope_h1"
    assert "δ_h1 = ? To 3 significant digits." in text(session)


@pytest.mark.parametrize(("lesson", "symbol"), [("descent", "w1⁺"), ("hidden-delta", "w5⁺")])
def test_nobody_slips_in_a_number_that_stands_on_the_screen(lesson: str, symbol: str) -> None:
    """A linear unit whose gradient stood there was told of the minus within the sigmoid."""
    here = question(asked(lesson, symbol))
    free = replace(here, seen=0)
    assert "net-negated" in {one.mistake for one in free.earlier_slips} - {one.mistake for one in here.earlier_slips}
    assert here.slips and free.slips == here.slips


@pytest.mark.parametrize("lesson", ["hidden-delta", "momentum", "xor"])
def test_while_a_question_is_open_nothing_on_the_screen_answers_it(lesson: str) -> None:
    """At one place after another, on a screen that takes its turn."""
    sizes = itertools.cycle([(80, 24), (120, 40), (40, 12)])
    session, looked = screens.of_lesson(lesson), 0
    session = screens.pressed(session, "iteration_next", "last", "iteration_previous", "first")
    stride = max(3, len(study_of(session).trace) // 12)
    for _ in range(0, len(study_of(session).trace), stride):
        trace, place = study_of(session).trace, study_of(session).timeline.step
        known = {figure(trace.value(trace.ref(index))) for index in range(1, place + 1)}
        known |= {figure(operand.value) for step in trace for operand in step.operands if operand.step is None}
        session = screens.update(session, Resized(*next(sizes)))
        here = screens.pressed(session, "ask")
        value = figure(question(here).right).lstrip("−")
        if len(value) > 4 and not {value, f"−{value}"} & known:
            for one in (here, answered(here, "?"), answered(here, "?", "?"), answered(here, "17")):
                assert value not in text(one), text(one)
            looked += 1
        session = screens.pressed(session, *["step"] * stride)
    assert looked > 3 or lesson == "momentum"


@pytest.mark.parametrize("symbol", ["h1_2", "slope_h1_2"])
def test_a_working_point_gives_away_neither_its_out_nor_its_slope(symbol: str) -> None:
    session = screens.pressed(screens.of_lesson("vanishing"), "goto")
    session = screens.pressed(answered(session, symbol), "back")
    here = screens.pressed(session, "ask")
    value = figure(question(here).right, 4)
    assert question(here).step.symbol == symbol and value in text(session)
    assert value not in text(here) and value not in "\n".join(telling.view(here))
    assert value in "\n".join(telling.view(session))


@pytest.mark.parametrize("symbol", ["h1", "E", "∂E/∂h1", "δ_h1", "∂E/∂w5", "w5⁺"])
@pytest.mark.parametrize("view", ["network", "matrices", "steps"])
def test_the_number_that_is_asked_for_is_the_one_at_hand(symbol: str, view: str) -> None:
    session = asked(symbol=symbol, known=True)
    made = made_in(replace(session, study=replace(study_of(session), view=view)))
    assert made[-1] == symbol and (len(made) > 1 or (view, symbol) == ("matrices", "E")), made
    assert all(one == symbol or re.fullmatch(r" *\[.*\?\]", one) for one in made), made


def test_while_another_networks_number_is_asked_for_no_number_of_this_one_is_at_hand() -> None:
    session = screens.pressed(at_stop("forward", "weighted-sum"), "ask")
    assert made_in(session) == [Posed(Speech(words.load("en"), Style.UNICODE), question(session)).symbol]


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
    session = screens.pressed(screens.of_lesson("old-weights"), "last", "ask")
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
    session = screens.of_lesson(lesson, "ko", Style.ASCII)
    for way in ("ask", "last", "iteration_next", "phase_next"):
        session = screens.pressed(session, way) if way != "ask" else session
        here = screens.pressed(session, "ask")
        if not isinstance(study_of(here).panel, Answering):
            continue
        for _ in HINTS:
            assert not set(text(here)) & set("δ∂·−½σ⁺")
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


# --- what a lesson asks ----------------------------------------------------------------------------------


def at_stop(lesson: str, stop: str) -> Session:
    session = screens.of_lesson(lesson)
    found = study_of(session).lesson
    assert found is not None
    number = next(n for n, one in enumerate(found.stops) if one.id == stop)
    return replace(session, study=moves.at_stop(study_of(session), number))


def test_hints_and_the_end_of_a_lesson_tell_a_step_by_its_cases_as_the_screen_does() -> None:
    here = asked("wall", "o1")
    hinted = text(answered(here, "?", "?")) + text(answered(here, "?", "?", "?"))
    end = text(screens.pressed(screens.of_lesson("wall"), "ending"))
    for said in (hinted, end):
        assert "o1 = 1 if net_o1 ≥ 0 else 0" in said and "step(" not in said
    assert "    = 1 if −1 ≥ 0 else 0\n    = 0\n" in end.replace("   \n", "\n")


@pytest.mark.parametrize(("language", "off"), [("en", "off by"), ("ko", "차이가 납니다")])
def test_of_an_answer_that_is_the_number_it_is_not_said_how_far_off_it_is(language: str, off: str) -> None:
    """Neither 0 nor what the last bit of a number makes."""
    here = asked(symbol="δ_h1", language=language)
    right = question(here).right
    for value, told in ((right, False), (right * (1 + 1e-15), False), (float(f"{right:.3g}"), True)):
        assert (off in text(answered(here, repr(value)))) is told


def test_a_stop_asks_what_its_lesson_says_of_a_network_that_is_given_beside_it() -> None:
    session = at_stop("hidden-delta", "from-o2")
    assert " p question " in screens.lines(session)[-1]
    here = screens.pressed(session, "ask")
    trace = Timeline.start(builtin.open("sibling")).trace
    assert question(here).right == trace["∂E/∂h1"]
    deltas = (figure(trace[f"δ_o{unit}"], 6) for unit in (1, 2))
    given = "Another network: δ_o1 = {}, w5 = 0.5, δ_o2 = {}, w7 = −0.3".format(*deltas)
    assert given in " ".join(text(here).split())
    after = answered(here, f"{trace['∂E/∂h1']:.3g}")
    assert study_of(after).place == study_of(session).place and "Right: in the other network ∂E/∂h1 = " in text(after)
    assert "In the other network ∂E/∂h1 = " in text(answered(here, "?", "?", "?", "?"))
    assert study_of(after).question is None
    assert question(screens.pressed(after, "ask")).trace is study_of(after).timeline.trace  # the next number then


def test_what_was_skipped_at_a_stop_is_asked_there_again() -> None:
    session = screens.pressed(at_stop("hidden-delta", "from-o2"), "ask", "escape", "ask")
    assert question(session).trace.problem.title != study_of(session).trace.problem.title


def test_a_series_asks_another_problem_each_time() -> None:
    session = screens.pressed(at_stop("momentum", "say"), "ask")
    first = question(session).right
    again = screens.pressed(answered(session, f"{first:.6g}"), "ask")
    assert question(again).right != first and "v_w" in question(again).step.symbol
    other = screens.pressed(replace(at_stop("momentum", "say"), seed=7), "ask")  # another session
    assert question(other).right not in (first, question(again).right)
    assert "Another network, seed 7: " in " ".join(screens.lines(other))
    assert question(other).right == exercise(SERIES["velocity"], 7, "last").asked[-1].right


def test_a_question_about_a_later_number_of_the_lesson_hides_it_and_leads_there() -> None:
    session = at_stop("hidden-delta", "delta")
    lesson = study_of(session).lesson
    assert lesson is not None
    own = replace(lesson, questions=(Question("delta", "δ_h2", 4),))
    session = replace(session, study=replace(study_of(session), lesson=own))
    here = screens.pressed(session, "ask")
    assert question(here).digits == 4 and study_of(here).hidden == {question(here).ref}
    after = answered(here, f"{question(here).right:.4g}")
    assert study_of(after).step.symbol == "δ_h2" and study_of(after).stop == study_of(session).last + 1


def test_plain_lines_say_where_a_stop_has_a_question(talk: Talk) -> None:
    lines = "\n".join(talk("hidden-delta", say="; ".join([*[""] * 7, "ask", "", "quit"])))
    assert "A question goes with this stop: “ask”." in lines and "Another network: δ_o1 = " in lines


def test_that_a_stop_has_a_question_can_be_left_unsaid_and_that_is_kept(tmp_path: Path) -> None:
    desk = Desk(Store.open(tmp_path))
    session = replace(at_stop("hidden-delta", "delta"), questions=desk.questions)
    off = answered(screens.pressed(session, "palette"), "questions that open by themselves")
    assert "opens by itself any more" in text(off) and not off.questions
    desk.keep(session, off)
    desk.close(off)
    off = screens.without_note(off)
    asks = words.load("en").say("plain.asks", key_ask="“ask”")
    assert [" p question " in text(one) for one in (session, off)] == [True, False]
    assert [asks in telling.everything(one) for one in (session, off)] == [True, False]
    assert question(screens.pressed(off, "ask")).ref == question(screens.pressed(session, "ask")).ref
    assert not Desk(Store.open(tmp_path)).questions
    assert screens.pressed(off, "questions").questions


@pytest.mark.parametrize(
    ("stop", "asks", "signs"),
    [("sign", "δ_o2: positive, negative or 0?", "+−"), ("sum", "δ_h1: above, below or equal to ∂E/∂h1?", "><")],
)
def test_a_sign_or_a_comparison_is_asked_for_by_a_sign(stop: str, asks: str, signs: str) -> None:
    session = screens.pressed(at_stop("output-delta" if stop == "sign" else "hidden-delta", stop), "ask")
    assert asks in text(session) and "an expression" not in text(session).split(asks)[1]
    for one in ("0.5", "yes", "", "+-"):
        assert "Expected " in text(answered(session, one)).split(asks)[1]
    wrong = answered(session, signs[0])
    assert "It is not that." in text(wrong) and study_of(wrong).place == study_of(session).place
    right = answered(session, signs[1])
    assert study_of(right).step.symbol == asks.split(":")[0] and "Right: " in text(right)
    assert study_of(right).answered is not None and study_of(right).answered.outcome == "right"


@pytest.mark.parametrize("lesson", load.lessons(), ids=lambda lesson: lesson.id)
def test_after_an_answer_no_stop_speaks_that_lies_beyond_the_next_one(lesson: Lesson) -> None:
    """The number of the sixth stop of hidden-delta lies at the eighth, whose text stood there."""
    for number, stop in enumerate(lesson.stops):
        question = lesson.question(stop.id)
        if question is None or not (question.ask or question.rungs) or stop.iteration > 100:
            continue
        session = screens.pressed(at_stop(lesson.id, stop.id), "ask")
        for _ in range(4 * max(1, len(question.rungs))):
            session = session if study_of(session).panel is None else screens.update(session, Typed("?"))
        assert study_of(session).panel is None and (study_of(session).stop or 0) <= number + 1
        assert study_of(screens.pressed(session, "continue")).last <= study_of(session).last + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sign_is_not_asked_for_as_a_number(language: str) -> None:
    how = words.load(language).say("answer.how")
    assert how in text(screens.pressed(screens.of_lesson("deeper", language), "ask"))
    session = screens.pressed(screens.of_lesson("xor", language), "ask")
    assert question(session).form == "sign"
    assert how not in text(session)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_a_slip_is_told_ends_on_the_screen(size: tuple[int, int]) -> None:
    """Of the longest: it takes the rows that it needs from the picture."""
    told = 0
    for lesson in load.lessons()[-8::2]:
        session = screens.of_lesson(lesson.id, size=size)
        for one in (one for one in lesson.questions if one.ask):
            number = [stop.id for stop in lesson.stops].index(one.stop)
            study = replace(moves.at_stop(study_of(session), number), running=None)
            here = screens.pressed(replace(session, study=study), "ask")
            slips = question(here).slips if question(here).form == "number" else ()
            for slip in slips[:4]:
                panel = study_of(answered(here, repr(slip.value))).panel
                if not isinstance(panel, Answering):
                    continue  # near enough to be right
                said = Posed(Speech(words.load("en"), Style.UNICODE), panel.question.asked).told(panel.verdict)
                shown = " ".join(text(answered(here, repr(slip.value))).split())
                assert all(" ".join(line.split()) in shown for line in said), (lesson.id, one.stop, slip.mistake)
                told += 1
    assert told > 4


def test_where_only_what_is_told_has_room_the_question_comes_back_with_the_first_letter() -> None:
    session = screens.of_lesson("deeper", size=(40, 12))
    here = screens.pressed(replace(session, study=moves.at_stop(study_of(session), 2)), "ask")
    slip = next(one for one in question(here).slips if one.mistake == "one-path")
    wrong = answered(here, repr(slip.value))
    panel = study_of(wrong).panel
    assert isinstance(panel, Answering)
    *_, last = Posed(Speech(words.load("en"), Style.UNICODE), panel.question.asked).told(panel.verdict)
    assert " ".join(last.split()) in " ".join(text(wrong).split())
    assert question(wrong).step.symbol + " = ?" not in text(wrong)
    assert question(wrong).step.symbol + " = ?" in text(screens.update(wrong, Typed("0")))


def test_the_stop_that_asks_for_words_names_the_key_that_shows_a_good_answer() -> None:
    session = at_stop("momentum", "say")
    assert " f an answer " in screens.lines(session)[-1]
    assert " f an answer " not in screens.lines(at_stop("momentum", "rate"))[-1]
    shown = load.text("momentum", "en").end["answer"].text.split(".")[0]
    assert shown not in text(session) and shown in " ".join(text(screens.pressed(session, "ending")).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_on_a_low_screen_a_slip_is_told_in_fewer_sentences_and_not_cut(language: str) -> None:
    session = screens.of_lesson("hidden-delta", language, size=(40, 12))
    here = screens.pressed(replace(session, study=moves.at_stop(study_of(session), 4)), "ask")
    shorter = 0
    for slip in question(here).slips:
        panel = study_of(wrong := answered(here, repr(slip.value))).panel
        if not isinstance(panel, Answering) or panel.verdict is None or not panel.verdict.mistakes:
            continue
        shown, said = " ".join(text(wrong).split()), words.load(language)
        tell = [mistakes.told(said, one) for one in panel.verdict.mistakes[:1]]
        assert all(did in shown for did, *_ in tell), slip.mistake
        assert not any(re.fullmatch(r"\s*… \d+ …\s*", row) for row in screens.lines(wrong)), slip.mistake
        shorter += len(panel.verdict.mistakes) == 1 and tell[0][1] not in shown and tell[0][-1] in shown
    assert shorter > 2
