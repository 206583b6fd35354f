"""Every part of Textual that is used here and not promised there; nothing else in nntutor takes one.

A newer Textual may change any of them without a word. PARTS says what each is used for; a test holds each to that,
and says which one is another now.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.segment import Segment
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual._xterm_parser import XTermParser as XTermParser
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Region, Size
from textual.keys import Keys
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from nntutor.tui.terminal.ending import MOUSE_OFF, WATCH
from nntutor.tui.terminal.sparing import Part, cropped, written

if sys.platform == "win32":  # LinuxDriver needs termios; nothing there makes a driver of ours
    LinuxDriver = Driver
else:
    from textual.drivers.linux_driver import LinuxDriver

PARTS = {
    "App._driver": "what writes to the terminal: it is asked how far it is, stopped for a shell and started again",
    "App._display": "writes a frame; when it is written, the terminal is asked whether it has come",
    "App._handle_exception": "a mistake of ours gives the terminal back and is said in one line",
    "Compositor": "says what of the screen is written; ours writes the cells that changed and no blank ends of rows",
    "Compositor._render_chops": "lays widgets side by side; a page over the whole screen gives its own lines",
    "LinuxDriver": "the driver for Unix terminals, told from others by its name",
    "WebDriver": "Textual's own driver below textual-serve, told from others by its name",
    "LinuxDriver.run_input_thread": "reads the keys; ours outlives whatever comes",
    "LinuxDriver.fileno": "where keys come from",
    "LinuxDriver.exit_event": "is set when the thread that reads is to end",
    "LinuxDriver.process_message": "takes what the parser has made of the keys",
    "Driver._app": "says how many keys wait to be taken",
    "Driver._size": "how many cells there are, where no terminal can be asked",
    "Driver._debug": "is handed on to the parser",
    "XTermParser": "makes keys of what the terminal sends; feed and tick give messages",
    "ANSI_SEQUENCES_KEYS": "says which key a sequence is; alt with an arrow would be two, an escape and the arrow",
    "constants.COLOR_SYSTEM": "how many colours are sent, set by TEXTUAL_COLOR_SYSTEM before Textual is imported",
    "constants.DISABLE_KITTY_KEY": "plain keys, set by TEXTUAL_DISABLE_KITTY_KEY before Textual is imported",
}

MOUSE_ON = "\x1b[?1000h\x1b[?1006h"
"""Presses, releases and the wheel (xterm's 1000), in decimal numbers of any size (1006, SGR)."""

assert isinstance(ANSI_SEQUENCES_KEYS, dict)
for final, over_a_word in (("C", Keys.ControlRight), ("D", Keys.ControlLeft)):
    ANSI_SEQUENCES_KEYS[f"\x1b[1;3{final}"] = (over_a_word,)


class Lines(Widget):
    """A widget whose lines are the screen's as they are: Textual's styles say nothing of them but where they stand."""


class SparingCompositor(Compositor):
    """Writes the cells that have changed; Textual's begins at the first cell of their row."""

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        update = super().render_full_update(simplify)
        return _Whole(update.strips, update.region)

    def render_partial_update(self) -> ChopsUpdate | None:
        update = super().render_partial_update()
        return update and _Parts(update.chops, update.spans, update.chop_ends)

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """Textual lays the pieces of every widget side by side; one that covers the screen is asked for its lines."""
        widget, (region, clip) = next(iter(self.visible_widgets.items()), (None, (Region(), Region())))
        if not (isinstance(widget, Lines) and self.size.region == region == clip):
            return super()._render_chops(crop, is_rendered_line)
        chops: list[dict[int, Strip]] = [{} for _ in range(region.height)]
        filters, ground = widget.get_line_filters(), widget.background_colors[1]
        for y in filter(is_rendered_line, range(region.height)):
            line = widget.render_line(y)
            for one in filters:
                line = line.apply_filter(one, ground)
            chops[y][0] = line
        return chops


class _Whole(LayoutUpdate):
    def render_segments(self, console: Console) -> str:
        return written(
            [Part(self.region.x, y, _joined(strips), True) for y, strips in enumerate(self.strips, self.region.y)],
            console,
        )


class _Parts(ChopsUpdate):
    def render_segments(self, console: Console) -> str:
        rows = {y: _joined(strip for strip in self.chops[y].values() if strip) for y, _, _ in self.spans}
        return written(
            [Part(x, y, cropped(rows[y], x, end), end == self.chop_ends[y][-1]) for y, x, end in self.spans], console
        )


def _joined(strips: Iterable[Strip]) -> list[Segment]:
    return [segment for strip in strips for segment in strip]


class OpenApp(App[int]):
    """An app that says who writes to its terminal, and may take its own mistakes."""

    @property
    def terminal_driver(self) -> Driver | None:
        """What writes to the terminal; None before the start."""
        return self._driver

    def displayed(self, size: int) -> None:
        """A frame of so many bytes has been handed to what writes it."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        before = self._written
        super()._display(screen, renderable)
        if renderable is not None:
            self.displayed(self._written - before)

    @property
    def _written(self) -> int:
        return self._driver.written if isinstance(self._driver, OpenDriver) else 0

    def get_default_screen(self) -> Screen[object]:
        screen = super().get_default_screen()
        screen._compositor = SparingCompositor()
        return screen

    def takes_fault(self, error: Exception) -> bool:
        """Whether a mistake in a handler has been dealt with; where not, Textual prints all about it and ends."""
        return False

    def _handle_exception(self, error: Exception) -> None:
        if not self.takes_fault(error):
            super()._handle_exception(error)


def is_for_unix(driver: type[Driver]) -> bool:
    """Whether this is Textual's driver for Unix terminals."""
    return driver.__name__ == "LinuxDriver"


def is_for_browsers(driver: type[Driver]) -> bool:
    """Whether this is Textual's driver below textual-serve."""
    return driver.__name__ == "WebDriver"


class OpenDriver(Driver):
    """What drivers of ours need to know of the app, and do for it.

    mouse_reported: whether it was asked for last. written: how many bytes have been.
    """

    mouse_reported = False
    written = 0

    def report_mouse(self, on: bool) -> None:
        """Have the mouse reported from now on, or no more: presses and the wheel, no moves, which are many bytes."""
        self.mouse_reported = WATCH.mouse = on
        self.write(MOUSE_ON if on else MOUSE_OFF.decode())

    def new_parser(self) -> XTermParser:
        return XTermParser(self._debug)

    @property
    def untaken(self) -> int:
        """How many messages the app has not taken yet."""
        return self._app.message_queue_size

    @property
    def screen_size(self) -> tuple[int, int] | None:
        """Columns and rows, where they have been told."""
        return self._size

    def resized(self, width: int, height: int) -> None:
        """The screen has that many cells now."""
        self._size = (width, height)
        self.send_message(Resize(Size(width, height), Size(width, height)))


class UnixDriver(OpenDriver, LinuxDriver):
    """Textual's driver for Unix terminals; the names of LinuxDriver in PARTS are there for who inherits."""
