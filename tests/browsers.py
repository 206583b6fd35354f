"""A headless Chromium with the tutor in its tabs: what stands on a page's terminal, keys, a mouse, sizes.

Driven by the DevTools protocol, through the client of websockets that textual-serve brings with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "no Chromium here (Debian: apt-get install chromium)"
# The page keeps its terminal to itself: whoever sets this name on an object for the first time is its owner.
_OVERHEARD = """
Object.defineProperty(Object.prototype, "websocket_url", {configurable: true, set(url) {
  Object.defineProperty(this, "websocket_url", {value: url, writable: true});
  window.tutor = this;
}});
"""
_ROWS = """(() => { const rows = [], screen = window.tutor && tutor.terminal.buffer.active;
for (let y = 0; screen && y < tutor.terminal.rows; y++) rows.push(screen.getLine(y)
  .translateToString(true, 0, tutor.terminal.cols));
return rows; })()"""
_CELL = "(({width, height}) => [width, height])(tutor.terminal._core._renderService.dimensions.css.cell)"
_PLACE = "(({left, top}) => [left, top])(document.querySelector('.xterm-screen').getBoundingClientRect())"
_KEYS = {
    "Enter": (13, "\r"), "Escape": (27, ""), "ArrowLeft": (37, ""), "ArrowUp": (38, ""), "ArrowRight": (39, ""),
    "ArrowDown": (40, ""), "Backspace": (8, ""), "Home": (36, ""), "Tab": (9, ""), "F2": (113, ""),
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def asked(port: int, name: str, origin: str | None) -> int:
    """The status that a request for a tutor gets, with what a browser says of the page that it stands on."""
    lines = ["GET /ws HTTP/1.1", f"Host: {name}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="]
    lines += [f"Origin: {origin}"] if origin is not None else []
    with socket.create_connection(("127.0.0.1", port), 20) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(line.recv(100).split()[1])


class Browser:
    """One Chromium. Its tabs share nothing but the process."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM is not None
        command = [
            CHROMIUM, "--headless=new", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={folder}",
            "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--window-size=1000,700", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._loop, self._number = asyncio.new_event_loop(), 0
        port, path = self._address(folder / "DevToolsActivePort")
        self._http = self._run(self._session())
        self._line = self._run(self._http.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0))
        self.asked: list[str] = []

    @staticmethod
    async def _session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    @staticmethod
    def _address(file: Path) -> tuple[str, str]:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            with suppress(OSError, ValueError):
                port, path = file.read_text().split()
                return port, path
            time.sleep(0.05)
        raise AssertionError("Chromium does not start")

    def _run(self, waited: Any) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(waited, 60))

    def call(self, method: str, session: str = "", /, **given: Any) -> Any:
        """What a method of the protocol answers."""
        return self._run(self._call(method, session, given))

    async def _call(self, method: str, session: str, given: dict[str, Any]) -> Any:
        self._number += 1
        sent = {"id": self._number, "method": method, "params": given}
        await self._line.send_json({**sent, "sessionId": session} if session else sent)
        while True:
            told = json.loads((await self._line.receive()).data)
            if told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            if told.get("id") == self._number:
                assert "error" not in told, (method, told)
                return told["result"]

    def tab(self, url: str) -> Tab:
        return Tab(self, url)

    def close(self) -> None:
        self._run(self._line.close())
        self._run(self._http.close())
        self._loop.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Tab:
    """A page of the tutor."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=self._target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=_OVERHEARD)
        self.call("Page.navigate", url=url)

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def call(self, method: str, **given: Any) -> Any:
        return self._browser.call(method, self._session, **given)

    def value(self, code: str) -> Any:
        """What a line of JavaScript is worth there."""
        answer = self.call("Runtime.evaluate", expression=code, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def close(self) -> None:
        with suppress(AssertionError):
            self._browser.call("Target.closeTarget", targetId=self._target)

    # --- what is seen ----------------------------------------------------------------------------

    def rows(self) -> list[str]:
        """The cells of the page's terminal."""
        rows: list[str] = self.value(_ROWS)
        return rows

    def until(self, text: str, longest: float = 30.0) -> str:
        """Look until the terminal shows a text; the screen."""
        ends = time.monotonic() + longest
        while text not in (seen := "\n".join(self.rows())):
            assert time.monotonic() < ends, f"{text!r} does not come up:\n{seen}"
            time.sleep(0.1)
        return seen

    def comes(self, text: str, longest: float) -> bool:
        """Whether a text comes up in time."""
        ends = time.monotonic() + longest
        while not (there := text in "\n".join(self.rows())) and time.monotonic() < ends:
            time.sleep(0.1)
        return there

    def gone(self, text: str) -> None:
        """Wait until a text stands there no more."""
        self._waited(lambda: text not in "\n".join(self.rows()))

    def changes(self, first_row: str) -> None:
        """Wait until another first row stands there."""
        self._waited(lambda: self.rows()[0] != first_row)

    def turns(self, rows: list[str]) -> None:
        """Wait until another screen stands there."""
        self._waited(lambda: self.rows() != rows)

    def ends_with(self, text: str) -> None:
        """Wait until a text stands in the last row."""
        self._waited(lambda: text in self.rows()[-1])

    def _waited(self, so: Callable[[], bool]) -> None:
        ends = time.monotonic() + 30
        while not so():
            assert time.monotonic() < ends, "\n".join(self.rows())
            time.sleep(0.1)

    def sees(self, text: str) -> None:
        """Wait until a text stands on the page, outside of its terminal."""
        ends = time.monotonic() + 30
        while text not in (seen := self.value("document.body.innerText")):
            assert time.monotonic() < ends, f"{text!r} does not come up: {seen!r}"
            time.sleep(0.1)

    def size(self) -> tuple[int, int]:
        """In cells."""
        width, height = self.value("[tutor.terminal.cols, tutor.terminal.rows]")
        return width, height

    # --- what is done ----------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        """Keys by their names in the DOM, letters by themselves."""
        for key in keys:
            code, text = _KEYS.get(key, (ord(key.upper()[0]), key))
            told = {"key": key, "windowsVirtualKeyCode": code}
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **told)
            self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def compose(self, *parts: str) -> None:
        """What an input method does: each part in place of the one before, the last one taken."""
        for part in parts:
            self.call("Input.imeSetComposition", text=part, selectionStart=len(part), selectionEnd=len(part))
        self.call("Input.insertText", text=parts[-1])

    def resize(self, width: int, height: int) -> None:
        """In pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def click(self, column: int, row: int) -> None:
        at = self._at(column, row)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)

    def wheel(self, column: int, row: int, down: int) -> None:
        self.call("Input.dispatchMouseEvent", type="mouseWheel", deltaX=0, deltaY=down, **self._at(column, row))

    def _at(self, column: int, row: int) -> dict[str, float]:
        (wide, tall), (left, top) = self.value(_CELL), self.value(_PLACE)
        return {"x": left + (column + 0.5) * wide, "y": top + (row + 0.5) * tall}


_LOOKS = 5


class Served:
    """A server that answers, and what runs below it."""

    def __init__(self, process: subprocess.Popen[str], home: Path, port: int) -> None:
        self._process, self.home = process, home
        self.pid, self.address = process.pid, f"http://localhost:{port}"

    def tutors(self) -> list[int]:
        """The processes that it has started, as Linux tells."""
        marks = (f"NNTUTOR_HOME={self.home}".encode(), b"TEXTUAL_DRIVER=")
        found = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError):
                environment = (folder / "environ").read_bytes() if folder.name.isdecimal() else b""
                if all(mark in environment for mark in marks):
                    found.append(int(folder.name))
        return found

    def empty(self) -> bool:
        """Whether all of them end, within some seconds; none is seen for a while, since one may be about to begin."""
        ends, looks = time.monotonic() + 15, 0
        while looks < _LOOKS and time.monotonic() < ends:
            looks = 0 if self.tutors() else looks + 1
            time.sleep(0.1)
        return looks == _LOOKS

    def wait(self) -> int:
        """The status with which it ends."""
        return self._process.wait(20)

    def said(self) -> str:
        """What it has said since it began, once it has ended."""
        assert self._process.stdout is not None
        return self._process.stdout.read()


@contextmanager
def running(command: list[str], home: Path, port: int, said: str, **environment: str) -> Iterator[Served]:
    """A server, once it has said a text; nothing of it is left behind."""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "LC_ALL")}
    clean |= {"NNTUTOR_HOME": str(home), "LANG": "C.UTF-8", **environment}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=clean, start_new_session=True
    )
    try:
        assert process.stdout is not None
        heard = ""
        while said not in heard:
            line = process.stdout.readline()
            assert line, f"the server ends by itself: {heard}"
            heard += line
        yield Served(process, home, port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
