"""What is used of Textual and not promised there: each part does what it is used for, and one file names them all.

Where one of these fails after Textual was updated, its message names the part; the place to mend is that file.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import textual
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.color import Color
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from nntutor.tui.app import Tutor
from nntutor.tui.drawing.canvas.rows import Piece
from nntutor.tui.terminal import textual_private
from nntutor.tui.terminal.browser_driver import BrowserDriver
from nntutor.tui.terminal.driver import TerminalDriver
from nntutor.tui.terminal.textual_private import PARTS, OpenApp, UnixDriver, XTermParser
from nntutor.tui.terminal.textual_settings import WEB_DRIVER
from nntutor.tui.widget import Page

TUI = Path(__file__).parent.parent / "tui"
HOME = Path(inspect.getfile(textual_private)).resolve()


class Wrecked(OpenApp):
    """An app that makes a mistake as soon as it is there, and takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Exception] = []

    def takes_fault(self, error: Exception) -> bool:
        self.taken.append(error)
        self.exit(7)
        return True

    def on_ready(self) -> None:
        raise ZeroDivisionError("of ours")


@pytest.fixture
def driver() -> Iterator[Callable[[], UnixDriver]]:
    """Makes a driver (within a running loop); it sets signal handlers when it is made, which are put back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)}
    yield lambda: UnixDriver(App(), debug=False, mouse=False)
    for number, handler in kept.items():
        signal.signal(number, handler)


def held(name: str, holds: bool) -> None:
    """Fail with the part's name where it is not what it was."""
    where = HOME.relative_to(TUI.parent)
    assert holds, f"Textual {textual.__version__}: {name} is another now. Used for: {PARTS[name]}. Mend {where}."


def constant(name: str, value: str) -> str:
    """What a constant of Textual is where its environment variable is set."""
    command = [sys.executable, "-c", f"from textual import constants\nprint(constants.{name})"]
    environment = {**os.environ, f"TEXTUAL_{name}": value}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout.strip()


async def app_driver(_: Callable[[], UnixDriver]) -> bool:
    app = OpenApp()
    before = app.terminal_driver
    async with app.run_test():
        return before is None and isinstance(app.terminal_driver, Driver)


class Told(OpenApp):
    sizes: ClassVar[list[int]] = []

    def displayed(self, size: int) -> None:
        self.sizes.append(size)


async def app_display(_: Callable[[], UnixDriver]) -> bool:
    app, sent = Told(), list[bytes]()
    async with app.run_test() as pilot:
        own, app._driver = app._driver, BrowserDriver(app, size=(80, 24))
        app._driver._send = lambda _, content: sent.append(content)  # type: ignore[attr-defined]
        app.screen.refresh()
        await pilot.pause(0.1)
        app._driver = own
    return b"\x1b[24H" in b"".join(sent) and len(b"".join(sent)) in app.sizes


async def app_handle_exception(_: Callable[[], UnixDriver]) -> bool:
    app = Wrecked()
    return await app.run_async(headless=True) == 7 and [str(error) for error in app.taken] == ["of ours"]


async def compositor(_: Callable[[], UnixDriver]) -> bool:
    """One cell that has changed is written alone, blanks up to the end of a row are erased, another size is whole."""

    class Letters(OpenApp):
        CSS = Tutor.CSS

        def compose(self) -> ComposeResult:
            yield page

    page, app, looks = Page(), Letters(ansi_color=True), dict[str, Style]()
    async with app.run_test(size=(30, 2)) as pilot:
        page.show(((Piece("abcd 은"),), ()), looks)
        await pilot.pause()
        whole = app.screen._compositor.render_update(full=True)
        assert isinstance(whole, CompositorUpdate)
        before = whole.render_segments(app.console)
        page.show(((Piece("abcD 은"),), ()), looks)
        app.screen._compositor.update_widgets({page})
        parts = app.screen._compositor.render_update()
        assert isinstance(parts, CompositorUpdate)
        after = parts.render_segments(app.console)
        app.screen._compositor.reflow(app.screen, Size(20, 2))
        resized = app.screen._compositor.render_update()
        assert isinstance(resized, CompositorUpdate)
        assert "abcD 은" in resized.render_segments(app.console)
    return "abcd 은\x1b[K" in before and " " * 9 not in before and after == "\x1b[1;4HD"


async def render_chops(_: Callable[[], UnixDriver]) -> bool:
    """Of a page that covers the screen the row that changed is asked for, and nothing else is drawn; what filters
    lines gets it too. Beside another widget it is drawn as Textual does."""

    class Without(LineFilter):
        def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
            return [Segment(segment.text.replace("a", "")) for segment in segments]

    class Counted(Page):
        def __init__(self) -> None:
            super().__init__()
            self.asked: list[int] = []

        def render_line(self, y: int) -> Strip:
            self.asked.append(y)
            return super().render_line(y)

        def render_lines(self, crop: Region) -> list[Strip]:
            raise AssertionError("drawn by Textual")

    class Letters(OpenApp):
        CSS = "Screen { layout: horizontal; } Static { width: 5; } Page { width: 1fr; height: 1fr; }"
        beside: ClassVar[list[Widget]] = []

        def get_line_filters(self) -> list[LineFilter]:
            return [Without()]

        def compose(self) -> ComposeResult:
            yield from self.beside
            yield page

    page, looks = Counted(), dict[str, Style]()
    app = Letters(ansi_color=True)
    async with app.run_test(size=(30, 3)) as pilot:
        page.show(((Piece("a"),), (Piece("b"),), ()), looks)
        await pilot.pause()
        page.asked.clear()
        page.show(((Piece("a"),), (Piece("c"),), ()), looks)
        await pilot.pause()
        asked = list(page.asked)
        own = app.screen._compositor.render_strips()
    page, Letters.beside = Page(), [Static("12345")]  # type: ignore[assignment]
    app = Letters(ansi_color=True)
    async with app.run_test(size=(30, 3)) as pilot:
        page.show(((Piece("abc"),), (), ()), {})
        await pilot.pause()
        whole = app.screen._compositor.render_strips()
    filtered = own[0].text.strip() == "" and own[1].text.strip() == "c"
    return asked == [1] and filtered and whole[0].text.startswith("12345bc ")


async def linux_driver(_: Callable[[], UnixDriver]) -> bool:
    return textual_private.is_for_unix(App().get_driver_class()) and issubclass(UnixDriver, LinuxDriver)


async def web_driver(_: Callable[[], UnixDriver]) -> bool:
    code = "from textual.app import App\nprint(App().get_driver_class().__name__)"
    environment = {**os.environ, "TEXTUAL_DRIVER": WEB_DRIVER}
    command = [sys.executable, "-c", code]
    named = subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout.strip()
    return textual_private.is_for_browsers(type(named, (Driver,), {})) and named == "WebDriver"


async def run_input_thread(driver: Callable[[], UnixDriver]) -> bool:
    read: list[bool] = []

    class Reader(UnixDriver):
        def run_input_thread(self) -> None:
            read.append(True)

    one = driver()
    one.__class__ = Reader
    one._run_input_thread()  # the target of Textual's thread
    return read == [True]


async def process_message(driver: Callable[[], UnixDriver]) -> bool:
    one, sent = driver(), list[object]()
    one.send_message = sent.append  # type: ignore[method-assign]
    key = events.Key("a", "a")
    one.process_message(key)
    return sent == [key]


async def parser(driver: Callable[[], UnixDriver]) -> bool:
    reads = driver().new_parser()
    keys = [message for text in ("a", "\x1b[A", "\x1b") for message in reads.feed(text)]
    return isinstance(reads, XTermParser) and [*map(key, keys), *map(key, reads.tick())][:2] == ["a", "up"]


def key(message: object) -> str:
    return message.key if isinstance(message, events.Key) else ""


async def fileno(driver: Callable[[], UnixDriver]) -> bool:
    assert sys.__stdin__ is not None
    return driver().fileno == sys.__stdin__.fileno()


async def exit_event(driver: Callable[[], UnixDriver]) -> bool:
    one, ended = driver(), list[bool]()
    reader = threading.Thread(target=lambda: ended.append(one.exit_event.wait(10)))
    one._key_thread = reader
    reader.start()
    before = one.exit_event.is_set()
    one.disable_input()  # what Textual does when it ends or gives the terminal to a shell
    reader.join()
    return (before, ended) == (False, [True])


async def untaken(driver: Callable[[], UnixDriver]) -> bool:
    return driver().untaken == 0


async def size(_: Callable[[], UnixDriver]) -> bool:
    app, sent = App[None](), list[object]()
    app._driver = one = BrowserDriver(app, size=(50, 10))
    one.send_message = sent.append  # type: ignore[method-assign]
    before = app.size
    one.resized(90, 30)
    told = [event.size for event in sent if isinstance(event, events.Resize)]
    return [tuple(one) for one in (before, app.size, *told)] == [(50, 10), (90, 30), (90, 30)]


async def debug(driver: Callable[[], UnixDriver]) -> bool:
    return driver()._debug is False


async def sequences(driver: Callable[[], UnixDriver]) -> bool:
    """As they are read in a terminal: without the keys of kitty, which are turned off there."""
    code = (
        "from nntutor.tui.terminal.textual_private import XTermParser\n"
        "print(*(one.key for way in 'CD' for one in XTermParser().feed(f'\\x1b[1;3{way}')))"
    )
    environment = {**os.environ, "TEXTUAL_DISABLE_KITTY_KEY": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split() == ["ctrl+right", "ctrl+left"]


async def color_system(_: Callable[[], UnixDriver]) -> bool:
    return constant("COLOR_SYSTEM", "256") == "256"


async def kitty_key(_: Callable[[], UnixDriver]) -> bool:
    return constant("DISABLE_KITTY_KEY", "1") == "True"


CHECKS = {
    "App._driver": app_driver,
    "App._display": app_display,
    "App._handle_exception": app_handle_exception,
    "Compositor": compositor,
    "Compositor._render_chops": render_chops,
    "LinuxDriver": linux_driver,
    "WebDriver": web_driver,
    "LinuxDriver.run_input_thread": run_input_thread,
    "LinuxDriver.fileno": fileno,
    "LinuxDriver.exit_event": exit_event,
    "LinuxDriver.process_message": process_message,
    "Driver._app": untaken,
    "Driver._size": size,
    "Driver._debug": debug,
    "XTermParser": parser,
    "ANSI_SEQUENCES_KEYS": sequences,
    "constants.COLOR_SYSTEM": color_system,
    "constants.DISABLE_KITTY_KEY": kitty_key,
}


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_of_textual_is_what_it_is_used_for(name: str, driver: Callable[[], UnixDriver]) -> None:
    try:
        holds = await CHECKS[name](driver)
    except Exception as error:
        pytest.fail(f"Textual {textual.__version__}: {name}: {error!r}. Used for: {PARTS[name]}.")
    held(name, holds)


def test_no_part_is_named_that_is_not_checked() -> None:
    assert list(CHECKS) == list(PARTS)


# --- nothing else takes a private part ---------------------------------------------------------------


def own_names(tree: ast.AST) -> set[str]:
    """Names with an underscore that a file gives itself: functions, classes, variables, what it sets on objects."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return found


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(TUI.rglob("*.py")) if "textual" in path.read_text(encoding="utf-8") and path != HOME],
    ids=lambda path: path.stem,
)
def test_a_private_part_is_taken_in_one_file_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = own_names(tree)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.startswith("textual."):
                private = [part for part in module.split(".") if part.startswith("_") or part == "drivers"]
                assert not private and not any(alias.name.startswith("_") for alias in node.names), (path, module)
            case ast.Attribute(attr=name) if name.startswith("_") and not name.startswith("__"):
                assert name in own, f"{path}:{node.lineno} takes {name}, which is not its own"


@pytest.mark.parametrize("cls", [Tutor, Page, TerminalDriver, BrowserDriver], ids=lambda cls: cls.__name__)
def test_none_of_our_names_is_one_of_textuals(cls: type) -> None:
    """A private name of ours that Textual comes to use as well would break both, and nobody would see why."""
    module = inspect.getmodule(cls)
    assert module is not None
    own = {name for name in own_names(ast.parse(inspect.getsource(module))) if re.match("_[a-z]", name)}
    theirs: set[str] = set()
    for base in cls.__mro__:
        if base.__module__.startswith("textual"):
            source = inspect.getsource(base)
            theirs |= set(re.findall(r"\bself\.(_[a-z]\w*)", source)) | set(re.findall(r"\bdef (_[a-z]\w*)", source))
    assert len(theirs) > 5 and not own & theirs
