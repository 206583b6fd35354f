"""The desk: a lesson is opened where it was left, with the numbers and the settings that it had."""

from __future__ import annotations

import subprocess
import sys
from copy import copy
from dataclasses import fields, replace
from pathlib import Path

import pytest
import screens
from disks import Disk
from hypothesis import given
from hypothesis import strategies as st
from screens import update
from strategies import problems
from test_following import typed

from nntutor.core.engine.edits import Edit
from nntutor.core.notation.symbols import Ref
from nntutor.core.problems.network import Network, Problem, Samples
from nntutor.lessons.course import builtin
from nntutor.lessons.language import words as all_words
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui import lint
from nntutor.tui.bookmarks import fingerprint
from nntutor.tui.desk import Desk
from nntutor.tui.state.session import Home, Session, Typed
from nntutor.tui.state.study import Study


@pytest.mark.parametrize("lesson", [lesson.id for lesson in lint.load.lessons()])
def test_every_lesson_is_opened_again_at_the_step_where_it_was_left(tmp_path: Path, lesson: str) -> None:
    session = screens.of_lesson(lesson)
    for _ in range(6):
        session = lint.ran(screens.pressed(session, "continue"))
    session = screens.pressed(session, "step")
    again = screens.kept(tmp_path, session)
    assert session.study is not None and again.study is not None
    assert (again.study.run, again.study.place, again.study.stop) == (
        session.study.run,
        session.study.place,
        session.study.stop,
    )
    assert screens.lines(screens.without_note(again)) == screens.lines(screens.without_note(session))


@pytest.mark.parametrize("size", [(40, 12), (30, 10)])
def test_a_text_of_several_pages_is_opened_again_at_the_page_that_was_read(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    session = screens.pressed(screens.of_lesson("xor", size=size), "continue")
    assert session.study is not None and session.study.page == 1
    assert screens.lines(screens.kept(tmp_path, session)) == screens.lines(session)


KINDS = ("weight", "input", "target", "rate", "activation", "batch", "seed", "penalty", "form", "nothing")


@given(problems(), st.sampled_from(KINDS))
def test_a_problem_with_any_other_number_is_known_from_this_one(problem: Problem, what: str) -> None:
    """What it is called does not matter."""
    first, *others = problem.network.layers
    inputs, targets = problem.samples.inputs, problem.samples.targets
    other = {
        "weight": lambda: {"network": Network((replace(first, weights=first.weights * 2), *others))},
        "activation": lambda: {
            "network": Network((replace(first, activation="tanh" if first.activation != "tanh" else "relu"), *others))
        },
        "input": lambda: {"samples": Samples(inputs + 1, targets)},
        "target": lambda: {"samples": Samples(inputs, targets + 1)},
        "rate": lambda: {"optimizer": replace(problem.optimizer, learning_rate=0.375)},
        "batch": lambda: {"batch": 4},
        "seed": lambda: {"seed": problem.seed + 1},
        "penalty": lambda: {"l2": 0.25},
        "form": lambda: {"optimizer": replace(problem.optimizer, decay=0.5)},
        "nothing": lambda: {"title": "another title"},
    }[what]()
    assert (fingerprint(replace(problem, **other)) == fingerprint(problem)) == (what == "nothing")


def test_no_field_of_a_problem_or_its_optimizer_but_its_name_is_forgotten(two_two_two: Problem) -> None:
    """Where one is, a lesson that has other numbers than before would be gone on with in the midst of them."""

    def another(value: object, name: str) -> object:
        held = getattr(value, name)
        changed = copy(value)
        object.__setattr__(changed, name, "another" if isinstance(held, str) else held + 1)
        return changed

    for field in fields(two_two_two):
        if field.name not in ("network", "samples", "optimizer", "given"):
            same = fingerprint(another(two_two_two, field.name)) == fingerprint(two_two_two)  # type: ignore[arg-type]
            assert same == (field.name in ("title", "source")), field.name
    for field in fields(two_two_two.optimizer):
        other = replace(two_two_two, optimizer=another(two_two_two.optimizer, field.name))  # type: ignore[arg-type]
        assert fingerprint(other) != fingerprint(two_two_two), field.name


@pytest.mark.parametrize(
    ("name", "known"),
    [("two-two-two", 638897422), ("race-xor", 1612231857), ("flowers", 2139085335), ("ravine", 1228626945)],
)
def test_a_place_kept_by_an_earlier_version_is_known_again(name: str, known: int) -> None:
    """As the version at 3835a40 kept them, before optimizers had forms and problems penalties."""
    assert fingerprint(builtin.open(name)) == known


def test_the_next_start_has_the_digits_the_language_and_the_way_back_of_the_last_one(tmp_path: Path) -> None:
    session = screens.pressed(
        screens.of_lesson("hidden-delta", "ko"), "digits", "continue", "why", "continue", "escape"
    )
    assert session.study is not None and len(session.study.trail) == 1
    desk = Desk(Store.open(tmp_path))
    desk.keep(replace(session, study=None), session)
    desk.close(session)
    opening = Desk(Store.open(tmp_path)).begin(None, None)
    assert opening is not None and (opening.digits, opening.language) == (session.digits, "ko")
    again = replace(session, study=opening.study)
    assert screens.lines(screens.pressed(again, "backspace")) == screens.lines(screens.pressed(session, "backspace"))


def test_a_setting_that_changes_the_networks_shape_is_kept(tmp_path: Path) -> None:
    session = screens.of_lesson("deeper")
    before = session.study
    session = screens.pressed(session, "edit")
    session = screens.pressed(update(session, Typed("depth = 5")), "continue")
    assert before is not None and session.study is not None
    assert len(session.study.trace.problem.network.layers) != len(before.trace.problem.network.layers)
    again = screens.kept(tmp_path, session)
    assert again.study is not None
    assert again.study.trace.problem.network.sizes == session.study.trace.problem.network.sizes
    assert screens.lines(screens.without_note(again)) == screens.lines(screens.without_note(session))
    undone = screens.pressed(again, "undo").study
    assert undone is not None
    assert undone.trace.problem.network.sizes == before.trace.problem.network.sizes


@pytest.mark.parametrize("name", ["xor-drawn", "flowers"])
def test_a_problem_that_ships_is_drawn_from_another_seed_at_the_next_start_too(tmp_path: Path, name: str) -> None:
    """It was kept with its weights alone, so that its own seed had the numbers again, and many seeds were gone."""
    session = typed(screens.of_problem(builtin.open(name)), "seed = 3")
    again = screens.resumed(tmp_path, session)
    assert session.study is not None and again.study is not None
    assert [step.value for step in again.study.trace] == [step.value for step in session.study.trace]
    assert again.study.has_seeds == session.study.has_seeds


def test_each_run_keeps_its_own_changes(tmp_path: Path) -> None:
    session = screens.of_lesson("adam")
    study = session.study
    assert study is not None
    first, second, *_ = (run for run in study.timelines if run.startswith("ravine"))
    session = replace(session, study=replace(study, run=first))
    session = screens.pressed(session, "double")
    assert session.study is not None
    session = replace(session, study=replace(session.study, run=second))
    session = screens.pressed(session, "halve", "halve")
    again = screens.kept(tmp_path, session)
    assert again.study is not None and session.study is not None
    edits = {run: one.edits for run, one in again.study.timelines.items()}
    assert edits == {run: one.edits for run, one in session.study.timelines.items()}
    assert len(edits[first]) == 1 and len(edits[second]) == 2


def test_a_run_that_was_left_at_its_beginning_is_there_again(tmp_path: Path) -> None:
    """And not at the lesson's first stop, where it stands when the lesson is opened."""
    session = screens.of_lesson("sgd")
    assert session.study is not None and session.study.place != (1, 1)
    session = screens.pressed(session, "first", "more")
    again = screens.resumed(tmp_path, session).study
    assert session.study is not None and again is not None and again.run == session.study.run

    def places(study: Study) -> dict[str, tuple[int, int]]:
        return {run: (one.iteration, one.step) for run, one in study.timelines.items()}

    assert places(again) == places(session.study)


def test_a_place_of_another_network_leads_to_its_stop(tmp_path: Path) -> None:
    session = lint.ran(screens.pressed(screens.of_lesson("hidden-delta"), "continue", "continue"))
    assert session.study is not None
    store = Store.open(tmp_path)
    desk = Desk(store)
    desk.keep(Session(Home(())), session)
    place = store.reached("hidden-delta")
    assert place is not None
    store.save(replace(place, params=b"\0" * 8))
    study = Desk(store).open_lesson("hidden-delta")
    assert study.stop == session.study.stop


def reached(tmp_path: Path) -> tuple[Store, Session]:
    """A place at the third stop of a lesson, kept."""
    session = lint.ran(screens.pressed(screens.of_lesson("hidden-delta"), "continue", "continue"))
    store = Store.open(tmp_path)
    Desk(store).keep(Session(Home(())), session)
    return store, session


@pytest.mark.parametrize(
    "gone", [{"run": "gone"}, {"edits": {"gone": (Edit(1, Ref("rate_eta"), 2.0),)}}, {"settings": {"numbers": 1}}]
)
def test_a_place_in_a_run_that_is_gone_or_has_other_numbers_is_resumed_at_its_nearest_stop_and_says_so(
    tmp_path: Path, gone: dict[str, dict[str, object]]
) -> None:
    store, session = reached(tmp_path)
    place = store.reached("hidden-delta")
    assert place is not None and session.study is not None
    settings = {**place.settings, **gone.get("settings", {})}
    store.save(replace(place, step=place.step + 1, **{**gone, "settings": settings}))  # type: ignore[arg-type]
    study = Desk(store).open_lesson("hidden-delta")
    assert study.stop == session.study.stop
    assert study.note is not None and study.note[0] == "progress.lesson_changed"


def test_where_the_stop_is_gone_too_the_last_one_before_the_place_is_the_nearest(tmp_path: Path) -> None:
    store, session = reached(tmp_path)
    place = store.reached("hidden-delta")
    assert place is not None and session.study is not None
    store.save(replace(place, step=place.step + 1, stop="renamed", settings={**place.settings, "numbers": 1}))
    study = Desk(store).open_lesson("hidden-delta")
    assert study.place == session.study.place
    assert study.lesson is not None and study.stop is not None
    after = study.place_of(study.lesson.stops[study.stop + 1])
    assert after is not None and after > study.place


def test_a_lesson_that_is_there_no_more_leads_to_the_list_and_is_named(tmp_path: Path) -> None:
    store, _ = reached(tmp_path)
    place = store.reached("hidden-delta")
    assert place is not None
    store.save(replace(place, name="removed"))
    store.close()
    desk = Desk(Store.open(tmp_path))
    assert desk.begin(None, None) is None
    words = all_words.load("en")
    assert "removed" in desk.message(words)
    assert desk.message(words) == ""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_disk_that_fills_up_is_told_as_long_as_it_is_full(tmp_path: Path, disk: Disk, language: str) -> None:
    store = Store.open(tmp_path)
    desk = Desk(store)
    session = screens.of_lesson("hidden-delta", language)
    disk.full = True
    for _ in range(3):
        session = desk.keep(session, screens.pressed(session, "step"))
        told = all_words.load(language).say("cause.no_room")
        assert told in " ".join(" ".join(screens.lines(session)).split())
    other = {"en": "ko", "ko": "en"}[language]
    session = desk.keep(session, screens.pressed(session, "language"))
    told = all_words.load(other).say("progress.unsaved", reason="database or disk is full")
    assert session.home.message == told
    disk.full = False
    session = desk.keep(session, screens.pressed(session, "digits"))
    assert session.home.message == "" and session.study is not None
    place = Store.open(tmp_path).reached("hidden-delta")
    assert place is not None and (place.iteration, place.step) == session.study.place == (1, 4)


def test_a_note_of_the_lesson_does_not_hide_that_nothing_is_saved(tmp_path: Path, disk: Disk) -> None:
    desk = Desk(Store.open(tmp_path))
    session = screens.of_lesson("hidden-delta")
    disk.full = True
    session = desk.keep(session, screens.pressed(session, "zoom"))
    assert session.study is not None and session.study.note is not None
    assert any("not saved" in line for line in screens.lines(session))


def test_a_lesson_opened_again_from_the_list_is_where_the_next_start_is(tmp_path: Path) -> None:
    store, session = reached(tmp_path)
    desk = Desk(store)
    out = replace(session, study=None)
    desk.keep(out, session)
    desk.keep(session, out)
    desk.keep(out, session)
    store.close()
    place = Store.open(tmp_path).latest()
    assert place is not None and place.name == "hidden-delta"


def test_the_curve_is_there_again_after_a_restart(tmp_path: Path) -> None:
    session = lint.ran(screens.pressed(screens.of_lesson("cycle"), "run", "step", "continue"))
    session = screens.pressed(session, "view", "view", "view")
    assert session.study is not None and session.study.view == "curve" and session.study.place[0] > 100
    again = screens.kept(tmp_path, session)
    assert screens.lines(screens.without_note(again))[:14] == screens.lines(screens.without_note(session))[:14]


# --- nothing is left open ----------------------------------------------------------------------------

LEFT_OPEN = """
import sqlite3, sys
opened, connect = [], sqlite3.connect
def remembered(*given, **named):
    opened.append(connect(*given, **named))
    return opened[-1]
sqlite3.connect = remembered
from nntutor.tui import cli, desk
if sys.argv[1] == "tutor":
    from nntutor.tui import starting
    def broken(*given):
        raise ValueError("a place that cannot be opened")
    desk.Desk.begin = broken
    try:
        starting.run(None, None, language="en", keep_language=False, ascii_look=False, colours=16)
    except ValueError:
        pass
else:
    cli.main(sys.argv[1:])
for connection in opened:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        print("closed")
    else:
        print("open")
"""


@pytest.mark.parametrize("command", ["lessons", "doctor", "tutor"])
def test_every_command_closes_the_file_that_it_has_opened(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(tmp_path).save(Place("lesson", "cycle", "", "main", {}, 1, 1, ""))
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", LEFT_OPEN, command], capture_output=True, text=True, check=True)
    states = [line for line in done.stdout.splitlines() if line in ("closed", "open")]
    assert states and set(states) == {"closed"}


@pytest.mark.parametrize("iteration", [12, 40])
def test_a_cycle_that_has_closed_is_told_again_after_a_restart(tmp_path: Path, iteration: int) -> None:
    session = screens.of_lesson("wall")
    assert session.study is not None
    xor = next(run for run, one in session.study.timelines.items() if len(one.original.samples) == 4 and "xor" in run)
    session = replace(session, study=replace(session.study, run=xor, view="plane"))
    session = screens.pressed(session, *["iteration_next"] * (iteration - 1))
    assert session.study is not None and session.study.place[0] == iteration
    again = screens.resumed(tmp_path, session)
    assert screens.lines(screens.without_note(again)) == screens.lines(screens.without_note(session))
