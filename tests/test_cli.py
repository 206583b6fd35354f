"""The command line as a learner meets it: statuses, streams, languages, and what is loaded for what."""

from __future__ import annotations

import gc
import json
import os
import pty
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import browsers
import loaded
import pytest
from terminals import COMMAND, Terminal

from nntutor.core.errors import NotDifferentiable
from nntutor.lessons.course import load
from nntutor.lessons.course.load import HERE
from nntutor.lessons.language import words
from nntutor.lessons.language.cells import cells
from nntutor.lessons.learner.places import Place, Store
from nntutor.tui import arguments, cli, named
from nntutor.tui.browser import command as browser
from nntutor.tui.browser.serve import is_here
from nntutor.tui.parser import parser_of
from nntutor.tui.terminal import capabilities

RUN = loaded.MAIN
SAID_LOADED = (
    "print('loaded:', *(n for n in ('numpy', 'textual', 'rich', 'plotext', 'aiohttp') if n in sys.modules), "
    "file=sys.stderr)"
)
LOADED = f"import sys; from nntutor.tui.command import main; status = main(); {SAID_LOADED}; sys.exit(status)"
SLOW_TO_FINISH = ["trace", "two-two-two", "--iterations", "1000000", "--format"]


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


def environment(**changed: str) -> dict[str, str]:
    plain = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("LC_", "LANG", "PYTHONIO", "PYTHONUNBUFFERED"))
    }
    return {**plain, "LANG": "en_US.UTF-8", "PYTHONUTF8": "1", **changed}


def run(*given: str, code: str = RUN, cold: bool = False, stdin: str = "", **changed: str) -> Ended:
    """The real command in a process of its own."""
    variables = environment(**changed)
    if not cold and loaded.serves(changed):
        ended = loaded.run(code, given, variables, stdin.encode())
    else:
        command = [sys.executable, "-c", code, *given]
        typed = stdin.encode()
        ended = subprocess.run(command, input=typed, capture_output=True, env=variables, timeout=60, check=False)
    return Ended(ended.returncode, ended.stdout.decode("utf-8"), ended.stderr.decode("utf-8"))


def here(capsys: pytest.CaptureFixture[str], *given: str) -> Ended:
    """The same in this process, where no process of its own is needed."""
    status = cli.main(given)
    captured = capsys.readouterr()
    return Ended(status, captured.out, captured.err)


@pytest.fixture(autouse=True)
def _speaks_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


# --- what is loaded for what -------------------------------------------------------------------------


LIGHT = [
    ["--help"], ["trace", "--help"], ["--version"], ["lessons"], ["lessons", "--lang", "ko"], ["tarce"], [],
    ["learn", "hidden-delta"], ["doctor"],
]  # fmt: skip


@pytest.mark.parametrize(
    ("commands", "loads"),
    [(LIGHT, ""), ([["trace", "two-two-two"]], "numpy"), ([["check", "two-two-two"]], "numpy")],
    ids=["light", "trace", "check"],
)
def test_a_command_loads_only_what_it_needs(commands: list[list[str]], loads: str, tmp_path: Path) -> None:
    several = (
        f"import sys; from nntutor.tui import cli\nfor given in {commands}:\n    cli.main(given)\n    {SAID_LOADED}"
    )
    ended = run(code=several, cold=True, XDG_STATE_HOME=str(tmp_path))
    found = [line.removeprefix("loaded:") for line in ended.err.splitlines() if line.startswith("loaded:")]
    assert [one.strip() for one in found] == [loads] * len(commands)


# --- a browser ---------------------------------------------------------------------------------------


def test_without_the_extra_a_browser_is_refused_with_what_to_install() -> None:
    ended = run("serve", code=f"import sys; sys.modules['textual_serve.server'] = None; {RUN}")
    assert (ended.status, ended.out) == (2, "") and ended.err.count("\n") == 1
    assert "pip install 'nntutor[web]'" in ended.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--port", "0"], "65535"),
        (["--port", "65536"], "65535"),
        (["--port", "http"], "“http”"),
        (["--host", ""], "--host"),
        (["--host", "no such host.invalid"], "no such host.invalid"),
        (["--host", "x" * 300], "xxx"),
        (["--host", "ö..de"], "no address “ö..de”"),
        (["--host", "192.0.2.1"], "192.0.2.1"),
        (["hidden-delta"], "hidden-delta"),
    ],
    ids=lambda given: " ".join(given)[:20],
)
def test_an_address_that_cannot_be_is_refused_in_one_line(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = here(capsys, "serve", *given)
    assert (ended.status, ended.out) == (2, "") and ended.err.count("\n") == 1
    assert said in ended.err and "nntutor itself" not in ended.err


def test_a_port_that_is_taken_is_refused_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("serve", "--port", str(port))
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"nntutor: {words.load('en').say('cli.port_taken', port=port)}\n"


def test_whoever_is_not_the_page_itself_gets_no_tutor(tmp_path: Path) -> None:
    """Another page that is open in the same browser, or one whose server's name leads to this machine."""
    port = browsers.free_port()
    command = [sys.executable, "-m", "nntutor", "serve", "--port", str(port), "--lang", "en"]
    said = words.load("en").say("serve.here", url=f"http://127.0.0.1:{port}")
    with browsers.running(command, tmp_path / "home", port, said) as server:
        own, other = f"http://localhost:{port}", "http://elsewhere.example"
        answers = [
            browsers.asked(port, name, origin)
            for name, origin in (
                (f"localhost:{port}", None),
                (f"localhost:{port}", other),
                ("elsewhere.example", other),
                (f"localhost:{port}", "null"),
                (f"localhost:{port}", own),
            )
        ]
        assert answers == [403, 403, 403, 403, 101]
        assert server.empty()


def test_it_is_said_that_all_machines_reach_the_tutor_and_ctrl_c_ends_the_server(tmp_path: Path) -> None:
    port = browsers.free_port()
    command = [sys.executable, "-m", "nntutor", "serve", "--host", "0.0.0.0", "--port", str(port), "--lang", "ko"]
    said = words.load("ko").say("serve.open", url=f"http://{socket.gethostname()}:{port}")
    with browsers.running(command, tmp_path / "home", port, said) as server:
        os.kill(server.pid, signal.SIGINT)
        assert server.wait() == 128 + signal.SIGINT
        assert server.empty() and server.said() == ""


def test_an_address_that_other_machines_reach_is_known() -> None:
    assert [is_here(host) for host in ("127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3")] == [True] * 5
    assert [is_here(host) for host in ("0.0.0.0", "::", "192.168.0.2", "machine.example", "")] == [False] * 5


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "0", "0x0"])
def test_of_every_address_the_name_of_the_machine_is_told(host: str) -> None:
    assert browser._address(arguments.read(["serve", "--host", host])) == f"http://{socket.gethostname()}:8000"


# --- the two languages -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("command", ["", *arguments.COMMANDS])
def test_every_command_has_a_page_that_names_its_options(
    command: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = here(capsys, *([command] if command else []), "--help", "--lang", language)
    assert ended.status == 0
    assert all(cells(line) <= 80 for line in ended.out.splitlines())
    parser = parser_of(command, command in arguments.OF_PROBLEMS)
    options = {option for action in parser._actions for option in action.option_strings}
    assert all(option in ended.out for option in options - {"-h", "--version"})
    if not command:
        assert all(f"nntutor {name}" in ended.out for name in arguments.COMMANDS)


@pytest.mark.parametrize(
    ("argv", "variables", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ko_KR.UTF-8"}, "ko"),
        ([], {"LANG": "ko_KR.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.UTF-8"}, "ko"),
        ([], {"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        (["--lang", "ko"], {"LC_ALL": "C"}, "ko"),
        (["trace", "x", "--lang=en"], {"LANG": "ko_KR.UTF-8"}, "en"),
        (["--lang", "fr"], {"LANG": "ko_KR.UTF-8"}, "ko"),
        (["--lang"], {}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_locales(
    argv: list[str], variables: dict[str, str], language: str
) -> None:
    assert arguments.language(argv, variables) == language


def test_common_options_stand_before_or_after_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    before = here(capsys, "--lang", "ko", "--ascii", "trace", "two-two-two", "--no-steps")
    after = here(capsys, "trace", "two-two-two", "--no-steps", "--ascii", "--lang=ko")
    assert before == after
    assert "순전파" not in before.out and "은닉층" in before.out and "η" not in before.out


# --- wrong use ---------------------------------------------------------------------------------------

WRONG = [
    (["tarce"], "did you mean “trace”"),
    (["hiden-delta"], "did you mean “hidden-delta”"),
    (["99"], "no command or lesson “99”"),
    (["-"], "no command or lesson “-”"),
    (["play"], "no command or lesson “play”"),
    (["xor", "extra"], "“extra”"),
    (["trace", "two-two-two", "--", "--format"], "“--format” is one argument too many"),
    (["diagnose", "two-two-two", ""], "VALUES needs a value"),
    (["10", "--iterations", "3"], "`nntutor learn` has no option --iterations"),
    (["learn", "99"], "no lesson “99”"),
    (["trace"], "which lesson or problem"),
    (["trace", ""], "which lesson or problem"),
    (["trace", "hiden-delta"], "did you mean “hidden-delta”"),
    (["trace", "two-two-too"], "did you mean “two-two-two”"),
    (["trace", "zzzzzz"], "./zzzzzz.toml"),
    (["trace", "missing.toml"], "missing.toml: "),
    (["trace", "."], "folder"),
    (["trace", "two-two-two", "extra"], "“extra”"),
    (["trace", "two-two-two", "--itertions", "3"], "did you mean --iterations"),
    (["trace", "two-two-two", "--iterations", "0"], "whole number"),
    (["trace", "two-two-two", "--iterations", "abc"], "“abc”"),
    (["trace", "two-two-two", "--iterations", "1e9"], "“1e9”"),
    (["trace", "two-two-two", "--iterations", "1.5"], "“1.5”"),
    (["trace", "two-two-two", "--iterations", "-3"], "“-3”"),
    (["trace", "two-two-two", "--iterations", "99999999999999999999"], "whole number"),
    (["trace", "two-two-two", "--iterations", "３"], "whole number"),
    (["trace", "two-two-two", "--iterations"], "--iterations needs a value"),
    (["trace", "two-two-two", "--iterations=--"], "“--”"),
    (["diagnose", "two-two-two", "--tolerance", "1" * 100_000 + "x"], "--tolerance is “111"),
    (["trace", "two-two-two", "--format=--"], "“--”"),
    (["diagnose", "two-two-two", "--tolerance=--"], "“--”"),
    (["trace", "two-two-two", "--from", "5", "--iterations", "3"], "at most 3"),
    (["trace", "two-two-two", "--format", "pdf"], "text, md, tex, json, csv"),
    (["trace", "two-two-two", "--run", "main"], "is a problem"),
    (["trace", "old-weights", "--run", "rong"], "main, wrong"),
    (["trace", "two-two-two", "--ascii=yes"], "takes no value"),
    (["check", "two-two-two", "--from", "2"], "no option --from"),
    (["lessons", "extra"], "“extra”"),
    (["--lang", "fr"], "en, ko"),
    (["--colour"], "did you mean --no-color"),
    (["help"], "did you mean “--help”"),
    (["list"], "did you mean “lessons”"),
    (["trace", "xor", "--epochs", "3"], "did you mean --iterations"),
    (["trace", "xor", "--format", "markdown"], "text, md, tex, json, csv, numpy, torch; did you mean “md”?"),
    (["check", "xor", "--format", "markdown"], "expected one of text, json\n"),
    (["--lang", "korean"], "expected one of en, ko; did you mean “ko”?"),
    (["learn", "hiden-delta"], "did you mean “hidden-delta”"),
    (["open"], "which lesson or problem"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=lambda part: " ".join(part) if isinstance(part, list) else "")
def test_wrong_use_is_one_line_and_status_2(
    given: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = here(capsys, *given)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("nntutor: ") and ended.err.count("\n") == 1 and ended.err.endswith("\n")
    assert said in ended.err
    korean = here(capsys, *given, *([] if "--lang" in given else ["--lang", "ko"]))
    assert (korean.status, korean.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "source",
    ["", "nonsense", "x = ", "[[layer]]\n", "\x00", "[[layer]]\nunits = 1\n[[sample]]\ninput = [nan]\ntarget = [1]\n"],
)
def test_a_bad_problem_on_standard_input_is_one_line(source: str) -> None:
    ended = run("trace", "-", stdin=source)
    assert ended.status == 2 and ended.out == ""
    assert ended.err.startswith("nntutor: ") and ended.err.count("\n") == 1


def test_a_bad_key_names_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[[layer]]\nunits = 2\n[[sample]]\ninput = [1]\ntraget = [1, 2]\n", encoding="utf-8")
    ended = here(capsys, "trace", str(path))
    assert ended.status == 2
    assert ended.err.startswith(f"nntutor: {path}:5: ")


def test_a_mistake_of_ours_is_one_line_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr(cli, "_lessons", broken)
    ended = here(capsys, "lessons")
    assert ended.status == 2 and "ZeroDivisionError: of ours" in ended.err and ended.err.count("\n") == 1

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cli, "_lessons", full)
    assert here(capsys, "lessons").err == "nntutor: not enough memory for this\n"


# --- trace -------------------------------------------------------------------------------------------


def test_trace_prints_a_lesson_for_as_many_iterations_as_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    lesson = load.find("cycle")
    assert lesson is not None
    printed = json.loads(here(capsys, "trace", "cycle", "--format", "json", "--no-steps").out)
    assert len(printed["iterations"]) == lesson.iterations


def test_trace_takes_a_path_a_name_and_standard_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = (HERE / "problems" / "two-two-two.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(source, encoding="utf-8")
    by_name = here(capsys, "trace", "two-two-two")
    assert by_name.status == 0 and "δ_h1" in by_name.out
    assert here(capsys, "trace", str(tmp_path / "mine.toml")) == by_name
    assert run("trace", "-", stdin=source).out == by_name.out


def test_a_run_of_a_lesson_is_run_with_its_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong = (
        json.loads(here(capsys, "trace", "old-weights", "--run", name, "--format", "json").out)["iterations"][1]
        for name in ("main", "wrong")
    )
    assert f"{right['error']:.9f}" == "0.291027774"
    assert f"{wrong['error']:.9f}" == "0.291027924"


def test_from_alone_prints_that_iteration(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("trace", "two-two-two", "--from", "10000", "--format", "csv", "--no-steps")
    rows = here(capsys, *given).out.splitlines()
    assert [row.split(",")[0] for row in rows] == ["iteration", "10000"]
    assert rows[1].split(",")[1].startswith("3.51085481")


@pytest.mark.parametrize("format", [arguments.FORMATS[0], arguments.FORMATS[-1]])  # the last one is UTF-8 anywhere
def test_a_closed_pipe_ends_quietly(format: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *SLOW_TO_FINISH, format],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_pipe_closed_before_anything_is_written_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", RUN, "trace", "two-two-two"]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment(), check=False)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("format", ["text", "json"])
def test_a_full_disk_is_one_line(format: str) -> None:
    command = [sys.executable, "-c", RUN, "trace", "two-two-two", "--format", format]
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"nntutor: ") and ended.stderr.count(b"\n") == 1


def test_standard_error_that_takes_nothing_changes_no_status() -> None:
    """As of a terminal that is gone."""
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([sys.executable, "-c", RUN, "nonsense"], stderr=full, env=environment(), check=False)
    assert ended.returncode == 2


@pytest.mark.parametrize("what", ["trace xor", "check xor", "lessons", "--help", "--version", "doctor", "quiz --plain"])
def test_standard_output_that_is_closed_is_one_line(what: str) -> None:
    command = f"exec {shlex.join([sys.executable, '-c', RUN])} {what} >&-"
    ended = subprocess.run(
        ["sh", "-c", command], capture_output=True, env=environment(), check=False, stdin=subprocess.DEVNULL
    )
    assert (ended.returncode, ended.stderr) == (2, b"nntutor: cannot write the output: it is closed\n")


def test_standard_input_that_is_closed_is_one_line() -> None:
    command = shlex.join([sys.executable, "-c", RUN, "trace", "-"])
    ended = subprocess.run(["sh", "-c", f"exec {command} <&-"], capture_output=True, env=environment(), check=False)
    assert (ended.returncode, ended.stderr) == (2, b"nntutor: <stdin>: cannot be read: it is closed.\n")


@pytest.mark.parametrize("given", ["lessons", "--lang=", "--", "trace --run=", "trace ./"])
def test_whatever_is_typed_is_refused_in_a_line_of_bounded_length(
    given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = here(capsys, *f"{given}{'x' * 20_000}".split())
    assert ended.status == 2 and ended.err.count("\n") == 1 and len(ended.err) < 2 * cli.MOST_LETTERS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_ends_a_long_command_with_its_status_and_without_a_word(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *SLOW_TO_FINISH, "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (128 + number, b"")


def test_json_is_utf8_and_the_rest_takes_ascii_names_where_the_output_cannot_encode_them() -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert "δ_h1" in run("trace", "two-two-two", "--format", "json", **ascii_only).out
    each = (
        "from nntutor.tui.cli import main\nfor form in ('text', 'md', 'csv', 'tex'):\n"
        "    print(main(['trace', 'two-two-two', '--format', form, '--lang', 'ko']), '<-', flush=True)"
    )
    shown = run(code=each, **ascii_only)
    assert shown.status == 0 and shown.out.isascii() and shown.err == ""
    *formats, tex, rest = shown.out.split("0 <-\n")
    assert len(formats) == 3 and all("delta_h1" in one for one in formats) and tex and rest == ""


@pytest.mark.parametrize(
    "given", [["trace", "nosuch"], ["trace", "xor", "--format", "nix"], ["check", "xor", "--iterations", "x"]]
)
def test_a_refusal_has_the_look_that_was_asked_for(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, *given, "--ascii")
    assert ended.status == 2 and ended.err and ended.err.isascii()


def test_the_c_locale_gets_ascii_names() -> None:
    assert run("trace", "two-two-two", LC_ALL="C").out.isascii()
    assert run("trace", "two-two-two", LANG="C").out.isascii()
    assert run("trace", "zz", "--lang", "ko", PYTHONIOENCODING="ascii", PYTHONUTF8="0").err.isascii()


# --- check -------------------------------------------------------------------------------------------


def test_check_prints_every_weight_of_every_iteration(capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "check", "two-two-two", "--iterations", "3")
    assert ended.status == 0
    assert ended.out.count("agrees") == 24 and "24 of 24" in ended.out
    rows = [line.split() for line in ended.out.splitlines() if line.startswith("w5 ")]
    assert rows[0][2].startswith("0.08216704") and rows[0][4].startswith("0.08216704")


@pytest.mark.parametrize("format", arguments.CHECK_FORMATS)
def test_a_wrong_gradient_fails_the_check(
    format: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nntutor.lessons.course import builtin

    target = (None, builtin.open("two-two-two"), "updated-weights")
    monkeypatch.setattr(named, "target", lambda given: target)
    ended = here(capsys, "check", "two-two-two", "--format", format)
    assert ended.status == 1
    if format == "json":
        said = [one["verdict"] for one in json.loads(ended.out)["iterations"][0]["checks"]]
        assert said == ["differs"] * 4 + ["agrees"] * 4
    else:
        assert ended.out.count("DISAGREES") == 4
        assert "Gradients that disagree with central differences: 4 of 8." in ended.out


def test_a_unit_near_its_kink_is_named_and_not_counted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = (
        '[[layer]]\nactivation = "relu"\nweights = [[1], [2]]\n[[layer]]\nweights = [[1, 1]]\n'
        "[[sample]]\ninput = [1e-14]\ntarget = [1]\n"
    )
    (tmp_path / "kink.toml").write_text(source, encoding="utf-8")
    ended = here(capsys, "check", str(tmp_path / "kink.toml"))
    assert ended.status == 0
    assert "not counted: near a kink of h1" in ended.out and "Not counted, too near a kink: 2." in ended.out


@pytest.mark.parametrize("scale", [1, 30, 1e6])
def test_data_that_nobody_scaled_make_no_right_gradient_wrong(
    scale: float, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = (
        'title = "height cm, weight kg"\n[[layer]]\nunits = 3\nactivation = "tanh"\ninitial = "xavier"\n'
        f'[[layer]]\nunits = 1\nactivation = "identity"\n[[sample]]\ninput = [1.75, {scale}]\ntarget = [1]\n'
    )
    (tmp_path / "people.toml").write_text(source, encoding="utf-8")
    ended = here(capsys, "check", str(tmp_path / "people.toml"))
    assert ended.status == 0 and "DISAGREES" not in ended.out and "agrees" in ended.out


# One last place of the weight moves the net by 2.
SHARP = (
    '[[layer]]\nactivation = "tanh"\nweights = [[1]]\nbias = [-9007199254740992]\nlearn_bias = false\n'
    "[[sample]]\ninput = [9007199254740992]\ntarget = [0.5]\n"
)


def test_what_bends_too_sharply_is_said_and_is_no_failure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "sharp.toml").write_text(SHARP, encoding="utf-8")
    ended = here(capsys, "check", str(tmp_path / "sharp.toml"))
    assert ended.status == 0 and "Too curved for differences to see: 1." in ended.out
    korean = here(capsys, "check", str(tmp_path / "sharp.toml"), "--lang", "ko")
    assert korean.status == 0 and "너무 굽어 볼 수 없음" in korean.out
    assert next(line for line in ended.out.splitlines() if line.startswith("w1")).split()[1:4] == ["-", "-", "-"]


def test_the_check_as_json_has_every_number_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    from nntutor.core.analysis.gradient_check import check_all
    from nntutor.lessons.course import builtin
    from nntutor.lessons.export.iterations import iterations

    ended = here(capsys, "check", "xor", "--iterations", "2", "--format", "json")
    whole = json.loads(ended.out)
    assert (ended.status, whole["format"]) == (0, "nntutor-check")
    for shown, trace in zip(whole["iterations"], iterations(builtin.open("xor"), 1, 2, ""), strict=True):
        assert (shown["iteration"], shown["error"]) == (trace.iteration, trace.error)
        for row, check in zip(shown["checks"], check_all(trace), strict=True):
            named = ("symbol", "h", "numeric", "error", "gradient", "relative", "verdict")
            assert [row[name] for name in named] == [getattr(check, name) for name in named]
            assert (row["layer"], row["unit"], row["input"] or 0) == check.ref[1:4] and row["kinks"] == []
    assert any(row["input"] is None for row in shown["checks"])


def test_the_check_as_json_has_words_for_what_is_no_number(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = '[[layer]]\nunits = 1\nactivation = "identity"\n[[sample]]\ninput = [1e200]\ntarget = [1]\n'
    (tmp_path / "far.toml").write_text(source, encoding="utf-8")
    [far] = json.loads(here(capsys, "check", str(tmp_path / "far.toml"), "--format", "json").out)["iterations"]
    assert far == {"iteration": 1, "error": "inf", "diverged": True, "checks": []}
    (tmp_path / "sharp.toml").write_text(SHARP, encoding="utf-8")
    [sharp] = json.loads(here(capsys, "check", str(tmp_path / "sharp.toml"), "--format", "json").out)["iterations"]
    [check] = sharp["checks"]
    assert (check["h"], check["numeric"], check["error"], check["verdict"]) == ("nan", "nan", "inf", "curved")


def test_the_check_knows_no_other_format(capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "check", "two-two-two", "--format", "csv")
    assert ended.status == 2 and "expected one of text, json" in ended.err


def test_targets_whose_sum_overflows_are_checked_without_a_warning(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = "[[layer]]\nunits = 2\n[[sample]]\ninput = [1]\ntarget = [1e308, 1e308]\n"
    (tmp_path / "large.toml").write_text(source, encoding="utf-8")
    for command in ("check", "trace"):
        ended = here(capsys, command, str(tmp_path / "large.toml"))
        assert (ended.status, ended.err) == (0, "")
    assert run("check", str(tmp_path / "large.toml")).err == ""


def test_check_refuses_rosenblatts_rule_and_says_why(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = (
        'error = "perceptron"\n[[layer]]\nactivation = "step"\nweights = [[1]]\n[[sample]]\ninput = [1]\ntarget = [0]\n'
    )
    (tmp_path / "rosenblatt.toml").write_text(source, encoding="utf-8")
    ended = here(capsys, "check", str(tmp_path / "rosenblatt.toml"))
    assert ended.status == 2 and ended.out == ""
    from nntutor.lessons.language import error_text

    assert ended.err == f"nntutor: {error_text.sentence(NotDifferentiable(), words.load('en'))}\n"
    assert here(capsys, "trace", str(tmp_path / "rosenblatt.toml")).status == 0


# --- lessons, verify, doctor -------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_lessons_lists_every_lesson_with_its_state(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "lessons", "--lang", language)
    assert ended.status == 0
    for lesson in load.lessons():
        assert any(
            lesson.id in line and load.text(lesson.id, language).title in line for line in ended.out.splitlines()
        )
    assert words.load(language).say("home.new") in ended.out


def test_lessons_that_are_finished_and_begun_are_marked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NNTUTOR_HOME", str(tmp_path))
    store = Store.open(tmp_path)
    store.mark_done("start")
    store.save(Place("lesson", "hidden-delta", "", "main", {}, 1, 21, "why-sum", {}))
    store.close()
    lines = here(capsys, "lessons").out.splitlines()
    assert next(line for line in lines if " start " in line).endswith("done")
    assert "begun" in next(line for line in lines if " hidden-delta " in line)
    assert lines[-1].startswith("1 of ")


def test_verify_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, "verify")
    assert ended.status == 0
    assert "stale" in ended.out and "0.291027924" in ended.out


def test_doctor_says_what_it_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    monkeypatch.setenv("TERM", "screen-256color")
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.delenv("COLORTERM", raising=False)
    shown = here(capsys, "doctor").out
    assert "multiplexer: tmux" in shown and "over SSH: yes" in shown and "colours: 256" in shown
    assert "colours: 0" in here(capsys, "doctor", "--no-color").out


@pytest.mark.parametrize(
    ("variables", "colours"),
    [
        ({"TERM": "xterm"}, 16),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 0),
        ({"TERM": "dumb"}, 0),
    ],
)
def test_colours_follow_the_environment(variables: dict[str, str], colours: int) -> None:
    assert capabilities.colours(variables) == colours


# --- which lesson is opened --------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str | None]]:
    """What the tutor is asked to open, in place of the tutor."""
    from nntutor.tui import starting

    asked: list[str | None] = []

    def run(lesson: str | None, *_: object, **__: object) -> int:
        asked.append(lesson)
        return 0

    monkeypatch.setattr(capabilities, "lacking", lambda environment: "")
    monkeypatch.setattr(starting, "run", run)
    monkeypatch.setenv("TEXTUAL_COLOR_SYSTEM", "standard")  # to be put back
    yield asked
    gc.enable()


def test_a_lesson_is_opened_by_its_name_or_by_its_number_in_the_list(
    opened: list[str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [line.split() for line in here(capsys, "lessons").out.splitlines()]
    listed = {row[1]: row[0] for row in rows if len(row) > 2 and row[0].isdigit()}
    for name in (lesson.id for lesson in load.lessons()):
        number = listed[name]
        opened.clear()
        ways = ([name], [number], ["learn", name], ["learn", number], ["--lang", "ko", number, "--ascii"])
        assert [cli.main(given) for given in ways] == [0] * len(ways)
        assert opened == [name] * len(ways)


def test_without_a_lesson_what_was_open_last_is_opened(opened: list[str | None]) -> None:
    assert [cli.main(given) for given in ([], ["learn"])] == [0, 0]
    assert opened == [None, None]


def test_a_number_is_a_lesson_wherever_one_may_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("trace", "check"):
        assert here(capsys, command, "7") == here(capsys, command, "hidden-delta")


def test_no_lesson_is_called_as_a_command_or_a_number_is() -> None:
    names = {lesson.id for lesson in load.lessons()}
    assert not names & set(arguments.COMMANDS) and not any(name.isdecimal() for name in names)


# --- a terminal --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [[], ["learn"], ["learn", "cycle"], ["open", "two-two-two"], ["open", "net.onnx", "--problem", "sheet.toml"]],
    ids=" ".join,
)
def test_the_tutor_without_a_terminal_names_trace(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    ended = here(capsys, *given)
    assert ended.status == 2 and ended.out == ""
    assert "`nntutor trace" in ended.err and ended.err.count("\n") == 1
    if len(given) > 1:
        assert f"trace {' '.join(given[1:])}`" in ended.err


def test_what_is_refused_is_seen_where_standard_error_goes_elsewhere(tmp_path: Path) -> None:
    """`nntutor learn xor 2>/dev/null`: the line that says why would be the one that nobody sees."""
    shown = Terminal(tmp_path, command=["sh", "-c", f"exec {shlex.join([*COMMAND, 'learn', 'xor'])} 2>/dev/null"])
    assert shown.wait() == 2
    assert shown.line(0).startswith("nntutor: this command needs a terminal; without one, `nntutor learn xor --plain`")


@pytest.mark.parametrize("most", [6, 7, 9])
def test_where_too_few_files_may_be_open_one_line_says_so(tmp_path: Path, most: int) -> None:
    command = ["sh", "-c", f"ulimit -n {most}; exec {shlex.join([*COMMAND, 'learn', 'xor'])}"]
    shown = Terminal(tmp_path, command=command, size=(250, 24))
    assert shown.wait() == 2
    assert shown.text().strip() == "nntutor: " + words.load("en").say("cli.no_files", what="xor", command="learn")


@pytest.mark.parametrize(
    "changed",
    [{"TERM": "dumb"}, {"TERM": ""}, {"TERM": "Unknown"}, {"TERM": "xterm", "PYTHONIOENCODING": "latin-1"}],
    ids=str,
)
def test_a_terminal_that_cannot_show_the_tutor_is_told_so(changed: dict[str, str]) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", LOADED], stdin=follower, stdout=follower, stderr=follower, env=environment(**changed)
    )
    os.close(follower)
    shown = b""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            piece = os.read(leader, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    assert process.wait(timeout=30) == 2
    lines = shown.decode("latin-1").strip().splitlines()
    assert lines[0].startswith("nntutor: ") and "nntutor trace" in lines[0]
    assert [line.strip() for line in lines[1:]] == ["loaded:"], "something of the screen was loaded"
