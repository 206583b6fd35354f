"""A line that is typed is edited as a list with a place in it is, is drawn with its cursor in the right cell, and is
known again when it is asked for."""

from __future__ import annotations

import re
import signal
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import screens
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from screens import update
from terminals import Terminal

from nntutor.core.notation.style import Style
from nntutor.lessons.course import load
from nntutor.lessons.language.cells import cells
from nntutor.tui.drawing.canvas.rows import row_cells
from nntutor.tui.drawing.pages import page
from nntutor.tui.state import keys, written
from nntutor.tui.state.keys import DEFAULT
from nntutor.tui.state.panels import Line
from nntutor.tui.state.session import Home, Press, Session, Typed, asking
from nntutor.tui.state.written import Written

# Letters, what stands between words, wide ones, and one with a mark: each is one place for the cursor.
LETTERS = ["a", "w", "5", ".", " ", "=", "*", "(", "반", "복", "δ", "e\N{COMBINING ACUTE ACCENT}", "_"]
BETWEEN = set(" +-−·*/=(),")


class AsAList(RuleBasedStateMachine):
    """The same keys for the line and for a list of letters with a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.line, self.letters, self.at = Written(), [""][:0], 0
        self.earlier: list[str] = []
        self.shown, self.draft = 0, [""][:0]

    def edit(self, name: str) -> None:
        self.line = written.edited(self.line, name, self.earlier)

    def changed(self, start: int, end: int, put: list[str]) -> None:
        if put or start < end:
            self.letters[start:end], self.at, self.shown = put, start + len(put), 0

    @rule(text=st.lists(st.sampled_from(LETTERS), max_size=6))
    def typed(self, text: list[str]) -> None:
        if text:
            self.line = written.inserted(self.line, "".join(text))
            self.changed(self.at, self.at, text)

    @rule()
    def left(self) -> None:
        self.edit("letter_left")
        self.at = max(0, self.at - 1)

    @rule()
    def right(self) -> None:
        self.edit("letter_right")
        self.at = min(len(self.letters), self.at + 1)

    @rule()
    def start(self) -> None:
        self.edit("line_start")
        self.at = 0

    @rule()
    def end(self) -> None:
        self.edit("line_end")
        self.at = len(self.letters)

    def word(self, way: int) -> int:
        """Over what stands between words, then over a word."""
        ahead = self.letters[self.at :] if way > 0 else self.letters[: self.at][::-1]
        count = 0
        for stops in (lambda one: one not in BETWEEN, lambda one: one in BETWEEN):
            count += next((n for n, one in enumerate(ahead[count:]) if stops(one)), len(ahead) - count)
        return self.at + way * count

    @rule()
    def word_left(self) -> None:
        self.edit("word_left")
        self.at = self.word(-1)

    @rule()
    def word_right(self) -> None:
        self.edit("word_right")
        self.at = self.word(1)

    @rule()
    def backspace(self) -> None:
        self.edit("backspace")
        self.changed(max(0, self.at - 1), self.at, [])

    @rule()
    def delete(self) -> None:
        self.edit("delete")
        self.changed(self.at, min(len(self.letters), self.at + 1), [])

    @rule()
    def word_back(self) -> None:
        self.edit("word_back")
        self.changed(self.word(-1), self.at, [])

    @rule()
    def cut_before(self) -> None:
        self.edit("cut_before")
        self.changed(0, self.at, [])

    @rule()
    def cut_after(self) -> None:
        self.edit("cut_after")
        self.changed(self.at, len(self.letters), [])

    @rule()
    def sent(self) -> None:
        self.earlier.append(self.line.text)
        self.line, self.letters, self.at, self.shown = Written(), [], 0, 0

    @rule(way=st.sampled_from([1, -1]))
    def recalled(self, way: int) -> None:
        self.edit("earlier" if way > 0 else "later")
        to = self.shown + way
        if 0 <= to <= len(self.earlier):
            if not self.shown:
                self.draft = self.letters
            text = re.findall(r"(?s).\u0301?", self.earlier[-to]) if to else self.draft
            self.letters, self.at, self.shown = list(text), len(text), to

    @invariant()
    def is_the_same(self) -> None:
        assert self.line.text == "".join(self.letters)
        assert self.line.text[: self.line.at] == "".join(self.letters[: self.at])
        assert written.letter_at(self.line) == "".join(self.letters[self.at : self.at + 1])


TestAsAList = AsAList.TestCase


def test_a_mark_goes_to_the_letter_before_it_and_the_cursor_behind_it() -> None:
    line = written.inserted(Written("\N{COMBINING ACUTE ACCENT}b", 0), "e")
    assert (line.text, line.at) == ("e\N{COMBINING ACUTE ACCENT}b", 2)


# --- the keys --------------------------------------------------------------------------------------------


@cache
def opened(kind: str, language: str = "en") -> Session:
    """A line of this kind, where it is asked for."""
    if kind == "goal":
        return screens.pressed(screens.of_lesson("cycle", language), "run", *["unit_next"] * 4, "continue")
    session = screens.of_lesson("hidden-delta", language)
    return screens.pressed(session, *["continue"] * 8, kind)


KINDS = ["edit", "goto", "goal", "palette", "search"]


def text_of(session: Session) -> str:
    query = session.palette or session.search
    if query is not None:
        return query.query
    assert session.study is not None and isinstance(session.study.panel, Line)
    return session.study.panel.text


def key(session: Session, *names: str) -> Session:
    """Keys as the terminal names them."""
    for name in names:
        for action in keys.while_typing(session.keymap, name):
            session = update(session, Press(action))
    return session


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_is_edited_by_the_same_keys(kind: str) -> None:
    session = update(opened(kind), Typed("w5 = 0.7"))
    session = update(key(session, "home", "ctrl+right", "left"), Typed("1"))
    assert text_of(session) == "w15 = 0.7"
    session = update(key(session, "end", "ctrl+w"), Typed("반복"))
    assert text_of(session) == "w15 = 반복"
    session = key(session, "left", "delete", "alt+left", "alt+left", "right", "backspace", "ctrl+right", "ctrl+k")
    assert text_of(session) == "15"
    assert text_of(key(session, "left", "ctrl+u")) == "5"
    assert text_of(key(session, "ctrl+e", "ctrl+a", "ctrl+k")) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_paste_goes_in_at_the_cursor_and_what_is_too_long_does_not_push_out_what_is_there(kind: str) -> None:
    session = update(key(update(opened(kind), Typed("ab")), "left"), Typed("cd\ne"))
    assert text_of(session) == "acd eb"
    full = update(session, Typed("z" * 500))
    assert text_of(full)[0] == "a" and text_of(full)[-1] == "b" and len(text_of(full)) <= 100


@pytest.mark.parametrize("edit", written.KEYS)
def test_no_edit_means_anything_where_no_line_is_typed(edit: str) -> None:
    if edit == "backspace":
        return
    for session in (screens.of_lesson("hidden-delta"), Session(Home(load.lessons()))):
        assert screens.lines(update(session, Press(edit))) == screens.lines(session)


def test_moving_about_in_a_line_that_was_refused_leaves_what_is_wrong_with_it_in_sight() -> None:
    session = screens.pressed(update(opened("goto"), Typed("zzz")), "continue")
    said = "There is no “zzz”"
    assert any(said in line for line in screens.lines(key(session, "left", "home")))
    assert not any(said in line for line in screens.lines(key(session, "backspace")))


# --- the lines before ------------------------------------------------------------------------------------

SENT = {"edit": "w5 = 0.25", "goto": "w5", "goal": "0.001", "palette": "digits", "search": "delta"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_that_was_sent_comes_back_and_what_was_being_typed_is_not_lost(kind: str) -> None:
    first = screens.pressed(update(opened(kind), Typed(SENT[kind])), "continue")
    assert not asking(first)
    again = update(replace(first, study=opened(kind).study, wanted=None, palette=None, search=None), Press("escape"))
    again = again if kind == "goal" else screens.pressed(again, kind)
    if kind == "goal":
        again = screens.pressed(again, "run", *["unit_next"] * 4, "continue")
    again = update(again, Typed("draft"))
    assert text_of(key(again, "pageup")) == SENT[kind]
    assert text_of(key(again, "pageup", "pageup", "pagedown")) == "draft"
    assert text_of(update(key(again, "pageup"), Typed("x"))) == f"{SENT[kind]}x"
    other = screens.pressed(screens.pressed(again, "escape"), "goto" if kind != "goto" else "edit")
    if kind not in ("palette", "search"):
        assert text_of(key(other, "pageup")) == "", "each kind of line has its own"


def test_where_nothing_can_be_chosen_the_arrows_go_through_the_lines_before() -> None:
    session = screens.pressed(update(opened("goto"), Typed("w5")), "continue", "goto")
    assert text_of(key(session, "up")) == "w5"
    assert text_of(key(session, "up", "down")) == ""
    assert "Nothing was typed here before" in screens.lines(key(session, "up", "up"))[-1]
    assert "↑ earlier line" in screens.lines(session)[-1]


def test_a_line_that_is_sent_again_is_kept_once_and_the_oldest_make_room() -> None:
    session = screens.of_lesson("hidden-delta")
    for text in [*(f"step {n}" for n in range(1, 39)), *(f"step {n}" for n in range(20, 39)), *(["zz"] * 3)]:
        session = screens.pressed(update(screens.pressed(session, "goto"), Typed(text)), "continue", "escape")
    assert session.typed["goto"] == (
        *(f"step {n}" for n in range(1, 20)), *(f"step {n}" for n in range(20, 39)), "zz",
    )  # fmt: skip
    for number in range(80):
        session = screens.pressed(update(screens.pressed(session, "goto"), Typed(f"q{number}")), "continue", "escape")
    assert session.typed["goto"] == tuple(f"q{number}" for number in range(30, 80))


# --- drawn -----------------------------------------------------------------------------------------------


def cursor(session: Session) -> tuple[int, int, str]:
    """Where the cursor is drawn, and on what."""
    found = []
    for y, row in enumerate(page.rows(session)):
        x = 0
        for piece in row:
            # A row that is picked in a list has the same style, and is longer than a letter.
            if piece.style == "picked" and cells(piece.text) <= 2:
                found.append((y, x, piece.text))
            x += cells(piece.text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("kind", "language", "style"),
    [
        ("edit", "en", Style.UNICODE),
        ("edit", "ko", Style.ASCII),
        ("goto", "en", Style.ASCII),
        ("goto", "ko", Style.UNICODE),
        ("palette", "en", Style.UNICODE),
        ("palette", "ko", Style.ASCII),
        ("search", "en", Style.ASCII),
        ("search", "ko", Style.UNICODE),
    ],
)
def test_the_cursor_is_drawn_on_its_letter_at_the_cells_of_what_stands_before_it(
    kind: str, language: str, style: Style
) -> None:
    text = "1반2복"
    session = replace(opened(kind, language), style=style)
    empty = cursor(session)
    assert empty[2] == "_"
    session = update(session, Typed(text))
    for at in range(len(text), -1, -1):
        y, x, under = cursor(session)
        assert (y, x - empty[1], under) == (empty[0], cells(text[:at]), text[at : at + 1] or "_")
        assert text in screens.lines(session)[y], "the whole line stays"
        session = key(session, "left")


@pytest.mark.parametrize(
    ("kind", "width"),
    [
        ("edit", 20),
        ("edit", 80),
        ("goto", 20),
        ("goto", 40),
        ("palette", 20),
        ("palette", 40),
        ("search", 20),
        ("search", 80),
    ],
)
def test_of_a_line_without_room_what_stands_around_the_cursor_is_seen(kind: str, width: int) -> None:
    session = replace(opened(kind), width=width, height=24)
    session = update(session, Typed("0.25·반복+" * 11 if kind in ("edit", "goto") else "한글과 letters and 긴 글 " * 3))
    for at in range(len(text_of(session)) + 1):
        line = (session.palette or session.search or session.study.panel).line  # type: ignore[union-attr]
        if at > 12 and at % 5:  # on the way; and at every letter where it begins to be seen in part
            session = key(session, "left")
            continue
        assert cursor(session)[2] == (written.letter_at(line) or "_")
        rows = page.rows(session)
        assert all(row_cells(row) <= width for row in rows)
        before = line.text[max(0, line.at - 2) : line.at].strip()
        assert before in "".join(piece.text for row in rows for piece in row), line
        session = key(session, "left")


def test_the_default_keys_of_no_command_that_a_line_takes_are_those_of_an_edit() -> None:
    taken = {key for action in ("continue", "escape", "unit_next", "unit_previous", "palette")
             for key in DEFAULT.non_text_keys(action)}  # fmt: skip
    assert not taken & set(written.MEANT)


# --- from a terminal -------------------------------------------------------------------------------------


def test_what_terminals_send_for_these_keys_edits_the_line(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "learn", "hidden-delta")
    terminal.until("? keys")
    terminal.send(b"e0.25 + w5")
    terminal.until("0.25 + w5")
    for sent, shown in (
        (b"\x1b\x7f", "0.25 + _"), (b"w6", "0.25 + w6_"), (b"\x1b[1;5D\x1b[1;3D9", "90.25 + w6"),
        (b"\x1b[3~", "9.25 + w6"),
        (b"\x1b[H1", "19.25 + w6"), (b"\x1b[F7", "19.25 + w67_"), (b"\x155", "\n 5_"), (b"\x1b[D\x0b2", "\n 2_"),
    ):  # fmt: skip
        terminal.send(sent)
        terminal.until(shown)
    terminal.send(b"\x1b[200~.5\x1b[201~")
    terminal.until("2.5_")
    terminal.end(signal.SIGTERM)
