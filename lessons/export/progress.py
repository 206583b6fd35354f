"""What a learner has learned, as a file that another machine takes in: finished lessons, and skills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from nntutor.core.errors import TooLarge
from nntutor.core.files.text import read_text, standard_input
from nntutor.lessons.learner.answers import MOST_NAME, Skill, fitting

FORMAT, VERSION = "nntutor-progress", 1
_LIMIT, _LIMIT_SAID = 2**20, "1 MB"
_MOST = 1000


class NotProgress(Exception):
    """A file that is none of these; the argument says why: "format" or "newer"."""


def written(finished: frozenset[str], skills: Mapping[str, Skill]) -> str:
    """The file's text."""
    kept = [
        {"skill": name, "box": skill.box, "at": skill.at, "results": skill.results}
        for name, skill in sorted(skills.items())
    ]
    whole = {"format": FORMAT, "version": VERSION, "finished": sorted(finished), "skills": kept}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def text_of(name: str) -> str:
    """The text of a file, or of standard input where it is called `-`. Raises what reading a problem raises."""
    import sys

    too_large = TooLarge(name, None, _LIMIT_SAID)
    if name == "-":
        return standard_input(getattr(sys.stdin, "buffer", None), name, _LIMIT, too_large)
    return read_text(Path(name), name, _LIMIT, too_large)


def read(text: str) -> tuple[frozenset[str], dict[str, Skill]]:
    """Finished lessons and skills of a file's text; entries that cannot be are left out. Raises NotProgress."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise NotProgress("format") from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise NotProgress("format")
    if whole.get("version") != VERSION:
        raise NotProgress("newer")
    finished = frozenset(name for name in _listed(whole.get("finished")) if isinstance(name, str))
    skills: dict[str, Skill] = {}
    for one in _listed(whole.get("skills")):
        if isinstance(one, dict) and isinstance(name := one.get("skill"), str) and len(name) <= MOST_NAME:
            skill = fitting(one.get("box"), one.get("at"), one.get("results"))
            if skill is not None and name.isprintable():
                skills[name] = skill
    return finished, skills


def _listed(value: object) -> list[object]:
    return value[:_MOST] if isinstance(value, list) else []
