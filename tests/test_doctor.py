"""`nntutor doctor`: the look it foretells, the advice it gives, and that it leaves a terminal as it was."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import links
import loaded
import pytest
from terminals import COMMAND, Terminal

from nntutor.lessons.language import words as all_words
from nntutor.lessons.language.cells import cells
from nntutor.lessons.learner import database
from nntutor.tui.doctor import advice, facts, report
from nntutor.tui.doctor.facts import GLYPHS, Facts
from nntutor.tui.terminal import capabilities, probe
from nntutor.tui.terminal.capabilities import LookChoice
from nntutor.tui.terminal.probe import Answers

NARROW = (1, 1, 1, 1, 1, 2, 1)
WELL = Facts(
    term="xterm-256color", program="", terminal=True, moves=True, starts=True, size=(80, 24), colours=256,
    encoding="utf-8", signs=True, locale="en_US.UTF-8", installed=True, ssh=False, mosh=False, multiplexers=(),
    look=LookChoice(), light=None, theme="standard", language="en",
    files=(("progress_file", "/home/you/progress.sqlite"),), folder="/home/you",
    writable=True, progress="fine", keymap="", answers=Answers(True, (0.001, 0.003, 0.002), NARROW),
)  # fmt: skip


def answered(seconds: float) -> Answers:
    return replace(WELL.answers, times=(seconds,) * 5)


def drawn(**widths: int) -> Answers:
    glyphs = dict(zip(("delta", "arrow", "tip", "block", "dots", "hangul", "hat"), NARROW, strict=True)) | widths
    return replace(WELL.answers, widths=tuple(glyphs.values()))


def all_of(found: Facts, words: all_words.Words, ascii_only: bool) -> Iterator[str]:
    """The card and the report."""
    yield from report.card(found, words, ascii_only)
    yield from report.lines(found, words, ascii_only)


# --- the look ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "encoding", "asked", "wide", "why"),
    [
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "utf-8", False, True, ""),
        ({"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}, "utf-8", True, False, "asked"),
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, "utf-8", False, False, "console"),
        ({"TERM": "xterm", "LC_ALL": "C"}, "utf-8", False, False, "locale"),
        ({"TERM": "xterm", "LC_CTYPE": "C.UTF-8", "LANG": "POSIX"}, "utf-8", False, False, "locale"),
        ({"TERM": "xterm"}, "utf-8", False, False, ""),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, "latin-1", False, False, "encoding"),
        ({"TERM": "xterm", "LANG": "ko_KR.UTF-8"}, "utf-8", False, True, "wide"),
        ({"TERM": "xterm", "LANG": "ja_JP.UTF-8"}, "utf-8", False, True, "wide"),
        ({"TERM": "xterm", "LANG": "zh_CN.UTF-8"}, "utf-8", False, False, ""),
    ],
)
def test_an_environment_decides_the_look(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], encoding: str, asked: bool, wide: bool, why: str
) -> None:
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), encoding))
    typed = (("right", None),)
    answers = Answers(True, (), (1 + wide,), typed=typed)
    look = capabilities.picked(environment, asked, lambda: answers)
    assert (look.why, look.ascii) == (why, bool(why))
    # The terminal is asked only where its answer can matter.
    east = environment.get("LANG", "")[:2] in ("ko", "ja", "zh")
    assert look.typed == (typed if east else ())


@pytest.mark.parametrize(("first", "ascii_look"), [(2, True), (1, False)])
def test_the_doctor_foretells_the_look_that_the_tutor_takes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: int, ascii_look: bool
) -> None:
    answers = drawn(delta=first)
    monkeypatch.setattr(probe, "ask", lambda *_: answers)
    monkeypatch.setattr(capabilities, "has_terminal", lambda: True)
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    environment = {"TERM": "xterm-256color", "LANG": "ko_KR.UTF-8"}
    foretold = facts.found(environment, "ko", False, True).look
    assert foretold == capabilities.picked(environment, False, probe.glyph)
    assert foretold.ascii is ascii_look


# --- advice ------------------------------------------------------------------------------------------

CASES: list[tuple[Facts, set[str]]] = [
    (WELL, set()),
    (replace(WELL, terminal=False, starts=False, size=(0, 0), answers=Answers()), set()),
    (replace(WELL, ssh=True, terminal=False, moves=False, starts=False, term="", colours=0), {"ssh_without_terminal"}),
    (replace(WELL, term="", moves=False, starts=False, colours=0), {"term"}),
    (replace(WELL, term="dumb", moves=False, starts=False, colours=0), {"term"}),
    (replace(WELL, encoding="latin-1", look=LookChoice("encoding")), {"encoding"}),
    (replace(WELL, locale="C", look=LookChoice("locale")), {"locale_plain"}),
    (replace(WELL, locale="ko_KR.UTF-8", installed=False), {"locale_missing"}),
    (replace(WELL, keymap="keys.toml:1: there is no action “stepp”"), {"keymap"}),
    (replace(WELL, locale="", multiplexers=("tmux",)), {"tmux_utf8"}),
    (replace(WELL, locale="", multiplexers=("screen",)), {"screen_utf8"}),
    (replace(WELL, locale="", multiplexers=("tmux", "screen")), {"tmux_utf8", "screen_utf8"}),
    (replace(WELL, answers=drawn(delta=2, arrow=3, hangul=3)), {"not_utf8", "wide"}),
    (replace(WELL, locale="ko_KR.UTF-8", look=LookChoice("wide"), answers=drawn(delta=2)), {"wide_ascii"}),
    (replace(WELL, answers=drawn(delta=2)), {"wide"}),
    (replace(WELL, answers=drawn(dots=2)), {"wide"}),
    (replace(WELL, look=LookChoice("asked"), answers=drawn(delta=2)), set()),
    (replace(WELL, language="ko", answers=drawn(hangul=1)), {"hangul"}),
    (replace(WELL, answers=drawn(hangul=1)), set()),
    (replace(WELL, answers=drawn(hat=2)), {"combining"}),
    (replace(WELL, locale="ja_JP.UTF-8", answers=Answers(True)), {"silent"}),
    (replace(WELL, answers=Answers(True)), set()),
    (replace(WELL, size=(0, 0)), {"size_unknown"}),
    (replace(WELL, size=(79, 24)), {"small"}),
    (replace(WELL, size=(80, 23)), {"small"}),
    (replace(WELL, colours=16, term="screen", multiplexers=("tmux",)), {"tmux_colours"}),
    (replace(WELL, colours=16, term="screen", multiplexers=("screen",)), {"screen_colours"}),
    (replace(WELL, colours=16, term="screen", ssh=True), {"screen_colours"}),
    (replace(WELL, colours=16, term="xterm", ssh=True), {"ssh_colours"}),
    (replace(WELL, colours=16, term="xterm"), {"term_colours"}),
    (replace(WELL, colours=16, term="linux", look=LookChoice("console")), set()),
    (replace(WELL, colours=1 << 24, program="Apple_Terminal"), {"apple"}),
    (replace(WELL, light=True), {"light"}),
    (replace(WELL, light=True, theme="safe"), {"light"}),
    (replace(WELL, light=True, theme="light"), set()),
    (replace(WELL, light=True, colours=0), set()),
    (replace(WELL, light=False), set()),
    (replace(WELL, answers=answered(0.2)), {"slow"}),
    (replace(WELL, ssh=True, answers=answered(0.2)), {"slow", "mosh"}),
    (replace(WELL, ssh=True, mosh=True, answers=answered(0.2)), {"slow"}),
    (replace(WELL, ssh=True, answers=answered(0.1)), set()),
    (replace(WELL, program="iTerm2", language="ko"), set()),
    (replace(WELL, writable=False), {"unwritable"}),
    *(
        (replace(WELL, progress=how), {f"progress_{how}"} - {"progress_missing"})
        for how in ("unreadable", "broken", "foreign", "newer", "link", "missing")
    ),
]


@pytest.mark.parametrize(("found", "names"), CASES)
def test_each_finding_has_its_advice_and_nothing_else_has(found: Facts, names: set[str]) -> None:
    assert set(advice.findings(found)) == names


def test_every_rule_is_held_to_a_case() -> None:
    assert {name for _, names in CASES for name in names} == set(advice.RULES)


@pytest.mark.parametrize("width", [80, 40])
@pytest.mark.parametrize("language", all_words.LANGUAGES)
def test_both_languages_say_everything_within_the_width(language: str, width: int) -> None:
    words = all_words.load(language)
    assert {name for name, _ in words.group("advice")} == set(advice.RULES)
    for found, _ in CASES:
        shown = found if 0 in found.size else replace(found, size=(width, 24))
        said = [line for part in all_of(shown, words, found.look.ascii) for line in part.splitlines()]
        commands = {line for text in advice.sentences(shown, words) for line in text.splitlines()[1:]}
        assert commands <= {line.strip() for line in said}
        for line in said:
            # Commands and paths are not broken, and what escapes write takes no cell.
            whole = line.strip() in commands or "/home/you" in line or "\x1b" in line
            assert whole or cells(line) <= (shown.size[0] or 80), line


@pytest.mark.parametrize("language", all_words.LANGUAGES)
def test_when_all_is_well_one_line_says_so(language: str) -> None:
    words = all_words.load(language)
    *_, head, last = report.lines(WELL, words, False)
    assert head.strip() == words.say("doctor.advice") and words.say("doctor.well") in last


@pytest.mark.parametrize("language", all_words.LANGUAGES)
def test_the_usual_answer_and_the_slowest_one_are_both_told(language: str) -> None:
    words = all_words.load(language)
    found = replace(WELL, answers=replace(WELL.answers, times=(0.1, 0.9, 0.2)))
    assert words.say("doctor.times", median="200", worst="900") in "\n".join(report.lines(found, words, False))


# --- the card ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("language", all_words.LANGUAGES)
def test_every_bar_of_the_card_stands_in_one_column(language: str, ascii_only: bool) -> None:
    lines = list(all_of(replace(WELL, terminal=False), all_words.load(language), ascii_only))
    ruler = next(line for line in lines if line.startswith("  1234567890"))
    column = ruler.index("|")
    card = lines[lines.index(ruler) : next(place for place, line in enumerate(lines) if line.startswith("\n"))]
    for line in card:
        assert any(cells(line[:place]) == column and line[place] == "|" for place in range(len(line))), line
    if ascii_only and language == "en":
        assert all(line.isascii() for line in card)


@pytest.mark.parametrize(
    ("colours", "present"), [(0, ""), (16, "41"), (256, "41 48;5;22"), (1 << 24, "41 48;5;22 48;2;255;0;0")]
)
def test_only_colours_that_are_there_are_shown(colours: int, present: str) -> None:
    text = "\n".join(all_of(replace(WELL, colours=colours), all_words.load("en"), False))
    for code in ("41", "48;5;22", "48;2;255;0;0"):
        assert (f"\x1b[{code}m" in text) is (code in present.split())
    assert "\x1b[1mbold" in text and "o1 = (o1 − t1)" in text and "delta_o1 = (o1 - t1)" in text


def test_without_a_terminal_no_escape_is_written_and_all_ends_well(tmp_path: Path) -> None:
    for given in ([], ["--ascii"], ["--lang", "ko"], ["--no-color"]):
        done = loaded.run(loaded.MAIN, ["doctor", *given], os.environ, b"")
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\x1b" not in done.stdout
        assert b"--ascii" not in given or done.stdout.isascii()


# --- asking ------------------------------------------------------------------------------------------

PLACE, BACKGROUND = b"\x1b[6n", b"\x1b]11;?\x1b\\"


def answer(terminal: Terminal, widths: tuple[int, ...], colour: bytes = b"", meanwhile: bytes = b"") -> str:
    """Be a terminal that draws with these widths; everything it shows until the program ends."""
    columns = iter((0, 0, 0, 0, 0, *widths))
    shown, ends = b"", time.monotonic() + 20
    while time.monotonic() < ends and b"What to do" not in shown:
        data = terminal.receive(0.1)
        shown += data
        while found := [(data.index(one), one) for one in (PLACE, BACKGROUND) if one in data]:
            place, question = min(found)
            data = data[place + len(question) :]
            if question == BACKGROUND:
                terminal.send(colour)
            else:
                terminal.send(meanwhile + b"\x1b[1;%dR" % (next(columns) + 1))
    assert terminal.wait() == 0
    return (shown + terminal.last).decode()


@pytest.mark.parametrize("given", [[], ["--lang", "ko"]], ids=" ".join)
def test_a_terminal_that_answers_is_measured(tmp_path: Path, given: list[str]) -> None:
    terminal = Terminal(tmp_path, "doctor", *given, size=(80, 70))
    assert terminal.wait() == 0
    screen, say = terminal.text(), all_words.load("ko" if given else "en").say
    assert f"{say('doctor.round_trip')}: " in screen and " ms" in screen
    assert "δ=1, →=1, ▶=1, █=1, ⠿=1, 가=2, m̂=1" in screen
    assert say("doctor.well") in screen
    # What was written to be measured is gone.
    assert screen.startswith(say("doctor.card")[:20])


def test_a_silent_terminal_is_said_to_be_silent(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "doctor", size=(80, 70), answers=False)
    assert terminal.wait() == 0
    assert "round trip: no answer within a second" in terminal.text()
    # One that does not answer is not asked again.
    assert terminal.last.count(PLACE) == 1


def test_keys_typed_meanwhile_and_a_light_background_are_told_from_answers(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "doctor", answers=False)
    shown = answer(terminal, NARROW, b"\x1b]11;rgb:ffff/ffff/dddd\x1b\\", meanwhile=b"\x1b[Cx")
    assert "background: light" in shown and "colours of the tutor: light" in shown
    assert "press o in the tutor" not in shown  # the first start takes them by itself
    assert "가=2, m̂=1" in shown


def test_wide_signs_are_measured_and_the_look_follows(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "doctor", "--lang", "en", answers=False, LANG="ko_KR.UTF-8")
    shown = answer(terminal, (2, 2, 2, 1, 1, 2, 1), b"\x1b]11;rgb:00/00/00\x07")
    assert "background: dark" in shown
    assert "δ=2, →=2, ▶=2, █=1" in shown and "look: ASCII (δ is two cells wide here)" in shown


@pytest.mark.parametrize("answers", [True, False])
def test_the_terminal_is_left_as_it_was_and_nothing_is_left_to_read(tmp_path: Path, answers: bool) -> None:
    run = " ".join(shlex.quote(word) for word in [*COMMAND, "doctor"])
    script = (
        f'before=$(stty -g); {run}; [ "$before" = "$(stty -g)" ] && echo same mode; echo ready; read line; '
        'echo "read:$line:"'
    )
    terminal = Terminal(tmp_path, command=["sh", "-c", script], size=(80, 70), answers=answers)
    terminal.until("ready")
    terminal.send(b"hello\r")
    terminal.until("read:hello:")
    assert "same mode" in terminal.text() and "^[" not in terminal.text()
    assert terminal.wait() == 0


@pytest.mark.parametrize(
    "changed",
    [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "linux"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"},
     {"NO_COLOR": "1"}, {"NNTUTOR_HOME": "/dev/null/no"}],
    ids=str,
)  # fmt: skip
def test_any_terminal_is_reported_on(tmp_path: Path, changed: dict[str, str]) -> None:
    terminal = Terminal(tmp_path, "doctor", size=(80, 70), **changed)
    assert terminal.wait() == 0
    screen = terminal.text()
    assert "What to do" in screen and "Traceback" not in screen
    if changed.get("TERM") in ("dumb", ""):
        assert b"\x1b" not in terminal.last and "export TERM=xterm-256color" in screen
    if "NO_COLOR" in changed:
        assert b"\x1b[4" not in terminal.last.replace(b"\x1b[4m", b"") and "colours: 0" in screen
    if "NNTUTOR_HOME" in changed:
        assert "export NNTUTOR_HOME=~/nntutor" in screen


def test_a_file_that_cannot_be_used_is_only_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite"
    file.write_bytes(b"not a database" * 99)
    terminal = Terminal(tmp_path, "doctor", size=(80, 70))
    assert terminal.wait() == 0
    assert "The progress file is broken" in terminal.text()
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    assert database.condition(file) == "broken"


# --- where it runs -----------------------------------------------------------------------------------


def test_mosh_is_found_among_the_parents(tmp_path: Path) -> None:
    for number, name, parent in ((30, "bash", 20), (20, "mosh-server", 1), (40, "sh (x)", 1)):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "stat").write_text(f"{number} ({name}) S {parent} 1 1")
    assert capabilities.under_mosh(tmp_path, 30)
    assert not capabilities.under_mosh(tmp_path, 40)
    assert not capabilities.under_mosh(tmp_path, 50)


@pytest.mark.skipif(not links.HERE, reason=links.MISSING)
def test_over_ssh_it_says_so_and_on_a_slow_line_what_helps(tmp_path: Path) -> None:
    try:
        with links.serving(tmp_path) as server:
            terminal = server.tutor(tmp_path, "doctor", size=(80, 70))
            assert terminal.wait() == 0
            plain = subprocess.run(server.command(*COMMAND, "doctor"), capture_output=True, text=True, timeout=60,
                                   stdin=subprocess.DEVNULL, check=False)  # fmt: skip
            with links.slow(server, delay=0.1) as (far, _):
                slow = far.tutor(tmp_path, "doctor", size=(80, 70))
                assert slow.wait() == 0
    except links.NoServer as error:
        pytest.skip(f"sshd does not start here: {error}")
    assert "mosh HOST" in slow.text() and "cells that a sign takes: δ=1" in slow.text()
    assert "over SSH: yes" in terminal.text() and "median" in terminal.text()
    assert plain.returncode == 0 and "ssh -t HOST nntutor" in plain.stdout


@contextmanager
def inside(program: str, start: Callable[[str], list[str]], folder: Path) -> Iterator[Callable[[], str]]:
    """tmux with the doctor in it, or in a screen in it; gives what is on its screen."""
    if not shutil.which("tmux") or not shutil.which(program):
        pytest.skip(f"no tmux or no {program} on this machine")
    run = " ".join(shlex.quote(word) for word in [*COMMAND, "doctor"])
    script = folder / "script"
    script.write_text(f"LANG=C.UTF-8 LC_ALL= NNTUTOR_HOME={folder} {run}\nsleep 60\n")
    tmux = ["tmux", "-L", f"nntutor-{folder.name}", "-f", "/dev/null"]
    subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "70", *start(str(script))], check=True, timeout=20,
                   env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)})  # fmt: skip
    try:
        yield lambda: subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, timeout=20,
                                     check=False).stdout  # fmt: skip
    finally:
        subprocess.run([*tmux, "kill-server"], timeout=20, check=False)


def shown_inside(program: str, start: Callable[[str], list[str]], folder: Path) -> str:
    with inside(program, start, folder) as screen:
        ends = time.monotonic() + 20
        while "What to do\n  -" not in screen() and time.monotonic() < ends:
            time.sleep(0.1)
        return screen()


def test_inside_tmux_it_says_tmux_and_that_tmux_answers(tmp_path: Path) -> None:
    screen = shown_inside("tmux", lambda script: ["sh", script], tmp_path)
    assert "multiplexer: tmux" in screen and "from tmux, not from your" in screen


def test_inside_screen_it_says_screen_and_what_gives_it_more_colours(tmp_path: Path) -> None:
    sockets = tmp_path / "sockets"
    sockets.mkdir(mode=0o700)
    given = ["env", "-u", "TMUX", f"SCREENDIR={sockets}", "screen", "-c", "/dev/null", "-U", "sh"]
    screen = shown_inside("screen", lambda script: [*given, script], tmp_path)
    assert "multiplexer: GNU screen" in screen and "term screen-256color" in screen


def test_the_glyphs_asked_about_begin_with_the_one_that_decides() -> None:
    assert GLYPHS[0] == probe._GLYPH


def test_a_file_of_keys_that_keeps_the_tutor_from_starting_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('stepp = "n"\n')
    terminal = Terminal(tmp_path, "doctor", size=(200, 70))
    assert terminal.wait() == 0
    assert "keys.toml:1: there is no action “stepp”" in " ".join(terminal.text().split())
