"""Texts that cost a reader more than they weigh: each kind as a function of about how many letters it has.

The suite counts the work that a few thousand letters make, `bench/limits.py` the seconds and bytes of a million.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

Kind = Callable[[int], str]
LAYER = "[[layer]]\nunits = 1\n"
SAMPLE = "[[sample]]\ninput = [0]\ntarget = [1]\n"


def _repeated(piece: str, before: str = "", after: str = "") -> Kind:
    return lambda letters: before + piece * (letters // len(piece)) + after


def _numbered(piece: str, before: str = "", after: str = "", join: str = "\n") -> Kind:
    """The piece again and again with a number of its own for each N in it."""
    return lambda letters: (
        before + join.join(piece.replace("N", f"{n:x}") for n in range(letters // (len(piece) + 4))) + after
    )


TOML: dict[str, Kind] = {
    # Keys and headings of many names.
    "a key of many names": _repeated(".a", "a", " = 1"),
    "a key of many names and no value": _repeated(".a", "a"),
    "a heading of many names": _repeated(".a", "[a", "]"),
    "a key of many names apart": _repeated(" . a", "a", " = 1"),
    "a key of many names in quotes": _repeated('."a"', '"a"', " = 1"),
    "a key of many names in a table in a line": _repeated(".a", "x = {b = 1, a", " = 1}"),
    # Many keys and headings.
    "many keys": _numbered("N=1"),
    "many keys of lists": _numbered("N=[]"),
    "many keys of four names": _numbered("N.b.c.d=[]"),
    "many tables": _numbered("[N]"),
    "many tables of four names": _numbered("[N.b.c.d]"),
    "many tables of many": _numbered("[[N]]"),
    "one table many times": _repeated("[[a]]\n"),
    "tables in tables many times": _repeated("[[a]]\n[[a.b]]\n[[a.b.c]]\n"),
    "many keys in a line": _numbered("N=1", "x = {", "}", ","),
    "many tables in a line": _repeated("{a=1},", "x = [", "]"),
    "many empty tables in a line": _repeated("{},", "x = [", "]"),
    "one key again and again": _repeated("a=1\n"),
    # Brackets.
    "lists in lists": _repeated("[", "x = "),
    "lists in lists over lines": _repeated("[#\n", "x = "),
    "tables in tables in a line": _repeated("{a=", "x = "),
    "many lists": _repeated("[],", "x = [", "]"),
    "many closing brackets": _repeated("]"),
    # Values.
    "many numbers": _repeated("1,", "x = [", "]"),
    "a long number": _repeated("9", "x = "),
    "a long fraction": _repeated("1", "x = 0."),
    "a long exponent": _repeated("9", "x = 1e"),
    "a long number of letters": _repeated("f", "x = 0x"),
    "many long numbers": _repeated("1" * 499 + ",", "x = [", "]"),
    "many dates": _repeated("1979-05-27T07:32:00Z,", "x = [", "]"),
    "many strings": _repeated('"",', "x = [", "]"),
    "many escapes": _repeated("\\t", 'x = "', '"'),
    "a long text": _repeated("a\n", 'x = """', '"""'),
    "many ends of lines hidden": _repeated("\\\n", 'x = """', '"""'),
    "quotes in a long text": _repeated('""a', 'x = """', '"""'),
    # What is not closed, and what is nothing.
    "a string that is not closed": _repeated("a", 'x = "'),
    "a text that is not closed": _repeated('\\"""', 'x = """'),
    "many strings that are not closed": _repeated('x="\n'),
    "quotes alone": _repeated('"'),
    "a comment": _repeated("a", "#"),
    "many comments": _repeated("#\n"),
    "many empty lines": _repeated("\n"),
    "spaces": _repeated(" "),
    "spaces before an equals sign": _repeated(" ", "a", "= 1"),
    "spaces in a heading": _repeated(" ", "[", '"é"]'),
    "spaces within a heading": _repeated(" ", "[a", '."é"]'),
    "spaces in many headings": _numbered("[" + " " * 200 + '"éN".x]'),
    "a long name": _repeated("a", "", " = 1"),
    "a long name in quotes": _repeated("a", '"', '" = 1'),
    "no text": _repeated("\0"),
    # Problems that are too large for their own sake, and such as are not.
    "many layers": _repeated(LAYER, "", SAMPLE),
    "many samples": _repeated(SAMPLE, LAYER),
    "many weights": _repeated("[0.5],\n", "[[layer]]\nweights = [", "]\n" + SAMPLE),
}  # fmt: skip


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python a piece of work runs."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
