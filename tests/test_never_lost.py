"""Wherever a learner has gone, the lesson goes on at the next stop that has not been read, and back to every one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from strategies import share

from nntutor.lessons.course import builtin, load
from nntutor.lessons.course.model import Lesson
from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES
from nntutor.lessons.learner.places import Store
from nntutor.tui import lint
from nntutor.tui.desk import Desk
from nntutor.tui.state import moves
from nntutor.tui.state.commands import COMMANDS
from nntutor.tui.state.session import Home, Opened, Session, Typed, Wanted
from nntutor.tui.state.study import Study

LESSONS = load.lessons()
EACH = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
# On so large a screen every text is one page, so that each key leads to another stop.
SIZE = (200, 60)


def of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def pressed(session: Session, *actions: str) -> Session:
    """After keys, what leads there run."""
    for action in actions:
        session = lint.ran(screens.pressed(session, action))
    return session


def typed(session: Session, panel: str, line: str) -> Session:
    return pressed(screens.update(screens.pressed(session, panel), Typed(line)), "continue", "escape")


def run_of(session: Session, choice: int) -> Session:
    """`r` and the choice of that number."""
    return pressed(session, "run", *["unit_next"] * choice, "continue")


def at(session: Session, stop: str) -> Session:
    """At a stop, by space alone."""
    lesson = of(session).lesson
    assert lesson is not None
    while lesson.stops[of(session).last].id != stop:
        session = pressed(session, "continue")
    return session


@EACH
def test_space_alone_reaches_every_stop_once_and_s_alone_leads_back_through_all(lesson: Lesson) -> None:
    session = screens.of_lesson(lesson.id, size=SIZE, known=True)
    for number, stop in enumerate(lesson.stops):
        study = of(session)
        assert (study.stop, study.visited, study.held) == (number, number, None)
        assert (study.run, study.place, study.view) == (stop.run, study.place_of(stop), stop.view)
        if number < len(lesson.stops) - 1:
            assert not study.finished
            session = pressed(session, "continue")
    assert of(session).finished
    for number in range(len(lesson.stops) - 2, -1, -1):
        session = pressed(session, "stop_previous")
        study = of(session)
        assert (study.stop, study.run, study.place) == (
            number,
            lesson.stops[number].run,
            study.place_of(lesson.stops[number]),
        )
    again = pressed(session, "stop_previous")
    assert of(again).stop == 0
    assert of(again).note is not None and of(again).finished


# --- what lost a learner --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lesson", "stop", "choice"),
    [
        ("cycle", "ten-thousand", 3),
        ("output-delta", "two-errors", 2),
        ("xor", "plateau", 2),
        ("xor", "for-ever", 2),
        ("xor", "stuck", 2),
        ("xor", "seeds", 2),
    ],
)
def test_after_a_run_space_leads_to_the_stop_that_would_have_been_next(lesson: str, stop: str, choice: int) -> None:
    session = at(screens.of_lesson(lesson, size=SIZE, known=True), stop)
    number = of(session).stop
    assert number is not None
    after = run_of(session, choice)
    assert of(after).place.iteration > of(session).place.iteration
    if of(after).stop == number:  # its text is kept, and says of which iteration it is
        after = pressed(after, "continue")
    assert (of(after).stop, of(after).visited, of(after).held) == (number + 1, number + 1, None)


def test_the_lessons_own_run_ends_at_its_next_stop_and_another_one_where_it_was_asked_to() -> None:
    session = at(screens.of_lesson("cycle", size=SIZE, known=True), "ten-thousand")
    after = run_of(session, 3)
    assert of(after).lesson.stops[of(after).stop].id == "curve"
    assert of(after).place == of(after).place_of(of(after).lesson.stops[-1])
    changed = run_of(typed(session, "edit", "w1 = 0.2"), 2)
    assert of(changed).place.iteration == of(session).place.iteration + 1000
    assert of(changed).stop == of(session).stop, "the text stays until the learner goes on"
    assert of(pressed(changed, "step")).stop is None
    assert of(pressed(changed, "stop_previous")).place == of(session).place


def test_a_run_that_is_stopped_has_not_come_to_the_stop_it_was_to_lead_to() -> None:
    session = at(screens.of_lesson("cycle", size=SIZE), "ten-thousand")
    on_its_way = screens.pressed(session, "continue")
    assert of(on_its_way).running is not None
    stopped = screens.pressed(on_its_way, "escape")
    assert of(stopped).visited == of(session).visited
    assert of(pressed(stopped, "continue")).finished


def test_where_training_has_diverged_a_run_ends_at_once_and_space_goes_on() -> None:
    session = run_of(typed(screens.of_lesson("descent", size=SIZE, known=True), "edit", "η = 100"), 1)
    assert of(session).timeline.diverged is not None
    for choice in range(2):
        session = run_of(session, choice)
        assert of(session).running is None and of(session).note is not None
        assert of(session).note[0].startswith("status.diverged")
    assert of(pressed(session, "continue")).stop == 1


@pytest.mark.parametrize(
    ("lesson", "stop", "choice"), [("xor", "start", 3), ("cycle", "ten-thousand", 3), ("sgd", "epoch", 3)]
)
def test_a_run_that_ends_at_a_stop_shows_what_its_text_speaks_of(lesson: str, stop: str, choice: int) -> None:
    after = run_of(at(screens.of_lesson(lesson, size=SIZE), stop), choice)
    study = of(after)
    assert study.stop is not None and study.note is not None
    assert study.view == study.lesson.stops[study.stop].view


def test_why_a_stop_past_a_divergence_is_not_reached_is_said_by_every_key_that_leads_there() -> None:
    session = at(screens.of_lesson("relu", size=SIZE), "dead")
    for line in ("w1 = 3", "η = 50"):
        session = typed(session, "edit", line)
    session = pressed(session, "continue", "continue")
    diverged = of(session).timeline.diverged
    assert diverged is not None and of(session).lesson.stops[of(session).stop].iteration > diverged
    ways = (session, pressed(session, "escape", "iteration_next"), typed(session, "goto", f"iteration {diverged + 1}"))
    for way in ways[:2]:
        shown = " ".join(" ".join(screens.lines(way)).split())
        assert f"Diverged in iteration {diverged}" in shown and "u takes back your change" in shown
    assert of(ways[2]).place.iteration == diverged


def test_where_nothing_was_changed_no_change_of_the_learners_is_spoken_of() -> None:
    session = screens.of_problem(builtin.open("race-rosenbrock"))
    session = pressed(session, *["iteration_next"] * 5)
    shown = " ".join(" ".join(screens.lines(session)).split())
    assert "the run ends here" in shown and "change" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stop_that_the_changed_network_does_not_have_keeps_what_can_be_said_of_it(language: str) -> None:
    lesson = load.find("vanishing")
    assert lesson is not None
    told = words.load(language).knowing({"key_reset": "0"}).say("status.set_aside")
    session, lacking = screens.of_lesson("vanishing", language, size=SIZE, known=True), 0
    kept_back = 0
    for number, stop in enumerate(lesson.stops):
        changed = typed(session, "edit", "depth = 1")
        study = of(changed)
        assert study.stop == number
        shown = " ".join(" ".join(screens.lines(changed)).split())
        if study.place_of(stop) is None:
            lacking += 1
            kept_back += told in shown
            text = load.text("vanishing", language).stops[stop.id].text
            always = re.sub(r"{{if .*?{{end}}", "", text, flags=re.DOTALL)
            questions = re.findall(r"[^.?!]+\?", always)
            assert all(one.strip() in shown for one in questions if "{{" not in one)
            assert of(pressed(changed, "reset")).held is None
        session = pressed(session, "continue")
    assert lacking and kept_back


def test_a_stop_that_was_looked_up_does_not_finish_a_lesson_and_space_leads_to_those_left_out() -> None:
    session = screens.of_lesson("cycle", size=SIZE, known=True)
    final = len(of(session).lesson.stops) - 1
    session = lint.ran(replace(session, study=moves.at_stop(of(session), final)))
    assert (of(session).stop, of(session).visited, of(session).finished) == (final, 0, False)
    for number in range(1, final + 1):
        session = pressed(session, "continue")
        assert (of(session).stop, of(session).visited) == (number, number)
    assert of(session).finished


@pytest.mark.parametrize("key", ["step", "back", "more"])
def test_from_beside_the_last_stop_space_leads_to_the_end_once_and_then_on(key: str) -> None:
    session = screens.of_lesson("relu", size=SIZE, known=True)
    session = at(session, of(session).lesson.stops[-1].id)
    session = pressed(session, key, "continue")
    assert session.ending is not None
    session = pressed(session, "escape", "continue")
    place = of(session).place
    session = pressed(session, "continue")
    assert session.ending is None and of(session).place > place


# --- random ways ------------------------------------------------------------------------------------------

KEYS = (
    "step", "back", "unit_next", "unit_previous", "phase_next", "phase_previous", "iteration_next",
    "iteration_previous", "first", "last", "more", "less", "halve", "double", "reset", "undo", "redo", "view", "zoom",
)  # fmt: skip
PLACES = ("iteration 1", "iteration 2", "iteration 40", "step 1", "step 7", "E", "w1", "net_o1")
EDITS = ("w1 = 0.5", "w2 = -1", "t1 = 0.25", "η = 0.125", "depth = 2", "η = 100")
acts = st.one_of(
    st.sampled_from(KEYS).map(lambda key: ("key", key)),
    st.sampled_from(PLACES).map(lambda line: ("goto", line)),
    st.sampled_from(EDITS).map(lambda line: ("edit", line)),
    st.integers(0, 2).map(lambda choice: ("run", choice)),
)


def acted(session: Session, act: tuple[str, object]) -> Session:
    kind, what = act
    if kind == "key":
        return pressed(session, str(what))
    return run_of(session, int(str(what))) if kind == "run" else typed(session, kind, str(what))


@EACH
@share(0.1)
@given(data=st.data())
def test_after_any_act_space_leads_to_the_next_stop_that_is_not_read(lesson: Lesson, data: st.DataObject) -> None:
    session = screens.of_lesson(lesson.id, size=SIZE, known=True)
    for _ in range(data.draw(st.integers(0, len(lesson.stops) - 2))):
        session = pressed(session, "continue")
    for act in data.draw(st.lists(acts, min_size=1, max_size=4)):
        session = acted(session, act)
    read = of(session).visited
    assert of(session).last == read
    while not of(session).finished:
        session = pressed(session, "continue")
        assert (of(session).stop, of(session).last) == (read + 1, read + 1)
        read += 1
    assert read == len(lesson.stops) - 1
    while of(session).last:
        before = of(session).last
        session = pressed(session, "stop_previous")
        assert of(session).last in (before, before - 1)
        if of(session).last == before:
            session = pressed(session, "stop_previous")
            assert of(session).last == before - 1


@share(0.3)
@given(lesson=st.sampled_from(LESSONS), acted_on=st.lists(acts, max_size=3), stops=st.integers(0, 6))
def test_left_and_opened_again_the_lesson_goes_on_where_it_had_come_to(
    lesson: Lesson, acted_on: list[tuple[str, object]], stops: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    session = pressed(
        screens.of_lesson(lesson.id, size=SIZE, known=True), *["continue"] * min(stops, len(lesson.stops) - 2)
    )
    for act in acted_on:
        session = acted(session, act)
    again = screens.kept(Path(tmp_path_factory.mktemp("home")), session)
    kept, left = of(again), of(session)
    assert (kept.last, kept.visited, kept.stop) == (left.last, left.visited, left.stop)


# --- the list ---------------------------------------------------------------------------------------------


def left_at(home: Path, lesson: str, stops: int, *keys: str) -> Session:
    """The list after a lesson was read up to a stop and left."""
    store = Store.open(home)
    desk = Desk(store)
    listed = Session(desk.home(), width=SIZE[0], height=SIZE[1], questions=False)
    session = screens.update(listed, Opened(desk.open_lesson(lesson)))
    for key in (*["continue"] * stops, *keys):
        session = desk.keep(session, pressed(session, key))
    listed = desk.keep(session, screens.pressed(session, "leave"))
    store.close()
    return listed


def again(home: Path, *, anew: bool) -> Study:
    store = Store.open(home)
    study = Desk(store).open_lesson("cycle", anew=anew)
    store.close()
    return study


@pytest.mark.parametrize("wandered", [(), ("iteration_next",), ("stop_previous",) * 3, ("goto", "escape")])
def test_the_list_counts_the_furthest_stop_wherever_the_lesson_was_left(
    tmp_path: Path, wandered: tuple[str, ...]
) -> None:
    listed = left_at(tmp_path, "cycle", 7, *wandered)
    assert dict(listed.home.begun) == {"cycle": 7}
    roomy = screens.lines(replace(listed, width=80))
    assert any("begun: stop 8 of 13" in line for line in roomy)
    title = listed.home.lessons[listed.home.picked].number
    assert any(line.startswith(f" ▸ {title:2d}") and "8 of 13" in line for line in screens.lines(listed))
    store = Store.open(tmp_path)
    assert Desk(store).home().begun == listed.home.begun
    store.close()


def test_the_list_stands_on_the_lesson_left_and_on_the_next_when_that_is_finished(tmp_path: Path) -> None:
    ids = [lesson.id for lesson in LESSONS]
    begun = left_at(tmp_path, "cycle", 3)
    assert begun.home.lessons[begun.home.picked].id == "cycle"
    finished = left_at(tmp_path, "forward", len(LESSONS[ids.index("forward")].stops) - 1)
    following = ids[ids.index("forward") + 1]
    assert finished.home.lessons[finished.home.picked].id == following
    store = Store.open(tmp_path)
    home = Desk(store).home()
    store.close()
    assert home.lessons[home.picked].id == following, "also at the next start"


def test_zero_in_the_list_asks_and_then_begins_the_lesson_anew(tmp_path: Path) -> None:
    listed = left_at(tmp_path, "cycle", 7, "more")
    asked = screens.pressed(listed, "reset")
    assert asked.wanted is None
    assert any("Begin this lesson anew?" in line for line in screens.lines(asked))
    assert screens.pressed(asked, "reset").wanted == Wanted("cycle", anew=True)
    other = screens.pressed(asked, "unit_next")
    assert not other.home.anew and other.wanted is None
    assert screens.pressed(asked, "continue").wanted == Wanted("cycle")
    kept, new = again(tmp_path, anew=False), again(tmp_path, anew=True)
    assert (kept.last, kept.visited, kept.own(kept.run)) == (7, 7, False)
    assert (new.last, new.visited, new.own(new.run), new.place) == (0, 0, True, new.place_of(new.lesson.stops[0]))
    for action in {command.action for command in COMMANDS} - {"reset"}:
        elsewhere = screens.pressed(asked, action, "escape")
        assert not elsewhere.home.anew, f"{action} leaves the lesson as it is"
    untouched = Session(Home(LESSONS, picked=3))
    assert screens.pressed(untouched, "reset").wanted == Wanted(LESSONS[3].id, anew=True), "nothing there to lose"
