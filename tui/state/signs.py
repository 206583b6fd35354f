"""How keys are written on the screen: the learner's own, in this look; and the words, which know them too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from nntutor.core.notation.symbols import Style
from nntutor.lessons.language import words
from nntutor.lessons.language.words import Words
from nntutor.tui.state.keys import TYPING, Keymap

if TYPE_CHECKING:
    from nntutor.tui.state.session import Session

SIGNS = {"escape": "esc"}
ARROWS = {"right": "→", "left": "←", "down": "↓", "up": "↑"}


def sign(session: Session, *actions: str) -> str:
    """The first key of each of these actions; nothing for those without a key."""
    return _sign(session.keymap, session.style, actions)


def firm(session: Session, *actions: str) -> str:
    """The same, but a key that is no text where there is one: it also works while a line is typed."""
    return _firm(session.keymap, session.style, _asking(session), actions)


def spoken(session: Session) -> Words:
    """The words in the learner's language. `{key_run}` in them is the key of the action `run`.

    An action without a key is called by its name, as in the file of keys.
    """
    return _spoken(session.language, session.keymap, session.style, _asking(session))


@lru_cache(maxsize=8)  # the same for step after step
def _spoken(language: str, keymap: Keymap, style: Style, asking: bool) -> Words:
    names = {f"key_{action}": _sign(keymap, style, (action,)) or action for action in keymap.keys}
    firm_names = {f"firm_{action}": _firm(keymap, style, asking, (action,)) or action for action in TYPING.values()}
    return words.load(language).knowing({**names, **firm_names})


def _sign(keymap: Keymap, style: Style, actions: Sequence[str]) -> str:
    return " ".join(_spelled(style, keymap.keys[action][0]) for action in actions if keymap.keys[action])


def _firm(keymap: Keymap, style: Style, asking: bool, actions: Sequence[str]) -> str:
    usual = {action: key for key, action in TYPING.items()} if asking else {}
    shown = []
    for action in actions:
        found = [*keymap.firm(action), *usual.get(action, "").split(), *keymap.keys[action]]
        shown += [_spelled(style, key) for key in found[:1]]
    return " ".join(shown)


def _asking(session: Session) -> bool:
    from nntutor.tui.state.session import asking

    return asking(session)


def _spelled(style: Style, key: str) -> str:
    if style is not Style.ASCII:
        key = ARROWS.get(key, key)
    return SIGNS.get(key, key)
