"""What is gone after an action is not looked at any more: a picked row, a place, a page, a size, a lesson."""

from __future__ import annotations

from dataclasses import replace

import pytest
import screens
from screens import update

from nntutor.lessons.course import load
from nntutor.tui.drawing import extents
from nntutor.tui.state import moves
from nntutor.tui.state.panels import Asking, Editing, Helping, Scrolled, Why
from nntutor.tui.state.runs import RUNS
from nntutor.tui.state.session import Home, Press, Resized, Session, Typed
from nntutor.tui.state.study import Study
from nntutor.tui.state.written import written


def set_to(session: Session, text: str) -> Session:
    return screens.pressed(update(screens.pressed(session, "edit"), Typed(text)), "continue")


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


@pytest.mark.parametrize("lesson", ["vanishing", "cycle", "deeper"])
def test_the_picked_operand_is_one_of_the_step_that_is_gone_back_to(lesson: str) -> None:
    session = screens.pressed(screens.of_lesson(lesson), "why", "continue")
    for _ in range(len(study_of(session).step.operands)):
        picked = screens.pressed(session, "unit_previous", "backspace")
        panel, operands = study_of(picked).panel, study_of(picked).step.operands
        assert isinstance(panel, Why) and (panel.picked < len(operands) or panel.picked == 0)
        again = screens.pressed(picked, "continue")
        assert len(screens.lines(again)) == 24
        session = screens.pressed(session, "unit_next")


def test_a_row_that_is_gone_leaves_the_last_one_picked() -> None:
    session = screens.of_lesson("hidden-delta")
    study = study_of(session)
    assert study.step.operands
    shown = update(replace(session, study=replace(study, panel=Why(99))), Press("language"))
    assert study_of(shown).panel == Why(len(study.step.operands) - 1)


@pytest.mark.parametrize("page", [-5, 99])
def test_a_page_that_is_gone_is_the_nearest_that_there_is(page: int) -> None:
    session = screens.of_lesson("hidden-delta", size=(40, 12))
    pages = extents.prose_pages(session)
    assert pages > 1
    shown = update(replace(session, study=replace(study_of(session), page=page)), Press("language"))
    assert study_of(shown).page == (0 if page < 0 else extents.prose_pages(shown) - 1)


def test_a_page_whose_last_word_is_long_says_all_the_same_that_it_goes_on() -> None:
    session = replace(screens.of_lesson("output-delta", "ko", size=(40, 12)), digits=17)
    session = replace(session, study=moves.at_stop(study_of(session), 1))
    session = screens.pressed(session, "back")  # what is said of that takes two rows of the text's four
    pages = extents.prose_pages(session)
    assert pages > 5
    for page in range(pages - 1):
        shown = "".join(screens.lines(replace(session, study=replace(study_of(session), page=page))))
        assert f"{pages}쪽 중 {page + 1}쪽" in shown


@pytest.mark.parametrize("panel", ["why", "check", "run", "goto", "edit", "help", "glossary"])
def test_what_is_opened_over_a_further_page_leaves_that_page_when_it_is_closed(panel: str) -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta", size=(40, 12)), "continue")
    assert study_of(session).page == 1
    opened = screens.pressed(session, panel, "language", "language")
    assert study_of(opened).panel is not None and len(screens.lines(opened)) == 12
    assert screens.lines(screens.pressed(opened, "escape")) == screens.lines(session)


def test_on_a_larger_screen_a_page_is_scrolled_no_further_than_it_goes() -> None:
    """Else the first keys that lead back up would do nothing."""
    session = screens.pressed(screens.of_lesson("hidden-delta", size=(80, 10)), "help", "last")
    larger = update(session, Resized(80, 24))
    panel = study_of(larger).panel
    assert isinstance(panel, Helping) and panel.top == extents.last_top(larger) > 0
    assert screens.lines(screens.pressed(larger, "unit_previous")) != screens.lines(larger)


def test_a_page_on_begins_with_the_last_row_of_the_page_before() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta", size=(80, 10)), "help")
    further = screens.pressed(session, "phase_next")
    assert screens.lines(further)[2] == screens.lines(session)[-3] != ""
    assert screens.lines(screens.pressed(further, "phase_previous")) == screens.lines(session)


@pytest.mark.parametrize("size", [(1, 24), (1, 1), (2, 40), (111, 1)])
def test_every_view_is_drawn_in_one_column_after_a_run(size: tuple[int, int]) -> None:
    study = screens.pressed(screens.of_lesson("cycle"), "last", "step", "last", "step")
    assert study_of(study).reached_here == 3
    seen = set()
    while study_of(study).view not in seen:
        seen.add(study_of(study).view)
        assert len(screens.lines(update(study, Resized(*size)))) == size[1]
        study = screens.pressed(study, "view")
    assert "curve" in seen


def test_a_picked_command_is_one_of_those_found() -> None:
    session = screens.pressed(screens.of_lesson("hidden-delta"), "palette", *["unit_next"] * 9)
    assert session.palette is not None and session.palette.picked == 9
    left = update(replace(session, palette=replace(session.palette, line=written("check"))), Press("theme"))
    assert left.palette is not None and left.palette.picked < 9
    assert screens.pressed(left, "continue").palette is None


def test_a_way_back_leads_to_no_iteration_that_is_forgotten_and_to_no_step_of_another_network() -> None:
    walked = screens.pressed(screens.of_lesson("cycle"), "last", "step", "phase_next", "why")
    while study_of(walked).timeline.iteration == 2:
        walked = screens.pressed(walked, "unit_previous", "continue")
    walked = screens.pressed(walked, "escape")
    assert any(one.iteration == 2 for one in study_of(walked).trail)
    changed = set_to(walked, "w1 = 0.5")
    assert all(one.iteration == 1 for one in study_of(changed).trail)
    assert study_of(screens.pressed(changed, "backspace")).timeline.iteration == 1
    at = screens.pressed(screens.of_lesson("cycle"), "last")
    jumps = (screens.pressed(at, "why", *["unit_next"] * down, "continue", "escape") for down in range(9))
    jumped = next(one for one in jumps if study_of(one).trail)
    assert study_of(jumped).trail and not study_of(set_to(jumped, "depth = 3")).trail


def test_a_lessons_stops_are_where_the_batch_has_them() -> None:
    study = study_of(set_to(screens.of_lesson("xor"), "batch = 2"))
    assert study.lesson is not None and study.timeline.problem.batch_size == 2
    for stop in study.lesson.stops:
        at, trace = study.place_of(stop), study.timelines[stop.run].trace_of(1)
        ref = trace.find(stop.at)
        if stop.iteration == 1 and ref is not None:
            assert at == (1, trace.index_of(ref)), stop.id


@pytest.mark.parametrize("text", ["E", "2·o1", "η = net_o1 + 1"])
def test_no_number_is_set_to_one_that_is_still_to_come(text: str) -> None:
    before = screens.of_lesson("cycle")
    session = set_to(before, text)
    panel = study_of(session).panel
    assert isinstance(panel, Editing) and panel.wrong is not None and panel.wrong[0] == "edit.not_yet"
    assert not study_of(session).timeline.edits
    assert any("not known yet" in line for line in screens.lines(session))
    assert any("아직" in line for line in screens.lines(screens.pressed(session, "language")))
    later = set_to(screens.pressed(before, "last"), "η = E")
    assert study_of(later).trace["η"] == study_of(before).trace.error


def test_a_run_is_not_asked_for_by_an_error_that_is_still_to_come() -> None:
    session = screens.of_lesson("cycle")
    for at, known in ((session, False), (screens.pressed(session, "last"), True)):
        asked = screens.pressed(at, "run", *["unit_next"] * len(RUNS), "continue")
        assert study_of(asked).panel == Asking("goal")
        run = screens.pressed(update(asked, Typed("E/2")), "continue")
        assert (study_of(run).running is not None) == known


def test_escape_after_a_search_leaves_the_list_as_it_was() -> None:
    home = Session(Home(load.lessons(), picked=4))
    for query in ("xor", "momentum", "adam", "e"):
        found = update(screens.pressed(home, "search"), Typed(query))
        for picked in (found, screens.pressed(found, "unit_next"), screens.pressed(found, *["backspace"] * len(query))):
            assert screens.lines(screens.pressed(picked, "escape")) == screens.lines(home)


def test_a_study_in_which_nothing_is_gone_stays_the_same_value() -> None:
    """What it has computed it keeps: a key that changes something else computes nothing."""
    session = screens.pressed(screens.of_lesson("hidden-delta"), "why")
    assert screens.pressed(session, "theme").study is session.study
    assert not isinstance(study_of(session).panel, Scrolled)


@pytest.mark.parametrize("opened", ["glossary", "help"])
def test_a_page_that_covers_the_second_page_of_a_text_leads_back_to_it(opened: str) -> None:
    session = update(screens.of_lesson("hidden-delta"), Resized(40, 12))
    session = screens.pressed(session, *["continue"] * 8)
    while not study_of(session).page:
        session = screens.pressed(session, "continue")
    covered = screens.pressed(session, opened)
    assert screens.lines(covered) != screens.lines(session)
    assert screens.lines(screens.pressed(covered, "escape")) == screens.lines(session)
    larger = screens.pressed(update(covered, Resized(120, 40)), "escape")
    assert study_of(larger).page == 0
