"""Nothing that stands in the environment for Textual loads code, writes files, presses keys or ends the program."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import textual
from terminals import Terminal

from nntutor.tui.terminal import textual_settings

PACKAGE = Path(textual.__file__).parent
# The ways in which Textual's source reads the environment.
READS = re.compile(r"""(?:environ(?:\.get|\.pop)?[\[(]|getenv\(|_get_environ_\w+\()\s*["'](\w+)["']""")
OTHERS = {
    "COLUMNS": "taken out before the tutor starts; the size is the terminal's own",
    "ESCDELAY": "ncurses' setting for slow lines; bounded",
    "LC_TERMINAL": "compared with the name of iTerm2",
    "NO_COLOR": "a promise to the learner",
    "ROWS": "the web driver's, beside COLUMNS",
    "TERM_PROGRAM": "compared with names of terminals",
}
WORST = {
    "TEXTUAL": "debug,devtools,headless",
    "TEXTUAL_DRIVER": "wreck:Driver",
    "TEXTUAL_FILTERS": "dim",
    "TEXTUAL_LOG": "log",
    "TEXTUAL_PRESS": "q,q",
    "TEXTUAL_SCREENSHOT_LOCATION": ".",
    "TEXTUAL_SCREENSHOT_FILENAME": "picture.svg",
    "TEXTUAL_COLOR_SYSTEM": "none",
    "TEXTUAL_THEME": "none",
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_DEVTOOLS_HOST": "192.0.2.1",
    "ESCDELAY": "9" * 18,
}


@cache
def names_read() -> frozenset[str]:
    """Every variable of the environment that Textual's source reads."""
    files = [path for path in PACKAGE.rglob("*.py") if "demo" not in path.parts]
    return frozenset(name for path in files for name in READS.findall(path.read_text(encoding="utf-8")))


def worst() -> dict[str, str]:
    """Each name that Textual reads, set to something that it should never see; a number where it wants one."""
    return {name: WORST.get(name, "1") for name in names_read() | WORST.keys() if name not in OTHERS or name in WORST}


def constants(**environment: str) -> dict[str, str]:
    """What Textual's constants are once the tutor's package is imported."""
    code = (
        "import json, nntutor.tui\nfrom textual import constants\n"
        "print(json.dumps({name: repr(value) for name, value in vars(constants).items() if name.isupper()}))"
    )
    clean = {name: value for name, value in os.environ.items() if name not in names_read()}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**clean, **environment})
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_every_name_that_textual_reads_is_taken_out_or_known() -> None:
    names = names_read()
    declared = set(re.findall(r'"((?:TEXTUAL|ESC)\w*)"', (PACKAGE / "constants.py").read_text(encoding="utf-8")))
    assert declared <= names and len(declared) > 15  # the expression above finds them all
    environment = dict.fromkeys(names, "1")
    textual_settings.shut(environment)
    assert environment.keys() - {"TEXTUAL_DISABLE_KITTY_KEY"} == OTHERS.keys() & names, "Textual reads something new"


def test_textuals_constants_are_the_same_whatever_the_environment_says() -> None:
    assert worst()["TEXTUAL_DEBUG"] == worst()["TEXTUAL_SCREENSHOT"] == "1"
    assert constants(**worst()) == constants()


def test_who_writes_programs_can_ask_for_textuals_settings() -> None:
    given = constants(NNTUTOR_DEVTOOLS="1", TEXTUAL_LOG="log", TEXTUAL_DEVTOOLS_PORT="9000")
    assert (given["LOG_FILE"], given["DEVTOOLS_PORT"]) == ("'log'", "9000")


def test_the_worst_settings_change_nothing_and_leave_no_file(tmp_path: Path) -> None:
    home, here = tmp_path / "home", tmp_path / "here"
    here.mkdir()
    (here / "wreck.py").write_text("open('loaded', 'w').close()\nDriver = None\n")
    code = "import os, sys\nos.chdir(sys.argv.pop(1))\nfrom nntutor.tui.cli import main\nsys.exit(main())"
    command = [sys.executable, "-c", code, str(here), "learn", "hidden-delta"]
    path = os.pathsep.join(filter(None, (str(here), os.environ.get("PYTHONPATH", ""))))
    terminal = Terminal(home, command=command, PYTHONPATH=path, **worst())
    terminal.until("step 1/39")
    terminal.read(longest=1.0)  # the rest of the screen
    before = terminal.text()
    terminal.press(b"w")
    opened = terminal.text()
    terminal.press(b"\x1b")
    assert opened != before == terminal.text()
    terminal.press(b"q")
    terminal.press(b"q")
    assert terminal.wait() == 0
    assert [path.name for path in here.iterdir() if path.name != "__pycache__"] == ["wreck.py"]


@pytest.mark.parametrize(("value", "left"), [("100", True), ("5000", True), ("5001", False), ("", True), ("²", False)])
def test_the_wait_for_an_escape_is_bounded(value: str, left: bool) -> None:
    environment = {"ESCDELAY": value}
    textual_settings.shut(environment)
    assert ("ESCDELAY" in environment) is left


def test_the_driver_of_textual_serve_is_left_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What textual-serve 1.1.3 sets in AppService._build_environment, and the name it gives its driver."""
    served = {"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver", "TEXTUAL_FPS": "60", "ROWS": "24"}
    for terminal in (False, True):
        monkeypatch.setattr(os, "isatty", lambda _, answer=terminal: answer)
        environment = dict(served)
        textual_settings.shut(environment)
        assert ("TEXTUAL_DRIVER" in environment) is not terminal
    monkeypatch.setattr(os, "isatty", lambda _: False)
    other = {"TEXTUAL_DRIVER": "wreck:Driver"}
    textual_settings.shut(other)
    assert "TEXTUAL_DRIVER" not in other


def test_the_web_driver_stands_where_it_is_left() -> None:
    module, _, name = textual_settings.WEB_DRIVER.partition(":")
    assert f"class {name}(Driver)" in (PACKAGE.parent / Path(*module.split("."))).with_suffix(".py").read_text()
