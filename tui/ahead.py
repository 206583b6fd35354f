"""What the next keys ask for, loaded while nobody presses one: no first screen has waited for it, and no key will."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from threading import Event, Thread
from time import sleep

_FIRST, _APART = 0.2, 0.005  # seconds until the first screen is written, and between two modules


def begin(answered: Event) -> None:
    """Load the answers to keys and the views, in a thread that waits while a key is not answered.

    What cannot be loaded is left to the key that asks for it, which says so.
    """
    Thread(target=_load, args=(answered,), name="ahead", daemon=True).start()


def _load(answered: Event) -> None:
    sleep(_FIRST)
    for name in _modules():
        answered.wait()
        with suppress(Exception):
            import_module(name)
        sleep(_APART)


def _modules() -> Iterator[str]:
    """Names of modules, those that are asked for first at the beginning."""
    yield "nntutor.tui.drawing.pages.lesson"
    yield "nntutor.tui.state.in_study"
    yield "nntutor.tui.state.by_itself"
    from pkgutil import iter_modules

    from nntutor.tui.drawing import views

    for found in iter_modules(views.__path__):
        yield f"{views.__name__}.{found.name}"
