"""What a Korean input method sends for a key: jamo, whole syllables, signs of full width, and the letters behind them.

Two-set layout, KS X 5002.
"""

from __future__ import annotations

_LETTERS = "qwertyuiopasdfghjklzxcvbnm"
_JAMO = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
_SHIFTED = "ㅃㅉㄸㄲㅆㅛㅕㅑㅒㅖㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
TWO_SET: dict[str, str] = {
    **dict(zip(_SHIFTED, _LETTERS, strict=True)),
    **dict(zip(_JAMO, _LETTERS, strict=True)),
}
# Signs as wide as a syllable, where the input method is set to them, are in the order of ASCII.
_WIDE = {"\u3000": " ", **{chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}}
LETTERS = {**TWO_SET, **_WIDE}
"""What each single sign that may arrive is meant as."""

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
    return "".join(LETTERS.get(one, one) for character in text for one in jamo(character))
