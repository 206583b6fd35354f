"""Which key means what: the defaults of the table of commands, and the keymap that a learner's own keys make of it.

A key is written as Textual names it ("right", "greater_than_sign") or as the character it sends. With a
Korean input method on, a letter key sends the jamo that is printed beside it; `plain` gives the letter
back (two-set layout, KS X 5002), so every command works without switching the keyboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from nntutor.tui.state.commands import COMMANDS
from nntutor.tui.state.korean import plain
from nntutor.tui.state.written import MEANT

BINDINGS: dict[str, tuple[str, ...]] = {command.action: command.keys for command in COMMANDS}
"""action -> keys; the first one is what the screen shows."""
NEEDED = tuple(command.action for command in COMMANDS if command.needed)
"""Without these nobody gets on, or out."""
TYPING: dict[str, str] = {command.typed: command.action for command in COMMANDS if command.typed}
"""While a line is typed these keys keep their meaning, whatever else they have been given to."""
FORMERLY: dict[str, str] = {command.formerly: command.action for command in COMMANDS if command.formerly}
"""Older names of actions, as files of keys may still have them."""


@dataclass(frozen=True)
class Keymap:
    """The keys of each action, the first one being what the key line shows, and the action of each key."""

    keys: Mapping[str, tuple[str, ...]]
    action: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        action = {key: action for action, keys in self.keys.items() for key in keys}
        object.__setattr__(self, "action", MappingProxyType(action))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(self.keys.items()))

    def non_text_keys(self, action: str) -> tuple[str, ...]:
        """The keys of an action that are no text, so that they mean it while a line is typed as well."""
        return tuple(key for key in self.keys[action] if len(key) > 1 and key != "space")


def keymap(own: Mapping[str, tuple[str, ...]]) -> Keymap:
    """The defaults with these keys in place of those of their actions; a key goes to the action that it is given to."""
    given = {key for keys in own.values() for key in keys}
    kept = {action: tuple(key for key in keys if key not in given) for action, keys in BINDINGS.items()}
    return Keymap(MappingProxyType({**kept, **own}))


DEFAULT = keymap({})


def actions(keymap: Keymap, key: str, character: str | None) -> tuple[str, ...]:
    """What a key press means: nothing, one action, or those of every jamo of a syllable sent whole.

    key is Textual's name of it, character what it sends.
    """
    sent = plain(character) if character is not None and len(character) == 1 else ""
    found = tuple(keymap.action[letter] for letter in sent if letter in keymap.action)
    return found or ((keymap.action[key],) if key in keymap.action else ())


def action(keymap: Keymap, key: str, character: str | None) -> str | None:
    """What a key of one letter means; None where it means nothing."""
    return next(iter(actions(keymap, key, character)), None)


def while_typing(keymap: Keymap, key: str) -> tuple[str, ...]:
    """What a key that is no text means while a line is typed: nothing, an edit, or one action."""
    found = MEANT.get(key) or TYPING.get(key) or keymap.action.get(key)
    return () if found is None else (found,)


WAYS = {"unit_next": 1, "unit_previous": -1, "step": 1, "back": -1}
"""Which way keys go in a list."""


def scrolled(top: int, action: str, seen: int, last: int) -> int:
    """Where a text of which `seen` rows are seen stands after a key, `last` being as far down as it goes."""
    way = {**WAYS, "first": -last, "last": last}.get(action, 0)
    if action in ("continue", "phase_next"):
        way = max(1, seen - 1)
    elif action == "phase_previous":
        way = min(-1, 1 - seen)
    return min(last, max(0, top + way))
