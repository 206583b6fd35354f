"""What comes from outside is text: through every door, nothing of it is obeyed by a terminal or breaks a row."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import screens
from hypothesis import given
from hypothesis import strategies as st
from terminals import RIGHT, Terminal

from nntutor.core import foreign
from nntutor.core.errors import NntutorError
from nntutor.core.files import writing
from nntutor.core.files.problem import parse
from nntutor.lessons.course import load
from nntutor.lessons.course.model import AuthorError
from nntutor.lessons.export.formats import FORMATS
from nntutor.lessons.language import words
from nntutor.lessons.language.cells import cells
from nntutor.tui import cli
from nntutor.tui.arguments import COMMANDS, Arguments
from nntutor.tui.drawing.canvas.rows import Piece, row_cells
from nntutor.tui.drawing.pages import page
from nntutor.tui.output import Output
from nntutor.tui.state import moves
from nntutor.tui.state.session import Home, Message, Opened, Typed
from nntutor.tui.terminal.themes import styles
from nntutor.tui.widget import Page

EVIL = {
    "a window's title": "\x1b]0;PWN\x07",
    "colours and a bare screen": "\x1b[31mRED\x1b[2J\x1b[H",
    "C0": "".join(map(chr, range(1, 32))) + "\x7f",
    "C1": "".join(map(chr, range(0x80, 0xA0))) + "\x9b31mX\x9c",
    "line ends": "a\nb\r\nc\rd\x85e\u2028f\u2029g\th",
    "directions": "a\u202eb\u202ac\u202bd\u202de\u202c \u2066f\u2067g\u2068h\u2069 \u200e\u200f\u061c",
    "nothing to see": "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg\u180eh",
    "emoji": "\U0001f469\u200d\U0001f4bb \u2764\ufe0f \U0001f1f0\U0001f1f7 \U0001f3f4\U000e0067\U000e007f",
    "marks": "e\u0301 " + "o" + "\u0336" * 50 + "\u1112\u1161\u11ab",
    "nobody's": "\ue000\U000f0000\uffff\U0003fffd\u0378",
    "very long": "long " * 6_000 + "\x1b[31m",
}
# Where any letter goes the same way as any other, all at once: those that are obeyed, and those that are not seen.
OBEYED = ("a window's title", "colours and a bare screen", "C0", "C1", "line ends", "directions")
TOGETHER = {
    "obeyed": "".join(EVIL[name] for name in OBEYED),
    "unseen": "".join(text for name, text in EVIL.items() if name not in (*OBEYED, "very long")),
    "very long": EVIL["very long"],
}
SHIPPED = [lesson.id for lesson in load.lessons()]
PROBLEM = """
[[layer]]
units = 1
[[sample]]
input = [1]
target = [0]
"""


@cache
def quoted(text: str) -> str:
    """As TOML writes it, every letter that is not ASCII and printable escaped."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08x}" for c in text) + '"'


def harmless(data: bytes | str, longest: int = 3200) -> str:
    """What was written: UTF-8 in which no letter is obeyed, in lines of bounded length."""
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    for letter in set(text.replace("\n", "")):
        assert letter.isprintable() or unicodedata.category(letter) == "Zs", f"{letter!r} in {text[:300]!r}"
    assert max(map(len, text.split("\n"))) <= longest
    return text


@pytest.fixture(params=EVIL, ids=lambda name: name.replace(" ", "-"))
def evil(request: pytest.FixtureRequest) -> str:
    return EVIL[request.param]


@pytest.fixture(params=TOGETHER)
def evils(request: pytest.FixtureRequest) -> str:
    return TOGETHER[request.param]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No place and no keys of anybody's; where `doctor` looks."""
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def said(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str]]:
    """Runs a command and gives its status and what it wrote, which has to be harmless."""

    def run(*given: str) -> tuple[int, str]:
        status = cli.main(list(given))
        out, err = capsysbinary.readouterr()
        assert err.count(b"\n") == (status == cli.WRONG)
        longest = 10**6 if "json" in given else 3200  # exact data is never cut
        return status, harmless(out, longest) + harmless(err)

    return run


Said = Callable[..., tuple[int, str]]

# --- the function itself -----------------------------------------------------------------------------

ANY = st.text(st.characters(codec=None), max_size=40) | st.sampled_from(
    [text for text in EVIL.values() if len(text) < 1000]
)


@given(ANY, st.integers(2, 400))
def test_a_clean_text_is_one_line_of_bounded_length_and_cleaning_it_again_changes_nothing(text: str, most: int) -> None:
    one = foreign.clean(text, most)
    assert len(one) <= most and one == foreign.clean(one, most)
    assert one == " ".join(harmless(one).split()) and "\n" not in one


@given(ANY)
def test_what_the_screen_gets_takes_the_cells_that_were_counted(text: str) -> None:
    assert cells(foreign.visible(text)) == cells(text)
    assert "\n" not in harmless(foreign.visible(text))
    assert foreign.lines(text).count("\n") == text.count("\n")


def test_plain_text_of_any_script_stays_what_it_is() -> None:
    for text in ("XOR", "역전파 √2 ≤ θ → ½", "反向传播", "Ελληνικά", "नमस्ते", "عربى", "🧠 net", "m̂"):
        assert foreign.clean(text) == foreign.visible(text) == unicodedata.normalize("NFC", text)
    assert foreign.clean("a\x1b[31m\n\tb\u202ec") == "a?[31m bc"
    assert foreign.clean("e\u0301\u2764\ufe0f") == "é\u2764"
    assert foreign.clean("x" * 400) == "x" * 299 + "…"


def test_the_one_writer_of_all_commands(capsysbinary: pytest.CaptureFixture[bytes], evil: str) -> None:
    """Whatever a format forgets."""
    Output(Arguments(), "en").write(f"{evil}\n")
    assert harmless(capsysbinary.readouterr().out, 10**6).endswith("\n")


# --- files -------------------------------------------------------------------------------------------


def test_a_command_that_is_not_trace_says_it_as_well(said: Said, home: Path, evil: str) -> None:
    (home / "p.toml").write_text(f"{quoted(evil)} = 1\n{PROBLEM}", encoding="utf-8")
    status, line = said("check", "p.toml")
    assert status == cli.WRONG and "nntutor itself" not in line


@pytest.mark.parametrize("format", FORMATS)
def test_titles_and_sources_in_every_format(said: Said, home: Path, evils: str, format: str) -> None:
    (home / "p.toml").write_text(f"title = {quoted(evils)}\nsource = {quoted(evils)}\n{PROBLEM}", encoding="utf-8")
    for further in ([], ["--no-steps", "--ascii", "--lang", "ko"]):
        status, text = said("trace", "p.toml", "--format", format, *further)
        assert status == cli.DONE and text
        if format == "json":  # data, to the letter
            assert json.loads(text)["problem"]["title"] == json.loads(text)["problem"]["source"] == evils


def test_a_title_is_written_back_as_it_was_read(evil: str) -> None:
    problem = parse(f"title = {quoted(evil)}\n{PROBLEM}", "p.toml")
    text = writing.write(problem)
    assert parse(text, "p.toml").title == problem.title == tomllib.loads(text)["title"] == evil
    assert harmless(text.replace(quoted(evil), "").replace(evil, "")) if len(evil) < 3000 else True


@pytest.mark.parametrize(
    "text",
    [
        "E = 1\n{problem}",
        "error = E\n{problem}",
        "seed = E\n{problem}",
        "[optimizer]\nname = E\n{problem}",
        "[optimizer]\nE = 1\n{problem}",
        "[surface]\nname = E\nstart = [1, 1]",
        "data = E\ninputs = ['x']\ntargets = ['y']\n[[layer]]\nunits = 1",
        "data = 'd.csv'\ninputs = [E]\ntargets = ['y']\n[[layer]]\nunits = 1",
        "{problem}E = 1",
        "[[layer]]\nunits = 1\nactivation = E\n[[sample]]\ninput = [1]\ntarget = [0]",
        "x = RAW\n",
        "RAW\n",
        "x = 'RAW\n",
    ],
)
def test_every_message_on_a_problem_file(said: Said, home: Path, evil: str, text: str) -> None:
    text = text.replace("{problem}", PROBLEM).replace("E ", f"{quoted(evil)} ").replace("E\n", f"{quoted(evil)}\n")
    text = text.replace("[E]", f"[{quoted(evil)}]").replace("RAW", evil)
    (home / "d.csv").write_text("x,y\n1,1\n", encoding="utf-8")
    (home / "p.toml").write_bytes(text.encode())
    status, line = said("trace", "p.toml")
    assert status == cli.WRONG and "nntutor itself" not in line


def test_messages_on_the_heading_and_the_cells_of_a_csv(said: Said, home: Path, evil: str) -> None:
    problem = "data = 'd.csv'\ninputs = ['x']\ntargets = ['y']\n[[layer]]\nunits = 1"
    (home / "p.toml").write_text(problem, encoding="utf-8")
    for heading, cell in ((evil, "1"), ("y", evil)):
        text = '"x","{}"\n1,"{}"\n'.format(heading.replace('"', '""'), cell.replace('"', '""'))
        (home / "d.csv").write_bytes(text.encode())
        status, line = said("trace", "p.toml")
        assert status == cli.WRONG and "nntutor itself" not in line


def test_file_names(said: Said, home: Path, evil: str) -> None:
    name = evil.replace("/", "")[:60] + ".toml"
    (home / name).write_text(PROBLEM, encoding="utf-8")
    assert said("trace", f"./{name}")[0] == cli.DONE
    (home / name).write_text("x", encoding="utf-8")
    assert said("trace", f"./{name}")[0] == cli.WRONG


# --- arguments and the environment ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        *([command, "E"] for command in ("", *COMMANDS) if command != "new"),
        ["trace", "./E"],
        ["open", "E.toml"],
        ["check", "E.toml"],
        *(["trace", "xor", option, "E"] for option in ("--format", "--iterations", "--from", "--run", "--lang")),
        *(["serve", option, "E"] for option in ("--host", "--port")),
        *(["trace", "xor", one] for one in ("--E", "-E", "--lang=E", "--no-steps=E")),
    ],
    ids=" ".join,
)
def test_arguments(said: Said, evils: str, given: list[str]) -> None:
    status, line = said(*(one.replace("E", evils) for one in given if one))
    assert status == cli.WRONG and "nntutor itself" not in line
    assert len(line) < 5 * foreign.LONGEST


def test_a_new_file_may_be_called_anything_and_what_is_said_of_it_is_harmless(said: Said, evil: str) -> None:
    for again in (False, True):
        status, line = said("new", evil)
        assert "nntutor itself" not in line and len(line) < 5 * foreign.LONGEST
        assert status == cli.WRONG or not again


def test_bytes_that_are_no_text_in_arguments_and_environment(home: Path) -> None:
    """What Python makes lone surrogates of."""
    run = [sys.executable, "-c", "import sys; from nntutor.tui.cli import main; sys.exit(main())"]
    evil = b"\xff\xfe\x9b31m\xed\xa0\x80\x1b]0;x\x07"
    where = {b"PYTHONPATH": os.fsencode(os.environ.get("PYTHONPATH", "")), b"PATH": os.fsencode(os.environ["PATH"])}
    for arguments in (
        [b"trace", evil],
        [b"learn", evil],
        [b"trace", evil + b".toml"],
        [b"trace", b"--" + evil],
        [evil],
    ):
        done = subprocess.run([*run, *arguments], capture_output=True, check=False, env={**where, b"LANG": b"C.UTF-8"})
        assert done.returncode == cli.WRONG and b"nntutor itself" not in done.stderr
        harmless(done.stdout + done.stderr)
    names = (b"TERM", b"LANG", b"LC_TERMINAL", b"TERM_PROGRAM", b"NNTUTOR_HOME", b"XDG_CONFIG_HOME", b"HOME")
    done = subprocess.run(
        [*run, b"doctor"], capture_output=True, check=False, env={**where, **dict.fromkeys(names, evil)}
    )
    assert (done.returncode, done.stderr) == (cli.DONE, b"")
    harmless(done.stdout)


@pytest.mark.parametrize("name", ["TERM", "LANG", "LC_ALL", "LC_TERMINAL", "TERM_PROGRAM", "NNTUTOR_HOME", "HOME"])
def test_the_environment_in_doctor(said: Said, monkeypatch: pytest.MonkeyPatch, evils: str, name: str) -> None:
    if name == "HOME":
        monkeypatch.delenv("NNTUTOR_HOME")
        monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv(name, evils)
    for look in ([], ["--ascii"]):
        status, text = said("doctor", *look)
        assert status == cli.DONE and len(text) < 30_000


def test_a_file_of_keys(said: Said, home: Path, monkeypatch: pytest.MonkeyPatch, evil: str) -> None:
    monkeypatch.setattr(cli.capabilities, "lacking", lambda environment: "")
    keys = home / "home" / "keys.toml"
    keys.parent.mkdir(parents=True)
    for text in (f"{quoted(evil)} = 'x'", f"step = {quoted(evil)}", f"step = [1, {quoted(evil)}]", f"step = {evil}"):
        keys.write_bytes(text.encode())
        status, line = said("learn", "xor")
        assert status == cli.WRONG and "keys.toml" in line and "nntutor itself" not in line
        assert "keys.toml" in said("doctor")[1]


def test_a_lesson_of_somebody_elses(said: Said, monkeypatch: pytest.MonkeyPatch, evil: str) -> None:
    monkeypatch.setattr(load, "broken", lambda: (AuthorError("lessons/x.toml", 3, evil),))
    assert "x.toml" in said("lessons")[1]


# --- from Python -----------------------------------------------------------------------------------------


def test_the_text_of_an_error_from_python(evil: str) -> None:
    with pytest.raises(NntutorError) as caught:
        parse(f"{quoted(evil)} = 1\n{PROBLEM}", evil)
    assert "\n" not in harmless(str(caught.value))


# --- the screen --------------------------------------------------------------------------------------------


def on_screen(session: screens.Session) -> list[str]:
    """The rows as the widget sends them."""
    widget = Page()
    widget._styles = styles(session.theme, session.colours)
    strips = [widget._strip(row) for row in page.rows(session)]
    return [harmless(strip.text) for strip in strips]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_titles_messages_and_what_is_typed_on_the_screen(evil: str, width: int) -> None:
    problem = parse(f"title = {quoted(evil)}\n{PROBLEM}", "p.toml")
    session = screens.of_problem(problem, size=(width, 24))
    assert all("\n" not in row for row in on_screen(session))
    named = replace(problem, title="")
    study = moves.opened(evil, None, {"main": named}, {})
    on_screen(screens.update(session, Opened(study)))
    on_screen(screens.update(session, Message(words.load("en").say("progress.lesson_gone", lesson=evil))))
    for panel in ("edit", "goto"):
        on_screen(screens.update(screens.pressed(session, panel), Typed(evil)))
    listed = replace(session, study=None, home=Home(load.lessons(), broken=(evil,)))
    assert len(on_screen(listed)) == 24
    on_screen(screens.update(screens.pressed(listed, "search"), Typed(evil)))


@pytest.mark.parametrize(("pasted", "line"), [("1\n2", "1 2"), ("0.5\t0.7\r\n", "0.5 0.7"), ("a\u2028b", "a b")])
def test_what_was_pasted_out_of_two_lines_or_cells_is_not_one_number(pasted: str, line: str) -> None:
    """1 above 2 became 12."""
    assert foreign.typed(pasted, 100) == line


@given(ANY)
def test_the_widget_sends_no_letter_that_is_obeyed(text: str) -> None:
    row = (Piece(text), Piece("after", "title"))
    strip = Page()._strip(row)
    assert "\n" not in harmless(strip.text)
    assert strip.cell_length == row_cells(row)


def test_the_bytes_that_a_terminal_gets(tmp_path: Path) -> None:
    """A problem with such a title is opened, typed at, left and resumed."""
    one = "".join(text for name, text in EVIL.items() if name != "very long")
    (tmp_path / "p.toml").write_text(f"title = {quoted(one)}\n{PROBLEM}", encoding="utf-8")
    terminal = Terminal(tmp_path / "home", "open", str(tmp_path / "p.toml"))
    terminal.until("step 1/")
    pasted = b"\x1b[200~" + one.replace("\x1b", "").encode() + b"\x1b[201~"
    for keys in (RIGHT, b":", pasted, b"\x1b", b"e", pasted, b"\x1b", b"v"):
        terminal.press(keys)
    assert terminal.end(signal.SIGTERM) == 128 + signal.SIGTERM
    again = Terminal(tmp_path / "home")
    again.until("step")
    again.end(signal.SIGTERM)
    sent = (bytes(terminal.recent) + bytes(again.recent)).decode("utf-8")
    assert "PWN" in sent and "RED" in sent
    assert not re.search(r"\x1b(\]0|\[31mRED)|[\x80-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ue000]", sent)
    # Sequences, the shape of the mouse's pointer, the question for the background.
    own = r"\x1b(\[[0-?]*[ -/]*[@-~]|[=>78]|\]22;default\x07|\]11;\?\x1b\\)"
    assert not set(re.sub(own, "", sent)) & (set(map(chr, range(32))) - set("\r\n"))
