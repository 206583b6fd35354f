"""The first start asks the terminal for its background, once, and takes the colours for it; nothing of an answer
becomes a key."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from threading import Thread

import loaded
import pytest
from terminals import RIGHT, Terminal
from test_multiplexers import Tmux

from nntutor.lessons.learner.places import Store
from nntutor.tui.terminal import background, capabilities, probe
from nntutor.tui.terminal.background import Background
from nntutor.tui.terminal.probe import Answers

ASKED, PLACE = b"\x1b]11;?\x1b\\", b"\x1b[6n"
LIGHT, DARK = b"\x1b]11;rgb:fafa/fafa/f0f0\x1b\\", b"\x1b]11;rgb:1111/1212/1616\x07"
HERE = b"\x1b[1;1R"
# What goes forward, in 256 colours: of the theme for a light background dark blue, of the standard one bright cyan.
OPERAND = {"light": b"38;5;25m", "standard": b"38;5;81m"}


def started(home: Path, **environment: str) -> Terminal:
    """A start that is at its question."""
    terminal = Terminal(home, "learn", "hidden-delta", answers=False, **environment)
    asked = b""
    while PLACE not in asked:
        chunk = terminal.receive(15)
        assert chunk, "the terminal is not asked"
        asked += chunk
    assert asked.endswith(ASKED + PLACE)
    return terminal


def theme(terminal: Terminal) -> str:
    """The theme of what has been drawn."""
    found = [name for name, colour in OPERAND.items() if colour in terminal.recent]
    assert len(found) == 1, found
    return found[0]


def remembered(home: Path) -> tuple[str, str]:
    with closing(Store.open(home)) as store:
        return store.setting("background"), store.setting("theme")


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The far end of a terminal that this process is on, where one may answer."""
    far, near = pty.openpty()
    with open(near, "r+b", buffering=0) as file:
        for name in ("__stdin__", "__stdout__", "__stderr__"):
            monkeypatch.setattr(sys, name, file)
        yield far
    os.close(far)


def asked(far: int, *chunks: bytes, pause: float = 0.0, **environment: str) -> Background:
    """What is found where the terminal, once it is asked, sends these."""

    def answers() -> None:
        heard = b""
        while not heard.endswith(ASKED + PLACE):
            heard += os.read(far, 1024)
        for chunk in chunks:
            os.write(far, chunk)
            time.sleep(pause)

    terminal = Thread(target=answers)
    terminal.start()
    found = background.found({"TERM": "xterm-256color", **environment})
    terminal.join()
    return found


@pytest.mark.parametrize(
    ("answer", "variables", "light"),
    [
        (LIGHT, {}, True),
        (DARK, {}, False),
        (LIGHT, {"COLORFGBG": "15;0"}, True),  # the terminal knows better
        (b"", {}, None),
        (b"", {"COLORFGBG": "0;15"}, True),
        (b"\x1b]11;rgb:zz/0/q q q\x1b\\", {}, None),
        (b"\x1b]11;\x07\x1b]4;1;rgb:ffff/ffff/ffff\x07", {}, None),
    ],
    ids=str,
)
def test_the_answer_is_told_from_keys_whatever_it_says(
    far: int, answer: bytes, variables: dict[str, str], light: bool | None
) -> None:
    found = asked(far, b"x" + answer + RIGHT + b"\x03" + HERE, **variables)
    assert found == Background(light, True, (("x", "x"), ("right", None), ("ctrl+c", None)))


@pytest.mark.parametrize("left", [b"\x1b[?2026;2$y", b"\x1b[<0;9;9M\x1b[<0;9;9m", b"\x1b[>1u"])
def test_what_the_program_before_has_asked_for_is_no_key(far: int, left: bytes) -> None:
    assert asked(far, b"x" + left + RIGHT + HERE).typed == (("x", "x"), ("right", None))


def test_an_answer_whose_end_comes_after_the_wait_is_still_heard(far: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = probe.ask
    monkeypatch.setattr(probe, "ask", lambda **how: ask(**how, seconds=0.1))
    assert asked(far, LIGHT[:12], LIGHT[12:], pause=0.15) == Background(True, True)


def test_a_silent_terminal_is_dark_or_what_the_environment_says_and_known(
    far: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = probe.ask
    monkeypatch.setattr(probe, "ask", lambda **how: ask(**how, seconds=0.05))
    assert asked(far) == Background(None, True)
    assert asked(far, COLORFGBG="0;15") == Background(True, True)


def test_one_that_was_silent_to_another_question_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "ask", lambda **_: pytest.fail("asked"))
    assert background.found({"TERM": "xterm"}, silent=True) == Background(None, True)
    assert capabilities.picked({"TERM": "xterm", "LANG": "ko_KR.UTF-8"}, False, lambda: Answers(True)).silent
    assert not capabilities.picked({"TERM": "xterm", "LANG": "ko_KR.UTF-8"}, False, Answers).silent


def test_where_nobody_can_be_asked_nothing_is_remembered_but_what_the_environment_says() -> None:
    assert background.found({"TERM": "linux"}) == Background()
    assert background.found({"TERM": "linux", "COLORFGBG": "0;15"}) == Background(True, True)


# --- the program -------------------------------------------------------------------------------------


def test_on_a_light_background_the_first_start_has_its_colours_and_so_have_the_others(tmp_path: Path) -> None:
    terminal = started(tmp_path)
    terminal.send(RIGHT + LIGHT + HERE)
    assert "step 2/39" in terminal.until("? keys")
    assert theme(terminal) == "light"
    terminal.end(signal.SIGTERM)
    assert remembered(tmp_path) == ("light", "")
    again = Terminal(tmp_path, LANG="C.UTF-8")
    again.until("? keys")
    assert ASKED not in again.recent and theme(again) == "light"
    again.send(b"o")
    again.until("high contrast")
    again.end(signal.SIGTERM)
    assert remembered(tmp_path) == ("light", "contrast")


def test_an_answer_that_comes_late_and_in_pieces_is_no_key(tmp_path: Path) -> None:
    terminal = started(tmp_path)
    terminal.until("? keys")
    assert theme(terminal) == "standard"
    before = terminal.text()
    for cut in (1, 2, 9, len(LIGHT) - 1):
        terminal.send(LIGHT[:cut])
        terminal.read(0.03, 0.03)
        terminal.send(LIGHT[cut:] + HERE)
        terminal.read(0.2, 0.3)
        assert terminal.text() == before
    terminal.send(RIGHT)
    terminal.until("step 2/39")
    terminal.end(signal.SIGTERM)
    assert remembered(tmp_path) == ("unknown", "")


@pytest.mark.parametrize("variables", [{"TERM": "screen"}, {"NO_COLOR": "1"}], ids=str)
def test_where_the_question_might_be_shown_or_means_nothing_it_is_not_asked(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", **variables)
    terminal.until("? keys")
    assert ASKED not in terminal.recent
    terminal.end(signal.SIGTERM)
    assert remembered(tmp_path) == ("", "")


def test_in_tmux_the_first_start_asks_tmux_and_what_it_says_is_no_key(tmp_path: Path) -> None:
    if not shutil.which("tmux"):
        pytest.skip("no tmux on this machine (Debian: apt-get install tmux)")
    tmux = Tmux(tmp_path, "learn", "hidden-delta")
    lines = tmux.until(lambda lines: "? keys" in lines[-1])
    assert "step 1/39" in lines[0]
    tmux.run("kill-server")
    assert remembered(tmp_path)[0] in background.NAMES.values()


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "tmux-256color", "TMUX": "x"}, True),
        ({"TERM": "screen", "TMUX": "x"}, True),  # as tmux calls itself where nobody has told it otherwise
        ({"TERM": "screen"}, False),
        ({"TERM": "screen.xterm-256color", "STY": "x"}, False),
        ({"TERM": "tmux-256color", "TMUX": "x", "STY": "x"}, False),
        ({"TERM": "linux"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": ""}, False),
    ],
    ids=str,
)
def test_it_is_asked_where_the_question_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], asked: bool
) -> None:
    monkeypatch.setattr(capabilities, "has_terminal", lambda: True)
    assert background.may_be_asked(variables) is asked
    monkeypatch.setattr(capabilities, "has_terminal", lambda: False)
    assert not background.may_be_asked(variables)


@pytest.mark.parametrize(
    ("value", "light"),
    [("15;0", False), ("0;15", True), ("0;7", True), ("15;8", False), ("0;default;15", True), ("12;default", None),
     ("", None), ("x", None), ("0;²", None), ("0;-1", None), ("0;255", False)],
)  # fmt: skip
def test_colorfgbg_says_it_where_the_terminal_does_not(value: str, light: bool | None) -> None:
    assert background.told({"COLORFGBG": value}) is light


def test_the_doctor_says_what_the_environment_and_the_file_say(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as store:
        store.keep_setting("background", "light")
    variables = {**os.environ, "NNTUTOR_HOME": str(tmp_path), "COLORFGBG": "15;0", "TERM": "xterm-256color"}
    said = loaded.run(loaded.MAIN, ["doctor"], variables, b"").stdout.decode()
    assert "background: dark" in said and "colours of the tutor: light" in said
