"""Arrow keys that a slow line has cut in two, put together again."""

from __future__ import annotations

from dataclasses import dataclass

Pressed = tuple[str, str | None]
"""A key as Textual names it, and what it sends where that is printable."""

_FINALS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
_NUMBERS = {"1": "home", "3": "delete", "4": "end", "5": "pageup", "6": "pagedown", "7": "home", "8": "end"}
# What is held beside an arrow, as xterm counts it; those with which a line is edited.
_HELD = {3: "alt+", 5: "ctrl+"}
# What a terminal sends after the escape (ECMA-48: CSI and SS3).
_SEQUENCES = {
    **{lead + final: key for lead in "[O" for final, key in _FINALS.items()},
    **{f"[{number}~": key for number, key in _NUMBERS.items()},
    **{f"[1;{held}{final}": key + _FINALS[final] for held, key in _HELD.items() for final in "CD"},
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
