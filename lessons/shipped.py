"""The problems that come with the program, opened by name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from nntutor.core.errors import UnknownName
from nntutor.core.network import Problem
from nntutor.core.problem import parse

_FOLDER = Path(__file__).parent / "problems"


def names() -> tuple[str, ...]:
    """The names that `open` knows, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def open(name: str) -> Problem:
    """The shipped problem called `name`. Raises UnknownName."""
    if name not in names():
        near = get_close_matches(name, names(), 1, 0.5)
        raise UnknownName("problem", name, near[0] if near else "")
    return parse((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml", _FOLDER)
