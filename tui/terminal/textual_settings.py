"""What Textual would take from the environment, before it does.

Its settings are meant for who writes programs with it: they name code to load, files to write, keys to press and a
computer to report to, and some values of them end the program. They are left only where somebody asks for them
(CONTRIBUTING.md), and the one of textual-serve, which has no terminal behind it. Imports nothing: every start runs it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

DEVTOOLS = "NNTUTOR_DEVTOOLS"
"""Set to 1 it leaves Textual's settings as they are."""
_DRIVER = "TEXTUAL_DRIVER"
WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
_LONGEST_ESCAPE = 5000


def shut(environment: MutableMapping[str, str]) -> None:
    """Take Textual's settings out of an environment, and put in the one that the tutor needs."""
    if environment.get(DEVTOOLS) != "1":
        for name in [name for name in environment if name == "TEXTUAL" or name.startswith("TEXTUAL_")]:
            if not (name == _DRIVER and served(environment)):
                del environment[name]
        _bound_escape(environment)
    # Plain keys are all that is used, and terminals that are asked to report every key in full lose what a Korean
    # input method composes (iTerm2 does).
    environment.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def served(environment: Mapping[str, str]) -> bool:
    """Whether textual-serve has started this process: a browser shows the tutor, and no terminal."""
    return environment.get(_DRIVER) == WEB_DRIVER and not os.isatty(1)


def _bound_escape(environment: MutableMapping[str, str]) -> None:
    """ncurses' ESCDELAY, in milliseconds: people set it on slow lines, but an escape key must come some day."""
    digits = environment.get("ESCDELAY", "")
    if digits and not (digits.isascii() and digits.isdecimal() and len(digits) < 5 and int(digits) <= _LONGEST_ESCAPE):
        del environment["ESCDELAY"]
