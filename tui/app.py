"""The Textual app: it composes one page, forwards keys, and carries out what the session asks for.

It computes and formats nothing. A key becomes an action, `update` makes the next session of it, the drawing makes rows
of that, the page paints the rows that changed. What takes time or touches files is started from here.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.timer import Timer
from textual.worker import Worker, WorkerState, get_current_worker

from nntutor.lessons.language.words import load
from nntutor.tui import acting, ahead
from nntutor.tui.desk import Desk
from nntutor.tui.drawing import extents
from nntutor.tui.drawing.canvas.rows import Row
from nntutor.tui.drawing.pages import page
from nntutor.tui.faults import Faults
from nntutor.tui.state import keys
from nntutor.tui.state.session import Action, Message, Pointed, Press, Ran, Resized, Session, Tick, Typed, asking
from nntutor.tui.state.signs import words_with_keys
from nntutor.tui.terminal import ending
from nntutor.tui.terminal.pace import Pace
from nntutor.tui.terminal.probe import Keys
from nntutor.tui.terminal.split_keys import Split
from nntutor.tui.terminal.textual_private import MOUSE_ON, OpenApp, OpenDriver, is_for_browsers, is_for_unix
from nntutor.tui.terminal.themes import Colourless, styles
from nntutor.tui.ticking import Ticking
from nntutor.tui.widget import Page

if TYPE_CHECKING:  # the list of lessons stands before NumPy is loaded
    from nntutor.tui.state.study import Running, Study

# Seconds that a run in the background keeps the interpreter when a key wants it; Python's own 5 ms, many times over,
# would be felt.
_TURN = 0.0005
_CHUNK_SECONDS = 0.05
# So long at most a run stands still for a key that is being answered: half of its time would go to the run.
_GIVES_WAY = 0.25
# So many messages may wait while a frame is drawn; where more do, it is drawn a moment later.
_BEHIND, _SOON = 4, 0.03
# Textual repaints the whole screen when the terminal gets or loses the focus.
_UNUSED = (events.AppFocus, events.AppBlur)
_WHEEL = {events.MouseScrollDown: 1, events.MouseScrollUp: -1}


def picture(session: Session) -> str:
    """The screen as SVG; what draws it is loaded when one is asked for."""
    from nntutor.tui.terminal.picture import svg

    return svg(session)


class Tutor(OpenApp):
    """One page and one session."""

    CSS = "Screen { background: ansi_default; color: ansi_default; } Page { width: 1fr; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False  # see drawing/pages/palette.py

    def __init__(self, session: Session, desk: Desk, typed: Keys = ()) -> None:
        super().__init__(ansi_color=True)
        self.session = session
        self._desk = desk
        self._page = Page()
        self.no_color = not session.colours  # Textual asks the environment only
        self._pace = Pace()
        self._held: Timer | None = None
        self._leaving = self._over = self._suspended = self._reported = self._painting = False
        self._typed = typed
        self._split = Split()
        self._before = session
        self._shown: Session | None = None
        self._action: Action = Message("")
        self._faults = Faults()
        self._ticking = Ticking(self, lambda number: self.act(Tick(number)))
        self._runner: Worker[None] | None = None
        self._run: Running | None = None  # studies count their runs alike, so the run itself is known, not its number
        self.exit_status = 0
        self._answered = Event()  # while a key is not, a run stands still
        self._answered.set()
        self.fault: Exception | None = None
        self._starting = ExitStack()  # Textual paints three times while it starts: a slow line gets the last one
        self._starting.enter_context(self.batch_update())

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice for this platform; on a Unix terminal and in a browser, one that no input can end."""
        usual = super().get_driver_class()
        if sys.platform != "win32" and is_for_browsers(usual):
            from nntutor.tui.terminal.browser_driver import BrowserDriver

            return BrowserDriver
        if sys.platform != "win32" and is_for_unix(usual):
            from nntutor.tui.terminal.driver import TerminalDriver

            return TerminalDriver
        return usual

    def compose(self) -> ComposeResult:
        yield self._page

    def on_mount(self) -> None:
        sys.setswitchinterval(_TURN)
        loop = asyncio.get_running_loop()
        ending.WATCH.leave = lambda status: loop.call_soon_threadsafe(self._ended, status)
        for number in ending.SIGNALS:
            with suppress(NotImplementedError, RuntimeError):  # no such signals on this platform
                loop.add_signal_handler(number, self._ended, 128 + number)
        if sys.platform != "win32":
            loop.add_signal_handler(signal.SIGTSTP, self._stop)
            loop.add_signal_handler(signal.SIGCONT, self._continue)
        for key, character in self._typed:
            self._take(key, character)

    def on_ready(self) -> None:
        self._starting.close()
        self._report_mouse(self.session.mouse)
        self.screen.refresh()
        gc.freeze()  # what stands now stays: the collector need not look through it at every turn
        gc.enable()
        if not self.is_headless:
            ahead.begin(self._answered)

    def on_resize(self, event: events.Resize) -> None:
        if self._shown is None or event.size != (self.session.width, self.session.height):  # told twice at a start
            self.act(Resized(*event.size))
        self.screen.refresh()  # there and back faster than told, the size is the one before, and cells are lost

    # --- keys ------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """A key is taken here, before it would go down to the page and come up again: that is time on every step."""
        if isinstance(event, _UNUSED) or (self._over and isinstance(event, events.InputEvent)):
            return
        if isinstance(event, events.MouseEvent):  # Textual would repaint the whole screen
            self._point(event)
        elif isinstance(event, events.Key):
            self._answered.clear()
            self._take(event.key, event.character if event.is_printable else None)
            if not self._painting:
                self._answered.set()
            if self.message_queue_size > _BEHIND:
                await asyncio.sleep(0)  # frames and a run's chunks get their turn among keys that come without end
        else:
            await super().on_event(event)

    def _take(self, key: str, character: str | None) -> None:
        if key in ("ctrl+q", "ctrl+c"):
            self._ended(0 if key == "ctrl+q" else ending.INTERRUPTED)
            return
        if key == "ctrl+z":
            self._suspend()
            return
        if key == "ctrl+j" and key not in self.session.keymap.action:  # enter, before the terminal was ours
            key = "enter"
        joined = self._split.joined(character)
        if joined is not None:
            self._split = Split()
            self._take_back()
            self._press(joined, None)
            self._show(running=False)
            return
        self._split, pressed = self._split.after(key, character)
        for one in pressed:
            self._before = self.session
            self._press(*one)

    def _take_back(self) -> None:
        """Undo what the first part of an arrow key did; only a run that it stopped stays stopped."""
        study, now = self._before.study, self.session
        if study is None or study.running is None:
            self.session = replace(self._before, width=now.width, height=now.height)

    def _press(self, key: str, character: str | None) -> None:
        if self.session.begins(character):
            self.act(Press("continue"))
        keymap, is_typing = self.session.keymap, asking(self.session)
        if is_typing and character is not None:
            self.act(Typed(character))
            return
        meant = keys.while_typing(keymap, key) if is_typing else keys.actions(keymap, key, character)
        for action in meant or self._ticking.stopped_by:
            self.act(Press(action))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self._release()
        self.act(Typed(event.text))

    def _release(self) -> None:
        """No arrow key comes of what is held any more: it was keys of their own."""
        held, self._split = self._split.held, Split()
        for one in held:
            self._press(*one)

    def _point(self, event: events.MouseEvent) -> None:
        """A click, or a notch of the wheel; a click on nothing that can be clicked stops what plays."""
        if not self.session.mouse:
            return  # reported before it was turned off
        if (wheel := _WHEEL.get(type(event))) is not None:
            self._release()
            self.act(Pointed("wheel", wheel))
        elif isinstance(event, events.MouseDown) and event.button == 1:
            self._release()
            at = self._page.pointed_at(int(event.x), int(event.y))
            for action in (at,) if at is not None else map(Press, self._ticking.stopped_by):
                self.act(action)

    def _report_mouse(self, on: bool) -> None:
        """Have the terminal report the mouse, or no more; nothing is sent where it is so already."""
        driver = self.terminal_driver
        if driver is None or on == self._reported:
            return
        self._reported = on
        if isinstance(driver, OpenDriver):
            driver.report_mouse(on)
        else:
            driver.write(MOUSE_ON if on else ending.MOUSE_OFF.decode())

    # --- acting ----------------------------------------------------------------------------------

    def act(self, action: Action) -> None:
        """The next session, on the screen and saved."""
        before = self.session
        if self._over:
            return
        self.become(action)
        self._keep(before)
        if self.session.leaving:
            self._leave()
            return
        study = self.session.study
        running = study.running if study is not None else None
        if running is not self._run:
            self._run = running
            if study is not None and running is not None:
                self._runner = self._start_run(study, running)
        self._ticking.keep(study)
        self._report_mouse(self.session.mouse)
        self._show(isinstance(action, Ran) and running is not None)

    def become(self, action: Action) -> None:
        """The session after an action; where there is none by a mistake of ours, the one before, which says so."""
        self.session, self._action = acting.became(self.session, action, extents, self._desk, self._faults)
        self.session = acting.exported(self.session, self._action, self._faults, self.copy_to_clipboard, picture)

    def _keep(self, before: Session) -> None:
        """Save the place; the session says so where it cannot be."""
        self.session = acting.kept(before, self.session, self._action, self._desk, self._faults)

    # --- painting --------------------------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without colours none gets past here, whoever asks for it."""
        return super().get_line_filters() if self.session.colours else (Colourless(),)

    def _show(self, running: bool) -> None:
        """Paint what the session is now: at once, or when the line has taken what is on its way to it."""
        now = monotonic()
        if not running and self.message_queue_size > _BEHIND and not self._pace.late(now):
            self._hold(_SOON)  # keys come faster than frames: the last one will be painted, and a few on the way
        elif self._pace.free(now, running):
            self._painting = self._page.show(self._rows(), styles(self.session.theme, self.session.colours))
            asked = self._painting and not self.is_headless and self._pace.asks(now, running)
            self._pace = self._pace.sent(now, asked)
        elif not running:
            self._hold(self._pace.due(now))

    def _rows(self) -> tuple[Row, ...]:
        """The session drawn; where it cannot be by a mistake of ours, the nearest one that can, which says so."""
        bad = self.session
        try:
            rows = page.rows(bad)
        except Exception as error:
            self.session, rows = self._faults.drawn(error, self._action, self._shown, bad)
            if self.session.study is not None:  # else the place stays kept where it is
                self._keep(bad)
        self._shown = self.session
        return rows

    def _hold(self, seconds: float) -> None:
        """Paint later, once, whatever else comes until then."""
        if self._held is None:
            self._held = self.set_timer(seconds, self._show_held)

    def _show_held(self) -> None:
        if self._held is not None:
            self._held.stop()
            self._held = None
            self._show(running=False)

    def displayed(self, size: int) -> None:
        """A frame has been written: whether it has come is asked now, and no sooner."""
        self._painting = False
        self._answered.set()
        self._pace, asked = self._pace.written(size, monotonic())
        if asked and self.terminal_driver is not None:
            self.terminal_driver.write("\x1b[6n")

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """The terminal has drawn the frame that was asked about."""
        self._pace = self._pace.answered()
        self._show_held()
        if self._leaving and not self._pace.expects(monotonic()):
            self.exit(self.exit_status)

    # --- running in the background -----------------------------------------------------------------

    @work(thread=True, exclusive=True, group="run", exit_on_error=False)
    def _start_run(self, study: Study, running: Running) -> None:
        worker = get_current_worker()
        for chunk in study.chunks(_CHUNK_SECONDS):
            if worker.is_cancelled or self._run is not running:
                return
            self.call_later(self.act, Ran(running.number, chunk))
            self._answered.wait(_GIVES_WAY)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A run that ended by a mistake of ours: the place is where it began."""
        error = event.worker.error
        if event.worker is self._runner and event.state is WorkerState.ERROR and isinstance(error, Exception):
            before = self.session
            self.session = next(self._faults.instead(error, Press("run"), before, before))
            self._keep(before)
            self._show(running=False)

    # --- ending ----------------------------------------------------------------------------------

    def takes_fault(self, error: Exception) -> bool:
        """A mistake of ours: the terminal is given back and the command line says it in one line, not in pages."""
        if self.is_headless:
            return False
        if self.fault is None:
            self.fault = error
            self._leave()
        return True

    def _suspend(self) -> None:
        """Ctrl+z: to the shell, which brings the tutor back with `fg`; where there is none, a word about it."""
        if ending.has_shell() and not self.is_web:
            self._stop()
        else:
            self.act(Message(words_with_keys(self.session).say("study.no_shell")))

    def _stop(self) -> None:
        driver = self.terminal_driver
        if driver is not None and driver.can_suspend:
            driver.suspend_application_mode()
            self._suspended = True
            words = load(self.session.language)
            with suppress(OSError, UnicodeError, AttributeError):
                sys.__stderr__.write(f"{words.say('study.suspended')}\n")  # type: ignore[union-attr]
                sys.__stderr__.flush()  # type: ignore[union-attr]
            ending.stop()

    def _continue(self) -> None:
        """Back from a stop. One that came without warning (SIGSTOP) has left the terminal half ours: start over."""
        driver = self.terminal_driver
        if driver is None or not driver.can_suspend:
            return
        if not ending.in_front():
            ending.stop()
            return
        if not self._suspended:
            driver.suspend_application_mode()
        self._suspended = False
        driver.resume_application_mode()
        self.screen.refresh()  # what the shell wrote meanwhile is not ours

    def _ended(self, status: int) -> None:
        self.exit_status = status
        self._leave()

    def _leave(self) -> None:
        """Out; but an answer that is still on its way is waited for: the shell would show it as typed."""
        self._over = True
        self._desk.close(self.session)
        if not isinstance(self.terminal_driver, OpenDriver):  # those take it back by themselves, however they end
            self._report_mouse(False)
        if self._pace.expects(monotonic()) and self.exit_status != ending.HUNG_UP and not self._leaving:
            self._leaving = True
            self.set_timer(1.0, lambda: self.exit(self.exit_status))
            return
        self.exit(self.exit_status)
