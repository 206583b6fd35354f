"""What a TOML text may hold before it is parsed: names, nesting, letters, keys, counted by looking at it once.

The standard library's reader takes time and memory that grow with the square of some texts (a key of many dots), and
a stack that grows with others (brackets in brackets).
"""

from __future__ import annotations

import re

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


def beyond(bare: str) -> tuple[str, int, int] | None:
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


def bare(text: str) -> str:
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
