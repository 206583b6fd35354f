"""Commands as words: which word means which action of the table, and what a word is called in a sentence.

Words of every language are taken whatever is spoken, and every key of the table as it is written on the screen, sent
or named: `why`, `왜`, `w` and `ㅈ` are one command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from nntutor.lessons.language import words
from nntutor.lessons.language.words import LANGUAGES, Words
from nntutor.tui.state import keys, korean
from nntutor.tui.state.commands import COMMANDS
from nntutor.tui.state.keys import Keymap
from nntutor.tui.state.session import Session
from nntutor.tui.state.signs import ARROWS

OWN = ("quit", "repeat", "look", "list", "open")
"""What only lines need: the end (on the screen ctrl+q), what the screen shows all the time, the list from everywhere, a
lesson by its name."""
_NAMED = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup"}
_KEY = re.compile(r"(\{(?:non_text_)?key_[a-z_]+)\} 키(?:([는를로와])(?=[ .,])|(?=[ .,]|$))")
_PAIRS = {"는": "은/는", "를": "을/를", "로": "으로/로", "와": "과/와"}


@dataclass(frozen=True)
class _Worded(Mapping[str, str]):
    """Korean words that call a key a key, said of a word: “보기”로, not “보기” 키로."""

    entries: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return _KEY.sub(lambda found: f"{found[1]}{'|' + _PAIRS[found[2]] if found[2] else ''}}}", self.entries[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def spoken(action: str, language: str) -> list[str]:
    """The words of an action in a language, the first one being what is told."""
    return words.load(language).say(f"spoken.{action}").split(", ")


def words_of(session: Session) -> Words:
    """The words in the learner's language; `{key_run}` in them is the word for the action `run`."""
    return _words_of(session.language)


@lru_cache(maxsize=2)
def _words_of(language: str) -> Words:
    names = {action: spoken(action, language)[0] for action in (*(one.action for one in COMMANDS), *OWN)}
    facts = {f"{head}{action}": f"“{word}”" for action, word in names.items() for head in ("key_", "non_text_key_")}
    # What closes a panel on the screen also stops a run; here that is done while no line is read.
    said = words.load(language)
    return replace(said, entries=_Worded(said.entries)).knowing({**facts, "non_text_key_escape": "ctrl+c"})


@lru_cache(maxsize=2)
def vocabulary(keymap: Keymap) -> Mapping[str, str]:
    """Every word and key, in lower case, with the action that it means."""
    own = {word: action for action in OWN for language in LANGUAGES for word in spoken(action, language)}
    return {**dict(_of_table()), **own, **dict(_of_keys(keymap))}


def _of_table() -> Iterator[tuple[str, str]]:
    for command in COMMANDS:
        yield command.action, command.action
        yield from ((word, command.action) for language in LANGUAGES for word in spoken(command.action, language))


def is_word(text: str) -> bool:
    """Whether a text is more than one sign, or a word of one: `왜`."""
    return len(text) > 1 or text in dict(_of_table())


def _of_keys(keymap: Keymap) -> Iterator[tuple[str, str]]:
    for action, its_keys in keymap.keys.items():
        for key in its_keys:
            yield from ((name, action) for name in (key, _NAMED.get(key, key), ARROWS.get(key, key)))


def action_of(keymap: Keymap, text: str) -> str | None:
    """The action that a whole text means, by its word, its key, or the key's jamo."""
    found = vocabulary(keymap).get(" ".join(text.lower().split()))
    return found or (keys.action(keymap, text, text) if len(korean.plain(text)) == 1 else None)


def inside(text: str, word: str) -> str | None:
    """What follows a word such as `until` at the beginning of a text; None where it does not begin with it."""
    for language in LANGUAGES:
        for one in spoken(word, language):
            if text.lower().split()[:1] == [one]:
                return text.split(None, 1)[1] if " " in text else ""
    return None
