"""What is wrong with what was typed on the command line, as facts; the words say it."""

from __future__ import annotations

from collections.abc import Sequence

from nntutor.core.foreign import LONGEST, clean
from nntutor.lessons.export import formats
from nntutor.lessons.language import words

_CALLED = {
    **{name: format for format, names in formats.CALLED.items() for name in names},
    **{name.lower(): language for language, names in words.CALLED.items() for name in names},
    "help": "--help", "version": "--version", "list": "lessons", "ls": "lessons", "resume": "learn",
    "debug": "diagnose", "compare": "diagnose", "diff": "diagnose",
    "test": "quiz", "exam": "quiz", "practice": "quiz", "exercise": "quiz", "worksheet": "quiz", "퀴즈": "quiz",
    "init": "new", "create": "new", "template": "new",
    "print": "trace", "show": "trace", "run": "trace", "gradcheck": "check", "gradient-check": "check",
    "--epochs": "--iterations", "--iters": "--iterations", "-n": "--iterations", "-f": "--format", "-v": "--version",
}  # fmt: skip
"""What people type that is called otherwise here."""


class UsageError(Exception):
    """A wrong use: a key below `cli` in the words, and its facts: clean texts, and names of ours in a row."""

    def __init__(self, key: str, /, **facts: str | int | Sequence[str] | None) -> None:
        self.key = key
        self.facts = {name: _said(fact) for name, fact in facts.items()}
        super().__init__(key)


def _said(fact: str | int | Sequence[str] | None) -> object:
    if isinstance(fact, str):
        return clean(fact)
    return ", ".join(fact) if isinstance(fact, Sequence) else fact


def near(key: str, name: str, names: Sequence[str], /, **facts: str | Sequence[str]) -> UsageError:
    """The mistake `key` about a name that does not exist, with the nearest that does."""
    from difflib import get_close_matches

    typed = name[:LONGEST].lower()
    called = _CALLED.get(typed)
    found = [called] if called in names else get_close_matches(typed, names, n=1, cutoff=0.55)
    if found:
        return UsageError(f"{key}_near", name=name, near=found[0], **facts)
    return UsageError(key, name=name, **facts)
