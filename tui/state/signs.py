"""How keys are written on the screen: the learner's own, in this look; and the words, which know them too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from nntutor.core.notation.style import Style
from nntutor.lessons.language import words
from nntutor.lessons.language.ascii import ascii_look
from nntutor.lessons.language.words import Words
from nntutor.tui.state.keys import DEFAULT, TYPING, Keymap
from nntutor.tui.state.session import Session, asking
from nntutor.tui.state.written import KEYS, MEANT

SIGNS = {"escape": "esc"}
ARROWS = {"right": "→", "left": "←", "down": "↓", "up": "↑"}
_MARKED = re.compile(r"\*\*([^*]+)\*\*")


def sign(session: Session, *actions: str) -> str:
    """The first key of each of these actions; nothing for those without a key."""
    return _sign(session.keymap, session.style, actions)


def non_text_key(session: Session, *actions: str) -> str:
    """The same, but a key that is no text where there is one: it also works while a line is typed."""
    return _non_text_key(session.keymap, session.style, asking(session), actions)


def edit_sign(session: Session, *edits: str) -> str:
    """The first key of each of these edits of a line, which are nobody's own."""
    return " ".join(_spelled(session.style, KEYS[edit][0]) for edit in edits)


def words_with_keys(session: Session) -> Words:
    """The words in the learner's language. `{key_run}` in them is the key of the action `run`.

    An action without a key is called by its name, as in the file of keys.
    """
    return _words_with_keys(session.language, session.keymap, session.style, asking(session))


def with_own_keys(text: str, keymap: Keymap, style: Style) -> str:
    """A lesson's text, which marks a **key** by its usual name, with the learner's own for what that one does.

    Its holes are empty: a number in one is no key. `enter` stays: a text speaks of it where a line is typed, and there
    it is everybody's.
    """

    def own(found: re.Match[str]) -> str:
        key = key_of(found[1])
        usual = DEFAULT.action.get(key)
        if usual is None or key == "enter" or keymap.action.get(key) == usual:
            return found[0]
        return f"**{_sign(keymap, style, (usual,)) or usual}**"

    return text if keymap is DEFAULT else _MARKED.sub(own, text)


@lru_cache(maxsize=8)  # the same for step after step
def _words_with_keys(language: str, keymap: Keymap, style: Style, asking: bool) -> Words:
    names = {f"key_{action}": _sign(keymap, style, (action,)) or action for action in keymap.keys}
    non_text = {
        f"non_text_key_{action}": _non_text_key(keymap, style, asking, (action,)) or action
        for action in TYPING.values()
    }
    known = words.load(language).knowing({**names, **non_text})
    return replace(known, entries=Plain(known.entries)) if style is Style.ASCII else known


@dataclass(frozen=True, slots=True)
class Plain(Mapping[str, str]):
    """Texts in the ASCII look, each translated when it is said: what is laid out has the length that is shown."""

    texts: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return ascii_look(self.texts[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def _sign(keymap: Keymap, style: Style, actions: Sequence[str]) -> str:
    return " ".join(_spelled(style, keymap.keys[action][0]) for action in actions if keymap.keys[action])


def _non_text_key(keymap: Keymap, style: Style, asking: bool, actions: Sequence[str]) -> str:
    usual = {action: key for key, action in TYPING.items()} if asking else {}
    shown = []
    for action in actions:
        own = [key for key in keymap.non_text_keys(action) if not asking or key not in MEANT]
        found = [*own, *usual.get(action, "").split(), *keymap.keys[action]]
        shown += [_spelled(style, key) for key in found[:1]]
    return " ".join(shown)


def key_of(sign: str) -> str:
    """The key that is written so, in either look."""
    return _KEYS_OF.get(sign, sign)


_KEYS_OF = {sign: key for key, sign in (*SIGNS.items(), *ARROWS.items())}


def _spelled(style: Style, key: str) -> str:
    if style is not Style.ASCII:
        key = ARROWS.get(key, key)
    return SIGNS.get(key, key)
