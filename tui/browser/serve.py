"""`nntutor serve`: a tutor for each tab that a browser on this machine opens, through textual-serve.

Every tab has a process of its own, which keeps its place as one in a terminal does. What a browser may ask for is
little: the page, what belongs to it, and a line to a tutor; that line only from the page itself. Any other page that is
open in the same browser could ask for it as well, and one on a foreign server whose name leads to this machine.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Callable

from aiohttp import web
from aiohttp.web_runner import GracefulExit
from textual_serve.server import Server

from nntutor.core.foreign import clean
from nntutor.tui.terminal.ending import INTERRUPTED, WATCH

_PATIENCE = 1.0  # seconds in which open tabs can end when the server does
_HEADERS = {"Content-Security-Policy": "frame-ancestors 'none'", "Referrer-Policy": "no-referrer"}


def serve(host: str, port: int, command: str, page: str, begun: Callable[[], None]) -> int:
    """Answer until a signal ends it; the exit status. `begun` is called when browsers are answered.

    command: what starts a tutor, for a shell. OSError or ValueError where nothing can be answered at this address.
    """
    _tell_in_lines()
    loop, ended = asyncio.new_event_loop(), [INTERRUPTED]

    def end(status: int) -> None:
        ended.append(status)
        raise GracefulExit()

    WATCH.leave = lambda status: loop.call_soon_threadsafe(end, status)
    try:
        web.run_app(
            _answers(host, Server(command, host, port), page),
            host=host,
            port=port,
            print=lambda *_: begun(),
            handle_signals=False,
            shutdown_timeout=_PATIENCE,
            loop=loop,
        )
    finally:
        WATCH.leave = None
    return ended[-1]


def is_here(host: str) -> bool:
    """Whether an address is this machine's own, which no other one reaches."""
    name = host.strip("[]")
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _answers(host: str, server: Server, page: str) -> web.Application:
    async def index(request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html", headers=_HEADERS)

    async def line(request: web.Request) -> web.StreamResponse:
        if not _from_the_page(request, is_here(host)):
            raise web.HTTPForbidden()
        return await server.handle_websocket(request)

    app = web.Application()
    app.add_routes([web.get("/", index), web.get("/ws", line), web.static("/static", server.statics_path)])
    return app


def _from_the_page(request: web.Request, here: bool) -> bool:
    """Whether our own page asks, which stands where the request goes to; here: this must be an address of loopback."""
    origin = request.headers.get("Origin", "").partition("://")[2]
    name = request.url.host or ""
    return origin == request.host and (not here or is_here(name))


class _Lines(logging.StreamHandler):  # type: ignore[type-arg]
    """What goes wrong on the way to a browser, each in a line."""

    def format(self, record: logging.LogRecord) -> str:
        return f"nntutor: {clean(record.getMessage())}"


def _tell_in_lines() -> None:
    logging.basicConfig(level=logging.WARNING, handlers=[_Lines()])
