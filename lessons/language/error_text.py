"""The mistakes that the core can name, as one line for people."""

from __future__ import annotations

from nntutor.core.errors import NntutorError, ProblemError
from nntutor.lessons.language.words import Words


def sentence(error: NntutorError, words: Words) -> str:
    """`FILE:LINE: what is wrong and what was expected`; without the line where it is not known."""
    name = type(error).__name__
    facts = dict(error.facts())
    if "expected" in facts and words.has(f"expected.{facts['expected']}"):
        facts["expected"] = words.say(f"expected.{facts['expected']}", **facts)
    if "reason" in facts and words.has(f"reason.{facts['reason']}"):
        facts["reason"] = words.say(f"reason.{facts['reason']}")
    if name == "WrongTargets":
        facts["targets"] = words.say(f"expected.{facts['error']}")
    if "what" in facts:
        name = f"{name}_{facts['what']}"
    said = words.say(f"errors.{name}", **facts)
    if facts.get("row"):
        said = words.say(f"errors.{name}_row", **facts)
    if words.has(f"hint.{facts.get('hint')}"):
        said += " " + words.say(f"hint.{facts['hint']}", **facts)
    elif facts.get("nearest"):
        said += " " + words.say("errors.nearest", nearest=facts["nearest"])
    if isinstance(error, ProblemError):
        place = facts["file"] if error.line is None else f"{facts['file']}:{error.line}"
        said = f"{place}: {said}"
    return " ".join(said.split())
