"""What can be held to Windows without having it: nothing that is not there is imported, called or asked for.

A process is made to look like one on Windows (`windows`), and the same must come out as without. That Textual draws
and reads on Windows' consoles is not tested here, and has not been tried.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import loaded
import pytest
from terminals import Terminal

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent
PRETEND = f"import sys; sys.path.insert(0, {str(HERE)!r}); import windows; windows.pretend()\n"
COMMANDS = (
    ["--help"], ["--version"], ["lessons", "--lang", "ko"], ["trace", "hidden-delta"],
    ["trace", "7", "--format", "json"], ["trace", "missing.toml"], ["check", "two-two-two"], ["verify"], ["tarce"],
)  # fmt: skip
RUN = "from nntutor.tui.cli import main\nfor given in {commands!r}:\n    print(given, main(given), flush=True)\n"


def run(code: str, home: Path, windows: bool = True) -> str:
    """What a process prints, on both streams; it has no TERM and no LANG, as on Windows."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TERM", "LANG", "LC_"))}
    environment = {**kept, "NNTUTOR_HOME": str(home)}
    if not windows:
        told = loaded.run(f"import os; os.dup2(1, 2)\n{code}", [], environment, b"")
        assert told.returncode == 0, told.stdout
        return told.stdout.decode()
    done = subprocess.run(
        [sys.executable, "-c", PRETEND + code],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, encoding="utf-8",
        env={**environment, "PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_commands_without_a_screen_print_the_same(tmp_path: Path) -> None:
    code = RUN.format(commands=COMMANDS)
    there, here = run(code, tmp_path), run(code, tmp_path, windows=False)
    assert there == here and there.count("] 0\n") == len(COMMANDS) - 2


def test_every_module_can_be_imported(tmp_path: Path) -> None:
    """But the driver for Unix terminals, which is asked for on Unix only."""
    modules = [
        ".".join(("nntutor", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for folder in ("core", "lessons", "tui")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "door" not in path.parts
    ]
    driver = next(name for name in modules if name.endswith(".driver"))
    code = "import importlib\n" + "".join(f"importlib.import_module({name!r})\n" for name in modules if name != driver)
    assert run(f"{code}print('all')", tmp_path) == "all\n"


def test_a_process_is_asked_for_without_a_signal(tmp_path: Path) -> None:
    """The place of a session that runs is left to it; of one that is gone, on the same machine, it is taken over."""
    code = """
from pathlib import Path
from nntutor.lessons.learner import places
home, kernel = Path({home!r}), windows.Kernel
one = places.Store.open(home)
one.save(places.Place("lesson", "cycle", "", "main", {{}}, 1, 5, ""))
def seen(code):
    kernel.processes[4321] = code
    if code == -1:
        del kernel.processes[4321]
    one._connection.execute("UPDATE place SET pid = 4321, began = '' WHERE session = ?", (one._session,))
    other = places.Store.open(home)
    place = other.latest()
    other._connection.execute("UPDATE place SET session = ?", (one._session,))
    other.close()
    return "free" if place else "taken"
print(seen(259), seen(0), seen(1), seen(None), seen(-1), kernel.open_handles)
"""
    assert run(code.format(home=str(tmp_path)), tmp_path).split() == ["taken", "free", "free", "taken", "free", "0"]


def test_the_app_runs_without_signals_and_says_that_no_shell_waits(tmp_path: Path) -> None:
    code = """
import asyncio
from nntutor.core.notation.style import Style
from nntutor.lessons.learner.places import Store
from nntutor.tui.app import Tutor
from nntutor.tui.drawing.pages import page
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.state.session import Opened, Session
from nntutor.tui.state.update import update
def unsupported(*given):
    raise NotImplementedError
async def main():
    asyncio.get_running_loop().add_signal_handler = unsupported
    desk = Desk(Store.open())
    opening = desk.begin("hidden-delta", None)
    app = Tutor(update(Session(desk.home(), "en", Style.UNICODE), Opened(opening.study), extents), desk)
    print(app.get_driver_class().__name__)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "ctrl+z")
        drawn = "".join(piece.text for row in page.rows(app.session) for piece in row)
        print("No shell waits" in drawn, app.session.study.place[1])
        await pilot.press("q", "q")
    print(app.exit_status)
asyncio.run(main())
"""
    assert run(code, tmp_path).split() == ["WindowsDriver", "True", "2", "0"]


def test_no_console_is_asked_for_its_name(tmp_path: Path) -> None:
    """A terminal that says nothing of itself is enough there, and here it is not."""
    code = (
        "import os\ndel os.environ['TERM']\n"
        "from nntutor.tui.terminal import capabilities\nfrom nntutor.tui.cli import main\n"
        "print('fits', not capabilities.lacking(os.environ), capabilities.colours(os.environ))\nmain(['doctor'])\n"
    )
    shown = {}
    for windows in (True, False):
        command = [sys.executable, "-c", (PRETEND if windows else "") + code]
        terminal = Terminal(tmp_path, command=command, size=(80, 90), TERM="", PYTHONUTF8="1")
        assert terminal.wait() == 0
        shown[windows] = terminal.text()
    assert f"fits True {1 << 24}" in shown[True] and "terminal: windows" in shown[True]
    assert "TERM" not in shown[True] and "fits False 0" in shown[False] and "export TERM" in shown[False]


def test_nothing_asks_for_the_name_of_the_system_in_another_way() -> None:
    for folder in ("core", "lessons", "tui"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"\bos\.name\b|\bplatform\.system\b", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_is_read_byte_for_byte(newline: str, tmp_path: Path) -> None:
    """Windows' own files begin with a mark, and end lines with two signs; ctrl+z does not end the text."""
    from nntutor.core.errors import TooLarge
    from nntutor.core.files.text import read_text

    text = newline.join(("one", "two \x1a three", ""))
    (tmp_path / "sheet.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_text(tmp_path / "sheet.toml", "sheet.toml", 100, TooLarge("", None, "")) == text
