"""Every command in one table: its name, its keys, its words, and where it may be given.

What keys do, the file of keys, the page of keys, the key row and the list of commands all read it. A new key is a
row here, the function that it calls (in_study.py), and its words in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Flag, auto


class Where(Flag):
    """Places in which a command may be given. A panel says itself what else it takes (panels.Panel.takes)."""

    HOME = auto()
    """In the list of lessons, and in the glossary over it."""
    STUDY = auto()
    """In a lesson or problem with nothing open over its prose."""
    PANEL = auto()
    """In every panel."""
    RUNNING = auto()
    """While a run is on its way."""
    TYPING = auto()
    """While a line is typed: by its keys that are no text."""


HOME, STUDY, PANEL, RUNNING, TYPING = Where
_ALWAYS = HOME | STUDY | PANEL | RUNNING


@dataclass(frozen=True)
class Command:
    """One row.

    keys: the first one is shown; none: only the list of commands has it. help: its key under [help]; commands with the
    same one share a line of the page of keys. row: its place in a lesson's key row and its word under [keys] there;
    those with the same ones stand together. home_list: whether the list of commands has it at home as well. typed: the
    key that means it while a line is typed, whatever else that key is given to. needed: without it nobody gets on, or
    out. formerly: an older name, still read in files of keys. group: what it is for, a word under [command_group];
    none: it stands in no list.
    """

    action: str
    keys: tuple[str, ...]
    where: Where
    help: str = ""
    row: tuple[int, str] | None = None
    home_list: bool = False
    typed: str = ""
    needed: bool = False
    formerly: str = ""
    group: str = ""


def _for(group: str, *commands: Command) -> tuple[Command, ...]:
    """Commands that are for the same."""
    return tuple(replace(command, group=group) for command in commands)


COMMANDS = (
    *_for("on",
        Command("continue", ("space", "enter"), HOME | STUDY | RUNNING | TYPING, "continue", (1, "continue"),
                typed="enter", needed=True),
        Command("step", ("right", "l"), HOME | STUDY, "step", (2, "step"), needed=True),
        Command("back", ("left", "h"), HOME | STUDY, "step", (2, "step"), needed=True),
        Command("stop_previous", ("s", "shift+tab"), STUDY, "stop_previous"),
        Command("unit_next", ("down", "j"), HOME | STUDY | TYPING, "unit", typed="down"),
        Command("unit_previous", ("up", "k"), HOME | STUDY | TYPING, "unit", typed="up"),
        Command("phase_next", (")", "pagedown"), HOME | STUDY, "phase", (10, "phase")),
        Command("phase_previous", ("(", "pageup"), HOME | STUDY, "phase"),
        Command("iteration_next", ("}",), STUDY, "iteration"),
        Command("iteration_previous", ("{",), STUDY, "iteration"),
        Command("first", ("home",), HOME | STUDY, "ends"),
        Command("last", ("end",), HOME | STUDY, "ends"),
        Command("goto", (":",), STUDY, "goto"),
        Command("zoom", ("z",), STUDY, "zoom"),
        Command("play", ("a",), STUDY, "play"),
    ),
    *_for("ask",
        Command("why", ("w",), STUDY, "why", (5, "why")),
        Command("check", ("c",), STUDY, "check", (9, "check")),
        Command("parting", ("!",), STUDY, "parting", (4, "parting")),
        Command("ask", ("p",), HOME | STUDY, "ask"),
        Command("bug", (), STUDY, "bug"),
        Command("questions", (), STUDY, "questions"),
    ),
    *_for("change",
        Command("edit", ("e",), STUDY, "edit", (8, "edit")),
        Command("more", ("+", "="), STUDY, "main", (3, "main")),
        Command("less", ("-", "_"), STUDY, "main", (3, "main")),
        Command("halve", ("<", ","), STUDY, "scale"),
        Command("double", (">",), STUDY, "scale"),
        Command("reset", ("0",), HOME | STUDY, "reset", formerly="own"),
        Command("undo", ("u",), STUDY, "undo"),
        Command("redo", ("y",), STUDY, "undo"),
        Command("run", ("r",), STUDY | RUNNING, "run", (7, "run")),
    ),
    *_for("see",
        Command("view", ("v",), STUDY | RUNNING, "view", (6, "view")),
        Command("digits", (".",), STUDY | RUNNING, "digits"),
        Command("glossary", ("g",), HOME | STUDY, "glossary", home_list=True),
        Command("search", ("/",), HOME | STUDY, "search", home_list=True),
    ),
    *_for("program",
        Command("ending", ("f",), HOME | STUDY, "ending", home_list=True),
        Command("lesson_next", ("n",), STUDY, "lesson"),
        Command("lesson_previous", ("b",), STUDY, "lesson"),
        Command("export", ("x",), STUDY, "export"),
        Command("language", ("t",), _ALWAYS, "language", home_list=True),
        Command("theme", ("o",), _ALWAYS, "theme", home_list=True),
        Command("mouse", ("m",), _ALWAYS, "mouse", home_list=True),
        Command("help", ("?",), HOME | STUDY | RUNNING, "help", (11, "keys")),
        Command("palette", (";", "ctrl+p"), _ALWAYS | TYPING, "palette"),
        Command("leave", ("q",), HOME | STUDY | PANEL | RUNNING, "leave", (12, "leave"), home_list=True, needed=True),
    ),
    Command("backspace", ("backspace",), HOME | STUDY | TYPING, row=(4, "back_trail"), typed="backspace",
            formerly="trail"),
    Command("escape", ("escape",), HOME | STUDY | PANEL | RUNNING | TYPING, typed="escape", needed=True),
)  # fmt: skip
"""In the order of the page of keys."""

_BY_NAME = {command.action: command for command in COMMANDS}


def allowed(action: str, where: Where) -> bool:
    """Whether a command may be given there; one that is none, nowhere."""
    return action in _BY_NAME and where in _BY_NAME[action].where


def group_of(action: str) -> str:
    """What a command is for: its word under [command_group]."""
    return _BY_NAME[action].group


def _together(words: list[tuple[str, str]]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """(actions, word) from (action, word), those with the same word together."""
    lines: dict[str, tuple[str, ...]] = {}
    for action, word in words:
        lines[word] = (*lines.get(word, ()), action)
    return tuple((actions, word) for word, actions in lines.items())


GROUPS = tuple(dict.fromkeys(command.group for command in COMMANDS if command.group))
"""What commands are for, as words under [command_group]."""
HELP = _together([(command.action, command.help) for command in COMMANDS if command.help])
"""The lines of the page of keys: the actions whose keys are shown, and the word under [help]."""

ROW = _together(
    [
        (command.action, command.row[1])
        for command in sorted(COMMANDS, key=lambda command: command.row or (0, ""))
        if command.row
    ]
)
"""A lesson's key row: the actions whose keys are shown, and the word under [keys]."""
