"""Every word outside the lessons' prose: labels, messages, one sentence of why per kind of step.

A template names its facts in braces, as in "iteration {iteration}". A count brings the word that agrees with it, in
English as in "{count|step/steps}": 1 step, 2 steps. Asking for a key that is not there, or without a fact that it
names, is a mistake of ours and says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

HERE = Path(__file__).parent.parent
CALLED = {"en": ("English", "영어"), "ko": ("한국어", "Korean", "kr")}
"""What each language is called; first by itself, in its own letters."""
LANGUAGES = tuple(CALLED)
FILES = ("screen", "steps", "pages", "commands")
"""The files of a language. One is read when a word is asked for that those before it do not have: to read all of them
would take as long as drawing the first screen."""
Note = tuple[str, Mapping[str, object]]
"""Something to say: a key of the words, and its facts."""
FACT = re.compile(r"\{([a-z_]+)(?:\|([^{}|]+))?\}")
"""A fact and both forms of what follows it: in English of a word, {count|row/rows}, in Korean of a particle,
{symbol|은/는}."""


def note(key: str, **facts: object) -> Note:
    return key, MappingProxyType(facts)


class WordsError(KeyError):
    """A key or a fact that the words do not have."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Entries(Mapping[str, str]):
    """The words of a language by dotted key, file after file as they are asked for."""

    language: str

    def __getitem__(self, key: str) -> str:
        for file in FILES:
            found = _read(self.language, file).get(key)
            if found is not None:
                return found
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        for file in FILES:
            yield from _read(self.language, file)

    def __len__(self) -> int:
        return sum(len(_read(self.language, file)) for file in FILES)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, by dotted key: `status.step`, `why.net_hidden`.

    known: facts that every text may name without being given them.
    """

    language: str
    entries: Mapping[str, str]
    known: Mapping[str, object] = field(default_factory=dict)

    def say(self, key: str, /, **facts: object) -> str:
        """The text under `key`, its {names} replaced by the facts."""
        template = self.entries.get(key)
        if template is None:
            raise WordsError(f"words/{self.language} has no “{key}”")

        def fact(match: re.Match[str]) -> str:
            name = match[1]
            if name not in facts and name not in self.known:
                raise WordsError(f"words/{self.language}: “{key}” needs the fact “{name}”")
            said = str(facts[name] if name in facts else self.known[name])
            if name == "reason":
                said = self._caused(said)
            if not match[2]:
                return said
            return _with_particle(said, match[2]) if self.language == "ko" else _counted(said, match[2])

        return FACT.sub(fact, template)

    def _caused(self, said: str) -> str:
        """Why something could not be done, where a system has said it in its own words."""
        from nntutor.lessons.language.causes import cause  # a door: most starts have nothing to say of it

        return self.entries.get(f"cause.{cause(said)}", said)

    def knowing(self, facts: Mapping[str, object]) -> Words:
        """The same words, to which these facts are known."""
        return replace(self, known=MappingProxyType(dict(facts)))

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return key in self.entries

    def group(self, name: str) -> tuple[tuple[str, str], ...]:
        """All entries below `name`, in file order, without that prefix: for lists such as the help page."""
        start = name + "."
        return tuple((key[len(start) :], value) for key, value in self.entries.items() if key.startswith(start))


def _counted(count: str, forms: str) -> str:
    """A count and the form that agrees with it: the first of "row/rows" after 1."""
    one, _, many = forms.partition("/")
    return f"{count} {one if count == '1' else many}"


def _with_particle(said: str, forms: str) -> str:
    """A Korean fact and the form of the particle that agrees with it."""
    from nntutor.lessons.language import particles

    return said + particles.agreeing(said, forms)


@cache
def load(language: str) -> Words:
    """The words of a language, one of LANGUAGES."""
    return Words(language, Entries(language))


@cache
def _read(language: str, file: str) -> Mapping[str, str]:
    path = HERE / "words" / language / f"{file}.toml"
    return MappingProxyType(dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")), "")))


def _flat(table: Mapping[str, object], start: str) -> list[tuple[str, str]]:
    found = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flat(value, f"{start}{key}.")
        else:
            found.append((start + key, str(value)))
    return found
