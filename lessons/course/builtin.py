"""The problems that come with the program, opened by name."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from nntutor.core.errors import FormulaError, UnknownName
from nntutor.core.files.problem import parse
from nntutor.core.notation.evaluating import evaluate
from nntutor.core.notation.parsing import parse as parse_formula
from nntutor.core.problems.network import Problem
from nntutor.core.problems.settings import varied
from nntutor.core.rules.optimizers import RATES
from nntutor.lessons.course.model import AuthorError, Run

_FOLDER = Path(__file__).parent.parent / "problems"


def names() -> tuple[str, ...]:
    """The names that `open` knows, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def is_path(name: str) -> bool:
    """Whether a name can only be meant as a file: `-` for standard input, or with a dot or a slash in it."""
    return name == "-" or "." in name or "/" in name or os.sep in name


def open(name: str) -> Problem:
    """The shipped problem called `name`. Raises UnknownName."""
    if name not in names():
        near = get_close_matches(name, names(), 1, 0.5)
        raise UnknownName("problem", name, near[0] if near else "")
    return parse((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml", _FOLDER)


_RATES = frozenset(key for keys in RATES.values() for key in keys)


def _number(value: object) -> object:
    """A rate may be written as a formula: "((√20 − 1)/(√20 + 1))²"."""
    if not isinstance(value, str):
        return value
    return evaluate(parse_formula(value, lambda name: None), lambda name: 0.0)


def of_run(run: Run) -> Problem:
    """The problem of a lesson's run, with the settings that the run changes."""
    try:
        changes = {key: _number(value) if key in _RATES else value for key, value in run.changes.items()}
        return varied(open(run.problem), changes)
    except (KeyError, ValueError, FormulaError) as error:
        raise AuthorError("lessons/catalog", 0, f"run “{run.id}” cannot have the setting {error}") from error
