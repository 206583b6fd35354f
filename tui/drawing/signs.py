"""How keys are written on the screen: the learner's own, in this look; and the words, which know them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nntutor.core.symbols import Style
from nntutor.lessons import words
from nntutor.lessons.words import Words
from nntutor.tui import keys

if TYPE_CHECKING:
    from nntutor.tui.session import Session

SIGNS = {"escape": "esc"}
ARROWS = {"right": "→", "left": "←", "down": "↓", "up": "↑"}


def sign(session: Session, *actions: str) -> str:
    """The first key of each of these actions; nothing for those without a key."""
    bound = [session.keymap.keys[action] for action in actions]
    return " ".join(_spelled(session, found[0]) for found in bound if found)


def firm(session: Session, *actions: str) -> str:
    """The same, but a key that is no text where there is one: it also works while a line is typed."""
    from nntutor.tui.session import asking

    usual = {action: key for key, action in keys.TYPING.items()} if asking(session) else {}
    shown = []
    for action in actions:
        found = [*session.keymap.firm(action), *usual.get(action, "").split(), *session.keymap.keys[action]]
        shown += [_spelled(session, key) for key in found[:1]]
    return " ".join(shown)


def spoken(session: Session) -> Words:
    """The words in the learner's language. `{key_run}` in them is the key of the action `run`.

    An action without a key is called by its name, as in the file of keys.
    """
    names = {f"key_{action}": sign(session, action) or action for action in session.keymap.keys}
    firm_names = {f"firm_{action}": firm(session, action) or action for action in keys.TYPING.values()}
    return words.load(session.language).knowing({**names, **firm_names})


def _spelled(session: Session, key: str) -> str:
    if session.style is not Style.ASCII:
        key = ARROWS.get(key, key)
    return SIGNS.get(key, key)
