"""What is said of a mistake: what was done, why it is tempting, what makes it right, and the lesson that teaches it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from nntutor.core.rules.mistakes.table import MISTAKES
from nntutor.lessons.language.words import HERE, LANGUAGES, Words, load

PARTS = ("did", "tempting", "right")
TOLD = (*MISTAKES, "check-of-output")
"""All that can be told: the table's, and a numerical gradient of an output, which changes no rule."""


def told(words: Words, mistake: str, parts: Sequence[str] = PARTS) -> tuple[str, ...]:
    """The sentences of a mistake as `rules.mistakes` spells it, one for each of `parts`; what was done by its form."""
    name = name_of(mistake)
    return tuple(words.say(did(mistake) if part == PARTS[0] else f"mistake.{name}.{part}") for part in parts)


def did(mistake: str) -> str:
    """The key of what was done: of a form that has a sentence of its own, that."""
    name, form = name_of(mistake), mistake.partition("@")[0].partition(":")[2]
    own = f"did.{name}.{form}"
    return own if load(LANGUAGES[0]).has(own) else f"mistake.{name}.did"


def name_of(mistake: str) -> str:
    """Its id, without form and layer."""
    return mistake.partition("@")[0].partition(":")[0]


@cache
def taught() -> Mapping[str, str]:
    """The lesson of each mistake."""
    return MappingProxyType(tomllib.loads((HERE / "mistakes.toml").read_text(encoding="utf-8")))
