"""Whether the terminal's background is light, so that the first start has colours that can be read on it.

The terminal is asked once, however it answers; what came is remembered (`Desk`), and not asked for where a theme has
been chosen. Where the terminal says nothing, COLORFGBG may: rxvt and Konsole set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nntutor.tui.state.session import THEMES
from nntutor.tui.terminal import capabilities, probe
from nntutor.tui.terminal.probe import Keys
from nntutor.tui.terminal.textual_settings import served

_WHITES = ("7", "9", "10", "11", "12", "13", "14", "15")
"""Of the sixteen colours those on which dark letters are read."""

NAMES = {True: "light", False: "dark", None: "unknown"}
"""What is remembered of it."""


@dataclass(frozen=True, slots=True)
class Background:
    """light: None where nobody says so. known: whether that need not be asked for again. typed: keys meanwhile."""

    light: bool | None = None
    known: bool = False
    typed: Keys = ()


def at_start(chosen: str, remembered: str) -> str:
    """The theme of a start: the one that was chosen; else for a light background its own."""
    if chosen in THEMES:
        return chosen
    return "light" if remembered == NAMES[True] else THEMES[0]


def may_be_asked(environment: Mapping[str, str]) -> bool:
    """Whether a terminal is there that passes over the question where it does not know it.

    The Linux console and GNU screen may show it; tmux does not, though it may go by the name of screen.
    """
    if served(environment) or not (capabilities.has_terminal() and capabilities.moves_cursor(environment)):
        return False
    among, term = capabilities.multiplexers(environment), capabilities.terminal(environment)
    return "screen" not in among and not term.startswith("linux") and ("tmux" in among or not term.startswith("screen"))


def told(environment: Mapping[str, str]) -> bool | None:
    """What COLORFGBG says: the numbers of the colours of letters and of background, or words where they have none."""
    behind = environment.get("COLORFGBG", "").rpartition(";")[2]
    return behind in _WHITES if behind.isdecimal() else None


def found(environment: Mapping[str, str], silent: bool = False) -> Background:
    """Ask. silent: the terminal has been asked something else and did not answer: it is not waited for again."""
    otherwise = told(environment)
    if silent or not may_be_asked(environment):
        return Background(otherwise, silent or otherwise is not None)
    answers = probe.ask(background=True)
    light = otherwise if answers.light is None else answers.light
    return Background(light, answers.asked or light is not None, answers.typed)
