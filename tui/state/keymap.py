"""The learner's own keys: `keys.toml` in the folder for configuration, read before the screen is opened.

A file with a mistake is refused whole: half of somebody's keys would be more confusing than none. Whatever is
wrong is a UsageError with file, line, action and key, and nothing of Textual is loaded to say it.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nntutor.core.errors import TooLarge
from nntutor.core.files.text import read_text
from nntutor.core.files.toml import Lines, toml
from nntutor.core.foreign import LONGEST, clean
from nntutor.lessons.language.cells import cells
from nntutor.lessons.learner import folders
from nntutor.tui.state import keys, korean
from nntutor.tui.state.keys import BINDINGS, DEFAULT, FORMERLY, NEEDED, Keymap
from nntutor.tui.usage import UsageError, near

_NAME = "keys.toml"
_LIMIT, _LIMIT_SPELLED = 64 * 1024, "64 KB"
_SHORT = 41  # letters of a key or an action in a message

_MOVING = ("left", "right", "up", "down", "home", "end", "insert", "delete", "pageup", "pagedown")
# Textual's names (its class Keys), without those that a terminal cannot tell from another key: ctrl+h sends a
# backspace, ctrl+i a tab, ctrl+m an enter.
NAMED = frozenset(
    [
        *(modifier + key for modifier in ("", "ctrl+", "shift+", "ctrl+shift+") for key in _MOVING),
        *(f"{modifier}f{number}" for modifier in ("", "ctrl+") for number in range(1, 25)),
        *(f"ctrl+{letter}" for letter in "abdefgjklnoprstuvwxy"),
        *(f"{modifier}{digit}" for modifier in ("ctrl+", "ctrl+shift+") for digit in range(10)),
        *(f"ctrl+{sign}" for sign in ("@", "backslash", "right_square_bracket", "circumflex_accent", "underscore")),
        *("escape", "shift+escape", "enter", "tab", "shift+tab", "space", "backspace"),
    ]
)
_RESERVED = ("ctrl+c", "ctrl+q", "ctrl+z")
# Where Textual's name of a sign is not Unicode's.
_RENAMED = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip


def _sign_names() -> dict[str, str]:
    """The signs of ASCII by Textual's names of them."""
    signs = [chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()]
    names = {unicodedata.name(sign).lower().replace("-", "_").replace(" ", "_"): sign for sign in signs}
    return {_RENAMED.get(name, name): sign for name, sign in names.items()}


_SIGNS = _sign_names()
_FORMER = {action: old for old, action in FORMERLY.items()}
# What the screen shows for a key may stand in the file as well.
_SHOWN = {"→": "right", "←": "left", "↓": "down", "↑": "up", "esc": "escape", " ": "space"}


def path() -> Path:
    """The file itself, whether it is there or not."""
    return folders.configuration() / _NAME


def read() -> Keymap:
    """The keys as the learner has them; the defaults where there is no file. Raises UsageError and ProblemErrors."""
    try:
        where = path()
    except RuntimeError:  # nobody's home folder is known
        return DEFAULT
    if not os.path.exists(where):
        return DEFAULT
    name = str(where)
    return parse(read_text(where, name, _LIMIT, TooLarge(name, None, _LIMIT_SPELLED)), name)


def parse(text: str, file: str) -> Keymap:
    """The keymap that a text describes; `file` is what messages call it. Raises UsageError and NotToml."""
    text = text.replace("\r\n", "\n")
    data = toml(text, file)
    places = _Places(file, Lines(text))
    own: dict[str, tuple[str, ...]] = {}
    written: dict[str, str] = {}  # action -> its name in the file, which may be an older one
    owner: dict[str, str] = {}
    for name, value in data.items():
        place, action = places.of(name), FORMERLY.get(name, name)
        if action not in BINDINGS:
            raise near("keymap_no_action", clean(name, _SHORT), tuple(BINDINGS), place=place, names=tuple(BINDINGS))
        if action in own:
            raise UsageError("keymap_renamed", place=place, action=action, old=_FORMER[action])
        own[action] = tuple(dict.fromkeys(_key(one, name, place) for one in _listed(value, name, place)))
        written[action] = name
        for key in own[action]:
            if key in owner:
                raise UsageError("keymap_twice", place=place, action=name, key=key, other=owner[key])
            owner[key] = name
    found = keys.keymap(own)
    _refuse_keyless(found, written, owner, places)
    return found


@dataclass(frozen=True)
class _Places:
    """Where in the file an action is, as messages say it: with the line where that is known."""

    file: str
    lines: Lines

    def of(self, action: str) -> str:
        line = self.lines.find("", 0, action) or self.lines.find(action, 0, "")
        file = clean(self.file, LONGEST - 10)  # the line stays
        return file if line is None else f"{file}:{line}"


def _listed(value: object, action: str, place: str) -> list[str]:
    """The keys as they are written: one, or a list of them."""
    listed = []
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str):
            found = clean(json.dumps(one, default=str, ensure_ascii=False), _SHORT)
            raise UsageError("keymap_type", place=place, action=action, found=found)
        listed.append(one)
    return listed


def _key(written: str, action: str, place: str) -> str:
    """A key as the table of keys has it. UsageError where it is none, or none that an action can have."""
    key = _normal(written)
    facts = {"place": place, "action": action, "key": clean(written, _SHORT)}
    if key in _RESERVED:
        raise UsageError("keymap_reserved", **facts)
    if key == "[":
        raise UsageError("keymap_bracket", **facts)
    if key == "escape" and action != "escape":
        raise UsageError("keymap_escape", **facts)
    if len(key) == 1 and key != key.lower():
        raise UsageError("keymap_capital", **facts, small=key.lower())
    # What fills no cell of its own, such as an accent, would stand on the letter before it wherever keys are shown.
    if key in NAMED or (len(key) == 1 and key.isprintable() and cells(key)):
        return key
    raise near("keymap_no_key", clean(written, _SHORT), sorted(NAMED | _SIGNS.keys()), place=place, action=action)


def _normal(written: str) -> str:
    """One spelling for each key: a sign's name gives the sign, a jamo its letter."""
    if len(written) == 1:
        written = unicodedata.normalize("NFC", korean.plain(written))
    return _SHOWN.get(written) or _SIGNS.get(written, written)


def _refuse_keyless(found: Keymap, written: Mapping[str, str], owner: Mapping[str, str], places: _Places) -> None:
    """An action may have lost its last key only where the file says so, and some not even then."""
    for action, left in found.keys.items():
        if left or not BINDINGS[action] or (action in written and action not in NEEDED):
            continue
        if action in written:
            raise UsageError("keymap_needed", place=places.of(written[action]), action=written[action], names=NEEDED)
        key = BINDINGS[action][0]
        taker = owner[key]
        word = "keymap_left_needed" if action in NEEDED else "keymap_left"
        raise UsageError(word, place=places.of(taker), action=taker, key=key, other=action)
