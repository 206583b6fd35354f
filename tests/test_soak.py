"""A small share of `bench/soak.py`: the program under random input and random kills, from fixed seeds."""

from __future__ import annotations

from pathlib import Path

import pytest
import soaking

from nntutor.lessons.course import load
from nntutor.tui import fault_report
from nntutor.tui.state.session import Home, Press, Session


def test_whatever_a_terminal_sends_the_screen_is_that_of_a_fresh_program(tmp_path: Path) -> None:
    tally = soaking.hammer(tmp_path, 300, 3)
    assert tally.inputs.total() == 300


def test_a_mistake_that_the_program_went_on_after_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    soaking.made_no_mistake(tmp_path)
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    assert fault_report.write(RuntimeError("boom"), Press("step"), Session(Home(load.lessons())))
    with pytest.raises(soaking.Failure, match="boom"):
        soaking.made_no_mistake(tmp_path)


def test_a_kill_at_any_moment_loses_nothing_that_was_on_the_screen(tmp_path: Path) -> None:
    tally = soaking.kill_often(tmp_path, 6, 1)
    assert tally.starts == 6
