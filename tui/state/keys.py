"""Which key means what: one table of defaults, and the keymap that a learner's own keys make of it.

A key is written as Textual names it ("right", "greater_than_sign") or as the character it sends. With a
Korean input method on, a letter key sends the jamo that is printed beside it; `plain` gives the letter
back (two-set layout, KS X 5002), so every command works without switching the keyboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# action -> keys; the first one is what the key line shows.
BINDINGS: dict[str, tuple[str, ...]] = {
    "continue": ("space", "enter"),
    "step": ("right", "l"),
    "back": ("left", "h"),
    "unit_next": ("down", "j"),
    "unit_previous": ("up", "k"),
    "phase_next": (")", "pagedown"),
    "phase_previous": ("(", "pageup"),
    "iteration_next": ("}",),
    "iteration_previous": ("{",),
    "first": ("home",),
    "last": ("end",),
    "goto": (":",),
    "why": ("w",),
    "check": ("c",),
    "edit": ("e",),
    "undo": ("u",),
    "redo": ("y",),
    "more": ("+", "="),
    "less": ("-", "_"),
    "halve": ("<", ","),
    "double": (">",),
    "own": ("0",),
    "run": ("r",),
    "zoom": ("z",),
    "view": ("v",),
    "digits": (".",),
    "language": ("t",),
    "theme": ("o",),
    "glossary": ("g",),
    "lesson_next": ("n",),
    "lesson_previous": ("b",),
    "help": ("?",),
    "search": ("/",),
    "palette": (";", "ctrl+p"),
    "leave": ("q",),
    "trail": ("backspace",),
    "escape": ("escape",),
}

_LETTERS = "qwertyuiopasdfghjklzxcvbnm"
_JAMO = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
_SHIFTED = "ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
TWO_SET: dict[str, str] = {
    **dict(zip(_SHIFTED, _LETTERS, strict=True)),
    **dict(zip(_JAMO, _LETTERS, strict=True)),
}

# Without these nobody gets on, or out.
NEEDED = ("leave", "continue", "step", "back", "escape")
# While a line is typed these keys keep their meaning, whatever else they have been given to.
TYPING: dict[str, str] = {
    "enter": "continue",
    "escape": "escape",
    "backspace": "trail",
    "up": "unit_previous",
    "down": "unit_next",
}


@dataclass(frozen=True)
class Keymap:
    """The keys of each action, the first one being what the key line shows, and the action of each key."""

    keys: Mapping[str, tuple[str, ...]]
    action: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        action = {key: action for action, keys in self.keys.items() for key in keys}
        object.__setattr__(self, "action", MappingProxyType(action))

    def __hash__(self) -> int:
        return hash(tuple(self.keys.items()))

    def firm(self, action: str) -> tuple[str, ...]:
        """The keys of an action that are no text, so that they mean it while a line is typed as well."""
        return tuple(key for key in self.keys[action] if len(key) > 1 and key != "space")


def keymap(own: Mapping[str, tuple[str, ...]]) -> Keymap:
    """The defaults with these keys in place of those of their actions; a key goes to the action that it is given to."""
    given = {key for keys in own.values() for key in keys}
    kept = {action: tuple(key for key in keys if key not in given) for action, keys in BINDINGS.items()}
    return Keymap(MappingProxyType({**kept, **own}))


DEFAULT = keymap({})


# The jamo of a composed syllable, in the order of Unicode's arithmetic (The Unicode Standard, 3.12).
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = (
    "ㅏ", "ㅐ", "ㅑ", "ㅒ", "ㅓ", "ㅔ", "ㅕ", "ㅖ", "ㅗ", "ㅗㅏ", "ㅗㅐ", "ㅗㅣ", "ㅛ", "ㅜ", "ㅜㅓ", "ㅜㅔ", "ㅜㅣ",
    "ㅠ", "ㅡ", "ㅡㅣ", "ㅣ",
)  # fmt: skip
_TAILS = (
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ", "ㄹㅎ",
    "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
)  # fmt: skip
_FIRST, _LAST = 0xAC00, 0xD7A3
# Vowels and tails that are typed with two keys and arrive as one letter where an input method joins them.
_JOINED = {"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
           "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ",
           "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"}  # fmt: skip


def jamo(character: str) -> str:
    """The jamo that were typed for a syllable that an input method sent whole; anything else as it is."""
    code = ord(character) if len(character) == 1 else 0
    if not _FIRST <= code <= _LAST:
        return _JOINED.get(character, character)
    lead, rest = divmod(code - _FIRST, len(_VOWELS) * len(_TAILS))
    vowel, tail = divmod(rest, len(_TAILS))
    return _LEADS[lead] + _VOWELS[vowel] + _TAILS[tail]


def plain(text: str) -> str:
    """The letters of the keys that sent jamo or syllables; anything else as it is."""
    return "".join(TWO_SET.get(one, one) for character in text for one in jamo(character))


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
    """What a key that is no text means while a line is typed: nothing, or one action."""
    found = TYPING.get(key) or keymap.action.get(key)
    return (found,) if found in (*TYPING.values(), "palette") else ()


# --- arrow keys that a slow line has cut in two ------------------------------------------------------

Pressed = tuple[str, str | None]
"""A key as Textual names it, and what it sends where that is printable."""

_FINALS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
_NUMBERS = {"1": "home", "4": "end", "5": "pageup", "6": "pagedown", "7": "home", "8": "end"}
# What a terminal sends after the escape (ECMA-48: CSI and SS3).
_SEQUENCES = {
    **{lead + final: key for lead in "[O" for final, key in _FINALS.items()},
    **{f"[{number}~": key for number, key in _NUMBERS.items()},
}
# The keys as which Textual gives a first part, and what that part spells after the escape.
_FIRST_PARTS = {"escape": "", "left_square_bracket": "[", "alt+shift+o": "O"}


@dataclass(frozen=True)
class Split:
    """What has come of a sequence whose first part was taken for a key of its own.

    spelled: what followed the escape, None where no sequence has begun. held: the keys since the first one, not
    acted on yet.
    """

    spelled: str | None = None
    held: tuple[Pressed, ...] = ()

    @property
    def begun(self) -> bool:
        return self.spelled is not None

    def joined(self, character: str | None) -> str | None:
        """The key that one more character completes; what the first part did is then to be taken back."""
        return None if self.spelled is None or character is None else _SEQUENCES.get(self.spelled + character)

    def after(self, key: str, character: str | None) -> tuple[Split, tuple[Pressed, ...]]:
        """One more key that completes nothing: where the sequence is now, and the keys that are to be acted on."""
        if self.spelled is not None and character is not None:
            spelled = self.spelled + character
            if any(sequence.startswith(spelled) for sequence in _SEQUENCES):
                return Split(spelled, (*self.held, (key, character))), ()
        return Split(_FIRST_PARTS.get(key)), (*self.held, (key, character))
