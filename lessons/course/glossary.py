"""The terms of the course, each with its name in every language: `lessons/glossary.toml` as frozen data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nntutor.lessons.course.model import AuthorError
from nntutor.lessons.language.words import LANGUAGES

FILE = "lessons/glossary.toml"
_KEYS = {*LANGUAGES, *(f"about_{language}" for language in LANGUAGES), "kinds"}


@dataclass(frozen=True, slots=True)
class Term:
    """A term by language; `kinds`: the kinds of steps to which it belongs."""

    name: dict[str, str]
    about: dict[str, str]
    kinds: tuple[str, ...]


@cache
def terms() -> tuple[Term, ...]:
    """All terms, in the order in which they are met."""
    path = Path(__file__).parent.parent / "glossary.toml"
    return parse(path.read_text(encoding="utf-8"))


def parse(source: str) -> tuple[Term, ...]:
    """Terms from the text of the file. Raises AuthorError."""
    lines = [number for number, line in enumerate(source.splitlines(), 1) if line.strip() == "[[term]]"]
    try:
        tables = tomllib.loads(source)["term"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise AuthorError(FILE, 0, f"not TOML with [[term]] tables: {error}") from error
    found = []
    for line, table in zip(lines, tables, strict=True):
        wrong = (_KEYS ^ table.keys()) - {"kinds"}
        if wrong:
            raise AuthorError(FILE, line, f"expected {', '.join(sorted(_KEYS))}; look at “{wrong.pop()}”")
        name, about = ({language: table[key + language] for language in LANGUAGES} for key in ("", "about_"))
        found.append(Term(name, about, tuple(table.get("kinds", ()))))
    return tuple(found)


def place_of(kind: str) -> int:
    """The place, from 0, of the first term that belongs to a kind of step; 0 where none does."""
    return next((place for place, term in enumerate(terms()) if kind in term.kinds), 0)
