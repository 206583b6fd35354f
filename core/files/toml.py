"""TOML that people wrote: what it holds, and on which line each of its keys stands.

The standard library's reader takes time and memory that grow with the square of some texts (a key of many dots), and
a stack that grows with others (brackets in brackets). So a text is held to bounds first, by looking at it once.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property

from nntutor.core.errors import Exceeds, NotToml

# Far above what a file that people write holds: names of keys and tables in all of it, names with dots between them in
# one key, brackets in one another, letters of a number or a name without quotes (whole numbers of more than 640 digits
# are not read everywhere).
MOST_KEYS = 100_000
MOST_NAMES = 4
MOST_NESTED = 16
MOST_LETTERS = 500

_NAME, _FURTHER = r'[\w"-]+', r'[ \t]*\.[ \t]*[\w"-]+'
_DOTTED = re.compile(rf'(?<![\w"-]){_NAME}(?:{_FURTHER}){{{MOST_NAMES}}}', re.ASCII)
_KEY = re.compile(rf'(?<![\w"-]){_NAME}(?:{_FURTHER})*[ \t]*=', re.ASCII)
_HEADING = re.compile(rf"^[ \t]*(\[)\[?[ \t]*{_NAME}(?:{_FURTHER})*", re.ASCII | re.MULTILINE)
_LONG = re.compile(rf"(?<![\w-])[\w-]{{{MOST_LETTERS + 1}}}", re.ASCII)
_BRACKET = re.compile(r"[\[\]{}]")


def toml(text: str, file: str) -> dict[str, object]:
    """The data of somebody's TOML text; `file` is what messages call it.

    Raises Exceeds for a text beyond the bounds, and NotToml, with the line where it is known.
    """
    bare = _bare(text)
    if found := _beyond(bare):
        what, limit, at = found
        raise Exceeds(file, bare.count("\n", 0, at) + 1, what, limit)
    return trusted(text, file)


def trusted(text: str, file: str) -> dict[str, object]:
    """The same of a text that ships with the program, whose size needs no look. Raises NotToml."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        detail = " ".join(re.sub(r" ?\(at .*\)", "", str(error)).split())
        line = int(place[1]) if place else len(text.splitlines()) or None
        raise NotToml(file, line, detail) from None


# --- bounds --------------------------------------------------------------------------------------------


def _beyond(bare: str) -> tuple[str, int, int] | None:
    """What there is too much of, how much there may be, and where the first that is too much stands."""
    for what, limit, pattern in (("names", MOST_NAMES, _DOTTED), ("letters", MOST_LETTERS, _LONG)):
        if found := pattern.search(bare):
            return what, limit, found.start()
    headings = {found.start(1): found[0] for found in _HEADING.finditer(bare)}
    keys = [(found.start(), found[0]) for found in _KEY.finditer(bare)]
    depth = 0
    for bracket in _BRACKET.finditer(bare):
        at = bracket.start()
        # A line that opens a bracket where none is open is the heading of a table.
        if depth == 0 and at in headings:
            keys.append((at, headings[at]))
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MOST_NESTED:
            return "nested", MOST_NESTED, at
    names = 0
    for at, key in sorted(keys):
        names += key.count(".") + 1
        if names > MOST_KEYS:
            return "keys", MOST_KEYS, at
    return None


# --- without strings and comments ----------------------------------------------------------------------

_OPENING = re.compile(r"""#[^\n]*|\"""|'''|"[^"\\\n]*"|'[^'\n]*'|["']""")
# Where a string ends that the pattern above has only opened; a backslash hides what follows it.
_ENDING = {'"': re.compile(r'["\\\n]'), "'": re.compile(r"\n"), '"""': re.compile(r'"""|\\'), "'''": re.compile("'''")}


def _bare(text: str) -> str:
    """The text with empty strings and no comments; its lines stay where they are.

    What is not closed ends with its line, or with the text: no TOML is read beyond it.
    """
    kept, at = [], 0
    while found := _OPENING.search(text, at):
        kept.append(text[at : found.start()])
        at = found.end()
        if found[0] in _ENDING:
            at = _end(text, found[0], at)
        if found[0][0] != "#":
            kept.append('""' + "\n" * text.count("\n", found.start(), at))
    kept.append(text[at:])
    return "".join(kept)


def _end(text: str, quote: str, at: int) -> int:
    """Where the string ends that `quote` has opened before `at`."""
    while found := _ENDING[quote].search(text, at):
        at = found.end()
        if found[0] == "\n":
            return found.start()
        if found[0] != "\\":
            # Up to two more of the same belong to a string over several lines.
            return at + sum(text.startswith(quote[0] * more, at) for more in (1, 2) if len(quote) == 3)
        at += 1
    return len(text)


class Lines:
    """Where tables and keys stand in the source, found without a TOML parser that knows positions.

    Strings over several lines and comments are skipped. Where tables are not written as [[layer]], nothing
    is found: no line is better than a wrong one.
    """

    _HEADER = re.compile(r"\s*\[\[?[ \t]*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*\]")
    _KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:=|\.)")

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _tables(self) -> dict[tuple[str, int], tuple[int | None, dict[str, int]]]:
        """For each table, by name and place among those called so: its line, and those of its keys.

        Looked for when something is wrong and nobody waits for speed.
        """
        tables: dict[tuple[str, int], tuple[int | None, dict[str, int]]] = {("", 0): (None, {})}
        counts: dict[str, int] = {}
        current, depth = tables["", 0], 0
        for number, (line, bare) in enumerate(
            zip(self._text.split("\n"), _bare(self._text).split("\n"), strict=True), 1
        ):
            start = bare.lstrip()
            if depth == 0 and start.startswith("["):
                found = self._HEADER.match(line)
                name = (found[1] or found[2] or found[3] or "") if found else start
                place = counts.get(name, 0) if start.startswith("[[") else 0
                counts[name] = place + 1
                current = tables[name, place] = (number, {})
                continue
            if depth == 0 and start and (found := self._KEY.match(line)):
                current[1].setdefault(found[1] or found[2] or found[3] or "", number)
            depth += bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}")
        return tables

    def find(self, table: str, number: int, key: str) -> int | None:
        """The line of a key of the n-th table called so, or of the table where the key is not there."""
        header, keys = self._tables.get((table, number), (None, {}))
        return keys.get(key, header)
