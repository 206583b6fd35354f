"""The tutor below textual-serve, with no browser: the packets that it takes and sends, whatever they hold."""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import loaded
import pyte
import pytest

from nntutor.lessons.course import load
from nntutor.lessons.language.words import load as words_of
from nntutor.tui.terminal import capabilities
from nntutor.tui.terminal.ending import HUNG_UP
from nntutor.tui.terminal.probe import Answers
from nntutor.tui.terminal.textual_settings import WEB_DRIVER

READY = b"__GANGLION__\n"
SAY = words_of("en").say


class Below:
    """A tutor and both of its pipes."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        whole = {"TEXTUAL_DRIVER": WEB_DRIVER, "COLUMNS": "80", "ROWS": "24", "NNTUTOR_HOME": str(home), **environment}
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "LC_ALL", "LANG")}
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        pipes = [os.pipe() for _ in range(3)]
        ours = (pipes[0][1], pipes[1][0], pipes[2][0])
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        self._fork = loaded.Fork(loaded.MAIN, arguments, {**kept, **whole}, theirs)
        for one in theirs:
            os.close(one)
        self._in, self._out, self._err = (os.fdopen(one, "wb" if one == ours[0] else "rb", 0) for one in ours)
        self._data, self.sent, self.told = b"", b"", list[dict[str, object]]()

    def send(self, content: bytes, letter: bytes = b"D") -> None:
        self._in.write(letter + len(content).to_bytes(4, "big") + content)

    def tell(self, **told: object) -> None:
        self.send(json.dumps(told).encode(), b"M")

    def until(self, text: str) -> str:
        """What the screen shows, once a text is there."""
        ends = time.monotonic() + 20
        while text not in (seen := "\n".join(self._screen.display)):
            assert time.monotonic() < ends and self._read(), f"{text!r} does not come up:\n{seen}"
        return seen

    def _read(self) -> bool:
        ready, _, _ = select.select([self._out], [], [], 5)
        more = os.read(self._out.fileno(), 65536) if ready else b""
        self._data = (self._data + more).removeprefix(READY)
        while len(self._data) >= 5 and len(self._data) >= (end := 5 + int.from_bytes(self._data[1:5], "big")):
            letter, content, self._data = self._data[:1], self._data[5:end], self._data[end:]
            if letter == b"D":
                self.sent += content
                self._stream.feed(content)
            else:
                self.told.append(json.loads(content))
        return bool(more)

    def hang_up(self) -> None:
        self._in.close()

    def wait(self) -> tuple[int | None, bytes]:
        """Its status, and what it has said on standard error."""
        while self._read():
            pass
        return self._fork.wait(20), self._err.read()

    def close(self) -> None:
        self._fork.end()
        for pipe in (self._in, self._out, self._err):
            pipe.close()


@pytest.fixture
def below(tmp_path: Path) -> Iterator[Callable[..., Below]]:
    """Starts a tutor, always in the same home."""
    started: list[Below] = []

    def start(*arguments: str, **environment: str) -> Below:
        started.append(Below(tmp_path / "home", *arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        one.close()


def lesson_7(tutor: Below) -> str:
    return tutor.until(load.described("hidden-delta", "en")[0] + " ")


@pytest.mark.parametrize("how", ["quit", "hang up"])
def test_who_looks_no_more_ends_the_tutor_and_its_place_is_kept(below: Callable[..., Below], how: str) -> None:
    tutor = below("learn", "hidden-delta")
    lesson_7(tutor)
    tutor.send(b"\x1b[C")
    tutor.until("2/39")
    tutor.tell(type="quit") if how == "quit" else tutor.hang_up()
    assert tutor.wait() == (HUNG_UP, b"")
    assert tutor.told[-1] == {"type": "exit"}
    below().until("2/39")


def test_nobody_waits_for_all_keys_of_a_page_that_is_closed(below: Callable[..., Below]) -> None:
    """A packet of 200 000 was handed on whole, and the tutor worked it off for minutes, without tab and server."""
    tutor = below("learn", "hidden-delta")
    lesson_7(tutor)
    tutor.send(b"x" * 200_000)
    tutor.until(SAY("saving.title"))
    tutor.tell(type="quit")
    assert tutor.wait() == (HUNG_UP, b"")


def test_an_end_by_key_is_told_to_the_server(below: Callable[..., Below]) -> None:
    tutor = below()
    tutor.until(load.described("start", "en")[0])
    tutor.send(b"q")
    assert tutor.wait() == (0, b"") and tutor.told == [{"type": "exit"}]


HOSTILE = (
    b"\xff\xfe\x80",
    b"\x1b[" + b"9" * 400 + b"u",
    b"\x1b[1;99999999999999999999A",
    b"\x1b]52;c;AAAA\x07\x1bP+q\x1b\\\x1b[?1;2c",
    b"\x1b[<0;99999;99999M\x1b[<0;1;1m\x1b[M   ",
)


def test_no_input_ends_the_tutor(below: Callable[..., Below]) -> None:
    tutor = below("learn", "hidden-delta")
    lesson_7(tutor)
    for step, data in enumerate(HOSTILE, 5):
        tutor.send(data)
        tutor.send(b"not json", b"M")
        tutor.send(b"[1]", b"M")
        tutor.tell(type="unheard of")
        tutor.send(b"?", b"X")
        tutor.send(b"\x1b\x1b")
        tutor.send(b":")
        tutor.until(SAY("goto.ask"))
        tutor.send(f"step {step}\r".encode())
        tutor.until(f"{step}/39")


def test_a_letter_that_is_cut_between_packets_is_whole(below: Callable[..., Below]) -> None:
    tutor = below("learn", "hidden-delta")
    lesson_7(tutor)
    letter = "ㅈ".encode()  # the key of w
    tutor.send(letter[:2])
    tutor.send(letter[2:])
    tutor.until(SAY("why_panel.title", symbol="net_h1"))


SIZES = ((0, 24), (-5, 24), (10**9, 24), ("wide", 24), (None, None), (80.5, 24))


@pytest.mark.parametrize("size", [SIZES[0], SIZES[3]])
def test_a_size_that_cannot_be_is_that_of_a_terminal(below: Callable[..., Below], size: tuple[object, object]) -> None:
    tutor = below("learn", "hidden-delta", COLUMNS=str(size[0]), ROWS=str(size[1]))
    lesson_7(tutor)
    for width, height in SIZES:
        tutor.tell(type="resize", width=width, height=height)
        tutor.send(b"?")
        tutor.until(SAY("help.continue")[:20])
        tutor.send(b"\x1b\x1b")
        lesson_7(tutor)


def test_where_no_shell_is_ctrl_z_says_so(below: Callable[..., Below]) -> None:
    tutor = below("learn", "hidden-delta")
    lesson_7(tutor)
    tutor.send(b"\x1a")
    tutor.until(SAY("study.no_shell", key_leave="q")[:40])


def test_a_browser_draws_signs_and_colours_whatever_the_server_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"TERM": "dumb", "LC_ALL": "C", "TEXTUAL_DRIVER": WEB_DRIVER}
    monkeypatch.setattr(os, "isatty", lambda _: False)
    assert capabilities.lacking(environment) == ""
    assert not capabilities.picked(environment, False, lambda: Answers(True, (), (2,))).ascii
    assert capabilities.colours(environment) == 1 << 24
    assert capabilities.colours({**environment, "NO_COLOR": "1"}) == capabilities.colours(environment, False) == 0
    assert capabilities.lacking({"TERM": "dumb"}) == "terminal"
