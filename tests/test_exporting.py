"""`x`: what is at hand set down in a new file, or on its way to the clipboard."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import screens
from plain import Talk
from screens import update
from test_app import shown, tutor
from test_scripts import run_here

from nntutor.core.files.problem import parse
from nntutor.core.notation.style import Style
from nntutor.lessons.course import builtin
from nntutor.lessons.export.formats import FORMATS, RECORDS
from nntutor.lessons.export.iterations import iterations
from nntutor.lessons.export.write import pieces
from nntutor.lessons.language import words
from nntutor.tui import exporting
from nntutor.tui.state.panels import KINDS_OF_FILES, Exporting
from nntutor.tui.state.session import Export, Press, Session, Typed
from nntutor.tui.terminal import picture

PROBLEM = builtin.open("two-two-two")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(session: Session) -> str:
    assert session.study is not None and session.study.note is not None and session.export is None
    key, facts = session.study.note
    return words.load("en").say(key, **facts)


def asked(session: Session, format: str, whole: bool = False, to_clipboard: bool = False) -> Session:
    """The session in which this has been chosen, by keys."""
    session = screens.pressed(session, "export", *["step"] * KINDS_OF_FILES.index(format), *["run"] * whole)
    session = screens.pressed(session, "check" if to_clipboard else "continue")
    assert session.export == Export(format, whole, to_clipboard)
    assert session.study is not None and session.study.panel is None
    return session


def files() -> list[str]:
    return sorted(path.name for path in Path.cwd().iterdir())


@pytest.mark.parametrize("format", FORMATS)
def test_an_iteration_is_set_down_as_trace_prints_it(format: str) -> None:
    session = exporting.done(asked(screens.of_problem(PROBLEM), format))
    [name] = files()
    assert told(session) == f"Saved: {Path.cwd() / name}"
    trace = next(iterations(PROBLEM))
    expected = "".join(pieces(format, PROBLEM, [trace], words.load("en"), Style.UNICODE))
    assert Path(name).read_text(encoding="utf-8") == expected


def test_the_run_so_far_has_every_iteration_up_to_the_place() -> None:
    session = screens.pressed(screens.of_problem(PROBLEM), *["iteration_next"] * 4)
    exporting.done(asked(session, "csv", whole=True))
    [name] = files()
    assert name.endswith("-1-5.csv")
    rows = Path(name).read_text().splitlines()
    assert [row.partition(",")[0] for row in rows] == ["iteration", "1", "2", "3", "4", "5"]


def test_no_file_is_written_over() -> None:
    session = asked(screens.of_problem(PROBLEM), "json")
    exporting.done(session)
    [first] = files()
    Path(first).write_text("mine")
    exporting.done(session)
    exporting.done(session)
    assert Path(first).read_text() == "mine" and len(files()) == 3


def test_a_link_to_nowhere_is_not_followed() -> None:
    session = asked(screens.of_problem(PROBLEM), "csv")
    exporting.done(session)
    [name] = files()
    os.remove(name)
    os.symlink("elsewhere", name)
    exporting.done(session)
    assert not Path("elsewhere").exists() and len(files()) == 2


def test_what_cannot_be_written_whole_is_not_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def on_a_full_disk(*given: object) -> Iterator[str]:
        yield "the beginning"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "pieces", on_a_full_disk)
    session = exporting.done(asked(screens.of_problem(PROBLEM), "csv"))
    assert files() == []
    assert told(session).startswith("Nothing is saved: there is no room left on the disk.")


def test_a_folder_that_is_gone_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert told(exporting.done(asked(screens.of_problem(PROBLEM), "csv"))).startswith("Nothing is saved: ")


def test_what_no_script_says_is_refused_and_nothing_written() -> None:
    session = exporting.done(asked(screens.of_lesson("wall"), "torch"))
    assert "the format numpy" in told(session) and "--format" not in told(session) and files() == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("CON:\n\x1b[2J\0|?*", "CON"),
        ("…", "problem"),
        ("  두 층의 신경망  ", "두-층의-신경망"),
        ("a" * 500, "a" * 40),
        ("-rf ~", "rf"),
    ],
)
def test_a_title_goes_into_a_name_only_cleaned(title: str, name: str) -> None:
    assert exporting.cleaned(title).startswith(name)
    exporting.done(asked(screens.of_problem(replace(PROBLEM, title=title)), "csv"))
    [found] = files()
    assert found.startswith(f"nntutor-{name}") and found.endswith("-1.csv")
    assert all(letter.isalnum() or letter in "-." for letter in found)


def test_a_script_of_a_run_begins_where_a_weight_was_set_last() -> None:
    session = screens.pressed(screens.of_problem(PROBLEM), *["iteration_next"] * 2, "edit")
    session = screens.pressed(update(session, Typed("w5 = 0.9")), "continue", *["iteration_next"] * 2)
    exporting.done(asked(session, "numpy", whole=True))
    assert session.study is not None
    made = run_here(Path(files()[0]).read_text(encoding="utf-8"))
    assert [one["iteration"] for one in made] == [3, 4, 5]
    for one in made:
        trace = session.study.timeline.trace_of(one["iteration"])
        np.testing.assert_array_equal(one["W2"], trace.array("new", 2))


@pytest.mark.parametrize("name", ["two-two-two", "race-ravine", "given"])
def test_the_problem_of_a_trace_begins_with_the_weights_that_were_set(name: str) -> None:
    """As it has every input, target and rate that was set: run again from it, the same numbers come."""
    given = "[given]\nweights = [1.0, 2.0]\ngradients = [[0.1, 0.1]]"
    problem = parse(given, "given.toml") if name == "given" else builtin.open(name)
    session = screens.of_problem(problem)
    for line in ("w2 = 0.75", "η = 0.25"):
        session = screens.pressed(update(screens.pressed(session, "edit"), Typed(line)), "continue", "escape")
    exporting.done(asked(screens.pressed(session, *["iteration_next"] * 2), "json", whole=True))
    made = json.loads(Path(files()[0]).read_text(encoding="utf-8"))
    weights = [row for layer in made["iterations"][0]["before"] for row in layer["weights"]]
    said = made["problem"]
    if "layer" in said:
        assert [row for layer in said["layer"] for row in layer["weights"]] == weights
    else:
        assert [said["surface"]["start"] if "surface" in said else said["given"]["weights"]] == weights
    assert weights[0][1] == 0.75 and said["optimizer"]["learning_rate"] == 0.25


def test_every_iteration_of_a_json_follows_from_its_problem_where_an_input_was_set_on_the_way() -> None:
    session = screens.pressed(screens.of_problem(builtin.open("two-two-two")), *["iteration_next"] * 2)
    session = screens.pressed(update(screens.pressed(session, "edit"), Typed("x1 = 2")), "continue", "escape")
    exporting.done(asked(screens.pressed(session, *["iteration_next"] * 2), "json", whole=True))
    made = json.loads(Path(files()[0]).read_text(encoding="utf-8"))
    inputs = np.array(made["problem"]["sample"][0]["input"])
    assert inputs[0] == 2 and [one["iteration"] for one in made["iterations"]] == [3, 4, 5]
    assert files()[0].endswith("-3-5.json")
    for one in made["iterations"]:
        first = one["before"][0]
        nets = np.array(first["weights"]) @ inputs + np.array(first["bias"])
        np.testing.assert_allclose(one["forward"][0]["net"][0], nets)


def test_a_run_that_is_too_long_is_refused_but_for_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ITERATIONS", 3)
    session = screens.pressed(screens.of_problem(PROBLEM), *["iteration_next"] * 3)
    assert "more than 3 iterations" in told(exporting.done(asked(session, "csv", whole=True)))
    assert files() == []
    exporting.done(asked(session, "numpy", whole=True))
    assert len(files()) == 1


@pytest.mark.parametrize("format", RECORDS)
def test_a_run_of_a_large_network_is_bounded_by_its_numbers(format: str) -> None:
    """1000 iterations of 690 numbers took 14 seconds, in which no key was answered."""
    session = screens.of_lesson("vanishing")
    assert session.study is not None
    for iteration in (20, 1000):
        study = replace(session.study, timelines={session.study.run: session.study.timeline.to(iteration, 1)})
        done = exporting.done(asked(replace(session, study=study), format, whole=True))
    assert ("Nothing is saved: more than" in told(done)) == (format != "csv")
    assert len(files()) == (2 if format == "csv" else 1)


# --- the screen and its clipboard --------------------------------------------------------------------


def test_the_clipboard_gets_the_text_and_no_more_than_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    session = asked(screens.of_problem(PROBLEM), "csv", to_clipboard=True)
    exporting.done(session, copied.append)
    trace = next(iterations(PROBLEM))
    assert copied == ["".join(pieces("csv", PROBLEM, [trace], words.load("en")))] and files() == []
    monkeypatch.setattr(exporting, "MOST_COPIED", 100)
    assert "more than 100 bytes" in told(exporting.done(session, copied.append)) and len(copied) == 1


async def test_on_the_screen_x_saves_and_copies_only_when_asked(tmp_path: Path) -> None:
    app = tutor(tmp_path / "home", "hidden-delta")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "left", "enter")
        await pilot.pause()
        [name] = [name for name in files() if name.endswith(".svg")]
        assert app.clipboard == "" and name in "".join(line.strip() for line in shown(app))
        await pilot.press("x", "right", "c")
        assert app.clipboard.startswith("# ")
    assert len(files()) == 2  # the picture, and the home


@pytest.mark.parametrize("theme", ["standard", "light", "contrast", "safe"])
def test_a_picture_has_the_letters_of_the_screen_and_asks_for_nothing(theme: str) -> None:
    session = replace(screens.of_lesson("hidden-delta"), theme=theme, colours=256)
    drawn = picture.svg(session)
    text = "".join(ElementTree.fromstring(drawn).itertext()).replace("\N{NO-BREAK SPACE}", " ")
    for line in screens.lines(session):
        assert all(word in text for word in line.split())
    assert "url(http" not in drawn and "@font-face" not in drawn and "href" not in drawn


# --- line by line --------------------------------------------------------------------------------------


@pytest.mark.parametrize("say", ["export csv", "export; 5", "내보내기 csv", "x; 5"])
def test_a_line_sets_an_iteration_down(talk: Talk, say: str) -> None:
    [line] = talk.after("learn", "hidden-delta", say=say)
    assert line.startswith("Saved: ") and line.endswith("nntutor-hidden-delta-1.csv")
    assert Path("nntutor-hidden-delta-1.csv").exists()


def test_a_line_sets_a_run_down(talk: Talk) -> None:
    assert talk.after("learn", "hidden-delta", say="next iteration; export run numpy")[0].endswith("-1-2-numpy.py")


def test_a_line_that_names_no_format_is_told_which_there_are(talk: Talk) -> None:
    [line] = talk.after("learn", "hidden-delta", say="export svg")
    assert all(format in line for format in FORMATS)


def test_the_panel_goes_round_and_closes_by_its_key() -> None:
    session = screens.pressed(screens.of_problem(PROBLEM), "export", "back")
    assert session.study is not None and session.study.panel == Exporting(len(KINDS_OF_FILES) - 1)
    assert update(session, Press("export")).study.panel is None  # type: ignore[union-attr]
