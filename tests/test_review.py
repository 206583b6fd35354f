"""What a start asks again: what was hard or skipped, when its time has come, of every kind, over whatever is open."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest
import screens
from plain import Talk
from test_after import at_list, practice_of, shown, solved, typed

from nntutor.core.notation.figures import figure
from nntutor.core.notation.style import Style
from nntutor.lessons.course import again, load
from nntutor.lessons.language import words
from nntutor.lessons.language.speech import Speech
from nntutor.lessons.learner import answers
from nntutor.lessons.learner.answers import Answer, Skill
from nntutor.lessons.learner.places import Store
from nntutor.lessons.learner.review import DAY, is_due
from nntutor.lessons.posing import lesson_end
from nntutor.tui import cli, lint
from nntutor.tui.desk import Desk
from nntutor.tui.state.panels import Answering, Marking, Picking
from nntutor.tui.state.practising import reviewed
from nntutor.tui.state.session import Opened, Session, Wanted
from nntutor.tui.state.study import Study


@pytest.mark.parametrize(("days", "series"), [(0, ()), (1.5, ("hidden-delta",)), (-30, ("hidden-delta", "update"))])
def test_a_start_asks_what_was_hard_when_its_time_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: float, series: tuple[str, ...]
) -> None:
    store = Store.open(tmp_path)
    for skill, outcome in (("hidden-delta", "shown"), ("update", "right"), ("gone since", "shown")):
        store.answered(skill, outcome)
    store.close()
    moved = time.time() + days * DAY
    monkeypatch.setattr(time, "time", lambda: moved)
    store = Store.open(tmp_path)
    session = Desk(store).reviewed(at_list())
    store.close()
    assert (practice_of(session).series if session.practice else ()) == series


@pytest.mark.parametrize("version", [2, 99])
def test_an_older_and_a_newer_file_ask_nothing_and_open(tmp_path: Path, version: int) -> None:
    store = Store.open(tmp_path)
    store.answered("update", "shown")
    store.close()
    connection = sqlite3.connect(tmp_path / "progress.sqlite")
    connection.executescript(f"PRAGMA user_version = {version}; DROP TABLE skill")
    connection.close()
    store = Store.open(tmp_path)
    assert Desk(store).reviewed(at_list()).practice is None
    store.close()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (40, 10)])
def test_what_is_typed_stands_below_what_is_asked(size: tuple[int, int]) -> None:
    session = replace(at_list(), width=size[0], height=size[1])
    session = screens.pressed(reviewed(session, ("hidden-delta",)), "continue")
    rows = screens.lines(session)
    (line,) = (at for at, row in enumerate(rows) if row.startswith(" :"))
    assert len(rows) == size[1] and (line == size[1] - 2 or (rows[line - 2].strip() and not rows[line - 1]))
    assert not any(rows[line + 1 : -1]) and all(len(row) <= 91 for row in rows[2:-1])


def test_what_is_skipped_comes_back_the_next_day_and_not_at_once() -> None:
    for box in range(4):
        kept = answers.after(Skill(box, 0.0, ""), Answer("update", "skipped", 100 * DAY))
        assert (kept.box, kept.results) == (box, "-")
        assert not is_due(kept, 100 * DAY) and is_due(kept, 101 * DAY)
    assert answers.after(Skill(3, 99 * DAY, ""), Answer("update", "skipped", 100 * DAY)).at == 99 * DAY
    ahead = answers.after(Skill(2, 1000 * DAY, ""), Answer("update", "skipped", 100 * DAY))
    assert is_due(ahead, 101 * DAY) and not is_due(ahead, 100 * DAY)


@pytest.mark.parametrize("begin", [at_list, lambda: screens.of_lesson("hidden-delta")], ids=["list", "lesson"])
@pytest.mark.parametrize("way", [("escape",), ("continue", "palette"), ("continue", "escape", "escape"), ()])
def test_a_review_leaves_what_is_below_it_as_it_was(begin: object, way: tuple[str, ...]) -> None:
    before = begin()  # type: ignore[operator]
    session = reviewed(before, ("hidden-delta", "update"))
    assert screens.lines(session) != screens.lines(before)
    assert "go on" in screens.lines(session)[-1] and "answer" not in screens.lines(session)[-1]  # nothing is asked yet
    if way:
        session = screens.pressed(session, *way)
    else:
        for _ in range(2):
            session = solved(screens.pressed(session, "continue"))
        session = screens.pressed(session, "continue")
    assert session.practice is None and session.study is before.study
    assert screens.lines(session) == screens.lines(before)


def test_each_answer_is_kept_when_it_is_given(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    desk = Desk(store)
    session = screens.pressed(reviewed(at_list(), ("hidden-delta", "update")), "continue")
    for end in (solved, lambda one: screens.pressed(screens.pressed(one, "continue"), "escape")):
        before, session = session, end(session)
        session = desk.keep(before, session)
    assert session.practice is None
    other = Store.open(tmp_path)  # as after a kill: nothing has been closed
    assert {name: (one.box, one.results) for name, one in other.skills().items()} == {
        "hidden-delta": (2, "r"),
        "update": (0, "-"),
    }
    assert session.home.skills == other.skills()
    other.close()
    store.close()


def test_on_a_full_disk_an_answer_waits_and_the_screen_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    store = Store.open(tmp_path)
    desk = Desk(store)
    before = screens.pressed(reviewed(at_list(), ("update",)), "continue")
    with monkeypatch.context() as patch:
        patch.setattr(answers, "put", full)
        session = desk.keep(before, solved(before))
        assert "no room left" in session.home.message and session.home.skills["update"].results == "r"
    session = desk.keep(session, screens.pressed(session, "continue"))
    assert "full" not in session.home.message
    store.close()
    again = Store.open(tmp_path)
    assert again.skills()["update"].results == "r"
    again.close()


# --- what is due in its lesson -------------------------------------------------------------------------

IN_LESSONS = ("descent.why-lands", "descent.double", "bug-momentum", "vanishing.bell", "hidden-delta.sign")


def in_lesson() -> Session:
    return screens.pressed(screens.of_lesson("hidden-delta"), "digits")


def study_of(session: Session) -> Study:
    assert session.study is not None
    return session.study


def done(session: Session) -> Session:
    """What is asked of a visit done rightly, and nothing read yet of what is said then."""
    study = study_of(session)
    match study.panel:
        case Picking(right=right):
            (number,) = right
            return screens.pressed(session, *["unit_next"] * (number + 1), "continue")
        case Marking(hunting=hunting):
            return typed(session, str(hunting.bug.line))
        case Answering(question=question) if question.asked.form == "sign":
            return typed(session, "0+-"[question.asked.side])
        case Answering(question=question):
            return typed(session, figure(question.asked.right, 5))
    assert study.act is not None
    return screens.pressed(session, "double")


def read(session: Session) -> Session:
    """On, past the rungs that follow."""
    return screens.pressed(session, "escape" if isinstance(study_of(session).panel, Answering) else "continue")


def kept_of(store: Store) -> dict[str, str]:
    return {name: one.results for name, one in store.skills().items()}


@pytest.mark.parametrize(("skill", "begin"), list(zip(IN_LESSONS, cycle([at_list, in_lesson]), strict=False)))
def test_what_was_skipped_in_a_lesson_is_asked_there_at_a_start_and_nothing_below_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skill: str, begin: Callable[[], Session]
) -> None:
    store = Store.open(tmp_path)
    store.answered(skill, "skipped")
    desk, before, now = Desk(store), begin(), time.time()
    assert desk.due() == ()
    monkeypatch.setattr(time, "time", lambda: now + 1.5 * DAY)
    asked = screens.pressed(desk.reviewed(before), "continue")
    assert asked.visit is not None and study_of(asked) is not before.study
    after = asked
    for step in (done, *[read] * 9):
        was, after = after, step(after)
        after = desk.keep(was, after)
        if step is done:
            assert after.visit is not None  # what is said of it is read first, and has been kept already
            assert kept_of(store) == {skill: "-r"}
        if after.visit is None:
            break
    assert after.practice is None and after.study is before.study and screens.lines(after) == screens.lines(before)
    assert Store.open(tmp_path).latest() is None and kept_of(store) == {skill: "-r"}
    skipped = desk.keep(asked, screens.pressed(asked, "escape"))
    assert skipped.visit is skipped.practice is None and screens.lines(skipped) == screens.lines(before)
    assert kept_of(store) == {skill: "-r-"}
    store.close()


def test_a_review_goes_on_from_one_kind_to_the_next_and_what_is_left_without_an_answer_is_skipped() -> None:
    session = screens.pressed(reviewed(at_list(), (IN_LESSONS[0], "update", *IN_LESSONS[1:3])), "continue")
    assert "Once more 1/4 · 3 Gradient descent" in shown(session)
    session = screens.pressed(session, "escape")
    assert session.result is not None and (session.result.skill, session.result.outcome) == (IN_LESSONS[0], "skipped")
    assert practice_of(session).skill == "update" and session.study is None
    session = screens.pressed(solved(session), "continue")
    assert study_of(session).act is not None
    session = screens.pressed(screens.pressed(session, "unit_next"), "escape")
    assert isinstance(study_of(session).panel, Marking)
    put_off = screens.pressed(screens.pressed(reviewed(at_list(), IN_LESSONS[1:2]), "continue"), "leave")
    assert put_off.visit is put_off.practice is put_off.study is put_off.result is None


# A key that is no answer threw the question away, with the next key: → and ← stand in the row of keys beside it.
LOOKED = [
    ("descent.why-lands", ("view", "digits")),
    ("descent.why-lands", ("why", "escape", "why", "why")),
    ("descent.double", ("step", "back", "view")),
    ("cycle.claim", ("step", "back", "unit_next", "run", "escape")),
    ("cycle.claim", ("step", "ask", "escape")),
    ("cycle.claim", ("run", "continue", "iteration_previous", "check", "escape")),
    ("hidden-delta.no-target", ("unit_next", "phase_previous", "digits", "edit", "escape")),
]


@pytest.mark.parametrize(("skill", "keys"), LOOKED)
def test_whoever_looks_around_before_answering_is_asked_again_by_the_key_that_goes_on(
    skill: str, keys: tuple[str, ...]
) -> None:
    asked = screens.pressed(reviewed(at_list(), (skill, "update")), "continue")
    session = asked
    for key in keys:
        session = lint.ran(screens.pressed(session, key))
        assert session.visit is not None and session.result is None, key
    if study_of(session).panel is study_of(session).act is None:
        session = screens.pressed(session, "continue")
    assert session.visit is not None and session.result is None
    study, was = study_of(session), study_of(asked)
    assert (study.act, type(study.panel), study.place) == (was.act, type(was.panel), was.place)
    assert practice_of(screens.pressed(session, "escape")).skill == "update"


def test_a_question_that_was_looked_away_from_can_be_left() -> None:
    session = screens.pressed(reviewed(at_list(), ("cycle.claim", "update")), "continue", "step", "escape")
    assert session.result is not None and session.result.outcome == "skipped" and practice_of(session).skill == "update"


def test_the_end_of_the_lesson_and_its_practice_lie_over_what_the_review_asks() -> None:
    session = screens.pressed(reviewed(at_list(), (IN_LESSONS[1], "update")), "continue", "ending", "ask")
    assert practice_of(session).purpose == "practice"
    session = screens.pressed(session, "escape", "escape")
    assert study_of(session).act is not None and session.visit is not None and session.result is None
    assert practice_of(screens.pressed(session, "escape")).skill == "update"


def test_what_is_chosen_after_an_act_is_asked_with_it_and_only_that_is_kept() -> None:
    session = screens.pressed(reviewed(at_list(), ("old-weights.witness.choice",)), "continue", "check", "escape")
    assert study_of(session).act is not None and session.result is None
    choices = screens.pressed(session, "continue")
    assert isinstance(study_of(choices).panel, Picking)
    chosen = done(choices)
    assert chosen.result is not None
    assert (chosen.result.skill, chosen.result.outcome) == ("old-weights.witness.choice", "right")
    assert screens.pressed(chosen, "continue").study is None
    put_off = screens.pressed(session, "escape")
    assert put_off.result is not None and put_off.result.outcome == "skipped" and put_off.study is None


def test_every_kind_has_a_name_in_the_order_of_the_course(capsys: pytest.CaptureFixture[str], talk: Talk) -> None:
    with closing(Store.open(talk.home)) as store:
        for skill in ("descent.double", "gone.stop", "hidden-delta.sign", "update", "bug-adam", "wall.gap"):
            store.answered(skill, "shown")
        skills = {**store.skills(), "update": Skill(3, 0.0, "rr")}
    cli.main(["progress"])
    rows = capsys.readouterr().out.splitlines()[3:]
    named = ("One change", "The delta of a hidden unit: its sign", "A bug in Adam", "question 1 of", "question 3 of")
    assert [row.startswith(one) for row, one in zip(rows, named, strict=True)] == [True] * 5, rows
    course = " ".join(one.text for one in lesson_end.course(Speech(words.load("en"), Style.UNICODE), skills))
    assert "a hidden unit: its sign (lesson 7), A bug in Adam (lesson 16), question 1 of lesson 1, question 3" in course


def test_another_lesson_that_is_opened_from_a_review_stays_open(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    desk = Desk(store)
    session = screens.pressed(reviewed(at_list(), IN_LESSONS[1:2]), "continue", "lesson_next")
    assert session.wanted == Wanted("neuron")
    opened = desk.keep(session, screens.update(session, Opened(desk.open_lesson("neuron"))))
    assert opened.visit is None and study_of(opened).name == "neuron"
    assert store.begun().keys() == {"neuron"}
    store.close()


def test_a_question_that_is_gone_or_another_one_since_is_dropped_without_a_word(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    lesson = load.find("descent")
    assert lesson is not None
    of_series = next(one for one in lesson.questions if one.series)
    for name in ("gone.double", "descent.gone", f"descent.{of_series.stop}", "descent.", ".", "bug-gone"):
        store.answered(name, "shown")
    later = {name: replace(one, at=0.0) for name, one in store.skills().items()}
    assert not again.there_are(later) and not again.in_order(later)
    assert store.merge(frozenset(), later) and Desk(store).due() == ()
    store.close()
    quiet = screens.pressed(reviewed(at_list(), ("descent.gone", "update", "gone.double")), "continue")
    assert practice_of(quiet).skill == "update" and quiet.result is None
    assert screens.pressed(solved(quiet), "continue").practice is None


def test_in_lines_they_are_asked_too(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(talk.home)
    for skill in IN_LESSONS[:2]:
        store.answered(skill, "skipped")
    store.close()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * DAY)
    lines = talk(say="; 2; ; double; ; list")
    said = "\n".join(lines)
    assert "question 4 of lesson 3, question 3 of lesson 3" in said
    assert "Once more 1/2 · Gradient descent on one weight.\n" in said and "2: E neither rises nor falls" in said
    assert "is right." in said and "Once more 2/2" in said and "Your turn: find an η" in said
    assert kept_of(Store.open(talk.home)) == dict.fromkeys(IN_LESSONS[:2], "-r")


# “list” and “lesson 3” led past two questions to a third; “why” asked about the numbers of the next one.
WORDS = [
    ("why", "Why ∂E/∂w5?", "Once more 2/"),
    ("edit w5 = 2", "w5 0.4 → 2", "Once more 2/"),
    ("view matrices", "View: matrices", "Once more 2/"),
    ("list", "A lesson's number or name opens it", "Once more 2/"),
    ("leave", "A lesson's number or name opens it", "Once more 2/"),
    ("lesson 3", "Stop 1 of 14: One linear unit", "Once more 2/"),
]
CHOICES, LINE = "output-delta.gradient", "hidden-delta.sum"


def due_later(talk: Talk, monkeypatch: pytest.MonkeyPatch, *skills: str) -> None:
    with closing(Store.open(talk.home)) as store:
        for skill in skills:
            store.answered(skill, "skipped")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * DAY)


@pytest.mark.parametrize(("word", "told", "lost"), WORDS)
def test_in_lines_a_command_at_choices_of_a_review_is_done_where_they_are(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, word: str, told: str, lost: str
) -> None:
    due_later(talk, monkeypatch, CHOICES, "hidden-delta.no-target", "update")
    said = "\n".join(talk(say=f"; {word}"))
    assert "Once more 1/3 · The output layer" in said and told in said and lost not in said
    assert kept_of(Store.open(talk.home)) == dict.fromkeys((CHOICES, "hidden-delta.no-target", "update"), "-")


def test_in_lines_a_review_goes_on_by_no_command(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    due_later(talk, monkeypatch, LINE, CHOICES)
    said = "\n".join(talk(say="; why; list"))
    assert "A question is open; before “why” answer it" in said and "Once more 2/" not in said
    assert "A lesson's number or name opens it" in said
