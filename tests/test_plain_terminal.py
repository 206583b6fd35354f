"""The tutor line by line in a process of its own: pipes, terminals that can do nothing, ctrl+c, a closed output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import loaded
import pytest
from terminals import COMMAND, Program

from nntutor.lessons.learner.places import Store
from nntutor.tui.desk import Desk

LOADED = [
    sys.executable, "-c",
    "import sys; from nntutor.tui.command import main; status = main(); "
    "print(*(n for n in ('textual', 'rich', 'plotext') if n in sys.modules), file=sys.stderr); sys.exit(status)",
]  # fmt: skip
ENDLESS = b"run until 1e-300\r"


def environment(home: Path, **changed: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHONIO"))}
    return {**kept, "LANG": "en_US.UTF-8", "NNTUTOR_HOME": str(home), "TERM": "dumb", **changed}


def piped(
    home: Path, typed: str, *given: str, command: list[str] = COMMAND, **changed: str
) -> tuple[int, bytes, bytes]:
    variables = environment(home, **changed)
    if command == COMMAND and loaded.serves(changed):
        done = loaded.run(loaded.MAIN, given, variables, typed.encode())
    else:
        done = subprocess.run(
            [*command, *given], input=typed.encode(), capture_output=True, env=variables, timeout=60, check=False
        )
    return done.returncode, done.stdout, done.stderr


def step_kept(home: Path) -> tuple[int, int]:
    store = Store.open(home)
    try:
        opening = Desk(store).resume()
    finally:
        store.close()
    assert opening is not None
    return opening.study.place


class Line(Program):
    """A program that is talked to line by line: all that it has written, as text."""

    said = ""

    def _take(self, data: bytes) -> None:
        self.said += data.decode()

    def text(self) -> str:
        return self.said

    def until(self, what: str | Callable[[str], bool], seconds: float = 20.0) -> str:
        """Everything that has been written, once this is in it."""
        ends = time.monotonic() + seconds
        while not (what in self.said if isinstance(what, str) else what(self.said)):
            assert time.monotonic() < ends, self.said
            self.receive(0.1)
        return self.said

    def answered(self, line: bytes) -> str:
        """What is written from a line on up to the next prompt."""
        start = len(self.said)
        self.send(line)
        return self.until(lambda said: said[start:].endswith("\n> "))[start:]


@pytest.fixture
def typewriter(tmp_path: Path) -> Line:
    terminal = Line(tmp_path, "learn", "hidden-delta", "--plain", TERM="dumb")
    terminal.until("\n> ")
    return terminal


def test_lines_from_a_pipe_are_taken_and_nothing_of_a_screen_is_loaded(tmp_path: Path) -> None:
    status, out, err = piped(
        tmp_path, "continue\ncontinue\ncontinue\nquit\n", "learn", "xor", "--plain", command=LOADED
    )
    said = out.decode()
    assert status == 0 and err.strip() == b"" and b"\x1b" not in out and b"\r" not in out
    assert (
        "Stop 1 of 15" in said
        and "> continue\nδ_o1[1]: positive, negative or 0?" in said
        and "> continue\nStep 29 of 83" in said
        and "Stop 3 of 15" in said
    )
    assert step_kept(tmp_path) == (300, 50)


@pytest.mark.parametrize("given", [["--plain"], ["learn", "--plain"], ["xor", "--plain"], ["open", "xor", "--plain"]])
def test_plain_stands_after_whatever_opens_the_tutor(given: list[str], tmp_path: Path) -> None:
    status, out, err = piped(tmp_path, "", *given)
    assert (status, err) == (0, b"") and out.endswith(b"\n> \nYour place is kept.\n")


def test_a_problem_comes_from_standard_input_and_no_line_is_left(tmp_path: Path) -> None:
    source = "[[layer]]\nweights = [[0.5, -0.25]]\n[[sample]]\ninput = [1, 2]\ntarget = [1]\n"
    status, out, err = piped(tmp_path, source, "open", "-", "--plain")
    assert (status, err) == (0, b"") and "net_o1 = w1·x1 + w2·x2 + b_o1 = 0.5·1" in out.decode()


def test_a_problem_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    status, out, err = piped(tmp_path, "", "open", "./nothing.toml", "--plain")
    assert status == 2 and out == b"" and err.count(b"\n") == 1


@pytest.mark.parametrize("changed", [{"LANG": "C"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}], ids=str)
def test_where_the_locale_has_no_signs_ascii_is_written(changed: dict[str, str], tmp_path: Path) -> None:
    typed = "continue\nlook\nwhy\ngoto delta_h1\n"
    status, out, err = piped(tmp_path, typed, "learn", "hidden-delta", "--plain", **changed)
    assert (status, err) == (0, b"") and out.isascii()
    assert b"delta_h1 = (delta_o1*w5 + delta_o2*w7)*h1*(1 - h1) = (0.138499*0.4 + (-0.0380982)*0.5)" in out


def test_without_korean_letters_it_is_english_that_is_spoken(tmp_path: Path) -> None:
    typed = "language ko\nstep\n"
    status, out, err = piped(
        tmp_path, typed, "learn", "hidden-delta", "--plain", "--lang", "ko", PYTHONIOENCODING="latin-1"
    )
    assert (status, err) == (0, b"") and b"Step 2 of 39" in out and b"?" * 3 not in out
    assert b"cannot write that language's letters" in out


def test_what_is_typed_in_no_encoding_ends_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "learn", "hidden-delta", "--plain"], input=b"\xff\xfe\x00\nstep\n", capture_output=True,
        env=environment(tmp_path), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == b"" and b"Step 2 of 39" in done.stdout


def test_a_reader_that_has_gone_ends_it_quietly_with_the_place_kept(tmp_path: Path) -> None:
    whole = '"$PYTHON" -c "$MAIN" learn xor --plain'
    shell = f"printf 'continue\\nstep\\nhelp\\n' | {whole} | head -1; echo ${{PIPESTATUS[1]}}"
    variables = {**environment(tmp_path), "PYTHON": sys.executable, "MAIN": COMMAND[2]}
    done = subprocess.run(["bash", "-c", shell], capture_output=True, timeout=60, check=False, env=variables)
    first, status = done.stdout.decode().splitlines()
    assert first.startswith("Line by line: ") and status == "0" and done.stderr == b""


def test_a_full_disk_is_said_in_one_line(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, "learn", "xor", "--plain"], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE,
            env=environment(tmp_path), timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2 and done.stderr.count(b"\n") == 1


def test_a_terminal_that_can_do_nothing_is_talked_to_without_an_escape(typewriter: Line) -> None:
    said = typewriter.answered(b"\r")
    assert "Step 21 of 39" in said
    assert "0.2984 → 0.2901" in typewriter.answered(b"edit w5=0.3\r")
    assert "δ_o2 = " in typewriter.answered("왜\r".encode())
    typewriter.send(b"\x04")
    assert typewriter.wait() == 0
    assert "\x1b" not in typewriter.said and typewriter.said.count("continue\r\n") == 0


def test_ctrl_c_stops_a_run_and_then_ends_the_tutor_with_the_place_kept(typewriter: Line, tmp_path: Path) -> None:
    typewriter.send(ENDLESS)
    typewriter.until("Running; ctrl+c stops the run.")
    typewriter.send(b"\x03")
    said = typewriter.until("stopped in iteration")
    typewriter.until(lambda said: said.endswith("\n> "))
    assert "step" in typewriter.answered(b"step\r").lower()
    typewriter.send(b"\x03")
    assert typewriter.wait() == 128 + signal.SIGINT
    iteration = int(said.split("stopped in iteration ")[1].split()[0])
    assert step_kept(tmp_path)[0] in (iteration, iteration + 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_at_the_prompt_ends_it_with_its_status(
    number: signal.Signals, typewriter: Line, tmp_path: Path
) -> None:
    typewriter.answered(b"step\r")
    assert typewriter.end(number) == 128 + number
    assert step_kept(tmp_path) == (1, 2)


def test_a_signal_while_a_run_is_on_its_way_ends_it(typewriter: Line, tmp_path: Path) -> None:
    typewriter.send(ENDLESS)
    typewriter.until("Running; ctrl+c stops the run.")
    assert typewriter.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert step_kept(tmp_path) == (1, 1)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_where_the_screen_cannot_start_the_way_by_lines_is_named(language: str, tmp_path: Path) -> None:
    for given, named in (
        (["learn", "xor"], "learn xor"),
        (["open", "flowers"], "open flowers"),
        ([], "learn hidden-delta"),
    ):
        status, _, err = piped(tmp_path, "", *given, "--lang", language)
        assert status == 2 and f"`nntutor {named} --plain`" in err.decode() and "`nntutor trace " in err.decode()
