"""Words that follow the record: `{{if δ_o1 > 0}}…{{elif δ_o1 = 0}}…{{else}}…{{end}}` in a stop's text.

A condition compares formulas of holes with <, >, <= or ≤, >= or ≥, =, != or ≠; `not`, `and`, `or` join comparisons, in
this order. Three atoms are words, and who shows the text answers for them: `own` is true as long as the given numbers
are the lesson's own, `unbroken` as long as none has been changed on the way from iteration 1, `here` as long as the
place is in the stop's own iteration. Alone, `always` is true: for a claim that holds whatever the numbers are. Of a
text only the branches that are true are kept, and nothing is asked of the others. Needs no NumPy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

MARK = re.compile(r"\{\{(.*?)\}\}")
_KEYWORD = re.compile(r"(if|elif|else|end)((?:\s.*)?)")
_OPERATOR = re.compile(r"<=|>=|!=|[≤≥≠<>=]")
_SPELLED = {"<=": "≤", ">=": "≥", "!=": "≠"}
OWN, UNBROKEN, HERE, ALWAYS = "own", "unbroken", "here", "always"
WORDS = (OWN, UNBROKEN, HERE)
MOST_COMPARED = 8
"""Pairs of formulas that one text may compare: every outcome of all of them is tried by the linter."""


class ConditionError(Exception):
    """A text whose conditions cannot be read: the mark as it is written, and why."""

    def __init__(self, mark: str, reason: str) -> None:
        super().__init__(f"{{{{{mark}}}}}: {reason}")


@dataclass(frozen=True, slots=True)
class Compared:
    """Two formulas and the sign between them."""

    left: str
    sign: str
    right: str


@dataclass(frozen=True, slots=True)
class Atom:
    """A comparison, or one of the words; negated where `not` stands before it."""

    of: Compared | str
    negated: bool


Condition: TypeAlias = tuple[tuple[Atom, ...], ...]
"""Atoms joined by `and`, and these joined by `or`."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition as written, what it says, and what is said where it is the first that holds. else: no atom."""

    written: str
    condition: Condition
    body: Parts


@dataclass(frozen=True, slots=True)
class Choice:
    """Branches of which at most one is said."""

    branches: tuple[Branch, ...]


Parts: TypeAlias = "tuple[str | Choice, ...]"

Sign: TypeAlias = int | None
"""Of two numbers: −1 less, 0 equal, 1 greater; None where one is no number."""
Compare = Callable[[str, str], Sign]
Asked = Callable[[str], bool]
_HOLDS: dict[str, set[Sign]] = {"<": {-1}, "≤": {-1, 0}, "=": {0}, "≥": {0, 1}, ">": {1}, "≠": {-1, 1, None}}


@lru_cache(maxsize=512)  # the same stop is drawn at every key
def parsed(text: str) -> Parts:
    """A text as its parts; holes stay in the strings. ConditionError for what cannot be read."""
    return _Reader(text).whole()


class _Reader:
    """Reads marks one after the other; recursive as conditions are."""

    def __init__(self, text: str) -> None:
        self._pieces = list(_pieces(text))
        self._at = 0

    def whole(self) -> Parts:
        parts = self._parts()
        if self._at < len(self._pieces):
            word, rest = self._pieces[self._at]
            raise ConditionError(f"{word}{rest}", "there is no {{if …}} before it")
        return parts

    def _parts(self) -> Parts:
        """Everything up to a mark that ends or turns what is open."""
        parts: list[str | Choice] = []
        while self._at < len(self._pieces):
            word, rest = self._pieces[self._at]
            if word and word != "if":
                break
            self._at += 1
            parts.append(self._choice(rest) if word else rest)
        return tuple(parts)

    def _choice(self, rest: str) -> Choice:
        opened, written = f"if{rest}", rest.strip()
        branches = [Branch(written, _condition(opened, written), self._parts())]
        while True:
            if self._at == len(self._pieces):
                raise ConditionError(opened, "expected {{end}} before the stop ends")
            word, rest = self._pieces[self._at]
            self._at += 1
            if word == "end":
                return Choice(tuple(branches))
            if not branches[-1].written:
                raise ConditionError(f"{word}{rest}", "expected {{end}} after {{else}}")
            written = rest.strip()
            condition = _condition(f"{word}{rest}", written) if word == "elif" else ()
            branches.append(Branch(written, condition, self._parts()))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(word, what follows it) for each mark of a condition, ("", text) for what stands between, holes and all."""
    start = 0
    for mark in MARK.finditer(text):
        keyword = _KEYWORD.fullmatch(mark[1].strip())
        if keyword is None:
            continue
        if keyword[1] in ("else", "end") and keyword[2].strip():
            raise ConditionError(mark[1], f"expected {{{{{keyword[1]}}}}} alone")
        if start < mark.start():
            yield "", text[start : mark.start()]
        yield keyword[1], keyword[2]
        start = mark.end()
    if start < len(text):
        yield "", text[start:]


def _condition(mark: str, written: str) -> Condition:
    if written == ALWAYS:
        return ((),)
    return tuple(
        tuple(_atom(mark, one.strip()) for one in re.split(r"\band\b", terms)) for terms in re.split(r"\bor\b", written)
    )


def _atom(mark: str, written: str) -> Atom:
    negated = written.startswith("not ")
    bare = written.removeprefix("not ").strip()
    if bare in WORDS:
        return Atom(bare, negated)
    sides, signs = _OPERATOR.split(bare), _OPERATOR.findall(bare)
    if len(signs) != 1 or not all(side.strip() for side in sides):
        raise ConditionError(mark, f"“{bare}”; expected a comparison such as δ_o1 > 0, or {', '.join(WORDS)}")
    return Atom(Compared(sides[0].strip(), _SPELLED.get(signs[0], signs[0]), sides[1].strip()), negated)


# --- what is said --------------------------------------------------------------------------------------


def chosen(text: str, compare: Compare, asked: Asked) -> str:
    """The text of the branches that are true, holes and all. ConditionError for what cannot be read."""
    return " ".join(part for part in _said(parsed(text), compare, asked).split(" ") if part)


def _said(parts: Parts, compare: Compare, asked: Asked) -> str:
    return "".join(part if isinstance(part, str) else _branch(part, compare, asked) for part in parts)


def _branch(choice: Choice, compare: Compare, asked: Asked) -> str:
    for branch in choice.branches:
        if not branch.condition or holds(branch.condition, compare, asked):
            return _said(branch.body, compare, asked)
    return ""


def holds(condition: Condition, compare: Compare, asked: Asked) -> bool:
    """Whether a condition is true; what need not be compared is not."""
    return any(all(_atom_holds(atom, compare, asked) for atom in terms) for terms in condition)


def _atom_holds(atom: Atom, compare: Compare, asked: Asked) -> bool:
    one = atom.of
    if isinstance(one, str):
        return asked(one) != atom.negated
    return (compare(one.left, one.right) in _HOLDS[one.sign]) != atom.negated


# --- what a text holds ---------------------------------------------------------------------------------


def branches(parts: Parts) -> Iterator[Branch]:
    """Every branch, those within others too."""
    for part in parts:
        if isinstance(part, Choice):
            for branch in part.branches:
                yield branch
                yield from branches(branch.body)


def atoms(text: str) -> frozenset[Compared | str]:
    """All comparisons of a text, and the words that it asks for."""
    return frozenset(atom.of for branch in branches(parsed(text)) for terms in branch.condition for atom in terms)


def free_of(parts: Parts, *words: str) -> str:
    """A text without the branches that are said only while one of these words is true; of all others, their conditions
    and what they say."""
    return "".join(
        part
        if isinstance(part, str)
        else "".join(
            f"{{{{if {branch.written}}}}}{free_of(branch.body, *words)}"
            for branch in part.branches
            if not _needs(branch.condition, words)
        )
        for part in parts
    )


def _needs(condition: Condition, words: tuple[str, ...]) -> bool:
    """Whether a condition is true only while one of these words is."""
    return bool(condition) and all(any(Atom(word, False) in terms for word in words) for terms in condition)


def variants(text: str) -> tuple[str, ...]:
    """Every text that can be shown, each once, under every outcome of its comparisons."""
    pairs = {(one.left, one.right) for one in atoms(text) if isinstance(one, Compared)}
    if len(pairs) > MOST_COMPARED:
        raise ConditionError("if …", f"{len(pairs)} comparisons in one stop; expected {MOST_COMPARED} at most")
    shown: dict[str, None] = {}
    begun: list[dict[str | tuple[str, str], int]] = [{}]
    while begun:  # what a text does not ask for on its way makes no other text
        known = begun.pop()
        try:
            shown[chosen(text, lambda *pair, of=known: of[pair], lambda word, of=known: bool(of[word]))] = None  # type: ignore[misc]
        except KeyError as unknown:
            [asked] = unknown.args
            outcomes = (False, True) if isinstance(asked, str) else (-1, 0, 1)
            begun += filter(_can_be, ({**known, asked: outcome} for outcome in outcomes))
    return tuple(shown)


def _can_be(known: dict[str | tuple[str, str], int]) -> bool:
    """Numbers that are the lesson's own have not been changed on the way."""
    return bool(known.get(UNBROKEN, True) or not known.get(OWN, False))
