"""What a terminal sends that is no key reaches no key, however a line has cut it; keys come as they were typed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from textual import events
from textual.message import Message

from nntutor.tui.terminal import listening
from nntutor.tui.terminal.listening import Listener
from nntutor.tui.terminal.textual_private import XTermParser

LIGHT = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"
CLICK, RELEASE = b"\x1b[<0;12;7M", b"\x1b[<0;12;7m"


class Ear:
    """A listener with a clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(listening, "monotonic", lambda: self.now)
        self.heard: list[Message] = []
        self.listener = Listener(XTermParser, self.heard.append)

    def hear(self, chunks: Iterable[bytes], pause: float = 0.0) -> None:
        for chunk in chunks:
            self.listener.hear(chunk)
            self.now += pause

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.heard if isinstance(one, events.Key)]

    @property
    def mouse(self) -> list[tuple[type, int, int]]:
        return [(type(one), int(one.x), int(one.y)) for one in self.heard if isinstance(one, events.MouseEvent)]


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Ear:
    return Ear(monkeypatch)


def halves(data: bytes) -> list[list[bytes]]:
    return [[data[:at], data[at:]] for at in range(1, len(data))]


@pytest.mark.parametrize("parts", halves(LIGHT), ids=repr)
def test_an_answer_that_is_cut_anywhere_reaches_no_key(ear: Ear, parts: list[bytes]) -> None:
    ear.hear([*parts, b"x"])
    assert ear.keys == ["x"]


@pytest.mark.parametrize("parts", halves(CLICK), ids=repr)
def test_a_click_that_is_cut_anywhere_is_that_click_and_no_key(ear: Ear, parts: list[bytes]) -> None:
    ear.hear([b"a", *parts, b"x"])
    assert ear.keys == ["a", "x"]
    assert ear.mouse == [(events.MouseDown, 11, 6)]


def test_an_answer_in_single_bytes_between_keys_reaches_none_of_them(ear: Ear) -> None:
    ear.hear([b"a", *(bytes([byte]) for byte in LIGHT + CLICK), b"b"], pause=0.05)
    assert ear.keys == ["a", "b"]


def test_an_answer_whose_end_never_comes_holds_up_no_key_for_long(ear: Ear) -> None:
    ear.hear([LIGHT[:9], b""], pause=2.0)
    ear.hear([b"x"])
    assert ear.keys == ["x"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (CLICK + RELEASE, [(events.MouseDown, 11, 6)]),
        (b"\x1b[<64;3;4M", [(events.MouseScrollUp, 2, 3)]),
        (b"\x1b[<65;3;4M", [(events.MouseScrollDown, 2, 3)]),
        (b"\x1b[<66;3;4M\x1b[<67;3;4M", []),  # sideways
        (b"\x1b[<2;3;4M\x1b[<1;3;4M", []),  # the other buttons
        (b"\x1b[<4;3;4M\x1b[<16;3;4M", []),  # with shift, with ctrl: the terminal's own
        (b"\x1b[<35;3;4M\x1b[<32;3;4M", []),  # moved
        (b"\x1b[<0;0;4M\x1b[<0;-3;4M", []),  # from outside of the screen
    ],
    ids=repr,
)
def test_of_the_mouse_only_the_left_button_and_the_wheel_are_told(
    ear: Ear, sent: bytes, told: list[tuple[type, int, int]]
) -> None:
    ear.hear([b"a" + sent + b"b"])
    assert (ear.keys, ear.mouse) == (["a", "b"], told)


def test_keys_and_clicks_come_in_the_order_in_which_they_were_made(ear: Ear) -> None:
    ear.hear([b"a" + CLICK + b"b" + CLICK])
    kinds = [type(one) for one in ear.heard]
    assert kinds == [events.Key, events.MouseDown, events.Key, events.MouseDown]


@pytest.mark.parametrize("typed", [[b"\x1b", b""], [b"\x1b", b"", b"[", b""]], ids=repr)
def test_an_escape_that_is_no_beginning_is_a_key(ear: Ear, typed: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    from textual import _parser

    monkeypatch.setattr(_parser, "get_time", lambda: ear.now)
    ear.hear(typed, pause=0.2)
    assert ear.keys[0] == "escape" and len(ear.keys) == len(typed) // 2


def test_a_wheel_without_end_makes_one_message_a_notch(ear: Ear) -> None:
    ear.hear([b"\x1b[<65;3;4M" * 1000])
    assert len(ear.mouse) == 1000 and all(one == other for one, other in pairwise(ear.mouse))
