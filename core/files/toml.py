"""TOML that people wrote: what it holds, and on which line each of its keys stands.

Texts that ship with the program are read before the list of lessons stands; what only other texts need (`bounds`) is
loaded for these.
"""

from __future__ import annotations

import re
import tomllib
from functools import cached_property

from nntutor.core.errors import Exceeds, NotToml


def toml(text: str, file: str) -> dict[str, object]:
    """The data of somebody's TOML text; `file` is what messages call it.

    Raises Exceeds for a text beyond the bounds, and NotToml, with the line where it is known.
    """
    from nntutor.core.files import bounds

    bare = bounds.bare(text)
    if found := bounds.beyond(bare):
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


class Lines:
    """Where tables and keys stand in the source, found without a TOML parser that knows positions.

    Strings over several lines and comments are skipped. Where tables are not written as [[layer]], nothing
    is found: no line is better than a wrong one.
    """

    _HEADER = r"\s*\[\[?[ \t]*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*\]"
    _KEY = r"\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:=|\.)"

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _tables(self) -> dict[tuple[str, int], tuple[int | None, dict[str, int]]]:
        """For each table, by name and place among those called so: its line, and those of its keys.

        Looked for when something is wrong and nobody waits for speed.
        """
        from nntutor.core.files.bounds import bare

        tables: dict[tuple[str, int], tuple[int | None, dict[str, int]]] = {("", 0): (None, {})}
        counts: dict[str, int] = {}
        current, depth = tables["", 0], 0
        for number, (line, rest) in enumerate(
            zip(self._text.split("\n"), bare(self._text).split("\n"), strict=True), 1
        ):
            start = rest.lstrip()
            if depth == 0 and start.startswith("["):
                found = re.match(self._HEADER, line)
                name = (found[1] or found[2] or found[3] or "") if found else start
                place = counts.get(name, 0) if start.startswith("[[") else 0
                counts[name] = place + 1
                current = tables[name, place] = (number, {})
                continue
            if depth == 0 and start and (found := re.match(self._KEY, line)):
                current[1].setdefault(found[1] or found[2] or found[3] or "", number)
            depth += rest.count("[") + rest.count("{") - rest.count("]") - rest.count("}")
        return tables

    def find(self, table: str, number: int, key: str) -> int | None:
        """The line of a key of the n-th table called so, or of the table where the key is not there."""
        header, keys = self._tables.get((table, number), (None, {}))
        return keys.get(key, header)
