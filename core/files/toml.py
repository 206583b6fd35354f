"""TOML that people wrote: what it holds, and on which line each of its keys stands."""

from __future__ import annotations

import re
import tomllib

from nntutor.core.errors import NotToml


def toml(text: str, file: str) -> dict[str, object]:
    """The data of a TOML text; `file` is what messages call it. Raises NotToml with the line, where it is known."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column \d+\)", str(error))
        detail = " ".join(re.sub(r" ?\(at .*\)", "", str(error)).split())
        line = int(found[1]) if found else len(text.splitlines()) or None
        raise NotToml(file, line, detail) from None
    except (RecursionError, ValueError):
        raise NotToml(file, None, "nested too deeply or a number too long") from None


class Lines:
    """Where tables and keys stand in the source, found without a TOML parser that knows positions.

    Strings over several lines and comments are skipped. Where tables are not written as [[layer]], nothing
    is found: no line is better than a wrong one.
    """

    _HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(?:#.*)?$")
    _KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:=|\.)")

    def __init__(self, text: str) -> None:
        self._tables: dict[tuple[str, int], tuple[int | None, dict[str, int]]] = {("", 0): (None, {})}
        counts: dict[str, int] = {}
        current = self._tables["", 0]
        depth, closing = 0, ""
        for number, line in enumerate(text.split("\n"), 1):
            inside = depth > 0 or bool(closing)
            if not inside and (header := self._HEADER.match(line)):
                name = header[2].strip("\"' ")
                place = 0
                if header[1] == "[[":
                    place = counts.get(name, 0)
                    counts[name] = place + 1
                current = self._tables[name, place] = (number, {})
                continue
            if not inside and (key := self._KEY.match(line)):
                current[1].setdefault(key[1] or key[2] or key[3] or "", number)
            depth, closing = _after(line, depth, closing)

    def find(self, table: str, number: int, key: str) -> int | None:
        """The line of a key of the n-th table called so, or of the table where the key is not there."""
        header, keys = self._tables.get((table, number), (None, {}))
        return keys.get(key, header)


def _after(line: str, depth: int, closing: str) -> tuple[int, str]:
    """Open brackets and the multi-line string that is open after a line."""
    at = 0
    while at < len(line):
        if closing:
            end = line.find(closing, at)
            if end < 0:
                return depth, closing
            at, closing = end + 3, ""
            continue
        if line.startswith(('"""', "'''"), at):
            closing = line[at : at + 3]
            at += 3
            continue
        letter = line[at]
        if letter == "#":
            break
        if letter in "\"'":
            end = at + 1
            while end < len(line) and line[end] != letter:
                end += 2 if letter == '"' and line[end] == "\\" else 1
            at = end + 1
            continue
        depth += (letter in "[{") - (letter in "]}")
        at += 1
    return max(depth, 0), closing
