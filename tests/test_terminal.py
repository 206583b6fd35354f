"""What only a real terminal shows: the program on a pseudo-terminal, killed, refused, without colours."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path
from shutil import which

import pytest
from terminals import COMMAND, DOWN, RIGHT, Terminal

from nntutor.lessons.learner.places import Store
from nntutor.tui.state.session import THEMES
from nntutor.tui.terminal.pace import AHEAD, FRAMES


def sizes(terminal: Terminal, count: int, first: int = 2) -> list[int]:
    """The bytes of each of so many steps of lesson `hidden-delta`; first: the one that the first key leads to."""
    found = []
    for step in range(first, first + count):
        terminal.send(RIGHT)
        found.append(0)
        while f"step {step}/39" not in terminal.lines()[0]:
            found[-1] += len(terminal.receive(5))
        found[-1] += len(terminal.read(0.02, 0.02))
    return found


def test_a_killed_tutor_starts_again_at_the_same_step(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.until("? keys")
    sizes(terminal, 6)
    assert terminal.end(signal.SIGKILL) == -signal.SIGKILL
    again = Terminal(tmp_path)
    again.until("step 7/39")
    again.press(b"q")
    again.send(b"q")
    assert again.wait() == 0


def test_a_step_writes_a_kilobyte_or_two_and_silence_nothing(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.until("? keys")
    found = sorted(sizes(terminal, 38))
    assert found[0] > 0 and found[19] <= 900 and found[-1] <= 1536, found
    ready, _, _ = select.select([terminal.fd], [], [], 1.0)
    assert not ready
    terminal.kill()


@pytest.mark.parametrize(("lesson", "size", "theme"), [("xor", (120, 40), 0), ("relu", (80, 24), 2)])
def test_what_is_painted_in_parts_is_what_is_painted_whole(
    tmp_path: Path, lesson: str, size: tuple[int, int], theme: int
) -> None:
    terminal = Terminal(tmp_path, "learn", lesson, "--lang", "ko", size=size)
    terminal.until("q ")
    assert len(terminal.recent) <= 8 * 1024, "the first screen"
    for key in (*[b"o"] * theme, *[RIGHT] * 3, b"v", b" ", b"?", b"q", b"w", b"q", b"n", RIGHT):
        terminal.press(key)
    parts = [terminal.cells(y) for y in range(size[1])]
    terminal.resize(size[0], size[1] - 1)
    terminal.read()
    terminal.resize(*size)
    terminal.read()
    assert parts == [terminal.cells(y) for y in range(size[1])]
    terminal.kill()


def test_a_terminal_that_was_smaller_for_a_moment_is_painted_again(tmp_path: Path) -> None:
    """Told when it has its size again: what it has lost is told by nothing but the signal."""
    terminal = Terminal(tmp_path, "learn", "xor")
    terminal.until("q ")
    terminal.read()
    before = terminal.text()
    terminal.emulator.erase_in_display(2)
    os.kill(terminal.pid, signal.SIGWINCH)
    terminal.read()
    assert terminal.text() == before
    terminal.kill()


ASKED = b"\x1b[6n"
"""Where the cursor is: what a terminal is asked so that no more is sent than it takes."""


def test_steps_at_a_calm_pace_are_not_asked_about_and_frames_of_a_run_keep_their_distance(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "cycle")
    terminal.until("? keys")
    terminal.read(0.5, 1.0)
    asked = terminal.recent.count(ASKED)
    for _ in range(3):
        terminal.send(RIGHT)
        terminal.read(0.3, 1.0)
    assert terminal.recent.count(ASKED) == asked
    terminal.send(b"r\x1b[D")
    terminal.until("10 000")
    terminal.send(b"\r")
    terminal.until(":")
    terminal.send(b"1e-300\r")
    terminal.until("esc stops")
    asked, began = terminal.recent.count(ASKED), time.monotonic()
    terminal.read(0.5, 1.5)
    terminal.send(ESCAPE)
    terminal.until("stopped")
    frames = terminal.recent.count(ASKED) - asked
    assert 2 <= frames <= FRAMES * (time.monotonic() - began) + 3, frames
    terminal.kill()


def test_behind_a_large_frame_none_goes_out_before_it_has_come(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "xor", size=(120, 40))
    terminal.until("? keys")
    terminal.press(b"v")
    held: list[str] = []
    terminal.emulator.write_process_input = held.append  # type: ignore[method-assign]
    for _ in range(12):
        terminal.send("".join(held).encode())
        held.clear()
        if len(terminal.press(b"v")) > AHEAD:
            break
    assert held == ["\x1b[1;1R"] and terminal.recent.endswith(ASKED), "a large frame is asked about, after it"
    terminal.send(b"v")
    assert not terminal.read(0.1, 0.4)
    terminal.send(held[0].encode())
    assert terminal.read(0.1, 2.0)
    terminal.kill()


ESCAPE = b"\x1b"
PLAIN = {b"0", b"1", b"2", b"4", b"7"}
SIXTEEN = {b"%d" % code for first in (30, 40, 90, 100) for code in range(first, first + 8)}
CUBE, EXACT = {b"38;5", b"48;5"}, {b"38;2", b"48;2"}


def codes(data: bytes) -> set[bytes]:
    """The attributes and colours that were sent: 1, 96, 38;5, 48;2, …"""
    found = set()
    for sequence in re.findall(rb"\x1b\[([\d;]*)m", data):
        parts = sequence.split(b";")
        while parts:
            code = parts.pop(0) or b"0"
            if code in (b"38", b"48"):
                code += b";" + parts.pop(0)
                del parts[: 1 if code.endswith(b"5") else 3]
            found.add(code)
    return found


@pytest.mark.parametrize(
    ("variables", "count"),
    [
        ({"TERM": "screen"}, 16),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/none,1,0", "COLORTERM": "truecolor"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24),
    ],
)
def test_no_theme_sends_colours_that_the_terminal_lacks(tmp_path: Path, variables: dict[str, str], count: int) -> None:
    kinds = {16: set(), 256: CUBE, 1 << 24: CUBE | EXACT}[count]
    terminal = Terminal(tmp_path, "learn", "hidden-delta", **variables)
    terminal.until("step 1/39")
    sent = {}
    for theme in (*THEMES[1:], THEMES[0]):
        found = codes(b"".join(terminal.press(key) for key in (b"o", RIGHT, b";", ESCAPE)))
        assert found <= PLAIN | SIXTEEN | kinds, theme
        assert found & (SIXTEEN | kinds), theme
        sent[theme] = found & kinds
    assert not kinds or sent["standard"] == sent["light"] == sent["contrast"] == CUBE
    assert count <= 256 or b"38;2" in sent["safe"]
    terminal.kill()


def described(home: Path, entry: str, cold: bool = False) -> Terminal:
    """The tutor on a terminal that only this entry describes."""
    (home / "entry.ti").write_text(f"{entry}\n")
    subprocess.run(["tic", "-o", str(home), str(home / "entry.ti")], check=True)
    term = entry.partition("|")[0]
    return Terminal(home, "learn", "hidden-delta", cold=cold, TERM=term, TERMINFO=str(home))


@pytest.mark.skipif(which("tic") is None, reason="needs tic to describe a terminal")
def test_a_terminal_of_256_colours_by_its_description_alone_gets_them(tmp_path: Path) -> None:
    """Whether Textual is loaded once they are known, as in every start, or before, as in most of the tests."""
    shown = []
    for cold in (True, False):
        terminal = described(tmp_path, "wide|of a name that says nothing, colors#256, use=xterm,", cold)
        terminal.until("? keys")
        found = codes(terminal.press(b"o"))
        assert b"38;5" in found and found <= PLAIN | CUBE, found
        shown.append([terminal.cells(y) for y in range(24)])
        terminal.end(signal.SIGTERM)
        (tmp_path / "progress.sqlite").unlink()
    assert shown[0] == shown[1]


WAYS = ("variable", "option", "terminal")


@pytest.mark.parametrize(("how", "kept"), list(zip((*WAYS, WAYS[0]), THEMES, strict=True)))
def test_without_colour_not_one_colour_is_sent(tmp_path: Path, how: str, kept: str) -> None:
    store = Store.open(tmp_path)
    store.keep_setting("theme", kept)
    store.close()
    options = ("--no-color",) if how == "option" else ()
    variables = {"variable": {"NO_COLOR": "1"}, "terminal": {"TERM": "vt100"}}.get(how, {})
    terminal = Terminal(tmp_path, *options, "learn", "hidden-delta", **variables)
    terminal.until("step 1/39")
    for key in (RIGHT, b"o", b"r", ESCAPE, b";", DOWN):
        terminal.press(key)
    data = bytes(terminal.recent)
    terminal.kill()
    assert codes(data) <= PLAIN, codes(data)
    assert {b"1", b"7"} <= codes(data)


def test_a_step_in_other_colours_costs_little_more(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.until("? keys")
    for first, most in ((2, 2560), (14, 3072), (26, 2560)):
        terminal.press(b"o")
        found = sorted(sizes(terminal, 12, first))
        assert 0 < found[10] <= most, found
    terminal.kill()


def test_a_linux_console_gets_ascii(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", TERM="linux")
    screen = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", terminal.read().decode())
    assert "net_h1 = w1*x1 + w2*x2 + b_h1" in screen and screen.isascii()
    terminal.kill()


@pytest.mark.parametrize(("column", "wide"), [(3, True), (2, False), (None, False)])
def test_a_terminal_that_draws_ambiguous_glyphs_wide_gets_ascii(tmp_path: Path, column: int | None, wide: bool) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", LANG="ko_KR.UTF-8", answers=False)
    asked = b""
    while b"\x1b[6n" not in asked:
        chunk = terminal.receive(15)
        assert chunk, "the terminal is not asked"
        asked += chunk
    # A key that is pressed while the terminal is asked is not lost.
    terminal.send(RIGHT + (b"" if column is None else b"\x1b[1;%dR" % column))
    screen = terminal.until("? 키")  # the last row
    assert "2/39" in screen
    assert ("──────" in screen) is not wide
    terminal.kill()


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        *[({"TERM": term}, "cannot move a cursor") for term in ("", "dumb", "Dumb", "DUMB", "unknown", "UnKnown")],
        ({"PYTHONIOENCODING": "euc-kr"}, "encoding is euc"),
    ],
    ids=str,
)
def test_a_terminal_that_cannot_is_refused_in_one_line(tmp_path: Path, variables: dict[str, str], reason: str) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", **variables)
    status = terminal.wait()
    assert status == 2
    lines = terminal.last.decode().strip().splitlines()
    assert len(lines) == 1 and "nntutor trace" in lines[0] and reason in lines[0]


@pytest.mark.skipif(which("tic") is None, reason="needs tic to describe a terminal")
def test_a_terminal_of_other_sequences_than_todays_is_refused(tmp_path: Path) -> None:
    terminal = described(tmp_path, "old|moves its cursor as a vt52 does, cols#80, cup=\\EY%p1%' '%+%c%p2%' '%+%c,")
    assert terminal.wait() == 2 and b"cannot move a cursor" in terminal.last


@pytest.mark.parametrize("term", ["no-such-terminal", "vt100", "tmux", "screen"])
def test_a_terminal_that_moves_its_cursor_or_has_no_description_is_believed(tmp_path: Path, term: str) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", TERM=term)
    terminal.until("step 1/39")
    terminal.kill()


def test_without_a_terminal_the_tutor_is_refused_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "learn"], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        env={**os.environ, "NNTUTOR_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and "nntutor trace" in done.stderr


def test_the_terminal_itself_says_its_size_whatever_the_environment_says(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta", COLUMNS="80", LINES="24", size=(40, 12))
    terminal.until("step 1/39")
    terminal.read(longest=1.0)
    assert max(map(len, terminal.lines())) <= 40 and "net_h1 = " in terminal.text()
    terminal.resize(100, 30)
    terminal.until(" 7 The hidden layer has no target ")
    terminal.kill()
