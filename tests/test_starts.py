"""What a start reads and loads before its first screen: what that screen shows, and nothing that later keys ask for."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import screens

from nntutor.lessons.course import load
from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk
from nntutor.tui.state.session import Home, Opened, Session

# A start without arguments: the session of `starting`, drawn. Said at the end: the lessons' files that were read, and
# the modules of ours that were loaded.
STARTED = """
import sys
read = []
sys.addaudithook(lambda event, facts: read.append(str(facts[0])) if event == "open" else None)
from nntutor.core.notation.style import Style
from nntutor.lessons.learner.places import Store
from nntutor.tui import app, arguments, beginning
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.pages import page
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.session import Opened
from nntutor.tui.state.update import update
arguments.read([])
desk = Desk(Store.open())
opening = desk.begin(None, None)
session = beginning.session(desk, opening, "en", Style.UNICODE, DEFAULT, 16, lambda _: True)
if opening is not None:
    session = update(session, Opened(opening.study, opening.digits), extents)
page.rows(desk.reviewed(session))
print(*(path for path in read if "/lessons/" in path and ".py" not in path))
print(*sys.modules)
"""

# None of these has a part in the first screen of a lesson that is gone on with.
LATER = (
    "argparse", "hashlib", "zipfile", "csv", "numpy.ma", "plotext",
    "nntutor.core.analysis", "nntutor.core.diagnosis", "nntutor.core.files.csv", "nntutor.core.files.given",
    "nntutor.core.files.hints", "nntutor.core.files.writing", "nntutor.core.rules.mistakes.table",
    "nntutor.lessons.course.bugs", "nntutor.lessons.course.choosing", "nntutor.lessons.course.glossary",
    "nntutor.lessons.course.practice", "nntutor.lessons.course.questions", "nntutor.lessons.course.search",
    "nntutor.lessons.course.series",
    "nntutor.lessons.language.particles", "nntutor.lessons.learner.sources", "nntutor.tui.drawing.panels.table",
    "nntutor.tui.drawing.step.matrices", "nntutor.tui.parser", "nntutor.tui.state.in_panel",
    "nntutor.tui.state.in_study", "nntutor.tui.state.panels", "nntutor.tui.state.practising",
    "nntutor.tui.state.writing",
)  # fmt: skip


def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[set[str], set[str]]:
    """Of a start in a process of its own, the names of the lessons' files that it reads, and what it loads."""
    monkeypatch.setenv("NNTUTOR_HOME", str(home))
    ended = subprocess.run([sys.executable, "-c", STARTED], check=True, capture_output=True, text=True)
    read, loaded = ended.stdout.splitlines()
    return {"/".join(Path(path).parts[-2:]) for path in read.split()}, set(loaded.split())


def test_a_start_back_at_a_place_reads_and_loads_what_its_first_screen_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(Store.open(tmp_path))
    before = Session(Home(load.lessons()))
    session = screens.update(before, Opened(desk.open_lesson("hidden-delta")))
    desk.close(desk.keep(before, screens.pressed(session, "step")))
    read, loaded = started(tmp_path, monkeypatch)
    assert read == {
        "catalog/hidden-delta.toml", "problems/two-two-two.toml", "en/hidden-delta.md", "en/screen.toml",
        "en/steps.toml",
    }  # fmt: skip
    assert not loaded & set(LATER)
    assert all(find_spec(name) for name in LATER)


def test_a_start_in_the_list_reads_every_lesson_and_computes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, loaded = started(tmp_path, monkeypatch)
    assert {f"catalog/{lesson.id}.toml" for lesson in load.lessons()} < read
    assert "numpy" not in loaded and not loaded & set(LATER)


AHEAD = """
import sys, threading
from nntutor.tui import ahead
answered = threading.Event()
if sys.argv[1:]:
    answered.set()
ahead.begin(answered)
[thread] = [one for one in threading.enumerate() if one.name == "ahead"]
thread.join(20 if answered.is_set() else 1)
print(*sys.modules)
"""


def loaded_ahead(*answered: str) -> set[str]:
    command = [sys.executable, "-c", AHEAD, *answered]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_once_the_first_screen_stands_what_keys_ask_for_is_loaded_unless_one_is_being_answered() -> None:
    later = {"nntutor.tui.state.in_study", "nntutor.tui.state.by_itself", "nntutor.tui.drawing.views.curve"}
    assert later <= loaded_ahead("answered")
    assert not later & loaded_ahead()
