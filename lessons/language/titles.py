"""What a problem calls itself, and where it says that it comes from, in the learner's language.

A file speaks one language; those that ship speak English, and `lessons/titles.toml` has them in the others. What is
not there is said as the file has it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from nntutor.core.foreign import clean
from nntutor.core.problems.network import Problem
from nntutor.lessons.language.words import HERE

_LONGEST_SOURCE = 1000


def title(problem: Problem, language: str) -> str:
    """What a problem calls itself, or nothing."""
    return clean(_in(language, "title").get(problem.title, problem.title))


def source(problem: Problem, language: str) -> str:
    """Where it says that it comes from, or nothing."""
    return clean(_in(language, "source").get(problem.source, problem.source), _LONGEST_SOURCE)


def _in(language: str, what: str) -> Mapping[str, str]:
    """English takes no look at the file."""
    return {} if language == "en" else _titles().get(language, {}).get(what, {})


@cache
def _titles() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads((HERE / "titles.toml").read_text(encoding="utf-8"))
