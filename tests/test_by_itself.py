"""Questions that open by themselves, and those with choices: never in the way, never twice, never given away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import screens
from plain import Talk

from nntutor.lessons.course import load
from nntutor.lessons.course.model import Lesson, Question
from nntutor.lessons.course.questions import HINTS
from nntutor.lessons.learner.answers import Skill
from nntutor.lessons.learner.places import Store
from nntutor.lessons.learner.review import is_known
from nntutor.tui import lint
from nntutor.tui.desk import Desk
from nntutor.tui.state import choices, moves
from nntutor.tui.state.panels import Answering, Marking, Picking
from nntutor.tui.state.session import Pointed, Press, Session, Tick, Typed
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.state.study import Study


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def lesson_of(session: Session) -> Lesson:
    lesson = study_of(session).lesson
    assert lesson is not None
    return lesson


def panel_of(session: Session) -> Answering | Picking:
    panel = study_of(session).panel
    assert isinstance(panel, Answering | Picking)
    return panel


def spaced(session: Session) -> Session:
    """After the space bar, whatever it means there."""
    typing = isinstance(study_of(session).panel, Answering)
    return screens.update(session, Typed(" ") if typing else Press("continue"))


def open_at(lesson: str, **named: object) -> Session:
    """A lesson at its first question, come to by space alone."""
    session = screens.of_lesson(lesson, asks=True, **named)  # type: ignore[arg-type]
    while study_of(session).panel is None:
        session = spaced(session)
    return session


def text(session: Session) -> str:
    return " ".join(" ".join(screens.lines(session)).split())


def opened(session: Session) -> list[str]:
    """The stops whose questions open, in a lesson read by space alone; every second one is answered by esc."""
    found: list[str] = []
    for _ in range(4 * len(lesson_of(session).stops)):
        if study_of(session).panel is None:
            session = spaced(session)
            continue
        found.append(lesson_of(session).stops[study_of(session).last].id)
        session = spaced(session) if len(found) % 2 else screens.pressed(session, "escape")
    return found


def test_space_opens_the_question_of_a_stop_before_it_goes_on_and_space_then_goes_on() -> None:
    session = open_at("output-delta")
    before = study_of(session)
    assert isinstance(panel_of(session), Answering) and "space go on" in screens.lines(session)[-1]
    after = study_of(spaced(session))
    assert after.panel is None and after.last == before.last + 1
    assert after.answered is not None and (after.answered.skill, after.answered.outcome) == ("output-delta", "skipped")


@pytest.mark.parametrize(
    ("lesson", "question"),
    [(one, each) for one in load.lessons() for each in one.questions if each.until],
    ids=lambda of: of.id if isinstance(of, Lesson) else of.stop,
)
def test_a_key_asks_what_is_to_be_done_wherever_its_stop_has_been_come_to_from(
    lesson: Lesson, question: Question
) -> None:
    """Come to by steps, past stops that have not been read, it did nothing."""
    number = [stop.id for stop in lesson.stops].index(question.stop)
    session = screens.of_lesson(lesson.id)
    there = replace(moves.brought_to(study_of(session), number), last=0, visited=0)
    if there.stop != number:  # another stop is at this place as well
        return
    asked = study_of(screens.pressed(replace(session, study=there), "ask"))
    assert asked.act is not None and (asked.act.stop, asked.last, asked.place) == (number, number, there.place)


@pytest.mark.parametrize(("lesson", "stop"), [("old-weights", "witness"), ("cycle", "claim")])
def test_a_check_opened_on_the_word_of_the_text_counts_as_done(lesson: str, stop: str) -> None:
    """It did not, and space asked for the same key again."""
    session = screens.of_lesson(lesson, asks=True)
    number = next(at for at, one in enumerate(lesson_of(session).stops) if one.id == stop)
    session = replace(session, study=moves.at_stop(study_of(session), number))
    done = screens.pressed(session, "check", "escape")
    act = study_of(done).act
    assert act is not None and act.done and study_of(done).last == number
    on = study_of(spaced(done))
    assert isinstance(on.panel, Picking) if lesson == "old-weights" else on.last == number + 1
    for kept in (replace(session, questions=False), screens.pressed(session, "back")):
        assert study_of(screens.pressed(kept, "check", "escape")).act is None


@pytest.mark.parametrize(
    ("lesson", "stop", "before", "deed", "done"),
    [("by-hand", "next-answer", (), ("w6 = 2", "b_o1 = -2.25"), True),
     ("by-hand", "next-answer", ("t1 = 1",), ("w6 = 2",), False),
     ("by-hand", "next-answer", ("x1 = 1", "x2 = 1"), ("w6 = 2",), False),
     ("wall", "most", (), ("w1 = 1", "w2 = 1", "b_o1 = -0.5"), True),
     ("wall", "most", (), ("x1 = 0", "x2 = 1", "w1 = -3", "b_o1 = 1", "w2 = 1"), False)],
)  # fmt: skip
def test_rows_that_were_changed_are_no_rows_that_were_got_right(
    lesson: str, stop: str, before: tuple[str, ...], deed: tuple[str, ...], done: bool
) -> None:
    """before: typed an iteration earlier. A moved target made praise of a weight that broke AND."""
    session = screens.of_lesson(lesson)
    number = next(at for at, one in enumerate(lesson_of(session).stops) if one.id == stop)
    session = replace(session, study=moves.at_stop(study_of(session), number))
    if before:
        session = screens.pressed(session, "iteration_previous")
    for line in before:
        session = _typed(session, line)
    session = screens.pressed(session, *(["iteration_next"] if before else []), "ask")
    for line in deed:
        session = _typed(session, line)
    act = study_of(session).act
    assert act is not None and act.done is done


def _typed(session: Session, line: str) -> Session:
    return screens.pressed(screens.update(screens.pressed(session, "edit"), Typed(line)), "continue")


def test_in_a_phase_one_question_opens_by_itself_and_those_that_always_do() -> None:
    session = screens.of_lesson("hidden-delta", asks=True)
    questions = tuple(Question(one, ask="Δw1", problem="sibling") for one in ("wait", "sum", "delta", "at-once"))
    for always, expected in ((False, ["wait", "at-once"]), (True, ["wait", "delta", "at-once"])):
        changed = tuple(replace(one, always=always and one.stop == "delta") for one in questions)
        lesson = replace(lesson_of(session), questions=changed)
        assert opened(replace(session, study=replace(study_of(session), lesson=lesson))) == expected


def test_while_they_are_off_or_what_they_ask_is_known_none_opens() -> None:
    session = screens.of_lesson("output-delta", asks=True)
    assert opened(session) and not opened(replace(session, questions=False))
    assert not [one for one in opened(replace(session, known=frozenset(["output-delta"]))) if one in ("sign", "delta")]


def test_two_hits_at_once_put_a_skill_off_until_it_is_due() -> None:
    day = 86400.0
    for results, days, expected in (
        ("rr", 1, True),
        ("hrr", 1, True),
        ("rr", 8, False),
        ("rhr", 1, False),
        ("r", 0, False),
    ):
        assert is_known(Skill(3, 0.0, results), days * day) == expected


def test_what_was_closed_opens_no_more_back_and_forth_nor_after_a_restart(tmp_path: Path) -> None:
    session = open_at("hidden-delta")
    assert isinstance(panel_of(session), Picking)
    for again in (session, screens.resumed(tmp_path / "open", session)):
        assert isinstance(study_of(spaced(again) if again is not session else again).panel, Picking)
    session = screens.pressed(session, "unit_next", "unit_next", "continue")
    assert panel_of(session).skill == "hidden-delta.wait" and "is right" in text(session)
    kept = screens.resumed(tmp_path / "closed", session)  # it was shown as right: so it is kept
    for one in (spaced(session), kept):
        back = screens.pressed(one, "stop_previous") if one is not kept else one
        assert study_of(back).panel is None and study_of(back).last == study_of(session).last
        assert study_of(spaced(back)).panel is None and study_of(spaced(back)).last == study_of(session).last + 1


def test_an_answer_that_is_shown_as_kept_is_kept_and_known_at_once(tmp_path: Path) -> None:
    desk = Desk(Store.open(tmp_path))
    before = open_at("hidden-delta")
    for _ in range(2):
        session = screens.pressed(before, "unit_next", "unit_next", "continue")
        session = desk.keep(before, session)
    assert session.known == {"hidden-delta.wait"} == Desk(Store.open(tmp_path)).known


def test_it_stops_to_ask_while_it_plays() -> None:
    session = spaced(open_at("hidden-delta"))
    session = screens.pressed(session, "stop_previous")
    session = replace(session, study=replace(study_of(session), closed=frozenset()))
    playing = screens.pressed(session, "play")
    session = screens.update(playing, Tick(study_of(playing).plays))
    assert panel_of(session).by_itself and study_of(session).playing is None
    assert study_of(session).place == study_of(playing).place


def test_a_wrong_choice_is_told_why_and_the_right_one_afterwards_is_no_first_time_hit() -> None:
    session = screens.pressed(open_at("hidden-delta"), "unit_next", "continue")
    assert "tempting" in text(session) and panel_of(session).by_itself
    session = screens.pressed(session, "unit_next", "unit_next", "continue")
    answered = study_of(session).answered
    assert answered is not None and answered.outcome == "helped"
    assert study_of(spaced(session)).last == study_of(session).last + 1
    assert study_of(screens.pressed(session, "escape")).last == study_of(session).last


def test_a_choice_is_right_where_the_record_at_hand_says_so() -> None:
    session = screens.of_lesson("output-delta", asks=True)
    session = screens.pressed(session, "edit")
    session = screens.pressed(screens.update(session, Typed("t1 = 1")), "continue")
    while not isinstance(study_of(session).panel, Picking):
        session = spaced(session)
    panel = study_of(session).panel
    assert isinstance(panel, Picking) and (panel.right, study_of(session).trace["∂E/∂w5"] < 0) == ({0}, True)


def test_help_shows_what_is_right_and_a_skipped_choice_can_be_asked_for() -> None:
    session = open_at("hidden-delta")
    shown = screens.pressed(session, "help")
    assert "The answer is" in text(shown)
    skipped = screens.pressed(session, "escape")
    assert "Skipped" in text(skipped) and isinstance(study_of(screens.pressed(skipped, "ask")).panel, Picking)


def through(session: Session) -> Session:
    """A lesson read by space to its end, which is open then."""
    for _ in range(3 * len(lesson_of(session).stops)):
        session = session if session.ending is not None else spaced(session)
    assert session.ending is not None
    return session


def test_space_past_the_question_of_the_last_stop_opens_the_end_of_the_lesson() -> None:
    session = through(screens.of_lesson("neuron", asks=True))
    answered = study_of(session).answered
    assert answered is not None and (answered.skill, answered.outcome) == ("neuron-delta", "skipped")
    assert len(lesson_of(session).stops) - 1 in study_of(session).closed
    assert study_of(screens.pressed(session, "escape")).panel is None


def test_a_bug_waits_for_its_key() -> None:
    session = screens.pressed(through(screens.of_lesson("old-weights", asks=True)), "escape")
    final = len(lesson_of(session).stops) - 1
    assert study_of(session).stop == final and final not in study_of(session).closed
    assert isinstance(study_of(screens.pressed(session, "ask")).panel, Marking)


def test_a_click_picks_a_choice_and_keys_that_only_look_lose_no_question() -> None:
    session = open_at("hidden-delta")
    panel = study_of(screens.update(session, Pointed("row", 1))).panel
    assert isinstance(panel, Picking) and (panel.told, panel.outcome) == (1, "right")
    tried = screens.pressed(session, "unit_next", "continue")
    for key in ("view", "digits"):  # how often it had been answered wrongly was forgotten, and what had been marked
        looked = study_of(screens.pressed(tried, key))
        assert not looked.closed and looked.panel == study_of(tried).panel
    elsewhere = screens.pressed(session, "phase_next", "phase_previous", "stop_previous")
    assert not study_of(elsewhere).closed and isinstance(study_of(spaced(elsewhere)).panel, Picking)


@pytest.mark.parametrize("lesson", [lesson.id for lesson in load.lessons()])
def test_no_choice_of_a_list_has_a_number_that_could_be_read_as_its_factor(lesson: str) -> None:
    """“1/4 w5”, of a label that is a weight."""
    session = screens.of_lesson(lesson, asks=True)
    for _ in range(4 * len(lesson_of(session).stops)):
        panel = study_of(session).panel
        if isinstance(panel, Picking):
            assert not any(f" {number + 1}/{panel.choices} " in text(session) for number in range(panel.choices))
        session = spaced(session) if panel is None else screens.pressed(session, "escape")


def test_in_plain_lines_it_opens_too_and_a_number_chooses(talk: Talk) -> None:
    lines = talk("hidden-delta", say="; ; 1; ?; ; quit")
    said = "\n".join(lines)
    assert "1: With a target of its own." in said and "tempting" in said and "The answer is" in said
    assert "Stop 3 of" in said


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_of_a_question_with_choices_no_word_is_lost(size: tuple[int, int], language: str) -> None:
    for lesson in (one for one in load.lessons() if one.id in ("hidden-delta", "output-delta")):
        session = screens.of_lesson(lesson.id, language, size=size, asks=True)
        while not isinstance(study_of(session).panel, Picking):
            session = spaced(session)
        words_of = load.text(lesson.id, language)
        posing = words_of.questions[lesson.stops[study_of(session).last].id]
        place = choices.place(study_of(session), study_of(session).last)
        for number, option in enumerate(posing.options.values(), 1):
            here = screens.pressed(session, *["unit_next"] * number)
            assert "".join(option.label.split()) in "".join(text(here).split())
            said = place.filled(words_of, option.said, session.digits, session.style)
            assert "".join(said.split()) in "".join(text(screens.pressed(here, "continue")).split())


@pytest.mark.parametrize("lesson", [lesson.id for lesson in load.lessons()])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_where_no_choice_has_room_before_one_is_picked_it_is_said_how_many_there_are(
    lesson: str, language: str
) -> None:
    session = screens.of_lesson(lesson, language, size=(40, 12), asks=True)
    for _ in range(4 * len(lesson_of(session).stops)):
        panel = study_of(session).panel
        if isinstance(panel, Picking):
            below = words_with_keys(session).say("choice.below", count=panel.choices)
            asks = load.text(lesson, language).questions[lesson_of(session).stops[panel.stop].id].asks
            assert below in text(session) and ("}}" in asks or asks.split()[-1] in text(session))
            picked = screens.pressed(session, "unit_next")
            assert below not in text(picked) and f"(1/{panel.choices})" in text(picked)
            assert below not in text(screens.pressed(session, "help"))
        session = spaced(session) if panel is None else screens.pressed(session, "escape")


# --- several in a row, several to be marked ------------------------------------------------------------


def come_to(lesson: str, stop: str, session: Session | None = None) -> Session:
    """A lesson at the open question of a stop, come to by space alone."""
    session = session or screens.of_lesson(lesson, asks=True)
    while lesson_of(session).stops[study_of(session).last].id != stop or study_of(session).panel is None:
        session = spaced(session)
    return session


def answered(session: Session, text: str) -> Session:
    return screens.pressed(screens.update(session, Typed(text)), "continue")


def test_rungs_follow_one_another_each_is_kept_by_itself_and_none_tells_what_the_next_one_asks() -> None:
    session, kept = come_to("hidden-delta", "delta"), []
    for answer, told in (
        ("+", "Right: δ_h2 > 0."),
        ("<", "It is not that."),
        (">", "Right: δ_h2 > δ_h1."),
        ("0.00619", ""),
    ):
        session = answered(session, answer)
        ended = study_of(session).answered
        assert told in text(session)
        kept += [] if ended is None or kept[-1:] == [(ended.skill, ended.outcome)] else [(ended.skill, ended.outcome)]
        assert (study_of(session).last in study_of(session).closed) == (answer == "0.00619")
    wanted = [("hidden-delta.sign", "right"), ("hidden-delta.larger", "helped"), ("hidden-delta", "right")]
    assert kept[-3:] == wanted and study_of(session).panel is None


def test_a_rung_that_is_shown_shows_no_more_than_it_asks_and_the_next_one_follows() -> None:
    for way in ("-", "?"):
        session = come_to("hidden-delta", "delta")
        for _ in HINTS:
            session = screens.update(session, Typed(way)) if way == "?" else answered(session, way)
        panel, ended = panel_of(session), study_of(session).answered
        assert isinstance(panel, Answering) and panel.rung == (2, 3) and "δ_h2 > 0." in text(session)
        assert ended is not None and (ended.skill, ended.outcome) == ("hidden-delta.sign", "shown")
        assert "0.009954" not in text(session)


@pytest.mark.parametrize("key", ["escape", "space"])
def test_rungs_are_never_in_the_way_and_a_known_one_is_passed_over(key: str) -> None:
    session = answered(come_to("hidden-delta", "delta"), "+")
    before = study_of(session).last
    after = study_of(spaced(session) if key == "space" else screens.pressed(session, key))
    assert after.panel is None and before in after.closed and after.last == before + (key == "space")
    again = screens.pressed(session, "escape", "ask")
    assert isinstance(panel := panel_of(again), Answering) and panel.rung == (2, 3)  # skipped: asked there again
    known = replace(screens.of_lesson("hidden-delta", asks=True), known=frozenset(["hidden-delta.sign"]))
    panel = panel_of(come_to("hidden-delta", "delta", known))
    assert isinstance(panel, Answering) and panel.rung == (2, 3)


def test_each_of_several_is_marked_and_a_wrong_mark_is_told() -> None:
    session = come_to("hidden-delta", "no-target")
    for keys, told in ((1, "“w5” is right, and it is not the only one"), (2, "“w6”: no"), (3, "“w7” is right.")):
        assert isinstance(panel := panel_of(session), Picking) and not panel.outcome
        session = screens.pressed(session, *["unit_next"] * keys, "continue")
        assert told in text(session)
    answered = study_of(session).answered
    assert answered is not None and (answered.skill, answered.outcome) == ("hidden-delta.no-target", "helped")
    assert "“w5, w7”" in text(screens.pressed(come_to("hidden-delta", "no-target"), "help"))


# --- what is to be done ------------------------------------------------------------------------------


def to_do(lesson: str, **named: object) -> Session:
    """A lesson at its first act."""
    session = screens.of_lesson(lesson, asks=True, **named)  # type: ignore[arg-type]
    while study_of(session).act is None:
        session = spaced(session)
    return session


def test_an_act_is_done_by_the_keys_that_do_it_and_the_next_stop_follows() -> None:
    session = to_do("descent")
    assert "find an η with which" in text(session)
    after = screens.pressed(session, "double")
    answered, act = study_of(after).answered, study_of(after).act
    assert act is not None and act.done and "It lands." in text(after)
    assert answered is not None and (answered.skill, answered.outcome) == ("descent.double", "right")
    following = study_of(spaced(after))
    assert following.act is None and following.last == study_of(session).last + 1


def test_what_is_said_of_an_act_that_is_done_goes_with_a_change_that_undoes_it() -> None:
    done = screens.pressed(to_do("descent"), "double")
    undone = screens.pressed(done, "double")
    assert "It lands." not in text(undone) and "find an η with which" in text(undone)
    assert "It lands." in text(screens.pressed(undone, "halve"))
    after = study_of(screens.pressed(undone, "escape"))
    assert after.answered == study_of(done).answered  # it counts as done, once
    assert after.act is None and after.note is None


@pytest.mark.parametrize("key", ["continue", "escape"])
def test_an_act_that_is_not_done_is_skipped_and_never_in_the_way(key: str) -> None:
    session = to_do("descent")
    after = study_of(screens.pressed(session, "view", "less", key))
    assert after.act is None and after.answered is not None and after.answered.outcome == "skipped"
    assert after.last == study_of(session).last + (key == "continue")
    asked = screens.pressed(to_do("descent"), "escape", "ask")
    assert study_of(asked).act is not None  # p asks for it again


def test_a_check_is_an_act_and_another_stop_ends_one() -> None:
    session = to_do("old-weights")
    checked = screens.pressed(session, "check")
    act = study_of(checked).act
    assert act is not None and act.done and "Measured." in text(screens.pressed(checked, "escape"))
    assert study_of(screens.pressed(session, "stop_previous")).act is None


def test_what_is_to_be_chosen_after_an_act_follows_it_and_is_kept_by_itself() -> None:
    asked = to_do("old-weights")
    assert study_of(spaced(asked)).panel is None  # skipped, and what follows it too
    session = screens.pressed(asked, "check", "continue", "continue")
    assert panel_of(session).by_itself and "Which of the two columns is it?" in text(session)
    before = study_of(session)
    assert before.answered is not None and before.answered.skill == "old-weights.witness"
    session = screens.pressed(session, "unit_next", "continue")
    answered = study_of(session).answered
    assert answered is not None and (answered.skill, answered.outcome) == ("old-weights.witness.choice", "right")
    assert study_of(spaced(session)).last == before.last + 1


@pytest.mark.parametrize(
    "way", [("continue", "escape"), ("continue", "continue", "stop_previous"), ("step_next", "step_back"), ()]
)
def test_what_was_not_chosen_after_an_act_is_asked_for_again(way: tuple[str, ...]) -> None:
    """“Skipped. p asks again.” is said of it, and its text asks for one of two columns."""
    session = screens.pressed(to_do("old-weights"), "check", "escape", *way, "ask")
    assert "Which of the two columns is it?" in text(session)
    chosen = screens.pressed(session, "unit_next", "continue")
    answered = study_of(chosen).answered
    assert answered is not None and (answered.skill, answered.outcome) == ("old-weights.witness.choice", "right")
    assert study_of(screens.pressed(chosen, "continue")).question is None


@pytest.mark.parametrize("way", ["more", "iteration_next"])
def test_an_act_says_its_rows_beside_its_own_picture_only(way: str) -> None:
    """Of another gate, or after another row, what it says stood beside a picture that showed something else."""
    session = to_do("wall")
    assert "Rows with ✓ now: 4 of 4" in text(session)
    gone = screens.pressed(session, way)
    assert study_of(gone).act is None and "Rows with ✓ now" not in text(gone)


def test_after_a_run_an_act_is_asked_for_at_its_stop() -> None:
    session = lint.ran(screens.pressed(to_do("wall"), "run", "continue"))
    assert study_of(session).held is not None
    asked = study_of(screens.pressed(session, "ask"))
    assert asked.act is not None and asked.lesson is not None
    assert asked.place == asked.place_of(asked.lesson.stops[asked.act.stop])


def test_an_act_is_told_in_lines_and_what_was_done_is_too(talk: Talk) -> None:
    lines = "\n".join(talk("descent", say="; ".join([*[""] * 9, "double", "", "quit"])))
    assert "find an η with which" in lines and "It lands." in lines
