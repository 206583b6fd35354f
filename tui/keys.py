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


def plain(character: str) -> str:
    """The letter of the key that sent a jamo; anything else as it is."""
    return TWO_SET.get(character, character)


def action(key: str, character: str | None) -> str | None:
    """What a key press means; None where it means nothing.

    key is Textual's name of it, character what it sends.
    """
    if character is not None and plain(character) in _ACTION:
        return _ACTION[plain(character)]
    return _ACTION.get(key)
