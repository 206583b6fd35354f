"""Which key means what: one table, the same for the program, the help page and the tests.

A key is written as Textual names it ("right", "greater_than_sign") or as the character it sends. With a
Korean input method on, a letter key sends the jamo that is printed beside it; `plain` gives the letter
back (two-set layout, KS X 5002), so every command works without switching the keyboard.
"""

from __future__ import annotations

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

_ACTION: dict[str, str] = {key: action for action, keys in BINDINGS.items() for key in keys}


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


def actions(key: str, character: str | None) -> tuple[str, ...]:
    """What a key press means: nothing, one action, or those of every jamo of a syllable sent whole.

    key is Textual's name of it, character what it sends.
    """
    sent = plain(character) if character is not None and len(character) == 1 else ""
    found = tuple(_ACTION[letter] for letter in sent if letter in _ACTION)
    return found or ((_ACTION[key],) if key in _ACTION else ())


def action(key: str, character: str | None) -> str | None:
    """What a key of one letter means; None where it means nothing."""
    return next(iter(actions(key, character)), None)
