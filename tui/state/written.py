"""What has been typed into a line and where in it the cursor stands: one value for every line that is asked for, and
what each key of editing makes of it.

These keys are the same for everybody, as they are in a shell; the learner's own keys are for what a lesson does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nntutor.lessons.language.cells import cells

KEYS: Mapping[str, tuple[str, ...]] = {
    "letter_left": ("left",),
    "letter_right": ("right",),
    "word_left": ("ctrl+left", "alt+left"),
    "word_right": ("ctrl+right", "alt+right"),
    "line_start": ("home", "ctrl+a"),
    "line_end": ("end", "ctrl+e"),
    "backspace": ("backspace",),
    "delete": ("delete",),
    "word_back": ("ctrl+w", "alt+backspace"),
    "cut_before": ("ctrl+u",),
    "cut_after": ("ctrl+k",),
    "earlier": ("pageup",),
    "later": ("pagedown",),
}
"""The keys of each edit; the first one is shown."""
MEANT: Mapping[str, str] = {key: edit for edit, keys in KEYS.items() for key in keys}
"""The edit of each key."""

# What stands between the words of a question and between the numbers of an expression.
_BETWEEN = frozenset(" +-−·*/=(),")


@dataclass(frozen=True)
class Written:
    """A text, the cursor before its letter `at`. A mark belongs to the letter before it: the cursor is never between.

    earlier: which of the lines before is shown, 1 the newest, 0 none. draft: what was written before one was.
    """

    text: str = ""
    at: int = 0
    earlier: int = 0
    draft: str = ""


EMPTY = Written()


def written(text: str) -> Written:
    """A text with the cursor at its end."""
    return Written(text, len(text))


def inserted(line: Written, text: str) -> Written:
    """The line with a text put in where the cursor is."""
    whole = line.text[: line.at] + text + line.text[line.at :]
    return Written(whole, _on(whole, line.at + len(text)))


def edited(line: Written, edit: str, lines: Sequence[str] = ()) -> Written:
    """The line after an edit; `lines` are those typed earlier, the oldest first."""
    if edit in ("earlier", "later"):
        return _recalled(line, line.earlier + (1 if edit == "earlier" else -1), lines)
    if edit in _MOVES:
        return replace(line, at=_MOVES[edit](line.text, line.at))
    other = _CUTS[edit](line.text, line.at)
    start, end = min(line.at, other), max(line.at, other)
    return Written(line.text[:start] + line.text[end:], start) if start < end else line


def letter_at(line: Written) -> str:
    """The letter under the cursor, with its marks; nothing at the end."""
    return line.text[line.at : _after(line.text, line.at)]


def _recalled(line: Written, earlier: int, lines: Sequence[str]) -> Written:
    """One of the lines before, or what was being written."""
    if not 0 <= earlier <= len(lines) or earlier == line.earlier:
        return line
    draft = line.draft if line.earlier else line.text
    text = lines[-earlier] if earlier else draft
    return Written(text, len(text), earlier, draft)


def _before(text: str, at: int) -> int:
    return _back(text, max(0, at - 1))


def _after(text: str, at: int) -> int:
    return _on(text, min(len(text), at + 1))


def _back(text: str, at: int) -> int:
    """The beginning of the letter whose marks may be here."""
    while 0 < at < len(text) and not cells(text[at]):
        at -= 1
    return at


def _on(text: str, at: int) -> int:
    """The end of the letter whose marks may be here."""
    while 0 < at < len(text) and not cells(text[at]):
        at += 1
    return at


def _word_before(text: str, at: int) -> int:
    while at and text[at - 1] in _BETWEEN:
        at -= 1
    while at and text[at - 1] not in _BETWEEN:
        at -= 1
    return _back(text, at)


def _word_after(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BETWEEN:
        at += 1
    while at < len(text) and text[at] not in _BETWEEN:
        at += 1
    return _on(text, at)


def _start(text: str, at: int) -> int:
    return 0


def _end(text: str, at: int) -> int:
    return len(text)


_MOVES: Mapping[str, Callable[[str, int], int]] = {
    "letter_left": _before,
    "letter_right": _after,
    "word_left": _word_before,
    "word_right": _word_after,
    "line_start": _start,
    "line_end": _end,
}
"""Where an edit takes the cursor."""
_CUTS: Mapping[str, Callable[[str, int], int]] = {
    "backspace": _before,
    "delete": _after,
    "word_back": _word_before,
    "cut_before": _start,
    "cut_after": _end,
}
"""Up to where, from the cursor, an edit takes letters away."""
